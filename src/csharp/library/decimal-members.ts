/** Members and operators of System.Decimal. https://learn.microsoft.com/dotnet/api/system.decimal */
import { structDefault } from "../runtime/default-value.ts";
import { CsArray, type Ref, unbox } from "../runtime/values.ts";
import { type } from "../types.ts";
import { Decimal, flagWord, MidpointRounding } from "./decimal.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange } from "./exceptions-thrown.ts";
import { numbersOf } from "./format-provider.ts";
import {
  byteRange,
  charRange,
  int16Range,
  int32Range,
  int64Range,
  sbyteRange,
  uint16Range,
  uint32Range,
  uint64Range,
  within,
} from "./integer-ranges.ts";
import { checkFloatStyle, type IntegerRange } from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";

/** (int)decimal and its kin: the decimals are cut. */
function toInteger(limits: IntegerRange) {
  return (value: Decimal) => Number(within(value.toBigInt(), limits));
}

function toLong(limits: IntegerRange) {
  return (value: Decimal) => within(value.toBigInt(), limits);
}

structDefault("System.Decimal", () => Decimal.zero);

const toSingle = (value: Decimal) => Math.fround(value.toNumber());

implement("System.Decimal", {
  "new(int)": Decimal.fromInt,
  "new(uint)": Decimal.fromInt,
  "new(long)": Decimal.fromBigInt,
  "new(ulong)": Decimal.fromBigInt,
  "new(double)": Decimal.fromNumber,
  "new(float)": Decimal.fromSingle,
  "new(int[])": fromBits,
  "new(int,int,int,bool,byte)": (lo: number, mid: number, hi: number, negative: boolean, scale: number) =>
    fromParts(lo, mid, hi, negative, scale),

  Zero: () => Decimal.zero,
  One: () => Decimal.one,
  MinusOne: () => Decimal.minusOne,
  MaxValue: () => Decimal.maxValue,
  MinValue: () => Decimal.minValue,
  Scale: (self: Decimal) => self.scale,

  "Add(decimal,decimal)": (a: Decimal, b: Decimal) => a.add(b),
  "Subtract(decimal,decimal)": (a: Decimal, b: Decimal) => a.sub(b),
  "Multiply(decimal,decimal)": (a: Decimal, b: Decimal) => a.mul(b),
  "Divide(decimal,decimal)": (a: Decimal, b: Decimal) => a.div(b),
  "Remainder(decimal,decimal)": (a: Decimal, b: Decimal) => a.rem(b),
  "Negate(decimal)": (d: Decimal) => d.neg(),
  "Abs(decimal)": (d: Decimal) => d.abs(),
  "Floor(decimal)": decimalFloor,
  "Ceiling(decimal)": decimalCeiling,
  "Truncate(decimal)": decimalTruncate,
  "Round(decimal)": (d: Decimal) => d.round(),
  "Round(decimal,int)": (d: Decimal, decimals: number) => d.round(decimals),
  "Round(decimal,MidpointRounding)": (d: Decimal, mode: number) => d.round(0, mode),
  "Round(decimal,int,MidpointRounding)": (d: Decimal, decimals: number, mode: number) => d.round(decimals, mode),
  "Sign(decimal)": (d: Decimal) => d.cmp(Decimal.zero),
  "Max(decimal,decimal)": decimalMax,
  "Min(decimal,decimal)": decimalMin,
  "MaxMagnitude(decimal,decimal)": (a: Decimal, b: Decimal) => {
    const order = a.abs().cmp(b.abs());
    return order > 0 || (order === 0 && a.mantissa >= 0n) ? a : b;
  },
  "MinMagnitude(decimal,decimal)": (a: Decimal, b: Decimal) => {
    const order = a.abs().cmp(b.abs());
    return order < 0 || (order === 0 && a.mantissa < 0n) ? a : b;
  },
  "Clamp(decimal,decimal,decimal)": decimalClamp,
  "CopySign(decimal,decimal)": (a: Decimal, b: Decimal) => (b.mantissa < 0n ? a.abs().neg() : a.abs()),
  "IsCanonical(decimal)": (d: Decimal) => d.scale === 0 || d.mantissa % 10n !== 0n,
  "IsInteger(decimal)": isInteger,
  "IsEvenInteger(decimal)": (d: Decimal) => isInteger(d) && d.toBigInt() % 2n === 0n,
  "IsOddInteger(decimal)": (d: Decimal) => isInteger(d) && d.toBigInt() % 2n !== 0n,
  "IsNegative(decimal)": (d: Decimal) => d.mantissa < 0n,
  "IsPositive(decimal)": (d: Decimal) => d.mantissa >= 0n,
  "GetBits(decimal)": getBits,
  "FromOACurrency(long)": (value: bigint) => fromCurrency(value),
  "ToOACurrency(decimal)": toCurrency,

  "Compare(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b),
  "CompareTo(decimal)": (self: Decimal, other: Decimal) => self.cmp(other),
  "Equals(decimal)": (self: Decimal, other: Decimal) => self.cmp(other) === 0,
  "Equals(object)": (self: Decimal, other: unknown) => self.equals(unbox(other)),
  "CompareTo(object)": (self: Decimal, other: unknown) => self.compareTo(unbox(other)),
  "Equals(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) === 0,
  "GetHashCode()": (self: Decimal) => self.hash(),
  "GetTypeCode()": () => 15,
  "ToString()": (self: Decimal) => self.toText(),
  "ToString(string)": (self: Decimal, format: string | null) => self.format(format),
  "ToString(IFormatProvider)": (self: Decimal, provider: unknown) => self.format(null, provider),
  "ToString(string,IFormatProvider)": (self: Decimal, format: string | null, provider: unknown) =>
    self.format(format, provider),

  "Parse(string)": (text: string | null) => Decimal.parse(text),
  "Parse(string,IFormatProvider)": (text: string | null, provider: unknown) =>
    Decimal.parse(text, NumberStyles.Number, numbersOf(provider)),
  "Parse(string,NumberStyles)": (text: string | null, style: number) => Decimal.parse(text, style),
  "Parse(string,NumberStyles,IFormatProvider)": (text: string | null, style: number, provider: unknown) =>
    Decimal.parse(text, style, numbersOf(provider)),
  "TryParse(string,decimal&)": (text: string | null, result: Ref) => tryParse(text, NumberStyles.Number, null, result),
  "TryParse(string,IFormatProvider,decimal&)": (text: string | null, provider: unknown, result: Ref) =>
    tryParse(text, NumberStyles.Number, provider, result),
  "TryParse(string,NumberStyles,IFormatProvider,decimal&)": tryParse,

  "ToByte(decimal)": toInteger(byteRange),
  "ToSByte(decimal)": toInteger(sbyteRange),
  "ToInt16(decimal)": toInteger(int16Range),
  "ToUInt16(decimal)": toInteger(uint16Range),
  "ToInt32(decimal)": toInteger(int32Range),
  "ToUInt32(decimal)": toInteger(uint32Range),
  "ToInt64(decimal)": toLong(int64Range),
  "ToUInt64(decimal)": toLong(uint64Range),
  "ToDouble(decimal)": (d: Decimal) => d.toNumber(),
  "ToSingle(decimal)": toSingle,
});

