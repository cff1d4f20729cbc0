/**
 * The .NET values that JSON tokens hold: their types, how a type maps to a JTokenType, and the bridge to the classes that represent
 * dates, decimals and the like. The one place where the JSON files meet those classes.
 */
import { textOf } from "../runtime/object.ts";
import { arrayOf, type Type, type } from "../types.ts";
import "./big-integer.ts";
import "./boolean.ts";
import "./date-time-members.ts";
import "./date-time-offset-members.ts";
import "./date-time-text.ts";
import "./floats.ts";
import "./guid.ts";
import "./integers.ts";
import "./string.ts";
import "./time-span-members.ts";
import { DateTime } from "./date-time.ts";
import { findImplementation, isInline } from "./define.ts";
import type { Uri } from "./uri.ts";
import type { DateKind, DateParts } from "./json-dates.ts";
import { JTokenType } from "./json-token-type.ts";

/** A type that is looked up when first needed, since types are interned with the declaration known at that moment. */
function lazy(name: string): () => Type {
  let found: Type | undefined;
  return () => {
    found ??= type(name);
    return found;
  };
}

/** A value with its type, such as a JValue. */
export interface Scalar {
  /** In the representation of `rawType`; null when there is none. */
  readonly raw: unknown;
  readonly rawType: Type | null;
}

/** The types that JSON values have. */
export const clr = {
  string: lazy("System.String"),
  boolean: lazy("System.Boolean"),
  int32: lazy("System.Int32"),
  int64: lazy("System.Int64"),
  bigInteger: lazy("System.Numerics.BigInteger"),
  double: lazy("System.Double"),
  decimal: lazy("System.Decimal"),
  dateTime: lazy("System.DateTime"),
  dateTimeOffset: lazy("System.DateTimeOffset"),
  timeSpan: lazy("System.TimeSpan"),
  guid: lazy("System.Guid"),
  uri: lazy("System.Uri"),
  object: lazy("System.Object"),
  bytes: () => arrayOf(type("System.Byte")),
};

const tokenTypes = new Map<string, JTokenType>([
  ["System.String", JTokenType.String],
  ["System.Boolean", JTokenType.Boolean],
  ["System.SByte", JTokenType.Integer],
  ["System.Byte", JTokenType.Integer],
  ["System.Int16", JTokenType.Integer],
  ["System.UInt16", JTokenType.Integer],
  ["System.Int32", JTokenType.Integer],
  ["System.UInt32", JTokenType.Integer],
  ["System.Int64", JTokenType.Integer],
  ["System.UInt64", JTokenType.Integer],
  ["System.Numerics.BigInteger", JTokenType.Integer],
  ["System.Single", JTokenType.Float],
  ["System.Double", JTokenType.Float],
  ["System.Decimal", JTokenType.Float],
  ["System.DateTime", JTokenType.Date],
  ["System.DateTimeOffset", JTokenType.Date],
  ["System.Guid", JTokenType.Guid],
  ["System.Uri", JTokenType.Uri],
  ["System.TimeSpan", JTokenType.TimeSpan],
]);

/** The JTokenType of values of a .NET type; undefined when JSON has no such value. */
export function tokenTypeOf(valueType: Type): JTokenType | undefined {
  if (valueType.kind === "enum") return JTokenType.Integer;
  if (valueType.kind === "array" && valueType.rank === 1)
    return valueType.args[0].name === "System.Byte" ? JTokenType.Bytes : undefined;
  return tokenTypes.get(valueType.name);
}

/** A DateTime from its parts. */
export function dateTimeOf(parts: DateParts): DateTime {
  return new DateTime(parts.ticks, parts.kind);
}

/** Ticks and kind of a DateTime. */
export function datePartsOf(value: unknown): DateParts {
  const date = value as DateTime;
  return { ticks: date.ticks, kind: date.kind as DateKind };
}

/**
 * Calls a registered library member: `call("System.Guid", "new(string)", text)`. For the few members of other types that conversions need
 * and that no module exports as a function.
 */
export function call(typeName: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(typeName, key);
  if (!found || isInline(found)) throw new TypeError(`${typeName}.${key} is not there`);
  return (found as unknown as (...args: unknown[]) => unknown)(...args);
}

/** The text that a Uri was made from. */
export function uriText(uri: unknown): string {
  return (uri as Uri).original;
}

/** Convert.ToString(value, InvariantCulture) of a raw value; "" for null. */
export function scalarText(value: unknown, valueType: Type | null): string {
  return valueType === null || value === null ? "" : textOf(value, valueType);
}
