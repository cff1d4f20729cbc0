/** Circuit breakers in shared memory: what one thread finds out about a backend, all know. */
import type { Clock } from "../../base/clock.ts";
import { type Breakers, PROBE } from "../breakers.ts";
import { SharedTable, type TableShape } from "./table.ts";

/** Record: when the pause ends, and until when a probe is under way; monotonic. */
const OPEN_UNTIL = 0;
const PROBE_UNTIL = 8;
const shape = (sets: number): TableShape => ({ sets, recordBytes: 16 });
/** A probe that never says how it went gives way to the next. */
const PROBE_MS = 30_000;
/** A breaker that nobody asks for so long after its pause is closed. */
const FORGET_MS = 3_600_000;

export class SharedBreakers implements Breakers {
  readonly #clock: Clock;
  readonly #table: SharedTable;

  /** Memory for breakers; every thread gets the same. */
  static allocate(sets = 64): SharedArrayBuffer {
    return SharedTable.allocate(shape(sets));
  }

  /** @param owner number of this thread, from 0 */
  constructor(clock: Clock, memory: SharedArrayBuffer = SharedBreakers.allocate(), owner = 0) {
    this.#clock = clock;
    this.#table = new SharedTable(memory, shape(SharedTable.setsIn(memory, shape(1))), owner);
  }

  admit(key: string): number {
    return this.#at(key, (record, now) => {
      if (record < 0) return 0;
      const { doubles } = this.#table;
      const openFor = doubles[(record + OPEN_UNTIL) >> 3] - now;
      if (openFor > 0) return openFor;
      const probeFor = doubles[(record + PROBE_UNTIL) >> 3] - now;
      // One finds out; the others come back in a moment.
      if (probeFor > 0) return Math.min(probeFor, 1_000);
      doubles[(record + PROBE_UNTIL) >> 3] = now + PROBE_MS;
      return PROBE;
    });
  }

  trip(key: string, forMs: number): void {
    this.#at(key, (known, now, set) => {
      const table = this.#table;
      const record = known < 0 ? table.claim(set, now) : known;
      table.doubles[(record + OPEN_UNTIL) >> 3] = now + forMs;
      table.doubles[(record + PROBE_UNTIL) >> 3] = 0;
      table.expire(set, record, now + forMs + FORGET_MS);
      return 0;
    });
  }

  reset(key: string): void {
    this.#at(key, (record, now, set) => {
      if (record >= 0) this.#table.expire(set, record, now);
      return 0;
    });
  }

  /** After a thread has died: what it held is free again. */
  releaseThread(owner: number): void {
    this.#table.releaseSetsOf(owner);
  }

  #at(key: string, act: (record: number, now: number, set: number) => number): number {
    const table = this.#table;
    const now = this.#clock.monotonic();
    table.hash.digest(key, 0, 0);
    const set = table.enter();
    try {
      return act(table.find(set, now), now, set);
    } finally {
      table.leave(set);
    }
  }
}
