import assert from "node:assert/strict";
import { test } from "node:test";
import { limits, refill } from "../runtime/budget.ts";
import { toText } from "../runtime/object.ts";
import { Box, type CsArray, CsException, CsObject, FuelExhausted } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import "./collection-interfaces.ts";
import "./floats.ts";
import "./integers.ts";
import { Decimal } from "./decimal.ts";
import { findImplementation } from "./define.ts";
import { Dictionary } from "./dictionary.ts";
import "./linq-aggregate.ts";
import "./linq-convert.ts";
import "./linq-element.ts";
import "./linq-group.ts";
import "./linq-order.ts";
import "./linq-select.ts";
import "./linq-set.ts";
import { List } from "./list.ts";

const INT = type("System.Int32");
const LONG = type("System.Int64");
const STRING = type("System.String");
const OBJECT = type("System.Object");

/** Calls a member of System.Linq.Enumerable by its key. */
function linq(key: string, ...args: unknown[]): unknown {
  const found = findImplementation("System.Linq.Enumerable", key);
  assert.equal(typeof found, "function", key);
  return (found as (...args: unknown[]) => unknown)(...args);
}

const ints = (...items: number[]) => arrayFrom(INT, items);
const strs = (...items: (string | null)[]) => arrayFrom(STRING, items);
const list = (value: unknown) => [...(value as Iterable<unknown>)];
const S = "IEnumerable<!!0>";

type Case = readonly [what: string, run: () => unknown, expected: unknown];

/** Plain JavaScript of a result, for comparison. */
function plain(value: unknown): unknown {
  if (value instanceof Box) return plain(value.value);
  if (value instanceof Decimal) return value.toText();
  if (value instanceof Dictionary) return list(value).map((pair) => plain((pair as { key: unknown }).key));
  if (value instanceof CsObject && Symbol.iterator in value) return list(value).map(plain);
  return value;
}

function check(cases: readonly Case[]): void {
  for (const [what, run, expected] of cases) assert.deepEqual(plain(run()), expected, what);
}

function fails(run: () => unknown, typeName: string, message: string): void {
  assert.throws(
    () => plain(run()),
    (error) => error instanceof CsException && error.typeName === typeName && error.message === message,
    message,
  );
}

const twice = (x: unknown) => (x as number) * 2;
const odd = (x: unknown) => (x as number) % 2 === 1;

test("operators that select and cut", () => {
  check([
    ["Select", () => linq(`Select(${S},Func<!!0,!!1>)`, INT, INT, ints(1, 2), twice), [2, 4]],
    [
      "Select with index",
      () => linq(`Select(${S},Func<!!0,int,!!1>)`, INT, INT, ints(5, 6), (x: number, i: number) => x * i),
      [0, 6],
    ],
    ["Where", () => linq(`Where(${S},Func<!!0,bool>)`, INT, ints(1, 2, 3), odd), [1, 3]],
    [
      "Where with index",
      () => linq(`Where(${S},Func<!!0,int,bool>)`, INT, ints(1, 2, 3), (_: number, i: number) => i !== 1),
      [1, 3],
    ],
    ["Take", () => linq(`Take(${S},int)`, INT, linq(`Skip(${S},int)`, INT, ints(1, 2, 3), 1), 1), [2]],
    ["Take none", () => linq(`Take(${S},int)`, INT, ints(1, 2), -1), []],
    ["SkipWhile", () => linq(`SkipWhile(${S},Func<!!0,bool>)`, INT, ints(1, 2, 3, 1), (x: number) => x < 3), [3, 1]],
    ["TakeWhile", () => linq(`TakeWhile(${S},Func<!!0,bool>)`, INT, ints(1, 2, 3, 1), (x: number) => x < 3), [1, 2]],
    ["TakeLast", () => linq(`TakeLast(${S},int)`, INT, ints(1, 2, 3), 2), [2, 3]],
    ["SkipLast", () => linq(`SkipLast(${S},int)`, INT, ints(1, 2, 3), 2), [1]],
    ["Chunk", () => linq(`Chunk(${S},int)`, INT, ints(1, 2, 3), 2), [[1, 2], [3]]],
  ]);
});

