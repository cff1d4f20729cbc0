/** System.Collections.Generic.CollectionExtensions: GetValueOrDefault and the like on dictionaries. */
import { defaultOf } from "../runtime/default-value.ts";
import type { Ref } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { requireArgument } from "./collection-errors.ts";
import type { DictionaryProtocol, ReadOnlyDictionaryProtocol } from "./collection-protocol.ts";
import { implement } from "./define.ts";
import { ReadOnlyCollection, ReadOnlyDictionary } from "./read-only-collection.ts";

function valueOr(dictionary: ReadOnlyDictionaryProtocol | null, key: unknown, otherwise: unknown): unknown {
  requireArgument(dictionary, "dictionary");
  const found = (dictionary as ReadOnlyDictionaryProtocol).lookUp(key);
  return found === undefined ? otherwise : found;
}

implement("System.Collections.Generic.CollectionExtensions", {
  "GetValueOrDefault(IReadOnlyDictionary<!!0,!!1>,!!0)": (
    _keyType: Type,
    valueType: Type,
    dictionary: ReadOnlyDictionaryProtocol | null,
    key: unknown,
  ) => valueOr(dictionary, key, defaultOf(valueType)),
  "GetValueOrDefault(IReadOnlyDictionary<!!0,!!1>,!!0,!!1)": (
    _keyType: Type,
    _valueType: Type,
    dictionary: ReadOnlyDictionaryProtocol | null,
    key: unknown,
    otherwise: unknown,
  ) => valueOr(dictionary, key, otherwise),
  "TryAdd(*)": (_keyType: Type, _valueType: Type, dictionary: DictionaryProtocol, key: unknown, value: unknown) => {
    requireArgument(dictionary, "dictionary");
    if (dictionary.lookUp(key) !== undefined) return false;
    dictionary.addEntry(key, value);
    return true;
  },
  "Remove(*)": (_keyType: Type, valueType: Type, dictionary: DictionaryProtocol, key: unknown, value: Ref) => {
    requireArgument(dictionary, "dictionary");
    const found = dictionary.lookUp(key);
    value.v = found === undefined ? defaultOf(valueType) : found;
    return dictionary.removeKey(key);
  },
  "AsReadOnly(IList<!!0>)": (elementType: Type, list: unknown) => {
    requireArgument(list, "list");
    return new ReadOnlyCollection(elementType, list);
  },
  "AsReadOnly(IDictionary<!!0,!!1>)": (keyType: Type, valueType: Type, dictionary: DictionaryProtocol) => {
    requireArgument(dictionary, "dictionary");
    const own = type("System.Collections.ObjectModel.ReadOnlyDictionary", keyType, valueType);
    return new ReadOnlyDictionary(own, dictionary);
  },
});
