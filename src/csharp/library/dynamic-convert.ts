/** Conversions of `dynamic` values: found out from the value's own type (C# 7.3 section 10.2.10). */
import { memberKey } from "../2-bind/member-key.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { isInstance, typeOf } from "../runtime/object.ts";
import { Box, CsException, unbox } from "../runtime/values.ts";
import { dynamicType, type MemberDef, parseType, type Type } from "../types.ts";
import { findImplementation, isInline } from "./define.ts";
import { binderName } from "./dynamic-names.ts";
import { changeType } from "./json-conversion.ts";
import { JValue } from "./jvalue.ts";
import { convertNumeric, isImplicitlyNumeric, isNumericType } from "./numeric-values.ts";

/** A converted argument; the cost grows with the distance of the types. */
export interface Converted {
  readonly value: unknown;
  readonly cost: number;
}

const ASSIGNABLE = 1;
const NUMERIC = 2;
const USER_DEFINED = 4;

/** An object as `to`, by implicit conversions; undefined when there is none. */
export function convertArgument(value: unknown, to: Type): Converted | undefined {
  if (value === null) return to.isValueType && !to.isNullable ? undefined : { value: null, cost: 0 };
  const target = to.isNullable ? to.args[0] : to;
  const from = typeOf(value);
  if (from === target) return { value: target.isValueType ? unbox(value) : value, cost: 0 };
  if (to === dynamicType || isInstance(value, target))
    return { value, cost: to.name === "System.Object" ? ASSIGNABLE + 1 : ASSIGNABLE };
  if (isImplicitlyNumeric(from, target))
    return { value: convertNumeric(unbox(value), from, target, false), cost: NUMERIC };
  const own = userDefined(value, from, target, "op_Implicit");
  return own && { value: own.value, cost: USER_DEFINED };
}

/** Conversion of a dynamic value to a static type; the result is in the representation of that type. */
export function dynamicConvert(value: unknown, to: Type, explicit: boolean): unknown {
  const implicit = convertArgument(value, to);
  if (implicit) return implicit.value;
  if (value === null) {
    throw cannotConvert(`Cannot convert null to '${binderName(to)}' because it is a non-nullable value type`);
  }
  const target = to.isNullable ? to.args[0] : to;
  if (value instanceof JValue) return jsonValue(value, target);
  const from = typeOf(value);
  if (explicit) {
    if (isNumericType(from) && isNumericType(target)) return convertNumeric(unbox(value), from, target, false);
    const own = userDefined(value, from, target, "op_Explicit");
    if (own) return own.value;
    if (!target.isValueType && !from.isValueType && canBeRelated(from, target)) throw invalidCast(from, target);
    throw cannotConvert(`Cannot convert type '${binderName(from)}' to '${binderName(to)}'`);
  }
  const couldBeCast =
    (isNumericType(from) && isNumericType(target)) ||
    isAssignable(target, from) ||
    userDefined(value, from, target, "op_Explicit", false) !== undefined;
  throw noImplicitConversion(from, to, couldBeCast);
}

/** @param couldBeCast whether an explicit conversion exists */
export function noImplicitConversion(from: Type, to: Type, couldBeCast: boolean): CsException {
  const hint = couldBeCast ? ". An explicit conversion exists (are you missing a cast?)" : "";
  return cannotConvert(`Cannot implicitly convert type '${binderName(from)}' to '${binderName(to)}'${hint}`);
}

function canBeRelated(from: Type, to: Type): boolean {
  return to.kind === "interface" || isAssignable(to, from);
}

function invalidCast(from: Type, to: Type): CsException {
  return new CsException(
    "System.InvalidCastException",
    `Unable to cast object of type '${from.clrName}' to type '${to.clrName}'.`,
  );
}

function cannotConvert(message: string): CsException {
  return new CsException("Microsoft.CSharp.RuntimeBinder.RuntimeBinderException", message);
}

/** A JSON value converts to anything that System.Convert makes of it. */
function jsonValue(value: JValue, target: Type): unknown {
  const own = userDefined(value, value.type, target, "op_Explicit");
  if (own) return own.value;
  const converted = changeType(value.value, target);
  return target.isValueType ? unbox(converted) : converted;
}

/** What a conversion operator that either type declares makes of a value. @param convert false to only look for one */
function userDefined(
  value: unknown,
  from: Type,
  to: Type,
  name: string,
  convert = true,
): { value: unknown } | undefined {
  for (const owner of [from, to]) {
    for (let t: Type | null = owner; t; t = t.base) {
      for (const def of t.def.m) {
        if (def.n !== name || !converts(def, from, to, t)) continue;
        const implementation = findImplementation(t.name, memberKey(def));
        if (implementation && !isInline(implementation)) {
          if (!convert) return { value };
          const operand = value instanceof Box ? value.value : value;
          return { value: (implementation as (operand: unknown) => unknown)(operand) };
        }
      }
    }
  }
  return undefined;
}

function converts(def: MemberDef, from: Type, to: Type, owner: Type): boolean {
  const parameter = def.p?.[0];
  if (!parameter || parseType(def.r as string, owner.args) !== to) return false;
  return isAssignable(from, parseType(parameter.t, owner.args));
}
