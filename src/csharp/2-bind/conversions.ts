/**
 * Which conversions exist (C# 7.3 section 10): between types, from constants, from operands without a type.
 * Classification only; `convert.ts` makes the nodes.
 */
import { isAssignable, variance } from "../runtime/assignable.ts";
import { dynamicType, errorType, type Type, type } from "../types.ts";
import { naturalTypeOf } from "./convert.ts";
import type { Binder } from "./binder.ts";
import type { ConversionKind, Literal } from "./bound.ts";
import { constantFits } from "./constants.ts";
import { canConvertLambda } from "./lambdas.ts";
import { canConvertMethodGroup } from "./method-groups.ts";
import type { Operand, TupleLiteral } from "./operands.ts";
import { findUserConversion, type UserConversion } from "./user-conversions.ts";
import {
  BYTE,
  DELEGATE,
  ENUM_UNDERLYING,
  INT,
  isDelegate,
  isImplicitNumeric,
  isNumeric,
  LONG,
  OBJECT,
  SBYTE,
  SHORT,
  STRING,
  strip,
  UINT,
  ULONG,
  USHORT,
} from "./well-known.ts";
import { TypeParameter } from "./type-parameters.ts";

/** A conversion that exists. */
export type Conv =
  | { readonly kind: Exclude<ConversionKind, "nullableWrap" | "nullableUnwrap" | "userDefined"> }
  | { readonly kind: "error" | "nullLiteral" | "default" | "throw" | "lambda" | "methodGroup" }
  | { readonly kind: "nullableWrap" | "nullableUnwrap" | "lifted"; readonly inner: Conv }
  | { readonly kind: "tuple" | "tupleLiteral"; readonly elements: readonly Conv[] }
  | { readonly kind: "userDefined"; readonly user: UserConversion };

const IDENTITY: Conv = { kind: "identity" };
const REFERENCE: Conv = { kind: "reference" };
const REFERENCE_CAST: Conv = { kind: "referenceCast" };
const BOXING: Conv = { kind: "boxing" };
const UNBOXING: Conv = { kind: "unboxing" };
const NUMERIC: Conv = { kind: "numeric" };
const ENUM: Conv = { kind: "enum" };
const DYNAMIC: Conv = { kind: "dynamic" };

const VALUE_TYPE = type("System.ValueType");
const ENUM_BASE = type("System.Enum");

const implicitCache = new Map<number, Conv | null>();
const explicitCache = new Map<number, Conv | null>();

function cached(
  cache: Map<number, Conv | null>,
  from: Type,
  to: Type,
  find: (from: Type, to: Type) => Conv | null,
): Conv | null {
  const key = from.id * 0x1000000 + to.id;
  let found = cache.get(key);
  if (found === undefined) {
    found = find(from, to);
    cache.set(key, found);
  }
  return found;
}

/** The standard implicit conversion between two types, or null. */
export function standardImplicit(from: Type, to: Type): Conv | null {
  return from === to ? IDENTITY : cached(implicitCache, from, to, findStandardImplicit);
}

/** The standard explicit (or implicit) conversion between two types, or null. */
export function standardExplicit(from: Type, to: Type): Conv | null {
  return standardImplicit(from, to) ?? cached(explicitCache, from, to, findStandardExplicit);
}

