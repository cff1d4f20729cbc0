/** Members of JToken that C# sees, except the conversion operators (json-operators.ts). */
import { allocate, spend } from "../runtime/budget.ts";
import { isInstance } from "../runtime/object.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { annotationMembers } from "./annotations.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { JEnumerable } from "./jenumerable.ts";
import { deepEquals, type JToken } from "./jtoken.ts";
import { loadToken, parseWith } from "./json-loading.ts";
import { convertTokens, tokenAs } from "./json-extensions.ts";
import { selectToken, selectTokens } from "./json-path-filters.ts";
import { isStrict, loadOptions, type Settings } from "./json-settings.ts";
import { Sequence } from "./sequence.ts";
import { JContainer } from "./jcontainer.ts";
import { Formatting } from "./json-writer.ts";

const TOKEN = "Newtonsoft.Json.Linq.JToken";

/** An IEnumerable<JToken>. */
function tokens(start: () => Iterable<JToken>): Sequence {
  return new Sequence(type(TOKEN), () => start()[Symbol.iterator]());
}

/** Text that an expression made, charged to its budget. */
function charged(text: string): string {
  allocate(text.length);
  return text;
}

/** Text about to be parsed, charged to the budget. */
export function chargedInput(json: string | null): string | null {
  if (json !== null) spend(json.length >> 6);
  return json;
}

function* childrenOf(self: JToken, target: Type): Generator<JToken> {
  for (const token of self) if (isInstance(token, target)) yield token;
}

function select(self: JToken, path: string | null, strict: boolean): JToken | null {
  if (path === null) throw argumentNull("expression");
  return selectToken(self, path, strict);
}

function selectAll(self: JToken, path: string | null, strict: boolean): Sequence {
  if (path === null) throw argumentNull("expression");
  const found = selectTokens(self, path, strict);
  return tokens(() => found);
}

class JTokenEqualityComparer extends CsObject {
  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JTokenEqualityComparer");
  }

  sameItems(a: unknown, b: unknown): boolean {
    return deepEquals(a as JToken | null, b as JToken | null);
  }

  hashItem(item: unknown): number {
    return item === null ? 0 : (item as JToken).deepHash();
  }
}

const comparer = new JTokenEqualityComparer();

implement("Newtonsoft.Json.Linq.JTokenEqualityComparer", {
  "new()": () => new JTokenEqualityComparer(),
  "Equals(JToken,JToken)": (_self: CsObject, a: JToken | null, b: JToken | null) => deepEquals(a, b),
  "GetHashCode(JToken)": (self: JTokenEqualityComparer, token: JToken | null) => self.hashItem(token),
});

/** Of JToken, and again of every class below it, since the table repeats overridden members. */
export const tokenMembers: Members = {
  ...annotationMembers,
  EqualityComparer: () => comparer,
  First: (self: JToken) => self.first,
  Last: (self: JToken) => self.last,
  Next: (self: JToken) => self.next,
  Previous: (self: JToken) => self.previous,
  Parent: (self: JToken) => self.parent,
  Root: (self: JToken) => self.root,
  Path: (self: JToken) => self.path,
  Type: (self: JToken) => self.tokenType,
  HasValues: (self: JToken) => self.hasValues,
  "this[object]": (self: JToken, key: unknown) => self.getItem(key),
  "this[object]=": (self: JToken, key: unknown, value: JToken | null) => self.setItem(key, value),
  "ToString()": (self: JToken) => charged(self.toText()),
  "ToString(Formatting,JsonConverter[])": (self: JToken, formatting: number) =>
    charged(self.toJson(formatting === Formatting.Indented)),
  "Parse(string)": (json: string | null) => parseWith(chargedInput(json), loadToken),
  "Parse(string,JsonLoadSettings)": (json: string | null, settings: Settings | null) =>
    parseWith(chargedInput(json), loadToken, loadOptions(settings)),
  "DeepEquals(JToken,JToken)": deepEquals,
  "DeepClone(*)": (self: JToken) => self.cloneToken(),
  "SelectToken(string)": (self: JToken, path: string | null) => select(self, path, false),
  "SelectToken(string,bool)": select,
  "SelectToken(string,JsonSelectSettings)": (self: JToken, path: string | null, settings: Settings | null) =>
    select(self, path, isStrict(settings)),
  "SelectTokens(string)": (self: JToken, path: string | null) => selectAll(self, path, false),
  "SelectTokens(string,bool)": selectAll,
  "SelectTokens(string,JsonSelectSettings)": (self: JToken, path: string | null, settings: Settings | null) =>
    selectAll(self, path, isStrict(settings)),
  "Value(object)": (self: JToken, target: Type, key: unknown) => tokenAs(self.getItem(key), target),
  "Values()": (self: JToken, target: Type) => {
    if (!(self instanceof JContainer)) self.getItem(null);
    return convertTokens(self, target);
  },
  // Children() and Children<T>() share a key; the type argument comes second.
  "Children()": (self: JToken, target?: Type) =>
    target ? new JEnumerable(() => childrenOf(self, target), target) : new JEnumerable(() => self[Symbol.iterator]()),
  "Ancestors()": (self: JToken) => tokens(() => self.ancestors()),
  "AncestorsAndSelf()": (self: JToken) => tokens(() => self.ancestors(true)),
  "AfterSelf()": (self: JToken) => tokens(() => self.afterSelf()),
  "BeforeSelf()": (self: JToken) => tokens(() => self.beforeSelf()),
  "AddAfterSelf(object)": (self: JToken, content: unknown) => self.addAfterSelf(content),
  "AddBeforeSelf(object)": (self: JToken, content: unknown) => self.addBeforeSelf(content),
  "Remove()": (self: JToken) => self.remove(),
  "Replace(JToken)": (self: JToken, replacement: JToken | null) => self.replace(replacement),
};

implement(TOKEN, tokenMembers);
