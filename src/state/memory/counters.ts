/**
 * Counters in this process. Fixed windows count exactly; sliding windows keep the times of what was taken in small buckets, so that
 * no window of the given length, wherever it starts, holds more than the limit.
 */
import type { Clock } from "../../base/clock.ts";
import type { Counters, Taken, Window } from "../counters.ts";

/** A sliding window is cut into this many buckets: the error is one bucket, on the strict side. */
const BUCKETS = 60;

interface FixedCount {
  readonly kind: "fixed";
  windowStart: number;
  count: number;
  expiresAt: number;
}

interface SlidingCount {
  readonly kind: "sliding";
  /** [bucket, amount, bucket, amount ...], oldest first; bucket n covers [n, n+1) times bucketMs. Only buckets in use are kept. */
  buckets: number[];
  total: number;
  expiresAt: number;
}

type Count = FixedCount | SlidingCount;

/** Entries beyond which expired ones are swept out before a new one is made. */
const SWEEP_AT = 100_000;

export class MemoryCounters implements Counters {
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();
  #sweepAt = SWEEP_AT;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(key: string, amount: number, limit: number, window: Window): Taken {
    const taken = this.peek(key, amount, limit, window);
    if (!taken.allowed) return taken;
    this.add(key, amount, window);
    return { ...taken, remaining: Math.max(0, taken.remaining - amount) };
  }

  peek(key: string, amount: number, limit: number, window: Window): Taken {
    const now = this.#clock.now();
    const count = this.#current(key, window, now);
    const used = count === undefined ? 0 : count.kind === "fixed" ? count.count : count.total;
    const remaining = Math.max(0, limit - used);
    const allowed = amount <= limit - used;
    return { allowed, remaining, resetMs: resetMs(count, window, now, used + amount - limit) };
  }

  add(key: string, amount: number, window: Window): void {
    const now = this.#clock.now();
    const count = this.#current(key, window, now) ?? this.#create(key, window, now);
    if (count.kind === "fixed") {
      count.count += amount;
    } else {
      const bucket = Math.floor(now / bucketMs(window));
      const { buckets } = count;
      if (buckets.at(-2) === bucket) buckets[buckets.length - 1] += amount;
      else buckets.push(bucket, amount);
      count.total += amount;
      count.expiresAt = now + window.lengthMs + bucketMs(window);
    }
  }

  /** The live entry of a key, brought up to now; undefined when there is none. */
  #current(key: string, window: Window, now: number): Count | undefined {
    const count = this.#counts.get(key);
    if (count === undefined || count.kind !== window.kind) return undefined;
    if (count.expiresAt <= now) {
      this.#counts.delete(key);
      return undefined;
    }
    if (count.kind === "sliding") dropOld(count, window, now);
    return count;
  }

  #create(key: string, window: Window, now: number): Count {
    if (this.#counts.size >= this.#sweepAt) this.#sweep(now);
    const count: Count =
      window.kind === "fixed"
        ? {
            kind: "fixed",
            windowStart: windowStart(window, now),
            count: 0,
            expiresAt: windowStart(window, now) + window.lengthMs,
          }
        : { kind: "sliding", buckets: [], total: 0, expiresAt: now };
    this.#counts.set(key, count);
    return count;
  }

  /** Forgets what has expired: never a live window. */
  #sweep(now: number): void {
    for (const [key, count] of this.#counts) if (count.expiresAt <= now) this.#counts.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT, this.#counts.size * 2);
  }
}

function bucketMs(window: Window): number {
  return window.lengthMs / BUCKETS;
}

/** Drops buckets that have left the window altogether. */
function dropOld(count: SlidingCount, window: Window, now: number): void {
  const oldest = Math.floor(now / bucketMs(window)) - BUCKETS;
  const { buckets } = count;
  let gone = 0;
  while (gone < buckets.length && buckets[gone] < oldest) {
    count.total -= buckets[gone + 1];
    gone += 2;
  }
  if (gone > 0) count.buckets = buckets.slice(gone);
}

function windowStart(window: Window, now: number): number {
  if (!Number.isFinite(window.lengthMs)) return window.startMs ?? 0;
  const start = window.startMs ?? 0;
  return start + Math.floor((now - start) / window.lengthMs) * window.lengthMs;
}

/** How long until `excess` more is free; with nothing in excess, until the window ends. */
function resetMs(count: Count | undefined, window: Window, now: number, excess: number): number {
  if (count === undefined)
    return window.kind === "fixed" ? windowStart(window, now) + window.lengthMs - now : window.lengthMs;
  if (count.kind === "fixed") return count.expiresAt - now;
  let freed = 0;
  for (let i = 0; i < count.buckets.length; i += 2) {
    freed += count.buckets[i + 1];
    if (freed >= excess) return (count.buckets[i] + BUCKETS + 1) * bucketMs(window) - now;
  }
  return window.lengthMs;
}
