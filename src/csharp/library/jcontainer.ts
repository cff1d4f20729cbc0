/** JContainer: a token that has children. JArray, JObject, JProperty and JConstructor say what they allow. */
import { spend } from "../runtime/budget.ts";
import { iterateBoxed, toText } from "../runtime/object.ts";
import { Box, CsArray, CsObject } from "../runtime/values.ts";
import { collectionModified, noSuchElement } from "./collection-errors.ts";
import type { ListProtocol } from "./collection-protocol.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { JToken, type TokenParent } from "./jtoken.ts";
import { JTokenType } from "./json-token-type.ts";
import { JValue } from "./jvalue.ts";

export abstract class JContainer extends JToken implements ListProtocol, TokenParent {
  protected readonly tokens: JToken[] = [];
  #version = 0;

  /** Throws unless the token may be a child. @param existing the token that it replaces, if any */
  protected abstract validate(token: JToken, existing: JToken | null): void;

  override children(): readonly JToken[] {
    return this.tokens;
  }

  override get hasValues(): boolean {
    return this.children().length > 0;
  }

  override get first(): JToken | null {
    return this.children()[0] ?? null;
  }

  override get last(): JToken | null {
    return this.children().at(-1) ?? null;
  }

  /** Children one by one; throws when they change meanwhile. */
  override *[Symbol.iterator](): Generator<JToken> {
    const version = this.#version;
    for (let i = 0; i < this.tokens.length; i++) {
      yield this.tokens[i];
      if (version !== this.#version) throw collectionModified();
    }
  }

  /** All tokens below, in document order. */
  *descendants(self = false): Generator<JToken> {
    if (self) yield this;
    for (const child of this) {
      yield child;
      if (child instanceof JContainer) yield* child.descendants();
    }
  }

  indexOfToken(token: JToken | null): number {
    spend(this.tokens.length >> 5);
    return token === null ? -1 : this.tokens.indexOf(token);
  }

  tokenAt(index: number): JToken {
    if (index < 0 || index >= this.tokens.length) throw noSuchElement();
    return this.tokens[index];
  }

  /** Adds a token that is new, has no parent and is known to be allowed: for readers. */
  append(token: JToken): void {
    this.#link(this.tokens.length, token);
    this.tokens.push(token);
  }

  insertToken(index: number, given: JToken | null): void {
    if (index > this.tokens.length) {
      throw argumentOutOfRange("index", "Index must be within the bounds of the List.");
    }
    const token = this.#ownToken(given);
    this.validate(token, null);
    spend(1 + ((this.tokens.length - index) >> 5));
    this.#version++;
    this.#link(index, token);
    if (index === this.tokens.length) this.tokens.push(token);
    else this.tokens.splice(index, 0, token);
    this.attached(token);
  }

  removeTokenAt(index: number): void {
    this.#checkIndex(index);
    spend(1 + ((this.tokens.length - index) >> 5));
    this.#version++;
    const [token] = this.tokens.splice(index, 1);
    if (token.previous) token.previous.next = token.next;
    if (token.next) token.next.previous = token.previous;
    release(token);
    this.detached(token);
  }

  setTokenAt(index: number, given: JToken | null): void {
    this.#checkIndex(index);
    const existing = this.tokens[index];
    if (isUnchanged(existing, given)) return;
    const token = this.#ownToken(given);
    this.validate(token, existing);
    this.#version++;
    token.parent = this;
    token.previous = existing.previous;
    token.next = existing.next;
    if (token.previous) token.previous.next = token;
    if (token.next) token.next.previous = token;
    release(existing);
    this.tokens[index] = token;
    this.detached(existing);
    this.attached(token);
  }

  removeToken(token: JToken | null): boolean {
    const index = this.indexOfToken(token);
    if (index < 0) return false;
    this.removeTokenAt(index);
    return true;
  }

  replaceToken(existing: JToken, replacement: JToken | null): void {
    if (existing.parent === this) this.setTokenAt(this.indexOfToken(existing), replacement);
  }

  clearTokens(): void {
    this.#version++;
    for (const token of this.tokens) {
      release(token);
      this.detached(token);
    }
    this.tokens.length = 0;
  }

  /** Adds content of a type that is known at run time only: a token, a value, or a sequence of such. */
  addContent(index: number, content: unknown): void {
    if (!isMultiContent(content)) {
      this.insertToken(index, tokenFromContent(content));
      return;
    }
    let at = index;
    for (const item of iterateBoxed(content)) this.addContent(at++, item);
  }

  add(content: unknown): void {
    this.addContent(this.children().length, content);
  }

  /** Called when a token has become, or has ceased to be, a child. */
  protected attached(_token: JToken): void {}
  protected detached(_token: JToken): void {}

  /** A token with a parent is copied, and so is one that would contain itself. */
  #ownToken(token: JToken | null): JToken {
    if (token === null) return JValue.null();
    const taken = token.parent !== null || token === this || (token.hasValues && this.root === token);
    return taken ? token.cloneToken() : token;
  }

