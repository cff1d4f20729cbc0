/** Members of Json.NET's JsonReader, JsonTextReader and JTokenReader, and those of trees and serialisers that take a reader. */
import { box, type CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenReader } from "./jtoken-reader.ts";
import { chargedInput } from "./jtoken-members.ts";
import { JRaw } from "./jraw.ts";
import { copyToken, deserializeFrom } from "./json-deserializer.ts";
import { type LoadOptions, loadArray, loadConstructor, loadObject, loadProperty, loadToken } from "./json-loading.ts";
import { kinds } from "./json-read-as.ts";
import type { ReadType, TypedReader } from "./json-reader.ts";
import { deserializeOptions, loadOptions, readingBy, type Settings } from "./json-settings.ts";
import type { JsonReading } from "./json-style.ts";
import { JsonToken, jsonTokenName } from "./json-token-type.ts";
import { JTokenWriter } from "./json-token-writer.ts";
import { JsonTypedReader } from "./json-typed-reader.ts";
import { JsonTextWriter } from "./json-writer.ts";
import type { StringReader } from "./string-reader.ts";
import { typeObject, typeOfTypeObject } from "./type.ts";

const JSON_NET = "Newtonsoft.Json";

/** ReadAsInt32 and its like: null at the end, at the end of an array and for JSON null. */
function readAs(reader: TypedReader, expected: Exclude<ReadType, "any">): unknown {
  if (reader instanceof JsonTypedReader) reader.refuseInObject();
  if (!reader.readAs(expected)) return null;
  const { tokenType } = reader;
  if (tokenType === JsonToken.None || tokenType === JsonToken.Null || tokenType === JsonToken.EndArray) return null;
  if (tokenType === kinds[expected].token) return reader.value;
  throw reader.error(`Error reading ${kinds[expected].noun}. Unexpected token: ${jsonTokenName(tokenType)}.`);
}

/** new JsonTextReader(TextReader), which takes all text at once. */
function textReader(reader: StringReader | null): JsonTypedReader {
  if (reader === null) throw argumentNull("reader");
  return new JsonTypedReader(chargedInput(reader.readToEnd()) as string);
}

/** Getter and setter of an option that is an enumeration. */
function option(name: keyof JsonReading, property: string, last: number): Members {
  return {
    [property]: (self: TypedReader) => self.reading[name],
    [`${property}=`]: (self: TypedReader, value: number) => {
      if (value < 0 || value > last) throw argumentOutOfRange("value");
      self.reading = { ...self.reading, [name]: value };
    },
  };
}

const readerMembers: Members = {
  "Read()": (self: TypedReader) => self.read(),
  "ReadAsBoolean()": (self: TypedReader) => readAs(self, "bool"),
  "ReadAsBytes()": (self: TypedReader) => readAs(self, "bytes"),
  "ReadAsDateTime()": (self: TypedReader) => readAs(self, "date"),
  "ReadAsDateTimeOffset()": (self: TypedReader) => readAs(self, "dateOffset"),
  "ReadAsDecimal()": (self: TypedReader) => readAs(self, "decimal"),
  "ReadAsDouble()": (self: TypedReader) => readAs(self, "double"),
  "ReadAsInt32()": (self: TypedReader) => readAs(self, "int"),
  "ReadAsString()": (self: TypedReader) => readAs(self, "string"),
  "Skip()": (self: TypedReader) => self.skip(),
  "Close()": (self: TypedReader) => self.close(),
  Depth: (self: TypedReader) => self.depth,
  Path: (self: TypedReader) => self.path,
  TokenType: (self: TypedReader) => self.tokenType,
  Value: (self: TypedReader) => (self.valueType ? box(self.value, self.valueType) : null),
  ValueType: (self: TypedReader) => (self.valueType ? typeObject(self.valueType) : null),
  SupportMultipleContent: (self: TypedReader) => self.manyValues,
  "SupportMultipleContent=": (self: TypedReader, value: boolean) => {
    self.manyValues = value;
  },
  ...option("dates", "DateParseHandling", 2),
  ...option("zone", "DateTimeZoneHandling", 3),
  ...option("floats", "FloatParseHandling", 1),
  MaxDepth: (self: TypedReader) => self.reading.maxDepth,
  "MaxDepth=": (self: TypedReader, value: number | null) => {
    if (value !== null && value <= 0) throw argument("Value must be positive.", "value");
    self.reading = { ...self.reading, maxDepth: value };
  },
};

