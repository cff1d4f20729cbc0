/** Members of System.Array: size, elements as objects, copying, making. Access by index is the emitter's; see also array-search.ts, array-sort.ts. */
import { allocate } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { isInstance } from "../runtime/object.ts";
import { box, CsArray, CsException, type CsObject, type Ref, unbox } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { arrayFrom, copyBetween, copyItems } from "./array-items.ts";
import { nonNegativeRequired, requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argument, argumentOutOfRange, indexOutOfRange, notSupported } from "./exceptions-thrown.ts";
import { toItems } from "./list.ts";
import { ReadOnlyCollection } from "./read-only-collection.ts";
import { typeOfTypeObject } from "./type.ts";

/** Sizes and indexes come as int or long. */
type Index = number | bigint;

const DIMENSION_NAMES = ["", "one", "two", "three"];

/** All arrays have one dimension. */
function wrongRank(dimensions: number): never {
  throw argument(`Array was not a ${DIMENSION_NAMES[dimensions]}-dimensional array.`);
}

function onlyIndex(indices: CsArray | null): Index {
  requireArgument(indices, "indices");
  const { items } = indices as CsArray;
  if (items.length !== 1) throw argument("Indices length does not match the array rank.");
  return items[0] as Index;
}

function checkDimension(dimension: number): void {
  if (dimension !== 0) throw indexOutOfRange();
}

implement("System.Array", {
  Length: { inline: (self) => `${self}.items.length` },
  LongLength: (self: CsArray) => BigInt(self.items.length),
  MaxLength: () => 0x7fffffc7,
  Rank: () => 1,
  IsFixedSize: () => true,
  IsReadOnly: () => false,
  IsSynchronized: () => false,
  SyncRoot: (self: CsArray) => self,
  "GetLength(int)": (self: CsArray, dimension: number) => {
    checkDimension(dimension);
    return self.items.length;
  },
  "GetLongLength(int)": (self: CsArray, dimension: number) => {
    checkDimension(dimension);
    return BigInt(self.items.length);
  },
  "GetLowerBound(int)": (_self: CsArray, dimension: number) => {
    checkDimension(dimension);
    return 0;
  },
  "GetUpperBound(int)": (self: CsArray, dimension: number) => {
    checkDimension(dimension);
    return self.items.length - 1;
  },
  "GetEnumerator()": (self: CsArray) => new Enumerator(self, self.elementType),
  "Initialize()": () => undefined,
});

// Elements as objects
implement("System.Array", {
  "GetValue(int)": getValue,
  "GetValue(long)": getValue,
  "GetValue(int[])": (self: CsArray, indices: CsArray) => getValue(self, onlyIndex(indices)),
  "GetValue(long[])": (self: CsArray, indices: CsArray) => getValue(self, onlyIndex(indices)),
  "GetValue(int,int)": () => wrongRank(2),
  "GetValue(long,long)": () => wrongRank(2),
  "GetValue(int,int,int)": () => wrongRank(3),
  "GetValue(long,long,long)": () => wrongRank(3),
  "SetValue(object,int)": setValue,
  "SetValue(object,long)": setValue,
  "SetValue(object,int[])": (self: CsArray, value: unknown, indices: CsArray) =>
    setValue(self, value, onlyIndex(indices)),
  "SetValue(object,long[])": (self: CsArray, value: unknown, indices: CsArray) =>
    setValue(self, value, onlyIndex(indices)),
  "SetValue(object,int,int)": () => wrongRank(2),
  "SetValue(object,long,long)": () => wrongRank(2),
  "SetValue(object,int,int,int)": () => wrongRank(3),
  "SetValue(object,long,long,long)": () => wrongRank(3),
});

function checkedIndex(self: CsArray, index: Index): number {
  const at = Number(index);
  if (at < 0 || at >= self.items.length) throw indexOutOfRange();
  return at;
}

function getValue(self: CsArray, index: Index): unknown {
  return box(self.items[checkedIndex(self, index)], self.elementType);
}

function setValue(self: CsArray, value: unknown, index: Index): void {
  const t = self.elementType;
  const at = checkedIndex(self, index);
  if (value !== null && !isInstance(value, t)) {
    throw new CsException("System.InvalidCastException", "Object cannot be stored in an array of this type.");
  }
  const element = value === null ? defaultOf(t) : t.isValueType ? unbox(value) : value;
  self.items[at] = element as never;
}

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
  "Clone()": (self: CsArray) => new CsArray(self.elementType, self.items.slice()),
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

function copyTo(self: CsArray, target: CsArray, index: Index): void {
  copyBetween(self, 0, target, Number(index), self.items.length);
}

function fill(array: CsArray, index: number, count: number, value: unknown = defaultOf(array.elementType)): void {
  allocate(count);
  array.items.fill(value as never, index, index + count);
}

/** One size for each dimension; there is only one. */
function onlySize(sizes: CsArray | null): Index {
  requireArgument(sizes, "lengths");
  if ((sizes as CsArray).items.length !== 1) throw notSupported("Arrays of more than one dimension are not supported.");
  return (sizes as CsArray).items[0] as Index;
}

function createInstance(elementType: CsObject | null, size: Index): CsArray {
  const t = typeOfTypeObject(elementType, "elementType");
  if (Number(size) < 0) throw nonNegativeRequired("length");
  allocate(Number(size));
  return arrayFrom(t, new Array(Number(size)).fill(defaultOf(t)));
}

// Making
implement("System.Array", {
  "CreateInstance(Type,int)": createInstance,
  "CreateInstance(Type,int[])": (t: CsObject | null, sizes: CsArray | null) => createInstance(t, onlySize(sizes)),
  "CreateInstance(Type,long[])": (t: CsObject | null, sizes: CsArray | null) => createInstance(t, onlySize(sizes)),
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
