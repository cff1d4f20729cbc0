/** System.Collections.Generic.SortedSet<T>. */
import { defaultOf } from "../runtime/default-value.ts";
import { iterate } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import { comparison } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { Sequence } from "./sequence.ts";
import { setMembers, type SetProtocol } from "./set-operations.ts";
import { SortedTable } from "./sorted-table.ts";

export class SortedSet extends CsObject implements SetProtocol {
  readonly isReadOnly = false;
  readonly elementType: Type;
  readonly #comparer: unknown;
  readonly #table: SortedTable;

  /** @param comparer an IComparer<T>, or null for the default order */
  constructor(elementType: Type, comparer: unknown = null) {
    super();
    this.elementType = elementType;
    this.#comparer = comparer;
    this.#table = new SortedTable(comparison(comparer, elementType));
  }

  override get type(): Type {
    return type("System.Collections.Generic.SortedSet", this.elementType);
  }

  get itemCount(): number {
    return this.#table.keys.length;
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (const index of this.#table.indexes()) yield this.#table.keys[index];
  }

  /** The smallest (0) or largest (-1) element; default(T) of an empty set. */
  end(index: 0 | -1): unknown {
    return this.itemCount === 0 ? defaultOf(this.elementType) : this.#table.keys.at(index);
  }

  emptyCopy(): SortedSet {
    return new SortedSet(this.elementType, this.#comparer);
  }

  tryAdd(item: unknown): boolean {
    const place = this.#table.find(item);
    if (place >= 0) return false;
    this.#table.insert(place, item);
    return true;
  }

  addItem(item: unknown): void {
    this.tryAdd(item);
  }

  clearItems(): void {
    this.#table.clear();
  }

  containsItem(item: unknown): boolean {
    return this.#table.find(item) >= 0;
  }

  removeItem(item: unknown): boolean {
    const index = this.#table.find(item);
    if (index >= 0) this.#table.removeAt(index);
    return index >= 0;
  }
}

function filled(constructed: Type, source: unknown, comparer: unknown = null): SortedSet {
  requireArgument(source, "collection");
  const set = new SortedSet(constructed.args[0], comparer);
  for (const item of iterate(source, set.elementType)) set.tryAdd(item);
  return set;
}

implement("System.Collections.Generic.SortedSet", {
  ...setMembers,
  "new()": (constructed: Type) => new SortedSet(constructed.args[0]),
  "new(IComparer<!0>)": (constructed: Type, comparer: unknown) => new SortedSet(constructed.args[0], comparer),
  "new(IEnumerable<!0>)": (constructed: Type, source: unknown) => filled(constructed, source),
  "new(IEnumerable<!0>,IComparer<!0>)": filled,
  Min: (self: SortedSet) => self.end(0),
  Max: (self: SortedSet) => self.end(-1),
  "Reverse()": (self: SortedSet) =>
    new Sequence(self.elementType, function* () {
      yield* [...self].reverse();
    }),
  "GetEnumerator()": (self: SortedSet) => new Enumerator(self, self.elementType),
});
