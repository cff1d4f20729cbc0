/**
 * Parses statements.
 * https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/statements
 */
import type { Block, Expression, Statement, SwitchLabel, SwitchSection, VariableDeclaration } from "./ast.ts";
import { DeclarationParser } from "./declaration-parser.ts";
import { predefinedTypes } from "./token.ts";
import { isWord } from "./token-cursor.ts";

/** Keywords and punctuators, beyond those of expressions, that begin a statement. */
const statementStarts: ReadonlySet<string> = new Set(
  `break continue try const do for foreach goto if else lock return switch unsafe using while { ; static readonly volatile ref
  extern fixed public internal protected private catch finally`.split(/\s+/),
);

export abstract class StatementParser extends DeclarationParser {
  /** Statements up to `}` (or, in a switch, the next label). */
  protected parseStatements(inSwitch = false): Statement[] {
    const statements: Statement[] = [];
    while (!this.at("}") && !this.at("end") && !(inSwitch && this.atSwitchLabel())) {
      const before = this.index;
      if (this.atStatement()) statements.push(this.parseStatement());
      else this.skipBadTokens();
      if (this.index === before) break;
    }
    return statements;
  }

  private atStatement(): boolean {
    return statementStarts.has(this.token.kind) || predefinedTypes.has(this.token.kind) || this.atOperand();
  }

  protected atTerminator(): boolean {
    return this.at("}") || this.at("end") || this.atStatement();
  }

  private skipBadTokens(): void {
    for (let first = true; !this.atStatement() && !this.at("}") && !this.at("end"); first = false) {
      if (first) this.reportExpected("}");
      this.advance();
    }
  }

  protected parseBlock(): Block {
    const { start } = this.token;
    if (!this.expect("{")) return { kind: "Block", start, end: this.lastEnd, statements: [] };
    const statements = this.parseStatements();
    this.expect("}");
    return { kind: "Block", start, end: this.lastEnd, statements };
  }

  private parseStatement(): Statement {
    this.enter();
    const statement = this.parseStatementHere();
    this.leave();
    return statement;
  }

  private parseStatementHere(): Statement {
    const { kind, start } = this.token;
    switch (kind) {
      case "{":
        return this.parseBlock();
      case ";":
        this.advance();
        return { kind: "EmptyStatement", start, end: this.lastEnd };
      case "identifier":
        return this.parseWordStatement(start);
      case "if":
        return this.parseIf(start);
      case "else":
        this.reportAt(this.token, "CS8641", "'else' cannot start a statement.");
        this.advance();
        return this.parseEmbedded();
      case "while":
      case "do":
      case "for":
      case "foreach":
        return this.parseLoop(kind, start);
      case "switch":
        return this.parseSwitch(start);
      case "try":
      case "catch":
      case "finally":
        return this.parseTry(start);
      case "using":
      case "lock":
        return this.parseUsingOrLock(kind, start);
      case "checked":
      case "unchecked":
        return this.parseChecked(kind, start);
      case "unsafe":
      case "fixed":
        this.reportAt(this.token, "CS0227", "Unsafe code may only appear if compiling with /unsafe");
        this.advance();
        return this.parseStatement();
      default:
        return this.parseJump(kind, start) ?? this.parseDeclarationOrExpression();
    }
  }

  private parseDeclarationOrExpression(): Statement {
    return this.atLocalDeclaration() ? this.parseLocalDeclaration() : this.parseExpressionStatement();
  }

  private parseExpressionStatement(): Statement {
    const expression = this.parseExpression();
    this.expect(";");
    return { kind: "ExpressionStatement", start: expression.start, end: this.lastEnd, expression };
  }

