/** System.Math. https://learn.microsoft.com/dotnet/api/system.math */
import type { Ref } from "../runtime/values.ts";
import type { Decimal } from "./decimal.ts";
import {
  decimalCeiling,
  decimalClamp,
  decimalFloor,
  decimalMax,
  decimalMin,
  decimalTruncate,
} from "./decimal-members.ts";
import { implement, type Members } from "./define.ts";
import { DOUBLE, sinCos } from "./floats.ts";
import * as exact from "./exact-functions.ts";
import {
  binaryExponent,
  bitDecrement,
  bitIncrement,
  copySign,
  floatClamp,
  floatSign,
  fusedMultiplyAdd,
  ieeeRemainder,
  logBase,
  maxMagnitude,
  minMagnitude,
  power,
  roundHalfEven,
  roundTo,
  scaleBinary,
} from "./float-functions.ts";
import { int16Range, int32Range, int64Range, sbyteRange } from "./integer-ranges.ts";
import { divideIntegers, divRemMembers, integerAbs, integerClamp, integerSign, maxOf, minOf } from "./integers.ts";
import { formatDouble, formatSingle } from "./number-format.ts";

const SIGNED = { sbyte: sbyteRange, short: int16Range, int: int32Range, long: int64Range };
const UNSIGNED = ["byte", "ushort", "uint", "ulong"];

function integerMembers(): Members {
  const members: Members = {};
  for (const [keyword, range] of Object.entries(SIGNED)) {
    members[`Abs(${keyword})`] = integerAbs(range);
    members[`Sign(${keyword})`] = integerSign;
  }
  for (const keyword of [...Object.keys(SIGNED), ...UNSIGNED]) {
    members[`Max(${keyword},${keyword})`] = maxOf;
    members[`Min(${keyword},${keyword})`] = minOf;
    members[`Clamp(${keyword},${keyword},${keyword})`] = integerClamp;
  }
  return members;
}

/** 128-bit product as high and low halves. */
function bigMultiply(cut: (bits: number, value: bigint) => bigint) {
  return (a: bigint, b: bigint, low: Ref): bigint => {
    low.v = cut(64, a * b);
    return cut(64, (a * b) >> 64n);
  };
}

implement("System.Math", {
  E: () => Math.E,
  PI: () => Math.PI,
  Tau: () => 2 * Math.PI,
  ...integerMembers(),
  ...divRemMembers(),

  "Abs(double)": Math.abs,
  "Abs(float)": Math.abs,
  "Abs(decimal)": (d: Decimal) => d.abs(),
  "Sign(double)": floatSign,
  "Sign(float)": floatSign,
  "Sign(decimal)": (d: Decimal) => integerSign(d.mantissa),
  "Max(double,double)": (a: number, b: number) => Math.max(a, b),
  "Max(float,float)": (a: number, b: number) => Math.max(a, b),
  "Max(decimal,decimal)": decimalMax,
  "Min(double,double)": (a: number, b: number) => Math.min(a, b),
  "Min(float,float)": (a: number, b: number) => Math.min(a, b),
  "Min(decimal,decimal)": decimalMin,
  "Clamp(double,double,double)": (value: number, min: number, max: number) =>
    floatClamp(value, min, max, (x) => formatDouble(x, null)),
  "Clamp(float,float,float)": (value: number, min: number, max: number) =>
    floatClamp(value, min, max, (x) => formatSingle(x, null)),
  "Clamp(decimal,decimal,decimal)": decimalClamp,
  "MaxMagnitude(double,double)": maxMagnitude,
  "MinMagnitude(double,double)": minMagnitude,
  "CopySign(double,double)": copySign,

  "Ceiling(double)": Math.ceil,
  "Ceiling(decimal)": decimalCeiling,
  "Floor(double)": Math.floor,
  "Floor(decimal)": decimalFloor,
  "Truncate(double)": Math.trunc,
  "Truncate(decimal)": decimalTruncate,
  "Round(double)": roundHalfEven,
  "Round(double,int)": (value: number, digits: number) => roundTo(value, digits),
  "Round(double,MidpointRounding)": (value: number, mode: number) => roundTo(value, 0, mode),
  "Round(double,int,MidpointRounding)": (value: number, digits: number, mode: number) => roundTo(value, digits, mode),
  "Round(decimal)": (d: Decimal) => d.round(),
  "Round(decimal,int)": (d: Decimal, decimals: number) => d.round(decimals),
  "Round(decimal,MidpointRounding)": (d: Decimal, mode: number) => d.round(0, mode),
  "Round(decimal,int,MidpointRounding)": (d: Decimal, decimals: number, mode: number) => d.round(decimals, mode),

  "Sqrt(double)": Math.sqrt,
  "Cbrt(double)": Math.cbrt,
  "Pow(double,double)": power,
  "Exp(double)": exact.exp,
  "Log(double)": exact.log,
  "Log(double,double)": logBase,
  "Log10(double)": exact.log10,
  "Log2(double)": Math.log2,
  "ILogB(double)": binaryExponent,
  "ScaleB(double,int)": scaleBinary,
  "Sin(double)": exact.sin,
  "Cos(double)": exact.cos,
  "Tan(double)": exact.tan,
  "Asin(double)": exact.asin,
  "Acos(double)": exact.acos,
  "Atan(double)": exact.atan,
  "Atan2(double,double)": exact.atan2,
  "Sinh(double)": exact.sinh,
  "Cosh(double)": exact.cosh,
  "Tanh(double)": Math.tanh,
  "Asinh(double)": Math.asinh,
  "Acosh(double)": exact.acosh,
  "Atanh(double)": Math.atanh,
  "IEEERemainder(double,double)": ieeeRemainder,
  "FusedMultiplyAdd(double,double,double)": fusedMultiplyAdd,
  "SinCos(double)": sinCos(DOUBLE),
  "BitIncrement(double)": bitIncrement,
  "BitDecrement(double)": bitDecrement,
  "ReciprocalEstimate(double)": (value: number) => 1 / value,
  "ReciprocalSqrtEstimate(double)": (value: number) => 1 / Math.sqrt(value),

  "BigMul(int,int)": (a: number, b: number) => BigInt(a) * BigInt(b),
  "BigMul(long,long,long&)": bigMultiply(BigInt.asIntN),
  "BigMul(ulong,ulong,ulong&)": bigMultiply(BigInt.asUintN),
  "DivRem(int,int,int&)": (a: number, b: number, result: Ref) => {
    const [quotient, rest] = divideIntegers(BigInt(a), BigInt(b), int32Range);
    result.v = Number(rest);
    return Number(quotient);
  },
  "DivRem(long,long,long&)": (a: bigint, b: bigint, result: Ref) => {
    const [quotient, rest] = divideIntegers(a, b, int64Range);
    result.v = rest;
    return quotient;
  },
});
