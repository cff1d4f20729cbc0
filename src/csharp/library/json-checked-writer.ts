/**
 * The JsonWriter that C# sees: writes piece by piece what makes valid JSON, and refuses the rest with Json.NET's messages. What it writes
 * goes to a writer of text or of tokens. Follows https://www.newtonsoft.com/json/help/html/T_Newtonsoft_Json_JsonWriter.htm.
 */
import { spend } from "../runtime/budget.ts";
import { CsObject, type CsException } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { jsonWriterError } from "./json-errors.ts";
import { appendName } from "./json-reader.ts";
import { JsonToken, JTokenType, jsonTokenName } from "./json-token-type.ts";
import { JsonTextWriter, type JsonWriter } from "./json-writer.ts";

/** Where the writer is, with the names that messages have for it. */
type Place =
  | "Start"
  | "Property"
  | "ObjectStart"
  | "Object"
  | "ArrayStart"
  | "Array"
  | "ConstructorStart"
  | "Constructor"
  | "Closed";

/** WriteState. */
const WRITE_STATES: Readonly<Record<Place, number>> = {
  Closed: 1,
  ObjectStart: 2,
  Object: 2,
  ArrayStart: 3,
  Array: 3,
  ConstructorStart: 4,
  Constructor: 4,
  Property: 5,
  Start: 6,
};

type Kind = "Object" | "Array" | "Constructor";

const STARTS: Readonly<Record<Kind, JsonToken>> = {
  Object: JsonToken.StartObject,
  Array: JsonToken.StartArray,
  Constructor: JsonToken.StartConstructor,
};

/** An open container and where in it the writer is. */
interface Position {
  readonly kind: Kind;
  index: number;
  name: string | null;
}

export class CheckedJsonWriter extends CsObject implements JsonWriter {
  readonly sink: JsonWriter;
  readonly #typeName: string;
  readonly #flush: () => void;
  readonly #open: Position[] = [];
  #place: Place = "Start";
  /** Whether Close closes what is open. */
  autoComplete = true;

  /** @param flush called after each piece */
  constructor(typeName: string, sink: JsonWriter, flush: () => void = () => {}) {
    super();
    this.#typeName = typeName;
    this.sink = sink;
    this.#flush = flush;
  }

  override get type(): Type {
    return type(this.#typeName);
  }

  get writeState(): number {
    return WRITE_STATES[this.#place];
  }

  /** How many containers are open. */
  get top(): number {
    return this.#open.length;
  }

  get path(): string {
    const inside = !this.#place.endsWith("Start");
    let path = "";
    for (const { kind, index, name } of inside ? this.#open : this.#open.slice(0, -1)) {
      if (kind !== "Object") path += `[${index}]`;
      else if (name !== null) path = appendName(path, name);
    }
    return path;
  }

  error(message: string): CsException {
    return jsonWriterError(message, this.path);
  }

  startObject(): void {
    this.#start("Object", () => this.sink.startObject());
  }

  startArray(): void {
    this.#start("Array", () => this.sink.startArray());
  }

  startConstructor(name: string): void {
    this.#start("Constructor", () => this.sink.startConstructor(name));
  }

  endObject(): void {
    this.#endUntil("Object");
  }

  endArray(): void {
    this.#endUntil("Array");
  }

  endConstructor(): void {
    this.#endUntil("Constructor");
  }

  /** Closes the container that was opened last. */
  end(): void {
    const kind = this.#open.at(-1)?.kind;
    if (!kind) throw this.error("Unexpected type when writing end: None");
    this.#endUntil(kind);
  }

  propertyName(name: string): void {
    const position = this.#open.at(-1);
    if (position) position.name = name;
    this.#check(JsonToken.PropertyName);
    this.sink.propertyName(name);
    this.#place = "Property";
    this.#flush();
  }

  scalar(tokenType: JTokenType, value: unknown, valueType: Type | null): void {
    this.#countItem();
    this.#check(TOKENS[tokenType] ?? JsonToken.String);
    this.sink.scalar(tokenType, value, valueType);
    this.#afterValue();
  }

  comment(text: string): void {
    this.#check(JsonToken.Comment);
    this.sink.comment(text);
    this.#flush();
  }

  /** Text that goes out as it is; nothing to a tree. */
  raw(text: string): void {
    if (this.sink instanceof JsonTextWriter) this.sink.raw(text);
    this.#flush();
  }

  close(): void {
    while (this.autoComplete && this.#open.length > 0) this.end();
    this.#place = "Closed";
  }

  /** IDisposable.Dispose. */
  dispose(): void {
    this.close();
  }

  #start(kind: Kind, write: () => void): void {
    this.#countItem();
    this.#check(STARTS[kind]);
    write();
    this.#open.push({ kind, index: -1, name: null });
    this.#place = `${kind}Start`;
    this.#flush();
  }

  /** Closes up to the newest container of a kind. A property without a value becomes null. */
  #endUntil(kind: Kind): void {
    let levels = this.#open.length - 1;
    while (levels >= 0 && this.#open[levels].kind !== kind) levels--;
    if (levels < 0) throw this.error("No token to close.");
    while (this.#open.length > levels) {
      if (this.#place === "Property") this.scalar(JTokenType.Null, null, null);
      const closed = this.#open.pop() as Position;
      if (closed.kind === "Object") this.sink.endObject();
      else if (closed.kind === "Array") this.sink.endArray();
      else this.sink.endConstructor();
      this.#afterValue();
    }
  }

  #countItem(): void {
    const position = this.#open.at(-1);
    if (position && position.kind !== "Object") position.index++;
  }

  #afterValue(): void {
    this.#place = this.#open.at(-1)?.kind ?? "Start";
    this.#flush();
  }

  /** Whether a token may stand here. */
  #check(token: JsonToken): void {
    spend(1);
    const place = this.#place;
    const inObject = place === "Object" || place === "ObjectStart";
    const isName = token === JsonToken.PropertyName;
    const allowed = token === JsonToken.Comment || (isName ? inObject || place === "Start" : !inObject);
    if (allowed && place !== "Closed") return;
    throw this.error(`Token ${jsonTokenName(token)} in state ${place} would result in an invalid JSON object.`);
  }
}

/** How messages name values; the others are strings. */
const TOKENS: Partial<Record<JTokenType, JsonToken>> = {
  [JTokenType.Integer]: JsonToken.Integer,
  [JTokenType.Float]: JsonToken.Float,
  [JTokenType.Boolean]: JsonToken.Boolean,
  [JTokenType.Null]: JsonToken.Null,
  [JTokenType.Undefined]: JsonToken.Undefined,
  [JTokenType.Raw]: JsonToken.Undefined,
  [JTokenType.Date]: JsonToken.Date,
  [JTokenType.Bytes]: JsonToken.Bytes,
};
