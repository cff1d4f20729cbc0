/**
 * Lambdas and anonymous methods: bound once per list of parameter types, converted to a delegate type when one is known
 * (C# 7.3 section 12.17).
 */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type, voidType } from "../types.ts";
import { type BindError, type Binder, invalid, isInvalid, type Place } from "./binder.ts";
import type { Block, Expression, Lambda, Local } from "./bound.ts";
import { implicitConversion } from "./conversions.ts";
import { convertImplicitly, discard, naturalTypeOf } from "./convert.ts";
import { show } from "./display.ts";
import { bindBranch } from "./expressions.ts";
import { endIsReachable } from "./reachability.ts";
import { bestCommonType } from "./inference.ts";
import { invokeOf } from "./members.ts";
import { isExpression, NO_TYPE, type Operand, type SyntheticLambda, type UnboundLambda } from "./operands.ts";
import { functionContext, type PendingReturn, Scope } from "./scope.ts";
import { bindBlockIn } from "./statements.ts";
import { bindType } from "./types-of-syntax.ts";
import { isDelegate } from "./well-known.ts";

/** A lambda with its parameters' types known. */
export interface LambdaBinding {
  readonly parameters: readonly Local[];
  readonly errors: readonly BindError[];
  /** Of an expression body the operand, else the block. */
  readonly operand: Operand | null;
  readonly block: Block | null;
  readonly locals: readonly Local[];
  /** Returned values, still unconverted. */
  readonly returns: readonly PendingReturn[];
  readonly bareReturn: Place | null;
  readonly endReachable: boolean;
  /** Found on demand: type of the returned values, null when they have no common one. */
  returnType?: Type | null;
  /** Its return statements have got their values. */
  finished: boolean;
}

type LambdaSyntax = Syntax.Lambda | Syntax.AnonymousMethod | SyntheticLambda;

export function unboundLambda(b: Binder, syntax: LambdaSyntax): UnboundLambda {
  return {
    kind: "unboundLambda",
    type: NO_TYPE,
    start: syntax.start,
    syntax,
    scope: b.scope,
    overflow: b.overflow,
    bindings: new Map(),
  };
}

/** Number of parameters; null for `delegate { }`, which takes any. */
function arity(syntax: LambdaSyntax): number | null {
  if (syntax.kind === "SyntheticLambda") return syntax.parameterNames.length;
  return syntax.parameters?.length ?? null;
}

const written = new WeakMap<UnboundLambda, readonly Type[] | null>();

/** Written parameter types; null when they are to be inferred. */
export function parameterTypesOf(b: Binder, lambda: UnboundLambda): readonly Type[] | null {
  let found = written.get(lambda);
  if (found === undefined) {
    found = bindParameterTypes(b, lambda);
    written.set(lambda, found);
  }
  return found;
}

function bindParameterTypes(b: Binder, lambda: UnboundLambda): readonly Type[] | null {
  const { syntax } = lambda;
  if (syntax.kind === "SyntheticLambda" || !syntax.parameters) return null;
  const types: Type[] = [];
  for (const p of syntax.parameters) {
    if (!p.type) return null;
    types.push(b.trying(() => bindType(b, p.type as Syntax.TypeSyntax)).result);
  }
  return types;
}

/** The lambda bound for these parameter types. */
function bindFor(b: Binder, lambda: UnboundLambda, types: readonly Type[]): LambdaBinding {
  const key = types.map((t) => t.id).join(",");
  let found = lambda.bindings.get(key);
  if (!found) {
    found = bindBody(b, lambda, types);
    lambda.bindings.set(key, found);
  }
  return found;
}

function bindBody(b: Binder, lambda: UnboundLambda, types: readonly Type[]): LambdaBinding {
  const { syntax } = lambda;
  if (!b.countLambdaBinding(syntax)) return failedBinding(syntax);
  const fn = functionContext("lambda", null);
  const scope = new Scope(lambda.scope, fn);
  const formerOverflow = b.overflow;
  b.overflow = lambda.overflow;
  const { result, errors } = b.trying(() => {
    const parameters = declareParameters(b, syntax, scope, types);
    return b.within(scope, () => ({ parameters, ...bindContent(b, syntax, scope, parameters) }));
  });
  b.overflow = formerOverflow;
  return { ...result, errors, locals: scope.locals, returns: fn.returns, bareReturn: fn.bareReturn, finished: false };
}

function failedBinding(at: Place): LambdaBinding {
  return {
    parameters: [],
    errors: [
      { code: "CS8078", message: "An expression is too long or complex to compile", start: at.start, end: at.end },
    ],
    operand: invalid(at.start),
    block: null,
    locals: [],
    returns: [],
    bareReturn: null,
    endReachable: false,
    finished: false,
  };
}

