/**
 * Json.NET's deserialiser: JSON as a .NET type. Covers what expressions can name: tokens, object, primitives, enums, dates, nullable
 * types, arrays, the generic collections and dictionaries, pairs, tuples and anonymous types. json-contract.ts says which is which.
 */
import { spend } from "../runtime/budget.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { isInstance, toText, typeOf } from "../runtime/object.ts";
import { caught } from "../runtime/exceptions.ts";
import { box, type CsException, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenReader } from "./jtoken-reader.ts";
import { changeType, convertBigInteger } from "./json-conversion.ts";
import { contractOf, type Contract, defaults } from "./json-contract.ts";
import { readJsonDate } from "./json-dates.ts";
import { jsonSerializationError, jsonWriterError } from "./json-errors.ts";
import { valueToken } from "./json-loading.ts";
import type { MemberRules, ReadType, TypedReader } from "./json-reader.ts";
import type { JsonReading } from "./json-style.ts";
import { JsonToken, jsonTokenName } from "./json-token-type.ts";
import { JTokenWriter } from "./json-token-writer.ts";
import { readXml } from "./json-to-xml.ts";
import { typeObject } from "./type.ts";
import { JsonTypedReader } from "./json-typed-reader.ts";
import { call, clr, dateTimeOf } from "./json-values.ts";
import { UriKind } from "./uri.ts";

export interface DeserializeOptions extends MemberRules {
  readonly reading?: JsonReading;
}

/** JsonConvert.DeserializeObject: text as a T, in T's representation. */
export function deserialize(text: string | null, target: Type, options: DeserializeOptions = {}): unknown {
  if (text === null) throw argumentNull("value");
  const reader = new JsonTypedReader(text, options.reading, options);
  const value = deserializeFrom(reader, target);
  while (reader.read()) {
    if (reader.tokenType !== JsonToken.Comment) {
      throw jsonSerializationError(
        reader,
        "Additional text found in JSON string after finishing deserializing object.",
      );
    }
  }
  return value;
}

/** JToken.ToObject: a tree as a T, in T's representation. */
export function deserializeToken(token: JToken, target: Type, rules: MemberRules = {}): unknown {
  return deserializeFrom(new JTokenReader(token, rules), target);
}

/** JsonSerializer.Deserialize: the value that the reader stands on, or its first one. */
export function deserializeFrom(reader: TypedReader, target: Type): unknown {
  const contract = contractOf(target);
  if (reader.tokenType === JsonToken.None && !readFor(reader, contract)) {
    if (!target.isValueType || target.isNullable) return null;
    throw jsonSerializationError(reader, `No JSON content found and type '${target.clrName}' is not nullable.`);
  }
  return createValue(reader, target, contract);
}

/** To the next token, as what the contract wants; false at the end. */
function readFor(reader: TypedReader, contract: Contract): boolean {
  const expected: ReadType = contract.kind === "value" ? contract.readAs : "any";
  return reader.readAs(expected) && reader.tokenType !== JsonToken.None;
}

function createValue(reader: TypedReader, target: Type, contract: Contract): unknown {
  spend(1);
  if (contract.kind === "token") return createToken(reader, target);
  if (contract.kind === "xml") {
    const document = readXml(reader);
    return document && contract.make(document);
  }
  switch (reader.tokenType) {
    case JsonToken.StartObject:
      reader.readAndAssert();
      return skipMetadata(reader) ? null : createFromObject(reader, target, contract);
    case JsonToken.StartArray:
      return createFromArray(reader, target, contract);
    case JsonToken.String:
      if (reader.value === "" && emptyTextIsNull(target, contract)) return null;
      return ensureType(reader, target);
    case JsonToken.Integer:
    case JsonToken.Float:
    case JsonToken.Boolean:
    case JsonToken.Date:
    case JsonToken.Bytes:
    case JsonToken.Null:
    case JsonToken.Undefined:
    case JsonToken.StartConstructor:
      return ensureType(reader, target);
    default:
      throw jsonSerializationError(
        reader,
        `Unexpected token while deserializing object: ${jsonTokenName(reader.tokenType)}`,
      );
  }
}

