/**
 * Counters in this process. Fixed windows count exactly; sliding windows keep the times of what was taken in small buckets, so that
 * no window of the given length, wherever it starts, holds more than the limit.
 */
import { hash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Counters, Taken, Window } from "../counters.ts";

/** A sliding window is cut into this many buckets: the error is one bucket, on the strict side. */
const BUCKETS = 60;

interface FixedCount {
  readonly kind: "fixed";
  count: number;
  /** On the clock of the window: wall time. */
  expiresAt: number;
  isRecent: boolean;
}

interface SlidingCount {
  readonly kind: "sliding";
  /** [bucket, amount, bucket, amount ...], oldest first; bucket n covers [n, n+1) times bucketMs. Only buckets in use are kept. */
  buckets: number[];
  total: number;
  /** Monotonic: a step of the wall clock neither resets nor freezes a window. */
  expiresAt: number;
  isRecent: boolean;
}

type Count = FixedCount | SlidingCount;

/**
 * Callers may choose keys (an address, a header): beyond this number the count that was used longest ago gives way. Quotas, which last
 * long, and rates are kept apart, so that a flood of the one never displaces the other.
 */
const MAX_COUNTS = 100_000;
/** Longer keys are kept as their digest. */
const MAX_KEY_LENGTH = 128;

export class MemoryCounters implements Counters {
  readonly #clock: Clock;
  readonly #maxCounts: number;
  readonly #fixed = new Map<string, Count>();
  readonly #sliding = new Map<string, Count>();

  constructor(clock: Clock, maxCounts = MAX_COUNTS) {
    this.#clock = clock;
    this.#maxCounts = maxCounts;
  }

  /** Counts held now. */
  get size(): number {
    return this.#fixed.size + this.#sliding.size;
  }

  take(key: string, amount: number, limit: number, window: Window): Taken {
    const taken = this.peek(key, amount, limit, window);
    if (!taken.allowed) return taken;
    this.add(key, amount, window);
    return { ...taken, remaining: Math.max(0, taken.remaining - amount) };
  }

  peek(key: string, amount: number, limit: number, window: Window): Taken {
    const now = this.#now(window);
    const count = this.#current(storeKey(key, window), window, now);
    const used = count === undefined ? 0 : count.kind === "fixed" ? count.count : count.total;
    const remaining = Math.max(0, limit - used);
    const allowed = amount <= limit - used;
    return { allowed, remaining, resetMs: resetMs(count, window, now, used + amount - limit) };
  }

  add(key: string, amount: number, window: Window): void {
    const now = this.#now(window);
    const stored = storeKey(key, window);
    const count = this.#current(stored, window, now) ?? this.#create(stored, window, now);
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

  #now(window: Window): number {
    return window.kind === "fixed" ? this.#clock.now() : this.#clock.monotonic();
  }

  #countsOf(window: Window): Map<string, Count> {
    return window.kind === "fixed" ? this.#fixed : this.#sliding;
  }

  /** The live entry of a key, brought up to now; undefined when there is none. */
  #current(key: string, window: Window, now: number): Count | undefined {
    const counts = this.#countsOf(window);
    const count = counts.get(key);
    if (count === undefined) return undefined;
    if (count.expiresAt <= now) {
      counts.delete(key);
      return undefined;
    }
    count.isRecent = true;
    if (count.kind === "sliding") dropOld(count, window, now);
    return count;
  }

  #create(key: string, window: Window, now: number): Count {
    const counts = this.#countsOf(window);
    if (counts.size >= this.#maxCounts) makeRoom(counts, now);
    const count: Count =
      window.kind === "fixed"
        ? { kind: "fixed", count: 0, expiresAt: windowStart(window, now) + window.lengthMs, isRecent: false }
        : { kind: "sliding", buckets: [], total: 0, expiresAt: now, isRecent: false };
    counts.set(key, count);
    return count;
  }
}

/**
 * Windows of different lengths under one key are different counts: measured in each other's buckets they would forget what was taken,
 * and a caller could clear one limit by calling what has another.
 */
function storeKey(key: string, window: Window): string {
  const short = key.length <= MAX_KEY_LENGTH ? `=${key}` : `#${hash("sha256", Buffer.from(key, "utf16le"), "base64")}`;
  return `${window.lengthMs}/${window.startMs ?? 0}${short}`;
}

/** Removes the first entry that has expired or was not used since it was last looked at (the clock algorithm: cheap for those who only count). */
function makeRoom(counts: Map<string, Count>, now: number): void {
  for (const [key, count] of counts) {
    counts.delete(key);
    if (count.expiresAt <= now || !count.isRecent) return;
    count.isRecent = false;
    counts.set(key, count);
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
