/** Keys in order, the base of SortedDictionary and SortedSet. */
import { spend } from "../runtime/budget.ts";
import { collectionModified } from "./collection-errors.ts";
import type { Compare } from "./introspective-sort.ts";

export class SortedTable {
  /** In order; change them only through the methods. */
  readonly keys: unknown[] = [];
  /** Values by index of the key; left empty by sets. */
  readonly values: unknown[] = [];
  readonly #compare: Compare;
  #version = 0;

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  /** Index of a key, or the complement of the index where it belongs. */
  find(key: unknown): number {
    let low = 0;
    let high = this.keys.length - 1;
    while (low <= high) {
      spend(1);
      const middle = (low + high) >> 1;
      const order = this.#compare(this.keys[middle], key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    // The first key is compared even with itself: keys that do not compare are found out.
    if (this.keys.length === 0) this.#compare(key, key);
    return ~low;
  }

  /** Adds a key at the complement that `find` answered. */
  insert(place: number, key: unknown, value?: unknown): void {
    spend(1 + (this.keys.length >> 6));
    this.#version++;
    this.keys.splice(~place, 0, key);
    this.values.splice(~place, 0, value);
  }

  removeAt(index: number): void {
    spend(1 + (this.keys.length >> 6));
    this.#version++;
    this.keys.splice(index, 1);
    this.values.splice(index, 1);
  }

  clear(): void {
    this.#version++;
    this.keys.length = 0;
    this.values.length = 0;
  }

  /** Throws InvalidOperationException when the table is changed meanwhile. */
  *indexes(): Generator<number> {
    const version = this.#version;
    for (let i = 0; i < this.keys.length; i++) {
      yield i;
      if (version !== this.#version) throw collectionModified();
    }
  }
}
