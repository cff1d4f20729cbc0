/**
 * Parses operators by precedence.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/expressions#1242-operator-precedence-and-associativity
 */
import type { AssignmentOperator, BinaryOperator, Expression, Interpolation, PrefixUnary } from "./ast.ts";
import { PrimaryParser } from "./primary-parser.ts";
import type { Hole } from "./token.ts";
import { isWord } from "./token-cursor.ts";
import { precedence } from "./type-parser.ts";

const binary: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "??": precedence.coalescing,
    "||": precedence.conditionalOr,
    "&&": precedence.conditionalAnd,
    "|": precedence.or,
    "^": precedence.xor,
    "&": precedence.and,
    "==": precedence.equality,
    "!=": precedence.equality,
    "<": precedence.relational,
    ">": precedence.relational,
    "<=": precedence.relational,
    ">=": precedence.relational,
    is: precedence.relational,
    as: precedence.relational,
    "<<": precedence.shift,
    ">>": precedence.shift,
    "+": precedence.additive,
    "-": precedence.additive,
    "*": precedence.multiplicative,
    "/": precedence.multiplicative,
    "%": precedence.multiplicative,
  }),
);

const assignments: ReadonlySet<string> = new Set("= += -= *= /= %= &= |= ^= <<= >>= ??=".split(" "));
const prefixes: ReadonlySet<string> = new Set("+ - ! ~ ++ --".split(" "));

/** Tokens after a word `await` that make it the operator rather than a name. */
const awaitable: ReadonlySet<string> = new Set(
  "identifier new this stringLiteral numberLiteral charLiteral interpolatedString true false null".split(" "),
);

export abstract class ExpressionParser extends PrimaryParser {
  protected parseExpression(minimum: number = precedence.expression): Expression {
    this.enter();
    const result = this.parseOperators(this.parseOperand(minimum), minimum);
    this.leave();
    return result;
  }

  protected atOperand(): boolean {
    const { kind } = this.token;
    return this.atExpressionStart() || binary.has(kind) || assignments.has(kind) || kind === "::";
  }

  private parseOperand(minimum: number): Expression {
    const { kind, start } = this.token;
    if (kind === "identifier") return this.parseWordOperand(minimum);
    if (prefixes.has(kind)) {
      this.advance();
      const operand = this.parseExpression(precedence.unary);
      return { kind: "PrefixUnary", start, end: this.lastEnd, operator: kind as PrefixUnary["operator"], operand };
    }
    if (kind === "throw") return this.parseThrow(minimum);
    if (kind === "^") return this.rejectIndex();
    if (kind === "..") return this.rejectRange();
    if (this.atStatementKeyword) return this.parseMissingTerm();
    return this.parsePrimary(minimum);
  }

  private parseWordOperand(minimum: number): Expression {
    if (this.atQuery()) return this.parseQuery();
    if (isWord(this.token, "await") && awaitable.has(this.peek(1).kind)) {
      const message =
        "The 'await' operator can only be used within an async method. Consider marking this method with the 'async' modifier and changing its return type to 'Task<object>'.";
      const { start } = this.advance();
      this.parseExpression(precedence.unary);
      const hint = "policy expressions run synchronously; use send-request for calls";
      this.reportAt({ start, end: this.lastEnd }, "CS4032", message, hint);
      return { kind: "Missing", start, end: this.lastEnd };
    }
    return this.parsePrimary(minimum);
  }

  private parseThrow(minimum: number): Expression {
    const token = this.advance();
    if (minimum > precedence.coalescing) this.reportAt(token, "CS1525", "Invalid expression term 'throw'");
    const expression = this.parseExpression(precedence.coalescing);
    return { kind: "Throw", start: token.start, end: this.lastEnd, expression };
  }

  /** `^1` of C# 8. */
  private rejectIndex(): Expression {
    const { start, end } = this.token;
    this.reportFeature({ start, end }, "index operator", "8.0", "count from the end with Length - n or Last()");
    this.advance();
    return this.parseExpression(precedence.unary);
  }

  /** `..` of C# 8. */
  private rejectRange(): Expression {
    this.reportFeature(this.token, "range operator", "8.0", "use Substring, Skip and Take");
    this.advance();
    return this.atExpressionStart() || this.at("^") ? this.parseExpression(precedence.unary) : this.missing();
  }

  // ---- binary operators

  private parseOperators(first: Expression, minimum: number): Expression {
    let left = first;
    for (let length = 0; ; length++) {
      const operator = this.operatorHere();
      const tightness = binary.get(operator);
      let next: Expression | undefined;
      if (tightness !== undefined) {
        const rightAssociative = operator === "??";
        if (tightness > minimum || (rightAssociative && tightness === minimum)) {
          next = this.parseBinary(left, operator, tightness);
        }
      } else if (minimum === precedence.expression && assignments.has(operator)) {
        next = this.parseAssignment(left, operator);
      } else if (operator === ".." || (operator === "switch" && this.peek(1).kind === "{")) {
        next = this.rejectOperator(left, operator);
      }
      if (!next) break;
      this.checkChain(length);
      left = next;
    }
    return this.at("?") && minimum <= precedence.conditional ? this.parseConditional(left) : left;
  }

