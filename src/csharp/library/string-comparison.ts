/** System.StringComparison: the six ways in which .NET compares and searches strings; and the same by a culture. */
import { look } from "../runtime/budget.ts";
import { argument } from "./exceptions-thrown.ts";
import {
  CompareOptions,
  compareLinguistic,
  endsWithLinguistic,
  type Found,
  findLastLinguistic,
  findLinguistic,
  plainForms,
  ROOT,
  startsWithLinguistic,
} from "./linguistic.ts";
import { toOrdinalUpper } from "./unicode.ts";

/** The current culture is the invariant one, so 0 and 2, 1 and 3 do the same. */
export const StringComparison = {
  CurrentCulture: 0,
  CurrentCultureIgnoreCase: 1,
  InvariantCulture: 2,
  InvariantCultureIgnoreCase: 3,
  Ordinal: 4,
  OrdinalIgnoreCase: 5,
} as const;

/** CompareOptions of a StringComparison; throws ArgumentException for an unknown one. */
export function optionsOf(comparison: number): number {
  switch (comparison) {
    case StringComparison.CurrentCulture:
    case StringComparison.InvariantCulture:
      return CompareOptions.None;
    case StringComparison.CurrentCultureIgnoreCase:
    case StringComparison.InvariantCultureIgnoreCase:
      return CompareOptions.IgnoreCase;
    case StringComparison.Ordinal:
      return CompareOptions.Ordinal;
    case StringComparison.OrdinalIgnoreCase:
      return CompareOptions.OrdinalIgnoreCase;
    default:
      throw argument("The string comparison type passed in is currently not supported.", "comparisonType");
  }
}

/** Difference of the first differing units, or of the lengths. */
function compareUnits(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  look(shorter);
  for (let i = 0; i < shorter; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * string.CompareOrdinal of whole strings. .NET compares two units at a time, and the zero that ends a string counts as one of
 * them when the shorter string has an odd length: the result is then the other string's next unit.
 */
export function compareOrdinal(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  if (shorter % 2 === 0 && shorter > 0) return compareUnits(a, b);
  const difference = compareUnits(a.slice(0, shorter), b.slice(0, shorter));
  if (difference !== 0 || a.length === b.length) return difference;
  const next = a.length > b.length ? a.charCodeAt(shorter) : -b.charCodeAt(shorter);
  return next === 0 ? a.length - b.length : next;
}

/** string.Compare with CompareOptions; null comes first. @param locale of the culture whose order counts */
export function compareStrings(a: string | null, b: string | null, options: number, locale = ROOT): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (options === CompareOptions.Ordinal) return compareUnits(a, b);
  look(a.length + b.length);
  if (options === CompareOptions.OrdinalIgnoreCase) return compareUnits(toOrdinalUpper(a), toOrdinalUpper(b));
  return compareLinguistic(a, b, options, locale);
}

export function equalStrings(a: string | null, b: string | null, options: number, locale = ROOT): boolean {
  if (a === b) return true;
  if (a === null || b === null || options === CompareOptions.Ordinal) return false;
  look(a.length + b.length);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return a.length === b.length && toOrdinalUpper(a) === toOrdinalUpper(b);
  }
  return compareLinguistic(a, b, options, locale) === 0;
}

/** The first match. */
export function findString(source: string, value: string, options: number, locale = ROOT): Found | undefined {
  look(source.length);
  if (options === CompareOptions.Ordinal) return found(source.indexOf(value), value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return found(toOrdinalUpper(source).indexOf(toOrdinalUpper(value)), value);
  }
  return findLinguistic(source, value, options, locale);
}

/** The last match. */
export function findLastString(source: string, value: string, options: number, locale = ROOT): Found | undefined {
  look(source.length);
  if (options === CompareOptions.Ordinal) return found(source.lastIndexOf(value), value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return found(toOrdinalUpper(source).lastIndexOf(toOrdinalUpper(value)), value);
  }
  return findLastLinguistic(source, value, options, locale);
}

/** Finds one match after the other: the result takes the position to search from. */
export function finder(
  source: string,
  value: string,
  options: number,
  locale = ROOT,
): (from: number) => Found | undefined {
  const folded = foldedPair(source, value, options, locale);
  if (folded) return (from) => found(folded[0].indexOf(folded[1], from), value);
  return (from) => {
    const match = findString(source.slice(from), value, options, locale);
    return match && { index: match.index + from, length: match.length };
  };
}

/** Both texts in a form in which the options mean ordinal comparison; undefined when there is none. */
function foldedPair(source: string, value: string, options: number, locale: string): [string, string] | undefined {
  if (options === CompareOptions.Ordinal) return [source, value];
  if (options === CompareOptions.OrdinalIgnoreCase) return [toOrdinalUpper(source), toOrdinalUpper(value)];
  return plainForms(source, value, options, locale);
}

function found(index: number, value: string): Found | undefined {
  return index < 0 ? undefined : { index, length: value.length };
}

export function startsWith(source: string, value: string, options: number, locale = ROOT): boolean {
  look(value.length);
  if (options === CompareOptions.Ordinal) return source.startsWith(value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return toOrdinalUpper(source.slice(0, value.length)) === toOrdinalUpper(value);
  }
  return startsWithLinguistic(source, value, options, locale);
}

export function endsWith(source: string, value: string, options: number, locale = ROOT): boolean {
  look(value.length);
  if (options === CompareOptions.Ordinal) return source.endsWith(value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    if (value.length > source.length) return false;
    return toOrdinalUpper(source.slice(source.length - value.length)) === toOrdinalUpper(value);
  }
  return endsWithLinguistic(source, value, options, locale);
}

const LINGUISTIC_OPTIONS = 0x1f | CompareOptions.StringSort;

/** Throws ArgumentException for CompareOptions that do not go together. */
export function checkCompareOptions(options: number): number {
  if ((options & ~LINGUISTIC_OPTIONS) === 0) return options;
  if (options === CompareOptions.Ordinal || options === CompareOptions.OrdinalIgnoreCase) return options;
  if ((options & CompareOptions.Ordinal) !== 0) {
    throw argument("CompareOption.Ordinal cannot be used with other options.", "options");
  }
  throw argument("Value of flags is invalid.", "options");
}
