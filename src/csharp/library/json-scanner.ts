/**
 * The characters of JSON text: blanks, line counting, comments, string and number literals, words. What JsonTextReader builds tokens from.
 * It reads what Json.NET reads, which is more than JSON: see json-text-reader.ts.
 */
import { caught } from "../runtime/exceptions.ts";
import type { CsException } from "../runtime/values.ts";
import { parseRadix } from "./convert-radix.ts";
import { int64Range } from "./integer-ranges.ts";
import { JsonReader, State } from "./json-reader.ts";
import type { JsonReading } from "./json-style.ts";
import { JsonToken } from "./json-token-type.ts";
import { isWhiteSpace } from "./unicode.ts";

/** Character codes; `END` stands for the end of the text. */
export const Code = {
  END: -1,
  TAB: 9,
  LINE_FEED: 10,
  RETURN: 13,
  SPACE: 32,
  DOUBLE_QUOTE: 34,
  SINGLE_QUOTE: 39,
  CLOSE_PARENTHESIS: 41,
  ASTERISK: 42,
  COMMA: 44,
  MINUS: 45,
  SLASH: 47,
  COLON: 58,
  OPEN_BRACKET: 91,
  BACKSLASH: 92,
  CLOSE_BRACKET: 93,
  OPEN_BRACE: 123,
  CLOSE_BRACE: 125,
} as const;

export abstract class JsonScanner extends JsonReader {
  override readonly hasLineInfo = true;
  readonly text: string;
  /** Index of the next character. */
  protected pos = 0;
  #lineStart = 0;
  #line = 1;

  constructor(text: string, reading?: JsonReading) {
    super(reading);
    this.text = text;
  }

  override get lineNumber(): number {
    return this.state === State.Start && this.linePosition === 0 && this.tokenType !== JsonToken.Comment
      ? 0
      : this.#line;
  }

  override get linePosition(): number {
    return this.pos - this.#lineStart;
  }

  /** The character code at an offset from the current position; -1 at the end. */
  protected peek(offset = 0): number {
    const i = this.pos + offset;
    return i < this.text.length ? this.text.charCodeAt(i) : Code.END;
  }

  protected here(): string {
    return this.pos < this.text.length ? this.text[this.pos] : "\0";
  }

  /** Steps over one character that means nothing: a blank, a line end or NUL. False when the character is not such. */
  protected skipBlank(c: number): boolean {
    if (c === Code.SPACE || c === Code.TAB || c === 0) this.pos++;
    else if (c === Code.LINE_FEED) this.#lineFeed();
    else if (c === Code.RETURN) this.#carriageReturn();
    else if (isWhiteSpace(c)) this.pos++;
    else return false;
    return true;
  }

