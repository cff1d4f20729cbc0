/** Offsets of time zones from UTC at any moment: from the ICU data of the runtime, or fixed. */
import { ambient } from "../runtime/ambient.ts";
import {
  dateOf,
  dateTicks,
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  UNIX_EPOCH_TICKS,
} from "./calendar.ts";

/** A time zone as a function of time. Offsets are in ticks, positive east of Greenwich. */
export interface ZoneRules {
  /** Offset at a moment given in UTC ticks. */
  offsetAt(utcTicks: bigint): bigint;
  /** Is daylight saving time in force at a moment given in UTC ticks? */
  isDaylightAt(utcTicks: bigint): boolean;
  /** Offset without daylight saving time, as of now. */
  readonly standardOffset: bigint;
}

/** How a clock time relates to UTC. */
export interface LocalOffset {
  /** Of an ambiguous or skipped time: that of standard time. */
  readonly offset: bigint;
  /** Both offsets of a time that occurs twice, the smaller first. */
  readonly ambiguous?: readonly [bigint, bigint];
  /** The clock skips this time. */
  readonly invalid?: boolean;
}

/** Offset of a clock time. */
export function localOffset(rules: ZoneRules, localTicks: bigint): LocalOffset {
  const before = rules.offsetAt(localTicks - TICKS_PER_DAY);
  const after = rules.offsetAt(localTicks + TICKS_PER_DAY);
  if (before === after) return { offset: before };
  const fits = [before, after].filter((offset) => rules.offsetAt(localTicks - offset) === offset);
  if (fits.length === 1) return { offset: fits[0] };
  if (fits.length === 0) return { offset: before, invalid: true };
  const [low, high] = before < after ? [before, after] : [after, before];
  return { offset: low, ambiguous: [low, high] };
}

/** Is this clock time one of daylight saving? An ambiguous one is not. */
export function isDaylight(rules: ZoneRules, localTicks: bigint): boolean {
  const { offset, invalid } = localOffset(rules, localTicks);
  return !invalid && rules.isDaylightAt(localTicks - offset);
}

export const utcRules: ZoneRules = { offsetAt: () => 0n, isDaylightAt: () => false, standardOffset: 0n };

class IanaRules implements ZoneRules {
  readonly #format: Intl.DateTimeFormat;
  #standard: bigint | undefined;

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  get standardOffset(): bigint {
    this.#standard ??= this.#standardIn(new Date(ambient().nowMs()).getUTCFullYear());
    return this.#standard;
  }

  /** The smaller of a year's offsets in January and July. */
  #standardIn(year: number): bigint {
    const [january, july] = [1, 7].map((month) => this.offsetAt(dateTicks(year, month, 1)));
    if (january < july) return january;
    return july;
  }

  /** The offset is larger than the smaller one of January and July of that year. */
  isDaylightAt(utcTicks: bigint): boolean {
    return this.offsetAt(utcTicks) > this.#standardIn(dateOf(utcTicks).year);
  }

  offsetAt(utcTicks: bigint): bigint {
    const ms = Number((utcTicks - UNIX_EPOCH_TICKS) / TICKS_PER_MILLISECOND);
    const whole = ms - (((ms % 1000) + 1000) % 1000);
    const parts = new Map(this.#format.formatToParts(whole).map((part) => [part.type, part.value]));
    const field = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
    const local = new Date(0);
    local.setUTCFullYear(
      parts.get("era") === "BC" ? 1 - field("year") : field("year"),
      field("month") - 1,
      field("day"),
    );
    local.setUTCHours(field("hour"), field("minute"), field("second"));
    // .NET knows no seconds in offsets.
    return BigInt(Math.trunc((local.getTime() - whole) / 60_000)) * TICKS_PER_MINUTE;
  }
}

/** Names that are UTC whatever the ICU data call them. */
const UTC_NAMES = new Set([
  "UTC",
  "Etc/UTC",
  "Etc/UCT",
  "Etc/Universal",
  "Etc/Zulu",
  "UCT",
  "Universal",
  "Zulu",
  "Etc/GMT",
  "GMT",
]);

const known = new Map<string, ZoneRules>();

/** Rules of an IANA time zone; undefined when there is no such zone. */
export function ianaRules(name: string): ZoneRules | undefined {
  if (UTC_NAMES.has(name)) return utcRules;
  // Offsets such as "+01:00" are no names.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  // Names may come from requests: only zones that exist are kept, in one spelling, so that the table stays small.
  const key = name.toLowerCase();
  const found = known.get(key) ?? createRules(name);
  if (found) known.set(key, found);
  return found;
}

function createRules(name: string): ZoneRules | undefined {
  try {
    return new IanaRules(name);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Rules of the local time zone. */
export function localRules(): ZoneRules {
  return ianaRules(ambient().timeZone) ?? utcRules;
}
