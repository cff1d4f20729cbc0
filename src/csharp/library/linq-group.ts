/** System.Linq.Enumerable: GroupBy, ToLookup, Join and GroupJoin. */
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { EqualityComparerProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { type Grouped, lookupOf } from "./lookup.ts";
import { Sequence } from "./sequence.ts";

type Comparer = EqualityComparerProtocol | null;
type Selector = (item: unknown) => unknown;
type Pairing = (first: unknown, second: unknown) => unknown;

const itself: Selector = (item) => item;

/** Checks the arguments that all of GroupBy and ToLookup have in common. */
function grouped(
  source: unknown,
  sourceType: Type,
  keyType: Type,
  elementType: Type,
  selectKey: Selector,
  selectElement: Selector,
  comparer: Comparer,
): Grouped {
  requireArgument(source, "source");
  requireArgument(selectKey, "keySelector");
  requireArgument(selectElement, "elementSelector");
  return { source, sourceType, keyType, elementType, selectKey, selectElement, comparer };
}

function groups(how: Grouped): Sequence {
  const grouping = type("System.Linq.IGrouping", how.keyType, how.elementType);
  return new Sequence(grouping, () => lookupOf(how)[Symbol.iterator]());
}

function groupResults(result: Type, how: Grouped, pairing: Pairing): Sequence {
  requireArgument(pairing, "resultSelector");
  return new Sequence(result, function* () {
    for (const group of lookupOf(how)) {
      const { key } = group as { key: unknown };
      yield pairing(key, group);
    }
  });
}

const groupByKey = (t: Type, key: Type, source: unknown, select: Selector, comparer: Comparer = null) =>
  groups(grouped(source, t, key, t, select, itself, comparer));

const groupElements = (
  t: Type,
  key: Type,
  element: Type,
  source: unknown,
  select: Selector,
  selectElement: Selector,
  comparer: Comparer = null,
) => groups(grouped(source, t, key, element, select, selectElement, comparer));

const groupByKeyWithResult = (
  t: Type,
  key: Type,
  result: Type,
  source: unknown,
  select: Selector,
  pairing: Pairing,
  comparer: Comparer = null,
) => groupResults(result, grouped(source, t, key, t, select, itself, comparer), pairing);

const groupElementsWithResult = (
  t: Type,
  key: Type,
  element: Type,
  result: Type,
  source: unknown,
  select: Selector,
  selectElement: Selector,
  pairing: Pairing,
  comparer: Comparer = null,
) => groupResults(result, grouped(source, t, key, element, select, selectElement, comparer), pairing);

const SOURCE = "IEnumerable<!!0>,Func<!!0,!!1>";
const RESULT = "Func<!!1,IEnumerable<!!0>,!!2>";

implement("System.Linq.Enumerable", {
  [`GroupBy(${SOURCE})`]: groupByKey,
  [`GroupBy(${SOURCE},IEqualityComparer<!!1>)`]: groupByKey,
  [`GroupBy(${SOURCE},Func<!!0,!!2>)`]: groupElements,
  [`GroupBy(${SOURCE},Func<!!0,!!2>,IEqualityComparer<!!1>)`]: groupElements,
  [`GroupBy(${SOURCE},${RESULT})`]: groupByKeyWithResult,
  [`GroupBy(${SOURCE},${RESULT},IEqualityComparer<!!1>)`]: groupByKeyWithResult,
  "GroupBy(*)": groupElementsWithResult,
  [`ToLookup(${SOURCE})`]: toLookup,
  [`ToLookup(${SOURCE},IEqualityComparer<!!1>)`]: toLookup,
  "ToLookup(*)": (
    t: Type,
    key: Type,
    element: Type,
    source: unknown,
    select: Selector,
    selectElement: Selector,
    comparer: Comparer = null,
  ) => lookupOf(grouped(source, t, key, element, select, selectElement, comparer)),
});

function toLookup(t: Type, key: Type, source: unknown, select: Selector, comparer: Comparer = null) {
  return lookupOf(grouped(source, t, key, t, select, itself, comparer));
}

/** The inner side of a join. */
interface InnerSide {
  readonly inner: unknown;
  readonly innerKey: Selector;
  readonly innerType: Type;
  readonly keyType: Type;
  readonly comparer: Comparer;
}

function innerLookup(side: InnerSide) {
  return lookupOf({
    source: side.inner,
    sourceType: side.innerType,
    keyType: side.keyType,
    elementType: side.innerType,
    selectKey: side.innerKey,
    selectElement: itself,
    comparer: side.comparer,
    skipNullKeys: true,
  });
}

/** A join operator as the table declares it; `rows` gives the results for an outer element and its matches. */
function joining(rows: (item: unknown, matches: Iterable<unknown>, pairing: Pairing) => Iterable<unknown>) {
  return (
    t: Type,
    innerType: Type,
    keyType: Type,
    result: Type,
    outer: unknown,
    inner: unknown,
    outerKey: Selector,
    innerKey: Selector,
    pairing: Pairing,
    comparer: Comparer = null,
  ) => {
    requireArgument(outer, "outer");
    requireArgument(inner, "inner");
    requireArgument(outerKey, "outerKeySelector");
    requireArgument(innerKey, "innerKeySelector");
    requireArgument(pairing, "resultSelector");
    const side = { inner, innerKey, innerType, keyType, comparer };
    return new Sequence(result, function* () {
      const lookup = innerLookup(side);
      for (const item of iterate(outer, t)) {
        spend(1);
        yield* rows(item, iterate(lookup.elementsOf(outerKey(item))), pairing);
      }
    });
  };
}

implement("System.Linq.Enumerable", {
  "Join(*)": joining(function* (item, matches, pairing) {
    for (const match of matches) {
      spend(1);
      yield pairing(item, match);
    }
  }),
  "GroupJoin(*)": joining((item, matches, pairing) => [pairing(item, matches)]),
});
