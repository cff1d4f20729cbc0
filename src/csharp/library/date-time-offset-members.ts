/** Members of System.DateTimeOffset. */
import { CsException, type CsArray, type Ref } from "../runtime/values.ts";
import {
  dateOf,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MICROSECOND,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  UNIX_EPOCH_TICKS,
} from "./calendar.ts";
import { parseDate } from "./date-parse.ts";
import { parseDateExact, parseDateExactAny } from "./date-parse-exact.ts";
import { type DateOutcome, DateTimeStyles } from "./date-parse-result.ts";
import { DateTime, DateTimeKind } from "./date-time.ts";
import { addMonths, addUnits, addYears, fromFileTime, fromParts, fromTicks, toFileTime } from "./date-time-members.ts";
import { DateTimeOffset } from "./date-time-offset.ts";
import { checkStyles } from "./date-time-text.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { datesOf } from "./format-provider.ts";
import { compareTicks, TimeSpan } from "./time-span.ts";

const TYPE = "System.DateTimeOffset";

const ofParts = (...parts: unknown[]) =>
  DateTimeOffset.of(fromParts(parts.slice(0, -1) as number[]).ticks, (parts.at(-1) as TimeSpan).ticks);
/** The calendar is always the Gregorian one. */
const ofPartsInCalendar = (...parts: unknown[]) => ofParts(...parts.slice(0, -2), parts.at(-1));

const INTS = (count: number) => Array(count).fill("int").join(",");

implement(TYPE, {
  "new(DateTime)": (date: DateTime) => DateTimeOffset.fromDateTime(date),
  "new(DateTime,TimeSpan)": (date: DateTime, offset: TimeSpan) => {
    if (date.kind === DateTimeKind.Local && offset.ticks !== date.offset) {
      throw argument("The UTC Offset of the local dateTime parameter does not match the offset argument.", "offset");
    }
    if (date.kind === DateTimeKind.Utc && offset.ticks !== 0n) {
      throw argument("The UTC Offset for Utc DateTime instances must be 0.", "offset");
    }
    return DateTimeOffset.of(date.ticks, offset.ticks);
  },
  "new(long,TimeSpan)": (ticks: bigint, offset: TimeSpan) => DateTimeOffset.of(fromTicks(ticks).ticks, offset.ticks),
  [`new(${INTS(6)},TimeSpan)`]: ofParts,
  [`new(${INTS(7)},TimeSpan)`]: ofParts,
  [`new(${INTS(8)},TimeSpan)`]: ofParts,
  [`new(${INTS(7)},Calendar,TimeSpan)`]: ofPartsInCalendar,
  [`new(${INTS(8)},Calendar,TimeSpan)`]: ofPartsInCalendar,
  MinValue: () => DateTimeOffset.minValue,
  MaxValue: () => DateTimeOffset.maxValue,
  UnixEpoch: () => DateTimeOffset.unixEpoch,
  UtcNow: () => DateTimeOffset.utcNow(),
  Now: () => DateTimeOffset.utcNow().toLocal(),
  "op_Implicit(DateTime):DateTimeOffset": (date: DateTime) => DateTimeOffset.fromDateTime(date),
});

function timePart(ticksPerUnit: bigint, modulus: bigint) {
  return (self: DateTimeOffset) => Number((self.ticks / ticksPerUnit) % modulus);
}

implement(TYPE, {
  Ticks: (self: DateTimeOffset) => self.ticks,
  UtcTicks: (self: DateTimeOffset) => self.utcTicks,
  Offset: (self: DateTimeOffset) => new TimeSpan(self.offset),
  TotalOffsetMinutes: (self: DateTimeOffset) => Number(self.offset / TICKS_PER_MINUTE),
  DateTime: (self: DateTimeOffset) => self.clock,
  UtcDateTime: (self: DateTimeOffset) => self.utc,
  LocalDateTime: (self: DateTimeOffset) => self.utc.toLocal(),
  Date: (self: DateTimeOffset) => new DateTime(self.ticks - (self.ticks % TICKS_PER_DAY)),
  TimeOfDay: (self: DateTimeOffset) => new TimeSpan(self.ticks % TICKS_PER_DAY),
  Year: (self: DateTimeOffset) => dateOf(self.ticks).year,
  Month: (self: DateTimeOffset) => dateOf(self.ticks).month,
  Day: (self: DateTimeOffset) => dateOf(self.ticks).day,
  DayOfYear: (self: DateTimeOffset) => dateOf(self.ticks).dayOfYear,
  DayOfWeek: (self: DateTimeOffset) => dateOf(self.ticks).dayOfWeek,
  Hour: timePart(TICKS_PER_HOUR, 24n),
  Minute: timePart(TICKS_PER_MINUTE, 60n),
  Second: timePart(TICKS_PER_SECOND, 60n),
  Millisecond: timePart(TICKS_PER_MILLISECOND, 1000n),
  Microsecond: timePart(TICKS_PER_MICROSECOND, 1000n),
  Nanosecond: (self: DateTimeOffset) => Number(self.ticks % 10n) * 100,
  "ToOffset(TimeSpan)": (self: DateTimeOffset, offset: TimeSpan) => self.at(offset.ticks),
  "ToUniversalTime()": (self: DateTimeOffset) => new DateTimeOffset(self.utcTicks, 0n),
  "ToLocalTime()": (self: DateTimeOffset) => self.toLocal(),
});

