/** Operators with a dynamic operand: the operators of the operands' own types. */
import {
  checkInt,
  checkLong,
  checkUint,
  checkUlong,
  divInt,
  divLong,
  divUint,
  remInt,
  remLong,
} from "../runtime/arithmetic.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { toText, typeOf } from "../runtime/object.ts";
import { box, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { Decimal } from "./decimal.ts";
import { dynamicConvert, noImplicitConversion } from "./dynamic-convert.ts";
import { jsonOperation } from "./dynamic-json.ts";
import { binderName } from "./dynamic-names.ts";
import { asObject, binderError, chooseOverload, findMembers, invokeMember } from "./dynamic-members.ts";
import { memberKey } from "../2-bind/member-key.ts";
import { JValue } from "./jvalue.ts";
import { convertNumeric, isNumericType, promoted } from "./numeric-values.ts";

const METHODS: Readonly<Record<string, string>> = {
  "+": "op_Addition",
  "-": "op_Subtraction",
  "*": "op_Multiply",
  "/": "op_Division",
  "%": "op_Modulus",
  "==": "op_Equality",
  "!=": "op_Inequality",
  "<": "op_LessThan",
  ">": "op_GreaterThan",
  "<=": "op_LessThanOrEqual",
  ">=": "op_GreaterThanOrEqual",
};

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">="]);
const BOOL = type("System.Boolean");
const STRING = type("System.String");

/** Operands and result are objects. */
export function dynamicOperation(op: string, operands: readonly unknown[], checked: boolean): unknown {
  const [a, b] = operands;
  if (operands.length === 1) return op === "true" ? truth(a) : unaryOperation(op, a, checked);
  const json = a instanceof JValue ? jsonOperation(op, a, b) : undefined;
  return json === undefined ? binaryOperation(op, a, b, checked) : json;
}

/** The value as a condition: what converts to bool by itself. A JValue does not, though it would in an assignment. */
function truth(value: unknown): unknown {
  if (value instanceof JValue) throw noImplicitConversion(value.type, BOOL, true);
  return box(dynamicConvert(value, BOOL, false), BOOL);
}

function binaryOperation(op: string, a: unknown, b: unknown, checked: boolean): unknown {
  if (a === null || b === null) return withNull(op, a, b);
  const [left, right] = [typeOf(a), typeOf(b)];
  if (op === "+" && (left === STRING || right === STRING)) return toText(a) + toText(b);
  if (left.kind === "enum" && left === right && COMPARISONS.has(op))
    return compared(op, unbox(a) as number, unbox(b) as number);
  if (isNumericType(left) && isNumericType(right)) {
    const t = promoted(left, right);
    if (t)
      return arithmetic(
        op,
        t,
        convertNumeric(unbox(a), left, t, false),
        convertNumeric(unbox(b), right, t, false),
        checked,
      );
  }
  if (left === BOOL && right === BOOL)
    return logical(op, unbox(a) as boolean, unbox(b) as boolean) ?? noOperator(op, left, right);
  const own = userOperator(op, left, right, a, b);
  if (own) return own.value;
  const comparable =
    !left.isValueType && !right.isValueType && (isAssignable(left, right) || isAssignable(right, left));
  if ((op === "==" || op === "!=") && comparable) return box((a === b) === (op === "=="), BOOL);
  return noOperator(op, left, right);
}

/** null and something: equality, concatenation with a string; arithmetic of Nullables is null. */
function withNull(op: string, a: unknown, b: unknown): unknown {
  if (op === "==" || op === "!=") return box((a === b) === (op === "=="), BOOL);
  if (op === "+" && (typeof a === "string" || typeof b === "string")) return `${a ?? ""}${b ?? ""}`;
  return COMPARISONS.has(op) ? box(false, BOOL) : null;
}

function noOperator(op: string, left: Type, right: Type): never {
  const [a, b] = [binderName(left), binderName(right)];
  throw binderError(`Operator '${op}' cannot be applied to operands of type '${a}' and '${b}'`);
}

function logical(op: string, a: boolean, b: boolean): unknown {
  switch (op) {
    case "&":
      return box(a && b, BOOL);
    case "|":
      return box(a || b, BOOL);
    case "^":
    case "!=":
      return box(a !== b, BOOL);
    case "==":
      return box(a === b, BOOL);
    default:
      return undefined;
  }
}

function compared(op: string, a: number | bigint, b: number | bigint): unknown {
  const results: Readonly<Record<string, boolean>> = {
    "==": a === b,
    "!=": a !== b,
    "<": a < b,
    ">": a > b,
    "<=": a <= b,
    ">=": a >= b,
  };
  return box(results[op], BOOL);
}

