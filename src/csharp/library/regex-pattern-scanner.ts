/**
 * Reads the small parts of a pattern: numbers, names, escapes, options, blanks. Mistakes are thrown with the offset that .NET gives:
 * where reading stands when they are noticed.
 */
import { RegexParseException } from "./regex-errors.ts";
import { isBoundaryWord } from "./regex-char-class.ts";
import { RegexOptions } from "./regex-options.ts";

const INT_MAX = 0x7fffffff;
const TOO_GREAT = "Quantifier and capture group numbers must be less than or equal to Int32.MaxValue.";

const optionLetters: ReadonlyMap<string, number> = new Map([
  ["i", RegexOptions.ignoreCase],
  ["m", RegexOptions.multiline],
  ["n", RegexOptions.explicitCapture],
  ["s", RegexOptions.singleline],
  ["x", RegexOptions.ignorePatternWhitespace],
]);

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["e", 27],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);

export function isDigit(c: string): boolean {
  return c >= "0" && c <= "9" && c.length === 1;
}

export class PatternScanner {
  readonly pattern: string;
  protected position = 0;
  protected options: number;

  constructor(pattern: string, options: number) {
    this.pattern = pattern;
    this.options = options;
  }

  // ---- looking

  protected get atEnd(): boolean {
    return this.position >= this.pattern.length;
  }

  /** The character at the position plus `ahead`, "" behind the end. */
  protected peek(ahead = 0): string {
    return this.pattern.charAt(this.position + ahead);
  }

  protected next(): string {
    return this.pattern.charAt(this.position++);
  }

  protected isOn(option: number): boolean {
    return (this.options & option) !== 0;
  }

  protected error(problem: string): RegexParseException {
    return new RegexParseException(this.pattern, this.position, problem);
  }

  protected get atWord(): boolean {
    return !this.atEnd && isBoundaryWord(this.pattern.charCodeAt(this.position));
  }

  // ---- blanks and options

  /** Skips comments `(?#...)` and, under IgnorePatternWhitespace, blanks and `#` up to the end of the line. */
  protected skipBlank(): void {
    for (;;) {
      if (this.isOn(RegexOptions.ignorePatternWhitespace)) {
        while (/^[ \t\n\f\r]$/.test(this.peek())) this.position++;
        if (this.peek() === "#") {
          const end = this.pattern.indexOf("\n", this.position);
          this.position = end < 0 ? this.pattern.length : end;
          continue;
        }
      }
      if (!this.pattern.startsWith("(?#", this.position)) return;
      const end = this.pattern.indexOf(")", this.position);
      if (end < 0) {
        this.position = this.pattern.length;
        throw this.error("Unterminated (?#...) comment.");
      }
      this.position = end + 1;
    }
  }

  /** Reads `imnsx-imnsx`, up to the first character that is no option. */
  protected scanOptions(): void {
    for (let off = false; !this.atEnd; this.position++) {
      const c = this.peek();
      if (c === "-") off = true;
      else if (c === "+") off = false;
      else {
        const option = optionLetters.get(c.toLowerCase());
        if (option === undefined) return;
        this.options = off ? this.options & ~option : this.options | option;
      }
    }
  }

  // ---- numbers and names

  protected scanDecimal(): number {
    let value = 0;
    while (isDigit(this.peek())) {
      value = value * 10 + Number(this.next());
      if (value > INT_MAX) throw this.error(TOO_GREAT);
    }
    return value;
  }

  protected scanName(): string {
    const start = this.position;
    while (this.atWord) this.position++;
    return this.pattern.slice(start, this.position);
  }

  /** Reads `{name}` behind `\p`. */
  protected scanProperty(): string {
    if (this.position + 2 >= this.pattern.length) throw this.error("Incomplete \\p{X} character escape.");
    if (this.next() !== "{") throw this.error("Malformed \\p{X} character escape.");
    const start = this.position;
    while (this.atWord || this.peek() === "-") this.position++;
    const name = this.pattern.slice(start, this.position);
    if (this.atEnd || this.next() !== "}") throw this.error("Incomplete \\p{X} character escape.");
    return name;
  }

  // ---- escapes

  /** Reads an escape that stands for one character, behind its backslash; there is a character. */
  protected scanCharEscape(): number {
    if (/^[0-7]$/.test(this.peek())) return this.#scanOctal();
    const unit = this.pattern.charCodeAt(this.position);
    const c = this.next();
    const simple = simpleEscapes.get(c);
    if (simple !== undefined) return simple;
    if (c === "x") return this.#scanHex(2);
    if (c === "u") return this.#scanHex(4);
    if (c === "c") return this.#scanControl();
    if (!this.isOn(RegexOptions.ecmaScript) && isBoundaryWord(unit)) {
      throw this.error(`Unrecognized escape sequence \\${c}.`);
    }
    return unit;
  }

  /** Up to three octal digits; what exceeds a byte is cut. */
  #scanOctal(): number {
    let value = 0;
    for (let i = 0; i < 3 && /^[0-7]$/.test(this.peek()); i++) {
      value = value * 8 + Number(this.next());
      if (this.isOn(RegexOptions.ecmaScript) && value >= 0x20) break;
    }
    return value & 0xff;
  }

  #scanHex(digits: number): number {
    let value = 0;
    let left = digits;
    if (this.position + digits <= this.pattern.length) {
      for (; left > 0; left--) {
        const c = this.next();
        if (!/^[0-9a-fA-F]$/.test(c)) break;
        value = value * 16 + Number.parseInt(c, 16);
      }
    }
    if (left > 0) throw this.error("Insufficient or invalid hexadecimal digits.");
    return value;
  }

  #scanControl(): number {
    if (this.atEnd) throw this.error("Missing control character.");
    const unit = this.pattern.charCodeAt(this.position++);
    const code = (unit >= 97 && unit <= 122 ? unit - 32 : unit) - 64;
    if (code < 0 || code >= 32) throw this.error("Unrecognized control character.");
    return code;
  }
}

/** Regex.Unescape. */
export function unescapePattern(text: string): string {
  return new Unescaper(text, 0).unescape();
}

class Unescaper extends PatternScanner {
  unescape(): string {
    let result = "";
    while (!this.atEnd) {
      const backslash = this.pattern.indexOf("\\", this.position);
      if (backslash < 0) return result + this.pattern.slice(this.position);
      result += this.pattern.slice(this.position, backslash);
      this.position = backslash + 1;
      if (!this.atEnd) result += String.fromCharCode(this.scanCharEscape());
    }
    return result;
  }
}

const letters: ReadonlyMap<string, string> = new Map([
  ["\n", "n"],
  ["\r", "r"],
  ["\t", "t"],
  ["\f", "f"],
]);

/** Regex.Escape. */
export function escapePattern(text: string): string {
  return text.replace(/[\t\n\f\r #$()*+.?[\\^{|]/g, (c) => `\\${letters.get(c) ?? c}`);
}
