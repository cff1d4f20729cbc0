/**
 * The conversion operators of JToken: explicit ones read a value as a .NET type, implicit ones make a JValue.
 * https://www.newtonsoft.com/json/help/html/Methods_T_Newtonsoft_Json_Linq_JToken.htm
 */
import { box, bytes, type CsArray } from "../runtime/values.ts";
import { arrayOf, type Type, type } from "../types.ts";
import { fromBase64 } from "./base64.ts";
import type { DateTime } from "./date-time.ts";
import { DateTimeOffset } from "./date-time-offset.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import { parseGuid } from "./guid.ts";
import { JProperty } from "./jproperty.ts";
import type { JToken } from "./jtoken.ts";
import { base64 } from "./json-scalars.ts";
import { convertBigInteger, convertTo } from "./json-conversion.ts";
import { JTokenType, tokenTypeName } from "./json-token-type.ts";
import { call, clr } from "./json-values.ts";
import { JValue } from "./jvalue.ts";
import { createUri } from "./uri.ts";

const T = JTokenType;
const text: readonly JTokenType[] = [T.String, T.Comment, T.Raw];
const number: readonly JTokenType[] = [T.Integer, T.Float, ...text, T.Boolean];
const date: readonly JTokenType[] = [T.Date, ...text];
const anyValue: readonly JTokenType[] = [...number, T.Date, T.Bytes, T.Guid, T.TimeSpan, T.Uri];

/** Target types with the token types that convert to them. */
const accepted: readonly (readonly [type: string, from: readonly JTokenType[]])[] = [
  ["System.Boolean", number],
  ["System.Char", [T.Integer, T.Float, ...text]],
  ...["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double", "Decimal"].map(
    (name) => [`System.${name}`, number] as const,
  ),
  ["System.DateTime", date],
  ["System.DateTimeOffset", date],
  ["System.Guid", [T.Guid, T.Bytes, ...text]],
  ["System.TimeSpan", [T.TimeSpan, ...text]],
];

/** The value of a token, looking into properties; undefined for containers. Null throws. */
function innerValue(token: JToken | null): JValue | undefined {
  if (token === null) throw argumentNull("value");
  const inner = token instanceof JProperty ? token.value : token;
  return inner instanceof JValue ? inner : undefined;
}

function cannotConvert(token: JToken, name: string) {
  const shown = token instanceof JProperty && token.value ? token.value : token;
  return argument(`Can not convert ${tokenTypeName(shown.tokenType)} to ${name}.`);
}

/** The value when its token type is among `from`, or is null and may be; otherwise throws. */
function accept(token: JToken | null, from: readonly JTokenType[], name: string, nullable: boolean): JValue {
  const value = innerValue(token);
  const isNull = value?.tokenType === T.Null || value?.tokenType === T.Undefined;
  if (value && (from.includes(value.tokenType) || (nullable && isNull))) return value;
  throw cannotConvert(token as JToken, name);
}

/** Reads a value as a struct, in its representation. */
function convertValue(value: JValue, target: Type): unknown {
  if (value.rawType === target) return value.raw;
  if (value.rawType === clr.bigInteger()) {
    if (target === clr.boolean()) return convertBigInteger(value.raw as bigint, clr.int32()) !== 0;
    return convertBigInteger(value.raw as bigint, target);
  }
  switch (target.name) {
    case "System.DateTime":
    case "System.DateTimeOffset":
      return convertDate(value, target);
    case "System.Guid":
      if (value.tokenType === T.Bytes) return call("System.Guid", "new(byte[])", value.raw);
      return parseGuid(value.toText());
    case "System.TimeSpan":
      return call("System.TimeSpan", "Parse(string)", value.toText());
    default:
      return convertTo(value, target);
  }
}

/** (int)token. Nearly all are numbers that fit. */
function tokenToInt(token: JToken | null): unknown {
  if (token instanceof JValue && token.rawType === clr.int64()) {
    const value = Number(token.raw);
    if (value === (value | 0)) return value;
  }
  return convertValue(accept(token, number, "Int32", false), clr.int32());
}