test("operators that put sequences together", () => {
  check([
    ["Concat", () => linq(`Concat(${S},${S})`, INT, ints(1, 2), ints(2, 3)), [1, 2, 2, 3]],
    ["Append", () => linq(`Append(${S},!!0)`, INT, ints(1), 2), [1, 2]],
    ["Prepend", () => linq(`Prepend(${S},!!0)`, INT, ints(1), 2), [2, 1]],
    ["Reverse", () => linq(`Reverse(${S})`, INT, ints(1, 2, 3)), [3, 2, 1]],
    ["DefaultIfEmpty", () => linq(`DefaultIfEmpty(${S},!!0)`, INT, linq("Empty()", INT), 7), [7]],
    ["DefaultIfEmpty of default", () => linq(`DefaultIfEmpty(${S})`, INT, ints()), [0]],
    ["Range", () => linq("Range(int,int)", 3, 4), [3, 4, 5, 6]],
    ["Repeat", () => linq("Repeat(!!0,int)", STRING, "x", 2), ["x", "x"]],
    [
      "SelectMany",
      () =>
        linq(
          `SelectMany(${S},Func<!!0,IEnumerable<!!1>>,Func<!!0,!!1,!!2>)`,
          INT,
          INT,
          INT,
          ints(1, 2),
          () => ints(10, 20),
          (x: number, y: number) => x + y,
        ),
      [11, 21, 12, 22],
    ],
    [
      "SelectMany of strings",
      () =>
        linq(
          `SelectMany(${S},Func<!!0,IEnumerable<!!1>>)`,
          STRING,
          type("System.Char"),
          strs("ab", "c"),
          (x: string) => x,
        ),
      [97, 98, 99],
    ],
    [
      "Zip",
      () =>
        linq(
          `Zip(${S},IEnumerable<!!1>,Func<!!0,!!1,!!2>)`,
          INT,
          INT,
          INT,
          ints(1, 2, 3),
          ints(4, 5),
          (x: number, y: number) => x * y,
        ),
      [4, 10],
    ],
    [
      "Zip to tuples",
      () => list(linq(`Zip(${S},IEnumerable<!!1>)`, INT, INT, ints(1, 2), ints(3, 4, 5))).map((t) => toText(t)),
      ["(1, 3)", "(2, 4)"],
    ],
  ]);
});

test("a sequence does its work when enumerated, each time anew", () => {
  let calls = 0;
  const query = linq(`Select(${S},Func<!!0,!!1>)`, INT, INT, ints(1, 2, 3), (x: unknown) => {
    calls++;
    return x;
  });
  assert.equal(calls, 0);
  list(query);
  list(query);
  assert.equal(calls, 6);
  const source = new List(INT, [1, 2]);
  const tens = linq(`Select(${S},Func<!!0,!!1>)`, INT, INT, source, (x: unknown) => (x as number) * 10);
  source.addItem(3);
  assert.deepEqual(list(tens), [10, 20, 30]);
});

