/** Strings made from a string: Substring, Insert, Remove, Replace, padding, case, normalisation. */
import { allocate, limits, spend } from "../runtime/budget.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, checkNonNegative, greaterArgument } from "./exceptions-thrown.ts";
import { CompareOptions } from "./linguistic.ts";
import { type CultureLike, localeOf } from "./format-provider.ts";
import { lowerIn, upperIn } from "./string-case.ts";
import { finder, optionsOf } from "./string-comparison.ts";

const TOO_LARGE_START = "startIndex cannot be larger than length of string.";

/** string.Substring(int, int), used by other library files too. */
export function substring(self: string, start: number, length: number): string {
  if (start >= 0 && length >= 0 && start + length <= self.length) return self.slice(start, start + length);
  checkNonNegative(start, "startIndex");
  if (start > self.length) throw argumentOutOfRange("startIndex", TOO_LARGE_START);
  checkNonNegative(length, "length");
  throw argumentOutOfRange("length", "Index and length must refer to a location within the string.");
}

function insert(self: string, start: number, value: string | null): string {
  if (value === null) throw argumentNull("value");
  // .NET compares as unsigned, and shows the number so.
  if (start >>> 0 > self.length) throw greaterArgument("startIndex", start >>> 0, self.length);
  allocate(self.length + value.length);
  return self.slice(0, start) + value + self.slice(start);
}

function remove(self: string, start: number, count: number): string {
  checkNonNegative(start, "startIndex");
  checkNonNegative(count, "count");
  if (count > self.length - start) {
    throw argumentOutOfRange("count", "Index and count must refer to a location within the string.");
  }
  return self.slice(0, start) + self.slice(start + count);
}

function removeFrom(self: string, start: number): string {
  if (start < 0) throw argumentOutOfRange("startIndex", "StartIndex cannot be less than zero.");
  if (start > self.length) throw argumentOutOfRange("startIndex", TOO_LARGE_START);
  return self.slice(0, start);
}

function checkOldValue(oldValue: string | null): string {
  if (oldValue === null) throw argumentNull("oldValue");
  if (oldValue === "") throw argument("The value cannot be an empty string.", "oldValue");
  return oldValue;
}

/** string.Replace(string, string), used by StringBuilder too. */
export function replaceOrdinal(self: string, oldValue: string | null, newValue: string | null): string {
  const wanted = checkOldValue(oldValue);
  const parts = self.split(wanted);
  allocate(self.length + (parts.length - 1) * (newValue ?? "").length);
  return parts.join(newValue ?? "");
}

function replaceWith(
  self: string,
  oldValue: string | null,
  newValue: string | null,
  options: number,
  culture: CultureLike | null = null,
): string {
  if (options === CompareOptions.Ordinal) return replaceOrdinal(self, oldValue, newValue);
  const wanted = checkOldValue(oldValue);
  const find = finder(self, wanted, options, localeOf(culture));
  let [out, at] = ["", 0];
  for (let found = find(0); found && found.length > 0; found = find(at)) {
    spend(1);
    out += self.slice(at, found.index) + (newValue ?? "");
    at = found.index + found.length;
    if (out.length > limits.allocation) break;
  }
  allocate(out.length + self.length - at);
  return out + self.slice(at);
}

function replaceChar(self: string, oldUnit: number, newUnit: number): string {
  return self.replaceAll(String.fromCharCode(oldUnit), () => String.fromCharCode(newUnit));
}

/** CR LF, CR, LF, NEL, LS, FF and PS (Unicode 5.8, R4). */
const LINE_ENDINGS = /\r\n|[\r\n\f\x85\u2028\u2029]/g;

function replaceLineEndings(self: string, replacement: string | null): string {
  if (replacement === null) throw argumentNull("replacementText");
  const parts = self.split(LINE_ENDINGS);
  allocate(self.length + parts.length * replacement.length);
  return parts.join(replacement);
}

function pad(left: boolean) {
  return (self: string, width: number, unit = 32): string => {
    checkNonNegative(width, "totalWidth");
    if (width <= self.length) return self;
    allocate(width);
    const fill = String.fromCharCode(unit).repeat(width - self.length);
    return left ? fill + self : self + fill;
  };
}

const FORMS: Record<number, string> = { 1: "NFC", 2: "NFD", 5: "NFKC", 6: "NFKD" };

function normalize(self: string, form = 1): string {
  const name = FORMS[form];
  if (!name) throw argument("Invalid normalization form.", "normalizationForm");
  if (!self.isWellFormed()) throw argument("String contains invalid Unicode code points.", "strInput");
  spend(self.length >> 5);
  return self.normalize(name);
}

const isNormalized = (self: string, form?: number) => normalize(self, form) === self;

implement("System.String", {
  "Substring(int)": (self: string, start: number) => substring(self, start, self.length - start),
  "Substring(int,int)": substring,
  "Insert(int,string)": insert,
  "Remove(int)": removeFrom,
  "Remove(int,int)": remove,
  "Replace(char,char)": replaceChar,
  "Replace(string,string)": replaceOrdinal,
  "Replace(string,string,StringComparison)": (
    self: string,
    oldValue: string | null,
    newValue: string | null,
    comparison: number,
  ) => replaceWith(self, oldValue, newValue, optionsOf(comparison)),
  "Replace(string,string,bool,CultureInfo)": (
    self: string,
    oldValue: string | null,
    newValue: string | null,
    ignoreCase: boolean,
    culture: CultureLike | null,
  ) => replaceWith(self, oldValue, newValue, ignoreCase ? CompareOptions.IgnoreCase : CompareOptions.None, culture),
  "ReplaceLineEndings()": (self: string) => replaceLineEndings(self, "\n"),
  "ReplaceLineEndings(string)": replaceLineEndings,
  "PadLeft(*)": pad(true),
  "PadRight(*)": pad(false),
  "ToUpper()": (self: string) => upperIn(self, null),
  "ToUpper(CultureInfo)": upperIn,
  "ToUpperInvariant()": (self: string) => upperIn(self, null),
  "ToLower()": (self: string) => lowerIn(self, null),
  "ToLower(CultureInfo)": lowerIn,
  "ToLowerInvariant()": (self: string) => lowerIn(self, null),
  "Normalize(*)": normalize,
  "IsNormalized(*)": isNormalized,
});
