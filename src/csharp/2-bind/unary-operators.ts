/** `-`, `+`, `~`, `!` (C# 7.3 section 12.8). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, nullableOf, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { foldUnary, isFolded } from "./constants.ts";
import { convertImplicitly, toValue } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import { promoteUnary } from "./numeric-promotion.ts";
import { isExpression, type Operand } from "./operands.ts";
import { describe } from "./operators.ts";
import { isIntegralType, overflow } from "./predefined-operators.ts";
import { bindUserUnary } from "./user-operators.ts";
import { BOOL, INT, LONG, strip } from "./well-known.ts";

export function bindUnary(b: Binder, node: Syntax.PrefixUnary, op: "-" | "+" | "~" | "!"): Expression {
  const minimum = op === "-" ? minimumLiteral(node) : null;
  if (minimum) return minimum;
  const bound = bindOperand(b, node.operand);
  if (isInvalid(bound)) return invalid(node.start);
  if (!isExpression(bound)) {
    if (bound.kind === "typeName" || bound.kind === "namespaceName" || bound.kind === "defaultLiteral")
      toValue(b, bound, node.operand);
    else notUnary(b, op, bound, node);
    return invalid(node.start);
  }
  if (bound.type === dynamicType) {
    return {
      kind: "dynamicOperation",
      type: dynamicType,
      start: node.start,
      op,
      operands: [bound],
      checked: b.overflow === "checked",
    };
  }
  if (bound.type.kind === "null") {
    b.report("CS8310", `Operator '${op}' cannot be applied to operand '<null>'`, node);
    return invalid(node.start);
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
  return {
    kind: "unary",
    type,
    start: at.start,
    op,
    operandType: t,
    lifted,
    checked: b.overflow === "checked",
    operand: value,
  };
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
