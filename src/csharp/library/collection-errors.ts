/** What collections throw beyond the common exceptions (exceptions-thrown.ts), with the texts of .NET 8. */
import { textOf } from "../runtime/object.ts";
import type { CsException } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import {
  argument,
  argumentNull,
  argumentOutOfRange,
  invalidOperation,
  keyNotFound,
  notSupported,
} from "./exceptions-thrown.ts";

/** What an enumerator throws when its collection has changed. */
export function collectionModified(): CsException {
  return invalidOperation("Collection was modified; enumeration operation may not execute.");
}

/** Access to an element of a list that is not there. */
export function noSuchElement(parameter = "index"): CsException {
  return argumentOutOfRange(
    parameter,
    "Index was out of range. Must be non-negative and less than the size of the collection.",
  );
}

/** A count or offset below zero, in the older wording. */
export function nonNegativeRequired(parameter: string): CsException {
  return argumentOutOfRange(parameter, "Non-negative number required.");
}

/** Offset and count that reach beyond the end. */
export function beyondEnd(): CsException {
  return argument(
    "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
  );
}

/** Throws ArgumentNullException for null. */
export function requireArgument(value: unknown, parameter: string): void {
  if (value === null) throw argumentNull(parameter);
}

export function noSuchKey(key: unknown, keyType: Type): CsException {
  return keyNotFound(textOf(key, keyType));
}

export function duplicateKey(key: unknown, keyType: Type): CsException {
  return argument(`An item with the same key has already been added. Key: ${textOf(key, keyType)}`);
}

/** A change of a collection that cannot change. */
export function readOnlyCollection(): CsException {
  return notSupported("Collection is read-only.");
}

/** A change of the size of an array. */
export function fixedSize(): CsException {
  return notSupported("Collection was of a fixed size.");
}
