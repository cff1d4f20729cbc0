/**
 * Counters in shared memory: exact over all threads of the process, without a server. Fixed windows count exactly; sliding windows keep
 * what was taken in small buckets, so that no window of the given length, wherever it starts, holds more than the limit.
 */
import type { Clock } from "../../base/clock.ts";
import { type Counters, type Taken, type Window, windowEnd } from "../counters.ts";
import { SharedTable, type TableShape } from "./table.ts";
import { bucketShape, SharedTokenBuckets } from "./token-buckets.ts";

/** The longest sliding window: keys that share a record are all counted by it. */
const LONGEST_MS = 300_000;
/** A sliding window is cut into this many buckets. What is in one leaves with the last of it: up to a bucket late, never early. */
const BUCKETS = 60;
/** Buckets of a record: a power of two that holds a window and the bucket that is filling. */
const RING = 64;

/** Record of a sliding window: total, number of the newest bucket, the buckets, and when each was last added to. */
const TOTAL = 0;
const NEWEST = 8;
const BUCKET_0 = 16;
const LAST_0 = BUCKET_0 + RING * 4;
const slidingShape = (sets: number): TableShape => ({ sets, recordBytes: LAST_0 + RING * 2 });
/** That time is kept in parts of a bucket's length, rounded up. */
const PARTS = 65_535;
/** Record of a fixed window: count, and a mark for whoever keeps quotas on disk. */
const COUNT = 0;
const CHANGED = 8;
const fixedShape = (sets: number): TableShape => ({ sets, recordBytes: 16 });

export interface CounterMemory {
  readonly sliding: SharedArrayBuffer;
  readonly fixed: SharedArrayBuffer;
  readonly buckets: SharedArrayBuffer;
}

export interface CounterSizes {
  /** Live sliding windows, and token buckets, there is room for, about; 424 and 40 bytes each. Default 65,536. */
  readonly rates?: number;
  /** Live fixed windows there is room for, about; 32 bytes each. Default 262,144. */
  readonly quotas?: number;
}

/** A fixed window's count as it is kept elsewhere: the digest names it. */
export interface KeptCount {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Wall time, ms since the epoch; Infinity: never. */
  readonly expiresAt: number;
}

export class SharedCounters implements Counters {
  readonly #clock: Clock;
  readonly #sliding: SharedTable;
  readonly #fixed: SharedTable;
  readonly #buckets: SharedTokenBuckets;

  /** Memory for counters; every thread that counts together gets the same. */
  static allocate(sizes: CounterSizes = {}, seed?: Uint8Array): CounterMemory {
    const rates = setsFor(sizes.rates ?? 65_536);
    return {
      sliding: SharedTable.allocate(slidingShape(rates), seed),
      buckets: SharedTable.allocate(bucketShape(rates)),
      fixed: SharedTable.allocate(fixedShape(setsFor(sizes.quotas ?? 262_144)), seed),
    };
  }

  /**
   * @param clock its monotonic time must be the same in every thread
   * @param owner number of this thread, from 0
   */
  constructor(clock: Clock, memory: CounterMemory = SharedCounters.allocate(), owner = 0) {
    this.#clock = clock;
    this.#sliding = new SharedTable(memory.sliding, slidingShape(setsIn(memory.sliding, slidingShape)), owner);
    this.#fixed = new SharedTable(memory.fixed, fixedShape(setsIn(memory.fixed, fixedShape)), owner);
    this.#buckets = new SharedTokenBuckets(clock, memory.buckets, owner);
  }

  take(key: string, amount: number, limit: number, window: Window): Taken {
    return this.#take(key, amount, limit, window, true);
  }

  peek(key: string, amount: number, limit: number, window: Window): Taken {
    return this.#take(key, amount, limit, window, false);
  }

  add(key: string, amount: number, window: Window): void {
    if (window.kind === "bucket") this.#buckets.add(key, amount, window);
    else this.#take(key, amount, Number.POSITIVE_INFINITY, window, true);
  }

