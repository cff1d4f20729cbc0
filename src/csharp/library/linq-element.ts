/** System.Linq.Enumerable: operators that answer one element or a yes or no (First, Single, ElementAt, Any, Contains, Count ...). */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { equalsOf, iterate } from "../runtime/object.ts";
import { CsArray, type Ref } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { asList, knownCount } from "./array-list.ts";
import { requireArgument } from "./collection-errors.ts";
import type { CollectionProtocol, EqualityComparerProtocol, ListProtocol } from "./collection-protocol.ts";
import { keyEquality } from "./comparer.ts";
import { implement } from "./define.ts";
import { argumentOutOfRange, invalidOperation, overflow } from "./exceptions-thrown.ts";
import { OrderedSequence } from "./linq-order.ts";

type Predicate = (item: unknown) => boolean;

/** What a search found; `undefined` never is an element. */
type Found = unknown;

const all: Predicate = () => true;

export function noElements() {
  return invalidOperation("Sequence contains no elements");
}

/** Why there is no such element. */
function missing(predicate: Predicate) {
  return predicate === all ? noElements() : invalidOperation("Sequence contains no matching element");
}

function checked(source: unknown, predicate: unknown): void {
  requireArgument(source, "source");
  requireArgument(predicate, "predicate");
}

/** The list behind a sequence that allows access by index, undefined when it does not. */
function indexed(source: unknown): ListProtocol | undefined {
  if (source instanceof CsArray) return asList(source);
  return typeof (source as Partial<ListProtocol>).itemAt === "function" ? (source as ListProtocol) : undefined;
}

function first(t: Type, source: unknown, predicate: Predicate = all): Found {
  checked(source, predicate);
  if (source instanceof CsArray) return firstOf(source.items, predicate);
  if (source instanceof OrderedSequence) return source.firstWhere(predicate);
  for (const item of iterate(source, t)) {
    spend(1);
    if (predicate(item)) return item;
  }
  return undefined;
}

/** By index: an iterator costs as much as the search in a short array. */
function firstOf(items: ArrayLike<unknown>, predicate: Predicate): Found {
  for (let i = 0; i < items.length; i++) {
    spend(1);
    if (predicate(items[i])) return items[i];
  }
  return undefined;
}

function last(t: Type, source: unknown, predicate: Predicate = all): Found {
  checked(source, predicate);
  if (source instanceof OrderedSequence) return source.lastWhere(predicate);
  const list = indexed(source);
  if (list) {
    for (let i = list.itemCount - 1; i >= 0; i--) {
      spend(1);
      const item = list.itemAt(i);
      if (predicate(item)) return item;
    }
    return undefined;
  }
  let found: Found;
  for (const item of iterate(source, t)) {
    spend(1);
    if (predicate(item)) found = item;
  }
  return found;
}

function single(t: Type, source: unknown, predicate: Predicate = all): Found {
  checked(source, predicate);
  let found: Found;
  for (const item of iterate(source, t)) {
    spend(1);
    if (!predicate(item)) continue;
    if (found !== undefined) {
      throw invalidOperation(`Sequence contains more than one ${predicate === all ? "" : "matching "}element`);
    }
    found = item;
  }
  return found;
}

/** The overloads of First, Last and Single with their OrDefault forms. */
function searching(name: string, search: (t: Type, source: unknown, predicate?: Predicate) => Found) {
  const orDefault = `${name}OrDefault`;
  implement("System.Linq.Enumerable", {
    [`${name}(IEnumerable<!!0>)`]: (t: Type, source: unknown) => {
      const found = search(t, source);
      if (found === undefined) throw missing(all);
      return found;
    },
    [`${name}(IEnumerable<!!0>,Func<!!0,bool>)`]: (t: Type, source: unknown, predicate: Predicate) => {
      const found = search(t, source, predicate);
      if (found === undefined) throw missing(predicate);
      return found;
    },
    [`${orDefault}(IEnumerable<!!0>)`]: (t: Type, source: unknown) => or(search(t, source), defaultOf(t)),
    [`${orDefault}(IEnumerable<!!0>,!!0)`]: (t: Type, source: unknown, otherwise: unknown) =>
      or(search(t, source), otherwise),
    [`${orDefault}(IEnumerable<!!0>,Func<!!0,bool>)`]: (t: Type, source: unknown, predicate: Predicate) =>
      or(search(t, source, predicate), defaultOf(t)),
    [`${orDefault}(IEnumerable<!!0>,Func<!!0,bool>,!!0)`]: (
      t: Type,
      source: unknown,
      predicate: Predicate,
      otherwise: unknown,
    ) => or(search(t, source, predicate), otherwise),
  });
}