/** An empty string stands for null where null can be, but for texts and for what may be any value. */
function emptyTextIsNull(target: Type, contract: Contract): boolean {
  if (contract.kind === "any" || target === clr.string()) return false;
  return target.isNullable || !target.isValueType;
}

/** A tree of the wanted class; JSON null is null unless a JValue or any token will do. */
function createToken(reader: TypedReader, target: Type): JToken | null {
  const anyValue = target.simpleName === "JToken" || target.simpleName === "JValue";
  if (reader.tokenType === JsonToken.Null && !anyValue) return null;
  const writer = new JTokenWriter();
  copyToken(reader, writer);
  const token = writer.token as JToken;
  if (!isInstance(token, target)) {
    const [is, wanted] = [token.type.clrName, target.clrName];
    throw jsonSerializationError(
      reader,
      `Deserialized JSON type '${is}' is not compatible with expected type '${wanted}'.`,
    );
  }
  return token;
}

/** Copies the value that the reader stands on. */
export function copyToken(reader: TypedReader, writer: JTokenWriter): void {
  let open = 0;
  let containerPath = "";
  do {
    spend(1);
    open += copyPiece(reader, writer);
    if (open === 0) return;
    containerPath = writer.containerPath;
  } while (reader.read());
  throw jsonWriterError("Unexpected end when reading token.", containerPath);
}

/** Copies one token; 1 when it opened a container, -1 when it closed one. */
function copyPiece(reader: TypedReader, writer: JTokenWriter): number {
  switch (reader.tokenType) {
    case JsonToken.StartObject:
      writer.startObject();
      return 1;
    case JsonToken.StartArray:
      writer.startArray();
      return 1;
    case JsonToken.StartConstructor:
      writer.startConstructor(reader.value as string);
      return 1;
    case JsonToken.EndObject:
    case JsonToken.EndArray:
    case JsonToken.EndConstructor:
      writer.endObject();
      return -1;
    case JsonToken.PropertyName:
      writer.propertyName(reader.value as string);
      return 0;
    default: {
      const value = valueToken(reader);
      if (value) writer.scalar(value.tokenType, value.raw, value.rawType);
      return 0;
    }
  }
}

/**
 * Steps over the leading `$id` and `$type` properties, which Json.NET takes for its own. True for a `{"$ref": ...}`, which refers to
 * nothing here: the object is null.
 */
function skipMetadata(reader: TypedReader): boolean {
  while (reader.tokenType === JsonToken.PropertyName) {
    const name = reader.value as string;
    if (name !== "$id" && name !== "$type" && name !== "$ref") return false;
    reader.readAndAssert();
    const value = reader.value;
    reader.readAndAssert();
    if (name !== "$ref" || value === null) continue;
    if (typeof value !== "string") {
      throw jsonSerializationError(reader, "JSON reference $ref property must have a string or null value.");
    }
    if (reader.tokenType === JsonToken.PropertyName) {
      throw jsonSerializationError(
        reader,
        "Additional content found in JSON reference object. A JSON reference object should only have a $ref property.",
      );
    }
    return true;
  }
  return false;
}

/** The reader stands behind the opening brace. */
function createFromObject(reader: TypedReader, target: Type, contract: Contract): unknown {
  switch (contract.kind) {
    case "any":
      return createJObject(reader);
    case "dictionary":
      return fillDictionary(reader, target, contract);
    case "members":
      return createFromMembers(reader, target, contract);
    case "unsupported":
      throw jsonSerializationError(
        reader,
        `Could not create an instance of type ${target.clrName}. ` +
          "Type is an interface or abstract class and cannot be instantiated.",
      );
    default:
      throw jsonSerializationError(reader, wrongShape("object", target, contract));
  }
}

function createJObject(reader: TypedReader): JToken {
  const writer = new JTokenWriter();
  writer.startObject();
  for (;;) {
    if (reader.tokenType === JsonToken.PropertyName) {
      writer.propertyName(reader.value as string);
      if (!reader.readAndMoveToContent()) break;
      copyToken(reader, writer);
    } else if (reader.tokenType !== JsonToken.Comment) {
      writer.endObject();
      return writer.token as JToken;
    }
    if (!reader.read()) break;
  }
  throw unexpectedEnd(reader, "object");
}

