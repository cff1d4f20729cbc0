/**
 * The head of an HTTP/2 request in the terms of HTTP/1.1, in which routing, policies and backends think: pseudo-header fields become
 * method, target and Host, a cookie in pieces becomes one (RFC 9113 sections 8.2.3 and 8.3.1). What node:http2 lets through although it
 * has two readings is refused.
 */
import { isDigits, parseAuthority } from "./authority.ts";
import { type HeadRefusal, isPadded } from "./head-check.ts";
import { Headers } from "./headers.ts";

export interface Http2Head {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  /** Of the body, when declared. */
  readonly length: number | undefined;
  readonly hasBody: boolean;
  readonly expectsContinue: boolean;
}

const refusal = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });

const METHOD = refusal(501, "MethodNotImplemented", "The method is not implemented.");
const TARGET = refusal(400, "RequestTargetInvalid", "The request target is invalid.");
const SCHEME = refusal(400, "SchemeMismatch", "The scheme of the request target is not that of the connection.");
const HOST = refusal(400, "HostInvalid", "The host is missing or invalid.");
const HOST_MISMATCH = refusal(400, "HostMismatch", "The request target and the Host header name different hosts.");
const TOO_MANY = refusal(431, "TooManyHeaders", "The request has too many header fields.");
const LENGTH = refusal(400, "FramingInvalid", "The length of the request is ambiguous.");
const EXPECTATION = refusal(417, "ExpectationFailed", "The expectation cannot be met.");

const METHOD_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;

/** @param raw [name, value, ...] with pseudo-header fields, as node:http2 gives them */
export function readHead(raw: readonly string[], maxHeaderCount: number, isComplete: boolean): Http2Head | HeadRefusal {
  const fields: string[] = [];
  const cookies: string[] = [];
  let method = "";
  let target = "";
  let scheme = "";
  let authority: string | undefined;
  let host: string | undefined;
  let length: string | undefined;
  let expectation: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    if (name === ":method") method = value;
    else if (name === ":path") target = value;
    else if (name === ":scheme") scheme = value;
    else if (name === ":authority") authority = value;
    else if (name === "cookie") cookies.push(value);
    else if (name === "host") {
      if (host !== undefined) return HOST;
      host = value;
    } else {
      if (name === "content-length") {
        if (length !== undefined) return LENGTH;
        length = value;
      } else if (name === "expect") expectation = value;
      fields.push(name, value);
    }
  }
  if (method === "CONNECT" || method === "TRACE" || !METHOD_TOKEN.test(method)) return METHOD;
  if (scheme !== "https") return SCHEME;
  if (target.charCodeAt(0) !== 0x2f && (target !== "*" || method !== "OPTIONS")) return TARGET;
  // Both may be sent, and must say the same (RFC 9113 section 8.3.1); as written, so that no two readers can differ.
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase())
    return HOST_MISMATCH;
  const named = authority ?? host;
  if (named === undefined || parseAuthority(named) === undefined) return HOST;
  if (cookies.length > 0) fields.push("cookie", cookies.join("; "));
  if (fields.length / 2 >= maxHeaderCount) return TOO_MANY;
  if (length !== undefined && (!isDigits(length) || length.length > 15 || isPadded(length))) return LENGTH;
  if (expectation !== undefined && expectation.toLowerCase() !== "100-continue") return EXPECTATION;
  return {
    method,
    target,
    headers: new Headers(["Host", named, ...fields]),
    length: length === undefined ? undefined : Number(length),
    hasBody: !isComplete,
    expectsContinue: expectation !== undefined && !isComplete,
  };
}
