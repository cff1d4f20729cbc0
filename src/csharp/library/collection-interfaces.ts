/** Members of the collection interfaces: each calls the protocol (collection-protocol.ts) of whatever object it meets. */
import { elementTypeOf, isInstance, toText } from "../runtime/object.ts";
import { box, CsArray, unbox } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { copyItems } from "./array-items.ts";
import { asList, knownCount } from "./array-list.ts";
import type { DictionaryProtocol, ReadOnlyDictionaryProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
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
  "CopyTo(!0[],int)": (self: unknown, target: CsArray, index: number) =>
    copyItems([...asList(self)], 0, target, index, count(self)),
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
  "CopyTo(Array,int)": (self: unknown, target: CsArray, index: number) => {
    const t = elementTypeOf(self);
    const items = [...asList(self)];
    copyItems(target.elementType === t ? items : items.map((item) => box(item, t)), 0, target, index, items.length);
  },
});

implement("System.Collections.IList", {
  "this[int]": (self: unknown, index: number) => box(itemAt(self, index), elementTypeOf(self)),
  "this[int]=": (self: unknown, index: number, item: unknown) => asList(self).setItemAt(index, unboxFor(self, item)),
  IsReadOnly: (self: unknown) => asList(self).isReadOnly,
  IsFixedSize: (self: unknown) => self instanceof CsArray,
  "Add(object)": (self: unknown, item: unknown) => {
    asList(self).addItem(unboxFor(self, item));
    return count(self) - 1;
  },
  "Clear()": (self: unknown) => asList(self).clearItems(),
  "Contains(object)": (self: unknown, item: unknown) => asList(self).containsItem(unboxFor(self, item)),
  "IndexOf(object)": (self: unknown, item: unknown) => asList(self).indexOfItem(unboxFor(self, item)),
  "Insert(int,object)": (self: unknown, index: number, item: unknown) =>
    asList(self).insertItem(index, unboxFor(self, item)),
  "Remove(object)": (self: unknown, item: unknown) => asList(self).removeItem(unboxFor(self, item)),
  "RemoveAt(int)": (self: unknown, index: number) => asList(self).removeItemAt(index),
});

/** An object as element of a generic list. */
function unboxFor(list: unknown, item: unknown): unknown {
  const t: Type = elementTypeOf(list);
  if (item === null && (!t.isValueType || t.isNullable)) return null;
  if (item === null) throw argumentNull("value");
  if (!isInstance(item, t)) {
    throw argument(
      `The value "${toText(item)}" is not of type "${t.clrName}" and cannot be used in this generic collection.`,
      "value",
    );
  }
  return t.isValueType ? unbox(item) : item;
}

// Keys and values of the non-generic IDictionary are objects.
function keyFor(dictionary: unknown, key: unknown): unknown {
  if (key === null) throw argumentNull("key");
  const [keyType] = dictionaryTypes(dictionary);
  return isInstance(key, keyType) && keyType.isValueType ? unbox(key) : key;
}

function valueFor(dictionary: unknown, value: unknown): unknown {
  const [, valueType] = dictionaryTypes(dictionary);
  return valueType.isValueType ? unbox(value) : value;
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
