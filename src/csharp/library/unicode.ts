/** Unicode categories and case mapping as .NET sees them: by UTF-16 unit or code point, case mapping one to one. */

/** System.Globalization.UnicodeCategory in its order. */
const CATEGORY_PATTERNS: readonly RegExp[] = [
  ...["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"],
  ...["Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"],
].map((name) => new RegExp(`\\p{${name}}`, "u"));

export const UnicodeCategory = {
  UppercaseLetter: 0,
  LowercaseLetter: 1,
  TitlecaseLetter: 2,
  OtherLetter: 4,
  DecimalDigitNumber: 8,
  LetterNumber: 9,
  OtherNumber: 10,
  SpaceSeparator: 11,
  ParagraphSeparator: 13,
  Control: 14,
  Surrogate: 16,
  ConnectorPunctuation: 18,
  OtherPunctuation: 24,
  MathSymbol: 25,
  OtherSymbol: 28,
  OtherNotAssigned: 29,
} as const;

const UNKNOWN = 255;
const known = new Uint8Array(0x10000).fill(UNKNOWN);

/** UnicodeCategory of a code point or UTF-16 unit. */
export function categoryOf(codePoint: number): number {
  const cached = codePoint < 0x10000 ? known[codePoint] : UNKNOWN;
  if (cached !== UNKNOWN) return cached;
  const text = String.fromCodePoint(codePoint);
  const found = CATEGORY_PATTERNS.findIndex((pattern) => pattern.test(text));
  const category = found < 0 ? UnicodeCategory.OtherNotAssigned : found;
  if (codePoint < 0x10000) known[codePoint] = category;
  return category;
}

/** char.IsWhiteSpace: not U+FEFF, not U+200B. */
export function isWhiteSpace(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13);
  if (unit === 0x85 || unit === 0xa0) return true;
  return unit >= 0x1680 && isSeparator(categoryOf(unit));
}

export function isSeparator(category: number): boolean {
  return category >= UnicodeCategory.SpaceSeparator && category <= UnicodeCategory.ParagraphSeparator;
}

/** Lower-case Greek letters with iota below: their full upper case has two letters, their simple one has one. */
function iotaUpper(codePoint: number): number | undefined {
  if (codePoint === 0x1fb3 || codePoint === 0x1fc3 || codePoint === 0x1ff3) return codePoint + 9;
  const block = codePoint & ~0xf;
  if ((block === 0x1f80 || block === 0x1f90 || block === 0x1fa0) && (codePoint & 8) === 0) return codePoint + 8;
  return undefined;
}

const DOTTED_I = 0x130;
const DOTLESS_I = 0x131;
const LONG_S = 0x17f;
const SMALL_I = 0x69;

/** Simple upper case, without the exceptions of the invariant culture: ß stays. */
export function upperCodePoint(codePoint: number): number {
  if (codePoint < 128) return codePoint >= 97 && codePoint <= 122 ? codePoint - 32 : codePoint;
  return single(String.fromCodePoint(codePoint).toUpperCase()) ?? iotaUpper(codePoint) ?? codePoint;
}

/** Simple lower case, without the exceptions of the invariant culture. */
export function lowerCodePoint(codePoint: number): number {
  if (codePoint < 128) return codePoint >= 65 && codePoint <= 90 ? codePoint + 32 : codePoint;
  if (codePoint === DOTTED_I) return SMALL_I;
  return single(String.fromCodePoint(codePoint).toLowerCase()) ?? codePoint;
}

/** Simple upper case in the invariant culture: dotless i stays. */
export function upperOf(codePoint: number): number {
  return codePoint === DOTLESS_I ? codePoint : upperCodePoint(codePoint);
}

/** Simple lower case in the invariant culture: dotted capital I stays. */
export function lowerOf(codePoint: number): number {
  return codePoint === DOTTED_I ? codePoint : lowerCodePoint(codePoint);
}

/** The code point of a text of one code point. */
function single(text: string): number | undefined {
  const codePoint = text.codePointAt(0) as number;
  return text.length === (codePoint > 0xffff ? 2 : 1) ? codePoint : undefined;
}

/** Sought, not described: a search needs no way back. */
const BEYOND_ASCII = /[^\0-\x7f]/;

/** string.ToUpperInvariant: the length stays. */
export function toUpper(text: string): string {
  return BEYOND_ASCII.test(text) ? mapCodePoints(text, upperOf) : text.toUpperCase();
}

/** string.ToLowerInvariant: the length stays, no final sigma. */
export function toLower(text: string): string {
  return BEYOND_ASCII.test(text) ? mapCodePoints(text, lowerOf) : text.toLowerCase();
}

/** Upper case as OrdinalIgnoreCase compares it: also the long s stays. */
export function toOrdinalUpper(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  return mapCodePoints(text, (codePoint) => (codePoint === LONG_S ? codePoint : upperOf(codePoint)));
}

/** A text with every code point replaced by another one. */
export function mapCodePoints(text: string, map: (codePoint: number) => number): string {
  let out = "";
  for (const ch of text) out += String.fromCodePoint(map(ch.codePointAt(0) as number));
  return out;
}
