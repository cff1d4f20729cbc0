/** Octets of HTTP/1.1 messages: their classes, one table look-up for each octet read, and the cheapest ways to carry them on. */
import { Body } from "../body.ts";

/** tchar: RFC 9110 section 5.6.2. */
export const TOKEN = 1;
/** What a field value may hold: VCHAR, obs-text, SP, HTAB (RFC 9110 section 5.5). Everything else is CTL and never allowed. */
export const VALUE = 2;
/**
 * What a request target may hold: visible ASCII (RFC 9112 section 3.2) without `#`, which RFC 3986 leaves to the client. Characters that
 * a URL should escape, but that clients send as they are, pass: the canonical form escapes or refuses them.
 */
export const TARGET = 4;
/** SP and HTAB: OWS (RFC 9110 section 5.6.3). */
export const BLANK = 8;
/** HEXDIG (RFC 5234). */
export const HEX = 16;
/** qdtext: RFC 9110 section 5.6.4. */
export const QUOTED = 32;

/** By octet; 0 for what lies beyond one byte, and for NaN. */
export const CLASSES = new Uint8Array(256);

for (let octet = 0; octet < 256; octet++) {
  const char = String.fromCharCode(octet);
  const isVisible = octet > 0x20 && octet < 0x7f;
  let classes = 0;
  if (octet < 0x80 && /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char)) classes |= TOKEN;
  if (octet === 0x09 || octet === 0x20 || isVisible || octet >= 0x80) classes |= VALUE;
  if (isVisible && char !== "#") classes |= TARGET;
  if (octet === 0x09 || octet === 0x20) classes |= BLANK;
  if (octet < 0x80 && /[0-9A-Fa-f]/.test(char)) classes |= HEX;
  if ((classes & VALUE) !== 0 && char !== '"' && char !== "\\") classes |= QUOTED;
  CLASSES[octet] = classes;
}

export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

/** The methods of Buffer that cost least: no arguments to look at, no views made. */
export type Bytes = Buffer & {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length: number): number;
};

const HEAD_END = Buffer.from("\r\n\r\n", "latin1");

/** So few bytes are made a text whole, whatever follows the head in them, before its end is looked for. */
export const FEW_BYTES = 2_048;

/** Where a head that starts here ends, at the latest. */
export function headEnd(bytes: Bytes, start: number, limit: number): number {
  const found = bytes.indexOf(HEAD_END, start);
  return found < 0 || found + HEAD_END.length > limit ? limit : found + HEAD_END.length;
}

/** Bytes as text of as many characters. */
export function latin1Of(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (buffer as Bytes).latin1Slice(0, buffer.length);
}

/** Bodies, chunks and slices up to this size are written as one text with what stands before them: one system call, no buffers. */
export const INLINE_BYTES = 16_384;

/** A copy of some bytes as a body. */
export function wholeBody(bytes: Bytes, start: number, end: number): Body {
  if (end - start <= INLINE_BYTES) return Body.octets(bytes.latin1Slice(start, end));
  return Body.bytes(Buffer.from(bytes.subarray(start, end)));
}

/** True for a token (RFC 9110 section 5.6.2). */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f || (CLASSES[code] & TOKEN) === 0) return false;
  }
  return text.length > 0;
}

const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** From here on the expression is faster than the loop. */
const LONG = 24;

/** True for what a field value or reason phrase may hold (RFC 9110 section 5.5, RFC 9112 section 4). */
export function isFieldValue(text: string): boolean {
  if (text.length > LONG) return FIELD_VALUE.test(text);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff || (CLASSES[code] & VALUE) === 0) return false;
  }
  return true;
}
