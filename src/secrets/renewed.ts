/**
 * A value with an end: fetched by one caller for all, kept, renewed before it ends, and used to its very end while its source is away.
 */
import type { Clock } from "../base/clock.ts";

export interface Lasting<T> {
  readonly value: T;
  /** Wall times, ms since the epoch. */
  readonly expiresAt: number;
  readonly renewAt: number;
}

/** After a failed attempt callers get the same answer for so long. */
const COOL_DOWN_MS = 5_000;

export class Renewed<T> {
  readonly #clock: Clock;
  readonly #fetch: () => Promise<Lasting<T>>;
  #current: Lasting<T> | undefined;
  #pending: Promise<T> | undefined;
  #failure: unknown;
  /** Monotonic time of the last failure. */
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, fetch: () => Promise<Lasting<T>>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  get(): Promise<T> {
    const now = this.#clock.now();
    const current = this.#current;
    if (current !== undefined && now < current.renewAt) return Promise.resolve(current.value);
    const isCooling = this.#clock.monotonic() - this.#failedAt < COOL_DOWN_MS;
    if (this.#pending === undefined && !isCooling) this.#pending = this.#renew();
    if (current !== undefined && now < current.expiresAt) return Promise.resolve(current.value);
    return this.#pending ?? Promise.reject(this.#failure);
  }

  /** Whether there is a value to use. */
  get isValid(): boolean {
    return this.#current !== undefined && this.#clock.now() < this.#current.expiresAt;
  }

  #renew(): Promise<T> {
    const renewal = this.#fetch().then(
      (fresh) => {
        this.#current = fresh;
        this.#pending = undefined;
        return fresh.value;
      },
      (error: unknown) => {
        this.#pending = undefined;
        this.#failedAt = this.#clock.monotonic();
        this.#failure = error;
        throw error;
      },
    );
    // Whoever still has a valid value does not wait for this.
    renewal.catch(() => undefined);
    return renewal;
  }
}

/** A token is renewed so long before its end, unless its issuer says when. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** When to renew: as the issuer says, else some minutes before the end; half-way when it is short-lived. */
export function renewalTime(now: number, expiresAt: number, refreshAfter?: number): number {
  const latest = Math.max(expiresAt - RENEW_BEFORE_MS, now + (expiresAt - now) / 2);
  return refreshAfter === undefined ? latest : Math.min(refreshAfter, latest);
}
