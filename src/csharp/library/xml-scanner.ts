/** The characters of an XML document: names, blanks, references, and errors with line and position as XmlReader reports them. */
import type { CsException } from "../runtime/values.ts";
import {
  badNameChar,
  findInvalidChar,
  invalidChar,
  isNameChar,
  isNameStart,
  isXmlSpace,
  xmlError,
} from "./xml-characters.ts";

const predefined: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export interface QName {
  readonly prefix: string;
  readonly local: string;
}

export class XmlScanner {
  readonly text: string;
  /** Index of the next character. */
  pos = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.pos >= this.text.length;
  }

  /** Character code at an offset from the current position; NaN at the end. */
  peek(offset = 0): number {
    return this.text.charCodeAt(this.pos + offset);
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.pos);
  }

  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.pos += text.length;
    return true;
  }

  /** XmlException at a place in the text. */
  error(message: string, at = this.pos): CsException {
    const [line, position] = this.place(at);
    return xmlError(`${message} Line ${line}, position ${position}.`);
  }

  /** Line and position, both from 1; CR LF, CR and LF each end a line. */
  place(at: number): readonly [line: number, position: number] {
    let line = 1;
    let start = 0;
    const ends = /\r\n?|\n/g;
    for (let match = ends.exec(this.text); match && match.index < at; match = ends.exec(this.text)) {
      if (match.index + match[0].length > at) break;
      line++;
      start = match.index + match[0].length;
    }
    return [line, at - start + 1];
  }

  /** "'x' is an unexpected token. ..." with the name or character that stands at a place. */
  unexpected(at: number, expected: string, other?: string): CsException {
    const token = this.#tokenAt(at);
    if (token === undefined) return this.error("Unexpected end of file has occurred.", at);
    const wanted = other === undefined ? `'${expected}'` : `'${expected}' or '${other}'`;
    return this.error(`'${token}' is an unexpected token. The expected token is ${wanted}.`, at);
  }

  expectingBlank(at: number): CsException {
    const token = this.#tokenAt(at);
    if (token === undefined) return this.error("Unexpected end of file has occurred.", at);
    return this.error(`'${token}' is an unexpected token. Expecting whitespace.`, at);
  }

  #tokenAt(at: number): string | undefined {
    if (at >= this.text.length) return undefined;
    let end = at;
    while (isNameChar(this.text.charCodeAt(end))) end++;
    return this.text.slice(at, Math.max(end, at + 1));
  }

  /** Steps over white space; how much there was. */
  skipBlanks(): number {
    const start = this.pos;
    while (isXmlSpace(this.peek())) this.pos++;
    return this.pos - start;
  }

  badName(at: number, start: boolean): CsException {
    if (at >= this.text.length) return this.error("Unexpected end of file while parsing Name has occurred.", at);
    return this.error(badNameChar(this.text, at, start), at);
  }

  /** A name without a colon. */
  ncName(): string {
    const start = this.pos;
    if (!isNameStart(this.peek())) throw this.badName(this.pos, true);
    this.pos++;
    while (isNameChar(this.peek())) this.pos++;
    return this.text.slice(start, this.pos);
  }

  /** `local` or `prefix:local`. */
  qName(): QName {
    const first = this.ncName();
    if (this.peek() !== 58) return this.#ended({ prefix: "", local: first });
    this.pos++;
    const local = this.ncName();
    if (this.peek() === 58) throw this.error(badNameChar(":", 0, false));
    return this.#ended({ prefix: first, local });
  }

  /** A name may not be the last thing of a document. */
  #ended(name: QName): QName {
    if (this.atEnd) throw this.badName(this.pos, true);
    return name;
  }

  /** What stands before `end`, which is stepped over. @param what for the message when `end` is missing */
  upTo(end: string, what: string): string {
    const at = this.text.indexOf(end, this.pos);
    if (at < 0) throw this.error(`Unexpected end of file while parsing ${what} has occurred.`, this.text.length);
    const found = this.text.slice(this.pos, at);
    this.checkChars(this.pos, at);
    this.pos = at + end.length;
    return normalizeLines(found);
  }

  /** Throws when something that is no XML character stands in a part of the text. */
  checkChars(from: number, to: number): void {
    const found = findInvalidChar(this.text.slice(from, to));
    if (found < 0) return;
    // Of half a pair without its other half .NET blames the character behind it.
    const at = from + found;
    const blamed = (this.text.charCodeAt(at) & 0xfc00) === 0xd800 && at + 1 < this.text.length ? at + 1 : at;
    throw this.error(invalidChar(this.text, blamed), blamed);
  }

  /** Steps over `=` and the quote behind it, which it gives. */
  openingQuote(): string {
    this.skipBlanks();
    if (!this.take("=")) throw this.unexpected(this.pos, "=");
    this.skipBlanks();
    const quote = this.text[this.pos];
    if (quote !== '"' && quote !== "'") throw this.unexpected(this.pos, '"', "'");
    this.pos++;
    return quote;
  }

  /** A character reference or one of the five entities that XML knows, at an ampersand; undefined for any other reference. */
  characterReference(): string | undefined {
    if (this.peek(1) === 35) return this.#numericReference();
    const match = /^&(amp|lt|gt|quot|apos);/.exec(this.text.slice(this.pos, this.pos + 6));
    if (!match) return undefined;
    this.pos += match[0].length;
    return predefined[match[1]];
  }

  #numericReference(): string {
    const hex = this.peek(2) === 120;
    const digits = this.pos + (hex ? 3 : 2);
    let end = digits;
    while ((hex ? /[0-9a-fA-F]/ : /[0-9]/).test(this.text[end] ?? "")) end++;
    if (end === digits || this.text[end] !== ";") {
      if (end >= this.text.length) throw this.error("Unexpected end of file has occurred.", end);
      throw this.error(`Invalid syntax for a ${hex ? "hexadecimal" : "decimal"} numeric entity reference.`, end);
    }
    const code = Number.parseInt(this.text.slice(digits, end), hex ? 16 : 10);
    if (code > 0x10ffff) throw this.error("Invalid value of a character entity reference.", end);
    const character = String.fromCodePoint(code);
    if (findInvalidChar(character) >= 0) throw this.error(invalidChar(character, 0), digits);
    this.pos = end + 1;
    return character;
  }

  /** The name of an entity reference at an ampersand, and where it stands. */
  entityName(): { readonly name: string; readonly at: number } {
    const at = this.pos + 1;
    if (at >= this.text.length) throw this.error("Unexpected end of file has occurred.");
    this.pos = at;
    if (!isNameStart(this.peek())) throw this.error("An error occurred while parsing EntityName.", at);
    const name = this.ncName();
    if (this.peek() !== 59)
      throw this.atEnd ? this.error("An error occurred while parsing EntityName.", at) : this.unexpected(this.pos, ";");
    this.pos++;
    return { name, at };
  }
}

/** CR LF and CR are one LF each (https://www.w3.org/TR/xml/#sec-line-ends). */
export function normalizeLines(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}
