/** User-defined conversions: op_Implicit and op_Explicit of the types involved (C# 7.3 section 10.5). */
import { dynamicType, nullableOf, type Type } from "../types.ts";
import { type Conv, standardExplicit, standardImplicit } from "./conversions.ts";
import { type Method, methodsNamed } from "./members.ts";
import { isNumeric, OBJECT, strip } from "./well-known.ts";

export interface UserConversion {
  readonly method: Method;
  /** The operator works on the values inside Nullables. */
  readonly lifted: boolean;
  /** What the operator takes and gives, with Nullable when lifted. */
  readonly from: Type;
  readonly to: Type;
  /** From the source to `from`, from `to` to the target. */
  readonly before: Conv;
  readonly after: Conv;
}

interface Candidate {
  readonly method: Method;
  readonly lifted: boolean;
  readonly from: Type;
  readonly to: Type;
}

const cache = new Map<number, UserConversion | null>();

/**
 * The user-defined conversion from `source` to `target`: the implicit ones, or with `explicit` both. Null when none or
 * none is best.
 */
export function findUserConversion(source: Type, target: Type, explicit: boolean): UserConversion | null {
  const key = (source.id * 0x1000000 + target.id) * 2 + (explicit ? 1 : 0);
  let found = cache.get(key);
  if (found === undefined) {
    found = search(source, target, explicit);
    cache.set(key, found);
  }
  return found;
}

/** Types whose conversions the language itself defines, and those that cannot declare any. */
function declaresConversions(t: Type): boolean {
  if (isNumeric(t) || t === OBJECT || t === dynamicType) return false;
  return t.kind === "class" || t.kind === "struct";
}

function search(source: Type, target: Type, explicit: boolean): UserConversion | null {
  const owners = [strip(source), strip(target)].filter(declaresConversions);
  if (owners.length === 0) return null;
  if (source.kind === "interface" || target.kind === "interface") return null;
  const methods = new Set<Method>();
  for (const owner of owners) {
    for (const m of methodsNamed(owner, "op_Implicit")) methods.add(m);
    if (explicit) for (const m of methodsNamed(owner, "op_Explicit")) methods.add(m);
  }
  const reach = explicit ? standardExplicit : standardImplicit;
  const candidates: Candidate[] = [];
  for (const method of methods) {
    const candidate = { method, lifted: false, from: method.parameters[0].type, to: method.returnType };
    if (reach(source, candidate.from) && reach(candidate.to, target)) candidates.push(candidate);
    const liftedForm = lift(candidate, source, target);
    if (liftedForm && reach(source, liftedForm.from) && reach(liftedForm.to, target)) candidates.push(liftedForm);
  }
  return candidates.length > 0 ? choose(candidates, source, target) : null;
}

function lift(candidate: Candidate, source: Type, target: Type): Candidate | null {
  if (!source.isNullable || (target.isValueType && !target.isNullable)) return null;
  const { from, to } = candidate;
  if (!from.isValueType || from.isNullable || !to.isValueType || to.isNullable) return null;
  return { method: candidate.method, lifted: true, from: nullableOf(from), to: nullableOf(to) };
}

function choose(candidates: Candidate[], source: Type, target: Type): UserConversion | null {
  const from = mostSpecificSource(candidates, source);
  const to = mostSpecificTarget(candidates, target);
  if (!from || !to) return null;
  let exact = candidates.filter((c) => c.from === from && c.to === to);
  if (exact.length > 1) exact = exact.filter((c) => !c.lifted);
  if (exact.length !== 1) return null;
  const [c] = exact;
  const before = standardExplicit(source, c.from);
  const after = standardExplicit(c.to, target);
  return before && after ? { ...c, before, after } : null;
}

function encompasses(outer: Type, inner: Type): boolean {
  return standardImplicit(inner, outer) !== null;
}

function mostSpecificSource(candidates: readonly Candidate[], source: Type): Type | undefined {
  const types = [...new Set(candidates.map((c) => c.from))];
  if (types.includes(source)) return source;
  const around = types.filter((t) => encompasses(t, source));
  return around.length > 0 ? mostEncompassed(around) : mostEncompassing(types);
}

function mostSpecificTarget(candidates: readonly Candidate[], target: Type): Type | undefined {
  const types = [...new Set(candidates.map((c) => c.to))];
  if (types.includes(target)) return target;
  const within = types.filter((t) => encompasses(target, t));
  return within.length > 0 ? mostEncompassing(within) : mostEncompassed(types);
}

function mostEncompassed(types: readonly Type[]): Type | undefined {
  return types.find((t) => types.every((other) => encompasses(other, t)));
}

function mostEncompassing(types: readonly Type[]): Type | undefined {
  return types.find((t) => types.every((other) => encompasses(t, other)));
}
