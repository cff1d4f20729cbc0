/** An array as IList<T>: what C# sees of an array through the collection interfaces. Its size is fixed. */
import { spend } from "../runtime/budget.ts";
import { equalsOf, isInstance } from "../runtime/object.ts";
import { CsArray, CsException } from "../runtime/values.ts";
import { fixedSize, noSuchElement, readOnlyCollection } from "./collection-errors.ts";
import type { ListProtocol } from "./collection-protocol.ts";

class ArrayList implements ListProtocol {
  readonly isReadOnly = true;
  readonly #array: CsArray;

  constructor(array: CsArray) {
    this.#array = array;
  }

  get itemCount(): number {
    return this.#array.items.length;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#array[Symbol.iterator]();
  }

  itemAt(index: number): unknown {
    if (index < 0 || index >= this.itemCount) throw noSuchElement();
    return this.#array.items[index];
  }

  setItemAt(index: number, item: unknown): void {
    if (index < 0 || index >= this.itemCount) throw noSuchElement();
    const { elementType } = this.#array;
    // An array of a derived class is a list of its base class as well.
    if (!elementType.isValueType && item !== null && !isInstance(item, elementType)) {
      throw new CsException(
        "System.ArrayTypeMismatchException",
        "Attempted to access an element as a type incompatible with the array.",
      );
    }
    this.#array.items[index] = item as never;
  }

  indexOfItem(item: unknown): number {
    const equals = equalsOf(this.#array.elementType);
    spend(this.itemCount);
    for (let i = 0; i < this.itemCount; i++) if (equals(this.#array.items[i], item)) return i;
    return -1;
  }

  containsItem(item: unknown): boolean {
    return this.indexOfItem(item) >= 0;
  }

  addItem(): void {
    throw fixedSize();
  }

  insertItem(): void {
    throw fixedSize();
  }

  removeItem(): boolean {
    throw fixedSize();
  }

  removeItemAt(): void {
    throw fixedSize();
  }

  clearItems(): void {
    throw readOnlyCollection();
  }
}

/** Any value of static type IList<T> or one of its base interfaces (or IReadOnlyList<T>), by the protocol. */
export function asList(value: unknown): ListProtocol {
  return value instanceof CsArray ? new ArrayList(value) : (value as ListProtocol);
}

/** Number of elements when the collection knows it, otherwise undefined. */
export function knownCount(source: unknown): number | undefined {
  if (source instanceof CsArray) return source.items.length;
  if (typeof source === "string") return source.length;
  return (source as Partial<ListProtocol>).itemCount;
}
