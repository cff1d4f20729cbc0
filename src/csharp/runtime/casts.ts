/** Reference conversions, unboxing, `is`, `as` and null checks (C# 7.3 sections 10.3 and 12.11). */
import { nullableOf, type Type, tupleOf } from "../types.ts";
import { account } from "./budget.ts";
import { isInstance, nullReference, typeOf } from "./object.ts";
import { Box, CsException, CsObject } from "./values.ts";

/** The receiver of a member: throws NullReferenceException for null. `at` is the place of the access. */
export function notNull<T>(value: T | null, at: number): T {
  account.at = at;
  if (value === null) throw nullReference();
  return value;
}

/** In place of a receiver that is null. */
export function isNull(at: number): never {
  account.at = at;
  throw nullReference();
}

/** Notes the place of the call that takes this value as its last argument. */
export function placed<T>(value: T, at: number): T {
  account.at = at;
  return value;
}

/** Last argument of a call whose receiver was computed before its arguments: null is found out now. */
export function placedAfter<T>(value: T, receiver: unknown, at: number): T {
  account.at = at;
  if (receiver === null) throw nullReference();
  return value;
}

function invalidCast(value: unknown, to: Type): CsException {
  const from = typeOf(value);
  const text = `Unable to cast object of type '${from.clrName}' to type '${to.clrName}'.`;
  return new CsException("System.InvalidCastException", text);
}

/** (T)reference: null passes. */
export function castTo(value: unknown, to: Type): unknown {
  // Nearly all values are of just the type they are taken for.
  if (value === null || (value instanceof CsObject && value.type === to) || isInstance(value, to)) return value;
  throw invalidCast(value, to);
}

/** (string)object, the most common cast. */
export function castToString(value: unknown, stringType: Type): unknown {
  if (value === null || typeof value === "string") return value;
  throw invalidCast(value, stringType);
}

/** (T)object for a value type: the box must hold exactly that type; an enum and its underlying type pass for each other. */
export function unboxTo(value: unknown, to: Type): unknown {
  if (value instanceof Box && (value.type === to || unboxesAs(value.type, to))) return value.value;
  if (value === null) throw nullReference();
  throw invalidCast(value, to);
}

/** (T?)object: null stays null. */
export function unboxNullable(value: unknown, underlying: Type): unknown {
  if (value === null) return null;
  if (value instanceof Box && (value.type === underlying || unboxesAs(value.type, underlying))) return value.value;
  throw invalidCast(value, nullableOf(underlying));
}

function unboxesAs(from: Type, to: Type): boolean {
  if (from.kind === "tuple" && to.kind === "tuple") return tupleOf(from.args) === tupleOf(to.args);
  if (from.kind === "enum") return to.name === "System.Int32" || to.kind === "enum";
  return to.kind === "enum" && from.name === "System.Int32";
}

/** `object as T` for a reference type. */
export function asReference(value: unknown, to: Type): unknown {
  return isInstance(value, to) ? value : null;
}

/** `object as T?`. */
export function asNullable(value: unknown, underlying: Type): unknown {
  return isInstance(value, underlying) ? (value as Box).value : null;
}

/** T? to T. */
export function nullableValue(value: unknown): unknown {
  if (value === null) throw new CsException("System.InvalidOperationException", "Nullable object must have a value.");
  return value;
}
