/** Making and copying the elements of arrays: byte[] is a Uint8Array, every other array a plain one. */
import { allocate } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { shapeOf } from "../runtime/multi-array.ts";
import { isInstance, typeOf } from "../runtime/object.ts";
import { box, CsArray, CsException, CsMultiArray, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { nonNegativeRequired, requireArgument } from "./collection-errors.ts";
import { argument, argumentOutOfRange, checkNonNegative } from "./exceptions-thrown.ts";

/** A T[] of the given elements, which are taken over. */
export function arrayFrom(elementType: Type, items: unknown[]): CsArray {
  return new CsArray(elementType, elementType.name === "System.Byte" ? Uint8Array.from(items as number[]) : items);
}

const TOO_SHORT =
  "Destination array is not long enough to copy all the items in the collection. Check array index and length.";

/** Copies elements of a collection into an array of the same element type, as CopyTo does. */
export function copyItems(
  items: ArrayLike<unknown>,
  index: number,
  target: CsArray | null,
  targetIndex: number,
  count: number,
): void {
  requireArgument(target, "array");
  checkNonNegative(targetIndex, "arrayIndex");
  const into = (target as CsArray).items;
  if (into.length - targetIndex < count) throw argument(TOO_SHORT);
  allocate(count);
  const copied = Math.min(count, items.length - index);
  for (let i = 0; i < copied; i++) into[targetIndex + i] = items[index + i] as never;
}

/** Array.Copy: elements are boxed, unboxed, cast or widened when the element types differ; the two may overlap. */
export function copyBetween(
  source: CsArray | null,
  from: number,
  target: CsArray | null,
  to: number,
  length: number,
): void {
  requireArgument(source, "sourceArray");
  requireArgument(target, "destinationArray");
  const [read, write] = [source as CsArray, target as CsArray];
  if (shapeOf(read).length !== shapeOf(write).length) {
    throw new CsException("System.RankException", "The specified arrays must have the same number of dimensions.");
  }
  if (length < 0) throw nonNegativeRequired("length");
  if (from < 0) throw belowLowerBound("sourceIndex");
  if (to < 0) throw belowLowerBound("destinationIndex");
  if (from + length > read.items.length) throw notLongEnough("Source", "sourceArray");
  if (to + length > write.items.length) throw notLongEnough("Destination", "destinationArray");
  allocate(length);
  const convert = elementConversion(read.elementType, write.elementType);
  const items = read.items.slice(from, from + length);
  for (let i = 0; i < length; i++) write.items[to + i] = (convert ? convert(items[i]) : items[i]) as never;
}

function belowLowerBound(parameter: string): CsException {
  return argumentOutOfRange(parameter, "Number was less than the array's lower bound in the first dimension.");
}

function notLongEnough(which: string, parameter: string): CsException {
  return argument(
    `${which} array was not long enough. Check the ${which.toLowerCase()} index, length, and the array's lower bounds.`,
    parameter,
  );
}

/** Numeric types that Array.Copy widens, in an order where each may become a later one of the same or a wider family. */
const WIDENS: Readonly<Record<string, readonly string[]>> = {
  Byte: ["Char", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double"],
  SByte: ["Int16", "Int32", "Int64", "Single", "Double"],
  Char: ["UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double"],
  Int16: ["Int32", "Int64", "Single", "Double"],
  UInt16: ["Char", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double"],
  Int32: ["Int64", "Single", "Double"],
  UInt32: ["Int64", "UInt64", "Single", "Double"],
  Int64: ["Single", "Double"],
  UInt64: ["Single", "Double"],
  Single: ["Double"],
};

/** How an element changes on its way; undefined when it does not. Throws ArrayTypeMismatchException when there is no way. */
function elementConversion(from: Type, to: Type): ((item: unknown) => unknown) | undefined {
  if (from === to || (!from.isValueType && isAssignable(from, to))) return undefined;
  if (from.isValueType && isAssignable(from, to)) return (item) => box(item, from);
  if (!from.isValueType) {
    return (item) => {
      if (item === null && !to.isValueType) return null;
      if (item === null || !isInstance(item, to)) throw new CsException("System.InvalidCastException", CAST_DOWN);
      return to.isValueType ? unbox(item) : item;
    };
  }
  const widened = widening(from, to);
  if (widened) return widened;
  throw new CsException(
    "System.ArrayTypeMismatchException",
    "Source array type cannot be assigned to destination array type.",
  );
}

/** How a number or character becomes one of a wider type; undefined when it does not. */
function widening(from: Type, to: Type): ((item: unknown) => unknown) | undefined {
  if (!WIDENS[from.simpleName]?.includes(to.simpleName)) return undefined;
  if (to.simpleName.endsWith("Int64")) return (item) => BigInt(item as number | bigint);
  return to.simpleName === "Single" ? (item) => Math.fround(Number(item)) : (item) => Number(item);
}

/** What Array.SetValue puts into an array of elements of type `t`: numbers and characters are widened. */
export function storedElement(value: unknown, t: Type): unknown {
  if (value === null) return defaultOf(t);
  if (isInstance(value, t)) return t.isValueType ? unbox(value) : value;
  const own = typeOf(value);
  const from = own.kind === "enum" ? type("System.Int32") : own;
  if (!isPrimitive(from) || !isPrimitive(t)) {
    throw new CsException("System.InvalidCastException", "Object cannot be stored in an array of this type.");
  }
  if (from === t) return unbox(value);
  const widened = widening(from, t);
  if (!widened) throw argument(CANNOT_WIDEN);
  return widened(unbox(value));
}

const CANNOT_WIDEN =
  "Cannot widen from source type to target type either because the source type is a not a primitive type or the conversion cannot be accomplished.";

function isPrimitive(t: Type): boolean {
  return (
    t.name === `System.${t.simpleName}` &&
    (Object.hasOwn(WIDENS, t.simpleName) || /^(Double|Boolean)$/.test(t.simpleName))
  );
}

/** For members that know arrays of one dimension only. */
export function requireOneDimension(array: CsArray | null): void {
  if (array instanceof CsMultiArray)
    throw new CsException("System.RankException", "Only single dimension arrays are supported here.");
}

const CAST_DOWN = "At least one element in the source array could not be cast down to the destination array type.";
