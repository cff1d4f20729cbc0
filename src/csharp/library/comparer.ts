/**
 * Comparers: IComparer<T> and IEqualityComparer<T> as arguments, Comparer<T> and EqualityComparer<T>.
 * StringComparer (string-comparer.ts) is one more class that offers the two protocols.
 */
import { compareObjects, compareOf, equalsOf, hashOf, isInstance } from "../runtime/object.ts";
import { CsObject, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import type { ComparerProtocol, EqualityComparerProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { argument } from "./exceptions-thrown.ts";

/** Equality and hash of keys, resolved once so that loops need no look-ups. */
export interface KeyEquality {
  equals(a: unknown, b: unknown): boolean;
  hash(key: unknown): number;
}

/** The equality that an IEqualityComparer<T> argument asks for; null means EqualityComparer<T>.Default. */
export function keyEquality(comparer: unknown, keyType: Type): KeyEquality {
  if (comparer === null) return { equals: equalsOf(keyType), hash: hashOf(keyType) };
  const given = comparer as EqualityComparerProtocol;
  return { equals: (a, b) => given.sameItems(a, b), hash: (key) => given.hashItem(key) };
}

/** The order that an IComparer<T> argument asks for; null means Comparer<T>.Default. */
export function comparison(comparer: unknown, itemType: Type): (a: unknown, b: unknown) => number {
  if (comparer === null) return compareOf(itemType);
  const given = comparer as ComparerProtocol;
  return (a, b) => given.compareItems(a, b);
}

/** EqualityComparer<T>.Default. */
export class DefaultEqualityComparer extends CsObject implements EqualityComparerProtocol {
  readonly #type: Type;
  readonly #itemType: Type;

  constructor(itemType: Type) {
    super();
    this.#itemType = itemType;
    this.#type = type("System.Collections.Generic.EqualityComparer", itemType);
  }

  override get type(): Type {
    return this.#type;
  }

  override equals(other: unknown): boolean {
    return other instanceof DefaultEqualityComparer && other.#itemType === this.#itemType;
  }

  sameItems(a: unknown, b: unknown): boolean {
    return equalsOf(this.#itemType)(a, b);
  }

  hashItem(item: unknown): number {
    return hashOf(this.#itemType)(item);
  }
}

/** Comparer<T>.Default and Comparer<T>.Create(comparison). */
export class OrderComparer extends CsObject implements ComparerProtocol {
  readonly #type: Type;
  readonly #compare: (a: unknown, b: unknown) => number;

  constructor(itemType: Type, compare: (a: unknown, b: unknown) => number = compareOf(itemType)) {
    super();
    this.#type = type("System.Collections.Generic.Comparer", itemType);
    this.#compare = compare;
  }

  override get type(): Type {
    return this.#type;
  }

  compareItems(a: unknown, b: unknown): number {
    return this.#compare(a, b);
  }
}

const compareItems = (self: ComparerProtocol, a: unknown, b: unknown) => self.compareItems(a, b);
const equalItems = (self: EqualityComparerProtocol, a: unknown, b: unknown) => self.sameItems(a, b);
const hashItem = (self: EqualityComparerProtocol, item: unknown) => self.hashItem(item);

/** An object as what a generic comparer compares. */
function argumentOf(t: Type, value: unknown): unknown {
  if (!isInstance(value, t)) throw argument("Type of argument is not compatible with the generic comparer.");
  return t.isValueType ? unbox(value) : value;
}

// The non-generic interfaces compare objects.

function compareAny(self: ComparerProtocol, a: unknown, b: unknown): number {
  if (!(self instanceof OrderComparer)) return self.compareItems(a, b);
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const t = self.type.args[0];
  return self.compareItems(argumentOf(t, a), argumentOf(t, b));
}

function equalAny(self: EqualityComparerProtocol, a: unknown, b: unknown): boolean {
  if (!(self instanceof DefaultEqualityComparer)) return self.sameItems(a, b);
  if (a === b) return true;
  if (a === null || b === null) return false;
  const t = self.type.args[0];
  return self.sameItems(argumentOf(t, a), argumentOf(t, b));
}

function hashAny(self: EqualityComparerProtocol, item: unknown): number {
  if (!(self instanceof DefaultEqualityComparer)) return self.hashItem(item);
  return item === null ? 0 : self.hashItem(argumentOf(self.type.args[0], item));
}

implement("System.Collections.Generic.IComparer", { "Compare(!0,!0)": compareItems });
implement("System.Collections.IComparer", { "Compare(object,object)": compareAny });
implement("System.Collections.Generic.IEqualityComparer", {
  "Equals(!0,!0)": equalItems,
  "GetHashCode(!0)": hashItem,
});
implement("System.Collections.IEqualityComparer", {
  "Equals(object,object)": equalAny,
  "GetHashCode(object)": hashAny,
});

implement("System.Collections.Generic.Comparer", {
  Default: (constructed: Type) => new OrderComparer(constructed.args[0]),
  "Create(*)": (constructed: Type, compare: (a: unknown, b: unknown) => number) =>
    new OrderComparer(constructed.args[0], compare),
  "Compare(!0,!0)": compareItems,
});

implement("System.Collections.Generic.EqualityComparer", {
  Default: (constructed: Type) => new DefaultEqualityComparer(constructed.args[0]),
  "Equals(!0,!0)": equalItems,
  "GetHashCode(!0)": hashItem,
});

implement("System.Collections.Comparer", {
  Default: () => new OrderComparer(type("System.Object"), compareObjects),
  DefaultInvariant: () => new OrderComparer(type("System.Object"), compareObjects),
  "Compare(object,object)": compareItems,
});
