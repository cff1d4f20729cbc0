/** Operators on enums (C# 7.3 section 12.4.7 and 19.6): arithmetic with numbers, comparison, bits. */
import type { Type } from "../types.ts";
import { type Binder, isConstant, isInvalid, type Place } from "./binder.ts";
import type { BinaryOperator, Expression } from "./bound.ts";
import { convertExplicitly } from "./convert.ts";
import { promoteUnary } from "./numeric-promotion.ts";
import { isNull, makeBinary } from "./predefined-operators.ts";
import { ENUM_UNDERLYING, isNumeric, strip } from "./well-known.ts";

export function enumOperator(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const [l, r] = [strip(left.type), strip(right.type)];
  const e = l.kind === "enum" ? l : r.kind === "enum" ? r : null;
  if (!e) return null;
  if (op === "+" || op === "-") return enumArithmetic(b, op, e, left, right, at);
  if (op === "*" || op === "/" || op === "%") return null;
  if (!isOfEnum(left, e) || !isOfEnum(right, e)) return null;
  return makeBinary(b, op, e, left, right, at);
}

/** The enum itself, null beside it, or the constant zero. */
function isOfEnum(operand: Expression, e: Type): boolean {
  if (strip(operand.type) === e || isNull(operand)) return true;
  return isConstant(operand) && isNumeric(operand.type) && (operand.value === 0 || operand.value === 0n);
}

function enumArithmetic(
  b: Binder,
  op: "+" | "-",
  e: Type,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const [l, r] = [strip(left.type), strip(right.type)];
  if (op === "-" && l === e && r === e) return makeBinary(b, op, e, left, right, at, ENUM_UNDERLYING);
  if (l === e && promoteUnary(r) === ENUM_UNDERLYING) return makeBinary(b, op, e, left, right, at, e, ENUM_UNDERLYING);
  if (op === "+" && r === e && promoteUnary(l) === ENUM_UNDERLYING) {
    // The number first: as underlying values, and back.
    const sum = makeBinary(b, op, ENUM_UNDERLYING, left, convertExplicitly(b, right, ENUM_UNDERLYING, at), at);
    return isInvalid(sum) ? sum : convertExplicitly(b, sum, e, at);
  }
  return null;
}
