/** Unary and binary operators: numeric promotion, lifting, strings, enums, delegates, equality (C# 7.3 sections 12.8 to 12.13). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, nullableOf, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { BinaryOperator, Expression, Literal } from "./bound.ts";
import { foldBinary, foldUnary, isFolded } from "./constants.ts";
import { standardExplicit } from "./conversions.ts";
import { convertExplicitly, convertImplicitly, toCondition, toObject, toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { promoteBinary, promoteUnary } from "./numeric-promotion.ts";
import { isExpression, type Operand } from "./operands.ts";
import { bindTupleEquality } from "./tuples.ts";
import { bindUserBinary, bindUserUnary } from "./user-operators.ts";
import { BOOL, canBeNull, ENUM_UNDERLYING, INT, isDelegate, isNumeric, LONG, OBJECT, STRING, strip } from "./well-known.ts";

// ---- Binary ------------------------------------------------------------------------------------------------------------------------

/** Long chains `a + b + c ...` nest on the left: they are bound in a loop. */
export function bindBinary(b: Binder, node: Syntax.Binary): Expression {
  const chain: Syntax.Binary[] = [];
  let leftmost: Syntax.Expression = node;
  while (leftmost.kind === "Binary" && leftmost.operator !== "??") {
    chain.push(leftmost);
    leftmost = leftmost.left;
  }
  let left: Operand = bindOperand(b, leftmost);
  for (let i = chain.length - 1; i >= 0; i--) {
    const at = chain[i];
    const op = at.operator as BinaryOperator | "&&" | "||";
    if (op === "&&" || op === "||") left = bindLogical(b, op, left, bindOperand(b, at.right), at);
    else left = binaryOperator(b, op, left, bindOperand(b, at.right), at, at.left, at.right);
  }
  return left as Expression;
}

function bindLogical(b: Binder, op: "&&" | "||", l: Operand, r: Operand, node: Syntax.Binary): Expression {
  if (isInvalid(l) || isInvalid(r)) return invalid(node.start);
  const plain = (o: Operand) => o.type === BOOL || o.type === dynamicType;
  if (!plain(l) || !plain(r)) return notApplicable(b, op, l, r, node);
  const left = toCondition(b, l, node.left);
  const right = toCondition(b, r, node.right);
  if (isConstant(left) && isConstant(right)) {
    const value = op === "&&" ? left.value && right.value : left.value || right.value;
    return literal(value as boolean, BOOL, node.start);
  }
  return { kind: "logical", type: BOOL, start: node.start, op, left, right };
}

/** An operator on operands; `at` is the whole expression. Also used for compound assignment and increments. */
export function binaryOperator(b: Binder, op: BinaryOperator, l: Operand, r: Operand, at: Place, lAt: Place, rAt: Place): Expression {
  if (isInvalid(l) || isInvalid(r)) return invalid(at.start);
  if (op === "==" || op === "!=") {
    const tuples = bindTupleEquality(b, op, l, r, at, lAt, rAt);
    if (tuples) return tuples;
  }
  if (!isUsable(l) || !isUsable(r)) return notApplicable(b, op, l, r, at);
  const left = toValue(b, l, lAt);
  const right = toValue(b, r, rAt);
  if (isInvalid(left) || isInvalid(right)) return invalid(at.start);
  if (left.type === dynamicType || right.type === dynamicType) return dynamicOperator(b, op, left, right, at);
  const user = bindUserBinary(b, op, left, right, at);
  if (user) return user;
  return predefined(b, op, left, right, at) ?? notApplicable(b, op, left, right, at);
}

function isUsable(o: Operand): boolean {
  return (isExpression(o) && o.type.kind !== "void") || o.kind === "tupleLiteral";
}

