/** Members of values whose type is known only at run time: lookup by name, choice by arguments, calls. Used by `dynamic` alone. */
import { memberKey } from "../2-bind/member-key.ts";
import { box, CsException, unbox } from "../runtime/values.ts";
import { type MemberDef, parseType, type Type } from "../types.ts";
import { isInline } from "./define.ts";
import { arrayFrom } from "./array-items.ts";
import { convertArgument } from "./dynamic-convert.ts";
import { inferFromValues } from "./dynamic-inference.ts";
import { binderMember, binderName } from "./dynamic-names.ts";
import { link } from "./link.ts";

/** A member found on a type, with the constructed type that declares it. */
export interface Found {
  readonly owner: Type;
  readonly def: MemberDef;
}

export function binderError(message: string): CsException {
  return new CsException("Microsoft.CSharp.RuntimeBinder.RuntimeBinderException", message);
}

export function noSuchMember(t: Type, name: string): CsException {
  return binderError(`'${binderName(t)}' does not contain a definition for '${name}'`);
}

export function badArguments(found: Found): CsException {
  return binderError(`The best overloaded method match for '${binderMember(found)}' has some invalid arguments`);
}

export function badCount(name: string, count: number): CsException {
  return binderError(`No overload for method '${name}' takes '${count}' arguments`);
}

export function nullBinding(): CsException {
  return binderError("Cannot perform runtime binding on a null reference");
}

/**
 * Members of a type and its bases that pass the test, the most derived first. Those of interfaces count only for what has no class of
 * its own: a class implements some of them out of sight.
 */
export function findMembers(t: Type, test: (def: MemberDef) => boolean): Found[] {
  const found: Found[] = [];
  for (let owner: Type | null = t; owner; owner = owner.base) {
    for (const def of owner.def.m) if (test(def)) found.push({ owner, def });
  }
  for (const owner of t.kind === "interface" ? t.interfaces : []) {
    for (const def of owner.def.m) if (test(def)) found.push({ owner, def });
  }
  return found;
}

export function invokeMember({ owner, def }: Found, key: string, operands: readonly unknown[]): unknown {
  const implementation = link({ declaringType: owner, def, key: memberKey(def) }, key);
  if (!implementation || isInline(implementation)) {
    if (implementation && key === "Length" && operands.length === 1) return lengthOf(operands[0]);
    if (implementation && key === "Count" && operands.length === 1) return lengthOf(operands[0]);
    throw binderError(`'${owner}.${memberKey(def)}' is not supported in dynamic code`);
  }
  return (implementation as (...args: unknown[]) => unknown)(...operands);
}

/** Length and Count are spliced into generated code, so they have no function. */
function lengthOf(self: unknown): number {
  if (typeof self === "string") return self.length;
  return (self as { items: ArrayLike<unknown> }).items.length;
}

/** A receiver as its members take it: a struct's own members take it unboxed. */
export function receiverFor(self: unknown, owner: Type): unknown {
  return owner.isValueType ? unbox(self) : self;
}

/** Type of a property or field, or result of a method, as object. */
export function asObject(value: unknown, text: string, owner: Type, typeArgs: readonly Type[] = []): unknown {
  const t = parseType(text, owner.args, typeArgs);
  return t.kind === "void" ? null : box(value, t);
}

/** A method with its arguments converted. */
interface Candidate {
  readonly found: Found;
  /** As written, or found out from the arguments. */
  readonly typeArgs: readonly Type[];
  readonly args: readonly unknown[];
  readonly cost: number;
}

/** The best of several methods or constructors for these arguments (objects), each converted to its parameter's type. */
export function chooseOverload(
  candidates: readonly Found[],
  args: readonly unknown[],
  typeArgs: readonly Type[],
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const found of candidates) {
    const fit = fitArguments(found, args, typeArgs);
    if (fit && (!best || fit.cost < best.cost)) best = fit;
  }
  return best;
}

/** What the expanded form of a `params` method costs more than the normal form. */
const EXPANDED = 1;

function fitArguments(found: Found, args: readonly unknown[], written: readonly Type[]): Candidate | undefined {
  const typeArgs = written.length > 0 ? written : inferFromValues(found.def, found.owner, args);
  if (typeArgs === undefined || (found.def.g ?? 0) !== typeArgs.length) return undefined;
  const types = found.def.ix ?? (found.def.p ?? []).map((p) => p.t);
  const wanted = types.map((t) => parseType(t, found.owner.args, typeArgs));
  const normal = convertAll(args, wanted);
  if (normal) return { found, typeArgs, args: normal.values, cost: normal.cost };
  const fixed = wanted.length - 1;
  if (!found.def.p?.at(-1)?.params || args.length < fixed) return undefined;
  const [element] = wanted[fixed].args;
  const expanded = convertAll(args, [...wanted.slice(0, fixed), ...args.slice(fixed).map(() => element)]);
  if (!expanded) return undefined;
  const more = arrayFrom(element, expanded.values.slice(fixed));
  return { found, typeArgs, args: [...expanded.values.slice(0, fixed), more], cost: expanded.cost + EXPANDED };
}

function convertAll(
  args: readonly unknown[],
  wanted: readonly Type[],
): { values: unknown[]; cost: number } | undefined {
  if (args.length !== wanted.length) return undefined;
  let cost = 0;
  const values: unknown[] = [];
  for (const [i, t] of wanted.entries()) {
    const fit = convertArgument(args[i], t);
    if (!fit) return undefined;
    cost += fit.cost;
    values.push(fit.value);
  }
  return { values, cost };
}
