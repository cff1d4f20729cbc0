/** Numbers whose types are known only at run time: promotion and conversion. Static code has its own text for them (3-emit). */
import {
  checkedBig,
  checkedBigToInteger,
  checkedToBig,
  checkedToInteger,
  decimalToBig,
  decimalToInteger,
  doubleToLong,
  doubleToUlong,
} from "../runtime/numeric-conversion.ts";
import { type Type, type } from "../types.ts";
import { Decimal } from "./decimal.ts";

interface Range {
  readonly min: bigint;
  readonly max: bigint;
  readonly bits: number;
  readonly article: string;
}

function range(bits: number, signed: boolean, article: string): Range {
  const span = 1n << BigInt(bits);
  return { bits, min: signed ? -span / 2n : 0n, max: signed ? span / 2n - 1n : span - 1n, article };
}

const INTEGERS: ReadonlyMap<string, Range> = new Map([
  ["System.SByte", range(8, true, "a signed byte")],
  ["System.Byte", range(8, false, "an unsigned byte")],
  ["System.Int16", range(16, true, "an Int16")],
  ["System.UInt16", range(16, false, "a UInt16")],
  ["System.Char", range(16, false, "a character")],
  ["System.Int32", range(32, true, "an Int32")],
  ["System.UInt32", range(32, false, "a UInt32")],
  ["System.Int64", range(64, true, "an Int64")],
  ["System.UInt64", range(64, false, "a UInt64")],
]);

const FLOATS: ReadonlySet<string> = new Set(["System.Single", "System.Double", "System.Decimal"]);

function nameOf(t: Type): string {
  return t.kind === "enum" ? "System.Int32" : t.name;
}

export function isNumericType(t: Type): boolean {
  return INTEGERS.has(nameOf(t)) || FLOATS.has(t.name);
}

/** Is there an implicit numeric conversion? (C# 7.3 section 10.2.3) */
export function isImplicitlyNumeric(from: Type, to: Type): boolean {
  if (from.kind === "enum" || to.kind === "enum" || to.name === "System.Char") return false;
  const source = INTEGERS.get(from.name);
  if (!source) return from.name === "System.Single" && to.name === "System.Double";
  const target = INTEGERS.get(to.name);
  return target ? target.min <= source.min && target.max >= source.max : FLOATS.has(to.name);
}

/** The type in which a binary operator computes (C# 7.3 section 12.4.7); undefined when there is none. */
export function promoted(a: Type, b: Type): Type | undefined {
  const has = (name: string) => a.name === name || b.name === name;
  if (has("System.Decimal")) return has("System.Single") || has("System.Double") ? undefined : type("System.Decimal");
  if (has("System.Double")) return type("System.Double");
  if (has("System.Single")) return type("System.Single");
  const signed = [a, b].some((t) => (INTEGERS.get(t.name)?.min ?? 0n) < 0n);
  if (has("System.UInt64")) return signed ? undefined : type("System.UInt64");
  if (has("System.Int64") || (has("System.UInt32") && signed)) return type("System.Int64");
  return type(has("System.UInt32") ? "System.UInt32" : "System.Int32");
}

/** A value of one numeric type as another. */
export function convertNumeric(value: unknown, from: Type, to: Type, checked: boolean): unknown {
  const [source, target] = [nameOf(from), nameOf(to)];
  if (source === target) return value;
  const integer = INTEGERS.get(target);
  if (integer) return toInteger(value as number | bigint | Decimal, integer, checked);
  if (target === "System.Decimal") return toDecimal(value as number | bigint | Decimal, source);
  const number = value instanceof Decimal ? value.toNumber() : Number(value);
  return target === "System.Single" ? Math.fround(number) : number;
}

function toInteger(value: number | bigint | Decimal, to: Range, checked: boolean): number | bigint {
  const isBig = to.bits === 64;
  const [min, max] = [Number(to.min), Number(to.max)];
  if (value instanceof Decimal) {
    return isBig ? decimalToBig(value, to.min, to.max, to.article) : decimalToInteger(value, min, max, to.article);
  }
  if (checked) {
    if (typeof value === "bigint")
      return isBig ? checkedBig(value, to.min, to.max) : checkedBigToInteger(value, min, max);
    return isBig ? checkedToBig(value, to.min, to.max) : checkedToInteger(value, min, max);
  }
  const big = typeof value === "bigint" ? value : to.min < 0n ? doubleToLong(value) : doubleToUlong(value);
  const wrapped = to.min < 0n ? BigInt.asIntN(to.bits, big) : BigInt.asUintN(to.bits, big);
  return isBig ? wrapped : Number(wrapped);
}

function toDecimal(value: number | bigint | Decimal, source: string): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === "bigint") return Decimal.fromBigInt(value);
  if (source === "System.Single") return Decimal.fromSingle(value);
  return source === "System.Double" ? Decimal.fromNumber(value) : Decimal.fromInt(value);
}
