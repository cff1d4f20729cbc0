/**
 * Finds the end of `@( )` and `@{ }`: skips C# as balanced text, so that brackets in strings, characters and comments do not count.
 * It does not judge the C#; wherever the compiler will complain (a string in single quotes) it goes on as well as it can.
 */

export type CodeEnd =
  | { readonly end: number }
  | {
      readonly end: undefined;
      /** The bracket that is missing, or the literal that is not closed. */
      readonly expected: string;
      /** Where the mistake shows: a bracket of the wrong kind, a string without end; -1 when the text just ends. */
      readonly at: number;
    };

const QUOTE = 34;
const DOLLAR = 36;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const AT = 64;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const MAX_DEPTH = 1000;

const closers: ReadonlyMap<number, string> = new Map([
  [40, ")"],
  [91, "]"],
  [OPEN_BRACE, "}"],
]);

/** @param at offset of the opening bracket; the result's `end` is behind the closing one */
export function findCodeEnd(text: string, at: number, limit = text.length): CodeEnd {
  const scanner = new CodeScanner(text, at, limit);
  return scanner.scan();
}

class CodeScanner {
  readonly #text: string;
  readonly #limit: number;
  #position: number;
  #failure: { expected: string; at: number } | undefined;
  #depth = 0;

  constructor(text: string, position: number, limit: number) {
    this.#text = text;
    this.#position = position;
    this.#limit = limit;
  }

  scan(): CodeEnd {
    this.#bracketed(closers.get(this.#peek()) as string);
    if (this.#failure) return { end: undefined, ...this.#failure };
    return { end: this.#position };
  }

  #peek(ahead = 0): number {
    const at = this.#position + ahead;
    return at < this.#limit ? this.#text.charCodeAt(at) : Number.NaN;
  }

  #fail(expected: string, at: number): void {
    this.#failure ??= { expected, at };
    this.#position = this.#limit;
  }

  /** From an opening bracket to behind its closing one. */
  #bracketed(closer: string): void {
    this.#position++;
    if (++this.#depth > MAX_DEPTH) this.#fail(closer, -1);
    for (;;) {
      if (this.#position >= this.#limit) {
        this.#fail(closer, -1);
        break;
      }
      const c = this.#text.charCodeAt(this.#position);
      const inner = closers.get(c);
      if (inner !== undefined) this.#bracketed(inner);
      else if (c === 41 || c === 93 || c === CLOSE_BRACE) {
        if (this.#text.charAt(this.#position) !== closer) this.#fail(closer, this.#position);
        else this.#position++;
        break;
      } else this.#unit(c);
    }
    this.#depth--;
  }

  /** A literal, a comment or a single unit. */
  #unit(c: number): void {
    const next = this.#peek(1);
    if (c === QUOTE) this.#string(false, false);
    else if (c === APOSTROPHE) this.#character();
    else if (c === SLASH && next === SLASH) this.#skipTo("\n");
    else if (c === SLASH && next === STAR) this.#skipTo("*/");
    else if (c === AT || c === DOLLAR) this.#prefixed(c, next);
    else this.#position++;
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#position + 2);
    if (found < 0 || found + end.length > this.#limit) this.#fail(end === "\n" ? "a new line" : end, this.#position);
    else this.#position = found + end.length;
  }

  #prefixed(c: number, next: number): void {
    const both = (c === AT && next === DOLLAR) || (c === DOLLAR && next === AT);
    const length = both ? 2 : 1;
    if (this.#peek(length) !== QUOTE) {
      this.#position++;
      return;
    }
    this.#position += length;
    this.#string(both || c === AT, both || c === DOLLAR);
  }

  /** From the opening quote to behind the closing one. */
  #string(verbatim: boolean, interpolated: boolean): void {
    const start = this.#position++;
    for (;;) {
      const c = this.#peek();
      if (Number.isNaN(c) || (!verbatim && c === 10)) {
        this.#fail('"', start);
        return;
      }
      if (c === QUOTE) {
        this.#position++;
        if (!verbatim || this.#peek() !== QUOTE) return;
      } else if (interpolated && c === OPEN_BRACE && this.#peek(1) !== OPEN_BRACE) {
        this.#bracketed("}");
        continue;
      } else if ((c === BACKSLASH && !verbatim) || (interpolated && c === OPEN_BRACE)) {
        this.#position++;
      }
      this.#position++;
    }
  }

  /** A character, or a string that someone put into single quotes; an apostrophe without partner on its line counts for nothing. */
  #character(): void {
    let i = this.#position + 1;
    for (; i < this.#limit; i++) {
      const c = this.#text.charCodeAt(i);
      if (c === APOSTROPHE || c === 10) break;
      if (c === BACKSLASH) i++;
    }
    const closed = i < this.#limit && this.#text.charCodeAt(i) === APOSTROPHE;
    this.#position = closed ? i + 1 : this.#position + 1;
  }
}
