/** System.Char: a UTF-16 unit, represented by a number. https://learn.microsoft.com/dotnet/api/system.char */
import { valueBehaviour } from "../runtime/object.ts";
import type { Ref } from "../runtime/values.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, formatError } from "./exceptions-thrown.ts";
import { compareBoxed, equalsBoxed } from "./primitive-object.ts";
import { categoryOf, isSeparator, isWhiteSpace, lowerOf, UnicodeCategory as U, upperOf } from "./unicode.ts";

const NAME = "System.Char";

const text = (unit: number) => String.fromCharCode(unit);
const equals = (a: number, b: number) => a === b;
const compare = (a: number, b: number) => a - b;
const hash = (unit: number) => unit | (unit << 16);

valueBehaviour(NAME, { toText: text, equals, hash, compare });

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

/** Questions about the category; over a string they see surrogate pairs as one. */
const CATEGORIES: Record<string, (category: number) => boolean> = {
  IsControl: (c) => c === U.Control,
  IsDigit: (c) => c === U.DecimalDigitNumber,
  IsLetter: (c) => c <= U.OtherLetter,
  IsLetterOrDigit: (c) => c <= U.OtherLetter || c === U.DecimalDigitNumber,
  IsLower: (c) => c === U.LowercaseLetter,
  IsNumber: (c) => c >= U.DecimalDigitNumber && c <= U.OtherNumber,
  IsPunctuation: (c) => c >= U.ConnectorPunctuation && c <= U.OtherPunctuation,
  IsSeparator: isSeparator,
  IsSymbol: (c) => c >= U.MathSymbol && c <= U.OtherSymbol,
  IsUpper: (c) => c === U.UppercaseLetter,
};

/** Questions about one unit. */
const UNITS: Record<string, (unit: number) => boolean> = {
  IsHighSurrogate: isHighSurrogate,
  IsLowSurrogate: isLowSurrogate,
  IsSurrogate: isSurrogate,
  IsWhiteSpace: isWhiteSpace,
};

/** char.IsLetter(char) for other library files. */
export function isLetter(unit: number): boolean {
  return categoryOf(unit) <= U.OtherLetter;
}

function unitAt(s: string | null, index: number): number {
  if (s === null) throw argumentNull("s");
  if (index < 0 || index >= s.length) throw argumentOutOfRange("index");
  return s.charCodeAt(index);
}

function codePointAt(s: string | null, index: number): number {
  unitAt(s, index);
  return (s as string).codePointAt(index) as number;
}

function questions(): Members {
  const members: Members = {};
  for (const [name, test] of Object.entries(CATEGORIES)) {
    members[`${name}(char)`] = (unit: number) => test(categoryOf(unit));
    members[`${name}(string,int)`] = (s: string | null, index: number) => test(categoryOf(codePointAt(s, index)));
  }
  for (const [name, test] of Object.entries(UNITS)) {
    members[`${name}(char)`] = test;
    members[`${name}(string,int)`] = (s: string | null, index: number) => test(unitAt(s, index));
  }
  return members;
}

const between = (unit: number, min: string, max: string) => unit >= min.charCodeAt(0) && unit <= max.charCodeAt(0);
const isAsciiDigit = (unit: number) => between(unit, "0", "9");
const isAsciiLower = (unit: number) => between(unit, "a", "z");
const isAsciiUpper = (unit: number) => between(unit, "A", "Z");