  /** A label, `yield`, a query, a declaration or an expression. */
  private parseWordStatement(start: number): Statement {
    const next = this.peek(1).kind;
    if (next === ":" && this.isIdentifier()) {
      const label = this.readIdentifier();
      this.advance();
      const statement = this.parseStatement();
      return { kind: "LabeledStatement", start, end: this.lastEnd, label, statement };
    }
    if (this.atWord("yield") && (next === "return" || next === "break")) {
      this.advance();
      this.advance();
      if (next === "break") {
        this.expect(";");
        return { kind: "YieldBreakStatement", start, end: this.lastEnd };
      }
      const expression = this.parseExpression();
      this.expect(";");
      return { kind: "YieldReturnStatement", start, end: this.lastEnd, expression };
    }
    return this.atQuery(true) ? this.parseExpressionStatement() : this.parseDeclarationOrExpression();
  }

  private parseJump(kind: string, start: number): Statement | undefined {
    switch (kind) {
      case "break":
      case "continue":
        this.advance();
        this.expect(";");
        return { kind: kind === "break" ? "BreakStatement" : "ContinueStatement", start, end: this.lastEnd };
      case "goto":
        return this.parseGoto(start);
      case "return": {
        this.advance();
        const expression = this.at(";") ? undefined : this.parsePossibleRef();
        this.expect(";");
        return { kind: "ReturnStatement", start, end: this.lastEnd, expression };
      }
      case "throw": {
        this.advance();
        const expression = this.at(";") ? undefined : this.parseExpression();
        this.expect(";");
        return { kind: "ThrowStatement", start, end: this.lastEnd, expression };
      }
      default:
        return undefined;
    }
  }

  private parseGoto(start: number): Statement {
    this.advance();
    if (this.take("case")) {
      const value = this.parseExpression();
      this.expect(";");
      return { kind: "GotoCaseStatement", start, end: this.lastEnd, value };
    }
    if (this.take("default")) {
      this.expect(";");
      return { kind: "GotoDefaultStatement", start, end: this.lastEnd };
    }
    const labelStart = this.token.start;
    const label = this.readIdentifier();
    this.expect(";");
    return { kind: "GotoStatement", start, end: this.lastEnd, label, labelStart };
  }

  /** The statement of an `if` or loop: no declaration and no label. */
  private parseEmbedded(): Statement {
    if (!this.atStatement()) {
      const missing = this.parseMissingTerm();
      this.expect(";");
      return { kind: "ExpressionStatement", start: missing.start, end: missing.end, expression: missing };
    }
    const statement = this.parseStatement();
    const { kind } = statement;
    if (kind === "LocalDeclaration" || kind === "LocalFunction" || kind === "LabeledStatement") {
      const message = "Embedded statement cannot be a declaration or labeled statement";
      this.reportAt(statement, "CS1023", message, "put it in braces");
    }
    return statement;
  }

  private parseCondition(): Expression {
    this.expect("(");
    const condition = this.parseExpression();
    this.expect(")");
    return condition;
  }

  private parseIf(start: number): Statement {
    this.advance();
    const condition = this.parseCondition();
    const statement = this.parseEmbedded();
    const otherwise = this.take("else") ? this.parseEmbedded() : undefined;
    return { kind: "IfStatement", start, end: this.lastEnd, condition, statement, else: otherwise };
  }

  private parseLoop(kind: string, start: number): Statement {
    this.advance();
    if (kind === "for") return this.parseFor(start);
    if (kind === "foreach") return this.parseForEach(start);
    if (kind === "while") {
      const condition = this.parseCondition();
      const statement = this.parseEmbedded();
      return { kind: "WhileStatement", start, end: this.lastEnd, condition, statement };
    }
    const statement = this.parseEmbedded();
    this.expect("while");
    const condition = this.parseCondition();
    this.expect(";");
    return { kind: "DoStatement", start, end: this.lastEnd, statement, condition };
  }

  private parseFor(start: number): Statement {
    this.expect("(");
    let declaration: VariableDeclaration | undefined;
    let initializers: Expression[] = [];
    if (!this.at(";")) {
      declaration = this.parseInnerDeclaration();
      if (!declaration) initializers = this.parseExpressionList();
    }
    this.expect(";");
    const condition = this.at(";") ? undefined : this.parseExpression();
    this.expect(";");
    const incrementors = this.at(")") ? [] : this.parseExpressionList();
    this.expect(")");
    const statement = this.parseEmbedded();
    const { lastEnd: end } = this;
    return { kind: "ForStatement", start, end, declaration, initializers, condition, incrementors, statement };
  }

