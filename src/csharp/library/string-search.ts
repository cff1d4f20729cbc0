/** Searching in strings: Contains, IndexOf, LastIndexOf, StartsWith, EndsWith. */
import { look } from "../runtime/budget.ts";
import type { CsArray } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { type CultureLike, localeOf } from "./format-provider.ts";
import { CompareOptions } from "./linguistic.ts";
import { endsWith, findLastString, findString, optionsOf, StringComparison, startsWith } from "./string-comparison.ts";

const { CurrentCulture, Ordinal } = StringComparison;
/** Character by character, against what V8 searches by the vector. */
const SLOWER = 8;

/** A null argument is an ArgumentNullException for `value`. */
function required(value: string | null): string {
  if (value === null) throw argumentNull("value");
  return value;
}

function badStart(orEqual: boolean) {
  const limit = orEqual ? "less than or equal to" : "less than";
  return argumentOutOfRange(
    "startIndex",
    `Index was out of range. Must be non-negative and ${limit} the size of the collection.`,
  );
}

function badCount() {
  const text = "Count must be positive and count must refer to a location within the string/array/collection.";
  return argumentOutOfRange("count", text);
}

/** Checks the part of a string that is searched forwards. */
function checkForward(self: string, start: number, count: number): void {
  if (start < 0 || start > self.length) throw badStart(true);
  if (count < 0 || count > self.length - start) throw badCount();
}

function indexOf(self: string, value: string | null, start: number, count: number, comparison: number): number {
  const options = optionsOf(comparison);
  const wanted = required(value);
  checkForward(self, start, count);
  const found = findString(self.slice(start, start + count), wanted, options);
  return found ? found.index + start : -1;
}

function indexOfChar(self: string, unit: number, start: number, count: number): number {
  checkForward(self, start, count);
  look(count);
  const at = self.indexOf(String.fromCharCode(unit), start);
  return at < start + count ? at : -1;
}

function indexOfAny(self: string, units: CsArray | null, start: number, count: number): number {
  if (units === null) throw argumentNull("anyOf");
  checkForward(self, start, count);
  look(count * SLOWER);
  const set = new Set(units.items as number[]);
  for (let i = start; i < start + count; i++) if (set.has(self.charCodeAt(i))) return i;
  return -1;
}

/** Searches backwards from `start`, `count` characters. */
function lastIndexOf(self: string, value: string | null, start: number, count: number, comparison: number): number {
  const options = optionsOf(comparison);
  const wanted = required(value);
  if (self === "" && (start === -1 || start === 0)) return wanted === "" ? 0 : -1;
  if (start < 0 || start > self.length) throw badStart(false);
  let [last, left] = [start, count];
  if (last === self.length) {
    last--;
    if (left > 0) left--;
  }
  if (left < 0 || last - left + 1 < 0) throw badCount();
  const first = last - left + 1;
  const found = findLastString(self.slice(first, last + 1), wanted, options);
  return found ? found.index + first : -1;
}

function lastIndexOfUnit(self: string, hit: (unit: number) => boolean, start: number, count: number): number {
  if (self === "") return -1;
  if (start < 0 || start >= self.length) throw badStart(false);
  if (count < 0 || count > start + 1) throw badCount();
  look(count * SLOWER);
  for (let i = start; i > start - count; i--) if (hit(self.charCodeAt(i))) return i;
  return -1;
}

function lastIndexOfAny(self: string, units: CsArray | null, start: number, count: number): number {
  if (units === null) throw argumentNull("anyOf");
  const set = new Set(units.items as number[]);
  return lastIndexOfUnit(self, (unit) => set.has(unit), start, count);
}

const cultureOptions = (ignoreCase: boolean) => (ignoreCase ? CompareOptions.IgnoreCase : CompareOptions.None);

