/** Elements of arrays: bounds, null and covariance checks, creation (C# 7.3 sections 12.7.7.2 and 17). */
import type { Type } from "../types.ts";
import { account, allocate } from "./budget.ts";
import { defaultOf } from "./default-value.ts";
import { isInstance, nullReference } from "./object.ts";
import { CsArray, CsException } from "./values.ts";

/** An element takes as much memory as so many characters. */
const ELEMENT_SIZE = 4;

export function indexOutOfRange(): CsException {
  return new CsException("System.IndexOutOfRangeException", "Index was outside the bounds of the array.");
}

export function elementMismatch(): CsException {
  const text = "Attempted to access an element as a type incompatible with the array.";
  return new CsException("System.ArrayTypeMismatchException", text);
}

/** array[index]; `at` is its place in the code. */
export function element(array: CsArray | null, index: number, at: number): unknown {
  account.at = at;
  if (array === null) throw nullReference();
  const { items } = array;
  if (index < 0 || index >= items.length) throw indexOutOfRange();
  return items[index];
}

/** array[index] = value, for element types that have no subtypes. */
export function setElement(array: CsArray | null, index: number, value: unknown, at: number): unknown {
  account.at = at;
  if (array === null) throw nullReference();
  const { items } = array;
  if (index < 0 || index >= items.length) throw indexOutOfRange();
  items[index] = value as never;
  return value;
}

/** array[index] = value, where the array may be one of a derived type. */
export function setReference(array: CsArray | null, index: number, value: unknown, at: number): unknown {
  account.at = at;
  if (
    array !== null &&
    value !== null &&
    index >= 0 &&
    index < array.items.length &&
    !isInstance(value, array.elementType)
  ) {
    throw elementMismatch();
  }
  return setElement(array, index, value, at);
}

/** An index of type long or ulong as a number; what is beyond any array stays so. */
export function toIndex(index: bigint): number {
  return Number(index);
}

/** new T[length]. */
export function newArray(elementType: Type, length: number): CsArray {
  if (length < 0) throw new CsException("System.OverflowException", "Arithmetic operation resulted in an overflow.");
  return new CsArray(elementType, newItems(elementType, length));
}

/** So many default values, as the items of an array. */
export function newItems(elementType: Type, count: number): unknown[] | Uint8Array {
  if (elementType.name === "System.Byte") {
    allocate(count);
    return new Uint8Array(count);
  }
  allocate(count * ELEMENT_SIZE);
  return new Array(count).fill(defaultOf(elementType));
}

/** new T[] { ... }. */
export function arrayOfItems(elementType: Type, items: unknown[]): CsArray {
  return new CsArray(elementType, elementType.name === "System.Byte" ? Uint8Array.from(items as number[]) : items);
}
