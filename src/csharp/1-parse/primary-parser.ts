/** Parses operands: literals, names, parentheses, casts, tuples, `new`, interpolated strings, and what may follow them. */
import type {
  Argument,
  Expression,
  InterpolatedString,
  InterpolatedText,
  Interpolation,
  Literal,
  Missing,
  SimpleName,
} from "./ast.ts";
import { ArgumentParser } from "./argument-parser.ts";
import { type Hole, type InterpolationPart, type NumberValue, predefinedTypes, type Token } from "./token.ts";
import { precedence } from "./type-parser.ts";

/** Keywords that begin statements: an expression is missing before them. */
const statementKeywords: ReadonlySet<string> = new Set(
  "break case catch const continue do finally for foreach goto if else lock return switch try using while".split(" "),
);

export abstract class PrimaryParser extends ArgumentParser {
  /** Parses the hole of an interpolated string with a parser of its own. */
  protected abstract parseHole(hole: Hole): Interpolation;

  protected parsePrimary(minimum: number): Expression {
    let expression = this.parseTerm(minimum);
    for (let length = 0; ; length++) {
      const next = this.parseAccess(expression) ?? this.parsePostfix(expression);
      if (!next) return expression;
      this.checkChain(length);
      expression = next;
    }
  }

  // ---- accesses

  /** `.b`, `(...)`, `[...]`, `?.b`, `?[...]` after an operand. */
  private parseAccess(expression: Expression): Expression | undefined {
    const { start } = expression;
    switch (this.token.kind) {
      case ".": {
        this.advance();
        const name = this.parseMemberName();
        return { kind: "MemberAccess", start, end: this.lastEnd, expression, name };
      }
      case "(": {
        const args = this.parseArguments("(");
        return { kind: "Invocation", start, end: this.lastEnd, expression, arguments: args };
      }
      case "[": {
        const args = this.parseArguments("[");
        return { kind: "ElementAccess", start, end: this.lastEnd, expression, arguments: args };
      }
      case "?":
        return this.atConditionalAccess() ? this.parseConditionalAccess(expression) : undefined;
      case "!":
        return this.rejectNullForgiving(expression);
      default:
        return undefined;
    }
  }

  private parseMemberName(): SimpleName {
    return this.parseSimpleName(true);
  }

  private parsePostfix(operand: Expression): Expression | undefined {
    const { kind } = this.token;
    if (kind !== "++" && kind !== "--") return undefined;
    this.advance();
    return { kind: "PostfixUnary", start: operand.start, end: this.lastEnd, operator: kind, operand };
  }

  private atConditionalAccess(): boolean {
    const next = this.peek(1).kind;
    return next === "." || next === "[";
  }

  private parseConditionalAccess(expression: Expression): Expression {
    this.enter();
    const operatorStart = this.advance().start;
    const { start } = this.token;
    let whenNotNull: Expression;
    if (this.at("[")) {
      const args = this.parseArguments("[");
      whenNotNull = { kind: "ElementBinding", start, end: this.lastEnd, arguments: args };
    } else {
      this.advance();
      const name = this.parseMemberName();
      whenNotNull = { kind: "MemberBinding", start, end: this.lastEnd, name };
    }
    for (let length = 0; ; length++) {
      const next = this.parseAccess(whenNotNull);
      if (!next) break;
      this.checkChain(length);
      whenNotNull = next;
    }
    this.leave();
    const { lastEnd: end } = this;
    return { kind: "ConditionalAccess", start: expression.start, end, expression, whenNotNull, operatorStart };
  }

  /** `x!` of C# 8. */
  private rejectNullForgiving(expression: Expression): Expression {
    const span = { start: expression.start, end: this.token.end };
    this.reportFeature(span, "nullable reference types", "8.0", "leave out the '!'");
    this.advance();
    return { ...expression, end: this.lastEnd };
  }

  // ---- terms

