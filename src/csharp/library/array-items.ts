/** Making and copying the elements of arrays: byte[] is a Uint8Array, every other array a plain one. */
import { allocate } from "../runtime/budget.ts";
import { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import { argument, checkNonNegative } from "./exceptions-thrown.ts";

/** A T[] of the given elements, which are taken over. */
export function arrayFrom(elementType: Type, items: unknown[]): CsArray {
  return new CsArray(elementType, elementType.name === "System.Byte" ? Uint8Array.from(items as number[]) : items);
}

const TOO_SHORT =
  "Destination array is not long enough to copy all the items in the collection. Check array index and length.";

/** Copies elements into an array, as CopyTo does. */
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
  for (let i = 0; i < count; i++) into[targetIndex + i] = items[index + i] as never;
}
