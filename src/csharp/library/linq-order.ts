/** System.Linq.Enumerable: OrderBy, ThenBy and the like; stable. */
import { spend } from "../runtime/budget.ts";
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { ComparerProtocol } from "./collection-protocol.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { type Compare, comparisonFailed } from "./introspective-sort.ts";
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

  *[Symbol.iterator](): Iterator<unknown> {
    const items = toItems(this.#source, this.elementType);
    const columns = this.#keys.map(({ select, compare, descending }) => ({
      values: items.map((item) => select(item)),
      compare,
      sign: descending ? -1 : 1,
    }));
    const order = items.map((_, i) => i);
    try {
      order.sort((a, b) => {
        spend(1);
        for (const { values, compare, sign } of columns) {
          const result = compare(values[a], values[b]);
          if (result !== 0) return result * sign;
        }
        return 0;
      });
    } catch (error) {
      throw error instanceof CsException ? comparisonFailed(error) : error;
    }
    for (const index of order) {
      spend(1);
      yield items[index];
    }
  }
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
