/**
 * Time zones made by policies: TimeZoneInfo.CreateCustomTimeZone with its AdjustmentRule and TransitionTime.
 * https://learn.microsoft.com/dotnet/standard/datetime/create-time-zones-with-adjustment-rules
 */
import { structDefault } from "../runtime/default-value.ts";
import { type CsArray, CsException, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { dateOf, dateTicks, daysInMonth, TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE } from "./calendar.ts";
import { DateTime } from "./date-time.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, notSupported } from "./exceptions-thrown.ts";
import { TimeSpan } from "./time-span.ts";
import { TimeZoneInfo } from "./time-zone-info.ts";
import type { ZoneRules } from "./zone-rules.ts";

const INFO = "System.TimeZoneInfo";

/** When clocks change: on a date, or on a day of the week in a week of a month (5 is the last). */
export class TransitionTime extends CsObject {
  readonly timeOfDay: bigint;
  readonly month: number;
  /** 0 for a fixed date. */
  readonly week: number;
  readonly day: number;
  readonly dayOfWeek: number;

  constructor(timeOfDay: bigint, month: number, week: number, day: number, dayOfWeek: number) {
    super();
    this.timeOfDay = timeOfDay;
    this.month = month;
    this.week = week;
    this.day = day;
    this.dayOfWeek = dayOfWeek;
  }

  override get type(): Type {
    return type(`${INFO}+TransitionTime`);
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof TransitionTime &&
      other.timeOfDay === this.timeOfDay &&
      other.month === this.month &&
      other.week === this.week &&
      other.day === this.day &&
      other.dayOfWeek === this.dayOfWeek
    );
  }

  override hash(): number {
    return this.month ^ (this.week << 8);
  }

  /** Clock time of the change in a year. */
  in(year: number): bigint {
    const last = daysInMonth(year, this.month);
    if (this.week === 0) return dateTicks(year, this.month, Math.min(this.day, last)) + this.timeOfDay;
    const first = dateTicks(year, this.month, 1);
    const day = 1 + ((this.dayOfWeek - dateOf(first).dayOfWeek + 7) % 7) + (this.week - 1) * 7;
    return dateTicks(year, this.month, day > last ? day - 7 : day) + this.timeOfDay;
  }
}

structDefault(`${INFO}+TransitionTime`, () => new TransitionTime(0n, 0, 0, 0, 0));

function checkTransition(timeOfDay: DateTime, month: number): void {
  if (timeOfDay.kind !== 0) {
    throw argument("The supplied DateTime must have the Kind property set to DateTimeKind.Unspecified.", "timeOfDay");
  }
  if (month < 1 || month > 12) {
    throw argumentOutOfRange("month", "The Month parameter must be in the range 1 through 12.");
  }
  if (timeOfDay.ticks >= TICKS_PER_DAY || timeOfDay.ticks % 10_000n !== 0n) {
    throw argument(
      "The supplied DateTime must have the Year, Month, and Day properties set to 1.  The time cannot be specified more precisely than whole milliseconds.",
      "timeOfDay",
    );
  }
}

implement(`${INFO}+TransitionTime`, {
  "CreateFixedDateRule(*)": (timeOfDay: DateTime, month: number, day: number) => {
    checkTransition(timeOfDay, month);
    if (day < 1 || day > 31) throw argumentOutOfRange("day", "The Day parameter must be in the range 1 through 31.");
    return new TransitionTime(timeOfDay.ticks, month, 0, day, 0);
  },
  "CreateFloatingDateRule(*)": (timeOfDay: DateTime, month: number, week: number, dayOfWeek: number) => {
    checkTransition(timeOfDay, month);
    if (week < 1 || week > 5) throw argumentOutOfRange("week", "The Week parameter must be in the range 1 through 5.");
    if (dayOfWeek < 0 || dayOfWeek > 6) {
      throw argumentOutOfRange("dayOfWeek", "The DayOfWeek enumeration must be in the range 0 through 6.");
    }
    return new TransitionTime(timeOfDay.ticks, month, week, 1, dayOfWeek);
  },
  TimeOfDay: (self: TransitionTime) => new DateTime(self.timeOfDay),
  Month: (self: TransitionTime) => self.month,
  Week: (self: TransitionTime) => Math.max(self.week, 1),
  Day: (self: TransitionTime) => self.day,
  DayOfWeek: (self: TransitionTime) => self.dayOfWeek,
  IsFixedDateRule: (self: TransitionTime) => self.week === 0,
  "Equals(TransitionTime)": (a: TransitionTime, b: TransitionTime) => a.equals(b),
  "op_Equality(*)": (a: TransitionTime, b: TransitionTime) => a.equals(b),
  "op_Inequality(*)": (a: TransitionTime, b: TransitionTime) => !a.equals(b),
});

/** Daylight saving time in a span of years. */
export class AdjustmentRule extends CsObject {
  readonly dateStart: DateTime;
  readonly dateEnd: DateTime;
  readonly daylightDelta: bigint;
  readonly start: TransitionTime;
  readonly end: TransitionTime;
  readonly baseDelta: bigint;

  constructor(
    dateStart: DateTime,
    dateEnd: DateTime,
    daylightDelta: bigint,
    start: TransitionTime,
    end: TransitionTime,
    baseDelta: bigint,
  ) {
    super();
    this.dateStart = dateStart;
    this.dateEnd = dateEnd;
    this.daylightDelta = daylightDelta;
    this.start = start;
    this.end = end;
    this.baseDelta = baseDelta;
  }

  override get type(): Type {
    return type(`${INFO}+AdjustmentRule`);
  }

