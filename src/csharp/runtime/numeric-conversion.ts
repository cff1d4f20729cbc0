/**
 * Conversions between numeric types that are more than one JavaScript operator.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/conversions#1032-explicit-numeric-conversions
 * What C# leaves open (floating point out of range, unchecked) is as .NET 8 does it on x64.
 */
import type { Decimal } from "../library/decimal.ts";
import { overflow } from "./arithmetic.ts";

const MIN_INT = -0x80000000;
const TWO_63 = 2 ** 63;
const MIN_LONG = -(1n << 63n);

/** (int)double: truncates; NaN and what does not fit give int.MinValue. Smaller types wrap this. */
export function doubleToInt(value: number): number {
  return value > -2147483649 && value < 2147483648 ? value | 0 : MIN_INT;
}

/** (uint)double: the low half of (long)double. */
export function doubleToUint(value: number): number {
  if (value > -1 && value < 4294967296) return Math.trunc(value) >>> 0;
  return Number(BigInt.asUintN(32, doubleToLong(value)));
}

/** (long)double: truncates; NaN and what does not fit give long.MinValue. */
export function doubleToLong(value: number): bigint {
  return value >= -TWO_63 && value < TWO_63 ? BigInt(Math.trunc(value)) : MIN_LONG;
}

/** (ulong)double. */
export function doubleToUlong(value: number): bigint {
  if (value >= TWO_63 && value < 2 * TWO_63) return BigInt(Math.trunc(value));
  return BigInt.asUintN(64, doubleToLong(value));
}

/** checked: a number (integer or double) to an integer type of up to 32 bits. */
export function checkedToInteger(value: number, min: number, max: number): number {
  const whole = Math.trunc(value);
  if (!(whole >= min && whole <= max)) throw overflow();
  return whole + 0;
}

/** checked: a double to long or ulong. */
export function checkedToBig(value: number, min: bigint, max: bigint): bigint {
  if (!Number.isFinite(value)) throw overflow();
  return checkedBig(BigInt(Math.trunc(value)), min, max);
}

/** checked: an integer to long or ulong. */
export function checkedBig(value: bigint, min: bigint, max: bigint): bigint {
  if (value < min || value > max) throw overflow();
  return value;
}

/** checked: long or ulong to an integer type of up to 32 bits. */
export function checkedBigToInteger(value: bigint, min: number, max: number): number {
  if (value < BigInt(min) || value > BigInt(max)) throw overflow();
  return Number(value);
}

/** decimal to an integer type: always checked. `name` is the type in the message: "an Int32". */
export function decimalToBig(value: Decimal, min: bigint, max: bigint, name: string): bigint {
  const whole = value.toBigInt();
  if (whole < min || whole > max) throw overflow(`Value was either too large or too small for ${name}.`);
  return whole;
}

export function decimalToInteger(value: Decimal, min: number, max: number, name: string): number {
  return Number(decimalToBig(value, BigInt(min), BigInt(max), name));
}