function bindContent(
  b: Binder,
  syntax: LambdaSyntax,
  scope: Scope,
  parameters: readonly Local[],
): Pick<LambdaBinding, "operand" | "block" | "endReachable"> {
  if (syntax.kind === "SyntheticLambda")
    return { operand: syntax.body(scope, parameters), block: null, endReachable: false };
  if (syntax.body.kind !== "Block") return { operand: bindBranch(b, syntax.body), block: null, endReachable: false };
  const block = bindBlockIn(b, syntax.body, scope);
  return { operand: null, block, endReachable: endIsReachable(block) };
}

function declareParameters(b: Binder, syntax: LambdaSyntax, scope: Scope, types: readonly Type[]): Local[] {
  if (syntax.kind === "SyntheticLambda") {
    return syntax.parameterNames.map((name, i) => b.local(name, types[i] ?? errorType, "parameter", syntax.start));
  }
  if (!syntax.parameters) return types.map((t) => b.local("", t, "parameter", syntax.start));
  return syntax.parameters.map((p, i) => {
    const local = b.local(p.name, types[i] ?? errorType, "parameter", p.nameStart);
    const place = { start: p.nameStart, end: p.nameStart + p.name.length };
    scope.declare(p.name, { kind: "local", local, fn: scope.fn }, place, (code, message, at) => {
      if (code === "CS0128") b.report("CS0100", `The parameter name '${p.name}' is a duplicate`, at);
      else b.report(code, message, at);
    });
    return local;
  });
}

/** Type of the lambda's value for these parameter types: void when it returns none, null when there is no such type. */
export function inferredReturnType(b: Binder, lambda: UnboundLambda, types: readonly Type[]): Type | null {
  const count = arity(lambda.syntax);
  if (count !== null && count !== types.length) return null;
  const binding = bindFor(b, lambda, types);
  if (binding.returnType === undefined) binding.returnType = binding.errors.length > 0 ? null : findReturnType(binding);
  return binding.returnType;
}

function findReturnType(binding: LambdaBinding): Type | null {
  if (binding.operand) return naturalTypeOf(binding.operand);
  if (binding.returns.length === 0) return binding.endReachable || binding.bareReturn ? voidType : null;
  const types = binding.returns.map((r) => naturalTypeOf(r.operand)).filter((t) => t !== null);
  return types.length > 0 ? bestCommonType(types) : null;
}

/** Can the lambda become a delegate of that type? Its body must bind without error. */
export function canConvertLambda(b: Binder, lambda: UnboundLambda, to: Type): boolean {
  const types = delegateParameters(b, lambda, to);
  if (!types) return false;
  const binding = bindFor(b, lambda, types);
  return (
    binding.errors.length === 0 && returnsFit(b, lambda, binding, (invokeOf(to) as { returnType: Type }).returnType)
  );
}

/** Parameter types that the delegate gives the lambda; null when the two do not fit. */
function delegateParameters(b: Binder, lambda: UnboundLambda, to: Type): readonly Type[] | null {
  const invoke = isDelegate(to) ? invokeOf(to) : undefined;
  if (!invoke) return null;
  const types = invoke.parameters.map((p) => p.type);
  const count = arity(lambda.syntax);
  if (count !== null && count !== types.length) return null;
  const own = parameterTypesOf(b, lambda);
  return own && !own.every((t, i) => t === types[i]) ? null : types;
}

function returnsFit(b: Binder, lambda: UnboundLambda, binding: LambdaBinding, returnType: Type): boolean {
  const isVoid = returnType.kind === "void";
  if (binding.operand) {
    return isVoid
      ? isStatementBody(lambda.syntax, binding.operand)
      : implicitConversion(b, binding.operand, returnType) !== null;
  }
  if (isVoid) return binding.returns.length === 0;
  if (binding.endReachable || binding.bareReturn) return false;
  return binding.returns.every((r) => implicitConversion(b, r.operand, returnType) !== null);
}

/** May the expression stand as a statement? */
function isStatementBody(syntax: LambdaSyntax, operand: Operand): boolean {
  if (operand.kind === "unboundThrow") return true;
  if (syntax.kind === "SyntheticLambda" || syntax.body.kind === "Block") return false;
  return isStatementSyntax(syntax.body);
}

export function isStatementSyntax(e: Syntax.Expression): boolean {
  switch (e.kind) {
    case "Invocation":
    case "Assignment":
    case "ObjectCreation":
    case "PostfixUnary":
      return true;
    case "PrefixUnary":
      return e.operator === "++" || e.operator === "--";
    case "ConditionalAccess":
      return isStatementSyntax(e.whenNotNull);
    default:
      return false;
  }
}

