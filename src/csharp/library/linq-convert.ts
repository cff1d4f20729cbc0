/** System.Linq.Enumerable: ToList, ToArray, ToDictionary, ToHashSet, Cast and OfType. */
import { spend } from "../runtime/budget.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { castTo, unboxNullable, unboxTo } from "../runtime/casts.ts";
import { isInstance, iterate, iterateBoxed, typeOf } from "../runtime/object.ts";
import type { CsTuple } from "../runtime/structural.ts";
import { unbox } from "../runtime/values.ts";
import { tupleOf, type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { requireArgument } from "./collection-errors.ts";
import type { EqualityComparerProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { Dictionary } from "./dictionary.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { hashSetOf } from "./hash-set.ts";
import { type KeyValuePair, pairType } from "./key-value-pair.ts";
import { listOf, toItems } from "./list.ts";
import { Sequence } from "./sequence.ts";

type Comparer = EqualityComparerProtocol | null;
type Selector = (item: unknown) => unknown;

function dictionaryOf(
  itemType: Type,
  keyType: Type,
  valueType: Type,
  source: unknown,
  selectKey: Selector,
  selectValue: Selector,
  comparer: Comparer,
): Dictionary {
  requireArgument(source, "source");
  requireArgument(selectKey, "keySelector");
  requireArgument(selectValue, "elementSelector");
  const dictionary = new Dictionary(keyType, valueType, comparer);
  for (const item of iterate(source, itemType)) {
    const key = selectKey(item);
    if (key === null) throw argumentNull("key");
    dictionary.addEntry(key, selectValue(item));
  }
  return dictionary;
}

const byKey = (t: Type, key: Type, source: unknown, select: Selector, comparer: Comparer = null) =>
  dictionaryOf(t, key, t, source, select, (item) => item, comparer);

const ofPairs = (key: Type, value: Type, source: unknown, comparer: Comparer = null) =>
  dictionaryOf(
    pairType(key, value),
    key,
    value,
    source,
    (pair) => (pair as KeyValuePair).key,
    (pair) => (pair as KeyValuePair).value,
    comparer,
  );

const ofTuples = (key: Type, value: Type, source: unknown, comparer: Comparer = null) =>
  dictionaryOf(
    tupleOf([key, value]),
    key,
    value,
    source,
    (pair) => (pair as CsTuple).items[0],
    (pair) => (pair as CsTuple).items[1],
    comparer,
  );

implement("System.Linq.Enumerable", {
  "ToList(*)": (t: Type, source: unknown) => {
    requireArgument(source, "source");
    return listOf(t, source);
  },
  "ToArray(*)": (t: Type, source: unknown) => {
    requireArgument(source, "source");
    return arrayFrom(t, toItems(source, t));
  },
  "ToHashSet(*)": (t: Type, source: unknown, comparer: Comparer = null) => {
    requireArgument(source, "source");
    return hashSetOf(t, source, comparer);
  },
  "ToDictionary(IEnumerable<!!0>,Func<!!0,!!1>)": byKey,
  "ToDictionary(IEnumerable<!!0>,Func<!!0,!!1>,IEqualityComparer<!!1>)": byKey,
  "ToDictionary(IEnumerable<KeyValuePair<!!0,!!1>>)": ofPairs,
  "ToDictionary(IEnumerable<KeyValuePair<!!0,!!1>>,IEqualityComparer<!!0>)": ofPairs,
  "ToDictionary(IEnumerable<ValueTuple<!!0,!!1>>)": ofTuples,
  "ToDictionary(IEnumerable<ValueTuple<!!0,!!1>>,IEqualityComparer<!!0>)": ofTuples,
  "ToDictionary(*)": (
    t: Type,
    key: Type,
    value: Type,
    source: unknown,
    selectKey: Selector,
    selectValue: Selector,
    comparer: Comparer = null,
  ) => dictionaryOf(t, key, value, source, selectKey, selectValue, comparer),
});

implement("System.Linq.Enumerable", {
  "Cast(*)": (target: Type, source: unknown) => {
    requireArgument(source, "source");
    if (isAssignable(typeOf(source), type("System.Collections.Generic.IEnumerable", target))) return source;
    return new Sequence(target, function* () {
      for (const item of iterateBoxed(source)) {
        spend(1);
        yield castElement(item, target);
      }
    });
  },
  "OfType(*)": (target: Type, source: unknown) => {
    requireArgument(source, "source");
    return new Sequence(target, function* () {
      for (const item of iterateBoxed(source)) {
        spend(1);
        if (isInstance(item, target)) yield target.isValueType ? unbox(item) : item;
      }
    });
  },
});

/** `(T)item` for an object. */
function castElement(item: unknown, target: Type): unknown {
  if (target.isNullable) return unboxNullable(item, target.args[0]);
  return target.isValueType ? unboxTo(item, target) : castTo(item, target);
}
