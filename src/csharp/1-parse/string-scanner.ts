/**
 * String and character literals. Codes, messages and positions of errors are the C# compiler's.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure#6456-string-literals
 */
import { isHexDigit, isNewLine } from "./characters.ts";
import { Scanner } from "./scanner.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const UPPER_U = 85;
const LOWER_U = 117;
const LOWER_X = 120;

const simpleEscapes: ReadonlyMap<number, string> = new Map(
  Object.entries({
    "'": "'",
    '"': '"',
    "\\": "\\",
    0: "\0",
    a: "\x07",
    b: "\b",
    f: "\f",
    n: "\n",
    r: "\r",
    t: "\t",
    v: "\v",
  }).map(([letter, value]) => [letter.charCodeAt(0), value]),
);

const ESCAPE_HINT = 'write \\\\ for a backslash, or put @ before the string: @"..."';

export class StringScanner extends Scanner {
  /** Scans `"..."` from its opening quote; returns its value. */
  protected scanString(): string {
    const start = this.position;
    const value = this.scanQuoted(QUOTE, 'close the string on the same line, or use @"..." for text of several lines');
    if (this.position - start === 2 && this.peek() === QUOTE) {
      // """ begins a raw string of C# 11; here it is an empty string followed by another string.
      this.rawString(start);
    }
    return value;
  }

  private rawString(start: number): void {
    while (this.peek() === QUOTE) this.position++;
    const fence = this.text.slice(start, this.position);
    if (fence.length < 3) return;
    const close = this.text.indexOf(fence, this.position);
    this.position = close < 0 || close >= this.limit ? this.limit : close + fence.length;
    const message =
      "Feature 'raw string literals' is not available in C# 7.3. Please use language version 11.0 or greater.";
    this.report("CS8370", message, start, this.position, 'use "..." with escapes or @"..." with doubled quotes');
  }

  /** Scans `@"..."` from its `@`; returns its value. */
  protected scanVerbatimString(): string {
    const start = this.position;
    this.position += 2;
    let value = "";
    let run = this.position;
    for (;;) {
      if (this.atEnd) {
        this.report("CS1039", "Unterminated string literal", start, this.position);
        return value + this.text.slice(run, this.position);
      }
      if (this.peek() === QUOTE) {
        if (this.peek(1) !== QUOTE) break;
        value += this.text.slice(run, this.position + 1);
        run = this.position + 2;
        this.position++;
      }
      this.position++;
    }
    value += this.text.slice(run, this.position++);
    return value;
  }

  /** Scans `'x'` from its opening quote; returns the UTF-16 unit. */
  protected scanChar(): number {
    const start = this.position;
    const value = this.scanQuoted(39, "close the character literal");
    if (value.length === 0) {
      this.report("CS1011", "Empty character literal", start, this.position, 'an empty string is written ""');
    } else if (value.length > 1) {
      const hint = `strings stand in double quotes: ${JSON.stringify(value)}`;
      this.report("CS1012", "Too many characters in character literal", start, this.position, hint);
    }
    return value.length === 0 ? 0 : value.charCodeAt(0);
  }

  private scanQuoted(quote: number, hint: string): string {
    const start = this.position++;
    let value = "";
    let run = this.position;
    for (;;) {
      const c = this.peek();
      if (c === quote) {
        value += this.text.slice(run, this.position++);
        return value;
      }
      if (c === BACKSLASH) {
        value += this.text.slice(run, this.position) + this.scanEscape();
        run = this.position;
      } else if (this.atEnd || isNewLine(c)) {
        this.report("CS1010", "Newline in constant", start, this.position, hint);
        return value + this.text.slice(run, this.position);
      } else {
        this.position++;
      }
    }
  }

  /** Scans an escape sequence from its backslash; returns what it stands for. */
  protected scanEscape(): string {
    const start = this.position++;
    const c = this.peek();
    this.position++;
    const simple = simpleEscapes.get(c);
    if (simple !== undefined) return simple;
    if (c === LOWER_U || c === UPPER_U || c === LOWER_X) return this.scanUnicodeEscape(start, c);
    if (this.position > this.limit) this.position = this.limit;
    this.report("CS1009", "Unrecognized escape sequence", start, this.position, ESCAPE_HINT);
    return Number.isNaN(c) ? "" : String.fromCharCode(c);
  }

  /** `\u` takes four hexadecimal digits, `\U` eight, `\x` one to four. */
  private scanUnicodeEscape(start: number, kind: number): string {
    const most = kind === UPPER_U ? 8 : 4;
    const first = this.position;
    while (this.position < first + most && isHexDigit(this.peek())) this.position++;
    const digits = this.position - first;
    const value = digits > 0 ? Number.parseInt(this.text.slice(first, this.position), 16) : -1;
    if (digits === 0 || (kind !== LOWER_X && digits < most) || value > 0x10ffff) {
      this.report("CS1009", "Unrecognized escape sequence", start, this.position, ESCAPE_HINT);
      return "";
    }
    return String.fromCodePoint(value);
  }
}
