/**
 * Classes of characters in C# source, by UTF-16 unit.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure
 */

const START = 1;
const PART = 2;
const DIGIT = 4;
const HEX = 8;

const ascii = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const letter = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95;
  const digit = c >= 48 && c <= 57;
  const hex = digit || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
  ascii[c] = (letter ? START | PART : 0) | (digit ? PART | DIGIT : 0) | (hex ? HEX : 0);
}

const identifierStart = /^[\p{L}\p{Nl}]$/u;
const identifierPart = /^[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]$/u;
const space = /^\p{Zs}$/u;

export function isIdentifierStart(c: number): boolean {
  return c < 128 ? (ascii[c] & START) !== 0 : identifierStart.test(String.fromCharCode(c));
}

export function isIdentifierPart(c: number): boolean {
  return c < 128 ? (ascii[c] & PART) !== 0 : identifierPart.test(String.fromCharCode(c));
}

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

export function isHexDigit(c: number): boolean {
  return c < 128 && (ascii[c] & HEX) !== 0;
}

export function isNewLine(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

/** Blanks other than line breaks. */
export function isBlank(c: number): boolean {
  if (c === 32 || c === 9 || c === 11 || c === 12 || c === 0xa0 || c === 0xfeff || c === 0x1a) return true;
  return c > 255 && space.test(String.fromCharCode(c));
}
