/** Objects that a cache keeps for one thread, bounded: the least recently used give way. */
import type { Clock } from "../../base/clock.ts";

interface Entry {
  readonly value: unknown;
  /** Monotonic. */
  readonly expiresAt: number;
  /** Estimated bytes. */
  readonly size: number;
}

export interface ObjectBounds {
  readonly maxEntries?: number;
  /** Estimated. An object that would take an eighth of it is not kept. */
  readonly maxBytes: number;
}

const ENTRY_BYTES = 200;

export class BoundedObjects {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** In order of use: the first is the least recently used. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Clock, bounds: ObjectBounds) {
    this.#clock = clock;
    this.#maxEntries = bounds.maxEntries ?? 50_000;
    this.#maxBytes = bounds.maxBytes;
  }

  get(name: string): unknown {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#drop(name, entry);
    if (entry.expiresAt <= this.#clock.monotonic()) return undefined;
    this.#add(name, entry);
    return entry.value;
  }

  /** @param name not used before */
  put(name: string, value: unknown, ttlMs: number, sizeBytes: number): void {
    const size = ENTRY_BYTES + sizeBytes;
    if (size > this.#maxBytes / 8) return;
    this.#add(name, { value, expiresAt: this.#clock.monotonic() + ttlMs, size });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest, entry);
    }
  }

  #add(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
    this.#bytes += entry.size;
  }

  #drop(name: string, entry: Entry): void {
    this.#entries.delete(name);
    this.#bytes -= entry.size;
  }
}
