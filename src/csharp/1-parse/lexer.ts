/**
 * Text -> tokens. Mistakes ride on the token after (or around) them, so that the parser reports them in the order of the text and
 * only for tokens that it takes.
 */
import { isBlank, isDigit, isIdentifierPart, isIdentifierStart, isNewLine } from "./characters.ts";
import { InterpolationScanner } from "./interpolation-scanner.ts";
import { scanNumber } from "./numbers.ts";
import { Token, wordKind } from "./token.ts";

/** Punctuators by first character, longest first. `>>` and `>>=` are not among them: see Token. */
const punctuators: ReadonlyMap<number, readonly string[]> = (() => {
  const all = `<<= ??= ++ -- && || == != <= >= += -= *= /= %= &= |= ^= << ?? :: => -> ..
    { } ( ) [ ] . , : ; + - * / % & | ^ ! ~ = < > ?`.split(/\s+/);
  const byFirst = new Map<number, string[]>();
  for (const punctuator of all) {
    const first = punctuator.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), punctuator]);
  }
  return byFirst;
})();

const curlyQuotes = "\u2018\u2019\u201c\u201d\u00ab\u00bb\u201e";

export class Lexer extends InterpolationScanner {
  readonly #tokens: Token[] = [];

  /** All tokens; the last one is of kind `end`. */
  tokenize(): Token[] {
    for (;;) {
      this.skipTrivia();
      const start = this.position;
      if (start >= this.limit) {
        this.add("end", this.limit);
        return this.#tokens;
      }
      this.scanToken(this.text.charCodeAt(start), start);
    }
  }

  private add(kind: string, start: number, value?: unknown, verbatim = false): void {
    const errors = this.errors.length > 0 ? this.errors : undefined;
    if (errors) this.errors = [];
    this.#tokens.push(new Token(kind, start - this.base, this.position - this.base, value, verbatim, errors));
  }

  private scanToken(c: number, start: number): void {
    if (isIdentifierStart(c)) this.scanWord(start);
    else if (c === 34) this.add("stringLiteral", start, this.scanString());
    else if (isDigit(c) || (c === 46 && isDigit(this.peek(1)))) this.scanNumberToken(start);
    else if (c === 39) this.add("charLiteral", start, this.scanChar());
    else if (c === 64 || c === 36) this.scanPrefixed(start);
    else if (c === 92 && (this.peek(1) | 32) === 117) this.scanEscapedIdentifier(start, false);
    else this.scanPunctuator(c, start);
  }

  private scanWord(start: number): void {
    let i = start + 1;
    while (i < this.limit && isIdentifierPart(this.text.charCodeAt(i))) i++;
    if (this.text.charCodeAt(i) === 92 && i < this.limit && (this.text.charCodeAt(i + 1) | 32) === 117) {
      this.scanEscapedIdentifier(start, false);
      return;
    }
    const word = this.text.slice(start, i);
    this.position = i;
    this.add(wordKind(word), start, word);
  }

  /** An identifier with Unicode escapes, or after `@`: never a keyword. */
  private scanEscapedIdentifier(start: number, verbatim: boolean): void {
    let name = "";
    this.position = verbatim ? start + 1 : start;
    for (;;) {
      const c = this.peek();
      if (isIdentifierPart(c)) {
        name += String.fromCharCode(c);
        this.position++;
      } else if (c === 92 && (this.peek(1) | 32) === 117) {
        const at = this.position;
        const value = this.scanEscape();
        if (value !== "" && !isIdentifierPart(value.charCodeAt(0))) {
          this.report("CS1056", `Unexpected character '${this.text.slice(at, this.position)}'`, at, this.position);
        } else name += value;
      } else break;
    }
    this.add("identifier", start, name, verbatim);
  }

  private scanNumberToken(start: number): void {
    const scanned = scanNumber(this.text, start);
    this.position = Math.min(scanned.end, this.limit);
    if (scanned.error) this.report(scanned.error.code, scanned.error.message, start, this.position);
    this.add("numberLiteral", start, scanned.number);
  }

  /** `@"..."`, `$"..."`, `@name`. */
  private scanPrefixed(start: number): void {
    const c = this.peek();
    const next = this.peek(1);
    if (this.atInterpolatedString()) {
      if (c === 64) {
        const message =
          "To use '@$' instead of '$@' for an interpolated verbatim string, please use language version '8.0' or greater.";
        this.report("CS8401", message, start, start + 3, 'write $@"..."');
      }
      this.add("interpolatedString", start, this.scanInterpolatedString());
    } else if (c === 64 && next === 34) {
      this.add("stringLiteral", start, this.scanVerbatimString());
    } else if (c === 64 && (isIdentifierStart(next) || next === 92)) {
      this.scanEscapedIdentifier(start, true);
    } else if (c === 64) {
      const message = "Keyword, identifier, or string expected after verbatim specifier: @";
      const hint = next === 40 || next === 123 ? "an expression inside an expression needs no @( )" : undefined;
      this.position++;
      this.report("CS1646", message, start, this.position, hint);
    } else {
      this.scanUnexpected(start);
    }
  }

  private scanPunctuator(c: number, start: number): void {
    const candidates = punctuators.get(c);
    if (candidates) {
      for (const candidate of candidates) {
        if (candidate.length > 1 && !this.text.startsWith(candidate, start)) continue;
        this.position = start + candidate.length;
        this.add(candidate, start);
        return;
      }
    }
    this.scanUnexpected(start);
  }

  private scanUnexpected(start: number): void {
    const character = String.fromCodePoint(this.text.codePointAt(start) as number);
    this.position = start + character.length;
    let hint: string | undefined;
    if (curlyQuotes.includes(character)) hint = 'use straight quotes: "..."';
    else if (character === "`") hint = 'use "..." or $"...{x}..." instead of a JavaScript template';
    else if (character === "#") hint = "preprocessor directives other than #region and #pragma are not supported";
    this.report("CS1056", `Unexpected character '${character}'`, start, this.position, hint);
  }

  private skipTrivia(): void {
    while (this.position < this.limit) {
      const c = this.text.charCodeAt(this.position);
      if (c === 32 || isNewLine(c) || isBlank(c)) this.position++;
      else if (c === 47 && this.peek(1) === 47) this.skipLine();
      else if (c === 47 && this.peek(1) === 42) this.skipComment();
      else if (c === 35 && this.atDirective()) this.skipLine();
      else return;
    }
  }

  private skipLine(): void {
    while (this.position < this.limit && !isNewLine(this.text.charCodeAt(this.position))) this.position++;
  }

  private skipComment(): void {
    const start = this.position;
    const close = this.text.indexOf("*/", start + 2);
    if (close >= 0 && close + 2 <= this.limit) {
      this.position = close + 2;
      return;
    }
    this.position = this.limit;
    this.report("CS1035", "End-of-file found, '*/' expected", start, start + 2);
  }

  /** #region, #endregion and #pragma, first on their line, mean nothing here. */
  private atDirective(): boolean {
    let before = this.position - 1;
    while (before >= 0 && isBlank(this.text.charCodeAt(before))) before--;
    if (before >= 0 && !isNewLine(this.text.charCodeAt(before))) return false;
    return /^#[ \t]*(?:region|endregion|pragma)\b/.test(this.text.slice(this.position, this.position + 40));
  }
}
