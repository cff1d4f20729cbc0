/** Members of System.Collections.Generic.List<T>. */
import { allocate } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { arrayFrom, copyBetween } from "./array-items.ts";
import { binarySearch } from "./binary-search.ts";
import { nonNegativeRequired, noSuchElement, requireArgument } from "./collection-errors.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";
import { type Compare, sortInPlace } from "./introspective-sort.ts";
import { List, listOf, toItems } from "./list.ts";
import { ReadOnlyCollection } from "./read-only-collection.ts";

type Predicate = (item: unknown) => boolean;

/** A delegate argument; null throws ArgumentNullException. */
function given<T>(delegate: T | null, parameter: string): T {
  requireArgument(delegate, parameter);
  return delegate as T;
}

implement("System.Collections.Generic.List", {
  "new()": (constructed: Type) => new List(constructed.args[0]),
  "new(int)": (constructed: Type, capacity: number) => {
    if (capacity < 0) throw nonNegativeRequired("capacity");
    return new List(constructed.args[0], [], capacity);
  },
  "new(IEnumerable<!0>)": (constructed: Type, source: unknown) => {
    requireArgument(source, "collection");
    return listOf(constructed.args[0], source);
  },
  Count: { inline: (self) => `${self}.items.length` },
  Capacity: (self: List) => self.capacity,
  "Capacity=": (self: List, value: number) => {
    self.capacity = value;
  },
  "EnsureCapacity(int)": (self: List, capacity: number) => {
    if (capacity < 0) throw nonNegativeRequired("capacity");
    if (capacity > self.capacity) self.capacity = Math.max(capacity, self.capacity * 2, 4);
    return self.capacity;
  },
  "TrimExcess()": (self: List) => {
    if (self.items.length < Math.floor(self.capacity * 0.9)) self.capacity = self.items.length;
  },
  "this[int]": (self: List, index: number) => self.itemAt(index),
  "this[int]=": (self: List, index: number, item: unknown) => self.setItemAt(index, item),
  "GetEnumerator()": (self: List) => new Enumerator(self, self.elementType),
  "ToArray()": (self: List) => arrayFrom(self.elementType, toItems(self)),
  "AsReadOnly()": (self: List) => new ReadOnlyCollection(self.elementType, self),
  "ForEach(*)": (self: List, action: (item: unknown) => void) => self.forEach(given(action, "action")),
  "ConvertAll(*)": (self: List, resultType: Type, converter: (item: unknown) => unknown) =>
    new List(resultType, self.items.map(given(converter, "converter"))),
});

// Changes
implement("System.Collections.Generic.List", {
  "Add(!0)": (self: List, item: unknown) => self.addItem(item),
  "AddRange(IEnumerable<!0>)": (self: List, source: unknown) => {
    requireArgument(source, "collection");
    self.splice(self.items.length, 0, toItems(source));
  },
  "Insert(int,!0)": (self: List, index: number, item: unknown) => self.insertItem(index, item),
  "InsertRange(int,IEnumerable<!0>)": (self: List, index: number, source: unknown) => {
    requireArgument(source, "collection");
    if (index < 0 || index > self.items.length) throw argumentOutOfRange("index", BAD_INDEX);
    self.splice(index, 0, toItems(source));
  },
  "Clear()": (self: List) => self.clearItems(),
  "Remove(!0)": (self: List, item: unknown) => self.removeItem(item),
  "RemoveAt(int)": (self: List, index: number) => self.removeItemAt(index),
  "RemoveRange(int,int)": (self: List, index: number, count: number) => {
    self.checkRange(index, count);
    if (count > 0) self.splice(index, count, []);
  },
  "RemoveAll(*)": (self: List, match: Predicate) => {
    requireArgument(match, "match");
    const kept = self.items.filter((item) => !match(item));
    const removed = self.items.length - kept.length;
    if (removed > 0) self.splice(0, self.items.length, kept);
    return removed;
  },
  "Reverse()": (self: List) => self.change(0, self.items.length, (items) => items.reverse()),
  "Reverse(int,int)": (self: List, index: number, count: number) =>
    self.change(index, count, (items) => items.reverse()),
  "Sort()": (self: List) => sort(self, 0, self.items.length, comparison(null, self.elementType)),
  "Sort(IComparer<!0>)": (self: List, comparer: unknown) =>
    sort(self, 0, self.items.length, comparison(comparer, self.elementType)),
  "Sort(Comparison<!0>)": (self: List, compare: Compare | null) => {
    requireArgument(compare, "comparison");
    sort(self, 0, self.items.length, compare as Compare);
  },
  "Sort(int,int,IComparer<!0>)": (self: List, index: number, count: number, comparer: unknown) =>
    sort(self, index, count, comparison(comparer, self.elementType)),
});

function sort(self: List, index: number, count: number, compare: Compare): void {
  self.change(index, count, (items) => sortInPlace(items, compare));
}

