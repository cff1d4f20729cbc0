/** Tuples and anonymous objects: values with named members, equal when their members are. */
import { payForObject } from "./budget.ts";
import { type Type, tupleOf } from "../types.ts";
import { compareOf, equalsOf, hashOf, textOf } from "./object.ts";
import { CsException, CsObject } from "./values.ts";

function sameMembers(types: readonly Type[], a: readonly unknown[], b: readonly unknown[]): boolean {
  return types.every((t, i) => equalsOf(t)(a[i], b[i]));
}

function hashMembers(types: readonly Type[], values: readonly unknown[]): number {
  return types.reduce((hash, t, i) => (Math.imul(hash, 31) + hashOf(t)(values[i])) | 0, types.length);
}

/** A value of a tuple type `(T1, T2)`. Immutable: writing to an element makes another one, as a struct is copied. */
export class CsTuple extends CsObject {
  readonly #type: Type;
  /** In the representations of `type.args`. */
  readonly items: readonly unknown[];

  constructor(tupleType: Type, items: readonly unknown[]) {
    super();
    payForObject();
    this.#type = tupleType;
    this.items = items;
  }

  override get type(): Type {
    return this.#type;
  }

  /** A copy with another element. */
  with(index: number, value: unknown): CsTuple {
    return new CsTuple(this.#type, this.items.with(index, value));
  }

  override toText(): string {
    return `(${this.items.map((item, i) => textOf(item, this.#type.args[i])).join(", ")})`;
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof CsTuple &&
      tupleOf(other.#type.args) === tupleOf(this.#type.args) &&
      sameMembers(this.#type.args, this.items, other.items)
    );
  }

  override hash(): number {
    return hashMembers(this.#type.args, this.items);
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    const { clrName } = this.#type;
    if (!(other instanceof CsTuple) || other.type.clrName !== clrName) {
      throw new CsException("System.ArgumentException", `Argument must be of type ${clrName}. (Parameter 'other')`);
    }
    for (const [i, t] of this.#type.args.entries()) {
      const order = compareOf(t)(this.items[i], other.items[i]);
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** An instance of an anonymous type `new { A = 1 }`. */
export class AnonymousObject extends CsObject {
  readonly #type: Type;
  /** In the representations of `type.args`, named by `type.memberNames`. */
  readonly values: readonly unknown[];

  constructor(anonymousType: Type, values: readonly unknown[]) {
    super();
    payForObject();
    this.#type = anonymousType;
    this.values = values;
  }

  override get type(): Type {
    return this.#type;
  }

  override toText(): string {
    const { args, memberNames } = this.#type;
    if (args.length === 0) return "{ }";
    return `{ ${this.values.map((value, i) => `${memberNames?.[i]} = ${textOf(value, args[i])}`).join(", ")} }`;
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof AnonymousObject &&
      other.#type === this.#type &&
      sameMembers(this.#type.args, this.values, other.values)
    );
  }

  override hash(): number {
    return hashMembers(this.#type.args, this.values);
  }
}
