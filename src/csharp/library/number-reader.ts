/** Reads the text of a number as NumberStyles and a culture have it: signs, blanks, thousands, currency, exponents. */
import { spend } from "../runtime/budget.ts";
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";
import type { NumberDigits } from "./number-digits.ts";

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

/** White space as numbers take it. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Signs that look like a minus: a culture that has one of them takes the hyphen, too. */
export const MINUS_LOOKALIKES = /^[\u2012\u207b\u208b\u2212\u2796\ufe63\uff0d]$|^[\u200e\u200f]-/;

/** Blanks that people cannot type: a space stands for them. */
const NARROW_BLANKS = /[\u00a0\u202f]/g;

/** Reads the number at the start of a text; `undefined` when the text is not a number in that style. */
export function parseDigits(
  text: string,
  style: number,
  kind: NumberDigits["kind"],
  culture: NumberConventions = INVARIANT_NUMBERS,
): NumberDigits | undefined {
  spend(text.length >> 4);
  const reader = new NumberReader(text, style, culture);
  if (!reader.readPrefix() || !reader.readDigits()) return undefined;
  reader.readExponent();
  if (!reader.readSuffix()) return undefined;
  return reader.result(kind);
}

class NumberReader {
  readonly #text: string;
  readonly #style: number;
  readonly #culture: NumberConventions;
  #at = 0;
  #signed = false;
  #open = false;
  #negative = false;
  /** The currency symbol was seen, or may not come. */
  #currencySeen: boolean;
  /** The currency symbol was seen before the digits: separators are those of amounts only. */
  #isAmount = false;
  #digits = "";
  #scale = 0;
  #point = false;

  constructor(text: string, style: number, culture: NumberConventions) {
    this.#text = text;
    this.#style = style;
    this.#culture = culture;
    this.#currencySeen = (style & NumberStyles.AllowCurrencySymbol) === 0;
  }

  #allows(style: number): boolean {
    return (this.#style & style) !== 0;
  }

  /** Takes the text if it stands here. */
  #take(wanted: string): boolean {
    if (wanted === "") return false;
    const here = this.#text.slice(this.#at, this.#at + wanted.length);
    if (here !== wanted && here !== wanted.replace(NARROW_BLANKS, " ")) return false;
    this.#at += wanted.length;
    return true;
  }

  /** Takes a sign; `undefined` without one. */
  #takeSign(): "+" | "-" | undefined {
    const { positiveSign, negativeSign } = this.#culture;
    if (this.#take(positiveSign)) return "+";
    if (this.#take(negativeSign)) return "-";
    return MINUS_LOOKALIKES.test(negativeSign) && this.#take("-") ? "-" : undefined;
  }

  #takeCurrency(): boolean {
    if (this.#currencySeen || !this.#take(this.#culture.currencySymbol)) return false;
    this.#currencySeen = true;
    return true;
  }

  /** Takes a sign if one may come here. */
  #takeAllowedSign(style: number): boolean {
    if (this.#signed || !this.#allows(style)) return false;
    const sign = this.#takeSign();
    if (!sign) return false;
    this.#signed = true;
    this.#negative = sign === "-";
    return true;
  }

  /** Blanks, sign, opening parenthesis, currency symbol. */
  readPrefix(): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      // Blanks may not follow a sign, except behind a currency symbol.
      const blank = isBlank(text.charCodeAt(this.#at)) && this.#allows(NumberStyles.AllowLeadingWhite);
      if (blank && (!this.#signed || this.#isAmount || this.#culture.number.negativePattern === 2)) this.#at++;
      else if (this.#takeAllowedSign(NumberStyles.AllowLeadingSign)) continue;
      else if (text[this.#at] === "(" && this.#allows(NumberStyles.AllowParentheses) && !this.#signed) {
        this.#signed = this.#open = this.#negative = true;
        this.#at++;
      } else if (this.#takeCurrency()) this.#isAmount = true;
      else return true;
    }
    return false;
  }

  /** Takes a separator: with AllowCurrencySymbol that of amounts, and that of numbers unless the symbol was there. */
  #takeSeparator(part: "decimalSeparator" | "groupSeparator"): boolean {
    const { number, currency } = this.#culture;
    if (!this.#allows(NumberStyles.AllowCurrencySymbol)) return this.#take(number[part]);
    return this.#take(currency[part]) || (!this.#isAmount && this.#take(number[part]));
  }

  /** Digits, point, thousands separators. */
  readDigits(): boolean {
    const text = this.#text;
    let any = false;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (isDigit(code)) {
        any = true;
        this.#addDigit(code);
        this.#at++;
      } else if (
        this.#allows(NumberStyles.AllowDecimalPoint) &&
        !this.#point &&
        this.#takeSeparator("decimalSeparator")
      ) {
        this.#point = true;
      } else if (
        !(this.#allows(NumberStyles.AllowThousands) && any && !this.#point && this.#takeSeparator("groupSeparator"))
      ) {
        break;
      }
    }
    return any;
  }

  #addDigit(code: number): void {
    if (code !== 48 || this.#digits !== "") {
      this.#digits += String.fromCharCode(code);
      if (!this.#point) this.#scale++;
    } else if (this.#point) {
      this.#scale--;
    }
  }

  readExponent(): void {
    const start = this.#at;
    const letter = this.#text[start];
    if (!this.#allows(NumberStyles.AllowExponent) || (letter !== "e" && letter !== "E")) return;
    this.#at++;
    const sign = this.#takeSign();
    const found = /[0-9]+/y;
    found.lastIndex = this.#at;
    const match = found.exec(this.#text);
    if (!match) {
      this.#at = start;
      return;
    }
    this.#at += match[0].length;
    const size = Math.min(Number(match[0]), 9999);
    this.#scale += sign === "-" ? -size : size;
  }

  /** Blanks, sign, closing parenthesis, currency symbol, then nothing but NUL characters. */
  readSuffix(): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      if (isBlank(text.charCodeAt(this.#at)) && this.#allows(NumberStyles.AllowTrailingWhite)) this.#at++;
      else if (this.#takeAllowedSign(NumberStyles.AllowTrailingSign)) continue;
      else if (text[this.#at] === ")" && this.#open) {
        this.#open = false;
        this.#at++;
      } else if (!this.#takeCurrency()) break;
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
