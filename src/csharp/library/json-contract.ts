/** How the deserialiser treats a .NET type: as a token, a value, a collection, a dictionary or an object with members. */
import { isAssignable } from "../runtime/assignable.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { fromRows, rowType } from "../runtime/multi-array.ts";
import { AnonymousObject, CsTuple } from "../runtime/structural.ts";
import { type CsArray, CsException } from "../runtime/values.ts";
import { dynamicType, parseType, type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { nullReference } from "../runtime/object.ts";
import type { CollectionProtocol, DictionaryProtocol } from "./collection-protocol.ts";
import { Dictionary } from "./dictionary.ts";
import { HashSet } from "./hash-set.ts";
import type { ReadType } from "./json-reader.ts";
import { tokenTypeOf } from "./json-values.ts";
import { KeyValuePair } from "./key-value-pair.ts";
import { List } from "./list.ts";
import { Queue, Stack } from "./queue-stack.ts";
import { ReadOnlyCollection, ReadOnlyDictionary } from "./read-only-collection.ts";
import { SortedDictionary } from "./sorted-dictionary.ts";
import { SortedSet } from "./sorted-set.ts";
import { ReferenceTuple } from "./tuple.ts";
import type { XDocument } from "./xdocument.ts";
import { viewOf } from "./xml-document.ts";

/** A member of an object that is made from its members. */
export interface Member {
  readonly name: string;
  readonly type: Type;
}

export type Contract =
  | { kind: "token" }
  | { kind: "any" }
  | { kind: "value"; readAs: ReadType }
  | { kind: "list"; item: Type; make(items: unknown[]): unknown }
  | {
      kind: "dictionary";
      key: Type;
      value: Type;
      make(): DictionaryProtocol;
      /** What the caller gets instead of the dictionary that was filled. */
      seal?(filled: DictionaryProtocol): DictionaryProtocol;
    }
  | { kind: "members"; members: readonly Member[]; make(values: unknown[]): unknown }
  | { kind: "xml"; make(document: XDocument): unknown }
  | { kind: "unsupported" };

const contracts = new Map<Type, Contract>();

export function contractOf(t: Type): Contract {
  let found = contracts.get(t);
  if (!found) {
    found = makeContract(t);
    contracts.set(t, found);
  }
  return found;
}

/** What the reader is asked for, by type of value; any other value is read as it is and converted. */
const readAs: Readonly<Record<string, ReadType>> = {
  "System.Byte": "int",
  "System.SByte": "int",
  "System.Int16": "int",
  "System.UInt16": "int",
  "System.Int32": "int",
  "System.Decimal": "decimal",
  "System.Boolean": "bool",
  "System.String": "string",
  "System.DateTime": "date",
  "System.DateTimeOffset": "dateOffset",
  "System.Single": "double",
  "System.Double": "double",
};

const generic = "System.Collections.Generic.";

function makeContract(t: Type): Contract {
  if (t.name === "System.Object" || t === dynamicType) return { kind: "any" };
  if (isAssignable(t, type("Newtonsoft.Json.Linq.JToken"))) return { kind: "token" };
  const value = t.isNullable ? t.args[0] : t;
  if (value.name === "System.Char" || tokenTypeOf(value) !== undefined) {
    return { kind: "value", readAs: value.kind === "array" ? "bytes" : (readAs[value.name] ?? "any") };
  }
  return (
    listContract(t) ?? dictionaryContract(t) ?? membersContract(value) ?? xmlContract(t) ?? { kind: "unsupported" }
  );
}

function listContract(t: Type): Contract | undefined {
  const item = t.args[0];
  if (t.rank > 1) return { kind: "list", item: rowType(t), make: (rows) => joined(t, rows as (CsArray | null)[]) };
  if (t.kind === "array") return { kind: "list", item, make: (items) => arrayFrom(item, items) };
  if (t.name === READ_ONLY_LIST) return readOnlyList(item);
  if (!t.name.startsWith(generic)) return t.name === "System.Collections.IEnumerable" ? untypedList() : undefined;
  switch (t.name.slice(generic.length)) {
    case "List":
    case "IList":
    case "ICollection":
    case "IEnumerable":
      return { kind: "list", item, make: (items) => new List(item, items) };
    case "IReadOnlyList":
    case "IReadOnlyCollection":
      return readOnlyList(item);
    case "HashSet":
    case "ISet":
      return { kind: "list", item, make: (items) => fill(new HashSet(item), items) };
    case "SortedSet":
      return { kind: "list", item, make: (items) => fill(new SortedSet(item), items) };
    case "Queue":
      return { kind: "list", item, make: (items) => new Queue(item, items) };
    case "Stack":
      return { kind: "list", item, make: (items) => new Stack(item, items) };
    default:
      return undefined;
  }
}

function joined(t: Type, rows: readonly (CsArray | null)[]): CsArray {
  const array = fromRows(t.args[0], t.rank, rows);
  if (array) return array;
  const text = "Cannot deserialize non-cubical array as multidimensional array.";
  throw new CsException("Newtonsoft.Json.JsonSerializationException", text);
}

const READ_ONLY_LIST = "System.Collections.ObjectModel.ReadOnlyCollection";

function readOnlyList(item: Type): Contract {
  return { kind: "list", item, make: (items) => new ReadOnlyCollection(item, new List(item, items)) };
}

function untypedList(): Contract {
  const item = type("System.Object");
  return { kind: "list", item, make: (items) => new List(item, items) };
}

function fill<S extends CollectionProtocol>(set: S, items: unknown[]): S {
  for (const item of items) set.addItem(item);
  return set;
}

const READ_ONLY_DICTIONARY = "System.Collections.ObjectModel.ReadOnlyDictionary";

function dictionaryContract(t: Type): Contract | undefined {
  const [key, value] = t.args;
  if (t.name === `${generic}SortedDictionary`) {
    return { kind: "dictionary", key, value, make: () => new SortedDictionary(key, value) };
  }
  const make = () => new Dictionary(key, value);
  if (t.name === READ_ONLY_DICTIONARY || t.name === `${generic}IReadOnlyDictionary`) {
    const own = parseType(`${READ_ONLY_DICTIONARY}<!0,!1>`, [key, value]);
    return { kind: "dictionary", key, value, make, seal: (filled) => new ReadOnlyDictionary(own, filled) };
  }
  if (t.name !== `${generic}Dictionary` && t.name !== `${generic}IDictionary`) return undefined;
  return { kind: "dictionary", key, value, make };
}

function membersContract(t: Type): Contract | undefined {
  if (t.kind === "anonymous") {
    const members = t.args.map((arg, i) => ({ name: t.memberNames?.[i] as string, type: arg }));
    return { kind: "members", members, make: (values) => new AnonymousObject(t, values) };
  }
  if (t.kind === "tuple") {
    const members = t.args.map((arg, i) => ({ name: `Item${i + 1}`, type: arg }));
    return { kind: "members", members, make: (values) => new CsTuple(t, values) };
  }
  if (t.name === "System.Tuple") {
    const members = t.args.map((arg, i) => ({ name: i === 7 ? "Rest" : `Item${i + 1}`, type: arg }));
    return { kind: "members", members, make: (values) => new ReferenceTuple(t, values) };
  }
  if (t.name !== `${generic}KeyValuePair`) return undefined;
  const members = [
    { name: "Key", type: t.args[0] },
    { name: "Value", type: t.args[1] },
  ];
  return { kind: "members", members, make: ([key, value]) => new KeyValuePair(t, key, value) };
}

/** XML by the convention of json-to-xml.ts. */
function xmlContract(t: Type): Contract | undefined {
  switch (t.name) {
    case "System.Xml.Linq.XDocument":
      return { kind: "xml", make: (document) => document };
    case "System.Xml.Linq.XElement":
      return { kind: "xml", make: rootOf };
    case "System.Xml.XmlDocument":
      return { kind: "xml", make: viewOf };
    default:
      return undefined;
  }
}

function rootOf(document: XDocument): unknown {
  const { root } = document;
  if (!root) throw nullReference();
  root.remove();
  return root;
}

/** Values of members that the JSON does not mention. */
export function defaults(members: readonly Member[]): unknown[] {
  return members.map((member) => defaultOf(member.type));
}
