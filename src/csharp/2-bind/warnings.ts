/**
 * What is legal C# but surely wrong. Only what is certain: a warning that has to be silenced again and again is none.
 *
 * | code   | what                                                                                   |
 * |--------|----------------------------------------------------------------------------------------|
 * | SW3001 | `==` of tokens, or of an object and a text: compares references, not values            |
 * | SW3002 | statements that are never reached                                                      |
 * | SW3003 | a condition that always has the same value                                             |
 * | SW3004 | `=` where `==` was meant                                                               |
 * | SW3005 | the result of a method without effect is not used                                      |
 */
import { type Type, type } from "../types.ts";
import type { Binary, BoundProgram, Expression, Logical, Statement } from "./bound.ts";
import { completes } from "./reachability.ts";
import { type AnyNode, visitNodes } from "./tree-walk.ts";
import { BOOL, OBJECT, STRING } from "./well-known.ts";

export interface Warning {
  readonly code: string;
  readonly message: string;
  /** Offset in the code. */
  readonly start: number;
  readonly hint: string;
}

/** @param code text that the tree's offsets count in */
export function findWarnings({ body }: BoundProgram, code: string): readonly Warning[] {
  const finder = new Finder(code);
  if (body.kind === "literal") finder.foldedProgram(body);
  visitNodes(body, (node) => finder.visit(node));
  return finder.warnings;
}

const TOKEN = type("Newtonsoft.Json.Linq.JToken");

class Finder {
  readonly warnings: Warning[] = [];
  readonly #code: string;

  constructor(code: string) {
    this.#code = code;
  }

  /** `@("a" == "b")`. The words `true` and `false` alone are meant. */
  foldedProgram(body: Expression & { kind: "literal" }): void {
    if (body.type === BOOL && !/^[\s(!]*(true|false)[\s)]*$/.test(this.#code)) this.#constant(body);
  }

  visit(node: AnyNode): void {
    const e = node as Expression | Statement;
    switch (e.kind) {
      case "binary":
        this.#binary(e);
        return;
      case "logical":
        this.#logical(e);
        return;
      case "conditional":
      case "if":
        this.#condition(e.condition);
        return;
      case "while":
      case "do":
        // `while (true)` is how an endless loop is written.
        if (!isLiteral(e.condition, true)) this.#condition(e.condition);
        return;
      case "expressionStatement":
        this.#dropped(e.expression);
        return;
      case "block":
        this.#statements(e.statements);
        return;
      case "switch":
        for (const section of e.sections) this.#statements(section.statements);
        return;
    }
  }

  #warn(code: string, message: string, start: number, hint: string): void {
    this.warnings.push({ code, message, start, hint });
  }

  #binary(e: Binary): void {
    if (e.op !== "==" && e.op !== "!=") return;
    const { left, right } = e;
    if (e.lifted && (isNeverNull(left, right) || isNeverNull(right, left))) {
      const answer = e.op === "==" ? "false" : "true";
      const value = (isNull(left) ? right : left) as Expression & { kind: "conversion" };
      this.#warn(
        "SW3003",
        `This is always ${answer}: a value of type '${value.operand.type}' is never null`,
        e.start,
        "Remove the comparison, or compare with a value of that type.",
      );
    }
    if (e.operandType !== OBJECT || e.method || isNull(left) || isNull(right)) return;
    this.#references(e, ownType(left), ownType(right));
  }

  /** Undefined: converted to object on purpose. */
  #references(e: Binary, left: Type | undefined, right: Type | undefined): void {
    if (left === undefined || right === undefined) return;
    const message = `'${e.op}' compares references here, not values ('${left}' and '${right}')`;
    if (isToken(left) && isToken(right)) {
      this.#warn("SW3001", message, e.start, "Write JToken.DeepEquals(a, b), or convert both: (string)a == (string)b.");
    } else if (isTextOrObject(left) && isTextOrObject(right)) {
      this.#warn("SW3001", message, e.start, "Convert both: (string)a == (string)b; or write object.Equals(a, b).");
    } else if ((isToken(left) && right === OBJECT) || (left === OBJECT && isToken(right))) {
      this.#warn("SW3001", message, e.start, "Convert both to the type that is meant, for example to string.");
    }
  }

  #logical(e: Logical): void {
    this.#assignment(e.left);
    this.#assignment(e.right);
    const deciding = e.op === "||";
    if (isLiteral(e.left, deciding)) this.#constant(e.left);
    else if (isLiteral(e.right, deciding)) this.#constant(e.right);
  }

  #condition(e: Expression): void {
    this.#assignment(e);
    if (e.kind === "literal") this.#constant(e);
  }

  /** A constant with a name is a switch that its author turns. */
  #constant(e: Expression & { kind: "literal" }): void {
    const text = this.#code.slice(e.start);
    if (/^[\p{L}_@]/u.test(text) && !/^(true|false)\b/.test(text)) return;
    const hint = "Remove the condition, or compare with what was meant.";
    this.#warn("SW3003", `This condition is always ${e.value}`, e.start, hint);
  }

  #assignment(e: Expression): void {
    if (e.kind !== "assignment" || e.value.kind !== "literal") return;
    this.#warn("SW3004", "This assigns and does not compare", e.start, "Write == to compare.");
  }

  #dropped(e: Expression): void {
    if (e.kind !== "call" || !isWithoutEffect(e)) return;
    this.#warn(
      "SW3005",
      `The result of ${e.member.declaringType.simpleName}.${e.member.def.n} is not used, and it has no other effect`,
      e.start,
      "Assign the result, or remove the statement.",
    );
  }

  #statements(statements: readonly Statement[]): void {
    for (const [i, s] of statements.entries()) {
      if (completes(s)) continue;
      const next = statements.slice(i + 1).find((other) => other.kind !== "empty" && other.kind !== "localFunction");
      // A `break` behind `return` is a habit; a constant condition is named already.
      const isHarmless = next?.kind === "break" || next?.kind === "labeled" || s.kind === "if";
      if (next !== undefined && !isHarmless)
        this.#warn("SW3002", "This is never reached", next.start, "Remove it, or what leaves before it.");
      return;
    }
  }
}

