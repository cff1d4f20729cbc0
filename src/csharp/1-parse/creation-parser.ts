/** Parses what follows `new`, and the initializers in braces. */
import type {
  AnonymousMember,
  Argument,
  ArrayInitializer,
  ArrayType,
  CollectionInitializer,
  ElementInitializer,
  Expression,
  MemberInitializer,
  ObjectInitializer,
  TypeSyntax,
} from "./ast.ts";
import { TypeParser } from "./type-parser.ts";

export abstract class CreationParser extends TypeParser {
  /** Parses `(...)` or `[...]` with its brackets. */
  protected abstract parseArguments(open: "(" | "["): Argument[];

  protected parseNew(): Expression {
    const { start } = this.token;
    this.advance();
    if (this.at("{")) return this.parseAnonymousObject(start);
    if (this.at("[") && this.atRankSpecifier()) return this.parseImplicitArray(start);
    if (this.at("(")) {
      const target = this.parseTargetTypedNew(start);
      if (target) return target;
    }
    const type = this.parseType("new");
    if (this.at("[")) return this.parseArrayCreation(start, type);
    const args = this.at("(") ? this.parseArguments("(") : undefined;
    const initializer = this.at("{") ? this.parseObjectOrCollectionInitializer() : undefined;
    if (!args && !initializer && !isMissingName(type)) {
      this.reportMissing("CS1526", "A new expression requires an argument list or (), [], or {} after type");
    }
    return { kind: "ObjectCreation", start, end: this.lastEnd, type, arguments: args, initializer };
  }

  /** `new()` of C# 9; `new (int, int)[2]` is an array of tuples. */
  private parseTargetTypedNew(start: number): Expression | undefined {
    this.beginScan();
    if (this.scanTupleType() === "tuple" && (this.afterScan === "[" || this.afterScan === "?")) return undefined;
    const span = { start, end: start + 3 };
    this.reportFeature(span, "target-typed object creation", "9.0", "name the type: new T()");
    this.parseArguments("(");
    if (this.at("{")) this.parseObjectOrCollectionInitializer();
    return { kind: "Missing", start, end: this.lastEnd };
  }

  private parseAnonymousObject(start: number): Expression {
    const members = this.parseBraced((): AnonymousMember => {
      const memberStart = this.token.start;
      const named = this.isIdentifier() && this.peek(1).kind === "=";
      const written = named ? this.readIdentifier() : undefined;
      if (named) this.advance();
      const expression = this.parseExpression();
      const name = written ?? lastName(expression);
      if (name === undefined && expression.kind !== "Missing") {
        const message =
          "Invalid anonymous type member declarator. Anonymous type members must be declared with a member assignment, simple name or member access.";
        this.reportAt(expression, "CS0746", message, "give it a name: new { Name = value }");
      }
      return { kind: "AnonymousMember", start: memberStart, end: this.lastEnd, name: name ?? "", expression };
    });
    return { kind: "AnonymousObjectCreation", start, end: this.lastEnd, members };
  }

  private parseImplicitArray(start: number): Expression {
    let rank = 1;
    this.expect("[");
    while (this.take(",")) rank++;
    this.expect("]");
    const initializer = this.parseArrayInitializer();
    return { kind: "ImplicitArrayCreation", start, end: this.lastEnd, rank, initializer };
  }

  private parseArrayCreation(start: number, element: TypeSyntax): Expression {
    const bracket = this.token;
    const sizes: Expression[] = [];
    let type: TypeSyntax;
    if (this.atRankSpecifier()) {
      type = this.parseArrayRanks(element);
    } else {
      this.advance();
      do sizes.push(this.parseExpression());
      while (this.take(","));
      this.expect("]");
      const elementType = this.at("[") ? this.parseElementRanks(element) : element;
      type = { kind: "ArrayType", start: element.start, end: this.lastEnd, elementType, rank: sizes.length };
    }
    const initializer = this.at("{") ? this.parseArrayInitializer() : undefined;
    if (sizes.length === 0 && !initializer) {
      const message = "Array creation must have array size or array initializer";
      this.reportAt(bracket, "CS1586", message);
    }
    return { kind: "ArrayCreation", start, end: this.lastEnd, type: type as ArrayType, sizes, initializer };
  }