function unexpectedEnd(reader: TypedReader, what: string): CsException {
  return jsonSerializationError(reader, `Unexpected end when deserializing ${what}.`);
}

function fillDictionary(reader: TypedReader, target: Type, contract: Contract & { kind: "dictionary" }): unknown {
  const dictionary = contract.make();
  const value = contractOf(contract.value);
  do {
    if (reader.tokenType === JsonToken.Comment) continue;
    if (reader.tokenType === JsonToken.EndObject) return contract.seal?.(dictionary) ?? dictionary;
    const key = dictionaryKey(reader, contract.key, target);
    if (!readFor(reader, value)) throw unexpectedEnd(reader, "object");
    dictionary.putEntry(key, createValue(reader, contract.value, value));
  } while (reader.read());
  throw unexpectedEnd(reader, "object");
}

function dictionaryKey(reader: TypedReader, keyType: Type, target: Type): unknown {
  const name = reader.value as string;
  try {
    return keyType.kind === "enum" ? convertValue(name, keyType) : ensureType(reader, keyType);
  } catch (error) {
    const message =
      `Could not convert string '${name}' to dictionary key type '${target.args[0].clrName}'. ` +
      "Create a TypeConverter to convert from the string to the key type object.";
    throw jsonSerializationError(reader, message, caught(error));
  }
}

