/** Text of conversions between numeric types; enums count as int. The functions are runtime/numeric-conversion.ts. */
import { Decimal } from "../library/decimal.ts";
import type { Type } from "../types.ts";
import type { Frame } from "./frame.ts";

/** An integer type of up to 32 bits, represented by a number. */
interface Small {
  readonly min: number;
  readonly max: number;
  /** Wraps an int32 or uint32 value. */
  readonly wrap: (text: string) => string;
  /** In the message of a decimal that does not fit. */
  readonly article: string;
}

const SMALL: ReadonlyMap<string, Small> = new Map([
  ["System.SByte", { min: -128, max: 127, wrap: (x) => `(${x} << 24 >> 24)`, article: "a signed byte" }],
  ["System.Byte", { min: 0, max: 255, wrap: (x) => `(${x} & 255)`, article: "an unsigned byte" }],
  ["System.Int16", { min: -32768, max: 32767, wrap: (x) => `(${x} << 16 >> 16)`, article: "an Int16" }],
  ["System.UInt16", { min: 0, max: 65535, wrap: (x) => `(${x} & 65535)`, article: "a UInt16" }],
  ["System.Char", { min: 0, max: 65535, wrap: (x) => `(${x} & 65535)`, article: "a character" }],
  ["System.Int32", { min: -0x80000000, max: 0x7fffffff, wrap: (x) => `(${x} | 0)`, article: "an Int32" }],
  ["System.UInt32", { min: 0, max: 0xffffffff, wrap: (x) => `(${x} >>> 0)`, article: "a UInt32" }],
]);

interface Big {
  readonly min: bigint;
  readonly max: bigint;
  readonly isLong: boolean;
  readonly article: string;
}

const BIG: ReadonlyMap<string, Big> = new Map([
  ["System.Int64", { min: -(1n << 63n), max: (1n << 63n) - 1n, isLong: true, article: "an Int64" }],
  ["System.UInt64", { min: 0n, max: (1n << 64n) - 1n, isLong: false, article: "a UInt64" }],
]);

function nameOf(t: Type): string {
  return t.kind === "enum" ? "System.Int32" : t.name;
}

/** `text`, a value of type `from`, as `to`. */
export function convertNumber(frame: Frame, text: string, from: Type, to: Type, checked: boolean): string {
  const [source, target] = [nameOf(from), nameOf(to)];
  if (source === target) return text;
  const small = SMALL.get(target);
  if (small) return toSmall(frame, text, source, small, checked);
  const big = BIG.get(target);
  if (big) return toBig(frame, text, source, big, checked);
  if (target === "System.Decimal") return toDecimal(frame, text, source);
  return toFloat(text, source, target);
}

function toSmall(frame: Frame, text: string, source: string, to: Small, checked: boolean): string {
  const from = SMALL.get(source);
  if (from) {
    if (from.min >= to.min && from.max <= to.max) return text;
    return checked ? `${frame.runtime("checkedToInteger")}(${text}, ${to.min}, ${to.max})` : to.wrap(text);
  }
  if (BIG.has(source)) {
    if (checked) return `${frame.runtime("checkedBigToInteger")}(${text}, ${to.min}, ${to.max})`;
    return to.wrap(`Number(BigInt.asIntN(32, ${text}))`);
  }
  if (source === "System.Decimal") {
    return `${frame.runtime("decimalToInteger")}(${text}, ${to.min}, ${to.max}, "${to.article}")`;
  }
  if (checked) return `${frame.runtime("checkedToInteger")}(${text}, ${to.min}, ${to.max})`;
  if (to.max === 0xffffffff) return `${frame.runtime("doubleToUint")}(${text})`;
  const asInt = `${frame.runtime("doubleToInt")}(${text})`;
  return to.max === 0x7fffffff ? asInt : to.wrap(asInt);
}

function toBig(frame: Frame, text: string, source: string, to: Big, checked: boolean): string {
  const bounds = `${frame.constant(to.min)}, ${frame.constant(to.max)}`;
  const wrap = to.isLong ? "BigInt.asIntN" : "BigInt.asUintN";
  const from = SMALL.get(source);
  if (from) {
    if (to.isLong || from.min >= 0) return `BigInt(${text})`;
    return checked ? `${frame.runtime("checkedBig")}(BigInt(${text}), ${bounds})` : `${wrap}(64, BigInt(${text}))`;
  }
  if (BIG.has(source)) {
    return checked ? `${frame.runtime("checkedBig")}(${text}, ${bounds})` : `${wrap}(64, ${text})`;
  }
  if (source === "System.Decimal") return `${frame.runtime("decimalToBig")}(${text}, ${bounds}, "${to.article}")`;
  if (checked) return `${frame.runtime("checkedToBig")}(${text}, ${bounds})`;
  return `${frame.runtime(to.isLong ? "doubleToLong" : "doubleToUlong")}(${text})`;
}

function toDecimal(frame: Frame, text: string, source: string): string {
  const decimal = frame.constant(Decimal);
  if (SMALL.has(source)) return `${decimal}.fromInt(${text})`;
  if (BIG.has(source)) return `${decimal}.fromBigInt(${text})`;
  return source === "System.Single" ? `${decimal}.fromSingle(${text})` : `${decimal}.fromNumber(${text})`;
}

/** To float or double. A float is a double already. */
function toFloat(text: string, source: string, target: string): string {
  const isFloat = target === "System.Single";
  if (source === "System.Decimal") return isFloat ? `Math.fround(${text}.toNumber())` : `${text}.toNumber()`;
  if (BIG.has(source)) return isFloat ? `Math.fround(Number(${text}))` : `Number(${text})`;
  return isFloat ? `Math.fround(${text})` : text;
}
