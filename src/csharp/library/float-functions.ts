/** Functions on doubles where .NET and JavaScript differ, shared by System.Math, System.Double and System.Single. */
import { CsException } from "../runtime/values.ts";
import { checkRounding, MidpointRounding } from "./decimal.ts";
import { log } from "./exact-functions.ts";
import { argument, argumentOutOfRange } from "./exceptions-thrown.ts";

const view = new DataView(new ArrayBuffer(8));

export function doubleBits(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigInt64(0);
}

export function doubleFromBits(bits: bigint): number {
  view.setBigInt64(0, bits);
  return view.getFloat64(0);
}

export function singleBits(value: number): number {
  view.setFloat32(0, value);
  return view.getInt32(0);
}

export function singleFromBits(bits: number): number {
  view.setInt32(0, bits);
  return view.getFloat32(0);
}

export function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0) || (Number.isNaN(value) && doubleBits(value) < 0n);
}

export function copySign(value: number, sign: number): number {
  return isNegative(value) === isNegative(sign) ? value : -value;
}

/** Half to even; keeps the sign of a zero. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (!(Math.abs(value) < 2 ** 52)) return value;
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return copySign(rounded, value);
}

function roundWhole(value: number, mode: number): number {
  switch (mode) {
    case MidpointRounding.AwayFromZero:
      // The largest double below a half: adding it reaches the next integer from a half upwards only.
      return Math.trunc(value + copySign(0.49999999999999994, value));
    case MidpointRounding.ToZero:
      return Math.trunc(value);
    case MidpointRounding.ToNegativeInfinity:
      return Math.floor(value);
    case MidpointRounding.ToPositiveInfinity:
      return Math.ceil(value);
    default:
      return roundHalfEven(value);
  }
}

/**
 * Math.Round(double, int, MidpointRounding): scales in double arithmetic first, so 2.345 becomes 2.35.
 * @param digits 0 to `maxDigits`, otherwise ArgumentOutOfRangeException
 * @param step rounds intermediate results: identity for double, Math.fround for float
 */
export function roundTo(
  value: number,
  digits: number,
  mode: number = MidpointRounding.ToEven,
  maxDigits = 15,
  step: (value: number) => number = (x) => x,
): number {
  if (digits < 0 || digits > maxDigits) {
    throw argumentOutOfRange("digits", `Rounding digits must be between 0 and ${maxDigits}, inclusive.`);
  }
  checkRounding(mode);
  if (!(Math.abs(value) < (maxDigits === 15 ? 1e16 : 1e8))) return value;
  const power = 10 ** digits;
  return step(roundWhole(step(value * power), mode) / power);
}

/** Math.Sign(double). */
export function floatSign(value: number): number {
  if (Number.isNaN(value)) {
    throw new CsException("System.ArithmeticException", "Function does not accept floating point Not-a-Number values.");
  }
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/** Math.Pow: unlike JavaScript, 1 to any power and -1 to an infinite power are 1 (IEEE 754-2008). */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y))) return 1;
  return x ** y;
}

/** Math.Log(a, newBase). */
export function logBase(value: number, base: number): number {
  if (Number.isNaN(value)) return value;
  if (Number.isNaN(base)) return base;
  if (base === 1 || (value !== 1 && (base === 0 || base === Number.POSITIVE_INFINITY))) return Number.NaN;
  return log(value) / log(base);
}

/** Math.IEEERemainder: the quotient is rounded half to even. */
export function ieeeRemainder(x: number, y: number): number {
  const regular = x % y;
  if (Number.isNaN(regular)) return Number.NaN;
  if (regular === 0 && isNegative(x)) return -0;
  const other = regular - Math.abs(y) * floatSign(x);
  if (Math.abs(other) !== Math.abs(regular)) return Math.abs(other) < Math.abs(regular) ? other : regular;
  const quotient = x / y;
  return Math.abs(roundHalfEven(quotient)) > Math.abs(quotient) ? other : regular;
}

export function floatClamp(value: number, min: number, max: number, format: (value: number) => string): number {
  if (min > max) throw argument(`'${format(min)}' cannot be greater than ${format(max)}.`);
  return Math.min(Math.max(value, min), max);
}

/** The operand of larger size; NaN wins. */
export function maxMagnitude(x: number, y: number): number {
  const [a, b] = [Math.abs(x), Math.abs(y)];
  if (a > b || Number.isNaN(a)) return x;
  return a === b ? (isNegative(x) ? y : x) : y;
}

export function minMagnitude(x: number, y: number): number {
  const [a, b] = [Math.abs(x), Math.abs(y)];
  if (a < b || Number.isNaN(a)) return x;
  return a === b ? (isNegative(x) ? x : y) : y;
}

/** Exponent of the leading bit: Math.ILogB. */
export function binaryExponent(value: number): number {
  if (Number.isNaN(value)) return -2147483648;
  if (value === 0) return -2147483648;
  if (!Number.isFinite(value)) return 2147483647;
  const biased = Number((doubleBits(value) >> 52n) & 0x7ffn);
  return biased === 0 ? binaryExponent(value * 2 ** 54) - 54 : biased - 1023;
}

/** The next double towards positive infinity. */
export function bitIncrement(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = doubleBits(value);
  return doubleFromBits(value < 0 ? bits - 1n : bits + 1n);
}

/** The next double towards negative infinity. */
export function bitDecrement(value: number): number {
  return -bitIncrement(-value);
}

/** Math.ScaleB: value * 2^n without intermediate overflow. */
export function scaleBinary(value: number, n: number): number {
  let [result, left] = [value, n];
  for (; left > 1000 && Number.isFinite(result); left -= 1000) result *= 2 ** 1000;
  for (; left < -1000 && result !== 0; left += 1000) result *= 2 ** -1000;
  return result * 2 ** Math.max(Math.min(left, 1000), -1000);
}

/** Math.Exp10 and its kin need exact powers of ten, which 10 ** n is not always. */
export function exp10(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 400 ? Number(`1e${value}`) : 10 ** value;
}

/** Integer and binary exponent of a finite double: value = integer * 2^exponent. */
function decompose(value: number): [integer: bigint, exponent: number] {
  const bits = doubleBits(value);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const size = biased === 0 ? fraction : fraction | (1n << 52n);
  return [value < 0 ? -size : size, Math.max(biased, 1) - 1075];
}

/** x * y + z, rounded once. */
export function fusedMultiplyAdd(x: number, y: number, z: number): number {
  const plain = x * y + z;
  if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(z) || x === 0 || y === 0) return plain;
  const [[a, aExponent], [b, bExponent], [c, cExponent]] = [x, y, z].map(decompose);
  const exponent = Math.min(aExponent + bExponent, cExponent);
  const sum = ((a * b) << BigInt(aExponent + bExponent - exponent)) + (c << BigInt(cExponent - exponent));
  if (sum === 0n) return plain;
  // Bits beyond the 64th only say whether there is anything below.
  const surplus = Math.max((sum < 0n ? -sum : sum).toString(2).length - 64, 0);
  const cut = sum >> BigInt(surplus);
  const sticky = cut << BigInt(surplus) === sum ? 0n : 1n;
  return scaleBinary(Number((cut << 1n) | sticky), exponent + surplus - 1);
}