test("one element", () => {
  const none = "Sequence contains no elements";
  const noMatch = "Sequence contains no matching element";
  const invalid = "System.InvalidOperationException";
  check([
    ["First", () => linq(`First(${S})`, INT, ints(4, 5)), 4],
    ["FirstOrDefault", () => linq(`FirstOrDefault(${S})`, INT, ints()), 0],
    ["FirstOrDefault of a reference type", () => linq(`FirstOrDefault(${S})`, STRING, strs()), null],
    ["FirstOrDefault of long", () => linq(`FirstOrDefault(${S})`, LONG, arrayFrom(LONG, [])), 0n],
    ["FirstOrDefault of null", () => linq(`FirstOrDefault(${S},!!0)`, STRING, strs(null), "x"), null],
    ["Last", () => linq(`Last(${S})`, INT, linq("Range(int,int)", 1, 3)), 3],
    ["Last with predicate", () => linq(`Last(${S},Func<!!0,bool>)`, INT, ints(1, 2, 3, 4), odd), 3],
    [
      "SingleOrDefault",
      () => linq(`SingleOrDefault(${S},Func<!!0,bool>)`, INT, ints(1, 2), (x: unknown) => x === 5),
      0,
    ],
    ["ElementAt", () => linq(`ElementAt(${S},int)`, INT, ints(1, 2), 1), 2],
    ["ElementAtOrDefault", () => linq(`ElementAtOrDefault(${S},int)`, INT, ints(1, 2), -1), 0],
    ["Count", () => linq(`Count(${S},Func<!!0,bool>)`, INT, ints(1, 2, 3), (x: unknown) => (x as number) > 1), 2],
    ["LongCount", () => linq(`LongCount(${S})`, INT, ints(1, 2, 3)), 3n],
    ["All of none", () => linq(`All(${S},Func<!!0,bool>)`, INT, ints(), () => false), true],
    ["Any", () => linq(`Any(${S})`, INT, linq("Range(int,int)", 0, 1)), true],
    ["Contains", () => linq(`Contains(${S},!!0)`, STRING, strs("a", "b"), "b"), true],
    ["SequenceEqual", () => linq(`SequenceEqual(${S},${S})`, INT, ints(1, 2), new List(INT, [1, 2])), true],
    ["SequenceEqual of a prefix", () => linq(`SequenceEqual(${S},${S})`, INT, ints(1), ints(1, 2)), false],
  ]);
  fails(() => linq(`First(${S})`, INT, ints()), invalid, none);
  fails(() => linq(`Single(${S})`, INT, ints()), invalid, none);
  fails(() => linq(`First(${S},Func<!!0,bool>)`, INT, ints(1, 2), () => false), invalid, noMatch);
  fails(() => linq(`Single(${S})`, INT, ints(1, 2)), invalid, "Sequence contains more than one element");
  fails(
    () => linq(`Single(${S},Func<!!0,bool>)`, INT, ints(1, 1), () => true),
    invalid,
    "Sequence contains more than one matching element",
  );
  fails(
    () => linq(`ElementAt(${S},int)`, INT, ints(1, 2), 5),
    "System.ArgumentOutOfRangeException",
    "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
  );
  fails(
    () => linq(`ElementAt(${S},int)`, INT, linq("Range(int,int)", 0, 2), 5),
    "System.ArgumentOutOfRangeException",
    "Specified argument was out of the range of valid values. (Parameter 'index')",
  );
  fails(
    () => linq(`Any(${S})`, INT, null),
    "System.ArgumentNullException",
    "Value cannot be null. (Parameter 'source')",
  );
});

