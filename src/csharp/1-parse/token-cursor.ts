/**
 * Reads tokens one by one and reports what is missing, with the C# compiler's codes, messages and positions. The parser continues
 * after an error as the compiler does: a missing token is reported and imagined.
 */
import type { Missing, Span } from "./ast.ts";
import { Lexer } from "./lexer.ts";
import type { ParseError } from "./parse-error.ts";
import { isBlank, isNewLine } from "./characters.ts";
import { MAX_DEPTH } from "./scanner.ts";
import { keywords, type Token } from "./token.ts";

/** The text that is parsed, and the code in it: offsets handed out are relative to `base`. */
export interface Source {
  readonly text: string;
  readonly base: number;
  /** Length of the code. */
  readonly length: number;
  /** Added to the hint of what only statements may do, where just an expression is allowed. */
  readonly isExpression: boolean;
}

/** Thrown when nesting is too deep to go on; the error is already reported. */
export class ParseAborted extends Error {}

/** Longest chain of operators or member accesses, which nests on the left. */
export const MAX_CHAIN = 1000;

const expectedCodes: ReadonlyMap<string, [code: string, message: string]> = new Map([
  [";", ["CS1002", "; expected"]],
  [")", ["CS1026", ") expected"]],
  ["{", ["CS1514", "{ expected"]],
  ["}", ["CS1513", "} expected"]],
]);

const queryKeywords: ReadonlySet<unknown> = new Set(
  "from where select group into orderby join let in on equals by ascending descending".split(" "),
);

export class TokenCursor {
  protected readonly source: Source;
  readonly errors: ParseError[];
  protected readonly tokens: readonly Token[];
  protected index = 0;
  /** The token to be read next. */
  protected token: Token;
  /** End of the token read last. */
  protected lastEnd: number;
  protected depth: number;
  protected inQuery = false;

  /** @param from range of the text to parse; @param depth nesting of the surrounding parser */
  constructor(source: Source, from: number, limit: number, errors: ParseError[], depth = 0) {
    this.source = source;
    this.errors = errors;
    this.tokens = new Lexer(source.text, source.base, from, limit).tokenize();
    this.token = this.tokens[0];
    this.lastEnd = this.token.start;
    this.depth = depth;
  }

  // ---- reading

  protected at(kind: string): boolean {
    return this.token.kind === kind;
  }

