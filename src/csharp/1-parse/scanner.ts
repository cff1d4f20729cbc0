/** A place in the text that moves forward, and what was found wrong on the way. */
import type { ParseError } from "./parse-error.ts";

/** Nested constructs beyond this are refused, so that neither the parser nor those who walk its tree exhaust the stack. */
export const MAX_DEPTH = 200;

/**
 * The text read may be larger than the code: `base` is the offset of the code in it. `position` and `limit` are offsets into the
 * text; everything handed out (tokens, errors) is in offsets into the code.
 */
export class Scanner {
  protected readonly text: string;
  protected readonly base: number;
  protected readonly limit: number;
  protected position: number;
  /** Errors since the last token. */
  protected errors: ParseError[] = [];

  constructor(text: string, base: number, from: number, limit: number) {
    this.text = text;
    this.base = base;
    this.position = from;
    this.limit = limit;
  }

  /** The unit at the position plus `ahead`, NaN behind the end. */
  protected peek(ahead = 0): number {
    const at = this.position + ahead;
    return at < this.limit ? this.text.charCodeAt(at) : Number.NaN;
  }

  protected get atEnd(): boolean {
    return this.position >= this.limit;
  }

  /** @param start offset into the text */
  protected report(code: string, message: string, start: number, end: number, hint?: string): void {
    const at = start - this.base;
    this.errors.push({ code, message, start: at, end: end - this.base, hint, compilerOffset: at });
  }
}