function dynamicOperator(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression {
  const operands = [toObject(b, left, at), toObject(b, right, at)];
  return { kind: "dynamicOperation", type: dynamicType, start: at.start, op, operands, checked: b.overflow === "checked" };
}

function describe(o: Operand): string {
  if (isExpression(o)) return show(o.type);
  if (o.kind === "unboundLambda") return "lambda expression";
  if (o.kind === "methodGroup" || o.kind === "localFunctionGroup") return "method group";
  if (o.kind === "typeName") return show(o.target);
  return o.kind === "defaultLiteral" ? "default" : "tuple";
}

export function notApplicable(b: Binder, op: string, l: Operand, r: Operand, at: Place): Expression {
  if (l.kind === "typeName" || l.kind === "namespaceName") toValue(b, l, at);
  else if (r.kind === "typeName" || r.kind === "namespaceName") toValue(b, r, at);
  else {
    const message = `Operator '${op}' cannot be applied to operands of type '${describe(l)}' and '${describe(r)}'`;
    b.report("CS0019", message, at, operatorHint(op, l, r));
  }
  return invalid(at.start);
}

function operatorHint(op: string, l: Operand, r: Operand): string | undefined {
  const types = [l.type, r.type];
  if (types.includes(OBJECT)) return "cast the object to its type first, for example (int)context.Variables[\"count\"]";
  if (types.some((t) => t.name.startsWith("Newtonsoft.Json.Linq."))) return "cast the token to its type first, for example (int)token";
  if ((op === "==" || op === "!=") && types.includes(STRING) && types.some((t) => t.name === "System.Char")) {
    return 'use double quotes: "a" is a string, \'a\' a char';
  }
  return types.some((t) => t.isNullable) && (op === "&&" || op === "||") ? "compare it with true" : undefined;
}

function isNull(e: Expression): boolean {
  return e.type.kind === "null";
}

function predefined(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
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
  if (l && r) return literal((l.value as string | null ?? "") + (r.value as string | null ?? ""), STRING, at.start);
  const parts = left.kind === "concatenation" ? [...left.parts] : [left];
  if (right.kind === "concatenation") parts.push(...right.parts);
  else parts.push(right);
  return { kind: "concatenation", type: STRING, start: at.start, parts: parts.map((p) => (isNull(p) ? literal(null, STRING, p.start) : p)) };
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
    if (folded === "overflow") return overflow(b, at);
  }
  if (isConstant(r) && !lifted && (op === "/" || op === "%") && isIntegralZero(r)) {
    b.report("CS0020", "Division by constant zero", at);
    return invalid(at.start);
  }
  const type = lifted && !isComparison(op) ? nullableOf(resultType) : resultType;
  return { kind: "binary", type, start: at.start, op, operandType, lifted, checked: b.overflow === "checked", left: l, right: r };
}

function isIntegralZero(e: Literal): boolean {
  if (typeof e.value === "object" && e.value !== null) return e.value.mantissa === 0n;
  return e.type.name !== "System.Double" && e.type.name !== "System.Single" && (e.value === 0 || e.value === 0n);
}

function overflow(b: Binder, at: Place): Expression {
  b.report("CS0220", "The operation overflows at compile time in checked mode", at, "use long, or unchecked(...)");
  return invalid(at.start);
}

export function isComparison(op: BinaryOperator): boolean {
  return op === "==" || op === "!=" || op === "<" || op === ">" || op === "<=" || op === ">=";
}

