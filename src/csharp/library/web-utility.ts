/** System.Net.WebUtility: HTML and URL encoding. https://learn.microsoft.com/dotnet/api/system.net.webutility */
import { allocate } from "../runtime/budget.ts";
import { bytes, type CsArray } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { HTML_ENTITIES } from "./html-entities.ts";
import type { StringWriter } from "./string-writer.ts";

/** Unescaped in URLs; a blank becomes `+`. */
function isUrlSafe(byte: number): boolean {
  const isLetterOrDigit = (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
  return isLetterOrDigit || "-_.!*()".includes(String.fromCharCode(byte));
}

function encodeBytes(raw: Uint8Array): string {
  let text = "";
  for (const byte of raw) {
    if (byte === 32) text += "+";
    else if (isUrlSafe(byte)) text += String.fromCharCode(byte);
    else text += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

/** UTF-8, then percent escapes. */
export function urlEncode(value: string | null): string | null {
  if (value === null) return null;
  allocate(value.length * 3);
  return encodeBytes(Buffer.from(value, "utf8"));
}

/** Percent escapes and `+`; what is no escape stays, and so does bad UTF-8 as U+FFFD. */
export function urlDecode(value: string | null): string | null {
  if (value === null || !/[%+]/.test(value)) return value;
  allocate(value.length);
  // Runs of escapes are decoded together, since a character may take several.
  return value.replaceAll("+", " ").replace(/(?:%[0-9a-fA-F]{2})+/g, decodeRun);
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8");
  }
}

function decodeBytes(raw: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < raw.length; i++) {
    const next = String.fromCharCode(raw[i], raw[i + 1] ?? 0, raw[i + 2] ?? 0);
    if (/^%[0-9a-fA-F]{2}$/.test(next)) {
      out.push(Number.parseInt(next.slice(1), 16));
      i += 2;
    } else {
      out.push(raw[i] === 43 ? 32 : raw[i]);
    }
  }
  return Uint8Array.from(out);
}

const NAMED: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;" };

/** Escapes < > & " ', U+00A0 to U+00FF and what is beyond the basic plane; unpaired surrogates become U+FFFD. */
export function htmlEncode(value: string | null): string | null {
  if (value === null) return null;
  allocate(value.length);
  return value.replace(/[<>&"'\xa0-\xff\u{d800}-\u{dfff}\u{10000}-\u{10ffff}]/gu, (ch) => {
    const codePoint = ch.codePointAt(0) as number;
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return "\ufffd";
    return NAMED[ch] ?? `&#${codePoint};`;
  });
}

/** Named references of HTML 4 and numeric ones; unknown and unfinished ones stay. */
export function htmlDecode(value: string | null): string | null {
  if (value === null || !value.includes("&")) return value;
  return value.replace(/&([^;&]+);/g, (whole, name: string) => {
    if (!name.startsWith("#") || name.length === 1) return HTML_ENTITIES.get(name) ?? whole;
    const codePoint = numericReference(name.slice(1));
    const isScalar = codePoint < 0xd800 || (codePoint > 0xdfff && codePoint <= 0x10ffff);
    return isScalar ? String.fromCodePoint(codePoint) : whole;
  });
}

/** `#x41` without the number sign; NaN when it is no number. */
function numericReference(text: string): number {
  if (/^[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(1), 16);
  const decimal = text.trim();
  return /^\+?\d+$/.test(decimal) ? Number(decimal) : Number.NaN;
}

/** Part of a byte array. */
function range(value: CsArray | null, offset: number, count: number): Uint8Array | null {
  if (value === null && count === 0) return null;
  if (value === null) throw argumentNull("bytes");
  const raw = value.items as Uint8Array;
  if (offset < 0 || offset > raw.length) throw argumentOutOfRange("offset");
  if (count < 0 || offset + count > raw.length) throw argumentOutOfRange("count");
  return raw.subarray(offset, offset + count);
}

function onRange(convert: (raw: Uint8Array) => Uint8Array) {
  return (value: CsArray | null, offset: number, count: number): CsArray | null => {
    const raw = range(value, offset, count);
    return raw && bytes(convert(raw));
  };
}

function writing(convert: (value: string | null) => string | null) {
  return (value: string | null, output: StringWriter | null): void => {
    if (output === null) throw argumentNull("output");
    output.write(convert(value) ?? "");
  };
}

implement("System.Net.WebUtility", {
  "UrlEncode(string)": urlEncode,
  "UrlDecode(string)": urlDecode,
  "UrlEncodeToBytes(byte[],int,int)": onRange((raw) => new Uint8Array(Buffer.from(encodeBytes(raw), "latin1"))),
  "UrlDecodeToBytes(byte[],int,int)": onRange(decodeBytes),
  "HtmlEncode(string)": htmlEncode,
  "HtmlEncode(string,TextWriter)": writing(htmlEncode),
  "HtmlDecode(string)": htmlDecode,
  "HtmlDecode(string,TextWriter)": writing(htmlDecode),
});
