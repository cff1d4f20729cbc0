/** JValue: a JSON string, number, boolean, date, null and the like. */
import { hashOf, textOf, typeOf } from "../runtime/object.ts";
import { Box, box } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { argument } from "./exceptions-thrown.ts";
import { JToken } from "./jtoken.ts";
import { compareScalars } from "./json-compare.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr, tokenTypeOf } from "./json-values.ts";
import type { JsonWriter } from "./json-writer.ts";

/** Looked up when first needed: then all types are declared. */
let own: Type | undefined;

export class JValue extends JToken {
  #tokenType: JTokenType;
  /** The value in the representation of `rawType`; null when there is none. */
  raw: unknown;
  /** .NET type of the value; null when there is none. */
  rawType: Type | null;

  constructor(tokenType: JTokenType, raw: unknown, rawType: Type | null) {
    super();
    this.#tokenType = tokenType;
    this.raw = raw;
    this.rawType = raw === null ? null : rawType;
  }

  static null(): JValue {
    return new JValue(JTokenType.Null, null, null);
  }

  static string(text: string | null): JValue {
    return new JValue(JTokenType.String, text, clr.string());
  }

  static integer(value: bigint): JValue {
    return new JValue(JTokenType.Integer, value, clr.int64());
  }

  static double(value: number): JValue {
    return new JValue(JTokenType.Float, value, clr.double());
  }

  static boolean(value: boolean): JValue {
    return new JValue(JTokenType.Boolean, value, clr.boolean());
  }

  /** A value seen as object: null, string, boxed value type, byte[] or Uri. Throws ArgumentException for anything else. */
  static fromObject(value: unknown): JValue {
    return new JValue(
      valueTokenType(value),
      value instanceof Box ? value.value : value,
      value === null ? null : typeOf(value),
    );
  }

  /** A value of a known type, null for an empty Nullable. */
  static of(value: unknown, valueType: Type): JValue {
    return JValue.fromObject(box(value, valueType));
  }

  override get type(): Type {
    own ??= type("Newtonsoft.Json.Linq.JValue");
    return own;
  }

  override get tokenType(): JTokenType {
    return this.#tokenType;
  }

  /** The value seen as object. */
  get value(): unknown {
    return this.rawType === null ? null : box(this.raw, this.rawType);
  }

  set value(value: unknown) {
    const newType = value === null ? null : typeOf(value);
    if (newType !== this.rawType) this.#tokenType = valueTokenType(value, this.#tokenType);
    this.raw = value instanceof Box ? value.value : value;
    this.rawType = newType;
  }

  override cloneToken(): JToken {
    return new JValue(this.#tokenType, this.raw, this.rawType);
  }

  override deepEquals(other: JToken): boolean {
    return other instanceof JValue && this.#sameValue(other);
  }

  override equals(other: unknown): boolean {
    return other instanceof JValue && this.#sameValue(other);
  }

  #sameValue(other: JValue): boolean {
    if (other === this) return true;
    return this.#tokenType === other.#tokenType && compareScalars(this.#tokenType, this, other) === 0;
  }

  override hash(): number {
    return this.rawType === null ? 0 : hashOf(this.rawType)(this.raw);
  }

  override deepHash(): number {
    return this.#tokenType ^ this.hash();
  }

  /** JValue.CompareTo(object): negative, zero, positive. Text compared with something else is converted to its type. */
  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof JValue)) return compareScalars(this.#tokenType, this, JValue.fromObject(other));
    const mixed = this.#tokenType === JTokenType.String && other.#tokenType !== JTokenType.String;
    return compareScalars(mixed ? other.#tokenType : this.#tokenType, this, other);
  }

  override writeTo(writer: JsonWriter): void {
    if (this.#tokenType === JTokenType.Comment) writer.comment(this.toText());
    else writer.scalar(this.#tokenType, this.raw, this.rawType);
  }

  override toText(): string {
    if (this.rawType === null) return "";
    return typeof this.raw === "string" ? this.raw : textOf(this.raw, this.rawType);
  }

  /** ToString(format), as the value itself formats. */
  format(format: string | null): string {
    if (this.rawType === null) return "";
    return typeof this.raw === "string" ? this.raw : textOf(this.raw, this.rawType, format);
  }
}

function valueTokenType(value: unknown, current?: JTokenType): JTokenType {
  if (value === null) return JTokenType.Null;
  if (typeof value === "string") {
    return current === JTokenType.Comment || current === JTokenType.Raw ? current : JTokenType.String;
  }
  const valueType = typeOf(value);
  const found = tokenTypeOf(valueType);
  if (found === undefined) throw argument(`Could not determine JSON object type for type ${valueType.clrName}.`);
  return found;
}
