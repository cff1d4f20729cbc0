/** Declaration statements: locals and constants (C# 7.3 sections 13.6.2 and 13.6.3). */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, invalid, isConstant, isInvalid, type Place } from "./binder.ts";
import type { Expression, LocalDeclaration, Statement } from "./bound.ts";
import { convertImplicitly, toValue } from "./convert.ts";
import { bindArrayInitializer } from "./array-creations.ts";
import { bindOperand } from "./expressions.ts";
import { show } from "./display.ts";
import { isExpression, type Operand } from "./operands.ts";
import { describe } from "./operators.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareConstant, declareLocal, isVar } from "./variables.ts";
import { BOOL, CHAR, isNumeric, STRING } from "./well-known.ts";
import { bindRefDeclaration } from "./references.ts";

export function bindLocalDeclaration(b: Binder, node: Syntax.LocalDeclaration): Statement[] {
  if (node.isConst) {
    bindConstants(b, node.declaration);
    return [];
  }
  return bindDeclaration(b, node.declaration, "local");
}

export function bindDeclaration(
  b: Binder,
  node: Syntax.VariableDeclaration,
  role: "local" | "using",
): LocalDeclaration[] {
  if (node.type.kind === "RefType") return bindRefDeclaration(b, node);
  const inferred = isVar(node.type);
  const type = inferred ? null : bindType(b, node.type);
  if (inferred && node.variables.length > 1) {
    b.report("CS0819", "Implicitly-typed variables cannot have multiple declarators", node);
  }
  for (const v of node.variables) {
    if (v.initializer?.kind === "Ref") b.report("CS8171", "Cannot initialize a by-value variable with a reference", v);
  }
  return node.variables.map((v) => {
    const place = { start: v.start, end: v.start + v.name.length };
    const local = declareLocal(b, v.name, type, role, place, b.scope.declarations);
    const value = type ? initialValue(b, v, type) : inferredValue(b, v);
    local.isInitialized = v.initializer !== undefined;
    if (!type) {
      local.type = value?.type ?? errorType;
      b.scope.settle(local);
    }
    return { kind: "localDeclaration", start: v.start, local, value };
  });
}

function initialValue(b: Binder, v: Syntax.VariableDeclarator, type: Type): Expression | null {
  if (!v.initializer) return null;
  if (v.initializer.kind === "Ref") return invalid(v.start);
  if (v.initializer.kind === "ArrayInitializer") return bindArrayInitializer(b, v.initializer, type, v);
  const operand = bindOperand(b, v.initializer);
  return type === errorType ? invalid(v.start) : convertImplicitly(b, operand, type, v.initializer);
}

function inferredValue(b: Binder, v: Syntax.VariableDeclarator): Expression {
  if (!v.initializer) {
    b.report("CS0818", "Implicitly-typed variables must be initialized", { start: v.start, end: v.end });
    return invalid(v.start);
  }
  if (v.initializer.kind === "Ref") return invalid(v.start);
  if (v.initializer.kind === "ArrayInitializer") return bindArrayInitializer(b, v.initializer, null, v);
  const operand = bindOperand(b, v.initializer);
  const what = untyped(operand);
  if (what === null) return toValue(b, operand, v.initializer);
  if (isFunction(operand)) {
    const message =
      "Feature 'inferred delegate type' is not available in C# 7.3. Please use language version 10.0 or greater.";
    b.report("CS8370", message, v.initializer, "write the delegate type instead of var");
    return invalid(v.start);
  }
  if (operand.kind === "defaultLiteral") {
    b.report("CS8716", "There is no target type for the default literal.", v.initializer);
    return invalid(v.start);
  }
  b.report(
    "CS0815",
    `Cannot assign ${what} to an implicitly-typed variable`,
    { start: v.start, end: v.end },
    "write the type instead of var",
  );
  return invalid(v.start);
}

function isFunction(operand: Operand): boolean {
  return operand.kind === "unboundLambda" || operand.kind === "methodGroup" || operand.kind === "localFunctionGroup";
}

/** What an operand without a type is called; null when it has one. */
function untyped(operand: Operand): string | null {
  if (isFunction(operand)) return describe(operand);
  if (operand.kind === "tupleLiteral") {
    return operand.items.every((item) => untyped(item) === null) ? null : `(${operand.items.map(describe).join(", ")})`;
  }
  if (operand.kind === "defaultLiteral") return "default";
  const kind = isExpression(operand) ? operand.type.kind : "";
  return kind === "null" ? "<null>" : kind === "void" ? "void" : null;
}

function canBeConstant(t: Type): boolean {
  return !t.isValueType || t.kind === "enum" || isNumeric(t) || t === BOOL || t === CHAR || t === errorType;
}

function checkConstant(b: Binder, v: Syntax.VariableDeclarator, type: Type, value: Expression | null): void {
  if (!value || isConstant(value) || isInvalid(value)) return;
  const at = v.initializer as Place;
  if (type.isValueType || type === STRING) {
    b.report("CS0133", `The expression being assigned to '${v.name}' must be constant`, at);
  } else {
    const message = `'${v.name}' is of type '${show(type)}'. A const field of a reference type other than string can only be initialized with null.`;
    b.report("CS0134", message, at);
  }
}

function bindConstants(b: Binder, node: Syntax.VariableDeclaration): void {
  const type = isVar(node.type) ? null : bindType(b, node.type);
  if (!type) b.report("CS0822", "Implicitly-typed variables cannot be constant", node.type);
  else if (!canBeConstant(type)) b.report("CS0283", `The type '${show(type)}' cannot be declared const`, node.type);
  for (const v of node.variables) {
    const value = type && v.initializer ? initialValue(b, v, type) : null;
    if (type && canBeConstant(type)) checkConstant(b, v, type, value);
    declareConstant(b, v.name, value && isConstant(value) ? value : invalid(v.start), {
      start: v.start,
      end: v.start + v.name.length,
    });
  }
}
