/**
 * Numeric literals: finds their end, their type by suffix and size, and their value.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure#6453-integer-literals
 */
import { isDigit, isHexDigit } from "./characters.ts";
import type { NumberValue } from "./token.ts";

export interface ScannedNumber {
  readonly end: number;
  readonly number: NumberValue;
  readonly error?: { readonly code: string; readonly message: string };
}

const INT_MAX = 0x7fffffffn;
const UINT_MAX = 0xffffffffn;
const LONG_MAX = 0x7fffffffffffffffn;
const ULONG_MAX = 0xffffffffffffffffn;
const DECIMAL_MAX = 2n ** 96n - 1n;

const LOWER_B = 98;
const LOWER_E = 101;
const LOWER_X = 120;
const DOT = 46;
const UNDERSCORE = 95;

/** Scans the number at `start`, which is a digit or a dot before a digit. */
export function scanNumber(text: string, start: number): ScannedNumber {
  const second = text.charCodeAt(start + 1) | 32;
  if (text.charCodeAt(start) === 48 && (second === LOWER_X || second === LOWER_B)) {
    const hex = second === LOWER_X;
    const end = skipDigits(text, start + 2, hex ? isHexDigit : isBinaryDigit);
    return integer(text, start, end, start + 2);
  }
  let end = skipDigits(text, start, isDigit);
  let real = false;
  if (text.charCodeAt(end) === DOT && isDigit(text.charCodeAt(end + 1))) {
    real = true;
    end = skipDigits(text, end + 1, isDigit);
  }
  if ((text.charCodeAt(end) | 32) === LOWER_E) {
    const sign = text.charCodeAt(end + 1);
    const digits = sign === 43 || sign === 45 ? end + 2 : end + 1;
    if (isDigit(text.charCodeAt(digits))) {
      real = true;
      end = skipDigits(text, digits, isDigit);
    }
  }
  const suffix = text.charAt(end).toLowerCase();
  if (suffix === "f" || suffix === "d" || suffix === "m") return realNumber(text, start, end, suffix);
  return real ? realNumber(text, start, end, "") : integer(text, start, end, start);
}

function isBinaryDigit(c: number): boolean {
  return c === 48 || c === 49;
}

/** Underscores may stand between digits. */
function skipDigits(text: string, at: number, isPart: (c: number) => boolean): number {
  let i = at;
  for (let c = text.charCodeAt(i); isPart(c) || c === UNDERSCORE; c = text.charCodeAt(++i));
  return i;
}

const INVALID = { code: "CS1013", message: "Invalid number" };

/** @param digits where the digits start, after `0x` or `0b` */
function integer(text: string, start: number, digitsEnd: number, digits: number): ScannedNumber {
  let end = digitsEnd;
  let unsigned = false;
  let long = false;
  for (let c = text.charCodeAt(end) | 32; end < digitsEnd + 2; c = text.charCodeAt(++end) | 32) {
    if (c === 117 && !unsigned) unsigned = true;
    else if (c === 108 && !long) long = true;
    else break;
  }
  const written = text.slice(start, digitsEnd);
  if (digits === digitsEnd || written.endsWith("_")) {
    return { end, number: { type: "int", value: 0, minimum: false }, error: INVALID };
  }
  const plain = written.includes("_") ? written.replaceAll("_", "") : written;
  if (plain.length <= 9 && !long) {
    return { end, number: { type: unsigned ? "uint" : "int", value: Number(plain), minimum: false } };
  }
  const value = BigInt(plain);
  const decimal = digits === start;
  if (value > ULONG_MAX) {
    const error = { code: "CS1021", message: "Integral constant is too large" };
    return { end, number: { type: "int", value: 0, minimum: false }, error };
  }
  const fitsUint = value <= UINT_MAX;
  if (!long && fitsUint) {
    const type = unsigned || value > INT_MAX ? "uint" : "int";
    return { end, number: { type, value: Number(value), minimum: decimal && !unsigned && value === INT_MAX + 1n } };
  }
  const type = unsigned || value > LONG_MAX ? "ulong" : "long";
  return { end, number: { type, value, minimum: decimal && !unsigned && value === LONG_MAX + 1n } };
}

function realNumber(text: string, start: number, digitsEnd: number, suffix: string): ScannedNumber {
  const end = digitsEnd + suffix.length;
  const written = text.slice(start, digitsEnd);
  const plain = written.includes("_") ? written.replaceAll("_", "") : written;
  const error = /_(?:$|[.eE])/.test(written) ? INVALID : undefined;
  if (suffix === "m") return decimalNumber(plain, end, error);
  const type = suffix === "f" ? "float" : "double";
  const value = suffix === "f" ? Math.fround(Number(plain)) : Number(plain);
  if (value === Number.POSITIVE_INFINITY)
    return { end, number: { type, value: 0, minimum: false }, error: outside(type) };
  return { end, number: { type, value, minimum: false }, error };
}

function outside(type: string): ScannedNumber["error"] {
  return { code: "CS0594", message: `Floating-point constant is outside the range of type '${type}'` };
}

/** A decimal has at most 28 decimal places and a mantissa of 96 bits; what does not fit is rounded half to even. */
function decimalNumber(plain: string, end: number, error: ScannedNumber["error"]): ScannedNumber {
  const [, whole, fraction = "", exponent = "0"] = /^(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(plain) ?? ["", "0"];
  let mantissa = BigInt(whole + fraction);
  const power = Number(exponent);
  const tooLarge: ScannedNumber = {
    end,
    number: { type: "decimal", value: "0", minimum: false },
    error: outside("decimal"),
  };
  if (mantissa !== 0n && power + whole.length > 400) return tooLarge;
  let scale = fraction.length - power;
  if (scale < -400) scale = 0;
  if (scale > 400) [mantissa, scale] = [0n, 28];
  if (scale < 0) [mantissa, scale] = [mantissa * 10n ** BigInt(-scale), 0];
  let drop = Math.max(0, scale - 28);
  while (scale - drop > 0 && rounded(mantissa, drop) > DECIMAL_MAX) drop++;
  mantissa = rounded(mantissa, drop);
  if (mantissa > DECIMAL_MAX) return tooLarge;
  const digits = mantissa.toString().padStart(scale - drop + 1, "0");
  const point = digits.length - (scale - drop);
  const value = point < digits.length ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  return { end, number: { type: "decimal", value, minimum: false }, error };
}

function rounded(mantissa: bigint, drop: number): bigint {
  if (drop === 0) return mantissa;
  const divisor = 10n ** BigInt(drop);
  const quotient = mantissa / divisor;
  const twice = (mantissa % divisor) * 2n;
  return twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient;
}
