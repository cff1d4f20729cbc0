/** Parses names and types. */
import type {
  AliasQualifiedName,
  Block,
  Expression,
  IdentifierName,
  PredefinedKeyword,
  SimpleName,
  TupleElement,
  TypeSyntax,
} from "./ast.ts";
import { predefinedTypes } from "./token.ts";
import { type TypeMode, TypeScanner } from "./type-scanner.ts";

/** How tightly operators bind, loosest first. */
export const precedence = {
  expression: 0,
  conditional: 1,
  coalescing: 2,
  conditionalOr: 3,
  conditionalAnd: 4,
  or: 5,
  xor: 6,
  and: 7,
  equality: 8,
  relational: 9,
  shift: 10,
  additive: 11,
  multiplicative: 12,
  unary: 13,
  cast: 14,
} as const;

/** Tokens that can begin an expression, apart from operators. */
const expressionStarts: ReadonlySet<string> = new Set(
  `typeof default sizeof checked unchecked base this null true false numberLiteral stringLiteral charLiteral interpolatedString ( new delegate throw
  stackalloc ref [ identifier + - ! ~ ++ -- & *`.split(/\s+/),
);

export abstract class TypeParser extends TypeScanner {
  /** Parses an expression whose operators bind at least as tightly as `minimum`. */
  protected abstract parseExpression(minimum?: number): Expression;
  protected abstract parseBlock(): Block;

  /** Can the token begin an expression? Binary operators do not count. */
  protected atExpressionStart(): boolean {
    const { kind } = this.token;
    if (kind === "identifier") return this.isIdentifier() || this.atWord("from");
    return expressionStarts.has(kind) || (predefinedTypes.has(kind) && kind !== "void");
  }

  // ---- names

  protected parseIdentifierName(code?: string, message?: string): IdentifierName {
    const { start, verbatim } = this.token;
    const name = this.readIdentifier(code, message);
    const at = name === "" ? this.lastEnd : start;
    return { kind: "IdentifierName", start: at, end: this.lastEnd, name, verbatim: verbatim || undefined };
  }

  /** `a` or `a<T>`; in an expression `<` opens type arguments only when the language says so. */
  protected parseSimpleName(inExpression: boolean, mode: TypeMode = "normal"): SimpleName {
    const identifier = this.parseIdentifierName();
    if (!this.at("<") || identifier.name === "" || (inExpression && !this.atTypeArguments(mode))) return identifier;
    const typeArguments = this.parseTypeArguments();
    const { start, name } = identifier;
    return { kind: "GenericName", start, end: this.lastEnd, name, typeArguments };
  }

  private parseTypeArguments(): TypeSyntax[] {
    const types: TypeSyntax[] = [];
    this.enter();
    this.expect("<");
    do {
      const open = this.at(",") || this.at(">");
      types.push(open ? { kind: "OmittedTypeArgument", ...this.emptySpan() } : this.parseType());
    } while (this.take(","));
    this.expect(">");
    this.leave();
    return types;
  }

  private emptySpan(): { start: number; end: number } {
    return { start: this.token.start, end: this.token.start };
  }

  /** `global::Name` or a simple name. */
  protected parseAliasQualifiedName(inExpression: boolean, mode: TypeMode = "normal"): SimpleName | AliasQualifiedName {
    const first = this.parseSimpleName(inExpression, mode);
    if (!this.at("::") || first.kind !== "IdentifierName") return first;
    this.advance();
    const name = this.parseSimpleName(inExpression, mode);
    return { kind: "AliasQualifiedName", start: first.start, end: this.lastEnd, alias: first.name, name };
  }

  // ---- types

  protected parseType(mode: TypeMode = "normal"): TypeSyntax {
    this.enter();
    let type = this.parseTypeStart(mode);
    for (;;) {
      if (this.at("?") && type.kind !== "NullableType" && this.takesQuestion(mode)) {
        this.advance();
        type = { kind: "NullableType", start: type.start, end: this.lastEnd, elementType: type };
      } else if (this.at("[") && mode !== "new" && this.atRankSpecifier()) {
        type = this.parseArrayRanks(type);
      } else {
        this.leave();
        return type;
      }
    }
  }

