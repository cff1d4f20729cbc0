/** System.Linq.Enumerable: Distinct, Union, Intersect, Except and their By forms; elements in the order in which they are met first. */
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/object.ts";
import type { Type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { EqualityComparerProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { HashTable } from "./hash-table.ts";
import { Sequence } from "./sequence.ts";

type Comparer = EqualityComparerProtocol | null;
type Selector = (item: unknown) => unknown;

const itself: Selector = (item) => item;

/** What is compared: the key type, how to get a key, the comparer. */
interface Keys {
  readonly type: Type;
  readonly select: Selector;
  readonly comparer: Comparer;
}

/** The elements of the sequences whose keys were not met before. */
function distinct(t: Type, sources: readonly unknown[], keys: Keys): Sequence {
  return new Sequence(t, function* () {
    const seen = new HashTable(keys.type, keys.comparer);
    for (const source of sources) {
      for (const item of iterate(source, t)) {
        spend(1);
        if (seen.tryInsert(keys.select(item))) yield item;
      }
    }
  });
}

/** The distinct elements of `first` whose keys are (or are not) among the keys `second`. */
function filtered(t: Type, first: unknown, second: unknown, keys: Keys, wanted: boolean): Sequence {
  return new Sequence(t, function* () {
    const others = new HashTable(keys.type, keys.comparer);
    for (const key of iterate(second, keys.type)) {
      spend(1);
      others.tryInsert(key);
    }
    for (const item of iterate(first, t)) {
      spend(1);
      const key = keys.select(item);
      if (wanted ? others.remove(key) >= 0 : others.tryInsert(key)) yield item;
    }
  });
}

function both(first: unknown, second: unknown, select: unknown): void {
  requireArgument(first, "first");
  requireArgument(second, "second");
  requireArgument(select, "keySelector");
}

function setOperator(wanted: boolean) {
  return (type: Type, first: unknown, second: unknown, comparer: Comparer = null) => {
    both(first, second, itself);
    return filtered(type, first, second, { type, select: itself, comparer }, wanted);
  };
}

function setOperatorBy(wanted: boolean) {
  return (t: Type, type: Type, first: unknown, second: unknown, select: Selector, comparer: Comparer = null) => {
    both(first, second, select);
    return filtered(t, first, second, { type, select, comparer }, wanted);
  };
}

implement("System.Linq.Enumerable", {
  "Distinct(*)": (type: Type, source: unknown, comparer: Comparer = null) => {
    requireArgument(source, "source");
    return distinct(type, [source], { type, select: itself, comparer });
  },
  "DistinctBy(*)": (t: Type, type: Type, source: unknown, select: Selector, comparer: Comparer = null) => {
    requireArgument(source, "source");
    requireArgument(select, "keySelector");
    return distinct(t, [source], { type, select, comparer });
  },
  "Union(*)": (type: Type, first: unknown, second: unknown, comparer: Comparer = null) => {
    both(first, second, itself);
    return distinct(type, [first, second], { type, select: itself, comparer });
  },
  "UnionBy(*)": (t: Type, type: Type, first: unknown, second: unknown, select: Selector, comparer: Comparer = null) => {
    both(first, second, select);
    return distinct(t, [first, second], { type, select, comparer });
  },
  "Intersect(*)": setOperator(true),
  "Except(*)": setOperator(false),
  "IntersectBy(*)": setOperatorBy(true),
  "ExceptBy(*)": setOperatorBy(false),
});
