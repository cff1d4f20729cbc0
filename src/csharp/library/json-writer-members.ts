/** Members of Json.NET's JsonWriter, JsonTextWriter and JTokenWriter, and those of trees and serialisers that take a writer. */
import { typeOf } from "../runtime/object.ts";
import { unbox } from "../runtime/values.ts";
import { keywordTypes, type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import type { JContainer } from "./jcontainer.ts";
import type { JToken } from "./jtoken.ts";
import { CheckedJsonWriter } from "./json-checked-writer.ts";
import { copyToken } from "./json-deserializer.ts";
import type { TypedReader } from "./json-reader.ts";
import { serializeTo } from "./json-serializer.ts";
import { serializeOptions, type Settings } from "./json-settings.ts";
import type { JsonStyle } from "./json-style.ts";
import { JsonToken, JTokenType } from "./json-token-type.ts";
import { JTokenWriter } from "./json-token-writer.ts";
import { clr, tokenTypeOf } from "./json-values.ts";
import { Formatting, JsonTextWriter } from "./json-writer.ts";
import type { StringWriter } from "./string-writer.ts";

const JSON_NET = "Newtonsoft.Json";

/** A value of a .NET type, null for null and an empty Nullable. */
function writeValue(self: CheckedJsonWriter, value: unknown, valueType: Type): void {
  if (value === null) return self.scalar(JTokenType.Null, null, null);
  const tokenType = valueType.name === "System.Char" ? JTokenType.String : tokenTypeOf(valueType);
  if (tokenType === undefined) {
    throw self.error(
      `Unsupported type: ${valueType.clrName}. Use the JsonSerializer class to get the object's JSON representation.`,
    );
  }
  self.scalar(tokenType, value, valueType);
}

/** WriteValue of each type that it takes, and of its Nullable. */
function valueMembers(): Members {
  const members: Members = {
    "WriteValue(string)": (self: CheckedJsonWriter, value: string | null) => writeValue(self, value, clr.string()),
    "WriteValue(byte[])": (self: CheckedJsonWriter, value: unknown) => writeValue(self, value, clr.bytes()),
    "WriteValue(Uri)": (self: CheckedJsonWriter, value: unknown) => writeValue(self, value, clr.uri()),
    "WriteValue(object)": (self: CheckedJsonWriter, value: unknown) =>
      writeValue(self, value === null ? null : unbox(value), value === null ? clr.object() : typeOf(value)),
  };
  const keywords = "bool byte char decimal double float int long sbyte short uint ulong ushort".split(" ");
  for (const name of [...keywords, "DateTime", "DateTimeOffset", "Guid", "TimeSpan"]) {
    const t = type(keywordTypes.get(name) ?? `System.${name}`);
    const write = (self: CheckedJsonWriter, value: unknown) => writeValue(self, value, t);
    members[`WriteValue(${name})`] = write;
    members[`WriteValue(Nullable<${name}>)`] = write;
  }
  return members;
}

/** The value, property or comment that the reader stands on, or its first one. */
function writeToken(self: CheckedJsonWriter, reader: TypedReader | null): void {
  if (reader === null) throw argumentNull("reader");
  if (reader.tokenType === JsonToken.None && !reader.read()) return;
  const tree = new JTokenWriter();
  copyToken(reader, tree);
  tree.token?.writeTo(self);
}

const writerMembers: Members = {
  ...valueMembers(),
  "WriteStartObject()": (self: CheckedJsonWriter) => self.startObject(),
  "WriteEndObject()": (self: CheckedJsonWriter) => self.endObject(),
  "WriteStartArray()": (self: CheckedJsonWriter) => self.startArray(),
  "WriteEndArray()": (self: CheckedJsonWriter) => self.endArray(),
  "WriteStartConstructor(string)": (self: CheckedJsonWriter, name: string | null) => self.startConstructor(name ?? ""),
  "WriteEndConstructor()": (self: CheckedJsonWriter) => self.endConstructor(),
  "WriteEnd()": (self: CheckedJsonWriter) => self.end(),
  "WritePropertyName(*)": (self: CheckedJsonWriter, name: string | null) => self.propertyName(name ?? ""),
  "WriteNull()": (self: CheckedJsonWriter) => self.scalar(JTokenType.Null, null, null),
  "WriteUndefined()": (self: CheckedJsonWriter) => self.scalar(JTokenType.Undefined, null, null),
  "WriteRaw(string)": (self: CheckedJsonWriter, json: string | null) => self.raw(json ?? ""),
  "WriteRawValue(string)": (self: CheckedJsonWriter, json: string | null) =>
    self.scalar(JTokenType.Raw, json ?? "", clr.string()),
  "WriteComment(string)": (self: CheckedJsonWriter, text: string | null) => self.comment(text ?? ""),
  "WriteWhitespace(string)": (self: CheckedJsonWriter, blanks: string | null) => {
    if (blanks !== null && /\S/.test(blanks)) throw self.error("Only white space characters should be used.");
    self.raw(blanks ?? "");
  },
  "WriteToken(JsonReader)": writeToken,
  "Flush()": () => {},
  "Close()": (self: CheckedJsonWriter) => self.close(),
  AutoCompleteOnClose: (self: CheckedJsonWriter) => self.autoComplete,
  "AutoCompleteOnClose=": (self: CheckedJsonWriter, value: boolean) => {
    self.autoComplete = value;
  },
  Path: (self: CheckedJsonWriter) => self.path,
  WriteState: (self: CheckedJsonWriter) => self.writeState,
};

function textOf(self: CheckedJsonWriter): JsonTextWriter {
  return self.sink as JsonTextWriter;
}

/** Getter and setter of how values are written. */
function style(name: keyof JsonStyle, property: string): Members {
  return {
    [property]: (self: CheckedJsonWriter) => textOf(self).style[name],
    [`${property}=`]: (self: CheckedJsonWriter, value: unknown) => {
      textOf(self).style = { ...textOf(self).style, [name]: value };
    },
  };
}

/** Indentation and IndentChar of a text that is indented by so many of one character. */
function indentation(self: CheckedJsonWriter, count: number, unit: string): void {
  textOf(self).indentation = unit.repeat(count);
}

implement(`${JSON_NET}.JsonWriter`, writerMembers);
implement(`${JSON_NET}.JsonTextWriter`, {
  ...writerMembers,
  "new(TextWriter)": (target: StringWriter | null) => {
    if (target === null) throw argumentNull("textWriter");
    const text = new JsonTextWriter(false);
    return new CheckedJsonWriter(`${JSON_NET}.JsonTextWriter`, text, () => target.write(text.take()));
  },
  Formatting: (self: CheckedJsonWriter) => (textOf(self).indented ? Formatting.Indented : Formatting.None),
  "Formatting=": (self: CheckedJsonWriter, value: number) => {
    textOf(self).indented = value === Formatting.Indented;
  },
  Indentation: (self: CheckedJsonWriter) => textOf(self).indentation.length,
  "Indentation=": (self: CheckedJsonWriter, count: number) => {
    if (count < 0) throw argument("Indentation value must be greater than 0.");
    indentation(self, count, textOf(self).indentation[0] ?? " ");
  },
  IndentChar: (self: CheckedJsonWriter) => (textOf(self).indentation || " ").charCodeAt(0),
  "IndentChar=": (self: CheckedJsonWriter, unit: number) =>
    indentation(self, textOf(self).indentation.length, String.fromCharCode(unit)),
  ...style("dates", "DateFormatHandling"),
  ...style("dateFormat", "DateFormatString"),
  ...style("zone", "DateTimeZoneHandling"),
  ...style("floats", "FloatFormatHandling"),
  ...style("escapes", "StringEscapeHandling"),
});

const TREE_WRITER = `${JSON_NET}.Linq.JTokenWriter`;

function treeWriter(container: JContainer | null = null): CheckedJsonWriter {
  return new CheckedJsonWriter(TREE_WRITER, new JTokenWriter(container));
}

implement(TREE_WRITER, {
  ...writerMembers,
  "new()": () => treeWriter(),
  "new(JContainer)": (container: JContainer | null) => {
    if (container === null) throw argumentNull("container");
    return treeWriter(container);
  },
  Token: (self: CheckedJsonWriter) => (self.sink as JTokenWriter).token,
});
implement(`${JSON_NET}.Linq.JContainer`, { "CreateWriter()": (self: JContainer) => treeWriter(self) });

const writing: Members = {
  "WriteTo(JsonWriter,JsonConverter[])": (self: JToken, writer: CheckedJsonWriter | null) => {
    if (writer === null) throw argumentNull("writer");
    self.writeTo(writer);
  },
};
for (const name of ["JToken", "JValue", "JRaw", "JContainer", "JObject", "JArray", "JProperty", "JConstructor"]) {
  implement(`${JSON_NET}.Linq.${name}`, writing);
}

implement(`${JSON_NET}.JsonSerializer`, {
  "Serialize(JsonWriter,object)": (self: Settings, writer: CheckedJsonWriter | null, value: unknown) => {
    if (writer === null) throw argumentNull("jsonWriter");
    serializeTo(writer, value, serializeOptions(self));
  },
  "Serialize(TextWriter,object)": (self: Settings, writer: StringWriter | null, value: unknown) => {
    if (writer === null) throw argumentNull("textWriter");
    const options = serializeOptions(self);
    const text = new JsonTextWriter(self.get("Formatting") === Formatting.Indented, options.style);
    serializeTo(text, value, options);
    writer.write(text.text);
  },
});
