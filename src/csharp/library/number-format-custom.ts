/**
 * Custom numeric formats ("#,##0.00;(0.0);zero"), step for step as .NET 8 does it.
 * https://learn.microsoft.com/dotnet/standard/base-types/custom-numeric-format-strings
 */
import { INVARIANT_NUMBERS, type NumberConventions } from "./number-conventions.ts";
import { exponent, type NumberDigits, roundDigits } from "./number-digits.ts";

/** What the first pass over a section finds. */
interface Section {
  start: number;
  /** Number of digit placeholders, and where among them the point stands. */
  digitCount: number;
  pointAt: number;
  /** Placeholders before the first `0`, and up to the last one. */
  firstZero: number;
  lastZero: number;
  scientific: boolean;
  grouped: boolean;
  /** Power of ten from `%`, per mille and scaling commas. */
  power: number;
}

export function formatCustom(
  number: NumberDigits,
  format: string,
  culture: NumberConventions = INVARIANT_NUMBERS,
): string {
  let section = scan(format, sectionStart(format, number.digits === "" ? 2 : number.negative ? 1 : 0));
  let n = number;
  if (number.digits === "") {
    n = { ...number, scale: 0, negative: number.negative && number.kind === "float" };
  } else {
    n = adjust(number, section);
    if (n.digits === "") {
      // Rounded to nothing: the zero section applies when there is one.
      const zero = sectionStart(format, 2);
      if (zero !== section.start) {
        section = scan(format, zero);
        n = { ...n, scale: 0 };
      }
    }
  }
  const text = new Writer(n, format, section, culture).write();
  const signed = n.negative && section.start === 0 && (n.scale !== 0 || text !== "");
  return signed ? culture.negativeSign + text : text;
}

function adjust(number: NumberDigits, section: Section): NumberDigits {
  const scale = number.scale + section.power;
  const length = section.scientific ? section.digitCount : scale + section.digitCount - section.pointAt;
  return roundDigits({ ...number, scale }, length, false);
}

/** Start of the wanted section (0 positive, 1 negative, 2 zero), 0 when it is absent or empty. */
function sectionStart(format: string, wanted: number): number {
  let left = wanted;
  if (left === 0) return 0;
  for (let at = 0; at < format.length; ) {
    const ch = format[at++];
    if (ch === "'" || ch === '"') at = skipQuoted(format, at, ch);
    else if (ch === "\\") at += at < format.length && format[at] !== "\0" ? 1 : 0;
    else if (ch === "\0") return 0;
    else if (ch === ";" && --left === 0) {
      return at < format.length && format[at] !== "\0" && format[at] !== ";" ? at : 0;
    }
  }
  return 0;
}

/** Position behind the closing quote (or at the end). */
function skipQuoted(format: string, from: number, quote: string): number {
  let at = from;
  while (at < format.length && format[at] !== "\0" && format[at++] !== quote);
  return at;
}

function scan(format: string, start: number): Section {
  let [digitCount, pointAt, firstZero, lastZero, power] = [0, -1, Number.MAX_SAFE_INTEGER, 0, 0];
  let [commaAt, commas, scientific, grouped] = [-1, 0, false, false];
  for (let at = start; at < format.length; ) {
    const ch = format[at++];
    if (ch === "\0" || ch === ";") break;
    if (ch === "#") digitCount++;
    else if (ch === "0") {
      firstZero = Math.min(firstZero, digitCount);
      lastZero = ++digitCount;
    } else if (ch === ".") {
      if (pointAt < 0) pointAt = digitCount;
    } else if (ch === ",") {
      if (digitCount === 0 || pointAt >= 0) continue;
      if (commaAt === digitCount) {
        commas++;
        continue;
      }
      grouped ||= commaAt >= 0;
      commaAt = digitCount;
      commas = 1;
    } else if (ch === "%") power += 2;
    else if (ch === "\u2030") power += 3;
    else if (ch === "'" || ch === '"') at = skipQuoted(format, at, ch);
    else if (ch === "\\") at++;
    else if ((ch === "E" || ch === "e") && exponentAt(format, at)) {
      at++;
      while (format[at] === "0") at++;
      scientific = true;
    }
  }
  if (pointAt < 0) pointAt = digitCount;
  if (commaAt >= 0) {
    if (commaAt === pointAt) power -= commas * 3;
    else grouped = true;
  }
  return { start, digitCount, pointAt, firstZero, lastZero, scientific, grouped, power };
}

/** Does an exponent (`0`, `+0`, `-0`) follow? */
function exponentAt(format: string, at: number): boolean {
  return format[at] === "0" || ((format[at] === "+" || format[at] === "-") && format[at + 1] === "0");
}

const NO_GROUPS: ReadonlySet<number> = new Set();

