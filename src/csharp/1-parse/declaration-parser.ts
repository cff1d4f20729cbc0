/** Parses local variables and local functions, and tells declarations from expressions at the start of a statement. */
import type {
  Constraint,
  ConstraintClause,
  Expression,
  LocalFunction,
  Span,
  Statement,
  TypeParameterName,
  TypeSyntax,
  VariableDeclaration,
  VariableDeclarator,
} from "./ast.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { predefinedTypes } from "./token.ts";

/** Words before a declaration that C# knows but a method body of C# 7.3 does not take. */
const misplacedModifiers: ReadonlySet<string> = new Set(
  "static readonly volatile extern unsafe public private protected internal".split(" "),
);

/** After an identifier these may continue the name of a type. */
const continuesType: ReadonlySet<string> = new Set([".", "?", "[", "<", "::"]);

interface FunctionHead extends Span {
  readonly returnType: TypeSyntax;
  readonly name: string;
  readonly nameStart: number;
}

export abstract class DeclarationParser extends ExpressionParser {
  /** Does a declaration (and no expression) begin here? */
  protected atLocalDeclaration(): boolean {
    const { kind } = this.token;
    const next = this.peek(1).kind;
    if (kind === "ref" || kind === "const" || misplacedModifiers.has(kind)) return true;
    if (predefinedTypes.has(kind)) return next !== "." && next !== "(";
    if (kind === "identifier" && this.isIdentifier()) return this.atTypedIdentifier(next);
    this.beginScan();
    const type = this.scanType();
    return type !== "not" && this.identifierAfterScan;
  }

  /** An identifier begins a declaration when a type that it begins is followed by another. */
  private atTypedIdentifier(next: string): boolean {
    if (next === "identifier") return this.isIdentifier(this.peek(1)) && !this.atWord("await");
    if (!continuesType.has(next)) return this.atAsyncFunction(next);
    this.beginScan();
    const type = this.scanType();
    if (type === "must" && this.afterScan !== "." && this.afterScan !== "(") return true;
    return type !== "not" && this.identifierAfterScan;
  }

  /** `async` before a type keyword; before a name it is found as a modifier anyway. */
  private atAsyncFunction(next: string): boolean {
    return this.atWord("async") && predefinedTypes.has(next);
  }

  protected parseLocalDeclaration(): Statement {
    const { start } = this.token;
    const isConst = this.parseModifiers();
    const type = this.parseReturnType();
    const nameStart = this.token.start;
    const name = this.readIdentifier();
    if (name !== "" && !isConst && (this.at("(") || this.at("<")) && this.atLocalFunction()) {
      return this.parseLocalFunction({ start, end: this.lastEnd, returnType: type, name, nameStart });
    }
    if (type.kind === "PredefinedType" && type.keyword === "void") {
      this.reportAt(type, "CS1547", "Keyword 'void' cannot be used in this context");
    }
    const declaration = this.parseDeclarators(type, nameStart, name, isConst);
    this.expect(";");
    return { kind: "LocalDeclaration", start, end: this.lastEnd, isConst, declaration };
  }

  private parseModifiers(): boolean {
    let isConst = false;
    for (;;) {
      const { kind } = this.token;
      if (kind === "const") isConst = true;
      else if (kind === "static") {
        this.reportFeature(this.token, "static local functions", "8.0", "leave out 'static'");
      } else if (misplacedModifiers.has(kind)) {
        this.reportAt(this.token, "CS0106", `The modifier '${kind}' is not valid for this item`);
      } else if (this.atAsyncModifier()) {
        const message = "The modifier 'async' is not valid for this item";
        this.reportAt(this.token, "CS0106", message, "policy expressions run synchronously");
      } else return isConst;
      this.advance();
    }
  }

  /** `async` before a result type rather than as the name of a type. */
  private atAsyncModifier(): boolean {
    if (!this.atWord("async")) return false;
    const next = this.peek(1).kind;
    const after = this.peek(2).kind;
    return (
      predefinedTypes.has(next) || (next === "identifier" && (after === "<" || after === "identifier" || after === "."))
    );
  }

  private atLocalFunction(): boolean {
    let depth = 0;
    for (let ahead = 0; ; ahead++) {
      const { kind } = this.peek(ahead);
      if (kind === "(") depth++;
      else if (kind === ")" && --depth === 0) {
        const after = this.peek(ahead + 1);
        return after.kind === "{" || after.kind === "=>" || (after.kind === "identifier" && after.value === "where");
      } else if (kind === ";" || kind === "end") return false;
    }
  }

