/**
 * cors: answers preflight requests and adds the headers that let browsers read responses across origins.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { Headers } from "../http/headers.ts";
import { bool, int, textString } from "../kit/attributes.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import type { Value } from "../kit/value.ts";
import { currentResponse } from "./shared/current-message.ts";

const names = { header: { many: true, text: textString({ required: true }), doc: "A header name, or *." } } as const;

export const cors = definePolicy({
  name: "cors",
  sections: ["inbound"],
  scopes: ALL_SCOPES,
  category: "Cross-domain",
  summary: "Lets browsers call the API from other origins.",
  reference: "https://learn.microsoft.com/azure/api-management/cors-policy",
  attributes: {
    "allow-credentials": bool({ default: false, expression: true, doc: "Whether browsers may send credentials." }),
    "terminate-unmatched-request": bool({
      default: false,
      expression: true,
      doc: "Whether a request from an origin that is not allowed is ended with an empty 200.",
    }),
  },
  children: {
    "allowed-origins": {
      min: 1,
      children: {
        origin: { many: true, min: 1, text: textString({ required: true, expression: true }), doc: "An origin, or *." },
      },
    },
    "allowed-methods": {
      attributes: {
        "preflight-result-max-age": int({
          default: 0,
          expression: true,
          min: 0,
          doc: "Seconds a browser may keep the answer.",
        }),
      },
      children: {
        method: { many: true, text: textString({ required: true, expression: true }), doc: "A method, or *." },
      },
    },
    "allowed-headers": { children: names },
    "expose-headers": { children: names },
  },
  compile({ allowCredentials, terminateUnmatchedRequest, children }) {
    const rules: Rules = {
      allowCredentials,
      origins: children.allowedOrigins.children.origin.map((o) => originValue(o.text)),
      methods: children.allowedMethods?.children.method.map((m) => m.text),
      maxAge: children.allowedMethods?.preflightResultMaxAge,
      headers: children.allowedHeaders?.children.header.map((h) => h.text) ?? [],
      exposed: children.exposeHeaders?.children.header.map((h) => h.text) ?? [],
    };
    return {
      run: (x): Outcome => {
        const origin = x.request.headers.first("Origin");
        if (origin === undefined) return undefined;
        const allowed = allowedOrigin(rules, origin, x);
        if (allowed !== undefined) {
          x.beforeResponse(() => addResponseHeaders(rules, allowed, currentResponse(x).headers, x));
          return undefined;
        }
        const isSimple = x.request.method === "GET" || x.request.method === "HEAD";
        return isSimple && terminateUnmatchedRequest.get(x) ? respondEmpty(x) : undefined;
      },
      preflight: (x): Outcome => {
        const origin = x.request.headers.first("Origin") ?? "";
        const allowed = allowedOrigin(rules, origin, x);
        if (allowed === undefined) return terminateUnmatchedRequest.get(x) ? respondEmpty(x) : undefined;
        respondEmpty(x);
        addPreflightHeaders(rules, allowed, currentResponse(x).headers, x);
        return "respond";
      },
    };
  },
});

interface Rules {
  readonly allowCredentials: Value<boolean>;
  readonly origins: readonly ((x: Exchange) => string)[];
  /** Absent: GET and POST. */
  readonly methods: readonly Value<string>[] | undefined;
  readonly maxAge: Value<number> | undefined;
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
}

function respondEmpty(x: Exchange): "respond" {
  x.response = new ResponseMessage(200);
  return "respond";
}

function originValue(value: Value<string>): (x: Exchange) => string {
  if (value.constant === undefined) return (x) => normalOrigin(value.get(x));
  const origin = normalOrigin(value.constant);
  return () => origin;
}

/** Scheme and host in lower case, default port dropped: as browsers serialise an origin. */
function normalOrigin(text: string): string {
  const trimmed = text.trim();
  return URL.canParse(trimmed) && trimmed.includes("://")
    ? new URL(trimmed).origin.toLowerCase()
    : trimmed.toLowerCase();
}

/** What Access-Control-Allow-Origin says for this origin: itself, `*`, or undefined when it is not allowed. */
function allowedOrigin(rules: Rules, origin: string, x: Exchange): string | undefined {
  const wanted = origin.toLowerCase();
  let any = false;
  for (const rule of rules.origins) {
    const allowed = rule(x);
    if (allowed === wanted) return origin;
    if (allowed === "*") any = true;
  }
  return any ? "*" : undefined;
}

function addOrigin(rules: Rules, allowed: string, headers: Headers, x: Exchange): void {
  headers.set("Access-Control-Allow-Origin", allowed);
  if (allowed !== "*") addVary(headers);
  // Credentials with a wildcard would let every site act as the user: the standard forbids the pair, so they are not offered.
  if (allowed !== "*" && rules.allowCredentials.get(x)) headers.set("Access-Control-Allow-Credentials", "true");
}

function addVary(headers: Headers): void {
  const present = headers.joined("Vary");
  if (present === undefined) headers.set("Vary", "Origin");
  else if (!/(^|,)\s*(\*|origin)\s*(,|$)/i.test(present)) headers.set("Vary", `${present}, Origin`);
}

function addResponseHeaders(rules: Rules, allowed: string, headers: Headers, x: Exchange): void {
  addOrigin(rules, allowed, headers, x);
  if (rules.exposed.length > 0) headers.set("Access-Control-Expose-Headers", rules.exposed.join(","));
}

/** Headers of a preflight's answer; a method or header that is not allowed gets none of them, and the browser stops. */
function addPreflightHeaders(rules: Rules, allowed: string, headers: Headers, x: Exchange): void {
  const method = x.request.headers.first("Access-Control-Request-Method") ?? "";
  const methods = rules.methods?.map((m) => m.get(x)) ?? ["GET", "POST"];
  const isMethodAllowed = methods.some((m) => m === "*" || m.toUpperCase() === method.toUpperCase());
  const asked = (x.request.headers.joined("Access-Control-Request-Headers") ?? "")
    .split(",")
    .map((h) => h.trim())
    .filter((h) => h !== "");
  const known = new Set(rules.headers.map((h) => h.toLowerCase()));
  const areHeadersAllowed = known.has("*") || asked.every((h) => known.has(h.toLowerCase()));
  if (!isMethodAllowed || !areHeadersAllowed) return;
  addOrigin(rules, allowed, headers, x);
  headers.set("Access-Control-Allow-Methods", methods.includes("*") ? method : methods.join(","));
  if (asked.length > 0) headers.set("Access-Control-Allow-Headers", asked.join(","));
  const maxAge = rules.maxAge?.get(x) ?? 0;
  if (maxAge > 0) headers.set("Access-Control-Max-Age", String(maxAge));
}
