/**
 * Results in the canonical form of recorded .NET results: type name, JSON value and text.
 *
 * | value                                | JSON                                                                      |
 * |--------------------------------------|---------------------------------------------------------------------------|
 * | null, bool, int, string              | themselves                                                                |
 * | other numbers, char, enum, Guid ...  | their text                                                                |
 * | DateTime, DateTimeOffset             | round-trip format "o"; a DateTime with `|Kind` behind it                  |
 * | byte[]                               | `base64:` and the bytes                                                   |
 * | JSON token                           | its text without indentation                                              |
 * | dictionary                           | an object                                                                 |
 * | any other sequence                   | an array                                                                  |
 */
import { findImplementation, isInline } from "./library/define.ts";
import { elementTypeOf, formatObject, isInstance, iterate, textOf, toText, typeOf } from "./runtime/object.ts";
import { Box, box, CsArray, CsObject } from "./runtime/values.ts";
import { arrayText, type Type, type } from "./types.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Description {
  /** Run-time type as in C#, with full names; null for null. */
  readonly type: string | null;
  readonly value: Json;
  /** ToString(). */
  readonly str: string | null;
  /** The type is one that .NET makes up for an iterator: only the value matters. */
  readonly opaque?: true;
}

/** Describes a value seen as object. Enumerates sequences. */
export function describe(value: unknown): Description {
  if (value === null) return { type: null, value: null, str: null };
  const t = typeOf(value);
  const json = toJson(value);
  if (t.kind === "interface") return { type: null, value: json, str: null, opaque: true };
  return { type: typeName(t), value: json, str: toText(value) };
}

/** `System.Collections.Generic.List<System.Int32>`. */
function typeName(t: Type): string {
  if (t.kind === "array") return arrayText(t, typeName);
  if (t.args.length === 0) return t.clrName;
  const name = t.clrName.slice(0, t.clrName.indexOf("`"));
  return `${name}<${t.args.map(typeName).join(",")}>`;
}

const TOKEN = type("Newtonsoft.Json.Linq.JToken");
const SEQUENCE = type("System.Collections.IEnumerable");
const PLAIN: ReadonlySet<string> = new Set(["System.Int32", "System.Boolean"]);

function toJson(value: unknown): Json {
  if (value === null || typeof value === "string") return value;
  if (value instanceof Box && PLAIN.has(value.type.name)) return value.value as number | boolean;
  if (value instanceof CsArray && value.items instanceof Uint8Array)
    return `base64:${Buffer.from(value.items).toString("base64")}`;
  const t = typeOf(value);
  if (t.name === "System.DateTime") return `${formatObject(value, "o")}|${kindOf(value)}`;
  if (t.name === "System.DateTimeOffset") return formatObject(value, "o");
  if (isInstance(value, TOKEN)) return compactJson(value);
  const inside = value instanceof Box ? value.value : value;
  if (inside instanceof CsObject && isSequence(t)) return sequenceJson(inside);
  return toText(value);
}

function isSequence(t: Type): boolean {
  return t === SEQUENCE || t.name.endsWith("IEnumerable") || t.interfaces.includes(SEQUENCE);
}

function kindOf(value: unknown): string {
  const kind = callMember("System.DateTime", "Kind", (value as Box).value) as number;
  return type("System.DateTimeKind").def.m.find((m) => m.v === String(kind))?.n ?? String(kind);
}

const NO_FORMATTING = 0;

function compactJson(token: unknown): string {
  const converters = new CsArray(type("Newtonsoft.Json.JsonConverter"), []);
  return callMember(
    "Newtonsoft.Json.Linq.JToken",
    "ToString(Formatting,JsonConverter[])",
    token,
    NO_FORMATTING,
    converters,
  ) as string;
}

function callMember(typeName: string, key: string, ...args: unknown[]): unknown {
  const implementation = findImplementation(typeName, key);
  if (!implementation || isInline(implementation))
    throw new Error(`Internal error: ${typeName}.${key} has no function. Please report it.`);
  return (implementation as (...args: unknown[]) => unknown)(...args);
}

/** A dictionary gives pairs. */
interface Pair {
  readonly key: unknown;
  readonly value: unknown;
}

const DICTIONARIES: ReadonlySet<string> = new Set(
  ["IDictionary", "IReadOnlyDictionary"].map((name) => `System.Collections.Generic.${name}`),
);

function isDictionary(t: Type): boolean {
  return t.interfaces.some((i) => i.name === "System.Collections.Generic.IDictionary") || DICTIONARIES.has(t.name);
}

function sequenceJson(value: CsObject): Json {
  const t = elementTypeOf(value);
  if (!isDictionary(typeOf(value))) return Array.from(iterate(value), (item) => toJson(box(item, t)));
  const [keyType, valueType] = t.args;
  const entries = Array.from(iterate(value, t), (item) => item as Pair);
  return Object.fromEntries(
    entries.map(({ key, value: inner }) => [textOf(key, keyType), toJson(box(inner, valueType))]),
  );
}