function convertDate(value: JValue, target: Type): unknown {
  if (target === clr.dateTime()) {
    if (value.rawType === clr.dateTimeOffset()) return (value.raw as DateTimeOffset).clock;
    return convertTo(value, target);
  }
  if (typeof value.raw === "string") return call("System.DateTimeOffset", "Parse(string)", value.raw);
  return DateTimeOffset.fromDateTime(convertTo(value, clr.dateTime()) as DateTime);
}

/** (string)token: null for a missing token and for JSON null. */
export function tokenToString(token: JToken | null): string | null {
  if (token === null) return null;
  const value = accept(token, anyValue, "String", true);
  if (value.raw === null) return null;
  return value.tokenType === T.Bytes ? base64(value.raw as CsArray) : value.toText();
}

/** (byte[])token: bytes, or a string in base 64. */
function tokenToBytes(token: JToken | null): unknown {
  if (token === null) return null;
  const value = accept(token, [T.Bytes, ...text, T.Integer], "byte array", false);
  if (typeof value.raw === "string") return bytes(fromBase64(value.raw));
  if (value.tokenType === T.Bytes) return value.raw;
  if (value.rawType === clr.bigInteger()) return bytes(littleEndian(value.raw as bigint));
  throw cannotConvert(token, "byte array");
}

/** BigInteger.ToByteArray(): two's complement, least significant byte first, as short as possible. */
function littleEndian(value: bigint): Uint8Array {
  const items: number[] = [];
  for (let rest = value; ; rest >>= 8n) {
    items.push(Number(BigInt.asUintN(8, rest)));
    if (BigInt.asIntN(8, rest) === rest) return Uint8Array.from(items);
  }
}

function tokenToUri(token: JToken | null): unknown {
  if (token === null) return null;
  const value = accept(token, [T.Uri, ...text], "Uri", true);
  if (value.raw === null || value.tokenType === T.Uri) return value.raw;
  return createUri(value.toText());
}

/** A token as one of the types that have an explicit operator, in its representation; undefined for any other type. */
export function tokenToType(token: JToken, target: Type): unknown {
  if (target === clr.string()) return tokenToString(token);
  if (target === clr.uri()) return tokenToUri(token);
  if (target === clr.int32()) return tokenToInt(token);
  const wanted = target.isNullable ? target.args[0] : target;
  const found = accepted.find(([name]) => name === wanted.name);
  if (!found) return undefined;
  const value = accept(token, found[1], wanted.simpleName, target.isNullable);
  return value.raw === null ? null : convertValue(value, wanted);
}

/** `System.Int32` -> `int`, as keys of members write it. */
function shortName(t: Type): string {
  return t.toString().replace(/^System\./, "");
}

function operators(): Members {
  const members: Members = {
    "op_Explicit(JToken):string": tokenToString,
    "op_Explicit(JToken):byte[]": tokenToBytes,
    "op_Explicit(JToken):Uri": tokenToUri,
    "op_Implicit(string):JToken": (value: string | null) => JValue.string(value),
    "op_Implicit(byte[]):JToken": (value: unknown) => JValue.of(value, arrayOf(type("System.Byte"))),
    "op_Implicit(Uri):JToken": (value: unknown) => JValue.fromObject(value),
  };
  for (const [typeName, from] of accepted) {
    const target = type(typeName);
    const short = shortName(target);
    const shown = target.simpleName;
    members[`op_Explicit(JToken):${short}`] = (token: JToken | null) =>
      convertValue(accept(token, from, shown, false), target);
    members[`op_Explicit(JToken):Nullable<${short}>`] = (token: JToken | null) => {
      if (token === null) return null;
      const value = accept(token, from, shown, true);
      return value.raw === null ? null : convertValue(value, target);
    };
    members[`op_Implicit(${short}):JToken`] = implicit(target);
    members[`op_Implicit(Nullable<${short}>):JToken`] = (value: unknown) => JValue.fromObject(box(value, target));
  }
  members["op_Explicit(JToken):int"] = tokenToInt;
  return members;
}

/** Small integers become long; char is not among the implicit ones. */
function implicit(source: Type): (value: unknown) => JValue {
  const small = ["System.SByte", "System.Byte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32"];
  if (small.includes(source.name)) return (value) => JValue.integer(BigInt(value as number));
  return (value) => JValue.of(value, source);
}

implement("Newtonsoft.Json.Linq.JToken", operators());
