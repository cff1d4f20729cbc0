/**
 * JToken: the base of Json.NET's tree. This file has the structure (parents, siblings, paths); reading is in json-loading.ts,
 * conversion operators in json-operators.ts, and the members that C# sees in jtoken-members.ts.
 */
import { type CsException, CsObject } from "../runtime/values.ts";
import { invalidOperation } from "./exceptions-thrown.ts";
import { appendName } from "./json-reader.ts";
import { JTokenType } from "./json-token-type.ts";
import { JsonTextWriter, type JsonWriter } from "./json-writer.ts";

/** What a token asks of the container that it is in. */
export interface TokenParent extends JToken {
  indexOfToken(token: JToken): number;
  removeToken(token: JToken): boolean;
  replaceToken(existing: JToken, replacement: JToken | null): void;
  addContent(index: number, content: unknown): void;
}

export abstract class JToken extends CsObject {
  parent: TokenParent | null = null;
  previous: JToken | null = null;
  next: JToken | null = null;
  /** Where the token was read, for messages; line 0 when it was not read from text. */
  lineNumber = 0;
  linePosition = 0;

  abstract get tokenType(): JTokenType;
  /** A copy without a parent. */
  abstract cloneToken(): JToken;
  abstract deepEquals(other: JToken): boolean;
  abstract deepHash(): number;
  abstract writeTo(writer: JsonWriter): void;

  get hasValues(): boolean {
    return false;
  }

  /** Children in document order. */
  children(): readonly JToken[] {
    return [];
  }

  get first(): JToken | null {
    throw this.noChildren("access");
  }

  get last(): JToken | null {
    throw this.noChildren("access");
  }

  /** `token[key]`: a property by name (string) or an element by index (boxed int). */
  getItem(_key: unknown): JToken | null {
    throw this.noChildren("access");
  }

  setItem(_key: unknown, _value: JToken | null): void {
    throw this.noChildren("set");
  }

  protected noChildren(verb: string): CsException {
    return invalidOperation(`Cannot ${verb} child value on ${this.type.clrName}.`);
  }

  get root(): JToken {
    let token: JToken = this;
    while (token.parent) token = token.parent;
    return token;
  }

  /** JSONPath from the root: `a.b[0]`. */
  get path(): string {
    if (this.parent === null) return "";
    const steps: (string | number)[] = [];
    for (let token: JToken = this; token.parent; token = token.parent) {
      const t = token.parent.tokenType;
      if (token.tokenType === JTokenType.Property) steps.push((token as JToken & { name: string }).name);
      else if (t === JTokenType.Array || t === JTokenType.Constructor) steps.push(token.parent.indexOfToken(token));
    }
    let path = this.root.tokenType === JTokenType.Property ? (this.root as JToken & { name: string }).name : "";
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i];
      path = typeof step === "number" ? `${path}[${step}]` : appendName(path, step);
    }
    return path;
  }

  /** Parent, its parent and so on. */
  *ancestors(self = false): Generator<JToken> {
    for (let token: JToken | null = self ? this : this.parent; token; token = token.parent) yield token;
  }

  *afterSelf(): Generator<JToken> {
    if (this.parent) for (let token = this.next; token; token = token.next) yield token;
  }

  *beforeSelf(): Generator<JToken> {
    if (this.parent) for (let token = this.parent.first; token && token !== this; token = token.next) yield token;
  }

  protected requireParent(): TokenParent {
    if (!this.parent) throw invalidOperation("The parent is missing.");
    return this.parent;
  }

  remove(): void {
    this.requireParent().removeToken(this);
  }

  replace(replacement: JToken | null): void {
    this.requireParent().replaceToken(this, replacement);
  }

  /** @param content token, value or sequence, seen as object */
  addAfterSelf(content: unknown): void {
    const parent = this.requireParent();
    parent.addContent(parent.indexOfToken(this) + 1, content);
  }

  addBeforeSelf(content: unknown): void {
    const parent = this.requireParent();
    parent.addContent(parent.indexOfToken(this), content);
  }

  /** JSON text. Not ToString(), which gives the bare text of a JValue. */
  toJson(indented = false): string {
    const writer = new JsonTextWriter(indented);
    this.writeTo(writer);
    return writer.text;
  }

  override toText(): string {
    return this.toJson(true);
  }

  [Symbol.iterator](): Iterator<JToken> {
    return this.children()[Symbol.iterator]();
  }
}

/** JToken.DeepEquals: null equals null only. */
export function deepEquals(a: JToken | null, b: JToken | null): boolean {
  return a === b || (a !== null && b !== null && a.deepEquals(b));
}
