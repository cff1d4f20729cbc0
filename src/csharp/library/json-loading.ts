/**
 * Building trees from readers: JToken.Parse, JObject.Parse, JArray.Parse, and the same for code outside C#.
 * What a document may look like is JsonTextReader's business; this file decides which tokens of it become which nodes.
 */
import { argumentNull } from "./exceptions-thrown.ts";
import { JArray } from "./jarray.ts";
import { JConstructor } from "./jconstructor.ts";
import type { JContainer } from "./jcontainer.ts";
import { JObject } from "./jobject.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import type { JsonReader } from "./json-reader.ts";
import { JsonTextReader } from "./json-text-reader.ts";
import { JsonToken, JTokenType, jsonTokenName } from "./json-token-type.ts";
import { JValue } from "./jvalue.ts";

/** JsonLoadSettings. */
export interface LoadOptions {
  /** Comments become tokens; without it they are dropped inside containers. */
  readonly loadComments?: boolean;
  /** Comments before the first token are stepped over (JsonLoadSettings with CommentHandling.Ignore). */
  readonly ignoreComments?: boolean;
  /** 0 replace, 1 ignore, 2 error. */
  readonly duplicates?: number;
}

/** Any JSON text as a tree, as JToken.Parse. Throws CsException (Newtonsoft.Json.JsonReaderException). */
export function parseJson(text: string): JToken {
  return parseWith(text, loadToken);
}

/** JSON text that must be an object, as JObject.Parse. */
export function parseJsonObject(text: string): JObject {
  return parseWith(text, loadObject);
}

/** JSON text that must be an array, as JArray.Parse. */
export function parseJsonArray(text: string): JArray {
  return parseWith(text, loadArray);
}

/** Reads one token and makes sure that only comments follow. A null text throws ArgumentNullException. */
export function parseWith<T>(
  text: string | null,
  load: (reader: JsonReader, options: LoadOptions) => T,
  options: LoadOptions = {},
): T {
  if (text === null) throw argumentNull("s");
  const reader = new JsonTextReader(text);
  const token = load(reader, options);
  reader.readToEnd();
  return token;
}

/** JToken.ReadFrom. */
export function loadToken(reader: JsonReader, options: LoadOptions = {}): JToken {
  if (reader.tokenType === JsonToken.None) {
    const found = options.ignoreComments ? reader.readAndMoveToContent() : reader.read();
    if (!found) throw reader.error("Error reading JToken from JsonReader.");
  }
  switch (reader.tokenType) {
    case JsonToken.StartObject:
      return loadObject(reader, options);
    case JsonToken.StartArray:
      return loadArray(reader, options);
    case JsonToken.StartConstructor:
      return loadConstructor(reader, options);
    case JsonToken.PropertyName:
      return loadProperty(reader, options);
    default: {
      const value = valueToken(reader);
      if (value) return value;
      throw reader.error(`Error reading JToken from JsonReader. Unexpected token: ${jsonTokenName(reader.tokenType)}`);
    }
  }
}

export function loadObject(reader: JsonReader, options: LoadOptions = {}): JObject {
  moveTo(reader, JsonToken.StartObject, "JObject", "an object");
  return readTokens(place(new JObject(), reader), reader, options);
}

export function loadArray(reader: JsonReader, options: LoadOptions = {}): JArray {
  moveTo(reader, JsonToken.StartArray, "JArray", "an array");
  return readTokens(place(new JArray(), reader), reader, options);
}

export function loadConstructor(reader: JsonReader, options: LoadOptions = {}): JConstructor {
  moveTo(reader, JsonToken.StartConstructor, "JConstructor", "a constructor");
  return readTokens(place(new JConstructor(reader.value as string), reader), reader, options);
}

export function loadProperty(reader: JsonReader, options: LoadOptions = {}): JProperty {
  moveTo(reader, JsonToken.PropertyName, "JProperty", "a property");
  return readTokens(place(new JProperty(reader.value as string), reader), reader, options);
}

