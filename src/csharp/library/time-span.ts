/** System.TimeSpan: a number of ticks of 100 ns. Members are in time-span-members.ts. */
import { CsObject } from "../runtime/values.ts";
import { structDefault } from "../runtime/default-value.ts";
import { type Type, type } from "../types.ts";
import { outOfRange } from "./date-errors.ts";
import { argument, overflow } from "./exceptions-thrown.ts";
import { numbersOf } from "./format-provider.ts";
import { formatTimeSpan } from "./time-span-format.ts";

const MIN_TICKS = -(2n ** 63n);
const MAX_TICKS = 2n ** 63n - 1n;
const TOO_LONG = "TimeSpan overflowed because the duration is too long.";

export class TimeSpan extends CsObject {
  readonly ticks: bigint;

  constructor(ticks: bigint) {
    super();
    this.ticks = ticks;
  }

  static readonly zero = new TimeSpan(0n);
  static readonly minValue = new TimeSpan(MIN_TICKS);
  static readonly maxValue = new TimeSpan(MAX_TICKS);

  /** Throws OverflowException when the ticks do not fit 64 bits. */
  static checked(ticks: bigint): TimeSpan {
    if (ticks < MIN_TICKS || ticks > MAX_TICKS) throw overflow(TOO_LONG);
    return new TimeSpan(ticks);
  }

  /** From a number of ticks with a fraction, which is cut. */
  static fromTicks(ticks: number): TimeSpan {
    if (Number.isNaN(ticks)) throw argument("TimeSpan does not accept floating point Not-a-Number values.");
    if (ticks >= 2 ** 63) {
      if (ticks > 2 ** 63) throw overflow(TOO_LONG);
      return TimeSpan.maxValue;
    }
    if (ticks < -(2 ** 63)) throw overflow(TOO_LONG);
    return new TimeSpan(BigInt(Math.trunc(ticks)));
  }

  /** For constructors, which complain otherwise. */
  static constructed(ticks: bigint): TimeSpan {
    if (ticks < MIN_TICKS || ticks > MAX_TICKS) throw outOfRange(TOO_LONG);
    return new TimeSpan(ticks);
  }

  override get type(): Type {
    return type("System.TimeSpan");
  }

  /** The whole units of that many ticks, without the larger unit that `modulus` of them make. */
  part(ticksPerUnit: bigint, modulus: bigint): number {
    return Number((this.ticks / ticksPerUnit) % modulus);
  }

  override toText(): string {
    return formatTimeSpan(this.ticks, null);
  }

  format(format: string | null, provider: unknown = null): string {
    return formatTimeSpan(this.ticks, format, numbersOf(provider).number.decimalSeparator);
  }

  override equals(other: unknown): boolean {
    return other instanceof TimeSpan && other.ticks === this.ticks;
  }

  compareTo(other: unknown): number {
    if (other === null) return 1;
    if (!(other instanceof TimeSpan)) throw argument("Object must be of type TimeSpan.");
    return compareTicks(this.ticks, other.ticks);
  }

  override hash(): number {
    return hashTicks(this.ticks);
  }
}

/** A duration in milliseconds, which may have a fraction. */
export function timeSpanFromMs(ms: number): TimeSpan {
  return TimeSpan.fromTicks(ms * 10_000);
}

export function compareTicks(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** GetHashCode of a long. */
export function hashTicks(ticks: bigint): number {
  return Number(BigInt.asIntN(32, ticks)) ^ Number(BigInt.asIntN(32, ticks >> 32n));
}

structDefault("System.TimeSpan", () => TimeSpan.zero);
