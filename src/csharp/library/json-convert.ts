/** Newtonsoft.Json.JsonConvert, and the serialising members of the token classes: FromObject, ToObject. */
import { allocate, spend } from "../runtime/budget.ts";
import { typeOf } from "../runtime/object.ts";
import { caught } from "../runtime/exceptions.ts";
import { box, CsException, type CsObject, unbox } from "../runtime/values.ts";
import { keywordTypes, nullableOf, type Type, type } from "../types.ts";
import type { DateTime } from "./date-time.ts";
import type { DateTimeOffset } from "./date-time-offset.ts";
import { implement, type Members } from "./define.ts";
import { Dictionary } from "./dictionary.ts";
import { argument, argumentNull, invalidCast } from "./exceptions-thrown.ts";
import type { JToken } from "./jtoken.ts";
import type { JValue } from "./jvalue.ts";
import { deserialize, deserializeToken } from "./json-deserializer.ts";
import { quoteJsonWith } from "./json-escape.ts";
import { serializeXml } from "./json-from-xml.ts";
import { tokenToType } from "./json-operators.ts";
import { scalarJson } from "./json-scalars.ts";
import { serialize, tokenFromObject } from "./json-serializer.ts";
import { deserializeOptions, serializeOptions, type Settings } from "./json-settings.ts";
import { DEFAULT_STYLE } from "./json-style.ts";
import { JTokenType, tokenTypeName } from "./json-token-type.ts";
import { deserializeXml } from "./json-to-xml.ts";
import { call, clr, tokenTypeOf } from "./json-values.ts";
import { Formatting } from "./json-writer.ts";
import type { KeyValuePair } from "./key-value-pair.ts";
import { List } from "./list.ts";
import { typeObject, typeOfTypeObject } from "./type.ts";
import type { XDocument } from "./xdocument.ts";
import { viewOf, type XmlNode } from "./xml-document.ts";
import type { XObject } from "./xobject.ts";

const LINQ = "Newtonsoft.Json.Linq";

function toJson(value: unknown, formatting = 0, settings: Settings | null = null): string {
  const json = serialize(value, formatting, serializeOptions(settings));
  allocate(json.length);
  return json;
}

/** The settings' own formatting counts only where none is given. */
function toJsonAs(value: unknown, settings: Settings | null): string {
  return toJson(value, settings?.get("Formatting") as number | undefined, settings);
}

function read(target: Type, text: string | null, settings: Settings | null = null): unknown {
  if (text !== null) spend(text.length >> 6);
  return deserialize(text, target, deserializeOptions(settings));
}

/** DeserializeObject to a type that is known at run time gives object: value types in a Box. */
function readBoxed(text: string | null, target: CsObject | null, settings: Settings | null = null): unknown {
  const t = target === null ? clr.object() : typeOfTypeObject(target);
  return box(read(t, text, settings), t);
}

/** JsonConvert.ToString(object): simple values only. */
function literal(value: unknown): string {
  if (value === null) return "null";
  const t = typeOf(value);
  const tokenType = t.name === "System.Char" ? JTokenType.String : tokenTypeOf(t);
  if (tokenType === undefined) {
    throw argument(
      `Unsupported type: ${t.clrName}. Use the JsonSerializer class to get the object's JSON representation.`,
    );
  }
  return scalarJson(tokenType, unbox(value), t);
}

function quoted(text: string | null, delimiter = 34, handling = 0): string {
  if (delimiter !== 34 && delimiter !== 39) throw argument("Delimiter must be a single or double quote.", "delimiter");
  return quoteJsonWith(text ?? "", String.fromCharCode(delimiter), handling);
}

function toStringMembers(): Members {
  const members: Members = {
    "ToString(object)": literal,
    "ToString(Enum)": (value: unknown) => String(unbox(value)),
    "ToString(Uri)": literal,
    "ToString(string)": (text: string | null) => quoted(text),
    "ToString(string,char)": (text: string | null, delimiter: number) => quoted(text, delimiter),
    "ToString(string,char,StringEscapeHandling)": quoted,
  };
  const structs = [
    "bool",
    "byte",
    "char",
    "DateTime",
    "DateTimeOffset",
    "decimal",
    "double",
    "Guid",
    "short",
    "int",
    "long",
    "sbyte",
    "float",
    "TimeSpan",
    "ushort",
    "uint",
    "ulong",
  ];
  for (const name of structs) {
    const t = type(keywordTypes.get(name) ?? `System.${name}`);
    members[`ToString(${name})`] = (value: unknown) => literal(box(value, t));
  }
  return members;
}

