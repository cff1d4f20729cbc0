/** Text of arithmetic on numbers in their representations (runtime/values.ts); lifting to Nullable is operators.ts. */
import type { BinaryOperator } from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import type { Frame } from "./frame.ts";

/** How operators work on a type: its kind of arithmetic. */
export type Arithmetic = "int" | "uint" | "long" | "ulong" | "float" | "double" | "decimal";

const ARITHMETIC: ReadonlyMap<string, Arithmetic> = new Map([
  ["System.SByte", "int"],
  ["System.Byte", "int"],
  ["System.Int16", "int"],
  ["System.UInt16", "int"],
  ["System.Char", "int"],
  ["System.Int32", "int"],
  ["System.UInt32", "uint"],
  ["System.Int64", "long"],
  ["System.UInt64", "ulong"],
  ["System.Single", "float"],
  ["System.Double", "double"],
  ["System.Decimal", "decimal"],
]);

/** Enums are ints. */
export function arithmeticOf(t: Type): Arithmetic | undefined {
  return t.kind === "enum" ? "int" : ARITHMETIC.get(t.name);
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);

export function isComparison(op: string): boolean {
  return COMPARISONS.has(op);
}

/** `==` and `!=` as JavaScript writes them. */
export function strict(op: string): string {
  return op === "==" || op === "!=" ? `${op}=` : op;
}

/** `a op b` for operands of one arithmetic (shifts: b is an int). */
export function binaryText(
  frame: Frame,
  arithmetic: Arithmetic,
  op: BinaryOperator,
  checked: boolean,
  a: string,
  b: string,
): string {
  if (arithmetic === "decimal") return decimalBinary(op, a, b);
  if (isComparison(op)) return `(${a} ${strict(op)} ${b})`;
  switch (arithmetic) {
    case "int":
      return intBinary(frame, op, checked, a, b);
    case "uint":
      return uintBinary(frame, op, checked, a, b);
    case "long":
    case "ulong":
      return bigBinary(frame, arithmetic, op, checked, a, b);
    case "float":
      return `Math.fround(${a} ${op} ${b})`;
    case "double":
      return `(${a} ${op} ${b})`;
  }
}

function intBinary(frame: Frame, op: BinaryOperator, checked: boolean, a: string, b: string): string {
  switch (op) {
    case "+":
    case "-":
      return checked ? `${frame.runtime("checkInt")}(${a} ${op} ${b})` : `(${a} ${op} ${b} | 0)`;
    case "*":
      return checked ? `${frame.runtime("checkInt")}(${a} * ${b})` : `Math.imul(${a}, ${b})`;
    case "/":
      return isSafeDivisor(b) ? `(${a} / ${b} | 0)` : `${frame.runtime("divInt")}(${a}, ${b})`;
    case "%":
      return isSafeDivisor(b) ? `(${a} % ${b} | 0)` : `${frame.runtime("remInt")}(${a}, ${b})`;
    default:
      // & | ^ << >>: JavaScript masks shift counts as C# does.
      return `(${a} ${op} ${b})`;
  }
}

/** A positive literal: neither division by zero nor overflow can happen. */
function isSafeDivisor(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}

function uintBinary(frame: Frame, op: BinaryOperator, checked: boolean, a: string, b: string): string {
  switch (op) {
    case "+":
    case "-":
      return checked ? `${frame.runtime("checkUint")}(${a} ${op} ${b})` : `(${a} ${op} ${b} >>> 0)`;
    case "*":
      return checked ? `${frame.runtime("checkUint")}(${a} * ${b})` : `(Math.imul(${a}, ${b}) >>> 0)`;
    case "/":
      return `${frame.runtime("divUint")}(${a}, ${b})`;
    case "%":
      return `${frame.runtime("remUint")}(${a}, ${b})`;
    case ">>":
      return `(${a} >>> ${b})`;
    default:
      return `((${a} ${op} ${b}) >>> 0)`;
  }
}

function bigBinary(
  frame: Frame,
  arithmetic: "long" | "ulong",
  op: BinaryOperator,
  checked: boolean,
  a: string,
  b: string,
): string {
  const isLong = arithmetic === "long";
  const wrap = isLong ? "BigInt.asIntN" : "BigInt.asUintN";
  switch (op) {
    case "+":
    case "-":
    case "*":
      if (checked) return `${frame.runtime(isLong ? "checkLong" : "checkUlong")}(${a} ${op} ${b})`;
      return `${wrap}(64, ${a} ${op} ${b})`;
    case "/":
      return `${frame.runtime(isLong ? "divLong" : "divUlong")}(${a}, ${b})`;
    case "%":
      return `${frame.runtime(isLong ? "remLong" : "remUlong")}(${a}, ${b})`;
    case "<<":
      return `${wrap}(64, ${a} << BigInt(${b} & 63))`;
    case ">>":
      return `(${a} >> BigInt(${b} & 63))`;
    default:
      return `(${a} ${op} ${b})`;
  }
}

const DECIMAL_METHODS: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "rem",
};

function decimalBinary(op: BinaryOperator, a: string, b: string): string {
  if (isComparison(op)) return `(${a}.cmp(${b}) ${strict(op)} 0)`;
  return `${a}.${DECIMAL_METHODS[op]}(${b})`;
}

/** `-a`, `~a` (`+a` is a). */
export function unaryText(frame: Frame, arithmetic: Arithmetic, op: "-" | "~", checked: boolean, a: string): string {
  if (op === "~") {
    if (arithmetic === "uint") return `(~${a} >>> 0)`;
    return arithmetic === "ulong" ? `BigInt.asUintN(64, ~${a})` : `(~${a})`;
  }
  switch (arithmetic) {
    case "int":
      return checked ? `${frame.runtime("checkInt")}(-${a})` : `(-${a} | 0)`;
    case "long":
      return checked ? `${frame.runtime("checkLong")}(-${a})` : `BigInt.asIntN(64, -${a})`;
    case "decimal":
      return `${a}.neg()`;
    default:
      return `(-${a})`;
  }
}
