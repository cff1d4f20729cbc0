/** Responses written by hand on a bare socket: where node:http has no response object to offer. */
import { STATUS_CODES } from "node:http";
import type { Headers } from "./headers.ts";
import { isFieldValue, isToken } from "./header-syntax.ts";
import { isHopByHop } from "./hop-by-hop.ts";

/**
 * An answer of the front itself, complete, closing the connection.
 * @param isHead the request was for a head alone: the answer has no content (RFC 9110 section 9.3.2)
 */
export function refusalText(status: number, message: string, headers: readonly string[] = [], isHead = false): string {
  let more = "";
  // Who sends Upgrade names it as a field of the connection (RFC 9110 section 7.8).
  let options = "close";
  for (let i = 0; i < headers.length; i += 2) {
    more += `${headers[i]}: ${headers[i + 1]}\r\n`;
    if (headers[i] === "Upgrade") options = "close, Upgrade";
  }
  const body = `{ "statusCode": ${status}, "message": ${JSON.stringify(message)} }`;
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
    "Content-Type: application/json\r\n" +
    `Content-Length: ${body.length}\r\n` +
    `Date: ${new Date().toUTCString()}\r\n${more}` +
    `Connection: ${options}\r\n\r\n${isHead ? "" : body}`
  );
}

/**
 * The head of a response with end-to-end headers and, last, framing of the caller's.
 * Throws when a header or the reason would break the syntax of the message.
 */
export function headText(status: number, reason: string, headers: Headers, framing: readonly string[]): string {
  const phrase = reason === "" ? (STATUS_CODES[status] ?? "") : reason;
  if (!isFieldValue(phrase)) throw new Error("The reason phrase holds characters that are not allowed.");
  let head = `HTTP/1.1 ${status} ${phrase}\r\n`;
  const { raw } = headers;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    if (isHopByHop(name) || name.toLowerCase() === "content-length") continue;
    if (!isToken(name) || !isFieldValue(value)) throw new Error(`The header ${JSON.stringify(name)} is not valid.`);
    head += `${name}: ${value}\r\n`;
  }
  for (let i = 0; i < framing.length; i += 2) head += `${framing[i]}: ${framing[i + 1]}\r\n`;
  return `${head}\r\n`;
}
