import assert from "node:assert/strict";
import { test } from "node:test";
import { call as callMember, fails, list } from "../../../test/support/library-calls.ts";
import { toText } from "../runtime/object.ts";
import { bytes, type CsArray, Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import "./array-dimensions.ts";
import "./array-dimensions.ts";
import "./array-members.ts";
import "./array-search.ts";
import "./array-sort.ts";
import "./collection-extensions.ts";
import "./collection-interfaces.ts";
import { type EqualityComparerProtocol, ReadOnlyMap } from "./collection-protocol.ts";
import { Dictionary } from "./dictionary.ts";
import "./hash-set.ts";
import "./integers.ts";
import { sortInPlace } from "./introspective-sort.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";
import "./list-members.ts";
import { List } from "./list.ts";
import "./queue-stack.ts";
import "./sorted-dictionary.ts";
import "./sorted-set.ts";

const INT = type("System.Int32");
const STRING = type("System.String");
const OBJECT = type("System.Object");
const NAMESPACE = "System.Collections.Generic";

/** Calls a member of a collection type, which needs no namespace, or of another type by its full name. */
function call(owner: string, key: string, ...args: unknown[]): unknown {
  return callMember(owner.includes(".") ? owner : `${NAMESPACE}.${owner}`, key, ...args);
}

const generic = (name: string, ...args: Type[]) => type(`${NAMESPACE}.${name}`, ...args);
const ints = (...items: number[]) => new List(INT, items);
/** Compares ASCII strings without regard to case. */
const ignoreCase: EqualityComparerProtocol = {
  sameItems: (a, b) => (a as string).toUpperCase() === (b as string).toUpperCase(),
  hashItem: (a) => (a as string).length,
};

function dictionary(
  keyType: Type,
  entries: readonly (readonly [unknown, unknown])[],
  comparer: unknown = null,
): Dictionary {
  const constructed = generic("Dictionary", keyType, INT);
  const made = call("Dictionary", "new(IEqualityComparer<!0>)", constructed, comparer);
  for (const [key, value] of entries) call("Dictionary", "Add(!0,!1)", made, key, value);
  assert.ok(made instanceof Dictionary);
  return made;
}

test("List: search, change, sort", () => {
  const numbers = ints(3, 1, 2);
  assert.equal(
    call("List", "Find(Predicate<!0>)", numbers, (x: number) => x === 9),
    0,
  );
  assert.equal(
    call("List", "TrueForAll(Predicate<!0>)", numbers, (x: number) => x > 0),
    true,
  );
  assert.equal(call("List", "IndexOf(!0)", numbers, 2), 2);
  assert.equal(
    call("List", "FindIndex(int,Predicate<!0>)", numbers, 1, (x: number) => x === 3),
    -1,
  );
  call("List", "Sort()", numbers);
  assert.deepEqual(numbers.items, [1, 2, 3]);
  assert.equal(call("List", "BinarySearch(!0)", numbers, 4), ~3);
  call("List", "InsertRange(int,IEnumerable<!0>)", numbers, 1, numbers);
  assert.deepEqual(numbers.items, [1, 1, 2, 3, 2, 3]);
  assert.equal(call("List", "LastIndexOf(!0)", numbers, 1), 1);
  assert.equal(
    call("List", "RemoveAll(Predicate<!0>)", numbers, (x: number) => x === 1),
    2,
  );
  call("List", "Reverse(int,int)", numbers, 0, 2);
  assert.deepEqual(numbers.items, [3, 2, 2, 3]);
  assert.deepEqual(list(call("List", "GetRange(int,int)", numbers, 1, 2)), [2, 2]);
  const texts = call("List", "ConvertAll(Converter<!0,!!0>)", numbers, STRING, String) as List;
  assert.equal(toText(texts), "System.Collections.Generic.List`1[System.String]");
  call("List", "Add(!0)", numbers, 4);
  assert.equal(call("List", "Capacity", numbers), 6);
});

test("List: errors", () => {
  const range =
    "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')";
  fails(() => call("List", "this[int]", ints(), 0), "ArgumentOutOfRangeException", range);
  fails(() => call("List", "RemoveAt(int)", ints(1), -1), "ArgumentOutOfRangeException", range);
  fails(
    () => call("List", "Insert(int,!0)", ints(1), 2, 0),
    "ArgumentOutOfRangeException",
    "Index must be within the bounds of the List. (Parameter 'index')",
  );
  fails(
    () => call("List", "GetRange(int,int)", ints(1), 0, 2),
    "ArgumentException",
    "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
  );
  const modified = "Collection was modified; enumeration operation may not execute.";
  fails(
    () => {
      const numbers = ints(1, 2);
      for (const x of numbers) numbers.addItem(x);
    },
    "InvalidOperationException",
    modified,
  );
  const growing = ints(1);
  fails(
    () => call("List", "ForEach(Action<!0>)", growing, () => growing.addItem(1)),
    "InvalidOperationException",
    modified,
  );
});

test("sorting puts equal elements where .NET puts them", () => {
  const keys = [2, 1, 2];
  const items = ["a", "b", "c"];
  sortInPlace(keys, (a, b) => (a as number) - (b as number), items);
  assert.deepEqual(
    [keys, items],
    [
      [1, 2, 2],
      ["b", "a", "c"],
    ],
  );
  let seed = 1;
  const many = Array.from({ length: 2000 }, () => {
    seed = (seed * 48271) % 2147483647;
    return seed % 500;
  });
  const sorted = many.toSorted((a, b) => a - b);
  sortInPlace(many, (a, b) => (a as number) - (b as number));
  assert.deepEqual(many, sorted);
});

test("Dictionary: keys, order, errors", () => {
  const counts = dictionary(STRING, [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
  assert.equal(call("Dictionary", "this[!0]", counts, "a"), 1);
  call("Dictionary", "Remove(!0)", counts, "a");
  call("Dictionary", "this[!0]=", counts, "d", 4);
  assert.deepEqual(list(call("Dictionary", "Keys", counts)), ["d", "b", "c"]);
  assert.deepEqual(list(call("Dictionary", "Values", counts)), [4, 2, 3]);
  assert.equal(toText(list(counts)[1]), "[b, 2]");
  const value = new Ref<unknown>(9);
  assert.equal(call("Dictionary", "TryGetValue(!0,!1&)", counts, "x", value), false);
  assert.equal(value.v, 0);
  assert.equal(call("Dictionary", "ContainsKey(!0)", counts, "B"), false);
  assert.equal(call("Dictionary", "ContainsKey(!0)", dictionary(STRING, [["a", 1]], ignoreCase), "A"), true);
  assert.deepEqual(
    list(
      call(
        "Dictionary",
        "Keys",
        dictionary(INT, [
          [2, 0],
          [1, 0],
        ]),
      ),
    ),
    [2, 1],
  );
  const missing = "The given key 'z' was not present in the dictionary.";
  fails(() => call("Dictionary", "this[!0]", counts, "z"), "Collections.Generic.KeyNotFoundException", missing);
  const again = "An item with the same key has already been added. Key: b";
  fails(() => call("Dictionary", "Add(!0,!1)", counts, "b", 1), "ArgumentException", again);
  const nullKey = "Value cannot be null. (Parameter 'key')";
  fails(() => call("Dictionary", "this[!0]", counts, null), "ArgumentNullException", nullKey);
});

test("Dictionary: removing while enumerating is allowed, adding is not", () => {
  const counts = dictionary(INT, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  for (const key of counts.keySequence()) counts.removeKey(key);
  assert.equal(counts.itemCount, 0);
  counts.putEntry(1, 1);
  fails(
    () => {
      for (const key of counts.keySequence()) counts.putEntry((key as number) + 1, 0);
    },
    "InvalidOperationException",
    "Collection was modified; enumeration operation may not execute.",
  );
});

test("keys with an equality of their own", () => {
  const pair = pairType(INT, INT);
  const byPair = dictionary(pair, [[new KeyValuePair(pair, 1, 2), 1]]);
  assert.equal(byPair.lookUp(new KeyValuePair(pair, 1, 2)), 1);
  assert.equal(byPair.lookUp(new KeyValuePair(pair, 2, 1)), undefined);
  assert.equal(byPair.removeKey(new KeyValuePair(pair, 1, 2)), true);
  assert.equal(byPair.itemCount, 0);
  const byReference = dictionary(OBJECT, [[ints(1), 1]]);
  assert.equal(byReference.lookUp(ints(1)), undefined);
});

test("HashSet", () => {
  const constructed = generic("HashSet", INT);
  const made = (...items: number[]) => call("HashSet", "new(IEnumerable<!0>)", constructed, ints(...items));
  const set = made(1, 2, 2);
  assert.equal(call("HashSet", "Count", set), 2);
  assert.equal(call("HashSet", "Add(!0)", set, 1), false);
  call("HashSet", "SymmetricExceptWith(IEnumerable<!0>)", set, ints(2, 3));
  assert.deepEqual(list(set), [1, 3]);
  assert.equal(call("HashSet", "IsProperSubsetOf(IEnumerable<!0>)", set, ints(3, 1, 2)), true);
  assert.equal(call("HashSet", "SetEquals(IEnumerable<!0>)", set, ints(3, 1, 1)), true);
  call("HashSet", "IntersectWith(IEnumerable<!0>)", set, ints(3, 4));
  assert.deepEqual(list(set), [3]);
  call("HashSet", "ExceptWith(IEnumerable<!0>)", set, set);
  assert.deepEqual(list(set), []);
});

test("sorted collections", () => {
  const constructed = generic("SortedSet", INT);
  const set = call("SortedSet", "new(IEnumerable<!0>)", constructed, ints(3, 1, 2, 3));
  assert.deepEqual(list(set), [1, 2, 3]);
  assert.equal(call("SortedSet", "Max", set), 3);
  assert.equal(call("SortedSet", "Remove(!0)", set, 2), true);
  assert.deepEqual(list(call("SortedSet", "Reverse()", set)), [3, 1]);
  call("SortedSet", "UnionWith(IEnumerable<!0>)", set, set);
  assert.equal(call("SortedSet", "Min", call("SortedSet", "new()", constructed)), 0);
  const words = call("SortedDictionary", "new()", generic("SortedDictionary", INT, STRING));
  for (const [key, value] of [
    [2, "b"],
    [1, "a"],
    [3, "c"],
  ])
    call("SortedDictionary", "Add(!0,!1)", words, key, value);
  assert.deepEqual(list(words).map(toText), ["[1, a]", "[2, b]", "[3, c]"]);
  call("SortedDictionary", "this[!0]=", words, 2, "x");
  assert.deepEqual(list(call("SortedDictionary", "Values", words)), ["a", "x", "c"]);
  const again = "An item with the same key has already been added. Key: 2";
  fails(() => call("SortedDictionary", "Add(!0,!1)", words, 2, ""), "ArgumentException", again);
});

test("Queue and Stack", () => {
  const queue = call("Queue", "new()", generic("Queue", INT));
  for (let i = 1; i <= 5; i++) call("Queue", "Enqueue(!0)", queue, i);
  assert.deepEqual(
    [1, 2, 3].map(() => call("Queue", "Dequeue()", queue)),
    [1, 2, 3],
  );
  assert.equal(call("Queue", "Peek()", queue), 4);
  assert.deepEqual(list(queue), [4, 5]);
  assert.equal(call("Queue", "Count", queue), 2);
  const stack = call("Stack", "new(IEnumerable<!0>)", generic("Stack", INT), ints(1, 2, 3));
  assert.deepEqual(list(stack), [3, 2, 1]);
  assert.equal(call("Stack", "Pop()", stack), 3);
  call("Stack", "Clear()", stack);
  fails(() => call("Stack", "Pop()", stack), "InvalidOperationException", "Stack empty.");
  const none = new Ref<unknown>(1);
  assert.equal(call("Queue", "TryPeek(!0&)", call("Queue", "new()", generic("Queue", INT)), none), false);
  assert.equal(none.v, 0);
});

test("interfaces reach arrays and dictionaries alike", () => {
  const array = arrayFrom(INT, [1, 2]);
  assert.equal(call("IReadOnlyCollection", "Count", array), 2);
  assert.equal(call("IList", "IndexOf(!0)", array, 2), 1);
  fails(() => call("ICollection", "Add(!0)", array, 3), "NotSupportedException", "Collection was of a fixed size.");
  const counts = dictionary(STRING, [["a", 1]]);
  assert.equal(call("IReadOnlyDictionary", "this[!0]", counts, "a"), 1);
  call("IDictionary", "Add(!0,!1)", counts, "b", 2);
  assert.deepEqual(list(call("IDictionary", "Keys", counts)), ["a", "b"]);
});

test("ReadOnlyMap", () => {
  const source = new Map([["Accept", 1]]);
  const map = new ReadOnlyMap(source, { keyType: STRING, valueType: INT, ignoreCase: true });
  assert.equal(call("IReadOnlyDictionary", "this[!0]", map, "accept"), 1);
  source.set("B", 2);
  assert.deepEqual(list(call("IReadOnlyDictionary", "Keys", map)), ["Accept", "B"]);
  assert.deepEqual(list(map).map(toText), ["[Accept, 1]", "[B, 2]"]);
  const orDefault = "GetValueOrDefault(IReadOnlyDictionary<!!0,!!1>,!!0)";
  assert.equal(call("CollectionExtensions", orDefault, STRING, INT, map, "x"), 0);
  fails(
    () => call("IReadOnlyDictionary", "this[!0]", map, "__proto__"),
    "Collections.Generic.KeyNotFoundException",
    "The given key '__proto__' was not present in the dictionary.",
  );
  fails(() => call("ICollection", "Clear()", map), "NotSupportedException", "Collection is read-only.");
});

test("Array", () => {
  const target = bytes(new Uint8Array(5));
  call("System.Array", "Copy(Array,int,Array,int,int)", bytes(Uint8Array.of(1, 2, 3)), 0, target, 1, 3);
  assert.deepEqual(target.items, Uint8Array.of(0, 1, 2, 3, 0));
  const numbers = arrayFrom(INT, [3, 1, 2]);
  call("System.Array", "Sort(!!0[])", INT, numbers);
  call("System.Array", "Reverse(!!0[])", INT, numbers);
  assert.deepEqual(numbers.items, [3, 2, 1]);
  assert.equal(call("System.Array", "IndexOf(!!0[],!!0)", STRING, arrayFrom(STRING, ["a", "b"]), "b"), 1);
  assert.equal(
    call("System.Array", "Exists(!!0[],Predicate<!!0>)", INT, numbers, (x: number) => x === 2),
    true,
  );
  const cell = new Ref<unknown>(numbers);
  call("System.Array", "Resize(!!0[]&,int)", INT, cell, 5);
  assert.deepEqual((cell.v as CsArray).items, [3, 2, 1, 0, 0]);
  const longs = arrayFrom(type("System.Int64"), [0n, 0n, 0n]);
  call("System.Array", "Copy(Array,Array,int)", numbers, longs, 3);
  assert.deepEqual(longs.items, [3n, 2n, 1n]);
  fails(
    () => call("System.Array", "Copy(Array,Array,int)", numbers, longs, 4),
    "ArgumentException",
    "Source array was not long enough. Check the source index, length, and the array's lower bounds. (Parameter 'sourceArray')",
  );
  fails(
    () => call("System.Array", "GetValue(int)", numbers, 3),
    "IndexOutOfRangeException",
    "Index was outside the bounds of the array.",
  );
});
