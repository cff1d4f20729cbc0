/** Operators, casts and tests of the language itself. */
import { type Type, nullableOf } from "../../../src/csharp/types.ts";
import type { Generator } from "./generator.ts";
import {
  BOOL,
  CHAR,
  DECIMAL,
  DOUBLE,
  INT,
  LONG,
  NUMBERS,
  OBJECT,
  pickArgument,
  pickType,
  STRING,
} from "./target-types.ts";

const ARITHMETIC = ["+", "-", "*", "/", "%"] as const;
const BITS = ["&", "|", "^"] as const;
const SHIFTS = ["<<", ">>"] as const;
const COMPARISONS = ["==", "!=", "<", ">", "<=", ">="] as const;

/** Types that arithmetic gives as they are, not widened to int. */
const WIDE: ReadonlySet<string> = new Set(["Int32", "Int64", "UInt32", "UInt64", "Single", "Double", "Decimal"]);
const INTEGERS: ReadonlySet<string> = new Set(["Int32", "Int64", "UInt32", "UInt64"]);

export function operator(g: Generator, t: Type): string | undefined {
  if (t === BOOL) return boolean(g);
  if (t === STRING) return `(${g.expression(STRING)} + ${g.expression(g.dice.oneIn(2) ? STRING : pickType(g.dice))})`;
  if (t.isNullable) return lifted(g, t);
  if (WIDE.has(t.simpleName) && t.name.startsWith("System.")) return arithmetic(g, t);
  if (NUMBERS.includes(t)) return `(${t})(${arithmetic(g, INT)})`;
  if (t.kind === "enum") return `(${g.expression(t)} ${g.dice.pick(BITS)} ${g.expression(t)})`;
  return undefined;
}

function arithmetic(g: Generator, t: Type): string {
  const { dice } = g;
  if (dice.oneIn(10)) return `(${dice.pick(["-", "+", INTEGERS.has(t.simpleName) ? "~" : "-"])}${g.leafOr(t)})`;
  if (INTEGERS.has(t.simpleName) && dice.oneIn(3)) {
    if (dice.oneIn(2)) return `(${g.expression(t)} ${dice.pick(SHIFTS)} ${g.expression(INT)})`;
    return `(${g.expression(t)} ${dice.pick(BITS)} ${g.expression(t)})`;
  }
  const variable = g.scope.find((v) => v.type === t && v.isAssignable);
  if (variable && dice.oneIn(6)) return assignment(g, variable.name, t);
  const narrow = t === DOUBLE || t === LONG || t === INT ? dice.pick([CHAR, INT, t]) : t;
  return `(${g.expression(t)} ${dice.pick(ARITHMETIC)} ${g.expression(narrow)})`;
}

function assignment(g: Generator, name: string, t: Type): string {
  const step = g.dice.pick(["++", "--"]);
  switch (g.dice.below(3)) {
    case 0:
      return `(${name}${step})`;
    case 1:
      return `(${step}${name})`;
    default:
      return `(${name} ${g.dice.pick([...ARITHMETIC.map((o) => `${o}=`), "="])} ${g.expression(t)})`;
  }
}

function boolean(g: Generator): string {
  const { dice } = g;
  switch (dice.below(5)) {
    case 0:
      return `(${g.expression(BOOL)} ${dice.pick(["&&", "||", "&", "|", "^", "==", "!="])} ${g.expression(BOOL)})`;
    case 1:
      return `(!${g.leafOr(BOOL)})`;
    case 2: {
      const t = dice.pick([STRING, OBJECT, pickType(dice)]);
      return `(${g.expression(t)} ${dice.pick(["==", "!="])} ${dice.oneIn(3) && !t.isValueType ? "null" : g.expression(t)})`;
    }
    default: {
      const left = dice.pick(NUMBERS);
      const right = dice.oneIn(3) && left !== DECIMAL ? dice.pick([INT, CHAR, left]) : left;
      const lift = dice.oneIn(6);
      return `(${g.expression(lift ? nullableOf(left) : left)} ${dice.pick(COMPARISONS)} ${g.expression(right)})`;
    }
  }
}

/** Operators on nullable operands: null in, null out. */
function lifted(g: Generator, t: Type): string {
  const [inner] = t.args;
  if (inner === BOOL) return `(${g.expression(t)} ${g.dice.pick(["&", "|"])} ${g.expression(t)})`;
  if (!WIDE.has(inner.simpleName)) return `(${t})${g.leafOr(inner)}`;
  const other = g.dice.oneIn(2) ? t : inner;
  return `(${g.expression(t)} ${g.dice.pick(ARITHMETIC)} ${g.expression(other)})`;
}

/** A cast: between numbers, boxing and unboxing, enum and integer, reference conversions. */
export function conversion(g: Generator, t: Type): string {
  const { dice } = g;
  const isNumber = NUMBERS.includes(t) || t.kind === "enum" || (t.isNullable && NUMBERS.includes(t.args[0]));
  if (isNumber && !dice.oneIn(4)) {
    const from = dice.oneIn(4) ? nullableOf(dice.pick(NUMBERS)) : dice.pick(NUMBERS);
    const cast = `((${t})${g.leafOr(from)})`;
    return dice.oneIn(3) ? `${dice.pick(["checked", "unchecked"])}(${cast})` : cast;
  }
  if (!t.isValueType && dice.oneIn(2)) return `(${g.expression(dice.oneIn(3) ? pickArgument(dice) : OBJECT)} as ${t})`;
  return `((${t})(object)${g.leafOr(dice.oneIn(4) ? pickArgument(dice) : t)})`;
}

/** `is` with a type, a constant, a declaration. */
export function patternTest(g: Generator): string {
  const { dice } = g;
  const tested = dice.oneIn(2) ? `(object)${g.leafOr(pickType(dice))}` : g.expression(OBJECT);
  const t = pickType(dice);
  switch (dice.below(4)) {
    case 0:
      return `(${tested} is ${t})`;
    case 1:
      return `(${tested} is ${dice.pick(["null", "1", '"s"', "true", "'c'", "2.5", "1L", "DayOfWeek.Monday"])})`;
    case 2: {
      const name = g.newName();
      if (t.isNullable) return `(${tested} is var ${name})`;
      const rest = g.within([{ name, type: t, isAssignable: true }], () => g.expression(BOOL));
      return `(${tested} is ${t} ${name} && ${rest})`;
    }
    default:
      return `!(${tested} is ${t})`;
  }
}