/** The same to the run time: object and dynamic, tuples that differ in names, types constructed from such. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (isObject(a) && isObject(b)) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.args.length !== b.args.length || a.args.length === 0) return false;
  if (a.kind === "anonymous") return false;
  return a.args.every((arg, i) => sameType(arg, b.args[i]));
}

function isObject(t: Type): boolean {
  return t === OBJECT || t === dynamicType;
}

function findStandardImplicit(from: Type, to: Type): Conv | null {
  if (from.kind === "void" || to.kind === "void" || from.kind === "null") return null;
  if (sameType(from, to)) return IDENTITY;
  if (isImplicitNumeric(from, to)) return NUMERIC;
  if (to.isNullable) return implicitToNullable(from, to);
  if (from.isValueType) return boxes(from, to) ? BOXING : tupleConversion(from, to, standardImplicit);
  return implicitReference(from, to) ? REFERENCE : null;
}

function implicitToNullable(from: Type, to: Type): Conv | null {
  if (!from.isValueType) return null;
  const inner = standardImplicit(strip(from), to.args[0]);
  if (!inner || inner.kind === "boxing") return null;
  return from.isNullable ? { kind: "lifted", inner } : { kind: "nullableWrap", inner };
}

function boxes(from: Type, to: Type): boolean {
  if (to.isValueType) return false;
  const value = strip(from);
  if (isObject(to) || to === VALUE_TYPE) return true;
  if (to === ENUM_BASE) return value.kind === "enum";
  return to.kind === "interface" && isAssignable(value, to);
}

function tupleConversion(from: Type, to: Type, convert: (a: Type, b: Type) => Conv | null): Conv | null {
  if (from.kind !== "tuple" || to.kind !== "tuple" || from.args.length !== to.args.length) return null;
  const elements: Conv[] = [];
  for (let i = 0; i < from.args.length; i++) {
    const element = convert(from.args[i], to.args[i]);
    if (!element) return null;
    elements.push(element);
  }
  return { kind: "tuple", elements };
}

export function implicitReference(from: Type, to: Type): boolean {
  if (from.isValueType || to.isValueType) return false;
  if (isObject(to)) return true;
  if (isObject(from)) return false;
  return isAssignable(from, to) || assignableWithDynamic(from, to);
}

/** `List<dynamic>` is a `List<object>`: assignability that sees through differences of sameType. */
function assignableWithDynamic(from: Type, to: Type): boolean {
  if (to.args.length === 0) return false;
  const candidates = to.kind === "interface" ? [from, ...from.interfaces] : [from];
  return candidates.some((c) => {
    if (c.name !== to.name || c.kind !== to.kind || c.args.length !== to.args.length) return false;
    return c.args.every((a, i) => {
      const b = to.args[i];
      if (sameType(a, b)) return true;
      if (c.kind === "array") return implicitReference(a, b);
      const v = variance(to, i);
      return v === "+" ? implicitReference(a, b) : v === "-" && implicitReference(b, a);
    });
  });
}

function findStandardExplicit(from: Type, to: Type): Conv | null {
  if (from.kind === "void" || to.kind === "void") return null;
  if (isNumeric(from) && isNumeric(to)) return NUMERIC;
  if ((from.kind === "enum" && (isNumeric(to) || to.kind === "enum")) || (isNumeric(from) && to.kind === "enum"))
    return ENUM;
  if (to.isNullable) return explicitToNullable(from, to);
  if (from.isNullable) {
    const inner = to.isValueType ? standardExplicit(from.args[0], to) : null;
    return inner ? { kind: "nullableUnwrap", inner } : null;
  }
  if (to.isValueType) return unboxes(from, to) ? UNBOXING : tupleConversion(from, to, standardExplicit);
  return !from.isValueType && explicitReference(from, to) ? REFERENCE_CAST : null;
}

function explicitToNullable(from: Type, to: Type): Conv | null {
  if (!from.isValueType) return unboxes(from, to.args[0]) ? UNBOXING : null;
  const inner = standardExplicit(strip(from), to.args[0]);
  if (!inner || inner.kind === "unboxing") return null;
  return from.isNullable ? { kind: "lifted", inner } : { kind: "nullableWrap", inner };
}

function unboxes(from: Type, to: Type): boolean {
  return !from.isValueType && boxes(to, from);
}

/** Types that nothing can derive from, so that a cast to an interface they lack cannot succeed. */
function isSealed(t: Type): boolean {
  return t === STRING || t.kind === "array" || t.kind === "delegate" || t.kind === "anonymous";
}

function explicitReference(from: Type, to: Type): boolean {
  if (isObject(from)) return true;
  if (implicitReference(to, from)) return true;
  if (from.kind === "array" && to.kind === "array") {
    if (from.rank !== to.rank) return false;
    return !from.args[0].isValueType && !to.args[0].isValueType && standardExplicit(from.args[0], to.args[0]) !== null;
  }
  if (to.kind === "array" && from.kind === "interface")
    return to.rank === 1 && from.args.length === 1 && from.interfaces.length > 0 && isObject(to.args[0]);
  if (to.kind === "interface") return !isSealed(from);
  if (from.kind === "interface") return !isSealed(to);
  return isDelegate(from) && isDelegate(to) && from.name === to.name;
}

