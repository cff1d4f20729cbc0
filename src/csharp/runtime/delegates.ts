/**
 * Delegates are JavaScript functions. Their type is needed only when one is looked at as an object: the conversion to object notes it.
 * `+` and `-` make functions that call a list (C# 7.3 sections 12.8.5 and 20.6).
 */
import type { Type } from "../types.ts";

type Delegate = (...args: never[]) => unknown;

const invocationLists = new WeakMap<Delegate, readonly Delegate[]>();
const types = new WeakMap<Delegate, Type>();

/** Conversion of a delegate to object or dynamic. */
export function noteDelegateType(value: Delegate | null, t: Type): Delegate | null {
  if (value !== null && !types.has(value)) types.set(value, t);
  return value;
}

export function delegateType(value: Delegate): Type | undefined {
  return types.get(value);
}

function listOf(value: Delegate): readonly Delegate[] {
  return invocationLists.get(value) ?? [value];
}

function multicast(list: readonly Delegate[]): Delegate {
  const combined = (...args: never[]) => {
    let result: unknown;
    for (const each of list) result = each(...args);
    return result;
  };
  invocationLists.set(combined, list);
  return combined;
}

/** a + b. */
export function combine(a: Delegate | null, b: Delegate | null): Delegate | null {
  if (a === null || b === null) return a ?? b;
  return multicast([...listOf(a), ...listOf(b)]);
}

/** a - b: takes the last occurrence of b's list out of a's. */
export function remove(a: Delegate | null, b: Delegate | null): Delegate | null {
  if (a === null || b === null) return a;
  const [from, gone] = [listOf(a), listOf(b)];
  for (let start = from.length - gone.length; start >= 0; start--) {
    if (gone.every((d, i) => d === from[start + i])) {
      const rest = [...from.slice(0, start), ...from.slice(start + gone.length)];
      return rest.length === 0 ? null : rest.length === 1 ? rest[0] : multicast(rest);
    }
  }
  return a;
}

/** a == b: the same function, or lists of the same functions. */
export function sameDelegate(a: Delegate | null, b: Delegate | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const [left, right] = [listOf(a), listOf(b)];
  return left.length > 1 && left.length === right.length && left.every((d, i) => d === right[i]);
}
