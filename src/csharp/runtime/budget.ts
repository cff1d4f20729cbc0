/**
 * What one evaluation may use: steps (loops, calls of lambdas, regex steps, elements enumerated), depth of recursion, and allocated
 * characters or elements. Evaluation is synchronous, so one account for the whole process suffices; the entry point of a compiled
 * expression opens it anew. Generated code counts on the account directly: `if (--A.left < 0) outOfSteps()`.
 */
import { FuelExhausted } from "./values.ts";

export interface Limits {
  /** Steps of one evaluation: turns of a plain loop. Spending all of them takes a fraction of a second. */
  steps: number;
  /** UTF-16 units or elements that one operation may create. */
  allocation: number;
  /** Calls of recursive local functions and lambdas inside each other. */
  depth: number;
}

export const limits: Limits = { steps: 10_000_000, allocation: 16 * 1024 * 1024, depth: 2_000 };

export interface Account {
  /** Steps left; negative when the evaluation is over. */
  left: number;
  depth: number;
  /** Offset in the code of what is being evaluated: generated code writes it before statements and calls. */
  at: number;
}

export const account: Account = { left: limits.steps, depth: 0, at: 0 };

/** Starts a new account; returns the former steps for nested evaluations. */
export function refill(steps: number = limits.steps): number {
  const before = account.left;
  account.left = steps;
  account.depth = 0;
  account.at = 0;
  return before;
}

/** Runs library code outside an expression with a budget of its own, and leaves the account as it was. */
export function withOwnBudget<T>(action: () => T): T {
  const { left, depth, at } = account;
  refill();
  try {
    return action();
  } finally {
    account.left = left;
    account.depth = depth;
    account.at = at;
  }
}

/** A step of library code (an element enumerated, inserted, compared) costs as much as so many turns of a plain loop. */
const LIBRARY_STEP = 8;

/** An object that is made, and may be kept, costs as much as so many turns: it bounds what code can hold at once. */
export const OBJECT_STEPS = 16;

/** Pays for an object; the next step finds out when nothing is left. */
export function payForObject(): void {
  account.left -= OBJECT_STEPS;
}

/** Spends steps of library code; throws FuelExhausted when none are left. */
export function spend(steps: number): void {
  account.left -= steps * LIBRARY_STEP;
  if (account.left < 0) outOfSteps();
}

/** Pays for library code that looks at each of so many characters or bytes, a few at a time. */
export function look(size: number): void {
  account.left -= size >> 6;
  if (account.left < 0) outOfSteps();
}

/** Checks the size of something about to be created and pays for it. */
export function allocate(size: number): void {
  if (size > limits.allocation) throw new FuelExhausted("it needed too much memory");
  account.left -= size >> 4;
  if (account.left < 0) outOfSteps();
}

export function outOfSteps(): never {
  throw new FuelExhausted("it took too many steps");
}

/** Enters a function that may recurse; the caller takes `account.depth` back when it leaves. */
export function enter(): void {
  if (++account.depth > limits.depth) throw new FuelExhausted("it called itself too deeply");
}