implement("System.Decimal", {
  "op_Addition(decimal,decimal)": (a: Decimal, b: Decimal) => a.add(b),
  "op_Subtraction(decimal,decimal)": (a: Decimal, b: Decimal) => a.sub(b),
  "op_Multiply(decimal,decimal)": (a: Decimal, b: Decimal) => a.mul(b),
  "op_Division(decimal,decimal)": (a: Decimal, b: Decimal) => a.div(b),
  "op_Modulus(decimal,decimal)": (a: Decimal, b: Decimal) => a.rem(b),
  "op_UnaryNegation(decimal)": (d: Decimal) => d.neg(),
  "op_UnaryPlus(decimal)": (d: Decimal) => d,
  "op_Increment(decimal)": (d: Decimal) => d.add(Decimal.one),
  "op_Decrement(decimal)": (d: Decimal) => d.sub(Decimal.one),
  "op_Equality(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) === 0,
  "op_Inequality(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) !== 0,
  "op_LessThan(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) < 0,
  "op_LessThanOrEqual(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) <= 0,
  "op_GreaterThan(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) > 0,
  "op_GreaterThanOrEqual(decimal,decimal)": (a: Decimal, b: Decimal) => a.cmp(b) >= 0,

  "op_Implicit(byte):decimal": Decimal.fromInt,
  "op_Implicit(sbyte):decimal": Decimal.fromInt,
  "op_Implicit(char):decimal": Decimal.fromInt,
  "op_Implicit(short):decimal": Decimal.fromInt,
  "op_Implicit(ushort):decimal": Decimal.fromInt,
  "op_Implicit(int):decimal": Decimal.fromInt,
  "op_Implicit(uint):decimal": Decimal.fromInt,
  "op_Implicit(long):decimal": Decimal.fromBigInt,
  "op_Implicit(ulong):decimal": Decimal.fromBigInt,
  "op_Explicit(double):decimal": Decimal.fromNumber,
  "op_Explicit(float):decimal": Decimal.fromSingle,
  "op_Explicit(decimal):byte": toInteger(byteRange),
  "op_Explicit(decimal):sbyte": toInteger(sbyteRange),
  "op_Explicit(decimal):char": toInteger(charRange),
  "op_Explicit(decimal):short": toInteger(int16Range),
  "op_Explicit(decimal):ushort": toInteger(uint16Range),
  "op_Explicit(decimal):int": toInteger(int32Range),
  "op_Explicit(decimal):uint": toInteger(uint32Range),
  "op_Explicit(decimal):long": toLong(int64Range),
  "op_Explicit(decimal):ulong": toLong(uint64Range),
  "op_Explicit(decimal):double": (d: Decimal) => d.toNumber(),
  "op_Explicit(decimal):float": toSingle,
});

