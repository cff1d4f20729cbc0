/** Argument lists: binding them, and laying them out in parameter order once an overload is chosen. */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place, reference } from "./binder.ts";
import type { Expression, Local, Target } from "./bound.ts";
import { readConstant } from "./constants.ts";
import { applyConversion, convertImplicitly, defaultOf } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import type { Operand } from "./operands.ts";
import { type Argument, type Candidate, paramsArrayType } from "./overloads.ts";
import { bindTarget } from "./targets.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareExpressionVariable } from "./variables.ts";
import { INT } from "./well-known.ts";

export function bindArguments(b: Binder, nodes: readonly Syntax.Argument[]): Argument[] {
  return nodes.map((node, i) => {
    const { name, expression: place } = node;
    const namePlace = name === undefined ? undefined : { start: node.start, end: node.start + name.length };
    if (namePlace && nodes.findIndex((other) => other.name === name) < i) {
      b.report("CS1740", `Named argument '${name}' cannot be specified multiple times`, namePlace);
      return { operand: invalid(node.start), name: undefined, mode: "value", place };
    }
    if (node.refKind === "out" || node.refKind === "ref") {
      return { operand: bindReference(b, node), name, mode: node.refKind, place, namePlace };
    }
    const operand = bindOperand(b, node.expression);
    if (node.refKind === "in") checkVariable(b, operand, place);
    return { operand, name, mode: "value", place, namePlace };
  });
}

const VARIABLES: ReadonlySet<string> = new Set([
  "local",
  "arrayAccess",
  "multiArrayAccess",
  "tupleElement",
  "field",
  "refConditional",
]);

/** `in` before an argument wants a variable, even one that may not be written; without `in`, a copy will do. */
function checkVariable(b: Binder, operand: Operand, place: Place): void {
  if (isInvalid(operand) || VARIABLES.has(operand.kind)) return;
  if (operand.kind === "localFunctionCall" && operand.function.returnsRef) return;
  const message = "An expression cannot be used in this context because it may not be passed or returned by reference";
  b.report("CS8156", message, place);
}

/** What stands behind `out` or `ref`: a variable, or one that is declared there. */
function bindReference(b: Binder, node: Syntax.Argument): Operand {
  const { expression } = node;
  if (expression.kind === "Declaration") {
    const { designation, type } = expression;
    const isVar = type.kind === "IdentifierName" && type.name === "var" && !type.verbatim;
    if (designation.kind === "ParenthesizedVariables") return invalid(node.start);
    if (designation.kind === "Discard") return outVariable(null, isVar ? null : bindType(b, type), designation.start);
    const local = declareExpressionVariable(b, designation, isVar ? null : bindType(b, type), "out");
    return isVar ? outVariable(local, null, designation.start) : reference(local, designation.start);
  }
  if (node.refKind === "out" && isDiscard(b, expression)) return outVariable(null, null, expression.start);
  const target = bindTarget(b, expression, node.refKind === "ref" ? "ref" : "out");
  return target && target.kind !== "discard" ? target : invalid(expression.start);
}

/** `_`, unless a variable has that name. */
export function isDiscard(b: Binder, node: Syntax.Expression): boolean {
  return node.kind === "IdentifierName" && node.name === "_" && !node.verbatim && !b.scope.find("_");
}

function outVariable(local: Local | null, type: Type | null, start: number): Operand {
  return { kind: "outVariable", type: type ?? errorType, start, local };
}

/** Arguments in parameter order, and what must be evaluated before when they were written in another order. */
export interface Layout {
  readonly args: Expression[];
  readonly locals: Local[];
  readonly effects: Expression[];
}

/** `first` is evaluated before all arguments (the receiver); it comes back as `receiver`. */
export function layOut(b: Binder, c: Candidate, args: readonly Argument[]): Layout {
  const values = args.map((arg, i) => convertArgument(b, arg, c, i));
  const layout: Layout = { args: [], locals: [], effects: [] };
  if (isReordered(c.parameterOf)) keepOrder(b, values, layout);
  const { parameters } = c.method;
  const last = parameters.length - 1;
  for (let at = 0; at <= last; at++) {
    const given = values.filter((_, i) => c.parameterOf[i] === at);
    if (c.expanded && at === last) layout.args.push(packed(c, given));
    else layout.args.push(given[0] ?? defaultArgument(parameters[at].defaultText ?? "", parameters[at].type));
  }
  return layout;
}

function convertArgument(b: Binder, arg: Argument, c: Candidate, i: number): Expression {
  const { operand, mode, place } = arg;
  const target = c.targets[i];
  if (mode === "value") return applyConversion(b, operand, c.convs[i], target, place, false);
  if (operand.kind === "outVariable") {
    if (operand.local) giveType(b, operand.local, target);
    const variable: Target = operand.local
      ? reference(operand.local, operand.start)
      : { kind: "discard", type: target, start: operand.start };
    return { kind: "reference", type: target, start: operand.start, mode, target: variable };
  }
  return { kind: "reference", type: target, start: operand.start, mode, target: operand as Target };
}

/** `out var x` takes the parameter's type. */
function giveType(b: Binder, local: Local, type: Type): void {
  local.type = type;
  b.scope.settle(local);
}

/** After a failed call, variables declared in its arguments get the error type so that nothing is reported twice. */
export function settleFailed(b: Binder, args: readonly Argument[]): void {
  for (const { operand } of args) {
    if (operand.kind === "outVariable" && operand.local) giveType(b, operand.local, errorType);
  }
}

function isReordered(parameterOf: readonly number[]): boolean {
  return parameterOf.some((at, i) => i > 0 && at < parameterOf[i - 1]);
}

/** Puts each value into a temporary, in the order written. */
function keepOrder(b: Binder, values: Expression[], layout: Layout): void {
  values.forEach((value, i) => {
    if (isConstant(value) || isInvalid(value) || value.kind === "lambda" || value.kind === "reference") return;
    values[i] = temporary(b, value, layout);
  });
}

export function temporary(b: Binder, value: Expression, layout: Pick<Layout, "locals" | "effects">): Expression {
  const local = b.local("argument", value.type, "temp", -1);
  layout.locals.push(local);
  const target = reference(local, value.start);
  layout.effects.push({ kind: "assignment", type: value.type, start: value.start, target, value });
  return reference(local, value.start);
}

function packed(c: Candidate, items: readonly Expression[]): Expression {
  const type = paramsArrayType(c.method);
  return { kind: "arrayCreation", type, start: items[0]?.start ?? 0, elementType: type.args[0], length: null, items };
}

function defaultArgument(text: string, type: Type): Expression {
  if (text === "null" || text === "default") return defaultOf(type, 0);
  const value = readConstant(text, type);
  return value === undefined ? defaultOf(type, 0) : literal(value, type, 0);
}

/** The expression with what must be evaluated before it. */
export function afterEffects(result: Expression, layout: Layout): Expression {
  if (layout.effects.length === 0) return result;
  return {
    kind: "sequence",
    type: result.type,
    start: result.start,
    locals: layout.locals,
    effects: layout.effects,
    result,
  };
}

/** An array index or length: int, or else uint, long or ulong. */
export function convertIndex(b: Binder, operand: Operand, at: Place): Expression {
  if (operand.kind !== "literal" && INDEX_TYPES.has(operand.type.name)) return operand as Expression;
  return convertImplicitly(b, operand, INT, at);
}

const INDEX_TYPES: ReadonlySet<string> = new Set(["System.UInt32", "System.Int64", "System.UInt64"]);
