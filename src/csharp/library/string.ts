/**
 * System.String: creation, equality, formatting. What compares, searches, splits, joins and changes strings is in string-*.ts.
 * https://learn.microsoft.com/dotnet/api/system.string
 */
import { allocate, spend } from "../runtime/budget.ts";
import { valueBehaviour } from "../runtime/object.ts";
import { CsArray } from "../runtime/values.ts";
import { type } from "../types.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull, checkNonNegative, greaterArgument, indexOutOfRange } from "./exceptions-thrown.ts";
import { CompareOptions, compareLinguistic, linguisticKey, ROOT } from "./linguistic.ts";
import { equalStrings, optionsOf } from "./string-comparison.ts";
import { formatComposite, paramsOf } from "./string-format.ts";
import { isWhiteSpace, toOrdinalUpper } from "./unicode.ts";
import "./string-change.ts";
import "./string-compare.ts";
import "./string-join.ts";
import "./string-search.ts";
import "./string-split.ts";
import "./string-trim.ts";

const { Ordinal } = CompareOptions;

/**
 * string.GetHashCode. .NET Core's differs from process to process, .NET Framework's does not; policies that use it to
 * spread load need one that stays, so this is the fixed function that .NET keeps for its own tables.
 */
export function hashString(text: string): number {
  spend(text.length >> 5);
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

/** A hash that is the same for strings that the options hold equal. @param locale of the culture that compares */
export function hashStringWith(text: string, options: number, locale = ROOT): number {
  if (options === Ordinal) return hashString(text);
  if (options === CompareOptions.OrdinalIgnoreCase) return hashString(toOrdinalUpper(text));
  return hashString(linguisticKey(text, options, locale));
}

valueBehaviour("System.String", {
  toText: (value: string) => value,
  equals: (a: string, b: string) => a === b,
  hash: hashString,
  compare: (a: string, b: string) => compareLinguistic(a, b),
});

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
  spend(text.length >> 4);
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
  // .NET compares as unsigned, and shows the number so.
  if (start >>> 0 > self.length) throw greaterArgument("startIndex", start >>> 0, self.length);
  if (start > self.length - length) throw greaterArgument("startIndex", start, self.length - length);
  checkNonNegative(length, "length");
  return new CsArray(type("System.Char"), stringToUnits(self.slice(start, start + length)));
}

function copyTo(self: string, from: number, target: CsArray | null, to: number, count: number): void {
  if (target === null) throw argumentNull("destination");
  checkNonNegative(count, "count");
  checkNonNegative(from, "sourceIndex");
  if (count > self.length - from) throw greaterArgument("sourceIndex", count, self.length - from);
  if (to > target.items.length - count) throw greaterArgument("destinationIndex", to, target.items.length - count);
  checkNonNegative(to, "destinationIndex");
  for (let i = 0; i < count; i++) target.items[to + i] = self.charCodeAt(from + i);
}

/** The unit at an index. */
export function charAt(self: string, index: number): number {
  if (index < 0 || index >= self.length) throw indexOutOfRange();
  return self.charCodeAt(index);
}

function isNullOrWhiteSpace(text: Text): boolean {
  if (text === null) return true;
  spend(text.length >> 4);
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
  "Format(string,object)": (format: Text, a: unknown) => formatComposite(format, [a]),
  "Format(string,object,object)": (format: Text, a: unknown, b: unknown) => formatComposite(format, [a, b]),
  "Format(string,object,object,object)": (format: Text, a: unknown, b: unknown, c: unknown) =>
    formatComposite(format, [a, b, c]),
  "Format(string,object[])": (format: Text, args: CsArray | null) => formatComposite(format, paramsOf(format, args)),
  "Format(IFormatProvider,string,object)": (provider: unknown, format: Text, a: unknown) =>
    formatComposite(format, [a], provider),
  "Format(IFormatProvider,string,object,object)": (provider: unknown, format: Text, a: unknown, b: unknown) =>
    formatComposite(format, [a, b], provider),
  "Format(IFormatProvider,string,object,object,object)": (
    provider: unknown,
    format: Text,
    a: unknown,
    b: unknown,
    c: unknown,
  ) => formatComposite(format, [a, b, c], provider),
  "Format(IFormatProvider,string,object[])": (provider: unknown, format: Text, args: CsArray | null) =>
    formatComposite(format, paramsOf(format, args), provider),
});