test("sums, averages, extremes", () => {
  const dec = (...texts: string[]) =>
    arrayFrom(
      type("System.Decimal"),
      texts.map((t) => Decimal.parse(t)),
    );
  check([
    ["Sum of int", () => linq("Sum(IEnumerable<int>)", linq("Range(int,int)", 1, 5)), 15],
    ["Sum of none", () => linq("Sum(IEnumerable<int>)", ints()), 0],
    ["Sum of long", () => linq("Sum(IEnumerable<long>)", arrayFrom(LONG, [2n ** 62n, 1n])), 2n ** 62n + 1n],
    ["Sum of int?", () => linq("Sum(IEnumerable<Nullable<int>>)", [1, null, 3]), 4],
    ["Sum of decimal", () => linq("Sum(IEnumerable<decimal>)", dec("1.10", "2.2")), "3.30"],
    [
      "Sum of float",
      () => linq("Sum(IEnumerable<float>)", [0.1, 0.2].map(Math.fround)),
      Math.fround(Math.fround(0.1) + Math.fround(0.2)),
    ],
    [
      "Sum with selector",
      () => linq(`Sum(${S},Func<!!0,int>)`, STRING, strs("a", "bb"), (s: unknown) => (s as string).length),
      3,
    ],
    ["Average of int", () => linq("Average(IEnumerable<int>)", ints(1, 2)), 1.5],
    ["Average of int?", () => linq("Average(IEnumerable<Nullable<int>>)", [1, null, 3]), 2],
    ["Average of int? of none", () => linq("Average(IEnumerable<Nullable<int>>)", [null]), null],
    ["Average of decimal", () => linq("Average(IEnumerable<decimal>)", dec("1.5", "2.5")), "2.0"],
    ["Max", () => linq("Max(IEnumerable<int>)", ints(1, 3, 2)), 3],
    ["Max of double ignores NaN", () => linq("Max(IEnumerable<double>)", [Number.NaN, 1]), 1],
    ["Min of double prefers NaN", () => linq("Min(IEnumerable<double>)", [1, Number.NaN]), Number.NaN],
    ["Max of int? of none", () => linq("Max(IEnumerable<Nullable<int>>)", [null]), null],
    [
      "Min with selector",
      () => linq(`Min(${S},Func<!!0,int>)`, INT, ints(1, 2, 3), (x: unknown) => -(x as number)),
      -3,
    ],
    ["Max of decimal", () => linq("Max(IEnumerable<decimal>)", dec("1.10", "1.2")), "1.2"],
    ["MaxBy", () => linq(`MaxBy(${S},Func<!!0,!!1>)`, INT, INT, ints(1, 2, 3), (x: unknown) => -(x as number)), 1],
    [
      "Aggregate",
      () => linq(`Aggregate(${S},Func<!!0,!!0,!!0>)`, INT, ints(1, 2, 3), (a: number, b: number) => a * b),
      6,
    ],
    [
      "Aggregate with seed and result",
      () =>
        linq(
          `Aggregate(${S},!!1,Func<!!1,!!0,!!1>,Func<!!1,!!2>)`,
          INT,
          STRING,
          STRING,
          ints(1, 2, 3),
          "",
          (a: string, b: number) => a + b,
          (r: string) => `${r}!`,
        ),
      "123!",
    ],
  ]);
});

test("sums and extremes that have no result", () => {
  const none = "Sequence contains no elements";
  const invalid = "System.InvalidOperationException";
  fails(() => linq("Average(IEnumerable<int>)", ints()), invalid, none);
  fails(() => linq("Max(IEnumerable<int>)", ints()), invalid, none);
  fails(() => linq(`Max(${S})`, INT, ints()), invalid, none);
  fails(() => linq(`Aggregate(${S},Func<!!0,!!0,!!0>)`, INT, ints(), () => 0), invalid, none);
  const tooLarge = "Arithmetic operation resulted in an overflow.";
  fails(() => linq("Sum(IEnumerable<int>)", ints(0x7fffffff, 1)), "System.OverflowException", tooLarge);
  fails(
    () => linq("Sum(IEnumerable<long>)", arrayFrom(LONG, [2n ** 63n - 1n, 1n])),
    "System.OverflowException",
    tooLarge,
  );
});

