/**
 * System.String: creation, equality, comparison, formatting. What searches, splits, joins and changes strings is in
 * string-*.ts.
 * https://learn.microsoft.com/dotnet/api/system.string
 */
import { allocate } from "../runtime/budget.ts";
import { valueBehaviour } from "../runtime/object.ts";
import { CsArray } from "../runtime/values.ts";
import { type } from "../types.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import {
  argument,
  argumentNull,
  argumentOutOfRange,
  checkNonNegative,
  greaterArgument,
  indexOutOfRange,
} from "./exceptions-thrown.ts";
import { CompareOptions, compareLinguistic, linguisticKey } from "./linguistic.ts";
import { compareStrings, equalStrings, optionsOf } from "./string-comparison.ts";
import { formatComposite, paramsOf } from "./string-format.ts";
import { isWhiteSpace, toOrdinalUpper } from "./unicode.ts";
import "./string-change.ts";
import "./string-join.ts";
import "./string-search.ts";
import "./string-split.ts";
import "./string-trim.ts";

const BEYOND_END = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const BAD_RANGE = "Index and count must refer to a location within the string.";

const { None, IgnoreCase, Ordinal } = CompareOptions;

/**
 * string.GetHashCode. .NET Core's differs from process to process, .NET Framework's does not; policies that use it to
 * spread load need one that stays, so this is the fixed function that .NET keeps for its own tables.
 */
export function hashString(text: string): number {
  let first = 352654597;
  let second = first;
  let i = 0;
  for (; i + 2 < text.length; i += 4) {
    first = (((first << 5) | (first >>> 27)) + first) ^ pair(text, i);
    second = (((second << 5) | (second >>> 27)) + second) ^ pair(text, i + 2);
  }
  if (i < text.length) second = (((second << 5) | (second >>> 27)) + second) ^ pair(text, i);
  return (first + Math.imul(second, 1566083941)) | 0;
}

/** Two units as a little-endian word; 0 behind the end. */
function pair(text: string, at: number): number {
  return (text.charCodeAt(at) || 0) | ((text.charCodeAt(at + 1) || 0) << 16);
}

/** A hash that is the same for strings that the options hold equal. */
export function hashStringWith(text: string, options: number): number {
  if (options === Ordinal) return hashString(text);
  if (options === CompareOptions.OrdinalIgnoreCase) return hashString(toOrdinalUpper(text));
  return hashString(linguisticKey(text, options));
}

valueBehaviour("System.String", {
  toText: (value: string) => value,
  equals: (a: string, b: string) => a === b,
  hash: hashString,
  compare: (a: string, b: string) => compareLinguistic(a, b),
});

/** Compares parts of two strings. */
function compareParts(
  a: string | null,
  indexA: number,
  b: string | null,
  indexB: number,
  length: number,
  options: number,
): number {
  if (a === null || b === null) return compareStrings(a, b, options);
  checkNonNegative(length, "length");
  for (const [text, index, name] of [[a, indexA, "indexA"] as const, [b, indexB, "indexB"] as const]) {
    if (index < 0 || index > text.length) {
      throw argumentOutOfRange(name, BEYOND_END);
    }
  }
  return compareStrings(a.slice(indexA, indexA + length), b.slice(indexB, indexB + length), options);
}

const caseOptions = (ignoreCase: boolean) => (ignoreCase ? IgnoreCase : None);
type Text = string | null;

function fromChars(units: CsArray | null): string {
  if (units === null) return "";
  return unitsToString(units.items as number[]);
}

/** A string of UTF-16 units. */
export function unitsToString(units: readonly number[]): string {
  let text = "";
  for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.slice(i, i + 8192));
  return text;
}

