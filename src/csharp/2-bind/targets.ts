/** What can be assigned to, incremented, or passed by `ref` and `out`. */
import type * as Syntax from "../1-parse/ast.ts";
import { isDiscard } from "./arguments.ts";
import { type Binder, isInvalid, type Place } from "./binder.ts";
import type { Expression, Local, Target } from "./bound.ts";
import { show, showParameters, showProperty } from "./display.ts";
import { bindOperand } from "./expressions.ts";
import { indexersOf, lookup, type Property } from "./members.ts";
import { isExpression, NO_TYPE, type Operand } from "./operands.ts";

export type TargetUse = "assign" | "update" | "ref" | "out";

/**
 * Binds what is written to; reports and gives null when it cannot be. `_` is a discard unless a variable has that name.
 */
export function bindTarget(b: Binder, node: Syntax.Expression, use: TargetUse): Target | null {
  if (use === "assign" && isDiscard(b, node)) return { kind: "discard", type: NO_TYPE, start: node.start };
  const operand = bindOperand(b, node);
  return isInvalid(operand) ? null : asTarget(b, operand, node, use);
}

export function asTarget(b: Binder, operand: Operand, at: Place, use: TargetUse): Target | null {
  switch (operand.kind) {
    case "local":
      return checkLocal(b, operand.local, at, use) ? markAssigned(operand) : null;
    case "property":
    case "indexer":
      return checkProperty(b, operand, at, use) ? operand : null;
    case "localFunctionCall":
      if (operand.function.returnsRef) return operand;
      reportNoTarget(b, operand, at, use);
      return null;
    case "refConditional":
    case "arrayAccess":
    case "multiArrayAccess":
    case "dynamicMember":
    case "dynamicIndex":
      return operand;
    case "tupleElement":
      return checkElement(b, operand, at, use) ? operand : null;
    case "field":
      b.report(
        "CS0198",
        "A static readonly field cannot be assigned to (except in a static constructor or a variable initializer)",
        at,
      );
      return null;
    case "anonymousMember":
      b.report(
        "CS0200",
        `Property or indexer '${show(operand.receiver.type)}.${operand.name}' cannot be assigned to -- it is read only`,
        at,
      );
      return null;
    default:
      reportNoTarget(b, operand, at, use);
      return null;
  }
}

function reportNoTarget(b: Binder, operand: Operand, at: Place, use: TargetUse): void {
  if (use === "ref" || use === "out") {
    b.report("CS1510", "A ref or out value must be an assignable variable", at);
  } else if (operand.kind === "methodGroup" || operand.kind === "localFunctionGroup") {
    const name = operand.kind === "methodGroup" ? operand.name : operand.function.name;
    b.report("CS1656", `Cannot assign to '${name}' because it is a 'method group'`, at);
  } else if (use === "update" && isExpression(operand)) {
    b.report("CS1059", "The operand of an increment or decrement operator must be a variable, property or indexer", at);
  } else {
    b.report("CS0131", "The left-hand side of an assignment must be a variable, property or indexer", at);
  }
}

function markAssigned<T extends { readonly local: Local }>(target: T): T {
  target.local.reassigned = true;
  return target;
}

const READ_ONLY: Partial<Record<Local["role"], string>> = {
  foreach: "foreach iteration variable",
  using: "using variable",
};

function checkLocal(b: Binder, local: Local, at: Place, use: TargetUse): boolean {
  if (local.byRef === "in") {
    const variable = `variable 'in ${show(local.type)}'`;
    const because = "because it is a readonly variable";
    if (use === "assign" || use === "update") b.report("CS8331", `Cannot assign to ${variable} ${because}`, at);
    else b.report("CS8329", `Cannot use ${variable} as a ref or out value ${because}`, at);
    return false;
  }
  const what = READ_ONLY[local.role];
  if (what && (use === "ref" || use === "out")) {
    b.report("CS1657", `Cannot use '${local.name}' as a ref or out value because it is a '${what}'`, at);
    return false;
  }
  if (what) {
    b.report("CS1656", `Cannot assign to '${local.name}' because it is a '${what}'`, at);
    return false;
  }
  if (local.role === "global") {
    b.report("CS0131", "The left-hand side of an assignment must be a variable, property or indexer", at);
    return false;
  }
  return true;
}

function checkProperty(
  b: Binder,
  target: Expression & { kind: "property" | "indexer" },
  at: Place,
  use: TargetUse,
): boolean {
  if (use === "ref" || use === "out") {
    b.report("CS0206", "A non ref-returning property or indexer may not be used as an out or ref value", at);
    return false;
  }
  if (target.member.def.set === 1) return true;
  const name = describe(target);
  b.report("CS0200", `Property or indexer '${name}' cannot be assigned to -- it is read only`, at);
  return false;
}

function describe(target: Expression & { kind: "property" | "indexer" }): string {
  const { declaringType, def } = target.member;
  const found =
    target.kind === "property"
      ? lookup(declaringType, def.n as string)
      : indexersOf(declaringType).find((i) => i.def === def);
  if (found && "kind" in found && found.kind === "property") return showProperty(found as Property);
  return `${show(declaringType)}.${def.n}${def.ix ? `[${showParameters([])}]` : ""}`;
}

/** An element of a tuple is written in place only when the tuple itself is a variable. */
function checkElement(b: Binder, target: Expression & { kind: "tupleElement" }, at: Place, use: TargetUse): boolean {
  const { receiver } = target;
  const { kind } = receiver;
  if (kind === "local" || kind === "arrayAccess" || kind === "multiArrayAccess" || kind === "tupleElement") {
    return asTarget(b, receiver, at, use) !== null;
  }
  b.report("CS1612", "Cannot modify the return value because it is not a variable", at);
  return false;
}