  private parseTerm(minimum: number): Expression {
    const token = this.token;
    const { kind, start } = token;
    switch (kind) {
      case "identifier":
        return this.parseNameOrLambda(minimum);
      case "stringLiteral":
      case "charLiteral":
      case "numberLiteral":
      case "true":
      case "false":
      case "null":
        return this.parseLiteral(token);
      case "interpolatedString":
        return this.parseInterpolatedString(token);
      case "(":
        return (minimum === precedence.expression ? this.parseLambda() : undefined) ?? this.parseParentheses();
      case "new":
        return this.parseNew();
      case "this":
      case "base":
        this.advance();
        return { kind: kind === "this" ? "This" : "Base", start, end: this.lastEnd };
      case "delegate":
        return this.parseAnonymousMethod();
      case "[":
        return this.rejectCollectionExpression();
      case "ref":
        this.reportMissing("CS1525", "Invalid expression term 'ref'");
        return this.parsePossibleRef();
      default:
        return this.parseKeywordTerm(token);
    }
  }

  private parseKeywordTerm(token: Token): Expression {
    const { kind, start } = token;
    switch (kind) {
      case "typeof":
      case "sizeof": {
        const type = this.parseTypeInParentheses(kind === "typeof");
        return { kind: kind === "typeof" ? "TypeOf" : "SizeOf", start, end: this.lastEnd, type };
      }
      case "default": {
        if (this.peek(1).kind === "(") {
          const type = this.parseTypeInParentheses();
          return { kind: "Default", start, end: this.lastEnd, type };
        }
        this.advance();
        return { kind: "DefaultLiteral", start, end: this.lastEnd };
      }
      case "checked":
      case "unchecked": {
        this.advance();
        this.expect("(");
        const expression = this.parseExpression();
        this.expect(")");
        return { kind: "Checked", start, end: this.lastEnd, checked: kind === "checked", expression };
      }
      case "stackalloc":
        return this.rejectStackAllocation();
      default:
        return predefinedTypes.has(kind) ? this.parsePredefinedTerm(token) : this.parseMissingTerm();
    }
  }

  /** `stackalloc T[n]`. */
  private rejectStackAllocation(): Expression {
    const { start } = this.advance();
    this.parseType("new");
    if (this.at("[")) this.parseArguments("[");
    const message = "Pointers and fixed size buffers may only be used in an unsafe context";
    this.reportAt({ start, end: this.lastEnd }, "CS0214", message, "write new T[n]");
    return { kind: "Missing", start, end: this.lastEnd };
  }

  private parseTypeInParentheses(orVoid = false) {
    this.advance();
    this.expect("(");
    const type = orVoid ? this.parseReturnType() : this.parseType();
    this.expect(")");
    return type;
  }

  /** `int` stands in an expression only before a member access. */
  private parsePredefinedTerm(token: Token): Expression {
    const { kind } = token;
    if (this.peek(1).kind !== "." || kind === "void") {
      this.reportAt(token, "CS1525", `Invalid expression term '${kind}'`);
    }
    this.advance();
    return { kind: "PredefinedType", start: token.start, end: this.lastEnd, keyword: kind as never };
  }

  protected get atStatementKeyword(): boolean {
    return statementKeywords.has(this.token.kind);
  }

  protected parseMissingTerm(): Expression {
    const { kind } = this.token;
    if (kind === "end") this.reportMissing("CS1733", "Expected expression");
    else this.reportMissing("CS1525", `Invalid expression term '${kind}'`, this.missingTermHint(kind));
    return this.missing();
  }

  private missingTermHint(kind: string): string | undefined {
    if (this.atStatementKeyword && this.source.isExpression && this.index <= 6) {
      return "@( ) holds a single expression; use @{ } for statements";
    }
    const previous = this.index > 0 ? this.tokens[this.index - 1] : undefined;
    const adjacent = previous?.end === this.token.start;
    if (kind === "=" && adjacent && (previous?.kind === "==" || previous?.kind === "!=")) {
      return `C# compares with ${previous.kind}`;
    }
    if (kind === ">" && adjacent && previous?.kind === "<") return "not equal is written !=";
    if (kind === "{" && this.peek(1).kind === "{") return "is {{...}} a named value that does not exist?";
    return undefined;
  }

