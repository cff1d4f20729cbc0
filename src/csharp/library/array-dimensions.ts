/** Members of System.Array that depend on its dimensions: lengths and bounds, elements as objects by index, making. */
import { newArray } from "../runtime/array-access.ts";
import { newMultiArray, offsetOf, shapeOf } from "../runtime/multi-array.ts";
import { box, type CsArray, CsException, CsMultiArray, type CsObject } from "../runtime/values.ts";
import { storedElement } from "./array-items.ts";
import { nonNegativeRequired, requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { argument, indexOutOfRange } from "./exceptions-thrown.ts";
import { typeOfTypeObject } from "./type.ts";

/** Sizes and indexes come as int or long. */
type Index = number | bigint;

/** Of .NET. */
const MAX_RANK = 32;

function lengthOf(array: CsArray, dimension: number): number {
  const length = shapeOf(array)[dimension];
  if (length === undefined) throw indexOutOfRange("Array does not have that many dimensions.");
  return length;
}

implement("System.Array", {
  Rank: (self: CsArray) => shapeOf(self).length,
  "GetLength(int)": lengthOf,
  "GetLongLength(int)": (self: CsArray, dimension: number) => BigInt(lengthOf(self, dimension)),
  "GetLowerBound(int)": (self: CsArray, dimension: number) => {
    lengthOf(self, dimension);
    return 0;
  },
  "GetUpperBound(int)": (self: CsArray, dimension: number) => lengthOf(self, dimension) - 1,
});

// Elements as objects
implement("System.Array", {
  "GetValue(int)": getValue,
  "GetValue(long)": getValue,
  "GetValue(int[])": (self: CsArray, indices: CsArray | null) => getValue(self, ...indexList(self, indices)),
  "GetValue(long[])": (self: CsArray, indices: CsArray | null) => getValue(self, ...indexList(self, indices)),
  "GetValue(int,int)": getValue,
  "GetValue(long,long)": getValue,
  "GetValue(int,int,int)": getValue,
  "GetValue(long,long,long)": getValue,
  "SetValue(object,int)": setValue,
  "SetValue(object,long)": setValue,
  "SetValue(object,int[])": (self: CsArray, value: unknown, indices: CsArray | null) =>
    setValue(self, value, ...indexList(self, indices)),
  "SetValue(object,long[])": (self: CsArray, value: unknown, indices: CsArray | null) =>
    setValue(self, value, ...indexList(self, indices)),
  "SetValue(object,int,int)": setValue,
  "SetValue(object,long,long)": setValue,
  "SetValue(object,int,int,int)": setValue,
  "SetValue(object,long,long,long)": setValue,
});

const DIMENSION_NAMES = ["", "one", "two", "three"];

function indexList(self: CsArray, indices: CsArray | null): Index[] {
  requireArgument(indices, "indices");
  const list = Array.from((indices as CsArray).items as Index[]);
  if (list.length !== shapeOf(self).length) throw argument("Indices length does not match the array rank.");
  return list;
}

function offset(self: CsArray, indices: readonly Index[]): number {
  if (indices.length !== shapeOf(self).length) {
    throw argument(`Array was not a ${DIMENSION_NAMES[indices.length]}-dimensional array.`);
  }
  const at = indices.map(Number);
  if (self instanceof CsMultiArray) return offsetOf(self, at);
  if (at[0] < 0 || at[0] >= self.items.length) throw indexOutOfRange();
  return at[0];
}

function getValue(self: CsArray, ...indices: Index[]): unknown {
  return box(self.items[offset(self, indices)], self.elementType);
}

/** Array.SetValue. */
export function setValue(self: CsArray, value: unknown, ...indices: Index[]): void {
  const at = offset(self, indices);
  self.items[at] = storedElement(value, self.elementType) as never;
}

// Making
implement("System.Array", {
  "CreateInstance(Type,int)": (t: CsObject | null, length: number) => createInstance(t, [length], "length"),
  "CreateInstance(Type,int,int)": (t: CsObject | null, ...lengths: number[]) => createInstance(t, lengths, "length"),
  "CreateInstance(Type,int,int,int)": (t: CsObject | null, ...lengths: number[]) =>
    createInstance(t, lengths, "length"),
  "CreateInstance(Type,int[])": (t: CsObject | null, lengths: CsArray | null) => createOfLengths(t, lengths),
  "CreateInstance(Type,long[])": (t: CsObject | null, lengths: CsArray | null) => createOfLengths(t, lengths),
});

function createOfLengths(elementType: CsObject | null, lengths: CsArray | null): CsArray {
  requireArgument(lengths, "lengths");
  const list = Array.from((lengths as CsArray).items as Index[], Number);
  if (list.length === 0) throw argument("Must provide at least one rank.");
  if (list.length > MAX_RANK) throw new CsException("System.TypeLoadException", "Array rank is more than 32.");
  return createInstance(elementType, list, "lengths");
}

function createInstance(elementType: CsObject | null, lengths: readonly number[], parameter: string): CsArray {
  const t = typeOfTypeObject(elementType, "elementType");
  const negative = lengths.findIndex((length) => length < 0);
  if (negative >= 0) throw nonNegativeRequired(lengthName(parameter, lengths.length, negative));
  return lengths.length === 1 ? newArray(t, lengths[0]) : newMultiArray(t, lengths);
}

/** `length`, `length2`, `lengths[0]`. */
function lengthName(parameter: string, count: number, index: number): string {
  if (parameter === "lengths") return `lengths[${index}]`;
  return count === 1 ? parameter : `${parameter}${index + 1}`;
}
