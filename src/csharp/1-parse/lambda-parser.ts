/** Parses lambdas, anonymous methods and parameter lists. */
import type { Expression, Parameter } from "./ast.ts";
import { QueryParser } from "./query-parser.ts";
import { isWord } from "./token-cursor.ts";

const modifiers: ReadonlySet<string> = new Set(["ref", "out", "in", "params"]);

export abstract class LambdaParser extends QueryParser {
  /** A lambda if one begins here: `x => ...` or `(...) => ...`. */
  protected parseLambda(): Expression | undefined {
    const { start } = this.token;
    if (this.atAsync()) {
      const message = "The modifier 'async' is not valid for this item";
      this.reportAt(this.token, "CS0106", message, "policy expressions run synchronously");
      this.advance();
    }
    if (this.isIdentifier() && this.peek(1).kind === "=>") {
      const name = this.readIdentifier();
      const parameter: Parameter = { kind: "Parameter", start, end: this.lastEnd, name, nameStart: start };
      return this.parseLambdaBody(start, [parameter]);
    }
    if (!this.at("(") || this.kindAfterParentheses() !== "=>") return undefined;
    return this.parseLambdaBody(start, this.parseParameters(true));
  }

  private atAsync(): boolean {
    if (!isWord(this.token, "async")) return false;
    const next = this.peek(1).kind;
    if (next === "identifier") return this.peek(2).kind === "=>";
    return next === "delegate" || (next === "(" && this.kindAfterParentheses(1) === "=>");
  }

  /** Kind of the token behind the parenthesis that closes the one at `ahead`. */
  private kindAfterParentheses(ahead = 0): string {
    let depth = 0;
    for (let i = this.index + ahead; i < this.tokens.length; i++) {
      const { kind } = this.tokens[i];
      if (kind === "(") depth++;
      else if (kind === ")" && --depth === 0) return this.tokens[i + 1].kind;
      else if (kind === ";" || kind === "{") return kind;
    }
    return "end";
  }

  private parseLambdaBody(start: number, parameters: Parameter[]): Expression {
    const arrowStart = this.token.start;
    const outer = this.inQuery;
    this.expect("=>");
    const isBlock = this.at("{");
    if (isBlock) this.inQuery = false;
    const body = isBlock ? this.parseBlock() : this.parsePossibleRef();
    this.inQuery = outer;
    return { kind: "Lambda", start, end: this.lastEnd, parameters, body, arrowStart };
  }

  /** `ref x` where a reference may be given, or an expression. */
  protected parsePossibleRef(): Expression {
    if (!this.at("ref")) return this.parseExpression();
    const { start } = this.advance();
    const expression = this.parseExpression();
    return { kind: "Ref", start, end: this.lastEnd, expression };
  }

  protected parseAnonymousMethod(): Expression {
    const { start } = this.token;
    const outer = this.inQuery;
    this.expect("delegate");
    const parameters = this.at("(") ? this.parseParameters(false) : undefined;
    this.inQuery = false;
    const body = this.parseBlock();
    this.inQuery = outer;
    return { kind: "AnonymousMethod", start, end: this.lastEnd, parameters, body };
  }

  /** A parameter list with its parentheses. @param implicit types may be left out, as in lambdas */
  protected parseParameters(implicit: boolean): Parameter[] {
    const parameters: Parameter[] = [];
    this.expect("(");
    while (!this.at(")") && !this.at("end")) {
      const before = this.index;
      parameters.push(this.parseParameter(implicit));
      if (!this.take(",") || this.index === before) break;
    }
    this.expect(")");
    return parameters;
  }

  private parseParameter(implicit: boolean): Parameter {
    const { start } = this.token;
    const modifier = modifiers.has(this.token.kind) ? (this.advance().kind as Parameter["modifier"]) : undefined;
    const next = this.peek(1).kind;
    const untyped = implicit && this.isIdentifier() && (next === "," || next === ")");
    const type = untyped ? undefined : this.parseType();
    const nameStart = this.token.start;
    const name = this.readIdentifier();
    const defaultValue = this.take("=") ? this.parseExpression() : undefined;
    if (defaultValue && implicit) {
      this.reportAt(defaultValue, "CS1065", "Default values are not valid in this context.");
    }
    return { kind: "Parameter", start, end: this.lastEnd, name, nameStart, type, modifier, defaultValue };
  }
}