  private parseNameOrLambda(minimum: number): Expression {
    if (minimum === precedence.expression) {
      const lambda = this.parseLambda();
      if (lambda) return lambda;
      if (this.atDeconstruction()) return this.parseDeclaration("normal");
    }
    if (this.atWord("async") && this.peek(1).kind === "delegate") {
      this.reportAt(this.token, "CS0106", "The modifier 'async' is not valid for this item");
      this.advance();
      return this.parseAnonymousMethod();
    }
    if (!this.isIdentifier()) {
      this.reportMissing("CS1525", `Invalid expression term '${this.token.value}'`);
      return this.missing();
    }
    return this.parseAliasQualifiedName(true);
  }

  private parseLiteral(token: Token): Literal | Missing {
    this.advance();
    const { start, end } = token;
    if (token.errors) return { kind: "Missing", start, end };
    switch (token.kind) {
      case "stringLiteral":
        return { kind: "Literal", start, end, type: "string", value: token.value as string };
      case "charLiteral":
        return { kind: "Literal", start, end, type: "char", value: token.value as number };
      case "null":
        return { kind: "Literal", start, end, type: "null", value: null };
      case "numberLiteral": {
        const { type, value, minimum } = token.value as NumberValue;
        return { kind: "Literal", start, end, type, value, minimum: minimum || undefined } as Literal;
      }
      default:
        return { kind: "Literal", start, end, type: "bool", value: token.kind === "true" };
    }
  }

  private parseInterpolatedString(token: Token): InterpolatedString {
    this.advance();
    const parts = (token.value as InterpolationPart[]).map((part): InterpolatedText | Interpolation =>
      "text" in part
        ? { kind: "InterpolatedText", start: part.start, end: part.end, text: part.text }
        : this.parseHole(part),
    );
    return { kind: "InterpolatedString", start: token.start, end: token.end, parts };
  }

  /** A collection expression of C# 12. */
  private rejectCollectionExpression(): Expression {
    const { start } = this.token;
    this.reportFeature(this.token, "collection expressions", "12.0", "write new[] { ... }");
    this.advance();
    if (!this.at("]")) {
      do this.parseExpression();
      while (this.take(","));
    }
    this.expect("]");
    return { kind: "Missing", start, end: this.lastEnd };
  }

  // ---- parentheses

  /** A cast, a parenthesised expression or a tuple. */
  private parseParentheses(): Expression {
    const { start } = this.token;
    if (this.atCast()) {
      this.advance();
      const type = this.parseType();
      this.expect(")");
      const expression = this.parseExpression(precedence.cast);
      return { kind: "Cast", start, end: this.lastEnd, type, expression };
    }
    const outer = this.inQuery;
    this.inQuery = false;
    this.advance();
    const first = this.parseTupleElement("tupleFirst");
    if (!this.at(",") && first.name === undefined) {
      this.expect(")");
      this.inQuery = outer;
      return { kind: "Parenthesized", start, end: this.lastEnd, expression: first.expression };
    }
    const args = [first];
    while (this.take(",")) args.push(this.parseTupleElement("tupleNext"));
    if (args.length < 2) this.reportMissing("CS8124", "Tuple must contain at least two elements.");
    this.expect(")");
    this.inQuery = outer;
    return { kind: "Tuple", start, end: this.lastEnd, arguments: args };
  }

  private parseTupleElement(mode: "tupleFirst" | "tupleNext"): Argument {
    const { start } = this.token;
    let name: string | undefined;
    if (this.isIdentifier() && this.peek(1).kind === ":") {
      name = this.readIdentifier();
      this.advance();
    }
    const declared = this.atDeclaration(mode, true);
    const expression = declared ? this.parseDeclaration(mode) : this.parseExpression();
    return { kind: "Argument", start, end: this.lastEnd, name, expression };
  }
}
