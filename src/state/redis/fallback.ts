/**
 * What happens to limits while the shared store is gone: `local` counts each replica's share in its own memory, `allow` lets everything
 * through, `deny` nothing. What was granted meanwhile is told to the store when it is back, so that limits are whole again at once.
 */
import type { Clock } from "../../base/clock.ts";
import type { Counters, Taken, Window } from "../counters.ts";
import type { Locks } from "../locks.ts";
import { StoreUnavailable } from "./link.ts";
import { Owed } from "./owed.ts";

export type OutageMode = "local" | "allow" | "deny";

const DENIED_RESET_MS = 1_000;
/** So many are told to a store that is back at a time: all at once would be more than it can answer before the deadline. */
const TOLD_AT_ONCE = 64;

export interface FallbackOptions {
  readonly clock: Clock;
  readonly store: Counters;
  /** Counts in this process; sees every take, so that a share begins with what was used of it. */
  readonly local: Counters;
  readonly mode: OutageMode;
  readonly isAvailable: () => boolean;
  /** How many processes share the limits. */
  readonly replicas: () => number;
}

export class FallbackCounters implements Counters {
  readonly #options: FallbackOptions;
  readonly #owed: Owed;
  #isSettling = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#owed = new Owed(options.clock);
  }

  take(key: string, amount: number, limit: number, window: Window): Taken | Promise<Taken> {
    const { store, isAvailable, mode } = this.#options;
    if (!isAvailable()) return this.#alone(key, amount, limit, window, true);
    const taken = store.take(key, amount, limit, window);
    if (!(taken instanceof Promise)) return this.#mirrored(taken, key, amount, window);
    return taken.then(
      (answer) => this.#mirrored(answer, key, amount, window),
      (error) => {
        if (!(error instanceof StoreUnavailable)) throw error;
        return mode === "deny" ? denied() : this.#alone(key, amount, limit, window, true);
      },
    );
  }

  peek(key: string, amount: number, limit: number, window: Window): Taken | Promise<Taken> {
    const { store, isAvailable } = this.#options;
    if (!isAvailable()) return this.#alone(key, amount, limit, window, false);
    const seen = store.peek(key, amount, limit, window);
    if (!(seen instanceof Promise)) return seen;
    return seen.catch((error) => {
      if (!(error instanceof StoreUnavailable)) throw error;
      return this.#alone(key, amount, limit, window, false);
    });
  }

  async add(key: string, amount: number, window: Window): Promise<void> {
    const { store, local, isAvailable } = this.#options;
    await local.add(key, amount, window);
    if (!isAvailable()) {
      this.#owed.note(key, amount, window);
      return;
    }
    try {
      await store.add(key, amount, window);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#owed.note(key, amount, window);
    }
  }

  async refund(key: string, amount: number, window: Window): Promise<void> {
    const { store, local, isAvailable } = this.#options;
    await local.refund(key, amount, window);
    if (isAvailable()) {
      try {
        await store.refund(key, amount, window);
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
      }
    }
    this.#owed.note(key, -amount, window);
  }

  /** Tells the store, which is back, what was granted without it and counts still; what it does not hear is owed as before. */
  async settle(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    const { store, isAvailable } = this.#options;
    const debts = this.#owed.collect();
    for (let at = 0; at < debts.length; at += TOLD_AT_ONCE) {
      const told = debts.slice(at, at + TOLD_AT_ONCE).map(async ({ key, amount, window }) => {
        try {
          if (!isAvailable()) throw new StoreUnavailable("it is gone again");
          await (amount >= 0 ? store.add(key, amount, window) : store.refund(key, -amount, window));
        } catch {
          this.#owed.note(key, amount, window);
        }
      });
      await Promise.all(told);
    }
    this.#isSettling = false;
  }

  #mirrored(taken: Taken, key: string, amount: number, window: Window): Taken {
    if (taken.allowed && this.#options.mode === "local") void this.#options.local.add(key, amount, window);
    return taken;
  }

  #alone(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken | Promise<Taken> {
    const { local, mode, replicas } = this.#options;
    if (mode === "deny") return denied();
    if (mode === "allow") {
      if (counts) this.#owed.note(key, amount, window);
      return { allowed: true, remaining: limit, resetMs: window.lengthMs };
    }
    // A share of nothing would refuse what every replica alone may grant.
    const share = Math.max(Math.min(1, limit), Math.floor(limit / replicas()));
    if (!counts) return local.peek(key, amount, share, window);
    const taken = local.take(key, amount, share, window);
    const owe = (answer: Taken) => {
      if (answer.allowed) this.#owed.note(key, amount, window, share);
      return answer;
    };
    return taken instanceof Promise ? taken.then(owe) : owe(taken);
  }
}

export type FallbackLocksOptions = Omit<FallbackOptions, "store" | "local" | "clock"> & {
  readonly store: Locks;
  readonly local: Locks;
};

export class FallbackLocks implements Locks {
  readonly #options: FallbackLocksOptions;

  constructor(options: FallbackLocksOptions) {
    this.#options = options;
  }

  async acquire(key: string, slots: number): Promise<(() => void) | undefined> {
    const { store, local, mode, isAvailable } = this.#options;
    if (!isAvailable()) return this.#alone(key, slots);
    let release: (() => void) | undefined;
    try {
      release = await store.acquire(key, slots);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return this.#alone(key, slots);
    }
    if (release === undefined || mode !== "local") return release;
    // Who is inside when the store goes counts of the share, too.
    const mirrored = await local.acquire(key, Number.POSITIVE_INFINITY);
    return () => {
      release();
      mirrored?.();
    };
  }

  #alone(key: string, slots: number) {
    const { mode, local, replicas } = this.#options;
    if (mode === "deny") return undefined;
    if (mode === "allow") return () => {};
    return local.acquire(key, Math.max(1, Math.floor(slots / replicas())));
  }
}

function denied(): Taken {
  return { allowed: false, remaining: 0, resetMs: DENIED_RESET_MS };
}
