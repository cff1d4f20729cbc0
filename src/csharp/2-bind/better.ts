/** Which of two applicable candidates is better (C# 7.3 sections 12.6.4.3 to 12.6.4.7). */
import type { Type } from "../types.ts";
import type { Binder } from "./binder.ts";
import { implicitTypeConversion, sameType } from "./conversions.ts";
import { inferredReturnType } from "./lambdas.ts";
import { invokeOf } from "./members.ts";
import type { Operand } from "./operands.ts";
import type { Argument, Candidate } from "./overloads.ts";
import { BYTE, INT, isDelegate, LONG, SBYTE, SHORT, strip, UINT, ULONG, USHORT } from "./well-known.ts";

/** Negative: the first is better; positive: the second; 0: neither. */
export function compareCandidates(b: Binder, x: Candidate, y: Candidate, args: readonly Argument[]): number {
  let verdict = 0;
  let same = true;
  for (let i = 0; i < args.length; i++) {
    const [p, q] = [x.targets[i], y.targets[i]];
    if (sameType(p, q)) continue;
    same = false;
    if (args[i].mode !== "value") continue;
    const order = betterConversion(b, args[i].operand, p, q);
    if (order === 0) continue;
    if (verdict !== 0 && verdict !== order) return 0;
    verdict = order;
  }
  if (verdict !== 0) return verdict;
  if (same) return breakTie(x, y);
  // The compiler goes beyond the standard here: without defaults is better even if the types differ.
  return x.usesDefaults === y.usesDefaults ? 0 : x.usesDefaults ? 1 : -1;
}

/** Candidates that take the arguments as the same types. */
function breakTie(x: Candidate, y: Candidate): number {
  const generic = Number(x.open.typeArgs.length > 0) - Number(y.open.typeArgs.length > 0);
  if (generic !== 0) return generic;
  if (x.expanded !== y.expanded) return x.expanded ? 1 : -1;
  if (x.expanded && x.method.parameters.length !== y.method.parameters.length) {
    return y.method.parameters.length - x.method.parameters.length;
  }
  if (x.usesDefaults !== y.usesDefaults) return x.usesDefaults ? 1 : -1;
  return moreSpecificParameters(x, y);
}

function moreSpecificParameters(x: Candidate, y: Candidate): number {
  let verdict = 0;
  for (let i = 0; i < x.parameterOf.length; i++) {
    const order = moreSpecific(declaredType(x, i), declaredType(y, i));
    if (order === 0) continue;
    if (verdict !== 0 && verdict !== order) return 0;
    verdict = order;
  }
  return verdict;
}

function declaredType(c: Candidate, argument: number): Type {
  const at = c.parameterOf[argument];
  const { type } = c.open.parameters[at];
  return c.expanded && at === c.open.parameters.length - 1 ? type.args[0] : type;
}

/** A type parameter is less specific than anything else; constructed types compare by their arguments. */
function moreSpecific(p: Type, q: Type): number {
  if (p === q) return 0;
  const [pOpen, qOpen] = [p.kind === "typeParameter", q.kind === "typeParameter"];
  if (pOpen !== qOpen) return pOpen ? 1 : -1;
  if (p.args.length !== q.args.length) return 0;
  let verdict = 0;
  for (let i = 0; i < p.args.length; i++) {
    const order = moreSpecific(p.args[i], q.args[i]);
    if (order === 0) continue;
    if (verdict !== 0 && verdict !== order) return 0;
    verdict = order;
  }
  return verdict;
}

/** Negative: converting the operand to `p` is better than to `q`. */
export function betterConversion(b: Binder, operand: Operand, p: Type, q: Type): number {
  const [toP, toQ] = [matchesExactly(b, operand, p), matchesExactly(b, operand, q)];
  if (toP !== toQ) return toP ? -1 : 1;
  if (operand.kind === "tupleLiteral") return betterTuple(b, operand.items, p, q);
  return betterTarget(p, q);
}

function betterTuple(b: Binder, items: readonly Operand[], p: Type, q: Type): number {
  if (p.kind !== "tuple" || q.kind !== "tuple") return betterTarget(p, q);
  let verdict = 0;
  for (let i = 0; i < items.length; i++) {
    const order = betterConversion(b, items[i], p.args[i], q.args[i]);
    if (order === 0) continue;
    if (verdict !== 0 && verdict !== order) return 0;
    verdict = order;
  }
  return verdict;
}

function matchesExactly(b: Binder, operand: Operand, t: Type): boolean {
  if (operand.kind === "unboundLambda") {
    const invoke = isDelegate(t) ? invokeOf(t) : undefined;
    if (!invoke || invoke.returnType.kind === "void") return false;
    const inferred = inferredReturnType(
      b,
      operand,
      invoke.parameters.map((p) => p.type),
    );
    return inferred !== null && sameType(inferred, invoke.returnType);
  }
  if (operand.kind === "tupleLiteral") {
    return (
      t.kind === "tuple" &&
      t.args.length === operand.items.length &&
      t.args.every((a, i) => matchesExactly(b, operand.items[i], a))
    );
  }
  return sameType(operand.type, t);
}

const SIGNED_BEFORE_UNSIGNED: ReadonlyMap<Type, ReadonlySet<Type>> = new Map([
  [SBYTE, new Set([BYTE, USHORT, UINT, ULONG])],
  [SHORT, new Set([USHORT, UINT, ULONG])],
  [INT, new Set([UINT, ULONG])],
  [LONG, new Set([ULONG])],
]);

/** Negative: `p` is the better conversion target. */
export function betterTarget(p: Type, q: Type): number {
  const [pq, qp] = [implicitTypeConversion(p, q), implicitTypeConversion(q, p)];
  if (pq !== qp) return pq ? -1 : 1;
  if (SIGNED_BEFORE_UNSIGNED.get(strip(p))?.has(strip(q))) return -1;
  if (SIGNED_BEFORE_UNSIGNED.get(strip(q))?.has(strip(p))) return 1;
  return isDelegate(p) && isDelegate(q) ? betterDelegate(p, q) : 0;
}

/** Delegates of the same parameters compare by what they return; void is worse than anything. */
function betterDelegate(p: Type, q: Type): number {
  const [x, y] = [invokeOf(p), invokeOf(q)];
  if (!x || !y || x.parameters.length !== y.parameters.length) return 0;
  if (!x.parameters.every((parameter, i) => sameType(parameter.type, y.parameters[i].type))) return 0;
  const [xVoid, yVoid] = [x.returnType.kind === "void", y.returnType.kind === "void"];
  if (xVoid || yVoid) return Number(xVoid) - Number(yVoid);
  return betterTarget(x.returnType, y.returnType);
}