function numericOperator(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
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

function isIntegralType(t: Type): boolean {
  return isNumeric(t) && !/Double|Single|Decimal/.test(t.name);
}

function boolOperator(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
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
  if (count !== INT && !["System.Byte", "System.SByte", "System.Int16", "System.UInt16", "System.Char"].includes(count.name)) return null;
  return makeBinary(b, op, t, left, right, at, t, INT);
}

// ---- Enums -------------------------------------------------------------------------------------------------------------------------

function enumOperator(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
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

function enumArithmetic(b: Binder, op: "+" | "-", e: Type, left: Expression, right: Expression, at: Place): Expression | null {
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

// ---- Equality ----------------------------------------------------------------------------------------------------------------------

function equality(b: Binder, op: "==" | "!=", left: Expression, right: Expression, at: Place): Expression | null {
  const [l, r] = [left.type, right.type];
  if (isNull(left) && isNull(right)) return literal(op === "==", BOOL, at.start);
  if (isStringOrNull(left) && isStringOrNull(right)) return makeReference(b, op, STRING, left, right, at);
  const [ls, rs] = [strip(l), strip(r)];
  if ((ls === BOOL || isNull(left)) && (rs === BOOL || isNull(right)) && (ls === BOOL || rs === BOOL)) {
    if (l.isNullable || r.isNullable || (!isNull(left) && !isNull(right))) return makeBinary(b, op, BOOL, left, right, at);
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
function nullableAgainstNull(b: Binder, op: "==" | "!=", left: Expression, right: Expression, at: Place): Expression | null {
  const [value, other] = isNull(right) ? [left, right] : [right, left];
  if (!isNull(other) || !value.type.isNullable) return null;
  const operandType = value.type.args[0];
  const none = literal(null, value.type, other.start);
  const [l, r] = isNull(right) ? [value, none] : [none, value];
  return { kind: "binary", type: BOOL, start: at.start, op, operandType, lifted: true, checked: b.overflow === "checked", left: l, right: r };
}

function canCompareReferences(left: Expression, right: Expression): boolean {
  const [l, r] = [left.type, right.type];
  if (isNull(left)) return canBeNull(r) && !r.isValueType;
  if (isNull(right)) return canBeNull(l) && !l.isValueType;
  if (l.isValueType || r.isValueType) return false;
  return standardExplicit(l, r) !== null || standardExplicit(r, l) !== null;
}

function makeReference(b: Binder, op: "==" | "!=", operandType: Type, left: Expression, right: Expression, at: Place): Expression {
  const l = convertImplicitly(b, left, operandType, at);
  const r = convertImplicitly(b, right, operandType, at);
  if (isConstant(l) && isConstant(r)) return literal((l.value === r.value) === (op === "=="), BOOL, at.start);
  return { kind: "binary", type: BOOL, start: at.start, op, operandType, lifted: false, checked: false, left: l, right: r };
}

function delegateOperator(b: Binder, op: BinaryOperator, left: Expression, right: Expression, at: Place): Expression | null {
  if (op !== "+" && op !== "-") return null;
  const t = isDelegate(left.type) ? left.type : right.type;
  if (!isDelegate(t) || (left.type !== t && !isNull(left)) || (right.type !== t && !isNull(right))) return null;
  const l = convertImplicitly(b, left, t, at);
  const r = convertImplicitly(b, right, t, at);
  return { kind: "binary", type: t, start: at.start, op, operandType: t, lifted: false, checked: false, left: l, right: r };
}

// ---- Unary -------------------------------------------------------------------------------------------------------------------------

export function bindUnary(b: Binder, node: Syntax.PrefixUnary, op: "-" | "+" | "~" | "!"): Expression {
  const minimum = op === "-" ? minimumLiteral(node) : null;
  if (minimum) return minimum;
  const bound = bindOperand(b, node.operand);
  if (isInvalid(bound)) return invalid(node.start);
  if (!isExpression(bound)) {
    if (bound.kind === "typeName" || bound.kind === "namespaceName") toValue(b, bound, node.operand);
    else notUnary(b, op, bound, node);
    return invalid(node.start);
  }
  if (bound.type === dynamicType) {
    return { kind: "dynamicOperation", type: dynamicType, start: node.start, op, operands: [bound], checked: b.overflow === "checked" };
  }
  return bindUserUnary(b, op, bound, node) ?? predefinedUnary(b, op, bound, node) ?? notUnary(b, op, bound, node);
}

function notUnary(b: Binder, op: string, operand: Operand, at: Place): Expression {
  b.report("CS0023", `Operator '${op}' cannot be applied to operand of type '${describe(operand)}'`, at);
  return invalid(at.start);
}

/** -2147483648 and -9223372036854775808: the digits alone would not fit. */
function minimumLiteral(node: Syntax.PrefixUnary): Expression | null {
  const { operand } = node;
  if (operand.kind !== "Literal" || !("minimum" in operand) || !operand.minimum) return null;
  if (typeof operand.value === "bigint") return literal(-operand.value, LONG, node.start);
  return literal(-operand.value, INT, node.start);
}

function predefinedUnary(b: Binder, op: "-" | "+" | "~" | "!", operand: Expression, at: Place): Expression | null {
  const t = unaryType(op, strip(operand.type));
  if (!t) return null;
  const lifted = operand.type.isNullable;
  const value = convertImplicitly(b, operand, lifted ? nullableOf(t) : t, at);
  if (isConstant(value) && !lifted) {
    const folded = foldUnary(op, t, value.value, b.overflow === "unchecked");
    if (isFolded(folded)) return literal(folded.value, t, at.start);
    if (folded === "overflow") return overflow(b, at);
  }
  const type = lifted ? nullableOf(t) : t;
  return { kind: "unary", type, start: at.start, op, operandType: t, lifted, checked: b.overflow === "checked", operand: value };
}

function unaryType(op: "-" | "+" | "~" | "!", t: Type): Type | null {
  if (op === "!") return t === BOOL ? BOOL : null;
  if (op === "~" && t.kind === "enum") return t;
  const promoted = promoteUnary(t);
  if (!promoted) return null;
  if (op === "~") return isIntegralType(promoted) ? promoted : null;
  if (op === "+") return promoted;
  if (promoted.name === "System.UInt32") return LONG;
  return promoted.name === "System.UInt64" ? null : promoted;
}
