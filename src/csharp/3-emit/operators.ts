/** Unary and binary operators with their lifted forms; string concatenation and interpolation. */
import type { Binary, Concatenation, Expression, InterpolatedString, Unary } from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import type { Frame, Held } from "./frame.ts";
import { callLinked } from "./members.ts";
import { quote } from "./module-text.ts";
import { arithmeticOf, binaryText, isComparison, strict, unaryText } from "./numeric.ts";

export function unary(frame: Frame, node: Unary): string {
  const operand = frame.expression(node.operand);
  if (!node.lifted) return plainUnary(frame, node, operand);
  const held = frame.holdText(operand, frame.isStable(node.operand));
  return `(${held.first} === null ? null : ${plainUnary(frame, node, held.again)})`;
}

function plainUnary(frame: Frame, node: Unary, operand: string): string {
  if (node.method) return callLinked(frame, node.method, node.method.key, node.start, [operand]);
  if (node.op === "!") return `(!${operand})`;
  const arithmetic = arithmeticOf(node.operandType);
  if (node.op === "+" || !arithmetic) return operand;
  return unaryText(frame, arithmetic, node.op, node.checked, operand);
}

export function binary(frame: Frame, node: Binary): string {
  if (node.lifted) return liftedBinary(frame, node);
  return plainBinary(frame, node, frame.expression(node.left), frame.expression(node.right));
}

function plainBinary(frame: Frame, node: Binary, a: string, b: string): string {
  const { op, operandType: t } = node;
  if (node.method) return callLinked(frame, node.method, node.method.key, node.start, [a, b]);
  const arithmetic = arithmeticOf(t);
  if (arithmetic) return binaryText(frame, arithmetic, op, node.checked, a, b);
  if (t.name === "System.Boolean") return boolBinary(op, a, b);
  if (t.kind === "delegate" && !isNullLiteral(node.left) && !isNullLiteral(node.right))
    return delegateBinary(frame, op, a, b);
  return `(${a} ${strict(op)} ${b})`;
}

function isNullLiteral(node: Expression): boolean {
  return node.kind === "literal" && node.value === null;
}

/** `& | ^` evaluate both sides. */
function boolBinary(op: string, a: string, b: string): string {
  if (op === "&" || op === "|") return `((${a} ${op} ${b}) === 1)`;
  return `(${a} ${op === "^" ? "!==" : strict(op)} ${b})`;
}

function delegateBinary(frame: Frame, op: string, a: string, b: string): string {
  if (op === "+") return `${frame.runtime("combine")}(${a}, ${b})`;
  if (op === "-") return `${frame.runtime("remove")}(${a}, ${b})`;
  return `${op === "!=" ? "!" : ""}${frame.runtime("sameDelegate")}(${a}, ${b})`;
}

/** An operand of a lifted operator, and whether it can be null at all. */
interface LiftedOperand extends Held {
  readonly canBeNull: boolean;
}

function liftedOperand(frame: Frame, node: Expression): LiftedOperand {
  if (node.kind === "conversion" && node.conversion === "nullableWrap" && !node.lifted) {
    return { ...frame.hold(node.operand), canBeNull: false };
  }
  return { ...frame.hold(node), canBeNull: !(node.kind === "literal" && node.value !== null) };
}

function liftedBinary(frame: Frame, node: Binary): string {
  const { op, left, right, operandType: t } = node;
  const isEquality = op === "==" || op === "!=";
  if (isEquality && (isNullLiteral(left) || isNullLiteral(right))) {
    return `(${frame.expression(left)} ${op}= ${frame.expression(right)})`;
  }
  if (t.name === "System.Boolean" && (op === "&" || op === "|")) {
    return `${frame.runtime(op === "&" ? "andNullable" : "orNullable")}(${frame.expression(left)}, ${frame.expression(right)})`;
  }
  if (isEquality && !node.method && comparesIdentically(t))
    return `(${frame.expression(left)} ${op}= ${frame.expression(right)})`;
  const [a, b] = [liftedOperand(frame, left), liftedOperand(frame, right)];
  const result = plainBinary(frame, node, a.again, b.again);
  const isNull = [a, b].filter((x) => x.canBeNull).map((x) => `${x.again} === null`);
  const before = [a, b]
    .filter((x) => x.first !== x.again)
    .map((x) => `${x.first}, `)
    .join("");
  if (isNull.length === 0) return `(${before}${result})`;
  const otherwise = isEquality ? `${a.again} ${op}= ${b.again}` : isComparison(op) ? "false" : "null";
  return `(${before}${isNull.join(" || ")} ? ${otherwise} : ${result})`;
}

/** Equal values are identical, and null is only identical with null. */
function comparesIdentically(t: Type): boolean {
  return t.name === "System.Boolean" || (arithmeticOf(t) !== undefined && arithmeticOf(t) !== "decimal");
}

export function concatenation(frame: Frame, node: Concatenation): string {
  const parts = node.parts.map((part) => textPart(frame, part));
  // Two strings at the start make every later + one of strings.
  if (!isText(node.parts[0])) parts.unshift('""');
  return `${frame.runtime("sized")}(${parts.join(" + ")})`;
}

/** Is the part's text a JavaScript string (and not a number that JavaScript turns into the same text)? */
function isText(part: Expression): boolean {
  return !NUMBERS_AS_TEXT.has(part.type.name);
}

/** Types whose representation JavaScript prints as .NET does. */
const NUMBERS_AS_TEXT: ReadonlySet<string> = new Set([
  "System.SByte",
  "System.Byte",
  "System.Int16",
  "System.UInt16",
  "System.Int32",
  "System.UInt32",
  "System.Int64",
  "System.UInt64",
]);

function textPart(frame: Frame, part: Expression): string {
  if (part.kind === "literal" && typeof part.value === "string") return quote(part.value);
  const text = frame.expression(part);
  const t = part.type;
  if (t.name === "System.String") return alwaysText(part) ? text : `(${text} ?? "")`;
  if (NUMBERS_AS_TEXT.has(t.name)) return text;
  if (t.name === "System.Boolean") return `(${text} ? "True" : "False")`;
  if (t.name === "System.Char") return `String.fromCharCode(${text})`;
  if (t.isValueType) return `${frame.runtime("valueText")}(${text}, ${frame.type(t)})`;
  return `${frame.runtime("objectText")}(${text})`;
}

function alwaysText(part: Expression): boolean {
  return part.kind === "concatenation" || part.kind === "interpolated";
}

export function interpolated(frame: Frame, node: InterpolatedString): string {
  const parts = node.parts.map((part) => {
    if (typeof part === "string") return quote(part);
    if (part.alignment === null && part.format === null) {
      const text = textPart(frame, part.value);
      return isText(part.value) ? text : `String(${text})`;
    }
    const t = part.value.type;
    const format = part.format === null ? "null" : quote(part.format);
    const value = frame.expression(part.value);
    return `${frame.runtime("hole")}(${value}, ${t.isValueType ? frame.type(t) : "null"}, ${part.alignment ?? 0}, ${format})`;
  });
  if (parts.length === 0) return '""';
  return parts.length === 1 ? parts[0] : `${frame.runtime("sized")}(${parts.join(" + ")})`;
}
