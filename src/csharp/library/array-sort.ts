/** Array.Sort and Array.Reverse. */
import { allocate } from "../runtime/budget.ts";
import { box, type CsArray } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireOneDimension } from "./array-items.ts";
import { beyondEnd, nonNegativeRequired, requireArgument } from "./collection-errors.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { type Compare, sortInPlace } from "./introspective-sort.ts";

function checkRange(array: CsArray, index: number, length: number): void {
  if (index < 0) throw nonNegativeRequired("index");
  if (length < 0) throw nonNegativeRequired("length");
  if (array.items.length - index < length) throw beyondEnd();
}

/** The order of an array's elements: the comparer sees objects when it is not generic. */
function orderOf(array: CsArray, comparer: unknown): Compare {
  if (comparer === null) return comparison(null, array.elementType);
  const order = comparison(comparer, type("System.Object"));
  return (a, b) => order(box(a, array.elementType), box(b, array.elementType));
}

function sort(
  keys: CsArray | null,
  items: CsArray | null,
  range: readonly number[],
  order: (keys: CsArray) => Compare,
): void {
  requireArgument(keys, range.length === 0 && items === null ? "array" : "keys");
  const array = keys as CsArray;
  requireOneDimension(array);
  requireOneDimension(items);
  const [index, length] = range.length === 0 ? [0, array.items.length] : range;
  checkRange(array, index, length);
  if (items !== null && items.items.length - index < length) throw beyondEnd();
  allocate(length);
  sortInPlace(array.items as unknown[], order(array), (items?.items as unknown[] | undefined) ?? null, index, length);
}

const generic = (t: Type, comparer: unknown) => () => comparison(comparer, t);
const loose = (comparer: unknown) => (keys: CsArray) => orderOf(keys, comparer);

implement("System.Array", {
  "Sort(!!0[])": (t: Type, array: CsArray) => sort(array, null, [], generic(t, null)),
  "Sort(!!0[],IComparer<!!0>)": (t: Type, array: CsArray, comparer: unknown) =>
    sort(array, null, [], generic(t, comparer)),
  "Sort(!!0[],Comparison<!!0>)": (_t: Type, array: CsArray, compare: Compare) => {
    requireArgument(array, "array");
    requireArgument(compare, "comparison");
    sort(array, null, [], () => compare);
  },
  "Sort(!!0[],int,int)": (t: Type, array: CsArray, index: number, length: number) =>
    sort(array, null, [index, length], generic(t, null)),
  "Sort(!!0[],int,int,IComparer<!!0>)": (t: Type, array: CsArray, index: number, length: number, comparer: unknown) =>
    sort(array, null, [index, length], generic(t, comparer)),
  "Sort(!!0[],!!1[])": (t: Type, _u: Type, keys: CsArray, items: CsArray) => sort(keys, items, [], generic(t, null)),
  "Sort(!!0[],!!1[],IComparer<!!0>)": (t: Type, _u: Type, keys: CsArray, items: CsArray, comparer: unknown) =>
    sort(keys, items, [], generic(t, comparer)),
  "Sort(!!0[],!!1[],int,int)": (t: Type, _u: Type, keys: CsArray, items: CsArray, index: number, length: number) =>
    sort(keys, items, [index, length], generic(t, null)),
  "Sort(!!0[],!!1[],int,int,IComparer<!!0>)": (
    t: Type,
    _u: Type,
    keys: CsArray,
    items: CsArray,
    index: number,
    length: number,
    comparer: unknown,
  ) => sort(keys, items, [index, length], generic(t, comparer)),
  "Sort(Array)": (array: CsArray) => sort(array, null, [], loose(null)),
  "Sort(Array,IComparer)": (array: CsArray, comparer: unknown) => sort(array, null, [], loose(comparer)),
  "Sort(Array,int,int)": (array: CsArray, index: number, length: number) =>
    sort(array, null, [index, length], loose(null)),
  "Sort(Array,int,int,IComparer)": (array: CsArray, index: number, length: number, comparer: unknown) =>
    sort(array, null, [index, length], loose(comparer)),
  "Sort(Array,Array)": (keys: CsArray, items: CsArray) => sort(keys, items, [], loose(null)),
  "Sort(Array,Array,IComparer)": (keys: CsArray, items: CsArray, comparer: unknown) =>
    sort(keys, items, [], loose(comparer)),
  "Sort(Array,Array,int,int)": (keys: CsArray, items: CsArray, index: number, length: number) =>
    sort(keys, items, [index, length], loose(null)),
  "Sort(Array,Array,int,int,IComparer)": (
    keys: CsArray,
    items: CsArray,
    index: number,
    length: number,
    comparer: unknown,
  ) => sort(keys, items, [index, length], loose(comparer)),
  "Reverse(!!0[])": (_t: Type, array: CsArray) => reverse(array),
  "Reverse(!!0[],int,int)": (_t: Type, array: CsArray, index: number, length: number) => reverse(array, index, length),
  "Reverse(Array)": (array: CsArray) => reverse(array),
  "Reverse(Array,int,int)": (array: CsArray, index: number, length: number) => reverse(array, index, length),
});

function reverse(array: CsArray | null, index = 0, length?: number): void {
  requireArgument(array, "array");
  requireOneDimension(array);
  const { items } = array as CsArray;
  const count = length ?? items.length;
  checkRange(array as CsArray, index, count);
  allocate(count);
  const part = items.slice(index, index + count).reverse();
  for (let i = 0; i < count; i++) items[index + i] = part[i] as never;
}
