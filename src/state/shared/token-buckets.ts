/**
 * Token buckets in shared memory: a bucket holds as much as the limit, a take empties it, and it fills evenly, once in the length of the
 * window. Kept is what is missing, and when it was that much. Whoever spares may spend the whole limit at once; over any time T no more
 * than the limit and limit * T / length is granted.
 */
import type { Clock } from "../../base/clock.ts";
import type { Taken, Window } from "../counters.ts";
import { SharedTable, type TableShape } from "./table.ts";

/** Record: what is missing, when (monotonic), and how much comes back in a ms (0: not known before a limit is). */
const MISSING = 0;
const AT = 8;
const RATE = 16;
export const bucketShape = (sets: number): TableShape => ({ sets, recordBytes: 24 });

/** Parts of a token that come of rounding. */
const ROUNDING = 1e-6;
/** A bucket that was only ever added to is remembered for so many windows. */
const WINDOWS_WITHOUT_RATE = 10;

export class SharedTokenBuckets {
  readonly #clock: Clock;
  readonly #table: SharedTable;

  constructor(clock: Clock, memory: SharedArrayBuffer, owner: number) {
    this.#clock = clock;
    this.#table = new SharedTable(memory, bucketShape(SharedTable.setsIn(memory, bucketShape(1))), owner);
  }

  get spills(): number {
    return this.#table.spills;
  }

  take(key: string, amount: number, limit: number, window: Window, counts: boolean): Taken {
    const rate = limit / window.lengthMs;
    return this.#at(key, window, (known, now, set) => {
      const missing = known < 0 ? 0 : this.#fill(known, set, now, rate);
      const free = limit - missing + ROUNDING;
      if (amount > free) {
        if (known >= 0) this.#keep(known, set, missing, now, window);
        const resetMs = rate > 0 ? (amount - free + ROUNDING / 2) / rate : window.lengthMs;
        return { allowed: false, remaining: Math.max(0, Math.floor(free)), resetMs };
      }
      const next = counts ? missing + amount : missing;
      if (known >= 0 || counts) {
        const record = known < 0 ? this.#claim(set, now, rate) : known;
        this.#keep(record, set, next, now, window);
      }
      return { allowed: true, remaining: Math.floor(limit - next + ROUNDING), resetMs: rate > 0 ? next / rate : 0 };
    });
  }

  add(key: string, amount: number, window: Window): void {
    this.#at(key, window, (known, now, set) => {
      const missing = known < 0 ? 0 : this.#fill(known, set, now, 0);
      this.#keep(known < 0 ? this.#claim(set, now, 0) : known, set, missing + amount, now, window);
    });
  }

  refund(key: string, amount: number, window: Window): void {
    this.#at(key, window, (known, now, set) => {
      if (known < 0) return;
      this.#keep(known, set, Math.max(0, this.#fill(known, set, now, 0) - amount), now, window);
    });
  }

  /** After a thread has died: what it held is free again. */
  releaseThread(owner: number): void {
    this.#table.releaseSetsOf(owner);
  }

  /** What is missing now. @param rate 0: as it was told last */
  #fill(record: number, set: number, now: number, rate: number): number {
    const { doubles } = this.#table;
    const told = doubles[(record + RATE) >> 3];
    // Keys that share a record for want of memory fill by the slowest of them: stricter, never looser.
    const isShared = this.#table.isSpare(set, record) && told > 0 && rate > 0;
    const own = isShared ? Math.min(told, rate) : rate > 0 ? rate : told;
    doubles[(record + RATE) >> 3] = own;
    const since = Math.max(0, now - doubles[(record + AT) >> 3]);
    return Math.max(0, doubles[(record + MISSING) >> 3] - since * own);
  }

  #keep(record: number, set: number, missing: number, now: number, { lengthMs }: Window): void {
    const { doubles } = this.#table;
    doubles[(record + MISSING) >> 3] = missing;
    doubles[(record + AT) >> 3] = now;
    const rate = doubles[(record + RATE) >> 3];
    this.#table.expire(set, record, now + (rate > 0 ? missing / rate : WINDOWS_WITHOUT_RATE * lengthMs));
  }

  #claim(set: number, now: number, rate: number): number {
    const record = this.#table.claim(set, now);
    this.#table.doubles[(record + RATE) >> 3] = rate;
    return record;
  }

  #at<T>(key: string, window: Window, act: (record: number, now: number, set: number) => T): T {
    const table = this.#table;
    const now = this.#clock.monotonic();
    table.hash.digest(key, window.lengthMs, 0);
    const set = table.enter();
    try {
      return act(table.find(set, now), now, set);
    } finally {
      table.leave(set);
    }
  }
}
