/** The Gregorian calendar on ticks: 100 ns since 0001-01-01T00:00:00. */

export const TICKS_PER_MICROSECOND = 10n;
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 600_000_000n;
export const TICKS_PER_HOUR = 36_000_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** 9999-12-31T23:59:59.9999999 */
export const MAX_TICKS = 3_155_378_975_999_999_999n;
/** 1970-01-01 */
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Does the calendar have that day, in years 1 to 9999? */
export function isValidDate(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

export function isValidTime(hour: number, minute: number, second: number): boolean {
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

/** Days since 0001-01-01 of a valid date. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  const years = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return years + DAYS_BEFORE_MONTH[month - 1] + leapDay + day - 1;
}

/** Ticks of midnight of a valid date. */
export function dateTicks(year: number, month: number, day: number): bigint {
  return BigInt(dayNumber(year, month, day)) * TICKS_PER_DAY;
}

/** Ticks since midnight of a valid time. */
export function timeTicks(hour: number, minute: number, second: number): bigint {
  return BigInt(hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND;
}

export interface DateOfTicks {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 to 366 */
  readonly dayOfYear: number;
  /** 0 is Sunday. */
  readonly dayOfWeek: number;
}

/** The date that ticks fall on. */
export function dateOf(ticks: bigint): DateOfTicks {
  const days = Number(ticks / TICKS_PER_DAY);
  // 400 years have 146,097 days, 100 years 36,524, 4 years 1,461; the last of each longer period is a day longer.
  const [periods400, in400] = divide(days, 146_097);
  const centuries = Math.min(3, Math.floor(in400 / 36_524));
  const [periods4, in4] = divide(in400 - centuries * 36_524, 1_461);
  const years = Math.min(3, Math.floor(in4 / 365));
  const year = periods400 * 400 + centuries * 100 + periods4 * 4 + years + 1;
  const dayOfYear = in4 - years * 365 + 1;
  let month = 1;
  let day = dayOfYear;
  while (day > daysInMonth(year, month)) day -= daysInMonth(year, month++);
  return { year, month, day, dayOfYear, dayOfWeek: (days + 1) % 7 };
}

function divide(value: number, by: number): [quotient: number, rest: number] {
  const quotient = Math.floor(value / by);
  return [quotient, value - quotient * by];
}
