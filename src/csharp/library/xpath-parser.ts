/** Parses XPath 1.0. */
import { CsException } from "../runtime/values.ts";
import type { Axis, BinaryOperator, Expression, NodeTest, Step } from "./xpath-syntax.ts";

/** How deep expressions may nest. */
const MAX_DEPTH = 64;

export function xpathError(message: string): CsException {
  return new CsException("System.Xml.XPath.XPathException", message);
}

/** Throws CsException (System.Xml.XPath.XPathException). */
export function parseXPath(text: string): Expression {
  return new XPathParser(text).parse();
}

const axes = new Set<string>([
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "namespace",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
]);

const nodeTypes = new Set(["node", "text", "comment", "processing-instruction"]);

/** Binary operators, the loosest first. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "div", "mod"],
];

const token =
  /\s*(?:(\d+(?:\.\d*)?|\.\d+)|"([^"]*)"|'([^']*)'|([\p{L}_][\p{L}\p{N}_.-]*)|(\/\/|::|!=|<=|>=|\.\.|[()[\]@,/|+\-=<>*.:$]))/uy;

interface Token {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  readonly text: string;
  readonly at: number;
}

class XPathParser {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#scan();
  }

  parse(): Expression {
    const expression = this.#binary(0);
    if (this.#peek().kind !== "end") throw this.#invalid();
    return expression;
  }

  #scan(): void {
    token.lastIndex = 0;
    for (;;) {
      const at = token.lastIndex;
      const match = token.exec(this.#text);
      if (!match) {
        if (this.#text.slice(at).trim() !== "") throw this.#invalid();
        this.#tokens.push({ kind: "end", text: "", at });
        return;
      }
      const [, number, double, single, name, symbol] = match;
      if (number !== undefined) this.#tokens.push({ kind: "number", text: number, at });
      else if (name !== undefined) this.#tokens.push({ kind: "name", text: name, at });
      else if (symbol !== undefined) this.#tokens.push({ kind: "symbol", text: symbol, at });
      else this.#tokens.push({ kind: "string", text: double ?? single, at });
    }
  }

  #invalid(): CsException {
    return xpathError(`'${this.#text}' has an invalid token.`);
  }

  #peek(offset = 0): Token {
    return this.#tokens[Math.min(this.#at + offset, this.#tokens.length - 1)];
  }

  #is(text: string, offset = 0): boolean {
    const { kind, text: found } = this.#peek(offset);
    return kind === "symbol" && found === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#invalid();
  }

  #binary(level: number): Expression {
    if (level === levels.length) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#peek();
      const operator = levels[level].find((o) => o === text);
      if (!operator || (kind !== "symbol" && kind !== "name")) return left;
      this.#at++;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    if (this.#take("-")) return this.#deeper(() => ({ kind: "negate", operand: this.#unary() }));
    let left = this.#path();
    while (this.#take("|")) left = { kind: "binary", operator: "|", left, right: this.#path() };
    return left;
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw xpathError("The xpath query is too complex.");
    const result = read();
    this.#depth--;
    return result;
  }

  #path(): Expression {
    if (this.#is("/") || this.#is("//")) return this.#rooted();
    if (!this.#startsPrimary()) return { kind: "path", start: "context", steps: this.#steps() };
    let start = this.#deeper(() => this.#primary());
    const predicates = this.#predicates();
    if (predicates.length > 0) start = { kind: "filter", operand: start, predicates };
    if (!this.#is("/") && !this.#is("//")) return start;
    return { kind: "path", start, steps: this.#moreSteps() };
  }

  #rooted(): Expression {
    if (this.#is("//")) return { kind: "path", start: "root", steps: this.#moreSteps() };
    this.#at++;
    return { kind: "path", start: "root", steps: this.#startsStep() ? this.#steps() : [] };
  }

  #startsStep(): boolean {
    const { kind } = this.#peek();
    return kind === "name" || this.#is("*") || this.#is("@") || this.#is(".") || this.#is("..");
  }

  #startsPrimary(): boolean {
    const { kind, text } = this.#peek();
    if (kind === "number" || kind === "string" || this.#is("(")) return true;
    if (this.#is("$"))
      throw xpathError(
        "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.",
      );
    return kind === "name" && this.#is("(", 1) && !nodeTypes.has(text);
  }

  #primary(): Expression {
    const { kind, text } = this.#peek();
    this.#at++;
    if (kind === "number") return { kind: "number", value: Number(text) };
    if (kind === "string") return { kind: "string", value: text };
    if (kind === "symbol") {
      const inner = this.#binary(0);
      this.#expect(")");
      return inner;
    }
    this.#expect("(");
    const args: Expression[] = [];
    if (!this.#is(")")) {
      do args.push(this.#binary(0));
      while (this.#take(","));
    }
    this.#expect(")");
    return { kind: "call", name: text, args };
  }

  #predicates(): Expression[] {
    const predicates: Expression[] = [];
    while (this.#take("[")) {
      predicates.push(this.#deeper(() => this.#binary(0)));
      this.#expect("]");
    }
    return predicates;
  }

  #steps(): Step[] {
    return [this.#step(), ...this.#moreSteps()];
  }

  #moreSteps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      if (this.#take("//")) steps.push({ axis: "descendant-or-self", test: { kind: "node" }, predicates: [] });
      else if (!this.#take("/")) return steps;
      steps.push(this.#step());
    }
  }

  #step(): Step {
    if (this.#take(".")) return { axis: "self", test: { kind: "node" }, predicates: [] };
    if (this.#take("..")) return { axis: "parent", test: { kind: "node" }, predicates: [] };
    let axis: Axis = "child";
    if (this.#take("@")) {
      axis = "attribute";
    } else if (this.#peek().kind === "name" && this.#is("::", 1)) {
      const { text } = this.#peek();
      if (!axes.has(text)) throw this.#invalid();
      axis = text as Axis;
      this.#at += 2;
    }
    return { axis, test: this.#nodeTest(), predicates: this.#predicates() };
  }

  #nodeTest(): NodeTest {
    if (this.#take("*")) return { kind: "name", prefix: undefined, local: undefined };
    const { kind, text } = this.#peek();
    if (kind !== "name") throw this.#invalid();
    this.#at++;
    if (nodeTypes.has(text) && this.#is("(")) return this.#typeTest(text);
    if (!this.#take(":")) return { kind: "name", prefix: "", local: text };
    if (this.#take("*")) return { kind: "name", prefix: text, local: undefined };
    const local = this.#peek();
    if (local.kind !== "name") throw this.#invalid();
    this.#at++;
    return { kind: "name", prefix: text, local: local.text };
  }

  #typeTest(name: string): NodeTest {
    this.#expect("(");
    const { kind, text } = this.#peek();
    const target = name === "processing-instruction" && kind === "string" ? text : undefined;
    if (target !== undefined) this.#at++;
    this.#expect(")");
    if (name === "processing-instruction") return { kind: name, target };
    return { kind: name as "node" | "text" | "comment" };
  }
}