  private parseForEach(start: number): Statement {
    this.expect("(");
    const declared = this.atDeclaration("normal", true);
    const variable = declared ? this.parseDeclaration("normal") : this.parseExpression();
    if (this.at("in")) {
      this.advance();
      if (!declared && variable.kind !== "Tuple") {
        const message = "Type and identifier are both required in a foreach statement";
        this.reportAt(variable, "CS0230", message, "write foreach (var x in ...)");
      }
    } else {
      this.reportMissing("CS1515", "'in' expected");
    }
    const expression = this.parseExpression();
    this.expect(")");
    const statement = this.parseEmbedded();
    const { lastEnd: end } = this;
    if (variable.kind === "Declaration" && variable.designation.kind !== "ParenthesizedVariables") {
      const { type, designation } = variable;
      const name = designation.kind === "SingleVariable" ? designation.name : "_";
      const nameStart = designation.start;
      return { kind: "ForEachStatement", start, end, type, name, nameStart, expression, statement };
    }
    return { kind: "ForEachVariableStatement", start, end, variable, expression, statement };
  }

  private atSwitchLabel(): boolean {
    return this.at("case") || (this.at("default") && this.peek(1).kind !== "(");
  }

  private parseSwitch(start: number): Statement {
    this.advance();
    const expression = this.parseCondition();
    this.expect("{");
    const sections: SwitchSection[] = [];
    while (this.atSwitchLabel()) sections.push(this.parseSwitchSection());
    this.expect("}");
    return { kind: "SwitchStatement", start, end: this.lastEnd, expression, sections };
  }

  private parseSwitchSection(): SwitchSection {
    const { start } = this.token;
    const labels: SwitchLabel[] = [];
    do labels.push(this.parseSwitchLabel());
    while (this.atSwitchLabel());
    const statements = this.parseStatements(true);
    return { kind: "SwitchSection", start, end: this.lastEnd, labels, statements };
  }

  private parseSwitchLabel(): SwitchLabel {
    const { kind, start } = this.advance();
    if (kind === "default") {
      this.expect(":");
      return { kind: "DefaultLabel", start, end: this.lastEnd };
    }
    const pattern = this.parseCasePattern();
    this.rejectPatternCombinators();
    let when: Expression | undefined;
    if (isWord(this.token, "when")) {
      this.advance();
      when = this.parseExpression();
    }
    this.expect(":");
    return { kind: "CaseLabel", start, end: this.lastEnd, pattern, when };
  }

  private parseUsingOrLock(kind: "using" | "lock", start: number): Statement {
    this.advance();
    if (kind === "using" && !this.at("(") && this.atLocalDeclaration()) {
      const span = { start, end: start + 5 };
      this.reportFeature(span, "using declarations", "8.0", "write using (...) { ... }");
      return this.parseLocalDeclaration();
    }
    this.expect("(");
    const declaration = kind === "using" ? this.parseInnerDeclaration() : undefined;
    const expression = declaration ? undefined : this.parseExpression();
    this.expect(")");
    const statement = this.parseEmbedded();
    const { lastEnd: end } = this;
    if (kind === "using") return { kind: "UsingStatement", start, end, declaration, expression, statement };
    return { kind: "LockStatement", start, end, expression: expression as Expression, statement };
  }

  private parseChecked(kind: string, start: number): Statement {
    if (this.peek(1).kind === "(") return this.parseExpressionStatement();
    this.advance();
    const block = this.parseBlock();
    return { kind: "CheckedStatement", start, end: this.lastEnd, checked: kind === "checked", block };
  }

  protected abstract parseTry(start: number): Statement;
}