implement(NAME, {
  MaxValue: () => 0xffff,
  MinValue: () => 0,
  ...questions(),
  "IsSurrogatePair(char,char)": (high: number, low: number) => isHighSurrogate(high) && isLowSurrogate(low),
  "IsSurrogatePair(string,int)": (s: string | null, index: number) => codePointAt(s, index) > 0xffff,
  "IsAscii(char)": (unit: number) => unit < 128,
  "IsAsciiDigit(char)": isAsciiDigit,
  "IsAsciiLetter(char)": (unit: number) => isAsciiLower(unit) || isAsciiUpper(unit),
  "IsAsciiLetterLower(char)": isAsciiLower,
  "IsAsciiLetterUpper(char)": isAsciiUpper,
  "IsAsciiLetterOrDigit(char)": (unit: number) => isAsciiDigit(unit) || isAsciiLower(unit) || isAsciiUpper(unit),
  "IsAsciiHexDigit(char)": (unit: number) => isAsciiDigit(unit) || between(unit, "a", "f") || between(unit, "A", "F"),
  "IsAsciiHexDigitLower(char)": (unit: number) => isAsciiDigit(unit) || between(unit, "a", "f"),
  "IsAsciiHexDigitUpper(char)": (unit: number) => isAsciiDigit(unit) || between(unit, "A", "F"),
  "IsBetween(char,char,char)": (unit: number, min: number, max: number) => unit >= min && unit <= max,

  "GetUnicodeCategory(char)": categoryOf,
  "GetUnicodeCategory(string,int)": (s: string | null, index: number) => categoryOf(codePointAt(s, index)),
  "GetNumericValue(char)": numericValue,
  "GetNumericValue(string,int)": (s: string | null, index: number) => numericValue(codePointAt(s, index)),

  "ToUpper(*)": charUpper,
  "ToUpperInvariant(char)": charUpper,
  "ToLower(*)": charLower,
  "ToLowerInvariant(char)": charLower,
  "ConvertFromUtf32(int)": convertFromUtf32,
  "ConvertToUtf32(char,char)": convertPair,
  "ConvertToUtf32(string,int)": convertAt,

  "CompareTo(char)": compare,
  "CompareTo(object)": compareBoxed(NAME, compare),
  "Equals(char)": equals,
  "Equals(object)": equalsBoxed(NAME, equals),
  "GetHashCode()": hash,
  "GetTypeCode()": () => 4,
  "ToString(*)": text,
  "Parse(string)": parseChar,
  "TryParse(string,char&)": (s: string | null, result: Ref) => {
    const ok = s !== null && s.length === 1;
    result.v = ok ? s.charCodeAt(0) : 0;
    return ok;
  },
});

export function charUpper(unit: number): number {
  return isSurrogate(unit) ? unit : upperOf(unit);
}

export function charLower(unit: number): number {
  return isSurrogate(unit) ? unit : lowerOf(unit);
}

/** char.Parse. */
export function parseChar(s: string | null): number {
  if (s === null) throw argumentNull("s");
  if (s.length !== 1) throw formatError("String must be exactly one character long.");
  return s.charCodeAt(0);
}

function convertFromUtf32(codePoint: number): string {
  if (codePoint < 0 || codePoint > 0x10ffff || isSurrogate(codePoint)) {
    throw argumentOutOfRange(
      "utf32",
      "A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint " +
        "values (0x00d800 ~ 0x00dfff).",
    );
  }
  return String.fromCodePoint(codePoint);
}

function convertPair(high: number, low: number): number {
  if (!isHighSurrogate(high)) {
    const text = "A valid high surrogate character is between 0xd800 and 0xdbff, inclusive.";
    throw argumentOutOfRange("highSurrogate", text);
  }
  if (!isLowSurrogate(low)) {
    const text = "A valid low surrogate character is between 0xdc00 and 0xdfff, inclusive.";
    throw argumentOutOfRange("lowSurrogate", text);
  }
  return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
}

function convertAt(s: string | null, index: number): number {
  if (s === null) throw argumentNull("s");
  if (index < 0 || index >= s.length) {
    const text = "Index was out of range. Must be non-negative and less than the size of the collection.";
    throw argumentOutOfRange("index", text);
  }
  const codePoint = s.codePointAt(index) as number;
  if (!isSurrogate(codePoint)) return codePoint;
  const [found, missing] = isHighSurrogate(codePoint) ? ["high", "following low"] : ["low", "preceding high"];
  throw argument(
    `Found a ${found} surrogate char without a ${missing} surrogate at index: ${index}. ` +
      "The input may not be in this encoding, or may not contain valid Unicode (UTF-16) characters.",
    "s",
  );
}

/** Numeric value of digits, fractions, circled and Roman numbers; -1 for anything else. */
function numericValue(codePoint: number): number {
  const category = categoryOf(codePoint);
  if (category === U.DecimalDigitNumber) {
    // Decimal digits come in runs from zero to nine.
    let start = codePoint;
    while (categoryOf(start - 1) === U.DecimalDigitNumber) start--;
    return (codePoint - start) % 10;
  }
  if (category !== U.LetterNumber && category !== U.OtherNumber) return -1;
  const plain = String.fromCodePoint(codePoint).normalize("NFKC");
  const fraction = /^(\d*)\u2044(\d*)$/.exec(plain);
  if (fraction) return Number(fraction[1] || 1) / Number(fraction[2] || 1);
  const digits = /^\(?(\d+)[.)]?$/.exec(plain);
  return digits ? Number(digits[1]) : romanValue(plain.toUpperCase());
}

const ROMAN: Record<string, number> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

function romanValue(letters: string): number {
  if (!/^[IVXLCDM]+$/.test(letters)) return -1;
  let sum = 0;
  for (let i = 0; i < letters.length; i++) {
    const value = ROMAN[letters[i]];
    sum += value < (ROMAN[letters[i + 1]] ?? 0) ? -value : value;
  }
  return sum;
}
