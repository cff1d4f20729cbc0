/** JArray. */
import { type Type, type } from "../types.ts";
import { indexKey, JContainer, refuseProperty } from "./jcontainer.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenType } from "./json-token-type.ts";
import type { JsonWriter } from "./json-writer.ts";

export class JArray extends JContainer {
  /** new JArray(object): a sequence gives its elements, anything else becomes the one element. */
  static of(content: unknown): JArray {
    const array = new JArray();
    array.add(content);
    return array;
  }

  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JArray");
  }

  override get tokenType(): JTokenType {
    return JTokenType.Array;
  }

  protected override validate(token: JToken): void {
    refuseProperty(token, this);
  }

  override getItem(key: unknown): JToken | null {
    return this.tokenAt(indexKey(key, "Accessed", "JArray"));
  }

  override setItem(key: unknown, value: JToken | null): void {
    this.setTokenAt(indexKey(key, "Set", "JArray"), value);
  }

  override cloneToken(): JArray {
    return this.cloneInto(new JArray());
  }

  override deepEquals(other: JToken): boolean {
    return other instanceof JArray && this.sameContents(other);
  }

  override writeTo(writer: JsonWriter): void {
    writer.startArray();
    for (const token of this.tokens) token.writeTo(writer);
    writer.endArray();
  }
}
