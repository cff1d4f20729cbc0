/** Local functions (C# 7.3 section 13.6.4): known in their whole block, bound where they stand. */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, isConstant, isInvalid, literal } from "./binder.ts";
import type { Block, Literal, Local, LocalFunction, LocalFunctionStatement } from "./bound.ts";
import { implicitConversion } from "./conversions.ts";
import { convertImplicitly, discard } from "./convert.ts";
import { show } from "./display.ts";
import { bindBranch, bindOperand } from "./expressions.ts";
import { hasYield, iteratorOf } from "./iterators.ts";
import { isStatementSyntax, reportNotStatement } from "./lambdas.ts";
import { isExpression } from "./operands.ts";
import { endIsReachable } from "./reachability.ts";
import { functionContext, Scope } from "./scope.ts";
import { bindBlockIn, checkLabels } from "./statements.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareName } from "./variables.ts";
import { bindTypeParameters } from "./constraints.ts";
import type { TypeParameter } from "./type-parameters.ts";
import { bindRefReturn } from "./references.ts";

const declared = new WeakMap<Syntax.LocalFunction, Map<Scope, LocalFunction>>();

/** Makes the functions of a block known before its statements are bound. */
export function declareLocalFunctions(b: Binder, nodes: readonly Syntax.Statement[]): void {
  for (const node of nodes) {
    if (node.kind !== "LocalFunction") continue;
    b.needsFlow = true;
    const fn = declare(b, node);
    const scopes = declared.get(node) ?? new Map<Scope, LocalFunction>();
    scopes.set(b.scope, fn);
    declared.set(node, scopes);
    const place = { start: node.nameStart, end: node.nameStart + node.name.length };
    declareName(b, node.name, { kind: "function", function: fn }, place, b.scope.declarations);
  }
}

function declare(b: Binder, node: Syntax.LocalFunction): LocalFunction {
  const typeParameters = bindTypeParameters(b, node);
  const inside = new Scope(b.scope, b.scope.fn, undefined, [...b.scope.typeParameters, ...typeParameters]);
  return b.within(inside, () => declareSignature(b, node, typeParameters));
}

function declareSignature(
  b: Binder,
  node: Syntax.LocalFunction,
  typeParameters: readonly TypeParameter[],
): LocalFunction {
  const returnsRef = node.returnType.kind === "RefType";
  const returnType = bindType(b, node.returnType.kind === "RefType" ? node.returnType.type : node.returnType);
  const parameters = node.parameters.map((p) => parameter(b, p));
  checkParameters(b, node.parameters, parameters);
  const defaults = node.parameters.map((p, i) =>
    p.defaultValue ? defaultValue(b, p, p.defaultValue, parameters[i].type) : undefined,
  );
  const hasParams = node.parameters.at(-1)?.modifier === "params";
  return {
    name: node.name,
    id: b.nextId(),
    start: node.nameStart,
    typeParameters,
    parameters,
    returnType,
    returnsRef,
    defaults,
    hasParams,
  };
}

function parameter(b: Binder, p: Syntax.Parameter): Local {
  const type: Type = p.type ? bindType(b, p.type) : errorType;
  const local = b.local(p.name, type, "parameter", p.nameStart);
  return p.modifier === "ref" || p.modifier === "out" || p.modifier === "in" ? { ...local, byRef: p.modifier } : local;
}

function checkParameters(b: Binder, nodes: readonly Syntax.Parameter[], parameters: readonly Local[]): void {
  const seen = new Set<string>();
  nodes.forEach((node, i) => {
    const { name, nameStart, modifier } = node;
    if (seen.has(name) && name !== "") {
      b.report("CS0100", `The parameter name '${name}' is a duplicate`, placeOfName(node));
    }
    seen.add(name);
    if (modifier === "params" && parameters[i].type.kind !== "array" && parameters[i].type !== errorType) {
      const at = { start: node.start, end: node.start + "params".length };
      b.report("CS0225", "The params parameter must be a single dimensional array", at);
    }
    const followsOptional = nodes.slice(0, i).some((p) => p.defaultValue);
    if (followsOptional && !node.defaultValue && modifier !== "params") {
      const end = nameStart + name.length;
      b.report("CS1737", "Optional parameters must appear after all required parameters", { start: end, end: end + 1 });
    }
  });
}

function placeOfName({ name, nameStart }: Syntax.Parameter) {
  return { start: nameStart, end: nameStart + name.length };
}

function defaultValue(b: Binder, p: Syntax.Parameter, node: Syntax.Expression, type: Type): Literal | undefined {
  const operand = bindOperand(b, node);
  if (
    isExpression(operand) &&
    operand.type !== errorType &&
    type !== errorType &&
    !implicitConversion(b, operand, type)
  ) {
    const message = `A value of type '${show(operand.type)}' cannot be used as a default parameter because there are no standard conversions to type '${show(type)}'`;
    b.report("CS1750", message, placeOfName(p));
    return undefined;
  }
  const value = convertImplicitly(b, operand, type, node);
  if (isConstant(value)) return value;
  if (value.kind === "default") return literal(null, type, node.start);
  if (value.type !== errorType) b.report("CS1736", "Default parameter value must be a compile-time constant", node);
  return undefined;
}

export function bindLocalFunction(b: Binder, node: Syntax.LocalFunction): LocalFunctionStatement {
  const fn = declared.get(node)?.get(b.scope) ?? declare(b, node);
  const iterator = hasYield(node.body) ? iteratorOf(b, node, fn.returnType, fn.parameters) : null;
  const context = functionContext("localFunction", fn.returnType, iterator, fn.returnsRef);
  const scope = new Scope(b.scope, context, undefined, [...b.scope.typeParameters, ...fn.typeParameters]);
  for (const [i, local] of fn.parameters.entries()) {
    const at = node.parameters[i];
    const place = { start: at.nameStart, end: at.nameStart + at.name.length };
    const isFirst = fn.parameters.findIndex((p) => p.name === local.name) === i;
    if (isFirst) declareName(b, local.name, { kind: "local", local, fn: scope.fn }, place, scope);
  }
  const body = bindBody(b, node, fn, scope);
  checkLabels(b, scope);
  const wantsValue = iterator === null && fn.returnType.kind !== "void" && fn.returnType !== errorType;
  if (wantsValue && endIsReachable(body)) {
    const place = { start: node.nameStart, end: node.nameStart + node.name.length };
    b.report("CS0161", `'${node.name}': not all code paths return a value`, place);
  }
  return { kind: "localFunction", start: node.start, function: fn, iterator, body };
}

function bindBody(b: Binder, node: Syntax.LocalFunction, fn: LocalFunction, scope: Scope): Block {
  const { body } = node;
  if (body.kind === "Block") return bindBlockIn(b, body, scope);
  return b.within(scope, () => {
    if (fn.returnsRef || body.kind === "Ref") {
      const value = bindRefReturn(b, body, fn.returnType, body);
      return {
        kind: "block",
        start: body.start,
        locals: scope.locals,
        statements: [{ kind: "return", start: body.start, value }],
      };
    }
    const operand = bindBranch(b, body);
    const { start } = body;
    if (fn.returnType.kind === "void") {
      if (operand.kind !== "unboundThrow" && !isInvalid(operand) && !isStatementSyntax(body))
        reportNotStatement(b, body);
      return {
        kind: "block",
        start,
        locals: scope.locals,
        statements: [{ kind: "expressionStatement", start, expression: discard(b, operand, body) }],
      };
    }
    const value = convertImplicitly(b, operand, fn.returnType, body);
    return { kind: "block", start, locals: scope.locals, statements: [{ kind: "return", start, value }] };
  });
}
