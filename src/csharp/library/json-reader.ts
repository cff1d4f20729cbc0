/**
 * What all JSON readers share: the token they stand on, the path to it and the depth limit. A reader gives one token per `read()`:
 * JsonTextReader from text, JTokenReader from a tree. Follows Json.NET's JsonReader, whose states decide what its messages say.
 */
import { bytes, type CsException, CsObject } from "../runtime/values.ts";
import { arrayOf, type Type, type } from "../types.ts";
import { convertTo } from "./json-conversion.ts";
import { jsonReaderError, jsonSerializationError } from "./json-errors.ts";
import { JsonToken, jsonTokenName } from "./json-token-type.ts";
import { escapeJson } from "./json-escape.ts";
import { DEFAULT_READING, type JsonReading } from "./json-style.ts";

/** What a caller expects of the next value; "any" takes it as it is, the others convert it or throw. */
export type ReadType = "any" | "int" | "bytes" | "string" | "decimal" | "date" | "dateOffset" | "double" | "bool";

export const State = {
  Start: 0,
  Property: 1,
  ObjectStart: 2,
  Object: 3,
  ArrayStart: 4,
  Array: 5,
  ConstructorStart: 6,
  Constructor: 7,
  PostValue: 8,
  Finished: 9,
  Closed: 10,
} as const;

export type State = (typeof State)[keyof typeof State];

const stateNames = Object.keys(State);

const Container = { None: 0, Object: 1, Array: 2, Constructor: 3 } as const;
type Container = (typeof Container)[keyof typeof Container];
const containerNames = Object.keys(Container);

/** One open container: its kind and where in it the reader is. */
class Position {
  readonly container: Container;
  index = -1;
  name = "";

  constructor(container: Container) {
    this.container = container;
  }
}

