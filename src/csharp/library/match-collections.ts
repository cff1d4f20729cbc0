/** System.Text.RegularExpressions: CaptureCollection, GroupCollection and MatchCollection. They are read-only lists. */
import { spend } from "../runtime/budget.ts";
import { type CsArray, CsObject, type Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { readOnlyCollection, requireArgument } from "./collection-errors.ts";
import { type ListProtocol, ReadOnlyItems } from "./collection-protocol.ts";
import { implement, type Members } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argumentOutOfRange } from "./exceptions-thrown.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";
import type { RegexGroups } from "./regex-groups.ts";

const NAMESPACE = "System.Text.RegularExpressions";

/** What the three have in common. */
abstract class RegexCollection extends CsObject implements ListProtocol {
  readonly isReadOnly = true;
  abstract get itemCount(): number;
  /** undefined beyond the end */
  abstract peekItem(index: number): CsObject | undefined;

  itemAt(index: number): CsObject {
    const item = index < 0 ? undefined : this.peekItem(index);
    if (item === undefined) throw argumentOutOfRange("i");
    return item;
  }

  *[Symbol.iterator](): Generator<CsObject> {
    for (let i = 0; ; i++) {
      const item = this.peekItem(i);
      if (item === undefined) return;
      spend(1);
      yield item;
    }
  }

  indexOfItem(item: unknown): number {
    let index = 0;
    for (const own of this) {
      if (own === item) return index;
      index++;
    }
    return -1;
  }

  containsItem(item: unknown): boolean {
    return this.indexOfItem(item) >= 0;
  }

  setItemAt(): never {
    throw readOnlyCollection();
  }

  addItem(): never {
    throw readOnlyCollection();
  }

  insertItem(): never {
    throw readOnlyCollection();
  }

  removeItem(): never {
    throw readOnlyCollection();
  }

  removeItemAt(): never {
    throw readOnlyCollection();
  }

  clearItems(): never {
    throw readOnlyCollection();
  }
}

/** Captures of a group, oldest first. */
export class CaptureCollection extends RegexCollection {
  readonly #captures: readonly CsObject[];

  constructor(captures: readonly CsObject[]) {
    super();
    this.#captures = captures;
  }

  override get type(): Type {
    return type(`${NAMESPACE}.CaptureCollection`);
  }

  override get itemCount(): number {
    return this.#captures.length;
  }

  override peekItem(index: number): CsObject | undefined {
    return this.#captures[index];
  }
}

/** Groups of a match. As a dictionary: name -> group. */
export class GroupCollection extends RegexCollection {
  readonly #items: readonly CsObject[];
  readonly #groups: RegexGroups | undefined;
  readonly #none: CsObject;

  /**
   * @param items by slot, the match itself first
   * @param groups undefined for a failed match, which has only itself
   * @param none what stands for a group that is not there
   */
  constructor(items: readonly CsObject[], groups: RegexGroups | undefined, none: CsObject) {
    super();
    this.#items = items;
    this.#groups = groups;
    this.#none = none;
  }

  override get type(): Type {
    return type(`${NAMESPACE}.GroupCollection`);
  }

  override get itemCount(): number {
    return this.#items.length;
  }

  override peekItem(index: number): CsObject | undefined {
    return this.#items[index];
  }

  /** A group by number; never absent. */
  numbered(number: number): CsObject {
    const slot = this.#groups === undefined ? number : this.#groups.slotOf(number);
    return (slot === undefined ? undefined : this.#items[slot]) ?? this.#none;
  }

  /** A group by name; undefined when the pattern has none of that name. */
  lookUp(name: unknown): CsObject | undefined {
    if (this.#groups === undefined) return undefined;
    const number = this.#groups.numberOf(name as string);
    return number === undefined ? undefined : this.numbered(number);
  }

  /** A group by name; never absent. */
  called(name: string | null): CsObject {
    if (this.#groups === undefined) return this.#none;
    requireArgument(name, "name");
    return this.lookUp(name) ?? this.#none;
  }

  get #names(): readonly string[] {
    return this.#groups?.names ?? ["0"];
  }

  keySequence(): CsObject {
    const names = this.#names;
    return new ReadOnlyItems(
      type("System.String"),
      () => names.length,
      () => names,
    );
  }

  valueSequence(): CsObject {
    return new ReadOnlyItems(
      type(`${NAMESPACE}.Group`),
      () => this.itemCount,
      () => this.#items,
    );
  }

  /** Groups, or pairs of name and group. */
  iterateAs(elementType: Type): Iterable<unknown> {
    if (elementType.name !== "System.Collections.Generic.KeyValuePair") return this;
    const pair = pairType(type("System.String"), type(`${NAMESPACE}.Group`));
    return this.#names.map((name, i) => new KeyValuePair(pair, name, this.#items[i]));
  }
}

/** Matches of a text, searched for as they are asked for. */
export class MatchCollection extends RegexCollection {
  readonly #found: CsObject[] = [];
  readonly #next: (previous: CsObject | undefined) => CsObject | undefined;
  #isComplete = false;

  /** @param next the first match, or that after another; undefined when there is none */
  constructor(next: (previous: CsObject | undefined) => CsObject | undefined) {
    super();
    this.#next = next;
  }

  override get type(): Type {
    return type(`${NAMESPACE}.MatchCollection`);
  }

  override get itemCount(): number {
    while (!this.#isComplete) this.peekItem(this.#found.length);
    return this.#found.length;
  }

  override peekItem(index: number): CsObject | undefined {
    while (this.#found.length <= index && !this.#isComplete) {
      const match = this.#next(this.#found.at(-1));
      if (match === undefined) this.#isComplete = true;
      else this.#found.push(match);
    }
    return this.#found[index];
  }
}

const members: Members = {
  Count: (self: RegexCollection) => self.itemCount,
  IsReadOnly: () => true,
  IsSynchronized: () => false,
  SyncRoot: (self: RegexCollection) => self,
  "this[int]": (self: RegexCollection, index: number) => self.itemAt(index),
  "GetEnumerator()": (self: RegexCollection) => new Enumerator(self),
  "CopyTo(*)": (self: RegexCollection, target: CsArray | null, index: number) =>
    copyItems([...self], 0, target, index, self.itemCount),
};

implement(`${NAMESPACE}.CaptureCollection`, members);
implement(`${NAMESPACE}.MatchCollection`, members);
implement(`${NAMESPACE}.GroupCollection`, {
  ...members,
  "this[int]": (self: GroupCollection, number: number) => self.numbered(number),
  "this[string]": (self: GroupCollection, name: string | null) => self.called(name),
  "ContainsKey(string)": (self: GroupCollection, name: string | null) => {
    requireArgument(name, "name");
    return self.lookUp(name) !== undefined;
  },
  "TryGetValue(string,Group&)": (self: GroupCollection, name: string | null, value: Ref) => {
    requireArgument(name, "name");
    const found = self.lookUp(name);
    value.v = found ?? null;
    return found !== undefined;
  },
  Keys: (self: GroupCollection) => self.keySequence(),
  Values: (self: GroupCollection) => self.valueSequence(),
});
