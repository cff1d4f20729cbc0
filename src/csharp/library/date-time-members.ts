/** Members of System.DateTime: construction, parts, arithmetic, comparison. Text is in date-time-text.ts. */
import type { Ref } from "../runtime/values.ts";
import {
  dateOf,
  dateTicks,
  daysInMonth,
  isLeap,
  isValidDate,
  MAX_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MICROSECOND,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from "./calendar.ts";
import { outOfRange, UNREPRESENTABLE } from "./date-errors.ts";
import { DateTime, DateTimeKind } from "./date-time.ts";
import { implement } from "./define.ts";
import { argument, argumentOutOfRange, overflow } from "./exceptions-thrown.ts";
import { compareTicks, TimeSpan } from "./time-span.ts";
import { isDaylight, localRules } from "./zone-rules.ts";

const TYPE = "System.DateTime";

/** year, month, day[, hour, minute, second[, millisecond[, microsecond]]] and kind. */
export function fromParts(parts: readonly number[], kind: number = DateTimeKind.Unspecified): DateTime {
  const [year, month, day, hour, minute, second, millisecond = 0, microsecond = 0] = parts;
  const date = DateTime.of(year, month, day, hour, minute, second, kind);
  checkThousand(millisecond, "millisecond");
  checkThousand(microsecond, "microsecond");
  const ticks = BigInt(millisecond) * TICKS_PER_MILLISECOND + BigInt(microsecond) * TICKS_PER_MICROSECOND;
  return new DateTime(date.ticks + ticks, kind);
}

function checkThousand(value: number, parameter: string): void {
  if (value < 0 || value > 999) {
    throw argumentOutOfRange(parameter, "Valid values are between 0 and 999, inclusive.");
  }
}

/** From ticks. Throws ArgumentOutOfRangeException. */
export function fromTicks(ticks: bigint, kind: number = DateTimeKind.Unspecified): DateTime {
  if (ticks < 0n || ticks > MAX_TICKS) {
    throw argumentOutOfRange("ticks", "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.");
  }
  return new DateTime(ticks).withKind(kind);
}

const plain = (...parts: number[]) => fromParts(parts);
const withKind = (...parts: number[]) => fromParts(parts.slice(0, -1), parts.at(-1));
/** The calendar is always the Gregorian one. */
const withCalendar = (...parts: unknown[]) => fromParts(parts.slice(0, -1) as number[]);
const withCalendarAndKind = (...parts: unknown[]) => fromParts(parts.slice(0, -2) as number[], parts.at(-1) as number);

const INTS = (count: number) => Array(count).fill("int").join(",");

implement(TYPE, {
  "new(long)": (ticks: bigint) => fromTicks(ticks),
  "new(long,DateTimeKind)": fromTicks,
  [`new(${INTS(3)})`]: plain,
  [`new(${INTS(6)})`]: plain,
  [`new(${INTS(7)})`]: plain,
  [`new(${INTS(8)})`]: plain,
  [`new(${INTS(6)},DateTimeKind)`]: withKind,
  [`new(${INTS(7)},DateTimeKind)`]: withKind,
  [`new(${INTS(8)},DateTimeKind)`]: withKind,
  [`new(${INTS(3)},Calendar)`]: withCalendar,
  [`new(${INTS(6)},Calendar)`]: withCalendar,
  [`new(${INTS(7)},Calendar)`]: withCalendar,
  [`new(${INTS(8)},Calendar)`]: withCalendar,
  [`new(${INTS(7)},Calendar,DateTimeKind)`]: withCalendarAndKind,
  [`new(${INTS(8)},Calendar,DateTimeKind)`]: withCalendarAndKind,
  MinValue: () => DateTime.minValue,
  MaxValue: () => DateTime.maxValue,
  UnixEpoch: () => DateTime.unixEpoch,
  UtcNow: () => DateTime.utcNow(),
  Now: () => DateTime.now(),
  Today: () => midnight(DateTime.now()),
});

function midnight(date: DateTime): DateTime {
  return new DateTime(date.ticks - date.timeOfDay, date.kind);
}

/** A part of the time of day. */
function timePart(ticksPerUnit: bigint, modulus: bigint) {
  return (self: DateTime) => Number((self.ticks / ticksPerUnit) % modulus);
}

implement(TYPE, {
  Ticks: (self: DateTime) => self.ticks,
  Kind: (self: DateTime) => self.kind,
  Date: midnight,
  TimeOfDay: (self: DateTime) => new TimeSpan(self.timeOfDay),
  Year: (self: DateTime) => dateOf(self.ticks).year,
  Month: (self: DateTime) => dateOf(self.ticks).month,
  Day: (self: DateTime) => dateOf(self.ticks).day,
  DayOfYear: (self: DateTime) => dateOf(self.ticks).dayOfYear,
  DayOfWeek: (self: DateTime) => dateOf(self.ticks).dayOfWeek,
  Hour: timePart(TICKS_PER_HOUR, 24n),
  Minute: timePart(TICKS_PER_MINUTE, 60n),
  Second: timePart(TICKS_PER_SECOND, 60n),
  Millisecond: timePart(TICKS_PER_MILLISECOND, 1000n),
  Microsecond: timePart(TICKS_PER_MICROSECOND, 1000n),
  Nanosecond: (self: DateTime) => Number(self.ticks % 10n) * 100,
  "Deconstruct(int&,int&,int&)": (self: DateTime, year: Ref, month: Ref, day: Ref) => {
    ({ year: year.v, month: month.v, day: day.v } = dateOf(self.ticks));
  },
  "GetTypeCode()": () => 16,
  "DaysInMonth(int,int)": (year: number, month: number) => {
    if (month < 1 || month > 12) throw argumentOutOfRange("month", "Month must be between one and twelve.");
    checkYear(year);
    return daysInMonth(year, month);
  },
  "IsLeapYear(int)": (year: number) => {
    checkYear(year);
    return isLeap(year);
  },
});

function checkYear(year: number): void {
  if (year < 1 || year > 9999) throw argumentOutOfRange("year", "Year must be between 1 and 9999.");
}

// Arithmetic

/** AddDays and the like: whole units and the fraction apart, which keeps them exact; the fraction is cut to ticks. */
export function addUnits(date: DateTime, value: number, ticksPerUnit: bigint): DateTime {
  if (Math.abs(value) > Number(MAX_TICKS / ticksPerUnit)) {
    throw argumentOutOfRange("value", "Value to add was out of range.");
  }
  if (Number.isNaN(value)) throw argumentOutOfRange("value", UNREPRESENTABLE);
  const whole = Math.trunc(value);
  const rest = Math.trunc((value - whole) * Number(ticksPerUnit));
  return date.plus(BigInt(whole) * ticksPerUnit + BigInt(rest));
}

function adding(ticksPerUnit: bigint) {
  return (self: DateTime, value: number) => addUnits(self, value, ticksPerUnit);
}

/** The day is cut to the last one of the month. */
export function addMonths(date: DateTime, months: number): DateTime {
  if (months < -120_000 || months > 120_000) {
    throw argumentOutOfRange("months", "Months value must be between +/-120000.");
  }
  return shiftMonths(date, months, "months");
}

export function addYears(date: DateTime, years: number): DateTime {
  if (years < -10_000 || years > 10_000) throw argumentOutOfRange("years", "Years value must be between +/-10000.");
  return shiftMonths(date, years * 12, "value");
}

function shiftMonths(date: DateTime, months: number, parameter: string): DateTime {
  const from = dateOf(date.ticks);
  const index = from.year * 12 + from.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  if (!isValidDate(year, month, 1)) throw argumentOutOfRange(parameter, UNREPRESENTABLE);
  const day = Math.min(from.day, daysInMonth(year, month));
  return new DateTime(dateTicks(year, month, day) + date.timeOfDay, date.kind);
}

const difference = (a: DateTime, b: DateTime) => new TimeSpan(a.ticks - b.ticks);
const equal = (a: DateTime, b: DateTime) => a.ticks === b.ticks;
const compare = (a: DateTime, b: DateTime) => compareTicks(a.ticks, b.ticks);

implement(TYPE, {
  "Add(TimeSpan)": (self: DateTime, span: TimeSpan) => self.plus(span.ticks),
  "Subtract(TimeSpan)": (self: DateTime, span: TimeSpan) => self.plus(-span.ticks),
  "Subtract(DateTime)": difference,
  "AddTicks(long)": (self: DateTime, ticks: bigint) => self.plus(ticks),
  "AddDays(double)": adding(TICKS_PER_DAY),
  "AddHours(double)": adding(TICKS_PER_HOUR),
  "AddMinutes(double)": adding(TICKS_PER_MINUTE),
  "AddSeconds(double)": adding(TICKS_PER_SECOND),
  "AddMilliseconds(double)": adding(TICKS_PER_MILLISECOND),
  "AddMicroseconds(double)": adding(TICKS_PER_MICROSECOND),
  "AddMonths(int)": addMonths,
  "AddYears(int)": addYears,
  "op_Addition(*)": (date: DateTime, span: TimeSpan) => date.plus(span.ticks, "t"),
  "op_Subtraction(DateTime,TimeSpan)": (date: DateTime, span: TimeSpan) => date.plus(-span.ticks, "t"),
  "op_Subtraction(DateTime,DateTime)": difference,
  "op_Equality(*)": equal,
  "op_Inequality(*)": (a: DateTime, b: DateTime) => a.ticks !== b.ticks,
  "op_LessThan(*)": (a: DateTime, b: DateTime) => a.ticks < b.ticks,
  "op_LessThanOrEqual(*)": (a: DateTime, b: DateTime) => a.ticks <= b.ticks,
  "op_GreaterThan(*)": (a: DateTime, b: DateTime) => a.ticks > b.ticks,
  "op_GreaterThanOrEqual(*)": (a: DateTime, b: DateTime) => a.ticks >= b.ticks,
  "Compare(DateTime,DateTime)": compare,
  "CompareTo(DateTime)": compare,
  "Equals(DateTime)": equal,
  "Equals(DateTime,DateTime)": equal,
});

// Kinds and other counts of time
implement(TYPE, {
  "SpecifyKind(*)": (date: DateTime, kind: number) => date.withKind(kind),
  "ToLocalTime()": (self: DateTime) => self.toLocal(),
  "ToUniversalTime()": (self: DateTime) => self.toUniversal(),
  "IsDaylightSavingTime()": (self: DateTime) => self.kind !== DateTimeKind.Utc && isDaylight(localRules(), self.ticks),
  "ToFileTime()": (self: DateTime) => toFileTime(self.toUniversal()),
  "ToFileTimeUtc()": (self: DateTime) => toFileTime(self.kind === DateTimeKind.Local ? self.toUniversal() : self),
  "FromFileTime(long)": (time: bigint) => fromFileTime(time).toLocal(),
  "FromFileTimeUtc(long)": fromFileTime,
  "ToBinary()": toBinary,
  "FromBinary(long)": fromBinary,
  "ToOADate()": toOaDate,
  "FromOADate(double)": fromOaDate,
});

/** 1601-01-01 */
const FILE_TIME_EPOCH = 504_911_232_000_000_000n;

/** Ticks since 1601 of a UTC time. */
export function toFileTime(utc: DateTime): bigint {
  const time = utc.ticks - FILE_TIME_EPOCH;
  if (time < 0n) throw outOfRange("Not a valid Win32 FileTime.");
  return time;
}

export function fromFileTime(time: bigint): DateTime {
  if (time < 0n || time > MAX_TICKS - FILE_TIME_EPOCH) {
    throw argumentOutOfRange("fileTime", "Not a valid Win32 FileTime.");
  }
  return new DateTime(time + FILE_TIME_EPOCH, DateTimeKind.Utc);
}

const TICKS_BITS = 62n;
const BINARY_RANGE = 2n ** TICKS_BITS;

/** Ticks in 62 bits and the kind above them; a local time is stored as UTC. */
function toBinary(date: DateTime): bigint {
  const ticks = date.kind === DateTimeKind.Local ? date.ticks - date.offset : date.ticks;
  const stored = ticks < 0n ? ticks + BINARY_RANGE : ticks;
  return BigInt.asIntN(64, (BigInt(date.kind) << TICKS_BITS) | stored);
}

function fromBinary(data: bigint): DateTime {
  const bits = BigInt.asUintN(64, data);
  const kind = Number(bits >> TICKS_BITS);
  const stored = bits & (BINARY_RANGE - 1n);
  const ticks = stored > BINARY_RANGE - TICKS_PER_DAY ? stored - BINARY_RANGE : stored;
  if (kind < 2) {
    if (ticks < 0n || ticks > MAX_TICKS) throw badBinary();
    return new DateTime(ticks, kind);
  }
  const local = ticks + localRules().offsetAt(ticks);
  if (local < 0n || local > MAX_TICKS) throw badBinary();
  return new DateTime(local, DateTimeKind.Local);
}

function badBinary() {
  return argument(
    "The binary data must result in a DateTime with ticks between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.",
    "dateData",
  );
}

// OLE automation dates: days since 1899-12-30 with the time as fraction, which counts forward for negative days too.
const OA_EPOCH = dateTicks(1899, 12, 30);
const MS_PER_DAY = 86_400_000;

function toOaDate(date: DateTime): number {
  if (date.ticks === 0n) return 0;
  const ticks = date.ticks < TICKS_PER_DAY ? date.ticks + OA_EPOCH : date.ticks;
  if (ticks < dateTicks(100, 1, 1)) throw overflow("Not a legal OleAut date.");
  const ms = Number((ticks - OA_EPOCH) / TICKS_PER_MILLISECOND);
  const fraction = ms < 0 ? ms % MS_PER_DAY : 0;
  return (fraction === 0 ? ms : ms - (MS_PER_DAY + fraction) * 2) / MS_PER_DAY;
}

function fromOaDate(days: number): DateTime {
  if (!(days < 2_958_466 && days > -657_435)) throw argument("Not a legal OleAut date.");
  let ms = Math.trunc(days * MS_PER_DAY + (days >= 0 ? 0.5 : -0.5));
  if (ms < 0) ms -= (ms % MS_PER_DAY) * 2;
  return new DateTime(BigInt(ms) * TICKS_PER_MILLISECOND + OA_EPOCH);
}
