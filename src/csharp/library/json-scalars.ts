/** A single value as JSON text, as Json.NET's writer and JsonConvert.ToString give it. */
import { formatObject, textOf } from "../runtime/object.ts";
import { box, type CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { DateTime, DateTimeKind } from "./date-time.ts";
import type { DateTimeOffset } from "./date-time-offset.ts";
import { writeJsonDate } from "./json-dates.ts";
import { quoteJson, quoteJsonWith } from "./json-escape.ts";
import { DEFAULT_STYLE, inZone, type JsonStyle } from "./json-style.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr, datePartsOf, dateTimeOf, scalarText, uriText } from "./json-values.ts";

const ISO_WITH_OFFSET = "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz";

/** @param value in the representation of `valueType`; null with a null type */
export function scalarJson(
  tokenType: JTokenType,
  value: unknown,
  valueType: Type | null,
  style: JsonStyle = DEFAULT_STYLE,
): string {
  if (tokenType === JTokenType.Undefined) return "undefined";
  if (value === null || valueType === null) return "null";
  switch (tokenType) {
    case JTokenType.String:
      return quoted(scalarText(value, valueType), style);
    case JTokenType.Integer:
      return valueType.kind === "enum" ? String(value) : textOf(value, valueType);
    case JTokenType.Float:
      return floatJson(textOf(value, valueType), style);
    case JTokenType.Boolean:
      return value ? "true" : "false";
    case JTokenType.Date:
      return dateJson(value, valueType, style);
    case JTokenType.Bytes:
      return `"${base64(value as CsArray)}"`;
    case JTokenType.Uri:
      return quoted(uriText(value), style);
    case JTokenType.Raw:
      return scalarText(value, valueType);
    default:
      return quoted(textOf(value, valueType), style);
  }
}

/** A string or property name. */
export function quoted(text: string, { escapes }: JsonStyle): string {
  return escapes === 0 ? quoteJson(text) : quoteJsonWith(text, '"', escapes);
}

function dateJson(value: unknown, valueType: Type, style: JsonStyle): string {
  const hasOffset = valueType === clr.dateTimeOffset();
  if (style === DEFAULT_STYLE) return `"${dateText(value, valueType)}"`;
  const moved = hasOffset ? value : dateTimeOf(inZone(datePartsOf(value), style.zone));
  if (style.dateFormat) return `"${formatObject(box(moved, valueType), style.dateFormat)}"`;
  if (style.dates === 0) return `"${dateText(moved, valueType)}"`;
  return hasOffset ? microsoftOffsetDate(moved as DateTimeOffset) : microsoftDate(moved as DateTime);
}

/** `"\/Date(0)\/"`, with an offset unless the date is UTC. */
function microsoftDate(date: DateTime): string {
  return `"\\/Date(${unixMs(date.ticks)}${date.kind === DateTimeKind.Utc ? "" : "+0000"})\\/"`;
}

function microsoftOffsetDate(date: DateTimeOffset): string {
  const minutes = Number(date.offset / 600_000_000n);
  const size = Math.abs(minutes);
  const [hour, minute] = [Math.trunc(size / 60), size % 60].map((n) => String(n).padStart(2, "0"));
  return `"\\/Date(${unixMs(date.utcTicks)}${minutes < 0 ? "-" : "+"}${hour}${minute})\\/"`;
}

function unixMs(ticks: bigint): bigint {
  return (ticks - DateTime.unixEpoch.ticks) / 10_000n;
}

/** ISO 8601 text of a DateTime or DateTimeOffset. */
export function dateText(value: unknown, valueType: Type): string {
  if (valueType === clr.dateTimeOffset()) return formatObject(value, ISO_WITH_OFFSET);
  return writeJsonDate(datePartsOf(value));
}

export function base64(bytes: CsArray): string {
  return Buffer.from(bytes.items as Uint8Array).toString("base64");
}

/** Floats and decimals show that they are: `1.0`. What JSON has no literal for becomes a string. */
function floatJson(text: string, { floats }: JsonStyle): string {
  if (text === "NaN" || text.endsWith("Infinity") || text.endsWith("∞")) {
    const symbol = text.replace("∞", "Infinity");
    return floats === 0 ? `"${symbol}"` : floats === 1 ? symbol : "0.0";
  }
  return /[.eE]/.test(text) ? text : `${text}.0`;
}
