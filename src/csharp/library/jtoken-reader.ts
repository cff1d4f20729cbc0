/** Json.NET's JTokenReader: gives a tree token by token, so that the deserialiser need not know where its input comes from. */
import { CsException } from "../runtime/values.ts";
import { caught } from "../runtime/exceptions.ts";
import { type Type, type } from "../types.ts";
import { JConstructor } from "./jconstructor.ts";
import { JContainer } from "./jcontainer.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { kinds, stringAs, valueAs } from "./json-read-as.ts";
import { JsonReader, type MemberRules, type ReadType, type TypedReader } from "./json-reader.ts";
import { JsonToken, JTokenType, jsonTokenName } from "./json-token-type.ts";
import { clr, scalarText, uriText } from "./json-values.ts";
import { JValue } from "./jvalue.ts";

export class JTokenReader extends JsonReader implements TypedReader {
  rules: MemberRules;
  readonly #root: JToken;
  readonly #initialPath: string;
  /** The token that the reader stands on; null before the first and after the last. */
  #at: JToken | null = null;
  #started = false;

  constructor(root: JToken, rules: MemberRules = {}) {
    super();
    this.rules = rules;
    this.#root = root;
    this.#initialPath = root.path;
  }

  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JTokenReader");
  }

  override get hasLineInfo(): boolean {
    return this.#at !== null && this.#at.lineNumber > 0;
  }

  override get lineNumber(): number {
    return this.#at?.lineNumber ?? 0;
  }

  override get linePosition(): number {
    return this.#at?.linePosition ?? 0;
  }

  override get path(): string {
    const path = super.path;
    if (this.#initialPath === "" || path === "") return this.#initialPath + path;
    return path.startsWith("[") ? this.#initialPath + path : `${this.#initialPath}.${path}`;
  }

  /** The token that the reader stands on. */
  get current(): JToken | null {
    return this.#at;
  }

  override read(): boolean {
    if (!this.#started) {
      this.#started = true;
      this.#enter(this.#root);
      return true;
    }
    const at = this.#at;
    if (!at) return false;
    const entered = at instanceof JContainer && !isEnd(this.tokenType);
    if (entered && at.first) this.#enter(at.first);
    else if (entered) this.#leave(at);
    else this.#over(at);
    return this.#at !== null;
  }

  /** To the next sibling, or to the end of the container. */
  #over(token: JToken): void {
    let from = token;
    for (;;) {
      if (from === this.#root) {
        this.#at = null;
        this.setToken(JsonToken.None);
        return;
      }
      if (from.next) return this.#enter(from.next);
      const parent = from.parent as JContainer | null;
      if (!parent) throw new CsException("System.InvalidOperationException", "The token has left its tree.");
      if (!(parent instanceof JProperty)) return this.#leave(parent);
      from = parent;
    }
  }

  #leave(container: JContainer): void {
    this.#at = container;
    const end: Partial<Record<JTokenType, JsonToken>> = {
      [JTokenType.Object]: JsonToken.EndObject,
      [JTokenType.Array]: JsonToken.EndArray,
      [JTokenType.Constructor]: JsonToken.EndConstructor,
    };
    const token = end[container.tokenType];
    if (token) this.setToken(token);
    else this.#over(container);
  }

  #enter(token: JToken): void {
    this.#at = token;
    if (token instanceof JValue) this.#enterValue(token);
    else if (token instanceof JProperty) this.setToken(JsonToken.PropertyName, token.name, clr.string());
    else if (token instanceof JConstructor) this.setToken(JsonToken.StartConstructor, token.name, clr.string());
    else this.setToken(token.tokenType === JTokenType.Object ? JsonToken.StartObject : JsonToken.StartArray);
  }

  #enterValue(token: JValue): void {
    switch (token.tokenType) {
      case JTokenType.Guid:
      case JTokenType.TimeSpan:
        return this.setToken(JsonToken.String, scalarText(token.raw, token.rawType), clr.string());
      case JTokenType.Uri:
        return this.setToken(JsonToken.String, uriText(token.raw), clr.string());
      default:
        this.setToken(readerTokens[token.tokenType] ?? JsonToken.Undefined, token.raw, token.rawType);
    }
  }

  readAs(expected: ReadType): boolean {
    if (!this.readAndMoveToContent()) return false;
    if (expected === "any") return true;
    const t = this.tokenType;
    if (t === JsonToken.Null || t === JsonToken.Undefined || isEnd(t) || t === JsonToken.PropertyName) return true;
    const value = { raw: this.value, rawType: this.valueType };
    if (t === JsonToken.StartArray && expected === "bytes") {
      this.readBytesOfArray();
    } else if (t === JsonToken.String) {
      const converted = stringAs(value.raw as string, expected);
      if (!converted) throw this.error(`Could not convert string to ${kinds[expected].name}: ${value.raw}.`);
      this.setToken(converted.token, converted.raw, converted.rawType, false);
    } else if (readable[expected].includes(t)) {
      this.#convert(expected);
    } else {
      throw this.error(`Error reading ${kinds[expected].noun}. Unexpected token: ${jsonTokenName(t)}.`);
    }
    return true;
  }

  #convert(expected: Exclude<ReadType, "any">): void {
    const value = { raw: this.value, rawType: this.valueType };
    try {
      const converted = valueAs(value, expected);
      this.setToken(converted.token, converted.raw, converted.rawType, false);
    } catch (error) {
      const inner = caught(error);
      const text = scalarText(value.raw, value.rawType);
      throw this.error(`Could not convert to ${kinds[expected].name}: ${text}.`, inner);
    }
  }
}

const { Integer, Float, Boolean: Bool, Date: DateToken, Bytes, Raw, Comment } = JsonToken;

/** Tokens other than strings that a kind can be read from. */
const readable: Readonly<Record<Exclude<ReadType, "any">, readonly JsonToken[]>> = {
  int: [Integer, Float],
  decimal: [Integer, Float],
  double: [Integer, Float],
  bool: [Integer, Float, Bool],
  date: [DateToken],
  dateOffset: [DateToken],
  string: [Integer, Float, Bool, DateToken, Bytes],
  bytes: [Bytes],
};

const readerTokens: Partial<Record<JTokenType, JsonToken>> = {
  [JTokenType.Comment]: Comment,
  [JTokenType.Integer]: Integer,
  [JTokenType.Float]: Float,
  [JTokenType.String]: JsonToken.String,
  [JTokenType.Boolean]: Bool,
  [JTokenType.Null]: JsonToken.Null,
  [JTokenType.Undefined]: JsonToken.Undefined,
  [JTokenType.Date]: DateToken,
  [JTokenType.Raw]: Raw,
  [JTokenType.Bytes]: Bytes,
};

function isEnd(token: JsonToken): boolean {
  return token === JsonToken.EndObject || token === JsonToken.EndArray || token === JsonToken.EndConstructor;
}
