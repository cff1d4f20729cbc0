/** Members of the collection interfaces: each calls the protocol (collection-protocol.ts) of whatever object it meets. */
import { defaultOf } from "../runtime/default-value.ts";
import { elementTypeOf, isInstance, toText } from "../runtime/object.ts";
import { box, CsArray, CsException, unbox } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { setValue } from "./array-dimensions.ts";
import { copyBetween, copyItems } from "./array-items.ts";
import { asList, knownCount } from "./array-list.ts";
import type { DictionaryProtocol, ReadOnlyDictionaryProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, indexOutOfRange } from "./exceptions-thrown.ts";
import { JContainer } from "./jcontainer.ts";
import { JToken } from "./jtoken.ts";
import { List } from "./list.ts";
import { dictionaryTypes, readEntry, tryReadEntry } from "./read-only-collection.ts";

const count = (self: unknown) => knownCount(self) as number;
const itemAt = (self: unknown, index: number) => asList(self).itemAt(index);

implement("System.Collections.Generic.ICollection", {
  Count: count,
  IsReadOnly: (self: unknown) => asList(self).isReadOnly,
  "Add(!0)": (self: unknown, item: unknown) => asList(self).addItem(item),
  "Clear()": (self: unknown) => asList(self).clearItems(),
  "Contains(!0)": (self: unknown, item: unknown) => asList(self).containsItem(item),
  "Remove(!0)": (self: unknown, item: unknown) => asList(self).removeItem(item),
  "CopyTo(!0[],int)": (self: unknown, target: CsArray | null, index: number) => {
    const items = [...asList(self)];
    if (!(self instanceof List || self instanceof CsArray)) copyItems(items, 0, target, index, items.length);
    else copyBetween(new CsArray(elementTypeOf(self), items), 0, target, index, items.length);
  },
});

implement("System.Collections.Generic.IList", {
  "this[int]": itemAt,
  "this[int]=": (self: unknown, index: number, item: unknown) => asList(self).setItemAt(index, item),
  "IndexOf(!0)": (self: unknown, item: unknown) => asList(self).indexOfItem(item),
  "Insert(int,!0)": (self: unknown, index: number, item: unknown) => asList(self).insertItem(index, item),
  "RemoveAt(int)": (self: unknown, index: number) => asList(self).removeItemAt(index),
});

implement("System.Collections.Generic.IReadOnlyCollection", { Count: count });
implement("System.Collections.Generic.IReadOnlyList", { "this[int]": itemAt });

const readOnlyDictionary = {
  "this[!0]": readEntry,
  Keys: (self: ReadOnlyDictionaryProtocol) => self.keySequence(),
  Values: (self: ReadOnlyDictionaryProtocol) => self.valueSequence(),
  "ContainsKey(!0)": (self: ReadOnlyDictionaryProtocol, key: unknown) => self.lookUp(key) !== undefined,
  "TryGetValue(*)": tryReadEntry,
};

implement("System.Collections.Generic.IReadOnlyDictionary", readOnlyDictionary);

implement("System.Collections.Generic.IDictionary", {
  ...readOnlyDictionary,
  "this[!0]=": (self: DictionaryProtocol, key: unknown, value: unknown) => self.putEntry(key, value),
  "Add(!0,!1)": (self: DictionaryProtocol, key: unknown, value: unknown) => self.addEntry(key, value),
  "Remove(!0)": (self: DictionaryProtocol, key: unknown) => self.removeKey(key),
});

// The non-generic interfaces: elements are objects.
implement("System.Collections.ICollection", {
  Count: count,
  IsSynchronized: () => false,
  SyncRoot: (self: unknown) => self,
  "CopyTo(Array,int)": (self: unknown, target: CsArray | null, index: number) => {
    const t = elementTypeOf(self);
    const items = [...asList(self)];
    try {
      copyBetween(new CsArray(t, items), 0, target, index, items.length);
    } catch (error) {
      if (!(error instanceof CsException) || error.typeName !== "System.ArrayTypeMismatchException") throw error;
      throw argument("Target array type is not compatible with the type of items in the collection.");
    }
  },
});

