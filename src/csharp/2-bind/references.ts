/** Ref locals, ref returns and ref assignment (C# 7.3 sections 9.7 and 13.6.2): variables that stand for other variables. */
import type * as Syntax from "../1-parse/ast.ts";
import { errorType, type Type } from "../types.ts";
import { type Binder, invalid, isInvalid, type Place, reference } from "./binder.ts";
import type { Expression, LocalDeclaration, ReferenceArgument, Target } from "./bound.ts";
import { sameType } from "./conversions.ts";
import { toCondition } from "./convert.ts";
import { show } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { asTarget } from "./targets.ts";
import { bindType } from "./types-of-syntax.ts";
import { declareLocal, isVar } from "./variables.ts";

/** `ref T a = ref x, b = ref y;`. */
export function bindRefDeclaration(b: Binder, node: Syntax.VariableDeclaration): LocalDeclaration[] {
  const { type: inner, readonly } = node.type as Syntax.RefType;
  const type = isVar(inner) ? null : bindType(b, inner);
  return node.variables.map((v) => {
    const place = { start: v.start, end: v.start + v.name.length };
    const local = declareLocal(b, v.name, type, "local", place, b.scope.declarations);
    const value = initialReference(b, v, type);
    local.byRef = readonly ? "in" : "ref";
    local.isInitialized = true;
    local.returnable = value?.kind === "reference" && canReturn(value.target);
    if (!type) {
      local.type = value?.type ?? errorType;
      b.scope.settle(local);
    }
    return { kind: "localDeclaration", start: v.start, local, value };
  });
}

function initialReference(b: Binder, v: Syntax.VariableDeclarator, type: Type | null): Expression | null {
  if (v.initializer?.kind === "Ref") return bindReferenceTo(b, v.initializer, type);
  if (v.initializer) b.report("CS8172", "Cannot initialize a by-reference variable with a value", v);
  else b.report("CS8174", "A declaration of a by-reference variable must have an initializer", v);
  return invalid(v.start);
}

/** `ref x`; `type` is the type that x must have, null when any will do. */
function bindReferenceTo(b: Binder, node: Syntax.Ref, type: Type | null): ReferenceArgument | Expression {
  const { expression } = node;
  const operand = bindOperand(b, expression);
  const target = isInvalid(operand) ? null : asTarget(b, operand, expression, "ref");
  if (!target || type === errorType) return invalid(node.start);
  if (type && !sameType(target.type, type)) {
    const message = `The expression must be of type '${show(type)}' because it is being assigned by reference`;
    b.report("CS8173", message, expression);
    return invalid(node.start);
  }
  return { kind: "reference", type: target.type, start: node.start, mode: "ref", target };
}

/** `c ? ref x : ref y`; when only one is a reference, that is reported, and the variable's value stands for it. */
export function bindRefConditional(b: Binder, node: Syntax.Conditional): Expression {
  const [yes, no] = [node.whenTrue, node.whenFalse];
  if (yes.kind !== "Ref" || no.kind !== "Ref") {
    const lone = (yes.kind === "Ref" ? yes : (no as Syntax.Ref)).expression;
    b.report("CS8326", "Both conditional operator values must be ref values or neither may be a ref value", lone);
    return invalid(node.start);
  }
  const condition = toCondition(b, bindOperand(b, node.condition), node.condition);
  const whenTrue = bindReferenceTo(b, yes, null);
  const whenFalse = bindReferenceTo(b, no, null);
  if (isInvalid(condition) || whenTrue.kind !== "reference" || whenFalse.kind !== "reference")
    return invalid(node.start);
  const { type } = whenTrue;
  if (!sameType(type, whenFalse.type)) {
    const message = `The expression must be of type '${show(type)}' to match the alternative ref value`;
    b.report("CS8327", message, no.expression);
    return invalid(node.start);
  }
  return { kind: "refConditional", type, start: node.start, condition, whenTrue, whenFalse };
}

/** `a = ref b`. */
export function bindRefAssignment(b: Binder, node: Syntax.Assignment, right: Syntax.Ref): Expression {
  const left = bindOperand(b, node.left);
  if (isInvalid(left)) return invalid(node.start);
  if (left.kind !== "local" || !left.local.byRef) {
    b.report("CS8373", "The left-hand side of a ref assignment must be a ref local or parameter.", node.left);
    return invalid(node.start);
  }
  const value = bindReferenceTo(b, right, left.type);
  if (isInvalid(value)) return value;
  left.local.reassigned = true;
  return { kind: "assignment", type: left.type, start: node.start, target: reference(left.local, left.start), value };
}

/** What a function returns whose result is a reference, or returned one though its result is a value. */
export function bindRefReturn(b: Binder, node: Syntax.Expression, type: Type, keyword: Place): Expression {
  const { returnsRef } = b.scope.fn;
  if (node.kind !== "Ref") {
    b.report("CS8150", "By-value returns may only be used in methods that return by value", keyword);
    return invalid(node.start);
  }
  if (!returnsRef) {
    b.report("CS8149", "By-reference returns may only be used in methods that return by reference", keyword);
    return invalid(node.start);
  }
  const value = bindReferenceTo(b, node, type);
  if (value.kind === "reference" && !canReturn(value.target)) {
    reportNotReturnable(b, value.target, node.expression);
    return invalid(node.start);
  }
  return value;
}

/** Does the variable live on when the function has returned? */
function canReturn(target: Target): boolean {
  if (target.kind === "tupleElement") return canReturn(target.receiver as Target);
  if (target.kind === "refConditional") return canReturn(target.whenTrue.target) && canReturn(target.whenFalse.target);
  if (target.kind !== "local") return true;
  const { role, byRef, returnable } = target.local;
  return role === "parameter" ? byRef !== undefined : returnable === true;
}

function reportNotReturnable(b: Binder, target: Target, at: Place): void {
  if (target.kind === "tupleElement") {
    reportNotReturnable(b, target.receiver as Target, at);
  } else if (target.kind === "refConditional") {
    const { target: branch } = canReturn(target.whenTrue.target) ? target.whenFalse : target.whenTrue;
    reportNotReturnable(b, branch, { start: branch.start, end: at.end });
  } else if (target.kind === "local") {
    const { name, role, byRef } = target.local;
    if (role === "parameter") {
      const message = `Cannot return a parameter by reference '${name}' because it is not a ref or out parameter`;
      b.report("CS8166", message, at);
    } else if (byRef) {
      const message = `Cannot return '${name}' by reference because it was initialized to a value that cannot be returned by reference`;
      b.report("CS8157", message, at);
    } else {
      b.report("CS8168", `Cannot return local '${name}' by reference because it is not a ref local`, at);
    }
  }
}
