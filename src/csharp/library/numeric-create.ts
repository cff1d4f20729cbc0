/** CreateChecked, CreateSaturating and CreateTruncating of the numeric types: from any other numeric type. */
import type { Type } from "../types.ts";
import { Decimal } from "./decimal.ts";
import { implement } from "./define.ts";
import { notSupported, overflow } from "./exceptions-thrown.ts";
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
import type { IntegerRange } from "./number-parse.ts";

type Source = number | bigint | Decimal;

const NUMERIC = /^System\.(S?Byte|U?Int(16|32|64)|Char|Single|Double|Decimal)$/;

function checkSource(t: Type): void {
  if (!NUMERIC.test(t.name)) throw notSupported();
}

/** The integral part; undefined for NaN and infinities. */
function wholeOf(value: Source): bigint | undefined {
  if (value instanceof Decimal) return value.toBigInt();
  if (typeof value === "bigint") return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

function clamp(value: Source, { min, max }: IntegerRange): bigint {
  const whole = wholeOf(value);
  if (whole === undefined) return Number.isNaN(value) ? 0n : (value as number) > 0 ? max : min;
  return whole < min ? min : whole > max ? max : whole;
}

function isIntegral(value: Source, t: Type): boolean {
  return typeof value === "bigint" || !/Single|Double|Decimal/.test(t.name);
}

function integerMembers(range: IntegerRange) {
  const out = (value: bigint) => (range.bits === 64 ? value : Number(value));
  const wrap = range.min < 0n ? BigInt.asIntN : BigInt.asUintN;
  return {
    "CreateChecked(!!0)": (t: Type, value: Source) => {
      checkSource(t);
      const whole = wholeOf(value);
      if (whole === undefined || whole < range.min || whole > range.max) throw overflow();
      return out(whole);
    },
    "CreateSaturating(!!0)": (t: Type, value: Source) => {
      checkSource(t);
      return out(clamp(value, range));
    },
    // Only integers are cut to their low bits; others are clamped.
    "CreateTruncating(!!0)": (t: Type, value: Source) => {
      checkSource(t);
      return out(isIntegral(value, t) ? wrap(range.bits, BigInt(value as number | bigint)) : clamp(value, range));
    },
  };
}

const INTEGERS: Record<string, IntegerRange> = {
  SByte: sbyteRange,
  Byte: byteRange,
  Int16: int16Range,
  UInt16: uint16Range,
  Int32: int32Range,
  UInt32: uint32Range,
  Int64: int64Range,
  UInt64: uint64Range,
};
for (const [name, range] of Object.entries(INTEGERS)) implement(`System.${name}`, integerMembers(range));

function toFloat(step: (value: number) => number) {
  return (t: Type, value: Source): number => {
    checkSource(t);
    return step(value instanceof Decimal ? value.toNumber() : Number(value));
  };
}

for (const [name, step] of [["Double", (value: number) => value] as const, ["Single", Math.fround] as const]) {
  const create = toFloat(step);
  implement(`System.${name}`, {
    "CreateChecked(!!0)": create,
    "CreateSaturating(!!0)": create,
    "CreateTruncating(!!0)": create,
  });
}

function toDecimal(t: Type, value: Source): Decimal {
  checkSource(t);
  if (value instanceof Decimal) return value;
  if (isIntegral(value, t)) return Decimal.fromBigInt(BigInt(value));
  return t.name === "System.Single" ? Decimal.fromSingle(value as number) : Decimal.fromNumber(value as number);
}

function toDecimalClamped(t: Type, value: Source): Decimal {
  if (typeof value === "number" && !(Math.abs(value) < 7.922816251426433e28)) {
    checkSource(t);
    return Number.isNaN(value) ? Decimal.zero : value > 0 ? Decimal.maxValue : Decimal.minValue;
  }
  return toDecimal(t, value);
}

implement("System.Decimal", {
  "CreateChecked(!!0)": toDecimal,
  "CreateSaturating(!!0)": toDecimalClamped,
  "CreateTruncating(!!0)": toDecimalClamped,
});
