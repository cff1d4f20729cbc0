/**
 * What a class must offer so that C# code can use it through ICollection<T>, IList<T>, IDictionary<K,V> and the read-only interfaces.
 * Members of the interfaces (collection-interfaces.ts) call these methods on whatever object they meet; the names are longer than
 * they need to be so that they do not clash with a class's own members (JToken.Remove(), JContainer.Count ...).
 *
 * All values are in the representation of the element, key or value type (runtime/values.ts). Enumeration is `[Symbol.iterator]`;
 * that of a dictionary gives KeyValuePair instances.
 */
import { equalsOf } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { readOnlyCollection } from "./collection-errors.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";

/** IEnumerable<T>. */
export type Enumerable = Iterable<unknown>;

/** IReadOnlyCollection<T>. */
export interface Counted extends Enumerable {
  readonly itemCount: number;
}

/** ICollection<T>. */
export interface CollectionProtocol extends Counted {
  readonly isReadOnly: boolean;
  addItem(item: unknown): void;
  clearItems(): void;
  containsItem(item: unknown): boolean;
  /** False when the item was not there. */
  removeItem(item: unknown): boolean;
}

/** IReadOnlyList<T>. */
export interface ReadOnlyListProtocol extends Counted {
  /** Throws ArgumentOutOfRangeException. */
  itemAt(index: number): unknown;
}

/** IList<T>. Indexes out of range throw ArgumentOutOfRangeException. */
export interface ListProtocol extends CollectionProtocol, ReadOnlyListProtocol {
  setItemAt(index: number, item: unknown): void;
  /** -1 when absent. */
  indexOfItem(item: unknown): number;
  insertItem(index: number, item: unknown): void;
  removeItemAt(index: number): void;
}

/** IReadOnlyDictionary<K,V>. */
export interface ReadOnlyDictionaryProtocol extends Counted {
  /** The value of a key, `undefined` when absent. A null key throws ArgumentNullException. */
  lookUp(key: unknown): unknown;
  /** The indexer gives null for a key that is not there. */
  readonly answersNull?: boolean;
  /** IEnumerable<K>, a .NET value. */
  keySequence(): CsObject;
  /** IEnumerable<V>, a .NET value. */
  valueSequence(): CsObject;
}

/** IDictionary<K,V>; as ICollection<KeyValuePair<K,V>> its items are KeyValuePair instances. */
export interface DictionaryProtocol extends CollectionProtocol, ReadOnlyDictionaryProtocol {
  /** Throws ArgumentException when the key is there already. */
  addEntry(key: unknown, value: unknown): void;
  /** Adds or replaces. */
  putEntry(key: unknown, value: unknown): void;
  /** False when the key was not there. */
  removeKey(key: unknown): boolean;
}

/** IEqualityComparer<T>. */
export interface EqualityComparerProtocol {
  sameItems(a: unknown, b: unknown): boolean;
  hashItem(item: unknown): number;
}

/** IComparer<T>: negative, zero, positive. */
export interface ComparerProtocol {
  compareItems(a: unknown, b: unknown): number;
}

/** What a ReadOnlyMap reads from: a JavaScript Map, or any lookup that can list its keys. */
export interface KeyedSource {
  readonly size: number;
  /** undefined when absent */
  get(key: never): unknown;
  keys(): Iterable<unknown>;
}

export interface ReadOnlyMapOptions {
  keyType: Type;
  valueType: Type;
  /** Keys are strings and match without regard to ASCII or Unicode case. */
  ignoreCase?: boolean;
}

/**
 * A ready-made IReadOnlyDictionary<K,V> over a Map or lookup: headers, query parameters, variables. It reads the source at every
 * access, so that changes of the source show. Keys with a primitive representation only (string, int, long ...).
 */
export class ReadOnlyMap extends CsObject implements ReadOnlyDictionaryProtocol, CollectionProtocol {
  readonly isReadOnly = true;
  readonly #source: KeyedSource;
  readonly #options: ReadOnlyMapOptions;

  constructor(source: KeyedSource, options: ReadOnlyMapOptions) {
    super();
    this.#source = source;
    this.#options = options;
  }

  override get type(): Type {
    return type("System.Collections.ObjectModel.ReadOnlyDictionary", this.#options.keyType, this.#options.valueType);
  }

  get itemCount(): number {
    return this.#source.size;
  }

  lookUp(key: unknown): unknown {
    if (key === null) throw argumentNull("key");
    const found = this.#source.get(key as never);
    if (found !== undefined || !this.#options.ignoreCase) return found;
    const folded = (key as string).toUpperCase();
    for (const candidate of this.#source.keys()) {
      if ((candidate as string).toUpperCase() === folded) return this.#source.get(candidate as never);
    }
    return undefined;
  }

  keySequence(): CsObject {
    return new ReadOnlyItems(
      this.#options.keyType,
      () => this.#source.size,
      () => this.#source.keys(),
    );
  }

  valueSequence(): CsObject {
    return new ReadOnlyItems(
      this.#options.valueType,
      () => this.#source.size,
      () => this.#values(),
    );
  }

  *#values(): Generator<unknown> {
    for (const key of this.#source.keys()) yield this.#source.get(key as never);
  }

  *[Symbol.iterator](): Iterator<unknown> {
    const pair = pairType(this.#options.keyType, this.#options.valueType);
    for (const key of this.#source.keys()) yield new KeyValuePair(pair, key, this.#source.get(key as never));
  }

  addItem(): void {
    throw readOnlyCollection();
  }

  clearItems(): void {
    throw readOnlyCollection();
  }

  containsItem(item: unknown): boolean {
    const { key, value } = item as KeyValuePair;
    const found = this.lookUp(key);
    return found !== undefined && equalsOf(this.#options.valueType)(found, value);
  }

  removeItem(): boolean {
    throw readOnlyCollection();
  }
}

/** A read-only view of items that live elsewhere, such as the keys of a dictionary. */
export class ReadOnlyItems extends CsObject implements CollectionProtocol {
  readonly isReadOnly = true;
  readonly elementType: Type;
  readonly #count: () => number;
  readonly #items: () => Iterable<unknown>;
  readonly #type: Type | undefined;

  /** @param ownType run-time type; ICollection<T> without it */
  constructor(elementType: Type, count: () => number, items: () => Iterable<unknown>, ownType?: Type) {
    super();
    this.elementType = elementType;
    this.#count = count;
    this.#items = items;
    this.#type = ownType;
  }

  override get type(): Type {
    return this.#type ?? type("System.Collections.Generic.ICollection", this.elementType);
  }

  get itemCount(): number {
    return this.#count();
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#items()[Symbol.iterator]();
  }

  containsItem(item: unknown): boolean {
    const equals = equalsOf(this.elementType);
    for (const own of this.#items()) if (equals(own, item)) return true;
    return false;
  }

  addItem(): void {
    throw readOnlyCollection();
  }

  clearItems(): void {
    throw readOnlyCollection();
  }

  removeItem(): boolean {
    throw readOnlyCollection();
  }
}
