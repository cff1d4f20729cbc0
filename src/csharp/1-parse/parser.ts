/** The complete parser: the classes before it, `try`, and the holes of interpolated strings. */
import type { CatchClause, Interpolation, Statement, TypeSyntax } from "./ast.ts";
import type { ParseError } from "./parse-error.ts";
import { StatementParser } from "./statement-parser.ts";
import type { Hole } from "./token.ts";
import type { Source } from "./token-cursor.ts";

export class Parser extends StatementParser {
  protected readonly endsAtColon: boolean;

  /** @param hole the hole of an interpolated string to parse, instead of the whole text */
  constructor(source: Source, errors: ParseError[], hole?: Hole, depth = 0) {
    const { text, base } = source;
    const colon = hole !== undefined && hole.colon >= 0;
    const limit = hole === undefined ? text.length : base + (colon ? hole.colon : hole.end);
    super(source, hole === undefined ? 0 : base + hole.start, limit, errors, depth);
    this.endsAtColon = colon;
  }

  /** All statements of the text. */
  parseText(): Statement[] {
    return this.parseStatements();
  }

  /** Reads the `}` around the code. Offset of what follows the statements: the end of the code, unless it closes too early. */
  parseClosingBrace(): number {
    const { start } = this.token;
    this.expect("}");
    const last = this.tokens[this.tokens.length - 1];
    // A comment without end is why all that should follow is missing.
    if (last.errors) this.errors.unshift(...last.errors.map((error) => this.inside(error)));
    return start;
  }

  protected parseHole(hole: Hole): Interpolation {
    this.enter();
    const parser = new Parser(this.source, this.errors, hole, this.depth);
    const interpolation = parser.parseHoleContent(hole);
    this.leave();
    return interpolation;
  }

  protected parseTry(start: number): Statement {
    if (!this.take("try")) {
      this.reportExpected("try");
    }
    const block = this.parseBlock();
    const catches: CatchClause[] = [];
    while (this.at("catch")) catches.push(this.parseCatch());
    const last = this.take("finally") ? this.parseBlock() : undefined;
    if (catches.length === 0 && !last) {
      const span = { start: block.end - 1, end: block.end };
      this.reportAt(span, "CS1524", "Expected catch or finally");
    }
    return { kind: "TryStatement", start, end: this.lastEnd, block, catches, finally: last };
  }

  private parseCatch(): CatchClause {
    const { start } = this.advance();
    let type: TypeSyntax | undefined;
    let name: string | undefined;
    if (this.take("(")) {
      type = this.parseType();
      if (this.isIdentifier()) name = this.readIdentifier();
      this.expect(")");
    }
    let filter: CatchClause["filter"];
    if (this.atWord("when")) {
      this.advance();
      this.expect("(");
      filter = this.parseExpression();
      this.expect(")");
    }
    const block = this.parseBlock();
    return { kind: "CatchClause", start, end: this.lastEnd, type, name, filter, block };
  }
}
