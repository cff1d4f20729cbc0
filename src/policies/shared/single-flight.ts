/**
 * Of many requests that miss the same value, one fetches it and the rest wait for it, up to a bound: a backend sees one call where a
 * value expires under load. A key whose value turned out not to be kept lets everybody through for a while.
 */
import type { Cache } from "../../kit/services.ts";

const WAIT_MS = 10_000;
/** Keys known not to be kept. */
const MAX_OPEN_KEYS = 10_000;
const OPEN_MS = 10_000;

export class SingleFlight {
  readonly #flights = new Map<string, { readonly done: Promise<void>; readonly land: () => void }>();
  readonly #open = new Map<string, number>();

  /** The one who fetches, when `key` is being fetched; it resolves when that has ended or taken too long. */
  underWay(key: string): Promise<void> | undefined {
    const flight = this.#flights.get(key);
    if (flight === undefined) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS);
      timer.unref();
      void flight.done.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Begins to fetch; others wait until the result is called with whether the value was kept. Undefined: nobody needs to wait. */
  begin(key: string, now: number): ((isKept: boolean) => void) | undefined {
    const openUntil = this.#open.get(key);
    if (openUntil !== undefined && openUntil > now) return undefined;
    this.#open.delete(key);
    if (this.#flights.has(key)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flights.set(key, { done: promise, land: resolve });
    let isFlying = true;
    return (isKept) => {
      if (!isFlying) return;
      isFlying = false;
      this.#flights.delete(key);
      if (!isKept && this.#open.size < MAX_OPEN_KEYS) this.#open.set(key, now + OPEN_MS);
      if (this.#open.size >= MAX_OPEN_KEYS) this.#open.clear();
      resolve();
    };
  }
}

const flights = new WeakMap<Cache, SingleFlight>();

/** The flights towards one cache. */
export function flightsOf(cache: Cache): SingleFlight {
  let found = flights.get(cache);
  if (found === undefined) {
    found = new SingleFlight();
    flights.set(cache, found);
  }
  return found;
}
