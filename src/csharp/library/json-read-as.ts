/** Reading a value as what the caller expects: Json.NET's ReadAsInt32, ReadAsString and so on, with their messages. */
import { bytes, Ref } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { fromBase64 } from "./base64.ts";
import type { DateTime } from "./date-time.ts";
import { DateTimeOffset } from "./date-time-offset.ts";
import { parseGuid } from "./guid.ts";
import { convertBigInteger, convertTo } from "./json-conversion.ts";
import { readJsonDate } from "./json-dates.ts";
import type { ReadType } from "./json-reader.ts";
import { JsonToken } from "./json-token-type.ts";
import { call, clr, dateTimeOf, type Scalar, scalarText } from "./json-values.ts";

/** A value of a reader, with the token that it becomes. */
export interface ReadValue extends Scalar {
  readonly token: JsonToken;
}

const nothing: ReadValue = { token: JsonToken.Null, raw: null, rawType: null };

interface Kind {
  /** As messages about strings name it. */
  readonly name: string;
  /** As messages about other tokens name it. */
  readonly noun: string;
  readonly token: JsonToken;
  readonly type: () => Type;
}

export const kinds: Readonly<Record<Exclude<ReadType, "any">, Kind>> = {
  int: { name: "integer", noun: "integer", token: JsonToken.Integer, type: clr.int32 },
  decimal: { name: "decimal", noun: "decimal", token: JsonToken.Float, type: clr.decimal },
  double: { name: "double", noun: "double", token: JsonToken.Float, type: clr.double },
  bool: { name: "boolean", noun: "boolean", token: JsonToken.Boolean, type: clr.boolean },
  date: { name: "DateTime", noun: "date", token: JsonToken.Date, type: clr.dateTime },
  dateOffset: { name: "DateTimeOffset", noun: "date", token: JsonToken.Date, type: clr.dateTimeOffset },
  string: { name: "string", noun: "string", token: JsonToken.String, type: clr.string },
  bytes: { name: "bytes", noun: "bytes", token: JsonToken.Bytes, type: clr.bytes },
};

/** T.TryParse for the kinds that have one. */
const tryParse: Readonly<Record<string, readonly [typeName: string, key: string]>> = {
  int: ["System.Int32", "TryParse(string,int&)"],
  decimal: ["System.Decimal", "TryParse(string,decimal&)"],
  double: ["System.Double", "TryParse(string,double&)"],
  bool: ["System.Boolean", "TryParse(string,bool&)"],
  date: ["System.DateTime", "TryParse(string,DateTime&)"],
  dateOffset: ["System.DateTimeOffset", "TryParse(string,DateTimeOffset&)"],
};

/** A Guid as its bytes, other text as base 64. */
function bytesOf(text: string): unknown {
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  return isGuid ? call("System.Guid", "ToByteArray()", parseGuid(text)) : bytes(fromBase64(text));
}

/** A JSON string as a kind; undefined when it does not parse. The empty string is null, except as a string or bytes. */
export function stringAs(text: string, expected: Exclude<ReadType, "any">): ReadValue | undefined {
  const { token, type } = kinds[expected];
  if (expected === "string") return { token, raw: text, rawType: type() };
  if (expected === "bytes") return { token, raw: bytesOf(text), rawType: type() };
  if (text === "") return nothing;
  if (expected === "date") {
    const parts = readJsonDate(text);
    if (parts) return { token, raw: dateTimeOf(parts), rawType: type() };
  }
  const result = new Ref<unknown>(null);
  const [typeName, key] = tryParse[expected];
  return call(typeName, key, text, result) ? { token, raw: result.v, rawType: type() } : undefined;
}

/** A number, boolean or date as a kind; throws what System.Convert throws. */
export function valueAs(value: Scalar, expected: Exclude<ReadType, "any">): ReadValue {
  const { token, type } = kinds[expected];
  const target = type();
  if (expected === "string") return { token, raw: scalarText(value.raw, value.rawType), rawType: target };
  if (value.rawType === clr.bigInteger()) {
    const raw = expected === "bool" ? value.raw !== 0n : convertBigInteger(value.raw as bigint, target);
    return { token, raw, rawType: target };
  }
  if (expected === "dateOffset" && value.rawType === clr.dateTime()) {
    return { token, raw: DateTimeOffset.fromDateTime(value.raw as DateTime), rawType: target };
  }
  if (expected === "date" && value.rawType === clr.dateTimeOffset()) {
    return { token, raw: (value.raw as DateTimeOffset).clock, rawType: target };
  }
  return { token, raw: convertTo(value, target), rawType: target };
}
