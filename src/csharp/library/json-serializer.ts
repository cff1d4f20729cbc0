/**
 * Json.NET's serialiser: any .NET value to JSON. Dictionaries become objects, other sequences arrays, anonymous objects and tuples
 * objects of their members; enums are numbers, byte[] is base 64, tokens write themselves, XML follows json-from-xml.ts.
 */
import { spend } from "../runtime/budget.ts";
import { defaultOf } from "../runtime/default-value.ts";
import { caught } from "../runtime/exceptions.ts";
import { rowsOf } from "../runtime/multi-array.ts";
import { equalsOf, isInstance, iterate, iterateBoxed, textOf, typeOf } from "../runtime/object.ts";
import { AnonymousObject, CsTuple } from "../runtime/structural.ts";
import { Box, box, CsException, CsMultiArray, type CsObject, unbox } from "../runtime/values.ts";
import { parseType, type Type, type } from "../types.ts";
import type { DictionaryProtocol } from "./collection-protocol.ts";
import { findImplementation, isInline } from "./define.ts";
import { JToken } from "./jtoken.ts";
import { DbNull } from "./db-null.ts";
import { jsonSerializationError } from "./json-errors.ts";
import { appendName } from "./json-reader.ts";
import { dateText } from "./json-scalars.ts";
import type { JsonStyle } from "./json-style.ts";
import { JTokenType } from "./json-token-type.ts";
import { JTokenWriter } from "./json-token-writer.ts";
import { call, clr, tokenTypeOf } from "./json-values.ts";
import { Formatting, JsonTextWriter, type JsonWriter } from "./json-writer.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";
import { writeXmlAsJson } from "./json-from-xml.ts";
import { Regex } from "./regex.ts";
import { StringBuilder } from "./string-builder.ts";
import { ReferenceTuple } from "./tuple.ts";
import { TypeObject } from "./type.ts";
import { XObject } from "./xobject.ts";

export interface SerializeOptions {
  /** Properties that are null are left out. Entries of dictionaries are not properties. */
  readonly skipNulls?: boolean;
  /** Properties with the default of their type are left out. */
  readonly skipDefaults?: boolean;
  /** ReferenceLoopHandling: what to do about an object inside itself: 0 throw, 1 leave it out, 2 write it. */
  readonly loops?: number;
  readonly style?: JsonStyle;
}

/** A value seen as object as JSON text, as JsonConvert.SerializeObject. */
export function serialize(
  value: unknown,
  formatting: number = Formatting.None,
  options: SerializeOptions = {},
): string {
  const writer = new JsonTextWriter(formatting === Formatting.Indented, options.style);
  new Serializer(writer, options).write(value);
  return writer.text;
}

/** The same to any writer. */
export function serializeTo(writer: JsonWriter, value: unknown, options: SerializeOptions = {}): void {
  new Serializer(writer, options).write(value);
}

/** A value seen as object as a tree, as JToken.FromObject. Tokens are copied. */
export function tokenFromObject(value: unknown, options: SerializeOptions = {}): JToken {
  const writer = new JTokenWriter();
  new Serializer(writer, options).write(value);
  return writer.token as JToken;
}

class Serializer {
  readonly #writer: JsonWriter;
  readonly #options: SerializeOptions;
  /** Objects being written, to notice one that contains itself. */
  readonly #open = new Set<unknown>();
  /** Names and indexes that lead to the value being written. */
  readonly #path: (string | number)[] = [];

  constructor(writer: JsonWriter, options: SerializeOptions) {
    this.#writer = writer;
    this.#options = options;
  }

