/** `is`, `as` and patterns (C# 7.3 sections 11 and 12.11.12). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, errorType, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, type Place, placeholderReference } from "./binder.ts";
import type { Expression, Literal, Pattern } from "./bound.ts";
import { type Conv, implicitConversion, standardExplicit } from "./conversions.ts";
import { applyConversion, convertImplicitly, reportNoImplicit, toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import type { Operand } from "./operands.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareExpressionVariable, isVar } from "./variables.ts";
import { BOOL, canBeNull, OBJECT, strip } from "./well-known.ts";
import { TypeParameter } from "./type-parameters.ts";

/** `x is T`; a name that is no type is taken as a constant. */
export function bindIs(b: Binder, node: Syntax.Is): Expression {
  const operand = bindTested(b, node.expression);
  const { result: target, errors } = b.trying(() => bindType(b, node.type));
  if (errors.length > 0) {
    const constant = asExpression(node.type);
    const attempt = constant && b.trying(() => bindOperand(b, constant));
    if (attempt && attempt.errors.length === 0 && attempt.result.kind === "literal") {
      return constantTest(b, operand, attempt.result, node);
    }
    b.errors.push(...errors);
    return invalid(node.start);
  }
  if (isInvalid(operand) || target === errorType) return invalid(node.start);
  return { kind: "isType", type: BOOL, start: node.start, operand, target };
}

function constantTest(b: Binder, operand: Expression, value: Literal, node: Syntax.Is): Expression {
  const pattern = isInvalid(operand) ? null : constantPattern(b, value, operand.type, node.type);
  return pattern ? { kind: "isPattern", type: BOOL, start: node.start, operand, pattern } : invalid(node.start);
}

/** A name in type position read as an expression. */
function asExpression(node: Syntax.TypeSyntax): Syntax.Expression | null {
  if (node.kind === "IdentifierName") return node;
  if (node.kind !== "QualifiedName") return null;
  const expression = asExpression(node.left);
  return expression && { kind: "MemberAccess", start: node.start, end: node.end, expression, name: node.right };
}

/** The value under test: lambdas and the like are none. */
function bindTested(b: Binder, node: Syntax.Expression): Expression {
  return toValue(b, bindOperand(b, node), node);
}

export function bindIsPattern(b: Binder, node: Syntax.IsPattern): Expression {
  const operand = bindTested(b, node.expression);
  if (node.pattern.kind === "ConstantPattern") {
    const tested = bindOperand(b, node.pattern.expression);
    if (tested.kind === "typeName") {
      return isInvalid(operand)
        ? operand
        : { kind: "isType", type: BOOL, start: node.start, operand, target: tested.target };
    }
    if (isInvalid(operand) || isInvalid(tested)) return invalid(node.start);
    const pattern = bindConstant(b, tested, operand.type, node.pattern.expression);
    return pattern ? { kind: "isPattern", type: BOOL, start: node.start, operand, pattern } : invalid(node.start);
  }
  const pattern = bindPattern(b, node.pattern, operand.type);
  return pattern && !isInvalid(operand)
    ? { kind: "isPattern", type: BOOL, start: node.start, operand, pattern }
    : invalid(node.start);
}

/** A pattern for an input of that type; null after an error. */
export function bindPattern(b: Binder, node: Syntax.Pattern, input: Type): Pattern | null {
  if (node.kind === "ConstantPattern") return bindConstant(b, bindOperand(b, node.expression), input, node.expression);
  const { designation } = node;
  const written = isVar(node.type) ? null : bindType(b, node.type);
  const type = written ?? input;
  const local = designation.kind === "Discard" ? null : declareExpressionVariable(b, designation, type, "pattern");
  if (type === errorType || input === errorType) return null;
  if (!written) return { kind: "varPattern", local };
  return typePattern(b, written, local, input, node);
}