test("order is stable and by all keys", () => {
  const people = [
    ["x", 2],
    ["y", 1],
    ["z", 2],
    ["w", 1],
  ] as const;
  const source = new List(
    OBJECT,
    people.map((p) => p as unknown),
  );
  const age = (p: unknown) => (p as [string, number])[1];
  const name = (p: unknown) => (p as [string, number])[0].charCodeAt(0);
  const names = (sequence: unknown) =>
    list(sequence)
      .map((p) => (p as [string, number])[0])
      .join("");
  const byAge = linq(`OrderBy(${S},Func<!!0,!!1>)`, OBJECT, INT, source, age);
  assert.equal(names(byAge), "ywxz");
  assert.equal(names(linq(`OrderByDescending(${S},Func<!!0,!!1>)`, OBJECT, INT, source, age)), "xzyw");
  assert.equal(names(linq("ThenBy(IOrderedEnumerable<!!0>,Func<!!0,!!1>)", OBJECT, INT, byAge, name)), "wyxz");
  assert.equal(
    names(linq("ThenByDescending(IOrderedEnumerable<!!0>,Func<!!0,!!1>)", OBJECT, INT, byAge, name)),
    "ywzx",
  );
  assert.deepEqual(list(linq(`OrderDescending(${S})`, INT, ints(3, 1, 2))), [3, 2, 1]);
  fails(
    () => linq(`Order(${S})`, OBJECT, new List(OBJECT, [new List(INT), new List(INT)])),
    "System.InvalidOperationException",
    "Failed to compare two elements in the array.",
  );
});

test("sets keep the first of equal elements, in order", () => {
  const last = (x: unknown) => (x as number) % 10;
  check([
    ["Distinct", () => linq(`Distinct(${S})`, INT, ints(1, 2, 2, 1, 3)), [1, 2, 3]],
    ["Union", () => linq(`Union(${S},${S})`, INT, ints(3, 1, 3), ints(2, 1)), [3, 1, 2]],
    ["Intersect", () => linq(`Intersect(${S},${S})`, INT, ints(3, 1, 3, 2), ints(2, 3)), [3, 2]],
    ["Except", () => linq(`Except(${S},${S})`, INT, ints(3, 1, 3, 2, 1), ints(2)), [3, 1]],
    ["DistinctBy", () => linq(`DistinctBy(${S},Func<!!0,!!1>)`, INT, INT, ints(11, 21, 12), last), [11, 12]],
    ["UnionBy", () => linq(`UnionBy(${S},${S},Func<!!0,!!1>)`, INT, INT, ints(11), ints(21, 32), last), [11, 32]],
    [
      "IntersectBy",
      () => linq(`IntersectBy(${S},IEnumerable<!!1>,Func<!!0,!!1>)`, INT, INT, ints(11, 21, 32), ints(1), last),
      [11],
    ],
    [
      "ExceptBy",
      () => linq(`ExceptBy(${S},IEnumerable<!!1>,Func<!!0,!!1>)`, INT, INT, ints(11, 21, 32), ints(1), last),
      [32],
    ],
    [
      "Distinct decimals",
      () =>
        linq(
          `Distinct(${S})`,
          type("System.Decimal"),
          ["1.0", "1.00"].map((t) => Decimal.parse(t)),
        ),
      ["1.0"],
    ],
  ]);
});

test("groups, joins and lookups", () => {
  const length = (s: unknown) => (s as string).length;
  const words = strs("a", "bb", "cc");
  const lookup = linq(`ToLookup(${S},Func<!!0,!!1>)`, STRING, INT, words, length);
  const item = findImplementation("System.Linq.ILookup", "this[!0]") as (self: unknown, key: unknown) => unknown;
  const key = (group: unknown) => (group as { key: unknown }).key;
  const keyType: Type = INT;
  check([
    ["lookup", () => item(lookup, 2), ["bb", "cc"]],
    ["lookup of a missing key", () => item(lookup, 9), []],
    [
      "GroupBy",
      () => linq(`GroupBy(${S},Func<!!0,!!1>)`, INT, keyType, ints(1, 2, 3, 4), (x: unknown) => (x as number) % 2),
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      "GroupBy keys",
      () =>
        list(
          linq(`GroupBy(${S},Func<!!0,!!1>)`, INT, keyType, ints(1, 2, 3, 4), (x: unknown) => (x as number) % 2),
        ).map(key),
      [1, 0],
    ],
    [
      "GroupBy with elements and results",
      () =>
        linq(
          `GroupBy(${S},Func<!!0,!!1>,Func<!!0,!!2>,Func<!!1,IEnumerable<!!2>,!!3>)`,
          INT,
          INT,
          INT,
          STRING,
          ints(1, 2, 3),
          odd,
          twice,
          (k: unknown, g: unknown) => `${k}:${list(g).join("+")}`,
        ),
      ["true:2+6", "false:4"],
    ],
  ]);
});

