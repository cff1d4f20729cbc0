/**
 * Counting with limits. Honest atomic verbs: never get-then-add. Keys are opaque strings; time is the store's.
 * A window is fixed (aligned by `startMs`), sliding, or a token bucket: as large as the limit, it fills evenly in `lengthMs`.
 */
export interface Window {
  readonly kind: "sliding" | "fixed" | "bucket";
  /** Length in ms; Infinity (fixed windows alone): never renews. */
  readonly lengthMs: number;
  /** Fixed windows begin at startMs + n * lengthMs (ms since the epoch, default 0). */
  readonly startMs?: number;
}

/** When the fixed window ends that `now` lies in, both ms since the epoch. */
export function windowEnd(window: Window, now: number): number {
  if (!Number.isFinite(window.lengthMs)) return Number.POSITIVE_INFINITY;
  const start = window.startMs ?? 0;
  return start + (Math.floor((now - start) / window.lengthMs) + 1) * window.lengthMs;
}

export interface Taken {
  readonly allowed: boolean;
  /** What is left of the limit after this take, never negative. */
  readonly remaining: number;
  /** Ms until a take of this amount can succeed (when refused) or the window ends, the bucket is full again. */
  readonly resetMs: number;
}

export interface Counters {
  /** Takes `amount` if `limit` allows it; refuses otherwise without counting. */
  take(key: string, amount: number, limit: number, window: Window): Taken | Promise<Taken>;
  /** Counts after the fact, whatever the limit. */
  add(key: string, amount: number, window: Window): void | Promise<void>;
  /** Takes back what was counted too much, from the newest on; never below nothing. */
  refund(key: string, amount: number, window: Window): void | Promise<void>;
  /** Looks without counting: would a take of `amount` pass? */
  peek(key: string, amount: number, limit: number, window: Window): Taken | Promise<Taken>;
}
