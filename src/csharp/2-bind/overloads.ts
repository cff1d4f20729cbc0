/** Overload resolution: which candidates can take the arguments, and which of them is best (C# 7.3 section 12.6.4). */
import { arrayOf, errorType, substitute, type Type } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import { compareCandidates } from "./better.ts";
import { type Conv, implicitConversion, sameType } from "./conversions.ts";
import { inferTypeArguments } from "./inference.ts";
import type { Method, Parameter } from "./members.ts";
import type { Operand } from "./operands.ts";

/** An argument as written. */
export interface Argument {
  readonly operand: Operand;
  readonly name: string | undefined;
  readonly mode: "value" | "ref" | "out";
  readonly place: Place;
  /** Of the written name. */
  readonly namePlace?: Place;
  /** Stands before the dot of an extension call. */
  readonly isReceiver?: true;
}

/** A candidate that can take the arguments. */
export interface Candidate {
  /** With its type arguments put in. */
  readonly method: Method;
  /** As declared, with its own type parameters. */
  readonly open: Method;
  /** `params` arguments are packed into an array. */
  readonly expanded: boolean;
  /** For each argument the parameter it goes to, the type it is converted to and how. */
  readonly parameterOf: readonly number[];
  readonly targets: readonly Type[];
  readonly convs: readonly Conv[];
  /** Some parameters take their defaults. */
  readonly usesDefaults: boolean;
}

/** Why a candidate cannot take the arguments. */
export type Mismatch =
  | { readonly reason: "count"; readonly method: Method }
  | { readonly reason: "required"; readonly method: Method; readonly parameter: Parameter }
  | { readonly reason: "name"; readonly method: Method; readonly argument: Argument }
  | { readonly reason: "inference"; readonly method: Method; readonly partial: readonly (Type | undefined)[] }
  | { readonly reason: "typeArguments"; readonly method: Method }
  | {
      readonly reason: "argument";
      readonly method: Method;
      /** Every argument that does not fit; at least one. */
      readonly wrong: readonly WrongArgument[];
    };

export interface WrongArgument {
  readonly argument: Argument;
  readonly index: number;
  readonly target: Type;
}

export type Resolution =
  | { readonly kind: "best"; readonly candidate: Candidate }
  | { readonly kind: "ambiguous"; readonly first: Candidate; readonly second: Candidate }
  | { readonly kind: "none"; readonly mismatches: readonly Mismatch[] };

/** @param typeArgs as written, or null to infer them */
export function resolveOverload(
  b: Binder,
  methods: readonly Method[],
  args: readonly Argument[],
  typeArgs: readonly Type[] | null,
): Resolution {
  const applicable: Candidate[] = [];
  const mismatches: Mismatch[] = [];
  for (const method of methods) {
    const result = tryCandidate(b, method, args, typeArgs);
    if ("reason" in result) mismatches.push(result);
    else applicable.push(result);
  }
  if (applicable.length === 0) return { kind: "none", mismatches };
  return best(b, nearest(applicable), args);
}

/** Methods of a base class do not count when a derived class has an applicable one. */
function nearest(candidates: Candidate[]): Candidate[] {
  if (candidates.length === 1) return candidates;
  const level = Math.min(...candidates.map((c) => c.open.level));
  return candidates.filter((c) => c.open.level === level);
}

function best(b: Binder, candidates: readonly Candidate[], args: readonly Argument[]): Resolution {
  let winner = candidates[0];
  for (let i = 1; i < candidates.length; i++) {
    if (compareCandidates(b, candidates[i], winner, args) < 0) winner = candidates[i];
  }
  for (const other of candidates) {
    if (other !== winner && compareCandidates(b, winner, other, args) >= 0)
      return { kind: "ambiguous", first: winner, second: other };
  }
  return { kind: "best", candidate: winner };
}

function tryCandidate(
  b: Binder,
  method: Method,
  args: readonly Argument[],
  typeArgs: readonly Type[] | null,
): Candidate | Mismatch {
  const normal = tryForm(b, method, args, typeArgs, false);
  if (!("reason" in normal) || !method.parameters.at(-1)?.params) return normal;
  const expanded = tryForm(b, method, args, typeArgs, true);
  if (!("reason" in expanded)) return expanded;
  // The form that got further tells more.
  return normal.reason === "argument" && args.length === method.parameters.length ? normal : expanded;
}