  /** The token `ahead` places after the current one; the `end` token repeats. */
  protected peek(ahead: number): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
  }

  /** Is the token this contextual keyword? */
  protected atWord(word: string): boolean {
    return isWord(this.token, word);
  }

  /** Reads the token, whatever it is. */
  protected advance(): Token {
    const token = this.token;
    if (token.errors) for (const error of token.errors) this.errors.push(this.inside(error));
    this.lastEnd = token.end;
    if (this.index < this.tokens.length - 1) this.token = this.tokens[++this.index];
    return token;
  }

  /** Reads the token if it is of this kind. */
  protected take(kind: string): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  /** Reads the token if it is of this kind, otherwise reports that it is missing. */
  protected expect(kind: string, hint?: string): boolean {
    if (this.take(kind)) return true;
    this.reportExpected(kind, hint);
    return false;
  }

  protected expectWord(word: string): void {
    if (this.atWord(word)) this.advance();
    else this.reportExpected(word);
  }

  /** An identifier that is no keyword of the query around it. */
  protected isIdentifier(token: Token = this.token): boolean {
    return token.kind === "identifier" && !(this.inQuery && queryKeywords.has(token.value) && !token.verbatim);
  }

  /** Reads an identifier; reports `code` when there is none and returns "". */
  protected readIdentifier(code = "CS1001", message = "Identifier expected"): string {
    if (this.isIdentifier()) return this.advance().value as string;
    const keyword = keywords.has(this.token.kind) ? this.token.kind : undefined;
    if (this.at("identifier")) this.reportMissing("CS1525", `Invalid expression term '${this.token.value}'`);
    else
      this.reportMissing(code, message, keyword && `'${keyword}' is a keyword; write @${keyword} to use it as a name`);
    return "";
  }

  // ---- trying

  /** Parses on trial: when `attempt` gives undefined, or reports an error, nothing has happened. */
  protected attempt<T>(attempt: () => T | undefined): T | undefined {
    const { index, token, lastEnd } = this;
    const errors = this.errors.length;
    const result = attempt();
    if (result !== undefined && this.errors.length === errors) return result;
    this.index = index;
    this.token = token;
    this.lastEnd = lastEnd;
    this.errors.length = errors;
    return undefined;
  }

  /** Guards recursion; every entry is matched by `leave`. */
  protected enter(): void {
    if (++this.depth <= MAX_DEPTH) return;
    this.tooComplex();
  }

  protected leave(): void {
    this.depth--;
  }

  protected checkChain(length: number): void {
    if (length > MAX_CHAIN) this.tooComplex();
  }

  private tooComplex(): never {
    const message = "An expression is too long or complex to compile";
    this.reportAt(this.token, "CS8078", message, "take parts out into variables of their own");
    throw new ParseAborted(message);
  }

  // ---- reporting

  protected reportAt(span: Span, code: string, message: string, hint?: string): void {
    const { start, end } = span;
    this.errors.push(this.inside({ code, message, start, end, hint, compilerOffset: start }));
  }

  /** Reports something missing here: at the end of the line before, or at the token when it stands on the same line. */
  protected reportMissing(code: string, message: string, hint?: string): void {
    this.reportAt(this.missingSpan(), code, message, hint);
  }

  protected reportExpected(kind: string, hint?: string): void {
    const [code, message] = expectedCodes.get(kind) ?? ["CS1003", `Syntax error, '${kind}' expected`];
    this.reportMissing(code, message, hint ?? this.expectedHint(kind));
  }

  private expectedHint(kind: string): string | undefined {
    if (kind === ")" && this.at(";") && this.source.isExpression) {
      return "@( ) holds a single expression without semicolon; use @{ } for statements";
    }
    if (kind === ")" && this.at("=")) return "compare with ==";
    const [before, last] = [this.tokens[this.index - 2], this.tokens[this.index - 1]];
    if (before?.kind === "<" && last.kind === ">") return "not equal is written !=";
    return undefined;
  }

  protected reportFeature(span: Span, feature: string, version: string, hint?: string): void {
    const message = `Feature '${feature}' is not available in C# 7.3. Please use language version ${version} or greater.`;
    this.reportAt(span, "CS8370", message, hint);
  }

  /** A missing expression at this place. */
  protected missing(): Missing {
    const { start, end } = this.missingSpan();
    return { kind: "Missing", start, end };
  }

  private missingSpan(): Span {
    const { text, base } = this.source;
    if (this.index === 0) return this.token;
    for (let i = this.lastEnd + base; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (isNewLine(c)) return { start: this.lastEnd, end: this.lastEnd };
      if (c === 47 && text.charCodeAt(i + 1) === 47) return { start: this.lastEnd, end: this.lastEnd };
      if (c === 47 && text.charCodeAt(i + 1) === 42) i = text.indexOf("*/", i) + 1;
      else if (!isBlank(c)) break;
      if (i <= 0) break;
    }
    return this.token;
  }

  /** Moves an error that the compiler reports in the surroundings of the code into the code. */
  protected inside(error: ParseError): ParseError {
    const last = this.source.length;
    if (error.start >= 0 && error.end <= last) return error;
    const start = Math.min(Math.max(error.start, 0), last);
    return { ...error, start, end: Math.min(Math.max(error.end, start), last) };
  }
}

export function isWord(token: Token, word: string): boolean {
  return token.kind === "identifier" && token.value === word && !token.verbatim;
}
