/**
 * Vectors in the memory of one thread, searched exactly. Rows of a partition lie side by side; a row is given up as soon as what is left
 * of it cannot bring it near enough (Cauchy-Schwarz over the rest of both vectors), which is soon for nearly all. Bounded in entries and
 * bytes: what was not found for longest goes first.
 */
import type { Clock } from "../../base/clock.ts";
import { type Found, unit, type Vectors } from "./vectors.ts";

/** Numbers compared between two looks at the bound. */
const BLOCK = 128;
const FIRST_ROWS = 8;
/** What an entry takes beside its vector and value, about. */
const ENTRY_BYTES = 200;
/** Single precision over a few thousand numbers; a bound must never give up a row that is near enough. */
const SLACK = 1e-5;

interface Entry {
  readonly group: Group;
  row: number;
  readonly value: Uint8Array;
  readonly expiresAt: number;
  readonly bytes: number;
}

/** Entries of one partition whose vectors have the same number of dimensions. */
class Group {
  readonly name: string;
  readonly dimensions: number;
  /** Looks at the bound for each row: one before each block but the first. */
  readonly looks: number;
  readonly entries: Entry[] = [];
  #rows: Float32Array;
  /** Length of what is left of each row at each look. */
  #rests: Float32Array;

  constructor(name: string, dimensions: number) {
    this.name = name;
    this.dimensions = dimensions;
    this.looks = Math.max(0, Math.ceil(dimensions / BLOCK) - 1);
    this.#rows = new Float32Array(FIRST_ROWS * dimensions);
    this.#rests = new Float32Array(FIRST_ROWS * this.looks);
  }

  add(vector: Float32Array, entry: Entry): void {
    if (entry.row * this.dimensions === this.#rows.length) {
      this.#rows = grown(this.#rows);
      this.#rests = grown(this.#rests);
    }
    this.#rows.set(vector, entry.row * this.dimensions);
    this.#rests.set(rests(vector), entry.row * this.looks);
    this.entries.push(entry);
  }

  /** The last row takes the place of the one that goes. */
  remove(entry: Entry): void {
    const last = this.entries.pop();
    if (last === undefined || last === entry) return;
    const from = last.row;
    this.#rows.copyWithin(entry.row * this.dimensions, from * this.dimensions, (from + 1) * this.dimensions);
    this.#rests.copyWithin(entry.row * this.looks, from * this.looks, (from + 1) * this.looks);
    last.row = entry.row;
    this.entries[entry.row] = last;
  }

  /** The nearest row whose similarity is at least `least`. */
  nearest(vector: Float32Array, least: number): { readonly entry: Entry; readonly similarity: number } | undefined {
    const { dimensions, looks } = this;
    const rows = this.#rows;
    const left = rests(vector);
    let best = least - SLACK;
    let found: Entry | undefined;
    for (let row = 0; row < this.entries.length; row++) {
      const start = row * dimensions;
      let similarity = 0;
      let from = 0;
      for (let look = 0; ; look++) {
        const end = Math.min(from + BLOCK, dimensions);
        similarity += product(rows, start + from, vector, from, end - from);
        from = end;
        if (from === dimensions || similarity + left[look] * this.#rests[row * looks + look] + SLACK < best) break;
      }
      if (from < dimensions || similarity < best) continue;
      best = similarity;
      found = this.entries[row];
    }
    return found && { entry: found, similarity: best };
  }
}

export interface MemoryVectorsOptions {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export class MemoryVectors implements Vectors {
  readonly #options: MemoryVectorsOptions;
  readonly #groups = new Map<string, Group>();
  /** In order of use, the oldest first. */
  readonly #used = new Set<Entry>();
  #bytes = 0;

  constructor(options: MemoryVectorsOptions) {
    this.#options = options;
  }

  get entries(): number {
    return this.#used.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  nearest(partition: string, vector: Float32Array, maxDistance: number): Found | undefined {
    const group = this.#groups.get(nameOf(partition, vector));
    const direction = group && unit(vector);
    if (group === undefined || direction === undefined) return undefined;
    const now = this.#options.clock.monotonic();
    for (;;) {
      const found = group.nearest(direction, 1 - maxDistance);
      if (found === undefined) return undefined;
      const { entry, similarity } = found;
      if (entry.expiresAt > now) {
        this.#used.delete(entry);
        this.#used.add(entry);
        return { distance: Math.max(0, 1 - similarity), value: entry.value };
      }
      this.#forget(entry);
    }
  }

  put(partition: string, vector: Float32Array, value: Uint8Array, ttlMs: number): void {
    const direction = unit(vector);
    const bytes = value.length + vector.length * 4 + ENTRY_BYTES;
    const { clock, maxBytes, maxEntries } = this.#options;
    if (direction === undefined || bytes > maxBytes || maxEntries < 1 || ttlMs <= 0) return;
    const now = clock.monotonic();
    const name = nameOf(partition, vector);
    // What says the same is replaced, not kept beside.
    const same = this.#groups.get(name)?.nearest(direction, 1 - SLACK);
    if (same !== undefined) this.#forget(same.entry);
    for (const oldest of this.#used) {
      const isFull = this.#used.size >= maxEntries || this.#bytes + bytes > maxBytes;
      if (!isFull && oldest.expiresAt > now) break;
      this.#forget(oldest);
    }
    const group = this.#groups.get(name) ?? new Group(name, vector.length);
    this.#groups.set(name, group);
    const entry: Entry = { group, row: group.entries.length, value, expiresAt: now + ttlMs, bytes };
    group.add(direction, entry);
    this.#used.add(entry);
    this.#bytes += bytes;
  }

  async close(): Promise<void> {
    this.#groups.clear();
    this.#used.clear();
    this.#bytes = 0;
  }

  #forget(entry: Entry): void {
    entry.group.remove(entry);
    if (entry.group.entries.length === 0) this.#groups.delete(entry.group.name);
    this.#used.delete(entry);
    this.#bytes -= entry.bytes;
  }
}

function nameOf(partition: string, vector: Float32Array): string {
  return `${vector.length} ${partition}`;
}

function grown(from: Float32Array): Float32Array {
  const to = new Float32Array(from.length * 2);
  to.set(from);
  return to;
}

/** Length of what is left of a vector behind each block but the last. */
function rests(vector: Float32Array): Float32Array {
  const looks = Math.max(0, Math.ceil(vector.length / BLOCK) - 1);
  const found = new Float32Array(looks);
  let squares = 0;
  let end = vector.length;
  for (let look = looks - 1; look >= 0; look--) {
    const from = (look + 1) * BLOCK;
    squares += product(vector, from, vector, from, end - from);
    found[look] = Math.sqrt(squares);
    end = from;
  }
  return found;
}

/** Four sums side by side: they do not wait for each other. */
function product(a: Float32Array, at: number, b: Float32Array, from: number, count: number): number {
  let w = 0;
  let x = 0;
  let y = 0;
  let z = 0;
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    w += a[at + i] * b[from + i];
    x += a[at + i + 1] * b[from + i + 1];
    y += a[at + i + 2] * b[from + i + 2];
    z += a[at + i + 3] * b[from + i + 3];
  }
  for (let i = whole; i < count; i++) w += a[at + i] * b[from + i];
  return w + x + y + z;
}
