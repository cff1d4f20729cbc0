/** JProperty: a name with a value, the child of a JObject. It always has exactly one child once made. */
import { hashOf } from "../runtime/object.ts";
import { type Type, type } from "../types.ts";
import { argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { JArray } from "./jarray.ts";
import { isMultiContent, JContainer, refuseProperty, tokenFromContent } from "./jcontainer.ts";
import type { JToken } from "./jtoken.ts";
import { jsonError } from "./json-errors.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import { JValue } from "./jvalue.ts";
import type { JsonWriter } from "./json-writer.ts";

const NAME = "Newtonsoft.Json.Linq.JProperty";

export class JProperty extends JContainer {
  readonly name: string;

  /** A property that has no value yet; `value` or `append` gives it one. */
  constructor(name: string) {
    super();
    this.name = name;
  }

  /** new JProperty(name, content): a sequence becomes an array. */
  static of(name: string | null, content: unknown): JProperty {
    if (name === null) throw argumentNull("name");
    const property = new JProperty(name);
    property.value = isMultiContent(content) ? JArray.of(content) : tokenFromContent(content);
    return property;
  }

  override get type(): Type {
    return type(NAME);
  }

  override get tokenType(): JTokenType {
    return JTokenType.Property;
  }

  /** Null only while the property is being read or made. */
  get value(): JToken | null {
    return this.tokens[0] ?? null;
  }

  set value(given: JToken | null) {
    const token = given ?? JValue.null();
    if (this.tokens.length === 0) super.insertToken(0, token);
    else super.setTokenAt(0, token);
  }

  protected override validate(token: JToken): void {
    refuseProperty(token, this);
  }

  override insertToken(index: number, token: JToken | null): void {
    if (token?.tokenType === JTokenType.Comment) return;
    if (this.tokens.length > 0) throw jsonError(`${NAME} cannot have multiple values.`);
    super.insertToken(index, token);
  }

  override tokenAt(index: number): JToken {
    if (index !== 0) throw argumentOutOfRange("index");
    return this.tokens[0];
  }

  override setTokenAt(index: number, token: JToken | null): void {
    if (index !== 0) throw argumentOutOfRange("index");
    super.setTokenAt(0, token);
  }

  override removeTokenAt(): void {
    throw fixed();
  }

  override removeToken(): boolean {
    throw fixed();
  }

  override clearTokens(): void {
    throw fixed();
  }

  override cloneToken(): JProperty {
    return this.cloneInto(new JProperty(this.name));
  }

  override deepEquals(other: JToken): boolean {
    return other instanceof JProperty && other.name === this.name && this.sameContents(other);
  }

  override deepHash(): number {
    return hashOf(clr.string())(this.name) ^ super.deepHash();
  }

  override writeTo(writer: JsonWriter): void {
    writer.propertyName(this.name);
    if (this.value) this.value.writeTo(writer);
    else writer.scalar(JTokenType.Null, null, null);
  }
}

function fixed() {
  return jsonError(`Cannot add or remove items from ${NAME}.`);
}
