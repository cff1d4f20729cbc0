/** System.Tuple<...>, the reference type, and the zero value and factory of value tuples (which are runtime/structural.ts). */
import { defaultOf, structDefault } from "../runtime/default-value.ts";
import { compareOf, equalsOf, hashOf, textOf } from "../runtime/object.ts";
import { CsTuple } from "../runtime/structural.ts";
import { CsException, CsObject } from "../runtime/values.ts";
import { type Type, tupleOf, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument } from "./exceptions-thrown.ts";

/** An instance of System.Tuple<T1, ...>. */
export class ReferenceTuple extends CsObject {
  readonly #type: Type;
  /** In the representations of `type.args`. */
  readonly items: readonly unknown[];

  constructor(constructed: Type, items: readonly unknown[]) {
    super();
    this.#type = constructed;
    this.items = items;
  }

  override get type(): Type {
    return this.#type;
  }

  override toText(): string {
    return `(${this.#texts().join(", ")})`;
  }

  /** Elements as text, those of Rest among them. */
  #texts(): string[] {
    return this.items.flatMap((item, i) =>
      i === REST && item instanceof ReferenceTuple ? item.#texts() : textOf(item, this.#type.args[i]),
    );
  }

  override equals(other: unknown): boolean {
    if (!(other instanceof ReferenceTuple) || other.#type !== this.#type) return false;
    return this.#type.args.every((t, i) => equalsOf(t)(this.items[i], other.items[i]));
  }

  override hash(): number {
    return this.#type.args.reduce((hash, t, i) => (Math.imul(hash, 33) + hashOf(t)(this.items[i])) | 0, 0);
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof ReferenceTuple) || other.#type !== this.#type) {
      throw new CsException(
        "System.ArgumentException",
        `Argument must be of type ${this.#type.clrName}. (Parameter 'other')`,
      );
    }
    for (const [i, t] of this.#type.args.entries()) {
      const order = compareOf(t)(this.items[i], other.items[i]);
      if (order !== 0) return order;
    }
    return 0;
  }
}

const LARGEST = 8;

/** Index of the element that holds the others of a tuple with more than seven. */
const REST = 7;

const members: Members = {
  "Create(*)": (...args: unknown[]) => createFrom(args),
  "new(*)": (constructed: Type, ...items: unknown[]) => {
    if (items.length === LARGEST && !(items[REST] instanceof ReferenceTuple)) {
      throw argument("The last element of an eight element tuple must be a Tuple.");
    }
    return new ReferenceTuple(constructed, items);
  },
};
for (let i = 0; i < LARGEST; i++) members[`Item${i + 1}`] = (self: ReferenceTuple) => self.items[i];
members.Rest = (self: ReferenceTuple) => self.items[REST];
implement("System.Tuple", members);

/** Type arguments come first, then as many values. The eighth goes into a Tuple of its own. */
function createFrom(args: unknown[]): ReferenceTuple {
  const count = args.length / 2;
  const types = args.slice(0, count) as Type[];
  const items = args.slice(count);
  if (count < LARGEST) return new ReferenceTuple(type("System.Tuple", ...types), items);
  const rest = type("System.Tuple", types[LARGEST - 1]);
  const constructed = type("System.Tuple", ...types.slice(0, LARGEST - 1), rest);
  return new ReferenceTuple(constructed, [
    ...items.slice(0, LARGEST - 1),
    new ReferenceTuple(rest, items.slice(LARGEST - 1)),
  ]);
}

structDefault("System.ValueTuple", (t) => new CsTuple(t, t.args.map(defaultOf)));

const valueTuple: Members = {
  "Create(*)": (...args: unknown[]) => {
    const count = args.length / 2;
    return new CsTuple(tupleOf(args.slice(0, count) as Type[]), args.slice(count));
  },
  "new(*)": (constructed: Type, ...items: unknown[]) => new CsTuple(constructed, items),
  "ToString()": (self: CsTuple) => self.toText(),
  "GetHashCode()": (self: CsTuple) => self.hash(),
  "CompareTo(*)": (self: CsTuple, other: CsTuple) => self.compareTo(other),
};
implement("System.ValueTuple", valueTuple);
