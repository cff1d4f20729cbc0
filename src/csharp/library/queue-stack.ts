/** System.Collections.Generic.Queue<T> and Stack<T>. */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { equalsOf } from "../runtime/object.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom, copyItems } from "./array-items.ts";
import { beyondEnd, collectionModified, requireArgument } from "./collection-errors.ts";
import type { Counted } from "./collection-protocol.ts";
import { implement, type Members } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentOutOfRange, checkNonNegative, invalidOperation } from "./exceptions-thrown.ts";
import { toItems } from "./list.ts";

const BEYOND_END = "Index was out of range. Must be non-negative and less than or equal to the size of the collection.";

/** What queue and stack share: elements in order of arrival, of which one end is next. */
abstract class Line extends CsObject implements Counted {
  readonly elementType: Type;
  protected items: unknown[];
  protected version = 0;

  constructor(elementType: Type, items: unknown[] = []) {
    super();
    this.elementType = elementType;
    this.items = items;
  }

  abstract get itemCount(): number;

  /** Enumerators have no element before the first and after the last. */
  get insistsOnElement(): boolean {
    return true;
  }

  /** The next element without taking it; only when there is one. */
  abstract peek(): unknown;
  /** Takes the next element; only when there is one. */
  abstract take(): unknown;
  /** All elements, the next first. */
  abstract inOrder(): unknown[];

  *[Symbol.iterator](): Generator<unknown> {
    const version = this.version;
    for (const item of this.inOrder()) {
      yield item;
      if (version !== this.version) throw collectionModified();
    }
  }

  add(item: unknown): void {
    spend(1);
    this.version++;
    this.items.push(item);
  }

  clear(): void {
    this.version++;
    this.items = [];
  }
}

export class Stack extends Line {
  override get type(): Type {
    return type("System.Collections.Generic.Stack", this.elementType);
  }

  override get itemCount(): number {
    return this.items.length;
  }

  override peek(): unknown {
    return this.items[this.items.length - 1];
  }

  override take(): unknown {
    this.version++;
    return this.items.pop();
  }

  override inOrder(): unknown[] {
    return this.items.toReversed();
  }
}

export class Queue extends Line {
  /** Index of the next element; those before it are gone. */
  #head = 0;

  override get type(): Type {
    return type("System.Collections.Generic.Queue", this.elementType);
  }

  override get itemCount(): number {
    return this.items.length - this.#head;
  }

  override peek(): unknown {
    return this.items[this.#head];
  }

  override take(): unknown {
    this.version++;
    const item = this.items[this.#head];
    this.items[this.#head++] = null;
    if (this.#head * 2 > this.items.length) {
      this.items = this.items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  override inOrder(): unknown[] {
    return this.items.slice(this.#head);
  }

  override clear(): void {
    super.clear();
    this.#head = 0;
  }
}

/** Members that differ only in their names and in the text for an empty collection. */
function members(create: new (elementType: Type, items?: unknown[]) => Line, empty: string): Members {
  const next = (self: Line, read: () => unknown) => {
    if (self.itemCount === 0) throw invalidOperation(empty);
    return read();
  };
  const tryNext = (self: Line, result: Ref, read: () => unknown) => {
    const some = self.itemCount > 0;
    result.v = some ? read() : defaultOf(self.elementType);
    return some;
  };
  const takeName = create === Queue ? "Dequeue" : "Pop";
  return {
    "new()": (constructed: Type) => new create(constructed.args[0]),
    "new(int)": (constructed: Type, capacity: number) => {
      checkNonNegative(capacity, "capacity");
      return new create(constructed.args[0]);
    },
    "new(IEnumerable<!0>)": (constructed: Type, source: unknown) => {
      requireArgument(source, "collection");
      return new create(constructed.args[0], toItems(source, constructed.args[0]));
    },
    Count: (self: Line) => self.itemCount,
    [create === Queue ? "Enqueue(!0)" : "Push(!0)"]: (self: Line, item: unknown) => self.add(item),
    [`${takeName}()`]: (self: Line) => next(self, () => self.take()),
    [`Try${takeName}(*)`]: (self: Line, result: Ref) => tryNext(self, result, () => self.take()),
    "Peek()": (self: Line) => next(self, () => self.peek()),
    "TryPeek(*)": (self: Line, result: Ref) => tryNext(self, result, () => self.peek()),
    "Clear()": (self: Line) => self.clear(),
    "Contains(!0)": (self: Line, item: unknown) => {
      const equals = equalsOf(self.elementType);
      return self.inOrder().some((own) => equals(own, item));
    },
    "ToArray()": (self: Line) => arrayFrom(self.elementType, self.inOrder()),
    "CopyTo(!0[],int)": (self: Line, target: CsArray | null, index: number) => {
      requireArgument(target, "array");
      const { length } = (target as CsArray).items;
      if (index < 0 || index > length) throw argumentOutOfRange("arrayIndex", BEYOND_END, index);
      if (length - index < self.itemCount) throw beyondEnd();
      copyItems(self.inOrder(), 0, target, index, self.itemCount);
    },
    "EnsureCapacity(int)": (self: Line, capacity: number) => {
      checkNonNegative(capacity, "capacity");
      return Math.max(capacity, self.itemCount);
    },
    "TrimExcess(*)": () => undefined,
    "GetEnumerator()": (self: Line) => new Enumerator(self, self.elementType),
  };
}

implement("System.Collections.Generic.Queue", members(Queue, "Queue empty."));
implement("System.Collections.Generic.Stack", members(Stack, "Stack empty."));
