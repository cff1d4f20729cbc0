/**
 * The integer types: System.SByte, Byte, Int16, UInt16, Int32, UInt32, Int64, UInt64. They differ in range only, so
 * their members are made from one description. https://learn.microsoft.com/dotnet/api/system.int32
 */
import { valueBehaviour } from "../runtime/object.ts";
import { CsTuple } from "../runtime/structural.ts";
import type { Ref } from "../runtime/values.ts";
import { tupleOf, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentOutOfRange, divideByZero, overflow } from "./exceptions-thrown.ts";
import {
  byteRange,
  int16Range,
  int32Range,
  int64Range,
  sbyteRange,
  uint16Range,
  uint32Range,
  uint64Range,
} from "./integer-ranges.ts";
import { numbersOf } from "./format-provider.ts";
import { formatInteger } from "./number-format.ts";
import { checkIntegerStyle, type IntegerRange, parseInteger, parseIntegerOrThrow } from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";
import { compareBoxed, equalsBoxed } from "./primitive-object.ts";

type Integer = number | bigint;

interface IntegerType {
  readonly name: string;
  readonly keyword: string;
  readonly typeCode: number;
  readonly range: IntegerRange;
  /** Represented by a bigint. */
  readonly wide: boolean;
  /** CompareTo of the types below 32 bits answers the difference. */
  readonly compare: (a: never, b: never) => number;
  readonly hash: (value: never) => number;
}

const difference = (a: number, b: number) => a - b;
const order = (a: Integer, b: Integer) => (a < b ? -1 : a > b ? 1 : 0);
const asInt = (value: number) => value | 0;
const foldLong = (value: bigint) => Number(BigInt.asIntN(32, value ^ (value >> 32n)));

const TYPES: readonly IntegerType[] = [
  integer("System.SByte", "sbyte", 5, sbyteRange, difference, asInt),
  integer("System.Byte", "byte", 6, byteRange, difference, asInt),
  integer("System.Int16", "short", 7, int16Range, difference, asInt),
  integer("System.UInt16", "ushort", 8, uint16Range, difference, asInt),
  integer("System.Int32", "int", 9, int32Range, order, asInt),
  integer("System.UInt32", "uint", 10, uint32Range, order, asInt),
  integer("System.Int64", "long", 11, int64Range, order, foldLong),
  integer("System.UInt64", "ulong", 12, uint64Range, order, foldLong),
];

function integer(
  name: string,
  keyword: string,
  typeCode: number,
  range: IntegerRange,
  compare: IntegerType["compare"],
  hash: IntegerType["hash"],
): IntegerType {
  return { name, keyword, typeCode, range, wide: range.bits === 64, compare, hash };
}

for (const t of TYPES) {
  const equals = (a: Integer, b: Integer) => a === b;
  const toText = (value: Integer, format: string | null = null, provider: unknown = null) =>
    formatInteger(value, format, t.range.bits, numbersOf(provider));
  valueBehaviour(t.name, { toText, equals, hash: t.hash, compare: t.compare });
  implement(t.name, {
    MaxValue: () => fromBig(t, t.range.max),
    MinValue: () => fromBig(t, t.range.min),
    [`CompareTo(${t.keyword})`]: t.compare,
    "CompareTo(object)": compareBoxed(t.name, t.compare),
    [`Equals(${t.keyword})`]: equals,
    "Equals(object)": equalsBoxed(t.name, equals),
    "GetHashCode()": t.hash,
    "GetTypeCode()": () => t.typeCode,
    "ToString()": String,
    "ToString(IFormatProvider)": (self: Integer, provider: unknown) => toText(self, null, provider),
    "ToString(string)": (self: Integer, format: string | null) => toText(self, format),
    "ToString(string,IFormatProvider)": toText,
  });
  implement(t.name, parsing(t));
  implement(t.name, arithmetic(t));
}

function fromBig(t: IntegerType, value: bigint): Integer {
  return t.wide ? value : Number(value);
}

function parsing(t: IntegerType): Members {
  const { Integer } = NumberStyles;
  const parse = (text: string | null, style = Integer as number, provider: unknown = null) =>
    fromBig(t, parseIntegerOrThrow(text, t.range, style, numbersOf(provider)));
  const tryParse = (text: string | null, style: number, provider: unknown, result: Ref): boolean => {
    checkIntegerStyle(style);
    const value = text === null ? "format" : parseInteger(text, style, t.range, numbersOf(provider));
    result.v = fromBig(t, typeof value === "bigint" ? value : 0n);
    return typeof value === "bigint";
  };
  return {
    "Parse(string)": (text: string | null) => parse(text),
    "Parse(string,IFormatProvider)": (text: string | null, provider: unknown) => parse(text, Integer, provider),
    "Parse(string,NumberStyles)": (text: string | null, style: number) => parse(text, style),
    "Parse(string,NumberStyles,IFormatProvider)": parse,
    [`TryParse(string,${t.keyword}&)`]: (text: string | null, result: Ref) => tryParse(text, Integer, null, result),
    [`TryParse(string,IFormatProvider,${t.keyword}&)`]: (text: string | null, provider: unknown, result: Ref) =>
      tryParse(text, Integer, provider, result),
    [`TryParse(string,NumberStyles,IFormatProvider,${t.keyword}&)`]: tryParse,
  };
}

