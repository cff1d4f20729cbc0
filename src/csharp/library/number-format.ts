/**
 * Numeric ToString: the standard formats C D E F G N P R X B of .NET 8 by the conventions of a culture.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings
 */
import { allocate } from "../runtime/budget.ts";
import { formatError } from "./exceptions-thrown.ts";
import {
  CURRENCY_NEGATIVE,
  CURRENCY_POSITIVE,
  INVARIANT_NUMBERS,
  NUMBER_NEGATIVE,
  type NumberConventions,
  type NumberStyleConventions,
  PERCENT_NEGATIVE,
  PERCENT_POSITIVE,
} from "./number-conventions.ts";
import {
  decimalDigits,
  exponent,
  fractionalDigits,
  groupDigits,
  integerDigits,
  type NumberDigits,
  roundDigits,
  shortestDoubleDigits,
  shortestSingleDigits,
  significantDigits,
} from "./number-digits.ts";
import { formatCustom } from "./number-format-custom.ts";

/** A parsed standard format; precision -1 when absent. `letter` is "" for a custom format. */
interface Specifier {
  letter: string;
  precision: number;
}

const GENERAL: Specifier = { letter: "G", precision: -1 };
const CUSTOM: Specifier = { letter: "", precision: -1 };

function badSpecifier() {
  return formatError("Format specifier was invalid.");
}

function parseSpecifier(format: string | null): Specifier {
  if (format === null || format === "" || format.startsWith("\0")) return GENERAL;
  const found = /^([A-Za-z])([0-9]*)(?:\0|$)/.exec(format);
  if (!found) return CUSTOM;
  if (found[2] === "") return { letter: found[1], precision: -1 };
  const precision = Number(found[2]);
  if (precision > 999_999_999) throw badSpecifier();
  allocate(precision);
  return { letter: found[1], precision };
}

/**
 * Formats any integer type.
 * @param bits width of the type, for the hexadecimal form of negative values
 */
export function formatInteger(
  value: number | bigint,
  format: string | null,
  bits: number,
  culture: NumberConventions = INVARIANT_NUMBERS,
): string {
  if ((format === null || format === "") && culture === INVARIANT_NUMBERS) return String(value);
  const { letter, precision } = parseSpecifier(format);
  if (letter === "") return formatCustom(integerDigits(value), format as string, culture);
  const upper = letter.toUpperCase();
  if (upper === "D" || (upper === "G" && precision < 1)) {
    const digits = String(value < 0 ? -value : value).padStart(precision, "0");
    return value < 0 ? culture.negativeSign + digits : digits;
  }
  if (upper === "X" || upper === "B") {
    const unsigned = BigInt.asUintN(bits, BigInt(value))
      .toString(upper === "X" ? 16 : 2)
      .padStart(precision, "0");
    return letter === "X" ? unsigned.toUpperCase() : unsigned;
  }
  return formatStandard(integerDigits(value), letter, precision, culture);
}

/** Formats mantissa / 10^scale as decimal does: without a format its trailing zeros stay. */
export function formatDecimal(
  mantissa: bigint,
  scale: number,
  negative: boolean,
  format: string | null,
  culture: NumberConventions = INVARIANT_NUMBERS,
): string {
  const number = decimalDigits(mantissa, scale, negative);
  const { letter, precision } = parseSpecifier(format);
  if (letter === "") return formatCustom(number, format as string, culture);
  return formatStandard(number, letter, precision, culture);
}

/** What a kind of floating point numbers differs in. */
interface FloatKind {
  /** Digits up to which the shortest form is not written with an exponent. */
  readonly roundTrip: number;
  /** Significant digits that custom formats see. */
  readonly custom: number;
  readonly shortest: (value: number) => NumberDigits;
}

const DOUBLE: FloatKind = { roundTrip: 17, custom: 15, shortest: shortestDoubleDigits };
const SINGLE: FloatKind = { roundTrip: 9, custom: 7, shortest: shortestSingleDigits };

export function formatDouble(
  value: number,
  format: string | null,
  culture: NumberConventions = INVARIANT_NUMBERS,
): string {
  // Between these limits neither .NET nor JavaScript writes an exponent, and the digits are the same.
  const size = Math.abs(value);
  if (format === null && culture === INVARIANT_NUMBERS && size >= 1e-4 && size < 1e15) return String(value);
  return formatFloat(value, format, DOUBLE, culture);
}

/** @param value already rounded to a float */
export function formatSingle(
  value: number,
  format: string | null,
  culture: NumberConventions = INVARIANT_NUMBERS,
): string {
  return formatFloat(value, format, SINGLE, culture);
}