// Unix and file times
const UNIX_EPOCH_SECONDS = UNIX_EPOCH_TICKS / TICKS_PER_SECOND;
const UNIX_EPOCH_MS = UNIX_EPOCH_TICKS / TICKS_PER_MILLISECOND;

/** `FromUnixTime...`: that many units of so many ticks since 1970. */
function fromUnix(ticksPerUnit: bigint, parameter: string) {
  const least = -(UNIX_EPOCH_TICKS / ticksPerUnit);
  const most = (DateTimeOffset.maxValue.ticks - UNIX_EPOCH_TICKS) / ticksPerUnit;
  return (value: bigint) => {
    if (value < least || value > most) {
      throw argumentOutOfRange(parameter, `Valid values are between ${least} and ${most}, inclusive.`);
    }
    return new DateTimeOffset(UNIX_EPOCH_TICKS + value * ticksPerUnit, 0n);
  };
}

implement(TYPE, {
  "FromUnixTimeSeconds(long)": fromUnix(TICKS_PER_SECOND, "seconds"),
  "FromUnixTimeMilliseconds(long)": fromUnix(TICKS_PER_MILLISECOND, "milliseconds"),
  "ToUnixTimeSeconds()": (self: DateTimeOffset) => self.utcTicks / TICKS_PER_SECOND - UNIX_EPOCH_SECONDS,
  "ToUnixTimeMilliseconds()": (self: DateTimeOffset) => self.utcTicks / TICKS_PER_MILLISECOND - UNIX_EPOCH_MS,
  "FromFileTime(long)": (time: bigint) => DateTimeOffset.fromDateTime(fromFileTime(time).toLocal()),
  "ToFileTime()": (self: DateTimeOffset) => toFileTime(self.utc),
});

// Arithmetic and comparison

/** Applies a change of the clock time; the offset stays. */
function shifted(self: DateTimeOffset, change: (clock: DateTime) => DateTime): DateTimeOffset {
  return DateTimeOffset.of(change(self.clock).ticks, self.offset);
}

function adding(ticksPerUnit: bigint) {
  return (self: DateTimeOffset, value: number) => shifted(self, (clock) => addUnits(clock, value, ticksPerUnit));
}