function isLiteral(e: Expression, value: unknown): e is Expression & { kind: "literal" } {
  return e.kind === "literal" && e.value === value;
}

function isNull(e: Expression): boolean {
  if (e.kind === "conversion") return isNull(e.operand);
  return isLiteral(e, null) || (e.kind === "default" && !e.type.isValueType);
}

/** `value` is a value type made Nullable only for this comparison with null. */
function isNeverNull(value: Expression, other: Expression): boolean {
  return (
    isLiteral(other, null) && value.kind === "conversion" && value.conversion === "nullableWrap" && !value.explicit
  );
}

/** Type that an operand of a comparison of objects had; undefined when it was cast to object in so many words. */
function ownType(e: Expression): Type | undefined {
  if (e.kind !== "conversion" || e.type !== OBJECT) return e.type;
  return e.explicit ? undefined : e.operand.type;
}

function isToken(t: Type): boolean {
  for (let each: Type | null = t; each !== null; each = each.base) if (each === TOKEN) return true;
  return false;
}

function isTextOrObject(t: Type): boolean {
  return t === STRING || t === OBJECT;
}

const VALUES: ReadonlySet<string> = new Set([
  "System.String",
  "System.DateTime",
  "System.DateTimeOffset",
  "System.TimeSpan",
]);

/** Methods of values that cannot change, and LINQ's deferred ones. */
function isWithoutEffect({ member, receiver, type: result }: Expression & { kind: "call" }): boolean {
  const { name } = member.declaringType;
  if (receiver !== null && VALUES.has(name)) return member.def.n !== "CopyTo";
  return name === "System.Linq.Enumerable" && result.name === "System.Collections.Generic.IEnumerable";
}
