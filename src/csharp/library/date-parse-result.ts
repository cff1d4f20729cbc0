/**
 * What both date parsers share: the fields found so far, and how they become a DateTime or DateTimeOffset: missing fields, two-digit
 * years, the day of week, time zones and DateTimeStyles.
 * https://learn.microsoft.com/dotnet/api/system.globalization.datetimestyles
 */
import { ambient } from "../runtime/ambient.ts";
import type { CsException } from "../runtime/values.ts";
import {
  dateOf,
  dateTicks,
  isValidDate,
  isValidTime,
  MAX_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  timeTicks,
} from "./calendar.ts";
import { dateTimeFromUnixMs, DateTimeKind } from "./date-time.ts";
import { formatError } from "./exceptions-thrown.ts";
import { localOffset, localRules } from "./zone-rules.ts";

/** System.Globalization.DateTimeStyles. */
export const DateTimeStyles = {
  None: 0,
  AllowLeadingWhite: 1,
  AllowTrailingWhite: 2,
  AllowInnerWhite: 4,
  NoCurrentDateDefault: 8,
  AdjustToUniversal: 16,
  AssumeLocal: 32,
  AssumeUniversal: 64,
  RoundtripKind: 128,
} as const;

/** A date that was read; `offset` counts for a DateTimeOffset only. */
export interface ParsedDate {
  readonly ticks: bigint;
  readonly kind: number;
  readonly offset: bigint;
}

/** The date, or why the text is none. */
export type DateOutcome = ParsedDate | CsException;

const MAX_OFFSET = 14n * TICKS_PER_HOUR;

/** The last year that two digits stand for. */
const TWO_DIGIT_YEAR_MAX = 2049;

export function fourDigitYear(year: number): number {
  if (year >= 100) return year;
  return year > TWO_DIGIT_YEAR_MAX % 100 ? 1900 + year : 2000 + year;
}

/** Math.Round: to even. */
export function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The fields of a date being read; undefined ones were not given. */
export class DateFields {
  readonly text: string;
  readonly styles: number;
  /** The result is a DateTimeOffset. */
  readonly wantsOffset: boolean;
  year: number | undefined;
  month: number | undefined;
  day: number | undefined;
  hour = 0;
  minute = 0;
  second = 0;
  /** Of a second, 0 to 1. */
  fraction = 0;
  dayOfWeek: number | undefined;
  /** Offset of the time zone in the text. */
  zone: bigint | undefined;
  /** The zone was given as Z or GMT. */
  zoneIsUtc = false;
  yearIsDefault = false;

  constructor(text: string, styles: number, wantsOffset: boolean) {
    this.text = text;
    this.styles = styles;
    this.wantsOffset = wantsOffset;
  }

  bad(): CsException {
    return formatError(`String '${this.text}' was not recognized as a valid DateTime.`);
  }

  badInCalendar(): CsException {
    return formatError(
      `The DateTime represented by the string '${this.text}' is not supported in calendar 'System.Globalization.GregorianCalendar'.`,
    );
  }

  has(style: number): boolean {
    return (this.styles & style) !== 0;
  }

  get isTimeOnly(): boolean {
    return this.year === undefined && this.month === undefined && this.day === undefined;
  }

  /** Clock time now, in the zone that the text is about. */
  now(): bigint {
    const { ticks } = dateTimeFromUnixMs(ambient().nowMs());
    if (this.wantsOffset && this.zone !== undefined) return ticks + this.zone;
    if (this.wantsOffset && this.has(DateTimeStyles.AssumeUniversal)) return ticks;
    return ticks + localRules().offsetAt(ticks);
  }

  useCurrentYear(): number {
    this.year = dateOf(this.now()).year;
    this.yearIsDefault = true;
    return this.year;
  }

  /** The result of all fields. */
  finish(): DateOutcome {
    const timeOnly = this.isTimeOnly;
    if (this.#isIncomplete()) {
      return formatError(
        `There must be at least a partial date with a year present in the input string '${this.text}'.`,
      );
    }
    const [year, month, day] = this.#completeDate();
    if (!isValidDate(year, month, day) || !isValidTime(this.hour, this.minute, this.second))
      return this.badInCalendar();
    const clock = dateTicks(year, month, day) + timeTicks(this.hour, this.minute, this.second);
    const ticks = clock + BigInt(roundToEven(this.fraction * 10_000_000));
    if (ticks > MAX_TICKS) return this.bad();
    if (this.dayOfWeek !== undefined && this.dayOfWeek !== dateOf(ticks).dayOfWeek) {
      return formatError(
        `String '${this.text}' was not recognized as a valid DateTime because the day of week was incorrect.`,
      );
    }
    return this.wantsOffset ? this.#withOffset(ticks) : this.#withKind(ticks, timeOnly);
  }

