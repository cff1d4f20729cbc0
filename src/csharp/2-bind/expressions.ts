/** Binds any expression: the dispatch by syntax, and the small kinds of expressions. */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, errorType, keywordTypes, type Type, type, voidType } from "../types.ts";
import { bindAssignment, bindIncrement } from "./assignments.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place, placeholderReference } from "./binder.ts";
import type { Expression, InterpolationHole } from "./bound.ts";
import { bindElementAccess, bindElementBinding, bindInvocation } from "./calls.ts";
import { parseDecimal } from "./constant-decimal.ts";
import { implicitConversion } from "./conversions.ts";
import {
  applyConversion,
  convertExplicitly,
  convertImplicitly,
  defaultOf,
  naturalTypeOf,
  toCondition,
  toValue,
} from "./convert.ts";
import { bindArrayCreation, bindImplicitArray } from "./array-creations.ts";
import { bindAnonymousObject, bindObjectCreation } from "./creations.ts";
import { show } from "./display.ts";
import { bestCommonType } from "./inference.ts";
import { unboundLambda } from "./lambdas.ts";
import {
  bindAliasName,
  bindConditionalAccess,
  bindIdentifier,
  bindMemberAccess,
  bindMemberBinding,
} from "./member-access.ts";
import { isExpression, NO_TYPE, type Operand } from "./operands.ts";
import { bindBinary, notApplicable } from "./operators.ts";
import { bindAs, bindIs, bindIsPattern } from "./patterns.ts";
import { bindQuery } from "./queries.ts";
import { bindTuple } from "./tuples.ts";
import { bindRefConditional } from "./references.ts";
import { bindType, isUnbound, unsupported } from "./types-of-syntax.ts";
import { bindUnary } from "./unary-operators.ts";
import { canBeNull, DECIMAL, EXCEPTION, integralShape, STRING, TYPE } from "./well-known.ts";

export function bindOperand(b: Binder, node: Syntax.Expression): Operand {
  switch (node.kind) {
    case "Literal":
      return bindLiteral(node);
    case "IdentifierName":
    case "GenericName":
      return bindIdentifier(b, node);
    case "MemberAccess":
      return bindMemberAccess(b, node, false);
    case "Invocation":
      return bindInvocation(b, node);
    case "ElementAccess":
      return bindElementAccess(b, node);
    case "ConditionalAccess":
      return bindConditionalAccess(b, node);
    case "MemberBinding":
      return bindMemberBinding(b, node, false);
    case "ElementBinding":
      return bindElementBinding(b, node);
    case "Parenthesized":
      return bindOperand(b, node.expression);
    case "Binary":
      return node.operator === "??" ? bindCoalesce(b, node) : bindBinary(b, node);
    case "PrefixUnary":
      return node.operator === "++" || node.operator === "--"
        ? bindIncrement(b, node)
        : bindUnary(b, node, node.operator);
    case "PostfixUnary":
      return bindIncrement(b, node);
    case "Assignment":
      return bindAssignment(b, node);
    case "Conditional":
      return bindConditional(b, node);
    case "Cast":
      return bindCast(b, node);
    case "Lambda":
    case "AnonymousMethod":
      return unboundLambda(b, node);
    case "InterpolatedString":
      return bindInterpolated(b, node);
    default:
      return bindRare(b, node);
  }
}

function bindRare(b: Binder, node: Syntax.Expression): Operand {
  switch (node.kind) {
    case "ObjectCreation":
      return bindObjectCreation(b, node);
    case "AnonymousObjectCreation":
      return bindAnonymousObject(b, node);
    case "ArrayCreation":
      return bindArrayCreation(b, node);
    case "ImplicitArrayCreation":
      return bindImplicitArray(b, node);
    case "Is":
      return bindIs(b, node);
    case "IsPattern":
      return bindIsPattern(b, node);
    case "As":
      return bindAs(b, node);
    case "Tuple":
      return bindTuple(b, node);
    case "Query":
      return bindQuery(b, node);
    case "PredefinedType":
      return { kind: "typeName", type: NO_TYPE, start: node.start, target: bindType(b, node) };
    case "AliasQualifiedName":
      return bindAliasName(b, node);
    case "DefaultLiteral":
      return { kind: "defaultLiteral", type: NO_TYPE, start: node.start };
    case "Default":
      return bindDefault(b, node);
    case "TypeOf":
      return bindTypeOf(b, node);
    case "SizeOf":
      return bindSizeOf(b, node);
    case "Checked":
      return bindChecked(b, node);
    case "Throw":
      bindThrow(b, node);
      b.report("CS8115", "A throw expression is not allowed in this context.", node);
      return invalid(node.start);
    default:
      return bindMisplaced(b, node);
  }
}

