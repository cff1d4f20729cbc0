/** Numeric promotion (C# 7.3 section 12.4.7). */
import type { Type } from "../types.ts";
import { isConstant } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { constantFits } from "./constants.ts";
import { DECIMAL, DOUBLE, FLOAT, INT, integralShape, isNumeric, LONG, strip, UINT, ULONG } from "./well-known.ts";

/** int, or the type itself when it is wider; null when it is no number. */
export function promoteUnary(t: Type): Type | null {
  const value = strip(t);
  if (!isNumeric(value)) return null;
  const shape = integralShape(value);
  return shape && shape.bits < 32 ? INT : value;
}

/** The type in which two operands meet, Nullable and the null literal aside; null when one is no number. */
export function promoteBinary(left: Expression, right: Expression): Type | "ambiguous" | null {
  const l = operandType(left, right);
  const r = operandType(right, left);
  if (!l || !r) return null;
  const either = (t: Type) => l === t || r === t;
  if (either(DECIMAL)) return either(DOUBLE) || either(FLOAT) ? null : DECIMAL;
  if (either(DOUBLE)) return DOUBLE;
  if (either(FLOAT)) return FLOAT;
  if (either(ULONG)) return goesUnsigned(left, l, ULONG) && goesUnsigned(right, r, ULONG) ? ULONG : "ambiguous";
  if (either(LONG)) return LONG;
  if (either(UINT)) return goesUnsigned(left, l, UINT) && goesUnsigned(right, r, UINT) ? UINT : LONG;
  return INT;
}

/** The null literal takes the other operand's type; two of them are int. */
function operandType(operand: Expression, other: Expression): Type | null {
  let t = operand.type.kind === "null" ? strip(other.type) : strip(operand.type);
  if (t.kind === "null") t = INT;
  return isNumeric(t) ? t : null;
}

/** Unsigned, or a constant of int or long that is not negative and fits. */
function goesUnsigned(operand: Expression, t: Type, to: Type): boolean {
  if (!integralShape(t)?.signed) return true;
  return isConstant(operand) && (t === INT || (t === LONG && to === ULONG)) && constantFits(operand.value, to);
}
