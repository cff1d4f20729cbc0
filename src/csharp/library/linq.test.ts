import assert from "node:assert/strict";
import { test } from "node:test";
import { list } from "../../../test/support/library-calls.ts";
import { check, fails, INT, ints, linq, LONG, OBJECT, S, STRING, strs } from "../../../test/support/linq-calls.ts";
import { limits, refill } from "../runtime/budget.ts";
import { toText } from "../runtime/object.ts";
import { Box, type CsArray, FuelExhausted } from "../runtime/values.ts";
import { type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import type { Dictionary } from "./dictionary.ts";
import "./collection-interfaces.ts";
import "./integers.ts";
import "./linq-convert.ts";
import "./linq-element.ts";
import "./linq-select.ts";
import { List } from "./list.ts";

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
  const invalid = "InvalidOperationException";
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
    "ArgumentOutOfRangeException",
    "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
  );
  fails(
    () => linq(`ElementAt(${S},int)`, INT, linq("Range(int,int)", 0, 2), 5),
    "ArgumentOutOfRangeException",
    "Specified argument was out of the range of valid values. (Parameter 'index')",
  );
  fails(() => linq(`Any(${S})`, INT, null), "ArgumentNullException", "Value cannot be null. (Parameter 'source')");
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
    "InvalidCastException",
    "Unable to cast object of type 'System.Int32' to type 'System.Int64'.",
  );
  fails(
    () => linq(`ToDictionary(${S},Func<!!0,!!1>)`, STRING, STRING, strs("a", "a"), (x: unknown) => x),
    "ArgumentException",
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
