/** Json.NET's JEnumerable<T>: a sequence of tokens whose indexer looks into every one of them. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";

export class JEnumerable extends CsObject {
  readonly elementType: Type;
  readonly #start: () => Iterator<unknown>;

  /** @param start begins an enumeration; called once for each */
  constructor(start: () => Iterator<unknown>, elementType: Type = type("Newtonsoft.Json.Linq.JToken")) {
    super();
    this.elementType = elementType;
    this.#start = start;
  }

  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JEnumerable", this.elementType);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#start();
  }
}
