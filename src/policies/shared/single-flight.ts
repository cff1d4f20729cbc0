/**
 * Of many requests that miss the same value, one makes it and the rest wait for it, up to a bound: a backend sees one call where a value
 * expires under load. In a thread they wait for each other; threads and replicas that share the cache take turns by its `makers`, a slot
 * under a lease, and look again and again whether the value has come. A key whose value turned out not to be kept lets everybody through
 * for a while.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Cache } from "../../kit/services.ts";

const WAIT_MS = 10_000;
/** Between two looks for what another thread or replica makes. */
const LOOK_MS = 20;
/** Keys known not to be kept. */
const MAX_OPEN_KEYS = 10_000;
const OPEN_MS = 10_000;

/** To be called once, with whether the value was kept: those who wait go on. */
export type Land = (isKept: boolean) => void;

const nobodyWaits: Land = () => {};

export class SingleFlight {
  readonly #cache: Cache;
  readonly #flights = new Map<string, Promise<void>>();
  /** Keys that let everybody through, until when: monotonic. */
  readonly #open = new Map<string, number>();

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /**
   * For who has missed `key`. Resolves with how to land when it is for the caller to make the value; with undefined when somebody else has
   * tried meanwhile: look again, and if there is nothing still, go on without waiting any more.
   */
  board(key: string, now: number): Promise<Land | undefined> | Land {
    const flight = this.#flights.get(key);
    if (flight !== undefined) return bounded(flight);
    if (this.#isOpen(key, now)) return nobodyWaits;
    const land = this.#begin(key, now);
    const slot = this.#cache.makers.acquire(makerKey(key), 1);
    if (slot !== undefined && !(slot instanceof Promise)) return landed(land, slot);
    return this.#takeTurns(key, land, slot);
  }

  /** For who has a value that is due: how to land when nobody else makes it anew. */
  async boardIfFree(key: string, now: number): Promise<Land | undefined> {
    if (this.#flights.has(key) || this.#isOpen(key, now)) return undefined;
    const land = this.#begin(key, now);
    const slot = await this.#cache.makers.acquire(makerKey(key), 1);
    if (slot !== undefined) return landed(land, slot);
    land(true);
    return undefined;
  }

  /** This thread's turn has come; whose turn it is among all threads is still open. */
  async #takeTurns(key: string, land: Land, first: ReturnType<Cache["makers"]["acquire"]>): Promise<Land | undefined> {
    let slot = await first;
    for (const end = performance.now() + WAIT_MS; slot === undefined && performance.now() < end; ) {
      await sleep(LOOK_MS);
      if ((await this.#cache.get(key)) !== undefined) {
        land(true);
        return undefined;
      }
      slot = await this.#cache.makers.acquire(makerKey(key), 1);
    }
    return slot === undefined ? land : landed(land, slot);
  }

  #isOpen(key: string, now: number): boolean {
    const until = this.#open.get(key);
    if (until === undefined) return false;
    if (until > now) return true;
    this.#open.delete(key);
    return false;
  }

  #begin(key: string, now: number): Land {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flights.set(key, promise);
    let isFlying = true;
    return (isKept) => {
      if (!isFlying) return;
      isFlying = false;
      this.#flights.delete(key);
      if (this.#open.size >= MAX_OPEN_KEYS) this.#open.clear();
      if (!isKept) this.#open.set(key, now + OPEN_MS);
      resolve();
    };
  }
}

function makerKey(key: string): string {
  return `maker:${key}`;
}

function landed(land: Land, release: () => void): Land {
  return (isKept) => {
    release();
    land(isKept);
  };
}

function bounded(flight: Promise<void>): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS, undefined);
    timer.unref();
    void flight.then(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

const flights = new WeakMap<Cache, SingleFlight>();

/** The flights towards one cache. */
export function flightsOf(cache: Cache): SingleFlight {
  let found = flights.get(cache);
  if (found === undefined) {
    found = new SingleFlight(cache);
    flights.set(cache, found);
  }
  return found;
}
