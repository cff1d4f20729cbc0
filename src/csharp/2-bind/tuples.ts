/** Tuple literals, and `==` and `!=` of tuples element by element (C# 7.3 section 12.11.11). */
import type * as Syntax from "../1-parse/ast.ts";
import { dynamicType } from "../types.ts";
import { temporary } from "./arguments.ts";
import { type Binder, invalid, isInvalid, literal, type Place } from "./binder.ts";
import type { Expression, Local } from "./bound.ts";
import { toCondition, toValue } from "./convert.ts";
import { bindOperand } from "./expressions.ts";
import { isExpression, NO_TYPE, type Operand, type TupleLiteral } from "./operands.ts";
import { binaryOperator } from "./operators.ts";
import { BOOL, strip } from "./well-known.ts";

export function bindTuple(b: Binder, node: Syntax.Tuple): TupleLiteral {
  checkElementNames(
    b,
    node.arguments.map((a) => ({ name: a.name, start: a.start })),
  );
  const items = node.arguments.map((a) => bindOperand(b, a.expression));
  const names = node.arguments.map((a) => a.name ?? inferredName(a.expression));
  const given = names.filter((n) => n !== undefined);
  const unique = names.map((n, i) =>
    n !== undefined && !node.arguments[i].name && given.indexOf(n) !== given.lastIndexOf(n) ? undefined : n,
  );
  const nodes = node.arguments.map((a) => a.expression);
  return { kind: "tupleLiteral", type: NO_TYPE, start: node.start, items, names: unique, nodes };
}

/** `name`: of a member that every tuple has. */
const TAKEN: ReadonlySet<string> = new Set(["CompareTo", "Deconstruct", "Equals", "GetHashCode", "Rest", "ToString"]);

/** Names of the elements of a tuple or tuple type, undefined where there is none. */
export function checkElementNames(
  b: Binder,
  elements: readonly { readonly name?: string | undefined; readonly start: number }[],
): void {
  const seen = new Set<string>();
  for (const [i, { name, start }] of elements.entries()) {
    if (!name) continue;
    const at = { start, end: start + name.length };
    const position = /^Item([1-9]\d*)$/.exec(name)?.[1];
    if (position && Number(position) !== i + 1) {
      b.report("CS8125", `Tuple element name '${name}' is only allowed at position ${position}.`, at);
    } else if (TAKEN.has(name)) {
      b.report("CS8126", `Tuple element name '${name}' is disallowed at any position.`, at);
    } else if (seen.has(name)) b.report("CS8127", "Tuple element names must be unique.", at);
    seen.add(name);
  }
}

/** C# 7.1: `(a, x.b)` has elements named a and b, but never Item1 and the like. */
function inferredName(e: Syntax.Expression): string | undefined {
  const name = e.kind === "IdentifierName" ? e.name : e.kind === "MemberAccess" ? e.name.name : undefined;
  return name === undefined || /^(Item\d+|Rest|ToString|GetHashCode|Equals|CompareTo|Deconstruct)$/.test(name)
    ? undefined
    : name;
}

function isTuple(o: Operand): boolean {
  return o.kind === "tupleLiteral" || (isExpression(o) && strip(o.type).kind === "tuple");
}

/** Null: the operands are no tuples. */
export function bindTupleEquality(
  b: Binder,
  op: "==" | "!=",
  l: Operand,
  r: Operand,
  at: Place,
  lAt: Place,
  rAt: Place,
): Expression | null {
  if (!isTuple(l) || !isTuple(r)) return null;
  const kept = { locals: [] as Local[], effects: [] as Expression[] };
  const left = elements(b, l, lAt, kept);
  const right = elements(b, r, rAt, kept);
  if (!left || !right) return null;
  if (left.length !== right.length) {
    const message =
      "Tuple types used as operands of an == or != operator must have matching cardinalities. But this operator has tuple types of " +
      `cardinality ${left.length} on the left and ${right.length} on the right.`;
    b.report("CS8384", message, at);
    return invalid(at.start);
  }
  let result: Expression | null = null;
  for (let i = 0; i < left.length; i++) {
    const pair = toCondition(b, binaryOperator(b, op, left[i], right[i], at, lAt, rAt), at);
    if (isInvalid(pair)) return pair;
    result = result
      ? { kind: "logical", type: BOOL, start: at.start, op: op === "==" ? "&&" : "||", left: result, right: pair }
      : pair;
  }
  const value = result ?? literal(op === "==", BOOL, at.start);
  if (kept.effects.length === 0) return value;
  return { kind: "sequence", type: BOOL, start: at.start, locals: kept.locals, effects: kept.effects, result: value };
}

/**
 * The elements, each evaluated once and before any comparison. Null for a Nullable tuple: it is compared as a whole.
 */
function elements(
  b: Binder,
  o: Operand,
  at: Place,
  kept: { locals: Local[]; effects: Expression[] },
): Operand[] | null {
  if (o.kind === "tupleLiteral") {
    return o.items.map((item, i) => {
      if (item.kind === "tupleLiteral" || !isExpression(item)) return item;
      const value = toValue(b, item, o.nodes[i]);
      return isInvalid(value) || value.kind === "literal" || value.type === dynamicType
        ? value
        : temporary(b, value, kept);
    });
  }
  const value = toValue(b, o, at);
  if (value.type.kind !== "tuple") return null;
  const whole = temporary(b, value, kept);
  return value.type.args.map(
    (type, index) => ({ kind: "tupleElement", type, start: value.start, receiver: whole, index }) as Expression,
  );
}