  #checkIndex(index: number): void {
    if (index < 0) throw argumentOutOfRange("index", "Index is less than 0.");
    if (index >= this.tokens.length) {
      throw argumentOutOfRange("index", "Index is equal to or greater than Count.");
    }
  }

  #link(index: number, token: JToken): void {
    token.parent = this;
    token.previous = index === 0 ? null : this.tokens[index - 1];
    token.next = this.tokens[index] ?? null;
    if (token.previous) token.previous.next = token;
    if (token.next) token.next.previous = token;
  }

  protected cloneInto<T extends JContainer>(copy: T): T {
    for (const child of this.children()) {
      spend(1);
      const token = child.cloneToken();
      copy.append(token);
      copy.attached(token);
    }
    return copy;
  }

  protected sameContents(other: JContainer): boolean {
    const [a, b] = [this.children(), other.children()];
    return a.length === b.length && a.every((token, i) => token.deepEquals(b[i]));
  }

  override deepHash(): number {
    return this.children().reduce((hash, token) => hash ^ token.deepHash(), 0);
  }

  // IList<JToken>

  get isReadOnly(): boolean {
    return false;
  }

  get itemCount(): number {
    return this.children().length;
  }

  itemAt(index: number): unknown {
    return this.tokenAt(index);
  }

  setItemAt(index: number, item: unknown): void {
    this.setTokenAt(index, item as JToken | null);
  }

  indexOfItem(item: unknown): number {
    return this.indexOfToken(item as JToken | null);
  }

  insertItem(index: number, item: unknown): void {
    this.insertToken(index, item as JToken | null);
  }

  removeItemAt(index: number): void {
    this.removeTokenAt(index);
  }

  addItem(item: unknown): void {
    this.add(item);
  }

  clearItems(): void {
    this.clearTokens();
  }

  containsItem(item: unknown): boolean {
    return this.indexOfToken(item as JToken | null) >= 0;
  }

  removeItem(item: unknown): boolean {
    return this.removeToken(item as JToken | null);
  }
}

function release(token: JToken): void {
  token.parent = null;
  token.previous = null;
  token.next = null;
}

/** Assigning an equal value changes nothing, not even the identity of the token. */
function isUnchanged(existing: JToken, given: JToken | null): boolean {
  if (!(existing instanceof JValue)) return false;
  return given === null ? existing.tokenType === JTokenType.Null : existing.equals(given);
}

/** Content that is a sequence of contents rather than one value. */
export function isMultiContent(content: unknown): boolean {
  if (!(content instanceof CsObject) || content instanceof JToken) return false;
  if (content instanceof CsArray) return !(content.items instanceof Uint8Array);
  return Symbol.iterator in content;
}

export function tokenFromContent(content: unknown): JToken {
  return content instanceof JToken ? content : JValue.fromObject(content);
}

/** Refuses a property where a value belongs. */
export function refuseProperty(token: JToken, container: JContainer): void {
  if (token.tokenType === JTokenType.Property) {
    throw argument(`Can not add ${token.type.clrName} to ${container.type.clrName}.`);
  }
}

/** `container[key]` of arrays and constructors: the key must be an int. @param verb Accessed or Set */
export function indexKey(key: unknown, verb: string, container: "JArray" | "JConstructor"): number {
  if (key === null) throw argumentNull("key");
  if (key instanceof Box && key.type.name === "System.Int32") return key.value as number;
  const expected = container === "JArray" ? "Int32 array" : "Argument position";
  throw argument(`${verb} ${container} values with invalid key value: ${keyText(key)}. ${expected} index expected.`);
}

/** A key as messages show it: strings in quotes. */
export function keyText(key: unknown): string {
  return typeof key === "string" ? `"${key}"` : toText(key);
}
