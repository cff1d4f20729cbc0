/** The words and signs in a date as DateTime.Parse sees them. */
import { type DateConventions, INVARIANT_DATES } from "./date-conventions.ts";

/** A word or sign that stands for itself. `value`: number of the month (from 1) or day of the week (from 0). */
export interface Word {
  readonly kind: "month" | "day" | "am" | "pm" | "zone" | "era" | "ignored";
  readonly value: number;
}

/** What follows a number or month name. `dateOrOffset` is a minus sign: between parts of a date, or before an offset. */
export type Separator = "end" | "space" | "am" | "pm" | "date" | "time" | "dateOrOffset" | "timeMark" | "other";

/** The words of a culture in lower case; those of the invariant culture count in all of them. */
interface Vocabulary {
  readonly words: ReadonlyMap<string, Word>;
  /** Words that are not letters alone ("janv.", "a. m."), the longest first. */
  readonly phrases: readonly string[];
  readonly dateSeparator: string;
  readonly timeSeparator: string;
}

const vocabularies = new WeakMap<DateConventions, Vocabulary>();

function vocabularyOf(culture: DateConventions): Vocabulary {
  let found = vocabularies.get(culture);
  if (!found) {
    const words = new Map<string, Word>([
      ["gmt", { kind: "zone", value: 0 }],
      ["z", { kind: "zone", value: 0 }],
      ["ad", { kind: "era", value: 1 }],
    ]);
    for (const each of [INVARIANT_DATES, culture]) addNames(words, each);
    const phrases = [...words.keys()].filter((word) => /\P{L}/u.test(word)).sort((a, b) => b.length - a.length);
    const { dateSeparator, timeSeparator } = culture;
    found = { words, phrases, dateSeparator: dateSeparator.trim(), timeSeparator: timeSeparator.trim() };
    vocabularies.set(culture, found);
  }
  return found;
}

function addNames(words: Map<string, Word>, culture: DateConventions): void {
  const add = (names: readonly string[], kind: Word["kind"], first: number) => {
    for (const [i, name] of names.entries()) {
      if (name !== "") words.set(name.trim().toLowerCase(), { kind, value: i + first });
    }
  };
  add(culture.monthNames, "month", 1);
  add(culture.shortMonthNames, "month", 1);
  add(culture.genitiveMonthNames, "month", 1);
  add(culture.shortGenitiveMonthNames, "month", 1);
  add(culture.dayNames, "day", 0);
  add(culture.shortDayNames, "day", 0);
  add([culture.am], "am", 0);
  add([culture.pm], "pm", 0);
  add([culture.era], "era", 1);
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
  readonly #vocabulary: Vocabulary;
  at = 0;

  constructor(text: string, culture: DateConventions) {
    this.text = text;
    this.#vocabulary = vocabularyOf(culture);
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
    const phrase = this.#phrase();
    if (phrase !== undefined) {
      this.at += phrase.length;
      return this.#vocabulary.words.get(phrase);
    }
    if (this.current === "," || this.current === ".") {
      this.at++;
      return IGNORED;
    }
    const letters = this.#match(LETTERS);
    const word = this.#vocabulary.words.get(letters.toLowerCase());
    if (word) this.at += letters.length;
    return word;
  }

  /** The known phrase here; no letter may follow it. */
  #phrase(): string | undefined {
    return this.#vocabulary.phrases.find((phrase) => {
      const end = this.at + phrase.length;
      return this.text.slice(this.at, end).toLowerCase() === phrase && !/^\p{L}/u.test(this.text.slice(end, end + 2));
    });
  }

  isLetter(): boolean {
    return this.#match(LETTERS) !== "";
  }

  /** What separates a number or name from what follows; it is taken unless it belongs to the next token. */
  separator(): Separator {
    if (this.atEnd) return "end";
    this.skipWhite();
    if (this.atEnd) return "end";
    const sign = this.#sign();
    if (sign) {
      this.at++;
      return sign;
    }
    const phrase = this.#phrase();
    const letters = phrase ?? this.#match(LETTERS).toLowerCase();
    const kind = this.#vocabulary.words.get(letters)?.kind;
    const mark = kind === "am" || kind === "pm" ? kind : letters === "t" ? "timeMark" : undefined;
    if (mark) this.at += letters.length;
    return mark ?? "space";
  }

  #sign(): Separator | undefined {
    const { dateSeparator, timeSeparator } = this.#vocabulary;
    switch (this.current) {
      case "":
        return undefined;
      case ":":
      case timeSeparator:
        return "time";
      case "-":
        return "dateOrOffset";
      case "/":
      case dateSeparator:
        return "date";
    }
    return undefined;
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
