/**
 * A hash table in shared memory: fixed-size records that all threads of the process read and change. A key's digest chooses a set of
 * 32 places; a set is held by one thread at a time for some hundred nanoseconds. Memory is bounded: a new key takes an empty or an
 * expired place of its set, never one that still counts. Keys for which no place is left share one spare record of their set, so a
 * flood of keys may make limits stricter for other new keys, but never grants anything twice.
 */
import { randomFillSync } from "node:crypto";
import { assert } from "../../base/assert.ts";
import { KeyHash } from "./key-hash.ts";

const PLACES = 32;
const SPARE = PLACES;
const HEADER_BYTES = 64;
/** Words of the header: the key of the hash, and how often a spare record came into use. */
const KEY_0 = 0;
const KEY_1 = 1;
const SPILLS = 2;
/** Tries before a thread that waits for a set lets its core go. */
const SPINS = 200;
/** Waits of a millisecond after which the holder, who needs less than a microsecond, is taken for dead. */
const PATIENCE = 1_000;

export interface TableShape {
  /** A power of two. */
  readonly sets: number;
  /** Bytes of a record, a multiple of 8. */
  readonly recordBytes: number;
}

/** Bytes of a set: lock, digests, expiry times, records. */
function setBytes(shape: TableShape): number {
  return 8 + (PLACES + 1) * (8 + 8 + shape.recordBytes);
}

export class SharedTable {
  readonly buffer: SharedArrayBuffer;
  readonly words: Uint32Array;
  readonly halves: Uint16Array;
  readonly doubles: Float64Array;
  readonly hash: KeyHash;
  readonly #locks: Int32Array;
  readonly #shape: TableShape;
  readonly #setBytes: number;
  readonly #owner: number;

  /**
   * @param buffer made by `allocate` with the same shape
   * @param owner number of this thread, from 0: who holds a set when a thread dies
   */
  constructor(buffer: SharedArrayBuffer, shape: TableShape, owner: number) {
    this.buffer = buffer;
    this.#shape = shape;
    this.#setBytes = setBytes(shape);
    this.#owner = owner + 1;
    this.words = new Uint32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.#locks = new Int32Array(buffer);
    this.hash = new KeyHash(this.words[KEY_0], this.words[KEY_1]);
  }

