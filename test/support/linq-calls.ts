/** For tests of LINQ: calls operators, and shows their results as plain JavaScript. */
import assert from "node:assert/strict";
import { arrayFrom } from "../../src/csharp/library/array-items.ts";
import { Decimal } from "../../src/csharp/library/decimal.ts";
import { Dictionary } from "../../src/csharp/library/dictionary.ts";
import { Box, type CsArray, CsObject } from "../../src/csharp/runtime/values.ts";
import { type } from "../../src/csharp/types.ts";
import { call, fails as failsNow, list } from "./library-calls.ts";

export const INT = type("System.Int32");
export const LONG = type("System.Int64");
export const STRING = type("System.String");
export const OBJECT = type("System.Object");

/** The first parameter of most operators, as keys write it. */
export const S = "IEnumerable<!!0>";

/** Calls a member of System.Linq.Enumerable by its key. */
export function linq(key: string, ...args: unknown[]): unknown {
  return call("System.Linq.Enumerable", key, ...args);
}

export function ints(...items: number[]): CsArray {
  return arrayFrom(INT, items);
}

export function strs(...items: (string | null)[]): CsArray {
  return arrayFrom(STRING, items);
}

/** Plain JavaScript of a result; a dictionary by its keys. */
function plain(value: unknown): unknown {
  if (value instanceof Box) return plain(value.value);
  if (value instanceof Decimal) return value.toText();
  if (value instanceof Dictionary) return list(value).map((pair) => plain((pair as { key: unknown }).key));
  if (value instanceof CsObject && Symbol.iterator in value) return list(value).map(plain);
  return value;
}

export type Case = readonly [what: string, run: () => unknown, expected: unknown];

export function check(cases: readonly Case[]): void {
  for (const [what, run, expected] of cases) assert.deepEqual(plain(run()), expected, what);
}

/** Asserts that an operator fails, at once or when its result is enumerated. */
export function fails(run: () => unknown, typeName: string, message: string): void {
  failsNow(() => plain(run()), typeName, message);
}
