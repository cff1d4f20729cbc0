/**
 * Numeric Parse and TryParse of .NET 8 in the invariant culture: NumberStyles with signs, blanks, thousands, exponents.
 * https://learn.microsoft.com/dotnet/api/system.globalization.numberstyles
 */
import { argument, argumentNull, inputFormatError, overflow } from "./exceptions-thrown.ts";
import { type NumberDigits, trimZeros } from "./number-digits.ts";

/** System.Globalization.NumberStyles. */
export const NumberStyles = {
  AllowLeadingWhite: 1,
  AllowTrailingWhite: 2,
  AllowLeadingSign: 4,
  AllowTrailingSign: 8,
  AllowParentheses: 16,
  AllowDecimalPoint: 32,
  AllowThousands: 64,
  AllowExponent: 128,
  AllowCurrencySymbol: 256,
  AllowHexSpecifier: 512,
  AllowBinarySpecifier: 1024,
  Integer: 7,
  Number: 111,
  Float: 167,
  HexNumber: 515,
  BinaryNumber: 1027,
} as const;

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

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Reads the number at the start of a text; `undefined` when the text is not a number in that style. */
export function parseDigits(text: string, style: number, kind: NumberDigits["kind"]): NumberDigits | undefined {
  const reader = new NumberReader(text, style);
  if (!reader.readPrefix() || !reader.readDigits()) return undefined;
  reader.readExponent();
  if (!reader.readSuffix()) return undefined;
  return reader.result(kind);
}

class NumberReader {
  readonly #text: string;
  readonly #style: number;
  #at = 0;
  #signed = false;
  #open = false;
  #negative = false;
  /** The currency symbol was seen, or may not come. */
  #currencySeen: boolean;
  #digits = "";
  #scale = 0;
  #point = false;

  constructor(text: string, style: number) {
    this.#text = text;
    this.#style = style;
    this.#currencySeen = (style & NumberStyles.AllowCurrencySymbol) === 0;
  }

  #allows(style: number): boolean {
    return (this.#style & style) !== 0;
  }

