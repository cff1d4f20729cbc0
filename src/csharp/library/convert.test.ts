import assert from "node:assert/strict";
import { test } from "node:test";
import { Box, bytes, CsArray } from "../runtime/values.ts";
import { type } from "../types.ts";
import { toBase64 } from "./base64.ts";
import { Decimal } from "./decimal.ts";
import { findImplementation } from "./define.ts";
import "./integers.ts";
import "./floats.ts";
import "./convert.ts";
import { typeObject } from "./type.ts";

function call(key: string, ...args: unknown[]): unknown {
  const found = findImplementation("System.Convert", key);
  assert.equal(typeof found, "function", key);
  const result = (found as (...a: unknown[]) => unknown)(...args);
  return result instanceof CsArray ? Buffer.from(result.items as Uint8Array).toString("hex") : result;
}

function checkErrors(rows: [key: string, args: unknown[], typeName: string, message: string][]): void {
  for (const [key, args, typeName, message] of rows) {
    assert.throws(() => call(key, ...args), { typeName: `System.${typeName}`, message }, key);
  }
}

const JUNK = "Additional non-parsable characters are at the end of the string.";
const MINUS = "String cannot contain a minus sign if the base is not 10.";
const NO_BYTE = "Value was either too large or too small for an unsigned byte.";

const raw = (...items: number[]) => bytes(Uint8Array.from(items));

test("between the base types", () => {
  const rows: [key: string, value: unknown, result: unknown][] = [
    ["ToInt32(string)", "42", 42],
    ["ToInt32(string)", null, 0],
    ["ToInt32(double)", 2.5, 2],
    ["ToInt32(double)", 3.5, 4],
    ["ToInt32(double)", -2147483648.5, -2147483648],
    ["ToInt32(object)", null, 0],
    ["ToInt32(object)", "7", 7],
    ["ToInt32(object)", new Box(type("System.Boolean"), true), 1],
    ["ToInt32(bool)", true, 1],
    ["ToInt32(decimal)", Decimal.parse("2.5"), 2],
    ["ToInt64(double)", 1e18, 1000000000000000000n],
    ["ToByte(string)", "200", 200],
    ["ToUInt32(double)", 4294967295.4, 4294967295],
    ["ToBoolean(int)", 0, false],
    ["ToBoolean(string)", " True ", true],
    ["ToDouble(string)", "1.5", 1.5],
    ["ToSingle(double)", 0.1, Math.fround(0.1)],
    ["ToChar(int)", 65, 65],
    ["ToString(int)", 5, "5"],
    ["ToString(object)", null, ""],
    ["ToString(string)", null, null],
  ];
  for (const [key, value, result] of rows) assert.equal(call(key, value), result, key);
  assert.equal((call("ToDecimal(double)", 1.1) as Decimal).toText(), "1.1");
});

test("what cannot be converted", () => {
  checkErrors([
    ["ToInt32(string)", ["4.2"], "FormatException", "The input string '4.2' was not in a correct format."],
    ["ToInt32(double)", [2147483647.6], "OverflowException", "Value was either too large or too small for an Int32."],
    ["ToInt32(double)", [Number.NaN], "OverflowException", "Value was either too large or too small for an Int32."],
    ["ToByte(int)", [256], "OverflowException", "Value was either too large or too small for an unsigned byte."],
    ["ToByte(double)", [1e10], "OverflowException", "Value was either too large or too small for an Int32."],
    ["ToBoolean(string)", ["yes"], "FormatException", "String 'yes' was not recognized as a valid Boolean."],
    ["ToBoolean(char)", [65], "InvalidCastException", "Invalid cast from 'Char' to 'Boolean'."],
    ["ToDateTime(int)", [1], "InvalidCastException", "Invalid cast from 'Int32' to 'DateTime'."],
    ["ToChar(string)", [null], "ArgumentNullException", "Value cannot be null. (Parameter 'value')"],
    [
      "ToInt32(object)",
      [raw(1)],
      "InvalidCastException",
      "Unable to cast object of type 'System.Byte[]' to type 'System.IConvertible'.",
    ],
  ]);
});