/** JsonConvert.ToString of a date, with DateFormatHandling and DateTimeZoneHandling. */
function dateLiteral(date: DateTime, dates: number, zone: number): string {
  return scalarJson(JTokenType.Date, date, clr.dateTime(), { ...DEFAULT_STYLE, dates, zone });
}

function dateOffsetLiteral(date: DateTimeOffset, dates: number): string {
  return scalarJson(JTokenType.Date, date, clr.dateTimeOffset(), { ...DEFAULT_STYLE, dates });
}

/** PopulateObject: adds to a dictionary or list what the JSON has. */
function populate(text: string | null, target: unknown): void {
  if (target === null) throw argumentNull("target");
  const t = typeOf(target);
  const found = read(t, text);
  if (target instanceof Dictionary) {
    for (const pair of found as Dictionary) target.putEntry((pair as KeyValuePair).key, (pair as KeyValuePair).value);
  } else if (target instanceof List) {
    for (const item of found as List) target.addItem(item);
  } else {
    throw argument(`An object of type ${t.clrName} cannot be populated.`, "target");
  }
}

implement("Newtonsoft.Json.JsonConvert", {
  ...toStringMembers(),
  "ToString(DateTime,DateFormatHandling,DateTimeZoneHandling)": dateLiteral,
  "ToString(DateTimeOffset,DateFormatHandling)": dateOffsetLiteral,
  "PopulateObject(*)": populate,
  True: () => "true",
  False: () => "false",
  Null: () => "null",
  Undefined: () => "undefined",
  PositiveInfinity: () => "Infinity",
  NegativeInfinity: () => "-Infinity",
  NaN: () => "NaN",
  "SerializeObject(object)": (value: unknown) => toJson(value),
  "SerializeObject(object,Formatting)": (value: unknown, formatting: number) => toJson(value, formatting),
  "SerializeObject(object,JsonConverter[])": (value: unknown) => toJson(value),
  "SerializeObject(object,Formatting,JsonConverter[])": (value: unknown, formatting: number) =>
    toJson(value, formatting),
  "SerializeObject(object,JsonSerializerSettings)": toJsonAs,
  "SerializeObject(object,Formatting,JsonSerializerSettings)": toJson,
  "SerializeObject(object,Type,JsonSerializerSettings)": (value: unknown, _t: unknown, settings: Settings | null) =>
    toJsonAs(value, settings),
  "SerializeObject(object,Type,Formatting,JsonSerializerSettings)": (
    value: unknown,
    _t: unknown,
    formatting: number,
    settings: Settings | null,
  ) => toJson(value, formatting, settings),
  // DeserializeObject(text) and DeserializeObject<T>(text) share a key; the type argument comes first.
  "DeserializeObject(string)": (...args: unknown[]) =>
    args.length === 1 ? readBoxed(args[0] as string | null, null) : read(args[0] as Type, args[1] as string | null),
  "DeserializeObject(string,JsonSerializerSettings)": (...args: unknown[]) =>
    args.length === 2
      ? readBoxed(args[0] as string | null, null, args[1] as Settings | null)
      : read(args[0] as Type, args[1] as string | null, args[2] as Settings | null),
  "DeserializeObject(string,JsonConverter[])": (target: Type, text: string | null) => read(target, text),
  "DeserializeObject(string,Type)": readBoxed,
  "DeserializeObject(string,Type,JsonConverter[])": (text: string | null, target: CsObject | null) =>
    readBoxed(text, target),
  "DeserializeObject(string,Type,JsonSerializerSettings)": readBoxed,
  "DeserializeAnonymousType(string,!!0)": (target: Type, text: string | null) => read(target, text),
  "DeserializeAnonymousType(string,!!0,JsonSerializerSettings)": (
    target: Type,
    text: string | null,
    _example: unknown,
    settings: Settings | null,
  ) => read(target, text, settings),
});

function xmlText(node: XObject | null, formatting = 0, omitRoot = false): string {
  const json = node === null ? "null" : serializeXml(node, formatting === Formatting.Indented, omitRoot);
  allocate(json.length);
  return json;
}

function xmlDocument(
  text: string | null,
  rootName: string | null = null,
  writeArrayAttribute = false,
  encodeSpecialCharacters = false,
): XDocument | null {
  if (text === null) throw argumentNull("value");
  spend(text.length >> 6);
  return deserializeXml(text, { rootName, writeArrayAttribute, encodeSpecialCharacters });
}

