/** System.Linq.Enumerable: OrderBy, ThenBy and the like; stable. */
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/object.ts";
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { ComparerProtocol } from "./collection-protocol.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { type Compare, sortInPlace } from "./introspective-sort.ts";
import { toItems } from "./list.ts";

type Selector = (item: unknown) => unknown;

interface SortKey {
  readonly select: Selector;
  readonly compare: Compare;
  readonly descending: boolean;
}

/** IOrderedEnumerable<T>: sorted by its keys when enumerated, the first key first. */
export class OrderedSequence extends CsObject {
  readonly elementType: Type;
  readonly #source: unknown;
  readonly #keys: readonly SortKey[];

  constructor(elementType: Type, source: unknown, keys: readonly SortKey[]) {
    super();
    this.elementType = elementType;
    this.#source = source;
    this.#keys = keys;
  }

  override get type(): Type {
    return type("System.Linq.IOrderedEnumerable", this.elementType);
  }

  /** The same order with one more key behind the others. */
  thenBy(key: SortKey): OrderedSequence {
    return new OrderedSequence(this.elementType, this.#source, [...this.#keys, key]);
  }

  /**
   * The first element in order that passes, without sorting; undefined when there is none. .NET does the same, so that what a
   * comparison throws arrives as it is.
   */
  firstWhere(test: (item: unknown) => boolean): unknown {
    return this.#extreme(test, (candidate, best) => this.#compareKeys(candidate, best) < 0);
  }

  /** The last element in order that passes, in the same way. */
  lastWhere(test: (item: unknown) => boolean): unknown {
    return this.#extreme(test, (candidate, best) => this.#compareKeys(candidate, best) >= 0);
  }

  #extreme(test: (item: unknown) => boolean, wins: (candidate: unknown[], best: unknown[]) => boolean): unknown {
    let best: unknown;
    let bestKeys: unknown[] | undefined;
    for (const item of iterate(this.#source, this.elementType)) {
      spend(1);
      if (!test(item)) continue;
      const keys = this.#keys.map(({ select }) => select(item));
      if (bestKeys && !wins(keys, bestKeys)) continue;
      best = item;
      bestKeys = keys;
    }
    return best;
  }

  #compareKeys(a: readonly unknown[], b: readonly unknown[]): number {
    for (const [i, { compare, descending }] of this.#keys.entries()) {
      const result = descending ? compare(b[i], a[i]) : compare(a[i], b[i]);
      if (result !== 0) return result;
    }
    return 0;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    const items = toItems(this.#source, this.elementType);
    const columns = this.#keys.map(({ select, compare, descending }) => ({
      values: items.map((item) => select(item)),
      compare,
      sign: descending ? -1 : 1,
    }));
    const compareAt = (a: number, b: number): number => {
      spend(1);
      for (const { values, compare, sign } of columns) {
        const result = compare(values[a], values[b]);
        if (result !== 0) return result * sign;
      }
      return 0;
    };
    for (const index of sortedOrder(items.length, compareAt)) {
      spend(1);
      yield items[index];
    }
  }
}

/** Indexes in stable order. */
function sortedOrder(count: number, compareAt: (a: number, b: number) => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  try {
    return order.sort(compareAt);
  } catch (error) {
    if (!(error instanceof CsException)) throw error;
  }
  // Which comparison fails first depends on how the sort goes about it: go about it as .NET does, to throw what it throws.
  const again: unknown[] = Array.from({ length: count }, (_, i) => i);
  sortInPlace(again, (a, b) => compareAt(a as number, b as number) || (a as number) - (b as number));
  return again as number[];
}

function orderBy(descending: boolean) {
  return (t: Type, keyType: Type, source: unknown, select: Selector, comparer: ComparerProtocol | null = null) => {
    requireArgument(source, "source");
    requireArgument(select, "keySelector");
    return new OrderedSequence(t, source, [{ select, compare: comparison(comparer, keyType), descending }]);
  };
}

function thenBy(descending: boolean) {
  return (
    _t: Type,
    keyType: Type,
    source: OrderedSequence,
    select: Selector,
    comparer: ComparerProtocol | null = null,
  ) => {
    requireArgument(source, "source");
    requireArgument(select, "keySelector");
    return source.thenBy({ select, compare: comparison(comparer, keyType), descending });
  };
}

function order(descending: boolean) {
  return (t: Type, source: unknown, comparer: ComparerProtocol | null = null) => {
    requireArgument(source, "source");
    const select: Selector = (item) => item;
    return new OrderedSequence(t, source, [{ select, compare: comparison(comparer, t), descending }]);
  };
}

implement("System.Linq.Enumerable", {
  "OrderBy(*)": orderBy(false),
  "OrderByDescending(*)": orderBy(true),
  "ThenBy(*)": thenBy(false),
  "ThenByDescending(*)": thenBy(true),
  "Order(*)": order(false),
  "OrderDescending(*)": order(true),
});

implement("System.Linq.IOrderedEnumerable", {
  "CreateOrderedEnumerable(*)": (
    self: OrderedSequence,
    keyType: Type,
    select: Selector,
    comparer: ComparerProtocol | null,
    descending: boolean,
  ) => {
    requireArgument(select, "keySelector");
    return self.thenBy({ select, compare: comparison(comparer, keyType), descending });
  },
});