test("with a base", () => {
  const rows: [key: string, value: unknown, base: number, result: unknown][] = [
    ["ToInt32(string,int)", "FF", 16, 255],
    ["ToInt32(string,int)", "0xFF", 16, 255],
    ["ToInt32(string,int)", "FFFFFFFF", 16, -1],
    ["ToInt32(string,int)", "101", 2, 5],
    ["ToInt32(string,int)", "-17", 10, -17],
    ["ToInt32(string,int)", null, 16, 0],
    ["ToSByte(string,int)", "FF", 16, -1],
    ["ToInt64(string,int)", "7FFFFFFFFFFFFFFF", 16, 0x7fffffffffffffffn],
    ["ToString(int,int)", 5, 2, "101"],
    ["ToString(int,int)", -1, 16, "ffffffff"],
    ["ToString(short,int)", -1, 8, "177777"],
    ["ToString(long,int)", -5n, 10, "-5"],
  ];
  for (const [key, value, base, result] of rows) assert.equal(call(key, value, base), result, `${key} ${value}`);
  checkErrors([
    ["ToInt32(string,int)", ["1", 3], "ArgumentException", "Invalid Base."],
    ["ToInt32(string,int)", ["12", 2], "FormatException", JUNK],
    ["ToInt32(string,int)", ["x", 16], "FormatException", "Could not find any recognizable digits."],
    ["ToInt32(string,int)", ["-1", 16], "ArgumentException", MINUS],
    [
      "ToInt32(string,int)",
      ["FFFFFFFFF", 16],
      "OverflowException",
      "Value was either too large or too small for a UInt32.",
    ],
    ["ToByte(string,int)", ["100", 16], "OverflowException", NO_BYTE],
  ]);
});

test("ChangeType", () => {
  const changed = call("ChangeType(object,Type)", "5", typeObject(type("System.Int32"))) as Box;
  assert.equal(changed.type, type("System.Int32"));
  assert.equal(changed.value, 5);
  assert.equal(call("ChangeType(object,Type)", null, typeObject(type("System.String"))), null);
  assert.equal(call("ChangeType(object,TypeCode)", new Box(type("System.Int32"), 5), 18), "5");
  checkErrors([
    [
      "ChangeType(object,Type)",
      [null, typeObject(type("System.Int32"))],
      "InvalidCastException",
      "Null object cannot be converted to a value type.",
    ],
  ]);
});

test("base64 and hexadecimal", () => {
  assert.equal(call("ToBase64String(byte[])", raw(104, 101, 108, 108, 111)), "aGVsbG8=");
  assert.equal(call("ToBase64String(byte[])", raw()), "");
  assert.equal(call("ToBase64String(byte[],int,int)", raw(0, 104, 105, 0), 1, 2), "aGk=");
  const long = call("ToBase64String(byte[],Base64FormattingOptions)", bytes(new Uint8Array(60)), 1) as string;
  assert.deepEqual(
    long.split("\r\n").map((line) => line.length),
    [76, 4],
  );
  assert.equal(call("FromBase64String(string)", "aGVs bG8=\r\n"), "68656c6c6f");
  assert.equal(call("FromBase64String(string)", ""), "");
  const invalid =
    "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding " +
    "characters, or an illegal character among the padding characters.";
  for (const text of ["aGVsbG8", "a-_b", "!!!!", "a===", "aGVs=bG8", "===="]) {
    checkErrors([["FromBase64String(string)", [text], "FormatException", invalid]]);
  }
  assert.equal(call("ToHexString(byte[])", raw(1, 171, 255)), "01ABFF");
  assert.equal(call("FromHexString(string)", "01abFF"), "01abff");
});

test("Base64 of short and of longer bytes is the same Base64", () => {
  for (let length = 0; length < 90; length++) {
    const raw = Uint8Array.from({ length }, (_, i) => (i * 89 + length * 7) & 0xff);
    assert.equal(toBase64(raw, false), Buffer.from(raw).toString("base64"));
    assert.equal(toBase64(raw, true).replace("\r\n", ""), Buffer.from(raw).toString("base64"));
  }
});