  /** @param property name of the property that holds the value, for messages; elements of lists and dictionaries have none */
  write(value: unknown, property?: string): void {
    spend(1);
    if (value === null) return this.#writer.scalar(JTokenType.Null, null, null);
    if (value instanceof JToken) return value.writeTo(this.#writer);
    if (value instanceof DbNull) return this.#writer.scalar(JTokenType.Null, null, null);
    if (value instanceof XObject) return writeXmlAsJson(this.#writer, value);
    if (value instanceof TypeObject) return this.write(call("System.Type", "AssemblyQualifiedName", value));
    const valueType = typeOf(value);
    const tokenType = valueType.name === "System.Char" ? JTokenType.String : tokenTypeOf(valueType);
    if (valueType.kind === "enum") return this.#writer.scalar(JTokenType.Integer, unbox(value), clr.int32());
    if (tokenType !== undefined) {
      return this.#writer.scalar(tokenType, value instanceof Box ? value.value : value, valueType);
    }
    this.#writeObject(value as CsObject, valueType, property);
  }

  #writeObject(boxed: CsObject, valueType: Type, property: string | undefined): void {
    if (this.#open.has(boxed) && !this.#options.loops)
      throw selfReference(valueType, property, this.#path.slice(0, -1));
    this.#open.add(boxed);
    const value = boxed instanceof Box ? (boxed.value as CsObject) : boxed;
    if (value instanceof AnonymousObject)
      this.#writeMembers(valueType.memberNames as string[], valueType.args, value.values);
    else if (value instanceof CsTuple) this.#writeTuple(valueType.args, value.items);
    else if (value instanceof ReferenceTuple) this.#writeMembers(TUPLE_NAMES, valueType.args, value.items);
    else if (value instanceof KeyValuePair)
      this.#writeMembers(["Key", "Value"], valueType.args, [value.key, value.value]);
    else if (isDictionary(value)) this.#writeDictionary(value);
    else if (Symbol.iterator in value) this.#writeArray(value);
    else if (value instanceof CsException) this.#writeException(value);
    else if (value instanceof Regex) this.#writeRegex(value);
    else if (value instanceof StringBuilder) this.#writeStringBuilder(value);
    else this.#writeProperties(value, valueType);
    this.#open.delete(boxed);
  }

  #isLoop(value: unknown): boolean {
    return this.#options.loops === LEAVE_OUT && this.#open.has(value);
  }

  /** Whether a property of this value is not written. */
  #leavesOut(value: unknown, t: Type): boolean {
    const { skipNulls, skipDefaults } = this.#options;
    if (this.#isLoop(value) || (skipNulls && value === null)) return true;
    return skipDefaults === true && equalsOf(t)(value, defaultOf(t));
  }

  /** A value inside of another, under a name or at an index. */
  #writeInside(step: string | number, value: unknown, property?: string): void {
    this.#path.push(step);
    this.write(value, property);
    this.#path.pop();
  }

  #writeMembers(names: readonly string[], types: readonly Type[], values: readonly unknown[]): void {
    this.#writer.startObject();
    values.forEach((value, i) => {
      if (this.#leavesOut(value, types[i])) return;
      this.#writer.propertyName(names[i]);
      this.#writeInside(names[i], box(value, types[i]), names[i]);
    });
    this.#writer.endObject();
  }

  /** Item1 to Item7; the eighth and later elements are in a nested Rest. */
  #writeTuple(types: readonly Type[], items: readonly unknown[]): void {
    this.#writer.startObject();
    for (let i = 0; i < Math.min(items.length, 7); i++) {
      if (this.#leavesOut(items[i], types[i])) continue;
      this.#writer.propertyName(TUPLE_NAMES[i]);
      this.#writeInside(TUPLE_NAMES[i], box(items[i], types[i]), TUPLE_NAMES[i]);
    }
    if (items.length > 7) {
      this.#writer.propertyName("Rest");
      this.#writeTuple(types.slice(7), items.slice(7));
    }
    this.#writer.endObject();
  }

  #writeDictionary(dictionary: DictionaryProtocol): void {
    this.#writer.startObject();
    const [keyType, valueType] = entryTypesOf(dictionary);
    for (const entry of iterate(dictionary, pairType(keyType, valueType))) {
      const { key, value } = entry as KeyValuePair;
      if (this.#isLoop(value)) continue;
      const name = keyText(key, keyType);
      this.#writer.propertyName(name);
      this.#writeInside(name, box(value, valueType));
    }
    this.#writer.endObject();
  }

  #writeArray(items: CsObject): void {
    this.#writer.startArray();
    const elements = items instanceof CsMultiArray ? rowsOf(items) : iterateBoxed(items);
    let index = 0;
    for (const item of elements) if (!this.#isLoop(item)) this.#writeInside(index++, item);
    this.#writer.endArray();
  }

  /** What GetObjectData gives of an exception; what it would tell about the host is null. */
  #writeException(error: CsException): void {
    const members = exceptionMembers(error);
    this.#writeMembers(
      members.map(([name]) => name),
      members.map(([, , type]) => type),
      members.map(([, value]) => value),
    );
  }

  /** As RegexConverter: whatever is said of default values. */
  #writeRegex(regex: Regex): void {
    this.#writer.startObject();
    this.#writer.propertyName("Pattern");
    this.write(regex.toText());
    this.#writer.propertyName("Options");
    this.write(box(regex.engine.options, clr.int32()));
    this.#writer.endObject();
  }

  /** What StringBuilder.GetObjectData gives. */
  #writeStringBuilder(builder: StringBuilder): void {
    const [int, text] = [clr.int32(), clr.string()];
    this.#writeMembers(
      ["m_MaxCapacity", "Capacity", "m_StringValue", "m_currentThread"],
      [int, int, text, int],
      [MAX_CAPACITY, builder.capacity, builder.toText(), 0],
    );
  }

  /** Any other object: its public properties, those of the most derived class first. */
  #writeProperties(value: CsObject, valueType: Type): void {
    const properties = [...readableProperties(valueType)];
    this.#writeMembers(
      properties.map(({ name }) => name),
      properties.map(({ propertyType }) => propertyType),
      properties.map((property) => readProperty(property, value, valueType)),
    );
  }
}

