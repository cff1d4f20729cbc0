/** System.Collections.Generic.Dictionary<TKey, TValue>. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { equalsOf, iterate } from "../runtime/object.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { duplicateKey, noSuchKey, requireArgument } from "./collection-errors.ts";
import { type DictionaryProtocol, ReadOnlyItems } from "./collection-protocol.ts";
import { DefaultEqualityComparer } from "./comparer.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { HashTable } from "./hash-table.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";

export class Dictionary extends CsObject implements DictionaryProtocol {
  readonly isReadOnly = false;
  readonly keyType: Type;
  readonly valueType: Type;
  /** IEqualityComparer<TKey>, or null for the default. */
  readonly comparer: unknown;
  readonly #table: HashTable;
  /** Values by the table's slots. */
  readonly #values: unknown[] = [];

  constructor(keyType: Type, valueType: Type, comparer: unknown = null) {
    super();
    this.keyType = keyType;
    this.valueType = valueType;
    this.comparer = comparer;
    this.#table = new HashTable(keyType, comparer);
  }

  override get type(): Type {
    return type("System.Collections.Generic.Dictionary", this.keyType, this.valueType);
  }

  get itemCount(): number {
    return this.#table.size;
  }

  lookUp(key: unknown): unknown {
    if (key === null) throw argumentNull("key");
    const slot = this.#table.find(key);
    return slot < 0 ? undefined : this.#values[slot];
  }

  /** Adds unless the key is there; answers whether it was added. */
  tryAdd(key: unknown, value: unknown): boolean {
    if (key === null) throw argumentNull("key");
    if (this.#table.find(key) >= 0) return false;
    this.#values[this.#table.insert(key)] = value;
    return true;
  }

  addEntry(key: unknown, value: unknown): void {
    if (!this.tryAdd(key, value)) throw duplicateKey(key, this.keyType);
  }

  putEntry(key: unknown, value: unknown): void {
    if (key === null) throw argumentNull("key");
    const slot = this.#table.find(key);
    this.#values[slot < 0 ? this.#table.insert(key) : slot] = value;
  }

  removeKey(key: unknown): boolean {
    return this.takeOut(key) !== undefined;
  }

  /** Removes a key and answers its value, undefined when absent. */
  takeOut(key: unknown): unknown {
    if (key === null) throw argumentNull("key");
    const slot = this.#table.remove(key);
    if (slot < 0) return undefined;
    const value = this.#values[slot];
    this.#values[slot] = undefined;
    return value;
  }

  clearItems(): void {
    this.#table.clear();
    this.#values.length = 0;
  }

  containsValue(value: unknown): boolean {
    const equals = equalsOf(this.valueType);
    spend(this.itemCount);
    for (const own of this.valueSequence()) if (equals(own, value)) return true;
    return false;
  }

  keySequence(): ReadOnlyItems {
    const own = type("System.Collections.Generic.Dictionary+KeyCollection", this.keyType, this.valueType);
    return new ReadOnlyItems(
      this.keyType,
      () => this.itemCount,
      () => this.#table.enumerate((slot) => this.#table.keys[slot]),
      own,
    );
  }

  valueSequence(): ReadOnlyItems {
    const own = type("System.Collections.Generic.Dictionary+ValueCollection", this.keyType, this.valueType);
    return new ReadOnlyItems(
      this.valueType,
      () => this.itemCount,
      () => this.#table.enumerate((slot) => this.#values[slot]),
      own,
    );
  }

  [Symbol.iterator](): Iterator<unknown> {
    const pair = pairType(this.keyType, this.valueType);
    return this.#table.enumerate((slot) => new KeyValuePair(pair, this.#table.keys[slot], this.#values[slot]));
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

function create(constructed: Type, comparer: unknown): Dictionary {
  return new Dictionary(constructed.args[0], constructed.args[1], comparer);
}

function createSized(constructed: Type, capacity: number, comparer: unknown): Dictionary {
  if (capacity < 0) throw argumentOutOfRange("capacity");
  return create(constructed, comparer);
}

function copyOf(constructed: Type, source: unknown, parameter: string, comparer: unknown): Dictionary {
  requireArgument(source, parameter);
  const copy = create(constructed, comparer);
  const pair = pairType(constructed.args[0], constructed.args[1]);
  for (const item of iterate(source, pair)) copy.addItem(item);
  return copy;
}

implement("System.Collections.Generic.Dictionary", {
  "new()": (constructed: Type) => create(constructed, null),
  "new(int)": (constructed: Type, capacity: number) => createSized(constructed, capacity, null),
  "new(IEqualityComparer<!0>)": create,
  "new(int,IEqualityComparer<!0>)": createSized,
  "new(IDictionary<!0,!1>)": (constructed: Type, source: unknown) => copyOf(constructed, source, "dictionary", null),
  "new(IDictionary<!0,!1>,IEqualityComparer<!0>)": (constructed: Type, source: unknown, comparer: unknown) =>
    copyOf(constructed, source, "dictionary", comparer),
  "new(IEnumerable<KeyValuePair<!0,!1>>)": (constructed: Type, source: unknown) =>
    copyOf(constructed, source, "collection", null),
  "new(IEnumerable<KeyValuePair<!0,!1>>,IEqualityComparer<!0>)": (
    constructed: Type,
    source: unknown,
    comparer: unknown,
  ) => copyOf(constructed, source, "collection", comparer),
  Count: (self: Dictionary) => self.itemCount,
  Comparer: (self: Dictionary) => self.comparer ?? new DefaultEqualityComparer(self.keyType),
  Keys: (self: Dictionary) => self.keySequence(),
  Values: (self: Dictionary) => self.valueSequence(),
  "GetEnumerator()": (self: Dictionary) => new Enumerator(self, pairType(self.keyType, self.valueType)),
  "this[!0]": (self: Dictionary, key: unknown) => {
    const value = self.lookUp(key);
    if (value === undefined) throw noSuchKey(key, self.keyType);
    return value;
  },
  "this[!0]=": (self: Dictionary, key: unknown, value: unknown) => self.putEntry(key, value),
  "Add(!0,!1)": (self: Dictionary, key: unknown, value: unknown) => self.addEntry(key, value),
  "TryAdd(!0,!1)": (self: Dictionary, key: unknown, value: unknown) => self.tryAdd(key, value),
  "Clear()": (self: Dictionary) => self.clearItems(),
  "ContainsKey(!0)": (self: Dictionary, key: unknown) => self.lookUp(key) !== undefined,
  "ContainsValue(!1)": (self: Dictionary, value: unknown) => self.containsValue(value),
  "EnsureCapacity(int)": (self: Dictionary, capacity: number) => {
    if (capacity < 0) throw argumentOutOfRange("capacity");
    return Math.max(capacity, self.itemCount);
  },
  "TrimExcess(*)": () => undefined,
  "Remove(!0)": (self: Dictionary, key: unknown) => self.removeKey(key),
  "Remove(!0,!1&)": (self: Dictionary, key: unknown, value: Ref) => {
    const found = self.takeOut(key);
    value.v = found === undefined ? defaultOf(self.valueType) : found;
    return found !== undefined;
  },
  "TryGetValue(!0,!1&)": (self: Dictionary, key: unknown, value: Ref) => {
    const found = self.lookUp(key);
    value.v = found === undefined ? defaultOf(self.valueType) : found;
    return found !== undefined;
  },
});

// Keys and Values; the receiver is a ReadOnlyItems.
for (const [name, argument] of [
  ["KeyCollection", 0],
  ["ValueCollection", 1],
] as const) {
  implement(`System.Collections.Generic.Dictionary+${name}`, {
    "new(*)": (_constructed: Type, dictionary: Dictionary | null) => {
      requireArgument(dictionary, "dictionary");
      return name === "KeyCollection" ? dictionary?.keySequence() : dictionary?.valueSequence();
    },
    Count: (self: ReadOnlyItems) => self.itemCount,
    [`Contains(!${argument})`]: (self: ReadOnlyItems, item: unknown) => self.containsItem(item),
    [`CopyTo(!${argument}[],int)`]: (self: ReadOnlyItems, target: CsArray, index: number) =>
      copyItems([...self], 0, target, index, self.itemCount),
    "GetEnumerator()": (self: ReadOnlyItems) => new Enumerator(self, self.elementType),
  });
}
