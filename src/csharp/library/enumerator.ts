/** IEnumerator<T> for code that calls GetEnumerator(), MoveNext() and Current itself. */
import { spend } from "../runtime/budget.ts";
import { defaultOf, structDefault } from "../runtime/default-value.ts";
import { elementTypeOf, iterate, nullReference } from "../runtime/object.ts";
import { box, CsArray, CsObject, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { invalidOperation, notSupported } from "./exceptions-thrown.ts";
import { Sequence } from "./sequence.ts";

export class Enumerator extends CsObject {
  readonly elementType: Type;
  readonly #source: unknown;
  #iterator: Iterator<unknown>;
  #current: unknown;
  #state: "before" | "within" | "behind" = "before";

  constructor(source: unknown, elementType: Type = elementTypeOf(source)) {
    super();
    this.elementType = elementType;
    this.#source = source;
    this.#iterator = iterate(source)[Symbol.iterator]();
    this.#current = defaultOf(elementType);
  }

  override get type(): Type {
    if (typeof this.#source === "string") return type("System.CharEnumerator");
    return type("System.Collections.Generic.IEnumerator", this.elementType);
  }

  /** Strings, arrays, queues and stacks insist on there being an element; other collections answer with a default. */
  get current(): unknown {
    if (insists(this.#source) && this.#state !== "within") {
      const notStarted = this.#state === "before";
      throw invalidOperation(
        notStarted ? "Enumeration has not started. Call MoveNext." : "Enumeration already finished.",
      );
    }
    return this.#current;
  }

  /** Whether Current gives something as IEnumerator has it: only the operators of LINQ answer with a default. */
  get answersObject(): boolean {
    return this.#state === "within" || this.#source instanceof Sequence;
  }

  moveNext(): boolean {
    spend(1);
    const { done, value } = this.#iterator.next();
    this.#current = done ? defaultOf(this.elementType) : value;
    this.#state = done ? "behind" : "within";
    return !done;
  }

  /** Operators of LINQ cannot begin again. */
  reset(): void {
    if (this.#source instanceof Sequence) throw notSupported();
    this.#iterator = iterate(this.#source)[Symbol.iterator]();
    this.#current = defaultOf(this.elementType);
    this.#state = "before";
  }

  dispose(): void {
    this.#iterator.return?.();
  }
}

function insists(source: unknown): boolean {
  if (typeof source === "string" || source instanceof CsArray) return true;
  return (source as { readonly insistsOnElement?: boolean }).insistsOnElement === true;
}

/** Current through IEnumerator, where most collections insist on there being an element. */
function objectAt(self: Enumerator): unknown {
  const { current } = self;
  if (!self.answersObject) throw invalidOperation("Enumeration has either not started or has already finished.");
  return box(current, self.elementType);
}

const members = {
  Current: (self: Enumerator) => self.current,
  "MoveNext()": (self: Enumerator) => self.moveNext(),
  "Reset()": (self: Enumerator) => self.reset(),
  "Dispose()": (self: Enumerator) => self.dispose(),
};

const generic = "System.Collections.Generic";
/** The enumerators that are structs, with the type of their elements. */
const structs: Readonly<Record<string, (t: Type) => Type>> = {
  List: (t) => t.args[0],
  HashSet: (t) => t.args[0],
  Queue: (t) => t.args[0],
  Stack: (t) => t.args[0],
  Dictionary: (t) => type(`${generic}.KeyValuePair`, ...t.args),
  SortedDictionary: (t) => type(`${generic}.KeyValuePair`, ...t.args),
  "Dictionary+KeyCollection": (t) => t.args[0],
  "Dictionary+ValueCollection": (t) => t.args[1],
};

/** What an enumerator that was never made by a collection goes through. */
const NOTHING = {
  [Symbol.iterator]: () => ({
    next() {
      throw nullReference();
    },
  }),
};

for (const [owner, elementType] of Object.entries(structs)) {
  const name = `${generic}.${owner}+Enumerator`;
  implement(name, members);
  structDefault(name, (t) => new Enumerator(NOTHING, elementType(t)));
}

// Through an interface, an enumerator that is a struct is in a box.
const boxed = (self: unknown) => unbox(self) as Enumerator;
const interfaceMembers = {
  "MoveNext()": (self: unknown) => boxed(self).moveNext(),
  "Reset()": (self: unknown) => boxed(self).reset(),
  "Dispose()": (self: unknown) => boxed(self).dispose(),
};
implement(`${generic}.IEnumerator`, { ...interfaceMembers, Current: (self: unknown) => boxed(self).current });
implement("System.CharEnumerator", members);

implement("System.Collections.IEnumerator", {
  ...interfaceMembers,
  Current: (self: unknown) => objectAt(boxed(self)),
});

implement(`${generic}.IEnumerable`, { "GetEnumerator()": (self: unknown) => new Enumerator(self) });
implement("System.Collections.IEnumerable", { "GetEnumerator()": (self: unknown) => new Enumerator(self) });
