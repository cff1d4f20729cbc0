/** X.500 distinguished names (RFC 5280 section 4.1.2.4): as encoded in certificates, and as people write them. */
import { DerError, type DerNode, readDer, Tag } from "./der.ts";

/** One attribute of a name. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

/** The parts of an encoded name in their order; each may have several attributes. */
export function readName(encoded: Uint8Array): NameAttribute[][] {
  const name = readDer(encoded);
  if (name.tag !== Tag.Sequence) throw new DerError("not a name");
  return name.children.map((part) => part.children.map(readAttribute));
}

function readAttribute(node: DerNode): NameAttribute {
  return { oid: node.child(0).oid, value: node.child(1).text };
}

/** Labels that Windows, .NET, OpenSSL and RFC 4514 write. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ["CN", "2.5.4.3"],
  ["SN", "2.5.4.4"],
  ["SURNAME", "2.5.4.4"],
  ["SERIALNUMBER", "2.5.4.5"],
  ["C", "2.5.4.6"],
  ["L", "2.5.4.7"],
  ["S", "2.5.4.8"],
  ["ST", "2.5.4.8"],
  ["STREET", "2.5.4.9"],
  ["O", "2.5.4.10"],
  ["OU", "2.5.4.11"],
  ["T", "2.5.4.12"],
  ["TITLE", "2.5.4.12"],
  ["G", "2.5.4.42"],
  ["GN", "2.5.4.42"],
  ["GIVENNAME", "2.5.4.42"],
  ["I", "2.5.4.43"],
  ["INITIALS", "2.5.4.43"],
  ["DNQUALIFIER", "2.5.4.46"],
  ["UID", "0.9.2342.19200300.100.1.1"],
  ["DC", "0.9.2342.19200300.100.1.25"],
  ["E", "1.2.840.113549.1.9.1"],
  ["EMAIL", "1.2.840.113549.1.9.1"],
  ["EMAILADDRESS", "1.2.840.113549.1.9.1"],
]);

const SEPARATOR = /[,;+]/;

/** A name as written: `CN=api, O="Contoso, Inc."`; a problem is told in words. */
export function parseName(text: string): NameAttribute[] | { readonly problem: string } {
  const attributes: NameAttribute[] = [];
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf("=", at);
    const label = text.slice(at, equals < 0 ? undefined : equals).trim();
    const oid = /^(?:OID\.)?(\d+(?:\.\d+)+)$/i.exec(label)?.[1] ?? LABELS.get(label.toUpperCase());
    if (equals < 0 || oid === undefined)
      return { problem: `"${label}" does not begin an attribute of a distinguished name, such as CN=` };
    const value = readValue(text, equals + 1);
    if ("problem" in value) return value;
    attributes.push({ oid, value: value.text });
    at = value.end;
  }
  return attributes.length > 0 ? attributes : { problem: "the distinguished name is empty" };
}

/** A value up to the next separator; quotes keep separators in it and are doubled inside, a backslash escapes (RFC 4514). */
function readValue(text: string, start: number): { text: string; end: number } | { readonly problem: string } {
  let at = start;
  while (text[at] === " ") at++;
  const isQuoted = text[at] === '"';
  if (isQuoted) at++;
  let value = "";
  for (; at < text.length; at++) {
    const char = text[at];
    if (char === "\\" && at + 1 < text.length) value += text[++at];
    else if (isQuoted && char === '"') {
      if (text[at + 1] !== '"') break;
      value += text[++at];
    } else if (!isQuoted && SEPARATOR.test(char)) break;
    else value += char;
  }
  if (!isQuoted) return { text: value.trim(), end: at + 1 };
  if (text[at] !== '"') return { problem: "a quote is not closed" };
  const rest = /^"\s*(?:$|[,;+])/.exec(text.slice(at));
  return rest === null ? { problem: "something follows a closing quote" } : { text: value, end: at + rest[0].length };
}

/** Whether a certificate's name is the one written, in the certificate's order or, as .NET writes names, the other way round. */
export function isSameName(written: readonly NameAttribute[], encoded: readonly (readonly NameAttribute[])[]): boolean {
  const key = (attributes: readonly NameAttribute[]) =>
    JSON.stringify(attributes.map(({ oid, value }) => [oid, value]));
  const wanted = key(written);
  return wanted === key(encoded.flat()) || wanted === key([...encoded].reverse().flat());
}
