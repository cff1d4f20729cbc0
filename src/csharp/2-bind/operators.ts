/**
 * Binary operators on operands of any kind: which rules apply, and what is wrong when none does (C# 7.3 section 12.4).
 */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { BinaryOperator, Expression } from "./bound.ts";
import { defaultOf, toCondition, toObject, toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { isExpression, type Operand } from "./operands.ts";
import { predefined } from "./predefined-operators.ts";
import { bindTupleEquality } from "./tuples.ts";
import { bindUserBinary } from "./user-operators.ts";
import { BOOL, OBJECT, STRING } from "./well-known.ts";

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

function isTyped(o: Operand): o is Expression {
  return isExpression(o) && o.type.kind !== "null" && o.type.kind !== "void";
}

/** `x == default`: of the type of x. */
function typedDefault({ type }: Expression, { start }: Operand): Expression {
  return defaultOf(type, start);
}

/** An operator on operands; `at` is the whole expression. Also used for compound assignment and increments. */
export function binaryOperator(
  b: Binder,
  op: BinaryOperator,
  l: Operand,
  r: Operand,
  at: Place,
  lAt: Place,
  rAt: Place,
): Expression {
  if (isInvalid(l) || isInvalid(r)) return invalid(at.start);
  if (op === "==" || op === "!=") {
    if (l.kind === "defaultLiteral" && isTyped(r)) return binaryOperator(b, op, typedDefault(r, l), r, at, lAt, rAt);
    if (r.kind === "defaultLiteral" && isTyped(l)) return binaryOperator(b, op, l, typedDefault(l, r), at, lAt, rAt);
    if (l.kind === "defaultLiteral" && r.kind === "defaultLiteral") {
      b.report("CS8315", `Operator '${op}' is ambiguous on operands 'default' and 'default'`, at);
      return invalid(at.start);
    }
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
  return {
    kind: "dynamicOperation",
    type: dynamicType,
    start: at.start,
    op,
    operands,
    checked: b.overflow === "checked",
  };
}

export function describe(o: Operand): string {
  if (isExpression(o)) return show(o.type);
  if (o.kind === "unboundLambda") return "lambda expression";
  if (o.kind === "methodGroup" || o.kind === "localFunctionGroup") return "method group";
  if (o.kind === "typeName") return show(o.target);
  return o.kind === "defaultLiteral" ? "default" : "tuple";
}

export function notApplicable(b: Binder, op: string, l: Operand, r: Operand, at: Place): Expression {
  if (l.kind === "typeName" || l.kind === "namespaceName") toValue(b, l, at);
  else if (r.kind === "typeName" || r.kind === "namespaceName") toValue(b, r, at);
  else if ((l.kind === "defaultLiteral" || r.kind === "defaultLiteral") && op !== "==" && op !== "!=") {
    b.report("CS8310", `Operator '${op}' cannot be applied to operand 'default'`, at);
  } else {
    const message = `Operator '${op}' cannot be applied to operands of type '${describe(l)}' and '${describe(r)}'`;
    b.report("CS0019", message, at, operatorHint(op, l, r));
  }
  return invalid(at.start);
}

function operatorHint(op: string, l: Operand, r: Operand): string | undefined {
  const types = [l.type, r.type];
  if (types.includes(OBJECT)) return 'cast the object to its type first, for example (int)context.Variables["count"]';
  if (types.some((t) => t.name.startsWith("Newtonsoft.Json.Linq.")))
    return "cast the token to its type first, for example (int)token";
  if ((op === "==" || op === "!=") && types.includes(STRING) && types.some((t) => t.name === "System.Char")) {
    return "use double quotes: \"a\" is a string, 'a' a char";
  }
  return types.some((t) => t.isNullable) && (op === "&&" || op === "||") ? "compare it with true" : undefined;
}
