/** Members of System.Array: size, copying, making. Access by index is the emitter's; see also array-dimensions.ts, array-search.ts, array-sort.ts. */
import { allocate } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { CsArray, CsMultiArray, type Ref } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { arrayFrom, copyBetween, copyItems } from "./array-items.ts";
import { nonNegativeRequired, requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argument, argumentOutOfRange, indexOutOfRange } from "./exceptions-thrown.ts";
import { toItems } from "./list.ts";
import { ReadOnlyCollection } from "./read-only-collection.ts";

/** Sizes and indexes come as int or long. */
type Index = number | bigint;

implement("System.Array", {
  Length: { inline: (self) => `${self}.items.length` },
  LongLength: (self: CsArray) => BigInt(self.items.length),
  MaxLength: () => 0x7fffffc7,
  IsFixedSize: () => true,
  IsReadOnly: () => false,
  IsSynchronized: () => false,
  SyncRoot: (self: CsArray) => self,
  "GetEnumerator()": (self: CsArray) => new Enumerator(self, self.elementType),
  "Initialize()": () => undefined,
});

// Copying
implement("System.Array", {
  "Copy(Array,Array,int)": copyStart,
  "Copy(Array,Array,long)": copyStart,
  "Copy(*)": (source: CsArray, from: Index, target: CsArray, to: Index, length: Index) =>
    copyBetween(source, Number(from), target, Number(to), Number(length)),
  "ConstrainedCopy(*)": (source: CsArray, from: number, target: CsArray, to: number, length: number) =>
    copyBetween(source, from, target, to, length),
  "CopyTo(Array,int)": copyTo,
  "CopyTo(Array,long)": copyTo,
  "Clone()": (self: CsArray) => {
    allocate(self.items.length);
    const items = self.items.slice();
    if (self instanceof CsMultiArray) return new CsMultiArray(self.elementType, items, self.lengths);
    return new CsArray(self.elementType, items);
  },
  "Clear(Array)": (array: CsArray | null) => {
    requireArgument(array, "array");
    fill(array as CsArray, 0, (array as CsArray).items.length);
  },
  "Clear(Array,int,int)": (array: CsArray | null, index: number, length: number) => {
    requireArgument(array, "array");
    if (index < 0 || length < 0 || index + length > (array as CsArray).items.length) throw indexOutOfRange();
    fill(array as CsArray, index, length);
  },
  "Fill(!!0[],!!0)": (_t: Type, array: CsArray | null, value: unknown) => {
    requireArgument(array, "array");
    fill(array as CsArray, 0, (array as CsArray).items.length, value);
  },
  "Fill(!!0[],!!0,int,int)": (_t: Type, array: CsArray | null, value: unknown, index: number, count: number) => {
    requireArgument(array, "array");
    const { length } = (array as CsArray).items;
    if (index < 0 || index > length) throw argumentOutOfRange("startIndex", LESS_OR_EQUAL);
    if (count < 0 || index > length - count) throw argumentOutOfRange("count", BAD_COUNT);
    fill(array as CsArray, index, count, value);
  },
});

const LESS_OR_EQUAL =
  "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";
const BAD_COUNT = "Count must be positive and count must refer to a location within the string/array/collection.";

function copyStart(source: CsArray, target: CsArray, length: Index): void {
  copyBetween(source, 0, target, 0, Number(length));
}

function copyTo(self: CsArray, target: CsArray | null, index: Index): void {
  if (target instanceof CsMultiArray) {
    throw argument("Only single dimensional arrays are supported for the requested action.");
  }
  copyBetween(self, 0, target, Number(index), self.items.length);
}

function fill(array: CsArray, index: number, count: number, value: unknown = defaultOf(array.elementType)): void {
  allocate(count);
  array.items.fill(value as never, index, index + count);
}

// Making
implement("System.Array", {
  "Empty()": (elementType: Type) => arrayFrom(elementType, []),
  "AsReadOnly(*)": (elementType: Type, array: CsArray | null) => {
    requireArgument(array, "array");
    return new ReadOnlyCollection(elementType, array);
  },
  "ConvertAll(*)": (_from: Type, to: Type, array: CsArray | null, converter: ((item: unknown) => unknown) | null) => {
    requireArgument(array, "array");
    requireArgument(converter, "converter");
    return arrayFrom(
      to,
      toItems(array).map((item) => (converter as (item: unknown) => unknown)(item)),
    );
  },
  "Resize(*)": (elementType: Type, array: Ref<CsArray | null>, size: number) => {
    if (size < 0) throw nonNegativeRequired("newSize");
    allocate(size);
    const resized = arrayFrom(elementType, new Array(size).fill(defaultOf(elementType)));
    if (array.v !== null) copyItems(array.v.items, 0, resized, 0, Math.min(size, array.v.items.length));
    if (array.v?.items.length !== size) array.v = resized;
  },
});
