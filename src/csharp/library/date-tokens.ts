/** The words and signs in a date as DateTime.Parse sees them, invariant culture. */
import { DAY_NAMES, MONTH_NAMES } from "./date-format.ts";

/** A word or sign that stands for itself. `value`: number of the month (from 1) or day of the week (from 0). */
export interface Word {
  readonly kind: "month" | "day" | "am" | "pm" | "zone" | "era" | "ignored";
  readonly value: number;
}

/** What follows a number or month name. `dateOrOffset` is a minus sign: between parts of a date, or before an offset. */
export type Separator = "end" | "space" | "am" | "pm" | "date" | "time" | "dateOrOffset" | "timeMark" | "other";

const WORDS = new Map<string, Word>([
  ["am", { kind: "am", value: 0 }],
  ["pm", { kind: "pm", value: 0 }],
  ["gmt", { kind: "zone", value: 0 }],
  ["z", { kind: "zone", value: 0 }],
  ["ad", { kind: "era", value: 1 }],
]);
for (const [i, name] of MONTH_NAMES.entries()) {
  WORDS.set(name.toLowerCase(), { kind: "month", value: i + 1 });
  WORDS.set(name.slice(0, 3).toLowerCase(), { kind: "month", value: i + 1 });
}
for (const [i, name] of DAY_NAMES.entries()) {
  WORDS.set(name.toLowerCase(), { kind: "day", value: i });
  WORDS.set(name.slice(0, 3).toLowerCase(), { kind: "day", value: i });
}

const IGNORED: Word = { kind: "ignored", value: 0 };

const LETTERS = /\p{L}+/uy;
const DIGITS = /[0-9]+/y;
const WHITE = /[\s\u0085\u200f]*/y;

/** More digits than this are no part of a date. */
const MAX_DIGITS = 8;

export interface NumberToken {
  /** -1: too many digits. */
  readonly value: number;
  /** Three digits or more. */
  readonly isYear: boolean;
}

/** A position in the text. */
export class DateScanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  get current(): string {
    return this.text[this.at] ?? "";
  }

  skipWhite(): void {
    this.at += this.#match(WHITE).length;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? "";
  }

  /** The number here, if there is one. */
  number(): NumberToken | undefined {
    const digits = this.#match(DIGITS);
    if (digits === "") return undefined;
    this.at += digits.length;
    return {
      value: digits.length > MAX_DIGITS ? -1 : Number(digits),
      isYear: digits.length >= 3 && digits.length <= MAX_DIGITS,
    };
  }

  /** The known word or sign here, if there is one. */
  word(): Word | undefined {
    if (this.current === "," || this.current === ".") {
      this.at++;
      return IGNORED;
    }
    if (/^a\.d\.(?!\p{L})/iu.test(this.text.slice(this.at, this.at + 5))) {
      this.at += 4;
      return WORDS.get("ad");
    }
    const letters = this.#match(LETTERS);
    const word = WORDS.get(letters.toLowerCase());
    if (word) this.at += letters.length;
    return word;
  }

  isLetter(): boolean {
    return this.#match(LETTERS) !== "";
  }

  /** What separates a number or name from what follows; it is taken unless it belongs to the next token. */
  separator(): Separator {
    if (this.atEnd) return "end";
    this.skipWhite();
    if (this.atEnd) return "end";
    const sign = { ":": "time", "/": "date", "-": "dateOrOffset" }[this.current] as Separator | undefined;
    if (sign) {
      this.at++;
      return sign;
    }
    const letters = this.#match(LETTERS).toLowerCase();
    const mark = letters === "am" || letters === "pm" ? letters : letters === "t" ? "timeMark" : undefined;
    if (mark) this.at += letters.length;
    return mark ?? "space";
  }

  /** `+8`, `+08`, `+08:00`, `+800`, `+0800` as minutes; undefined, and nothing taken, when it is none. */
  zoneOffset(): number | undefined {
    const match = /^([+-])(\d+)(?::(\d*))?/.exec(this.text.slice(this.at));
    if (!match) return undefined;
    const [, sign, digits, minuteDigits] = match;
    const short = digits.length <= 2;
    if (digits.length > 4 || (short && minuteDigits !== undefined && !/^\d\d?$/.test(minuteDigits))) return undefined;
    const hours = short ? Number(digits) : Math.floor(Number(digits) / 100);
    const minutes = short ? Number(minuteDigits ?? 0) : Number(digits) % 100;
    if (minutes >= 60) return undefined;
    this.at += short ? match[0].length : 1 + digits.length;
    return (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
  }

  /** A point and the digits behind it as a fraction; digits add up as .NET adds them. */
  fraction(): number | undefined {
    this.at++;
    const digits = this.#match(DIGITS);
    this.at += digits.length;
    let value = 0;
    let place = 0.1;
    for (const digit of digits) {
      value += Number(digit) * place;
      place *= 0.1;
    }
    return digits === "" ? undefined : value;
  }
}
