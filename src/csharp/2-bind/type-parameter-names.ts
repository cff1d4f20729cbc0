/**
 * What .NET calls the type parameters of its generic types and methods: the table of signatures has numbers only, messages
 * have the names. https://learn.microsoft.com/dotnet/api/system.linq.enumerable
 */
import type { Method } from "./members.ts";

/** Methods by type, name and number of type parameters. Of overloads, those with the named parameter come first. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ["Array.ConvertAll`2", "TInput TOutput"],
  ["Array.Sort`2", "TKey TValue"],
  ["List.ConvertAll`1", "TOutput"],
  ["String.Create`1", "TState"],
  ["Tuple.Create`1", "T1"],
  ["Extensions.Children`2", "T U"],
  ["Extensions.Value`2", "T U"],
  ["IOrderedEnumerable.CreateOrderedEnumerable`1", "TKey"],
  ["Enumerable.Aggregate`2", "TSource TAccumulate"],
  ["Enumerable.Aggregate`3", "TSource TAccumulate TResult"],
  ["Enumerable.Cast`1", "TResult"],
  ["Enumerable.Empty`1", "TResult"],
  ["Enumerable.GroupBy`3(elementSelector)", "TSource TKey TElement"],
  ["Enumerable.GroupBy`3", "TSource TKey TResult"],
  ["Enumerable.GroupBy`4", "TSource TKey TElement TResult"],
  ["Enumerable.GroupJoin`4", "TOuter TInner TKey TResult"],
  ["Enumerable.Join`4", "TOuter TInner TKey TResult"],
  ["Enumerable.Max`2", "TSource TResult"],
  ["Enumerable.Min`2", "TSource TResult"],
  ["Enumerable.OfType`1", "TResult"],
  ["Enumerable.Repeat`1", "TResult"],
  ["Enumerable.Select`2", "TSource TResult"],
  ["Enumerable.SelectMany`2", "TSource TResult"],
  ["Enumerable.SelectMany`3", "TSource TCollection TResult"],
  ["Enumerable.ToDictionary`2(keySelector)", "TSource TKey"],
  ["Enumerable.ToDictionary`2", "TKey TValue"],
  ["Enumerable.Zip`2", "TFirst TSecond"],
  ["Enumerable.Zip`3(third)", "TFirst TSecond TThird"],
  ["Enumerable.Zip`3", "TFirst TSecond TResult"],
]);

/** Types whose other methods name their parameters alike. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["Enumerable`1", "TSource"],
  ["Enumerable`2", "TSource TKey"],
  ["Enumerable`3", "TSource TKey TElement"],
  ["Enum`1", "TEnum"],
  ["CollectionExtensions`2", "TKey TValue"],
]);

/** The names of a method's own type parameters, in order: `TSource`, `TResult`; `T` or `T1`, `T2`, ... where nothing else is known. */
export function typeParameterNames({ def, declaringType, typeArgs, parameters }: Method): readonly string[] {
  if (typeArgs.length === 0) return [];
  const type = declaringType.simpleName;
  const key = `${type}.${def.n}\`${typeArgs.length}`;
  const special = parameters.map((p) => METHODS.get(`${key}(${p.name})`)).find((names) => names !== undefined);
  const names = special ?? METHODS.get(key) ?? (CREATES_NUMBER.test(def.n ?? "") ? "TOther" : undefined);
  return (names ?? TYPES.get(`${type}\`${typeArgs.length}`))?.split(" ") ?? numbered(typeArgs.length);
}

const CREATES_NUMBER = /^Create(Checked|Saturating|Truncating)$/;

/** Generic types with two parameters that have names of their own. */
const GENERIC_TYPES: ReadonlyMap<string, string> = new Map([
  ...["Dictionary", "IDictionary", "IReadOnlyDictionary", "KeyValuePair", "ReadOnlyDictionary"].map(
    (name): [string, string] => [name, "TKey TValue"],
  ),
  ...["SortedDictionary", "SortedList", "ConcurrentDictionary"].map((name): [string, string] => [name, "TKey TValue"]),
  ...["IGrouping", "ILookup", "Lookup"].map((name): [string, string] => [name, "TKey TElement"]),
  ["Converter", "TInput TOutput"],
]);

/** The names of a generic type's parameters: `List<T>`, `Dictionary<TKey, TValue>`, `Func<T, TResult>`. */
export function namesOfGenericType(name: string, arity: number): readonly string[] {
  if (name === "Func") return arity === 1 ? ["TResult"] : [...numbered(arity - 1), "TResult"];
  const names = GENERIC_TYPES.get(name)?.split(" ");
  return names?.length === arity ? names : numbered(arity);
}

function numbered(count: number): readonly string[] {
  return count === 1 ? ["T"] : Array.from({ length: count }, (_, i) => `T${i + 1}`);
}
