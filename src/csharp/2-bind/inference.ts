/** Type arguments of a generic method from its arguments, in two phases (C# 7.3 section 12.6.3). */
import { variance } from "../runtime/assignable.ts";
import { dynamicType, errorType, substitute, type Type, typeParameter } from "../types.ts";
import type { Binder } from "./binder.ts";
import { implicitTypeConversion, sameType } from "./conversions.ts";
import { inferredReturnType, parameterTypesOf } from "./lambdas.ts";
import { invokeOf, type Method } from "./members.ts";
import { methodGroupReturnType } from "./method-groups.ts";
import { NO_TYPE, type Operand } from "./operands.ts";
import type { Argument } from "./overloads.ts";
import { isDelegate, OBJECT } from "./well-known.ts";

class Bounds {
  readonly exact: Type[] = [];
  readonly lower: Type[] = [];
  readonly upper: Type[] = [];
  fixed: Type | undefined;

  get empty(): boolean {
    return this.exact.length + this.lower.length + this.upper.length === 0;
  }
}

/** Number of a method's own type parameter, or -1. */
function parameterIndex(t: Type): number {
  return t.kind === "typeParameter" && t.name.startsWith("!!") ? Number(t.name.slice(2)) : -1;
}

const openness = new WeakMap<Type, boolean>();

/** Does a method's type parameter occur in the type? */
export function isOpen(t: Type): boolean {
  let open = openness.get(t);
  if (open === undefined) {
    open = parameterIndex(t) >= 0 || t.args.some(isOpen);
    openness.set(t, open);
  }
  return open;
}

/** One type per type parameter; undefined where none was found. `targets` are the parameter types for each argument. */
export function inferTypeArguments(
  b: Binder,
  method: Method,
  args: readonly Argument[],
  targets: readonly Type[],
): readonly (Type | undefined)[] {
  const inference = new Inference(b, method.typeArgs.length);
  args.forEach((arg, i) => {
    if (isOpen(targets[i])) inference.addArgument(arg, targets[i]);
  });
  return inference.run();
}

/**
 * The best common type of operands: as for a method with parameters of one type parameter T. Null when there is none.
 */
export function bestCommonType(types: readonly Type[]): Type | null {
  const bounds = new Bounds();
  for (const t of types) if (!bounds.lower.includes(t)) bounds.lower.push(t);
  return bounds.empty ? null : (chooseType(bounds) ?? null);
}

class Inference {
  readonly #b: Binder;
  readonly #bounds: Bounds[];
  readonly #pending: { operand: Operand; target: Type; done: boolean }[] = [];

  constructor(b: Binder, count: number) {
    this.#b = b;
    this.#bounds = Array.from({ length: count }, () => new Bounds());
  }

  addArgument(arg: Argument, target: Type): void {
    this.#first(arg.operand, target, arg.mode !== "value");
  }

