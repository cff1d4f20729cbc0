/** Arrays of more than one dimension: elements, creation, rows (C# 7.3 sections 12.7.7.2 and 17). */
import { type Type, arrayOf } from "../types.ts";
import { arrayOfItems, elementMismatch, indexOutOfRange, newItems } from "./array-access.ts";
import { isInstance, nullReference } from "./object.ts";
import { CsArray, CsException, CsMultiArray } from "./values.ts";

/** Where an element is in `items`. */
export function offsetOf(array: CsMultiArray, indices: readonly number[]): number {
  const { lengths } = array;
  let offset = 0;
  for (let i = 0; i < lengths.length; i++) {
    const index = indices[i];
    if (!(index >= 0 && index < lengths[i])) throw indexOutOfRange();
    offset = offset * lengths[i] + index;
  }
  return offset;
}

/** array[i, j]. */
export function multiElement(array: CsMultiArray | null, indices: readonly number[]): unknown {
  if (array === null) throw nullReference();
  return array.items[offsetOf(array, indices)];
}

/** array[i, j] = value; the array may be one of a derived type. */
export function setMultiElement(array: CsMultiArray | null, indices: readonly number[], value: unknown): unknown {
  if (array === null) throw nullReference();
  const offset = offsetOf(array, indices);
  const { elementType } = array;
  if (!elementType.isValueType && value !== null && !isInstance(value, elementType)) throw elementMismatch();
  array.items[offset] = value as never;
  return value;
}

/** new T[lengths]. */
export function newMultiArray(elementType: Type, lengths: readonly number[]): CsMultiArray {
  if (lengths.some((length) => length < 0)) {
    throw new CsException("System.OverflowException", "Arithmetic operation resulted in an overflow.");
  }
  const count = lengths.reduce((product, length) => product * length, 1);
  return new CsMultiArray(elementType, newItems(elementType, count), lengths);
}

/** new T[,] { ... }: all elements, row by row. */
export function multiArrayOfItems(elementType: Type, lengths: readonly number[], items: unknown[]): CsMultiArray {
  return new CsMultiArray(elementType, arrayOfItems(elementType, items).items, lengths);
}

/** The parts that the first index selects, as arrays of one dimension less. */
export function* rowsOf(array: CsMultiArray): Generator<CsArray> {
  const { elementType, items, lengths } = array;
  const [count, ...rest] = lengths;
  const size = rest.reduce((product, length) => product * length, 1);
  for (let i = 0; i < count; i++) {
    const row = items.slice(i * size, (i + 1) * size);
    yield rest.length === 1 ? new CsArray(elementType, row) : new CsMultiArray(elementType, row, rest);
  }
}

/** The reverse of `rowsOf`; null when the rows differ in shape or one is missing. */
export function fromRows(elementType: Type, rank: number, rows: readonly (CsArray | null)[]): CsMultiArray | null {
  const shape = rows.length > 0 ? shapeOf(rows[0]) : new Array<number>(rank - 1).fill(0);
  const items: unknown[] = [];
  for (const row of rows) {
    if (row === null || shapeOf(row).some((length, i) => length !== shape[i])) return null;
    for (const item of row.items) items.push(item);
  }
  return multiArrayOfItems(elementType, [rows.length, ...shape], items);
}

/** Length of each dimension. */
export function shapeOf(array: CsArray | null): readonly number[] {
  return array instanceof CsMultiArray ? array.lengths : [array?.items.length ?? 0];
}

/** Type of a row. */
export function rowType(array: Type): Type {
  return arrayOf(array.args[0], array.rank - 1);
}
