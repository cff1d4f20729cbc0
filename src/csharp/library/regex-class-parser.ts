/** Reads `[...]` and the escapes that stand for sets. */
import { CharClass } from "./regex-char-class.ts";
import { MAX_PATTERN_DEPTH, patternTooDeep } from "./regex-errors.ts";
import { RegexOptions } from "./regex-options.ts";
import { PatternScanner } from "./regex-pattern-scanner.ts";

/** Where reading of a class stands. */
interface ClassState {
  readonly set: CharClass;
  readonly ignoreCase: boolean;
  /** False in the first pass over a pattern, which only looks for groups: some mistakes are found in the second. */
  readonly checks: boolean;
  /** First character of a range whose last is still to come. */
  rangeStart: number | undefined;
  isFirst: boolean;
}

export class ClassParser extends PatternScanner {
  #depth = 0;

  /** Reads a class from behind its `[` to behind its `]`. */
  protected scanClass(ignoreCase: boolean, checks: boolean): CharClass {
    if (++this.#depth > MAX_PATTERN_DEPTH) throw patternTooDeep();
    const set = new CharClass();
    const state: ClassState = { set, ignoreCase, checks, rangeStart: undefined, isFirst: true };
    if (this.peek() === "^") {
      this.position++;
      set.negate();
      if (this.isOn(RegexOptions.ecmaScript) && this.peek() === "]") state.isFirst = false;
    }
    for (; ; state.isFirst = false) {
      if (this.atEnd) throw this.error("Unterminated [] set.");
      if (this.peek() === "]" && !state.isFirst) break;
      this.#scanItem(state);
    }
    this.position++;
    if (ignoreCase) set.addCaseVariants();
    this.#depth--;
    return set;
  }

  #scanItem(state: ClassState): void {
    let unit = this.pattern.charCodeAt(this.position);
    const c = this.next();
    let escaped = false;
    if (c === "\\" && !this.atEnd) {
      if (this.#scanClassEscape(state)) return;
      unit = this.scanCharEscape();
      escaped = true;
    }
    if (state.rangeStart !== undefined) this.#endRange(state, unit, escaped);
    else if (this.peek() === "-" && this.peek(1) !== "]" && this.peek(1) !== "") {
      state.rangeStart = unit;
      this.position++;
    } else if (c === "-" && !escaped && this.peek() === "[" && !state.isFirst) {
      this.position++;
      this.#subtract(state);
    } else state.set.addRange(unit, unit);
  }

  /** Reads an escape that adds more than a character to the class; false when it is none. */
  #scanClassEscape(state: ClassState): boolean {
    const letter = this.peek();
    if (letter === "-") {
      this.position++;
      if (state.rangeStart !== undefined) this.#addRange(state, 45);
      else state.set.addRange(45, 45);
      return true;
    }
    const isProperty = letter === "p" || letter === "P";
    if (!isProperty && !/^[dDsSwW]$/.test(letter)) return false;
    this.position++;
    if (state.checks && state.rangeStart !== undefined) {
      throw this.error(`Cannot include class \\${letter} in character range.`);
    }
    if (isProperty) this.#addProperty(state.set, letter === "P", state.ignoreCase, state.checks);
    else state.set.addShorthand(letter, this.isOn(RegexOptions.ecmaScript));
    return true;
  }

  #addProperty(set: CharClass, negated: boolean, ignoreCase: boolean, checks: boolean): void {
    const name = this.scanProperty();
    if (!set.addProperty(name, negated, ignoreCase) && checks) throw this.error(`Unknown property '${name}'.`);
  }

  /** Reads `{name}` behind `\p` or `\P` outside of a class. */
  protected scanPropertyClass(negated: boolean): CharClass {
    const set = new CharClass();
    const ignoreCase = this.isOn(RegexOptions.ignoreCase);
    this.#addProperty(set, negated, ignoreCase, true);
    if (ignoreCase) set.addCaseVariants();
    return set;
  }

  #endRange(state: ClassState, unit: number, escaped: boolean): void {
    if (unit === 91 && !escaped && !state.isFirst && state.checks) {
      // `[a-[b]]`: what looked like a range is a subtraction.
      const start = state.rangeStart as number;
      state.set.addRange(start, start);
      state.rangeStart = undefined;
      this.#subtract(state);
    } else this.#addRange(state, unit);
  }

  #addRange(state: ClassState, last: number): void {
    const first = state.rangeStart as number;
    state.rangeStart = undefined;
    if (first > last && state.checks) throw this.error("[x-y] range in reverse order.");
    if (first <= last) state.set.addRange(first, last);
  }

  #subtract(state: ClassState): void {
    state.set.subtract(this.scanClass(state.ignoreCase, state.checks));
    if (state.checks && !this.atEnd && this.peek() !== "]") {
      throw this.error("A subtraction must be the last element in a character class.");
    }
  }
}
