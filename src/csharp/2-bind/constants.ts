/** Constant folding: arithmetic and conversions of constants as C# defines them (C# 7.3 section 12.20). */
import type { Type } from "../types.ts";
import type { BinaryOperator, ConstantValue, DecimalConstant } from "./bound.ts";
import {
  compareDecimal,
  computeDecimal,
  decimalOf,
  decimalOfDouble,
  decimalText,
  decimalToNumber,
  isDecimalConstant,
  parseDecimal,
  truncateDecimal,
} from "./constant-decimal.ts";
import { BOOL, CHAR, DECIMAL, DOUBLE, ENUM_UNDERLYING, FLOAT, integralShape, isBig, STRING } from "./well-known.ts";

/** What folding can say instead of a value. */
export type FoldFailure = "overflow" | "divideByZero" | "notConstant";

export type Folded = { readonly value: ConstantValue } | FoldFailure;

export function isFolded(folded: Folded): folded is { readonly value: ConstantValue } {
  return typeof folded === "object";
}

/** An enum's constants are computed as its underlying type. */
function arithmeticType(t: Type): Type {
  return t.kind === "enum" ? ENUM_UNDERLYING : t;
}

function wrap(value: bigint, t: Type): ConstantValue {
  const shape = integralShape(t) as NonNullable<ReturnType<typeof integralShape>>;
  const wrapped = shape.signed ? BigInt.asIntN(shape.bits, value) : BigInt.asUintN(shape.bits, value);
  return isBig(t) ? wrapped : Number(wrapped);
}

function inRange(value: bigint, t: Type): boolean {
  const shape = integralShape(t);
  return shape !== undefined && value >= shape.min && value <= shape.max;
}

function integerResult(value: bigint, t: Type, unchecked: boolean): Folded {
  return unchecked || inRange(value, t) ? { value: wrap(value, t) } : "overflow";
}

/** An operator on constants of the same type (shifts: int on the right). Comparisons give bool. */
export function foldBinary(
  op: BinaryOperator,
  operandType: Type,
  a: ConstantValue,
  b: ConstantValue,
  unchecked: boolean,
): Folded {
  const t = arithmeticType(operandType);
  if (t === STRING) return foldString(op, a as string | null, b as string | null);
  if (t === BOOL) return foldBool(op, a as boolean, b as boolean);
  if (isDecimalConstant(a) && isDecimalConstant(b)) return foldDecimal(op, a, b);
  if (integralShape(t))
    return foldInteger(op, t, BigInt(a as number | bigint), BigInt(b as number | bigint), unchecked);
  if (t === DOUBLE || t === FLOAT) return foldFloating(op, t, a as number, b as number);
  return "notConstant";
}

function foldString(op: BinaryOperator, a: string | null, b: string | null): Folded {
  if (op === "+") return { value: (a ?? "") + (b ?? "") };
  if (op === "==") return { value: a === b };
  return op === "!=" ? { value: a !== b } : "notConstant";
}

function foldBool(op: BinaryOperator, a: boolean, b: boolean): Folded {
  switch (op) {
    case "&":
      return { value: a && b };
    case "|":
      return { value: a || b };
    case "^":
    case "!=":
      return { value: a !== b };
    case "==":
      return { value: a === b };
    default:
      return "notConstant";
  }
}

function compare(op: BinaryOperator, order: number): Folded {
  switch (op) {
    case "==":
      return { value: order === 0 };
    case "!=":
      return { value: order !== 0 };
    case "<":
      return { value: order < 0 };
    case "<=":
      return { value: order <= 0 };
    case ">":
      return { value: order > 0 };
    case ">=":
      return { value: order >= 0 };
    default:
      return "notConstant";
  }
}

function foldInteger(op: BinaryOperator, t: Type, a: bigint, b: bigint, unchecked: boolean): Folded {
  switch (op) {
    case "+":
      return integerResult(a + b, t, unchecked);
    case "-":
      return integerResult(a - b, t, unchecked);
    case "*":
      return integerResult(a * b, t, unchecked);
    case "/":
      return b === 0n ? "divideByZero" : integerResult(a / b, t, false);
    case "%":
      return b === 0n ? "divideByZero" : { value: wrap(a % b, t) };
    case "&":
      return { value: wrap(a & b, t) };
    case "|":
      return { value: wrap(a | b, t) };
    case "^":
      return { value: wrap(a ^ b, t) };
    case "<<":
      return { value: wrap(a << shiftCount(t, b), t) };
    case ">>":
      return { value: wrap(a >> shiftCount(t, b), t) };
    default:
      return compare(op, a < b ? -1 : a > b ? 1 : 0);
  }
}

function shiftCount(t: Type, count: bigint): bigint {
  return count & (isBig(t) ? 63n : 31n);
}

function foldFloating(op: BinaryOperator, t: Type, a: number, b: number): Folded {
  const round = t === FLOAT ? Math.fround : (x: number) => x;
  switch (op) {
    case "+":
      return { value: round(a + b) };
    case "-":
      return { value: round(a - b) };
    case "*":
      return { value: round(a * b) };
    case "/":
      return { value: round(a / b) };
    case "%":
      return { value: round(a % b) };
    case "==":
      return { value: a === b };
    case "!=":
      return { value: a !== b };
    default:
      // Every order with NaN is false.
      return Number.isNaN(a) || Number.isNaN(b) ? { value: false } : compare(op, a - b);
  }
}

