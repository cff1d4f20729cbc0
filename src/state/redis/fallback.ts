/**
 * What happens to limits while the shared store is gone: `local` counts each replica's share in its own memory, `allow` lets everything
 * through, `deny` nothing. What was granted meanwhile is told to the store when it is back, so that limits are whole again at once.
 */
import type { Counters, Taken, Window } from "../counters.ts";
import type { Locks } from "../locks.ts";
import { StoreUnavailable } from "./link.ts";

export type OutageMode = "local" | "allow" | "deny";

/** More keys than this are not told to the store when it is back: they are forgotten with their windows. */
const MAX_OWED = 10_000;
const DENIED_RESET_MS = 1_000;

interface Owed {
  readonly key: string;
  readonly window: Window;
  amount: number;
}

export interface FallbackOptions {
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
  readonly #owed = new Map<string, Owed>();

  constructor(options: FallbackOptions) {
    this.#options = options;
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
      this.#owe(key, amount, window);
      return;
    }
    try {
      await store.add(key, amount, window);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#owe(key, amount, window);
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
    this.#owe(key, -amount, window);
  }

  /** Tells the store, which is back, what was granted without it. */
  async settle(): Promise<void> {
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    await Promise.allSettled(
      owed.map(async ({ key, amount, window }) => {
        try {
          const { store } = this.#options;
          await (amount >= 0 ? store.add(key, amount, window) : store.refund(key, -amount, window));
        } catch {
          this.#owe(key, amount, window);
        }
      }),
    );
  }

  #mirrored(taken: Taken, key: string, amount: number, window: Window): Taken {
    if (taken.allowed && this.#options.mode === "local") void this.#options.local.add(key, amount, window);
    return taken;
  }

  #alone(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken | Promise<Taken> {
    const { local, mode, replicas } = this.#options;
    if (mode === "deny") return denied();
    if (mode === "allow") {
      if (counts) this.#owe(key, amount, window);
      return { allowed: true, remaining: limit, resetMs: window.lengthMs };
    }
    // A share of nothing would refuse what every replica alone may grant.
    const share = Math.max(Math.min(1, limit), Math.floor(limit / replicas()));
    if (!counts) return local.peek(key, amount, share, window);
    const taken = local.take(key, amount, share, window);
    const owe = (answer: Taken) => {
      if (answer.allowed) this.#owe(key, amount, window);
      return answer;
    };
    return taken instanceof Promise ? taken.then(owe) : owe(taken);
  }

  #owe(key: string, amount: number, window: Window): void {
    const name = `${window.kind}${window.lengthMs}/${window.startMs ?? 0}=${key}`;
    const owed = this.#owed.get(name);
    if (owed !== undefined) owed.amount += amount;
    else if (this.#owed.size < MAX_OWED) this.#owed.set(name, { key, window, amount });
  }
}

export class FallbackLocks implements Locks {
  readonly #options: Omit<FallbackOptions, "store" | "local"> & { readonly store: Locks; readonly local: Locks };

  constructor(options: Omit<FallbackOptions, "store" | "local"> & { readonly store: Locks; readonly local: Locks }) {
    this.#options = options;
  }

  async acquire(key: string, slots: number): Promise<(() => void) | undefined> {
    const { store, isAvailable } = this.#options;
    if (!isAvailable()) return this.#alone(key, slots);
    try {
      return await store.acquire(key, slots);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return this.#alone(key, slots);
    }
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
