/** System.Collections.Generic.HashSet<T> and the members of ISet<T>. */
import { defaultOf } from "../runtime/default-value.ts";
import { iterate } from "../runtime/object.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { requireArgument } from "./collection-errors.ts";
import type { CollectionProtocol } from "./collection-protocol.ts";
import { DefaultEqualityComparer } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { checkNonNegative } from "./exceptions-thrown.ts";
import { HashTable } from "./hash-table.ts";

export class HashSet extends CsObject implements CollectionProtocol {
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

  *[Symbol.iterator](): Generator<unknown> {
    for (const slot of this.#table.slots()) yield this.#table.keys[slot];
  }

  /** Answers whether the item was new. */
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

/** The other operand as a set under this set's comparer. */
function operand(self: HashSet, other: unknown): HashSet {
  requireArgument(other, "other");
  return hashSetOf(self.elementType, other, self.comparer);
}

const includesAll = (self: HashSet, other: HashSet) => [...other].every((item) => self.containsItem(item));

/** Removes the elements that fail the test; answers how many. */
function keepOnly(self: HashSet, test: (item: unknown) => boolean): number {
  const dropped = [...self].filter((item) => !test(item));
  for (const item of dropped) self.removeItem(item);
  return dropped.length;
}

const setMembers = {
  "Add(!0)": (self: HashSet, item: unknown) => self.tryAdd(item),
  "UnionWith(*)": (self: HashSet, other: unknown) => {
    requireArgument(other, "other");
    for (const item of iterate(other, self.elementType)) self.addItem(item);
  },
  "IntersectWith(*)": (self: HashSet, other: unknown) => {
    const wanted = operand(self, other);
    keepOnly(self, (item) => wanted.containsItem(item));
  },
  "ExceptWith(*)": (self: HashSet, other: unknown) => {
    for (const item of operand(self, other)) self.removeItem(item);
  },
  "SymmetricExceptWith(*)": (self: HashSet, other: unknown) => {
    for (const item of operand(self, other)) if (!self.removeItem(item)) self.addItem(item);
  },
  "IsSubsetOf(*)": (self: HashSet, other: unknown) => includesAll(operand(self, other), self),
  "IsSupersetOf(*)": (self: HashSet, other: unknown) => includesAll(self, operand(self, other)),
  "IsProperSubsetOf(*)": (self: HashSet, other: unknown) => {
    const whole = operand(self, other);
    return whole.itemCount > self.itemCount && includesAll(whole, self);
  },
  "IsProperSupersetOf(*)": (self: HashSet, other: unknown) => {
    const part = operand(self, other);
    return self.itemCount > part.itemCount && includesAll(self, part);
  },
  "Overlaps(*)": (self: HashSet, other: unknown) => [...operand(self, other)].some((item) => self.containsItem(item)),
  "SetEquals(*)": (self: HashSet, other: unknown) => {
    const same = operand(self, other);
    return same.itemCount === self.itemCount && includesAll(self, same);
  },
};

implement("System.Collections.Generic.ISet", setMembers);

implement("System.Collections.Generic.HashSet", {
  ...setMembers,
  "new()": (constructed: Type) => new HashSet(constructed.args[0]),
  "new(int)": (constructed: Type, capacity: number) => sized(constructed, capacity, null),
  "new(int,IEqualityComparer<!0>)": sized,
  "new(IEqualityComparer<!0>)": (constructed: Type, comparer: unknown) => new HashSet(constructed.args[0], comparer),
  "new(IEnumerable<!0>)": (constructed: Type, source: unknown) => filled(constructed, source, null),
  "new(IEnumerable<!0>,IEqualityComparer<!0>)": filled,
  Count: (self: HashSet) => self.itemCount,
  Comparer: (self: HashSet) => self.comparer ?? new DefaultEqualityComparer(self.elementType),
  "Clear()": (self: HashSet) => self.clearItems(),
  "Contains(!0)": (self: HashSet, item: unknown) => self.containsItem(item),
  "Remove(!0)": (self: HashSet, item: unknown) => self.removeItem(item),
  "RemoveWhere(*)": (self: HashSet, match: (item: unknown) => boolean) => {
    requireArgument(match, "match");
    return keepOnly(self, (item) => !match(item));
  },
  "TryGetValue(*)": (self: HashSet, wanted: unknown, actual: Ref) => {
    const found = self.find(wanted);
    actual.v = found === undefined ? defaultOf(self.elementType) : found;
    return found !== undefined;
  },
  "CopyTo(!0[])": (self: HashSet, target: CsArray) => copyItems([...self], 0, target, 0, self.itemCount),
  "CopyTo(!0[],int)": (self: HashSet, target: CsArray, index: number) =>
    copyItems([...self], 0, target, index, self.itemCount),
  "CopyTo(!0[],int,int)": (self: HashSet, target: CsArray, index: number, count: number) => {
    checkNonNegative(count, "count");
    copyItems([...self], 0, target, index, Math.min(count, self.itemCount));
  },
  "EnsureCapacity(int)": (self: HashSet, capacity: number) => {
    checkNonNegative(capacity, "capacity");
    return Math.max(capacity, self.itemCount);
  },
  "TrimExcess()": () => undefined,
  "GetEnumerator()": (self: HashSet) => new Enumerator(self, self.elementType),
});
