/** A bounded cache in this process: least recently used entries give way. */
import type { Clock } from "../../base/clock.ts";
import type { Cache } from "../cache.ts";

interface Entry {
  readonly value: unknown;
  readonly expiresAt: number;
}

export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** In order of use: the first is the least recently used. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, maxEntries = 50_000) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  get(key: string): unknown {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= this.#clock.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  put(key: string, value: unknown, ttlMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#clock.now() + ttlMs });
    if (this.#entries.size > this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }
}
