/** System.Linq.Enumerable: Aggregate, Sum, Average, Min and Max. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { compareOf, iterate } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { ComparerProtocol } from "./collection-protocol.ts";
import { comparison } from "./comparer.ts";
import { Decimal } from "./decimal.ts";
import { implement } from "./define.ts";
import { overflow } from "./exceptions-thrown.ts";
import type { Compare } from "./introspective-sort.ts";
import { noElements } from "./linq-element.ts";

type Selector = (item: unknown) => unknown;
type Step = (total: unknown, item: unknown) => unknown;

const itself: Selector = (item) => item;

implement("System.Linq.Enumerable", {
  "Aggregate(IEnumerable<!!0>,Func<!!0,!!0,!!0>)": (t: Type, source: unknown, step: Step) => {
    requireArgument(source, "source");
    requireArgument(step, "func");
    let total: unknown;
    for (const item of iterate(source, t)) {
      spend(1);
      total = total === undefined ? item : step(total, item);
    }
    if (total === undefined) throw noElements();
    return total;
  },
  "Aggregate(IEnumerable<!!0>,!!1,Func<!!1,!!0,!!1>)": (
    t: Type,
    _u: Type,
    source: unknown,
    seed: unknown,
    step: Step,
  ) => fold(t, source, seed, step),
  "Aggregate(IEnumerable<!!0>,!!1,Func<!!1,!!0,!!1>,Func<!!1,!!2>)": (
    t: Type,
    _u: Type,
    _result: Type,
    source: unknown,
    seed: unknown,
    step: Step,
    select: Selector,
  ) => {
    requireArgument(select, "resultSelector");
    return select(fold(t, source, seed, step));
  },
});

function fold(t: Type, source: unknown, seed: unknown, step: Step): unknown {
  requireArgument(source, "source");
  requireArgument(step, "func");
  let total = seed;
  for (const item of iterate(source, t)) {
    spend(1);
    total = step(total, item);
  }
  return total;
}

/** How one of the five numeric types adds up. Representations as in runtime/values.ts. */
interface Arithmetic<V, T> {
  readonly name: string;
  readonly zero: T;
  /** Adds with the overflow check of Sum. */
  add(total: T, value: V): T;
  /** The total as the result of Sum. */
  sum(total: T): V;
  /** The result of Average. */
  average(total: T, count: number): unknown;
}

const LONG_LIMIT = 2n ** 63n;

function checkedLong(value: bigint): bigint {
  if (value >= LONG_LIMIT || value < -LONG_LIMIT) throw overflow();
  return value;
}

const ARITHMETIC = [
  {
    name: "int",
    zero: 0,
    add: (total: number, value: number) => total + value,
    sum: (total: number) => total,
    average: (total: number, count: number) => total / count,
  },
  {
    name: "long",
    zero: 0n,
    add: (total: bigint, value: bigint) => checkedLong(total + value),
    sum: (total: bigint) => total,
    average: (total: bigint, count: number) => Number(total) / count,
  },
  {
    name: "double",
    zero: 0,
    add: (total: number, value: number) => total + value,
    sum: (total: number) => total,
    average: (total: number, count: number) => total / count,
  },
  {
    name: "float",
    zero: 0,
    add: (total: number, value: number) => total + value,
    sum: (total: number) => Math.fround(total),
    average: (total: number, count: number) => Math.fround(total / count),
  },
  {
    name: "decimal",
    zero: Decimal.zero,
    add: (total: Decimal, value: Decimal) => total.add(value),
    sum: (total: Decimal) => total,
    average: (total: Decimal, count: number) => total.div(Decimal.fromInt(count)),
  },
] as unknown as readonly Arithmetic<unknown, unknown>[];

/** A sequence and what is taken of its elements. */
interface Source {
  readonly items: unknown;
  readonly itemType: Type;
  readonly select: Selector;
}

/** The elements of a source, after the checks for null. */
function elements({ items, itemType, select }: Source): Iterable<unknown> {
  requireArgument(items, "source");
  requireArgument(select, "selector");
  return iterate(items, itemType);
}

