/** What sets do with other sequences: the members of ISet<T> and IReadOnlySet<T>, shared by HashSet<T> and SortedSet<T>. */
import { iterate } from "../runtime/object.ts";
import type { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { requireArgument } from "./collection-errors.ts";
import type { CollectionProtocol } from "./collection-protocol.ts";
import { implement, type Members } from "./define.ts";

export interface SetProtocol extends CollectionProtocol {
  readonly elementType: Type;
  /** Answers whether the item was new. */
  tryAdd(item: unknown): boolean;
  /** An empty set with the same idea of equal items. */
  emptyCopy(): SetProtocol;
}

/** The other operand as a set under this set's comparer. */
function operand(self: SetProtocol, other: unknown): SetProtocol {
  requireArgument(other, "other");
  const set = self.emptyCopy();
  for (const item of iterate(other, self.elementType)) set.tryAdd(item);
  return set;
}

const includesAll = (self: SetProtocol, other: SetProtocol) => [...other].every((item) => self.containsItem(item));

/** Removes the items that fail the test; answers how many. */
function keepOnly(self: SetProtocol, test: (item: unknown) => boolean): number {
  const dropped = [...self].filter((item) => !test(item));
  for (const item of dropped) self.removeItem(item);
  return dropped.length;
}

const questions: Members = {
  "Contains(!0)": (self: SetProtocol, item: unknown) => self.containsItem(item),
  "IsSubsetOf(*)": (self: SetProtocol, other: unknown) => includesAll(operand(self, other), self),
  "IsSupersetOf(*)": (self: SetProtocol, other: unknown) => includesAll(self, operand(self, other)),
  "IsProperSubsetOf(*)": (self: SetProtocol, other: unknown) => {
    const whole = operand(self, other);
    return whole.itemCount > self.itemCount && includesAll(whole, self);
  },
  "IsProperSupersetOf(*)": (self: SetProtocol, other: unknown) => {
    const part = operand(self, other);
    return self.itemCount > part.itemCount && includesAll(self, part);
  },
  "Overlaps(*)": (self: SetProtocol, other: unknown) =>
    [...operand(self, other)].some((item) => self.containsItem(item)),
  "SetEquals(*)": (self: SetProtocol, other: unknown) => {
    const same = operand(self, other);
    return same.itemCount === self.itemCount && includesAll(self, same);
  },
};

const changes: Members = {
  "Add(!0)": (self: SetProtocol, item: unknown) => self.tryAdd(item),
  "UnionWith(*)": (self: SetProtocol, other: unknown) => {
    for (const item of operand(self, other)) self.tryAdd(item);
  },
  "IntersectWith(*)": (self: SetProtocol, other: unknown) => {
    const wanted = operand(self, other);
    keepOnly(self, (item) => wanted.containsItem(item));
  },
  "ExceptWith(*)": (self: SetProtocol, other: unknown) => {
    for (const item of operand(self, other)) self.removeItem(item);
  },
  "SymmetricExceptWith(*)": (self: SetProtocol, other: unknown) => {
    for (const item of operand(self, other)) if (!self.removeItem(item)) self.tryAdd(item);
  },
};

/** Members that both classes have. */
export const setMembers: Members = {
  ...questions,
  ...changes,
  Count: (self: SetProtocol) => self.itemCount,
  "Clear()": (self: SetProtocol) => self.clearItems(),
  "Remove(!0)": (self: SetProtocol, item: unknown) => self.removeItem(item),
  "RemoveWhere(*)": (self: SetProtocol, match: (item: unknown) => boolean) => {
    requireArgument(match, "match");
    return keepOnly(self, (item) => !match(item));
  },
  "CopyTo(!0[])": (self: SetProtocol, target: CsArray) => copyItems([...self], 0, target, 0, self.itemCount),
  "CopyTo(!0[],int)": (self: SetProtocol, target: CsArray, index: number) =>
    copyItems([...self], 0, target, index, self.itemCount),
};

implement("System.Collections.Generic.ISet", { ...questions, ...changes });
implement("System.Collections.Generic.IReadOnlySet", questions);