/** The numbers of digits (from the point) after which a separator comes, up to so many digits. */
function groupEnds({ number }: NumberConventions, digits: number): ReadonlySet<number> {
  const ends = new Set<number>();
  const sizes = number.groupSizes;
  for (let end = 0, i = 0; ; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 0;
    end += size;
    if (size === 0 || end >= digits) return ends;
    ends.add(end);
  }
}

/** The second pass: fills the placeholders. */
class Writer {
  readonly #number: NumberDigits;
  readonly #format: string;
  readonly #section: Section;
  readonly #culture: NumberConventions;
  /** Numbers of digits behind which a separator stands. */
  readonly #groupEnds: ReadonlySet<number>;
  readonly #firstZero: number;
  readonly #lastZero: number;
  #out = "";
  /** Next digit, position of the next placeholder (1 is the ones), digits above (or placeholders below) the number. */
  #next = 0;
  #position: number;
  #surplus: number;
  #at: number;
  #pointWritten = false;
  #exponentWritten = false;

  constructor(number: NumberDigits, format: string, section: Section, culture: NumberConventions) {
    const { pointAt, firstZero, lastZero } = section;
    this.#number = number;
    this.#format = format;
    this.#section = section;
    this.#culture = culture;
    this.#firstZero = firstZero < pointAt ? pointAt - firstZero : 0;
    this.#lastZero = lastZero > pointAt ? pointAt - lastZero : 0;
    this.#position = section.scientific ? pointAt : Math.max(number.scale, pointAt);
    this.#surplus = section.scientific ? 0 : number.scale - pointAt;
    this.#at = section.start;
    this.#groupEnds = section.grouped ? groupEnds(culture, Math.max(this.#position, number.scale)) : NO_GROUPS;
  }

  write(): string {
    const format = this.#format;
    while (this.#at < format.length) {
      const ch = format[this.#at++];
      if (ch === "\0" || ch === ";") break;
      if (ch === "#" || ch === "0" || ch === ".") {
        while (this.#surplus > 0) {
          this.#surplus--;
          this.#digit(this.#take() ?? "0");
        }
      }
      if (ch === "#" || ch === "0") this.#placeholder();
      else if (ch === ".") this.#point();
      else if (ch === "'" || ch === '"') this.#quoted(ch);
      else if (ch === "\\") this.#escaped();
      else if (ch === "E" || ch === "e") this.#exponent(ch);
      else if (ch === "%") this.#out += this.#culture.percentSymbol;
      else if (ch === "\u2030") this.#out += this.#culture.perMilleSymbol;
      else if (ch !== ",") this.#out += ch;
    }
    return this.#out;
  }

  #take(): string | undefined {
    return this.#number.digits[this.#next] === undefined ? undefined : this.#number.digits[this.#next++];
  }

  #placeholder(): void {
    let digit: string | undefined;
    if (this.#surplus < 0) {
      this.#surplus++;
      digit = this.#position <= this.#firstZero ? "0" : undefined;
    } else {
      digit = this.#take() ?? (this.#position > this.#lastZero ? "0" : undefined);
    }
    if (digit === undefined) this.#position--;
    else this.#digit(digit);
  }

  #digit(digit: string): void {
    this.#out += digit;
    this.#position--;
    if (this.#groupEnds.has(this.#position)) this.#out += this.#culture.number.groupSeparator;
  }

  #point(): void {
    if (this.#position !== 0 || this.#pointWritten) return;
    const { pointAt, digitCount } = this.#section;
    if (this.#lastZero < 0 || (pointAt < digitCount && this.#next < this.#number.digits.length)) {
      this.#out += this.#culture.number.decimalSeparator;
      this.#pointWritten = true;
    }
  }

  #quoted(quote: string): void {
    const end = skipQuoted(this.#format, this.#at, quote);
    const closed = end > this.#at && this.#format[end - 1] === quote;
    this.#out += this.#format.slice(this.#at, closed ? end - 1 : end);
    this.#at = end;
  }

  #escaped(): void {
    const ch = this.#format[this.#at];
    if (ch === undefined || ch === "\0") return;
    this.#out += ch;
    this.#at++;
  }

  #exponent(letter: string): void {
    const format = this.#format;
    if (!this.#section.scientific || this.#exponentWritten) {
      this.#out += letter;
      if (format[this.#at] === "+" || format[this.#at] === "-") this.#out += format[this.#at++];
      while (format[this.#at] === "0") this.#out += format[this.#at++];
      return;
    }
    if (!exponentAt(format, this.#at)) {
      this.#out += letter;
      return;
    }
    const plus = format[this.#at] === "+";
    if (format[this.#at] !== "0") this.#at++;
    const from = this.#at;
    while (format[this.#at] === "0") this.#at++;
    const { digits, scale } = this.#number;
    const value = digits === "" ? 0 : scale - this.#section.pointAt;
    const { positiveSign, negativeSign } = this.#culture;
    this.#out += exponent(value, letter, Math.min(this.#at - from, 10), plus ? positiveSign : "", negativeSign);
    this.#exponentWritten = true;
  }
}