  private parseLocalFunction(head: FunctionHead): LocalFunction {
    const { start, returnType, name, nameStart } = head;
    const typeParameters = this.parseTypeParameters();
    const parameters = this.parseParameters(false);
    const constraints = this.parseConstraints();
    const outer = this.inQuery;
    this.inQuery = false;
    let body: LocalFunction["body"];
    if (this.take("=>")) {
      body = this.parsePossibleRef();
      this.expect(";");
    } else {
      body = this.parseBlock();
    }
    this.inQuery = outer;
    const { lastEnd: end } = this;
    const signature = { returnType, name, nameStart, typeParameters, constraints, parameters };
    return { kind: "LocalFunction", start, end, ...signature, body };
  }

  private parseTypeParameters(): TypeParameterName[] {
    const names: TypeParameterName[] = [];
    if (!this.take("<")) return names;
    do {
      const { start } = this.token;
      const name = this.readIdentifier();
      names.push({ kind: "TypeParameterName", start, end: this.lastEnd, name });
    } while (this.take(","));
    this.expect(">");
    return names;
  }

  private parseConstraints(): ConstraintClause[] {
    const clauses: ConstraintClause[] = [];
    while (this.atWord("where")) {
      this.advance();
      const { start } = this.token;
      const name = this.readIdentifier();
      const { lastEnd: end } = this;
      this.expect(":");
      const constraints: Constraint[] = [];
      do constraints.push(this.parseConstraint());
      while (this.take(","));
      clauses.push({ kind: "ConstraintClause", start, end, name, constraints });
    }
    return clauses;
  }

  private parseConstraint(): Constraint {
    const { start } = this.token;
    let what: Constraint["what"];
    if (this.take("class")) what = "class";
    else if (this.take("struct")) what = "struct";
    else if (this.take("new")) {
      what = "new";
      this.expect("(");
      this.expect(")");
    } else what = this.parseType();
    return { kind: "TypeConstraint", start, end: this.lastEnd, what };
  }

  /** Variables after their type; the first name is already read. */
  private parseDeclarators(type: TypeSyntax, nameStart: number, first: string, isConst: boolean): VariableDeclaration {
    const variables = [this.parseDeclarator(first === "" ? this.lastEnd : nameStart, first, isConst)];
    while (!this.at(";") && this.skipToComma()) {
      this.advance();
      const { start } = this.token;
      variables.push(this.parseDeclarator(start, this.readIdentifier(), isConst));
    }
    return { kind: "VariableDeclaration", start: type.start, end: this.lastEnd, type, variables };
  }

  /** Skips what cannot stand in a list of variables; false when the list ends here. */
  private skipToComma(): boolean {
    for (let first = true; !this.at(","); first = false) {
      if (this.at(";") || this.at(")") || this.atTerminator()) return false;
      if (first) this.reportExpected(",");
      this.advance();
    }
    return true;
  }

  private parseDeclarator(start: number, name: string, isConst: boolean): VariableDeclarator {
    let initializer: VariableDeclarator["initializer"];
    if (this.take("=")) {
      initializer = this.at("{") ? this.parseArrayInitializer() : this.parsePossibleRef();
    } else if (isConst && name !== "") {
      const span = { start, end: this.lastEnd };
      this.reportAt(span, "CS0145", "A const field requires a value to be provided");
    } else if (this.at("[")) {
      this.rejectBracketAfterName();
    }
    return { kind: "VariableDeclarator", start, end: this.lastEnd, name, initializer };
  }

  /** `int a[]` as in C. */
  private rejectBracketAfterName(): void {
    const message =
      "Bad array declarator: To declare a managed array the rank specifier precedes the variable's identifier. To declare a fixed size buffer field, use the fixed keyword before the field type.";
    this.reportAt(this.token, "CS0650", message, "write int[] a");
    this.advance();
    while (!this.at("]") && !this.at(";") && !this.at("end")) this.advance();
    this.expect("]");
    if (this.take("=")) this.at("{") ? this.parseArrayInitializer() : this.parseExpression();
  }

  /** A declaration without semicolon, in `for` and `using`; undefined when an expression stands there. */
  protected parseInnerDeclaration(): VariableDeclaration | undefined {
    if (!this.atLocalDeclaration()) return undefined;
    this.parseModifiers();
    const type = this.parseType();
    const nameStart = this.token.start;
    return this.parseDeclarators(type, nameStart, this.readIdentifier(), false);
  }

  protected parseExpressionList(): Expression[] {
    const list: Expression[] = [];
    do list.push(this.parseExpression());
    while (this.take(","));
    return list;
  }
}
