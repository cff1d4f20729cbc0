/** Is a value what its type promises? By the table in src/csharp/runtime/values.ts, and element by element inside of collections. */
import { isInstance, iterate, typeOf } from "../../../src/csharp/runtime/object.ts";
import { KeyValuePair } from "../../../src/csharp/library/key-value-pair.ts";
import { AnonymousObject, CsTuple } from "../../../src/csharp/runtime/structural.ts";
import { Box, CsArray, CsException, CsObject } from "../../../src/csharp/runtime/values.ts";
import { findDefinition, type Type } from "../../../src/csharp/types.ts";

const RANGES: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ["System.SByte", [-128, 127]],
  ["System.Byte", [0, 255]],
  ["System.Int16", [-32768, 32767]],
  ["System.UInt16", [0, 65535]],
  ["System.Char", [0, 65535]],
  ["System.Int32", [-(2 ** 31), 2 ** 31 - 1]],
  ["System.UInt32", [0, 2 ** 32 - 1]],
]);

/** Elements looked at in each collection. */
const MOST = 12;
const DEEPEST = 4;

/** What is wrong with a value of static type `t` in its representation, or undefined. */
export function misfit(value: unknown, t: Type, depth = 0): string | undefined {
  if (value === undefined) return `undefined as ${t}`;
  if (t.isNullable) return value === null ? undefined : misfit(value, t.args[0], depth);
  if (t.isValueType) return misfitOfStruct(value, t, depth);
  if (value === null || depth > DEEPEST) return undefined;
  if (value instanceof Box)
    return isInstance(value, t) ? misfit(value.value, value.type, depth + 1) : strange(value, t);
  if (typeof value === "function" && (t.kind === "delegate" || t.name === "System.Object")) return undefined;
  if (typeof value !== "string" && !(value instanceof CsObject)) return `a ${typeof value} (${String(value)}) as ${t}`;
  if (!isInstance(value, t)) return strange(value, t);
  if (value instanceof CsException && !findDefinition(value.typeName)) return `unknown exception ${value.typeName}`;
  return typeof value === "string" ? undefined : misfitInside(value, t, depth);
}

function strange(value: unknown, t: Type): string {
  return `a ${typeOf(value).clrName} as ${t}`;
}

function misfitOfStruct(value: unknown, t: Type, depth: number): string | undefined {
  const shown = `${typeof value} ${value instanceof CsObject ? value.type.clrName : String(value)} as ${t}`;
  const range = RANGES.get(t.name) ?? (t.kind === "enum" ? RANGES.get("System.Int32") : undefined);
  if (range)
    return Number.isInteger(value) && within(value as number, range) && !Object.is(value, -0) ? undefined : shown;
  switch (t.name) {
    case "System.Boolean":
      return typeof value === "boolean" ? undefined : shown;
    case "System.Double":
      return typeof value === "number" ? undefined : shown;
    case "System.Single":
      return typeof value === "number" && Object.is(Math.fround(value), value) ? undefined : shown;
    case "System.Int64":
      return typeof value === "bigint" && BigInt.asIntN(64, value) === value ? undefined : shown;
    case "System.UInt64":
      return typeof value === "bigint" && BigInt.asUintN(64, value) === value ? undefined : shown;
  }
  if (t.kind === "tuple") return misfitOfMembers(value, t, depth) ?? (value instanceof CsObject ? undefined : shown);
  if (value instanceof CsObject) return isInstance(value, t) ? misfitOfMembers(value, t, depth) : shown;
  return value === null || typeof value === "function" ? shown : undefined;
}

function within(value: number, [min, max]: readonly [number, number]): boolean {
  return value >= min && value <= max;
}

function misfitOfMembers(value: unknown, t: Type, depth: number): string | undefined {
  const members = membersOf(value);
  if (!members) return undefined;
  for (let i = 0; i < members.length; i++) {
    const found = misfit(members[i], t.args[i], depth + 1);
    if (found) return `${found} in ${t}`;
  }
  return undefined;
}

function membersOf(value: unknown): readonly unknown[] | undefined {
  if (value instanceof CsTuple) return value.items;
  if (value instanceof AnonymousObject) return value.values;
  return value instanceof KeyValuePair ? [value.key, value.value] : undefined;
}

/** Elements of an array, list, set or sequence, as they are typed by the collection itself. */
function misfitInside(value: CsObject, t: Type, depth: number): string | undefined {
  const own = value.type;
  if (own.kind === "anonymous") return misfitOfMembers(value, own, depth);
  if (value instanceof CsArray) return misfitOfElements(value.items, value.elementType, t, depth);
  const sequence = [own, ...own.interfaces].find((i) => i.name === "System.Collections.Generic.IEnumerable");
  if (!sequence) return undefined;
  return misfitOfElements(iterate(value, sequence.args[0]), sequence.args[0], t, depth);
}

function misfitOfElements(items: Iterable<unknown>, element: Type, t: Type, depth: number): string | undefined {
  let left = MOST;
  for (const item of items) {
    if (left-- === 0) return undefined;
    const found = misfit(item, element, depth + 1);
    if (found) return `${found} in ${t}`;
  }
  return undefined;
}
