/**
 * The head of a request (RFC 9112 sections 2, 3 and 6): read from bytes that lie together, from left to right, once. A head that is not
 * whole yet is read again when more has come: so nothing depends on how the bytes were cut, and what is wrong with a part is refused
 * before the rest arrives. Nothing here is guessed, repaired or skipped but one empty line in front.
 */
import { METHODS } from "node:http";
import { parseAuthority } from "../authority.ts";
import type { ReadHead } from "../front-request.ts";
import { codingRefusal, FRAMING, type HeadRefusal } from "../head-check.ts";
import { Headers } from "../headers.ts";
import {
  BAD_CODING,
  BAD_LENGTH,
  COMPLETE,
  FieldSection,
  hasOption,
  INCOMPLETE,
  TOO_MANY,
  TWO_HOSTS,
} from "./field-section.ts";
import { nameAt } from "./names.ts";
import { type Bytes, CLASSES, CR, FEW_BYTES, headEnd, LF, SP, TARGET, TOKEN } from "./octets.ts";

/** A request as its head describes it. */
export interface RequestHead extends ReadHead {
  readonly httpVersion: "1.0" | "1.1";
  readonly isChunked: boolean;
  /** Of the body when it is not chunked; 0: none. */
  readonly length: number;
  /** False when neither Content-Length nor Transfer-Encoding was sent. */
  readonly hasBody: boolean;
  /** The connection ends with the answer (RFC 9112 section 9.3). */
  readonly closes: boolean;
  readonly expectsContinue: boolean;
  /** The protocols of an Upgrade field that Connection names (RFC 9110 section 7.8). */
  readonly upgrade: string | undefined;
  /** Bytes that the head took. */
  readonly size: number;
}

const refusal = (status: number, reason: string, message: string): HeadRefusal => ({ status, reason, message });
const SYNTAX = refusal(400, "RequestSyntaxInvalid", "The request is malformed.");
const METHOD = refusal(501, "MethodNotImplemented", "The method is not implemented.");
const VERSION = refusal(505, "HttpVersionNotSupported", "The HTTP version is not supported.");
const TARGET_INVALID = refusal(400, "RequestTargetInvalid", "The request target is invalid.");
const HOST = refusal(400, "HostInvalid", "The Host header is missing or invalid.");
const MANY = refusal(431, "TooManyHeaders", "The request has too many header fields.");
const LONG = refusal(414, "RequestTargetTooLong", "The request target is too long.");
const LARGE = refusal(431, "HeadersTooLarge", "The header section is too large.");
const EXPECTATION = refusal(417, "ExpectationFailed", "The expectation cannot be met.");

const MAX_METHOD_LENGTH = 32;
const SERVED = new Set(METHODS.filter((method) => method !== "TRACE" && method !== "CONNECT"));
const HEAD_METHOD = "HEAD ";
const HTTP_11 = "HTTP/1.1\r\n";
const HTTP_10 = "HTTP/1.0\r\n";
const ANY_VERSION = /^HTTP\/\d\.\d\r\n/;

/**
 * Reads a head.
 * @returns undefined when more bytes are needed
 */
export function readRequestHead(
  bytes: Bytes,
  start: number,
  end: number,
  maxBytes: number,
  maxFields: number,
): RequestHead | HeadRefusal | undefined {
  const limit = Math.min(end, start + maxBytes);
  const to = limit - start <= FEW_BYTES ? limit : headEnd(bytes, start, limit);
  const head = readHead(bytes, start, to, maxFields);
  if (head !== undefined || end - start < maxBytes) return head;
  // RFC 9112 section 3: a target longer than any that is read has an answer of its own.
  const line = bytes.indexOf("\r\n", start + 2);
  return line < 0 || line >= limit ? LONG : LARGE;
}

/** Do these bytes ask for a head alone, whatever else may be wrong with them? */
export function isForHead(bytes: Bytes, start: number, end: number): boolean {
  const at = bytes[start] === CR ? start + 2 : start;
  return bytes.latin1Slice(at, Math.min(end, at + HEAD_METHOD.length)) === HEAD_METHOD;
}

