/**
 * DateTime.Parse and DateTimeOffset.Parse: dates and times in any common shape, in the order of a culture.
 * https://learn.microsoft.com/dotnet/api/system.datetime.parse
 */
import { spend } from "../runtime/budget.ts";
import type { CsException } from "../runtime/values.ts";
import { isValidDate, TICKS_PER_MINUTE } from "./calendar.ts";
import { type DateConventions, INVARIANT_DATES } from "./date-conventions.ts";
import { type Completion, isCompletion, next, type State, type Token } from "./date-grammar.ts";
import { DateFields, type DateOutcome, fourDigitYear } from "./date-parse-result.ts";
import { DateScanner, type NumberToken, type Separator, type Word } from "./date-tokens.ts";
import { formatError } from "./exceptions-thrown.ts";

/** @param styles System.Globalization.DateTimeStyles; @param wantsOffset read a DateTimeOffset */
export function parseDate(
  text: string,
  styles: number,
  wantsOffset: boolean,
  culture: DateConventions = INVARIANT_DATES,
): DateOutcome {
  spend(text.length >> 4);
  const fields = new DateFields(text, styles, wantsOffset);
  if (text === "") return fields.bad();
  return new DateParser(fields, culture).parse();
}

/** In which order a culture writes year, month and day (`YMD`), day and month, year and month. */
interface Orders {
  readonly date: string;
  readonly dayFirst: boolean;
  readonly yearFirst: boolean;
}

