/**
 * Numeric ToString: the standard formats C D E F G N P R X B of .NET 8 in the invariant culture.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-numeric-format-strings
 */
import { allocate } from "../runtime/budget.ts";
import { formatError } from "./exceptions-thrown.ts";
import {
  decimalDigits,
  exponent,
  fractionalDigits,
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
export function formatInteger(value: number | bigint, format: string | null, bits: number): string {
  if (format === null || format === "") return String(value);
  const { letter, precision } = parseSpecifier(format);
  if (letter === "") return formatCustom(integerDigits(value), format);
  const upper = letter.toUpperCase();
  if (upper === "D" || (upper === "G" && precision < 1)) {
    const digits = String(value < 0 ? -value : value).padStart(precision, "0");
    return value < 0 ? `-${digits}` : digits;
  }
  if (upper === "X" || upper === "B") {
    const unsigned = BigInt.asUintN(bits, BigInt(value))
      .toString(upper === "X" ? 16 : 2)
      .padStart(precision, "0");
    return letter === "X" ? unsigned.toUpperCase() : unsigned;
  }
  return formatStandard(integerDigits(value), letter, precision);
}

/** Formats mantissa / 10^scale as decimal does: without a format its trailing zeros stay. */
export function formatDecimal(mantissa: bigint, scale: number, negative: boolean, format: string | null): string {
  const number = decimalDigits(mantissa, scale, negative);
  const { letter, precision } = parseSpecifier(format);
  if (letter === "") return formatCustom(number, format as string);
  return formatStandard(number, letter, precision);
}

export function formatDouble(value: number, format: string | null): string {
  // Between these limits neither .NET nor JavaScript writes an exponent, and the digits are the same.
  const size = Math.abs(value);
  if (format === null && size >= 1e-4 && size < 1e15) return String(value);
  return formatFloat(value, format, 17, 15, shortestDoubleDigits);
}

/** @param value already rounded to a float */
export function formatSingle(value: number, format: string | null): string {
  return formatFloat(value, format, 9, 7, shortestSingleDigits);
}

/**
 * @param roundTrip digits up to which the shortest form is not written with an exponent
 * @param custom significant digits that custom formats see
 */
function formatFloat(
  value: number,
  format: string | null,
  roundTrip: number,
  custom: number,
  shortest: (value: number) => NumberDigits,
): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  const { letter, precision } = parseSpecifier(format);
  switch (letter.toUpperCase()) {
    case "":
      return formatCustom(significantDigits(value, custom), format as string);
    case "C":
    case "F":
    case "N":
      return formatStandard(fractionalDigits(value, precision < 0 ? 2 : precision), letter, precision);
    case "P":
      return formatStandard(fractionalDigits(value, (precision < 0 ? 2 : precision) + 2), letter, precision);
    case "E":
      return formatStandard(significantDigits(value, (precision < 0 ? 6 : precision) + 1), letter, precision);
    case "G":
    case "R": {
      const lower = letter === "g" || letter === "r" ? "g" : "G";
      if (letter === lower && precision > 0) {
        return formatStandard(significantDigits(value, precision), lower, precision);
      }
      const number = shortest(value);
      return formatStandard(number, lower, Math.max(number.digits.length, roundTrip));
    }
    default:
      throw badSpecifier();
  }
}

function formatStandard(number: NumberDigits, letter: string, precision: number): string {
  const places = precision < 0 ? 2 : precision;
  const rounded = (length: number) => roundDigits(number, length, number.kind === "float");
  switch (letter.toUpperCase()) {
    case "C": {
      const n = rounded(number.scale + places);
      const text = fixed(n, places, true);
      return n.negative ? `(¤${text})` : `¤${text}`;
    }
    case "F":
    case "N": {
      const n = rounded(number.scale + places);
      return sign(n) + fixed(n, places, letter.toUpperCase() === "N");
    }
    case "P": {
      const n = roundDigits({ ...number, scale: number.scale + 2 }, number.scale + 2 + places, number.kind === "float");
      return `${sign(n)}${fixed(n, places, true)} %`;
    }
    case "E": {
      const length = (precision < 0 ? 6 : precision) + 1;
      const n = rounded(length);
      return sign(n) + scientific(n, length, letter);
    }
    case "G":
      return general(number, precision, letter === "G" ? "E" : "e");
    default:
      throw badSpecifier();
  }
}

function sign(number: NumberDigits): string {
  return number.negative ? "-" : "";
}

function fixed(number: NumberDigits, places: number, grouped: boolean): string {
  const { digits, scale } = number;
  let whole = scale > 0 ? digits.slice(0, scale).padEnd(scale, "0") : "0";
  if (grouped) whole = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  if (places === 0) return whole;
  const fraction = "0".repeat(Math.min(Math.max(-scale, 0), places)) + digits.slice(Math.max(scale, 0));
  return `${whole}.${fraction.slice(0, places).padEnd(places, "0")}`;
}

function scientific(number: NumberDigits, length: number, letter: string): string {
  const digits = number.digits.padEnd(length, "0");
  const fraction = length > 1 ? `.${digits.slice(1, length)}` : "";
  return digits[0] + fraction + exponent(number.digits === "" ? 0 : number.scale - 1, letter, 3, true);
}

function general(number: NumberDigits, precision: number, letter: string): string {
  // A decimal without precision keeps all its digits, the trailing zeros too, and never gets an exponent.
  const exact = precision < 0 && number.kind === "decimal";
  if (exact && number.digits === "") return unscaled(number);
  const length = precision < 1 ? number.digits.length : precision;
  const n = exact ? number : roundDigits(number, length, number.kind === "float");
  if (!exact && (n.scale > length || n.scale < -3)) {
    const fraction = n.digits.length > 1 ? `.${n.digits.slice(1)}` : "";
    return sign(n) + n.digits[0] + fraction + exponent(n.scale - 1, letter, 2, true);
  }
  return sign(n) + unscaled(n);
}

function unscaled({ digits, scale }: NumberDigits): string {
  const whole = scale > 0 ? digits.slice(0, scale).padEnd(scale, "0") : "0";
  const fraction = scale < 0 ? "0".repeat(-scale) + digits : digits.slice(scale);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
