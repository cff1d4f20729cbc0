/** Reads attribute values and texts: literals with entities, and expressions. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { SourceText } from "../base/source-text.ts";
import { findCodeEnd } from "./balanced-code.ts";
import { DecodedText } from "./decoded-text.ts";
import type { XmlExpression, XmlValue } from "./tree.ts";

/** After so many mistakes reading stops: each may have cost a look at the rest of the text. */
const MAX_MISTAKES = 100;

const EXPRESSION_START = /\s*@[({]/y;
const AFTER_VALUE = /\s*\/?>|\s+[\w:.-]+\s*=\s*["']/y;

export class ValueReader {
  protected readonly text: string;
  protected position = 0;
  protected readonly diagnostics: Diagnostic[] = [];
  readonly #source: SourceText;
  readonly #decoded: DecodedText;
  #mistakes = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.text = source.text;
    this.#decoded = new DecodedText(source.text);
  }

  protected report(code: string, message: string, offset: number, hint?: string): void {
    this.#mistakes++;
    const { line, column } = this.#source.position(offset);
    this.diagnostics.push({ code, severity: "error", message, file: this.#source.file, line, column, hint });
  }

  /** Is there something to read, and sense in reading it? */
  protected get isReading(): boolean {
    return this.position < this.text.length && this.#mistakes < MAX_MISTAKES;
  }

  protected place(offset: number): string {
    const { line, column } = this.#source.position(offset);
    return `line ${line}, column ${column}`;
  }

  protected skipBlanks(): void {
    this.position = this.#afterBlanks(this.position);
  }

  #afterBlanks(offset: number): number {
    let i = offset;
    for (let c = this.text.charCodeAt(i); isBlank(c); c = this.text.charCodeAt(++i));
    return i;
  }

  // ---- values

  /** Reads from an opening quote to behind the closing one. */
  protected readAttributeValue(name: string, quote: string): XmlValue {
    const start = this.position + 1;
    const what = `attribute ${name}`;
    if (this.#atExpression(start)) {
      const end = this.#expressionEnd(start, what);
      const closer = end === undefined ? -1 : this.#afterBlanks(end);
      if (end !== undefined && this.text.charAt(closer) === quote) {
        this.position = closer + 1;
        return this.#expressionValue(start, end, closer);
      }
      const after = this.#closingQuote(end ?? start, quote);
      if (end !== undefined) this.#reportMixed(what, closer);
      this.position = Math.min(after + 1, this.text.length);
      return this.#value(start, after, undefined);
    }
    const end = this.text.indexOf(quote, start);
    if (end < 0 || this.#runsIntoNextTag(start, end)) {
      this.report("SP3013", `The value of the ${what} is not closed`, start - 1, `add ${quote} behind it`);
      this.position = this.#endOfTag(start);
      return this.#value(start, this.position, undefined);
    }
    this.position = end + 1;
    return this.#value(start, end, undefined);
  }

  /** Reads up to the next `<` outside of an expression. @param element the element around, for messages and recovery */
  protected readText(element: string | undefined): XmlValue {
    const start = this.position;
    if (this.#atExpression(start)) {
      const what = element === undefined ? "text" : `content of <${element}>`;
      const end = this.#expressionEnd(start, what);
      if (end === undefined) {
        const close = element === undefined ? -1 : this.text.indexOf(`</${element}`, start);
        this.position = close < 0 ? this.text.length : close;
        return this.#value(start, this.position, undefined);
      }
      const after = this.#afterBlanks(end);
      if (after >= this.text.length || this.text.charAt(after) === "<") {
        this.position = after;
        return this.#expressionValue(start, end, after);
      }
      this.#reportMixed(what, after);
      this.position = end;
    }
    const next = this.text.indexOf("<", this.position);
    this.position = next < 0 ? this.text.length : next;
    return this.#value(start, this.position, undefined);
  }

  /** A CDATA section: nothing is decoded, but it may be an expression. */
  protected literalValue(start: number, end: number): XmlValue {
    const text = this.text.slice(start, end);
    const at = (index: number) => start + Math.min(index, text.length);
    let expression: XmlExpression | undefined;
    if (this.#atExpression(start) && this.text.indexOf("@", start) < end) {
      const sign = this.text.indexOf("@", start);
      const found = findCodeEnd(this.text, sign + 1, end);
      if (found.end === undefined) this.#reportOpen("CDATA section", sign, found.expected, found.at);
      else if (this.#afterBlanks(found.end) < end) this.#reportMixed("CDATA section", found.end);
      else {
        const code = this.text.slice(sign + 2, found.end - 1);
        const codeAt = (index: number) => sign + 2 + Math.min(index, code.length);
        expression = { kind: kindAt(this.text, sign), code, start: sign, at: codeAt };
      }
    }
    return { text, expression, start, end, at };
  }

  // ---- expressions

  #atExpression(offset: number): boolean {
    EXPRESSION_START.lastIndex = offset;
    return EXPRESSION_START.test(this.text);
  }

  /** Offset behind the expression that begins at or after `start`; undefined when it is not closed, which is reported. */
  #expressionEnd(start: number, what: string): number | undefined {
    const sign = this.text.indexOf("@", start);
    const found = findCodeEnd(this.#decoded.text, this.#decoded.decodedOffset(sign) + 1);
    if (found.end !== undefined) return this.#decoded.writtenOffset(found.end);
    this.#reportOpen(what, sign, found.expected, found.at < 0 ? -1 : this.#decoded.writtenOffset(found.at));
    return undefined;
  }

  #reportOpen(what: string, sign: number, expected: string, at: number): void {
    const closer = this.text.charAt(sign + 1) === "(" ? ")" : "}";
    let hint: string | undefined;
    if (at >= 0) {
      const problem = expected === '"' ? "a string starts that is not closed on its line" : `'${expected}' is expected`;
      hint = `at ${this.place(at)} ${problem}`;
    }
    this.report("SP3014", `The expression in the ${what} is not closed: expected '${closer}'`, sign, hint);
  }

  #reportMixed(what: string, offset: number): void {
    const hint = 'put all of it into the expression: @("text " + value) or @($"text {value}")';
    this.report("SP3015", `The expression must be the whole ${what}, but text follows it`, offset, hint);
  }

  /** Where a value with a mistake may end: at a quote before the next attribute or the end of the tag. */
  #closingQuote(from: number, quote: string): number {
    for (let i = this.text.indexOf(quote, from); i >= 0; i = this.text.indexOf(quote, i + 1)) {
      AFTER_VALUE.lastIndex = i + 1;
      if (AFTER_VALUE.test(this.text)) return i;
    }
    return this.text.length;
  }

  /** A value of several lines with a `<` in it is one whose closing quote is missing. */
  #runsIntoNextTag(start: number, end: number): boolean {
    const newLine = this.text.indexOf("\n", start);
    if (newLine < 0 || newLine > end) return false;
    const tag = this.text.indexOf("<", start);
    return tag >= 0 && tag < end;
  }

  /** The end of the tag on this line, or of the line: where a value without closing quote may have been meant to end. */
  #endOfTag(from: number): number {
    const newLine = this.text.indexOf("\n", from);
    const end = newLine < 0 ? this.text.length : newLine;
    const bracket = this.text.indexOf(">", from);
    if (bracket < 0 || bracket > end) return end;
    return this.text.charAt(bracket - 1) === "/" ? bracket - 1 : bracket;
  }

  #expressionValue(start: number, end: number, valueEnd: number): XmlValue {
    const sign = this.text.indexOf("@", start);
    const from = this.#decoded.decodedOffset(sign + 2);
    const code = this.#decoded.text.slice(from, this.#decoded.decodedOffset(end) - 1);
    const at = (index: number) => this.#decoded.writtenOffset(from + Math.min(index, code.length));
    return this.#value(start, valueEnd, { kind: kindAt(this.text, sign), code, start: sign, at });
  }

  #value(start: number, end: number, expression: XmlExpression | undefined): XmlValue {
    const from = this.#decoded.decodedOffset(start);
    const text = this.#decoded.text.slice(from, this.#decoded.decodedOffset(end));
    const at = (index: number) => this.#decoded.writtenOffset(from + Math.min(index, text.length));
    return { text, expression, start, end, at };
  }
}

/** XML's blanks, and the no-break space that web pages leave in copied documents. */
function isBlank(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9 || c === 0xa0;
}

function kindAt(text: string, sign: number): "expr" | "block" {
  return text.charAt(sign + 1) === "(" ? "expr" : "block";
}
