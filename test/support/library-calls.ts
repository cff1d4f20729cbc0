/** For tests of the C# library: calls members by the keys they are registered under, with values in their representation. */
import assert from "node:assert/strict";
import { findImplementation } from "../../src/csharp/library/define.ts";
import { CsException } from "../../src/csharp/runtime/values.ts";

/** Calls a member by full type name (`System.` may be left out before a name without a dot) and key. */
export function call(typeName: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(typeName.includes(".") ? typeName : `System.${typeName}`, key);
  assert.equal(typeof found, "function", `${typeName} ${key}`);
  return (found as (...args: unknown[]) => unknown)(...args);
}

/** Asserts that a C# exception is thrown; the type's name is without `System.`. */
export function fails(run: () => unknown, typeName: string, message: string): void {
  assert.throws(
    run,
    (error) => error instanceof CsException && error.typeName === `System.${typeName}` && error.message === message,
    message,
  );
}

/** The elements of any IEnumerable<T>. */
export function list(value: unknown): unknown[] {
  return [...(value as Iterable<unknown>)];
}
