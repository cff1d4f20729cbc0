/**
 * cors: answers preflight requests and adds the headers that let browsers read responses across origins.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import { bool, int, textString } from "../kit/attributes.ts";
import { isCallersWord } from "../kit/doors.ts";
import type { Exchange } from "../kit/exchange.ts";
import { ResponseMessage } from "../kit/message.ts";
import type { Outcome } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import type { Value } from "../kit/value.ts";
import {
  addPreflightHeaders,
  addResponseHeaders,
  addVary,
  allowedOrigin,
  type CorsRules,
  normalOrigin,
  removeGrants,
} from "./shared/cors-rules.ts";
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
          expression: true,
          min: 0,
          doc: "Seconds a browser may keep the answer; without it browsers decide.",
        }),
      },
      children: {
        method: { many: true, text: textString({ required: true, expression: true }), doc: "A method, or *." },
      },
    },
    "allowed-headers": { children: names },
    "expose-headers": { children: names },
  },
  compile({ allowCredentials, terminateUnmatchedRequest, children }, context) {
    const origins = children.allowedOrigins.children.origin.map((o) => originValue(o.text, o.line, context));
    const rules: CorsRules = {
      allowCredentials,
      origins,
      methods: children.allowedMethods?.children.method.map((m) => m.text),
      maxAge: children.allowedMethods?.preflightResultMaxAge,
      headers: children.allowedHeaders?.children.header.map((h) => h.text) ?? [],
      exposed: children.exposeHeaders?.children.header.map((h) => h.text) ?? [],
      isOpen: children.allowedOrigins.children.origin.every((o) => o.text.constant?.trim() === "*"),
    };
    return {
      run: (x): Outcome => {
        const state = stateOf(x);
        // The first policy that knows the origin decides.
        if (state.isAllowed) return undefined;
        if (!rules.isOpen) varyOnce(x, state);
        if (!x.request.headers.has("Origin")) return undefined;
        const allowed = allowedOrigin(rules, x);
        if (allowed !== undefined) {
          state.isAllowed = true;
          x.beforeResponse(() => addResponseHeaders(rules, allowed, currentResponse(x).headers, x));
          return undefined;
        }
        x.beforeResponse(() => {
          if (!state.isAllowed) removeGrants(currentResponse(x).headers);
        });
        const isSimple = x.request.method === "GET" || x.request.method === "HEAD";
        return isSimple && terminateUnmatchedRequest.get(x) ? respondEmpty(x) : undefined;
      },
      preflight: (x): Outcome => {
        const allowed = allowedOrigin(rules, x);
        if (allowed === undefined && !terminateUnmatchedRequest.get(x)) return undefined;
        respondEmpty(x);
        const { headers } = currentResponse(x);
        addVary(headers, "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");
        if (allowed !== undefined) addPreflightHeaders(rules, allowed, headers, x);
        return "respond";
      },
    };
  },
  doors({ allowCredentials, children }) {
    const origins = children.allowedOrigins.children.origin.map(({ text }) => text);
    // An expression that repeats what the request says allows every origin, too.
    const isAnyOrigin = origins.some((origin) => origin.constant?.trim() === "*" || isCallersWord(origin));
    return [{ kind: "cors", isAnyOrigin, allowsCredentials: allowCredentials.constant !== false }];
  },
});

/** What the cors policies on the way have found so far. */
interface CorsState {
  isAllowed: boolean;
  varies: boolean;
}

const states = new WeakMap<Exchange, CorsState>();

function stateOf(x: Exchange): CorsState {
  let state = states.get(x);
  if (state === undefined) {
    state = { isAllowed: false, varies: false };
    states.set(x, state);
  }
  return state;
}

function varyOnce(x: Exchange, state: CorsState): void {
  if (state.varies) return;
  state.varies = true;
  x.beforeResponse(() => addVary(currentResponse(x).headers, "Origin"));
}

function respondEmpty(x: Exchange): "respond" {
  x.response = new ResponseMessage(200);
  return "respond";
}

/** What no browser calls an origin can never match: as a constant it is a mistake, from an expression it allows nobody. */
function originValue(value: Value<string>, line: number, context: CompileContext): (x: Exchange) => string {
  if (value.constant === undefined) return (x) => normalOrigin(value.get(x)) ?? "";
  const origin = normalOrigin(value.constant);
  if (origin === undefined && !context.isLoose)
    context.error(`"${value.constant}" is no origin`, {
      line,
      hint: "Scheme and host, and a port if need be, such as https://shop.contoso.com; or * for all.",
    });
  return () => origin ?? "";
}