function typePattern(
  b: Binder,
  target: Type,
  local: (Pattern & { kind: "typePattern" })["local"],
  input: Type,
  node: Syntax.DeclarationPattern,
): Pattern | null {
  if (target.isNullable) {
    const message = `It is not legal to use nullable type '${show(target)}' in a pattern; use the underlying type '${show(target.args[0])}' instead.`;
    b.report("CS8116", message, node.type);
    return null;
  }
  const conv = testConversion(input, target);
  if (!conv || conv.kind === "numeric" || conv.kind === "enum") {
    b.report(
      "CS8121",
      `An expression of type '${show(input)}' cannot be handled by a pattern of type '${show(target)}'.`,
      node.type,
    );
    return null;
  }
  const current = b.placeholder(input);
  const value = applyConversion(b, placeholderReference(current, node.start), conv, target, node, true);
  return { kind: "typePattern", target, local, current, value };
}

/** How a value would be converted once its type is known to fit; a type parameter may turn out to be anything. */
function testConversion(from: Type, to: Type): Conv | null {
  const isAnything = from === dynamicType || from instanceof TypeParameter;
  if (!isAnything && !(to instanceof TypeParameter)) return standardExplicit(from, to);
  return standardExplicit(isAnything ? OBJECT : from, to) ?? standardExplicit(OBJECT, to);
}

function bindConstant(b: Binder, operand: Operand, input: Type, at: Place): Pattern | null {
  if (isInvalid(operand)) return null;
  if (operand.kind !== "literal") {
    if (operand.kind === "typeName") {
      b.report("CS0119", `'${show(operand.target)}' is a type, which is not valid in the given context`, at);
    } else {
      b.report("CS0150", "A constant value is expected", at);
    }
    return null;
  }
  return constantPattern(b, operand, input, at);
}

/** The constant in the input's type, or in its own when the input is object or an interface. */
function constantPattern(b: Binder, operand: Literal, input: Type, at: Place): Pattern | null {
  if (input === errorType) return null;
  if (operand.type.kind === "null") {
    if (canBeNull(input)) return { kind: "constantPattern", value: { ...operand, type: input } };
    reportNoImplicit(b, operand, input, at);
    return null;
  }
  if (!input.isValueType && operand.type !== input) {
    const conv = implicitConversion(b, operand, input === dynamicType ? OBJECT : input);
    if (conv?.kind === "userDefined") b.report("CS0150", "A constant value is expected", at);
    else if (!conv) reportNoImplicit(b, operand, input, at);
    else return { kind: "constantPattern", value: operand };
    return null;
  }
  const value = convertImplicitly(b, operand, strip(input), at);
  return isConstant(value) ? { kind: "constantPattern", value } : null;
}

export function bindAs(b: Binder, node: Syntax.As): Expression {
  const operand = bindTested(b, node.expression);
  const target = bindType(b, node.type);
  if (isInvalid(operand) || target === errorType) return invalid(node.start);
  if (target.isValueType && !target.isNullable) {
    const message = `The as operator must be used with a reference type or nullable type ('${show(target)}' is a non-nullable value type)`;
    b.report("CS0077", message, node, `use (${show(target)}) instead, or as ${show(target)}?`);
    return invalid(node.start);
  }
  if (operand.type.kind === "null") return { ...operand, type: target } as Expression;
  if (target instanceof TypeParameter && !target.isReference) {
    const message = `The type parameter '${target.name}' cannot be used with the 'as' operator because it does not have a class type constraint nor a 'class' constraint`;
    b.report("CS0413", message, node);
    return invalid(node.start);
  }
  const conv = testConversion(operand.type, target);
  const allowed =
    conv && ["identity", "reference", "referenceCast", "boxing", "unboxing", "nullableWrap"].includes(conv.kind);
  if (!allowed || (conv.kind === "nullableWrap" && conv.inner.kind !== "identity")) {
    const message =
      `Cannot convert type '${show(operand.type)}' to '${show(target)}' via a reference conversion, boxing conversion, unboxing conversion, ` +
      "wrapping conversion, or null type conversion";
    b.report("CS0039", message, node);
    return invalid(node.start);
  }
  return { kind: "as", type: target, start: node.start, operand };
}
