/** Writing JSON: what a token or the serialiser writes to, and Json.NET's JsonTextWriter. */
import { FuelExhausted } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { jsonWriterError } from "./json-errors.ts";
import type { JTokenType } from "./json-token-type.ts";
import { quoted, scalarJson } from "./json-scalars.ts";
import { DEFAULT_STYLE, type JsonStyle } from "./json-style.ts";

/** Receives a document piece by piece, in order. */
export interface JsonWriter {
  startObject(): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  startConstructor(name: string): void;
  endConstructor(): void;
  propertyName(name: string): void;
  /** A value; `value` in the representation of `valueType`, null with a null type. */
  scalar(tokenType: JTokenType, value: unknown, valueType: Type | null): void;
  comment(text: string): void;
}

/** Newtonsoft.Json.Formatting. */
export const Formatting = { None: 0, Indented: 1 } as const;

/** Text beyond this is refused: no honest document gets there, a cloned-and-nested one does. */
const MAX_LENGTH = 1 << 28;

/** Deeper trees are refused before they exhaust the stack. */
const MAX_WRITE_DEPTH = 2_000;

const State = { Start: 0, Property: 1, First: 2, Later: 3 } as const;

/** JSON text, indented or on one line. */
export class JsonTextWriter implements JsonWriter {
  indented: boolean;
  style: JsonStyle;
  /** What each level is indented by. */
  indentation = "  ";
  #text = "";
  #state: (typeof State)[keyof typeof State] = State.Start;
  /** Open containers, true for objects. */
  readonly #open: boolean[] = [];

  constructor(indented: boolean, style: JsonStyle = DEFAULT_STYLE) {
    this.indented = indented;
    this.style = style;
  }

  get text(): string {
    return this.#text;
  }

  /** What has been written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Text that goes out as it is. */
  raw(text: string): void {
    this.#text += text;
  }

  startObject(): void {
    this.#begin("{", true);
  }

  endObject(): void {
    this.#finish("}");
  }

  startArray(): void {
    this.#begin("[", false);
  }

  endArray(): void {
    this.#finish("]");
  }

  startConstructor(name: string): void {
    this.#begin(`new ${name}(`, false);
  }

  endConstructor(): void {
    this.#finish(")");
  }

  propertyName(name: string): void {
    if (this.#open.length > 0 && !this.#open.at(-1)) {
      throw jsonWriterError("Token PropertyName in state Array would result in an invalid JSON object.", "");
    }
    if (this.#state === State.Later) this.#text += ",";
    if (this.#state !== State.Start) this.#indent();
    this.#text += `${quoted(name, this.style)}:`;
    this.#state = State.Property;
  }

  scalar(tokenType: JTokenType, value: unknown, valueType: Type | null): void {
    this.#separate();
    this.#text += scalarJson(tokenType, value, valueType, this.style);
    this.#afterValue();
  }

  comment(text: string): void {
    if (this.#state !== State.Start && this.#state !== State.Property) this.#indent();
    this.#text += `/*${text}*/`;
  }

  #begin(opening: string, isObject: boolean): void {
    if (this.#open.length >= MAX_WRITE_DEPTH) throw new FuelExhausted("the JSON nested too deeply");
    this.#separate();
    this.#text += opening;
    this.#open.push(isObject);
    this.#state = State.First;
  }

  #finish(closing: string): void {
    this.#open.pop();
    if (this.#state !== State.First) this.#indent();
    this.#text += closing;
    this.#afterValue();
  }

  /** What stands before a value: a blank after a property name, a comma and a new line in an array. */
  #separate(): void {
    if (this.#state === State.Property) {
      if (this.indented) this.#text += " ";
      return;
    }
    if (this.#state === State.Later) this.#text += ",";
    if (this.#state !== State.Start) this.#indent();
  }

  #afterValue(): void {
    this.#state = this.#open.length === 0 ? State.Start : State.Later;
    if (this.#text.length > MAX_LENGTH) throw new FuelExhausted("it needed too much memory");
  }

  #indent(): void {
    if (this.indented) this.#text += `\n${this.indentation.repeat(this.#open.length)}`;
  }
}
