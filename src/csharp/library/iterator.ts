/** What iterators (functions with `yield`) give: their body runs while it is enumerated, from its start each time. */
import { account, enter, outOfSteps } from "../runtime/budget.ts";
import type { Type } from "../types.ts";
import { Enumerator } from "./enumerator.ts";
import { notSupported } from "./exceptions-thrown.ts";
import { Sequence } from "./sequence.ts";

type Body = Generator<unknown, void, undefined>;

/** One run of the body. An iterator may enumerate itself: each step counts as a call. */
class Run implements Iterator<unknown> {
  readonly #body: Body;

  constructor(body: Body) {
    this.#body = body;
  }

  next(): IteratorResult<unknown> {
    if (--account.left < 0) outOfSteps();
    enter();
    try {
      return this.#body.next();
    } finally {
      account.depth--;
    }
  }

  /** The enumeration ends early: the `finally` blocks around the last `yield` run. */
  return(): IteratorResult<unknown> {
    return this.#body.return();
  }
}

class IteratorEnumerator extends Enumerator {
  override reset(): void {
    throw notSupported();
  }
}

/** The result of an iterator that returns IEnumerable<T>. */
export function enumerable(elementType: Type, start: () => Body): Sequence {
  return new Sequence(elementType, () => new Run(start()));
}

/** The result of an iterator that returns IEnumerator<T>. */
export function enumerator(elementType: Type, start: () => Body): Enumerator {
  return new IteratorEnumerator(enumerable(elementType, start), elementType);
}