  refund(key: string, amount: number, window: Window): void {
    if (window.kind === "bucket") return this.#buckets.refund(key, amount, window);
    const isFixed = window.kind === "fixed";
    const table = isFixed ? this.#fixed : this.#sliding;
    const now = isFixed ? this.#clock.now() : this.#clock.monotonic();
    table.hash.digest(key, window.lengthMs, isFixed ? (window.startMs ?? 0) : 0);
    const set = table.enter();
    try {
      const record = table.find(set, now);
      if (record < 0) return;
      if (!isFixed) {
        this.#unfill(record, amount);
        return;
      }
      const { doubles, words } = table;
      doubles[(record + COUNT) >> 3] = Math.max(0, doubles[(record + COUNT) >> 3] - amount);
      words[(record + CHANGED) >> 2] = 1;
    } finally {
      table.leave(set);
    }
  }

  /** How often a key had to share a count with others because its place in memory was full. */
  get spills(): number {
    return this.#sliding.spills + this.#fixed.spills + this.#buckets.spills;
  }

  /** The hash key of fixed windows: kept with their counts, it makes them the same windows after a restart. */
  get seed(): Uint8Array {
    return this.#fixed.seed;
  }

  /** Hands over the fixed windows that changed since the last call. */
  takeChanged(visit: (kept: KeptCount) => void): void {
    const { doubles, words } = this.#fixed;
    this.#fixed.each((set, record, low, high) => {
      const mark = (record + CHANGED) >> 2;
      if (words[mark] === 0 || (low === 0 && high === 0)) return;
      words[mark] = 0;
      visit({ low, high, count: doubles[(record + COUNT) >> 3], expiresAt: this.#fixed.expiry(set, record) });
    });
  }

  /** Puts a count back that `takeChanged` handed over before a restart; the table has the same hash key. */
  restore(kept: KeptCount): void {
    const table = this.#fixed;
    const now = this.#clock.now();
    if (kept.expiresAt <= now) return;
    table.hash.low = kept.low;
    table.hash.high = kept.high;
    const set = table.enter();
    try {
      const known = table.find(set, now);
      const record = known < 0 ? table.claim(set, now) : known;
      table.doubles[(record + COUNT) >> 3] += kept.count;
      // Added to what has been counted meanwhile: the sum is news.
      if (known >= 0) table.words[(record + CHANGED) >> 2] = 1;
      table.expire(set, record, Math.max(table.expiry(set, record), kept.expiresAt));
    } finally {
      table.leave(set);
    }
  }

  /** After a thread has died: what it held is free again. */
  releaseThread(owner: number): void {
    this.#sliding.releaseSetsOf(owner);
    this.#fixed.releaseSetsOf(owner);
    this.#buckets.releaseThread(owner);
  }

