/** The head of a request to a backend as text: one true framing, nothing of the caller's connection, nothing that could end a line. */
import type { Body } from "../body.ts";
import { UpstreamError, type UpstreamRequest } from "../upstream.ts";
import { CLASSES, isFieldValue, isToken, VALUE } from "./octets.ts";
import { DROP, EXPECT, HOST, INVALID, LENGTH, useOf } from "./outgoing-names.ts";

/** Methods whose content is expected: without any, they say so (RFC 9110 section 8.6). */
const EXPECTS_CONTENT = new Set(["POST", "PUT", "PATCH"]);

/**
 * Throws UpstreamError when the request cannot be put on the wire.
 * @param host of the origin, for requests that bring no Host field
 */
export function requestHeadText(
  request: UpstreamRequest,
  host: string,
  connection = "connection: keep-alive\r\n",
): string {
  const { method, path, headers, body } = request;
  if (!isToken(method) || !isWirePath(path)) throw unsendable(request);
  const { raw } = headers;
  let fields = "";
  let named: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    const use = useOf(name);
    if (use === DROP || use === LENGTH || use === EXPECT) continue;
    const value = raw[i + 1];
    if (use === INVALID || !isFieldValue(value)) throw unsendable(request);
    if (use === HOST) {
      if (named !== undefined) throw unsendable(request);
      named = value;
    } else {
      fields += `${name}: ${value}\r\n`;
    }
  }
  return `${method} ${path} HTTP/1.1\r\nhost: ${named ?? host}\r\n${connection}${fields}${framing(method, body)}\r\n`;
}

function framing(method: string, { length }: Body): string {
  if (length === undefined) return "transfer-encoding: chunked\r\n";
  return length > 0 || EXPECTS_CONTENT.has(method) ? `content-length: ${length}\r\n` : "";
}

/** origin-form without blanks and control characters (RFC 9112 section 3.2.1). */
function isWirePath(path: string): boolean {
  if (path.charCodeAt(0) !== 0x2f) return false;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 0x20 || code > 0xff || (CLASSES[code] & VALUE) === 0) return false;
  }
  return true;
}

function unsendable({ origin }: UpstreamRequest): UpstreamError {
  return new UpstreamError("unsendable", `The request to ${origin} holds characters that HTTP does not allow.`);
}