/** The lambda as a delegate of that type; reports why when it cannot be one. */
export function bindLambdaTo(b: Binder, lambda: UnboundLambda, to: Type): Expression {
  const types = delegateParameters(b, lambda, to);
  if (!types) {
    reportShape(b, lambda, to);
    return invalid(lambda.start);
  }
  let binding = bindFor(b, lambda, types);
  if (binding.finished) binding = bindBody(b, lambda, types);
  binding.finished = true;
  b.errors.push(...binding.errors);
  const { returnType } = invokeOf(to) as { returnType: Type };
  const body = finishBody(b, lambda, binding, to);
  const { parameters, locals } = binding;
  return { kind: "lambda", type: to, start: lambda.start, parameters, returnType, body, locals } satisfies Lambda;
}

function finishBody(b: Binder, lambda: UnboundLambda, binding: LambdaBinding, to: Type): Expression | Block {
  const { returnType } = invokeOf(to) as { returnType: Type };
  const isVoid = returnType.kind === "void";
  if (binding.operand) {
    const at = bodyPlace(lambda.syntax);
    if (!isVoid) return convertReturn(b, binding.operand, returnType, at);
    if (!isStatementBody(lambda.syntax, binding.operand) && binding.errors.length === 0) reportNotStatement(b, at);
    return discard(b, binding.operand, at);
  }
  for (const pending of binding.returns) {
    if (isVoid) {
      b.report(
        "CS8030",
        "Anonymous function converted to a void returning delegate cannot return a value",
        pending.place,
      );
    } else {
      pending.node.value = convertReturn(b, pending.operand, returnType, pending.place);
    }
  }
  if (!isVoid && binding.bareReturn) {
    b.report("CS0126", `An object of a type convertible to '${show(returnType)}' is required`, binding.bareReturn);
  }
  if (!isVoid && binding.endReachable && !binding.errors.some((e) => e.code === "CS1621")) {
    b.report(
      "CS1643",
      `Not all code paths return a value in lambda expression of type '${show(to)}'`,
      arrowPlace(lambda.syntax),
    );
  }
  return binding.block as Block;
}

/**
 * A returned value that does not convert is reported twice, as the compiler does: where it stands, and that the lambda
 * fails for it.
 */
function convertReturn(b: Binder, operand: Operand, returnType: Type, at: Place): Expression {
  const before = b.errors.length;
  const value = convertImplicitly(b, operand, returnType, at);
  if (b.errors.length > before && isExpression(operand) && !isInvalid(operand)) {
    const message =
      "Cannot convert lambda expression to intended delegate type because some of the return types in the block are not implicitly " +
      "convertible to the delegate return type";
    b.report("CS1662", message, at);
  }
  return value;
}

export function reportNotStatement(b: Binder, at: Place): void {
  b.report(
    "CS0201",
    "Only assignment, call, increment, decrement, await, and new object expressions can be used as a statement",
    at,
  );
}

function bodyPlace(syntax: LambdaSyntax): Place {
  return syntax.kind === "SyntheticLambda" ? syntax : syntax.body;
}

/** Where the compiler reports what is wrong with a lambda as a whole. */
export function arrowPlace(syntax: LambdaSyntax): Place {
  return syntax.kind === "Lambda" ? { start: syntax.arrowStart, end: syntax.arrowStart + 2 } : syntax;
}

function reportShape(b: Binder, lambda: UnboundLambda, to: Type): void {
  const { syntax } = lambda;
  const what = syntax.kind === "AnonymousMethod" ? "anonymous method" : "lambda expression";
  const at = arrowPlace(syntax);
  if (!isDelegate(to)) {
    b.report("CS1660", `Cannot convert ${what} to type '${show(to)}' because it is not a delegate type`, at);
    return;
  }
  const count = arity(syntax);
  const expected = invokeOf(to)?.parameters.length;
  if (count !== null && count !== expected) {
    b.report("CS1593", `Delegate '${show(to)}' does not take ${count} arguments`, at);
  } else {
    const message = `Cannot convert ${what} to type '${show(to)}' because the parameter types do not match the delegate parameter types`;
    b.report("CS1661", message, at);
    reportParameterTypes(b, syntax, invokeOf(to)?.parameters.map((p) => p.type) ?? []);
  }
}

function reportParameterTypes(b: Binder, syntax: LambdaSyntax, wanted: readonly Type[]): void {
  if (syntax.kind === "SyntheticLambda") return;
  (syntax.parameters ?? []).forEach((p, i) => {
    const type = p.type && bindType(b, p.type);
    if (!type || type === errorType || type === wanted[i]) return;
    const message = `Parameter ${i + 1} is declared as type '${show(type)}' but should be '${show(wanted[i])}'`;
    b.report("CS1678", message, { start: p.nameStart, end: p.nameStart + p.name.length });
  });
}

/**
 * Reports what is wrong inside the lambda for these parameter types. True when something was: then the call around it
 * need not be blamed.
 */
export function reportLambdaErrors(b: Binder, lambda: UnboundLambda, types: readonly Type[]): boolean {
  const count = arity(lambda.syntax);
  if (count !== null && count !== types.length) return false;
  const { errors } = bindFor(b, lambda, types);
  b.errors.push(...errors);
  return errors.length > 0;
}
