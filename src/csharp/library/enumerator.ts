/** IEnumerator<T> for code that calls GetEnumerator(), MoveNext() and Current itself. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { elementTypeOf, iterate } from "../runtime/object.ts";
import { box, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";

export class Enumerator extends CsObject {
  readonly elementType: Type;
  readonly #source: unknown;
  #iterator: Iterator<unknown>;
  #current: unknown;

  constructor(source: unknown, elementType: Type = elementTypeOf(source)) {
    super();
    this.elementType = elementType;
    this.#source = source;
    this.#iterator = iterate(source)[Symbol.iterator]();
    this.#current = defaultOf(elementType);
  }

  override get type(): Type {
    return type("System.Collections.Generic.IEnumerator", this.elementType);
  }

  get current(): unknown {
    return this.#current;
  }

  moveNext(): boolean {
    spend(1);
    const { done, value } = this.#iterator.next();
    this.#current = done ? defaultOf(this.elementType) : value;
    return !done;
  }

  reset(): void {
    this.#iterator = iterate(this.#source)[Symbol.iterator]();
    this.#current = defaultOf(this.elementType);
  }

  dispose(): void {
    this.#iterator.return?.();
  }
}

const members = {
  Current: (self: Enumerator) => self.current,
  "MoveNext()": (self: Enumerator) => self.moveNext(),
  "Reset()": (self: Enumerator) => self.reset(),
  "Dispose()": (self: Enumerator) => self.dispose(),
};

const generic = "System.Collections.Generic";
for (const owner of ["List", "Dictionary", "HashSet", "Queue", "Stack", "SortedDictionary"])
  implement(`${generic}.${owner}+Enumerator`, members);
implement(`${generic}.Dictionary+KeyCollection+Enumerator`, members);
implement(`${generic}.Dictionary+ValueCollection+Enumerator`, members);
implement(`${generic}.IEnumerator`, members);
implement("System.CharEnumerator", members);

implement("System.Collections.IEnumerator", {
  ...members,
  Current: (self: Enumerator) => box(self.current, self.elementType),
});

implement(`${generic}.IEnumerable`, { "GetEnumerator()": (self: unknown) => new Enumerator(self) });
implement("System.Collections.IEnumerable", { "GetEnumerator()": (self: unknown) => new Enumerator(self) });
