/**
 * Code that calls nothing and spends no steps but those of its own loops: arithmetic, variables, elements of arrays. A loop of such code
 * keeps the account of steps in a variable of JavaScript, and its statements need not note their place: what can fail knows its own.
 */
import type { Assignment, CompoundAssignment, Expression, Increment, Statement, Target } from "../2-bind/bound.ts";
import { arithmeticOf } from "./numeric.ts";

export function isSelfContained(node: Expression): boolean {
  switch (node.kind) {
    case "literal":
    case "placeholder":
      return true;
    case "local":
      return !node.local.byRef;
    case "logical":
      return isSelfContained(node.left) && isSelfContained(node.right);
    case "conditional":
      return isSelfContained(node.condition) && isSelfContained(node.whenTrue) && isSelfContained(node.whenFalse);
    case "unary":
      return (
        !node.method && !node.lifted && !node.checked && isPlain(node.operandType) && isSelfContained(node.operand)
      );
    case "binary":
      return isPlainBinary(node) && isSelfContained(node.left) && isSelfContained(node.right);
    case "conversion": {
      const free = node.conversion === "identity" || (node.conversion === "numeric" && !node.checked && !node.lifted);
      return free && isPlain(node.type) && isPlain(node.operand.type) && isSelfContained(node.operand);
    }
    case "arrayAccess":
      return isSelfContained(node.array) && isIndex(node.index) && isSelfContained(node.index);
    case "arrayLength":
      return isSelfContained(node.array);
    case "property":
      return (
        node.member.declaringType.name === "System.String" && node.receiver !== null && isSelfContained(node.receiver)
      );
    case "assignment":
    case "compoundAssignment":
    case "increment":
      return isPlainAssignment(node);
    default:
      return false;
  }
}

/** bool, char, and the numbers that JavaScript calculates with by itself. */
function isPlain(t: Expression["type"]): boolean {
  const arithmetic = arithmeticOf(t);
  return t.name === "System.Boolean" || (arithmetic !== undefined && arithmetic !== "decimal");
}

function isPlainBinary({ method, lifted, checked, op, operandType, right }: Expression & { kind: "binary" }): boolean {
  if (method || lifted || checked || !isPlain(operandType)) return false;
  if (op !== "/" && op !== "%") return true;
  const arithmetic = arithmeticOf(operandType);
  if (arithmetic === "float" || arithmetic === "double") return true;
  return right.kind === "literal" && typeof right.value === "number" && right.value > 0;
}

function isIndex(node: Expression): boolean {
  return arithmeticOf(node.type) === "int";
}

function isPlainAssignment({ target, value }: Assignment | CompoundAssignment | Increment): boolean {
  return isPlainTarget(target) && isSelfContained(value);
}

function isPlainTarget(target: Target): boolean {
  return (target.kind === "local" || target.kind === "arrayAccess") && isSelfContained(target);
}

/** A statement that is self-contained up to where it leaves: what is returned or thrown may be anything. */
export function isSelfContainedStatement(s: Statement): boolean {
  switch (s.kind) {
    case "block":
      return s.statements.every(isSelfContainedStatement);
    case "localDeclaration":
      return s.value === null || isSelfContained(s.value);
    case "expressionStatement":
      return isSelfContained(s.expression);
    case "if":
      return (
        isSelfContained(s.condition) &&
        isSelfContainedStatement(s.then) &&
        (s.else === null || isSelfContainedStatement(s.else))
      );
    case "while":
    case "do":
      return isSelfContained(s.condition) && isSelfContainedStatement(s.body);
    case "for":
      return (
        s.initializers.every(isSelfContainedStatement) &&
        (s.condition === null || isSelfContained(s.condition)) &&
        s.increments.every(isSelfContained) &&
        isSelfContainedStatement(s.body)
      );
    case "forEach":
      return !s.boxed && s.collection.type.kind === "array" && isSelfContained(s.collection) && isSelfContainedBody(s);
    case "break":
    case "continue":
    case "empty":
    case "return":
    case "throw":
      return true;
    default:
      return false;
  }
}

/** What a `foreach` does with each element. */
export function isSelfContainedBody({ assignments, body }: Statement & { kind: "forEach" }): boolean {
  return assignments.every(isSelfContained) && isSelfContainedStatement(body);
}