  /** A month or day without a year cannot be told apart from others when there is a zone. */
  #isIncomplete(): boolean {
    if (!this.wantsOffset || this.zone === undefined) return false;
    const partial = this.month !== undefined || this.day !== undefined;
    return partial && (this.year === undefined || this.yearIsDefault);
  }

  #completeDate(): [year: number, month: number, day: number] {
    if (this.isTimeOnly) {
      if (this.has(DateTimeStyles.NoCurrentDateDefault)) return [1, 1, 1];
      const { year, month, day } = dateOf(this.now());
      return [year, month, day];
    }
    return [this.year ?? dateOf(this.now()).year, this.month ?? 1, this.day ?? 1];
  }

  #offsetOutOfRange(): CsException {
    return formatError(`The time zone offset of string '${this.text}' must be within plus or minus 14 hours.`);
  }

  #withOffset(ticks: bigint): DateOutcome {
    const assumed = this.has(DateTimeStyles.AssumeUniversal) ? 0n : undefined;
    const offset = this.zone ?? assumed ?? localOffset(localRules(), ticks).offset;
    const utc = ticks - offset;
    if (utc < 0n || utc > MAX_TICKS) {
      return formatError(`The UTC representation of the date '${this.text}' falls outside the year range 1-9999.`);
    }
    if (offset < -MAX_OFFSET || offset > MAX_OFFSET) return this.#offsetOutOfRange();
    if (this.has(DateTimeStyles.AdjustToUniversal)) return { ticks: utc, kind: DateTimeKind.Unspecified, offset: 0n };
    return { ticks, kind: DateTimeKind.Unspecified, offset };
  }

  #withKind(ticks: bigint, timeOnly: boolean): DateOutcome {
    if (this.zone !== undefined && (this.zone < -MAX_OFFSET || this.zone > MAX_OFFSET)) return this.#offsetOutOfRange();
    const adjust = this.has(DateTimeStyles.AdjustToUniversal);
    if (this.zone === undefined) {
      const as = (kind: number) => ({ ticks, kind, offset: 0n });
      if (this.has(DateTimeStyles.AssumeLocal)) {
        if (!adjust) return as(DateTimeKind.Local);
        return this.#toUniversal(ticks, localOffset(localRules(), ticks).offset);
      }
      if (!this.has(DateTimeStyles.AssumeUniversal)) return as(DateTimeKind.Unspecified);
      return adjust ? as(DateTimeKind.Utc) : this.#toLocal(ticks, 0n, timeOnly);
    }
    if (this.has(DateTimeStyles.RoundtripKind) && this.zoneIsUtc) return { ticks, kind: DateTimeKind.Utc, offset: 0n };
    return adjust ? this.#toUniversal(ticks, this.zone) : this.#toLocal(ticks, this.zone, timeOnly);
  }

  #toUniversal(ticks: bigint, zone: bigint): DateOutcome {
    const utc = ticks - zone;
    return this.#inRange(utc < 0n ? utc + TICKS_PER_DAY : utc, DateTimeKind.Utc);
  }

  #toLocal(ticks: bigint, zone: bigint, timeOnly: boolean): DateOutcome {
    const rules = localRules();
    const utc = ticks - zone;
    if (ticks < TICKS_PER_DAY) {
      // A time without a date: today's offset counts.
      const local = utc + localOffset(rules, timeOnly ? this.now() : ticks).offset;
      return this.#inRange(local < 0n ? local + TICKS_PER_DAY : local, DateTimeKind.Local);
    }
    const outside = utc < 0n || utc > MAX_TICKS;
    return this.#inRange(utc + (outside ? localOffset(rules, ticks).offset : rules.offsetAt(utc)), DateTimeKind.Local);
  }

  #inRange(ticks: bigint, kind: number): DateOutcome {
    if (ticks < 0n || ticks > MAX_TICKS) {
      return formatError(`The DateTime represented by the string '${this.text}' is out of range.`);
    }
    return { ticks, kind, offset: 0n };
  }
}
