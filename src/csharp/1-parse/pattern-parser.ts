/** Parses patterns (after `is` and `case`) and the variables that expressions declare. */
import type { Declaration, Designation, Pattern, TypeSyntax } from "./ast.ts";
import { CreationParser } from "./creation-parser.ts";
import { isWord } from "./token-cursor.ts";
import { precedence } from "./type-parser.ts";
import type { TypeMode } from "./type-scanner.ts";

/** After a type in a pattern these continue an expression, so that it was none. */
const continuesExpression: ReadonlySet<string> = new Set(". + - * / % << < > <= >= -> ( [".split(" "));

/** Tokens after a word `not` that make it the pattern of C# 9 rather than the name of a type. */
const beginsPattern: ReadonlySet<string> = new Set(
  "null true false identifier stringLiteral numberLiteral charLiteral interpolatedString < > <= >= {".split(" "),
);

const PATTERN_HINT = "C# 7.3 has only constants and `T name` as patterns";

export abstract class PatternParser extends CreationParser {
  /** `int x`, `var (a, b)`, `var _`. */
  protected parseDeclaration(mode: TypeMode): Declaration {
    const type = this.parseType(mode);
    const designation = this.parseDesignation();
    return { kind: "Declaration", start: type.start, end: this.lastEnd, type, designation };
  }

  private parseDesignation(): Designation {
    const { start } = this.token;
    if (!this.take("(")) return this.parseSimpleDesignation();
    this.enter();
    const variables: Designation[] = [];
    do variables.push(this.parseDesignation());
    while (this.take(","));
    this.expect(")");
    this.leave();
    return { kind: "ParenthesizedVariables", start, end: this.lastEnd, variables };
  }

  private parseSimpleDesignation() {
    const { start } = this.token;
    const discard = this.atWord("_");
    const name = this.readIdentifier();
    const end = this.lastEnd;
    return discard
      ? ({ kind: "Discard", start, end } as const)
      : ({ kind: "SingleVariable", start, end, name } as const);
  }

  /** What stands after `is`: a type, or a pattern. */
  protected parseIsOperand(): TypeSyntax | Pattern {
    this.rejectNewPatterns();
    const declared = this.parseDeclarationPattern("afterIs", false);
    if (declared) return declared;
    const type = this.attempt(() => this.parseWholeType());
    return type ?? this.parseConstantPattern(precedence.relational);
  }

  /** What stands after `case`. */
  protected parseCasePattern(): Pattern {
    this.rejectNewPatterns();
    return this.parseDeclarationPattern("pattern", true) ?? this.parseConstantPattern(precedence.conditional);
  }

  private parseConstantPattern(minimum: number): Pattern {
    const expression = this.parseExpression(minimum);
    return { kind: "ConstantPattern", start: expression.start, end: this.lastEnd, expression };
  }

  /** `T x`; `when` after a type is the keyword, not a variable. */
  private parseDeclarationPattern(mode: TypeMode, whenIsKeyword: boolean): Pattern | undefined {
    return this.attempt(() => {
      if (!this.isIdentifier() && !this.atTypeKeyword() && !this.at("(")) return undefined;
      this.beginScan();
      if (this.scanType() === "not") return undefined;
      const type = this.parseType(mode);
      if (!this.isIdentifier() || (whenIsKeyword && this.atWhen())) return undefined;
      const designation = this.parseSimpleDesignation();
      return { kind: "DeclarationPattern", start: type.start, end: this.lastEnd, type, designation };
    });
  }

  /** `when` followed by a condition rather than by the colon of the label. */
  private atWhen(): boolean {
    return this.atWord("when") && this.peek(1).kind !== ":" && !isWord(this.peek(1), "when");
  }

  private atTypeKeyword(): boolean {
    this.beginScan();
    return this.scanType() === "must";
  }

  /** A type that is not the beginning of a longer constant such as `int.MaxValue`. */
  private parseWholeType(): TypeSyntax | undefined {
    this.beginScan();
    if (this.scanType() === "not") return undefined;
    const type = this.parseType("afterIs");
    return continuesExpression.has(this.token.kind) ? undefined : type;
  }

  /** Patterns of later versions get a message that says so. */
  private rejectNewPatterns(): void {
    const { kind } = this.token;
    const next = this.peek(1);
    if (this.atWord("not") && beginsPattern.has(next.kind)) {
      this.reportFeature(
        { start: this.token.start, end: next.end },
        "not pattern",
        "9.0",
        "write !(x is T) or x != null",
      );
      this.advance();
    } else if (kind === "<" || kind === ">" || kind === "<=" || kind === ">=") {
      this.reportFeature(this.token, "relational pattern", "9.0", "compare with && and ||");
      this.advance();
    } else if (kind === "{") {
      this.reportFeature(this.token, "recursive patterns", "8.0", PATTERN_HINT);
    }
  }

  /** Reports `or`, `and` after a pattern. */
  protected rejectPatternCombinators(): void {
    while (this.atWord("or") || this.atWord("and")) {
      const { value } = this.token;
      this.reportFeature(this.token, `${value} pattern`, "9.0", PATTERN_HINT);
      this.advance();
      this.parseIsOperand();
    }
  }
}