/** Members match by name without regard to case; what the type does not have is stepped over. */
function createFromMembers(reader: TypedReader, target: Type, contract: Contract & { kind: "members" }): unknown {
  const values = defaults(contract.members);
  do {
    if (reader.tokenType === JsonToken.Comment) continue;
    if (reader.tokenType === JsonToken.EndObject) return contract.make(values);
    const name = (reader.value as string).toLowerCase();
    const index = contract.members.findIndex((member) => member.name.toLowerCase() === name);
    if (index < 0 && reader.rules.refuseUnknown) {
      const [, typeName] = /([^.[]+)(\[.*)?$/s.exec(target.clrName) ?? [];
      throw jsonSerializationError(reader, `Could not find member '${reader.value}' on object of type '${typeName}'.`);
    }
    if (index < 0) {
      if (!reader.read()) break;
      reader.skip();
      continue;
    }
    const member = contract.members[index];
    const inner = contractOf(member.type);
    if (!readFor(reader, inner)) break;
    if (reader.tokenType === JsonToken.Null && reader.rules.skipNulls) continue;
    values[index] = createValue(reader, member.type, inner);
  } while (reader.read());
  throw unexpectedEnd(reader, "object");
}

/** The reader stands on the opening bracket. */
function createFromArray(reader: TypedReader, target: Type, contract: Contract): unknown {
  if (contract.kind === "any") {
    const writer = new JTokenWriter();
    copyToken(reader, writer);
    return writer.token;
  }
  if (contract.kind !== "list") throw jsonSerializationError(reader, wrongShape("array", target, contract));
  const items: unknown[] = [];
  const item = contractOf(contract.item);
  while (readFor(reader, item)) {
    if (reader.tokenType === JsonToken.EndArray) return contract.make(items);
    if (reader.tokenType !== JsonToken.Comment) items.push(createValue(reader, contract.item, item));
  }
  throw unexpectedEnd(reader, "array");
}

const examples = { object: 'JSON object (e.g. {"name":"value"})', array: "JSON array (e.g. [1,2,3])" };

function expectedShape(target: Type, contract: Contract): string {
  if (contract.kind === "list") return examples.array;
  if (contract.kind !== "value") return examples.object;
  return target === clr.string() ? "JSON string value" : "JSON primitive value (e.g. string, number, boolean, null)";
}

/** The long message of Json.NET about an array where an object was wanted, or the reverse. */
function wrongShape(found: "object" | "array", target: Type, contract: Contract): string {
  const wanted = expectedShape(target, contract);
  const other =
    found === "object"
      ? "so that it is a normal .NET type (e.g. not a primitive type like integer, not a collection type like an array or List<T>) " +
        "that can be deserialized from a JSON object. JsonObjectAttribute can also be added to the type to force it to " +
        "deserialize from a JSON object."
      : "to an array or a type that implements a collection interface (e.g. ICollection, IList) like List<T> that can be " +
        "deserialized from a JSON array. JsonArrayAttribute can also be added to the type to force it to deserialize from a JSON array.";
  return (
    `Cannot deserialize the current ${examples[found]} into type '${target.clrName}' because the type requires a ${wanted} ` +
    `to deserialize correctly.\nTo fix this error either change the JSON to a ${wanted} or change the deserialized type ${other}\n`
  );
}

/** The value that the reader stands on, converted to the wanted type. */
function ensureType(reader: TypedReader, target: Type): unknown {
  const value = reader.valueType === null ? null : box(reader.value, reader.valueType);
  if (value === null && (!target.isValueType || target.isNullable)) return null;
  try {
    return convertValue(value, target);
  } catch (error) {
    const shown = typeof value === "string" ? `"${value}"` : value === null ? "{null}" : toText(value);
    const message = `Error converting value ${shown} to type '${target.clrName}'.`;
    throw jsonSerializationError(reader, message, caught(error));
  }
}

/** A JSON value seen as object, in the representation of a type. */
function convertValue(value: unknown, target: Type): unknown {
  const wanted = target.isNullable ? target.args[0] : target;
  if (isInstance(value, wanted)) return wanted.isValueType ? unbox(value) : value;
  if (wanted.kind === "enum") return enumValue(value, wanted);
  if (!isAssignable(wanted, type("System.IConvertible"))) return convertOrCast(value, wanted);
  const date = typeof value === "string" && wanted === clr.dateTime() ? readJsonDate(value) : undefined;
  if (date) return dateTimeOf(date);
  if (typeof unbox(value) === "bigint" && isInstance(value, clr.bigInteger())) {
    return convertBigInteger(unbox(value) as bigint, wanted);
  }
  return changeType(value, wanted);
}

/** For types that System.Convert does not know. Whatever prevents it, Json.NET says no more than that it cannot. */
function convertOrCast(value: unknown, wanted: Type): unknown {
  const parser = typeof value === "string" ? parsers[wanted.name] : undefined;
  if (parser) {
    try {
      return call(wanted.name, parser[0], value, ...parser.slice(1));
    } catch (error) {
      // Only what .NET throws: the end of the budget goes on.
      caught(error);
    }
  }
  const from = value === null ? "{null}" : typeOf(value).clrName;
  throw argument(`Could not cast or convert from ${from} to ${wanted.clrName}.`);
}

/** How types that System.Convert does not know are made from strings: the member and what it takes behind the string. */
const parsers: Readonly<Record<string, readonly [member: string, ...rest: unknown[]]>> = {
  "System.Guid": ["new(string)"],
  "System.TimeSpan": ["Parse(string)"],
  "System.Uri": ["new(string,UriKind)", UriKind.RelativeOrAbsolute],
  "System.DateTimeOffset": ["Parse(string)"],
};

/** A number, or names separated by commas: each as it is written, otherwise without regard to case. */
function enumValue(value: unknown, enumType: Type): unknown {
  if (value === null) throw argumentNull("value");
  if (typeof value !== "string") return unbox(call("System.Enum", "ToObject(*)", typeObject(enumType), value));
  const text = value.trim();
  if (text === "") throw argument("Must specify valid information for parsing in the string.");
  if (/^[+-]?\d+$/.test(text)) return changeType(text, clr.int32());
  const members = enumType.def.m.filter((m) => m.k === "field");
  let result = 0;
  for (const name of text.split(",").map((part) => part.trim())) {
    const lower = name.toLowerCase();
    const member = members.find((m) => m.n === name) ?? members.find((m) => m.n?.toLowerCase() === lower);
    if (!member) throw argument(`Requested value '${value}' was not found.`);
    result |= Number(member.v);
  }
  return result;
}
