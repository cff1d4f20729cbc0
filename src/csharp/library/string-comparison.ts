/** System.StringComparison: the six ways in which .NET compares and searches strings. */
import { argument } from "./exceptions-thrown.ts";
import {
  CompareOptions,
  compareLinguistic,
  endsWithLinguistic,
  type Found,
  findLastLinguistic,
  findLinguistic,
  plainForms,
  startsWithLinguistic,
} from "./linguistic.ts";
import { toOrdinalUpper } from "./unicode.ts";

/** Only the invariant culture exists, so 0 and 2, 1 and 3 do the same. */
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
export function compareOrdinal(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** string.Compare with CompareOptions; null comes first. */
export function compareStrings(a: string | null, b: string | null, options: number): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (options === CompareOptions.Ordinal) return compareOrdinal(a, b);
  if (options === CompareOptions.OrdinalIgnoreCase) return compareOrdinal(toOrdinalUpper(a), toOrdinalUpper(b));
  return compareLinguistic(a, b, options);
}

export function equalStrings(a: string | null, b: string | null, options: number): boolean {
  if (a === b) return true;
  if (a === null || b === null || options === CompareOptions.Ordinal) return false;
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return a.length === b.length && toOrdinalUpper(a) === toOrdinalUpper(b);
  }
  return compareLinguistic(a, b, options) === 0;
}

/** The first match. */
export function findString(source: string, value: string, options: number): Found | undefined {
  if (options === CompareOptions.Ordinal) return found(source.indexOf(value), value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return found(toOrdinalUpper(source).indexOf(toOrdinalUpper(value)), value);
  }
  return findLinguistic(source, value, options);
}

/** The last match. */
export function findLastString(source: string, value: string, options: number): Found | undefined {
  if (options === CompareOptions.Ordinal) return found(source.lastIndexOf(value), value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return found(toOrdinalUpper(source).lastIndexOf(toOrdinalUpper(value)), value);
  }
  return findLastLinguistic(source, value, options);
}

/** Finds one match after the other: the result takes the position to search from. */
export function finder(source: string, value: string, options: number): (from: number) => Found | undefined {
  const folded = foldedPair(source, value, options);
  if (folded) return (from) => found(folded[0].indexOf(folded[1], from), value);
  return (from) => {
    const match = findString(source.slice(from), value, options);
    return match && { index: match.index + from, length: match.length };
  };
}

/** Both texts in a form in which the options mean ordinal comparison; undefined when there is none. */
function foldedPair(source: string, value: string, options: number): [string, string] | undefined {
  if (options === CompareOptions.Ordinal) return [source, value];
  if (options === CompareOptions.OrdinalIgnoreCase) return [toOrdinalUpper(source), toOrdinalUpper(value)];
  return plainForms(source, value, options);
}

function found(index: number, value: string): Found | undefined {
  return index < 0 ? undefined : { index, length: value.length };
}

export function startsWith(source: string, value: string, options: number): boolean {
  if (options === CompareOptions.Ordinal) return source.startsWith(value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    return toOrdinalUpper(source.slice(0, value.length)) === toOrdinalUpper(value);
  }
  return startsWithLinguistic(source, value, options);
}

export function endsWith(source: string, value: string, options: number): boolean {
  if (options === CompareOptions.Ordinal) return source.endsWith(value);
  if (options === CompareOptions.OrdinalIgnoreCase) {
    if (value.length > source.length) return false;
    return toOrdinalUpper(source.slice(source.length - value.length)) === toOrdinalUpper(value);
  }
  return endsWithLinguistic(source, value, options);
}
