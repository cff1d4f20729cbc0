/**
 * default(T): what an unset element, field or `out` argument holds (C# 7.3 section 12.7.16).
 * A struct that is represented by an instance of a library class registers its zero value here.
 */
import type { Type } from "../types.ts";

const zeros = new Map<string, (t: Type) => unknown>([
  ["System.Boolean", () => false],
  ["System.Int64", () => 0n],
  ["System.UInt64", () => 0n],
]);

/** Registers the zero value of a struct, given its constructed type. */
export function structDefault(typeName: string, make: (t: Type) => unknown): void {
  zeros.set(typeName, make);
}

/** The default value of a type, in its representation. */
export function defaultOf(t: Type): unknown {
  if (!t.isValueType || t.isNullable) return null;
  const make = zeros.get(t.name);
  return make ? make(t) : 0;
}
