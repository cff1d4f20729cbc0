/** Exceptions in generated code: what `catch` may see, filters, and what leaves an expression. */
import { account, spend } from "./budget.ts";
import { isInstance, nullReference } from "./object.ts";
import type { Type } from "../types.ts";
import { CsException, FuelExhausted } from "./values.ts";

/** Throwing and catching takes as long as this many steps of library code. */
const CATCH_STEPS = 8;

/**
 * Entry of every `catch`: lets C# exceptions through, noting where they came from. Everything else (an exhausted budget, an overflowed
 * stack, a defect of ours) cannot be caught by C# code and goes on.
 */
export function caught(error: unknown): CsException {
  if (!(error instanceof CsException)) throw error;
  spend(CATCH_STEPS);
  if (error.position < 0) error.position = account.at;
  return error;
}

/** Does `catch (T)` take it? */
export function catches(error: CsException, t: Type): boolean {
  return isInstance(error, t);
}

/** `when (condition)`: an exception inside it counts as false. */
export function filter(condition: () => boolean): boolean {
  try {
    return condition();
  } catch (error) {
    caught(error);
    return false;
  }
}

/** Operand of `throw`. A thrown exception keeps the place where it was thrown first. */
export function thrown(error: CsException | null): CsException {
  return error ?? nullReference();
}

/** `throw e` as an expression. */
export function raise(error: CsException | null): never {
  throw thrown(error);
}

/**
 * What the caller of an expression gets to see of an error that left it.
 * @param shift where the code begins in the text that positions count in
 */
export function outcome(error: unknown, shift: number): unknown {
  if (error instanceof CsException) {
    error.position = Math.max(0, (error.position < 0 ? account.at : error.position) - shift);
    return error;
  }
  // The engine's stack is the bound of recursion inside library code; strings and bigints have bounds of their own.
  if (error instanceof RangeError) return new FuelExhausted("it needed too much memory or called itself too deeply");
  return error;
}
