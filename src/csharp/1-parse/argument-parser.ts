/** Parses arguments in parentheses and brackets. */
import type { Argument, Expression } from "./ast.ts";
import { LambdaParser } from "./lambda-parser.ts";

const argumentModifiers: ReadonlySet<string> = new Set(["ref", "out", "in"]);

export abstract class ArgumentParser extends LambdaParser {
  protected parseArguments(open: "(" | "["): Argument[] {
    const close = open === "(" ? ")" : "]";
    const args: Argument[] = [];
    const outer = this.inQuery;
    this.inQuery = false;
    this.expect(open);
    const emptyIndexer = open === "[" && this.at("]");
    const hasArguments = !this.at(close) && !this.at(";") && this.skipToArgument(close, "identifier");
    if (hasArguments || emptyIndexer) {
      args.push(this.parseArgument(open));
      while (!this.at(")") && !this.at("]") && !this.at(";") && this.skipToArgument(close, ",")) {
        const before = this.index;
        this.expect(",", "arguments are separated by commas");
        args.push(this.parseArgument(open));
        if (this.index === before) break;
      }
    }
    this.expect(close);
    this.inQuery = outer;
    return args;
  }

  private atArgument(): boolean {
    return argumentModifiers.has(this.token.kind) || this.atOperand();
  }

  /** Skips what cannot be an argument; false when the list ends here. */
  private skipToArgument(close: string, expected: string): boolean {
    for (let first = true; !this.at(",") && !this.atArgument(); first = false) {
      if (this.at(close) || this.at(")") || this.at("]") || this.atTerminator()) return false;
      if (first && expected === "identifier") this.reportMissing("CS1001", "Identifier expected");
      else if (first) this.reportExpected(expected);
      this.advance();
    }
    return true;
  }

  private parseArgument(open: "(" | "["): Argument {
    const { start } = this.token;
    let name: string | undefined;
    if (this.isIdentifier() && this.peek(1).kind === ":") {
      name = this.readIdentifier();
      this.advance();
    }
    const { kind } = this.token;
    const refKind = argumentModifiers.has(kind) ? (kind as Argument["refKind"]) : undefined;
    if (refKind) this.advance();
    const expression = this.parseArgumentValue(open, refKind);
    return { kind: "Argument", start, end: this.lastEnd, name, refKind, expression };
  }

  private parseArgumentValue(open: string, refKind: Argument["refKind"]): Expression {
    if (open === "[" && (this.at("]") || this.at(","))) {
      this.reportMissing("CS0443", "Syntax error; value expected");
      return this.missing();
    }
    if (this.at(",")) {
      this.reportMissing("CS0839", "Argument missing");
      return this.missing();
    }
    if (refKind === "out" && this.atDeclaration("afterOut", false)) return this.parseDeclaration("afterOut");
    return this.parseExpression();
  }

  /** Can the token begin, or continue, an expression? */
  protected abstract atOperand(): boolean;

  /** Does a list end here because a statement begins or the block ends? */
  protected abstract atTerminator(): boolean;
}
