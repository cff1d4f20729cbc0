/** Invocations and indexing (C# 7.3 sections 12.7.6 and 12.7.7). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType, errorType, type Type } from "../types.ts";
import { afterEffects, bindArguments, convertIndex, layOut, settleFailed, temporary } from "./arguments.ts";
import { type Binder, invalid, isConstant, isInvalid, literal, type Place } from "./binder.ts";
import type { Expression } from "./bound.ts";
import { reportCallFailure, reportDelegateFailure } from "./call-errors.ts";
import { toValue } from "./convert.ts";
import { show, showMethod } from "./display.ts";
import { dynamicInvoke, lateArguments, lateCall } from "./dynamic-calls.ts";
import { bindOperand } from "./expressions.ts";
import {
  bindMemberAccess,
  bindMemberBinding,
  foreignExtensions,
  memberByInstance,
  receiverFor,
  reportNoMember,
  takesReceiver,
} from "./member-access.ts";
import { indexersOf, invokeOf, type Method, type Property } from "./members.ts";
import { extensionsNamed } from "./names.ts";
import { isExpression, type MethodGroup, type Operand } from "./operands.ts";
import { type Argument, type Candidate, instantiate, type Resolution, resolveOverload } from "./overloads.ts";
import { isDelegate, STRING } from "./well-known.ts";
import { buildLocalFunctionCall } from "./local-function-calls.ts";

export function bindInvocation(b: Binder, node: Syntax.Invocation): Expression {
  if (isNameOf(b, node)) return bindNameOf(b, node);
  const callee = bindCallee(b, node.expression);
  const args = bindArguments(b, node.arguments);
  const call = invoke(b, callee, args, node);
  if (isInvalid(call)) settleFailed(b, args);
  return call;
}

function bindCallee(b: Binder, node: Syntax.Expression): Operand {
  if (node.kind === "MemberAccess") return bindMemberAccess(b, node, true);
  return node.kind === "MemberBinding" ? bindMemberBinding(b, node, true) : bindOperand(b, node);
}

function invoke(b: Binder, callee: Operand, args: readonly Argument[], node: Syntax.Invocation): Expression {
  if (callee.type === errorType) return invalid(node.start);
  if (callee.kind === "methodGroup") return buildCall(b, callee, args, node);
  if (callee.kind === "localFunctionGroup") return buildLocalFunctionCall(b, callee, args, node);
  if (callee.kind === "dynamicMember") {
    return dynamicInvoke(b, callee.receiver, callee.name, args, node);
  }
  if (callee.type === dynamicType) return dynamicInvoke(b, callee as Expression, null, args, node);
  if (isExpression(callee) && isDelegate(callee.type)) return invokeDelegate(b, callee, args, node);
  if (callee.kind === "typeName" || callee.kind === "namespaceName") {
    const what = callee.kind === "typeName" ? "type" : "namespace";
    const name = callee.kind === "typeName" ? show(callee.target) : callee.name;
    const hint = callee.kind === "typeName" ? `to make one, write new ${name}(...)` : undefined;
    b.report(
      "CS1955",
      `Non-invocable member '${name}' cannot be used like a method.`,
      node.expression,
      hint ?? `${name} is a ${what}`,
    );
    return invalid(node.start);
  }
  b.report("CS0149", "Method name expected", node.expression);
  return invalid(node.start);
}

// ---- nameof ---------------------------------------------------------------------------------------------------------

function isNameOf(b: Binder, node: Syntax.Invocation): boolean {
  const { expression } = node;
  if (expression.kind !== "IdentifierName" || expression.name !== "nameof" || expression.verbatim) return false;
  return node.arguments.length === 1 && !b.scope.find("nameof");
}

function bindNameOf(b: Binder, node: Syntax.Invocation): Expression {
  const [{ expression }] = node.arguments;
  const name = lastName(expression);
  if (name === undefined) {
    b.report("CS8081", "Expression does not have a name.", expression);
    return invalid(node.start);
  }
  const operand = nameOfOperand(b, expression);
  return isInvalid(operand) ? invalid(node.start) : literal(name, STRING, node.start);
}

/** Instance members may be named through their type: `nameof(string.Length)`. */
function nameOfOperand(b: Binder, expression: Syntax.Expression): Operand {
  const { result, errors } = b.trying(() => bindOperand(b, expression));
  if (errors.length > 0 && !errors.every((e) => e.code === "CS0120")) b.errors.push(...errors);
  else if (errors.length > 0) return literal(null, STRING, expression.start);
  return result;
}

function lastName(e: Syntax.Expression): string | undefined {
  if (e.kind === "IdentifierName") return e.name;
  if (e.kind === "MemberAccess" || e.kind === "AliasQualifiedName") return e.name.name;
  return undefined;
}

// ---- Methods --------------------------------------------------------------------------------------------------------

/** What overload resolution found for a group, and whether the receiver became the first argument. */
export interface ResolvedCall {
  readonly candidate: Candidate;
  readonly args: readonly Argument[];
  readonly extension: boolean;
}

