/** Percent escapes of System.Uri (RFC 3986, RFC 3987). */
import { allocate } from "../runtime/budget.ts";

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;
const UNRESERVED_OR_RESERVED = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]$/;

export function isHexDigit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 70) || (unit >= 97 && unit <= 102);
}

export function isUnreserved(ch: string): boolean {
  return UNRESERVED.test(ch);
}

/** `%41` in capitals. */
export function hexEscape(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function escapeUtf8(text: string): string {
  let out = "";
  for (const byte of Buffer.from(text, "utf8")) out += hexEscape(byte);
  return out;
}

/** Escapes everything but unreserved characters: Uri.EscapeDataString. */
export function escapeData(text: string): string {
  allocate(text.length);
  return text.replace(/[^A-Za-z0-9\-._~]+/g, escapeUtf8);
}

/** Escapes what may not stand in a URI; also `%`, so it must not be applied twice: Uri.EscapeUriString. */
export function escapeUri(text: string): string {
  allocate(text.length);
  return text.replace(/[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]+/g, escapeUtf8);
}

/**
 * Escapes what may not stand in a component; existing escapes stay.
 * @param also reserved characters to escape in this component
 */
export function escapeComponent(text: string, also = ""): string {
  let out = "";
  for (let i = 0; i < text.length; ) {
    const ch = String.fromCodePoint(text.codePointAt(i) as number);
    const isEscape = ch === "%" && isHexDigit(text.charCodeAt(i + 1)) && isHexDigit(text.charCodeAt(i + 2));
    if (isEscape || (UNRESERVED_OR_RESERVED.test(ch) && !also.includes(ch))) out += ch;
    else out += escapeUtf8(ch);
    i += ch.length;
  }
  return out;
}

/** Something that a run of escapes stands for: a character, or escapes that stay as they are. */
type Decoded = (ch: string, escapes: string) => string;

/** Hands each character that escapes stand for to `decoded`; bytes that are no UTF-8 stay escaped. */
function mapEscapes(text: string, decoded: Decoded): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const raw = Buffer.from(run.replaceAll("%", ""), "hex");
    let out = "";
    for (let at = 0; at < raw.length; ) {
      const length = characterLength(raw, at);
      const escapes = run.slice(at * 3, (at + Math.max(length, 1)) * 3);
      out += length === 0 ? escapes : decoded(raw.toString("utf8", at, at + length), escapes);
      at += Math.max(length, 1);
    }
    return out;
  });
}

/** Length of the UTF-8 sequence at a position; 0 when there is none. */
function characterLength(raw: Buffer, at: number): number {
  const first = raw[at];
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > raw.length) return 0;
  const text = raw.toString("utf8", at, at + length);
  return text.includes("\ufffd") && !raw.subarray(at, at + 3).equals(REPLACEMENT) ? 0 : length;
}

const REPLACEMENT = Buffer.from("\ufffd");

/** Decodes every escape that stands for UTF-8: Uri.UnescapeDataString. */
export function unescapeData(text: string): string {
  if (!text.includes("%")) return text;
  allocate(text.length);
  return mapEscapes(text, (ch) => ch);
}

/** May the character stand unescaped in an IRI? (RFC 3987 2.2; no marks of direction.) */
function isIriCharacter(codePoint: number, isQuery: boolean): boolean {
  if (codePoint < 0xa0) return false;
  if (codePoint === 0x200e || codePoint === 0x200f || (codePoint >= 0x202a && codePoint <= 0x202e)) return false;
  if (codePoint <= 0xd7ff || (codePoint >= 0xf900 && codePoint <= 0xfdcf)) return true;
  if (codePoint >= 0xfdf0 && codePoint <= 0xffef) return true;
  if (codePoint >= 0xe000 && codePoint <= 0xf8ff) return isQuery;
  return codePoint > 0xffff && (codePoint & 0xffff) < 0xfffe && codePoint < 0xe0000 + 0x10000;
}

/** The form in which components are kept: escapes of unreserved characters and of other scripts are decoded. */
export function toIri(text: string, isQuery: boolean): string {
  if (!text.includes("%")) return text;
  return mapEscapes(text, (ch, escapes) => {
    const keep = !isUnreserved(ch) && !isIriCharacter(ch.codePointAt(0) as number, isQuery);
    return keep ? escapes : ch;
  });
}

/** Reserved characters, and those that would change the meaning of what is around them. */
const UNSAFE = ";/?:@&=+$,#[]!'()*%\\";

/** For people: decodes escapes that can be decoded without changing what the URI means. */
export function unescapeSafely(text: string, isQuery: boolean): string {
  if (!text.includes("%")) return text;
  return mapEscapes(text, (ch, escapes) => {
    const codePoint = ch.codePointAt(0) as number;
    if (codePoint > 0x9f) return isIriCharacter(codePoint, isQuery) ? ch : escapes;
    const isControl = codePoint <= 0x1f || codePoint >= 0x7f;
    return isControl || UNSAFE.includes(ch) ? escapes : ch;
  });
}
