/** `throw`, `try`, `using`, `lock` (C# 7.3 sections 13.10.6, 13.11, 13.13, 13.14). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, type Place, reference } from "./binder.ts";
import type { Catch, Expression, Statement, Try, Using, UsingResource } from "./bound.ts";
import { implicitConversion } from "./conversions.ts";
import { convertImplicitly, toCondition, toValue } from "./convert.ts";
import { bindDeclaration } from "./declarations.ts";
import { show } from "./display.ts";
import { bindOperand, bindThrown } from "./expressions.ts";
import { methodsNamed } from "./members.ts";
import { Scope } from "./scope.ts";
import { bindBlock, bindEmbedded } from "./statements.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareLocal } from "./variables.ts";
import { EXCEPTION, IDISPOSABLE } from "./well-known.ts";

export function bindThrowStatement(b: Binder, node: Syntax.ThrowStatement): Statement {
  if (node.expression) return { kind: "throw", start: node.start, exception: bindThrown(b, node.expression) };
  if (b.scope.fn.catching === 0) {
    b.report("CS0156", "A throw statement with no arguments is not allowed outside of a catch clause", node);
  }
  return { kind: "throw", start: node.start, exception: null };
}

export function bindTry(b: Binder, node: Syntax.TryStatement): Try {
  const { fn } = b.scope;
  const guards = node.catches.length > 0 ? 1 : 0;
  fn.guarded += guards;
  const body = bindBlock(b, node.block);
  fn.guarded -= guards;
  const seen: Type[] = [];
  const general = node.catches.findIndex((c) => !c.type && !c.filter);
  const catches = node.catches.map((c, i) => {
    if (general >= 0 && i > general) {
      const message = "Catch clauses cannot follow the general catch clause of a try statement";
      b.report("CS1017", message, { start: c.start, end: c.start + "catch".length });
    }
    return bindCatch(b, c, seen);
  });
  const outer = fn.finally;
  fn.finally = { breakable: fn.breakable, continuable: fn.continuable };
  const last = node.finally ? bindBlock(b, node.finally) : null;
  fn.finally = outer;
  return { kind: "try", start: node.start, body, catches, finally: last };
}

function bindCatch(b: Binder, node: Syntax.CatchClause, seen: Type[]): Catch {
  const type = node.type ? bindType(b, node.type) : null;
  const caught = type ?? EXCEPTION;
  if (type && type !== errorType) {
    if (!derivesFrom(type, EXCEPTION)) {
      b.report("CS0155", "The type caught or thrown must be derived from System.Exception", node.type as Place);
    } else {
      const earlier = seen.find((t) => derivesFrom(type, t));
      const message = `A previous catch clause already catches all exceptions of this or of a super type ('${earlier ? show(earlier) : ""}')`;
      if (earlier) b.report("CS0160", message, node.type as Place);
    }
  }
  if (!node.filter && type) seen.push(type);
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const local = node.name === undefined ? null : declareLocal(b, node.name, caught, "catch", node);
    if (node.filter) b.hasFilters = true;
    const filter = node.filter ? toCondition(b, bindOperand(b, node.filter), node.filter) : null;
    scope.fn.catching++;
    const body = bindBlock(b, node.block);
    scope.fn.catching--;
    return { start: node.start, type, local, locals: scope.locals, filter, body };
  });
}

function derivesFrom(t: Type, base: Type): boolean {
  for (let at: Type | null = t; at; at = at.base) if (at === base) return true;
  return false;
}

export function bindUsing(b: Binder, node: Syntax.UsingStatement): Using {
  const scope = new Scope(b.scope, b.scope.fn);
  return b.within(scope, () => {
    const resources = node.declaration
      ? declaredResources(b, node.declaration)
      : expressionResource(b, node.expression as Syntax.Expression);
    const body = bindEmbedded(b, node.statement);
    return { kind: "using", start: node.start, locals: scope.locals, resources, body };
  });
}

function declaredResources(b: Binder, node: Syntax.VariableDeclaration): UsingResource[] {
  return bindDeclaration(b, node, "using").map((d, i) => {
    if (!d.value)
      b.report(
        "CS0210",
        "You must provide an initializer in a fixed or using statement declaration",
        node.variables[i],
      );
    return resource(b, d.local, d.value ?? invalid(d.start), node);
  });
}

function expressionResource(b: Binder, node: Syntax.Expression): UsingResource[] {
  const value = toValue(b, bindOperand(b, node), node);
  const local = b.local("resource", value.type, "temp", -1);
  b.scope.locals.push(local);
  return [resource(b, local, value, node)];
}

function resource(b: Binder, local: UsingResource["local"], value: Expression, at: Place): UsingResource {
  const t = local.type;
  if (isInvalid(value) || t === errorType) return { local, value, dispose: invalid(at.start) };
  const target = reference(local, at.start);
  if (!implicitConversion(b, target, IDISPOSABLE)) {
    const message = `'${show(t)}': type used in a using statement must be implicitly convertible to 'System.IDisposable'.`;
    b.report("CS1674", message, at);
    return { local, value, dispose: invalid(at.start) };
  }
  const own = methodsNamed(t, "Dispose").find((m) => m.parameters.length === 0);
  const method = own ?? methodsNamed(IDISPOSABLE, "Dispose")[0];
  const receiver = own ? target : convertImplicitly(b, target, IDISPOSABLE, at);
  const member = b.member(method.declaringType, method.def);
  const dispose: Expression = {
    kind: "call",
    type: method.returnType,
    start: at.start,
    receiver,
    member,
    typeArgs: [],
    args: [],
  };
  return { local, value, dispose };
}

export function bindLock(b: Binder, node: Syntax.LockStatement): Statement {
  const expression = toValue(b, bindOperand(b, node.expression), node.expression);
  if (expression.type.isValueType) {
    b.report(
      "CS0185",
      `'${show(expression.type)}' is not a reference type as required by the lock statement`,
      node.expression,
    );
  }
  return { kind: "lock", start: node.start, expression, body: bindEmbedded(b, node.statement) };
}
