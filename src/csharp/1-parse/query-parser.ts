/**
 * Parses query expressions.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/expressions#1222-query-expressions
 */
import type { Expression, Ordering, QueryClause, TypeSyntax } from "./ast.ts";
import { PatternParser } from "./pattern-parser.ts";
import { predefinedTypes } from "./token.ts";

export abstract class QueryParser extends PatternParser {
  /** Does `from` begin a query here? @param inStatement a statement may declare a variable of a type called `from` */
  protected atQuery(inStatement = false): boolean {
    if (!this.atWord("from")) return false;
    const next = this.peek(1).kind;
    if (predefinedTypes.has(next)) return true;
    if (next !== "identifier") return false;
    const afterNext = this.peek(2).kind;
    if (afterNext === "in") return true;
    return !(inStatement && (afterNext === ";" || afterNext === "," || afterNext === "="));
  }

  protected parseQuery(): Expression {
    const { start } = this.token;
    const outer = this.inQuery;
    this.enter();
    this.inQuery = true;
    const clauses: QueryClause[] = [this.parseFrom()];
    this.parseQueryBody(clauses);
    this.inQuery = outer;
    this.leave();
    return { kind: "Query", start, end: this.lastEnd, clauses };
  }

  private parseQueryBody(clauses: QueryClause[]): void {
    for (;;) {
      this.checkChain(clauses.length);
      if (this.atWord("from")) clauses.push(this.parseFrom());
      else if (this.atWord("join")) clauses.push(this.parseJoin());
      else if (this.atWord("let")) clauses.push(this.parseLet());
      else if (this.atWord("where")) clauses.push(this.parseWhere());
      else if (this.atWord("orderby")) clauses.push(this.parseOrderBy());
      else if (this.atWord("select")) clauses.push(this.parseSelect());
      else if (this.atWord("group")) clauses.push(this.parseGroup());
      else {
        this.reportMissing("CS0742", "A query body must end with a select clause or a group clause");
        return;
      }
      const { kind } = clauses[clauses.length - 1];
      if (kind !== "SelectClause" && kind !== "GroupClause") continue;
      if (!this.atWord("into")) return;
      const { start } = this.advance();
      const nameStart = this.token.start;
      const name = this.readIdentifier();
      clauses.push({ kind: "IntoClause", start, end: this.lastEnd, name, nameStart });
    }
  }

  /** `T x` or `x`, before `in`. */
  private parseRangeVariable(): { type?: TypeSyntax; nameStart: number; name: string } {
    const type = this.peek(1).kind === "in" && this.isIdentifier() ? undefined : this.parseType();
    return { type, nameStart: this.token.start, name: this.readIdentifier() };
  }

  private expectIn(): void {
    if (this.at("in")) this.advance();
    else this.reportMissing("CS1515", "'in' expected");
  }

  private parseFrom(): QueryClause {
    const { start } = this.advance();
    const variable = this.parseRangeVariable();
    this.expectIn();
    const expression = this.parseExpression();
    return { kind: "FromClause", start, end: this.lastEnd, ...variable, expression };
  }

  private parseJoin(): QueryClause {
    const { start } = this.advance();
    const variable = this.parseRangeVariable();
    this.expectIn();
    const inExpression = this.parseExpression();
    this.expectContextual("on", "CS0743", "Expected contextual keyword 'on'");
    const leftExpression = this.parseExpression();
    this.expectContextual("equals", "CS0744", "Expected contextual keyword 'equals'");
    const rightExpression = this.parseExpression();
    let into: string | undefined;
    let intoStart: number | undefined;
    if (this.atWord("into")) {
      this.advance();
      intoStart = this.token.start;
      into = this.readIdentifier();
    }
    const parts = { ...variable, inExpression, leftExpression, rightExpression, into, intoStart };
    return { kind: "JoinClause", start, end: this.lastEnd, ...parts };
  }

  private expectContextual(word: string, code: string, message: string): void {
    if (this.atWord(word)) this.advance();
    else this.reportMissing(code, message);
  }

  private parseLet(): QueryClause {
    const { start } = this.advance();
    const nameStart = this.token.start;
    const name = this.readIdentifier();
    this.expect("=");
    const expression = this.parseExpression();
    return { kind: "LetClause", start, end: this.lastEnd, name, nameStart, expression };
  }

  private parseWhere(): QueryClause {
    const { start } = this.advance();
    const condition = this.parseExpression();
    return { kind: "WhereClause", start, end: this.lastEnd, condition };
  }

  private parseOrderBy(): QueryClause {
    const { start } = this.advance();
    const orderings: Ordering[] = [];
    do {
      const expression = this.parseExpression();
      const descending = this.atWord("descending");
      if (descending || this.atWord("ascending")) this.advance();
      orderings.push({ start: expression.start, end: this.lastEnd, expression, descending });
    } while (this.take(","));
    return { kind: "OrderByClause", start, end: this.lastEnd, orderings };
  }

  private parseSelect(): QueryClause {
    const { start } = this.advance();
    const expression = this.parseExpression();
    return { kind: "SelectClause", start, end: this.lastEnd, expression };
  }

  private parseGroup(): QueryClause {
    const { start } = this.advance();
    const groupExpression = this.parseExpression();
    this.expectContextual("by", "CS0745", "Expected contextual keyword 'by'");
    const byExpression = this.parseExpression();
    return { kind: "GroupClause", start, end: this.lastEnd, groupExpression, byExpression };
  }
}