implement("Newtonsoft.Json.JsonConvert", {
  "SerializeXNode(XObject)": (node: XObject | null) => xmlText(node),
  "SerializeXNode(XObject,Formatting)": (node: XObject | null, formatting: number) => xmlText(node, formatting),
  "SerializeXNode(XObject,Formatting,bool)": xmlText,
  "SerializeXmlNode(XmlNode)": (node: XmlNode | null) => xmlText(node?.inner ?? null),
  "SerializeXmlNode(XmlNode,Formatting)": (node: XmlNode | null, formatting: number) =>
    xmlText(node?.inner ?? null, formatting),
  "SerializeXmlNode(XmlNode,Formatting,bool)": (node: XmlNode | null, formatting: number, omitRoot: boolean) =>
    xmlText(node?.inner ?? null, formatting, omitRoot),
  "DeserializeXmlNode(*)": (...args: Parameters<typeof xmlDocument>) => viewOf(xmlDocument(...args)),
  "DeserializeXNode(string)": (text: string | null) => xmlDocument(text),
  "DeserializeXNode(string,string)": (text: string | null, rootName: string | null) => xmlDocument(text, rootName),
  "DeserializeXNode(string,string,bool)": (text: string | null, rootName: string | null, arrays: boolean) =>
    xmlDocument(text, rootName, arrays),
  "DeserializeXNode(string,string,bool,bool)": xmlDocument,
});

function fromObject(value: unknown, serializer: Settings | null = null): JToken {
  if (value === null) throw argumentNull("o");
  return tokenFromObject(value, serializeOptions(serializer));
}

function fromObjectAs(kind: JTokenType, name: string) {
  return (value: unknown, serializer: Settings | null = null): JToken => {
    const token = fromObject(value, serializer);
    if (token.tokenType === kind) return token;
    throw argument(`Object serialized to ${tokenTypeName(token.tokenType)}. ${name} instance expected.`);
  };
}

/** ToObject<T>: simple types convert as the operators do, anything else is deserialised. */
function toObject(self: JToken, target: Type): unknown {
  const value = target.isNullable ? target.args[0] : target;
  if (value.kind === "enum") return enumFrom(self, target, value);
  const converted = tokenToType(self, target);
  return converted === undefined ? deserializeToken(self, target) : converted;
}

/** What is neither a text nor an integer converts as to an int. */
function enumFrom(self: JToken, target: Type, enumType: Type): unknown {
  if (self.tokenType === JTokenType.String) return enumFromText(self, target, enumType);
  if (self.tokenType === JTokenType.Integer) {
    const { raw, rawType } = self as JValue;
    return unbox(call("System.Enum", "ToObject(*)", typeObject(enumType), box(raw, rawType as Type)));
  }
  const int = clr.int32();
  const number = tokenToType(self, target.isNullable ? nullableOf(int) : int);
  if (number !== null && target.isNullable) throw invalidCast(int, target);
  return number;
}

function enumFromText(self: JToken, target: Type, enumType: Type): unknown {
  try {
    return deserializeToken(self, target);
  } catch (error) {
    const message = `Could not convert '${self.toText()}' to ${enumType.simpleName}.`;
    throw new CsException("System.ArgumentException", message, caught(error));
  }
}

/** With a serialiser of its own, all types are deserialised. */
function toObjectBy(self: JToken, target: Type, serializer: Settings | null): unknown {
  if (serializer === null) throw argumentNull("jsonSerializer");
  return deserializeToken(self, target, deserializeOptions(serializer));
}

const conversion: Members = {
  "ToObject()": toObject,
  "ToObject(JsonSerializer)": toObjectBy,
  "ToObject(Type)": (self: JToken, target: CsObject) => {
    const t = typeOfTypeObject(target);
    return box(toObject(self, t), t);
  },
  "ToObject(Type,JsonSerializer)": (self: JToken, target: CsObject, serializer: Settings | null) => {
    const t = typeOfTypeObject(target);
    return box(toObjectBy(self, t, serializer), t);
  },
  "FromObject(*)": fromObject,
};

for (const name of ["JToken", "JContainer", "JValue", "JRaw", "JProperty", "JConstructor"]) {
  implement(`${LINQ}.${name}`, conversion);
}
implement(`${LINQ}.JObject`, { ...conversion, "FromObject(*)": fromObjectAs(JTokenType.Object, "JObject") });
implement(`${LINQ}.JArray`, { ...conversion, "FromObject(*)": fromObjectAs(JTokenType.Array, "JArray") });
