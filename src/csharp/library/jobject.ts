/** JObject: properties by name, in order. It is an IDictionary<string, JToken> and, as a JContainer, an IList<JToken> of properties. */
import { spend } from "../runtime/budget.ts";
import { type Type, type } from "../types.ts";
import type { DictionaryProtocol } from "./collection-protocol.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import { JContainer, keyText } from "./jcontainer.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import type { JsonWriter } from "./json-writer.ts";
import { KeyValuePair, pairType } from "./key-value-pair.ts";
import { Sequence } from "./sequence.ts";
import { equalStrings, optionsOf } from "./string-comparison.ts";

const NAME = "Newtonsoft.Json.Linq.JObject";
const TOKEN = "Newtonsoft.Json.Linq.JToken";

/** Objects with more properties than this look them up in a map; smaller ones do without its cost. */
const SMALL = 8;

/** Looked up when first needed: then all types are declared. */
let own: Type | undefined;

export class JObject extends JContainer implements DictionaryProtocol {
  #byName: Map<string, JProperty> | undefined;

  /** new JObject(object): a property, or a sequence of properties. */
  static of(content: unknown): JObject {
    const object = new JObject();
    object.add(content);
    return object;
  }

  override get type(): Type {
    own ??= type(NAME);
    return own;
  }

  override get tokenType(): JTokenType {
    return JTokenType.Object;
  }

  properties(): readonly JProperty[] {
    return this.tokens as JProperty[];
  }

  /** The property of a name; null when there is none. */
  property(name: string | null): JProperty | null {
    if (this.#byName) return this.#byName.get(name as string) ?? null;
    for (const property of this.tokens) if ((property as JProperty).name === name) return property as JProperty;
    return null;
  }

  /** The property of exactly that name, else the first one whose name is equal under a StringComparison. */
  propertyBy(name: string | null, comparison: number): JProperty | null {
    const exact = this.property(name);
    if (exact || name === null) return exact;
    const options = optionsOf(comparison);
    spend(this.tokens.length);
    return this.properties().find((p) => equalStrings(p.name, name, options)) ?? null;
  }

  /** The value of a property; null when there is none. JSON null is a JValue. */
  get(name: string): JToken | null {
    return this.property(name)?.value ?? null;
  }

  /** Sets or adds a property. */
  set(name: string, value: JToken | null): void {
    const existing = this.property(name);
    if (existing) existing.value = value;
    else this.add(JProperty.of(name, value));
  }

  removeProperty(name: string | null): boolean {
    const property = this.property(name);
    property?.remove();
    return property !== null;
  }

  /** Adds a property while reading; one of the same name is replaced and keeps its place. */
  appendOrReplace(property: JProperty): void {
    const existing = this.property(property.name);
    if (existing) this.replaceToken(existing, property);
    else {
      this.append(property);
      this.attached(property);
    }
  }

  protected override attached(token: JToken): void {
    if (this.#byName) this.#byName.set((token as JProperty).name, token as JProperty);
    else if (this.tokens.length > SMALL) this.#byName = new Map(this.properties().map((p) => [p.name, p]));
  }

  protected override detached(token: JToken): void {
    this.#byName?.delete((token as JProperty).name);
  }

  protected override validate(token: JToken, existing: JToken | null): void {
    if (!(token instanceof JProperty)) throw argument(`Can not add ${token.type.clrName} to ${NAME}.`);
    if (existing instanceof JProperty && existing.name === token.name) return;
    if (this.property(token.name)) {
      throw argument(
        `Can not add property ${token.name} to ${NAME}. Property with the same name already exists on object.`,
      );
    }
  }

  override insertToken(index: number, token: JToken | null): void {
    if (token?.tokenType !== JTokenType.Comment) super.insertToken(index, token);
  }

  override getItem(key: unknown): JToken | null {
    return this.get(nameKey(key, "Accessed"));
  }

  override setItem(key: unknown, value: JToken | null): void {
    this.set(nameKey(key, "Set"), value);
  }

  override cloneToken(): JObject {
    return this.cloneInto(new JObject());
  }

  override deepEquals(other: JToken): boolean {
    if (!(other instanceof JObject) || other.tokens.length !== this.tokens.length) return false;
    return this.properties().every((p) => other.property(p.name)?.deepEquals(p) === true);
  }

  override writeTo(writer: JsonWriter): void {
    writer.startObject();
    for (const property of this.tokens) property.writeTo(writer);
    writer.endObject();
  }

  /** As IEnumerable<KeyValuePair<string, JToken>>; plain enumeration gives JProperty tokens. */
  *pairs(): Generator<KeyValuePair> {
    const pair = pairType(clr.string(), type(TOKEN));
    for (const property of this)
      yield new KeyValuePair(pair, (property as JProperty).name, (property as JProperty).value);
  }

  /** Elements for a consumer whose element type is known: pairs for KeyValuePair, tokens otherwise. */
  iterateAs(elementType: Type): Iterable<unknown> {
    return elementType.name === "System.Collections.Generic.KeyValuePair" ? this.pairs() : this;
  }

  // IDictionary<string, JToken>; as a collection its items are pairs or properties

  get answersNull(): boolean {
    return true;
  }

  lookUp(key: unknown): unknown {
    if (key === null) throw argumentNull("propertyName");
    const property = this.property(key as string);
    return property ? property.value : undefined;
  }

  keySequence() {
    return new Sequence(clr.string(), () =>
      this.properties()
        .map((p) => p.name)
        .values(),
    );
  }

  valueSequence() {
    return new Sequence(type(TOKEN), () =>
      this.properties()
        .map((p) => p.value)
        .values(),
    );
  }

  addEntry(key: unknown, value: unknown): void {
    this.add(JProperty.of(key as string | null, value));
  }

  putEntry(key: unknown, value: unknown): void {
    if (key === null) throw argumentNull("name");
    this.set(key as string, value as JToken | null);
  }

  removeKey(key: unknown): boolean {
    return this.removeProperty(key as string | null);
  }

  override addItem(item: unknown): void {
    if (item instanceof KeyValuePair) this.addEntry(item.key, item.value);
    else super.addItem(item);
  }

  override containsItem(item: unknown): boolean {
    if (!(item instanceof KeyValuePair)) return super.containsItem(item);
    return this.property(item.key as string)?.value === item.value;
  }

  override removeItem(item: unknown): boolean {
    if (!(item instanceof KeyValuePair)) return super.removeItem(item);
    return this.containsItem(item) && this.removeProperty(item.key as string);
  }
}

function nameKey(key: unknown, verb: string): string {
  if (key === null) throw argumentNull("key");
  if (typeof key === "string") return key;
  throw argument(`${verb} JObject values with invalid key value: ${keyText(key)}. Object property name expected.`);
}
