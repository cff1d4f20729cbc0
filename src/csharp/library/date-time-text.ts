/** DateTime.ToString, Parse, ParseExact and their Try forms. */
import { CsException, type CsArray, type Ref, strings } from "../runtime/values.ts";
import { parseDate } from "./date-parse.ts";
import { parseDateExact, parseDateExactAny } from "./date-parse-exact.ts";
import { type DateOutcome, DateTimeStyles } from "./date-parse-result.ts";
import { DateTime } from "./date-time.ts";
import { INVARIANT_DATES } from "./date-conventions.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, formatError } from "./exceptions-thrown.ts";
import { datesOf } from "./format-provider.ts";

const TYPE = "System.DateTime";

implement(TYPE, {
  "ToString()": (self: DateTime) => self.toText(),
  "ToString(string)": (self: DateTime, format: string | null) => self.format(format),
  "ToString(string,IFormatProvider)": (self: DateTime, format: string | null, provider: unknown) =>
    self.format(format, provider),
  "ToString(IFormatProvider)": (self: DateTime, provider: unknown) => self.format(null, provider),
  "ToShortDateString()": (self: DateTime) => self.format("d"),
  "ToLongDateString()": (self: DateTime) => self.format("D"),
  "ToShortTimeString()": (self: DateTime) => self.format("t"),
  "ToLongTimeString()": (self: DateTime) => self.format("T"),
  "GetDateTimeFormats()": (self: DateTime) => allFormats(self, "dDfFgGmMoOrRstTuUyY"),
  "GetDateTimeFormats(IFormatProvider)": (self: DateTime, provider: unknown) =>
    allFormats(self, "dDfFgGmMoOrRstTuUyY", provider),
  "GetDateTimeFormats(char)": (self: DateTime, format: number) => allFormats(self, String.fromCharCode(format)),
  "GetDateTimeFormats(char,IFormatProvider)": (self: DateTime, format: number, provider: unknown) =>
    allFormats(self, String.fromCharCode(format), provider),
});

const SHORT_DATES = ["MM/dd/yyyy", "yyyy-MM-dd"];
const LONG_DATES = ["dddd, dd MMMM yyyy"];
const SHORT_TIMES = ["HH:mm", "hh:mm tt", "H:mm", "h:mm tt"];
const LONG_TIMES = ["HH:mm:ss", "hh:mm:ss tt", "H:mm:ss", "h:mm:ss tt"];

function both(dates: readonly string[], times: readonly string[]): string[] {
  return dates.flatMap((date) => times.map((time) => `${date} ${time}`));
}

/** All patterns of the invariant culture that go by a standard format; of other cultures only the first is known. */
const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  d: SHORT_DATES,
  D: LONG_DATES,
  f: both(LONG_DATES, SHORT_TIMES),
  F: both(LONG_DATES, LONG_TIMES),
  g: both(SHORT_DATES, SHORT_TIMES),
  G: both(SHORT_DATES, LONG_TIMES),
  t: SHORT_TIMES,
  T: LONG_TIMES,
  U: both(LONG_DATES, LONG_TIMES),
};

function allFormats(date: DateTime, formats: string, provider: unknown = null): CsArray {
  const isInvariant = datesOf(provider) === INVARIANT_DATES;
  const texts = formats.split("").flatMap((format) => {
    if (!isInvariant || !Object.hasOwn(PATTERNS, format)) return [date.format(format, provider)];
    const shown = format === "U" ? date.toUniversal() : date;
    return PATTERNS[format].map((pattern) => shown.format(pattern));
  });
  if (texts.length === 0) throw formatError("Input string was not in a correct format.");
  return strings(texts);
}

/** Throws ArgumentException for styles that contradict each other. */
export function checkStyles(styles: number, parameter: string): void {
  if ((styles & ~255) !== 0) throw argument("An undefined DateTimeStyles value is being used.", parameter);
  const { AdjustToUniversal, AssumeLocal, AssumeUniversal, RoundtripKind } = DateTimeStyles;
  if ((styles & AssumeLocal) !== 0 && (styles & AssumeUniversal) !== 0) {
    throw argument("The DateTimeStyles values AssumeLocal and AssumeUniversal cannot be used together.", parameter);
  }
  if ((styles & RoundtripKind) !== 0 && (styles & (AssumeLocal | AssumeUniversal | AdjustToUniversal)) !== 0) {
    throw argument(
      "The DateTimeStyles value RoundtripKind cannot be used with the values AssumeLocal, AssumeUniversal or AdjustToUniversal.",
      parameter,
    );
  }
}

/** The outcome as a DateTime; throws what it failed with. */
function required(outcome: DateOutcome): DateTime {
  if (outcome instanceof CsException) throw outcome;
  return new DateTime(outcome.ticks, outcome.kind);
}

function tried(outcome: DateOutcome | null, result: Ref): boolean {
  const failed = outcome === null || outcome instanceof CsException;
  result.v = failed ? DateTime.minValue : required(outcome);
  return !failed;
}

function parse(text: string | null, provider: unknown = null, styles = 0): DateTime {
  checkStyles(styles, "styles");
  if (text === null) throw argumentNull("s");
  return required(parseDate(text, styles, false, datesOf(provider)));
}

function tryParse(text: string | null, provider: unknown, styles: number, result: Ref): boolean {
  checkStyles(styles, "styles");
  return tried(text === null ? null : parseDate(text, styles, false, datesOf(provider)), result);
}

function exactly(text: string, format: string | CsArray, provider: unknown, styles: number): DateOutcome {
  return typeof format === "string"
    ? parseDateExact(text, format, styles, false, datesOf(provider))
    : parseDateExactAny(text, format.items, styles, false, datesOf(provider));
}

type Format = string | CsArray | null;

function parseExact(text: string | null, format: Format, provider: unknown, styles = 0): DateTime {
  checkStyles(styles, "style");
  if (text === null) throw argumentNull("s");
  if (format === null) throw argumentNull("format");
  return required(exactly(text, format, provider, styles));
}

function tryParseExact(text: string | null, format: Format, provider: unknown, styles: number, result: Ref): boolean {
  checkStyles(styles, "style");
  return tried(text === null || format === null ? null : exactly(text, format, provider, styles), result);
}

implement(TYPE, {
  "Parse(*)": parse,
  "TryParse(string,DateTime&)": (text: string | null, result: Ref) => tryParse(text, null, 0, result),
  "TryParse(string,IFormatProvider,DateTime&)": (text: string | null, provider: unknown, result: Ref) =>
    tryParse(text, provider, 0, result),
  "TryParse(string,IFormatProvider,DateTimeStyles,DateTime&)": tryParse,
  "ParseExact(*)": parseExact,
  "TryParseExact(*)": tryParseExact,
});
