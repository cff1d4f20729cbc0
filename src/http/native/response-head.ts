/**
 * The head of a response (RFC 9112 sections 4, 5 and 6): as strict as that of a request. A backend that can be read in two ways is not
 * read at all.
 */
import { COMPLETE, FieldSection, hasOption, INCOMPLETE } from "./field-section.ts";
import { type Bytes, CLASSES, CR, FEW_BYTES, headEnd, LF, SP, VALUE } from "./octets.ts";

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** [name, value, ...] */
  readonly raw: string[];
  readonly isChunked: boolean;
  /** -1: not known. */
  readonly length: number;
  /** The connection may serve another request (RFC 9112 section 9.3). */
  readonly isPersistent: boolean;
  readonly connection: string | undefined;
  readonly keepAlive: string | undefined;
  readonly upgrade: string | undefined;
  /** Bytes that the head took. */
  readonly size: number;
}

/** Why the bytes are no response, in words for a log. */
export type ResponseProblem = string;

export const MAX_HEAD_BYTES = 32_768;
const MAX_FIELDS = 1_000;
const HTTP_11 = "HTTP/1.1 ";
const HTTP_10 = "HTTP/1.0 ";
const STATUS_DIGITS = 3;

/**
 * Reads a head from bytes that lie together.
 * @returns undefined when more bytes are needed
 */
export function readResponseHead(bytes: Bytes, start: number, end: number): ResponseHead | ResponseProblem | undefined {
  const limit = Math.min(end, start + MAX_HEAD_BYTES);
  const to = limit - start <= FEW_BYTES ? limit : headEnd(bytes, start, limit);
  const head = readHead(bytes, start, to);
  return head === undefined && end - start >= MAX_HEAD_BYTES ? "the head is too large" : head;
}

/** status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4); servers that leave out the last blank are common. */
function readHead(bytes: Bytes, start: number, to: number): ResponseHead | ResponseProblem | undefined {
  const text = bytes.latin1Slice(start, to);
  const isHttp10 = !text.startsWith(HTTP_11);
  if (isHttp10 && !text.startsWith(HTTP_10)) {
    return HTTP_11.startsWith(text) || HTTP_10.startsWith(text) ? undefined : "it is another protocol";
  }
  let status = 0;
  let at = start + HTTP_11.length;
  const statusEnd = at + STATUS_DIGITS;
  for (; at < statusEnd; at++) {
    if (at >= to) return undefined;
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) return "the status is no number";
    status = status * 10 + digit;
  }
  // Status codes are 100 to 599 (RFC 9110 section 15).
  if (status < 100 || status > 599) return "there is no such status";
  if (at < to && bytes[at] === SP) while (at < to && (CLASSES[bytes[at]] & VALUE) !== 0) at++;
  if (at >= to) return undefined;
  if (bytes[at] !== CR) return "the status line is malformed";
  if (at + 1 >= to) return undefined;
  if (bytes[at + 1] !== LF) return "the status line is malformed";
  const fields = new FieldSection();
  const result = fields.read(bytes, at + 2, to, text, start, MAX_FIELDS);
  if (result === INCOMPLETE) return undefined;
  if (result !== COMPLETE) return "a header field is malformed";
  const reason = text.slice(statusEnd + 1 - start, at - start);
  return understand(status, reason, isHttp10, fields, fields.end - start);
}

/** RFC 9112 sections 6.1, 6.3 and 9.3. */
function understand(
  status: number,
  reason: string,
  isHttp10: boolean,
  fields: FieldSection,
  size: number,
): ResponseHead | ResponseProblem {
  const { raw, transferEncoding, length, connection, keepAlive, upgrade } = fields;
  // There are none in HTTP/1.0: another reader would take it for the whole answer (RFC 9110 section 15.2).
  if (isHttp10 && status < 200) return "an interim answer in HTTP/1.0";
  const isChunked = transferEncoding !== undefined;
  if (isChunked) {
    if (length >= 0) return "it has a length and is chunked";
    if (isHttp10 || transferEncoding.toLowerCase() !== "chunked") return "its transfer coding is not served";
  }
  const isPersistent = isHttp10 ? hasOption(connection, "keep-alive") : !hasOption(connection, "close");
  return { status, reason, raw, isChunked, length, isPersistent, connection, keepAlive, upgrade, size };
}
