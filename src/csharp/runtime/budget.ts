/**
 * What one evaluation may use: steps (loops, calls of lambdas, regex steps, elements enumerated) and allocated characters or elements.
 * Evaluation is synchronous, so one module-level account suffices; the compiled entry point resets it.
 */
import { FuelExhausted } from "./values.ts";

export interface Limits {
  /** Steps of one evaluation. */
  steps: number;
  /** UTF-16 units or elements that one operation may create. */
  allocation: number;
}

export const limits: Limits = { steps: 10_000_000, allocation: 16 * 1024 * 1024 };

let left = limits.steps;

/** Starts a new account; returns the former one for nested evaluations. */
export function refill(steps: number = limits.steps): number {
  const before = left;
  left = steps;
  return before;
}

/** Spends steps; throws FuelExhausted when none are left. */
export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new FuelExhausted("it took too many steps");
}

/** Checks the size of something about to be created and spends steps for it. */
export function allocate(size: number): void {
  if (size > limits.allocation) throw new FuelExhausted("it needed too much memory");
  spend(size >> 4);
}
