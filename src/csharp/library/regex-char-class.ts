/** A set of UTF-16 units: what `[...]`, `\w` or `.` match. */
import { casedCharacters } from "./regex-case.ts";
import { ALL_CATEGORIES, blockRange, CASED_LETTERS, categoryMask, DIGITS, WORD } from "./regex-unicode.ts";
import { categoryOf, isWhiteSpace } from "./unicode.ts";

const NON_JOINER = 0x200c;
const JOINER = 0x200d;

export class CharClass {
  /** Pairs of first and last; sorted and merged once the class is asked. */
  #ranges: number[] = [];
  /** One bit for each Unicode category. */
  #categories = 0;
  #space = false;
  #notSpace = false;
  #subtraction: CharClass | undefined;
  #negated = false;
  /** Membership of ASCII; made, with sorted ranges, when the class is asked first. */
  #ascii: Uint8Array | undefined;

  // ---- building

  static of(...units: number[]): CharClass {
    const set = new CharClass();
    for (const unit of units) set.addRange(unit, unit);
    return set;
  }

  static except(unit: number): CharClass {
    const set = CharClass.of(unit);
    set.negate();
    return set;
  }

  addRange(first: number, last: number): void {
    this.#ranges.push(first, last);
  }

  addCategories(mask: number, negated: boolean): void {
    this.#categories |= negated ? ALL_CATEGORIES & ~mask : mask;
  }

  negate(): void {
    this.#negated = true;
  }

  subtract(set: CharClass): void {
    this.#subtraction = set;
  }

  /** Adds `\d \D \s \S \w \W`, by letter. */
  addShorthand(letter: string, ecmaScript: boolean): void {
    const lower = letter.toLowerCase();
    const negated = letter !== lower;
    if (ecmaScript) this.#addRanges(ECMASCRIPT[lower as "d" | "s" | "w"], negated);
    else if (lower === "d") this.addCategories(DIGITS, negated);
    else if (lower === "w") this.addCategories(WORD, negated);
    else if (negated) this.#notSpace = true;
    else this.#space = true;
  }

  /** Adds a category or block by name; false when there is none of that name. */
  addProperty(name: string, negated: boolean, ignoreCase: boolean): boolean {
    const mask = categoryMask(name);
    if (mask !== undefined) {
      const cased = ignoreCase && (mask & ~CASED_LETTERS) === 0;
      this.addCategories(cased ? CASED_LETTERS : mask, negated);
      return true;
    }
    const block = blockRange(name);
    if (block === undefined) return false;
    this.#addRanges([...block], negated);
    return true;
  }

  /** @param sorted pairs of first and last, ascending */
  #addRanges(sorted: readonly number[], negated: boolean): void {
    if (!negated) {
      this.#ranges.push(...sorted);
      return;
    }
    let next = 0;
    for (let i = 0; i < sorted.length; i += 2) {
      if (sorted[i] > next) this.addRange(next, sorted[i] - 1);
      next = sorted[i + 1] + 1;
    }
    if (next <= 0xffff) this.addRange(next, 0xffff);
  }

  /** Adds the other case of all characters given by range; categories stay as they are. */
  addCaseVariants(): void {
    const { length } = this.#ranges;
    for (let i = 0; i < length; i += 2) {
      for (const variants of casedCharacters(this.#ranges[i], this.#ranges[i + 1])) {
        for (const unit of variants) this.addRange(unit, unit);
      }
    }
  }

  // ---- asking

  has(unit: number): boolean {
    const ascii = this.#ascii ?? this.#prepare();
    return unit < 128 ? ascii[unit] === 1 : this.#contains(unit);
  }

  #prepare(): Uint8Array {
    const pairs: [number, number][] = [];
    for (let i = 0; i < this.#ranges.length; i += 2) pairs.push([this.#ranges[i], this.#ranges[i + 1]]);
    pairs.sort((a, b) => a[0] - b[0]);
    const merged: number[] = [];
    for (const [first, last] of pairs) {
      const end = merged.length - 1;
      if (end > 0 && first <= merged[end] + 1) merged[end] = Math.max(merged[end], last);
      else merged.push(first, last);
    }
    this.#ranges = merged;
    this.#ascii = Uint8Array.from({ length: 128 }, (_, unit) => (this.#contains(unit) ? 1 : 0));
    return this.#ascii;
  }

  #contains(unit: number): boolean {
    if (this.#includes(unit) === this.#negated) return false;
    return this.#subtraction === undefined || !this.#subtraction.has(unit);
  }

  #includes(unit: number): boolean {
    if (this.#inRanges(unit)) return true;
    if (this.#categories !== 0 && (this.#categories & (1 << categoryOf(unit))) !== 0) return true;
    if (!this.#space && !this.#notSpace) return false;
    return isWhiteSpace(unit) ? this.#space : this.#notSpace;
  }

  #inRanges(unit: number): boolean {
    const ranges = this.#ranges;
    let low = 0;
    let high = ranges.length / 2 - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (unit < ranges[middle * 2]) high = middle - 1;
      else if (unit > ranges[middle * 2 + 1]) low = middle + 1;
      else return true;
    }
    return false;
  }
}

/** Ranges of the shorthands under RegexOptions.ECMAScript. */
const ECMASCRIPT = {
  d: [48, 57],
  s: [9, 13, 32, 32],
  w: [48, 57, 65, 90, 95, 95, 97, 122, 0x130, 0x130],
} as const;

export function shorthand(letter: string, ecmaScript: boolean): CharClass {
  const set = new CharClass();
  set.addShorthand(letter, ecmaScript);
  return set;
}

const word = shorthand("w", false);
const ecmaScriptWord = shorthand("w", true);

/** A word character as `\b` and group names see it: with the joiners. */
export function isBoundaryWord(unit: number): boolean {
  return word.has(unit) || unit === JOINER || unit === NON_JOINER;
}

export function isEcmaScriptWord(unit: number): boolean {
  return ecmaScriptWord.has(unit);
}

export const notNewLine = CharClass.except(10);

export const anyUnit = (() => {
  const set = new CharClass();
  set.addRange(0, 0xffff);
  return set;
})();
