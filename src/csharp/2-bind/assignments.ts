/** Assignment, compound assignment, increment (C# 7.3 sections 12.7.10, 12.8.6, 12.18). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, literal, type Place, placeholderReference } from "./binder.ts";
import type { BinaryOperator, Expression, Target } from "./bound.ts";
import { explicitConversion, implicitConversion } from "./conversions.ts";
import { applyConversion, convertImplicitly, reportNoImplicit, toValue } from "./convert.ts";
import { bindDeconstruction, isDeconstruction } from "./deconstruction.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { isExpression, type Operand } from "./operands.ts";
import { binaryOperator } from "./operators.ts";
import { asTarget, bindTarget } from "./targets.ts";
import { INT, isNumeric, strip } from "./well-known.ts";
import { bindRefAssignment } from "./references.ts";

/** `resultWanted` is false for a statement: a deconstruction then makes no tuple. */
export function bindAssignment(b: Binder, node: Syntax.Assignment, resultWanted = true): Expression {
  if (node.operator !== "=") return bindCompound(b, node);
  if (node.right.kind === "Ref") return bindRefAssignment(b, node, node.right);
  if (isDeconstruction(node.left)) return bindDeconstruction(b, node, resultWanted);
  const target = bindTarget(b, node.left, "assign");
  const operand = bindOperand(b, node.right);
  if (!target) return invalid(node.start);
  return assign(b, target, operand, node, node.right);
}

/** An assignment of a bound target. */
export function assign(b: Binder, target: Target, operand: Operand, node: Place, valueAt: Place): Expression {
  if (target.kind === "discard") {
    const value = toValue(b, operand, valueAt);
    if (isInvalid(value)) return value;
    if (value.type.kind === "null" || value.type.kind === "void") {
      b.report("CS8183", "Cannot infer the type of implicitly-typed discard.", {
        start: target.start,
        end: target.start + 1,
      });
      return invalid(node.start);
    }
    return { kind: "assignment", type: value.type, start: node.start, target: { ...target, type: value.type }, value };
  }
  const value = convertImplicitly(b, operand, target.type, valueAt);
  if (isInvalid(value)) return value;
  return { kind: "assignment", type: target.type, start: node.start, target, value };
}

function bindCompound(b: Binder, node: Syntax.Assignment): Expression {
  const op = node.operator.slice(0, -1) as BinaryOperator;
  const target = bindTarget(b, node.left, "assign");
  const right = bindOperand(b, node.right);
  // `??=` is of C# 8: the parser has said so.
  if (!target || target.kind === "discard" || node.operator === "??=") return invalid(node.start);
  const current = b.placeholder(target.type);
  const left = placeholderReference(current, target.start);
  const operand = delegateOperand(b, op, target.type, right, node.right);
  const result = binaryOperator(b, op, left, operand, node, node.left, node.right);
  const value = backToTarget(b, result, operand, op, target.type, node);
  if (isInvalid(value)) return value;
  return { kind: "compoundAssignment", type: target.type, start: node.start, target, current, value };
}

/** `handler += x => ...`: the lambda takes the delegate's type. */
function delegateOperand(b: Binder, op: BinaryOperator, t: Type, right: Operand, at: Place): Operand {
  const lambda = right.kind === "unboundLambda" || right.kind === "methodGroup" || right.kind === "localFunctionGroup";
  return lambda && t.kind === "delegate" && (op === "+" || op === "-") ? convertImplicitly(b, right, t, at) : right;
}

/**
 * The result goes back to the target's type: by itself, or by a cast when the operand alone would fit (`byte b; b +=
 * 1`).
 */
function backToTarget(
  b: Binder,
  result: Expression,
  operand: Operand,
  op: BinaryOperator,
  t: Type,
  at: Place,
): Expression {
  if (isInvalid(result)) return result;
  const implicit = implicitConversion(b, result, t);
  if (implicit) return applyConversion(b, result, implicit, t, at, false);
  const predefined = result.kind === "binary" ? result.method === undefined : result.kind === "literal";
  const isShift = op === "<<" || op === ">>";
  if (predefined && (isShift || implicitConversion(b, operand, t))) {
    const explicit = explicitConversion(b, result, t);
    if (explicit) return applyConversion(b, result, explicit, t, at, true);
  }
  reportNoImplicit(b, predefined && explicitConversion(b, result, t) ? operand : result, t, at);
  return invalid(at.start);
}

export function bindIncrement(b: Binder, node: Syntax.PrefixUnary | Syntax.PostfixUnary): Expression {
  const op = node.operator as "++" | "--";
  const operand = bindOperand(b, node.operand);
  if (isInvalid(operand)) return invalid(node.start);
  const target = asTarget(b, operand, node.operand, "update");
  if (!target) return invalid(node.start);
  const t = strip(target.type);
  if (!isNumeric(t) && t.kind !== "enum" && t !== dynamicType) {
    const shown = isExpression(operand) ? show(operand.type) : "method group";
    b.report("CS0023", `Operator '${op}' cannot be applied to operand of type '${shown}'`, node);
    return invalid(node.start);
  }
  const current = b.placeholder(target.type);
  const before = placeholderReference(current, target.start);
  const one = literal(1, INT, node.start);
  const sum: Expression =
    t === dynamicType
      ? {
          kind: "dynamicOperation",
          type: t,
          start: node.start,
          op,
          operands: [before],
          checked: b.overflow === "checked",
        }
      : binaryOperator(b, op === "++" ? "+" : "-", before, one, node, node, node);
  const conv = isInvalid(sum) ? null : explicitConversion(b, sum, target.type);
  if (!conv) return invalid(node.start);
  const value = applyConversion(b, sum, conv, target.type, node, true);
  const postfix = node.kind === "PostfixUnary";
  return { kind: "increment", type: target.type, start: node.start, op, postfix, target, current, value };
}
