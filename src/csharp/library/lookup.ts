/** System.Linq: IGrouping<K,E> and ILookup<K,E>, the groups that GroupBy, Join and ToLookup make. */
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { noSuchElement, readOnlyCollection } from "./collection-errors.ts";
import type { Counted, EqualityComparerProtocol, ReadOnlyListProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { HashTable } from "./hash-table.ts";

/** The elements of one key. */
export class Grouping extends CsObject implements ReadOnlyListProtocol {
  readonly isReadOnly = true;
  readonly key: unknown;
  readonly items: unknown[] = [];
  readonly #type: Type;

  /** @param ownType the constructed IGrouping<K,E> */
  constructor(ownType: Type, key: unknown) {
    super();
    this.#type = ownType;
    this.key = key;
  }

  override get type(): Type {
    return this.#type;
  }

  get itemCount(): number {
    return this.items.length;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.items[Symbol.iterator]();
  }

  itemAt(index: number): unknown {
    if (index < 0 || index >= this.items.length) throw noSuchElement();
    return this.items[index];
  }

  addItem(): void {
    throw readOnlyCollection();
  }
}

/** Groups by key, in the order in which the keys are met first. */
export class Lookup extends CsObject implements Counted {
  readonly elementType: Type;
  readonly #keyType: Type;
  readonly #table: HashTable;
  #groupType: Type | undefined;
  /** By slot of the table. */
  readonly #groups: Grouping[] = [];

  constructor(keyType: Type, elementType: Type, comparer: EqualityComparerProtocol | null) {
    super();
    this.#keyType = keyType;
    this.elementType = elementType;
    this.#table = new HashTable(keyType, comparer);
  }

  override get type(): Type {
    return type("System.Linq.ILookup", this.#keyType, this.elementType);
  }

  get itemCount(): number {
    return this.#groups.length;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#groups[Symbol.iterator]();
  }

  add(key: unknown, element: unknown): void {
    const slot = this.#table.find(key);
    if (slot >= 0) {
      this.#groups[slot].items.push(element);
      return;
    }
    this.#groupType ??= type("System.Linq.IGrouping", this.#keyType, this.elementType);
    const group = new Grouping(this.#groupType, key);
    group.items.push(element);
    this.#groups[this.#table.insert(key)] = group;
  }

  find(key: unknown): Grouping | undefined {
    return this.#groups[this.#table.find(key)];
  }

  /** The elements of a key; an empty array when there are none. */
  elementsOf(key: unknown): CsObject {
    return this.find(key) ?? arrayFrom(this.elementType, []);
  }
}

/** How a source is grouped. */
export interface Grouped {
  readonly source: unknown;
  readonly sourceType: Type;
  readonly keyType: Type;
  readonly elementType: Type;
  readonly selectKey: (item: unknown) => unknown;
  readonly selectElement: (item: unknown) => unknown;
  readonly comparer: EqualityComparerProtocol | null;
  /** Leaves out elements whose key is null, as joins do. */
  readonly skipNullKeys?: boolean;
}

export function lookupOf(grouped: Grouped): Lookup {
  const lookup = new Lookup(grouped.keyType, grouped.elementType, grouped.comparer);
  for (const item of iterate(grouped.source, grouped.sourceType)) {
    spend(1);
    const key = grouped.selectKey(item);
    if (key !== null || !grouped.skipNullKeys) lookup.add(key, grouped.selectElement(item));
  }
  return lookup;
}

implement("System.Linq.IGrouping", { Key: (self: Grouping) => self.key });

implement("System.Linq.ILookup", {
  Count: (self: Lookup) => self.itemCount,
  "this[!0]": (self: Lookup, key: unknown) => self.elementsOf(key),
  "Contains(*)": (self: Lookup, key: unknown) => self.find(key) !== undefined,
  "GetEnumerator()": (self: Lookup) => new Enumerator(self),
});