function formatFloat(value: number, format: string | null, kind: FloatKind, culture: NumberConventions): string {
  if (Number.isNaN(value)) return culture.nan;
  if (!Number.isFinite(value)) return value > 0 ? culture.positiveInfinity : culture.negativeInfinity;
  const { letter, precision } = parseSpecifier(format);
  const standard = (number: NumberDigits) => formatStandard(number, letter, precision, culture);
  const places = (style: NumberStyleConventions) => (precision < 0 ? style.decimalDigits : precision);
  switch (letter.toUpperCase()) {
    case "":
      return formatCustom(significantDigits(value, kind.custom), format as string, culture);
    case "C":
      return standard(fractionalDigits(value, places(culture.currency)));
    case "F":
    case "N":
      return standard(fractionalDigits(value, places(culture.number)));
    case "P":
      return standard(fractionalDigits(value, places(culture.percent) + 2));
    case "E":
      return standard(significantDigits(value, (precision < 0 ? 6 : precision) + 1));
    case "G":
    case "R": {
      const lower = letter === "g" || letter === "r" ? "g" : "G";
      if (letter === lower && precision > 0) {
        return formatStandard(significantDigits(value, precision), lower, precision, culture);
      }
      const number = kind.shortest(value);
      return formatStandard(number, lower, Math.max(number.digits.length, kind.roundTrip), culture);
    }
    default:
      throw badSpecifier();
  }
}

function formatStandard(number: NumberDigits, letter: string, precision: number, culture: NumberConventions): string {
  const isFloat = number.kind === "float";
  const places = (style: NumberStyleConventions) => (precision < 0 ? style.decimalDigits : precision);
  switch (letter.toUpperCase()) {
    case "C": {
      const n = roundDigits(number, number.scale + places(culture.currency), isFloat);
      const pattern = n.negative
        ? CURRENCY_NEGATIVE[culture.currency.negativePattern]
        : CURRENCY_POSITIVE[culture.currency.positivePattern];
      return fill(pattern, fixed(n, places(culture.currency), culture.currency, true), culture);
    }
    case "F": {
      const n = roundDigits(number, number.scale + places(culture.number), isFloat);
      return sign(n, culture) + fixed(n, places(culture.number), culture.number, false);
    }
    case "N": {
      const n = roundDigits(number, number.scale + places(culture.number), isFloat);
      const pattern = n.negative ? NUMBER_NEGATIVE[culture.number.negativePattern] : "n";
      return fill(pattern, fixed(n, places(culture.number), culture.number, true), culture);
    }
    case "P": {
      const scale = number.scale + 2;
      const n = roundDigits({ ...number, scale }, scale + places(culture.percent), isFloat);
      const pattern = n.negative
        ? PERCENT_NEGATIVE[culture.percent.negativePattern]
        : PERCENT_POSITIVE[culture.percent.positivePattern];
      return fill(pattern, fixed(n, places(culture.percent), culture.percent, true), culture);
    }
    case "E": {
      const length = (precision < 0 ? 6 : precision) + 1;
      const n = roundDigits(number, length, isFloat);
      return sign(n, culture) + scientific(n, length, letter, culture);
    }
    case "G":
      return general(number, precision, letter === "G" ? "E" : "e", culture);
    default:
      throw badSpecifier();
  }
}

function sign(number: NumberDigits, culture: NumberConventions): string {
  return number.negative ? culture.negativeSign : "";
}

/** A pattern with everything put in. */
function fill(pattern: string, text: string, culture: NumberConventions): string {
  let out = "";
  for (const ch of pattern) {
    if (ch === "n") out += text;
    else if (ch === "-") out += culture.negativeSign;
    else if (ch === "$") out += culture.currencySymbol;
    else out += ch === "%" ? culture.percentSymbol : ch;
  }
  return out;
}

function fixed(number: NumberDigits, places: number, style: NumberStyleConventions, grouped: boolean): string {
  const { digits, scale } = number;
  let whole = scale > 0 ? digits.slice(0, scale).padEnd(scale, "0") : "0";
  if (grouped) whole = groupDigits(whole, style.groupSeparator, style.groupSizes);
  if (places === 0) return whole;
  const fraction = "0".repeat(Math.min(Math.max(-scale, 0), places)) + digits.slice(Math.max(scale, 0));
  return whole + style.decimalSeparator + fraction.slice(0, places).padEnd(places, "0");
}

function scientific(number: NumberDigits, length: number, letter: string, culture: NumberConventions): string {
  const digits = number.digits.padEnd(length, "0");
  const fraction = length > 1 ? culture.number.decimalSeparator + digits.slice(1, length) : "";
  const power = number.digits === "" ? 0 : number.scale - 1;
  return digits[0] + fraction + exponent(power, letter, 3, culture.positiveSign, culture.negativeSign);
}

function general(number: NumberDigits, precision: number, letter: string, culture: NumberConventions): string {
  const point = culture.number.decimalSeparator;
  // A decimal without precision keeps all its digits, the trailing zeros too, and never gets an exponent.
  const exact = precision < 0 && number.kind === "decimal";
  if (exact && number.digits === "") return unscaled(number, point);
  const length = precision < 1 ? number.digits.length : precision;
  const n = exact ? number : roundDigits(number, length, number.kind === "float");
  if (!exact && (n.scale > length || n.scale < -3)) {
    const fraction = n.digits.length > 1 ? point + n.digits.slice(1) : "";
    const power = exponent(n.scale - 1, letter, 2, culture.positiveSign, culture.negativeSign);
    return sign(n, culture) + n.digits[0] + fraction + power;
  }
  return sign(n, culture) + unscaled(n, point);
}

function unscaled({ digits, scale }: NumberDigits, point: string): string {
  const whole = scale > 0 ? digits.slice(0, scale).padEnd(scale, "0") : "0";
  const fraction = scale < 0 ? "0".repeat(-scale) + digits : digits.slice(scale);
  return fraction === "" ? whole : whole + point + fraction;
}
