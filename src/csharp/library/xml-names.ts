/** XmlConvert.EncodeName and DecodeName: characters that no XML name may have, written as `_x0020_`. */
import { isNameChar, isNameStart } from "./xml-characters.ts";

const hex = (code: number, digits: number) => code.toString(16).toUpperCase().padStart(digits, "0");

/** @param colons leaves colons as they are (EncodeName); without it they are encoded too (EncodeLocalName) */
export function encodeName(name: string, colons: boolean): string {
  let encoded = "";
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    const next = name.charCodeAt(i + 1);
    const allowed = (c === 58 && colons) || (i === 0 ? isNameStart(c) : isNameChar(c));
    const looksEncoded = c === 95 && /^_x(?:[0-9a-fA-F]{4}|[0-9a-fA-F]{8})_/.test(name.slice(i, i + 11));
    if (allowed && !looksEncoded) {
      encoded += name[i];
    } else if (c >= 0xd800 && c <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
      encoded += `_x${hex(name.codePointAt(i) as number, 8)}_`;
      i++;
    } else {
      encoded += `_x${hex(c, 4)}_`;
    }
  }
  return encoded;
}

export function decodeName(name: string): string {
  if (!name.includes("_x") && !name.includes("_X")) return name;
  return name.replace(/_[xX]([0-9a-fA-F]{8}|[0-9a-fA-F]{4})_/g, (all, digits: string) => {
    const code = Number.parseInt(digits, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
