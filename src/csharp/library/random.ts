/**
 * System.Random. With a seed the numbers are those of .NET (Knuth's subtractive generator, kept there for
 * compatibility); without one they come from the system's generator. https://learn.microsoft.com/dotnet/api/system.random
 */
import { randomBytes } from "node:crypto";
import { allocate } from "../runtime/budget.ts";
import { CsArray, CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, checkNonNegative } from "./exceptions-thrown.ts";

const INT_MAX = 0x7fff_ffff;
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

/** Where the numbers come from. */
interface Source {
  /** 0 to int.MaxValue - 1. */
  next(): number;
  /** 0 to 1, without 1. */
  sample(): number;
  /** An integer below a limit of up to 2^32. */
  below(limit: number): number;
  fill(target: Uint8Array): void;
  /** An integer below a limit of up to 2^63. */
  belowLong(limit: bigint): bigint;
}

/** The system's generator. */
const systemSource: Source = {
  next: () => systemSource.below(INT_MAX),
  sample: () => Number(randomBytes(8).readBigUInt64LE() >> 11n) / 2 ** 53,
  below: (limit) => Math.floor(systemSource.sample() * limit),
  fill: (target) => target.set(randomBytes(target.length)),
  belowLong: (limit) => {
    // Rejection keeps every number equally likely.
    const usable = (1n << 64n) - ((1n << 64n) % limit);
    for (;;) {
      const drawn = randomBytes(8).readBigUInt64LE();
      if (drawn < usable) return drawn % limit;
    }
  },
};

/** Knuth, The Art of Computer Programming, volume 2, section 3.2.2, with the constants that .NET has. */
class SeededSource implements Source {
  readonly #table = new Int32Array(56);
  #first = 0;
  #second = 21;

  constructor(seed: number) {
    const table = this.#table;
    let previous = 161803398 - (seed === -2147483648 ? INT_MAX : Math.abs(seed));
    table[55] = previous;
    let value = 1;
    for (let i = 1, at = 0; i < 55; i++) {
      at = (at + 21) % 55;
      table[at] = value;
      value = (previous - value) | 0;
      if (value < 0) value += INT_MAX;
      previous = table[at];
    }
    for (let round = 1; round < 5; round++) {
      for (let i = 1; i < 56; i++) {
        const other = i + 30 >= 55 ? i + 30 - 55 : i + 30;
        let n = (table[i] - table[1 + other]) | 0;
        if (n < 0) n = (n + INT_MAX) | 0;
        table[i] = n;
      }
    }
  }

  next(): number {
    this.#first = this.#first + 1 >= 56 ? 1 : this.#first + 1;
    this.#second = this.#second + 1 >= 56 ? 1 : this.#second + 1;
    let value = this.#table[this.#first] - this.#table[this.#second];
    if (value === INT_MAX) value--;
    if (value < 0) value += INT_MAX;
    this.#table[this.#first] = value;
    return value;
  }

  sample(): number {
    return this.next() * (1 / INT_MAX);
  }

  below(limit: number): number {
    return Math.floor((limit <= INT_MAX ? this.sample() : this.#largeSample()) * limit);
  }

  /** Two draws, for ranges wider than one draw covers. */
  #largeSample(): number {
    const value = this.next();
    const signed = this.next() % 2 === 0 ? -value : value;
    return (signed + (INT_MAX - 1)) / (2 * INT_MAX - 1);
  }

  fill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.next();
  }

  belowLong(limit: bigint): bigint {
    if (limit <= 1n) return 0n;
    const bits = BigInt((limit - 1n).toString(2).length);
    for (;;) {
      const drawn = this.#word() >> (64n - bits);
      if (drawn < limit) return drawn;
    }
  }

  #word(): bigint {
    const low = BigInt(this.below(1 << 22));
    const middle = BigInt(this.below(1 << 22));
    return low | (middle << 22n) | (BigInt(this.below(1 << 20)) << 44n);
  }
}

export class Random extends CsObject {
  readonly #source: Source;

  /** @param seed null for the system's generator */
  constructor(seed: number | null) {
    super();
    this.#source = seed === null ? systemSource : new SeededSource(seed);
  }

  static readonly shared = new Random(null);

  override get type(): Type {
    return type("System.Random");
  }

  next(): number {
    return this.#source.next();
  }

  nextBelow(maxValue: number): number {
    checkNonNegative(maxValue, "maxValue");
    return maxValue === 0 ? this.#drop() : this.#source.below(maxValue);
  }

  /** A limit of zero still takes a number from a seeded generator. */
  #drop(): number {
    this.#source.sample();
    return 0;
  }

  nextBetween(minValue: number, maxValue: number): number {
    if (minValue > maxValue) throw argumentOutOfRange("minValue", "'minValue' cannot be greater than maxValue.");
    if (minValue === maxValue) return minValue + this.#drop();
    return minValue + this.#source.below(maxValue - minValue);
  }

  nextLong(minValue: bigint, maxValue: bigint): bigint {
    if (minValue > maxValue) throw argumentOutOfRange("minValue", "'minValue' cannot be greater than maxValue.");
    return minValue === maxValue ? minValue : minValue + this.#source.belowLong(maxValue - minValue);
  }

  nextDouble(): number {
    return this.#source.sample();
  }

  fill(target: Uint8Array): void {
    this.#source.fill(target);
  }
}

function nextSingle(self: Random): number {
  for (;;) {
    const value = Math.fround(self.nextDouble());
    if (value < 1) return value;
  }
}

function shuffle(self: Random, values: CsArray | null): void {
  if (values === null) throw argumentNull("values");
  const { items } = values;
  for (let i = 0; i < items.length - 1; i++) {
    const j = self.nextBetween(i, items.length);
    [items[i], items[j]] = [items[j], items[i]];
  }
}

function getItems(self: Random, elementType: Type, choices: CsArray | null, length: number): CsArray {
  if (choices === null) throw argumentNull("choices");
  checkNonNegative(length, "length");
  if (choices.items.length === 0) throw argument("Span may not be empty.", "choices");
  allocate(length);
  const picked = Array.from({ length }, () => choices.items[self.nextBelow(choices.items.length)]);
  return new CsArray(elementType, choices.items instanceof Uint8Array ? Uint8Array.from(picked as number[]) : picked);
}

implement("System.Random", {
  "new()": () => new Random(null),
  "new(int)": (seed: number) => new Random(seed),
  Shared: () => Random.shared,
  "Next()": (self: Random) => self.next(),
  "Next(int)": (self: Random, maxValue: number) => self.nextBelow(maxValue),
  "Next(int,int)": (self: Random, minValue: number, maxValue: number) => self.nextBetween(minValue, maxValue),
  "NextInt64()": (self: Random) => self.nextLong(0n, LONG_MAX),
  "NextInt64(long)": (self: Random, maxValue: bigint) => {
    checkNonNegative(Number(maxValue), "maxValue");
    return self.nextLong(0n, maxValue);
  },
  "NextInt64(long,long)": (self: Random, minValue: bigint, maxValue: bigint) => self.nextLong(minValue, maxValue),
  "NextDouble()": (self: Random) => self.nextDouble(),
  "NextSingle()": nextSingle,
  "NextBytes(byte[])": (self: Random, buffer: CsArray | null) => {
    if (buffer === null) throw argumentNull("buffer");
    self.fill(buffer.items as Uint8Array);
  },
  "GetItems(!!0[],int)": getItems,
  "Shuffle(!!0[])": (self: Random, _t: Type, values: CsArray | null) => shuffle(self, values),
});
