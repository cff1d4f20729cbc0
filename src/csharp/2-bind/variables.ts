/** Declaring locals: in statements, in expressions (`out var x`, patterns), in deconstructions. */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import type { Binder, Place } from "./binder.ts";
import type { Expression, Local, LocalRole } from "./bound.ts";
import type { Scope, ScopeSymbol } from "./scope.ts";

/**
 * Declares a local in the scope and reports what is wrong with its name. A null type is still to come: see
 * Scope.settle.
 */
export function declareLocal(
  b: Binder,
  name: string,
  type: Type | null,
  role: LocalRole,
  place: Place,
  scope: Scope = b.scope,
): Local {
  const local = b.local(name, type ?? errorType, role, place.start);
  const symbol: ScopeSymbol = { kind: "local", local, fn: scope.fn, pending: type === null };
  declareName(b, name, symbol, place, scope);
  scope.locals.push(local);
  return local;
}

export function declareConstant(b: Binder, name: string, value: Expression, place: Place): void {
  declareName(b, name, { kind: "constant", value }, place, b.scope);
}

export function declareName(b: Binder, name: string, symbol: ScopeSymbol, place: Place, scope: Scope): void {
  scope.declare(name, symbol, place, (code, message, at) => b.report(code, message, at));
}

/** A variable declared inside an expression: it lives in the scope of the statement or lambda around it. */
export function declareExpressionVariable(
  b: Binder,
  designation: Syntax.SingleVariable,
  type: Type | null,
  role: "out" | "pattern",
): Local {
  return declareLocal(b, designation.name, type, role, designation);
}

/** Is the type written `var` (and no type of that name known)? */
export function isVar(node: Syntax.TypeSyntax): boolean {
  return node.kind === "IdentifierName" && node.name === "var" && !node.verbatim;
}
