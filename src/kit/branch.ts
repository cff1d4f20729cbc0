/**
 * Branches of policies that run side by side: when one of them has decided for all (wait for="any"), the others are told to stop, and
 * what they asked of the outside world with them.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const branches = new AsyncLocalStorage<AbortSignal>();

/** Runs a branch that ends when the signal is aborted, or the branch it is part of is stopped. */
export function inBranch<T>(signal: AbortSignal, run: () => T): T {
  const outer = branches.getStore();
  return branches.run(outer === undefined ? signal : AbortSignal.any([outer, signal]), run);
}

/** Stops the branch that is running; undefined outside of any. */
export function branchSignal(): AbortSignal | undefined {
  return branches.getStore();
}
