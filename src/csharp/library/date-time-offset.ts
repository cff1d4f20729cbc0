/** System.DateTimeOffset: a clock time and its distance from UTC. Members are in date-time-offset-members.ts. */
import { ambient } from "../runtime/ambient.ts";
import { structDefault } from "../runtime/default-value.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { MAX_TICKS, TICKS_PER_HOUR, TICKS_PER_MINUTE, UNIX_EPOCH_TICKS } from "./calendar.ts";
import { formatDate } from "./date-format.ts";
import { datesOf } from "./format-provider.ts";
import { DateTime, dateTimeFromUnixMs, DateTimeKind } from "./date-time.ts";
import { argument, argumentOutOfRange } from "./exceptions-thrown.ts";
import { compareTicks, hashTicks } from "./time-span.ts";
import { localRules } from "./zone-rules.ts";

const MAX_OFFSET = 14n * TICKS_PER_HOUR;

export class DateTimeOffset extends CsObject {
  /** Clock time. */
  readonly ticks: bigint;
  /** Distance from UTC in ticks, whole minutes. */
  readonly offset: bigint;

  /** The arguments must be in range: see `of`. */
  constructor(ticks: bigint, offset: bigint) {
    super();
    this.ticks = ticks;
    this.offset = offset;
  }

  static readonly minValue = new DateTimeOffset(0n, 0n);
  static readonly maxValue = new DateTimeOffset(MAX_TICKS, 0n);
  static readonly unixEpoch = new DateTimeOffset(UNIX_EPOCH_TICKS, 0n);

  /** From a clock time and its offset. Throws ArgumentException, ArgumentOutOfRangeException. */
  static of(ticks: bigint, offset: bigint): DateTimeOffset {
    if (offset % TICKS_PER_MINUTE !== 0n) throw argument("Offset must be specified in whole minutes.", "offset");
    if (offset < -MAX_OFFSET || offset > MAX_OFFSET) {
      throw argumentOutOfRange("offset", "Offset must be within plus or minus 14 hours.");
    }
    const utc = ticks - offset;
    if (utc < 0n || utc > MAX_TICKS) {
      throw argumentOutOfRange(
        "offset",
        "The UTC time represented when the offset is applied must be between year 0 and 10,000.",
      );
    }
    return new DateTimeOffset(ticks, offset);
  }

  /** A DateTime with the offset of its kind: zero for UTC, otherwise the local one. */
  static fromDateTime(date: DateTime): DateTimeOffset {
    return DateTimeOffset.of(date.ticks, date.offset);
  }

  static utcNow(): DateTimeOffset {
    return new DateTimeOffset(dateTimeFromUnixMs(ambient().nowMs()).ticks, 0n);
  }

  override get type(): Type {
    return type("System.DateTimeOffset");
  }

  get utcTicks(): bigint {
    return this.ticks - this.offset;
  }

  /** Clock time of unspecified kind. */
  get clock(): DateTime {
    return new DateTime(this.ticks);
  }

  get utc(): DateTime {
    return new DateTime(this.utcTicks, DateTimeKind.Utc);
  }

  /** The same moment at another offset. */
  at(offset: bigint): DateTimeOffset {
    return DateTimeOffset.of(this.utcTicks + offset, offset);
  }

  toLocal(): DateTimeOffset {
    return this.at(localRules().offsetAt(this.utcTicks));
  }

  override toText(): string {
    return this.format(null);
  }

  format(format: string | null, provider: unknown = null): string {
    const { ticks, offset, utcTicks } = this;
    const date = { ticks, offset: () => offset, zone: "offset", utcTicks: () => utcTicks, isOffset: true } as const;
    return formatDate(date, format, datesOf(provider));
  }

  override equals(other: unknown): boolean {
    return other instanceof DateTimeOffset && other.utcTicks === this.utcTicks;
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof DateTimeOffset)) throw argument("Object must be of type DateTimeOffset.");
    return compareTicks(this.utcTicks, other.utcTicks);
  }

  override hash(): number {
    return hashTicks(this.utcTicks);
  }
}

structDefault("System.DateTimeOffset", () => DateTimeOffset.minValue);
