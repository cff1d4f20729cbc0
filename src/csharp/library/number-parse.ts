/**
 * Numeric Parse and TryParse of .NET 8 by the conventions of a culture: NumberStyles with signs, blanks, thousands, exponents.
 * https://learn.microsoft.com/dotnet/api/system.globalization.numberstyles
 */
import { look } from "../runtime/budget.ts";
import { argument, argumentNull, inputFormatError, overflow } from "./exceptions-thrown.ts";
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";
import { type NumberDigits, trimZeros } from "./number-digits.ts";
import { isBlank, MINUS_LOOKALIKES, NumberStyles, parseDigits } from "./number-reader.ts";

const FLOAT_AND_THOUSANDS = NumberStyles.Float | NumberStyles.AllowThousands;
const RADIX_STYLES = NumberStyles.AllowHexSpecifier | NumberStyles.AllowBinarySpecifier;
const KNOWN_STYLES = 0x7ff;

/** Outcome of a parse that does not throw. */
export type Failure = "format" | "overflow";

/** An integer type to parse into. */
export interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
  readonly bits: number;
  /** Text of the OverflowException. */
  readonly overflow: string;
}

/** Parses an integer; the value is within the range. */
export function parseInteger(
  text: string,
  style: number,
  range: IntegerRange,
  culture: NumberConventions = INVARIANT_NUMBERS,
): bigint | Failure {
  if (style === NumberStyles.Integer && culture === INVARIANT_NUMBERS && ORDINARY.test(text)) {
    return checkRange(BigInt(text), range);
  }
  if (style & RADIX_STYLES) return parseRadix(text, style, range);
  const number = parseDigits(text, style, "integer", culture);
  if (!number) return "format";
  const digits = trimZeros(number.digits);
  if (digits === "") return 0n;
  // Digits behind the point that are not zero count as overflow, in .NET too.
  if (number.scale < digits.length || number.scale > 20) return "overflow";
  const size = BigInt(digits.padEnd(number.scale, "0"));
  return checkRange(number.negative ? -size : size, range);
}

/** An integer without blanks, for which the reader is not needed. */
const ORDINARY = /^-?[0-9]{1,19}$/;

/** A number for which JavaScript's reading is the same. */
const ORDINARY_FLOAT = /^-?[0-9]+(?:\.[0-9]+)?$/;

function checkRange(value: bigint, range: IntegerRange): bigint | Failure {
  return value < range.min || value > range.max ? "overflow" : value;
}

function parseRadix(text: string, style: number, range: IntegerRange): bigint | Failure {
  const hex = (style & NumberStyles.AllowHexSpecifier) !== 0;
  let [from, to] = [0, text.length];
  while (to > 0 && text[to - 1] === "\0") to--;
  if (style & NumberStyles.AllowLeadingWhite) while (from < to && isBlank(text.charCodeAt(from))) from++;
  if (style & NumberStyles.AllowTrailingWhite) while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  const digits = text.slice(from, to);
  if (!(hex ? /^[0-9a-fA-F]+$/ : /^[01]+$/).test(digits)) return "format";
  const significant = digits.replace(/^0+/, "");
  if (significant.length > (hex ? range.bits / 4 : range.bits)) return "overflow";
  const value = BigInt(`${hex ? "0x" : "0b"}0${significant}`);
  return range.min < 0n ? BigInt.asIntN(range.bits, value) : value;
}

/** Parses a double, NaN and infinities included; too large gives an infinity. */
export function parseDouble(
  text: string,
  style: number,
  culture: NumberConventions = INVARIANT_NUMBERS,
): number | undefined {
  look(text.length);
  if (style === FLOAT_AND_THOUSANDS && culture === INVARIANT_NUMBERS && ORDINARY_FLOAT.test(text)) return Number(text);
  const number = parseDigits(text, style, "float", culture);
  if (!number) return parseSymbol(text, culture);
  const size = number.digits === "" ? 0 : Number(`0.${number.digits}e${number.scale}`);
  return number.negative ? -size : size;
}

function parseSymbol(text: string, culture: NumberConventions): number | undefined {
  const { positiveSign, negativeSign } = culture;
  const [nan, infinity] = [culture.nan.toLowerCase(), culture.positiveInfinity.toLowerCase()];
  const symbol = text.trim().toLowerCase();
  if (symbol === infinity) return Number.POSITIVE_INFINITY;
  if (symbol === culture.negativeInfinity.toLowerCase()) return Number.NEGATIVE_INFINITY;
  if (symbol === nan) return Number.NaN;
  if (symbol.startsWith(positiveSign)) {
    const rest = symbol.slice(positiveSign.length);
    return rest === infinity ? Number.POSITIVE_INFINITY : rest === nan ? Number.NaN : undefined;
  }
  const isNegative = symbol === negativeSign + nan || (MINUS_LOOKALIKES.test(negativeSign) && symbol === `-${nan}`);
  return isNegative ? Number.NaN : undefined;
}

