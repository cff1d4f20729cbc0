/**
 * DateTime.ToString and DateTimeOffset.ToString: standard and custom formats by the conventions of a culture.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-date-and-time-format-strings
 */
import { dateOf, type DateOfTicks, TICKS_PER_DAY, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { type DateConventions, type DatePatterns, INVARIANT_DATES } from "./date-conventions.ts";
import { badFormat } from "./date-errors.ts";
import { fractionDigits, padded, readQuoted, runLength } from "./format-pattern.ts";

/** What is formatted. */
export interface FormattedDate {
  /** Clock time. */
  readonly ticks: bigint;
  /** Distance from UTC, for the specifier z. */
  readonly offset: () => bigint;
  /** What K stands for: nothing, Z, or the offset. */
  readonly zone: "none" | "utc" | "offset";
  /** The same moment in UTC; only formats of a DateTimeOffset convert (r, u), and U of a DateTime. */
  readonly utcTicks: () => bigint;
  readonly isOffset: boolean;
}

/** Standard formats that are the same in every culture; they are written in the invariant one. */
const FIXED: Readonly<Record<string, string>> = {
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
};

const BY_CULTURE: Readonly<Record<string, (patterns: DatePatterns) => string>> = {
  d: (p) => p.shortDate,
  D: (p) => p.longDate,
  f: (p) => `${p.longDate} ${p.shortTime}`,
  F: (p) => p.fullDateTime,
  g: (p) => `${p.shortDate} ${p.shortTime}`,
  G: (p) => `${p.shortDate} ${p.longTime}`,
  m: (p) => p.monthDay,
  M: (p) => p.monthDay,
  t: (p) => p.shortTime,
  T: (p) => p.longTime,
  U: (p) => p.fullDateTime,
  y: (p) => p.yearMonth,
  Y: (p) => p.yearMonth,
};

/** The custom format that a standard format stands for. Throws FormatException. */
export function standardPattern(format: string, culture: DateConventions = INVARIANT_DATES): string {
  if (Object.hasOwn(FIXED, format)) return FIXED[format];
  if (!Object.hasOwn(BY_CULTURE, format)) throw badFormat();
  return BY_CULTURE[format](culture.patterns);
}

/** A standard format that is the same in every culture. */
export function isFixedFormat(format: string): boolean {
  return Object.hasOwn(FIXED, format);
}

export function formatDate(
  date: FormattedDate,
  format: string | null,
  culture: DateConventions = INVARIANT_DATES,
): string {
  if (format === null || format === "") {
    const pattern = standardPattern("G", culture) + (date.isOffset ? " zzz" : "");
    return new DateText(date, date.ticks, culture).write(pattern);
  }
  if (format.length > 1) return new DateText(date, date.ticks, culture).write(format);
  if (format === "U" && date.isOffset) throw badFormat();
  const universal = format === "U" || (date.isOffset && (format === "r" || format === "R" || format === "u"));
  const pattern = standardPattern(format, culture);
  const written = isFixedFormat(format) ? INVARIANT_DATES : culture;
  return new DateText(date, universal ? date.utcTicks() : date.ticks, written).write(pattern);
}

/** Writes one date by a format. */
class DateText {
  readonly #date: FormattedDate;
  readonly #ticks: bigint;
  readonly #culture: DateConventions;
  readonly #day: DateOfTicks;
  /** Since midnight. */
  readonly #seconds: number;
  #text = "";

  constructor(date: FormattedDate, ticks: bigint, culture: DateConventions) {
    this.#date = date;
    this.#ticks = ticks;
    this.#culture = culture;
    this.#day = dateOf(ticks);
    this.#seconds = Number((ticks % TICKS_PER_DAY) / TICKS_PER_SECOND);
  }

  /** @param format a custom format */
  write(format: string): string {
    for (let at = 0; at < format.length; ) {
      const specifier = format[at];
      if (specifier === "'" || specifier === '"') {
        const quoted = readQuoted(format, at);
        this.#text += quoted.text;
        at += quoted.length;
      } else if (specifier === "\\") {
        if (at + 1 >= format.length) throw badFormat();
        this.#text += format[at + 1];
        at += 2;
      } else if (specifier === "%") {
        if (at + 1 >= format.length || format[at + 1] === "%") throw badFormat();
        this.#field(format[at + 1], 1);
        at += 2;
      } else if (specifier === "M" && runLength(format, at) > 2) {
        const length = runLength(format, at);
        this.#text += this.#monthName(length === 3, standsBesideDay(format, at, length));
        at += length;
      } else {
        const length = "dfFghHKmMstyz".includes(specifier) ? (specifier === "K" ? 1 : runLength(format, at)) : 1;
        this.#field(specifier, length);
        at += length;
      }
    }
    return this.#text;
  }

  #monthName(short: boolean, genitive: boolean): string {
    const { monthNames, shortMonthNames, genitiveMonthNames, shortGenitiveMonthNames } = this.#culture;
    const names = genitive
      ? short
        ? shortGenitiveMonthNames
        : genitiveMonthNames
      : short
        ? shortMonthNames
        : monthNames;
    return names[this.#day.month - 1];
  }

  #field(specifier: string, length: number): void {
    if (specifier === "f" || specifier === "F") this.#fraction(specifier, length);
    else this.#text += this.#fieldText(specifier, length);
  }

  #fieldText(specifier: string, length: number): string {
    switch (specifier) {
      case "d":
      case "M":
      case "y":
        return this.#dateField(specifier, length);
      case "h":
      case "H":
      case "m":
      case "s":
      case "t":
        return this.#timeField(specifier, length);
      case "g":
        return this.#culture.era;
      case "/":
        return this.#culture.dateSeparator;
      case ":":
        return this.#culture.timeSeparator;
      case "z":
        return zoneText(this.#date.offset(), length);
      case "K":
        return this.#date.zone === "none" ? "" : this.#date.zone === "utc" ? "Z" : zoneText(this.#date.offset(), 3);
      default:
        return specifier;
    }
  }

  #dateField(specifier: string, length: number): string {
    const { year, month, day, dayOfWeek } = this.#day;
    if (specifier === "y") return length <= 2 ? padded(year % 100, length) : padded(year, length);
    if (length <= 2) return padded(specifier === "d" ? day : month, length);
    return (length === 3 ? this.#culture.shortDayNames : this.#culture.dayNames)[dayOfWeek];
  }

  #timeField(specifier: string, length: number): string {
    const second = this.#seconds;
    const hour = Math.floor(second / 3600);
    const width = Math.min(length, 2);
    switch (specifier) {
      case "h":
        return padded(hour % 12 === 0 ? 12 : hour % 12, width);
      case "H":
        return padded(hour, width);
      case "m":
        return padded(Math.floor(second / 60) % 60, width);
      case "s":
        return padded(second % 60, width);
      default:
        return timeMark(hour < 12 ? this.#culture.am : this.#culture.pm, width);
    }
  }

  /** `F` drops zeros at the end, and a point before nothing. */
  #fraction(specifier: string, length: number): void {
    if (length > 7) throw badFormat();
    const digits = fractionDigits(this.#ticks % TICKS_PER_SECOND, length);
    const shown = specifier === "F" ? digits.replace(/0+$/, "") : digits;
    if (shown === "" && this.#text.endsWith(".")) this.#text = this.#text.slice(0, -1);
    this.#text += shown;
  }
}

/** `t` is the first character of the designator. */
function timeMark(designator: string, length: number): string {
  return length === 1 ? designator.slice(0, 1) : designator;
}

/** Is the month name at a place of a format next to a day of the month, `d` or `dd`? Then it takes the genitive. */
function standsBesideDay(format: string, at: number, length: number): boolean {
  let before = at - 1;
  while (before >= 0 && format[before] !== "d") before--;
  if (before >= 0) {
    let count = 1;
    while (before - count >= 0 && format[before - count] === "d") count++;
    if (count <= 2) return true;
  }
  const after = format.indexOf("d", at + length);
  return after >= 0 && runLength(format, after) <= 2;
}

/** `+2`, `+02`, `+02:00` by the number of letters. */
export function zoneText(offset: bigint, length: number): string {
  const minutes = Number((offset < 0n ? -offset : offset) / TICKS_PER_MINUTE);
  const hours = padded(Math.floor(minutes / 60), length === 1 ? 1 : 2);
  return `${offset < 0n ? "-" : "+"}${hours}${length >= 3 ? `:${padded(minutes % 60, 2)}` : ""}`;
}
