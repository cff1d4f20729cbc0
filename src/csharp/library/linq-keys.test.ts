import assert from "node:assert/strict";
import { test } from "node:test";
import { call, list } from "../../../test/support/library-calls.ts";
import { check, fails, INT, ints, linq, LONG, OBJECT, S, STRING, strs } from "../../../test/support/linq-calls.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { Decimal } from "./decimal.ts";
import "./floats.ts";
import "./integers.ts";
import "./linq-aggregate.ts";
import "./linq-group.ts";
import "./linq-order.ts";
import "./linq-select.ts";
import "./linq-set.ts";
import { List } from "./list.ts";

const twice = (x: unknown) => (x as number) * 2;
const odd = (x: unknown) => (x as number) % 2 === 1;

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
  const invalid = "InvalidOperationException";
  fails(() => linq("Average(IEnumerable<int>)", ints()), invalid, none);
  fails(() => linq("Max(IEnumerable<int>)", ints()), invalid, none);
  fails(() => linq(`Max(${S})`, INT, ints()), invalid, none);
  fails(() => linq(`Aggregate(${S},Func<!!0,!!0,!!0>)`, INT, ints(), () => 0), invalid, none);
  const tooLarge = "Arithmetic operation resulted in an overflow.";
  fails(() => linq("Sum(IEnumerable<int>)", ints(0x7fffffff, 1)), "OverflowException", tooLarge);
  fails(() => linq("Sum(IEnumerable<long>)", arrayFrom(LONG, [2n ** 63n - 1n, 1n])), "OverflowException", tooLarge);
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
    "InvalidOperationException",
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
  const item = (self: unknown, key: unknown) => call("System.Linq.ILookup", "this[!0]", self, key);
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
