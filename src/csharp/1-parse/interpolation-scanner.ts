/**
 * Interpolated strings: finds the text and the holes. A hole is skipped as balanced text here and parsed later at its own offsets.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/expressions#1283-interpolated-string-expressions
 */
import { isNewLine } from "./characters.ts";
import { MAX_DEPTH } from "./scanner.ts";
import { StringScanner } from "./string-scanner.ts";
import type { Hole, InterpolationPart } from "./token.ts";

/** Interpolated strings inside each other: each is scanned anew for every one around it. */
const MAX_NESTED = 50;

const QUOTE = 34;
const DOLLAR = 36;
const COLON = 58;
const AT = 64;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const closers: ReadonlyMap<number, string> = new Map([
  [40, ")"],
  [91, "]"],
  [OPEN_BRACE, "}"],
]);

export class InterpolationScanner extends StringScanner {
  #depth = 0;

  /** Scans `$"..."` or `$@"..."` from its first character. Like the compiler it reports the first mistake only. */
  protected scanInterpolatedString(): InterpolationPart[] {
    const before = this.errors.length;
    let verbatim = false;
    for (; this.peek() !== QUOTE; this.position++) {
      if (this.peek() === AT) verbatim = true;
    }
    if (++this.#depth > MAX_NESTED) {
      this.report("CS8078", "An expression is too long or complex to compile", this.position, this.position + 1);
      this.position = this.limit;
    } else {
      this.position++;
    }
    const parts = this.scanParts(verbatim);
    this.#depth--;
    this.errors.length = Math.min(this.errors.length, before + 1);
    return parts;
  }

  private scanParts(verbatim: boolean): InterpolationPart[] {
    const parts: InterpolationPart[] = [];
    let text = "";
    let start = this.position;
    const flush = () => {
      if (this.position > start) parts.push({ text, start: start - this.base, end: this.position - this.base });
      text = "";
    };
    for (;;) {
      const c = this.peek();
      if (this.atEnd || (!verbatim && isNewLine(c))) {
        this.reportUnterminated(verbatim);
        flush();
        return parts;
      }
      if (c === QUOTE && !(verbatim && this.peek(1) === QUOTE)) {
        flush();
        this.position++;
        return parts;
      }
      if (c === OPEN_BRACE && this.peek(1) !== OPEN_BRACE) {
        flush();
        parts.push(this.scanHole(verbatim));
        start = this.position;
      } else {
        text += this.scanTextUnit(verbatim, true);
      }
    }
  }

  private reportUnterminated(verbatim: boolean): void {
    const at = this.atEnd ? this.position - 1 : this.position;
    if (verbatim) this.report("CS1039", "Unterminated string literal", at, at + 1);
    else this.report("CS1010", "Newline in constant", at, at + 1, 'put $@ before a string of several lines: $@"..."');
  }

  /** One unit of text or format: an escape, a doubled quote or brace, or a plain character. */
  private scanTextUnit(verbatim: boolean, braces: boolean): string {
    const start = this.position;
    const c = this.peek();
    if (c === 92 && !verbatim) {
      const value = this.scanEscape();
      if (value === "{" || value === "}") {
        this.report(
          "CS8087",
          `A '${value}' character may only be escaped by doubling '${value}${value}' in an interpolated string.`,
          start,
          this.position,
        );
      }
      return value;
    }
    this.position++;
    if (c === QUOTE || ((c === OPEN_BRACE || c === CLOSE_BRACE) && this.peek() === c)) {
      this.position++;
    } else if (c === CLOSE_BRACE && braces) {
      const message = "A '}' character must be escaped (by doubling) in an interpolated string.";
      this.report("CS8086", message, start, this.position, "write }} for a brace in the text");
    }
    return String.fromCharCode(c);
  }

  private scanHole(verbatim: boolean): Hole {
    const open = this.position++;
    const start = this.position - this.base;
    this.skipBalanced("}", true);
    let colon = -1;
    let format: string | undefined;
    if (this.peek() === COLON) {
      colon = this.position - this.base;
      this.position++;
      format = this.scanFormat(verbatim);
    }
    const end = this.position - this.base;
    if (!verbatim && /[\n\r]/.test(this.text.slice(open, this.position))) {
      const message =
        "Newlines inside a non-verbatim interpolated string are not supported in C# 7.3. Please use language version 11.0 or greater.";
      this.report("CS8967", message, open, open + 1, 'put $@ before the string: $@"..."');
    }
    if (this.peek() === CLOSE_BRACE) {
      this.position++;
    } else {
      const message = "Missing close delimiter '}' for interpolated expression started with '{'.";
      this.report("CS8076", message, open, open + 2);
    }
    return { start, end, colon, format };
  }

  private scanFormat(verbatim: boolean): string {
    let format = "";
    for (;;) {
      const c = this.peek();
      if (this.atEnd || (!verbatim && isNewLine(c))) return format;
      if (c === QUOTE && !(verbatim && this.peek(1) === QUOTE)) return format;
      if (c === CLOSE_BRACE && this.peek(1) !== CLOSE_BRACE) return format;
      if (c === OPEN_BRACE && this.peek(1) !== OPEN_BRACE) {
        this.report("CS1056", "Unexpected character '{'", this.position, this.position + 1);
      }
      format += this.scanTextUnit(verbatim, false);
    }
  }

  /** Skips to the closer of a hole or of a bracket inside it; in a hole also to the colon of its format. */
  private skipBalanced(closer: string, isHole: boolean): void {
    while (!this.atEnd) {
      const c = this.peek();
      if (c === COLON && isHole) return;
      if (c === 41 || c === 93 || c === CLOSE_BRACE) {
        if (String.fromCharCode(c) === closer) return;
        this.report("CS1003", `Syntax error, '${closer}' expected`, this.position, this.position + 1);
      }
      const inner = closers.get(c);
      if (inner !== undefined) this.skipBracketed(inner);
      else if (!this.skipLiteralOrComment(c)) this.position++;
    }
  }

  private skipBracketed(closer: string): void {
    this.position++;
    if (++this.#depth > MAX_DEPTH) {
      this.report("CS8078", "An expression is too long or complex to compile", this.position - 1, this.position);
      this.position = this.limit;
    }
    this.skipBalanced(closer, false);
    this.#depth--;
    if (!this.atEnd) this.position++;
  }

  /** Mistakes in nested literals are found again, and reported, when the hole is parsed. */
  private skipLiteralOrComment(c: number): boolean {
    const before = this.errors.length;
    const next = this.peek(1);
    if (c === QUOTE) this.scanString();
    else if (c === 39) this.scanChar();
    else if (c === AT && next === QUOTE) this.scanVerbatimString();
    else if (this.atInterpolatedString()) this.scanInterpolatedString();
    else if (c === 47 && next === 47) while (!this.atEnd && !isNewLine(this.peek())) this.position++;
    else if (c === 47 && next === 42) {
      const close = this.text.indexOf("*/", this.position + 2);
      this.position = close < 0 || close + 2 > this.limit ? this.limit : close + 2;
    } else return false;
    this.errors.length = before;
    return true;
  }

  /** Do `$"`, `$@"` or `@$"` stand here? */
  protected atInterpolatedString(): boolean {
    const c = this.peek();
    const next = this.peek(1);
    if (c === DOLLAR) return next === QUOTE || (next === AT && this.peek(2) === QUOTE);
    return c === AT && next === DOLLAR && this.peek(2) === QUOTE;
  }
}