/** @param to where the bytes end that belong to the head */
function readHead(bytes: Bytes, start: number, to: number, maxFields: number): RequestHead | HeadRefusal | undefined {
  // One empty line before a request is ignored, as old clients send one after a body (RFC 9112 section 2.2).
  let at = start;
  if (bytes[at] === CR) {
    if (at + 1 >= to) return undefined;
    if (bytes[at + 1] !== LF) return SYNTAX;
    at += 2;
  }

  // method SP request-target SP HTTP-version CRLF, single blanks (RFC 9112 section 3). method = token (RFC 9110 section 9.1).
  const methodStart = at;
  let hash = 0;
  for (; at < to && (CLASSES[bytes[at]] & TOKEN) !== 0; at++) hash = (Math.imul(hash, 31) + bytes[at]) | 0;
  // Longer than any that is known (RFC 9112 section 3).
  if (at - methodStart > MAX_METHOD_LENGTH) return METHOD;
  if (at >= to) return undefined;
  if (bytes[at] !== SP || at === methodStart) return SYNTAX;
  const method = nameAt(bytes, methodStart, at, hash).text;
  // What a gateway must not serve or does not know; `get` is another method than GET (RFC 9110 section 9.1). PRI begins HTTP/2 (RFC 9113
  // section 3.4).
  if (!SERVED.has(method)) return method === "PRI" ? VERSION : METHOD;

  const targetStart = ++at;
  while (at < to && (CLASSES[bytes[at]] & TARGET) !== 0) at++;
  if (at >= to) return undefined;
  if (bytes[at] !== SP) return SYNTAX;
  const text = bytes.latin1Slice(targetStart, to);
  const target = text.slice(0, at - targetStart);
  if (!isTarget(method, target)) return TARGET_INVALID;

  const versionStart = at + 1;
  const isHttp10 = !text.startsWith(HTTP_11, versionStart - targetStart);
  if (isHttp10 && !text.startsWith(HTTP_10, versionStart - targetStart))
    return otherVersion(text, versionStart - targetStart);

  const fields = new FieldSection();
  const result = fields.read(bytes, versionStart + HTTP_11.length, to, text, targetStart, maxFields);
  if (result === INCOMPLETE) return undefined;
  return result === COMPLETE ? understand(method, target, isHttp10, fields, fields.end - start) : fieldRefusal(result);
}

/** HTTP-version = "HTTP/" DIGIT "." DIGIT (RFC 9112 section 2.3). */
function otherVersion(text: string, start: number): HeadRefusal | undefined {
  const rest = text.slice(start, start + HTTP_11.length);
  if (HTTP_11.startsWith(rest) || HTTP_10.startsWith(rest)) return undefined;
  if (rest.length < HTTP_11.length && /^(H|HT|HTT|HTTP|HTTP\/(\d(\.(\d\r?)?)?)?)?$/.test(rest)) return undefined;
  return ANY_VERSION.test(rest) ? VERSION : SYNTAX;
}

function fieldRefusal(result: number): HeadRefusal {
  switch (result) {
    case TOO_MANY:
      return MANY;
    case TWO_HOSTS:
      return HOST;
    case BAD_LENGTH:
    case BAD_CODING:
      return FRAMING;
    default:
      return SYNTAX;
  }
}

/** origin-form, absolute-form of http(s), asterisk-form for OPTIONS (RFC 9112 section 3.2); the fourth is for CONNECT, which is not served. */
function isTarget(method: string, target: string): boolean {
  if (target.charCodeAt(0) === 0x2f) return true;
  if (target === "*") return method === "OPTIONS";
  const scheme = target.slice(0, 8).toLowerCase();
  const start = scheme.startsWith("http://") ? 7 : scheme === "https://" ? 8 : 0;
  if (start === 0) return false;
  let end = start;
  while (end < target.length && target[end] !== "/" && target[end] !== "?") end++;
  // No userinfo, and never an empty host (RFC 9110 sections 4.2.1 and 4.2.4).
  return parseAuthority(target.slice(start, end)) !== undefined;
}

/** What the fields mean together. */
function understand(
  method: string,
  target: string,
  isHttp10: boolean,
  fields: FieldSection,
  size: number,
): RequestHead | HeadRefusal {
  const { host, transferEncoding, connection, length } = fields;
  // Needed in HTTP/1.1, and valid wherever it is (RFC 9112 section 3.2).
  if (host === undefined ? !isHttp10 : parseAuthority(host) === undefined) return HOST;
  if (fields.isLengthPadded) return FRAMING;
  const isChunked = transferEncoding !== undefined;
  if (isChunked) {
    // A coding beside a length, or in HTTP/1.0, is an attack or a defect; others than `chunked` are not served (RFC 9112 section 6.1).
    if (length >= 0 || isHttp10) return FRAMING;
    if (transferEncoding !== "chunked" && transferEncoding.toLowerCase() !== "chunked")
      return codingRefusal(transferEncoding);
  }
  // An HTTP/1.0 client does not wait for 100 (RFC 9110 section 10.1.1).
  const expect = isHttp10 ? undefined : fields.expect;
  if (expect !== undefined && expect.toLowerCase() !== "100-continue") return EXPECTATION;
  const closes = isHttp10 || hasOption(connection, "close");
  const isUpgrade = fields.upgrade !== undefined && !isHttp10 && hasOption(connection, "upgrade");
  return {
    method,
    target,
    httpVersion: isHttp10 ? "1.0" : "1.1",
    headers: new Headers(fields.raw),
    isChunked,
    length: Math.max(length, 0),
    hasBody: isChunked || length >= 0,
    closes,
    expectsContinue: expect !== undefined && (isChunked || length > 0),
    upgrade: isUpgrade ? fields.upgrade : undefined,
    size,
  };
}
