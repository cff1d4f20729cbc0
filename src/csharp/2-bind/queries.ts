/** Query expressions, translated to method calls (C# 7.3 section 12.18.3). */
import type * as Syntax from "../1-parse/ast.ts";
import { anonymousOf, errorType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, type Place, reference } from "./binder.ts";
import type { Expression, Local } from "./bound.ts";
import { buildCall } from "./calls.ts";
import { toValue } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { unboundLambda } from "./lambdas.ts";
import { hasExtension } from "./member-access.ts";
import { methodsNamed } from "./members.ts";
import { type MethodGroup, NO_TYPE, type Operand } from "./operands.ts";
import type { Argument } from "./overloads.ts";
import type { Scope } from "./scope.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareName } from "./variables.ts";
import { ENUMERABLE } from "./well-known.ts";

/**
 * What the lambda parameter of the moment holds: the one variable itself (path empty), or several inside nested
 * anonymous objects, each under the member indices of its path.
 */
type Environment = readonly { readonly name: string; readonly path: readonly number[] }[];

interface State {
  source: Expression;
  env: Environment;
  /** No clause but the first `from` has been translated since. */
  degenerate: boolean;
}

export function bindQuery(b: Binder, node: Syntax.Query): Expression {
  const [first, ...rest] = node.clauses;
  if (first.kind !== "FromClause") return invalid(node.start);
  const bound = bindSource(b, first.expression, first.type);
  const source = introduce(b, [], first.name, first.nameStart) ? bound : invalid(node.start);
  const state: State = { source, env: [{ name: first.name, path: [] }], degenerate: true };
  for (let i = 0; i < rest.length && !isInvalid(state.source); i++) {
    const next = rest[i + 1];
    // A selection right behind `from` or `join` becomes part of their call.
    const selection = next?.kind === "SelectClause" ? next : null;
    if (bindClause(b, rest[i], selection, state)) i++;
  }
  return state.source;
}

/** A new range variable; false, and reported, when another variable has its name. */
function introduce(b: Binder, env: Environment, name: string, start: number): boolean {
  const at = { start, end: start + name.length };
  if (env.some((v) => v.name === name)) {
    b.report("CS1930", `The range variable '${name}' has already been declared`, at);
    return false;
  }
  if (!b.scope.find(name)) return true;
  b.report("CS1931", `The range variable '${name}' conflicts with a previous declaration of '${name}'`, at);
  return false;
}

function bindSource(b: Binder, node: Syntax.Expression, type?: Syntax.TypeSyntax): Expression {
  const source = toValue(b, bindOperand(b, node), node);
  if (!type || isInvalid(source)) return source;
  const t = bindType(b, type);
  return t === errorType ? invalid(node.start) : call(b, source, "Cast", [], node, [t]);
}

/** True when the selection that follows was used up. */
function bindClause(
  b: Binder,
  clause: Syntax.QueryClause,
  selection: Syntax.SelectClause | null,
  state: State,
): boolean {
  const { source, env } = state;
  switch (clause.kind) {
    case "FromClause":
      return bindSecondFrom(b, clause, selection, state);
    case "JoinClause":
      return bindJoin(b, clause, selection, state);
    case "LetClause": {
      if (!introduce(b, env, clause.name, clause.nameStart)) return fail(state);
      const body = (scope: Scope, [p]: readonly Local[]) =>
        pair(b, env, p, clause.name, toValue(b, evaluate(b, scope, env, p, clause.expression), clause.expression));
      state.source = call(b, source, "Select", [lambda(b, clause, 1, body)], clause);
      state.env = extend(env, clause.name);
      break;
    }
    case "WhereClause":
      state.source = call(b, source, "Where", [selector(b, env, clause.condition)], clause);
      break;
    case "OrderByClause":
      clause.orderings.forEach((o, i) => {
        const name = `${i === 0 ? "OrderBy" : "ThenBy"}${o.descending ? "Descending" : ""}`;
        state.source = call(b, state.source, name, [selector(b, env, o.expression)], o);
      });
      break;
    case "SelectClause":
      if (!state.degenerate && isVariable(env, clause.expression)) break;
      state.source = call(b, source, "Select", [selector(b, env, clause.expression)], clause);
      break;
    case "GroupClause": {
      const key = selector(b, env, clause.byExpression);
      const args = isVariable(env, clause.groupExpression) ? [key] : [key, selector(b, env, clause.groupExpression)];
      state.source = call(b, source, "GroupBy", args, clause);
      break;
    }
    case "IntoClause":
      if (!introduce(b, [], clause.name, clause.nameStart)) return fail(state);
      state.env = [{ name: clause.name, path: [] }];
      state.degenerate = true;
      return false;
  }
  state.degenerate = false;
  return false;
}

function fail(state: State): false {
  state.source = invalid(state.source.start);
  return false;
}

/** Is the expression the one range variable and nothing else? */
function isVariable(env: Environment, e: Syntax.Expression): boolean {
  return env.length === 1 && e.kind === "IdentifierName" && e.name === env[0].name;
}

function extend(env: Environment, name: string): Environment {
  return [...env.map((v) => ({ name: v.name, path: [0, ...v.path] })), { name, path: [1] }];
}

function bindSecondFrom(
  b: Binder,
  clause: Syntax.FromClause,
  selection: Syntax.SelectClause | null,
  state: State,
): boolean {
  const { source, env } = state;
  if (!introduce(b, env, clause.name, clause.nameStart)) return fail(state);
  const collection = lambda(b, clause, 1, (scope, [p]) =>
    b.within(scope, () => {
      declareAll(b, scope, env, p, clause);
      return bindSource(b, clause.expression, clause.type);
    }),
  );
  const result = resultLambda(b, clause, selection, env, clause.name);
  state.source = call(b, source, "SelectMany", [collection, result], clause);
  state.env = extend(env, clause.name);
  state.degenerate = false;
  return selection !== null;
}

