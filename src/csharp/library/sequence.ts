/**
 * The result of a LINQ operator: an IEnumerable<T> that does its work while it is enumerated, anew each time.
 * Most operators are generators; the most frequent ones are iterators written out, which take a third of the time.
 */
import { spend } from "../runtime/budget.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";

export class Sequence extends CsObject {
  readonly elementType: Type;
  readonly #start: () => Iterator<unknown>;

  /** @param start begins an enumeration; called once for each */
  constructor(elementType: Type, start: () => Iterator<unknown>) {
    super();
    this.elementType = elementType;
    this.#start = start;
  }

  override get type(): Type {
    return type("System.Collections.Generic.IEnumerable", this.elementType);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#start();
  }
}

/** An operator with one source: gives elements as they come, and ends the source when it is ended itself. */
abstract class Stage implements IterableIterator<unknown> {
  protected readonly source: Iterator<unknown>;

  constructor(source: Iterable<unknown>) {
    this.source = source[Symbol.iterator]();
  }

  abstract next(): IteratorResult<unknown>;

  return(): IteratorResult<unknown> {
    this.source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** Select: each element by what the function makes of it and of its index. */
export class Selecting extends Stage {
  readonly #select: (item: unknown, index: number) => unknown;
  #index = 0;

  constructor(source: Iterable<unknown>, select: (item: unknown, index: number) => unknown) {
    super(source);
    this.#select = select;
  }

  override next(): IteratorResult<unknown> {
    const result = this.source.next();
    if (result.done) return result;
    spend(1);
    return { done: false, value: this.#select(result.value, this.#index++) };
  }
}

/** Where: the elements that pass the test. */
export class Filtering extends Stage {
  readonly #test: (item: unknown, index: number) => boolean;
  #index = 0;

  constructor(source: Iterable<unknown>, test: (item: unknown, index: number) => boolean) {
    super(source);
    this.#test = test;
  }

  override next(): IteratorResult<unknown> {
    for (;;) {
      const result = this.source.next();
      if (result.done) return result;
      spend(1);
      if (this.#test(result.value, this.#index++)) return result;
    }
  }
}