/** Rounds decimal digits directly to a float; rounding to a double first would round twice. */
export function parseSingle(
  text: string,
  style: number,
  culture: NumberConventions = INVARIANT_NUMBERS,
): number | undefined {
  const value = parseDouble(text, style, culture);
  if (value === undefined || !Number.isFinite(value)) return value;
  const single = Math.fround(value);
  if (single === value || !Number.isFinite(single)) return single;
  return fixDoubleRounding(parseDigits(text, style, "float", culture) as NumberDigits, value, single);
}

/** When the double lies exactly between two floats, the digits that the double lost decide. */
function fixDoubleRounding(number: NumberDigits, value: number, single: number): number {
  const other = single + 2 * (value - single);
  if (Math.fround(other) !== other) return single;
  const exact = compareWithDouble(number, Math.abs(value));
  if (exact === 0) return single;
  const away = exact > 0;
  const [small, large] = Math.abs(single) < Math.abs(other) ? [single, other] : [other, single];
  return away ? large : small;
}

const SIGNIFICANT = 800;

/** Sign of (number - value), exactly; both positive. */
function compareWithDouble(number: NumberDigits, value: number): number {
  // No float needs as many digits; of the others it only counts whether they are zero.
  const tail = trimZeros(number.digits.slice(SIGNIFICANT)) === "" ? "" : "1";
  const digits = number.digits.slice(0, SIGNIFICANT) + tail;
  const decimals = Math.max(digits.length - number.scale, 0) + 1100;
  const left = BigInt(digits) * 10n ** BigInt(decimals - (digits.length - number.scale));
  const right = BigInt(value * 2 ** 200) * 10n ** BigInt(decimals);
  const scaled = left << 200n;
  return scaled > right ? 1 : scaled < right ? -1 : 0;
}

/** Throws ArgumentException for a style that integers cannot have. */
export function checkIntegerStyle(style: number): void {
  if (style & ~KNOWN_STYLES) throw undefinedStyle();
  if (style & RADIX_STYLES && style & ~NumberStyles.HexNumber && style & ~NumberStyles.BinaryNumber) {
    throw argument(
      "With the AllowHexSpecifier or AllowBinarySpecifier bit set in the enum bit field, the only other valid bits " +
        "that can be combined into the enum value must be AllowLeadingWhite and AllowTrailingWhite.",
      "style",
    );
  }
}

/** Throws ArgumentException for a style that float, double and decimal cannot have. */
export function checkFloatStyle(style: number): void {
  if (style & ~KNOWN_STYLES) throw undefinedStyle();
  if (style & RADIX_STYLES) {
    throw argument(
      "The number styles AllowHexSpecifier and AllowBinarySpecifier are not supported on floating point data types.",
      "style",
    );
  }
}

function undefinedStyle() {
  return argument("An undefined NumberStyles value is being used.", "style");
}

/** Parse of an integer type: throws ArgumentNull, Format and OverflowException. */
export function parseIntegerOrThrow(
  text: string | null,
  range: IntegerRange,
  style: number = NumberStyles.Integer,
  culture: NumberConventions = INVARIANT_NUMBERS,
): bigint {
  checkIntegerStyle(style);
  if (text === null) throw argumentNull("s");
  const value = parseInteger(text, style, range, culture);
  if (value === "format") throw inputFormatError(text);
  if (value === "overflow") throw overflow(range.overflow);
  return value;
}

/** parseDouble or parseSingle. */
export type FloatReader = (text: string, style: number, culture?: NumberConventions) => number | undefined;

/** Parse of double and float. */
export function parseFloatOrThrow(
  text: string | null,
  read: FloatReader,
  style: number = FLOAT_AND_THOUSANDS,
  culture: NumberConventions = INVARIANT_NUMBERS,
): number {
  checkFloatStyle(style);
  if (text === null) throw argumentNull("s");
  const value = read(text, style, culture);
  if (value === undefined) throw inputFormatError(text);
  return value;
}

/** TryParse of double and float; undefined when it fails. */
export function tryParseFloat(
  text: string | null,
  read: FloatReader,
  style: number = FLOAT_AND_THOUSANDS,
  culture: NumberConventions = INVARIANT_NUMBERS,
): number | undefined {
  checkFloatStyle(style);
  return text === null ? undefined : read(text, style, culture);
}
