/**
 * Method groups and local functions as delegates: `Select(int.Parse)` (C# 7.3 section 10.8). A converted group becomes
 * a lambda.
 */
import { type Type, voidType } from "../types.ts";
import { type Binder, invalid, type Place, reference } from "./binder.ts";
import type { Expression, Lambda, Local } from "./bound.ts";
import { buildCall, resolveGroup } from "./calls.ts";
import { implicitReference, sameType } from "./conversions.ts";
import { convertImplicitly, discard } from "./convert.ts";
import { show } from "./display.ts";
import { invokeOf, type Method } from "./members.ts";
import type { LocalFunctionGroup, MethodGroup } from "./operands.ts";
import { buildLocalFunctionCall, methodOf } from "./local-function-calls.ts";
import { type Argument, resolveOverload } from "./overloads.ts";
import { isDelegate } from "./well-known.ts";

type Group = MethodGroup | LocalFunctionGroup;

const NOWHERE: Place = { start: 0, end: 0 };

/** The method's return type when called with values of these types; null when no overload is best. */
export function methodGroupReturnType(b: Binder, group: Group, inputs: readonly Type[]): Type | null {
  if (group.kind === "localFunctionGroup") {
    const { typeParameters, returnType } = group.function;
    return typeParameters.length === 0 ? returnType : genericReturnType(b, group, inputs);
  }
  return b.trying(() => resolveGroup(b, group, dummyArguments(b, inputs))).result?.candidate.method.returnType ?? null;
}

/** The function's return type when it takes values of these types; null when it cannot. */
function genericReturnType(b: Binder, group: LocalFunctionGroup, inputs: readonly Type[]): Type | null {
  const args = dummyArguments(b, inputs);
  const found = b.trying(() => resolveOverload(b, [methodOf(group.function)], args, group.typeArgs)).result;
  return found.kind === "best" ? found.candidate.method.returnType : null;
}

function dummyArguments(b: Binder, types: readonly Type[]): Argument[] {
  return asArguments(types.map((t, i) => b.local(`arg${i}`, t, "parameter", -1)));
}

function asArguments(locals: readonly Local[]): Argument[] {
  return locals.map((local) => ({
    operand: reference(local, -1),
    name: undefined,
    mode: "value" as const,
    place: NOWHERE,
  }));
}

export function canConvertMethodGroup(b: Binder, group: Group, to: Type): boolean {
  const invoke = isDelegate(to) ? invokeOf(to) : undefined;
  if (!invoke) return false;
  const returned = returnTypeFor(b, group, invoke);
  return returned !== null && returnFits(returned, invoke.returnType);
}

function returnTypeFor(b: Binder, group: Group, invoke: Method): Type | null {
  if (group.kind === "methodGroup") {
    return methodGroupReturnType(
      b,
      group,
      invoke.parameters.map((p) => p.type),
    );
  }
  const { parameters, returnType, typeParameters } = group.function;
  if (typeParameters.length > 0) {
    const inputs = invoke.parameters.map((p) => p.type);
    return genericReturnType(b, group, inputs);
  }
  if (parameters.length !== invoke.parameters.length) return null;
  const fits = parameters.every(
    (p, i) => sameType(p.type, invoke.parameters[i].type) || implicitReference(invoke.parameters[i].type, p.type),
  );
  return fits ? returnType : null;
}

function returnFits(returned: Type, wanted: Type): boolean {
  if (wanted === voidType) return returned === voidType;
  return sameType(returned, wanted) || implicitReference(returned, wanted);
}

/** The group as a delegate of that type; reports why when it cannot be one. */
export function bindMethodGroupTo(b: Binder, group: Group, to: Type, at: Place): Expression {
  const invoke = isDelegate(to) ? invokeOf(to) : undefined;
  const name = group.kind === "methodGroup" ? group.name : group.function.name;
  if (!invoke) {
    const message = `Cannot convert method group '${name}' to non-delegate type '${show(to)}'. Did you intend to invoke the method?`;
    b.report("CS0428", message, at);
    return invalid(group.start);
  }
  const returned = returnTypeFor(b, group, invoke);
  if (!returned) {
    b.report("CS0123", `No overload for '${name}' matches delegate '${show(to)}'`, at);
    return invalid(group.start);
  }
  if (!returnFits(returned, invoke.returnType)) {
    b.report("CS0407", `'${show(returned)} ${name}' has the wrong return type`, at);
    return invalid(group.start);
  }
  return makeLambda(b, group, to, invoke, at);
}

/** `x => group(x)`; an instance method's receiver is evaluated where the group stands. */
function makeLambda(b: Binder, group: Group, to: Type, invoke: Method, at: Place): Expression {
  const parameters = invoke.parameters.map((p) => b.local(p.name, p.type, "parameter", group.start));
  const args = asArguments(parameters);
  let temp: Local | undefined;
  let call: Expression;
  if (group.kind === "localFunctionGroup") {
    call = buildLocalFunctionCall(b, group, args, at);
  } else {
    let { receiver } = group;
    if (receiver && receiver.kind !== "literal") {
      temp = b.local("receiver", receiver.type, "temp", -1);
      receiver = reference(temp, receiver.start);
    }
    call = buildCall(b, { ...group, receiver }, args, at);
  }
  const { returnType } = invoke;
  const body = returnType === voidType ? discard(b, call, at) : convertImplicitly(b, call, returnType, at);
  const lambda: Lambda = { kind: "lambda", type: to, start: group.start, parameters, returnType, body, locals: [] };
  if (!temp || group.kind !== "methodGroup" || !group.receiver) return lambda;
  const target = reference(temp, group.start);
  const effect: Expression = { kind: "assignment", type: temp.type, start: group.start, target, value: group.receiver };
  return { kind: "sequence", type: to, start: group.start, locals: [temp], effects: [effect], result: lambda };
}
