/** Time is injected, so that limits, caches and token checks can be tested without waiting. */
// Imported: the global of that name is an accessor, which makes each reading dearer by a third.
import { performance } from "node:perf_hooks";

export interface Clock {
  /** Wall time in milliseconds since the Unix epoch: for what users see and for token lifetimes. */
  now(): number;
  /** Monotonic milliseconds: for windows, time-outs and durations; never goes backwards. */
  monotonic(): number;
}

/** Each thread's performance.now() begins with the thread; this is what was before, so that all threads read the same time. */
const BEFORE_MS = Number(process.hrtime.bigint() / 1_000n) / 1_000 - performance.now();

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => BEFORE_MS + performance.now(),
};

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;

  constructor(now = Date.UTC(2024, 4, 6, 7, 8, 9, 123)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#monotonic += milliseconds;
  }
}
