/** System.Linq.Enumerable: operators that give a sequence element by element (Select, Where, Take, Concat, Zip ...) and the generators. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { iterate } from "../runtime/object.ts";
import { CsTuple } from "../runtime/structural.ts";
import type { CsArray } from "../runtime/values.ts";
import { arrayOf, tupleOf, type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { requireArgument } from "./collection-errors.ts";
import { implement } from "./define.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";
import { toItems } from "./list.ts";
import { Filtering, Selecting, Sequence } from "./sequence.ts";

type Selector = (item: unknown, index: number) => unknown;
type Predicate = (item: unknown, index: number) => boolean;
type Pairing = (first: unknown, second: unknown) => unknown;

const INT = type("System.Int32");

/** A sequence made by a generator, after the source was checked. */
function from(elementType: Type, source: unknown, start: () => Generator<unknown>): Sequence {
  requireArgument(source, "source");
  return new Sequence(elementType, start);
}

/** As `from`, for operators with a predicate. */
function tested(t: Type, source: unknown, predicate: Predicate, start: () => Generator<unknown>): Sequence {
  requireArgument(source, "source");
  requireArgument(predicate, "predicate");
  return new Sequence(t, start);
}

function select(t: Type, result: Type, source: unknown, selector: Selector): Sequence {
  requireArgument(source, "source");
  requireArgument(selector, "selector");
  return new Sequence(result, () => new Selecting(iterate(source, t), selector));
}

function selectMany(t: Type, result: Type, source: unknown, selector: Selector): Sequence {
  requireArgument(source, "source");
  requireArgument(selector, "selector");
  return new Sequence(result, function* () {
    let index = 0;
    for (const item of iterate(source, t)) {
      for (const inner of iterate(selector(item, index++), result)) {
        spend(1);
        yield inner;
      }
    }
  });
}

function selectPairs(
  t: Type,
  collection: Type,
  result: Type,
  source: unknown,
  selector: Selector,
  resultSelector: Pairing,
): Sequence {
  requireArgument(source, "source");
  requireArgument(selector, "collectionSelector");
  requireArgument(resultSelector, "resultSelector");
  return new Sequence(result, function* () {
    let index = 0;
    for (const item of iterate(source, t)) {
      for (const inner of iterate(selector(item, index++), collection)) {
        spend(1);
        yield resultSelector(item, inner);
      }
    }
  });
}

function where(t: Type, source: unknown, predicate: Predicate): Sequence {
  requireArgument(source, "source");
  requireArgument(predicate, "predicate");
  return new Sequence(t, () => new Filtering(iterate(source, t), predicate));
}

implement("System.Linq.Enumerable", {
  "Select(*)": select,
  "SelectMany(IEnumerable<!!0>,Func<!!0,IEnumerable<!!1>>)": selectMany,
  "SelectMany(IEnumerable<!!0>,Func<!!0,int,IEnumerable<!!1>>)": selectMany,
  "SelectMany(*)": selectPairs,
  "Where(*)": where,
});

// Parts
implement("System.Linq.Enumerable", {
  "Take(IEnumerable<!!0>,int)": (t: Type, source: unknown, count: number) =>
    from(t, source, function* () {
      let left = count;
      if (left <= 0) return;
      for (const item of iterate(source, t)) {
        spend(1);
        yield item;
        if (--left === 0) return;
      }
    }),
  "Skip(*)": (t: Type, source: unknown, count: number) =>
    from(t, source, function* () {
      let left = count;
      for (const item of iterate(source, t)) {
        spend(1);
        if (left-- <= 0) yield item;
      }
    }),
  "TakeWhile(*)": (t: Type, source: unknown, predicate: Predicate) =>
    tested(t, source, predicate, function* () {
      let index = 0;
      for (const item of iterate(source, t)) {
        spend(1);
        if (!predicate(item, index++)) return;
        yield item;
      }
    }),
  "SkipWhile(*)": (t: Type, source: unknown, predicate: Predicate) =>
    tested(t, source, predicate, function* () {
      let index = 0;
      let skipping = true;
      for (const item of iterate(source, t)) {
        spend(1);
        skipping &&= predicate(item, index++);
        if (!skipping) yield item;
      }
    }),
  "TakeLast(*)": (t: Type, source: unknown, count: number) =>
    from(t, source, function* () {
      if (count > 0) yield* toItems(source, t).slice(-count);
    }),
  "SkipLast(*)": (t: Type, source: unknown, count: number) =>
    from(t, source, function* () {
      const items = toItems(source, t);
      yield* count > 0 ? items.slice(0, Math.max(0, items.length - count)) : items;
    }),
  "Chunk(*)": (t: Type, source: unknown, size: number) => {
    requireArgument(source, "source");
    if (size < 1) throw argumentOutOfRange("size");
    return new Sequence(arrayOf(t), () => chunks(t, source, size));
  },
});

