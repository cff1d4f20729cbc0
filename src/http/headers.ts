/**
 * HTTP header fields as a flat list [name, value, name, value ...] in wire order: what node:http calls rawHeaders.
 * Names keep their spelling; look-ups ignore case (RFC 9110 section 5.1). A lookup tests the length first: that settles most names.
 */
export class Headers {
  /** Owned by this object: [name, value, ...]. */
  readonly raw: string[];

  constructor(raw: string[] = []) {
    this.raw = raw;
  }

  static of(entries: Iterable<readonly [string, string]>): Headers {
    const raw: string[] = [];
    for (const [name, value] of entries) raw.push(name, value);
    return new Headers(raw);
  }

  clone(): Headers {
    return new Headers(this.raw.slice());
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0;
  }

  /** The first value, or undefined. */
  first(name: string): string | undefined {
    const at = this.#find(name, 0);
    return at < 0 ? undefined : this.raw[at + 1];
  }

  /** Every value of a field, in order. */
  all(name: string): string[] {
    const values: string[] = [];
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 2)) values.push(this.raw[at + 1]);
    return values;
  }

  /** Values of all fields of that name joined by commas, as RFC 9110 section 5.2 allows; undefined when absent. */
  joined(name: string): string | undefined {
    const at = this.#find(name, 0);
    if (at < 0) return undefined;
    if (this.#find(name, at + 2) < 0) return this.raw[at + 1];
    return this.all(name).join(",");
  }

  append(name: string, value: string): void {
    this.raw.push(name, value);
  }

  /** Replaces every field of that name by one value, at the place of the first. */
  set(name: string, value: string): void {
    const at = this.#find(name, 0);
    if (at < 0) {
      this.raw.push(name, value);
      return;
    }
    this.raw[at] = name;
    this.raw[at + 1] = value;
    this.#remove(name, at + 2);
  }

  /** Removes every field of that name; tells whether there was one. */
  remove(name: string): boolean {
    return this.#remove(name, 0);
  }

  /** Removes every field of that name and gives their values, in order. */
  take(name: string): readonly string[] {
    if (this.#find(name, 0) < 0) return NONE;
    const values = this.all(name);
    this.#remove(name, 0);
    return values;
  }

  get size(): number {
    return this.raw.length / 2;
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.raw.length; i += 2) yield [this.raw[i], this.raw[i + 1]];
  }

  #find(name: string, from: number): number {
    const raw = this.raw;
    const length = name.length;
    for (let i = from; i < raw.length; i += 2) {
      const other = raw[i];
      if (other.length === length && (other === name || sameName(other, name))) return i;
    }
    return -1;
  }

  #remove(name: string, from: number): boolean {
    const raw = this.raw;
    let to = this.#find(name, from);
    if (to < 0) return false;
    for (let i = to + 2; i < raw.length; i += 2) {
      if (raw[i].length === name.length && sameName(raw[i], name)) continue;
      raw[to] = raw[i];
      raw[to + 1] = raw[i + 1];
      to += 2;
    }
    // Cheaper than setting the length for the few that there are.
    while (raw.length > to) raw.pop();
    return true;
  }
}

const NONE: readonly string[] = [];

/** ASCII case-insensitive comparison of two names of equal length, without making new strings. */
function sameName(a: string, b: string): boolean {
  for (let i = 0; i < a.length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 65 && x <= 90) x += 32;
    if (y >= 65 && y <= 90) y += 32;
    if (x !== y) return false;
  }
  return true;
}
