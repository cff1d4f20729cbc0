/**
 * Dates inside JSON strings, as Json.NET finds and writes them: ISO 8601 with a time (`2024-01-02T03:04:05.120Z`) and Microsoft's
 * `/Date(1700000000000)/`. A date with an offset becomes local time; the local time zone is UTC.
 */

export const DateKind = { Unspecified: 0, Utc: 1, Local: 2 } as const;
export type DateKind = (typeof DateKind)[keyof typeof DateKind];

/** A DateTime in parts: 100 ns ticks since year 1, and its Kind. */
export interface DateParts {
  readonly ticks: bigint;
  readonly kind: DateKind;
}

const TICKS_PER_MILLISECOND = 10_000n;
const TICKS_PER_DAY = 864_000_000_000n;
const EPOCH_TICKS = 621_355_968_000_000_000n;
const MAX_TICKS = 3_155_378_975_999_999_999n;

const iso = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/;
const microsoft = /^\/Date\((-?\d+)(?:[+-]\d{1,4})?\)\/$/;

/** The date that a JSON string stands for; undefined when it is just a string. */
export function readJsonDate(text: string): DateParts | undefined {
  if (text.charCodeAt(0) === 47) return readMicrosoftDate(text);
  if (text.length < 19 || text.length > 40 || text.charCodeAt(10) !== 84) return undefined;
  return readIsoDate(text);
}

function readIsoDate(text: string): DateParts | undefined {
  const match = iso.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(match[i]));
  const fraction = Number((match[7] ?? "").padEnd(7, "0"));
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second + fraction > 0)) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const ticks = EPOCH_TICKS + BigInt(date.getTime()) * TICKS_PER_MILLISECOND + BigInt(fraction);
  if (ticks > MAX_TICKS) return undefined;
  if (match[8] !== undefined) return { ticks, kind: DateKind.Utc };
  if (match[9] === undefined) return { ticks, kind: DateKind.Unspecified };
  const offset = BigInt(Number(match[10]) * 60 + Number(match[11] ?? 0)) * 60_000n * TICKS_PER_MILLISECOND;
  return { ticks: clamp(match[9] === "+" ? ticks - offset : ticks + offset), kind: DateKind.Local };
}

function clamp(ticks: bigint): bigint {
  if (ticks < 0n) return 0n;
  return ticks > MAX_TICKS ? MAX_TICKS : ticks;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

function readMicrosoftDate(text: string): DateParts | undefined {
  const match = microsoft.exec(text);
  if (!match || match[1].length > 19) return undefined;
  const ticks = EPOCH_TICKS + BigInt(match[1]) * TICKS_PER_MILLISECOND;
  if (ticks < 0n || ticks > MAX_TICKS) return undefined;
  const offset = /[+-]/.test(text.slice(7));
  return { ticks, kind: offset ? DateKind.Local : DateKind.Utc };
}

/** `2024-01-02T03:04:05.12Z`: no zone when unspecified, `+00:00` when local. */
export function writeJsonDate(date: DateParts): string {
  const zone = date.kind === DateKind.Utc ? "Z" : date.kind === DateKind.Local ? "+00:00" : "";
  return writeIsoTime(date.ticks) + zone;
}

function writeIsoTime(ticks: bigint): string {
  const date = new Date(Number((ticks - EPOCH_TICKS - (ticks % TICKS_PER_MILLISECOND)) / TICKS_PER_MILLISECOND));
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  const day = `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const fraction = (ticks % TICKS_PER_DAY) % 10_000_000n;
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(7, "0").replace(/0+$/, "")}`;
  return `${day}T${time}${digits}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
