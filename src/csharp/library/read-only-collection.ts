/** System.Collections.ObjectModel: ReadOnlyCollection<T> over a list, ReadOnlyDictionary<K,V> over a dictionary or a ReadOnlyMap. */
import { defaultOf } from "../runtime/default-value.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { asList } from "./array-list.ts";
import { noSuchKey, readOnlyCollection, requireArgument } from "./collection-errors.ts";
import type { DictionaryProtocol, ListProtocol, ReadOnlyDictionaryProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";

/** A view of a list that cannot be changed through it. */
export class ReadOnlyCollection extends CsObject implements ListProtocol {
  readonly isReadOnly = true;
  readonly elementType: Type;
  readonly #list: ListProtocol;

  /** @param list an IList<T>: List, array or anything else with the protocol */
  constructor(elementType: Type, list: unknown) {
    super();
    this.elementType = elementType;
    this.#list = asList(list);
  }

  override get type(): Type {
    return type("System.Collections.ObjectModel.ReadOnlyCollection", this.elementType);
  }

  get itemCount(): number {
    return this.#list.itemCount;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#list[Symbol.iterator]();
  }

  itemAt(index: number): unknown {
    return this.#list.itemAt(index);
  }

  indexOfItem(item: unknown): number {
    return this.#list.indexOfItem(item);
  }

  containsItem(item: unknown): boolean {
    return this.#list.containsItem(item);
  }

  setItemAt(): void {
    throw readOnlyCollection();
  }

  addItem(): void {
    throw readOnlyCollection();
  }

  insertItem(): void {
    throw readOnlyCollection();
  }

  removeItem(): boolean {
    throw readOnlyCollection();
  }

  removeItemAt(): void {
    throw readOnlyCollection();
  }

  clearItems(): void {
    throw readOnlyCollection();
  }
}

/** A view of a dictionary that cannot be changed through it. */
export class ReadOnlyDictionary extends CsObject implements DictionaryProtocol {
  readonly isReadOnly = true;
  readonly #type: Type;
  readonly #dictionary: DictionaryProtocol;

  /** @param ownType the constructed ReadOnlyDictionary<K,V> */
  constructor(ownType: Type, dictionary: DictionaryProtocol) {
    super();
    this.#type = ownType;
    this.#dictionary = dictionary;
  }

  override get type(): Type {
    return this.#type;
  }

  get itemCount(): number {
    return this.#dictionary.itemCount;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#dictionary[Symbol.iterator]();
  }

  lookUp(key: unknown): unknown {
    return this.#dictionary.lookUp(key);
  }

  keySequence(): CsObject {
    return this.#dictionary.keySequence();
  }

  valueSequence(): CsObject {
    return this.#dictionary.valueSequence();
  }

  containsItem(item: unknown): boolean {
    return this.#dictionary.containsItem(item);
  }

  addItem(): void {
    throw readOnlyCollection();
  }

  addEntry(): void {
    throw readOnlyCollection();
  }

  putEntry(): void {
    throw readOnlyCollection();
  }

  removeItem(): boolean {
    throw readOnlyCollection();
  }

  removeKey(): boolean {
    throw readOnlyCollection();
  }

  clearItems(): void {
    throw readOnlyCollection();
  }
}

implement("System.Collections.ObjectModel.ReadOnlyCollection", {
  "new(*)": (constructed: Type, list: unknown) => {
    requireArgument(list, "list");
    return new ReadOnlyCollection(constructed.args[0], list);
  },
  Count: (self: ReadOnlyCollection) => self.itemCount,
  "this[int]": (self: ReadOnlyCollection, index: number) => self.itemAt(index),
  "Contains(*)": (self: ReadOnlyCollection, item: unknown) => self.containsItem(item),
  "IndexOf(*)": (self: ReadOnlyCollection, item: unknown) => self.indexOfItem(item),
  "CopyTo(*)": (self: ReadOnlyCollection, target: CsArray, index: number) =>
    copyItems([...self], 0, target, index, self.itemCount),
  "GetEnumerator()": (self: ReadOnlyCollection) => new Enumerator(self, self.elementType),
});

// The receiver may also be a ReadOnlyMap: only the read-only protocol is used.
implement("System.Collections.ObjectModel.ReadOnlyDictionary", {
  "new(*)": (constructed: Type, dictionary: DictionaryProtocol | null) => {
    requireArgument(dictionary, "dictionary");
    return new ReadOnlyDictionary(constructed, dictionary as DictionaryProtocol);
  },
  Count: (self: ReadOnlyDictionaryProtocol) => self.itemCount,
  Keys: (self: ReadOnlyDictionaryProtocol) => self.keySequence(),
  Values: (self: ReadOnlyDictionaryProtocol) => self.valueSequence(),
  "this[!0]": readEntry,
  "ContainsKey(*)": (self: ReadOnlyDictionaryProtocol, key: unknown) => self.lookUp(key) !== undefined,
  "TryGetValue(*)": tryReadEntry,
  "GetEnumerator()": (self: CsObject) => new Enumerator(self),
});

/** dictionary[key]. */
export function readEntry(self: ReadOnlyDictionaryProtocol, key: unknown): unknown {
  const value = self.lookUp(key);
  if (value === undefined && self.answersNull) return null;
  if (value === undefined) throw noSuchKey(key, dictionaryTypes(self)[0]);
  return value;
}

/** dictionary.TryGetValue(key, out value). */
export function tryReadEntry(self: ReadOnlyDictionaryProtocol, key: unknown, value: Ref): boolean {
  const found = self.lookUp(key);
  value.v = found === undefined ? defaultOf(dictionaryTypes(self)[1]) : found;
  return found !== undefined;
}

const DICTIONARY = new Set([
  "System.Collections.Generic.IDictionary",
  "System.Collections.Generic.IReadOnlyDictionary",
]);

/** K and V of the dictionary interface that a value implements; object and object when it has none. */
export function dictionaryTypes(dictionary: unknown): readonly [key: Type, value: Type] {
  const own = (dictionary as CsObject).type;
  const found = DICTIONARY.has(own.name) ? own : own.interfaces.find((i) => DICTIONARY.has(i.name));
  const [key, value] = found?.args ?? own.args;
  const object = type("System.Object");
  return [key ?? object, value ?? object];
}