  /** Blanks, sign, opening parenthesis, currency symbol. */
  readPrefix(): boolean {
    const text = this.#text;
    let currency = false;
    for (; this.#at < text.length; this.#at++) {
      const ch = text[this.#at];
      // Blanks may not follow a sign, except behind a currency symbol.
      const blank = isBlank(ch.charCodeAt(0)) && this.#allows(NumberStyles.AllowLeadingWhite);
      if (blank && (!this.#signed || currency)) continue;
      if ((ch === "+" || ch === "-") && this.#allows(NumberStyles.AllowLeadingSign) && !this.#signed) {
        this.#signed = true;
        this.#negative = ch === "-";
      } else if (ch === "(" && this.#allows(NumberStyles.AllowParentheses) && !this.#signed) {
        this.#signed = this.#open = this.#negative = true;
      } else if (ch === "¤" && !this.#currencySeen) {
        this.#currencySeen = currency = true;
      } else {
        return true;
      }
    }
    return false;
  }

  /** Digits, point, thousands separators. */
  readDigits(): boolean {
    const text = this.#text;
    let any = false;
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (isDigit(code)) {
        any = true;
        if (code !== 48 || this.#digits !== "") {
          this.#digits += text[this.#at];
          if (!this.#point) this.#scale++;
        } else if (this.#point) {
          this.#scale--;
        }
      } else if (code === 46 && this.#allows(NumberStyles.AllowDecimalPoint) && !this.#point) {
        this.#point = true;
      } else if (!(code === 44 && this.#allows(NumberStyles.AllowThousands) && any && !this.#point)) {
        break;
      }
    }
    return any;
  }

  readExponent(): void {
    if (!this.#allows(NumberStyles.AllowExponent)) return;
    const found = /[eE]([+-]?)([0-9]+)/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (!match) return;
    this.#at += match[0].length;
    const size = Math.min(Number(match[2]), 9999);
    this.#scale += match[1] === "-" ? -size : size;
  }

  /** Blanks, sign, closing parenthesis, currency symbol, then nothing but NUL characters. */
  readSuffix(): boolean {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const ch = text[this.#at];
      if (isBlank(ch.charCodeAt(0)) && this.#allows(NumberStyles.AllowTrailingWhite)) continue;
      if ((ch === "+" || ch === "-") && this.#allows(NumberStyles.AllowTrailingSign) && !this.#signed) {
        this.#signed = true;
        this.#negative = ch === "-";
      } else if (ch === ")" && this.#open) {
        this.#open = false;
      } else if (ch === "¤" && !this.#currencySeen) {
        this.#currencySeen = true;
      } else {
        break;
      }
    }
    return !this.#open && /^\0*$/.test(text.slice(this.#at));
  }

  result(kind: NumberDigits["kind"]): NumberDigits {
    const digits = this.#digits;
    if (digits === "") {
      const scale = kind === "decimal" ? this.#scale : 0;
      return { digits, scale, negative: this.#negative && (kind !== "integer" || this.#point), kind };
    }
    return { digits, scale: this.#scale, negative: this.#negative, kind };
  }
}

/** Parses an integer; the value is within the range. */
export function parseInteger(text: string, style: number, range: IntegerRange): bigint | Failure {
  if (style === NumberStyles.Integer && ORDINARY.test(text)) return checkRange(BigInt(text), range);
  if (style & RADIX_STYLES) return parseRadix(text, style, range);
  const number = parseDigits(text, style, "integer");
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
export function parseDouble(text: string, style: number): number | undefined {
  const number = parseDigits(text, style, "float");
  if (!number) return parseSymbol(text);
  const size = number.digits === "" ? 0 : Number(`0.${number.digits}e${number.scale}`);
  return number.negative ? -size : size;
}

function parseSymbol(text: string): number | undefined {
  switch (text.trim().toLowerCase()) {
    case "infinity":
    case "+infinity":
      return Number.POSITIVE_INFINITY;
    case "-infinity":
      return Number.NEGATIVE_INFINITY;
    case "nan":
    case "+nan":
    case "-nan":
      return Number.NaN;
    default:
      return undefined;
  }
}

/** Rounds decimal digits directly to a float; rounding to a double first would round twice. */
export function parseSingle(text: string, style: number): number | undefined {
  const value = parseDouble(text, style);
  if (value === undefined || !Number.isFinite(value)) return value;
  const single = Math.fround(value);
  if (single === value || !Number.isFinite(single)) return single;
  return fixDoubleRounding(text, style, value, single);
}

/** When the double lies exactly between two floats, the digits that the double lost decide. */
function fixDoubleRounding(text: string, style: number, value: number, single: number): number {
  const other = single + 2 * (value - single);
  if (Math.fround(other) !== other) return single;
  const number = parseDigits(text, style, "float") as NumberDigits;
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
): bigint {
  checkIntegerStyle(style);
  if (text === null) throw argumentNull("s");
  const value = parseInteger(text, style, range);
  if (value === "format") throw inputFormatError(text);
  if (value === "overflow") throw overflow(range.overflow);
  return value;
}

/** Parse of double and float. */
export function parseFloatOrThrow(
  text: string | null,
  read: (text: string, style: number) => number | undefined,
  style: number = FLOAT_AND_THOUSANDS,
): number {
  checkFloatStyle(style);
  if (text === null) throw argumentNull("s");
  const value = read(text, style);
  if (value === undefined) throw inputFormatError(text);
  return value;
}

/** TryParse of double and float; 0 when it fails. */
export function tryParseFloat(
  text: string | null,
  read: (text: string, style: number) => number | undefined,
  style: number = FLOAT_AND_THOUSANDS,
): number | undefined {
  checkFloatStyle(style);
  return text === null ? undefined : read(text, style);
}