  /** A type, or `void`. */
  protected parseReturnType(): TypeSyntax {
    const { start } = this.token;
    if (!this.take("void")) return this.parseType();
    return { kind: "PredefinedType", start, end: this.lastEnd, keyword: "void" };
  }

  private parseTypeStart(mode: TypeMode): TypeSyntax {
    const { start, kind } = this.token;
    if (kind === "ref") {
      this.advance();
      const readonly = this.take("readonly") || undefined;
      const type = this.parseType(mode);
      return { kind: "RefType", start, end: this.lastEnd, type, readonly };
    }
    if (predefinedTypes.has(kind)) {
      if (kind === "void") this.reportAt(this.token, "CS1547", "Keyword 'void' cannot be used in this context");
      this.advance();
      return { kind: "PredefinedType", start, end: this.lastEnd, keyword: kind as PredefinedKeyword };
    }
    if (kind === "(") return this.parseTupleType();
    if (this.isIdentifier()) return this.parseQualifiedName(mode);
    if (mode === "new") {
      this.reportMissing("CS1526", "A new expression requires an argument list or (), [], or {} after type");
    } else {
      this.reportMissing("CS1031", "Type expected");
    }
    return { kind: "IdentifierName", start, end: start, name: "" };
  }

  private parseQualifiedName(mode: TypeMode): TypeSyntax {
    const inExpression = mode !== "normal" && mode !== "new" && mode !== "afterAs";
    let left: TypeSyntax = this.parseAliasQualifiedName(inExpression, mode);
    for (let length = 0; this.at("."); length++) {
      this.checkChain(length);
      this.advance();
      const right = this.parseSimpleName(inExpression, mode);
      left = { kind: "QualifiedName", start: left.start, end: this.lastEnd, left, right };
    }
    return left;
  }

  /** Does the `?` make the type nullable, or does it belong to a conditional expression? */
  private takesQuestion(mode: TypeMode): boolean {
    if (mode === "normal" || mode === "afterOut" || mode === "tupleFirst" || mode === "tupleNext") return true;
    const next = this.peek(1);
    if (mode === "new") return next.kind === "(" || next.kind === "[" || next.kind === "{";
    if (next.kind === "identifier") return !this.isIdentifier(next) && next.value !== "from";
    return !expressionStarts.has(next.kind) && !predefinedTypes.has(next.kind);
  }

  private parseTupleType(): TypeSyntax {
    const { start } = this.token;
    this.expect("(");
    const elements: TupleElement[] = [];
    do {
      const type = this.parseType();
      const name = this.isIdentifier() ? this.readIdentifier() : undefined;
      elements.push({ start: type.start, end: this.lastEnd, type, name });
    } while (this.take(","));
    if (elements.length < 2) this.reportMissing("CS8124", "Tuple must contain at least two elements.");
    this.expect(")");
    return { kind: "TupleType", start, end: this.lastEnd, elements };
  }

  /** `[]` or `[,]` as opposed to sizes or an index. */
  protected atRankSpecifier(): boolean {
    let ahead = 1;
    while (this.peek(ahead).kind === ",") ahead++;
    return this.peek(ahead).kind === "]";
  }

  /** Reads all of `[][,]` after an element type: the first specifier is the outermost array. */
  protected parseArrayRanks(element: TypeSyntax): TypeSyntax {
    const { start } = element;
    const ranks: { rank: number; end: number }[] = [];
    while (this.at("[") && this.atRankSpecifier()) {
      let rank = 1;
      this.advance();
      while (this.take(",")) rank++;
      this.expect("]");
      ranks.push({ rank, end: this.lastEnd });
    }
    this.checkChain(ranks.length);
    let type = element;
    for (const { rank } of ranks.reverse()) {
      type = { kind: "ArrayType", start, end: this.lastEnd, elementType: type, rank };
    }
    return type;
  }
}
