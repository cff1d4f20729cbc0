/** Calls of local functions: their one signature, its type arguments, and whether these satisfy the constraints. */
import { isAssignable } from "../runtime/assignable.ts";
import type { Type } from "../types.ts";
import { afterEffects, layOut } from "./arguments.ts";
import { type Binder, invalid, type Place } from "./binder.ts";
import type { Expression, Local, LocalFunction } from "./bound.ts";
import { reportDelegateFailure } from "./call-errors.ts";
import { show, showMethod } from "./display.ts";
import { constructorsOf, type Method } from "./members.ts";
import type { LocalFunctionGroup } from "./operands.ts";
import { type Argument, resolveOverload } from "./overloads.ts";
import { asMethodParameters, replaceParameters, TypeParameter } from "./type-parameters.ts";
import { VOID } from "./well-known.ts";

/** The function as overload resolution sees a method. */
export function methodOf(fn: LocalFunction): Method {
  const open = asMethodParameters(fn.typeParameters);
  return {
    kind: "method",
    def: { k: "method", n: fn.name, p: [], r: "System.Void" },
    declaringType: VOID,
    parameters: fn.parameters.map((p, i) => ({
      name: p.name,
      type: replaceParameters(p.type, open),
      mode: p.byRef === undefined || p.byRef === "in" ? "value" : p.byRef,
      params: fn.hasParams && i === fn.parameters.length - 1,
      defaultText: fn.defaults[i] ? "default" : undefined,
    })),
    returnType: replaceParameters(fn.returnType, open),
    typeArgs: [...open.values()],
    isStatic: true,
    level: 0,
  };
}

export function buildLocalFunctionCall(
  b: Binder,
  group: LocalFunctionGroup,
  args: readonly Argument[],
  node: Place,
): Expression {
  const { function: fn } = group;
  const resolution = resolveOverload(b, [methodOf(fn)], args, group.typeArgs);
  const at = { start: group.start, end: group.start + fn.name.length };
  if (resolution.kind !== "best") {
    reportDelegateFailure(b, fn.name, resolution, args, at);
    return invalid(node.start);
  }
  const { method, parameterOf } = resolution.candidate;
  if (!checkConstraints(b, fn, method.typeArgs, at)) return invalid(node.start);
  const layout = layOut(b, resolution.candidate, args);
  const given = new Set(parameterOf);
  const { typeArgs, returnType: type } = method;
  const ordered = layout.args.map((arg, i) => readOnly(given.has(i) ? arg : (fn.defaults[i] ?? arg), fn.parameters[i]));
  return afterEffects(
    { kind: "localFunctionCall", type, start: group.start, function: fn, typeArgs, args: ordered },
    layout,
  );
}

/** What an `in` parameter gets: the variable itself where one of its type was given. */
function readOnly(arg: Expression, { byRef }: Local): Expression {
  const { kind } = arg;
  if (byRef !== "in" || (kind !== "local" && kind !== "arrayAccess" && kind !== "multiArrayAccess")) return arg;
  return { kind: "reference", type: arg.type, start: arg.start, mode: "in", target: arg };
}

/** Reports the first type argument that a constraint forbids. */
function checkConstraints(b: Binder, fn: LocalFunction, typeArgs: readonly Type[], at: Place): boolean {
  if (typeArgs.length === 0) return true;
  const given = new Map(fn.typeParameters.map((p, i) => [p as Type, typeArgs[i]]));
  const name = showMethod({ ...methodOf(fn), typeArgs: fn.typeParameters, parameters: [] });
  const shown = `${name.slice(0, -1)}${fn.parameters.map((p) => show(p.type)).join(", ")})`;
  return fn.typeParameters.every((parameter, i) => {
    const arg = typeArgs[i];
    const problem = kindProblem(parameter, arg, shown);
    if (problem) {
      b.report(problem.code, problem.message, at);
      return false;
    }
    const { base, interfaces } = parameter.constraints;
    const unmet = [base, ...interfaces].map((t) => replaceParameters(t, given)).find((t) => !isAssignable(arg, t));
    if (unmet) reportConversion(b, { arg, parameter, unmet, shown }, at);
    return !unmet;
  });
}

function kindProblem(parameter: TypeParameter, arg: Type, shown: string): { code: string; message: string } | null {
  const { kind, constructs } = parameter.constraints;
  const [isReference, isValue] = [
    arg instanceof TypeParameter ? arg.isReference : !arg.isValueType,
    arg.isValueType && !arg.isNullable,
  ];
  const end = `in order to use it as parameter '${parameter.name}' in the generic type or method '${shown}'`;
  if (kind === "class" && !isReference)
    return { code: "CS0452", message: `The type '${show(arg)}' must be a reference type ${end}` };
  if (kind === "struct" && !isValue)
    return { code: "CS0453", message: `The type '${show(arg)}' must be a non-nullable value type ${end}` };
  if (constructs && !canConstruct(arg)) {
    const what = "must be a non-abstract type with a public parameterless constructor";
    return { code: "CS0310", message: `'${show(arg)}' ${what} ${end}` };
  }
  return null;
}

function canConstruct(t: Type): boolean {
  if (t instanceof TypeParameter) return t.constraints.constructs || t.isValueType;
  return t.isValueType || constructorsOf(t).some((c) => c.parameters.length === 0);
}

interface Unmet {
  readonly arg: Type;
  readonly parameter: TypeParameter;
  readonly unmet: Type;
  readonly shown: string;
}

function reportConversion(b: Binder, { arg, parameter, unmet, shown }: Unmet, at: Place): void {
  const start = `The type '${show(arg)}' cannot be used as type parameter '${parameter.name}' in the generic type or method '${shown}'.`;
  const [from, to] = [show(arg), show(unmet)];
  if (arg.isNullable) {
    b.report("CS0312", `${start} The nullable type '${from}' does not satisfy the constraint of '${to}'.`, at);
  } else if (arg instanceof TypeParameter && !arg.isReference) {
    const missing = "There is no boxing conversion or type parameter conversion";
    b.report("CS0314", `${start} ${missing} from '${from}' to '${to}'.`, at);
  } else if (arg.isValueType) {
    b.report("CS0315", `${start} There is no boxing conversion from '${from}' to '${to}'.`, at);
  } else {
    b.report("CS0311", `${start} There is no implicit reference conversion from '${from}' to '${to}'.`, at);
  }
}