function tryForm(
  b: Binder,
  open: Method,
  args: readonly Argument[],
  typeArgs: readonly Type[] | null,
  expanded: boolean,
): Candidate | Mismatch {
  // A method with another number of type parameters is not even looked at.
  if (typeArgs && typeArgs.length > 0 && typeArgs.length !== open.typeArgs.length)
    return { reason: "typeArguments", method: open };
  const mapping = mapArguments(open, args, expanded);
  if ("reason" in mapping) return mapping;
  let method = open;
  if (open.typeArgs.length > 0) {
    const chosen = typeArgs ?? inferTypeArguments(b, open, args, openTargets(open, mapping.parameterOf, expanded));
    if (chosen.includes(undefined)) return { reason: "inference", method: open, partial: chosen };
    method = instantiate(open, chosen as readonly Type[]);
  }
  const targets = openTargets(method, mapping.parameterOf, expanded);
  const convs: Conv[] = [];
  const wrong: WrongArgument[] = [];
  for (let i = 0; i < args.length; i++) {
    const conv = argumentConversion(b, args[i], targets[i], method.parameters[mapping.parameterOf[i]]);
    if (conv) convs.push(conv);
    else wrong.push({ argument: args[i], index: i, target: targets[i] });
  }
  if (wrong.length > 0) return { reason: "argument", method, wrong };
  return {
    method,
    open,
    expanded,
    parameterOf: mapping.parameterOf,
    targets,
    convs,
    usesDefaults: mapping.usesDefaults,
  };
}

export function instantiate(open: Method, typeArgs: readonly Type[]): Method {
  if (open.typeArgs.length === 0) return open;
  return {
    ...open,
    typeArgs,
    parameters: open.parameters.map((p) => ({ ...p, type: substitute(p.type, [], typeArgs) })),
    returnType: substitute(open.returnType, [], typeArgs),
  };
}

interface Mapping {
  readonly parameterOf: readonly number[];
  readonly usesDefaults: boolean;
}

function mapArguments(method: Method, args: readonly Argument[], expanded: boolean): Mapping | Mismatch {
  const { parameters } = method;
  const last = parameters.length - 1;
  const parameterOf: number[] = [];
  const taken: boolean[] = [];
  let named = false;
  for (let i = 0; i < args.length; i++) {
    const { name } = args[i];
    let at = i;
    if (name !== undefined) {
      at = parameters.findIndex((p) => p.name === name);
      if (at < 0 || taken[at]) return { reason: "name", method, argument: args[i] };
      // A name in its own position does not end the positional arguments (C# 7.2).
      if (at !== i) named = true;
    } else if (named) {
      return { reason: "name", method, argument: args[i] };
    } else if (expanded && i > last) {
      at = last;
    } else if (i > last) {
      return { reason: "count", method };
    }
    taken[at] = true;
    parameterOf.push(at);
  }
  let usesDefaults = false;
  for (let i = 0; i <= last; i++) {
    if (taken[i] || (expanded && i === last)) continue;
    if (parameters[i].defaultText === undefined) return { reason: "required", method, parameter: parameters[i] };
    usesDefaults = true;
  }
  return { parameterOf, usesDefaults };
}

function openTargets(method: Method, parameterOf: readonly number[], expanded: boolean): Type[] {
  const last = method.parameters.length - 1;
  return parameterOf.map((at) => {
    const { type } = method.parameters[at];
    return expanded && at === last ? type.args[0] : type;
  });
}

const IDENTITY: Conv = { kind: "identity" };

function argumentConversion(b: Binder, arg: Argument, target: Type, parameter: Parameter): Conv | null {
  if (arg.mode !== parameter.mode) return null;
  if (arg.mode === "value") return implicitConversion(b, arg.operand, target);
  if (arg.operand.kind === "outVariable") return IDENTITY;
  return arg.operand.type === errorType || sameType(arg.operand.type, target) ? IDENTITY : null;
}

/** Type of the array that packs the arguments of an expanded call. */
export function paramsArrayType(method: Method): Type {
  return arrayOf((method.parameters.at(-1) as Parameter).type.args[0]);
}
