/** System.Collections.Generic.List<T>. */
import { allocate, spend } from "../runtime/budget.ts";
import { equalsOf, iterate } from "../runtime/object.ts";
import { CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { beyondEnd, collectionModified, nonNegativeRequired, noSuchElement } from "./collection-errors.ts";
import type { ListProtocol } from "./collection-protocol.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";

export class List extends CsObject implements ListProtocol {
  readonly isReadOnly = false;
  readonly elementType: Type;
  /** The elements; change them only through the methods, which count versions. */
  readonly items: unknown[];
  #version = 0;
  #capacity: number;

  /** @param items taken over, not copied */
  constructor(elementType: Type, items: unknown[] = [], capacity = items.length) {
    super();
    this.elementType = elementType;
    this.items = items;
    this.#capacity = capacity;
  }

  override get type(): Type {
    return type("System.Collections.Generic.List", this.elementType);
  }

  get itemCount(): number {
    return this.items.length;
  }

  /** As .NET grows it: 4, then doubled. */
  get capacity(): number {
    while (this.#capacity < this.items.length) this.#capacity = Math.max(4, this.#capacity * 2);
    return this.#capacity;
  }

  set capacity(value: number) {
    if (value < this.items.length) throw argumentOutOfRange("value", "capacity was less than the current size.");
    this.#capacity = value;
  }

  [Symbol.iterator](): IterableIterator<unknown> {
    return new ListIterator(this);
  }

  /** Counts the changes. */
  get version(): number {
    return this.#version;
  }

  /** For an enumeration at `index` that began at `version`: is there an element? Throws when the list was changed meanwhile. */
  goesOn(index: number, version: number): boolean {
    if (version !== this.#version) throw collectionModified();
    return index < this.items.length;
  }

  /** Runs `action` on each element; throws when the list is changed meanwhile. */
  forEach(action: (item: unknown) => void): void {
    const version = this.#version;
    for (let i = 0; i < this.items.length && version === this.#version; i++) action(this.items[i]);
    if (version !== this.#version) throw collectionModified();
  }

  addItem(item: unknown): void {
    spend(1);
    this.#version++;
    this.items.push(item);
  }

  clearItems(): void {
    this.#version++;
    this.items.length = 0;
  }

  containsItem(item: unknown): boolean {
    return this.indexOfItem(item) >= 0;
  }

  removeItem(item: unknown): boolean {
    const index = this.indexOfItem(item);
    if (index < 0) return false;
    this.removeItemAt(index);
    return true;
  }

  itemAt(index: number): unknown {
    if (index < 0 || index >= this.items.length) throw noSuchElement();
    return this.items[index];
  }

  setItemAt(index: number, item: unknown): void {
    if (index < 0 || index >= this.items.length) throw noSuchElement();
    this.#version++;
    this.items[index] = item;
  }

  indexOfItem(item: unknown, from = 0, count = this.items.length - from): number {
    const equals = equalsOf(this.elementType);
    spend(count);
    for (let i = from; i < from + count; i++) if (equals(this.items[i], item)) return i;
    return -1;
  }

  insertItem(index: number, item: unknown): void {
    if (index < 0 || index > this.items.length)
      throw argumentOutOfRange("index", "Index must be within the bounds of the List.");
    this.splice(index, 0, [item]);
  }

  removeItemAt(index: number): void {
    if (index < 0 || index >= this.items.length) throw noSuchElement();
    this.splice(index, 1, []);
  }

  /** Replaces `count` elements from `index` on, which must be inside the list, by others. */
  splice(index: number, count: number, others: readonly unknown[]): void {
    spend(this.items.length - index + others.length);
    allocate(this.items.length + others.length);
    this.#version++;
    const tail = this.items.slice(index + count);
    this.items.length = index;
    for (const item of others) this.items.push(item);
    for (const item of tail) this.items.push(item);
  }

  /** Replaces `count` elements from `index` on by the result of `change` on them; throws when they reach beyond the end. */
  change(index: number, count: number, change: (items: unknown[]) => void): void {
    this.checkRange(index, count);
    spend(count >> 3);
    const part = this.items.slice(index, index + count);
    change(part);
    this.#version++;
    part.forEach((item, i) => {
      this.items[index + i] = item;
    });
  }

  /** Throws unless `count` elements from `index` on are inside the list. */
  checkRange(index: number, count: number): void {
    if (index < 0) throw nonNegativeRequired("index");
    if (count < 0) throw nonNegativeRequired("count");
    if (this.items.length - index < count) throw beyondEnd();
  }
}

/** Written out because foreach over a list is so frequent. */
class ListIterator implements IterableIterator<unknown> {
  readonly #list: List;
  readonly #version: number;
  #index = 0;

  constructor(list: List) {
    this.#list = list;
    this.#version = list.version;
  }

  next(): IteratorResult<unknown> {
    const list = this.#list;
    if (list.version !== this.#version) throw collectionModified();
    if (this.#index >= list.items.length) return { done: true, value: undefined };
    return { done: false, value: list.items[this.#index++] };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** A List<T> of the elements of any IEnumerable<T>. */
export function listOf(elementType: Type, source: unknown): List {
  return new List(elementType, toItems(source, elementType));
}

/** The elements of any IEnumerable (of that element type, where it matters) as a fresh JavaScript array. */
export function toItems(source: unknown, elementType?: Type): unknown[] {
  if (source instanceof CsArray || source instanceof List) {
    allocate(source.items.length);
    return Array.isArray(source.items) ? source.items.slice() : Array.from(source.items);
  }
  const items: unknown[] = [];
  for (const item of iterate(source, elementType)) {
    spend(1);
    items.push(item);
  }
  return items;
}