/**
 * The best method for the arguments: the owner's own, else an extension method. Null when none is; nothing is reported.
 */
export function resolveGroup(b: Binder, group: MethodGroup, args: readonly Argument[]): ResolvedCall | null {
  const outcome = resolve(b, group, args);
  return outcome.kind === "found" ? outcome : null;
}

type Outcome = ({ readonly kind: "found" } & ResolvedCall) | Failure;

interface Failure {
  readonly kind: "failed";
  readonly resolution: Resolution;
  /** As resolution saw them: an extension method's receiver is the first. */
  readonly args: readonly Argument[];
}

function resolve(b: Binder, group: MethodGroup, args: readonly Argument[]): Outcome {
  let failure: Failure = { kind: "failed", resolution: { kind: "none", mismatches: [] }, args };
  const own = ofStaticness(group);
  if (own.length > 0) {
    const resolution = resolveOverload(b, own, args, group.typeArgs);
    if (resolution.kind === "best") return { kind: "found", candidate: resolution.candidate, args, extension: false };
    failure = { kind: "failed", resolution, args };
    if (resolution.kind === "ambiguous") return failure;
    const other = own.length < group.methods.length ? resolveOverload(b, group.methods, args, group.typeArgs) : null;
    if (other?.kind === "best") return { kind: "found", candidate: other.candidate, args, extension: false };
  }
  const { receiver } = group;
  if (!receiver) return failure;
  const withReceiver: Argument[] = [
    {
      operand: receiver,
      name: undefined,
      mode: "value",
      place: { start: receiver.start, end: receiver.start },
      isReceiver: true,
    },
    ...args,
  ];
  for (const tier of extensionsNamed(group.name)) {
    const methods = tier.filter((m) => takesReceiver(b, receiver, m));
    if (methods.length === 0) continue;
    const resolution = resolveOverload(b, methods, withReceiver, group.typeArgs);
    if (resolution.kind === "best")
      return { kind: "found", candidate: resolution.candidate, args: withReceiver, extension: true };
    if (own.length === 0 && failure.args === args) failure = { kind: "failed", resolution, args: withReceiver };
  }
  return failure;
}

/**
 * C# 7.3: static methods through a type, instance methods through a value; the others only when there is nothing else,
 * to be reported.
 */
function ofStaticness(group: MethodGroup): readonly Method[] {
  const wanted = group.methods.filter((m) => m.isStatic === (group.receiver === null));
  return wanted.length > 0 ? wanted : group.methods;
}

/** An extension method is blamed that would take the arguments, though not the receiver. */
function reportForeignReceiver(b: Binder, group: MethodGroup, failure: Failure, args: readonly Argument[]): boolean {
  const { receiver } = group;
  const { resolution } = failure;
  if (!receiver || group.methods.length > 0 || resolution.kind !== "none") return false;
  const blameless = ["count", "required", "typeArguments"];
  if (!resolution.mismatches.every((m) => blameless.includes(m.reason))) return false;
  const foreign = foreignExtensions(b, receiver, group.name, group.typeArgs?.length ?? 0);
  const blamed = foreign.find((m) => m.parameters.length === args.length + 1);
  const inferred = extensionsNamed(group.name).some((tier) =>
    tier.some((m) => !group.typeArgs && m.typeArgs.length > 0 && m.parameters.length === args.length + 1),
  );
  if (!blamed && inferred && resolution.mismatches.length === 0) {
    reportNoMember(b, receiver.type, { name: group.name, start: group.nameStart, end: group.nameEnd });
    return true;
  }
  if (!blamed) return false;
  const open = group.typeArgs ? instantiate(blamed, group.typeArgs) : blamed;
  const wanted = show(open.parameters[0].type);
  const message =
    `'${show(receiver.type)}' does not contain a definition for '${group.name}' and the best extension method overload ` +
    `'${showMethod(open)}' requires a receiver of type '${wanted}'`;
  b.report("CS1929", message, { start: receiver.start, end: group.nameStart - 1 });
  return true;
}

/** A call of the group; reports why when there is none. */
export function buildCall(b: Binder, group: MethodGroup, args: readonly Argument[], node: Place): Expression {
  const outcome = resolve(b, group, args);
  const failed = outcome.kind === "failed";
  const late = lateCall(
    b,
    group,
    args,
    { failure: failed ? outcome.resolution : null, extension: !failed && outcome.extension },
    node,
  );
  if (late) return late;
  if (outcome.kind === "failed") {
    if (!reportForeignReceiver(b, group, outcome, args)) reportCallFailure(b, group, outcome.resolution, outcome.args);
    return invalid(node.start);
  }
  const { candidate, extension } = outcome;
  const { method } = candidate;
  if (!extension && !checkStaticness(b, group, method, node)) return invalid(node.start);
  const layout = layOut(b, candidate, outcome.args);
  let receiver = extension ? null : group.receiver;
  if (receiver && layout.effects.length > 0 && !isConstant(receiver)) {
    const kept = { locals: layout.locals, effects: [] as Expression[] };
    receiver = temporary(b, receiver, kept);
    layout.effects.unshift(...kept.effects);
  }
  if (receiver && isDelegate(receiver.type) && method.def.n === "Invoke") {
    return {
      kind: "delegateInvoke",
      type: method.returnType,
      start: group.start,
      delegate: receiver,
      args: layout.args,
    };
  }
  if (receiver) receiver = receiverFor(receiver, method.declaringType);
  const member = b.member(method.declaringType, method.def);
  const { typeArgs, returnType: type } = method;
  return afterEffects(
    { kind: "call", type, start: group.nameStart, receiver, member, typeArgs, args: layout.args },
    layout,
  );
}

