/** System.Collections.Generic.SortedDictionary<TKey, TValue>. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { equalsOf, iterate } from "../runtime/object.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { duplicateKey, noSuchKey, requireArgument } from "./collection-errors.ts";
import { type DictionaryProtocol, ReadOnlyItems } from "./collection-protocol.ts";
import { comparison, OrderComparer } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";
import { SortedTable } from "./sorted-table.ts";

const NAME = "System.Collections.Generic.SortedDictionary";

export class SortedDictionary extends CsObject implements DictionaryProtocol {
  readonly isReadOnly = false;
  readonly keyType: Type;
  readonly valueType: Type;
  /** IComparer<TKey>, or null for the default order. */
  readonly comparer: unknown;
  readonly #table: SortedTable;

  constructor(keyType: Type, valueType: Type, comparer: unknown = null) {
    super();
    this.keyType = keyType;
    this.valueType = valueType;
    this.comparer = comparer;
    this.#table = new SortedTable(comparison(comparer, keyType));
  }

  override get type(): Type {
    return type(NAME, this.keyType, this.valueType);
  }

  get itemCount(): number {
    return this.#table.keys.length;
  }

  #find(key: unknown): number {
    if (key === null) throw argumentNull("key");
    return this.#table.find(key);
  }

  lookUp(key: unknown): unknown {
    const index = this.#find(key);
    return index < 0 ? undefined : this.#table.values[index];
  }

  addEntry(key: unknown, value: unknown): void {
    const place = this.#find(key);
    if (place >= 0) throw duplicateKey(key, this.keyType);
    this.#table.insert(place, key, value);
  }

  putEntry(key: unknown, value: unknown): void {
    const place = this.#find(key);
    if (place >= 0) this.#table.values[place] = value;
    else this.#table.insert(place, key, value);
  }

  removeKey(key: unknown): boolean {
    const index = this.#find(key);
    if (index >= 0) this.#table.removeAt(index);
    return index >= 0;
  }

  clearItems(): void {
    this.#table.clear();
  }

  containsValue(value: unknown): boolean {
    const equals = equalsOf(this.valueType);
    spend(this.itemCount);
    return this.#table.values.some((own) => equals(own, value));
  }

  keySequence(): ReadOnlyItems {
    const own = type(`${NAME}+KeyCollection`, this.keyType, this.valueType);
    return new ReadOnlyItems(
      this.keyType,
      () => this.itemCount,
      () => this.#enumerate((i) => this.#table.keys[i]),
      own,
    );
  }

  valueSequence(): ReadOnlyItems {
    const own = type(`${NAME}+ValueCollection`, this.keyType, this.valueType);
    return new ReadOnlyItems(
      this.valueType,
      () => this.itemCount,
      () => this.#enumerate((i) => this.#table.values[i]),
      own,
    );
  }

  *#enumerate(select: (index: number) => unknown): Generator<unknown> {
    for (const index of this.#table.indexes()) yield select(index);
  }

  [Symbol.iterator](): Iterator<unknown> {
    const pair = pairType(this.keyType, this.valueType);
    return this.#enumerate((i) => new KeyValuePair(pair, this.#table.keys[i], this.#table.values[i]));
  }

  addItem(item: unknown): void {
    const { key, value } = item as KeyValuePair;
    this.addEntry(key, value);
  }

  containsItem(item: unknown): boolean {
    const { key, value } = item as KeyValuePair;
    const found = this.lookUp(key);
    return found !== undefined && equalsOf(this.valueType)(found, value);
  }

  removeItem(item: unknown): boolean {
    return this.containsItem(item) && this.removeKey((item as KeyValuePair).key);
  }
}

function create(constructed: Type, comparer: unknown = null): SortedDictionary {
  return new SortedDictionary(constructed.args[0], constructed.args[1], comparer);
}

function copyOf(constructed: Type, source: unknown, comparer: unknown = null): SortedDictionary {
  requireArgument(source, "dictionary");
  const copy = create(constructed, comparer);
  for (const item of iterate(source, pairType(copy.keyType, copy.valueType))) copy.addItem(item);
  return copy;
}

implement(NAME, {
  "new()": create,
  "new(IComparer<!0>)": create,
  "new(IDictionary<!0,!1>)": copyOf,
  "new(IDictionary<!0,!1>,IComparer<!0>)": copyOf,
  Count: (self: SortedDictionary) => self.itemCount,
  Comparer: (self: SortedDictionary) => self.comparer ?? new OrderComparer(self.keyType),
  Keys: (self: SortedDictionary) => self.keySequence(),
  Values: (self: SortedDictionary) => self.valueSequence(),
  "this[!0]": (self: SortedDictionary, key: unknown) => {
    const value = self.lookUp(key);
    if (value === undefined) throw noSuchKey(key, self.keyType);
    return value;
  },
  "this[!0]=": (self: SortedDictionary, key: unknown, value: unknown) => self.putEntry(key, value),
  "Add(!0,!1)": (self: SortedDictionary, key: unknown, value: unknown) => self.addEntry(key, value),
  "Clear()": (self: SortedDictionary) => self.clearItems(),
  "ContainsKey(!0)": (self: SortedDictionary, key: unknown) => self.lookUp(key) !== undefined,
  "ContainsValue(!1)": (self: SortedDictionary, value: unknown) => self.containsValue(value),
  "Remove(!0)": (self: SortedDictionary, key: unknown) => self.removeKey(key),
  "TryGetValue(*)": (self: SortedDictionary, key: unknown, value: Ref) => {
    const found = self.lookUp(key);
    value.v = found === undefined ? defaultOf(self.valueType) : found;
    return found !== undefined;
  },
  "GetEnumerator()": (self: SortedDictionary) => new Enumerator(self, pairType(self.keyType, self.valueType)),
});

// Keys and Values; the receiver is a ReadOnlyItems.
for (const [name, argument] of [
  ["KeyCollection", 0],
  ["ValueCollection", 1],
] as const) {
  implement(`${NAME}+${name}`, {
    Count: (self: ReadOnlyItems) => self.itemCount,
    [`CopyTo(!${argument}[],int)`]: (self: ReadOnlyItems, target: CsArray, index: number) =>
      copyItems([...self], 0, target, index, self.itemCount),
    "GetEnumerator()": (self: ReadOnlyItems) => new Enumerator(self, self.elementType),
  });
}
