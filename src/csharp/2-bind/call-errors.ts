/** Says why no overload could be called, blaming what the C# compiler would blame. */
import type { Type } from "../types.ts";
import { dynamicType, errorType, substitute } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import { reportNoImplicit } from "./convert.ts";
import { show, showMethod } from "./display.ts";
import { isOpen } from "./inference.ts";
import { reportLambdaErrors } from "./lambdas.ts";
import { invokeOf, type Method } from "./members.ts";
import type { Operand } from "./operands.ts";
import type { Argument, Mismatch, Resolution, WrongArgument } from "./overloads.ts";
import { isDelegate } from "./well-known.ts";

/** What was called. */
interface Callee {
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly owner: Type;
}

export function reportCallFailure(b: Binder, callee: Callee, resolution: Resolution, args: readonly Argument[]): void {
  if (args.some((a) => a.operand.type === errorType && a.operand.kind !== "outVariable")) return;
  const at = { start: callee.nameStart, end: callee.nameEnd };
  if (resolution.kind === "ambiguous") {
    const [x, y] = [showMethod(resolution.first.open), showMethod(resolution.second.open)];
    b.report(
      "CS0121",
      `The call is ambiguous between the following methods or properties: '${x}' and '${y}'`,
      at,
      ambiguityHint(args),
    );
    return;
  }
  if (resolution.kind !== "none") return;
  const { mismatches } = resolution;
  if (reportInsideLambdas(b, mismatches, args)) return;
  if (mismatches.length > 0 && mismatches.every((m) => m.reason === "typeArguments")) {
    reportTypeArguments(b, mismatches[0].method, callee, at);
    return;
  }
  const wrongArgument = mismatches.find((m) => m.reason === "argument");
  if (wrongArgument) {
    for (const wrong of wrongArgument.wrong) reportArgument(b, wrongArgument.method, wrong, callee);
    return;
  }
  if (mismatches.length === 1 || mismatches.some((m) => m.reason === "inference" || m.reason === "name")) {
    reportSingle(
      b,
      mismatches.find((m) => m.reason === "inference") ?? mismatches.find((m) => m.reason === "name") ?? mismatches[0],
      callee,
      args,
    );
    return;
  }
  reportCount(b, callee, args, at, mismatches);
}

function ambiguityHint(args: readonly Argument[]): string {
  const what = args.some((a) => a.operand.type === dynamicType) ? "dynamic argument" : "argument that fits both";
  return `cast the ${what} to the type that is meant`;
}

/** An extension method's receiver is no argument to the author. */
function countWritten(args: readonly Argument[]): number {
  return args.filter((a) => !a.isReceiver).length;
}

function reportCount(
  b: Binder,
  callee: Callee,
  args: readonly Argument[],
  at: Place,
  mismatches: readonly Mismatch[],
): void {
  if (callee.name === ".ctor") {
    b.report(
      "CS1729",
      `'${show(callee.owner)}' does not contain a constructor that takes ${countWritten(args)} arguments`,
      at,
      overloadHint(mismatches),
    );
  } else {
    b.report(
      "CS1501",
      `No overload for method '${callee.name}' takes ${countWritten(args)} arguments`,
      at,
      overloadHint(mismatches),
    );
  }
}

function overloadHint(mismatches: readonly Mismatch[]): string | undefined {
  const shown = [...new Set(mismatches.map((m) => showMethod(m.method)))];
  if (shown.length === 0) return undefined;
  return `there is ${shown.slice(0, 3).join(", ")}${shown.length > 3 ? " and more" : ""}`;
}

/** Errors in a lambda's body explain more than that the lambda does not fit. */
function reportInsideLambdas(b: Binder, mismatches: readonly Mismatch[], args: readonly Argument[]): boolean {
  for (const m of mismatches) {
    for (const types of lambdaParameters(m, args)) {
      if (types && reportLambdaErrors(b, types.lambda, types.types)) return true;
    }
  }
  return false;
}

function lambdaParameters(
  m: Mismatch,
  args: readonly Argument[],
): ({ lambda: Operand & { kind: "unboundLambda" }; types: Type[] } | null)[] {
  return args.map((arg, i) => {
    const parameter = m.method.parameters[i]?.type;
    if (arg.operand.kind !== "unboundLambda" || !parameter || !isDelegate(parameter)) return null;
    const partial =
      m.reason === "inference" ? (m.partial.map((t, at) => t ?? m.method.typeArgs[at]) as Type[]) : m.method.typeArgs;
    const types = invokeOf(parameter)?.parameters.map((p) => substitute(p.type, [], partial)) ?? [];
    return types.some(isOpen) ? null : { lambda: arg.operand, types };
  });
}

