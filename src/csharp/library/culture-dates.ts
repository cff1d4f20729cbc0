/**
 * Date conventions of cultures, read off what ICU writes: a pattern is a formatted date with its fields put back. .NET takes them from
 * the same data. Calendar and digits are always the Gregorian and the Latin ones.
 */
import type { DateConventions, DatePatterns } from "./date-conventions.ts";

type Parts = readonly Intl.DateTimeFormatPart[];

/** A Sunday in the first half of the day; its month, day and hour have one digit. */
const MORNING = new Date(Date.UTC(2023, 2, 5, 9, 7, 8));
const EVENING = new Date(Date.UTC(2023, 2, 5, 21, 7, 8));
const DAY_MS = 86_400_000;

/** @param locale name of a culture that Intl knows */
export function dateConventions(locale: string): DateConventions {
  const patterns = patternsOf(locale);
  const days = (weekday: "long" | "short" | "narrow") =>
    Array.from({ length: 7 }, (_, i) =>
      field(locale, { weekday }, new Date(MORNING.getTime() + i * DAY_MS), "weekday"),
    );
  const months = (name: (firstOfMonth: Date) => string) => [
    ...Array.from({ length: 12 }, (_, i) => name(new Date(Date.UTC(2023, i, 1)))),
    "",
  ];
  const alone = (month: "long" | "short") => (date: Date) => formatter(locale, { month }).format(date);
  const besideDay = (month: "long" | "short") => (date: Date) => {
    const name = field(locale, { month, day: "numeric" }, date, "month");
    return /^\d+$/.test(name) ? alone(month)(date) : name;
  };
  const mark = (date: Date) => field(locale, { hour: "numeric", hour12: true }, date, "dayPeriod");
  return {
    dayNames: days("long"),
    shortDayNames: days("short"),
    shortestDayNames: days("short"),
    monthNames: months(alone("long")),
    shortMonthNames: months(alone("short")),
    genitiveMonthNames: months(besideDay("long")),
    shortGenitiveMonthNames: months(besideDay("short")),
    am: mark(MORNING),
    pm: mark(EVENING),
    era: field(locale, { year: "numeric", era: "short" }, MORNING, "era"),
    dateSeparator: separatorIn(patterns.shortDate, /[dMy]((?:'[^']*'|[^dMy'])+)[dMy]/, "/"),
    timeSeparator: separatorIn(patterns.longTime, /[hHms]((?:'[^']*'|[^hHms'])+)[hHms]/, ":"),
    firstDayOfWeek: firstDay(locale),
    patterns,
  };
}

function patternsOf(locale: string): DatePatterns {
  const pattern = (options: Intl.DateTimeFormatOptions) => patternOf(locale, options);
  const longDate = pattern({ dateStyle: "full" });
  const longTime = pattern({ timeStyle: "medium" });
  return {
    shortDate: fourDigitYear(pattern({ dateStyle: "short" })),
    longDate,
    shortTime: pattern({ timeStyle: "short" }),
    longTime,
    fullDateTime: `${longDate} ${longTime}`,
    monthDay: pattern({ month: "long", day: "numeric" }),
    yearMonth: pattern({ year: "numeric", month: "long" }),
  };
}

/** The short date always shows the whole year. */
function fourDigitYear(pattern: string): string {
  return pattern.replace(/y+/, "yyyy");
}

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", calendar: "gregory", numberingSystem: "latn", ...options });
}

function field(
  locale: string,
  options: Intl.DateTimeFormatOptions,
  date: Date,
  type: Intl.DateTimeFormatPartTypes,
): string {
  return (
    formatter(locale, options)
      .formatToParts(date)
      .find((part) => part.type === type)?.value ?? ""
  );
}

function patternOf(locale: string, options: Intl.DateTimeFormatOptions): string {
  const format = formatter(locale, options);
  const hour = format.resolvedOptions().hourCycle === "h12" || format.resolvedOptions().hourCycle === "h11" ? "h" : "H";
  const parts = format.formatToParts(MORNING);
  return parts.map((part, i) => (part.type === "literal" ? literal(parts, i) : specifier(part, hour))).join("");
}

function specifier({ type, value }: Intl.DateTimeFormatPart, hour: string): string {
  const digits = /^\d+$/.test(value) ? value.length : 0;
  switch (type) {
    case "year":
      return digits === 2 ? "yy" : "yyyy";
    case "month":
      return digits === 0 ? "MMMM" : "M".repeat(digits);
    case "day":
      return "d".repeat(digits);
    case "weekday":
      return "dddd";
    case "hour":
      return hour.repeat(digits);
    case "minute":
      return "mm";
    case "second":
      return "ss";
    case "dayPeriod":
      return "tt";
    case "era":
      return "g";
    default:
      return "";
  }
}

/** Letters of a literal are quoted. CLDR has a narrow blank beside AM and PM, which the engine replaces by a space. */
function literal(parts: Parts, at: number): string {
  const { value } = parts[at];
  const besideMark = parts[at - 1]?.type === "dayPeriod" || parts[at + 1]?.type === "dayPeriod";
  const text = besideMark ? value.replaceAll(" ", "\u202f") : value;
  return text.replace(/[\p{L}.']*\p{L}[\p{L}.']*/gu, (word) => `'${word.replaceAll("'", "\\'")}'`);
}

function separatorIn(pattern: string, between: RegExp, otherwise: string): string {
  return between.exec(pattern)?.[1].replaceAll("'", "") ?? otherwise;
}

function firstDay(locale: string): number {
  const info = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?(): { firstDay: number } };
  return (info.getWeekInfo?.().firstDay ?? 1) % 7;
}