function bindJoin(b: Binder, clause: Syntax.JoinClause, selection: Syntax.SelectClause | null, state: State): boolean {
  const { source, env } = state;
  const inner = bindSource(b, clause.inExpression, clause.type);
  if (!introduce(b, env, clause.name, clause.nameStart)) return fail(state);
  const own: Environment = [{ name: clause.name, path: [] }];
  const outerKey = selector(b, env, clause.leftExpression, { env: own, code: "CS1937", side: "left" });
  const innerKey = selector(b, own, clause.rightExpression, { env, code: "CS1938", side: "right" });
  if (clause.into !== undefined && !introduce(b, env, clause.into, clause.intoStart as number)) return fail(state);
  const name = clause.into ?? clause.name;
  const result = resultLambda(b, clause, selection, env, name);
  const method = clause.into === undefined ? "Join" : "GroupJoin";
  state.source = call(b, source, method, [inner, outerKey, innerKey, result], clause);
  state.env = extend(env, name);
  state.degenerate = false;
  return selection !== null;
}

/** `(env, x) => selection`, or without one a pair of both. */
function resultLambda(
  b: Binder,
  clause: Place,
  selection: Syntax.SelectClause | null,
  env: Environment,
  name: string,
): Operand {
  return lambda(b, clause, 2, (scope, [p, q]) => {
    if (!selection) return pair(b, env, p, name, reference(q, clause.start));
    return b.within(scope, () => {
      declareAll(b, scope, env, p, clause);
      declareAll(b, scope, [{ name, path: [] }], q, clause);
      return bindOperand(b, selection.expression);
    });
  });
}

// ---- Pieces ---------------------------------------------------------------------------------------------------------

function lambda(
  b: Binder,
  at: Place,
  count: number,
  body: (scope: Scope, parameters: readonly Local[]) => Operand,
): Operand {
  const parameterNames = ["x", "y"].slice(0, count);
  return unboundLambda(b, { kind: "SyntheticLambda", start: at.start, end: at.end, parameterNames, body });
}

/** Variables of the other side of a join's `equals`. */
interface Hidden {
  readonly env: Environment;
  readonly code: string;
  readonly side: "left" | "right";
}

/** `env => expression`. */
function selector(b: Binder, env: Environment, expression: Syntax.Expression, hidden?: Hidden): Operand {
  return lambda(b, expression, 1, (scope, [p]) => {
    if (hidden) hide(b, scope, hidden);
    return evaluate(b, scope, env, p, expression);
  });
}

function hide(b: Binder, scope: Scope, { env, code, side }: Hidden): void {
  for (const { name } of env) {
    const make = (start: number) => {
      const message = `The name '${name}' is not in scope on the ${side} side of 'equals'.  Consider swapping the expressions on either side of 'equals'.`;
      b.report(code, message, { start, end: start + name.length });
      return invalid(start);
    };
    declareName(b, name, { kind: "range", range: { name, make } }, { start: 0, end: 0 }, scope);
  }
}

function evaluate(b: Binder, scope: Scope, env: Environment, p: Local, expression: Syntax.Expression): Operand {
  return b.within(scope, () => {
    declareAll(b, scope, env, p, expression);
    return bindOperand(b, expression);
  });
}

function declareAll(b: Binder, scope: Scope, env: Environment, p: Local, at: Place): void {
  for (const { name, path } of env) {
    const make = (start: number) => follow(reference(p, start), path);
    declareName(b, name, { kind: "range", range: { name, make } }, { start: at.start, end: at.start }, scope);
  }
}

function follow(from: Expression, path: readonly number[]): Expression {
  return path.reduce<Expression>((receiver, index) => {
    const t = receiver.type;
    if (t.kind !== "anonymous") return invalid(receiver.start);
    const name = t.memberNames?.[index] as string;
    return { kind: "anonymousMember", type: t.args[index], start: receiver.start, receiver, index, name };
  }, from);
}

function pair(b: Binder, env: Environment, p: Local, name: string, value: Expression): Expression {
  if (isInvalid(value)) return value;
  if (value.type.kind === "null" || value.type.kind === "void") {
    b.report("CS1932", `Cannot assign ${show(value.type)} to a range variable`, {
      start: value.start,
      end: value.start,
    });
    return invalid(value.start);
  }
  const names = [env.length === 1 ? env[0].name : "<>variables", name];
  const type = anonymousOf([p.type, value.type], names);
  return { kind: "anonymous", type, start: value.start, values: [reference(p, value.start), value] };
}

function call(
  b: Binder,
  source: Expression,
  name: string,
  operands: readonly Operand[],
  at: Place,
  typeArgs: readonly Type[] | null = null,
): Expression {
  if (isInvalid(source) || operands.some(isInvalid)) return invalid(at.start);
  const methods = methodsNamed(source.type, name);
  if (methods.length === 0 && !hasExtension(b, source, name)) {
    const message = `Could not find an implementation of the query pattern for source type '${show(source.type)}'.  '${name}' not found.`;
    const isSequence = source.type.interfaces.some((t) => t.name === ENUMERABLE);
    b.report(isSequence ? "CS1935" : "CS1936", message, at);
    return invalid(at.start);
  }
  const args = operands.map((operand): Argument => ({ operand, name: undefined, mode: "value", place: at }));
  const group: MethodGroup = {
    kind: "methodGroup",
    type: NO_TYPE,
    start: at.start,
    name,
    nameStart: at.start,
    nameEnd: at.end,
    receiver: source,
    owner: source.type,
    typeArgs,
    methods,
  };
  return buildCall(b, group, args, at);
}
