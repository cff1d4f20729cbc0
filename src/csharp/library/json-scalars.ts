/** A single value as JSON text, as Json.NET's writer and JsonConvert.ToString give it. */
import { formatObject, textOf } from "../runtime/object.ts";
import type { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { writeJsonDate } from "./json-dates.ts";
import { quoteJson } from "./json-escape.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr, datePartsOf, scalarText, uriText } from "./json-values.ts";

const ISO_WITH_OFFSET = "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz";

/** @param value in the representation of `valueType`; null with a null type */
export function scalarJson(tokenType: JTokenType, value: unknown, valueType: Type | null): string {
  if (tokenType === JTokenType.Undefined) return "undefined";
  if (value === null || valueType === null) return "null";
  switch (tokenType) {
    case JTokenType.String:
      return quoteJson(scalarText(value, valueType));
    case JTokenType.Integer:
      return valueType.kind === "enum" ? String(value) : textOf(value, valueType);
    case JTokenType.Float:
      return floatJson(textOf(value, valueType));
    case JTokenType.Boolean:
      return value ? "true" : "false";
    case JTokenType.Date:
      return `"${dateText(value, valueType)}"`;
    case JTokenType.Bytes:
      return `"${base64(value as CsArray)}"`;
    case JTokenType.Uri:
      return quoteJson(uriText(value));
    case JTokenType.Raw:
      return scalarText(value, valueType);
    default:
      return quoteJson(textOf(value, valueType));
  }
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
function floatJson(text: string): string {
  if (text === "NaN" || text.endsWith("Infinity") || text.endsWith("∞")) return `"${text.replace("∞", "Infinity")}"`;
  return /[.eE]/.test(text) ? text : `${text}.0`;
}