// Search
implement("System.Collections.Generic.List", {
  "Contains(!0)": (self: List, item: unknown) => self.containsItem(item),
  "IndexOf(!0)": (self: List, item: unknown) => self.indexOfItem(item),
  "IndexOf(!0,int)": (self: List, item: unknown, index: number) => {
    if (index > self.items.length) throw argumentOutOfRange("index", BAD_INDEX);
    return indexIn(self, item, index, self.items.length - index);
  },
  "IndexOf(!0,int,int)": indexIn,
  "LastIndexOf(!0)": (self: List, item: unknown) => lastIndexIn(self, item, self.items.length - 1, self.items.length),
  "LastIndexOf(!0,int)": (self: List, item: unknown, index: number) => {
    if (index >= self.items.length) throw noSuchElement();
    return lastIndexIn(self, item, index, index + 1);
  },
  "LastIndexOf(!0,int,int)": lastIndexIn,
  "BinarySearch(!0)": (self: List, item: unknown) =>
    binarySearch(self.items, 0, self.items.length, item, comparison(null, self.elementType)),
  "BinarySearch(!0,IComparer<!0>)": (self: List, item: unknown, comparer: unknown) =>
    binarySearch(self.items, 0, self.items.length, item, comparison(comparer, self.elementType)),
  "BinarySearch(int,int,!0,IComparer<!0>)": (
    self: List,
    index: number,
    count: number,
    item: unknown,
    comparer: unknown,
  ) => {
    self.checkRange(index, count);
    return binarySearch(self.items, index, count, item, comparison(comparer, self.elementType));
  },
  "Exists(*)": (self: List, match: Predicate) => self.items.some(given(match, "match")),
  "TrueForAll(*)": (self: List, match: Predicate) => self.items.every(given(match, "match")),
  "Find(*)": (self: List, match: Predicate) => itemOrDefault(self, self.items.findIndex(given(match, "match"))),
  "FindLast(*)": (self: List, match: Predicate) => itemOrDefault(self, self.items.findLastIndex(given(match, "match"))),
  "FindAll(*)": (self: List, match: Predicate) => new List(self.elementType, self.items.filter(given(match, "match"))),
  "FindIndex(Predicate<!0>)": (self: List, match: Predicate) => findIndex(self, 0, self.items.length, match),
  "FindIndex(int,Predicate<!0>)": (self: List, start: number, match: Predicate) =>
    findIndex(self, start, self.items.length - start, match),
  "FindIndex(int,int,Predicate<!0>)": findIndex,
  "FindLastIndex(Predicate<!0>)": (self: List, match: Predicate) =>
    findLastIndex(self, self.items.length - 1, self.items.length, match),
  "FindLastIndex(int,Predicate<!0>)": (self: List, start: number, match: Predicate) =>
    findLastIndex(self, start, start + 1, match),
  "FindLastIndex(int,int,Predicate<!0>)": findLastIndex,
});

function itemOrDefault(self: List, index: number): unknown {
  return index < 0 ? defaultOf(self.elementType) : self.items[index];
}

const BAD_INDEX = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const BAD_COUNT = "Count must be positive and count must refer to a location within the string/array/collection.";

function indexIn(self: List, item: unknown, index: number, count: number): number {
  if (index < 0 || index > self.items.length) throw argumentOutOfRange("index", BAD_INDEX);
  if (count < 0 || index > self.items.length - count) throw argumentOutOfRange("count", BAD_COUNT);
  return self.indexOfItem(item, index, count);
}

function lastIndexIn(self: List, item: unknown, index: number, count: number): number {
  if (self.items.length === 0) return -1;
  if (index < 0) throw nonNegativeRequired("index");
  if (count < 0) throw nonNegativeRequired("count");
  if (index >= self.items.length) throw argumentOutOfRange("index", "Larger than collection size.");
  if (count > index + 1) throw argumentOutOfRange("count", "Larger than collection size.");
  const start = index - count + 1;
  const found = self.items.slice(start, index + 1).reverse();
  const at = new List(self.elementType, found).indexOfItem(item);
  return at < 0 ? -1 : index - at;
}

function findIndex(self: List, start: number, count: number, match: Predicate | null): number {
  const matches = given(match, "match");
  if (start < 0 || start > self.items.length) throw argumentOutOfRange("startIndex", BAD_INDEX);
  if (count < 0 || start > self.items.length - count) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i < start + count; i++) if (matches(self.items[i])) return i;
  return -1;
}

function findLastIndex(self: List, start: number, count: number, match: Predicate | null): number {
  const matches = given(match, "match");
  const length = self.items.length;
  const badStart = length === 0 ? start !== -1 : start < 0 || start >= length;
  if (badStart) {
    throw noSuchElement("startIndex");
  }
  if (count < 0 || start - count + 1 < 0) throw argumentOutOfRange("count", BAD_COUNT);
  for (let i = start; i > start - count; i--) if (matches(self.items[i])) return i;
  return -1;
}

// Parts
implement("System.Collections.Generic.List", {
  "GetRange(int,int)": part,
  "Slice(int,int)": part,
  "CopyTo(!0[])": (self: List, target: CsArray | null) => copyPart(self, 0, target, 0, self.items.length),
  "CopyTo(!0[],int)": (self: List, target: CsArray | null, index: number) =>
    copyPart(self, 0, target, index, self.items.length),
  "CopyTo(int,!0[],int,int)": (self: List, index: number, target: CsArray, targetIndex: number, count: number) => {
    self.checkRange(index, count);
    copyPart(self, index, target, targetIndex, count);
  },
});

/** As Array.Copy, whose exceptions a list leaves it to throw. */
function copyPart(self: List, from: number, target: CsArray | null, to: number, count: number): void {
  copyBetween(new CsArray(self.elementType, self.items), from, target, to, count);
}

function part(self: List, index: number, count: number): List {
  self.checkRange(index, count);
  allocate(count);
  return new List(self.elementType, self.items.slice(index, index + count));
}
