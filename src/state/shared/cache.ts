/**
 * A cache in shared memory: what one thread of the process stores or removes, all see at once. Entries lie one after the other in a ring;
 * a new one takes the place of the oldest, so memory is bounded and nothing is ever freed. A table says where the entry of a key lies.
 *
 * Nobody holds a lock while bytes are copied. A reader whose entry is overtaken by the ring, or a writer that slept so long that it
 * wrote over a newer entry, shows in the entry's checksum: that is a miss.
 */
import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Clock } from "../../base/clock.ts";
import type { Cache } from "../cache.ts";
import type { Locks } from "../locks.ts";
import { BoundedObjects } from "./objects.ts";
import { SharedTable, type TableShape } from "./table.ts";

/** Record: where the entry begins, counted from the first byte ever written, and its length. */
const POSITION = 0;
const LENGTH = 8;
const shape = (sets: number): TableShape => ({ sets, recordBytes: 16 });
/** Before the ring: how many bytes were ever written. */
const HEAD_BYTES = 8;
/** Entry: checksum of the rest, length of the key, kind of the value; then key and value. */
const ENTRY_HEAD_BYTES = 12;
const IS_BYTES = 0;
const IS_OBJECT = 1;
/** Of the ring, for each place in the table. */
const BYTES_FOR_A_PLACE = 1_024;
const MAX_KEY_LENGTH = 256;

export interface CacheMemory {
  readonly places: SharedArrayBuffer;
  readonly ring: SharedArrayBuffer;
}

export class SharedCache implements Cache {
  readonly makers: Locks;
  readonly #clock: Clock;
  readonly #table: SharedTable;
  readonly #head: BigInt64Array;
  readonly #ring: Uint8Array;
  /** Objects cannot be shared: they stay here, and the ring has a note of whose they are. */
  readonly #objects: BoundedObjects;
  readonly #ownName = randomBytes(12).toString("base64url");
  #nextObject = 0;

  /** Memory for a cache; every thread that shares it gets the same. @param bytes of all entries together; default 64 MiB */
  static allocate(bytes = 64 * 1024 * 1024): CacheMemory {
    const sets = 2 ** Math.max(0, Math.round(Math.log2(bytes / BYTES_FOR_A_PLACE / 32)));
    return { places: SharedTable.allocate(shape(sets)), ring: new SharedArrayBuffer(HEAD_BYTES + bytes) };
  }

  /**
   * @param clock its monotonic time must be the same in every thread
   * @param makers shared by the same threads
   * @param owner number of this thread, from 0
   */
  constructor(clock: Clock, makers: Locks, memory: CacheMemory = SharedCache.allocate(), owner = 0) {
    this.#clock = clock;
    this.makers = makers;
    this.#table = new SharedTable(memory.places, shape(SharedTable.setsIn(memory.places, shape(1))), owner);
    this.#head = new BigInt64Array(memory.ring, 0, 1);
    this.#ring = new Uint8Array(memory.ring, HEAD_BYTES);
    this.#objects = new BoundedObjects(clock, { maxBytes: this.#ring.length });
  }

  get(key: string): unknown {
    const name = nameOf(key);
    const entry = this.#find(name);
    if (entry === undefined) return undefined;
    const keyEnd = ENTRY_HEAD_BYTES + entry.readUInt32LE(4);
    if (entry.toString("utf8", ENTRY_HEAD_BYTES, keyEnd) !== name) return undefined;
    const value = entry.subarray(keyEnd);
    return entry.readUInt32LE(8) === IS_OBJECT ? this.#objects.get(value.toString("latin1")) : value;
  }

  put(key: string, value: unknown, ttlMs: number, sizeBytes = 0): void {
    if (value instanceof Uint8Array) return this.#keep(key, value, IS_BYTES, ttlMs);
    const object = `${this.#ownName} ${this.#nextObject++}`;
    this.#objects.put(object, value, ttlMs, sizeBytes);
    this.#keep(key, Buffer.from(object, "latin1"), IS_OBJECT, ttlMs);
  }

