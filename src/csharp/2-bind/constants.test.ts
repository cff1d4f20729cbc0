import assert from "node:assert/strict";
import { test } from "node:test";
import { constantText, foldBinary, foldConversion, foldUnary, readConstant } from "./constants.ts";
import { BYTE, CHAR, DECIMAL, DOUBLE, FLOAT, INT, LONG, STRING, UINT, ULONG } from "./well-known.ts";

test("integer arithmetic is checked unless told otherwise", () => {
  assert.equal(foldBinary("+", INT, 2147483647, 1, false), "overflow");
  assert.deepEqual(foldBinary("+", INT, 2147483647, 1, true), { value: -2147483648 });
  assert.deepEqual(foldBinary("*", INT, 65536, 65536, true), { value: 0 });
  assert.equal(foldBinary("-", UINT, 0, 1, false), "overflow");
  assert.deepEqual(foldBinary("*", LONG, 3037000499n, 3037000499n, false), { value: 9223372030926249001n });
  assert.equal(foldBinary("/", INT, -2147483648, -1, true), "overflow");
});

test("division truncates, by zero it is an error", () => {
  assert.deepEqual(foldBinary("/", INT, -7, 2, false), { value: -3 });
  assert.deepEqual(foldBinary("%", INT, -7, 2, false), { value: -1 });
  assert.equal(foldBinary("%", INT, 1, 0, false), "divideByZero");
  assert.deepEqual(foldBinary("/", DOUBLE, 1, 0, false), { value: Number.POSITIVE_INFINITY });
});

test("shift counts are masked", () => {
  assert.deepEqual(foldBinary("<<", INT, 1, 33, false), { value: 2 });
  assert.deepEqual(foldBinary(">>", INT, -8, 33, false), { value: -4 });
  assert.deepEqual(foldBinary("<<", LONG, 1n, 65, false), { value: 2n });
});

test("NaN is unequal and unordered", () => {
  assert.deepEqual(foldBinary("<=", DOUBLE, Number.NaN, 1, false), { value: false });
  assert.deepEqual(foldBinary("!=", DOUBLE, Number.NaN, Number.NaN, false), { value: true });
});

test("conversions", () => {
  assert.equal(foldConversion(300, INT, BYTE, false), "overflow");
  assert.deepEqual(foldConversion(300, INT, BYTE, true), { value: 44 });
  assert.deepEqual(foldConversion(97, INT, CHAR, false), { value: 97 });
  assert.deepEqual(foldConversion(-3.99, DOUBLE, INT, false), { value: -3 });
  assert.equal(foldConversion(1e20, DOUBLE, INT, false), "overflow");
  assert.deepEqual(foldConversion(0.1, DOUBLE, FLOAT, false), { value: Math.fround(0.1) });
  assert.deepEqual(foldConversion(18446744073709551615n, ULONG, LONG, true), { value: -1n });
  assert.deepEqual(foldConversion(1.1, DOUBLE, DECIMAL, false), { value: { mantissa: 11n, scale: 1 } });
});

test("decimal keeps its scale", () => {
  const a = readConstant("1.10", DECIMAL);
  const b = readConstant("2.2", DECIMAL);
  assert.ok(a !== undefined && b !== undefined);
  const sum = foldBinary("+", DECIMAL, a, b, false);
  assert.ok(typeof sum === "object");
  assert.equal(constantText(sum.value, DECIMAL), "3.30");
  const product = foldBinary("*", DECIMAL, a, b, false);
  assert.ok(typeof product === "object");
  assert.equal(constantText(product.value, DECIMAL), "2.420");
  assert.deepEqual(foldUnary("-", DECIMAL, a, false), { value: { mantissa: -110n, scale: 2 } });
  const max = readConstant("79228162514264337593543950335", DECIMAL);
  assert.equal(foldBinary("+", DECIMAL, max as never, b as never, false), "overflow");
});

test("strings", () => {
  assert.deepEqual(foldBinary("+", STRING, "a", null, false), { value: "a" });
  assert.deepEqual(foldBinary("==", STRING, "a", "a", false), { value: true });
});
