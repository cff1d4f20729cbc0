/**
 * DateTime.ToString and DateTimeOffset.ToString: standard and custom formats, invariant culture.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-date-and-time-format-strings
 */
import { dateOf, type DateOfTicks, TICKS_PER_DAY, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { badFormat } from "./date-errors.ts";
import { fractionDigits, padded, readQuoted, runLength } from "./format-pattern.ts";

export const DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
export const MONTH_NAMES = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

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

const STANDARD: Readonly<Record<string, string>> = {
  d: "MM/dd/yyyy",
  D: "dddd, dd MMMM yyyy",
  f: "dddd, dd MMMM yyyy HH:mm",
  F: "dddd, dd MMMM yyyy HH:mm:ss",
  g: "MM/dd/yyyy HH:mm",
  G: "MM/dd/yyyy HH:mm:ss",
  m: "MMMM dd",
  M: "MMMM dd",
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss.fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: "HH:mm",
  T: "HH:mm:ss",
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: "dddd, dd MMMM yyyy HH:mm:ss",
  y: "yyyy MMMM",
  Y: "yyyy MMMM",
};

/** The custom format that a standard format stands for. Throws FormatException. */
export function standardPattern(format: string): string {
  if (!Object.hasOwn(STANDARD, format)) throw badFormat();
  return STANDARD[format];
}

export function formatDate(date: FormattedDate, format: string | null): string {
  if (format === null || format === "")
    return new DateText(date, date.ticks).write(date.isOffset ? "MM/dd/yyyy HH:mm:ss zzz" : "G");
  if (format.length > 1) return new DateText(date, date.ticks).write(format);
  if (format === "U" && date.isOffset) throw badFormat();
  const universal = format === "U" || (date.isOffset && (format === "r" || format === "R" || format === "u"));
  return new DateText(date, universal ? date.utcTicks() : date.ticks).write(format);
}

/** Writes one date by a format. */
class DateText {
  readonly #date: FormattedDate;
  readonly #ticks: bigint;
  readonly #day: DateOfTicks;
  /** Since midnight. */
  readonly #seconds: number;
  #text = "";

  constructor(date: FormattedDate, ticks: bigint) {
    this.#date = date;
    this.#ticks = ticks;
    this.#day = dateOf(ticks);
    this.#seconds = Number((ticks % TICKS_PER_DAY) / TICKS_PER_SECOND);
  }

  write(format: string): string {
    this.#custom(format.length === 1 ? standardPattern(format) : format);
    return this.#text;
  }

  #custom(format: string): void {
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
      } else {
        const length = "dfFghHKmMstyz".includes(specifier) ? (specifier === "K" ? 1 : runLength(format, at)) : 1;
        this.#field(specifier, length);
        at += length;
      }
    }
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
        return "A.D.";
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
    const name = specifier === "d" ? DAY_NAMES[dayOfWeek] : MONTH_NAMES[month - 1];
    return length === 3 ? name.slice(0, 3) : name;
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
        return (hour < 12 ? "AM" : "PM").slice(0, width);
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

/** `+2`, `+02`, `+02:00` by the number of letters. */
export function zoneText(offset: bigint, length: number): string {
  const minutes = Number((offset < 0n ? -offset : offset) / TICKS_PER_MINUTE);
  const hours = padded(Math.floor(minutes / 60), length === 1 ? 1 : 2);
  return `${offset < 0n ? "-" : "+"}${hours}${length >= 3 ? `:${padded(minutes % 60, 2)}` : ""}`;
}