  /** The ranks behind the sizes: they have no sizes themselves. */
  private parseElementRanks(element: TypeSyntax): TypeSyntax {
    if (this.atRankSpecifier()) return this.parseArrayRanks(element);
    this.advance();
    const message = "Invalid rank specifier: expected ',' or ']'";
    this.reportAt(this.parseExpression(), "CS0178", message, "put the array in parentheses to take an element of it");
    this.expect("]");
    return element;
  }

  /** `{ a, { b }, }`. */
  protected parseArrayInitializer(): ArrayInitializer {
    const { start } = this.token;
    this.enter();
    const elements = this.parseBraced(() => (this.at("{") ? this.parseArrayInitializer() : this.parseExpression()));
    this.leave();
    return { kind: "ArrayInitializer", start, end: this.lastEnd, elements };
  }

  private parseObjectOrCollectionInitializer(): ObjectInitializer | CollectionInitializer {
    const { start } = this.token;
    this.enter();
    const isObject = this.atMemberInitializer(1) || this.peek(1).kind === "}";
    const members: MemberInitializer[] = [];
    const elements: (Expression | ElementInitializer)[] = [];
    this.parseBraced(() => {
      if (isObject) members.push(this.parseMemberInitializer());
      else elements.push(this.at("{") ? this.parseElementInitializer() : this.parseExpression());
    });
    this.leave();
    const { lastEnd: end } = this;
    if (isObject) return { kind: "ObjectInitializer", start, end, members };
    return { kind: "CollectionInitializer", start, end, elements };
  }

  private atMemberInitializer(ahead: number): boolean {
    const token = this.peek(ahead);
    return token.kind === "[" || (token.kind === "identifier" && this.peek(ahead + 1).kind === "=");
  }

  private parseMemberInitializer(): MemberInitializer {
    const { start } = this.token;
    let target: MemberInitializer["target"];
    if (this.at("[")) {
      const args = this.parseArguments("[");
      target = { kind: "ImplicitElementAccess", start, end: this.lastEnd, arguments: args };
    } else {
      if (!this.atMemberInitializer(0)) {
        this.reportMissing("CS0747", "Invalid initializer member declarator", "write Name = value");
        const expression = this.parseExpression();
        const name = { kind: "IdentifierName", start, end: start, name: "" } as const;
        return { kind: "MemberInitializer", start, end: this.lastEnd, target: name, value: expression };
      }
      target = this.parseIdentifierName();
    }
    this.expect("=");
    const value = this.at("{") ? this.parseObjectOrCollectionInitializer() : this.parseExpression();
    return { kind: "MemberInitializer", start, end: this.lastEnd, target, value };
  }

  private parseElementInitializer(): ElementInitializer {
    const { start } = this.token;
    const expressions = this.parseBraced(() => this.parseExpression());
    return { kind: "ElementInitializer", start, end: this.lastEnd, expressions };
  }

  /** Items in braces, separated by commas; a comma may follow the last. */
  private parseBraced<T>(parseItem: () => T): T[] {
    const items: T[] = [];
    this.expect("{");
    while (!this.at("}") && !this.at("end") && !this.at(";")) {
      const before = this.index;
      items.push(parseItem());
      if (this.at("}")) break;
      if (!this.take(",")) {
        this.reportExpected(this.atExpressionStart() ? "," : "}");
        if (!this.atExpressionStart() || this.index === before) return items;
      }
    }
    this.expect("}");
    return items;
  }
}

function isMissingName(type: TypeSyntax): boolean {
  return type.kind === "IdentifierName" && type.name === "";
}

/** The name that an anonymous type's member takes from `a`, `x.a` or `x?.a`. */
function lastName(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "IdentifierName":
      return expression.name;
    case "MemberAccess":
    case "MemberBinding":
      return expression.name.kind === "IdentifierName" ? expression.name.name : undefined;
    case "ConditionalAccess":
      return lastName(expression.whenNotNull);
    default:
      return undefined;
  }
}