function or(found: Found, otherwise: unknown): unknown {
  return found === undefined ? otherwise : found;
}

searching("First", first);
searching("Last", last);
searching("Single", single);

function elementAt(t: Type, source: unknown, index: number): Found {
  requireArgument(source, "source");
  const list = indexed(source);
  if (list) return index >= 0 && index < list.itemCount ? list.itemAt(index) : undefined;
  if (index < 0) return undefined;
  let left = index;
  for (const item of iterate(source, t)) {
    spend(1);
    if (left-- === 0) return item;
  }
  return undefined;
}

implement("System.Linq.Enumerable", {
  "ElementAt(IEnumerable<!!0>,int)": (t: Type, source: unknown, index: number) => {
    const found = elementAt(t, source, index);
    if (found !== undefined) return found;
    // A list throws its own exception.
    indexed(source)?.itemAt(index);
    throw argumentOutOfRange("index");
  },
  "ElementAtOrDefault(IEnumerable<!!0>,int)": (t: Type, source: unknown, index: number) =>
    or(elementAt(t, source, index), defaultOf(t)),
});

function count(t: Type, source: unknown, predicate: Predicate = all): number {
  checked(source, predicate);
  if (predicate === all) {
    const known = knownCount(source);
    if (known !== undefined) return known;
  }
  let found = 0;
  for (const item of iterate(source, t)) {
    spend(1);
    if (predicate(item) && ++found > 0x7fffffff) throw overflow();
  }
  return found;
}

implement("System.Linq.Enumerable", {
  "Any(IEnumerable<!!0>)": (t: Type, source: unknown) => {
    requireArgument(source, "source");
    const known = knownCount(source);
    return known === undefined ? first(t, source) !== undefined : known > 0;
  },
  "Any(IEnumerable<!!0>,Func<!!0,bool>)": (t: Type, source: unknown, predicate: Predicate) =>
    first(t, source, predicate) !== undefined,
  "All(*)": (t: Type, source: unknown, predicate: Predicate) => {
    checked(source, predicate);
    return first(t, source, (item) => !predicate(item)) === undefined;
  },
  "Count(*)": (t: Type, source: unknown, predicate?: Predicate) => count(t, source, predicate),
  "LongCount(*)": (t: Type, source: unknown, predicate?: Predicate) => BigInt(count(t, source, predicate)),
  "TryGetNonEnumeratedCount(*)": (_t: Type, source: unknown, result: Ref) => {
    requireArgument(source, "source");
    const known = knownCount(source);
    result.v = known ?? 0;
    return known !== undefined;
  },
  "Contains(IEnumerable<!!0>,!!0)": (t: Type, source: unknown, value: unknown) => {
    requireArgument(source, "source");
    const collection = source instanceof CsArray ? asList(source) : (source as CollectionProtocol);
    if (typeof collection.containsItem === "function") return collection.containsItem(value);
    const equals = equalsOf(t);
    return first(t, source, (item) => equals(item, value)) !== undefined;
  },
  "Contains(IEnumerable<!!0>,!!0,IEqualityComparer<!!0>)": (
    t: Type,
    source: unknown,
    value: unknown,
    comparer: EqualityComparerProtocol | null,
  ) => {
    requireArgument(source, "source");
    const { equals } = keyEquality(comparer, t);
    return first(t, source, (item) => equals(item, value)) !== undefined;
  },
  "SequenceEqual(IEnumerable<!!0>,IEnumerable<!!0>)": (t: Type, left: unknown, right: unknown) =>
    sequenceEqual(t, left, right, equalsOf(t)),
  "SequenceEqual(IEnumerable<!!0>,IEnumerable<!!0>,IEqualityComparer<!!0>)": (
    t: Type,
    left: unknown,
    right: unknown,
    comparer: EqualityComparerProtocol | null,
  ) => sequenceEqual(t, left, right, keyEquality(comparer, t).equals),
});

function sequenceEqual(t: Type, left: unknown, right: unknown, equals: (a: unknown, b: unknown) => boolean): boolean {
  requireArgument(left, "first");
  requireArgument(right, "second");
  const others = iterate(right, t)[Symbol.iterator]();
  for (const item of iterate(left, t)) {
    spend(1);
    const { done, value } = others.next();
    if (done || !equals(item, value)) {
      others.return?.();
      return false;
    }
  }
  return others.next().done === true;
}
