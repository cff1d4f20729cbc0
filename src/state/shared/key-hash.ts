/**
 * Names of counts and slots as 64 bits: HalfSipHash-1-3 under a random key (https://www.aumasson.jp/siphash/siphash.pdf, section 7),
 * so that callers who choose keys cannot make two of them meet. 100,000 live keys meet by chance once in 3,000,000,000 tables.
 */
const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

export class KeyHash {
  readonly #k0: number;
  readonly #k1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;
  /** The digest after `finish`. Never both 0: that marks an empty place. */
  low = 0;
  high = 0;

  constructor(k0: number, k1: number) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /** The digest of a text with two numbers, in `low` and `high`. */
  digest(key: string, a: number, b: number): void {
    this.#v0 = this.#k0;
    this.#v1 = this.#k1 ^ 0xee;
    this.#v2 = 0x6c796765 ^ this.#k0;
    this.#v3 = 0x74656462 ^ this.#k1;
    this.#absorbNumber(a);
    this.#absorbNumber(b);
    const { length } = key;
    const even = length & ~1;
    for (let i = 0; i < even; i += 2) this.#absorb(key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16));
    this.#absorb(length === even ? 0 : key.charCodeAt(even));
    this.#absorb(length);
    this.#finish();
  }

  #absorbNumber(value: number): void {
    number[0] = value;
    this.#absorb(halves[0]);
    this.#absorb(halves[1]);
  }

  #absorb(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
  }

  #finish(): void {
    this.#v2 ^= 0xee;
    this.#round();
    this.#round();
    this.#round();
    this.low = (this.#v1 ^ this.#v3) >>> 0;
    this.#v1 ^= 0xdd;
    this.#round();
    this.#round();
    this.#round();
    this.high = (this.#v1 ^ this.#v3) >>> 0;
    if (this.low === 0 && this.high === 0) this.high = 1;
  }

  #round(): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
