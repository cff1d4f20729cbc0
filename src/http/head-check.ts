/**
 * What Node's parser lets through although RFC 9112 or common sense forbid it, refused before any policy, counter or backend is
 * touched: two Host fields, a Host that is no authority, transfer codings other than `chunked`, HTTP/0.9 and 2.0 in text, targets
 * that are neither a path nor an absolute URL, methods that a gateway must not serve.
 */
import { isDigits, parseAuthority } from "./authority.ts";

/** How a message body is framed. */
export type Framing = "none" | "length" | "chunked";

export interface HeadRefusal {
  readonly status: number;
  /** Code for logs, for example `HostInvalid`. */
  readonly reason: string;
  readonly message: string;
  /** Further fields of the answer: [name, value, ...]. */
  readonly headers?: readonly string[];
}

export interface AcceptedHead {
  readonly framing: Framing;
  /** Length of the body when framing is "length". */
  readonly length: number;
}

export interface Head {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  /** [name, value, ...] */
  readonly raw: readonly string[];
}

const refusal = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });

const METHOD = refusal(501, "MethodNotImplemented", "The method is not implemented.");
const VERSION = refusal(505, "HttpVersionNotSupported", "The HTTP version is not supported.");
const TARGET = refusal(400, "RequestTargetInvalid", "The request target is invalid.");
const HOST = refusal(400, "HostInvalid", "The Host header is missing or invalid.");
const TOO_MANY = refusal(431, "TooManyHeaders", "The request has too many header fields.");
const CODING = refusal(501, "TransferCodingNotImplemented", "The transfer coding is not implemented.");
export const FRAMING = refusal(400, "FramingInvalid", "The framing of the request is ambiguous.");

const NO_BODY: AcceptedHead = { framing: "none", length: 0 };
const CHUNKED: AcceptedHead = { framing: "chunked", length: 0 };

export function isRefusal<T extends object>(result: T | HeadRefusal): result is HeadRefusal {
  return "status" in result;
}

export function checkHead(head: Head, maxHeaderCount: number): AcceptedHead | HeadRefusal {
  const { method, target, raw } = head;
  if (head.httpVersion !== "1.1" && head.httpVersion !== "1.0") return VERSION;
  if (method === "TRACE" || method === "CONNECT") return METHOD;
  if (!isTarget(method, target)) return TARGET;
  if (raw.length > maxHeaderCount * 2) return TOO_MANY;
  let host: string | undefined;
  let coding: string | undefined;
  let length: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (name.length === 4) {
      if (name !== "Host" && name.toLowerCase() !== "host") continue;
      if (host !== undefined) return HOST;
      host = raw[i + 1];
    } else if (name.length === 14) {
      if (name !== "Content-Length" && name.toLowerCase() !== "content-length") continue;
      if (length !== undefined) return FRAMING;
      length = raw[i + 1];
    } else if (name.length === 17) {
      if (name !== "Transfer-Encoding" && name.toLowerCase() !== "transfer-encoding") continue;
      if (coding !== undefined) return FRAMING;
      coding = raw[i + 1];
    }
  }
  if (host === undefined ? head.httpVersion === "1.1" : parseAuthority(host) === undefined) return HOST;
  if (coding !== undefined) return checkCoding(coding, length, head.httpVersion);
  if (length === undefined) return NO_BODY;
  // Fifteen digits stay exact in a double; nothing longer is a body anybody sends.
  if (!isDigits(length) || length.length > 15 || isPadded(length)) return FRAMING;
  return { framing: "length", length: Number(length) };
}

/** RFC 9112 section 6.1: a coding in HTTP/1.0, or beside a length, is an attack or a defect; others than `chunked` are not served. */
function checkCoding(coding: string, length: string | undefined, httpVersion: string): AcceptedHead | HeadRefusal {
  if (length !== undefined || httpVersion === "1.0") return FRAMING;
  if (coding !== "chunked" && coding.toLowerCase() !== "chunked") return codingRefusal(coding);
  return CHUNKED;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * Where `chunked` does not come last, and once, nobody can tell where the body ends: 400 (RFC 9112 section 6.3, rule 4). Behind codings
 * that are not known it could be read, but not understood: 501 (section 6.1).
 */
export function codingRefusal(coding: string): HeadRefusal {
  const codings = coding.split(",").map((one) => one.trim().toLowerCase());
  const isFramed = codings.indexOf("chunked") === codings.length - 1;
  return isFramed && codings.every((one) => TOKEN.test(one)) ? CODING : FRAMING;
}

/** Zeros in front are digits to RFC 9110 section 8.6, but octal numbers to some who may read the message too. */
export function isPadded(length: string): boolean {
  return length.length > 1 && length.charCodeAt(0) === 0x30;
}

/** Origin form, absolute form with http(s), `*` for OPTIONS; authority form is for a method that is not served. */
function isTarget(method: string, target: string): boolean {
  if (target.charCodeAt(0) === 0x2f) return true;
  if (target === "*") return method === "OPTIONS";
  const head = target.slice(0, 8).toLowerCase();
  return head.startsWith("http://") || head === "https://";
}
