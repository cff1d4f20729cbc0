/** JConstructor: `new Date(1700000000000)` in JSON text. */
import { type Type, type } from "../types.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import { indexKey, JContainer, refuseProperty } from "./jcontainer.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenType } from "./json-token-type.ts";
import type { JsonWriter } from "./json-writer.ts";

export class JConstructor extends JContainer {
  name: string | null;

  constructor(name: string | null = null) {
    super();
    this.name = name;
  }

  /** new JConstructor(name). */
  static named(name: string | null): JConstructor {
    if (name === null) throw argumentNull("name");
    if (name === "") throw argument("Constructor name cannot be empty.", "name");
    return new JConstructor(name);
  }

  /** new JConstructor(name, content). */
  static of(name: string | null, content: unknown): JConstructor {
    const made = JConstructor.named(name);
    made.add(content);
    return made;
  }

  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JConstructor");
  }

  override get tokenType(): JTokenType {
    return JTokenType.Constructor;
  }

  protected override validate(token: JToken): void {
    refuseProperty(token, this);
  }

  override getItem(key: unknown): JToken | null {
    return this.tokenAt(indexKey(key, "Accessed", "JConstructor"));
  }

  override setItem(key: unknown, value: JToken | null): void {
    this.setTokenAt(indexKey(key, "Set", "JConstructor"), value);
  }

  override cloneToken(): JConstructor {
    return this.cloneInto(new JConstructor(this.name));
  }

  override deepEquals(other: JToken): boolean {
    return other instanceof JConstructor && other.name === this.name && this.sameContents(other);
  }

  override writeTo(writer: JsonWriter): void {
    writer.startConstructor(this.name ?? "");
    for (const token of this.tokens) token.writeTo(writer);
    writer.endConstructor();
  }
}