/** The implicit conversion of an operand to a type, or null. */
export function implicitConversion(b: Binder, operand: Operand, to: Type): Conv | null {
  if (operand.type === errorType || to === errorType) return { kind: "error" };
  switch (operand.kind) {
    case "unboundLambda":
      return canConvertLambda(b, operand, to) ? { kind: "lambda" } : null;
    case "methodGroup":
    case "localFunctionGroup":
      return canConvertMethodGroup(b, operand, to) ? { kind: "methodGroup" } : null;
    case "defaultLiteral":
      return { kind: "default" };
    case "unboundThrow":
      return { kind: "throw" };
    case "tupleLiteral":
      return tupleLiteralConversion(b, operand, to, implicitConversion);
    case "typeName":
    case "namespaceName":
    case "outVariable":
      return null;
    case "literal": {
      const special = literalConversion(operand, to);
      if (special) return special;
    }
  }
  const standard = standardImplicit(operand.type, to);
  if (standard) return standard;
  if (operand.type === dynamicType) return DYNAMIC;
  const user = findUserConversion(operand.type, to, false);
  return user ? { kind: "userDefined", user } : null;
}

function literalConversion(operand: Literal, to: Type): Conv | null {
  if (operand.type.kind === "null") return takesNull(to) ? { kind: "nullLiteral" } : null;
  const target = strip(to);
  const narrow = narrowing(operand, target);
  if (!narrow) return null;
  return to.isNullable ? { kind: "nullableWrap", inner: narrow } : narrow;
}

function takesNull(t: Type): boolean {
  return t instanceof TypeParameter ? t.isReference : !t.isValueType || t.isNullable;
}

const NARROW_OF_INT: ReadonlySet<Type> = new Set([SBYTE, BYTE, SHORT, USHORT, UINT, ULONG]);

/** An int constant that fits goes to a narrower type, a zero to any enum. */
function narrowing(operand: Literal, to: Type): Conv | null {
  const { type: from, value } = operand;
  if (from === INT && NARROW_OF_INT.has(to)) return constantFits(value, to) ? NUMERIC : null;
  if (from === LONG && to === ULONG) return constantFits(value, to) ? NUMERIC : null;
  if (to.kind === "enum" && from !== to && isNumeric(from)) return value === 0 || value === 0n ? ENUM : null;
  return null;
}

function tupleLiteralConversion(
  b: Binder,
  operand: TupleLiteral,
  to: Type,
  convert: (b: Binder, operand: Operand, to: Type) => Conv | null,
): Conv | null {
  const target = strip(to);
  if (isObject(to) || to === VALUE_TYPE) return BOXING;
  if (to.kind === "interface") {
    const natural = naturalTypeOf(operand);
    return natural && boxes(natural, to) ? BOXING : null;
  }
  if (target.kind !== "tuple" || target.args.length !== operand.items.length) return null;
  const elements: Conv[] = [];
  for (let i = 0; i < target.args.length; i++) {
    const element = convert(b, operand.items[i], target.args[i]);
    if (!element) return null;
    elements.push(element);
  }
  const tuple: Conv = { kind: "tupleLiteral", elements };
  return to.isNullable ? { kind: "nullableWrap", inner: tuple } : tuple;
}

/** The conversion that a cast makes, or null. */
export function explicitConversion(b: Binder, operand: Operand, to: Type): Conv | null {
  const implicit = implicitConversion(b, operand, to);
  if (implicit) return implicit;
  if (operand.kind === "tupleLiteral") return tupleLiteralConversion(b, operand, to, explicitConversion);
  const standard = standardExplicit(operand.type, to);
  if (standard) return standard;
  const user = findUserConversion(operand.type, to, true);
  return user ? { kind: "userDefined", user } : null;
}

/** Is there an implicit conversion from type to type, user-defined ones included? */
export function implicitTypeConversion(from: Type, to: Type): boolean {
  if (standardImplicit(from, to)) return true;
  if (from.kind === "null") return !to.isValueType || to.isNullable;
  return findUserConversion(from, to, false) !== null;
}

/** Underlying number type of an enum. */
export function underlyingOf(t: Type): Type {
  return t.kind === "enum" ? ENUM_UNDERLYING : t;
}

/** Any delegate type, or Delegate itself. */
export function isDelegateLike(t: Type): boolean {
  return isDelegate(t) || t === DELEGATE;
}