export function decimalFloor(d: Decimal): Decimal {
  return d.round(0, MidpointRounding.ToNegativeInfinity);
}

export function decimalCeiling(d: Decimal): Decimal {
  return d.round(0, MidpointRounding.ToPositiveInfinity);
}

export function decimalTruncate(d: Decimal): Decimal {
  return d.round(0, MidpointRounding.ToZero);
}

export function decimalMax(a: Decimal, b: Decimal): Decimal {
  return a.cmp(b) >= 0 ? a : b;
}

export function decimalMin(a: Decimal, b: Decimal): Decimal {
  return a.cmp(b) < 0 ? a : b;
}

export function decimalClamp(value: Decimal, min: Decimal, max: Decimal): Decimal {
  if (min.cmp(max) > 0) throw argument(`'${min.toText()}' cannot be greater than ${max.toText()}.`);
  return value.cmp(min) < 0 ? min : value.cmp(max) > 0 ? max : value;
}

function isInteger(d: Decimal): boolean {
  return d.scaledTo(28) % 10n ** 28n === 0n;
}

function tryParse(text: string | null, style: number, provider: unknown, result: Ref): boolean {
  checkFloatStyle(style);
  const value = text === null ? "format" : Decimal.tryParse(text, style, numbersOf(provider));
  result.v = value instanceof Decimal ? value : Decimal.zero;
  return value instanceof Decimal;
}

function fromParts(lo: number, mid: number, hi: number, negative: boolean, scale: number): Decimal {
  if (scale > 28) throw argumentOutOfRange("scale", "Decimal's scale value must be between 0 and 28, inclusive.");
  const word = (n: number) => BigInt(n >>> 0);
  const size = (word(hi) << 64n) | (word(mid) << 32n) | word(lo);
  return new Decimal(negative ? -size : size, scale);
}

function fromBits(bits: CsArray | null): Decimal {
  if (bits === null) throw argumentNull("bits");
  const [lo, mid, hi, flags] = bits.items as number[];
  const scale = (flags >>> 16) & 0xff;
  if (bits.items.length !== 4 || (flags & 0x7f00_ffff) !== 0 || scale > 28) {
    throw argument("Decimal constructor requires an array or span of four valid decimal bytes.");
  }
  return fromParts(lo, mid, hi, flags < 0, scale);
}

function getBits(d: Decimal): CsArray {
  const size = d.abs().mantissa;
  const word = (at: bigint) => Number(BigInt.asIntN(32, size >> at));
  const flags = flagWord(d.scale, d.mantissa < 0n);
  return new CsArray(type("System.Int32"), [word(0n), word(32n), word(64n), flags]);
}

/** OLE currency: an integer of ten-thousandths. */
function fromCurrency(value: bigint): Decimal {
  let [mantissa, scale] = [value, 4];
  while (scale > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n;
    scale--;
  }
  return new Decimal(mantissa, scale);
}

function toCurrency(d: Decimal): bigint {
  const currency = { ...int64Range, overflow: "Value was either too large or too small for a Currency." };
  return within(d.round(4).scaledTo(4), currency);
}
