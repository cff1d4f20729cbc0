/** Members of the numeric types, Boolean, Char, Math, Guid, Random and BitConverter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compareOf, equalsOf, hashOf, textOf } from "../runtime/object.ts";
import { Box, bytes, CsArray, Ref } from "../runtime/values.ts";
import { type } from "../types.ts";
import "./bit-converter.ts";
import "./boolean.ts";
import "./char.ts";
import { Decimal } from "./decimal.ts";
import { findImplementation } from "./define.ts";
import { fusedMultiplyAdd } from "./float-functions.ts";
import "./guid.ts";
import "./math.ts";
import "./numeric-create.ts";
import "./random.ts";

function call(name: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(`System.${name}`, key);
  assert.equal(typeof found, "function", `${name}.${key}`);
  const result = (found as (...a: unknown[]) => unknown)(...args);
  return result instanceof CsArray ? Buffer.from(result.items as Uint8Array).toString("hex") : result;
}

type Row = [name: string, key: string, args: unknown[], result: unknown];

function check(rows: Row[]): void {
  for (const [name, key, args, result] of rows) {
    assert.deepEqual(call(name, key, ...args), result, `${name}.${key} ${args.map(String)}`);
  }
}

const unit = (ch: string) => ch.charCodeAt(0);
const raw = (hex: string) => bytes(new Uint8Array(Buffer.from(hex, "hex")));

test("limits", () => {
  check([
    ["Int32", "MaxValue", [], 2147483647],
    ["Int64", "MinValue", [], -9223372036854775808n],
    ["SByte", "MinValue", [], -128],
    ["Double", "Epsilon", [], 5e-324],
    ["Char", "MaxValue", [], 0xffff],
  ]);
  assert.equal((call("Decimal", "MaxValue") as Decimal).toText(), "79228162514264337593543950335");
});

test("text, equality, order and hash by type", () => {
  const texts: [name: string, value: unknown, text: string][] = [
    ["Single", Math.fround(0.1), "0.1"],
    ["Double", 1e16, "10000000000000000"],
    ["Boolean", true, "True"],
    ["Char", unit("x"), "x"],
    ["Int64", -5n, "-5"],
    ["Decimal", Decimal.parse("1.10"), "1.10"],
  ];
  for (const [name, value, text] of texts) assert.equal(textOf(value, type(`System.${name}`)), text);
  const double = type("System.Double");
  assert.equal(equalsOf(double)(Number.NaN, Number.NaN), true);
  assert.equal(compareOf(double)(Number.NaN, Number.NEGATIVE_INFINITY), -1);
  assert.equal(hashOf(double)(0), hashOf(double)(-0));
  assert.equal(hashOf(type("System.Int64"))(-1n), 0);
  assert.equal(hashOf(type("System.Char"))(unit("a")), 97 | (97 << 16));
});

test("CompareTo and Equals of another type", () => {
  check([
    ["Int32", "Equals(object)", [1, new Box(type("System.Int64"), 1n)], false],
    ["Int32", "Equals(object)", [1, new Box(type("System.Int32"), 1)], true],
    ["Int32", "CompareTo(object)", [1, null], 1],
    ["Byte", "CompareTo(byte)", [5, 2], 3],
    ["Int32", "CompareTo(int)", [5, 2], 1],
    ["Char", "CompareTo(char)", [unit("a"), unit("c")], -2],
    ["Char", "Equals(object)", [unit("a"), "a"], false],
  ]);
  assert.throws(() => call("Int32", "CompareTo(object)", 1, "a"), { message: "Object must be of type Int32." });
});

test("TryParse zeroes the result", () => {
  const result = new Ref<unknown>(7);
  assert.equal(call("Int32", "TryParse(string,int&)", "99999999999", result), false);
  assert.equal(result.v, 0);
  assert.equal(call("Double", "TryParse(string,double&)", "1.5", result), true);
  assert.equal(result.v, 1.5);
  assert.equal(call("Boolean", "TryParse(string,bool&)", " TRUE\0", result), true);
  assert.equal(call("Int64", "TryParse(string,long&)", null, result), false);
  assert.equal(result.v, 0n);
});

test("bits", () => {
  check([
    ["Int32", "LeadingZeroCount(int)", [1], 31],
    ["Int32", "TrailingZeroCount(int)", [8], 3],
    ["Int32", "PopCount(int)", [-1], 32],
    ["Byte", "RotateLeft(byte,int)", [0x81, 1], 3],
    ["UInt64", "Log2(ulong)", [1n << 40n], 40n],
    ["Int32", "IsPow2(int)", [64], true],
    ["Int16", "CopySign(short,short)", [5, -1], -5],
    ["Int32", "DivRem(int,int)", [7, -2], call("Math", "DivRem(int,int)", 7, -2)],
  ]);
  assert.equal((call("Int32", "DivRem(int,int)", -7, 2) as { toText(): string }).toText(), "(-3, -1)");
});

test("Create* of another numeric type", () => {
  const double = type("System.Double");
  check([
    ["Byte", "CreateSaturating(!!0)", [type("System.Int32"), 300], 255],
    ["Byte", "CreateTruncating(!!0)", [type("System.Int32"), 300], 44],
    ["Int32", "CreateSaturating(!!0)", [double, Number.NaN], 0],
    ["Int64", "CreateChecked(!!0)", [double, 1e18], 1000000000000000000n],
    ["Single", "CreateChecked(!!0)", [double, 0.1], Math.fround(0.1)],
  ]);
  assert.throws(() => call("Byte", "CreateChecked(!!0)", type("System.Int32"), 300), {
    typeName: "System.OverflowException",
  });
});

test("Math", () => {
  const rest = new Ref<unknown>(0);
  check([
    ["Math", "Round(double)", [2.5], 2],
    ["Math", "Round(double)", [-0.5], -0],
    ["Math", "Round(double,int)", [2.345, 2], 2.35],
    ["Math", "Round(double,int)", [2.675, 2], 2.68],
    ["Math", "Round(double,int,MidpointRounding)", [-2.5, 0, 1], -3],
    ["Math", "Round(double,MidpointRounding)", [0.49999999999999994, 1], 0],
    ["Math", "DivRem(int,int,int&)", [7, 2, rest], 3],
    ["Math", "Max(long,long)", [1n, 2n], 2n],
    ["Math", "Sqrt(double)", [-1], Number.NaN],
    ["Math", "Pow(double,double)", [1, Number.NaN], 1],
    ["Math", "Pow(double,double)", [2, 0.5], Math.SQRT2],
    ["Math", "Log(double,double)", [8, 2], 3],
    ["Math", "IEEERemainder(double,double)", [5, 3], -1],
    ["Math", "BigMul(int,int)", [2147483647, 2147483647], 4611686014132420609n],
    ["Math", "Clamp(int,int,int)", [5, 1, 3], 3],
    ["Math", "BitIncrement(double)", [1], 1 + 2 ** -52],
    ["Math", "ILogB(double)", [8], 3],
    ["Math", "ScaleB(double,int)", [1, -1074], 5e-324],
  ]);
  assert.equal(rest.v, 1);
  const high = call("Math", "BigMul(long,long,long&)", 1n << 62n, 8n, rest);
  assert.deepEqual([high, rest.v], [2n, 0n]);
  assert.throws(() => call("Math", "Abs(int)", -2147483648), {
    message: "Negating the minimum value of a twos complement number is invalid.",
  });
  assert.throws(() => call("Math", "Round(double,int)", 1, 16), {
    message: "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')",
  });
  assert.throws(() => call("Math", "Sign(double)", Number.NaN), { typeName: "System.ArithmeticException" });
  assert.throws(() => call("Math", "Clamp(int,int,int)", 1, 3, 2), { message: "'3' cannot be greater than 2." });
  assert.equal(fusedMultiplyAdd(0.1, 10, -1), 5.551115123125783e-17);
});

test("characters are Unicode", () => {
  check([
    ["Char", "IsDigit(char)", [unit("٣")], true],
    ["Char", "IsNumber(char)", [unit("½")], true],
    ["Char", "IsLetterOrDigit(char)", [unit("_")], false],
    ["Char", "IsSymbol(char)", [unit("+")], true],
    ["Char", "IsPunctuation(char)", [unit("_")], true],
    ["Char", "IsWhiteSpace(char)", [0x2003], true],
    ["Char", "IsWhiteSpace(char)", [0xfeff], false],
    ["Char", "IsLetter(string,int)", ["𝒜", 0], true],
    ["Char", "IsLetter(char)", [0xd835], false],
    ["Char", "GetNumericValue(char)", [unit("½")], 0.5],
    ["Char", "GetNumericValue(char)", [unit("Ⅳ")], 4],
    ["Char", "GetNumericValue(char)", [unit("٣")], 3],
    ["Char", "GetNumericValue(char)", [unit("a")], -1],
    ["Char", "ToUpper(char)", [unit("é")], unit("É")],
    ["Char", "ToUpperInvariant(char)", [unit("ß")], unit("ß")],
    ["Char", "GetUnicodeCategory(char)", [unit("A")], 0],
    ["Char", "ConvertFromUtf32(int)", [0x1f600], "😀"],
    ["Char", "ConvertToUtf32(string,int)", ["😀", 0], 0x1f600],
  ]);
  assert.throws(() => call("Char", "Parse(string)", "ab"), { message: "String must be exactly one character long." });
});

test("Guid", () => {
  const guid = call("Guid", "new(string)", "0f8fad5b-d9cb-469f-a165-70867728950e");
  const forms: [format: string, text: string][] = [
    ["D", "0f8fad5b-d9cb-469f-a165-70867728950e"],
    ["N", "0f8fad5bd9cb469fa16570867728950e"],
    ["B", "{0f8fad5b-d9cb-469f-a165-70867728950e}"],
    ["P", "(0f8fad5b-d9cb-469f-a165-70867728950e)"],
    ["X", "{0x0f8fad5b,0xd9cb,0x469f,{0xa1,0x65,0x70,0x86,0x77,0x28,0x95,0x0e}}"],
  ];
  for (const [format, text] of forms) {
    assert.equal(call("Guid", "ToString(string)", guid, format), text);
    const parsed = call("Guid", "Parse(string)", ` ${text.toUpperCase()} `);
    assert.equal(call("Guid", "op_Equality(Guid,Guid)", guid, parsed), true);
  }
  const fromBytes = call("Guid", "new(byte[])", raw("0102030405060708090a0b0c0d0e0f10"));
  assert.equal(call("Guid", "ToString()", fromBytes), "04030201-0605-0807-090a-0b0c0d0e0f10");
  assert.equal(call("Guid", "ToByteArray()", fromBytes), "0102030405060708090a0b0c0d0e0f10");
  assert.match(call("Guid", "ToString()", call("Guid", "NewGuid()")) as string, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  const errors: [text: string, message: string][] = [
    ["x", "Unrecognized Guid format."],
    [
      "0f8fad5b-d9cb-469f-a165-70867728950",
      "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
    ],
    ["0f8fad5b-d9cb-469fa-165-70867728950e", "Dashes are in the wrong position for GUID parsing."],
    ["0f8fad5b-d9cb-469f-a165-70867728950g", "Guid string should only contain hexadecimal characters."],
  ];
  for (const [text, message] of errors) {
    assert.throws(() => call("Guid", "Parse(string)", text), { typeName: "System.FormatException", message });
  }
});

test("Random with a seed gives the numbers of .NET", () => {
  const seeded = (seed: number) => call("Random", "new(int)", seed);
  check([
    ["Random", "Next()", [seeded(42)], 1434747710],
    ["Random", "Next(int)", [seeded(42), 100], 66],
    ["Random", "Next(int,int)", [seeded(42), 1, 7], 5],
    ["Random", "NextDouble()", [seeded(42)], 0.6681064659115423],
  ]);
  const random = seeded(7);
  const numbers = Array.from({ length: 5 }, () => call("Random", "Next(int)", random, 1000));
  assert.deepEqual(numbers, [383, 871, 660, 52, 366]);
  const buffer = bytes(new Uint8Array(4));
  call("Random", "NextBytes(byte[])", seeded(7), buffer);
  assert.equal(Buffer.from(buffer.items as Uint8Array).toString("base64"), "S2ME9g==");
  assert.throws(() => call("Random", "Next(int,int)", seeded(0), 10, 5), {
    message: "'minValue' cannot be greater than maxValue. (Parameter 'minValue')",
  });
  const free = call("Random", "new()");
  for (let i = 0; i < 50; i++) {
    const value = call("Random", "NextInt64(long,long)", free, -3n, 4n) as bigint;
    assert.ok(value >= -3n && value < 4n);
  }
});

test("BitConverter", () => {
  check([
    ["BitConverter", "GetBytes(int)", [258], "02010000"],
    ["BitConverter", "GetBytes(double)", [1.5], "000000000000f83f"],
    ["BitConverter", "ToInt16(byte[],int)", [raw("00ff7f"), 1], 32767],
    ["BitConverter", "ToInt64(byte[],int)", [raw("ffffffffffffffff"), 0], -1n],
    ["BitConverter", "ToString(byte[])", [raw("01abff")], "01-AB-FF"],
    ["BitConverter", "ToString(byte[],int,int)", [raw("01abff"), 1, 1], "AB"],
    ["BitConverter", "SingleToInt32Bits(float)", [1], 0x3f800000],
    ["BitConverter", "Int64BitsToDouble(long)", [0x3ff8000000000000n], 1.5],
  ]);
  assert.throws(() => call("BitConverter", "ToInt32(byte[],int)", raw("0102"), 0), {
    typeName: "System.ArgumentException",
  });
});