/** Both values are of type t. */
function arithmetic(op: string, t: Type, a: unknown, b: unknown, checked: boolean): unknown {
  if (a instanceof Decimal && b instanceof Decimal) return decimal(op, a, b);
  if (COMPARISONS.has(op)) return compared(op, a as number, b as number);
  if (typeof a === "bigint") return box(big(op, t, a, b as bigint, checked), t);
  return box(number(op, t, a as number, b as number, checked), t);
}

function decimal(op: string, a: Decimal, b: Decimal): unknown {
  if (COMPARISONS.has(op)) return compared(op, a.cmp(b), 0);
  const results: Readonly<Record<string, () => Decimal>> = {
    "+": () => a.add(b),
    "-": () => a.sub(b),
    "*": () => a.mul(b),
    "/": () => a.div(b),
    "%": () => a.rem(b),
  };
  return box((results[op] ?? (() => noOperator(op, a.type, b.type)))(), a.type);
}

function big(op: string, t: Type, a: bigint, b: bigint, checked: boolean): bigint {
  const isLong = t.name === "System.Int64";
  const fit = (value: bigint) =>
    checked
      ? isLong
        ? checkLong(value)
        : checkUlong(value)
      : isLong
        ? BigInt.asIntN(64, value)
        : BigInt.asUintN(64, value);
  switch (op) {
    case "+":
      return fit(a + b);
    case "-":
      return fit(a - b);
    case "*":
      return fit(a * b);
    case "/":
      return divLong(a, b);
    case "%":
      return remLong(a, b);
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return fit(a << (b & 63n));
    case ">>":
      return a >> (b & 63n);
    default:
      return noOperator(op, t, t);
  }
}

function number(op: string, t: Type, a: number, b: number, checked: boolean): number {
  if (t.name === "System.Double") return float(op, t, a, b);
  if (t.name === "System.Single") return Math.fround(float(op, t, a, b));
  const isInt = t.name === "System.Int32";
  const wrap = (value: number) => (isInt ? value | 0 : value >>> 0);
  const fit = (value: number) => (checked ? (isInt ? checkInt(value) : checkUint(value)) : wrap(value));
  switch (op) {
    case "+":
      return fit(a + b);
    case "-":
      return fit(a - b);
    case "*":
      return checked ? fit(a * b) : wrap(Math.imul(a, b));
    case "/":
      return isInt ? divInt(a, b) : divUint(a, b);
    case "%":
      return isInt ? remInt(a, b) : Number(remLong(BigInt(a), BigInt(b)));
    case "&":
      return wrap(a & b);
    case "|":
      return wrap(a | b);
    case "^":
      return wrap(a ^ b);
    case "<<":
      return wrap(a << b);
    case ">>":
      return isInt ? a >> b : a >>> b;
    default:
      return noOperator(op, t, t);
  }
}

function float(op: string, t: Type, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    default:
      return noOperator(op, t, t);
  }
}

function userOperator(op: string, left: Type, right: Type, a: unknown, b: unknown): { value: unknown } | undefined {
  const name = METHODS[op];
  if (name === undefined) return undefined;
  const test = (def: { k: string; n?: string }) => def.k === "method" && def.n === name;
  const candidates = [...findMembers(left, test), ...(left === right ? [] : findMembers(right, test))];
  const chosen = chooseOverload(candidates, [a, b], []);
  if (!chosen) return undefined;
  const { owner, def } = chosen.found;
  return { value: asObject(invokeMember(chosen.found, memberKey(def), chosen.args), def.r as string, owner) };
}

function unaryOperation(op: string, value: unknown, checked: boolean): unknown {
  if (value === null) return null;
  const t = typeOf(value);
  const inside = unbox(value);
  if (op === "!" && t === BOOL) return box(!inside, BOOL);
  if (isNumericType(t) && (op === "++" || op === "--")) {
    const own = promoted(t, type("System.Int32")) as Type;
    const one = convertNumeric(1, type("System.Int32"), own, false);
    const next = arithmetic(op[0], own, convertNumeric(inside, t, own, false), one, checked);
    return box(convertNumeric(unbox(next), own, t, checked), t);
  }
  if (isNumericType(t)) {
    const own = promoted(t, type("System.Int32")) as Type;
    const operand = convertNumeric(inside, t, own, false);
    if (op === "+") return box(operand, own);
    if (op === "~" && typeof operand !== "object")
      return box(typeof operand === "bigint" ? ~operand : ~(operand as number), own);
    if (op === "-") return arithmetic("-", own, convertNumeric(0, type("System.Int32"), own, false), operand, checked);
  }
  throw binderError(`Operator '${op}' cannot be applied to operand of type '${binderName(t)}'`);
}