function exceptionMembers(error: CsException): [name: string, value: unknown, type: Type][] {
  const isA = (name: string) => isInstance(error, type(`System.${name}`));
  const parameter = isA("ArgumentException") ? (call("System.ArgumentException", "ParamName", error) as string) : null;
  const [own] = parameter ? error.message.split(` (Parameter '${parameter}')`) : [error.message];
  const members: [string, unknown, Type][] = [
    ["ClassName", error.typeName, clr.string()],
    ["Message", own, clr.string()],
    ["Data", null, clr.object()],
    ["InnerException", error.inner, clr.object()],
    ["HelpURL", null, clr.string()],
    ["StackTraceString", null, clr.string()],
    ["RemoteStackTraceString", null, clr.string()],
    ["RemoteStackIndex", 0, clr.int32()],
    ["ExceptionMethod", null, clr.string()],
    ["HResult", call("System.Exception", "HResult", error), clr.int32()],
    ["Source", null, clr.string()],
    ["WatsonBuckets", null, clr.bytes()],
  ];
  if (isA("ArgumentException")) members.push(["ParamName", parameter, clr.string()]);
  if (isA("ArgumentOutOfRangeException")) {
    members.push(["ActualValue", call("System.ArgumentOutOfRangeException", "ActualValue", error), clr.object()]);
  }
  return members;
}

/** ReferenceLoopHandling.Ignore. */
const LEAVE_OUT = 1;

/** StringBuilder.MaxCapacity. */
const MAX_CAPACITY = 0x7fffffff;

const TUPLE_NAMES = ["Item1", "Item2", "Item3", "Item4", "Item5", "Item6", "Item7", "Rest"];

function isDictionary(value: CsObject): value is CsObject & DictionaryProtocol {
  return "lookUp" in value && "keySequence" in value;
}

const DICTIONARIES: readonly string[] = ["IDictionary", "IReadOnlyDictionary"].map(
  (name) => `System.Collections.Generic.${name}`,
);

/** Types of the keys and of the values. */
function entryTypesOf(dictionary: DictionaryProtocol): readonly Type[] {
  const own = typeOf(dictionary);
  return [own, ...own.interfaces].find((t) => DICTIONARIES.includes(t.name))?.args ?? own.args;
}

/** A dictionary's key as a property name. */
function keyText(key: unknown, keyType: Type): string {
  const boxed = box(key, keyType);
  const t = boxed === null ? keyType : typeOf(boxed);
  const raw = unbox(boxed);
  return tokenTypeOf(t) === JTokenType.Date ? dateText(raw, t) : textOf(raw, t);
}

/** What a getter throws is told with its name. */
function readProperty({ name, read }: ReadableProperty, value: CsObject, valueType: Type): unknown {
  try {
    return read(value);
  } catch (error) {
    const message = `Error getting value from '${name}' on '${valueType.clrName}'.`;
    throw new CsException("Newtonsoft.Json.JsonSerializationException", message, caught(error));
  }
}

interface ReadableProperty {
  name: string;
  propertyType: Type;
  read(self: CsObject): unknown;
}

function* readableProperties(owner: Type): Generator<ReadableProperty> {
  for (let t: Type | null = owner; t && t.name !== "System.Object"; t = t.base) {
    for (const member of t.def.m) {
      if (member.k !== "prop" || member.s || member.ix || !member.get || !member.n || !member.t) continue;
      const read = findImplementation(t.name, member.n);
      if (!read || isInline(read)) continue;
      yield {
        name: member.n,
        propertyType: parseType(member.t, t.args),
        read: read as unknown as (self: CsObject) => unknown,
      };
    }
  }
}

/** @param steps names and indexes that lead to the container of the value */
function selfReference(
  valueType: Type,
  property: string | undefined,
  steps: readonly (string | number)[],
): CsException {
  const where = property === undefined ? "" : ` for property '${property}'`;
  const message = `Self referencing loop detected${where} with type '${valueType.clrName}'.`;
  let path = "";
  for (const step of steps) path = typeof step === "number" ? `${path}[${step}]` : appendName(path, step);
  return jsonSerializationError({ path, hasLineInfo: false, lineNumber: 0, linePosition: 0 }, message);
}
