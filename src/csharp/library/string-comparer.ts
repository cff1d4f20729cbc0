/** System.StringComparer, and comparers of strings as collections use them. */
import { compareObjects, equalsObject, hashObject } from "../runtime/object.ts";
import { CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import type { ComparerProtocol, EqualityComparerProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { type CultureLike, localeOf } from "./format-provider.ts";
import { CompareOptions, ROOT } from "./linguistic.ts";
import { hashStringWith } from "./string.ts";
import {
  checkCompareOptions,
  compareOrdinal,
  compareStrings,
  equalStrings,
  optionsOf,
  StringComparison,
} from "./string-comparison.ts";

export class StringComparer extends CsObject implements ComparerProtocol, EqualityComparerProtocol {
  /** CompareOptions. */
  readonly options: number;
  /** Of the culture that compares, unless the options say ordinal. */
  readonly locale: string;

  constructor(options: number, locale = ROOT) {
    super();
    this.options = options;
    this.locale = locale;
  }

  override get type(): Type {
    return type("System.StringComparer");
  }

  override equals(other: unknown): boolean {
    return other instanceof StringComparer && other.options === this.options && other.locale === this.locale;
  }

  override hash(): number {
    return this.options;
  }

  /** Strings by the options; other objects by their own order. */
  compareItems(a: unknown, b: unknown): number {
    if (!isText(a) || !isText(b)) return compareObjects(a, b);
    if (this.options === CompareOptions.Ordinal && a !== null && b !== null) return compareOrdinal(a, b);
    return compareStrings(a, b, this.options, this.locale);
  }

  sameItems(a: unknown, b: unknown): boolean {
    return isText(a) && isText(b) ? equalStrings(a, b, this.options, this.locale) : equalsObject(a, b);
  }

  hashItem(item: unknown): number {
    if (item === null) throw argumentNull("obj");
    return typeof item === "string" ? hashStringWith(item, this.options, this.locale) : hashObject(item);
  }
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

const comparers = new Map<number, StringComparer>();

/** The comparer of a StringComparison; one for each kind. */
export function stringComparer(comparison: number): StringComparer {
  const options = optionsOf(comparison);
  let found = comparers.get(options);
  if (!found) {
    found = new StringComparer(options);
    comparers.set(options, found);
  }
  return found;
}

const compare = (self: StringComparer, a: unknown, b: unknown) => self.compareItems(a, b);
const equals = (self: StringComparer, a: unknown, b: unknown) => self.sameItems(a, b);

implement("System.StringComparer", {
  CurrentCulture: () => stringComparer(StringComparison.CurrentCulture),
  CurrentCultureIgnoreCase: () => stringComparer(StringComparison.CurrentCultureIgnoreCase),
  InvariantCulture: () => stringComparer(StringComparison.InvariantCulture),
  InvariantCultureIgnoreCase: () => stringComparer(StringComparison.InvariantCultureIgnoreCase),
  Ordinal: () => stringComparer(StringComparison.Ordinal),
  OrdinalIgnoreCase: () => stringComparer(StringComparison.OrdinalIgnoreCase),
  "FromComparison(StringComparison)": stringComparer,
  "Create(CultureInfo,bool)": (culture: CultureLike | null, ignoreCase: boolean) => {
    if (culture === null) throw argumentNull("culture");
    return new StringComparer(ignoreCase ? CompareOptions.IgnoreCase : CompareOptions.None, localeOf(culture));
  },
  "Create(CultureInfo,CompareOptions)": (culture: CultureLike | null, options: number) => {
    if (culture === null) throw argumentNull("culture");
    return new StringComparer(checkCompareOptions(options), localeOf(culture));
  },
  "IsWellKnownOrdinalComparer(IEqualityComparer<string>,bool&)": (comparer: unknown, ignoreCase: Ref) => {
    const options = comparer instanceof StringComparer ? comparer.options : CompareOptions.None;
    ignoreCase.v = options === CompareOptions.OrdinalIgnoreCase;
    return options === CompareOptions.Ordinal || options === CompareOptions.OrdinalIgnoreCase;
  },
  "Compare(string,string)": compare,
  "Compare(object,object)": compare,
  "Equals(string,string)": equals,
  "Equals(object,object)": equals,
  "GetHashCode(string)": (self: StringComparer, text: string | null) => self.hashItem(text),
  "GetHashCode(object)": (self: StringComparer, item: unknown) => self.hashItem(item),
});
