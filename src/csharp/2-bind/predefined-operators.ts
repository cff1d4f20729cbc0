/**
 * The operators that the language itself defines: numbers, bool, strings, enums, references, delegates (C# 7.3 sections
 * 12.9 to 12.13).
 */
import { nullableOf, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { BinaryOperator, Expression, Literal } from "./bound.ts";
import { foldBinary, isFolded } from "./constants.ts";
import { standardExplicit } from "./conversions.ts";
import { convertImplicitly } from "./convert.ts";
import { show } from "./display.ts";
import { enumOperator } from "./enum-operators.ts";
import { equality } from "./equality-operators.ts";
import { promoteBinary, promoteUnary } from "./numeric-promotion.ts";
import { BOOL, DECIMAL, INT, isDelegate, isNumeric, STRING, strip } from "./well-known.ts";

export function isNull(e: Expression): boolean {
  return e.type.kind === "null";
}

export function predefined(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  if (op === "+" && isNull(left) && isNull(right)) {
    b.report("CS0034", "Operator '+' is ambiguous on operands of type '<null>' and '<null>'", at);
    return invalid(at.start);
  }
  if (op === "+" && (left.type === STRING || right.type === STRING)) return concatenate(left, right, at);
  if (op === "==" || op === "!=") return equality(b, op, left, right, at);
  if (op === "<<" || op === ">>") return shift(b, op, left, right, at);
  return (
    enumOperator(b, op, left, right, at) ??
    boolOperator(b, op, left, right, at) ??
    numericOperator(b, op, left, right, at) ??
    delegateOperator(b, op, left, right, at)
  );
}

function concatenate(left: Expression, right: Expression, at: Place): Expression {
  const [l, r] = [asText(left), asText(right)];
  if (l && r) return literal(((l.value as string | null) ?? "") + ((r.value as string | null) ?? ""), STRING, at.start);
  const parts = left.kind === "concatenation" ? [...left.parts] : [left];
  if (right.kind === "concatenation") parts.push(...right.parts);
  else parts.push(right);
  return {
    kind: "concatenation",
    type: STRING,
    start: at.start,
    parts: parts.map((p) => (isNull(p) ? literal(null, STRING, p.start) : p)),
  };
}

/** A constant string, or null. */
function asText(e: Expression): Literal | null {
  return isConstant(e) && (e.type === STRING || isNull(e)) ? e : null;
}

/** Converts both to the operand type (Nullable of it when lifted) and makes the node, or folds it. */
export function makeBinary(
  b: Binder,
  op: BinaryOperator,
  operandType: Type,
  left: Expression,
  right: Expression,
  at: Place,
  resultType: Type = isComparison(op) ? BOOL : operandType,
  rightType: Type = operandType,
): Expression {
  const lifted = left.type.isNullable || right.type.isNullable || isNull(left) || isNull(right);
  const wrap = (t: Type) => (lifted ? nullableOf(t) : t);
  const l = convertImplicitly(b, left, wrap(operandType), at);
  const r = convertImplicitly(b, right, wrap(rightType), at);
  if (isInvalid(l) || isInvalid(r)) return invalid(at.start);
  if (isConstant(l) && isConstant(r) && !lifted) {
    const folded = foldBinary(op, operandType, l.value, r.value, b.overflow === "unchecked");
    if (isFolded(folded)) return literal(folded.value, resultType, at.start);
    if (folded === "overflow") return operandType === DECIMAL ? decimalOverflow(b, at) : overflow(b, at);
  }
  if (isConstant(r) && !lifted && (op === "/" || op === "%") && isIntegralZero(r)) {
    b.report("CS0020", "Division by constant zero", at);
    return invalid(at.start);
  }
  const type = lifted && !isComparison(op) ? nullableOf(resultType) : resultType;
  return {
    kind: "binary",
    type,
    start: at.start,
    op,
    operandType,
    lifted,
    checked: b.overflow === "checked",
    left: l,
    right: r,
  };
}

function isIntegralZero(e: Literal): boolean {
  if (typeof e.value === "object" && e.value !== null) return e.value.mantissa === 0n;
  return e.type.name !== "System.Double" && e.type.name !== "System.Single" && (e.value === 0 || e.value === 0n);
}

export function overflow(b: Binder, at: Place): Expression {
  b.report("CS0220", "The operation overflows at compile time in checked mode", at, "use long, or unchecked(...)");
  return invalid(at.start);
}

/** Decimals overflow whether checked or not. */
function decimalOverflow(b: Binder, at: Place): Expression {
  b.report("CS0463", "Evaluation of the decimal constant expression failed", at);
  return invalid(at.start);
}

export function isComparison(op: BinaryOperator): boolean {
  return op === "==" || op === "!=" || op === "<" || op === ">" || op === "<=" || op === ">=";
}

export function numericOperator(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  const t = promoteBinary(left, right);
  if (t === "ambiguous") {
    const message = `Operator '${op}' is ambiguous on operands of type '${show(left.type)}' and '${show(right.type)}'`;
    b.report("CS0034", message, at);
    return invalid(at.start);
  }
  if (!t) return null;
  const bitwise = op === "&" || op === "|" || op === "^";
  if (bitwise && !isIntegralType(t)) return null;
  return makeBinary(b, op, t, left, right, at);
}

export function isIntegralType(t: Type): boolean {
  return isNumeric(t) && !/Double|Single|Decimal/.test(t.name);
}

function boolOperator(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  if (op !== "&" && op !== "|" && op !== "^") return null;
  const [l, r] = [strip(left.type), strip(right.type)];
  const fits = (l === BOOL && (r === BOOL || isNull(right))) || (r === BOOL && isNull(left));
  return fits ? makeBinary(b, op, BOOL, left, right, at) : null;
}

function shift(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
  const t = promoteUnary(left.type);
  if (!t || !isIntegralType(t)) return null;
  const count = strip(right.type);
  if (!isNumeric(count) || !standardExplicit(count, INT) || !isIntegralType(count)) return null;
  if (
    count !== INT &&
    !["System.Byte", "System.SByte", "System.Int16", "System.UInt16", "System.Char"].includes(count.name)
  )
    return null;
  return makeBinary(b, op, t, left, right, at, t, INT);
}

function delegateOperator(
  b: Binder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Place,
): Expression | null {
  if (op !== "+" && op !== "-") return null;
  const t = isDelegate(left.type) ? left.type : right.type;
  if (!isDelegate(t) || (left.type !== t && !isNull(left)) || (right.type !== t && !isNull(right))) return null;
  const l = convertImplicitly(b, left, t, at);
  const r = convertImplicitly(b, right, t, at);
  return {
    kind: "binary",
    type: t,
    start: at.start,
    op,
    operandType: t,
    lifted: false,
    checked: false,
    left: l,
    right: r,
  };
}