  /** Phase one: what the argument's own type says. */
  #first(operand: Operand, target: Type, exact: boolean): void {
    if (operand.kind === "tupleLiteral") {
      if (target.kind !== "tuple" || target.args.length !== operand.items.length) return;
      for (const [i, item] of operand.items.entries()) this.#first(item, target.args[i], false);
      return;
    }
    if (operand.kind === "unboundLambda" || operand.kind === "methodGroup" || operand.kind === "localFunctionGroup") {
      this.#pending.push({ operand, target, done: false });
      if (operand.kind === "unboundLambda") this.#explicitParameters(operand, target);
      return;
    }
    const t = operand.type;
    if (t === NO_TYPE || t === errorType || t.kind === "null" || t.kind === "void") return;
    if (exact) this.#exact(t, target);
    else this.#lower(t, target);
  }

  #explicitParameters(lambda: Operand & { kind: "unboundLambda" }, target: Type): void {
    const invoke = isDelegate(target) ? invokeOf(target) : undefined;
    const written = invoke ? parameterTypesOf(this.#b, lambda) : null;
    if (!invoke || !written || written.length !== invoke.parameters.length) return;
    for (const [i, t] of written.entries()) this.#exact(t, invoke.parameters[i].type);
  }

  /** Phase two: let lambdas speak whose parameters are known, then fix what can be fixed, until nothing changes. */
  run(): readonly (Type | undefined)[] {
    for (;;) {
      const spoken = this.#outputs();
      const progress = this.#fixSome();
      if (!progress && !spoken) break;
    }
    return this.#bounds.map((bounds) => bounds.fixed);
  }

  #current(): Type[] {
    return this.#bounds.map((bounds, i) => bounds.fixed ?? typeParameter(`!!${i}`));
  }

  #fixSome(): boolean {
    const open = this.#bounds.map((_, i) => i).filter((i) => !this.#bounds[i].fixed);
    const depends = open.map((i) => this.#dependsOnOpen(i));
    let chosen = open.filter((i, at) => !depends[at] && !this.#bounds[i].empty);
    // When all wait for each other, one that others wait for may be fixed early.
    if (chosen.length === 0) chosen = open.filter((i) => !this.#bounds[i].empty && this.#isAwaited(i));
    let progress = false;
    for (const i of chosen) {
      const t = chooseType(this.#bounds[i]);
      if (!t) continue;
      this.#bounds[i].fixed = t;
      progress = true;
    }
    return progress;
  }

  /** Does some lambda give type parameter `i` and need another (or the same) that is open? */
  #dependsOnOpen(i: number): boolean {
    return this.#pending.some((p) => !p.done && this.#gives(p.target, i) && this.#needsOpen(p));
  }

  #isAwaited(i: number): boolean {
    return this.#pending.some((p) => !p.done && this.#inputs(p).some((t) => mentions(t, i)));
  }

  #gives(target: Type, i: number): boolean {
    const returned = isDelegate(target) ? invokeOf(target)?.returnType : undefined;
    return returned !== undefined && mentions(returned, i);
  }

  #inputs(p: { operand: Operand; target: Type }): readonly Type[] {
    if (!isDelegate(p.target)) return [];
    if (p.operand.kind === "unboundLambda" && parameterTypesOf(this.#b, p.operand)) return [];
    return invokeOf(p.target)?.parameters.map((parameter) => parameter.type) ?? [];
  }

  #needsOpen(p: { operand: Operand; target: Type }): boolean {
    const current = this.#current();
    return this.#inputs(p).some((t) => isOpen(substitute(t, [], current)));
  }

  #outputs(): boolean {
    let spoken = false;
    for (const p of this.#pending) {
      if (p.done || !isDelegate(p.target) || this.#needsOpen(p)) continue;
      const invoke = invokeOf(p.target);
      if (!invoke || !isOpen(substitute(invoke.returnType, [], this.#current()))) continue;
      p.done = true;
      const current = this.#current();
      const inputs = invoke.parameters.map((parameter) => substitute(parameter.type, [], current));
      const returned = this.#returned(p.operand, inputs);
      if (!returned || returned.kind === "void") continue;
      this.#lower(returned, invoke.returnType);
      spoken = true;
    }
    return spoken;
  }

  #returned(operand: Operand, inputs: readonly Type[]): Type | null {
    if (operand.kind === "unboundLambda") {
      return inferredReturnType(this.#b, operand, parameterTypesOf(this.#b, operand) ?? inputs);
    }
    if (operand.kind === "methodGroup" || operand.kind === "localFunctionGroup") {
      return methodGroupReturnType(this.#b, operand, inputs);
    }
    return null;
  }

  #exact(from: Type, to: Type): void {
    const i = parameterIndex(to);
    if (i >= 0) add(this.#bounds[i].exact, from);
    else if (isOpen(to) && sameShape(from, to)) {
      for (const [at, arg] of to.args.entries()) this.#exact(from.args[at], arg);
    }
  }

  #lower(from: Type, to: Type): void {
    const i = parameterIndex(to);
    if (i >= 0) {
      add(this.#bounds[i].lower, from);
      return;
    }
    if (!isOpen(to)) return;
    if (to.isNullable || to.kind === "tuple") {
      if (!sameShape(from, to)) return;
      for (const [at, arg] of to.args.entries()) this.#lower(from.args[at], arg);
      return;
    }
    if (
      from.kind === "array" &&
      (to.kind === "array" ? from.rank === to.rank : from.rank === 1 && isArrayInterface(to))
    ) {
      this.#element(from.args[0], to.args[0]);
      return;
    }
    const base = constructedFrom(from, to);
    for (const [at, arg] of (base?.args ?? []).entries()) this.#argument(arg, to.args[at], variance(to, at), false);
  }

  #upper(from: Type, to: Type): void {
    const i = parameterIndex(to);
    if (i >= 0) add(this.#bounds[i].upper, from);
    else if (isOpen(to) && sameShape(from, to)) {
      for (const [at, arg] of to.args.entries()) this.#argument(from.args[at], arg, variance(to, at), true);
    }
  }

  #element(from: Type, to: Type): void {
    if (from.isValueType) this.#exact(from, to);
    else this.#lower(from, to);
  }

  #argument(from: Type, to: Type, v: string, reversed: boolean): void {
    if (from.isValueType || v === "=") this.#exact(from, to);
    else if ((v === "+") !== reversed) this.#lower(from, to);
    else this.#upper(from, to);
  }
}

function add(list: Type[], t: Type): void {
  if (!list.includes(t)) list.push(t);
}

function mentions(t: Type, i: number): boolean {
  return parameterIndex(t) === i || t.args.some((a) => mentions(a, i));
}

function sameShape(from: Type, to: Type): boolean {
  return from.kind === to.kind && from.name === to.name && from.args.length === to.args.length;
}

const ARRAY_INTERFACES: ReadonlySet<string> = new Set(
  ["IEnumerable", "ICollection", "IList", "IReadOnlyCollection", "IReadOnlyList"].map(
    (n) => `System.Collections.Generic.${n}`,
  ),
);

function isArrayInterface(t: Type): boolean {
  return ARRAY_INTERFACES.has(t.name);
}

/** The one type constructed from the same definition as `to` among `from`, its bases and interfaces. */
function constructedFrom(from: Type, to: Type): Type | undefined {
  for (let at: Type | null = from; at; at = at.base) if (sameShape(at, to)) return at;
  if (to.kind !== "interface") return undefined;
  const found = from.interfaces.filter((i) => sameShape(i, to));
  return found.length === 1 ? found[0] : undefined;
}

function chooseType(bounds: Bounds): Type | undefined {
  let candidates = [...new Set([...bounds.exact, ...bounds.lower, ...bounds.upper])];
  candidates = candidates.filter(
    (c) =>
      bounds.exact.every((u) => sameType(u, c)) &&
      bounds.lower.every((u) => sameType(u, c) || implicitTypeConversion(u, c)) &&
      bounds.upper.every((u) => sameType(u, c) || implicitTypeConversion(c, u)),
  );
  const widest = candidates.filter((c) =>
    candidates.every((other) => sameType(other, c) || implicitTypeConversion(other, c)),
  );
  if (widest.length <= 1) return widest[0];
  if (widest.every((t) => sameType(t, widest[0]))) return widest.find((t) => t === dynamicType) ?? mergeNames(widest);
  return undefined;
}

/** Of types that differ only in tuple names or object and dynamic, the first; object gives way to dynamic. */
function mergeNames(types: readonly Type[]): Type {
  return types.find((t) => t !== OBJECT) ?? types[0];
}