function bindMisplaced(b: Binder, node: Syntax.Expression): Operand {
  switch (node.kind) {
    case "This":
      b.report(
        "CS0026",
        "Keyword 'this' is not valid in a static property, static method, or static field initializer",
        node,
      );
      break;
    case "Base":
      b.report("CS1511", "Keyword 'base' is not available in a static method", node);
      break;
    case "Ref":
      unsupported(b, "A lambda that returns a ref", node);
      break;
    case "Declaration":
      b.report("CS8185", "A declaration is not allowed in this context.", node);
      break;
  }
  return invalid(node.start);
}

/** Where `throw` may stand as an expression: a branch, the right side of `??`, the body of a lambda. */
export function bindBranch(b: Binder, node: Syntax.Expression): Operand {
  return node.kind === "Throw" ? bindThrow(b, node) : bindOperand(b, node);
}

/** An expression that must be a value of its own type. */
export function bindValue(b: Binder, node: Syntax.Expression): Expression {
  return toValue(b, bindOperand(b, node), node);
}

function bindLiteral(node: Syntax.Literal): Expression {
  if (node.type === "null") return { kind: "literal", type: type("<null>"), start: node.start, value: null };
  if (node.type === "decimal") return literal(parseDecimal(node.value), DECIMAL, node.start);
  return literal(node.value, type(keywordTypes.get(node.type) as string), node.start);
}

function bindDefault(b: Binder, node: Syntax.Default): Expression {
  const t = bindType(b, node.type);
  return t === errorType || t === voidType ? invalid(node.start) : defaultOf(t, node.start);
}

function bindTypeOf(b: Binder, node: Syntax.TypeOf): Expression {
  if (isUnbound(node.type)) {
    unsupported(b, "An open generic type", node.type);
    return invalid(node.start);
  }
  const target = bindType(b, node.type);
  if (target === dynamicType) {
    b.report("CS1962", "The typeof operator cannot be used on the dynamic type", node);
    return invalid(node.start);
  }
  return target === errorType ? invalid(node.start) : { kind: "typeof", type: TYPE, start: node.start, target };
}

const SIZES: ReadonlyMap<string, number> = new Map([
  ["System.Boolean", 1],
  ["System.Single", 4],
  ["System.Double", 8],
  ["System.Decimal", 16],
]);

function bindSizeOf(b: Binder, node: Syntax.SizeOf): Expression {
  const t = bindType(b, node.type);
  const bits = integralShape(t)?.bits;
  const size = bits ? bits / 8 : SIZES.get(t.name);
  if (size !== undefined) return literal(size, type("System.Int32"), node.start);
  if (t !== errorType) {
    b.report(
      "CS0233",
      `'${show(t)}' does not have a predefined size, therefore sizeof can only be used in an unsafe context`,
      node,
    );
  }
  return invalid(node.start);
}

function bindChecked(b: Binder, node: Syntax.Checked): Operand {
  const former = b.overflow;
  b.overflow = node.checked ? "checked" : "unchecked";
  const operand = bindOperand(b, node.expression);
  b.overflow = former;
  return operand;
}

function bindThrow(b: Binder, node: Syntax.Throw): Operand {
  const exception = bindThrown(b, node.expression);
  return isInvalid(exception) ? exception : { kind: "unboundThrow", type: NO_TYPE, start: node.start, exception };
}

/** What is thrown: an Exception, or null. */
export function bindThrown(b: Binder, node: Syntax.Expression): Expression {
  const operand = bindOperand(b, node);
  if (isExpression(operand) && operand.type.kind !== "null" && !implicitConversion(b, operand, EXCEPTION)) {
    b.report("CS0155", "The type caught or thrown must be derived from System.Exception", node);
    return invalid(node.start);
  }
  return convertImplicitly(b, operand, EXCEPTION, node);
}

function bindCast(b: Binder, node: Syntax.Cast): Expression {
  const t = bindType(b, node.type);
  const operand = bindOperand(b, node.expression);
  if (t === errorType || isInvalid(operand)) return invalid(node.start);
  const value = convertExplicitly(b, operand, t, node);
  return value.kind === "literal" ? { ...value, start: node.start } : value;
}

function bindInterpolated(b: Binder, node: Syntax.InterpolatedString): Expression {
  const parts = node.parts.map((part) => (part.kind === "InterpolatedText" ? part.text : bindHole(b, part)));
  if (parts.some((p) => typeof p !== "string" && isInvalid(p.value))) return invalid(node.start);
  return { kind: "interpolated", type: STRING, start: node.start, parts };
}

function bindHole(b: Binder, node: Syntax.Interpolation): InterpolationHole {
  const bound = bindValue(b, node.expression);
  let value: Expression = bound.type.kind === "null" ? literal(null, STRING, bound.start) : bound;
  if (bound.type.kind === "void") {
    b.report("CS0029", "Cannot implicitly convert type 'void' to 'object'", node.expression);
    value = invalid(bound.start);
  }
  return { value, alignment: node.alignment ? bindAlignment(b, node.alignment) : null, format: node.format ?? null };
}

function bindAlignment(b: Binder, node: Syntax.Expression): number {
  const value = convertImplicitly(b, bindOperand(b, node), type("System.Int32"), node);
  if (isConstant(value)) return value.value as number;
  if (!isInvalid(value)) b.report("CS0150", "A constant value is expected", node);
  return 0;
}

