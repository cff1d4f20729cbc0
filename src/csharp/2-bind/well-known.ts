/** The types that the language itself knows, and what the numeric ones are to each other (C# 7.3 section 8.3.5). */
import { type Type, type, voidType } from "../types.ts";

export const OBJECT = type("System.Object");
export const STRING = type("System.String");
export const BOOL = type("System.Boolean");
export const CHAR = type("System.Char");
export const SBYTE = type("System.SByte");
export const BYTE = type("System.Byte");
export const SHORT = type("System.Int16");
export const USHORT = type("System.UInt16");
export const INT = type("System.Int32");
export const UINT = type("System.UInt32");
export const LONG = type("System.Int64");
export const ULONG = type("System.UInt64");
export const FLOAT = type("System.Single");
export const DOUBLE = type("System.Double");
export const DECIMAL = type("System.Decimal");
export const VOID = voidType;
export const EXCEPTION = type("System.Exception");
export const DELEGATE = type("System.Delegate");
export const TYPE = type("System.Type");
export const IDISPOSABLE = type("System.IDisposable");
export const ENUMERABLE = "System.Collections.Generic.IEnumerable";
export const UNTYPED_ENUMERABLE = type("System.Collections.IEnumerable");
export const ENUMERATOR = "System.Collections.Generic.IEnumerator";
export const UNTYPED_ENUMERATOR = type("System.Collections.IEnumerator");

/** Bits and sign of the integral types; char counts as an unsigned one of 16 bits. */
export interface IntegralShape {
  readonly bits: number;
  readonly signed: boolean;
  readonly min: bigint;
  readonly max: bigint;
}

function shape(bits: number, signed: boolean): IntegralShape {
  const span = 1n << BigInt(bits);
  return { bits, signed, min: signed ? -span / 2n : 0n, max: signed ? span / 2n - 1n : span - 1n };
}

const integrals: ReadonlyMap<Type, IntegralShape> = new Map([
  [SBYTE, shape(8, true)],
  [BYTE, shape(8, false)],
  [SHORT, shape(16, true)],
  [USHORT, shape(16, false)],
  [CHAR, shape(16, false)],
  [INT, shape(32, true)],
  [UINT, shape(32, false)],
  [LONG, shape(64, true)],
  [ULONG, shape(64, false)],
]);

export function integralShape(t: Type): IntegralShape | undefined {
  return integrals.get(t);
}

export function isIntegral(t: Type): boolean {
  return integrals.has(t);
}

export function isNumeric(t: Type): boolean {
  return integrals.has(t) || t === DOUBLE || t === DECIMAL || t === FLOAT;
}

/** Types whose representation is a bigint. */
export function isBig(t: Type): boolean {
  return t === LONG || t === ULONG;
}

/** Implicit numeric conversions; the identity is not among them. */
const implicitNumeric: ReadonlyMap<Type, ReadonlySet<Type>> = new Map([
  [SBYTE, new Set([SHORT, INT, LONG, FLOAT, DOUBLE, DECIMAL])],
  [BYTE, new Set([SHORT, USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL])],
  [SHORT, new Set([INT, LONG, FLOAT, DOUBLE, DECIMAL])],
  [USHORT, new Set([INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL])],
  [CHAR, new Set([USHORT, INT, UINT, LONG, ULONG, FLOAT, DOUBLE, DECIMAL])],
  [INT, new Set([LONG, FLOAT, DOUBLE, DECIMAL])],
  [UINT, new Set([LONG, ULONG, FLOAT, DOUBLE, DECIMAL])],
  [LONG, new Set([FLOAT, DOUBLE, DECIMAL])],
  [ULONG, new Set([FLOAT, DOUBLE, DECIMAL])],
  [FLOAT, new Set([DOUBLE])],
]);

export function isImplicitNumeric(from: Type, to: Type): boolean {
  return implicitNumeric.get(from)?.has(to) ?? false;
}

/** All enums of the table have this underlying type. */
export const ENUM_UNDERLYING = INT;

/** T of Nullable<T>, otherwise the type itself. */
export function strip(t: Type): Type {
  return t.isNullable ? t.args[0] : t;
}

export function isDelegate(t: Type): boolean {
  return t.kind === "delegate";
}

/** Reference types and Nullable. */
export function canBeNull(t: Type): boolean {
  return !t.isValueType || t.isNullable;
}

/** T when the type is or implements IEnumerable<T> exactly once. */
export function enumerableElement(t: Type): Type | undefined {
  if (t.name === ENUMERABLE) return t.args[0];
  let found: Type | undefined;
  for (const i of t.interfaces) {
    if (i.name !== ENUMERABLE) continue;
    if (found && found !== i.args[0]) return undefined;
    found = i.args[0];
  }
  return found;
}
