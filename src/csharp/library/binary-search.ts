/** Binary search of List<T> and Array: the index found, or the complement of the index where the item would be. */
import { CsException } from "../runtime/values.ts";
import { comparisonFailed, type Compare } from "./introspective-sort.ts";

export function binarySearch(
  items: ArrayLike<unknown>,
  index: number,
  count: number,
  item: unknown,
  compare: Compare,
): number {
  let low = index;
  let high = index + count - 1;
  try {
    while (low <= high) {
      const middle = low + ((high - low) >> 1);
      const order = compare(items[middle], item);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
  } catch (error) {
    throw error instanceof CsException ? comparisonFailed(error) : error;
  }
  return ~low;
}