function moveTo(reader: JsonReader, token: JsonToken, name: string, what: string): void {
  if (reader.tokenType === JsonToken.None && !reader.read())
    throw reader.error(`Error reading ${name} from JsonReader.`);
  reader.moveToContent();
  if (reader.tokenType === token) return;
  const found = jsonTokenName(reader.tokenType);
  throw reader.error(`Error reading ${name} from JsonReader. Current JsonReader item is not ${what}: ${found}`);
}

/** Notes where a token was read. */
function place<T extends JToken>(token: T, reader: JsonReader): T {
  if (reader.hasLineInfo) {
    token.lineNumber = reader.lineNumber;
    token.linePosition = reader.linePosition;
  }
  return token;
}

/** From the start of a container, on which the reader stands, to its end. */
function readTokens<T extends JContainer>(container: T, reader: JsonReader, options: LoadOptions): T {
  const depth = reader.depth;
  const name = container.type.simpleName;
  if (!reader.read()) throw reader.error(`Error reading ${name} from JsonReader.`);
  readContents(container, reader, options);
  if (reader.depth > depth) throw reader.error(`Unexpected end of content while loading ${name}.`);
  return container;
}

/** Iterative, so that nesting costs no stack. */
function readContents(root: JContainer, reader: JsonReader, options: LoadOptions): void {
  let parent: JContainer = root;
  do {
    if (parent instanceof JProperty && parent.value !== null) {
      if (parent === root) return;
      parent = parent.parent as JContainer;
    }
    switch (reader.tokenType) {
      case JsonToken.StartObject:
        parent = open(parent, new JObject(), reader);
        break;
      case JsonToken.StartArray:
        parent = open(parent, new JArray(), reader);
        break;
      case JsonToken.StartConstructor:
        parent = open(parent, new JConstructor(reader.value as string), reader);
        break;
      case JsonToken.PropertyName: {
        const property = readProperty(parent as JObject, reader, options);
        if (property) parent = property;
        else reader.skip();
        break;
      }
      case JsonToken.EndObject:
      case JsonToken.EndArray:
      case JsonToken.EndConstructor:
        if (parent === root) return;
        parent = parent.parent as JContainer;
        break;
      case JsonToken.Comment:
        if (
          options.loadComments &&
          parent.tokenType !== JTokenType.Property &&
          parent.tokenType !== JTokenType.Object
        ) {
          parent.append(valueToken(reader) as JValue);
        }
        break;
      default: {
        const value = valueToken(reader);
        if (value) parent.append(value);
      }
    }
  } while (reader.read());
}

function open<T extends JContainer>(parent: JContainer, container: T, reader: JsonReader): T {
  parent.append(place(container, reader));
  return container;
}

/** The property under a name that was just read; undefined when it is a duplicate to be ignored. */
function readProperty(parent: JObject, reader: JsonReader, options: LoadOptions): JProperty | undefined {
  const name = reader.value as string;
  if (options.duplicates && parent.property(name)) {
    if (options.duplicates === 1) return undefined;
    throw reader.error(`Property with the name '${name}' already exists in the current JSON object.`);
  }
  const property = place(new JProperty(name), reader);
  parent.appendOrReplace(property);
  return property;
}

/** Token types of values, by JsonToken. */
const valueTypes: (JTokenType | undefined)[] = [];
valueTypes[JsonToken.String] = JTokenType.String;
valueTypes[JsonToken.Integer] = JTokenType.Integer;
valueTypes[JsonToken.Float] = JTokenType.Float;
valueTypes[JsonToken.Boolean] = JTokenType.Boolean;
valueTypes[JsonToken.Date] = JTokenType.Date;
valueTypes[JsonToken.Bytes] = JTokenType.Bytes;
valueTypes[JsonToken.Null] = JTokenType.Null;
valueTypes[JsonToken.Undefined] = JTokenType.Undefined;
valueTypes[JsonToken.Comment] = JTokenType.Comment;

/** The value that the reader stands on; undefined when it stands on something else. */
export function valueToken(reader: JsonReader): JValue | undefined {
  const known = valueTypes[reader.tokenType];
  if (known === undefined) return undefined;
  return place(new JValue(known, reader.value, reader.valueType), reader);
}