implement("System.String", {
  "Contains(char)": (self: string, unit: number) => indexOfChar(self, unit, 0, self.length) >= 0,
  "Contains(char,StringComparison)": (self: string, unit: number, comparison: number) =>
    indexOf(self, String.fromCharCode(unit), 0, self.length, comparison) >= 0,
  "Contains(string)": (self: string, value: string | null) => indexOf(self, value, 0, self.length, Ordinal) >= 0,
  "Contains(string,StringComparison)": (self: string, value: string | null, comparison: number) =>
    indexOf(self, value, 0, self.length, comparison) >= 0,

  "IndexOf(char)": (self: string, unit: number) => indexOfChar(self, unit, 0, self.length),
  "IndexOf(char,int)": (self: string, unit: number, start: number) =>
    indexOfChar(self, unit, start, self.length - start),
  "IndexOf(char,int,int)": indexOfChar,
  "IndexOf(char,StringComparison)": (self: string, unit: number, comparison: number) =>
    indexOf(self, String.fromCharCode(unit), 0, self.length, comparison),
  "IndexOf(string)": (self: string, value: string | null) => indexOf(self, value, 0, self.length, CurrentCulture),
  "IndexOf(string,int)": (self: string, value: string | null, start: number) =>
    indexOf(self, value, start, self.length - start, CurrentCulture),
  "IndexOf(string,int,int)": (self: string, value: string | null, start: number, count: number) =>
    indexOf(self, value, start, count, CurrentCulture),
  "IndexOf(string,StringComparison)": (self: string, value: string | null, comparison: number) =>
    indexOf(self, value, 0, self.length, comparison),
  "IndexOf(string,int,StringComparison)": (self: string, value: string | null, start: number, comparison: number) =>
    indexOf(self, value, start, self.length - start, comparison),
  "IndexOf(string,int,int,StringComparison)": indexOf,
  "IndexOfAny(char[])": (self: string, units: CsArray | null) => indexOfAny(self, units, 0, self.length),
  "IndexOfAny(char[],int)": (self: string, units: CsArray | null, start: number) =>
    indexOfAny(self, units, start, self.length - start),
  "IndexOfAny(char[],int,int)": indexOfAny,

  "LastIndexOf(char)": (self: string, unit: number) => {
    look(self.length);
    return self.lastIndexOf(String.fromCharCode(unit));
  },
  "LastIndexOf(char,int)": (self: string, unit: number, start: number) =>
    lastIndexOfUnit(self, (u) => u === unit, start, start + 1),
  "LastIndexOf(char,int,int)": (self: string, unit: number, start: number, count: number) =>
    lastIndexOfUnit(self, (u) => u === unit, start, count),
  "LastIndexOf(string)": (self: string, value: string | null) =>
    lastIndexOf(self, value, self.length - 1, self.length, CurrentCulture),
  "LastIndexOf(string,int)": (self: string, value: string | null, start: number) =>
    lastIndexOf(self, value, start, start + 1, CurrentCulture),
  "LastIndexOf(string,int,int)": (self: string, value: string | null, start: number, count: number) =>
    lastIndexOf(self, value, start, count, CurrentCulture),
  "LastIndexOf(string,StringComparison)": (self: string, value: string | null, comparison: number) =>
    lastIndexOf(self, value, self.length - 1, self.length, comparison),
  "LastIndexOf(string,int,StringComparison)": (self: string, value: string | null, start: number, comparison: number) =>
    lastIndexOf(self, value, start, start + 1, comparison),
  "LastIndexOf(string,int,int,StringComparison)": lastIndexOf,
  "LastIndexOfAny(char[])": (self: string, units: CsArray | null) =>
    lastIndexOfAny(self, units, self.length - 1, self.length),
  "LastIndexOfAny(char[],int)": (self: string, units: CsArray | null, start: number) =>
    lastIndexOfAny(self, units, start, start + 1),
  "LastIndexOfAny(char[],int,int)": lastIndexOfAny,

  "StartsWith(char)": (self: string, unit: number) => self.charCodeAt(0) === unit,
  "StartsWith(string)": (self: string, value: string | null) => startsWith(self, required(value), CompareOptions.None),
  "StartsWith(string,StringComparison)": (self: string, value: string | null, comparison: number) =>
    startsWith(self, required(value), optionsOf(comparison)),
  "StartsWith(string,bool,CultureInfo)": (
    self: string,
    value: string | null,
    ignoreCase: boolean,
    culture: CultureLike | null,
  ) => startsWith(self, required(value), cultureOptions(ignoreCase), localeOf(culture)),
  "EndsWith(char)": (self: string, unit: number) => self.charCodeAt(self.length - 1) === unit,
  "EndsWith(string)": (self: string, value: string | null) => endsWith(self, required(value), CompareOptions.None),
  "EndsWith(string,StringComparison)": (self: string, value: string | null, comparison: number) =>
    endsWith(self, required(value), optionsOf(comparison)),
  "EndsWith(string,bool,CultureInfo)": (
    self: string,
    value: string | null,
    ignoreCase: boolean,
    culture: CultureLike | null,
  ) => endsWith(self, required(value), cultureOptions(ignoreCase), localeOf(culture)),
});