  override equals(other: unknown): boolean {
    return (
      other instanceof AdjustmentRule &&
      other.dateStart.ticks === this.dateStart.ticks &&
      other.dateEnd.ticks === this.dateEnd.ticks &&
      other.daylightDelta === this.daylightDelta &&
      other.baseDelta === this.baseDelta &&
      other.start.equals(this.start) &&
      other.end.equals(this.end)
    );
  }

  override hash(): number {
    return this.dateStart.hash();
  }
}

/** Checks that an offset has whole minutes and lies within 14 hours. */
function checkOffset(offset: bigint, parameter: string): void {
  if (offset % TICKS_PER_MINUTE !== 0n) {
    throw argument("The TimeSpan parameter cannot be specified more precisely than whole minutes.", parameter);
  }
  if (offset < -14n * TICKS_PER_HOUR || offset > 14n * TICKS_PER_HOUR) {
    throw argumentOutOfRange(parameter, "The TimeSpan parameter must be within plus or minus 14.0 hours.");
  }
}

implement(`${INFO}+AdjustmentRule`, {
  "CreateAdjustmentRule(*)": (
    dateStart: DateTime,
    dateEnd: DateTime,
    delta: TimeSpan,
    start: TransitionTime,
    end: TransitionTime,
    baseDelta: TimeSpan = TimeSpan.zero,
  ) => {
    if (start.equals(end)) {
      throw argument(
        "The DaylightTransitionStart property must not equal the DaylightTransitionEnd property.",
        "daylightTransitionEnd",
      );
    }
    if (dateStart.ticks > dateEnd.ticks) {
      throw argument("The DateStart property must come before the DateEnd property.", "dateStart");
    }
    checkOffset(delta.ticks, "daylightDelta");
    return new AdjustmentRule(dateStart, dateEnd, delta.ticks, start, end, baseDelta.ticks);
  },
  DateStart: (self: AdjustmentRule) => self.dateStart,
  DateEnd: (self: AdjustmentRule) => self.dateEnd,
  DaylightDelta: (self: AdjustmentRule) => new TimeSpan(self.daylightDelta),
  DaylightTransitionStart: (self: AdjustmentRule) => self.start,
  DaylightTransitionEnd: (self: AdjustmentRule) => self.end,
  BaseUtcOffsetDelta: (self: AdjustmentRule) => new TimeSpan(self.baseDelta),
  "Equals(AdjustmentRule)": (self: AdjustmentRule, other: unknown) => self.equals(other),
});

/** Offsets by adjustment rules, at most one for each date. */
class CustomRules implements ZoneRules {
  readonly standardOffset: bigint;
  readonly adjustments: readonly AdjustmentRule[];

  constructor(standardOffset: bigint, adjustments: readonly AdjustmentRule[]) {
    this.standardOffset = standardOffset;
    this.adjustments = adjustments;
  }

  #ruleAt(utcTicks: bigint): AdjustmentRule | undefined {
    const clock = utcTicks + this.standardOffset;
    return this.adjustments.find(
      ({ dateStart, dateEnd }) => clock >= dateStart.ticks && clock < dateEnd.ticks - dateEnd.timeOfDay + TICKS_PER_DAY,
    );
  }

  offsetAt(utcTicks: bigint): bigint {
    const rule = this.#ruleAt(utcTicks);
    if (!rule) return this.standardOffset;
    return this.standardOffset + rule.baseDelta + (this.#inSummer(rule, utcTicks) ? rule.daylightDelta : 0n);
  }

  isDaylightAt(utcTicks: bigint): boolean {
    const rule = this.#ruleAt(utcTicks);
    return rule !== undefined && rule.daylightDelta !== 0n && this.#inSummer(rule, utcTicks);
  }

  /** The start counts in standard time, the end in daylight saving time; south of the equator the end comes first. */
  #inSummer(rule: AdjustmentRule, utcTicks: bigint): boolean {
    const standard = this.standardOffset + rule.baseDelta;
    const { year } = dateOf(utcTicks + standard);
    const start = rule.start.in(year) - standard;
    const end = rule.end.in(year) - standard - rule.daylightDelta;
    return start < end ? utcTicks >= start && utcTicks < end : utcTicks < end || utcTicks >= start;
  }
}

function create(
  id: string | null,
  offset: TimeSpan,
  display: string | null,
  standard: string | null,
  daylight: string | null = standard,
  rules: CsArray | null = null,
  disableDaylight = false,
): TimeZoneInfo {
  if (id === null) throw argumentNull("id");
  if (id === "") throw argument("The specified ID parameter '' is not supported.", "id");
  checkOffset(offset.ticks, "baseUtcOffset");
  const adjustments = disableDaylight ? [] : ((rules?.items ?? []) as AdjustmentRule[]);
  if ((rules?.items as unknown[] | undefined)?.includes(null)) {
    const message = "The AdjustmentRule array cannot contain null elements.";
    throw new CsException("System.InvalidTimeZoneException", message);
  }
  const names = { display: display ?? "", standard: standard ?? "", daylight: daylight ?? "" };
  return new TimeZoneInfo(id, new CustomRules(offset.ticks, adjustments), () => names, {
    supportsDaylight: () => adjustments.some((rule) => rule.daylightDelta !== 0n),
  });
}

implement(INFO, {
  "CreateCustomTimeZone(*)": create,
  "GetAdjustmentRules()": (self: TimeZoneInfo) => {
    if (self.rules instanceof CustomRules)
      return arrayFrom(type(`${INFO}+AdjustmentRule`), [...self.rules.adjustments]);
    if (!self.supportsDaylight()) return arrayFrom(type(`${INFO}+AdjustmentRule`), []);
    throw notSupported("The adjustment rules of system time zones are not available.");
  },
});
