/**
 * Decimal digits of a number, the common ground of all numeric formatting: 123.45 is digits "12345" with scale 3.
 * Doubles are expanded exactly (as .NET Core 3.0 and later do), so "F20" shows the binary value.
 */

export interface NumberDigits {
  /** Significant digits without leading zeros; "" for zero. */
  digits: string;
  /** Position of the decimal point relative to the start of `digits`: the value is 0.digits * 10^scale. */
  scale: number;
  negative: boolean;
  /** Integers and decimals have no negative zero; floats come correctly rounded: standard formats do not round them. */
  kind: "integer" | "decimal" | "float";
}

export function integerDigits(value: number | bigint): NumberDigits {
  const negative = value < 0;
  const digits = value === 0 || value === 0n ? "" : String(negative ? -value : value);
  return { digits, scale: digits.length, negative, kind: "integer" };
}

/** Digits of mantissa / 10^scale. */
export function decimalDigits(mantissa: bigint, scale: number, negative: boolean): NumberDigits {
  const digits = mantissa === 0n ? "" : String(mantissa);
  return { digits, scale: digits.length - scale, negative, kind: "decimal" };
}

/** The shortest digits that read back as the same double. The value is finite. */
export function shortestDoubleDigits(value: number): NumberDigits {
  return fromExponential(value, Math.abs(value).toExponential());
}

/** The shortest digits that read back as the same float. The value is finite and a float. */
export function shortestSingleDigits(value: number): NumberDigits {
  const size = Math.abs(value);
  let text = "";
  for (let count = 0; count < 9; count++) {
    text = size.toExponential(count);
    if (Math.fround(Number(text)) === size) break;
  }
  return fromExponential(value, text);
}

function fromExponential(value: number, text: string): NumberDigits {
  const negative = value < 0 || Object.is(value, -0);
  if (value === 0) return { digits: "", scale: 0, negative, kind: "float" };
  const e = text.indexOf("e");
  const digits = trimZeros(text.slice(0, e).replace(".", ""));
  return { digits, scale: Number(text.slice(e + 1)) + 1, negative, kind: "float" };
}

/** The exact value rounded half to even to so many significant digits. The value is finite. */
export function significantDigits(value: number, count: number): NumberDigits {
  const negative = value < 0 || Object.is(value, -0);
  if (value === 0) return { digits: "", scale: 0, negative, kind: "float" };
  const wanted = Math.min(count, MAX_SIGNIFICANT);
  // No double is so near to a power of ten that 21 digits would round to it.
  const exponent = Number(Math.abs(value).toExponential(20).split("e")[1]);
  const digits = String(scaledInteger(value, wanted - 1 - exponent));
  // Rounding that carried makes one digit more.
  return { digits: trimZeros(digits), scale: exponent + 1 + digits.length - wanted, negative, kind: "float" };
}

/** The exact value rounded half to even to so many decimals. The value is finite. */
export function fractionalDigits(value: number, decimals: number): NumberDigits {
  const negative = value < 0 || Object.is(value, -0);
  const places = Math.min(decimals, MAX_FRACTION);
  const rounded = value === 0 ? 0n : scaledInteger(value, places);
  if (rounded === 0n) return { digits: "", scale: 0, negative, kind: "float" };
  const digits = String(rounded);
  return { digits: trimZeros(digits), scale: digits.length - places, negative, kind: "float" };
}

/** No double has more significant decimal digits, nor more decimals. */
const MAX_SIGNIFICANT = 767;
const MAX_FRACTION = 1074;

const bits = new DataView(new ArrayBuffer(8));

/** |value| * 10^power, rounded half to even; exact arithmetic. */
function scaledInteger(value: number, power: number): bigint {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  let numerator = biased === 0 ? fraction : fraction | (1n << 52n);
  let denominator = 1n;
  const binaryExponent = Math.max(biased, 1) - 1075;
  if (binaryExponent > 0) numerator <<= BigInt(binaryExponent);
  else denominator <<= BigInt(-binaryExponent);
  if (power > 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  return divideHalfEven(numerator, denominator);
}

/** Quotient of two non-negative integers, rounded half to even. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

/** Rounds to `length` digits, half away from zero; correctly rounded floats are only cut. */
export function roundDigits(number: NumberDigits, length: number, correctlyRounded: boolean): NumberDigits {
  const { kind } = number;
  let { digits, scale, negative } = number;
  if (length >= 0 && length < digits.length && !correctlyRounded && digits[length] >= "5") {
    let end = length;
    while (end > 0 && digits[end - 1] === "9") end--;
    const kept = digits.slice(0, end);
    if (kept === "") {
      digits = "1";
      scale++;
    } else {
      digits = kept.slice(0, -1) + String(Number(kept[kept.length - 1]) + 1);
    }
  } else {
    digits = trimZeros(digits.slice(0, Math.max(length, 0)));
  }
  if (digits === "") {
    scale = 0;
    if (kind !== "float") negative = false;
  }
  return { digits, scale, negative, kind };
}

/** Without the zeros at the end. */
export function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

/** `E+007`: at least `minDigits` digits. @param plus sign of exponents that are not negative, if any */
export function exponent(value: number, letter: string, minDigits: number, plus: string, minus: string): string {
  return letter + (value < 0 ? minus : plus) + String(Math.abs(value)).padStart(minDigits, "0");
}

/** Puts separators between groups of the digits of a whole number. */
export function groupDigits(whole: string, separator: string, sizes: readonly number[]): string {
  const groups: string[] = [];
  let end = whole.length;
  for (let i = 0; end > 0; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 0;
    const start = size === 0 ? 0 : Math.max(end - size, 0);
    groups.unshift(whole.slice(start, end));
    end = start;
  }
  return groups.join(separator);
}