function* chunks(t: Type, source: unknown, size: number): Generator<CsArray> {
  let items: unknown[] = [];
  for (const item of iterate(source, t)) {
    spend(1);
    items.push(item);
    if (items.length === size) {
      yield arrayFrom(t, items);
      items = [];
    }
  }
  if (items.length > 0) yield arrayFrom(t, items);
}

// Sequences put together
implement("System.Linq.Enumerable", {
  "Concat(*)": (t: Type, first: unknown, second: unknown) => {
    requireArgument(first, "first");
    requireArgument(second, "second");
    return new Sequence(t, function* () {
      for (const item of iterate(first, t)) yield pay(item);
      for (const item of iterate(second, t)) yield pay(item);
    });
  },
  "Append(*)": (t: Type, source: unknown, element: unknown) =>
    from(t, source, function* () {
      for (const item of iterate(source, t)) yield pay(item);
      yield element;
    }),
  "Prepend(*)": (t: Type, source: unknown, element: unknown) =>
    from(t, source, function* () {
      yield element;
      for (const item of iterate(source, t)) yield pay(item);
    }),
  "Reverse(*)": (t: Type, source: unknown) =>
    from(t, source, function* () {
      yield* toItems(source, t).reverse();
    }),
  "DefaultIfEmpty(IEnumerable<!!0>)": (t: Type, source: unknown) => defaultIfEmpty(t, source, defaultOf(t)),
  "DefaultIfEmpty(IEnumerable<!!0>,!!0)": defaultIfEmpty,
  "AsEnumerable(*)": (_t: Type, source: unknown) => source,
  "Zip(IEnumerable<!!0>,IEnumerable<!!1>,Func<!!0,!!1,!!2>)": (
    t: Type,
    u: Type,
    result: Type,
    first: unknown,
    second: unknown,
    resultSelector: Pairing,
  ) => {
    requireArgument(resultSelector, "resultSelector");
    return zip(result, [t, u], [first, second], ([a, b]) => resultSelector(a, b));
  },
  "Zip(IEnumerable<!!0>,IEnumerable<!!1>)": (t: Type, u: Type, ...sources: unknown[]) => zipTuples([t, u], sources),
  "Zip(IEnumerable<!!0>,IEnumerable<!!1>,IEnumerable<!!2>)": (t: Type, u: Type, v: Type, ...sources: unknown[]) =>
    zipTuples([t, u, v], sources),
});

/** Counts one step for an element on its way. */
function pay(item: unknown): unknown {
  spend(1);
  return item;
}

function defaultIfEmpty(t: Type, source: unknown, value: unknown): Sequence {
  return from(t, source, function* () {
    let empty = true;
    for (const item of iterate(source, t)) {
      empty = false;
      yield pay(item);
    }
    if (empty) yield value;
  });
}

const ZIPPED = ["first", "second", "third"];

function zip(
  result: Type,
  types: readonly Type[],
  sources: readonly unknown[],
  select: (row: readonly unknown[]) => unknown,
): Sequence {
  for (const [i, source] of sources.entries()) requireArgument(source, ZIPPED[i]);
  return new Sequence(result, function* () {
    for (const row of lockStep(types, sources)) yield select(row);
  });
}

function zipTuples(types: readonly Type[], sources: readonly unknown[]): Sequence {
  const tuple = tupleOf(types);
  return zip(tuple, types, sources, (row) => new CsTuple(tuple, row));
}

/** The elements of several sequences side by side, until one of them ends. */
function* lockStep(types: readonly Type[], sources: readonly unknown[]): Generator<unknown[]> {
  const iterators = sources.map((source, i) => iterate(source, types[i])[Symbol.iterator]());
  try {
    for (;;) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const { done, value } = iterator.next();
        if (done) return;
        row.push(value);
      }
      spend(row.length);
      yield row;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

// Generators
implement("System.Linq.Enumerable", {
  "Empty()": (t: Type) => arrayFrom(t, []),
  "Range(int,int)": (start: number, count: number) => {
    if (count < 0 || start + count - 1 > 0x7fffffff) throw argumentOutOfRange("count");
    return new Sequence(INT, function* () {
      for (let i = 0; i < count; i++) yield pay(start + i);
    });
  },
  "Repeat(*)": (t: Type, element: unknown, count: number) => {
    if (count < 0) throw argumentOutOfRange("count");
    return new Sequence(t, function* () {
      for (let i = 0; i < count; i++) yield pay(element);
    });
  },
});
