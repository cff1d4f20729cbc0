/**
 * The two passes of exception handling in programs with filters (C# 7.3 section 13.10.6): first the clause that takes the exception is
 * found, from the innermost `try` outwards, asking filters; only then the `finally` blocks on the way there run.
 */
import { caught } from "./exceptions.ts";
import { CsException } from "./values.ts";

/** The number of the clause of a `try` that takes the exception; -1 when none does. */
type Handler = (error: CsException) => number;

interface Found {
  /** Null: no `try` of the program takes it. */
  readonly handler: Handler | null;
  readonly clause: number;
}

/** The `try` statements with catch clauses that are being executed, the innermost last. */
const active: Handler[] = [];
const found = new WeakMap<CsException, Found>();

/** A `try` begins: the number of those around it. */
export function pushHandler(handler: Handler): number {
  return active.push(handler) - 1;
}

/** The `try` with that number, and those in it, are over. */
export function popHandlers(depth: number): void {
  active.length = depth;
}

/** First pass, on the way to a `finally`; gives the error back. */
export function findHandler(error: unknown): unknown {
  if (!(error instanceof CsException) || found.has(error)) return error;
  caught(error);
  let result: Found = { handler: null, clause: -1 };
  const depth = active.length;
  for (let i = depth - 1; i >= 0 && result.handler === null; i--) {
    const clause = active[i](error);
    if (clause >= 0) result = { handler: active[i], clause };
  }
  active.length = Math.min(active.length, depth);
  found.set(error, result);
  return error;
}

/** Second pass: does this `try` take the exception? Then a later `throw` of it starts anew. */
export function takingClause(error: CsException, handler: Handler): number {
  const result = found.get(error);
  if (!result) return handler(error);
  if (result.handler !== handler) return -1;
  found.delete(error);
  return result.clause;
}