function arithmetic(t: IntegerType): Members {
  const [one, two] = [t.keyword, `${t.keyword},${t.keyword}`];
  const { bits } = t.range;
  const unsigned = (value: Integer) => BigInt.asUintN(bits, BigInt(value));
  const cut = t.range.min < 0n ? BigInt.asIntN : BigInt.asUintN;
  const wrap = (value: bigint) => fromBig(t, cut(bits, value));
  const rotate = (value: Integer, count: number) => {
    const shift = BigInt(((count % bits) + bits) % bits);
    return wrap((unsigned(value) << shift) | (unsigned(value) >> (BigInt(bits) - shift)));
  };
  return {
    [`Abs(${one})`]: integerAbs(t.range),
    [`Sign(${one})`]: integerSign,
    [`Max(${two})`]: maxOf,
    [`Min(${two})`]: minOf,
    [`MaxMagnitude(${two})`]: (a: Integer, b: Integer) => {
      const [x, y] = [magnitude(a), magnitude(b)];
      return x > y || (x === y && a >= 0) ? a : b;
    },
    [`MinMagnitude(${two})`]: (a: Integer, b: Integer) => {
      const [x, y] = [magnitude(a), magnitude(b)];
      return x < y || (x === y && a < 0) ? a : b;
    },
    [`Clamp(${two},${one})`]: integerClamp,
    [`CopySign(${two})`]: (value: Integer, sign: Integer) => {
      const size = magnitude(value);
      if (sign < 0) return wrap(-size);
      if (size > t.range.max) throw overflow("Negating the minimum value of a twos complement number is invalid.");
      return wrap(size);
    },
    [`DivRem(${two})`]: divRem(t),
    [`IsEvenInteger(${one})`]: (value: Integer) => BigInt(value) % 2n === 0n,
    [`IsOddInteger(${one})`]: (value: Integer) => BigInt(value) % 2n !== 0n,
    [`IsNegative(${one})`]: (value: Integer) => value < 0,
    [`IsPositive(${one})`]: (value: Integer) => value >= 0,
    [`IsPow2(${one})`]: (value: Integer) => value > 0 && (BigInt(value) & (BigInt(value) - 1n)) === 0n,
    [`LeadingZeroCount(${one})`]: (value: Integer) => wrap(BigInt(bits - binaryLength(unsigned(value)))),
    [`TrailingZeroCount(${one})`]: (value: Integer) => wrap(BigInt(trailingZeros(unsigned(value), bits))),
    [`PopCount(${one})`]: (value: Integer) => wrap(BigInt(unsigned(value).toString(2).replaceAll("0", "").length)),
    [`Log2(${one})`]: (value: Integer) => {
      if (value < 0) throw argumentOutOfRange("value", "Non-negative number required.");
      return wrap(BigInt(Math.max(binaryLength(unsigned(value)) - 1, 0)));
    },
    [`RotateLeft(${one},int)`]: rotate,
    [`RotateRight(${one},int)`]: (value: Integer, count: number) => rotate(value, -count),
  };
}

function magnitude(value: Integer): bigint {
  const big = BigInt(value);
  return big < 0n ? -big : big;
}

function binaryLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function trailingZeros(value: bigint, bits: number): number {
  return value === 0n ? bits : binaryLength(value & -value) - 1;
}

export function maxOf(a: Integer, b: Integer): Integer {
  return a >= b ? a : b;
}

export function minOf(a: Integer, b: Integer): Integer {
  return a <= b ? a : b;
}

export function integerSign(value: Integer): number {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/** Absolute value; the smallest negative value has none. */
export function integerAbs(range: IntegerRange) {
  return (value: Integer): Integer => {
    if (value >= 0) return value;
    if (BigInt(value) === range.min) {
      throw overflow("Negating the minimum value of a twos complement number is invalid.");
    }
    return -value;
  };
}

export function integerClamp(value: Integer, min: Integer, max: Integer): Integer {
  if (min > max) throw argument(`'${min}' cannot be greater than ${max}.`);
  return value < min ? min : value > max ? max : value;
}

/** T.DivRem and Math.DivRem that answer quotient and remainder as a tuple. */
function divRem(t: IntegerType) {
  return (a: Integer, b: Integer): CsTuple => {
    const parts = divideIntegers(BigInt(a), BigInt(b), t.range);
    const element = type(t.name);
    const names = ["Quotient", "Remainder"];
    return new CsTuple(
      tupleOf([element, element], names),
      parts.map((part) => fromBig(t, part)),
    );
  };
}

/** Math.DivRem by key. */
export function divRemMembers(): Members {
  return Object.fromEntries(TYPES.map((t) => [`DivRem(${t.keyword},${t.keyword})`, divRem(t)]));
}

/** Truncating division as C# does it, for library members (DivRem and the like). */
export function divideIntegers(a: bigint, b: bigint, range: IntegerRange): [quotient: bigint, rest: bigint] {
  if (b === 0n) throw divideByZero();
  if (a === range.min && b === -1n && range.min < 0n) throw overflow();
  return [a / b, a % b];
}
