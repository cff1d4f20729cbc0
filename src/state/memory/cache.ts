/** A bounded cache in this process: least recently used entries give way. */
import { hash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Cache } from "../cache.ts";

interface Entry {
  readonly value: unknown;
  /** Monotonic. */
  readonly expiresAt: number;
  /** Estimated bytes. */
  readonly size: number;
}

export interface CacheBounds {
  readonly maxEntries?: number;
  /** Estimated, of all values and keys together. A value that would take an eighth of it is not kept. */
  readonly maxBytes?: number;
}

/** Callers may choose keys: longer ones are kept as their digest. */
const MAX_KEY_LENGTH = 256;
const ENTRY_BYTES = 200;

export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** In order of use: the first is the least recently used. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(clock: Clock, bounds: CacheBounds = {}) {
    this.#clock = clock;
    this.#maxEntries = bounds.maxEntries ?? 50_000;
    this.#maxBytes = bounds.maxBytes ?? 128 * 1024 * 1024;
  }

  get(key: string): unknown {
    const stored = storeKey(key);
    const entry = this.#entries.get(stored);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= this.#clock.monotonic()) {
      this.#drop(stored, entry);
      return undefined;
    }
    this.#entries.delete(stored);
    this.#entries.set(stored, entry);
    return entry.value;
  }

  put(key: string, value: unknown, ttlMs: number, sizeBytes = 0): void {
    this.remove(key);
    const stored = storeKey(key);
    const limit = this.#maxBytes / 8;
    const size = ENTRY_BYTES + stored.length * 2 + sizeBytes;
    if (size > limit) return;
    this.#entries.set(stored, { value, expiresAt: this.#clock.monotonic() + ttlMs, size });
    this.#bytes += size;
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest, entry);
    }
  }

  remove(key: string): void {
    const stored = storeKey(key);
    const entry = this.#entries.get(stored);
    if (entry !== undefined) this.#drop(stored, entry);
  }

  #drop(stored: string, entry: Entry): void {
    this.#entries.delete(stored);
    this.#bytes -= entry.size;
  }
}

function storeKey(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? `=${key}` : `#${hash("sha256", Buffer.from(key, "utf16le"), "base64")}`;
}
