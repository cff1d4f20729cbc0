/** Variables that every program sees, so that not everything is constant; fresh for each run, because programs change them. Globals are never null. */
import { Box, CsArray } from "../../../src/csharp/runtime/values.ts";
import { arrayOf, nullableOf, type Type } from "../../../src/csharp/types.ts";
import type { Variable } from "./generator.ts";
import { BOOL, DOUBLE, INT, LONG, OBJECT, STRING } from "./target-types.ts";

interface Global {
  readonly type: Type;
  readonly make: () => unknown;
}

const GLOBALS: Readonly<Record<string, Global>> = {
  text: { type: STRING, make: () => "Some text" },
  number: { type: INT, make: () => 7 },
  big: { type: LONG, make: () => 2n ** 40n },
  real: { type: DOUBLE, make: () => 0.5 },
  flag: { type: BOOL, make: () => true },
  thing: { type: OBJECT, make: () => new Box(INT, 42) },
  maybe: { type: nullableOf(INT), make: () => null },
  numbers: { type: arrayOf(INT), make: () => new CsArray(INT, [3, 1, 2]) },
  words: { type: arrayOf(STRING), make: () => new CsArray(STRING, ["b", "a", "__proto__"]) },
};

export const globalTypes: Readonly<Record<string, Type>> = Object.fromEntries(
  Object.entries(GLOBALS).map(([name, { type }]) => [name, type]),
);

export const globalVariables: readonly Variable[] = Object.entries(GLOBALS).map(([name, { type }]) => ({
  name,
  type,
  isAssignable: false,
}));

export function globalValues(): unknown[] {
  return Object.values(GLOBALS).map(({ make }) => make());
}
