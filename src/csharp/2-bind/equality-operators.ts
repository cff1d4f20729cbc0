/** `==` and `!=`: by value, with null, by reference (C# 7.3 section 12.11). */
import type { Type } from "../types.ts";
import { type Binder, isConstant, literal, type Place } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { standardExplicit } from "./conversions.ts";
import { convertImplicitly } from "./convert.ts";
import { enumOperator } from "./enum-operators.ts";
import { isNull, makeBinary, numericOperator } from "./predefined-operators.ts";
import { BOOL, canBeNull, isDelegate, OBJECT, STRING, strip } from "./well-known.ts";

export function equality(
  b: Binder,
  op: "==" | "!=",
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const [l, r] = [left.type, right.type];
  if (isNull(left) && isNull(right)) return literal(op === "==", BOOL, at.start);
  if (isStringOrNull(left) && isStringOrNull(right)) return makeReference(b, op, STRING, left, right, at);
  const [ls, rs] = [strip(l), strip(r)];
  if ((ls === BOOL || isNull(left)) && (rs === BOOL || isNull(right)) && (ls === BOOL || rs === BOOL)) {
    if (l.isNullable || r.isNullable || (!isNull(left) && !isNull(right)))
      return makeBinary(b, op, BOOL, left, right, at);
  }
  const values = enumOperator(b, op, left, right, at) ?? numericOperator(b, op, left, right, at);
  if (values) return values;
  const nullCheck = nullableAgainstNull(b, op, left, right, at);
  if (nullCheck) return nullCheck;
  if (isDelegate(l) && isDelegate(r) && l === r) return makeReference(b, op, l, left, right, at);
  if (!canCompareReferences(left, right)) return null;
  return makeReference(b, op, OBJECT, left, right, at);
}

function isStringOrNull(e: Expression): boolean {
  return e.type === STRING || isNull(e);
}

/** Any Nullable (and a struct, which then never is) can be compared with null. */
function nullableAgainstNull(
  b: Binder,
  op: "==" | "!=",
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const [value, other] = isNull(right) ? [left, right] : [right, left];
  if (!isNull(other) || !value.type.isNullable) return null;
  const operandType = value.type.args[0];
  const none = literal(null, value.type, other.start);
  const [l, r] = isNull(right) ? [value, none] : [none, value];
  return {
    kind: "binary",
    type: BOOL,
    start: at.start,
    op,
    operandType,
    lifted: true,
    checked: b.overflow === "checked",
    left: l,
    right: r,
  };
}

function canCompareReferences(left: Expression, right: Expression): boolean {
  const [l, r] = [left.type, right.type];
  if (isNull(left)) return canBeNull(r) && !r.isValueType;
  if (isNull(right)) return canBeNull(l) && !l.isValueType;
  if (l.isValueType || r.isValueType) return false;
  return standardExplicit(l, r) !== null || standardExplicit(r, l) !== null;
}

function makeReference(
  b: Binder,
  op: "==" | "!=",
  operandType: Type,
  left: Expression,
  right: Expression,
  at: Place,
): Expression {
  const l = convertImplicitly(b, left, operandType, at);
  const r = convertImplicitly(b, right, operandType, at);
  if (isConstant(l) && isConstant(r)) return literal((l.value === r.value) === (op === "=="), BOOL, at.start);
  return {
    kind: "binary",
    type: BOOL,
    start: at.start,
    op,
    operandType,
    lifted: false,
    checked: false,
    left: l,
    right: r,
  };
}
