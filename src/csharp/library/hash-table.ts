/**
 * The hash table under Dictionary, HashSet and the LINQ operators that compare keys. Enumeration order is .NET's: slots in order of
 * insertion, a removed slot is used again by the next insertion (last freed first).
 */
import { spend } from "../runtime/budget.ts";
import type { Type } from "../types.ts";
import { collectionModified } from "./collection-errors.ts";
import { type KeyEquality, keyEquality } from "./comparer.ts";

/** Types whose equality is that of a JavaScript Map on their representation (SameValueZero: NaN equals NaN, 0 equals -0, as in .NET). */
const DIRECT_KEYS: ReadonlySet<string> = new Set(
  [
    "Boolean",
    "Byte",
    "Char",
    "Double",
    "Int16",
    "Int32",
    "Int64",
    "SByte",
    "Single",
    "String",
    "UInt16",
    "UInt32",
    "UInt64",
  ].map((name) => `System.${name}`),
);

function isDirect(keyType: Type): boolean {
  const t = keyType.isNullable ? keyType.args[0] : keyType;
  return t.kind === "enum" || DIRECT_KEYS.has(t.name);
}

/** Finds the slot of a key. */
interface SlotIndex {
  find(key: unknown): number;
  add(key: unknown, slot: number): void;
  remove(key: unknown, slot: number): void;
  clear(): void;
}

class DirectIndex implements SlotIndex {
  readonly #slots = new Map<unknown, number>();

  find(key: unknown): number {
    return this.#slots.get(key) ?? -1;
  }

  add(key: unknown, slot: number): void {
    this.#slots.set(key, slot);
  }

  remove(key: unknown): void {
    this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
  }
}

class HashedIndex implements SlotIndex {
  readonly #buckets = new Map<number, number[]>();
  readonly #keys: readonly unknown[];
  readonly #equality: KeyEquality;

  constructor(keys: readonly unknown[], equality: KeyEquality) {
    this.#keys = keys;
    this.#equality = equality;
  }

  find(key: unknown): number {
    const bucket = this.#buckets.get(this.#equality.hash(key));
    if (bucket === undefined) return -1;
    spend(bucket.length);
    return bucket.find((slot) => this.#equality.equals(this.#keys[slot], key)) ?? -1;
  }

  add(key: unknown, slot: number): void {
    const hash = this.#equality.hash(key);
    const bucket = this.#buckets.get(hash);
    if (bucket) bucket.push(slot);
    else this.#buckets.set(hash, [slot]);
  }

  remove(key: unknown, slot: number): void {
    const hash = this.#equality.hash(key);
    const bucket = this.#buckets.get(hash) as number[];
    if (bucket.length === 1) this.#buckets.delete(hash);
    else bucket.splice(bucket.indexOf(slot), 1);
  }

  clear(): void {
    this.#buckets.clear();
  }
}

/** Marks a slot without a key. */
const FREE = Symbol("free");

export class HashTable {
  /** Keys by slot; use `slots()` to enumerate those in use. */
  readonly keys: unknown[] = [];
  readonly #free: number[] = [];
  readonly #index: SlotIndex;
  #version = 0;

  /** @param comparer an IEqualityComparer<T>, or null for the default equality of the key type */
  constructor(keyType: Type, comparer: unknown = null) {
    this.#index =
      comparer === null && isDirect(keyType)
        ? new DirectIndex()
        : new HashedIndex(this.keys, keyEquality(comparer, keyType));
  }

  get size(): number {
    return this.keys.length - this.#free.length;
  }

  /** Slot of a key, -1 when absent. */
  find(key: unknown): number {
    return this.#index.find(key);
  }

  /** Adds a key that is known to be absent and answers its slot. */
  insert(key: unknown): number {
    spend(1);
    const slot = this.#free.pop() ?? this.keys.length;
    this.keys[slot] = key;
    this.#index.add(key, slot);
    this.#version++;
    return slot;
  }

  /** Adds a key unless it is there; answers whether it was added. */
  tryInsert(key: unknown): boolean {
    if (this.find(key) >= 0) return false;
    this.insert(key);
    return true;
  }

  /** Removes a key and answers its former slot, -1 when absent. Enumerations under way go on, as since .NET Core 3.0. */
  remove(key: unknown): number {
    const slot = this.find(key);
    if (slot >= 0) {
      this.#index.remove(this.keys[slot], slot);
      this.keys[slot] = FREE;
      this.#free.push(slot);
    }
    return slot;
  }

  clear(): void {
    this.keys.length = 0;
    this.#free.length = 0;
    this.#index.clear();
  }

  /** Counts the keys added. */
  get version(): number {
    return this.#version;
  }

  /** What `select` makes of each slot in use, in order. Throws InvalidOperationException when a key is added meanwhile. */
  enumerate(select: (slot: number) => unknown): IterableIterator<unknown> {
    return new SlotIterator(this, select);
  }
}

class SlotIterator implements IterableIterator<unknown> {
  readonly #table: HashTable;
  readonly #select: (slot: number) => unknown;
  readonly #version: number;
  #slot = 0;

  constructor(table: HashTable, select: (slot: number) => unknown) {
    this.#table = table;
    this.#select = select;
    this.#version = table.version;
  }

  next(): IteratorResult<unknown> {
    const { keys, version } = this.#table;
    if (version !== this.#version) throw collectionModified();
    while (keys[this.#slot] === FREE) this.#slot++;
    if (this.#slot >= keys.length) return { done: true, value: undefined };
    return { done: false, value: this.#select(this.#slot++) };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
