/** Selecting tokens by a parsed JSONPath: one generator per step, so that nothing is computed that nobody asks for. */
import { spend } from "../runtime/budget.ts";
import type { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { noSuchElement } from "./collection-errors.ts";
import { JArray } from "./jarray.ts";
import { JConstructor } from "./jconstructor.ts";
import { JContainer } from "./jcontainer.ts";
import { JObject } from "./jobject.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { compareScalars } from "./json-compare.ts";
import { jsonError } from "./json-errors.ts";
import { base64, dateText } from "./json-scalars.ts";
import { parsePath } from "./json-path.ts";
import type { Filter, Operand, Operator, Query } from "./json-path-syntax.ts";
import { JTokenType } from "./json-token-type.ts";
import "./regex.ts";
import { call, uriText } from "./json-values.ts";
import { JValue } from "./jvalue.ts";

/** JToken.SelectTokens. @param strict throws where a step finds nothing (errorWhenNoMatch) */
export function selectTokens(token: JToken, path: string, strict = false): Iterable<JToken> {
  return evaluate(parsePath(path), token, token, strict);
}

/** JToken.SelectToken: null when nothing matches; several matches throw. */
export function selectToken(token: JToken, path: string, strict = false): JToken | null {
  let found: JToken | null = null;
  for (const match of selectTokens(token, path, strict)) {
    if (found) throw jsonError("Path returned multiple tokens.");
    found = match;
  }
  return found;
}

function evaluate(filters: readonly Filter[], root: JToken, start: JToken, strict: boolean): Iterable<JToken> {
  let current: Iterable<JToken> = [start];
  for (const filter of filters) current = apply(filter, root, current, strict);
  return current;
}

function* apply(filter: Filter, root: JToken, current: Iterable<JToken>, strict: boolean): Generator<JToken> {
  if (filter.kind === "root") {
    yield root;
    return;
  }
  for (const token of current) {
    spend(1);
    switch (filter.kind) {
      case "field":
        yield* field(token, filter.name, strict);
        break;
      case "fields":
        yield* fields(token, filter.names, strict);
        break;
      case "index":
        yield* index(token, filter.index, strict);
        break;
      case "indexes":
        for (const i of filter.indexes) yield* index(token, i, strict);
        break;
      case "slice":
        yield* slice(token, filter, strict);
        break;
      case "scan":
        yield* scan(token, filter.name === undefined ? undefined : [filter.name]);
        break;
      case "scanNames":
        yield* scan(token, filter.names);
        break;
      case "query":
        for (const child of token) if (matches(filter.query, root, child)) yield child;
        break;
      case "scanQuery":
        for (const each of token instanceof JContainer ? token.descendants(true) : [token]) {
          if (matches(filter.query, root, each)) yield each;
        }
    }
  }
}

function* field(token: JToken, name: string | undefined, strict: boolean): Generator<JToken> {
  if (!(token instanceof JObject)) {
    if (strict) throw jsonError(`Property '${name ?? "*"}' not valid on ${token.type.simpleName}.`);
  } else if (name === undefined) {
    for (const property of token) yield (property as JProperty).value as JToken;
  } else {
    const value = token.get(name);
    if (value) yield value;
    else if (strict) throw jsonError(`Property '${name}' does not exist on JObject.`);
  }
}

function* fields(token: JToken, names: readonly string[], strict: boolean): Generator<JToken> {
  if (!(token instanceof JObject)) {
    const shown = names.map((name) => `'${name}'`).join(", ");
    if (strict) throw jsonError(`Properties ${shown} not valid on ${token.type.simpleName}.`);
    return;
  }
  for (const name of names) {
    const value = token.get(name);
    if (value) yield value;
    if (strict) throw jsonError(`Property '${name}' does not exist on JObject.`);
  }
}

function* index(token: JToken, position: number | undefined, strict: boolean): Generator<JToken> {
  const name = token.type.simpleName;
  if (!(token instanceof JArray || token instanceof JConstructor)) {
    if (strict) throw jsonError(`Index ${position ?? "*"} not valid on ${name}.`);
  } else if (position === undefined) {
    yield* token;
  } else if (position >= token.itemCount) {
    if (strict) throw jsonError(`Index ${position} outside the bounds of ${name}.`);
  } else {
    if (position < 0) throw noSuchElement();
    yield token.tokenAt(position);
  }
}

function* slice(token: JToken, filter: Filter & { kind: "slice" }, strict: boolean): Generator<JToken> {
  if (filter.step === 0) throw jsonError("Step cannot be zero.");
  if (!(token instanceof JArray)) {
    if (strict) throw jsonError(`Array slice is not valid on ${token.type.simpleName}.`);
    return;
  }
  const count = token.itemCount;
  const step = filter.step ?? 1;
  let start = filter.start ?? (step > 0 ? 0 : count - 1);
  let end = filter.end ?? (step > 0 ? count : -1);
  if ((filter.start ?? 0) < 0) start += count;
  if ((filter.end ?? 0) < 0) end += count;
  start = step > 0 ? Math.min(Math.max(start, 0), count) : Math.min(start, count - 1);
  end = Math.min(Math.max(end, -1), count);
  const inside = (i: number) => (step > 0 ? i < end : i > end);
  if (!inside(start) && strict) {
    throw jsonError(`Array slice of ${filter.start ?? "*"} to ${filter.end ?? "*"} returned no results.`);
  }
  for (let i = start; inside(i); i += step) yield token.tokenAt(i);
}

/** Recursive descent: values of the properties of these names, or everything without names. */
function* scan(token: JToken, names: readonly string[] | undefined): Generator<JToken> {
  if (!names) yield token;
  for (let at = next(token, token); at; at = next(token, at)) {
    spend(1);
    if (at instanceof JProperty) {
      if (names?.includes(at.name)) yield at.value as JToken;
    } else if (!names) {
      yield at;
    }
  }
}

/** The token after `at` in document order, below `top`. */
function next(top: JToken, at: JToken): JToken | null {
  if (at.hasValues) return at.first;
  let token = at;
  while (token !== top && token.next === null) token = token.parent as JToken;
  return token === top ? null : token.next;
}

function matches(query: Query, root: JToken, token: JToken): boolean {
  spend(1);
  if (query.kind === "group") {
    const part = (q: Query) => matches(q, root, token);
    return query.joinedBy === "and" ? query.parts.every(part) : query.parts.some(part);
  }
  const left = operandTokens(query.left, root, token);
  if (query.kind === "exists") {
    for (const _ of left) return true;
    return false;
  }
  let right: JToken[] | undefined;
  for (const a of left) {
    right ??= [...operandTokens(query.right, root, token)];
    for (const b of right) if (compare(query.operator, a, b)) return true;
  }
  return false;
}

function operandTokens(operand: Operand, root: JToken, token: JToken): Iterable<JToken> {
  return operand.value ? [operand.value] : evaluate(operand.path, root, token, false);
}

function compare(operator: Operator, a: JToken, b: JToken): boolean {
  // Containers compare with nothing: they are just unequal.
  if (!(a instanceof JValue && b instanceof JValue)) return operator === "notEquals";
  switch (operator) {
    case "equals":
      return looselyEqual(a, b);
    case "notEquals":
      return !looselyEqual(a, b);
    case "strictEquals":
      return strictlyEqual(a, b);
    case "strictNotEquals":
      return !strictlyEqual(a, b);
    case "matches":
      return matchesRegex(a, b);
    case "less":
      return a.compareTo(b) < 0;
    case "atMost":
      return a.compareTo(b) <= 0;
    case "greater":
      return a.compareTo(b) > 0;
    case "atLeast":
      return a.compareTo(b) >= 0;
  }
}

function bothNumbers(a: JValue, b: JValue): boolean {
  const isNumber = (t: JTokenType) => t === JTokenType.Integer || t === JTokenType.Float;
  return a.tokenType !== b.tokenType && isNumber(a.tokenType) && isNumber(b.tokenType);
}

function strictlyEqual(a: JValue, b: JValue): boolean {
  return bothNumbers(a, b) ? compareScalars(a.tokenType, a, b) === 0 : a.equals(b);
}

/** A date, Guid and so on equals a string that is its text. */
function looselyEqual(a: JValue, b: JValue): boolean {
  if (strictlyEqual(a, b)) return true;
  if (b.tokenType !== JTokenType.String || a.raw === null) return false;
  switch (a.tokenType) {
    case JTokenType.Date:
      return dateText(a.raw, a.rawType as Type) === b.raw;
    case JTokenType.Bytes:
      return base64(a.raw as CsArray) === b.raw;
    case JTokenType.Guid:
    case JTokenType.TimeSpan:
      return a.toText() === b.raw;
    case JTokenType.Uri:
      return uriText(a.raw) === b.raw;
    default:
      return false;
  }
}

/** RegexOptions by letter. */
const regexOptions: Readonly<Record<string, number>> = { i: 1, m: 2, s: 16, x: 4 };

/** `=~ /pattern/flags`. */
function matchesRegex(input: JValue, pattern: JValue): boolean {
  if (input.tokenType !== JTokenType.String || pattern.tokenType !== JTokenType.String) return false;
  const text = pattern.raw as string;
  const end = text.lastIndexOf("/");
  let options = 0;
  for (const letter of text.slice(end + 1)) options |= regexOptions[letter] ?? 0;
  return call(
    "System.Text.RegularExpressions.Regex",
    "IsMatch(string,string,RegexOptions)",
    input.raw,
    text.slice(1, end),
    options,
  ) as boolean;
}
