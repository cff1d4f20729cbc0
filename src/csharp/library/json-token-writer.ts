/** Json.NET's JTokenWriter: builds a tree from what is written to it. */
import type { Type } from "../types.ts";
import { JArray } from "./jarray.ts";
import { JConstructor } from "./jconstructor.ts";
import type { JContainer } from "./jcontainer.ts";
import { JObject } from "./jobject.ts";
import { JProperty } from "./jproperty.ts";
import { JRaw } from "./jraw.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import type { JsonWriter } from "./json-writer.ts";
import { JValue } from "./jvalue.ts";

export class JTokenWriter implements JsonWriter {
  #root: JToken | null;
  #parent: JContainer | null;

  /** @param container where what is written goes */
  constructor(container: JContainer | null = null) {
    this.#root = container;
    this.#parent = container;
  }

  /** What has been written; null when that is nothing. */
  get token(): JToken | null {
    return this.#root;
  }

  /** Path of the container that is being filled, for messages. */
  get containerPath(): string {
    const container = this.#parent instanceof JProperty ? this.#parent.parent : this.#parent;
    return container?.path ?? "";
  }

  startObject(): void {
    this.#open(new JObject());
  }

  startArray(): void {
    this.#open(new JArray());
  }

  startConstructor(name: string): void {
    this.#open(new JConstructor(name));
  }

  endObject(): void {
    this.#close();
  }

  endArray(): void {
    this.#close();
  }

  endConstructor(): void {
    this.#close();
  }

  propertyName(name: string): void {
    const property = new JProperty(name);
    // A property may be all that is written. The last one of a name stays.
    if (this.#parent instanceof JObject) this.#parent.removeProperty(name);
    this.#open(property);
  }

  scalar(tokenType: JTokenType, value: unknown, valueType: Type | null): void {
    this.#add(tokenType === JTokenType.Raw ? new JRaw(value) : new JValue(tokenType, value, valueType));
  }

  comment(text: string): void {
    this.#add(new JValue(JTokenType.Comment, text, clr.string()));
  }

  #add(token: JToken): void {
    if (this.#parent) this.#parent.add(token);
    else this.#root = token;
    this.#leaveProperty();
  }

  #open(container: JContainer): void {
    if (this.#parent) this.#parent.add(container);
    else this.#root = container;
    this.#parent = container;
  }

  #close(): void {
    this.#parent = (this.#parent?.parent ?? null) as JContainer | null;
    this.#leaveProperty();
  }

  /** A property is complete once it has its value. */
  #leaveProperty(): void {
    if (this.#parent instanceof JProperty && this.#parent.value)
      this.#parent = this.#parent.parent as JContainer | null;
  }
}
