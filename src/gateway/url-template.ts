/**
 * URL templates of operations: `/items/{id}`, `/Products({key})`, `/files/*`, `/docs/{*rest}`, `/search?q={q}`. They follow .NET's
 * UriTemplate, from which APIM has them: literals compare without case, a wildcard stands at the end, and query parameters named in
 * a template are required, in any order, their names without case.
 */
import { canonicalPath } from "./canonical-path.ts";

/** A run of text or a parameter within one segment. */
export type Part = { readonly text: string } | { readonly parameter: string };

export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  /** Text and parameters mixed, never two parameters side by side. */
  | { readonly kind: "mixed"; readonly parts: readonly Part[] };

export interface QueryPattern {
  /** Lower case. */
  readonly name: string;
  /** The value it must have; undefined when any will do. */
  readonly value: string | undefined;
  /** Parameter that receives the value. */
  readonly parameter: string | undefined;
}

export interface UrlTemplate {
  readonly segments: readonly Segment[];
  /** Takes all that is left; `name` is undefined for a bare `*`, `prefix` is text before it in its segment. */
  readonly tail: { readonly name: string | undefined; readonly prefix: string } | undefined;
  readonly query: readonly QueryPattern[];
}

export function parseTemplate(template: string): UrlTemplate {
  const question = indexOutsideBraces(template, "?");
  const path = question < 0 ? template : template.slice(0, question);
  const query = question < 0 ? "" : template.slice(question + 1);
  const texts = splitOutsideBraces(path.startsWith("/") ? path.slice(1) : path, "/");
  if (texts.length === 1 && texts[0] === "") texts.pop();
  const tail = tailOf(texts.at(-1));
  if (tail !== undefined) texts.pop();
  return { segments: texts.map(parseSegment), tail, query: parseQuery(query) };
}

function tailOf(text: string | undefined): UrlTemplate["tail"] {
  if (text === undefined) return undefined;
  if (text.startsWith("{*") && text.endsWith("}")) return { name: text.slice(2, -1), prefix: "" };
  if (text.endsWith("*") && !text.includes("{")) return { name: undefined, prefix: literal(text.slice(0, -1)) };
  return undefined;
}

function parseSegment(text: string): Segment {
  const parts = parseParts(text);
  if (parts.length === 0) return { kind: "literal", text: "" };
  if (parts.length === 1) {
    const [part] = parts;
    return "text" in part ? { kind: "literal", text: part.text } : { kind: "parameter", name: part.parameter };
  }
  return { kind: "mixed", parts };
}

function parseParts(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{", at);
    const close = open < 0 ? -1 : text.indexOf("}", open);
    if (close < 0) {
      parts.push({ text: literal(text.slice(at)) });
      break;
    }
    if (open > at) parts.push({ text: literal(text.slice(at, open)) });
    parts.push({ parameter: text.slice(open + 1, close) });
    at = close + 1;
  }
  return parts;
}

/** Literals in the canonical form that requests have, so that `/a b` and `/a%20b` are one; without case. */
function literal(text: string): string {
  const escaped = text.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  return (canonicalPath(`/${escaped}`)?.slice(1) ?? text).toLowerCase();
}

function parseQuery(query: string): QueryPattern[] {
  if (query === "") return [];
  return query.split("&").map((part) => {
    const equals = part.indexOf("=");
    const name = decode(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? "" : part.slice(equals + 1);
    const isParameter = value.startsWith("{") && value.endsWith("}");
    if (isParameter) return { name, value: undefined, parameter: value.slice(1, -1) };
    return { name, value: equals < 0 ? undefined : decode(value), parameter: undefined };
  });
}

/**
 * Values of the parameters of a mixed segment, or undefined when it does not match. Every parameter takes as little as it can, and
 * at least one character.
 * @param segment as requested
 * @param lower the same in lower case
 */
export function matchParts(parts: readonly Part[], segment: string, lower: string): string[] | undefined {
  const values: string[] = [];
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if ("text" in part) {
      if (!lower.startsWith(part.text, at)) return undefined;
      at += part.text.length;
      continue;
    }
    const next = parts[i + 1];
    const isLastText = i + 2 === parts.length;
    let end = segment.length;
    if (next !== undefined && "text" in next) {
      end = isLastText ? segment.length - next.text.length : lower.indexOf(next.text, at + 1);
    } else if (next !== undefined) {
      end = at + 1;
    }
    if (end <= at) return undefined;
    values.push(segment.slice(at, end));
    at = end;
  }
  return at === segment.length ? values : undefined;
}

/** Percent-decoding that leaves malformed escapes as they are. */
export function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function indexOutsideBraces(text: string, char: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}") depth--;
    else if (text[i] === char && depth <= 0) return i;
  }
  return -1;
}

function splitOutsideBraces(text: string, char: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (let at = indexOutsideBraces(rest, char); at >= 0; at = indexOutsideBraces(rest, char)) {
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  pieces.push(rest);
  return pieces;
}