implement(`${JSON_NET}.JsonReader`, readerMembers);

implement(`${JSON_NET}.JsonTextReader`, {
  ...readerMembers,
  "new(TextReader)": textReader,
  "HasLineInfo()": () => true,
  LineNumber: (self: JsonTypedReader) => self.lineNumber,
  LinePosition: (self: JsonTypedReader) => self.linePosition,
});

function tokenReader(token: JToken | null): JTokenReader {
  if (token === null) throw argumentNull("token");
  return new JTokenReader(token);
}

implement(`${JSON_NET}.Linq.JTokenReader`, {
  ...readerMembers,
  "new(JToken)": tokenReader,
  CurrentToken: (self: JTokenReader) => self.current,
});

/** Load and ReadFrom of one class of trees. */
function loading(load: (reader: TypedReader, options: LoadOptions) => JToken, name = "Load"): Members {
  const from = (reader: TypedReader | null, settings: Settings | null = null): JToken => {
    if (reader === null) throw argumentNull("reader");
    return load(reader, loadOptions(settings));
  };
  return { [`${name}(JsonReader)`]: from, [`${name}(JsonReader,JsonLoadSettings)`]: from };
}

const loaders = { JObject: loadObject, JArray: loadArray, JConstructor: loadConstructor, JProperty: loadProperty };
for (const [name, load] of Object.entries(loaders)) implement(`${JSON_NET}.Linq.${name}`, loading(load));

implement(`${JSON_NET}.Linq.JToken`, {
  ...loading(loadToken),
  ...loading(loadToken, "ReadFrom"),
  "CreateReader()": tokenReader,
});

implement(`${JSON_NET}.Linq.JRaw`, {
  "Create(JsonReader)": (reader: TypedReader | null) => {
    if (reader === null) throw argumentNull("reader");
    const text = new JsonTextWriter(false);
    if (reader.tokenType !== JsonToken.None || reader.read()) {
      const tree = new JTokenWriter();
      copyToken(reader, tree);
      tree.token?.writeTo(text);
    }
    return new JRaw(text.text);
  },
});

function deserializeBy(serializer: Settings, reader: TypedReader | null, target: Type): unknown {
  if (reader === null) throw argumentNull("reader");
  const { reading, rules } = reader;
  reader.reading = readingBy(serializer, reading);
  reader.rules = deserializeOptions(serializer);
  try {
    return deserializeFrom(reader, target);
  } finally {
    reader.reading = reading;
    reader.rules = rules;
  }
}

implement(`${JSON_NET}.JsonSerializer`, {
  // Deserialize(JsonReader) and Deserialize<T>(JsonReader) share a key; the type argument comes first.
  "Deserialize(JsonReader)": (self: Settings, ...given: unknown[]) => {
    const [target, reader] = given.length > 1 ? given : [type("System.Object"), given[0]];
    return deserializeBy(self, reader as TypedReader | null, target as Type);
  },
  "Deserialize(JsonReader,Type)": (self: Settings, reader: TypedReader | null, of: CsObject | null) => {
    const target = of === null ? type("System.Object") : typeOfTypeObject(of);
    return box(deserializeBy(self, reader, target), target);
  },
  "Deserialize(TextReader,Type)": (self: Settings, reader: StringReader | null, of: CsObject | null) => {
    const target = of === null ? type("System.Object") : typeOfTypeObject(of);
    return box(deserializeBy(self, textReader(reader), target), target);
  },
});
