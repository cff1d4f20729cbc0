/** Members of System.Array that look for elements. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { compareObjects, equalsObject, equalsOf } from "../runtime/object.ts";
import { box, type CsArray } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom, requireOneDimension } from "./array-items.ts";
import { binarySearch } from "./binary-search.ts";
import { beyondEnd, nonNegativeRequired, noSuchElement, requireArgument } from "./collection-errors.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";

type Predicate = (item: unknown) => boolean;
type Equals = (a: unknown, b: unknown) => boolean;

const BAD_START = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const BAD_COUNT = "Count must be positive and count must refer to a location within the string/array/collection.";

/** The elements, after the check for null. */
function itemsOf(array: CsArray | null): ArrayLike<unknown> {
  requireArgument(array, "array");
  requireOneDimension(array);
  const { items } = array as CsArray;
  spend(items.length);
  return items;
}

/** An array as the non-generic overloads see it: elements boxed. */
function boxedItems(array: CsArray | null): unknown[] {
  const t = array?.elementType as Type;
  return Array.from(itemsOf(array), (item) => box(item, t));
}

function matching(items: ArrayLike<unknown>, match: Predicate | null, start: number, count: number): number {
  requireArgument(match, "match");
  if (start < 0 || start > items.length) throw argumentOutOfRange("startIndex", BAD_START);
  if (count < 0 || start > items.length - count) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i < start + count; i++) if ((match as Predicate)(items[i])) return i;
  return -1;
}

function matchingBackwards(items: ArrayLike<unknown>, match: Predicate | null, start: number, count: number): number {
  requireArgument(match, "match");
  const outside = items.length === 0 ? start !== -1 : start < 0 || start >= items.length;
  if (outside) throw noSuchElement("startIndex");
  if (count < 0 || start - count + 1 < 0) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i > start - count; i--) if ((match as Predicate)(items[i])) return i;
  return -1;
}

function first(items: ArrayLike<unknown>, match: Predicate | null): number {
  return matching(items, match, 0, items.length);
}

function last(items: ArrayLike<unknown>, match: Predicate | null): number {
  return matchingBackwards(items, match, items.length - 1, items.length);
}

implement("System.Array", {
  "Exists(*)": (_t: Type, array: CsArray, match: Predicate) => first(itemsOf(array), match) >= 0,
  "TrueForAll(*)": (_t: Type, array: CsArray, match: Predicate) => {
    requireArgument(array, "array");
    requireArgument(match, "match");
    return first(itemsOf(array), (item) => !match(item)) < 0;
  },
  "Find(*)": (t: Type, array: CsArray, match: Predicate) => elementOr(t, array, first(itemsOf(array), match)),
  "FindLast(*)": (t: Type, array: CsArray, match: Predicate) => elementOr(t, array, last(itemsOf(array), match)),
  "FindAll(*)": (t: Type, array: CsArray, match: Predicate) => {
    const items = itemsOf(array);
    requireArgument(match, "match");
    return arrayFrom(
      t,
      Array.from(items).filter((item) => match(item)),
    );
  },
  "FindIndex(!!0[],Predicate<!!0>)": (_t: Type, array: CsArray, match: Predicate) => first(itemsOf(array), match),
  "FindIndex(!!0[],int,Predicate<!!0>)": (_t: Type, array: CsArray, start: number, match: Predicate) => {
    const items = itemsOf(array);
    return matching(items, match, start, items.length - start);
  },
  "FindIndex(!!0[],int,int,Predicate<!!0>)": (
    _t: Type,
    array: CsArray,
    start: number,
    count: number,
    match: Predicate,
  ) => matching(itemsOf(array), match, start, count),
  "FindLastIndex(!!0[],Predicate<!!0>)": (_t: Type, array: CsArray, match: Predicate) => last(itemsOf(array), match),
  "FindLastIndex(!!0[],int,Predicate<!!0>)": (_t: Type, array: CsArray, start: number, match: Predicate) =>
    matchingBackwards(itemsOf(array), match, start, start + 1),
  "FindLastIndex(!!0[],int,int,Predicate<!!0>)": (
    _t: Type,
    array: CsArray,
    start: number,
    count: number,
    match: Predicate,
  ) => matchingBackwards(itemsOf(array), match, start, count),
  "ForEach(*)": (_t: Type, array: CsArray, action: (item: unknown) => void) => {
    const items = itemsOf(array);
    requireArgument(action, "action");
    for (let i = 0; i < items.length; i++) action(items[i]);
  },
});

function elementOr(t: Type, array: CsArray, index: number): unknown {
  return index < 0 ? defaultOf(t) : array.items[index];
}

// IndexOf and LastIndexOf: generic ones compare elements, the others objects.
function indexOf(items: ArrayLike<unknown>, value: unknown, equals: Equals, start: number, count: number): number {
  if (start < 0 || start > items.length) throw argumentOutOfRange("startIndex", BAD_START);
  if (count < 0 || count > items.length - start) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i < start + count; i++) if (equals(items[i], value)) return i;
  return -1;
}