test("joins", () => {
  check([
    [
      "Join",
      () =>
        linq(
          `Join(${S},IEnumerable<!!1>,Func<!!0,!!2>,Func<!!1,!!2>,Func<!!0,!!1,!!3>)`,
          INT,
          INT,
          INT,
          STRING,
          ints(1, 2, 3),
          ints(2, 3, 3),
          (x: unknown) => x,
          (x: unknown) => x,
          (x: unknown, y: unknown) => `${x}${y}`,
        ),
      ["22", "33", "33"],
    ],
    [
      "GroupJoin leaves out null keys",
      () =>
        linq(
          `GroupJoin(${S},IEnumerable<!!1>,Func<!!0,!!2>,Func<!!1,!!2>,Func<!!0,IEnumerable<!!1>,!!3>)`,
          STRING,
          STRING,
          STRING,
          STRING,
          strs("a", null),
          strs("a", null),
          (x: unknown) => x,
          (x: unknown) => x,
          (x: unknown, g: unknown) => `${x}${list(g).length}`,
        ),
      ["a1", "null0"],
    ],
  ]);
});

test("conversions", () => {
  const boxed = arrayFrom(OBJECT, [new Box(INT, 1), "a", new Box(INT, 2)]);
  const same = ints(1);
  const dictionary = linq(
    `ToDictionary(${S},Func<!!0,!!1>,Func<!!0,!!2>)`,
    STRING,
    STRING,
    INT,
    strs("a", "bb"),
    (x: unknown) => x,
    (x: unknown) => (x as string).length,
  );
  check([
    ["OfType", () => linq("OfType(IEnumerable)", INT, boxed), [1, 2]],
    ["Cast to object", () => linq("Cast(IEnumerable)", OBJECT, ints(7)), [7]],
    ["Cast of a string to its own element type", () => linq("Cast(IEnumerable)", type("System.Char"), "ab"), "ab"],
    ["ToDictionary", () => dictionary, ["a", "bb"]],
    ["ToHashSet", () => linq(`ToHashSet(${S})`, INT, ints(1, 1, 2)), [1, 2]],
    ["ToList", () => linq(`ToList(${S})`, type("System.Char"), "ab"), [97, 98]],
  ]);
  assert.equal(linq("Cast(IEnumerable)", INT, same), same);
  assert.equal((dictionary as Dictionary).lookUp("bb"), 2);
  const bytes = linq(`ToArray(${S})`, type("System.Byte"), new List(type("System.Byte"), [1, 255])) as CsArray;
  assert.deepEqual(bytes.items, Uint8Array.of(1, 255));
  fails(
    () => linq("Cast(IEnumerable)", LONG, boxed),
    "System.InvalidCastException",
    "Unable to cast object of type 'System.Int32' to type 'System.Int64'.",
  );
  fails(
    () => linq(`ToDictionary(${S},Func<!!0,!!1>)`, STRING, STRING, strs("a", "a"), (x: unknown) => x),
    "System.ArgumentException",
    "An item with the same key has already been added. Key: a",
  );
});

test("endless sequences run out of fuel", () => {
  refill(10_000);
  try {
    assert.throws(() => linq(`ToList(${S})`, INT, linq("Range(int,int)", 0, 0x7fffffff)), FuelExhausted);
    refill(10_000);
    assert.throws(() => linq(`Count(${S})`, INT, linq("Repeat(!!0,int)", INT, 1, 0x7fffffff)), FuelExhausted);
  } finally {
    refill(limits.steps);
  }
});
