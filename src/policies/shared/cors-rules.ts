/**
 * The CORS protocol as a server speaks it: which origin may do what, and the headers that say so.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { Headers } from "../../http/headers.ts";
import type { Exchange } from "../../kit/exchange.ts";
import type { Value } from "../../kit/value.ts";

export interface CorsRules {
  readonly allowCredentials: Value<boolean>;
  readonly origins: readonly ((x: Exchange) => string)[];
  /** Absent: GET and POST. */
  readonly methods: readonly Value<string>[] | undefined;
  /** Seconds; undefined: browsers decide. */
  readonly maxAge: Value<number> | undefined;
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  /** Every origin is allowed, whoever asks: answers do not depend on it. */
  readonly isOpen: boolean;
}

/**
 * An origin as browsers serialise it: scheme and host in lower case, without default port; also `null` and `*`. Undefined when the text
 * is no origin. Schemes that browsers know nothing of (`capacitor://localhost`) stay as written: the URL standard would call them "null",
 * which is the origin of every sandboxed frame.
 */
export function normalOrigin(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "*" || trimmed.toLowerCase() === "null") return trimmed.toLowerCase();
  if (!URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  if (url.origin !== "null") {
    const isPlain = url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
    return isPlain && !url.hostname.includes("*") ? url.origin : undefined;
  }
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s*]+\/?$/i.test(trimmed) ? trimmed.toLowerCase().replace(/\/$/, "") : undefined;
}

/** What Access-Control-Allow-Origin says to this request: its origin, `*`, or undefined when it is not allowed. */
export function allowedOrigin(rules: CorsRules, x: Exchange): string | undefined {
  const origins = x.request.headers.all("Origin");
  if (origins.length !== 1) return undefined;
  const wanted = origins[0].toLowerCase();
  let isAny = false;
  for (const rule of rules.origins) {
    const allowed = rule(x);
    if (allowed === wanted && allowed !== "*" && allowed !== "") return origins[0];
    if (allowed === "*") isAny = true;
  }
  return isAny ? "*" : undefined;
}

/** Credentials with a wildcard would let every site act as the user: the standard forbids the pair, so they are not offered. */
function hasCredentials(rules: CorsRules, allowed: string, x: Exchange): boolean {
  return allowed !== "*" && rules.allowCredentials.get(x);
}

const OF_BACKEND = [
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Credentials",
  "Access-Control-Expose-Headers",
] as const;

/** The policy alone decides who reads a response: what a backend says of it goes. */
export function removeGrants(headers: Headers): void {
  for (const name of OF_BACKEND) headers.remove(name);
}

/** A cached answer must not serve another origin: caches are told also where the origin is not allowed, or there is none. */
export function addVary(headers: Headers, ...names: string[]): void {
  const present = headers.joined("Vary");
  const listed = (present ?? "").split(",").map((name) => name.trim().toLowerCase());
  if (listed.includes("*")) return;
  const missing = names.filter((name) => !listed.includes(name.toLowerCase()));
  if (missing.length > 0) headers.set("Vary", [...(present === undefined ? [] : [present]), ...missing].join(", "));
}

function addOrigin(rules: CorsRules, allowed: string, headers: Headers, x: Exchange): void {
  headers.set("Access-Control-Allow-Origin", allowed);
  if (hasCredentials(rules, allowed, x)) headers.set("Access-Control-Allow-Credentials", "true");
}

export function addResponseHeaders(rules: CorsRules, allowed: string, headers: Headers, x: Exchange): void {
  removeGrants(headers);
  addOrigin(rules, allowed, headers, x);
  const exposed = exposedHeaders(rules, headers, hasCredentials(rules, allowed, x));
  if (exposed.length > 0) headers.set("Access-Control-Expose-Headers", exposed.join(","));
}

/** With credentials `*` is a header of that name: then those that the response has are named. */
function exposedHeaders(rules: CorsRules, headers: Headers, isCredentialed: boolean): readonly string[] {
  if (!isCredentialed || !rules.exposed.includes("*")) return rules.exposed;
  const names = new Set([...headers].map(([name]) => name.toLowerCase()));
  return [...names].filter((name) => !name.startsWith("access-control-") && name !== "set-cookie" && name !== "vary");
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MAX_ASKED = 200;

/** Headers of a preflight's answer; a method or header that is not allowed gets none of them, and the browser stops. */
export function addPreflightHeaders(rules: CorsRules, allowed: string, headers: Headers, x: Exchange): void {
  const given = x.request.headers;
  const method = given.first("Access-Control-Request-Method")?.trim() ?? "";
  const methods = rules.methods?.map((m) => m.get(x).trim()) ?? ["GET", "POST"];
  if (!TOKEN.test(method) || !methods.some((m) => m === "*" || m.toUpperCase() === method.toUpperCase())) return;
  const asked = (given.joined("Access-Control-Request-Headers") ?? "")
    .split(",")
    .map((h) => h.trim())
    .filter((h) => h !== "");
  const known = new Set(rules.headers.map((h) => h.toLowerCase()));
  if (asked.length > MAX_ASKED || !asked.every((h) => TOKEN.test(h) && (known.has("*") || known.has(h.toLowerCase()))))
    return;
  addOrigin(rules, allowed, headers, x);
  headers.set("Access-Control-Allow-Methods", methods.includes("*") ? method : methods.join(","));
  // What was asked for, by name: a wildcard would not cover Authorization, nor anything where credentials are sent.
  if (asked.length > 0) headers.set("Access-Control-Allow-Headers", asked.join(","));
  if (rules.maxAge !== undefined) headers.set("Access-Control-Max-Age", String(rules.maxAge.get(x)));
}