  #take(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken {
    if (window.kind === "sliding") return this.#slidingTake(key, amount, limit, window, counts);
    if (window.kind === "fixed") return this.#fixedTake(key, amount, limit, window, counts);
    return this.#buckets.take(key, amount, limit, window, counts);
  }

  #fixedTake(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken {
    const table = this.#fixed;
    const now = this.#clock.now();
    table.hash.digest(key, window.lengthMs, window.startMs ?? 0);
    const set = table.enter();
    try {
      let record = table.find(set, now);
      const isOwn = record < 0 || !table.isSpare(set, record);
      const used = record < 0 ? 0 : table.doubles[(record + COUNT) >> 3];
      const endsAt = record >= 0 && isOwn ? table.expiry(set, record) : windowEnd(window, now);
      const resetMs = endsAt - now;
      if (amount > limit - used) return { allowed: false, remaining: Math.max(0, limit - used), resetMs };
      if (!counts) return { allowed: true, remaining: limit - used, resetMs };
      if (record < 0) record = table.claim(set, now);
      table.doubles[(record + COUNT) >> 3] += amount;
      table.words[(record + CHANGED) >> 2] = 1;
      table.expire(set, record, Math.max(endsAt, table.expiry(set, record)));
      return { allowed: true, remaining: limit - used - amount, resetMs };
    } finally {
      table.leave(set);
    }
  }

  #slidingTake(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken {
    const table = this.#sliding;
    const now = this.#clock.monotonic();
    table.hash.digest(key, window.lengthMs, 0);
    const set = table.enter();
    try {
      let record = table.find(set, now);
      const lengthMs = record >= 0 && table.isSpare(set, record) ? LONGEST_MS : window.lengthMs;
      const bucketMs = lengthMs / BUCKETS;
      const place = now / bucketMs;
      const bucket = Math.floor(place);
      const used = record < 0 ? 0 : this.#advance(record, place);
      if (amount > limit - used) {
        const resetMs = record < 0 ? lengthMs : this.#freeIn(record, used + amount - limit, place) * bucketMs;
        return { allowed: false, remaining: Math.max(0, limit - used), resetMs };
      }
      if (!counts) return { allowed: true, remaining: limit - used, resetMs: lengthMs };
      if (record < 0) {
        record = table.claim(set, now);
        this.#advance(record, place);
      }
      const slot = bucket & (RING - 1);
      table.words[((record + BUCKET_0) >> 2) + slot] += amount;
      const last = ((record + LAST_0) >> 1) + slot;
      table.halves[last] = Math.max(table.halves[last], Math.ceil((place - bucket) * PARTS));
      table.doubles[(record + TOTAL) >> 3] += amount;
      table.expire(set, record, Math.max(table.expiry(set, record), now + lengthMs + bucketMs));
      return { allowed: true, remaining: limit - used - amount, resetMs: lengthMs };
    } finally {
      table.leave(set);
    }
  }

  #unfill(record: number, amount: number): void {
    const { words, doubles } = this.#sliding;
    const newest = doubles[(record + NEWEST) >> 3];
    const first = (record + BUCKET_0) >> 2;
    let left = Math.min(amount, doubles[(record + TOTAL) >> 3]);
    doubles[(record + TOTAL) >> 3] -= left;
    for (let b = newest; b >= newest - BUCKETS && left > 0; b--) {
      const at = first + (b & (RING - 1));
      const taken = Math.min(left, words[at]);
      words[at] -= taken;
      left -= taken;
    }
  }

  /**
   * Moves a record to now, dropping the buckets that have left the window; returns what the window holds.
   * @param place now, in lengths of a bucket
   */
  #advance(record: number, place: number): number {
    const { doubles } = this.#sliding;
    const bucket = Math.floor(place);
    const newestAt = (record + NEWEST) >> 3;
    const newest = doubles[newestAt];
    const totalAt = (record + TOTAL) >> 3;
    // Of the one that began a window ago, all has left, or part of it may be within the window still.
    const edge = bucket - BUCKETS;
    if (bucket > newest) {
      // One by one, and the newest last: a thread that dies in between leaves a record that can be gone on with.
      const gone = Math.min(newest, edge - 1);
      for (let b = Math.max(newest - BUCKETS, 0); b <= gone; b++) this.#drop(record, b);
    }
    if (edge >= 0 && edge <= newest && this.#lastOf(record, edge) <= place - BUCKETS) this.#drop(record, edge);
    if (bucket > newest) doubles[newestAt] = bucket;
    return doubles[totalAt];
  }

  #drop(record: number, bucket: number): void {
    const { words, halves, doubles } = this.#sliding;
    const slot = bucket & (RING - 1);
    const at = ((record + BUCKET_0) >> 2) + slot;
    doubles[(record + TOTAL) >> 3] -= words[at];
    words[at] = 0;
    halves[((record + LAST_0) >> 1) + slot] = 0;
  }

  /** When a bucket was last added to, in lengths of a bucket. */
  #lastOf(record: number, bucket: number): number {
    return bucket + this.#sliding.halves[((record + LAST_0) >> 1) + (bucket & (RING - 1))] / PARTS;
  }

  /** How long until `excess` has left the window, in lengths of a bucket; never more than the window. */
  #freeIn(record: number, excess: number, place: number): number {
    const { words, doubles } = this.#sliding;
    const newest = doubles[(record + NEWEST) >> 3];
    const first = (record + BUCKET_0) >> 2;
    let freed = 0;
    for (let b = Math.max(newest - BUCKETS, 0); b <= newest; b++) {
      freed += words[first + (b & (RING - 1))];
      if (freed >= excess) return BUCKETS - Math.max(0, place - this.#lastOf(record, b));
    }
    return BUCKETS;
  }
}

/** Sets of 32 places, as many as give about that much room: a power of two. */
function setsFor(places: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(places / 32)));
}

function setsIn(buffer: SharedArrayBuffer, shape: (sets: number) => TableShape): number {
  return SharedTable.setsIn(buffer, shape(1));
}