  /** The operator at the token: `>` and `>` or `>=` without anything between make one. */
  private operatorHere(): string {
    const { kind, end } = this.token;
    if (kind !== ">") return kind;
    const next = this.peek(1);
    return next.start === end && (next.kind === ">" || next.kind === ">=") ? `>${next.kind}` : kind;
  }

  private advanceOperator(operator: string): void {
    const token = this.advance();
    if (token.kind !== operator) this.advance();
  }

  private parseBinary(left: Expression, operator: string, tightness: number): Expression {
    const { start } = left;
    const operatorStart = this.token.start;
    this.advanceOperator(operator);
    if (operator === "as") {
      const type = this.parseType("afterAs");
      return { kind: "As", start, end: this.lastEnd, expression: left, type };
    }
    if (operator === "is") return this.parseIs(left);
    const right = this.parseExpression(tightness);
    const { lastEnd: end } = this;
    return { kind: "Binary", start, end, operator: operator as BinaryOperator, left, right, operatorStart };
  }

  private parseIs(expression: Expression): Expression {
    const { start } = expression;
    const operand = this.parseIsOperand();
    const { lastEnd: end } = this;
    this.rejectPatternCombinators();
    if (operand.kind === "ConstantPattern" || operand.kind === "DeclarationPattern") {
      return { kind: "IsPattern", start, end, expression, pattern: operand };
    }
    return { kind: "Is", start, end, expression, type: operand };
  }

  private parseAssignment(left: Expression, operator: string): Expression {
    const operatorStart = this.token.start;
    if (operator === "??=") {
      this.reportFeature(this.token, "coalescing assignment", "8.0", "write x = x ?? value");
    }
    this.advanceOperator(operator);
    const right = operator === "=" ? this.parsePossibleRef() : this.parseExpression();
    const { start } = left;
    const { lastEnd: end } = this;
    return { kind: "Assignment", start, end, operator: operator as AssignmentOperator, left, right, operatorStart };
  }

  private rejectOperator(left: Expression, operator: string): Expression {
    if (operator === "..") {
      this.rejectRange();
      return { kind: "Missing", start: left.start, end: this.lastEnd };
    }
    const hint = "use ?: or a switch statement in @{ }";
    this.reportFeature(this.token, "recursive patterns", "8.0", hint);
    this.advance();
    this.skipBraces();
    return { kind: "Missing", start: left.start, end: this.lastEnd };
  }

  private skipBraces(): void {
    let depth = 0;
    do {
      if (this.at("{")) depth++;
      else if (this.at("}")) depth--;
      this.advance();
    } while (depth > 0 && !this.at("end"));
  }

  private parseConditional(condition: Expression): Expression {
    this.advance();
    const whenTrue = this.parsePossibleRef();
    const { start } = condition;
    if (this.at("end") && this.endsAtColon) {
      const message =
        "A conditional expression cannot be used directly in a string interpolation because the ':' ends the interpolation. Parenthesize the conditional expression.";
      this.reportAt(
        { start, end: this.lastEnd },
        "CS8361",
        message,
        "put the expression in parentheses: {(a ? b : c)}",
      );
      return { kind: "Missing", start, end: this.lastEnd };
    }
    this.expect(":");
    const whenFalse = this.parsePossibleRef();
    return { kind: "Conditional", start, end: this.lastEnd, condition, whenTrue, whenFalse };
  }

  // ---- holes of interpolated strings

  /** Does the text end at the colon of a format? */
  protected abstract get endsAtColon(): boolean;

  /** Parses a hole's expression and alignment up to its end or the colon of its format. */
  protected parseHoleContent(hole: Hole): Interpolation {
    const { start, end, colon, format } = hole;
    const expression = this.parseExpression();
    const alignment = this.take(",") ? this.parseExpression(precedence.conditional) : undefined;
    if (!this.at("end")) this.rejectRest(expression);
    if (format === "") {
      this.reportAt({ start: colon, end: colon + 1 }, "CS8089", "Empty format specifier.");
    } else if (format?.endsWith(" ")) {
      const message = "A format specifier may not contain trailing whitespace.";
      this.reportAt({ start: colon, end }, "CS8088", message);
    }
    return { kind: "Interpolation", start, end, expression, alignment, format };
  }

  private rejectRest(expression: Expression): void {
    const { text, base } = this.source;
    const unexpected = text.slice(this.token.start + base, this.token.end + base);
    this.reportAt(expression, "CS1073", `Unexpected token '${unexpected}'`);
    while (!this.at("end")) this.advance();
  }
}
