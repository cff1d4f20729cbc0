/**
 * System.Convert between the base types, from objects and to a type known at run time; base64 and hexadecimal text.
 * https://learn.microsoft.com/dotnet/api/system.convert
 */
import { formatObject, textOf, toText, typeOf } from "../runtime/object.ts";
import { Box, box, bytes, type CsArray, CsException, type CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { CONVERTERS, KEYWORDS, type Keyword } from "./convert-table.ts";
import { DbNull } from "./db-null.ts";
import { findImplementation, implement, type Members } from "./define.ts";
import {
  argument,
  argumentNull,
  argumentOutOfRange,
  checkNonNegative,
  formatError,
  greaterArgument,
} from "./exceptions-thrown.ts";
import { stringToUnits, unitsToString } from "./string.ts";
import { typeCode, typeObject, typeOfTypeObject } from "./type.ts";
import "./convert-radix.ts";

function invalidCast(text: string): CsException {
  return new CsException("System.InvalidCastException", text);
}

/** IConvertible of an object that is not null: a base type's converter, or the object's own conversion. */
function convertObject(value: unknown, target: Keyword, provider: unknown = null): unknown {
  if (typeof value === "string") return CONVERTERS[target].string(value as never, provider as never);
  const t = typeOf(value);
  if (value instanceof Box) {
    const source = t.kind === "enum" ? "int" : KEYWORDS.get(t.name);
    if (source) return CONVERTERS[target][source](value.value as never);
  }
  const convert = ownConversion(t, target);
  if (convert) return convert(value);
  if (value === DbNull.value) throw invalidCast("Object cannot be cast from DBNull to other types.");
  throw invalidCast(`Unable to cast object of type '${t.clrName}' to type 'System.IConvertible'.`);
}

/** An IConvertible class converts as its explicit operators do (JValue). */
function ownConversion(t: Type, target: Keyword): ((value: unknown) => unknown) | undefined {
  if (!t.interfaces.includes(type("System.IConvertible"))) return undefined;
  for (let owner: Type | null = t; owner; owner = owner.base) {
    const found = findImplementation(owner.name, `op_Explicit(${owner.simpleName}):${target}`);
    if (typeof found === "function") return found as (value: unknown) => unknown;
  }
  return undefined;
}

/** Members `ToX(source)` and `ToX(object)` of one target type. */
function conversions(target: Keyword, name: string): Members {
  const members: Members = {};
  const row = CONVERTERS[target];
  for (const source of Object.keys(row) as Keyword[]) members[`To${name}(${source})`] = row[source];
  const fromObject = (value: unknown, provider: unknown = null) => {
    // A null object is the default value even where a null string is an error.
    if (value === null) return target === "char" ? 0 : row.string(null as never);
    return convertObject(value, target, provider);
  };
  members[`To${name}(object)`] = fromObject;
  members[`To${name}(object,IFormatProvider)`] = fromObject;
  members[`To${name}(string,IFormatProvider)`] = row.string;
  return members;
}

const textMembers: Members = {
  "ToString(object)": (value: unknown) => (value === null ? "" : toText(value)),
  "ToString(object,IFormatProvider)": (value: unknown, provider: unknown) => formatObject(value, null, provider),
  "ToString(string)": (value: string | null) => value,
  "ToString(string,IFormatProvider)": (value: string | null) => value,
};

for (const [name, keyword] of KEYWORDS) {
  if (keyword === "string") continue;
  implement("System.Convert", conversions(keyword, name.slice("System.".length)));
  const asText = (value: unknown, provider: unknown = null) => textOf(value, type(name), null, provider);
  textMembers[`ToString(${keyword})`] = asText;
  textMembers[`ToString(${keyword},IFormatProvider)`] = asText;
}
implement("System.Convert", textMembers);

/** Type.FullName, which shows the assemblies of type arguments. */
function fullTypeName(t: Type): string {
  return (findImplementation("System.Type", "FullName") as (self: CsObject) => string)(typeObject(t) as never);
}

/** Convert.ChangeType: the value as object of another type. */
function changeType(value: unknown, target: Type, provider: unknown = null): unknown {
  if (value === null) {
    if (target.isValueType) throw invalidCast("Null object cannot be converted to a value type.");
    return null;
  }
  const from = typeOf(value);
  if (!isConvertible(value)) {
    if (from === target) return value;
    throw invalidCast("Object must implement IConvertible.");
  }
  if (target.name === "System.String") return formatObject(value, null, provider);
  const keyword = KEYWORDS.get(target.name);
  if (keyword) return box(convertObject(value, keyword, provider), target);
  if (target.name === "System.Object" || from === target) return value;
  throw invalidCast(`Invalid cast from '${fullTypeName(from)}' to '${fullTypeName(target)}'.`);
}

function isConvertible(value: unknown): boolean {
  const from = typeOf(value);
  return typeof value === "string" || from.kind === "enum" || from.interfaces.includes(type("System.IConvertible"));
}

const EMPTY_CODE = 0;
const OBJECT_CODE = 1;
const DB_NULL_CODE = 2;
const STRING_CODE = 18;

function changeToCode(value: unknown, code: number, provider: unknown = null): unknown {
  if (value === null) {
    if (code === EMPTY_CODE || code === OBJECT_CODE || code === STRING_CODE) return null;
    throw invalidCast("Object must implement IConvertible.");
  }
  if (!isConvertible(value)) throw invalidCast("Object must implement IConvertible.");
  if (code === OBJECT_CODE) return value;
  if (code === EMPTY_CODE) throw invalidCast("Object cannot be cast to Empty.");
  if (code === DB_NULL_CODE) throw invalidCast("Object cannot be cast to DBNull.");
  for (const name of KEYWORDS.keys()) if (typeCode(type(name)) === code) return changeType(value, type(name), provider);
  throw argument("Unknown TypeCode value.");
}

implement("System.Convert", {
  DBNull: () => DbNull.value,
  "IsDBNull(object)": (value: unknown) => value === DbNull.value,
  "GetTypeCode(object)": (value: unknown) => (value === null ? 0 : typeCode(typeOf(value))),
  "ChangeType(object,Type)": (value: unknown, target: CsObject | null) =>
    changeType(value, typeOfTypeObject(target, "conversionType")),
  "ChangeType(object,Type,IFormatProvider)": (value: unknown, target: CsObject | null, provider: unknown) =>
    changeType(value, typeOfTypeObject(target, "conversionType"), provider),
  "ChangeType(object,TypeCode)": changeToCode,
  "ChangeType(object,TypeCode,IFormatProvider)": changeToCode,
});

/** The wanted part of a byte array. */
function range(array: CsArray | null, offset: number, length: number, parameter = "offset"): Uint8Array {
  const raw = required(array, "inArray").items as Uint8Array;
  checkNonNegative(length, "length");
  checkNonNegative(offset, parameter);
  if (offset > raw.length - length) throw greaterArgument(parameter, offset, raw.length - length);
  return raw.subarray(offset, offset + length);
}

function required(array: CsArray | null, parameter: string): CsArray {
  if (array === null) throw argumentNull(parameter);
  return array;
}

/** Base64FormattingOptions: 0 none, 1 line breaks. */
function hasBreaks(options: number): boolean {
  if (options !== 0 && options !== 1) throw argument(`Illegal enum value: ${options}.`, "options");
  return options === 1;
}

const whole = (array: CsArray | null) => required(array, "inArray").items as Uint8Array;
const hex = (raw: Uint8Array) => Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("hex").toUpperCase();

function fromHex(text: string | null): CsArray {
  if (text === null) throw argumentNull("s");
  if (text.length % 2 !== 0) {
    throw formatError("The input is not a valid hex string as its length is not a multiple of 2.");
  }
  if (!/^[0-9a-fA-F]*$/.test(text)) {
    throw formatError("The input is not a valid hex string as it contains a non-hex character.");
  }
  return bytes(new Uint8Array(Buffer.from(text, "hex")));
}

function fromBase64Chars(units: CsArray | null, offset: number, length: number): CsArray {
  const items = required(units, "inArray").items as number[];
  checkNonNegative(length, "length");
  checkNonNegative(offset, "offset");
  if (offset > items.length - length) throw greaterArgument("offset", offset, items.length - length);
  return bytes(fromBase64(unitsToString(items.slice(offset, offset + length))));
}

function toBase64Chars(
  array: CsArray | null,
  offset: number,
  length: number,
  target: CsArray | null,
  at: number,
  options = 0,
): number {
  const units = stringToUnits(toBase64(range(array, offset, length, "offsetIn"), hasBreaks(options)));
  const out = required(target, "outArray").items;
  if (at < 0 || at > out.length - units.length) {
    throw argumentOutOfRange(
      "offsetOut",
      "Either offset did not refer to a position in the string, or there is an insufficient length of destination " +
        "character array.",
    );
  }
  units.forEach((unit, i) => {
    out[at + i] = unit;
  });
  return units.length;
}

implement("System.Convert", {
  "ToBase64String(byte[])": (array: CsArray | null) => toBase64(whole(array), false),
  "ToBase64String(byte[],Base64FormattingOptions)": (array: CsArray | null, options: number) =>
    toBase64(whole(array), hasBreaks(options)),
  "ToBase64String(byte[],int,int)": (array: CsArray | null, offset: number, length: number) =>
    toBase64(range(array, offset, length), false),
  "ToBase64String(byte[],int,int,Base64FormattingOptions)": (
    array: CsArray | null,
    offset: number,
    length: number,
    options: number,
  ) => toBase64(range(array, offset, length), hasBreaks(options)),
  "ToBase64CharArray(*)": toBase64Chars,
  "FromBase64String(string)": (text: string | null) => {
    if (text === null) throw argumentNull("s");
    return bytes(fromBase64(text));
  },
  "FromBase64CharArray(char[],int,int)": fromBase64Chars,
  "ToHexString(byte[])": (array: CsArray | null) => hex(whole(array)),
  "ToHexString(byte[],int,int)": (array: CsArray | null, offset: number, length: number) =>
    hex(range(array, offset, length)),
  "FromHexString(string)": fromHex,
});