/** Adds up the elements that are not null; the check is made after each addition, as the sum of ints is that of a checked int. */
function total(source: Source, how: Arithmetic<unknown, unknown>, checkInt: boolean) {
  let sum = how.zero;
  let count = 0;
  for (const item of elements(source)) {
    spend(1);
    const value = source.select(item);
    if (value === null) continue;
    sum = how.add(sum, value);
    if (checkInt && (sum as number) !== ((sum as number) | 0)) throw overflow();
    count++;
  }
  return { sum, count };
}

/** Registers both forms of an operator on numbers: of the elements themselves, and of what a selector takes of them. */
function onNumbers(name: string, keyword: string, t: Type, operator: (source: Source) => unknown): void {
  implement("System.Linq.Enumerable", {
    [`${name}(IEnumerable<${keyword}>)`]: (items: unknown) => operator({ items, itemType: t, select: itself }),
    [`${name}(IEnumerable<!!0>,Func<!!0,${keyword}>)`]: (itemType: Type, items: unknown, select: Selector) =>
      operator({ items, itemType, select }),
  });
}

const NUMBERS: Readonly<Record<string, string>> = {
  int: "System.Int32",
  long: "System.Int64",
  double: "System.Double",
  float: "System.Single",
  decimal: "System.Decimal",
};

for (const how of ARITHMETIC) {
  const plain = type(NUMBERS[how.name]);
  for (const nullable of [false, true]) {
    const keyword = nullable ? `Nullable<${how.name}>` : how.name;
    const t = nullable ? type("System.Nullable", plain) : plain;
    onNumbers("Sum", keyword, t, (source) => how.sum(total(source, how, how.name === "int").sum));
    onNumbers("Average", keyword, t, (source) => {
      const { sum, count } = total(source, how, false);
      if (count > 0) return how.average(sum, count);
      if (nullable) return null;
      throw noElements();
    });
    onNumbers("Min", keyword, t, (source) => extreme(source, t, compareOf(t), 1));
    onNumbers("Max", keyword, t, (source) => extreme(source, t, compareOf(t), -1));
  }
}

/** The first of the elements that no other comes before (sign 1: Min) or after (sign -1: Max); nulls do not count. */
function extreme(source: Source, t: Type, compare: Compare, sign: number): unknown {
  let best: unknown;
  for (const item of elements(source)) {
    spend(1);
    const value = source.select(item);
    if (value === null) continue;
    if (best === undefined || compare(value, best) * sign < 0) best = value;
  }
  if (best !== undefined) return best;
  if (t.isValueType && !t.isNullable) throw noElements();
  return null;
}

/** As `extreme`, but answers the element with that key. Without any key that is not null: the first element. */
function extremeBy(source: unknown, t: Type, select: Selector, compare: Compare, sign: number): unknown {
  requireArgument(source, "source");
  requireArgument(select, "keySelector");
  let bestKey: unknown = null;
  let best: unknown;
  for (const item of iterate(source, t)) {
    spend(1);
    const key = select(item);
    if (best === undefined) best = item;
    if (key === null || (bestKey !== null && compare(key, bestKey) * sign >= 0)) continue;
    bestKey = key;
    best = item;
  }
  if (best !== undefined) return best;
  if (t.isValueType && !t.isNullable) throw noElements();
  return defaultOf(t);
}

for (const [name, sign] of [
  ["Min", 1],
  ["Max", -1],
] as const) {
  implement("System.Linq.Enumerable", {
    [`${name}(IEnumerable<!!0>)`]: (t: Type, items: unknown) =>
      extreme({ items, itemType: t, select: itself }, t, compareOf(t), sign),
    [`${name}(IEnumerable<!!0>,IComparer<!!0>)`]: (t: Type, items: unknown, comparer: ComparerProtocol | null) =>
      extreme({ items, itemType: t, select: itself }, t, comparison(comparer, t), sign),
    [`${name}(IEnumerable<!!0>,Func<!!0,!!1>)`]: (itemType: Type, t: Type, items: unknown, select: Selector) =>
      extreme({ items, itemType, select }, t, compareOf(t), sign),
    [`${name}By(*)`]: (
      t: Type,
      key: Type,
      source: unknown,
      select: Selector,
      comparer: ComparerProtocol | null = null,
    ) => extremeBy(source, t, select, comparison(comparer, key), sign),
  });
}