function foldDecimal(op: BinaryOperator, a: DecimalConstant, b: DecimalConstant): Folded {
  if (op === "+" || op === "-" || op === "*") {
    const value = computeDecimal(op, a, b);
    return value ? { value } : "overflow";
  }
  if (op === "/" || op === "%") return b.mantissa === 0n ? "divideByZero" : "notConstant";
  return compare(op, compareDecimal(a, b));
}

export function foldUnary(
  op: "-" | "+" | "~" | "!",
  operandType: Type,
  value: ConstantValue,
  unchecked: boolean,
): Folded {
  const t = arithmeticType(operandType);
  if (op === "!") return typeof value === "boolean" ? { value: !value } : "notConstant";
  if (op === "+") return { value };
  if (isDecimalConstant(value))
    return op === "-" ? { value: { mantissa: -value.mantissa, scale: value.scale } } : "notConstant";
  if (integralShape(t)) {
    const integer = BigInt(value as number | bigint);
    return op === "-" ? integerResult(-integer, t, unchecked) : { value: wrap(~integer, t) };
  }
  return op === "-" && typeof value === "number" ? { value: -value } : "notConstant";
}

/** A numeric or enum conversion of a constant. Overflow is reported unless unchecked. */
export function foldConversion(value: ConstantValue, fromType: Type, toType: Type, unchecked: boolean): Folded {
  const from = arithmeticType(fromType);
  const to = arithmeticType(toType);
  if (from === to) return { value };
  if (isDecimalConstant(value)) return decimalTo(value, to, unchecked);
  if (typeof value !== "number" && typeof value !== "bigint") return "notConstant";
  if (integralShape(from)) return integerTo(BigInt(value), to, unchecked);
  return floatingTo(value as number, from, to, unchecked);
}

function integerTo(value: bigint, to: Type, unchecked: boolean): Folded {
  if (integralShape(to)) return integerResult(value, to, unchecked);
  if (to === DOUBLE) return { value: Number(value) };
  if (to === FLOAT) return { value: Math.fround(Number(value)) };
  return to === DECIMAL ? { value: decimalOf(value) } : "notConstant";
}

function floatingTo(value: number, from: Type, to: Type, unchecked: boolean): Folded {
  if (to === DOUBLE) return { value };
  if (to === FLOAT) return { value: Math.fround(value) };
  if (to === DECIMAL) {
    const decimal = decimalOfDouble(value, from === FLOAT ? 7 : 15);
    return decimal ? { value: decimal } : "overflow";
  }
  if (!integralShape(to)) return "notConstant";
  // What .NET gives for a value out of range is the processor's affair: left to the run time.
  if (!Number.isFinite(value) || !inRange(BigInt(Math.trunc(value)), to)) return unchecked ? "notConstant" : "overflow";
  return { value: wrap(BigInt(Math.trunc(value)), to) };
}

function decimalTo(value: DecimalConstant, to: Type, unchecked: boolean): Folded {
  if (to === DOUBLE) return { value: decimalToNumber(value) };
  if (to === FLOAT) return { value: Math.fround(decimalToNumber(value)) };
  const whole = truncateDecimal(value);
  if (!integralShape(to)) return "notConstant";
  return inRange(whole, to) ? { value: wrap(whole, to) } : unchecked ? "notConstant" : "overflow";
}

/** Does an integer constant fit the type? For implicit narrowing of constants. */
export function constantFits(value: ConstantValue, t: Type): boolean {
  return (typeof value === "number" || typeof value === "bigint") && inRange(BigInt(value), t);
}

/**
 * A constant of the signature table (`v` of a field, default of a parameter) as a value of the type; undefined when it
 * has none.
 */
export function readConstant(text: string, t: Type): ConstantValue | undefined {
  const to = arithmeticType(t);
  if (to === STRING) return text;
  if (to === BOOL) return text === "true";
  if (to === CHAR) return text.length === 1 ? text.charCodeAt(0) : Number(text);
  if (to === DECIMAL) return parseDecimal(text);
  if (integralShape(to)) return isBig(to) ? BigInt(text) : Number(text);
  if (to === DOUBLE) return Number(text);
  return to === FLOAT ? Math.fround(Number(text)) : undefined;
}

/** The zero of a simple type or enum; undefined for others. */
export function zeroOf(t: Type): ConstantValue | undefined {
  const to = arithmeticType(t);
  if (to === BOOL) return false;
  if (to === DECIMAL) return decimalOf(0n);
  if (integralShape(to)) return isBig(to) ? 0n : 0;
  return to === DOUBLE || to === FLOAT ? 0 : undefined;
}

/** As the compiler's messages show a constant. */
export function constantText(value: ConstantValue, t: Type): string {
  if (value === null) return "null";
  if (isDecimalConstant(value)) return decimalText(value);
  if (t === CHAR) return String.fromCharCode(value as number);
  if (t === DOUBLE || t === FLOAT) return String(value).replace("e", "E");
  return String(value);
}