// ---- ?: and ?? ------------------------------------------------------------------------------------------------------

function bindConditional(b: Binder, node: Syntax.Conditional): Expression {
  if (node.whenTrue.kind === "Ref" || node.whenFalse.kind === "Ref") return bindRefConditional(b, node);
  const condition = toCondition(b, bindOperand(b, node.condition), node.condition);
  const whenTrue = bindBranch(b, node.whenTrue);
  const whenFalse = bindBranch(b, node.whenFalse);
  if (isInvalid(whenTrue) || isInvalid(whenFalse)) return invalid(node.start);
  const t = conditionalType(b, whenTrue, whenFalse, node);
  if (!t) return invalid(node.start);
  const yes = convertImplicitly(b, whenTrue, t, node.whenTrue);
  const no = convertImplicitly(b, whenFalse, t, node.whenFalse);
  if (isInvalid(condition) || isInvalid(yes) || isInvalid(no)) return invalid(node.start);
  if (isConstant(condition) && isConstant(yes) && isConstant(no))
    return { ...(condition.value ? yes : no), start: node.start };
  return { kind: "conditional", type: t, start: node.start, condition, whenTrue: yes, whenFalse: no };
}

/** The best of the two types: one to which the other operand converts. */
function conditionalType(b: Binder, x: Operand, y: Operand, node: Syntax.Conditional): Type | null {
  const [xType, yType] = [naturalTypeOf(x), naturalTypeOf(y)];
  const candidates: Type[] = [];
  if (xType && implicitConversion(b, y, xType)) candidates.push(xType);
  if (yType && yType !== xType && implicitConversion(b, x, yType)) candidates.push(yType);
  if (candidates.length === 1) return candidates[0];
  const best = candidates.length > 1 ? bestCommonType(candidates) : null;
  if (best) return best;
  const [from, to] = [describe(x), describe(y)];
  if (candidates.length > 1) {
    const message = `Type of conditional expression cannot be determined because '${from}' and '${to}' implicitly convert to one another`;
    b.report("CS0172", message, node);
  } else {
    const message =
      "Conditional expression is not valid in language version 7.3 because a common type was not found between " +
      `'${from}' and '${to}'. To use a target-typed conversion, upgrade to language version 9.0 or greater.`;
    b.report("CS8957", message, node, "cast one of the two to the type that both have in common");
  }
  return null;
}

function describe(operand: Operand): string {
  if (isExpression(operand)) return show(operand.type);
  if (operand.kind === "unboundLambda") return "lambda expression";
  return operand.kind === "methodGroup"
    ? "method group"
    : operand.kind === "typeName"
      ? show(operand.target)
      : "default";
}

function bindCoalesce(b: Binder, node: Syntax.Binary): Expression {
  const left = bindOperand(b, node.left);
  const right = bindBranch(b, node.right);
  if (isInvalid(left) || isInvalid(right)) return invalid(node.start);
  if (!isExpression(left) || !canBeNull(left.type) || left.type.kind === "void")
    return notApplicable(b, "??", left, right, node);
  if (left.type.kind === "null") {
    const t = naturalTypeOf(right);
    return t && canBeNull(t) ? convertImplicitly(b, right, t, node.right) : notApplicable(b, "??", left, right, node);
  }
  const underlying = left.type.isNullable ? left.type.args[0] : left.type;
  return (
    coalesce(b, left, right, underlying, node) ??
    (left.type.isNullable ? coalesce(b, left, right, left.type, node) : null) ??
    coalesceToRight(b, left, right, node) ??
    notApplicable(b, "??", left, right, node)
  );
}

/** Result of type `t`, to which the right side converts. */
function coalesce(b: Binder, left: Expression, right: Operand, t: Type, node: Syntax.Binary): Expression | null {
  const conv = implicitConversion(b, right, t);
  return conv && makeCoalesce(b, left, applyConversion(b, right, conv, t, node.right, false), t, node, node.left);
}

/** Result of the right side's type, to which the left side converts. */
function coalesceToRight(b: Binder, left: Expression, right: Operand, node: Syntax.Binary): Expression | null {
  const t = naturalTypeOf(right);
  if (!t || !isExpression(right)) return null;
  const from = left.type.isNullable ? left.type.args[0] : left.type;
  const probe = placeholderReference(b.placeholder(from), left.start);
  return implicitConversion(b, probe, t) ? makeCoalesce(b, left, right, t, node, node.left) : null;
}

function makeCoalesce(b: Binder, left: Expression, right: Expression, t: Type, node: Place, leftAt: Place): Expression {
  const current = b.placeholder(left.type.isNullable ? left.type.args[0] : left.type);
  const value = convertImplicitly(b, placeholderReference(current, left.start), t, leftAt);
  if (isInvalid(value) || isInvalid(right)) return invalid(node.start);
  return { kind: "coalesce", type: t, start: node.start, left, current, value, right };
}
