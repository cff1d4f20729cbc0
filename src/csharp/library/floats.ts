/**
 * System.Double and System.Single: they differ in precision only, so their members are made from one description.
 * https://learn.microsoft.com/dotnet/api/system.double
 */
import { valueBehaviour } from "../runtime/object.ts";
import { CsTuple } from "../runtime/structural.ts";
import type { Ref } from "../runtime/values.ts";
import { tupleOf, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import * as exact from "./exact-functions.ts";
import {
  binaryExponent,
  bitDecrement,
  bitIncrement,
  copySign,
  doubleBits,
  exp10,
  floatClamp,
  floatSign,
  fusedMultiplyAdd,
  ieeeRemainder,
  isNegative,
  logBase,
  maxMagnitude,
  minMagnitude,
  power,
  roundTo,
  scaleBinary,
  singleBits,
  singleFromBits,
} from "./float-functions.ts";
import { numbersOf } from "./format-provider.ts";
import type { NumberConventions } from "./number-conventions.ts";
import { formatDouble, formatSingle } from "./number-format.ts";
import { type FloatReader, parseDouble, parseFloatOrThrow, parseSingle, tryParseFloat } from "./number-parse.ts";
import { compareBoxed, equalsBoxed } from "./primitive-object.ts";

interface FloatType {
  readonly name: string;
  readonly keyword: string;
  readonly typeCode: number;
  readonly max: number;
  readonly epsilon: number;
  readonly smallestNormal: number;
  readonly roundingDigits: number;
  /** Brings a result to this precision. */
  readonly step: (value: number) => number;
  readonly format: (value: number, format: string | null, culture?: NumberConventions) => string;
  readonly read: FloatReader;
  readonly hash: (value: number) => number;
  readonly increment: (value: number) => number;
}

export const DOUBLE: FloatType = {
  name: "System.Double",
  keyword: "double",
  typeCode: 14,
  max: Number.MAX_VALUE,
  epsilon: Number.MIN_VALUE,
  smallestNormal: 2 ** -1022,
  roundingDigits: 15,
  step: (value) => value,
  format: formatDouble,
  read: parseDouble,
  hash: (value) => {
    // All NaNs have one hash, that of infinity; so have both zeros.
    const bits = doubleBits(value === 0 ? 0 : Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
    return Number(BigInt.asIntN(32, bits ^ (bits >> 32n)));
  },
  increment: bitIncrement,
};

const SINGLE: FloatType = {
  name: "System.Single",
  keyword: "float",
  typeCode: 13,
  max: 3.4028234663852886e38,
  epsilon: 2 ** -149,
  smallestNormal: 2 ** -126,
  roundingDigits: 6,
  step: Math.fround,
  format: formatSingle,
  read: parseSingle,
  hash: (value) => (value === 0 ? 0 : singleBits(Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)),
  increment: (value) => {
    if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
    if (value === 0) return 2 ** -149;
    return singleFromBits(singleBits(value) + (value < 0 ? -1 : 1));
  },
};

const equals = (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** NaN comes before everything. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

function parsing(t: FloatType): Members {
  const parse = (text: string | null, style?: number, provider: unknown = null) =>
    parseFloatOrThrow(text, t.read, style, numbersOf(provider));
  const tryParse = (text: string | null, style: number | undefined, provider: unknown, result: Ref): boolean => {
    const value = tryParseFloat(text, t.read, style, numbersOf(provider));
    result.v = value ?? 0;
    return value !== undefined;
  };
  return {
    "Parse(string)": (text: string | null) => parse(text),
    "Parse(string,IFormatProvider)": (text: string | null, provider: unknown) => parse(text, undefined, provider),
    "Parse(string,NumberStyles)": (text: string | null, style: number) => parse(text, style),
    "Parse(string,NumberStyles,IFormatProvider)": parse,
    [`TryParse(string,${t.keyword}&)`]: (text: string | null, result: Ref) => tryParse(text, undefined, null, result),
    [`TryParse(string,IFormatProvider,${t.keyword}&)`]: (text: string | null, provider: unknown, result: Ref) =>
      tryParse(text, undefined, provider, result),
    [`TryParse(string,NumberStyles,IFormatProvider,${t.keyword}&)`]: tryParse,
  };
}

/** IsNaN and its kin. */
function questions(t: FloatType): Members {
  const of = (name: string) => `${name}(${t.keyword})`;
  const isNormal = (x: number) => Number.isFinite(x) && Math.abs(x) >= t.smallestNormal;
  return {
    [of("IsFinite")]: Number.isFinite,
    [of("IsInfinity")]: (x: number) => Math.abs(x) === Number.POSITIVE_INFINITY,
    [of("IsInteger")]: Number.isInteger,
    [of("IsEvenInteger")]: (x: number) => x % 2 === 0,
    [of("IsOddInteger")]: (x: number) => Math.abs(x % 2) === 1,
    [of("IsNaN")]: Number.isNaN,
    [of("IsNegative")]: isNegative,
    [of("IsPositive")]: (x: number) => !isNegative(x),
    [of("IsNegativeInfinity")]: (x: number) => x === Number.NEGATIVE_INFINITY,
    [of("IsPositiveInfinity")]: (x: number) => x === Number.POSITIVE_INFINITY,
    [of("IsNormal")]: isNormal,
    [of("IsSubnormal")]: (x: number) => x !== 0 && Number.isFinite(x) && !isNormal(x),
    [of("IsPow2")]: (x: number) => x > 0 && Number.isFinite(x) && x === scaleBinary(1, binaryExponent(x)),
    [of("IsRealNumber")]: (x: number) => !Number.isNaN(x),
  };
}

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

const UNARY: Record<string, Unary> = {
  Abs: Math.abs,
  Acos: exact.acos,
  AcosPi: (x) => Math.acos(x) / Math.PI,
  Acosh: exact.acosh,
  Asin: exact.asin,
  AsinPi: (x) => Math.asin(x) / Math.PI,
  Asinh: Math.asinh,
  Atan: exact.atan,
  AtanPi: (x) => Math.atan(x) / Math.PI,
  Atanh: Math.atanh,
  Cbrt: Math.cbrt,
  Ceiling: Math.ceil,
  Cos: exact.cos,
  CosPi: (x) => Math.cos(x * Math.PI),
  Cosh: exact.cosh,
  DegreesToRadians: (x) => (x * Math.PI) / 180,
  Exp: exact.exp,
  Exp10: exp10,
  Exp10M1: (x) => exp10(x) - 1,
  Exp2: (x) => 2 ** x,
  Exp2M1: (x) => 2 ** x - 1,
  ExpM1: Math.expm1,
  Floor: Math.floor,
  Log: exact.log,
  Log10: exact.log10,
  Log10P1: (x) => Math.log10(x + 1),
  Log2: Math.log2,
  Log2P1: (x) => Math.log2(x + 1),
  LogP1: Math.log1p,
  RadiansToDegrees: (x) => (x * 180) / Math.PI,
  ReciprocalEstimate: (x) => 1 / x,
  ReciprocalSqrtEstimate: (x) => 1 / Math.sqrt(x),
  Sin: exact.sin,
  SinPi: (x) => Math.sin(x * Math.PI),
  Sinh: exact.sinh,
  Sqrt: Math.sqrt,
  Tan: exact.tan,
  TanPi: (x) => Math.tan(x * Math.PI),
  Tanh: Math.tanh,
  Truncate: Math.trunc,
};

/** The number wins over NaN. */
function preferNumber(choose: Binary): Binary {
  return (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : choose(x, y));
}

const BINARY: Record<string, Binary> = {
  Atan2: exact.atan2,
  Atan2Pi: (y, x) => Math.atan2(y, x) / Math.PI,
  CopySign: copySign,
  Hypot: (x, y) => Math.hypot(x, y),
  Ieee754Remainder: ieeeRemainder,
  Log: logBase,
  Max: (x, y) => Math.max(x, y),
  MaxMagnitude: maxMagnitude,
  MaxMagnitudeNumber: preferNumber(maxMagnitude),
  MaxNumber: preferNumber((x, y) => Math.max(x, y)),
  Min: (x, y) => Math.min(x, y),
  MinMagnitude: minMagnitude,
  MinMagnitudeNumber: preferNumber(minMagnitude),
  MinNumber: preferNumber((x, y) => Math.min(x, y)),
  Pow: power,
};

function functions(t: FloatType): Members {
  const [one, two] = [t.keyword, `${t.keyword},${t.keyword}`];
  const round = (x: number, digits: number, mode?: number) => roundTo(x, digits, mode, t.roundingDigits, t.step);
  const text = (x: number) => t.format(x, null);
  const lerp = (a: number, b: number, amount: number) => t.step(t.step(a * (1 - amount)) + t.step(b * amount));
  const members: Members = {
    [`BitIncrement(${one})`]: t.increment,
    [`BitDecrement(${one})`]: t === DOUBLE ? bitDecrement : (x: number) => -t.increment(-x),
    [`Clamp(${two},${one})`]: (x: number, min: number, max: number) => floatClamp(x, min, max, text),
    [`FusedMultiplyAdd(${two},${one})`]: (x: number, y: number, z: number) => t.step(fusedMultiplyAdd(x, y, z)),
    [`SinCos(${one})`]: sinCos(t),
    [`SinCosPi(${one})`]: (x: number) => sinCos(t)(x * Math.PI),
    [`ILogB(${one})`]: binaryExponent,
    [`Lerp(${two},${one})`]: lerp,
    [`RootN(${one},int)`]: (x: number, n: number) => t.step(rootN(x, n)),
    [`Round(${one})`]: (x: number) => round(x, 0),
    [`Round(${one},int)`]: (x: number, digits: number) => round(x, digits),
    [`Round(${one},MidpointRounding)`]: (x: number, mode: number) => round(x, 0, mode),
    [`Round(${one},int,MidpointRounding)`]: round,
    [`ScaleB(${one},int)`]: (x: number, n: number) => t.step(scaleBinary(x, n)),
    [`Sign(${one})`]: floatSign,
  };
  for (const [name, fn] of Object.entries(UNARY)) members[`${name}(${one})`] = (x: number) => t.step(fn(x));
  for (const [name, fn] of Object.entries(BINARY)) {
    members[`${name}(${two})`] = (x: number, y: number) => t.step(fn(x, y));
  }
  return members;
}

/** Sine and cosine as a tuple. */
export function sinCos(t: FloatType) {
  return (x: number): CsTuple => {
    const element = type(t.name);
    return new CsTuple(tupleOf([element, element], ["Sin", "Cos"]), [t.step(exact.sin(x)), t.step(exact.cos(x))]);
  };
}

function rootN(x: number, n: number): number {
  if (n === 2) return Math.sqrt(x);
  if (n === 3) return Math.cbrt(x);
  if (n === 0) return Number.NaN;
  const odd = n % 2 !== 0;
  if (x < 0 && !odd) return Number.NaN;
  return copySign(Math.abs(x) ** (1 / n), odd ? x : 1);
}

for (const t of [DOUBLE, SINGLE]) {
  const toText = (value: number, format: string | null = null, provider: unknown = null) =>
    t.format(value, format, numbersOf(provider));
  valueBehaviour(t.name, { toText, equals, hash: t.hash, compare });
  implement(t.name, {
    MaxValue: () => t.max,
    MinValue: () => -t.max,
    Epsilon: () => t.epsilon,
    NaN: () => Number.NaN,
    PositiveInfinity: () => Number.POSITIVE_INFINITY,
    NegativeInfinity: () => Number.NEGATIVE_INFINITY,
    NegativeZero: () => -0,
    E: () => t.step(Math.E),
    Pi: () => t.step(Math.PI),
    Tau: () => t.step(2 * Math.PI),
    [`CompareTo(${t.keyword})`]: compare,
    "CompareTo(object)": compareBoxed(t.name, compare),
    [`Equals(${t.keyword})`]: equals,
    "Equals(object)": equalsBoxed(t.name, equals),
    "GetHashCode()": t.hash,
    "GetTypeCode()": () => t.typeCode,
    "ToString()": (self: number) => toText(self),
    "ToString(IFormatProvider)": (self: number, provider: unknown) => toText(self, null, provider),
    "ToString(string)": (self: number, format: string | null) => toText(self, format),
    "ToString(string,IFormatProvider)": toText,
    ...parsing(t),
    ...questions(t),
    ...functions(t),
  });
}
