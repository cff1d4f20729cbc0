import assert from "node:assert/strict";
import { test } from "node:test";
import { byteRange, int32Range, int64Range } from "./integer-ranges.ts";
import {
  checkFloatStyle,
  checkIntegerStyle,
  parseDouble,
  parseInteger,
  parseIntegerOrThrow,
  parseSingle,
} from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";

const FLOAT = NumberStyles.Float | NumberStyles.AllowThousands;

test("integers", () => {
  const rows: [string, number, bigint | string][] = [
    ["42", NumberStyles.Integer, 42n],
    [" 42\t", NumberStyles.Integer, 42n],
    ["+42", NumberStyles.Integer, 42n],
    ["-42", NumberStyles.Integer, -42n],
    ["- 42", NumberStyles.Integer, "format"],
    ["42\0\0", NumberStyles.Integer, 42n],
    ["42.0", NumberStyles.Integer, "format"],
    ["1,000", NumberStyles.Integer, "format"],
    ["1,000", NumberStyles.AllowThousands, 1000n],
    ["", NumberStyles.Integer, "format"],
    ["0x1F", NumberStyles.Integer, "format"],
    ["FF", NumberStyles.HexNumber, 255n],
    ["FFFFFFFF", NumberStyles.HexNumber, -1n],
    ["1FFFFFFFF", NumberStyles.HexNumber, "overflow"],
    ["101", NumberStyles.BinaryNumber, 5n],
    ["2147483648", NumberStyles.Integer, "overflow"],
    ["-2147483648", NumberStyles.Integer, -2147483648n],
    ["99999999999999999999999x", NumberStyles.Integer, "format"],
    ["1.0", NumberStyles.Number, 1n],
    ["1.5", NumberStyles.Number, "overflow"],
    ["12-", NumberStyles.Number, -12n],
    ["(12)", NumberStyles.Integer | NumberStyles.AllowParentheses, -12n],
    ["(12", NumberStyles.Integer | NumberStyles.AllowParentheses, "format"],
    ["¤ 12", NumberStyles.Integer | NumberStyles.AllowCurrencySymbol, 12n],
    ["1e3", NumberStyles.Integer | NumberStyles.AllowExponent, 1000n],
    ["１２", NumberStyles.Integer, "format"],
  ];
  for (const [text, style, value] of rows) assert.equal(parseInteger(text, style, int32Range), value, text);
  assert.equal(parseInteger("-0", NumberStyles.Integer, byteRange), 0n);
  assert.equal(parseInteger("-1", NumberStyles.Integer, byteRange), "overflow");
  assert.equal(parseInteger("9223372036854775807", NumberStyles.Integer, int64Range), 9223372036854775807n);
});

test("doubles", () => {
  const rows: [string, number | undefined][] = [
    ["1e3", 1000],
    ["1,234.5", 1234.5],
    [" 12.5 ", 12.5],
    ["5.", 5],
    [".5", 0.5],
    [".", undefined],
    ["abc", undefined],
    ["1e", undefined],
    ["1e400", Number.POSITIVE_INFINITY],
    ["-1e400", Number.NEGATIVE_INFINITY],
    ["1e-400", 0],
    ["-0", -0],
    ["NaN", Number.NaN],
    ["-nan", Number.NaN],
    [" infinity ", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["0.1", 0.1],
    ["123456789012345678901234567890", 123456789012345678901234567890],
  ];
  for (const [text, value] of rows) assert.ok(Object.is(parseDouble(text, FLOAT), value), text);
});

test("floats are rounded once", () => {
  assert.equal(parseSingle("0.1", FLOAT), Math.fround(0.1));
  // Just above the middle between 1 and the next float; the nearest double is the middle itself.
  assert.equal(parseSingle("1.00000005960464477540", FLOAT), 1 + 2 ** -23);
  assert.equal(parseSingle("1.00000005960464477539", FLOAT), 1);
  assert.equal(parseSingle("1e39", FLOAT), Number.POSITIVE_INFINITY);
});

test("exceptions", () => {
  assert.throws(() => parseIntegerOrThrow("abc", int32Range), {
    typeName: "System.FormatException",
    message: "The input string 'abc' was not in a correct format.",
  });
  assert.throws(() => parseIntegerOrThrow(null, int32Range), {
    typeName: "System.ArgumentNullException",
    message: "Value cannot be null. (Parameter 's')",
  });
  assert.throws(() => parseIntegerOrThrow("9223372036854775808", int64Range), {
    typeName: "System.OverflowException",
    message: "Value was either too large or too small for an Int64.",
  });
  assert.throws(() => checkIntegerStyle(4096), { typeName: "System.ArgumentException" });
  assert.throws(() => checkIntegerStyle(NumberStyles.HexNumber | NumberStyles.AllowThousands), {
    typeName: "System.ArgumentException",
  });
  assert.throws(() => checkFloatStyle(NumberStyles.HexNumber), { typeName: "System.ArgumentException" });
});