const add = (self: DateTimeOffset, span: TimeSpan) => shifted(self, (clock) => clock.plus(span.ticks));
const subtract = (self: DateTimeOffset, span: TimeSpan) => shifted(self, (clock) => clock.plus(-span.ticks));
const difference = (a: DateTimeOffset, b: DateTimeOffset) => new TimeSpan(a.utcTicks - b.utcTicks);
const equal = (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks === b.utcTicks;
const compare = (a: DateTimeOffset, b: DateTimeOffset) => compareTicks(a.utcTicks, b.utcTicks);

implement(TYPE, {
  "Add(TimeSpan)": add,
  "Subtract(TimeSpan)": subtract,
  "Subtract(DateTimeOffset)": difference,
  "AddTicks(long)": (self: DateTimeOffset, ticks: bigint) => shifted(self, (clock) => clock.plus(ticks)),
  "AddDays(double)": adding(TICKS_PER_DAY),
  "AddHours(double)": adding(TICKS_PER_HOUR),
  "AddMinutes(double)": adding(TICKS_PER_MINUTE),
  "AddSeconds(double)": adding(TICKS_PER_SECOND),
  "AddMilliseconds(double)": adding(TICKS_PER_MILLISECOND),
  "AddMicroseconds(double)": adding(TICKS_PER_MICROSECOND),
  "AddMonths(int)": (self: DateTimeOffset, months: number) => shifted(self, (clock) => addMonths(clock, months)),
  "AddYears(int)": (self: DateTimeOffset, years: number) => shifted(self, (clock) => addYears(clock, years)),
  "op_Addition(*)": add,
  "op_Subtraction(DateTimeOffset,TimeSpan)": subtract,
  "op_Subtraction(DateTimeOffset,DateTimeOffset)": difference,
  "op_Equality(*)": equal,
  "op_Inequality(*)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks !== b.utcTicks,
  "op_LessThan(*)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks < b.utcTicks,
  "op_LessThanOrEqual(*)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks <= b.utcTicks,
  "op_GreaterThan(*)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks > b.utcTicks,
  "op_GreaterThanOrEqual(*)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks >= b.utcTicks,
  "Compare(DateTimeOffset,DateTimeOffset)": compare,
  "CompareTo(DateTimeOffset)": compare,
  "Equals(DateTimeOffset)": equal,
  "Equals(DateTimeOffset,DateTimeOffset)": equal,
  "EqualsExact(DateTimeOffset)": (a: DateTimeOffset, b: DateTimeOffset) => a.ticks === b.ticks && a.offset === b.offset,
});

// Text
implement(TYPE, {
  "ToString()": (self: DateTimeOffset) => self.toText(),
  "ToString(string)": (self: DateTimeOffset, format: string | null) => self.format(format),
  "ToString(string,IFormatProvider)": (self: DateTimeOffset, format: string | null, provider: unknown) =>
    self.format(format, provider),
  "ToString(IFormatProvider)": (self: DateTimeOffset, provider: unknown) => self.format(null, provider),
});

/** Checks styles and drops those without a meaning here. */
function validStyles(styles: number, parameter = "styles"): number {
  checkStyles(styles, parameter);
  if ((styles & DateTimeStyles.NoCurrentDateDefault) !== 0) {
    throw argument(
      "The DateTimeStyles value 'NoCurrentDateDefault' is not allowed when parsing DateTimeOffset.",
      parameter,
    );
  }
  return styles & ~(DateTimeStyles.RoundtripKind | DateTimeStyles.AssumeLocal);
}

function required(outcome: DateOutcome): DateTimeOffset {
  if (outcome instanceof CsException) throw outcome;
  return new DateTimeOffset(outcome.ticks, outcome.offset);
}

function tried(outcome: DateOutcome | null, result: Ref): boolean {
  const failed = outcome === null || outcome instanceof CsException;
  result.v = failed ? DateTimeOffset.minValue : required(outcome);
  return !failed;
}

function parse(text: string | null, provider: unknown = null, styles = 0): DateTimeOffset {
  const valid = validStyles(styles);
  if (text === null) throw argumentNull("input");
  return required(parseDate(text, valid, true, datesOf(provider)));
}

function tryParse(text: string | null, provider: unknown, styles: number, result: Ref): boolean {
  const valid = validStyles(styles);
  return tried(text === null ? null : parseDate(text, valid, true, datesOf(provider)), result);
}

type Format = string | CsArray | null;

function exactly(text: string, format: string | CsArray, provider: unknown, styles: number): DateOutcome {
  return typeof format === "string"
    ? parseDateExact(text, format, styles, true, datesOf(provider))
    : parseDateExactAny(text, format.items, styles, true, datesOf(provider));
}

implement(TYPE, {
  "Parse(*)": parse,
  "TryParse(string,DateTimeOffset&)": (text: string | null, result: Ref) => tryParse(text, null, 0, result),
  "TryParse(string,IFormatProvider,DateTimeOffset&)": (text: string | null, provider: unknown, result: Ref) =>
    tryParse(text, provider, 0, result),
  "TryParse(string,IFormatProvider,DateTimeStyles,DateTimeOffset&)": tryParse,
  "ParseExact(*)": (text: string | null, format: Format, provider: unknown, styles = 0) => {
    const valid = validStyles(styles);
    if (text === null) throw argumentNull("input");
    if (format === null) throw argumentNull("format");
    return required(exactly(text, format, provider, valid));
  },
  "TryParseExact(*)": (text: string | null, format: Format, provider: unknown, styles: number, result: Ref) => {
    const valid = validStyles(styles);
    return tried(text === null || format === null ? null : exactly(text, format, provider, valid), result);
  },
});
