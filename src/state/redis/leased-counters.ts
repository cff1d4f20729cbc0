/**
 * Counters over Redis that take some of a limit at once and spend it without asking. What is left when a lease ends goes back, so
 * nothing is granted twice and next to nothing is lost. A lease of a sliding window ends with the bucket it was counted in: what it
 * grants lies in the window where it was counted.
 */
import type { Clock } from "../../base/clock.ts";
import type { Counters, Taken, Window } from "../counters.ts";
import type { RedisCounters } from "./counters.ts";
import { BUCKETS } from "./scripts.ts";

/** No lease holds more. */
const MAX_LEASE = 50;
/** Keys that a thread holds leases of; others, and long ones, are asked for one by one. */
const MAX_LEASES = 10_000;
const MAX_KEY_LENGTH = 512;

/** A lease that nobody used for so long goes back: others may want it. */
const IDLE_MS = 2_000;

/** All times are monotonic. */
class Lease {
  readonly key: string;
  readonly limit: number;
  readonly window: Window;
  left = 0;
  /** As much as is asked for at once. */
  size = 0;
  endsAt = 0;
  bucket = 0;
  /** What the limit still had when it was last asked. */
  beyond = 0;
  /** Until then the limit is known to be used up, and no question is asked. */
  refusedUntil = 0;
  resetAt = 0;
  usedAt = 0;
  /** Under way: those who find the lease empty wait for it together. */
  refill: Promise<void> | undefined;

  constructor(key: string, limit: number, window: Window) {
    this.key = key;
    this.limit = limit;
    this.window = window;
  }
}

export class LeasedCounters implements Counters {
  readonly #store: RedisCounters;
  readonly #clock: Clock;
  /** How many takers share the limits now. */
  readonly #takers: () => number;
  readonly #leases = new Map<string, Lease>();

  constructor(store: RedisCounters, clock: Clock, takers: () => number) {
    this.#store = store;
    this.#clock = clock;
    this.#takers = takers;
  }

  /** Rejects with StoreUnavailable. */
  take(key: string, amount: number, limit: number, window: Window): Taken | Promise<Taken> {
    const lease = this.#lease(key, amount, limit, window);
    if (lease === undefined) return this.#store.take(key, amount, limit, window);
    const now = this.#clock.monotonic();
    const taken = spend(lease, amount, now);
    if (taken === undefined) return this.#wait(lease, amount);
    const isRunningOut = taken.allowed && lease.left * 2 < lease.size && lease.beyond > 0;
    // A failure shows itself to the take that finds the lease empty.
    if (isRunningOut && lease.refill === undefined) this.#refill(lease, 1).catch(() => {});
    return taken;
  }

  peek(key: string, amount: number, limit: number, window: Window): Promise<Taken> {
    return this.#store.peek(key, amount, limit, window);
  }

  add(key: string, amount: number, window: Window): Promise<void> {
    return this.#store.add(key, amount, window);
  }

  refund(key: string, amount: number, window: Window): Promise<void> {
    return this.#store.refund(key, amount, window);
  }

  /** Gives back what ended and idle leases hold; to be called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [name, lease] of this.#leases) {
      const isIdle = now - lease.usedAt >= IDLE_MS;
      if (lease.refill !== undefined || lease.refusedUntil > now || (lease.endsAt > now && !isIdle)) continue;
      this.#leases.delete(name);
      void this.#giveBack(lease);
    }
  }

  /** Gives every lease back. */
  async close(): Promise<void> {
    const leases = [...this.#leases.values()];
    this.#leases.clear();
    await Promise.all(leases.map((lease) => this.#giveBack(lease)));
  }

  /** Undefined where a lease would not pay. */
  #lease(key: string, amount: number, limit: number, window: Window): Lease | undefined {
    if (key.length > MAX_KEY_LENGTH) return undefined;
    const name = `${window.kind}${window.lengthMs}/${window.startMs ?? 0}/${limit}=${key}`;
    const known = this.#leases.get(name);
    if (known !== undefined) return amount < this.#size(known) ? known : undefined;
    // An endless window's lease would be lost with its taker for ever.
    if (this.#leases.size >= MAX_LEASES || !Number.isFinite(window.lengthMs)) return undefined;
    // A bucket fills while a lease of it lies unused: the two together would grant more than the limit at once.
    if (window.kind === "bucket") return undefined;
    const lease = new Lease(key, limit, window);
    if (amount >= this.#size(lease)) return undefined;
    this.#leases.set(name, lease);
    return lease;
  }

  /** Small enough that the leases of all takers together leave most of the limit in the store. */
  #size(lease: Lease): number {
    return Math.max(1, Math.min(MAX_LEASE, Math.floor(lease.limit / (4 * this.#takers()))));
  }

  async #wait(lease: Lease, amount: number): Promise<Taken> {
    const asked = this.#clock.monotonic();
    await (lease.refill ?? this.#refill(lease, amount));
    // The store has counted it since: it holds for who asked, though the lease may have ended on its way.
    // Many may have waited for one refill, and it need not do for all: the rest asks for itself.
    return spend(lease, amount, asked) ?? this.#store.take(lease.key, amount, lease.limit, lease.window);
  }

  #refill(lease: Lease, amount: number): Promise<void> {
    lease.refill = this.#ask(lease, amount).finally(() => {
      lease.refill = undefined;
    });
    return lease.refill;
  }

  async #ask(lease: Lease, amount: number): Promise<void> {
    const { key, limit, window } = lease;
    // Times are reckoned from before the question: the answer is younger, so no lease lives too long.
    const asked = this.#clock.monotonic();
    lease.size = this.#size(lease);
    // Before the question: what ended unused may be just what is asked for.
    if (lease.endsAt <= asked) void this.#giveBack(lease);
    const grant = await this.#store.grant(key, amount, lease.size, limit, window, true);
    lease.beyond = grant.left;
    if (grant.taken < 0) {
      lease.resetAt = asked + grant.resetMs;
      // Too little for one may be enough for another.
      if (grant.left >= 1) return;
      lease.refusedUntil = asked + Math.min(grant.resetMs, window.lengthMs / BUCKETS);
      return;
    }
    const isSameBucket = lease.bucket === grant.bucket && lease.endsAt > asked;
    if (!isSameBucket) {
      void this.#giveBack(lease);
      lease.endsAt = asked + grant.resetMs;
    }
    lease.left += grant.taken;
    lease.bucket = grant.bucket;
    lease.resetAt = asked + (window.kind === "sliding" ? window.lengthMs : grant.resetMs);
  }

  async #giveBack(lease: Lease): Promise<void> {
    const { left, bucket, key, window } = lease;
    lease.left = 0;
    const leftMs = lease.endsAt - this.#clock.monotonic();
    if (left === 0 || (window.kind === "fixed" && leftMs <= 0)) return;
    // What cannot be given back is forgotten when its window ends.
    await this.#store.giveBack(key, left, bucket, window, leftMs).catch(() => {});
  }
}

/** Undefined when the store has to be asked. */
function spend(lease: Lease, amount: number, now: number): Taken | undefined {
  if (lease.endsAt > now && lease.left >= amount) {
    lease.left -= amount;
    lease.usedAt = now;
    return { allowed: true, remaining: lease.beyond + lease.left, resetMs: lease.resetAt - now };
  }
  if (now >= lease.refusedUntil) return undefined;
  return { allowed: false, remaining: 0, resetMs: Math.max(1, lease.resetAt - now) };
}
