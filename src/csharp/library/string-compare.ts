/** Comparing strings: Compare, CompareOrdinal, CompareTo. https://learn.microsoft.com/dotnet/api/system.string.compare */
import { implement } from "./define.ts";
import { argument, argumentOutOfRange, checkNonNegative } from "./exceptions-thrown.ts";
import { type CultureLike, localeOf } from "./format-provider.ts";
import { CompareOptions } from "./linguistic.ts";
import {
  checkCompareOptions,
  compareOrdinal,
  compareStrings,
  optionsOf,
  StringComparison,
} from "./string-comparison.ts";

type Text = string | null;

const { None, IgnoreCase, Ordinal } = CompareOptions;
const BEYOND_END = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";

const caseOptions = (ignoreCase: boolean) => (ignoreCase ? IgnoreCase : None);

/** Whole strings, as string.CompareOrdinal. */
function compareOrdinals(a: Text, b: Text): number {
  return a === null || b === null || a === b ? compareStrings(a, b, Ordinal) : compareOrdinal(a, b);
}

function compareBy(a: Text, b: Text, comparison: number): number {
  return comparison === StringComparison.Ordinal ? compareOrdinals(a, b) : compareStrings(a, b, optionsOf(comparison));
}

/** Parts of two strings; the lengths are cut to what is there. */
interface Parts {
  readonly a: Text;
  readonly indexA: number;
  readonly b: Text;
  readonly indexB: number;
  readonly length: number;
}

/** The overloads with a StringComparison, and CompareOrdinal. */
function compareParts({ a, indexA, b, indexB, length }: Parts, options: number): number {
  if (a === null || b === null) return compareStrings(a, b, options);
  checkNonNegative(length, "length");
  if (indexA < 0 || indexB < 0) throw argumentOutOfRange(indexA < 0 ? "indexA" : "indexB", BEYOND_END);
  if (indexA > a.length || indexB > b.length) {
    throw argumentOutOfRange(indexA > a.length ? "indexA" : "indexB", BEYOND_END);
  }
  return compareStrings(a.slice(indexA, indexA + length), b.slice(indexB, indexB + length), options);
}

/** The overloads that compare by a culture: .NET checks their arguments where they have other names. */
function comparePartsIn({ a, indexA, b, indexB, length }: Parts, options: number, culture: CultureLike | null): number {
  const lengthA = a === null ? length : Math.min(length, a.length - indexA);
  const lengthB = b === null ? length : Math.min(length, b.length - indexB);
  const isWithin = (text: Text, index: number, count: number) =>
    text === null
      ? index === 0 && (count === 0 || count === -1)
      : index >= 0 && count >= 0 && index + count <= text.length;
  if (!isWithin(a, indexA, lengthA) || !isWithin(b, indexB, lengthB)) {
    checkNonNegative(lengthA, "length1");
    checkNonNegative(lengthB, "length2");
    checkNonNegative(indexA, "offset1");
    checkNonNegative(indexB, "offset2");
    const parameter = indexA > (a ?? "").length - lengthA ? "string1" : "string2";
    throw argumentOutOfRange(parameter, "Offset and length must refer to a position in the string.");
  }
  const part = (text: Text, index: number, count: number) => text?.slice(index, index + count) ?? null;
  const [left, right] = [part(a, indexA, lengthA), part(b, indexB, lengthB)];
  return compareStrings(left, right, checkCompareOptions(options), localeOf(culture));
}

type PartArguments = [a: Text, indexA: number, b: Text, indexB: number, length: number];

const parts = ([a, indexA, b, indexB, length]: PartArguments): Parts => ({ a, indexA, b, indexB, length });

implement("System.String", {
  "CompareTo(string)": (self: string, other: Text) => compareStrings(self, other, None),
  "CompareTo(object)": (self: string, other: unknown) => {
    if (other !== null && typeof other !== "string") throw argument("Object must be of type String.");
    return compareStrings(self, other, None);
  },
  "CompareOrdinal(string,string)": compareOrdinals,
  "CompareOrdinal(string,int,string,int,int)": (...args: PartArguments) => compareParts(parts(args), Ordinal),
  "Compare(string,string)": (a: Text, b: Text) => compareStrings(a, b, None),
  "Compare(string,string,bool)": (a: Text, b: Text, ignoreCase: boolean) =>
    compareStrings(a, b, caseOptions(ignoreCase)),
  "Compare(string,string,bool,CultureInfo)": (a: Text, b: Text, ignoreCase: boolean, culture: CultureLike | null) =>
    compareStrings(a, b, caseOptions(ignoreCase), localeOf(culture)),
  "Compare(string,string,CultureInfo,CompareOptions)": (
    a: Text,
    b: Text,
    culture: CultureLike | null,
    options: number,
  ) => compareStrings(a, b, checkCompareOptions(options), localeOf(culture)),
  "Compare(string,string,StringComparison)": compareBy,
  "Compare(string,int,string,int,int)": (...args: PartArguments) => comparePartsIn(parts(args), None, null),
  "Compare(string,int,string,int,int,bool)": (...args: [...PartArguments, ignoreCase: boolean]) =>
    comparePartsIn(parts(args.slice(0, 5) as PartArguments), caseOptions(args[5]), null),
  "Compare(string,int,string,int,int,bool,CultureInfo)": (
    ...args: [...PartArguments, ignoreCase: boolean, culture: CultureLike | null]
  ) => comparePartsIn(parts(args.slice(0, 5) as PartArguments), caseOptions(args[5]), args[6]),
  "Compare(string,int,string,int,int,CultureInfo,CompareOptions)": (
    ...args: [...PartArguments, culture: CultureLike | null, options: number]
  ) => comparePartsIn(parts(args.slice(0, 5) as PartArguments), args[6], args[5]),
  "Compare(string,int,string,int,int,StringComparison)": (...args: [...PartArguments, comparison: number]) =>
    compareParts(parts(args.slice(0, 5) as PartArguments), optionsOf(args[5])),
});
