/** Newtonsoft.Json.Linq.Extensions: what sequences of tokens can do, and how a token becomes a T (`Value<T>()`). */
import { spend } from "../runtime/budget.ts";
import { defaultOf, structDefault } from "../runtime/default-value.ts";
import { elementTypeOf, isInstance, iterate } from "../runtime/object.ts";
import { CsException } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argument, argumentNull, invalidCast } from "./exceptions-thrown.ts";
import { JContainer } from "./jcontainer.ts";
import { JEnumerable } from "./jenumerable.ts";
import type { JObject } from "./jobject.ts";
import { JToken } from "./jtoken.ts";
import { changeType } from "./json-conversion.ts";
import { JValue } from "./jvalue.ts";
import { Sequence } from "./sequence.ts";

const TOKEN = "Newtonsoft.Json.Linq.JToken";

/** Interfaces that a JValue has itself; asked for them, it gives the value inside. */
const throughValue = new Set(["System.IComparable", "System.IFormattable"]);

/** A token as a T, in T's representation: the token itself, the value inside, or that value converted. */
export function tokenAs(token: JToken | null, target: Type): unknown {
  if (token === null) return defaultOf(target);
  if (isInstance(token, target) && !throughValue.has(target.name)) return token;
  if (!(token instanceof JValue)) {
    throw new CsException("System.InvalidCastException", `Cannot cast ${token.type.clrName} to ${TOKEN}.`);
  }
  const { value } = token;
  if (!target.isValueType && isInstance(value, target)) return value;
  if (!target.isNullable) return changeType(value, target);
  return value === null ? null : changeType(value, target.args[0]);
}

/** Every token of a sequence as a T. */
export function convertTokens(source: unknown, target: Type): Sequence {
  return new Sequence(target, function* () {
    for (const token of tokensOf(source)) yield tokenAs(token, target);
  });
}

function* tokensOf(source: unknown): Generator<JToken> {
  for (const token of iterate(source, type(TOKEN))) {
    spend(1);
    if (!(token instanceof JToken)) throw invalidCast(elementTypeOf(source), type(TOKEN));
    yield token;
  }
}

function required(source: unknown): void {
  if (source === null) throw argumentNull("source");
}

/** Children of every token, or what a key finds in every token. */
function* valuesOf(source: unknown, key: unknown): Generator<JToken> {
  for (const token of tokensOf(source)) {
    if (key !== null) {
      const found = token.getItem(key);
      if (found) yield found;
    } else if (token instanceof JValue) {
      yield token;
    } else {
      yield* token;
    }
  }
}

function values(source: unknown, key: unknown): JEnumerable {
  required(source);
  return new JEnumerable(() => valuesOf(source, key));
}

function valuesAs(target: Type, source: unknown, key: unknown): Sequence {
  required(source);
  return new Sequence(target, function* () {
    for (const token of valuesOf(source, key)) yield tokenAs(token, target);
  });
}

function value(source: unknown, target: Type): unknown {
  if (source === null) throw argumentNull("value");
  if (!(source instanceof JToken)) throw argument("Source value must be a JToken.");
  return tokenAs(source, target);
}

/** A sequence made of a sequence for every token. */
function flatten(source: unknown, inner: (token: JToken) => Iterable<JToken>, elementType = TOKEN): JEnumerable {
  required(source);
  return new JEnumerable(function* () {
    for (const token of tokensOf(source)) {
      for (const found of inner(token)) {
        spend(1);
        yield found;
      }
    }
  }, type(elementType));
}

function descendants(token: JToken, self: boolean): Iterable<JToken> {
  return token instanceof JContainer ? token.descendants(self) : self ? [token] : [];
}

function asJEnumerable(source: unknown, elementType: Type): unknown {
  if (source === null || source instanceof JToken || source instanceof JEnumerable) return source;
  return new JEnumerable(() => iterate(source)[Symbol.iterator](), elementType);
}

implement("Newtonsoft.Json.Linq.Extensions", {
  "Value(IEnumerable<JToken>)": (target: Type, source: unknown) => value(source, target),
  "Value(IEnumerable<!!0>)": (_from: Type, target: Type, source: unknown) => value(source, target),
  // Values(source) and Values<U>(source) share a key; the type argument comes first.
  "Values(IEnumerable<JToken>)": (...args: unknown[]) =>
    args.length === 1 ? values(args[0], null) : valuesAs(args[0] as Type, args[1], null),
  "Values(IEnumerable<JToken>,object)": (...args: unknown[]) =>
    args.length === 2 ? values(args[0], args[1]) : valuesAs(args[0] as Type, args[1], args[2]),
  "Children(IEnumerable<!!0>)": (...args: unknown[]) => {
    const source = args.at(-1);
    const children = flatten(source, (token) => token);
    return args.length === 2 ? children : convertTokens(children, args[1] as Type);
  },
  "Ancestors(IEnumerable<!!0>)": (_t: Type, source: unknown) => flatten(source, (token) => token.ancestors()),
  "AncestorsAndSelf(IEnumerable<!!0>)": (_t: Type, source: unknown) =>
    flatten(source, (token) => token.ancestors(true)),
  "Descendants(IEnumerable<!!0>)": (_t: Type, source: unknown) => flatten(source, (token) => descendants(token, false)),
  "DescendantsAndSelf(IEnumerable<!!0>)": (_t: Type, source: unknown) =>
    flatten(source, (token) => descendants(token, true)),
  "Properties(IEnumerable<JObject>)": (source: unknown) =>
    flatten(source, (token) => (token as JObject).properties(), "Newtonsoft.Json.Linq.JProperty"),
  "AsJEnumerable(IEnumerable<JToken>)": (source: unknown) => asJEnumerable(source, type(TOKEN)),
  "AsJEnumerable(IEnumerable<!!0>)": (t: Type, source: unknown) => asJEnumerable(source, t),
});

const indexed = {
  "this[object]": (self: JEnumerable, key: unknown) => values(self, key),
  "GetEnumerator()": (self: JEnumerable) => new Enumerator(self, self.elementType),
  "Equals(object)": (self: JEnumerable, other: unknown) => self === other,
  "GetHashCode()": (self: JEnumerable) => self.hash(),
};

structDefault("Newtonsoft.Json.Linq.JEnumerable", (t) => new JEnumerable(() => [].values(), t.args[0]));

implement("Newtonsoft.Json.Linq.JEnumerable", {
  ...indexed,
  "new(IEnumerable<!0>)": (t: Type, source: unknown) =>
    new JEnumerable(() => iterate(source)[Symbol.iterator](), t.args[0]),
  Empty: (t: Type) => new JEnumerable(() => [].values(), t.args[0]),
});
implement("Newtonsoft.Json.Linq.IJEnumerable", { "this[object]": indexed["this[object]"] });
