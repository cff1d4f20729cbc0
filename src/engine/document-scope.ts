/** What compiling one document needs at every level: its text and places, the C# compiler, and where mistakes go. */
import type { Diagnostics } from "../base/diagnostic.ts";
import type { SourceText } from "../base/source-text.ts";
import type { CompiledExpression, Compiler } from "../csharp/index.ts";
import type { ResultKind } from "../kit/attributes.ts";
import { Constant, type Value } from "../kit/value.ts";
import type { XmlExpression } from "../xml/tree.ts";
import { type ExpressionFacts, factsOf } from "./expression-facts.ts";
import { type ExpressionPlace, ExpressionValue, foldConstant } from "./expressions.ts";
import type { Finding } from "./warnings.ts";

/** Strings, characters and comments of C#, or a named value in bare code. */
const LEXEMES = /\$?@?\$?"(?:[^"\\\n]|\\.|"")*"|'(?:[^'\\]|\\.)+'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\{\{\s*[\w.-]+\s*\}\}/g;

/** In a document checked alone, a named value in bare code may stand for anything: so does `dynamic`. */
function withStandIns(code: string): string {
  if (!code.includes("{{")) return code;
  return code.replace(LEXEMES, (lexeme) => (lexeme.startsWith("{{") ? "default(dynamic)" : lexeme));
}

export class DocumentScope {
  readonly source: SourceText;
  readonly isLoose: boolean;
  /** Mistakes reported so far. */
  errorCount = 0;
  /** What the compiler found out about expressions; undefined when nobody asks. */
  readonly findings: Map<XmlExpression, Finding> | undefined;
  readonly #compiler: Compiler;
  readonly #diagnostics: Diagnostics;

  constructor(
    source: SourceText,
    compiler: Compiler,
    diagnostics: Diagnostics,
    options: { isLoose: boolean; warn: boolean },
  ) {
    this.source = source;
    this.isLoose = options.isLoose;
    this.findings = options.warn ? new Map() : undefined;
    this.#compiler = compiler;
    this.#diagnostics = diagnostics;
  }

  get text(): string {
    return this.source.text;
  }

  position(offset: number): { line: number; column: number } {
    return this.source.position(offset);
  }

  error(code: string, message: string, offset: number, hint?: string): void {
    this.errorCount++;
    const { line, column } = this.source.position(offset);
    this.#diagnostics.error(code, message, { file: this.source.file, line, column, hint });
  }

  /** Compiles an expression; its mistakes are reported at their places and a harmless constant stands in. */
  expression(expression: XmlExpression, result: ResultKind): Value<unknown> {
    const code = this.isLoose ? withStandIns(expression.code) : expression.code;
    const compiled = this.#compile(expression, code);
    if (compiled.errors.length > 0) {
      for (const e of compiled.errors)
        this.error(e.code, e.message, expression.at(Math.min(e.start, expression.code.length)), e.hint);
      return new Constant<unknown>(undefined);
    }
    const { source } = this;
    const place: ExpressionPlace = {
      file: source.file,
      position: (offset) => source.position(expression.at(Math.min(offset, expression.code.length))),
    };
    return (
      foldConstant(compiled, result, this.isWritten(expression)) ??
      new ExpressionValue(compiled, result, place, expression.code)
    );
  }

  /** Is an expression the author's own, with no named value in it? */
  isWritten({ code, at }: XmlExpression): boolean {
    return this.source.isOriginal(at(0), at(code.length));
  }

  #compile(expression: XmlExpression, code: string): CompiledExpression {
    if (this.findings === undefined) return this.#compiler.compile(code, expression.kind);
    let facts: ExpressionFacts | undefined;
    const compiled = this.#compiler.compile(code, expression.kind, {
      warn: true,
      inspect: (program) => {
        facts = factsOf(program);
      },
    });
    if (facts !== undefined) this.findings.set(expression, { warnings: compiled.warnings, facts });
    return compiled;
  }
}
