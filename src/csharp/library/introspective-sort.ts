/**
 * The sort of Array.Sort and List<T>.Sort: introspective, not stable. Elements that compare equal end up where .NET 8 puts them
 * (https://github.com/dotnet/runtime/blob/v8.0.0/src/libraries/System.Private.CoreLib/src/System/Collections/Generic/ArraySortHelper.cs).
 */
import { spend } from "../runtime/budget.ts";
import { CsException } from "../runtime/values.ts";

/** Negative, zero or positive. */
export type Compare = (a: unknown, b: unknown) => number;

/** Up to this size a partition is sorted by insertion. */
const INSERTION_SIZE = 16;

/**
 * Sorts `count` keys from `start` on, in place, and with them `items` of the same length when given.
 * What the comparison throws arrives inside an InvalidOperationException.
 */
export function sortInPlace(
  keys: unknown[],
  compare: Compare,
  items: unknown[] | null = null,
  start = 0,
  count = keys.length,
): void {
  if (count < 2) return;
  const sorter = new Sorter(keys, items, compare);
  try {
    sorter.sort(start, start + count - 1, 2 * (Math.floor(Math.log2(count)) + 1));
  } catch (error) {
    if (!(error instanceof CsException)) throw error;
    throw comparisonFailed(error);
  }
}

/** How .NET reports an exception out of a comparison. */
export function comparisonFailed(cause: CsException): CsException {
  return new CsException("System.InvalidOperationException", "Failed to compare two elements in the array.", cause);
}

class Sorter {
  readonly #keys: unknown[];
  readonly #items: unknown[] | null;
  readonly #compare: Compare;

  constructor(keys: unknown[], items: unknown[] | null, compare: Compare) {
    this.#keys = keys;
    this.#items = items;
    this.#compare = (a, b) => {
      spend(1);
      return compare(a, b);
    };
  }

  /** Sorts the keys from `low` to `high`, both included. */
  sort(low: number, high: number, depth: number): void {
    let last = high;
    let left = depth;
    while (last > low) {
      const size = last - low + 1;
      if (size <= INSERTION_SIZE) {
        this.#sortFew(low, last);
        return;
      }
      if (left-- === 0) {
        this.#heapSort(low, size);
        return;
      }
      const pivot = this.#partition(low, last);
      this.sort(pivot + 1, last, left);
      last = pivot - 1;
    }
  }

  #sortFew(low: number, high: number): void {
    if (high - low > 2) {
      this.#insertionSort(low, high);
      return;
    }
    if (high - low === 2) {
      this.#swapIfGreater(low, low + 1);
      this.#swapIfGreater(low, high);
      this.#swapIfGreater(low + 1, high);
      return;
    }
    this.#swapIfGreater(low, high);
  }

  #insertionSort(low: number, high: number): void {
    for (let i = low; i < high; i++) {
      const key = this.#keys[i + 1];
      const item = this.#items?.[i + 1];
      let j = i;
      while (j >= low && this.#compare(key, this.#keys[j]) < 0) this.#move(j, j-- + 1);
      this.#put(j + 1, key, item);
    }
  }

  #partition(low: number, high: number): number {
    const middle = low + ((high - low) >> 1);
    this.#swapIfGreater(low, middle);
    this.#swapIfGreater(low, high);
    this.#swapIfGreater(middle, high);
    const pivot = this.#keys[middle];
    this.#swap(middle, high - 1);
    let left = low;
    let right = high - 1;
    while (left < right) {
      while (left < high && this.#compare(this.#keys[++left], pivot) < 0);
      while (right > low && this.#compare(pivot, this.#keys[--right]) < 0);
      if (left >= right) break;
      this.#swap(left, right);
    }
    if (left !== high - 1) this.#swap(left, high - 1);
    return left;
  }

  #heapSort(low: number, size: number): void {
    for (let i = size >> 1; i >= 1; i--) this.#downHeap(low, i, size);
    for (let i = size; i > 1; i--) {
      this.#swap(low, low + i - 1);
      this.#downHeap(low, 1, i - 1);
    }
  }

  #downHeap(low: number, from: number, size: number): void {
    const key = this.#keys[low + from - 1];
    const item = this.#items?.[low + from - 1];
    let i = from;
    while (i <= size >> 1) {
      let child = 2 * i;
      if (child < size && this.#compare(this.#keys[low + child - 1], this.#keys[low + child]) < 0) child++;
      if (this.#compare(key, this.#keys[low + child - 1]) >= 0) break;
      this.#move(low + child - 1, low + i - 1);
      i = child;
    }
    this.#put(low + i - 1, key, item);
  }

  #swapIfGreater(i: number, j: number): void {
    if (i !== j && this.#compare(this.#keys[i], this.#keys[j]) > 0) this.#swap(i, j);
  }

  #swap(i: number, j: number): void {
    const key = this.#keys[i];
    const item = this.#items?.[i];
    this.#move(j, i);
    this.#put(j, key, item);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from], this.#items?.[from]);
  }

  #put(index: number, key: unknown, item: unknown): void {
    this.#keys[index] = key;
    if (this.#items) this.#items[index] = item;
  }
}