function checkStaticness(b: Binder, group: MethodGroup, method: Method, node: Place): boolean {
  if (group.receiver && method.isStatic) {
    b.report("CS0176", memberByInstance(showMethod(method)), { start: group.start, end: node.end });
    return false;
  }
  if (!group.receiver && !method.isStatic) {
    const message = `An object reference is required for the non-static field, method, or property '${showMethod(method)}'`;
    b.report("CS0120", message, { start: group.start, end: group.nameEnd });
    return false;
  }
  return true;
}

// ---- Delegates -------------------------------------------------------------------------------------

function invokeDelegate(b: Binder, callee: Expression, args: readonly Argument[], node: Syntax.Invocation): Expression {
  const method = invokeOf(callee.type);
  if (!method) return invalid(node.start);
  const resolution = resolveOverload(b, [method], args, null);
  if (resolution.kind !== "best") {
    reportDelegateFailure(b, callee.type, resolution, args, node.expression);
    return invalid(node.start);
  }
  const layout = layOut(b, resolution.candidate, args);
  return afterEffects(
    { kind: "delegateInvoke", type: method.returnType, start: node.start, delegate: callee, args: layout.args },
    layout,
  );
}

// ---- Indexing -------------------------------------------------------------------------------------------------------

export function bindElementAccess(b: Binder, node: Syntax.ElementAccess): Expression {
  const receiver = toValue(b, bindOperand(b, node.expression), node.expression);
  return indexInto(b, receiver, node.arguments, node);
}

/** `[args]` behind `?`. */
export function bindElementBinding(b: Binder, node: Syntax.ElementBinding): Expression {
  return indexInto(b, b.conditionalReceiver as Expression, node.arguments, node);
}

export function indexInto(b: Binder, receiver: Expression, nodes: readonly Syntax.Argument[], node: Place): Expression {
  const args = bindArguments(b, nodes);
  const t = receiver.type;
  if (isInvalid(receiver)) return invalid(node.start);
  if (t.kind === "array") return indexArray(b, receiver, args, node);
  if (t === dynamicType) {
    const values = lateArguments(b, args);
    return { kind: "dynamicIndex", type: dynamicType, start: node.start, receiver, args: values };
  }
  const indexers = t.kind === "null" ? [] : indexersOf(t);
  if (indexers.length === 0) {
    b.report("CS0021", `Cannot apply indexing with [] to an expression of type '${show(t)}'`, node, indexingHint(t));
    return invalid(node.start);
  }
  const resolution = resolveOverload(b, indexers.map(asMethod), args, null);
  if (resolution.kind !== "best") {
    reportCallFailure(b, { name: "this", nameStart: node.start, nameEnd: node.end, owner: t }, resolution, args);
    return invalid(node.start);
  }
  const { candidate } = resolution;
  const layout = layOut(b, candidate, args);
  const member = b.member(candidate.method.declaringType, candidate.method.def);
  const type = candidate.method.returnType;
  return afterEffects({ kind: "indexer", type, start: node.start, receiver, member, args: layout.args }, layout);
}

function indexingHint(t: Type): string | undefined {
  return t.name === "System.Object" ? 'cast the object to its type first, for example ((JObject)x)["name"]' : undefined;
}

function indexArray(b: Binder, array: Expression, args: readonly Argument[], node: Place): Expression {
  const { rank } = array.type;
  if (args.length !== rank) {
    b.report("CS0022", `Wrong number of indices inside []; expected ${rank}`, node);
    return invalid(node.start);
  }
  const indices = args.map((arg) => convertIndex(b, arg.operand, arg.place));
  if (indices.some(isInvalid)) return invalid(node.start);
  const shared = { type: array.type.args[0], start: node.start, array };
  if (rank > 1) return { kind: "multiArrayAccess", ...shared, indices };
  return { kind: "arrayAccess", ...shared, index: indices[0] };
}

const methodsOfIndexers = new WeakMap<Property, Method>();

/** Overload resolution sees an indexer as a method that returns its type. */
function asMethod(indexer: Property): Method {
  let method = methodsOfIndexers.get(indexer);
  if (!method) {
    const { def, declaringType, parameters, type: returnType, level } = indexer;
    method = { kind: "method", def, declaringType, parameters, returnType, typeArgs: [], isStatic: false, level };
    methodsOfIndexers.set(indexer, method);
  }
  return method;
}
