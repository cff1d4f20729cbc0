/**
 * What the gateway does with a caller's header field, by name. Decided once per spelling and remembered, so that a request costs one
 * look-up for each field.
 */
import { isHopByHop } from "../http/hop-by-hop.ts";

/** Goes on to policies and the backend. */
export const PASS = 0;
/** Never goes on: it belongs to the connection, or would let the caller speak for the gateway. */
export const DROP = 1;
export const HOST = 2;
export const CONNECTION = 3;
export const VIA = 4;
export const TRACE = 5;
/** From here on: fields of which there may be one, each with a number of its own (`kind - SINGLE` is a bit position). */
export const SINGLE = 16;

/**
 * Fields with one value: two of them are two answers to one question, and every reader picks its own (RFC 9110 section 5.3 allows
 * repetition only for lists).
 */
const SINGLE_VALUED = [
  "authorization",
  "content-type",
  "content-length",
  "origin",
  "referer",
  "from",
  "user-agent",
  "max-forwards",
  "if-modified-since",
  "if-unmodified-since",
  "sec-websocket-key",
  "sec-websocket-version",
];

/** Names by which proxies and platforms tell backends who the caller is and what was asked for. Nobody in front is trusted with them. */
const SPOOFABLE = new Set([
  "forwarded",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "client-ip",
  "x-original-url",
  "x-original-uri",
  "x-original-host",
  "x-original-path",
  "x-original-method",
  "x-original-forwarded-for",
  "x-rewrite-url",
  "x-rewrite-uri",
  "x-host",
  "x-client-cert",
  "x-arr-clientcert",
  "x-envoy-original-path",
  "x-envoy-external-address",
]);
const SPOOFABLE_PREFIXES = ["x-forwarded", "x-ms-client-principal", "x-ssl-client", "ssl-client", "x-client-cert"];

/** The kind of Max-Forwards, which counts gateways. */
export const MAX_FORWARDS = SINGLE + SINGLE_VALUED.indexOf("max-forwards");

const kinds = new Map<string, number>();
/** Callers may send any number of names: the memory of decisions is bounded. */
const MAX_REMEMBERED = 2_000;

export function headerKind(name: string): number {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const kind = decide(name.toLowerCase());
  if (kinds.size >= MAX_REMEMBERED) kinds.clear();
  kinds.set(name, kind);
  return kind;
}

function decide(name: string): number {
  if (name === "host") return HOST;
  if (name === "connection") return CONNECTION;
  if (name === "via") return VIA;
  if (name === "ocp-apim-trace") return TRACE;
  // CGI-like backends read X_Forwarded_User as X-Forwarded-User: a second spelling of any name a check looks at.
  if (name.includes("_")) return DROP;
  if (isHopByHop(name) || name === "expect" || name === "apim-debug-authorization") return DROP;
  if (SPOOFABLE.has(name) || SPOOFABLE_PREFIXES.some((prefix) => name.startsWith(prefix))) return DROP;
  const single = SINGLE_VALUED.indexOf(name);
  return single < 0 ? PASS : SINGLE + single;
}

/**
 * Fields that a caller's Connection header may not remove: what was checked must arrive, or the check was for nothing. Others that it
 * lists belong to the connection, as the sender says (RFC 9110 section 7.6.1).
 */
const KEPT = new Set(["authorization", "cookie", "host", "via", "origin", "date", "accept", "range", "max-forwards"]);
const KEPT_PREFIXES = ["content-", "ocp-apim-", "apim-", "sec-", "access-control-", "if-", "x-forwarded-", "x-api-key"];

/**
 * @param isVouchedFor a trusted proxy sent it: the fields it adds are what it says of the caller, and must not go because the caller
 * listed them in a Connection header that it passed on
 */
export function mayBeRemovedByConnection(name: string, isVouchedFor: boolean): boolean {
  if (KEPT.has(name) || (isVouchedFor && name.startsWith("x-"))) return false;
  return !KEPT_PREFIXES.some((prefix) => name.startsWith(prefix));
}
