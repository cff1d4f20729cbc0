/**
 * Patterns of JSON schemas (ECMA-262) matched in time that grows with the text alone, whatever the pattern: all its ways are walked side by
 * side (https://swtch.com/~rsc/regexp/regexp1.html). The texts come from callers, and node's own engine would try one way after the other.
 */

type Matches = (code: number) => boolean;

/** What a state does: eats a character, or goes on without one. */
type State =
  | { readonly kind: "character"; readonly matches: Matches; next: number }
  | { readonly kind: "fork"; next: number; other: number }
  | { readonly kind: "start" | "end"; next: number }
  | { readonly kind: "found" };

const MAX_STATES = 1_000;
/** What a matcher of one way cannot do: look around, look back; and sizes that are out of hand. */
class Unfit extends Error {}

export class LinearPattern {
  readonly #states: readonly State[];
  readonly #start: number;
  readonly #isUnicode: boolean;

  private constructor(states: readonly State[], start: number, isUnicode: boolean) {
    this.#states = states;
    this.#start = start;
    this.#isUnicode = isUnicode;
  }

  /** Undefined for what is no pattern, and for what takes more than one way at a time: lookarounds, back references, word boundaries. */
  static of(source: string): LinearPattern | undefined {
    const isUnicode = isPattern(source, "u");
    if (!isUnicode && !isPattern(source, "")) return undefined;
    try {
      const builder = new Builder(source, isUnicode ? "u" : "");
      const start = builder.build();
      return new LinearPattern(builder.states, start, isUnicode);
    } catch (error) {
      if (error instanceof Unfit) return undefined;
      throw error;
    }
  }

  /** Whether it is found anywhere in the text. @param spend is told how much work was done */
  test(text: string, spend: (steps: number) => void): boolean {
    const { length } = this.#states;
    const seen = new Int32Array(length).fill(-1);
    let current: number[] = [];
    for (let at = 0; ; ) {
      if (this.#reach(this.#start, at, text.length, seen, current)) return true;
      if (at >= text.length) return false;
      spend(1 + current.length);
      const code = this.#isUnicode ? (text.codePointAt(at) as number) : text.charCodeAt(at);
      at += code > 0xffff ? 2 : 1;
      const next: number[] = [];
      for (const index of current) {
        const state = this.#states[index];
        if (state.kind === "character" && state.matches(code) && this.#reach(state.next, at, text.length, seen, next))
          return true;
      }
      current = next;
    }
  }

  /** Adds what can be come to without a character. @param seen where each state was last come to. Answers whether the end was. */
  #reach(from: number, at: number, end: number, seen: Int32Array, into: number[]): boolean {
    const waiting = [from];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen[index] === at) continue;
      seen[index] = at;
      const state = this.#states[index];
      if (state.kind === "found") return true;
      if (state.kind === "character") into.push(index);
      else if (state.kind === "fork") waiting.push(state.other, state.next);
      else if (at === (state.kind === "start" ? 0 : end)) waiting.push(state.next);
    }
    return false;
  }
}

function isPattern(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** Part of a pattern: makes its states, which go on at `next`, and answers where they begin. */
type Part = (next: number) => number;

const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;
/** One character, or a class of them; what stands behind other backslashes is no character. */
const ATOM =
  /\[(?:[^\]\\]|\\(?:.|\s))*\]|\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|0(?!\d)|[^1-9bBkupPxc])|[^\\]/uy;
const GROUP = /\((?:\?(?::|<(?![=!])[^>]*>))?/y;

class Builder {
  readonly states: State[] = [];
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #copies = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  build(): number {
    const whole = this.#alternatives();
    if (this.#at < this.#source.length) throw new Unfit();
    return whole(this.#add({ kind: "found" }));
  }

  #add(state: State): number {
    if (this.states.length >= MAX_STATES) throw new Unfit();
    return this.states.push(state) - 1;
  }

  #alternatives(): Part {
    const all = [this.#sequence()];
    while (this.#source[this.#at] === "|") {
      this.#at++;
      all.push(this.#sequence());
    }
    return (next) => {
      const starts = all.map((part) => part(next));
      return starts.reduceRight((other, start) => this.#add({ kind: "fork", next: start, other }));
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at])) parts.push(this.#quantified());
    return (next) => parts.reduceRight((end, part) => part(end), next);
  }

  #quantified(): Part {
    const part = this.#atom();
    const found = this.#take(QUANTIFIER);
    if (found === undefined) return part;
    const [, sign, least, comma, most] = found;
    if (sign === "*") return this.#repeated(part, 0, Number.POSITIVE_INFINITY);
    if (sign === "+") return this.#repeated(part, 1, Number.POSITIVE_INFINITY);
    if (sign === "?") return this.#repeated(part, 0, 1);
    const min = Number(least);
    const max = comma === undefined ? min : most === "" ? Number.POSITIVE_INFINITY : Number(most);
    if (min > MAX_STATES || (max > MAX_STATES && max !== Number.POSITIVE_INFINITY)) throw new Unfit();
    return this.#repeated(part, min, max);
  }

  #repeated(part: Part, min: number, max: number): Part {
    return (next) => {
      // Repetitions of nothing make no states.
      this.#copies += min;
      if (this.#copies > 10 * MAX_STATES) throw new Unfit();
      let start = next;
      if (max === Number.POSITIVE_INFINITY) {
        const loop = { kind: "fork" as const, next, other: next };
        start = this.#add(loop);
        loop.next = part(start);
      } else {
        for (let i = min; i < max; i++) start = this.#add({ kind: "fork", next: part(start), other: next });
      }
      for (let i = 0; i < min; i++) start = part(start);
      return start;
    };
  }

  #atom(): Part {
    const first = this.#source[this.#at];
    if (first === "(") return this.#group();
    if (first === "^" || first === "$") {
      this.#at++;
      const kind = first === "^" ? "start" : "end";
      return (next) => this.#add({ kind, next });
    }
    const matches = this.#character();
    return (next) => this.#add({ kind: "character", matches, next });
  }

  #group(): Part {
    // Other openings look ahead or back, or change how letters are compared.
    if (this.#take(GROUP) === undefined || this.#source[this.#at] === "?") throw new Unfit();
    const inner = this.#alternatives();
    if (this.#source[this.#at++] !== ")") throw new Unfit();
    return inner;
  }

  #character(): Matches {
    const atom = this.#take(ATOM)?.[0];
    if (atom === undefined) throw new Unfit();
    const single = new RegExp(`^${atom === "{" || atom === "}" || atom === "]" ? `\\${atom}` : atom}$`, this.#flags);
    const matches = (code: number) => single.test(String.fromCodePoint(code));
    const ascii = Array.from({ length: 128 }, (_, code) => matches(code));
    return (code) => (code < 128 ? ascii[code] : matches(code));
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found ?? undefined;
  }
}
