/** The result of a LINQ operator: an IEnumerable<T> that does its work while it is enumerated, anew each time. */
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