  #lineFeed(): void {
    this.pos++;
    this.#line++;
    this.#lineStart = this.pos;
  }

  #carriageReturn(): void {
    this.pos++;
    if (this.peek() === Code.LINE_FEED) this.pos++;
    this.#line++;
    this.#lineStart = this.pos;
  }

  protected eatWhitespace(): void {
    while (this.pos < this.text.length && this.skipBlank(this.peek()));
  }

  /** Steps over a comment, whose slash is the current character, and gives its text. */
  protected readComment(): string {
    this.pos++;
    const kind = this.peek();
    // Json.NET wants a character behind the one that says which kind it is.
    if (this.peek(1) === Code.END) throw this.error("Unexpected end while parsing comment.");
    if (kind !== Code.ASTERISK && kind !== Code.SLASH) {
      throw this.error(`Error parsing comment. Expected: *, got ${this.here()}.`);
    }
    this.pos++;
    const start = this.pos;
    const end = kind === Code.SLASH ? this.#endOfLine() : this.#endOfBlockComment();
    return this.text.slice(start, end);
  }

  #endOfLine(): number {
    for (let c = this.peek(); c !== Code.END && c !== Code.LINE_FEED && c !== Code.RETURN; c = this.peek()) this.pos++;
    return this.pos;
  }

  #endOfBlockComment(): number {
    for (;;) {
      const c = this.peek();
      if (c === Code.END) throw this.error("Unexpected end while parsing comment.");
      if (c === Code.ASTERISK && this.peek(1) === Code.SLASH) {
        this.pos += 2;
        return this.pos - 2;
      }
      if (c === Code.LINE_FEED) this.#lineFeed();
      else if (c === Code.RETURN) this.#carriageReturn();
      else this.pos++;
    }
  }

  protected unexpectedEnd(): CsException {
    return this.error("Unexpected end when reading JSON.");
  }

  /** Steps over a word, which a separator or the end must follow. */
  protected matchWord(word: string, failure: string): void {
    if (!this.tryMatchWord(word)) throw this.error(failure);
  }

  /** The same, but false where the text differs from the word, at the place where it does. */
  protected tryMatchWord(word: string): boolean {
    if (this.text.length - this.pos < word.length) {
      this.pos = this.text.length;
      throw this.unexpectedEnd();
    }
    for (let i = 0; i < word.length; i++) {
      if (this.peek() !== word.charCodeAt(i)) return false;
      this.pos++;
    }
    return this.#atSeparator();
  }

  #atSeparator(): boolean {
    const c = this.peek();
    if (c === Code.END || c === 0 || c === Code.CLOSE_BRACE || c === Code.CLOSE_BRACKET || c === Code.COMMA)
      return true;
    if (c === Code.SLASH) return this.peek(1) === Code.ASTERISK || this.peek(1) === Code.SLASH;
    if (c === Code.CLOSE_PARENTHESIS) return this.state === State.Constructor || this.state === State.ConstructorStart;
    return isWhiteSpace(c);
  }

  /** The rest of a string literal after its opening quote. */
  protected readString(quote: number): string {
    const text = this.text;
    let from = this.pos;
    let read = "";
    for (let i = from; ; i++) {
      if (i >= text.length) {
        this.pos = i;
        throw this.error(`Unterminated string. Expected delimiter: ${String.fromCharCode(quote)}.`);
      }
      const c = text.charCodeAt(i);
      if (c === quote) {
        this.pos = i + 1;
        return read + text.slice(from, i);
      }
      if (c === Code.BACKSLASH) {
        read += text.slice(from, i);
        this.pos = i + 1;
        read += this.#readEscape(quote);
        from = this.pos;
        i = from - 1;
      } else if (c === Code.LINE_FEED || c === Code.RETURN) {
        this.pos = i;
        if (c === Code.LINE_FEED) this.#lineFeed();
        else this.#carriageReturn();
        i = this.pos - 1;
      }
    }
  }

  #readEscape(quote: number): string {
    if (this.pos >= this.text.length) {
      throw this.error(`Unterminated string. Expected delimiter: ${String.fromCharCode(quote)}.`);
    }
    const c = this.text[this.pos++];
    switch (c) {
      case "b":
        return "\b";
      case "t":
        return "\t";
      case "n":
        return "\n";
      case "f":
        return "\f";
      case "r":
        return "\r";
      case "\\":
      case '"':
      case "'":
      case "/":
        return c;
      case "u":
        return this.#readUnicode();
      default:
        throw this.error(`Bad JSON escape sequence: \\${c}.`);
    }
  }

  /** Escaped surrogates must come in pairs; a lone one becomes U+FFFD. */
  #readUnicode(): string {
    let written = "";
    let unit = this.#readHex();
    while (unit >= 0xd800 && unit <= 0xdbff) {
      if (this.peek() !== Code.BACKSLASH || this.peek(1) !== 117) return `${written}\ufffd`;
      this.pos += 2;
      const next = this.#readHex();
      if (next >= 0xdc00 && next <= 0xdfff) return written + String.fromCharCode(unit, next);
      written += "\ufffd";
      unit = next;
    }
    return written + (unit >= 0xdc00 && unit <= 0xdfff ? "\ufffd" : String.fromCharCode(unit));
  }

  #readHex(): number {
    if (this.pos + 4 > this.text.length) throw this.error("Unexpected end while parsing Unicode escape sequence.");
    const hex = this.text.slice(this.pos, this.pos + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.error(`Invalid Unicode escape sequence: \\u${hex}.`);
    this.pos += 4;
    return Number.parseInt(hex, 16);
  }

  /** The number literal at the current position. */
  protected readNumber(): string {
    const start = this.pos;
    while (isNumberPart(this.peek())) this.pos++;
    const c = this.peek();
    if (
      !(
        c === Code.END ||
        c === 0 ||
        c === Code.COMMA ||
        c === Code.CLOSE_BRACE ||
        c === Code.CLOSE_BRACKET ||
        c === Code.CLOSE_PARENTHESIS
      ) &&
      c !== Code.SLASH &&
      !isWhiteSpace(c)
    ) {
      throw this.error(`Unexpected character encountered while parsing number: ${this.here()}.`);
    }
    // The value counts as read even when the number turns out to be malformed: the path in the message points at it.
    this.setPostValueState(true);
    return this.text.slice(start, this.pos);
  }

  /** `0x1F` or `010` as a long or int. */
  protected octalOrHex(literal: string, what: string, range = int64Range): bigint {
    try {
      return parseRadix(literal, /^0x/i.test(literal) ? 16 : 8, range);
    } catch (error) {
      throw this.error(`Input string '${literal}' is not a valid ${what}.`, caught(error));
    }
  }
}

/** Starts with 0 and more digits or x: octal or hexadecimal. */
export function isOctalOrHex(literal: string): boolean {
  return literal.length > 1 && literal[0] === "0" && !".eE".includes(literal[1]);
}

/** What double.TryParse takes of the characters that number literals may have. A literal may be a million digits: each is read once. */
export function isFloat(literal: string): boolean {
  return /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(literal);
}

export function isNumberStart(c: number): boolean {
  return (c >= 48 && c <= 57) || c === 46 || (c > 127 && /\p{N}/u.test(String.fromCharCode(c)));
}

/** Characters of number literals: digits, hexadecimal digits, x, signs and the point. */
export function isNumberPart(c: number): boolean {
  if (c >= 48 && c <= 57) return true;
  const lower = c | 32;
  return c === Code.MINUS || c === 43 || c === 46 || (lower >= 97 && lower <= 102) || lower === 120;
}

export function isLetterOrDigit(c: number): boolean {
  if (c < 128) return (c >= 48 && c <= 57) || ((c | 32) >= 97 && (c | 32) <= 122);
  return /[\p{L}\p{Nd}]/u.test(String.fromCharCode(c));
}

export function isIdentifier(c: number): boolean {
  return isLetterOrDigit(c) || c === 95 || c === 36;
}
