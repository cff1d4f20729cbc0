/**
 * System.Decimal: a 96-bit integer divided by a power of ten from 0 to 28. The scale is kept (1.10 stays 1.10) and
 * follows the rules of .NET 8 in every operation; results that need more than 96 bits or 28 decimals are rounded half to even.
 */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import {
  argument,
  argumentNull,
  argumentOutOfRange,
  divideByZero,
  inputFormatError,
  overflow,
} from "./exceptions-thrown.ts";
import { numbersOf } from "./format-provider.ts";
import { divideHalfEven, type NumberDigits } from "./number-digits.ts";
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";
import { formatDecimal } from "./number-format.ts";
import { checkFloatStyle, type Failure } from "./number-parse.ts";
import { NumberStyles, parseDigits } from "./number-reader.ts";

const LIMIT = 1n << 96n;
const MAX_SCALE = 28;
const OVERFLOW = "Value was either too large or too small for a Decimal.";

const POWERS: readonly bigint[] = Array.from({ length: 64 }, (_, i) => 10n ** BigInt(i));

function power10(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** System.MidpointRounding. */
export const MidpointRounding = {
  ToEven: 0,
  AwayFromZero: 1,
  ToZero: 2,
  ToNegativeInfinity: 3,
  ToPositiveInfinity: 4,
} as const;

export class Decimal extends CsObject {
  /** Signed integer value before the division by 10^scale. */
  readonly mantissa: bigint;
  readonly scale: number;

  /** @param mantissa below 2^96 in size; @param scale 0 to 28 */
  constructor(mantissa: bigint, scale: number) {
    super();
    this.mantissa = mantissa;
    this.scale = scale;
  }

  static readonly zero = new Decimal(0n, 0);
  static readonly one = new Decimal(1n, 0);
  static readonly minusOne = new Decimal(-1n, 0);
  static readonly maxValue = new Decimal(LIMIT - 1n, 0);
  static readonly minValue = new Decimal(1n - LIMIT, 0);

  static fromInt(value: number): Decimal {
    return new Decimal(BigInt(value), 0);
  }

  /** Throws OverflowException beyond 96 bits. */
  static fromBigInt(value: bigint): Decimal {
    return fit(value, 0);
  }

  /** As (decimal)double: 15 significant digits, trailing zeros dropped. */
  static fromNumber(value: number): Decimal {
    return fromFloat(value, 15);
  }

  /** As (decimal)float: 7 significant digits. */
  static fromSingle(value: number): Decimal {
    return fromFloat(value, 7);
  }

  /** As decimal.Parse: throws ArgumentNull, Format and OverflowException. */
  static parse(
    text: string | null,
    style: number = NumberStyles.Number,
    culture: NumberConventions = INVARIANT_NUMBERS,
  ): Decimal {
    checkFloatStyle(style);
    if (text === null) throw argumentNull("s");
    const value = Decimal.tryParse(text, style, culture);
    if (value === "format") throw inputFormatError(text);
    if (value === "overflow") throw overflow(OVERFLOW);
    return value;
  }

  static tryParse(text: string, style: number, culture: NumberConventions = INVARIANT_NUMBERS): Decimal | Failure {
    const number = parseDigits(text, style, "decimal", culture);
    return number ? fromDigits(number) : "format";
  }

  override get type(): Type {
    return type("System.Decimal");
  }

  add(other: Decimal): Decimal {
    if (this.scale === other.scale) return fit(this.mantissa + other.mantissa, this.scale);
    const scale = Math.max(this.scale, other.scale);
    return fit(this.scaledTo(scale) + other.scaledTo(scale), scale);
  }

  sub(other: Decimal): Decimal {
    return this.add(other.neg());
  }

  mul(other: Decimal): Decimal {
    const scale = this.scale + other.scale;
    const product = this.mantissa * other.mantissa;
    if (product === 0n) {
      // Only factors of up to 32 bits keep the scale of a zero.
      const small = isSmall(this.mantissa) && isSmall(other.mantissa) && scale <= MAX_SCALE + 19;
      return small ? new Decimal(0n, Math.min(scale, MAX_SCALE)) : Decimal.zero;
    }
    return fit(product, scale);
  }

  div(other: Decimal): Decimal {
    if (other.mantissa === 0n) throw divideByZero();
    const scale = this.scale - other.scale;
    if (this.mantissa % other.mantissa === 0n) {
      const quotient = this.mantissa / other.mantissa;
      return scale >= 0 ? new Decimal(quotient, scale) : fit(quotient * power10(-scale), 0);
    }
    return divide(this, other);
  }

  rem(other: Decimal): Decimal {
    if (other.mantissa === 0n) throw divideByZero();
    const scale = Math.max(this.scale, other.scale);
    const [left, right] = [this.scaledTo(scale), other.scaledTo(scale)];
    if (abs(left) < abs(right)) return this;
    return new Decimal(left % right, scale);
  }

  neg(): Decimal {
    return new Decimal(-this.mantissa, this.scale);
  }

  abs(): Decimal {
    return this.mantissa < 0n ? this.neg() : this;
  }

  /** Negative, zero, positive; the scale does not count. */
  cmp(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const difference = this.scaledTo(scale) - other.scaledTo(scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** The mantissa that this value has at a larger scale (it may exceed 96 bits). */
  scaledTo(scale: number): bigint {
    return scale === this.scale ? this.mantissa : this.mantissa * power10(scale - this.scale);
  }

  /** As (double)decimal, which rounds twice. */
  toNumber(): number {
    const size = abs(this.mantissa);
    const high = Number(size >> 64n) * 2 ** 64;
    const value = (Number(BigInt.asUintN(64, size)) + high) / Number(`1e${this.scale}`);
    return this.mantissa < 0n ? -value : value;
  }

  /** The integral part; the decimals are cut. */
  toBigInt(): bigint {
    return this.mantissa / power10(this.scale);
  }

  /**
   * Rounds to so many decimals; a value with fewer keeps its scale.
   * @param decimals 0 to 28, otherwise ArgumentOutOfRangeException
   * @param mode System.MidpointRounding
   */
  round(decimals = 0, mode: number = MidpointRounding.ToEven): Decimal {
    if (decimals < 0 || decimals > MAX_SCALE) {
      throw argumentOutOfRange("decimals", "Decimal can only round to between 0 and 28 digits of precision.");
    }
    checkRounding(mode);
    if (this.scale <= decimals) return this;
    return new Decimal(divideRounded(this.mantissa, power10(this.scale - decimals), mode), decimals);
  }

  format(format: string | null, provider: unknown = null): string {
    return formatDecimal(abs(this.mantissa), this.scale, this.mantissa < 0n, format, numbersOf(provider));
  }

  override toText(): string {
    if (this.scale === 0) return String(this.mantissa);
    const digits = String(abs(this.mantissa)).padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    return `${this.mantissa < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  override equals(other: unknown): boolean {
    return other instanceof Decimal && this.cmp(other) === 0;
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof Decimal)) throw argument("Object must be of type Decimal.");
    return this.cmp(other);
  }

  override hash(): number {
    if (this.mantissa === 0n) return 0;
    const { mantissa, scale } = unscale(this.mantissa, this.scale);
    const size = abs(mantissa);
    const word = (at: bigint) => Number(BigInt.asIntN(32, size >> at));
    return flagWord(scale, mantissa < 0n) ^ word(64n) ^ word(32n) ^ word(0n);
  }
}

/** Scale and sign as decimal.GetBits shows them. */
export function flagWord(scale: number, negative: boolean): number {
  return (scale << 16) | (negative ? 0x8000_0000 : 0);
}

/** Throws ArgumentException for a value that System.MidpointRounding does not have. */
export function checkRounding(mode: number): void {
  if (mode < 0 || mode > 4) {
    throw argument(`The value '${mode}' is not valid for this usage of the type MidpointRounding.`, "mode");
  }
}

/** Quotient rounded as System.MidpointRounding says; the divisor is positive. */
function divideRounded(value: bigint, divisor: bigint, mode: number): bigint {
  const quotient = value / divisor;
  const rest = value - quotient * divisor;
  if (rest === 0n) return quotient;
  const away = value < 0n ? quotient - 1n : quotient + 1n;
  switch (mode) {
    case MidpointRounding.ToZero:
      return quotient;
    case MidpointRounding.ToNegativeInfinity:
      return value < 0n ? away : quotient;
    case MidpointRounding.ToPositiveInfinity:
      return value < 0n ? quotient : away;
    default: {
      const twice = abs(rest) * 2n;
      if (twice !== divisor) return twice > divisor ? away : quotient;
      return mode === MidpointRounding.AwayFromZero || (quotient & 1n) === 1n ? away : quotient;
    }
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function isSmall(mantissa: bigint): boolean {
  return abs(mantissa) < 1n << 32n;
}

/** Rounds mantissa / 10^scale half to even until it has 96 bits and 28 decimals at most; throws OverflowException. */
function fit(mantissa: bigint, scale: number): Decimal {
  const value = tryFit(mantissa, scale);
  if (value === undefined) throw overflow(OVERFLOW);
  return value;
}

function tryFit(mantissa: bigint, scale: number): Decimal | undefined {
  const size = abs(mantissa);
  if (size < LIMIT && scale <= MAX_SCALE) return new Decimal(mantissa, scale);
  let drop = Math.max(scale - MAX_SCALE, size < LIMIT ? 0 : String(size).length - 30);
  for (; drop <= scale; drop++) {
    const rounded = drop < 0 ? size : divideHalfEven(size, power10(drop));
    if (rounded < LIMIT) return new Decimal(mantissa < 0n ? -rounded : rounded, scale - drop);
  }
  return undefined;
}

/** An inexact quotient: as many decimals as fit, then the trailing zeros go. */
function divide(left: Decimal, right: Decimal): Decimal {
  const scale = left.scale - right.scale;
  const negative = left.mantissa < 0n !== right.mantissa < 0n;
  const [dividend, divisor] = [abs(left.mantissa), abs(right.mantissa)];
  const quotientLength = Math.max(String(dividend).length - String(divisor).length, -1);
  for (let wanted = Math.min(MAX_SCALE, scale + 29 - quotientLength); wanted >= 0; wanted--) {
    const shift = wanted - scale;
    const [over, under] = shift >= 0 ? [power10(shift), 1n] : [1n, power10(-shift)];
    const quotient = divideHalfEven(dividend * over, divisor * under);
    if (quotient < LIMIT) return unscale(negative ? -quotient : quotient, wanted);
  }
  throw overflow(OVERFLOW);
}

function unscale(mantissa: bigint, scale: number): Decimal {
  let [m, s] = [mantissa, scale];
  while (s > 0 && m % 10n === 0n) {
    m /= 10n;
    s--;
  }
  return new Decimal(m, s);
}

/** Digits as parsed: 29 at most are kept, the rest rounds half to even. */
function fromDigits(number: NumberDigits): Decimal | Failure {
  const { digits, scale, negative } = number;
  if (digits === "") return new Decimal(0n, Math.min(Math.max(-scale, 0), MAX_SCALE));
  if (scale > 29) return "overflow";
  if (scale < -30) return new Decimal(0n, MAX_SCALE);
  // Beyond 60 digits only "is there anything" matters for rounding.
  const kept = digits.length > 60 ? digits.slice(0, 60) + (/[1-9]/.test(digits.slice(60)) ? "1" : "0") : digits;
  const decimals = kept.length - scale;
  const size = BigInt(kept) * (decimals < 0 ? power10(-decimals) : 1n);
  return tryFit(negative ? -size : size, Math.max(decimals, 0)) ?? "overflow";
}

/** The conversion of .NET: scales to an integer of so many digits in double arithmetic, then rounds half to even. */
function fromFloat(value: number, digits: 15 | 7): Decimal {
  if (!(Math.abs(value) < 2 ** 96)) throw overflow(OVERFLOW);
  let scaled = Math.abs(value);
  if (scaled < 2 ** -95) return Decimal.zero;
  const exponent = Math.floor(Math.log2(scaled)) + 1;
  let power = Math.min(digits - 1 - ((exponent * 19728) >> 16), MAX_SCALE);
  if (power >= 0) scaled *= Number(`1e${power}`);
  else if (power !== -1 || scaled >= Number(`1e${digits}`)) scaled /= Number(`1e${-power}`);
  else power = 0;
  if (scaled < Number(`1e${digits - 1}`) && power < MAX_SCALE) {
    scaled *= 10;
    power++;
  }
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const size = BigInt(floor) + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1n : 0n);
  const mantissa = value < 0 ? -size : size;
  return power < 0 ? new Decimal(mantissa * power10(-power), 0) : unscale(mantissa, power);
}
