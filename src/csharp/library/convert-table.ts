/** What System.Convert makes of each base type: target keyword -> source keyword -> function. */
import { CsException } from "../runtime/values.ts";
import { parseBoolean } from "./boolean.ts";
import { parseChar } from "./char.ts";
import { Decimal } from "./decimal.ts";
import { findImplementation, type Implementation } from "./define.ts";
import { argumentNull, overflow } from "./exceptions-thrown.ts";
import { roundHalfEven } from "./float-functions.ts";
import { numbersOf } from "./format-provider.ts";
import {
  byteRange,
  charRange,
  int16Range,
  int32Range,
  int64Range,
  sbyteRange,
  uint16Range,
  uint32Range,
  uint64Range,
  within,
} from "./integer-ranges.ts";
import { type IntegerRange, parseDouble, parseFloatOrThrow, parseIntegerOrThrow, parseSingle } from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";

export type Keyword =
  | "bool"
  | "char"
  | "sbyte"
  | "byte"
  | "short"
  | "ushort"
  | "int"
  | "uint"
  | "long"
  | "ulong"
  | "float"
  | "double"
  | "decimal"
  | "DateTime"
  | "string";

/** Full name -> keyword, as in keys of members. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ["System.Boolean", "bool"],
  ["System.Char", "char"],
  ["System.SByte", "sbyte"],
  ["System.Byte", "byte"],
  ["System.Int16", "short"],
  ["System.UInt16", "ushort"],
  ["System.Int32", "int"],
  ["System.UInt32", "uint"],
  ["System.Int64", "long"],
  ["System.UInt64", "ulong"],
  ["System.Single", "float"],
  ["System.Double", "double"],
  ["System.Decimal", "decimal"],
  ["System.DateTime", "DateTime"],
  ["System.String", "string"],
]);

type Row = Record<Keyword, Implementation>;

const INTEGERS = ["sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong"] as const;

function shortName(keyword: Keyword): string {
  for (const [name, k] of KEYWORDS) if (k === keyword) return name.slice("System.".length);
  return keyword;
}

/** A conversion that always fails. */
function invalid(source: Keyword, target: Keyword): Implementation {
  const text = `Invalid cast from '${shortName(source)}' to '${shortName(target)}'.`;
  return () => {
    throw new CsException("System.InvalidCastException", text);
  };
}

/** A row in which everything fails but what is given. */
function row(target: Keyword, given: Partial<Row>): Row {
  const result = {} as Row;
  for (const source of KEYWORDS.values()) result[source] = given[source] ?? invalid(source, target);
  return result;
}

function fromIntegers(convert: (value: number | bigint) => unknown): Partial<Row> {
  return Object.fromEntries(INTEGERS.map((source) => [source, convert]));
}

/** Half to even; out of range throws. The types below 32 bits are reached by way of Int32. */
function roundToInteger(value: number, range: IntegerRange): bigint {
  const { bits } = range;
  if (bits === 64) {
    const rounded = roundHalfEven(value);
    if (!(rounded >= Number(range.min) && rounded < Number(range.max))) throw overflow();
    return BigInt(rounded);
  }
  const word = range === uint32Range ? uint32Range : int32Range;
  const fits = value >= 0 ? value < Number(word.max) + 0.5 : value >= Number(word.min) - 0.5;
  if (!fits) throw overflow(word.overflow);
  return within(BigInt(roundHalfEven(value)), range);
}

function toInteger(target: Keyword, range: IntegerRange): Row {
  const out = (value: bigint) => (range.bits === 64 ? value : Number(value));
  const fromFloat = (value: number) => out(roundToInteger(value, range));
  return row(target, {
    bool: (value: boolean) => out(value ? 1n : 0n),
    char: (value: number) => out(within(BigInt(value), range)),
    ...fromIntegers((value) => out(within(BigInt(value), range))),
    float: fromFloat,
    double: fromFloat,
    decimal: (value: Decimal) => out(within(value.round().toBigInt(), range)),
    string: (text: string | null, provider: unknown) =>
      out(text === null ? 0n : parseIntegerOrThrow(text, range, NumberStyles.Integer, numbersOf(provider))),
  });
}

const toChar = row("char", {
  char: (value: number) => value,
  ...fromIntegers((value) => Number(within(BigInt(value), charRange))),
  string: (text: string | null) => {
    if (text === null) throw argumentNull("value");
    return parseChar(text);
  },
});

const toBoolean = row("bool", {
  bool: (value: boolean) => value,
  ...fromIntegers((value) => value !== 0 && value !== 0n),
  float: (value: number) => value !== 0,
  double: (value: number) => value !== 0,
  decimal: (value: Decimal) => value.mantissa !== 0n,
  string: (text: string | null) => text !== null && parseBoolean(text),
});

function toFloat(target: Keyword, step: (value: number) => number, read: typeof parseDouble): Row {
  return row(target, {
    bool: (value: boolean) => Number(value),
    ...fromIntegers((value) => step(Number(value))),
    float: step,
    double: step,
    decimal: (value: Decimal) => step(value.toNumber()),
    string: (text: string | null, provider: unknown) =>
      text === null ? 0 : parseFloatOrThrow(text, read, undefined, numbersOf(provider)),
  });
}

const toDecimal = row("decimal", {
  bool: (value: boolean) => (value ? Decimal.one : Decimal.zero),
  ...fromIntegers((value) => Decimal.fromBigInt(BigInt(value))),
  float: Decimal.fromSingle,
  double: Decimal.fromNumber,
  decimal: (value: Decimal) => value,
  string: (text: string | null, provider: unknown) =>
    text === null ? Decimal.zero : Decimal.parse(text, NumberStyles.Number, numbersOf(provider)),
});

/** DateTime is another file's; a null string is DateTime.MinValue. */
const toDateTime = row("DateTime", {
  DateTime: (value: unknown) => value,
  string: (text: string | null, provider: unknown = null) =>
    dateTime(text === null ? "MinValue" : "Parse(string,IFormatProvider)")(text as never, provider as never),
});

function dateTime(key: string): Implementation {
  return findImplementation("System.DateTime", key) as Implementation;
}

export const CONVERTERS: Record<Keyword, Row> = {
  bool: toBoolean,
  char: toChar,
  sbyte: toInteger("sbyte", sbyteRange),
  byte: toInteger("byte", byteRange),
  short: toInteger("short", int16Range),
  ushort: toInteger("ushort", uint16Range),
  int: toInteger("int", int32Range),
  uint: toInteger("uint", uint32Range),
  long: toInteger("long", int64Range),
  ulong: toInteger("ulong", uint64Range),
  float: toFloat("float", Math.fround, parseSingle),
  double: toFloat("double", (value) => value, parseDouble),
  decimal: toDecimal,
  DateTime: toDateTime,
  string: row("string", { string: (text: string | null) => text }),
};