function reportArgument(b: Binder, method: Method, wrong: WrongArgument, callee: Callee): void {
  const { argument, target, index } = wrong;
  const number = index + 1;
  const parameter = method.parameters[Math.min(index, method.parameters.length - 1)];
  if (argument.mode !== parameter.mode) {
    const message =
      parameter.mode === "value"
        ? `Argument ${number} may not be passed with the '${argument.mode}' keyword`
        : `Argument ${number} must be passed with the '${parameter.mode}' keyword`;
    b.report(parameter.mode === "value" ? "CS1615" : "CS1620", message, argument.place);
    return;
  }
  const { operand } = argument;
  if (operand.kind === "unboundLambda") {
    reportNoImplicit(b, operand, target, argument.place);
    return;
  }
  const from =
    operand.kind === "methodGroup" || operand.kind === "localFunctionGroup" ? "method group" : shown(operand);
  const prefix = argument.mode === "value" ? "" : `${argument.mode} `;
  const message = `Argument ${number}: cannot convert from '${prefix}${from}' to '${prefix}${show(target)}'`;
  b.report("CS1503", message, argument.place, callee.name === "this" ? undefined : `called is ${showMethod(method)}`);
}

function shown(operand: Operand): string {
  if (operand.kind === "tupleLiteral") return `(${operand.items.map(shown).join(", ")})`;
  return operand.kind === "defaultLiteral" ? "default" : show(operand.type);
}

function reportSingle(b: Binder, m: Mismatch, callee: Callee, args: readonly Argument[]): void {
  const at = { start: callee.nameStart, end: callee.nameEnd };
  switch (m.reason) {
    case "required":
      reportRequired(b, m.method, m.parameter.name, at);
      return;
    case "name":
      reportName(b, m, callee);
      return;
    case "inference": {
      const message =
        `The type arguments for method '${showMethod(m.method)}' cannot be inferred from the usage. Try specifying the type arguments ` +
        "explicitly.";
      b.report("CS0411", message, at, `write ${callee.name}<...>(...)`);
      return;
    }
    case "typeArguments":
      reportTypeArguments(b, m.method, callee, at);
      return;
    default:
      reportCount(b, callee, args, at, [m]);
  }
}

function reportRequired(b: Binder, method: Method, parameter: string, at: Place): void {
  b.report(
    "CS7036",
    `There is no argument given that corresponds to the required parameter '${parameter}' of '${showMethod(method)}'`,
    at,
  );
}

function reportName(b: Binder, m: Mismatch & { reason: "name" }, callee: Callee): void {
  const { argument } = m;
  if (argument.name === undefined) {
    b.report(
      "CS1738",
      "Named argument specifications must appear after all fixed arguments have been specified.",
      argument.place,
    );
  } else if (m.method.parameters.some((p) => p.name === argument.name)) {
    const message = `Named argument '${argument.name}' specifies a parameter for which a positional argument has already been given`;
    b.report("CS1744", message, argument.namePlace ?? argument.place);
  } else {
    b.report(
      "CS1739",
      `The best overload for '${callee.name}' does not have a parameter named '${argument.name}'`,
      argument.namePlace ?? argument.place,
    );
  }
}

function reportTypeArguments(b: Binder, method: Method, callee: Callee, at: Place): void {
  const name = showMethod(method);
  if (method.typeArgs.length === 0)
    b.report("CS0308", `The non-generic method '${name}' cannot be used with type arguments`, at);
  else
    b.report(
      "CS0305",
      `Using the generic method group '${callee.name}' requires ${method.typeArgs.length} type arguments`,
      at,
    );
}

/** A delegate or local function has one signature: the message names it. */
export function reportDelegateFailure(
  b: Binder,
  callee: Type | string,
  resolution: Resolution,
  args: readonly Argument[],
  at: Place,
): void {
  if (resolution.kind !== "none") return;
  const [m] = resolution.mismatches;
  const name = typeof callee === "string" ? callee : show(callee);
  const named = { name, nameStart: at.start, nameEnd: at.end, owner: m.method.declaringType };
  if (m.reason === "count" && typeof callee !== "string") {
    b.report("CS1593", `Delegate '${name}' does not take ${args.length} arguments`, at);
  } else {
    reportCallFailure(b, named, resolution, args);
  }
}
