import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal, MidpointRounding } from "./decimal.ts";
import "./decimal-members.ts";
import { findImplementation } from "./define.ts";

const d = (text: string) => Decimal.parse(text);

test("the scale follows the operands", () => {
  const rows: [Decimal, string][] = [
    [d("1.10").add(d("2.2")), "3.30"],
    [d("1.00").sub(d("1.00")), "0.00"],
    [d("1.10").mul(d("2.20")), "2.4200"],
    [d("0.00").mul(d("0.0")), "0.000"],
    [d("0.00").mul(d("12345678901.5")), "0"],
    [d("2").div(d("3")), "0.6666666666666666666666666667"],
    [d("1").div(d("3")), "0.3333333333333333333333333333"],
    [d("10").div(d("4")), "2.5"],
    [d("10.00").div(d("4")), "2.50"],
    [d("7.00").div(d("1.4")), "5.0"],
    [d("1").div(d("0.25")), "4"],
    [d("79228162514264337593543950335").div(d("3")), "26409387504754779197847983445"],
    [d("5.0").rem(d("2")), "1.0"],
    [d("-7").rem(d("2")), "-1"],
    [d("1").rem(d("2.00")), "1"],
    [d("0.1234567890123456789012345678901"), "0.1234567890123456789012345679"],
    [d("79228162514264337593543950335.4"), "79228162514264337593543950335"],
    [d("1.50"), "1.50"],
    [d("1,000.25"), "1000.25"],
    [d("-0.5"), "-0.5"],
  ];
  for (const [value, text] of rows) assert.equal(value.toText(), text);
});

test("from double and float: 15 and 7 digits", () => {
  const rows: [Decimal, string][] = [
    [Decimal.fromNumber(1.1), "1.1"],
    [Decimal.fromNumber(1 / 3), "0.333333333333333"],
    [Decimal.fromNumber(123456789012345680), "123456789012346000"],
    [Decimal.fromNumber(1e20), "100000000000000000000"],
    [Decimal.fromNumber(1e-30), "0"],
    [Decimal.fromNumber(-2.5), "-2.5"],
    [Decimal.fromSingle(Math.fround(0.1)), "0.1"],
    [Decimal.fromSingle(Math.fround(16777217)), "16777220"],
  ];
  for (const [value, text] of rows) assert.equal(value.toText(), text);
  for (const value of [1e30, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => Decimal.fromNumber(value), { typeName: "System.OverflowException" });
  }
});

test("rounding", () => {
  const rows: [string, number, number, string][] = [
    ["2.345", 2, MidpointRounding.ToEven, "2.34"],
    ["2.5", 0, MidpointRounding.ToEven, "2"],
    ["2.5", 0, MidpointRounding.AwayFromZero, "3"],
    ["-2.5", 0, MidpointRounding.AwayFromZero, "-3"],
    ["-2.9", 0, MidpointRounding.ToZero, "-2"],
    ["-2.1", 0, MidpointRounding.ToNegativeInfinity, "-3"],
    ["2.1", 0, MidpointRounding.ToPositiveInfinity, "3"],
    ["1.5", 3, MidpointRounding.ToEven, "1.5"],
  ];
  for (const [text, decimals, mode, result] of rows) assert.equal(d(text).round(decimals, mode).toText(), result);
  assert.throws(() => d("1").round(29), {
    message: "Decimal can only round to between 0 and 28 digits of precision. (Parameter 'decimals')",
  });
});

test("equality, order and hash do not see the scale", () => {
  assert.ok(d("1.0").equals(d("1.00")));
  assert.equal(d("1.10").hash(), d("1.1").hash());
  assert.equal(d("-15").hash(), -2147483648 ^ 15);
  assert.equal(d("-1").cmp(d("0.5")), -1);
  assert.equal(d("2").compareTo(null), 1);
});

test("limits", () => {
  const tooLarge = {
    typeName: "System.OverflowException",
    message: "Value was either too large or too small for a Decimal.",
  };
  assert.throws(() => Decimal.maxValue.add(Decimal.one), tooLarge);
  assert.throws(() => Decimal.maxValue.mul(d("10")), tooLarge);
  assert.throws(() => d("79228162514264337593543950336"), tooLarge);
  assert.throws(() => d("1").div(Decimal.zero), { typeName: "System.DivideByZeroException" });
  assert.throws(() => d("1e3"), { message: "The input string '1e3' was not in a correct format." });
});

test("registered members", () => {
  const call = (key: string, ...args: unknown[]) =>
    (findImplementation("System.Decimal", key) as (...a: unknown[]) => unknown)(...args);
  assert.equal(call("op_Explicit(decimal):int", d("-3.99")), -3);
  assert.throws(() => call("op_Explicit(decimal):int", d("100000000000000000000")), {
    message: "Value was either too large or too small for an Int32.",
  });
  assert.equal((call("Floor(decimal)", d("-2.1")) as Decimal).toText(), "-3");
  assert.equal((call("new(int,int,int,bool,byte)", 15, 0, 0, true, 1) as Decimal).toText(), "-1.5");
  const bits = call("GetBits(decimal)", d("-1.5"));
  assert.equal((call("new(int[])", bits) as Decimal).toText(), "-1.5");
  assert.equal((call("FromOACurrency(long)", 12500n) as Decimal).toText(), "1.25");
  assert.equal(call("ToDouble(decimal)", d("0.1")), 0.1);
});