  remove(key: string): void {
    const table = this.#table;
    const now = this.#clock.monotonic();
    const set = this.#enter(nameOf(key));
    try {
      const record = table.find(set, now);
      if (record >= 0 && !table.isSpare(set, record)) table.expire(set, record, now);
    } finally {
      table.leave(set);
    }
  }

  /** After a thread has died: what it held is free again. */
  releaseThread(owner: number): void {
    this.#table.releaseSetsOf(owner);
  }

  #enter(name: string): number {
    this.#table.hash.digest(name, 0, 0);
    return this.#table.enter();
  }

  #keep(key: string, value: Uint8Array, kind: number, ttlMs: number): void {
    const name = nameOf(key);
    const entry = entryOf(name, value, kind);
    // One that would displace much of the rest is not kept, nor what it replaces.
    if (entry.length > this.#ring.length / 8) return this.remove(key);
    const position = Number(Atomics.add(this.#head, 0, BigInt(entry.length)));
    this.#write(position, entry);
    const table = this.#table;
    const now = this.#clock.monotonic();
    const set = this.#enter(name);
    try {
      table.makeRoom(set, now, POSITION);
      const known = table.find(set, now);
      const record = known < 0 ? table.claim(set, now) : known;
      table.doubles[(record + POSITION) >> 3] = position;
      table.doubles[(record + LENGTH) >> 3] = entry.length;
      table.expire(set, record, now + ttlMs);
    } finally {
      table.leave(set);
    }
  }

  /** A copy of the entry, whole. */
  #find(name: string): Buffer | undefined {
    const table = this.#table;
    const set = this.#enter(name);
    let position: number;
    let length: number;
    try {
      const record = table.find(set, this.#clock.monotonic());
      if (record < 0 || table.isSpare(set, record)) return undefined;
      position = table.doubles[(record + POSITION) >> 3];
      length = table.doubles[(record + LENGTH) >> 3];
    } finally {
      table.leave(set);
    }
    if (this.#isOvertaken(position)) return undefined;
    const entry = this.#read(position, length);
    return !this.#isOvertaken(position) && entry.readUInt32LE(0) === crc32(entry.subarray(4)) ? entry : undefined;
  }

  #isOvertaken(position: number): boolean {
    return Number(Atomics.load(this.#head, 0)) - position > this.#ring.length;
  }

  #write(position: number, entry: Uint8Array): void {
    const at = position % this.#ring.length;
    const first = Math.min(entry.length, this.#ring.length - at);
    this.#ring.set(entry.subarray(0, first), at);
    this.#ring.set(entry.subarray(first), 0);
  }

  #read(position: number, length: number): Buffer {
    const entry = Buffer.allocUnsafe(length);
    const at = position % this.#ring.length;
    const first = Math.min(length, this.#ring.length - at);
    entry.set(this.#ring.subarray(at, at + first));
    entry.set(this.#ring.subarray(0, length - first), first);
    return entry;
  }
}

function entryOf(name: string, value: Uint8Array, kind: number): Buffer {
  const keyBytes = Buffer.byteLength(name);
  const entry = Buffer.allocUnsafe(ENTRY_HEAD_BYTES + keyBytes + value.length);
  entry.writeUInt32LE(keyBytes, 4);
  entry.writeUInt32LE(kind, 8);
  entry.write(name, ENTRY_HEAD_BYTES);
  entry.set(value, ENTRY_HEAD_BYTES + keyBytes);
  entry.writeUInt32LE(crc32(entry.subarray(4)), 0);
  return entry;
}

/** Callers may choose keys: long ones, and those that UTF-8 could not tell apart, go by their digest. */
export function nameOf(key: string): string {
  return key.length <= MAX_KEY_LENGTH && key.isWellFormed()
    ? `=${key}`
    : `#${hash("sha256", Buffer.from(key, "utf16le"), "base64")}`;
}