/** The UTF-16 units of a string. */
export function stringToUnits(text: string): number[] {
  allocate(text.length);
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

function fromCharRange(units: CsArray | null, start: number, length: number): string {
  if (units === null) throw argumentNull("value");
  checkNonNegative(start, "startIndex");
  checkNonNegative(length, "length");
  if (start > units.items.length - length) throw greaterArgument("startIndex", start, units.items.length - length);
  return unitsToString((units.items as number[]).slice(start, start + length));
}

function repeat(unit: number, count: number): string {
  checkNonNegative(count, "count");
  allocate(count);
  return String.fromCharCode(unit).repeat(count);
}

function toCharArray(self: string, start = 0, length = self.length): CsArray {
  if (start < 0 || start > self.length || length < 0 || start > self.length - length) {
    const name = length < 0 || (start >= 0 && start <= self.length) ? "length" : "startIndex";
    throw argumentOutOfRange(name, BEYOND_END);
  }
  return new CsArray(type("System.Char"), stringToUnits(self.slice(start, start + length)));
}

function copyTo(self: string, from: number, target: CsArray | null, to: number, count: number): void {
  if (target === null) throw argumentNull("destination");
  checkNonNegative(count, "count");
  checkNonNegative(from, "sourceIndex");
  if (count > self.length - from) throw argumentOutOfRange("sourceIndex", BAD_RANGE);
  if (to < 0 || to > target.items.length - count) throw argumentOutOfRange("destinationIndex", BAD_RANGE);
  for (let i = 0; i < count; i++) target.items[to + i] = self.charCodeAt(from + i);
}

/** The unit at an index. */
export function charAt(self: string, index: number): number {
  if (index < 0 || index >= self.length) throw indexOutOfRange();
  return self.charCodeAt(index);
}

function isNullOrWhiteSpace(text: Text): boolean {
  if (text === null) return true;
  for (let i = 0; i < text.length; i++) if (!isWhiteSpace(text.charCodeAt(i))) return false;
  return true;
}

function requireText(text: Text): string {
  if (text === null) throw argumentNull("str");
  return text;
}

implement("System.String", {
  "new(char,int)": repeat,
  "new(char[])": fromChars,
  "new(char[],int,int)": fromCharRange,
  Empty: { inline: () => '""' },
  Length: { inline: (self) => `${self}.length` },
  "this[int]": charAt,
  Chars: charAt,

  "IsNullOrEmpty(string)": (text: Text) => text === null || text === "",
  "IsNullOrWhiteSpace(string)": isNullOrWhiteSpace,
  "Equals(string)": (self: string, other: Text) => self === other,
  "Equals(object)": (self: string, other: unknown) => self === other,
  "Equals(string,string)": (a: Text, b: Text) => a === b,
  "Equals(string,StringComparison)": (self: string, other: Text, comparison: number) =>
    equalStrings(self, other, optionsOf(comparison)),
  "Equals(string,string,StringComparison)": (a: Text, b: Text, comparison: number) =>
    equalStrings(a, b, optionsOf(comparison)),
  "op_Equality(string,string)": (a: Text, b: Text) => a === b,
  "op_Inequality(string,string)": (a: Text, b: Text) => a !== b,
  "GetHashCode()": hashString,
  "GetHashCode(StringComparison)": (self: string, comparison: number) => hashStringWith(self, optionsOf(comparison)),
  "GetTypeCode()": () => 18,
  "GetEnumerator()": (self: string) => new Enumerator(self),
  "Clone()": (self: string) => self,
  "ToString(*)": (self: string) => self,
  "ToCharArray()": (self: string) => toCharArray(self),
  "ToCharArray(int,int)": toCharArray,
  "CopyTo(int,char[],int,int)": copyTo,
  "Copy(string)": requireText,
  "Intern(string)": requireText,
  "IsInterned(string)": requireText,
});

implement("System.String", {
  "CompareTo(string)": (self: string, other: Text) => compareStrings(self, other, None),
  "CompareTo(object)": (self: string, other: unknown) => {
    if (other !== null && typeof other !== "string") throw argument("Object must be of type String.");
    return compareStrings(self, other, None);
  },
  "CompareOrdinal(string,string)": (a: Text, b: Text) => compareStrings(a, b, Ordinal),
  "CompareOrdinal(string,int,string,int,int)": (a: Text, indexA: number, b: Text, indexB: number, length: number) =>
    compareParts(a, indexA, b, indexB, length, Ordinal),
  "Compare(string,string)": (a: Text, b: Text) => compareStrings(a, b, None),
  "Compare(string,string,bool)": (a: Text, b: Text, ignoreCase: boolean) =>
    compareStrings(a, b, caseOptions(ignoreCase)),
  "Compare(string,string,bool,CultureInfo)": (a: Text, b: Text, ignoreCase: boolean) =>
    compareStrings(a, b, caseOptions(ignoreCase)),
  "Compare(string,string,CultureInfo,CompareOptions)": (a: Text, b: Text, _culture: unknown, options: number) =>
    compareStrings(a, b, options),
  "Compare(string,string,StringComparison)": (a: Text, b: Text, comparison: number) =>
    compareStrings(a, b, optionsOf(comparison)),
  "Compare(string,int,string,int,int)": (a: Text, indexA: number, b: Text, indexB: number, length: number) =>
    compareParts(a, indexA, b, indexB, length, None),
  "Compare(string,int,string,int,int,bool)": (
    a: Text,
    indexA: number,
    b: Text,
    indexB: number,
    length: number,
    ignoreCase: boolean,
  ) => compareParts(a, indexA, b, indexB, length, caseOptions(ignoreCase)),
  "Compare(string,int,string,int,int,bool,CultureInfo)": (
    a: Text,
    indexA: number,
    b: Text,
    indexB: number,
    length: number,
    ignoreCase: boolean,
  ) => compareParts(a, indexA, b, indexB, length, caseOptions(ignoreCase)),
  "Compare(string,int,string,int,int,CultureInfo,CompareOptions)": (
    a: Text,
    indexA: number,
    b: Text,
    indexB: number,
    length: number,
    _culture: unknown,
    options: number,
  ) => compareParts(a, indexA, b, indexB, length, options),
  "Compare(string,int,string,int,int,StringComparison)": (
    a: Text,
    indexA: number,
    b: Text,
    indexB: number,
    length: number,
    comparison: number,
  ) => compareParts(a, indexA, b, indexB, length, optionsOf(comparison)),

  "Format(string,object)": (format: Text, a: unknown) => formatComposite(format, [a]),
  "Format(string,object,object)": (format: Text, a: unknown, b: unknown) => formatComposite(format, [a, b]),
  "Format(string,object,object,object)": (format: Text, a: unknown, b: unknown, c: unknown) =>
    formatComposite(format, [a, b, c]),
  "Format(string,object[])": (format: Text, args: CsArray | null) => formatComposite(format, paramsOf(format, args)),
  "Format(IFormatProvider,string,object)": (_provider: unknown, format: Text, a: unknown) =>
    formatComposite(format, [a]),
  "Format(IFormatProvider,string,object,object)": (_provider: unknown, format: Text, a: unknown, b: unknown) =>
    formatComposite(format, [a, b]),
  "Format(IFormatProvider,string,object,object,object)": (
    _provider: unknown,
    format: Text,
    a: unknown,
    b: unknown,
    c: unknown,
  ) => formatComposite(format, [a, b, c]),
  "Format(IFormatProvider,string,object[])": (_provider: unknown, format: Text, args: CsArray | null) =>
    formatComposite(format, paramsOf(format, args)),
});