implement("System.Collections.IList", {
  "this[int]": (self: unknown, index: number) => {
    checkIndex(self, index);
    return box(itemAt(self, index), elementTypeOf(self));
  },
  "this[int]=": (self: unknown, index: number, item: unknown) => {
    if (self instanceof CsArray) setValue(self, item, index);
    else asList(self).setItemAt(index, unboxFor(self, item));
  },
  IsReadOnly: (self: unknown) => !(self instanceof CsArray) && asList(self).isReadOnly,
  IsFixedSize: (self: unknown) => self instanceof CsArray,
  "Add(object)": (self: unknown, item: unknown) => {
    asList(self).addItem(unboxFor(self, item));
    return count(self) - 1;
  },
  "Clear()": (self: unknown) => {
    if (self instanceof CsArray) self.items.fill(defaultOf(self.elementType) as never);
    else asList(self).clearItems();
  },
  "Contains(object)": (self: unknown, item: unknown) =>
    canHold(elementTypeOf(self), item) && asList(self).containsItem(unboxFor(self, item)),
  "IndexOf(object)": (self: unknown, item: unknown) =>
    canHold(elementTypeOf(self), item) ? asList(self).indexOfItem(unboxFor(self, item)) : -1,
  "Insert(int,object)": (self: unknown, index: number, item: unknown) =>
    asList(self).insertItem(index, unboxFor(self, item)),
  "Remove(object)": (self: unknown, item: unknown) => {
    if (canHold(elementTypeOf(self), item)) asList(self).removeItem(unboxFor(self, item));
  },
  "RemoveAt(int)": (self: unknown, index: number) => asList(self).removeItemAt(index),
});

/** Arrays have an exception of their own for an index that is not there. */
function checkIndex(self: unknown, index: number): void {
  if (self instanceof CsArray && (index < 0 || index >= self.items.length)) throw indexOutOfRange();
}

/** Whether an object can be an element of a type. */
function canHold(t: Type, item: unknown): boolean {
  return item === null ? !t.isValueType || t.isNullable : isInstance(item, t);
}

/** An object as an element of a generic collection. */
function unboxAs(t: Type, item: unknown, parameter: string): unknown {
  if (item === null && !canHold(t, null)) throw argumentNull(parameter);
  if (!canHold(t, item)) {
    throw argument(
      `The value "${toText(item)}" is not of type "${t.clrName}" and cannot be used in this generic collection.`,
      parameter,
    );
  }
  return t.isValueType ? unbox(item) : item;
}

function unboxFor(list: unknown, item: unknown): unknown {
  if (list instanceof JContainer && item !== null && !(item instanceof JToken)) {
    throw argument("Argument is not a JToken.");
  }
  return unboxAs(elementTypeOf(list), item, "value");
}

// Keys and values of the non-generic IDictionary are objects.
function keyFor(dictionary: unknown, key: unknown): unknown {
  if (key === null) throw argumentNull("key");
  return unboxAs(dictionaryTypes(dictionary)[0], key, "key");
}

function valueFor(dictionary: unknown, value: unknown): unknown {
  return unboxAs(dictionaryTypes(dictionary)[1], value, "value");
}

implement("System.Collections.IDictionary", {
  "this[object]": (self: DictionaryProtocol, key: unknown) => {
    const [keyType, valueType] = dictionaryTypes(self);
    const found = isInstance(key, keyType) ? self.lookUp(keyFor(self, key)) : undefined;
    return found === undefined ? null : box(found, valueType);
  },
  "this[object]=": (self: DictionaryProtocol, key: unknown, value: unknown) =>
    self.putEntry(keyFor(self, key), valueFor(self, value)),
  IsReadOnly: (self: DictionaryProtocol) => self.isReadOnly,
  Keys: (self: DictionaryProtocol) => self.keySequence(),
  Values: (self: DictionaryProtocol) => self.valueSequence(),
  "Add(object,object)": (self: DictionaryProtocol, key: unknown, value: unknown) =>
    self.addEntry(keyFor(self, key), valueFor(self, value)),
  "Clear()": (self: DictionaryProtocol) => self.clearItems(),
  "Contains(object)": (self: DictionaryProtocol, key: unknown) =>
    isInstance(key, dictionaryTypes(self)[0]) && self.lookUp(keyFor(self, key)) !== undefined,
  "Remove(object)": (self: DictionaryProtocol, key: unknown) => {
    if (isInstance(key, dictionaryTypes(self)[0])) self.removeKey(keyFor(self, key));
  },
});
