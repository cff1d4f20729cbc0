/** System.Collections.Generic.HashSet<T>. */
import { defaultOf } from "../runtime/default-value.ts";
import { hashOf, iterate } from "../runtime/object.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { requireArgument } from "./collection-errors.ts";
import type { EqualityComparerProtocol } from "./collection-protocol.ts";
import { DefaultEqualityComparer } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { checkNonNegative } from "./exceptions-thrown.ts";
import { HashTable } from "./hash-table.ts";
import { setMembers, type SetProtocol } from "./set-operations.ts";

export class HashSet extends CsObject implements SetProtocol {
  readonly isReadOnly = false;
  readonly elementType: Type;
  /** IEqualityComparer<T>, or null for the default. */
  readonly comparer: unknown;
  readonly #table: HashTable;

  constructor(elementType: Type, comparer: unknown = null) {
    super();
    this.elementType = elementType;
    this.comparer = comparer;
    this.#table = new HashTable(elementType, comparer);
  }

  override get type(): Type {
    return type("System.Collections.Generic.HashSet", this.elementType);
  }

  get itemCount(): number {
    return this.#table.size;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#table.enumerate((slot) => this.#table.keys[slot]);
  }

  emptyCopy(): HashSet {
    return new HashSet(this.elementType, this.comparer);
  }

  tryAdd(item: unknown): boolean {
    return this.#table.tryInsert(item);
  }

  addItem(item: unknown): void {
    this.#table.tryInsert(item);
  }

  clearItems(): void {
    this.#table.clear();
  }

  containsItem(item: unknown): boolean {
    return this.#table.find(item) >= 0;
  }

  removeItem(item: unknown): boolean {
    return this.#table.remove(item) >= 0;
  }

  /** The element that equals an item, undefined when there is none. */
  find(item: unknown): unknown {
    const slot = this.#table.find(item);
    return slot < 0 ? undefined : this.#table.keys[slot];
  }
}

/** A HashSet<T> of any IEnumerable<T>. */
export function hashSetOf(elementType: Type, source: unknown, comparer: unknown): HashSet {
  const set = new HashSet(elementType, comparer);
  for (const item of iterate(source, elementType)) set.addItem(item);
  return set;
}

function sized(constructed: Type, capacity: number, comparer: unknown): HashSet {
  checkNonNegative(capacity, "capacity");
  return new HashSet(constructed.args[0], comparer);
}

function filled(constructed: Type, source: unknown, comparer: unknown): HashSet {
  requireArgument(source, "collection");
  return hashSetOf(constructed.args[0], source, comparer);
}

/** Sets with the same elements are equal. */
class SetComparer extends CsObject implements EqualityComparerProtocol {
  readonly #setType: Type;

  constructor(setType: Type) {
    super();
    this.#setType = setType;
  }

  override get type(): Type {
    return type("System.Collections.Generic.IEqualityComparer", this.#setType);
  }

  sameItems(a: unknown, b: unknown): boolean {
    if (a === b || a === null || b === null) return a === b;
    const [x, y] = [a as HashSet, b as HashSet];
    return x.itemCount === y.itemCount && [...x].every((item) => y.containsItem(item));
  }

  hashItem(set: unknown): number {
    if (set === null) return 0;
    const hash = hashOf(this.#setType.args[0]);
    return [...(set as HashSet)].reduce((sum: number, item) => (item === null ? sum : sum ^ hash(item)), 0);
  }
}

implement("System.Collections.Generic.HashSet", {
  "CreateSetComparer()": (constructed: Type) => new SetComparer(constructed),
  ...setMembers,
  "new()": (constructed: Type) => new HashSet(constructed.args[0]),
  "new(int)": (constructed: Type, capacity: number) => sized(constructed, capacity, null),
  "new(int,IEqualityComparer<!0>)": sized,
  "new(IEqualityComparer<!0>)": (constructed: Type, comparer: unknown) => new HashSet(constructed.args[0], comparer),
  "new(IEnumerable<!0>)": (constructed: Type, source: unknown) => filled(constructed, source, null),
  "new(IEnumerable<!0>,IEqualityComparer<!0>)": filled,
  Comparer: (self: HashSet) => self.comparer ?? new DefaultEqualityComparer(self.elementType),
  "TryGetValue(*)": (self: HashSet, wanted: unknown, actual: Ref) => {
    const found = self.find(wanted);
    actual.v = found === undefined ? defaultOf(self.elementType) : found;
    return found !== undefined;
  },
  "CopyTo(!0[],int,int)": (self: HashSet, target: CsArray, index: number, count: number) => {
    checkNonNegative(count, "count");
    copyItems([...self], 0, target, index, count);
  },
  "EnsureCapacity(int)": (self: HashSet, capacity: number) => {
    checkNonNegative(capacity, "capacity");
    return Math.max(capacity, self.itemCount);
  },
  "TrimExcess()": () => undefined,
  "GetEnumerator()": (self: HashSet) => new Enumerator(self, self.elementType),
});
