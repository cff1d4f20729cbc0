/** System.DateTime: ticks of 100 ns since year 1, and a kind. Members are in date-time-members.ts. */
import { ambient } from "../runtime/ambient.ts";
import { structDefault } from "../runtime/default-value.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import {
  dateTicks,
  isValidDate,
  isValidTime,
  MAX_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  timeTicks,
  UNIX_EPOCH_TICKS,
} from "./calendar.ts";
import { outOfRange, UNREPRESENTABLE } from "./date-errors.ts";
import { formatDate } from "./date-format.ts";
import { datesOf } from "./format-provider.ts";
import { argument, argumentOutOfRange } from "./exceptions-thrown.ts";
import { compareTicks, hashTicks } from "./time-span.ts";
import { localOffset, localRules } from "./zone-rules.ts";

/** System.DateTimeKind. */
export const DateTimeKind = { Unspecified: 0, Utc: 1, Local: 2 } as const;

export class DateTime extends CsObject {
  readonly ticks: bigint;
  /** System.DateTimeKind */
  readonly kind: number;

  /** @param ticks 0 to 9999-12-31T23:59:59.9999999 */
  constructor(ticks: bigint, kind: number = DateTimeKind.Unspecified) {
    super();
    this.ticks = ticks;
    this.kind = kind;
  }

  static readonly minValue = new DateTime(0n);
  static readonly maxValue = new DateTime(MAX_TICKS);
  static readonly unixEpoch = new DateTime(UNIX_EPOCH_TICKS, DateTimeKind.Utc);

  /** From its parts. Throws ArgumentOutOfRangeException. */
  static of(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, kind = 0): DateTime {
    if (!isValidDate(year, month, day)) {
      throw outOfRange("Year, Month, and Day parameters describe an un-representable DateTime.");
    }
    if (!isValidTime(hour, minute, second)) {
      throw outOfRange("Hour, Minute, and Second parameters describe an un-representable DateTime.");
    }
    return new DateTime(dateTicks(year, month, day) + timeTicks(hour, minute, second), checkedKind(kind));
  }

  static utcNow(): DateTime {
    return dateTimeFromUnixMs(ambient().nowMs());
  }

  static now(): DateTime {
    return DateTime.utcNow().toLocal();
  }

  override get type(): Type {
    return type("System.DateTime");
  }

  /** Milliseconds since 1970, taking this for UTC. */
  get unixMs(): number {
    return Number((this.ticks - UNIX_EPOCH_TICKS) / TICKS_PER_MILLISECOND);
  }

  /** Throws ArgumentOutOfRangeException about `parameter` when the result is no date. */
  plus(ticks: bigint, parameter = "value"): DateTime {
    const sum = this.ticks + ticks;
    if (sum < 0n || sum > MAX_TICKS) throw argumentOutOfRange(parameter, UNREPRESENTABLE);
    return new DateTime(sum, this.kind);
  }

  /** Distance of this clock time from UTC in the local zone; zero for a UTC time. */
  get offset(): bigint {
    return this.kind === DateTimeKind.Utc ? 0n : localOffset(localRules(), this.ticks).offset;
  }

  /** The same moment in UTC; a time of unspecified kind is taken for local. */
  toUniversal(): DateTime {
    if (this.kind === DateTimeKind.Utc) return this;
    return new DateTime(clamp(this.ticks - this.offset), DateTimeKind.Utc);
  }

  /** The same moment in the local zone; a time of unspecified kind is taken for UTC. */
  toLocal(): DateTime {
    if (this.kind === DateTimeKind.Local) return this;
    return new DateTime(clamp(this.ticks + localRules().offsetAt(this.ticks)), DateTimeKind.Local);
  }

  withKind(kind: number): DateTime {
    return new DateTime(this.ticks, checkedKind(kind));
  }

  get timeOfDay(): bigint {
    return this.ticks % TICKS_PER_DAY;
  }

  override toText(): string {
    return this.format(null);
  }

  format(format: string | null, provider: unknown = null): string {
    const zone = this.kind === DateTimeKind.Utc ? "utc" : this.kind === DateTimeKind.Local ? "offset" : "none";
    const utcTicks = () => this.toUniversal().ticks;
    const date = { ticks: this.ticks, offset: () => this.offset, zone, utcTicks, isOffset: false } as const;
    return formatDate(date, format, datesOf(provider));
  }

  override equals(other: unknown): boolean {
    return other instanceof DateTime && other.ticks === this.ticks;
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof DateTime)) throw argument("Object must be of type DateTime.");
    return compareTicks(this.ticks, other.ticks);
  }

  override hash(): number {
    return hashTicks(this.ticks);
  }
}

/** A moment in UTC, from milliseconds since 1970 that may have a fraction. */
export function dateTimeFromUnixMs(ms: number): DateTime {
  const whole = Math.floor(ms);
  const rest = BigInt(Math.floor((ms - whole) * 10_000));
  return new DateTime(UNIX_EPOCH_TICKS + BigInt(whole) * TICKS_PER_MILLISECOND + rest, DateTimeKind.Utc);
}

function clamp(ticks: bigint): bigint {
  if (ticks < 0n) return 0n;
  return ticks > MAX_TICKS ? MAX_TICKS : ticks;
}

function checkedKind(kind: number): number {
  if (kind < 0 || kind > 2) throw argument("Invalid DateTimeKind value.", "kind");
  return kind;
}

structDefault("System.DateTime", () => DateTime.minValue);