// A name with any of these is shown as ['name'] in a path.
const special = /[. '/"[\]()\t\n\r\f\b\\\u0085\u2028\u2029]/;

/** Adds `.name`, or `['name']` when it needs quoting, to a path. */
export function appendName(path: string, name: string): string {
  if (special.test(name)) return `${path}['${escapeJson(name, "'")}']`;
  return path === "" ? name : `${path}.${name}`;
}

export abstract class JsonReader extends CsObject {
  tokenType: JsonToken = JsonToken.None;
  /** Representation of the value: string, bigint (Int64 or BigInteger), number (Double), boolean, DateTime ...; null when there is none. */
  value: unknown = null;
  /** .NET type of `value`; null when there is none. */
  valueType: Type | null = null;
  protected state: State = State.Start;
  readonly #outside = new Position(Container.None);
  #current = this.#outside;
  readonly #stack: Position[] = [];

  /** How values are understood; code that made the reader may change it. */
  reading: JsonReading;
  /** Whether another value may follow the first one. */
  manyValues = false;
  abstract readonly hasLineInfo: boolean;
  abstract get lineNumber(): number;
  abstract get linePosition(): number;
  /** Goes to the next token; false at the end. */
  abstract read(): boolean;

  constructor(reading: JsonReading = DEFAULT_READING) {
    super();
    this.reading = reading;
  }

  get depth(): number {
    const open = this.#stack.length;
    return isStart(this.tokenType) || this.#current.container === Container.None ? open : open + 1;
  }

  /** JSONPath of the current token: `a.b[0]['c d']`. */
  get path(): string {
    if (this.#current.container === Container.None) return "";
    const s = this.state;
    const inside = s !== State.ArrayStart && s !== State.ObjectStart && s !== State.ConstructorStart;
    let path = "";
    for (const position of inside ? [...this.#stack, this.#current] : this.#stack) {
      path = position.container === Container.Object ? appendName(path, position.name) : `${path}[${position.index}]`;
    }
    return path;
  }

  /** Steps over comments. */
  moveToContent(): boolean {
    while (this.tokenType === JsonToken.None || this.tokenType === JsonToken.Comment) {
      if (!this.read()) return false;
    }
    return true;
  }

  readAndMoveToContent(): boolean {
    return this.read() && this.moveToContent();
  }

  /** From the start of a value to its end. */
  skip(): void {
    if (this.tokenType === JsonToken.PropertyName) this.read();
    if (!isStart(this.tokenType)) return;
    const depth = this.depth;
    while (this.read() && depth < this.depth);
  }

  /** Ends the reading: there is no token any more. */
  close(): void {
    this.state = State.Closed;
    this.tokenType = JsonToken.None;
    this.value = null;
    this.valueType = null;
  }

  /** IDisposable.Dispose. */
  dispose(): void {
    this.close();
  }

  /** A call that the state does not allow. */
  unexpectedState(): CsException {
    return this.error(`Unexpected state: ${stateNames[this.state]}.`);
  }

  /** Goes to the next token, which must be there. */
  readAndAssert(): void {
    if (!this.read()) throw jsonSerializationError(this, "Unexpected end when reading JSON.");
  }

  /** The rest of an array of numbers, which stands for bytes. */
  protected readBytesOfArray(): void {
    const read: number[] = [];
    for (;;) {
      if (!this.read()) this.setToken(JsonToken.None);
      if (this.tokenType === JsonToken.None) throw this.error("Unexpected end when reading bytes.");
      if (this.tokenType === JsonToken.EndArray) break;
      if (this.tokenType === JsonToken.Comment) continue;
      if (this.tokenType !== JsonToken.Integer) {
        throw this.error(`Unexpected token when reading bytes: ${jsonTokenName(this.tokenType)}.`);
      }
      read.push(convertTo({ raw: this.value, rawType: this.valueType }, type("System.Byte")) as number);
    }
    this.setToken(JsonToken.Bytes, bytes(Uint8Array.from(read)), arrayOf(type("System.Byte")), false);
  }

  error(message: string, inner: CsException | null = null): CsException {
    return jsonReaderError(this, message, inner);
  }

  protected setToken(token: JsonToken, value: unknown = null, valueType: Type | null = null, updateIndex = true): void {
    this.tokenType = token;
    this.value = value;
    this.valueType = valueType;
    switch (token) {
      case JsonToken.StartObject:
        this.state = State.ObjectStart;
        this.#push(Container.Object);
        break;
      case JsonToken.StartArray:
        this.state = State.ArrayStart;
        this.#push(Container.Array);
        break;
      case JsonToken.StartConstructor:
        this.state = State.ConstructorStart;
        this.#push(Container.Constructor);
        break;
      case JsonToken.EndObject:
        this.#close(token, Container.Object);
        break;
      case JsonToken.EndArray:
        this.#close(token, Container.Array);
        break;
      case JsonToken.EndConstructor:
        this.#close(token, Container.Constructor);
        break;
      case JsonToken.PropertyName:
        this.state = State.Property;
        this.#current.name = value as string;
        break;
      case JsonToken.None:
      case JsonToken.Comment:
        break;
      default:
        this.setPostValueState(updateIndex);
    }
  }

  protected setPostValueState(updateIndex: boolean): void {
    this.state = this.#current.container === Container.None ? this.#afterRoot() : State.PostValue;
    if (updateIndex) this.#current.index++;
  }

  /** After a comma: back into the container that is open. */
  protected setStateBasedOnCurrent(): void {
    const container = this.#current.container;
    if (container === Container.Object) this.state = State.Object;
    else if (container === Container.Array) this.state = State.Array;
    else this.state = container === Container.Constructor ? State.Constructor : this.#afterRoot();
  }

  #afterRoot(): State {
    return this.manyValues ? State.Start : State.Finished;
  }

  #push(container: Container): void {
    this.#current.index++;
    if (this.#current !== this.#outside) this.#stack.push(this.#current);
    this.#current = new Position(container);
    const { maxDepth } = this.reading;
    if (maxDepth !== null && this.#stack.length + 1 > maxDepth) {
      throw this.error(`The reader's MaxDepth of ${maxDepth} has been exceeded.`);
    }
  }

  #close(token: JsonToken, expected: Container): void {
    const closed = this.#current.container;
    this.#current = this.#stack.pop() ?? this.#outside;
    if (closed !== expected) {
      throw this.error(
        `JsonToken ${jsonTokenName(token)} is not valid for closing JsonType ${containerNames[closed]}.`,
      );
    }
    this.state = this.#current === this.#outside ? this.#afterRoot() : State.PostValue;
  }
}

function isStart(token: JsonToken): boolean {
  return token === JsonToken.StartObject || token === JsonToken.StartArray || token === JsonToken.StartConstructor;
}

/** What the deserialiser does about members. */
export interface MemberRules {
  /** JSON null leaves a member as it is. */
  readonly skipNulls?: boolean;
  /** A member that the type does not have is an error. */
  readonly refuseUnknown?: boolean;
}

/** A reader that can read a value as what the caller expects: what the deserialiser reads from. */
export interface TypedReader extends JsonReader {
  rules: MemberRules;
  /** Goes to the next token, over comments, as a value of a kind; false at the end. An end of array is no error. */
  readAs(expected: ReadType): boolean;
}