  /** @param seed the hash key of a former table whose digests are to stay valid: 8 bytes */
  static allocate(shape: TableShape, seed?: Uint8Array): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(HEADER_BYTES + shape.sets * setBytes(shape));
    const key = new Uint8Array(buffer, 0, 8);
    if (seed === undefined) key.set(randomFillSync(new Uint8Array(8)));
    else key.set(seed);
    return buffer;
  }

  /** How many sets a buffer of such records has. */
  static setsIn(buffer: SharedArrayBuffer, shape: TableShape): number {
    return (buffer.byteLength - HEADER_BYTES) / setBytes(shape);
  }

  /** The hash key: with it, digests mean the same in another table. */
  get seed(): Uint8Array {
    return new Uint8Array(this.buffer, 0, 8).slice();
  }

  /** How often a set was full, so that new keys had to share a record. */
  get spills(): number {
    return Atomics.load(this.words, SPILLS);
  }

  /** Holds the set of the digest in `hash`; returns its byte offset. Nobody else touches its records until `leave`. */
  enter(): number {
    const set = HEADER_BYTES + (this.hash.low & (this.#shape.sets - 1)) * this.#setBytes;
    this.#hold(set >> 2);
    return set;
  }

  leave(set: number): void {
    // Not what another holds now, who took this thread for dead.
    Atomics.compareExchange(this.#locks, set >> 2, this.#owner, 0);
  }

  /**
   * Byte offset of the record that counts for the digest in `hash`: its own; the spare one when there is no place for a new key, and
   * from then on until the spare one has expired, lest a key that used it start again from nothing; or -1 when it may have a new one.
   */
  find(set: number, now: number): number {
    const place = this.#placeOf(set);
    if (place >= 0) return this.doubles[this.#expiryAt(set, place)] > now ? this.#recordAt(set, place) : -1;
    const spare = this.#recordAt(set, SPARE);
    if (this.doubles[this.#expiryAt(set, SPARE)] > now) return spare;
    if (this.#freePlace(set, now) !== SPARE) return -1;
    Atomics.add(this.words, SPILLS, 1);
    this.#clear(spare);
    return spare;
  }

  /** A cleared record for the digest in `hash`, for which `find` has just said -1. */
  claim(set: number, now: number): number {
    const known = this.#placeOf(set);
    const place = known >= 0 ? known : this.#freePlace(set, now);
    assert(place !== SPARE, "a place was free a moment ago");
    const record = this.#recordAt(set, place);
    this.#clear(record);
    const tag = (set >> 2) + 2 + place * 2;
    this.words[tag] = this.hash.low;
    this.words[tag + 1] = this.hash.high;
    this.doubles[this.#expiryAt(set, place)] = now;
    return record;
  }

  /**
   * For what may be forgotten: when the digest in `hash` has no place and none is free, another record gives way.
   * @param rank offset of the number in a record that is least in the one to give way
   */
  makeRoom(set: number, now: number, rank: number): void {
    if (this.#placeOf(set) >= 0 || this.#freePlace(set, now) !== SPARE) return;
    let [least, lowest] = [0, Number.POSITIVE_INFINITY];
    for (let place = 0; place < PLACES; place++) {
      const value = this.doubles[(this.#recordAt(set, place) + rank) >> 3];
      if (value < lowest) [least, lowest] = [place, value];
    }
    this.doubles[this.#expiryAt(set, least)] = now;
  }

  /** True for the record that keys without a place share. */
  isSpare(set: number, record: number): boolean {
    return record === this.#recordAt(set, SPARE);
  }

  expiry(set: number, record: number): number {
    return this.doubles[this.#expiryAt(set, this.#placeAt(set, record))];
  }

  expire(set: number, record: number, at: number): void {
    this.doubles[this.#expiryAt(set, this.#placeAt(set, record))] = at;
  }

  /**
   * Visits every record in use, one set held at a time. Spare records have no digest of their own: low and high are 0.
   * @param visit gets byte offsets of the set and the record
   */
  each(visit: (set: number, record: number, low: number, high: number) => void): void {
    for (let i = 0; i < this.#shape.sets; i++) {
      const set = HEADER_BYTES + i * this.#setBytes;
      this.#hold(set >> 2);
      try {
        for (let place = 0; place <= SPARE; place++) {
          const tag = (set >> 2) + 2 + place * 2;
          const low = this.words[tag];
          const high = this.words[tag + 1];
          if (low === 0 && high === 0 && place !== SPARE) continue;
          visit(set, this.#recordAt(set, place), low, high);
        }
      } finally {
        this.leave(set);
      }
    }
  }

  /** Frees the sets that a dead thread still held. Call it only when that thread has ended. */
  releaseSetsOf(owner: number): void {
    for (let i = 0; i < this.#shape.sets; i++)
      Atomics.compareExchange(this.#locks, (HEADER_BYTES + i * this.#setBytes) >> 2, owner + 1, 0);
  }

  #hold(lock: number): void {
    for (let tries = 0; ; tries++) {
      const holder = Atomics.compareExchange(this.#locks, lock, 0, this.#owner);
      if (holder === 0) return;
      // The holder lost its core: give ours away, for a millisecond at most.
      if (tries >= SPINS) Atomics.wait(this.#locks, lock, holder, 1);
      // Or its life, for want of memory: the thread that is to hear of it and free the set may be the one that waits here.
      if (tries < SPINS + PATIENCE) continue;
      if (Atomics.compareExchange(this.#locks, lock, holder, this.#owner) === holder) return;
    }
  }

  #clear(record: number): void {
    this.words.fill(0, record >> 2, (record + this.#shape.recordBytes) >> 2);
  }

  #placeOf(set: number): number {
    const { low, high } = this.hash;
    const { words } = this;
    const first = (set >> 2) + 2;
    for (let place = 0, tag = first; place < PLACES; place++, tag += 2)
      if (words[tag] === low && words[tag + 1] === high) return place;
    return -1;
  }

  #freePlace(set: number, now: number): number {
    const first = this.#expiryAt(set, 0);
    for (let place = 0; place < PLACES; place++) if (this.doubles[first + place] <= now) return place;
    return SPARE;
  }

  #expiryAt(set: number, place: number): number {
    return (set >> 3) + 1 + (PLACES + 1) + place;
  }

  #recordAt(set: number, place: number): number {
    return set + 8 + (PLACES + 1) * 16 + place * this.#shape.recordBytes;
  }

  #placeAt(set: number, record: number): number {
    return (record - set - 8 - (PLACES + 1) * 16) / this.#shape.recordBytes;
  }
}
