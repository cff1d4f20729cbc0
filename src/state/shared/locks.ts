/**
 * Slots in shared memory: one bound for all threads of the process. Each thread has its own column of a record, so that the slots of a
 * thread that died are known, and free again.
 */
import type { Clock } from "../../base/clock.ts";
import type { Locks } from "../locks.ts";
import { SharedTable, type TableShape } from "./table.ts";

/** The most threads that may share slots. */
export const MAX_THREADS = 64;
const shape = (sets: number): TableShape => ({ sets, recordBytes: MAX_THREADS * 4 });
/** A key without requests inside is forgotten after this time. */
const IDLE_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

export class SharedLocks implements Locks {
  readonly #clock: Clock;
  readonly #table: SharedTable;
  readonly #owner: number;

  /** Memory for slots; every thread that counts together gets the same. */
  static allocate(sets = 256): SharedArrayBuffer {
    return SharedTable.allocate(shape(sets));
  }

  /** @param owner number of this thread, from 0 and below MAX_THREADS */
  constructor(clock: Clock, memory: SharedArrayBuffer = SharedLocks.allocate(), owner = 0) {
    this.#clock = clock;
    this.#table = new SharedTable(memory, shape(SharedTable.setsIn(memory, shape(1))), owner);
    this.#owner = owner;
  }

  acquire(key: string, slots: number): (() => void) | undefined {
    if (!this.#change(key, 1, slots)) return undefined;
    let isHeld = true;
    return () => {
      if (isHeld) this.#change(key, -1, NEVER);
      isHeld = false;
    };
  }

  /** After a thread has died: its slots are free again. */
  releaseThread(owner: number): void {
    this.#table.releaseSetsOf(owner);
    this.#table.each((set, record) => {
      this.#table.words[(record >> 2) + owner] = 0;
      if (this.#taken(record) === 0) this.#table.expire(set, record, 0);
    });
  }

  /** Takes or gives back one slot of this thread; false when all are taken. */
  #change(key: string, by: 1 | -1, slots: number): boolean {
    const table = this.#table;
    const now = this.#clock.monotonic();
    table.hash.digest(key, 0, 0);
    const set = table.enter();
    try {
      let record = table.find(set, now);
      const taken = record < 0 ? 0 : this.#taken(record);
      if (by === 1 && taken >= slots) return false;
      if (record < 0) record = table.claim(set, now);
      const mine = (record >> 2) + this.#owner;
      if (by === 1 || table.words[mine] > 0) table.words[mine] += by;
      table.expire(set, record, taken + by > 0 ? NEVER : now + IDLE_MS);
      return true;
    } finally {
      table.leave(set);
    }
  }

  #taken(record: number): number {
    const first = record >> 2;
    let taken = 0;
    for (let i = 0; i < MAX_THREADS; i++) taken += this.#table.words[first + i];
    return taken;
  }
}
