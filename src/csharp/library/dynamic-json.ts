/**
 * Operators of a dynamic JSON value: what Json.NET offers itself, comparison and arithmetic with the .NET value inside. Everything else
 * is left to the runtime binder, to which a JValue is an object like any other.
 */
import { divLong } from "../runtime/arithmetic.ts";
import { toText, typeOf } from "../runtime/object.ts";
import { Box, box, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { Decimal } from "./decimal.ts";
import { compareScalars } from "./json-compare.ts";
import { changeType } from "./json-conversion.ts";
import { clr } from "./json-values.ts";
import { JValue } from "./jvalue.ts";

const BOOL = type("System.Boolean");
const DECIMALS: ReadonlySet<string> = new Set(["System.UInt64", "System.Decimal"]);
const DOUBLES: ReadonlySet<string> = new Set(["System.Single", "System.Double"]);
const INTEGERS: ReadonlySet<string> = new Set(
  ["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64"].map((name) => `System.${name}`),
);

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** The result as an object; undefined when Json.NET has no such operation. @param right an object */
export function jsonOperation(op: string, left: JValue, right: unknown): unknown {
  const other = right instanceof JValue ? right.value : right;
  const compare = comparisons[op];
  if (compare) {
    const scalar = { raw: other instanceof Box ? other.value : other, rawType: other === null ? null : typeOf(other) };
    return box(compare(compareScalars(left.tokenType, left, scalar)), BOOL);
  }
  const result = arithmetic(op, left.value, other);
  return result === undefined ? undefined : JValue.fromObject(result);
}

function arithmetic(op: string, a: unknown, b: unknown): unknown {
  if (!"+-*/".includes(op)) return undefined;
  if (op === "+" && (typeof a === "string" || typeof b === "string")) {
    return (a === null ? "" : toText(a)) + (b === null ? "" : toText(b));
  }
  const either = (names: ReadonlySet<string>) =>
    [a, b].some((value) => value !== null && names.has(typeOf(value).name));
  const big = clr.bigInteger().name;
  if (either(new Set([big]))) return operate(op, a, b, clr.bigInteger());
  if (either(DECIMALS)) return operate(op, a, b, clr.decimal());
  if (either(DOUBLES)) return operate(op, a, b, clr.double());
  return either(INTEGERS) ? operate(op, a, b, clr.int64()) : undefined;
}

/** Both values as numbers of a type; null with anything is null. */
function operate(op: string, a: unknown, b: unknown, t: Type): unknown {
  if (a === null || b === null) return null;
  const [x, y] = [a, b].map((value) => as(value, t));
  if (x instanceof Decimal && y instanceof Decimal) return box(decimals[op](x, y), t);
  if (typeof x === "number") return box(doubles[op](x, y as number), t);
  const exact = integers[op](x as bigint, y as bigint);
  return box(t === clr.int64() ? BigInt.asIntN(64, exact) : exact, t);
}

function as(value: unknown, t: Type): unknown {
  if (t !== clr.bigInteger()) return changeType(value, t);
  const raw = unbox(value);
  return typeof raw === "bigint" ? raw : BigInt(Math.trunc(Number(toText(value))));
}

const decimals: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
  "+": (a, b) => a.add(b),
  "-": (a, b) => a.sub(b),
  "*": (a, b) => a.mul(b),
  "/": (a, b) => a.div(b),
};

const doubles: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

const integers: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": divLong,
};