function lastIndexOf(items: ArrayLike<unknown>, value: unknown, equals: Equals, start: number, count: number): number {
  if (items.length === 0) {
    if (start !== -1 && start !== 0) throw noSuchElement("startIndex");
    if (count !== 0) throw argumentOutOfRange("count", BAD_COUNT);
    return -1;
  }
  if (start < 0 || start >= items.length) throw noSuchElement("startIndex");
  if (count < 0 || start - count + 1 < 0) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i > start - count; i--) if (equals(items[i], value)) return i;
  return -1;
}

implement("System.Array", {
  "IndexOf(!!0[],!!0)": (t: Type, array: CsArray, value: unknown) => {
    const items = itemsOf(array);
    return indexOf(items, value, equalsOf(t), 0, items.length);
  },
  "IndexOf(!!0[],!!0,int)": (t: Type, array: CsArray, value: unknown, start: number) => {
    const items = itemsOf(array);
    return indexOf(items, value, equalsOf(t), start, items.length - start);
  },
  "IndexOf(!!0[],!!0,int,int)": (t: Type, array: CsArray, value: unknown, start: number, count: number) =>
    indexOf(itemsOf(array), value, equalsOf(t), start, count),
  "IndexOf(Array,object)": (array: CsArray, value: unknown) => {
    const items = boxedItems(array);
    return indexOf(items, value, equalsObject, 0, items.length);
  },
  "IndexOf(Array,object,int)": (array: CsArray, value: unknown, start: number) => {
    const items = boxedItems(array);
    return indexOf(items, value, equalsObject, start, items.length - start);
  },
  "IndexOf(Array,object,int,int)": (array: CsArray, value: unknown, start: number, count: number) =>
    indexOf(boxedItems(array), value, equalsObject, start, count),
  "LastIndexOf(!!0[],!!0)": (t: Type, array: CsArray, value: unknown) => {
    const items = itemsOf(array);
    return lastIndexOf(items, value, equalsOf(t), items.length - 1, items.length);
  },
  "LastIndexOf(!!0[],!!0,int)": (t: Type, array: CsArray, value: unknown, start: number) => {
    const items = itemsOf(array);
    return lastIndexOf(items, value, equalsOf(t), start, items.length === 0 ? 0 : start + 1);
  },
  "LastIndexOf(!!0[],!!0,int,int)": (t: Type, array: CsArray, value: unknown, start: number, count: number) =>
    lastIndexOf(itemsOf(array), value, equalsOf(t), start, count),
  "LastIndexOf(Array,object)": (array: CsArray, value: unknown) => {
    const items = boxedItems(array);
    return lastIndexOf(items, value, equalsObject, items.length - 1, items.length);
  },
  "LastIndexOf(Array,object,int)": (array: CsArray, value: unknown, start: number) => {
    const items = boxedItems(array);
    return lastIndexOf(items, value, equalsObject, start, items.length === 0 ? 0 : start + 1);
  },
  "LastIndexOf(Array,object,int,int)": (array: CsArray, value: unknown, start: number, count: number) =>
    lastIndexOf(boxedItems(array), value, equalsObject, start, count),
});

function search(
  items: ArrayLike<unknown>,
  index: number,
  length: number,
  value: unknown,
  compare: (a: unknown, b: unknown) => number,
): number {
  if (index < 0) throw nonNegativeRequired("index");
  if (length < 0) throw nonNegativeRequired("length");
  if (items.length - index < length) throw beyondEnd();
  return binarySearch(items, index, length, value, compare);
}

/** The order that an IComparer asks for; null is Comparer.Default. */
function objectOrder(comparer: unknown): (a: unknown, b: unknown) => number {
  return comparer === null ? compareObjects : comparison(comparer, type("System.Object"));
}

implement("System.Array", {
  "BinarySearch(!!0[],!!0)": (t: Type, array: CsArray, value: unknown) => {
    const items = itemsOf(array);
    return search(items, 0, items.length, value, comparison(null, t));
  },
  "BinarySearch(!!0[],!!0,IComparer<!!0>)": (t: Type, array: CsArray, value: unknown, comparer: unknown) => {
    const items = itemsOf(array);
    return search(items, 0, items.length, value, comparison(comparer, t));
  },
  "BinarySearch(!!0[],int,int,!!0)": (t: Type, array: CsArray, index: number, length: number, value: unknown) =>
    search(itemsOf(array), index, length, value, comparison(null, t)),
  "BinarySearch(!!0[],int,int,!!0,IComparer<!!0>)": (
    t: Type,
    array: CsArray,
    index: number,
    length: number,
    value: unknown,
    comparer: unknown,
  ) => search(itemsOf(array), index, length, value, comparison(comparer, t)),
  "BinarySearch(Array,object)": (array: CsArray, value: unknown) => {
    const items = boxedItems(array);
    return search(items, 0, items.length, value, compareObjects);
  },
  "BinarySearch(Array,object,IComparer)": (array: CsArray, value: unknown, comparer: unknown) => {
    const items = boxedItems(array);
    return search(items, 0, items.length, value, objectOrder(comparer));
  },
  "BinarySearch(Array,int,int,object)": (array: CsArray, index: number, length: number, value: unknown) =>
    search(boxedItems(array), index, length, value, compareObjects),
  "BinarySearch(Array,int,int,object,IComparer)": (
    array: CsArray,
    index: number,
    length: number,
    value: unknown,
    comparer: unknown,
  ) => search(boxedItems(array), index, length, value, objectOrder(comparer)),
});