function ordersOf({ patterns }: DateConventions): Orders {
  const order = (pattern: string) => [...new Set(pattern.replace(/'[^']*'/g, "").replace(/[^yMd]/g, ""))].join("");
  return {
    date: order(patterns.shortDate).toUpperCase(),
    dayFirst: order(patterns.monthDay).startsWith("d"),
    yearFirst: order(patterns.yearMonth).startsWith("y"),
  };
}

/** The token that a separator makes of a number (`n`), year (`Y`) or month (`M`). */
const TOKEN_ENDS: Partial<Record<Separator, string>> = { end: ".", space: " ", am: "a", pm: "a", date: "/", time: ":" };

class DateParser {
  readonly #fields: DateFields;
  readonly #scanner: DateScanner;
  readonly #orders: Orders;
  #state: State = "begin";
  /** Numbers, month and year of the part being read. */
  #numbers: number[] = [];
  #month: number | undefined;
  #year: number | undefined;
  #mark: "am" | "pm" | undefined;
  #hasDate = false;
  #hasTime = false;
  #completed = false;
  #failure: CsException | undefined;

  constructor(fields: DateFields, culture: DateConventions) {
    this.#fields = fields;
    this.#scanner = new DateScanner(fields.text, culture);
    this.#orders = ordersOf(culture);
  }

  parse(): DateOutcome {
    for (;;) {
      const token = this.#token();
      if (token === "failed") return this.#failure ?? this.#fields.bad();
      if (token === "iso") return this.#isoTime();
      if (token !== "skipped" && !this.#advance(token)) return this.#fields.bad();
      if (token === "end" || token === "n." || token === "M.") break;
    }
    if (!this.#completed || !this.#applyMark()) return this.#fields.bad();
    return this.#fields.finish();
  }

  #advance(token: Token): boolean {
    const step = next(this.#state, token);
    if (step === undefined) return false;
    if (!isCompletion(step)) {
      this.#state = step;
      return true;
    }
    this.#state = "begin";
    this.#completed = true;
    return this.#complete(step);
  }

  #token(): Token | "skipped" | "failed" | "iso" {
    const scanner = this.#scanner;
    scanner.skipWhite();
    if (scanner.atEnd) return "end";
    const number = scanner.number();
    if (number) return this.#numberToken(number);
    const start = scanner.at;
    const word = scanner.word();
    return word ? this.#wordToken(word) : this.#unknown(start);
  }

  #wordToken(word: Word): Token | "skipped" | "failed" {
    switch (word.kind) {
      case "month":
        return this.#monthToken(word.value);
      case "day":
        if (this.#fields.dayOfWeek !== undefined) return "failed";
        this.#fields.dayOfWeek = word.value;
        return "day";
      case "am":
      case "pm":
        return this.#setMark(word.kind) ? "skipped" : "failed";
      case "zone":
        if (this.#fields.zone !== undefined) return "failed";
        this.#fields.zone = 0n;
        this.#fields.zoneIsUtc = true;
        return "zone";
      case "era":
        return "era";
      case "ignored":
        return "skipped";
    }
  }

  #unknown(start: number): "skipped" | "failed" {
    const scanner = this.#scanner;
    if (scanner.isLetter()) {
      this.#failure = formatError(
        `The string '${this.#fields.text}' was not recognized as a valid DateTime. There is an unknown word starting at index '${start}'.`,
      );
      return "failed";
    }
    if (this.#fields.zone === undefined) {
      const minutes = scanner.zoneOffset();
      if (minutes !== undefined) {
        this.#fields.zone = BigInt(minutes) * TICKS_PER_MINUTE;
        return "skipped";
      }
    }
    // Zero characters behind the date are no part of it.
    if (!/^\0+$/.test(scanner.text.slice(scanner.at))) return "failed";
    scanner.at = scanner.text.length;
    return "skipped";
  }

  #setMark(mark: "am" | "pm"): boolean {
    if (this.#mark !== undefined) return false;
    this.#mark = mark;
    return true;
  }

  #monthToken(month: number): Token | "failed" {
    if (this.#month !== undefined) return "failed";
    this.#month = month;
    const separator = this.#separator("M");
    return separator === "end" || separator === "space" || separator === "date"
      ? (`M${TOKEN_ENDS[separator]}` as Token)
      : "failed";
  }

  #numberToken(number: NumberToken): Token | "failed" | "iso" {
    if (this.#numbers.length === 3 || number.value < 0 || !this.#afterTimeNumber()) return "failed";
    return number.isYear ? this.#yearToken(number.value) : this.#shortToken(number.value);
  }

  /** A number that ends a time may carry a fraction and an offset. */
  #afterTimeNumber(): boolean {
    if (this.#state !== "n:" && this.#state !== "n:n:") return true;
    const scanner = this.#scanner;
    const { length } = scanner.text;
    if (this.#state === "n:n:" && scanner.at < length - 1 && scanner.current === ".") {
      this.#fields.fraction = scanner.fraction() ?? this.#fields.fraction;
    }
    return scanner.at >= length - 1 || this.#offset();
  }

  /** Reads an offset if one follows; false when it makes no sense. */
  #offset(): boolean {
    const scanner = this.#scanner;
    const before = scanner.at;
    scanner.skipWhite();
    if (scanner.current !== "+" && scanner.current !== "-") {
      scanner.at = before;
      return true;
    }
    const minutes = this.#fields.zone === undefined ? scanner.zoneOffset() : undefined;
    if (minutes === undefined) return false;
    this.#fields.zone = BigInt(minutes) * TICKS_PER_MINUTE;
    return true;
  }

  #yearToken(year: number): Token | "failed" {
    if (this.#year !== undefined) return "failed";
    this.#year = year;
    const separator = this.#separator("Y");
    switch (separator) {
      case "end":
      case "space":
      case "date":
        return `Y${TOKEN_ENDS[separator]}` as Token;
      case "am":
      case "pm":
        return this.#setMark(separator) ? "Y " : "failed";
      default:
        return "failed";
    }
  }

  #shortToken(value: number): Token | "failed" | "iso" {
    const state = this.#state;
    const separator = this.#separator("n");
    if (separator === "timeMark") {
      this.#numbers.push(value);
      return state === "Y n/" || state === "Y n " ? "iso" : "failed";
    }
    if (separator === "am" || separator === "pm") {
      if (!this.#setMark(separator)) return "failed";
      // "1/10 5 AM": the date ends before the hour.
      if (state === "n/n " && !this.#complete("D_NN")) return "failed";
      this.#numbers.push(value);
      return (state === "n:" || state === "n:n:") && !this.#offset() ? "failed" : "na";
    }
    this.#numbers.push(value);
    return `n${TOKEN_ENDS[separator]}` as Token;
  }

  /** A minus sign separates parts of a date unless the date is complete: then it belongs to an offset and is left. */
  #separator(what: "n" | "Y" | "M"): Separator {
    const before = this.#scanner.at;
    const separator = this.#scanner.separator();
    if (separator !== "dateOrOffset") return separator;
    const offset = next(this.#state, `${what}/`) === undefined && isCompletion(next(this.#state, `${what} `));
    if (!offset) return "date";
    this.#scanner.at = before;
    return "space";
  }

  // ---- Complete dates and times ----

  #complete(part: Completion): boolean {
    const numbers = this.#numbers;
    this.#numbers = [];
    return part.startsWith("T_") ? this.#time(numbers, part) : this.#date(part, numbers);
  }

  #time(numbers: number[], part: Completion): boolean {
    if (this.#hasTime || (part === "T_N" && this.#mark === undefined)) return false;
    this.#hasTime = true;
    const fields = this.#fields;
    fields.hour = numbers[0];
    if (part !== "T_N") fields.minute = numbers[1];
    if (part === "T_NNN") fields.second = numbers[2];
    return true;
  }

  #date(part: Completion, [first, second, third]: number[]): boolean {
    if (this.#hasDate) return false;
    const { date: order, dayFirst, yearFirst } = this.#orders;
    const month = this.#month as number;
    const year = this.#year as number;
    // A number beside a month's name is its day, except where that is not the order of days and could be the one of years.
    if (part === "D_MN" || part === "D_NM") {
      const isYear = part === "D_MN" ? dayFirst && !yearFirst : !dayFirst && yearFirst;
      if (isYear) return this.#setDate(fourDigitYear(first), month, 1);
      return this.#setDate(this.#fields.useCurrentYear(), month, first);
    }
    this.#hasDate = true;
    switch (part) {
      case "D_NN": {
        const current = this.#fields.useCurrentYear();
        return dayFirst ? this.#setDate(current, second, first) : this.#setDate(current, first, second);
      }
      case "D_NNN":
        return this.#threeNumbers(order, first, second, third);
      case "D_MNN": {
        const dayThenYear = () => this.#setDate(fourDigitYear(second), month, first);
        const yearThenDay = () => this.#setDate(fourDigitYear(first), month, second);
        return order === "YMD" ? yearThenDay() || dayThenYear() : dayThenYear() || yearThenDay();
      }
      case "D_YNN":
        return order === "YDM" ? this.#setDate(year, second, first) : this.#setDate(year, first, second);
      case "D_NNY":
        return order === "MDY" || order === "YMD"
          ? this.#setDate(year, first, second)
          : this.#setDate(year, second, first);
      case "D_YMN":
        return this.#setDate(year, month, first);
      case "D_YN":
        return this.#setDate(year, first, 1);
      default:
        return this.#setDate(year, month, 1);
    }
  }

  #threeNumbers(order: string, first: number, second: number, third: number): boolean {
    switch (order) {
      case "YMD":
        return this.#setDate(fourDigitYear(first), second, third);
      case "DMY":
        return this.#setDate(fourDigitYear(third), second, first);
      case "YDM":
        return this.#setDate(fourDigitYear(first), third, second);
      default:
        return this.#setDate(fourDigitYear(third), first, second);
    }
  }

  #setDate(year: number, month: number, day: number): boolean {
    if (!isValidDate(year, month, day)) return false;
    Object.assign(this.#fields, { year, month, day });
    return true;
  }

  #applyMark(): boolean {
    const fields = this.#fields;
    if (this.#mark === "am") {
      if (fields.hour > 12) return false;
      if (fields.hour === 12) fields.hour = 0;
    } else if (this.#mark === "pm") {
      if (fields.hour > 23) return false;
      if (fields.hour < 12) fields.hour += 12;
    }
    return true;
  }

  /** What follows the T of `2024-01-02T`: `03:04[:05[.678]][zone]`. */
  #isoTime(): DateOutcome {
    const fields = this.#fields;
    const scanner = this.#scanner;
    const match = /^\s*(\d\d)\s*:\s*(\d\d)\s*(?::\s*(\d\d)(?=(\.?))|)/.exec(scanner.text.slice(scanner.at));
    if (!match) return fields.bad();
    scanner.at += match[0].length;
    [fields.hour, fields.minute, fields.second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
    if (match[4]) {
      const fraction = scanner.fraction();
      if (fraction === undefined) return fields.bad();
      fields.fraction = fraction;
    }
    scanner.skipWhite();
    if (scanner.current === "Z" || scanner.current === "z") {
      scanner.at++;
      fields.zone = 0n;
      fields.zoneIsUtc = true;
    } else if (!this.#offset()) {
      return fields.bad();
    }
    if (!/^\s*\0*$/.test(scanner.text.slice(scanner.at))) return fields.bad();
    [fields.month, fields.day] = this.#numbers;
    fields.year = this.#year;
    return fields.finish();
  }
}
