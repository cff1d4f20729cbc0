/**
 * Finds reads of a message body that come surely after one without preserveContent in the same expression: they see an empty body.
 * Walks the bound tree in order of evaluation with the bodies that are used up on every way to that point.
 */
import type { Block, Expression, Statement } from "../csharp/2-bind/bound.ts";
import { type AnyNode, visitChildren } from "../csharp/2-bind/tree-walk.ts";

/** Messages whose bodies are used up; null: control never comes here. */
type State = ReadonlySet<string> | null;

/** Offsets of the second reads. */
export function bodyReadAgain(body: Expression | Block): readonly number[] {
  const walk = new BodyWalk();
  walk.visit(body);
  return walk.again;
}

class BodyWalk {
  readonly again: number[] = [];
  #state: State = new Set();

  visit(node: AnyNode): void {
    const e = node as Expression | Statement;
    switch (e.kind) {
      case "call":
        visitChildren(e, (child) => this.visit(child));
        this.#call(e);
        return;
      case "conditional":
        this.visit(e.condition);
        this.#branch([() => this.visit(e.whenTrue), () => this.visit(e.whenFalse)]);
        return;
      case "logical":
        this.visit(e.left);
        this.#maybe([e.right]);
        return;
      case "coalesce":
        this.visit(e.left);
        this.#branch([() => this.visit(e.value), () => this.visit(e.right)]);
        return;
      case "conditionalAccess":
        this.visit(e.receiver);
        this.#maybe([e.access]);
        return;
      case "lambda":
      case "localFunction":
        this.#maybe([e.body]);
        return;
      default:
        this.#statement(e);
    }
  }

  #statement(e: Expression | Statement): void {
    switch (e.kind) {
      case "if":
        this.visit(e.condition);
        this.#branch([() => this.visit(e.then), () => e.else !== null && this.visit(e.else)]);
        return;
      case "while":
        this.visit(e.condition);
        this.#maybe([e.body]);
        return;
      case "for":
        for (const part of e.initializers) this.visit(part);
        if (e.condition !== null) this.visit(e.condition);
        this.#maybe([e.body, ...e.increments]);
        return;
      case "do":
        // A `continue` or `break` may leave the body early.
        this.#maybe([e.body, e.condition]);
        return;
      case "forEach":
        this.visit(e.collection);
        this.#maybe([...e.assignments, e.body]);
        return;
      case "switch":
        this.visit(e.value);
        for (const section of e.sections) this.#maybe(section.statements);
        return;
      case "try":
        for (const block of [e.body, ...e.catches.map((c) => c.body)]) this.#maybe([block]);
        if (e.finally !== null) this.visit(e.finally);
        return;
      case "labeled":
        this.#state = new Set();
        this.visit(e.statement);
        return;
      case "return":
      case "throw":
      case "throwExpression":
      case "break":
      case "continue":
      case "goto":
      case "gotoCase":
        visitChildren(e, (child) => this.visit(child));
        this.#state = null;
        return;
      default:
        visitChildren(e, (child) => this.visit(child));
    }
  }

  /** What may run or not, or be left in the middle: nothing that it does is sure afterwards. */
  #maybe(nodes: readonly AnyNode[]): void {
    const before = this.#state;
    for (const node of nodes) this.visit(node);
    this.#state = before;
  }

  /** One of several ways. */
  #branch(ways: readonly (() => unknown)[]): void {
    const before = this.#state;
    const ends: State[] = [];
    for (const way of ways) {
      this.#state = before;
      way();
      ends.push(this.#state);
    }
    this.#state = ends.reduce((a, b) => (a === null ? b : b === null ? a : a.intersection(b)));
  }

  #call({ receiver, member, args, start }: Expression & { kind: "call" }): void {
    if (this.#state === null || receiver === null || member.declaringType.name !== "IMessageBody") return;
    const message = messageOf(receiver);
    if (message === undefined) return;
    if (this.#state.has(message)) this.again.push(start);
    const preserve = args.at(-1);
    if (preserve?.kind === "literal" && preserve.value === false) this.#state = new Set([...this.#state, message]);
  }
}

/** `context.Request.Body` -> `Request`. */
function messageOf(body: Expression): string | undefined {
  if (body.kind !== "property" || body.member.key !== "Body") return undefined;
  const message = body.receiver;
  if (message?.kind !== "property" || message.receiver?.kind !== "local") return undefined;
  return message.member.declaringType.name === "IContext" ? message.member.key : undefined;
}
