/** Arithmetic, numeric conversions, arrays, delegates and text of the runtime, at their edges. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal } from "../library/decimal.ts";
import { type } from "../types.ts";
import { checkInt, checkLong, divInt, divLong, remInt, remLong } from "./arithmetic.ts";
import { arrayOfItems, element, newArray, setElement, setReference } from "./array-access.ts";
import { account, allocate, enter, limits, refill, spend } from "./budget.ts";
import { castTo, unboxTo } from "./casts.ts";
import { combine, remove, sameDelegate } from "./delegates.ts";
import { andNullable, orNullable } from "./nullable-bool.ts";
import { decimalToInteger, doubleToInt, doubleToLong, doubleToUint, doubleToUlong } from "./numeric-conversion.ts";
import { hole, sized } from "./text.ts";
import { Box, FuelExhausted } from "./values.ts";
import "../library/index.ts";

const INT = type("System.Int32");
const LONG = type("System.Int64");
const OBJECT = type("System.Object");
const STRING = type("System.String");
const MIN_LONG = -(2n ** 63n);

test("integer division", () => {
  assert.deepEqual([divInt(-7, 2), remInt(-7, 2), remInt(7, -2), remInt(-4, 2)], [-3, -1, 1, 0]);
  assert.ok(Object.is(remInt(-4, 2), 0));
  for (const divide of [divInt, remInt]) {
    assert.throws(() => divide(1, 0), { typeName: "System.DivideByZeroException" });
    assert.throws(() => divide(-0x80000000, -1), { typeName: "System.OverflowException" });
  }
  for (const divide of [divLong, remLong]) {
    assert.throws(() => divide(1n, 0n), { typeName: "System.DivideByZeroException" });
    assert.throws(() => divide(MIN_LONG, -1n), { typeName: "System.OverflowException" });
  }
});

test("checked results", () => {
  assert.equal(checkInt(2 ** 31 - 1), 2 ** 31 - 1);
  assert.throws(() => checkInt(2 ** 31), { typeName: "System.OverflowException" });
  assert.throws(() => checkInt(-(2 ** 31) - 1), { typeName: "System.OverflowException" });
  assert.ok(Object.is(checkInt(-0), 0));
  assert.equal(checkLong(MIN_LONG), MIN_LONG);
  assert.throws(() => checkLong(MIN_LONG - 1n), { typeName: "System.OverflowException" });
});

test("floating point to integers, as x64 does it", () => {
  const inputs = [
    3.99,
    -3.99,
    2147483647.5,
    2147483648,
    -2147483648.5,
    1e20,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0.5,
  ];
  const min = -0x80000000;
  assert.deepEqual(inputs.map(doubleToInt), [3, -3, 2147483647, min, min, min, min, min, 0]);
  assert.deepEqual([4294967295.5, -1, 4294967296, 1e20].map(doubleToUint), [4294967295, 4294967295, 0, 0]);
  assert.deepEqual([1e18, 2 ** 63, -(2 ** 63), Number.NaN].map(doubleToLong), [
    10n ** 18n,
    MIN_LONG,
    MIN_LONG,
    MIN_LONG,
  ]);
  assert.deepEqual([2 ** 63, -1, 1e30].map(doubleToUlong), [2n ** 63n, 2n ** 64n - 1n, 2n ** 63n]);
});

test("decimal to integers throws with the type's name", () => {
  assert.equal(decimalToInteger(new Decimal(-19n, 1), -128, 127, "a signed byte"), -1);
  assert.throws(() => decimalToInteger(new Decimal(256n, 0), 0, 255, "an unsigned byte"), {
    message: "Value was either too large or too small for an unsigned byte.",
  });
});

test("unboxing is exact", () => {
  assert.equal(unboxTo(new Box(INT, 5), INT), 5);
  assert.throws(() => unboxTo(new Box(INT, 5), LONG), {
    message: "Unable to cast object of type 'System.Int32' to type 'System.Int64'.",
  });
  assert.throws(() => unboxTo(null, INT), { typeName: "System.NullReferenceException" });
  assert.equal(unboxTo(new Box(type("System.DayOfWeek"), 5), INT), 5);
  assert.equal(castTo(null, STRING), null);
  assert.throws(() => castTo("a", type("System.Exception")), { typeName: "System.InvalidCastException" });
});

test("arrays check bounds and element types", () => {
  const bytes = newArray(type("System.Byte"), 2);
  assert.ok(bytes.items instanceof Uint8Array);
  assert.equal(setElement(bytes, 1, 7, 0), 7);
  assert.equal(element(bytes, 1, 0), 7);
  for (const index of [-1, 2, 4294967295])
    assert.throws(() => element(bytes, index, 0), { typeName: "System.IndexOutOfRangeException" });
  const texts = arrayOfItems(STRING, ["a", null]);
  assert.equal(element(texts, 1, 0), null);
  assert.throws(() => setReference(texts, 0, new Box(INT, 1), 0), { typeName: "System.ArrayTypeMismatchException" });
  assert.throws(() => setReference(texts, 9, new Box(INT, 1), 0), { typeName: "System.IndexOutOfRangeException" });
  assert.equal(setReference(arrayOfItems(OBJECT, [null]), 0, "x", 0), "x");
  assert.throws(() => newArray(INT, -1), { typeName: "System.OverflowException" });
});

test("delegates combine and are taken apart", () => {
  const log: number[] = [];
  const a = () => log.push(1);
  const b = () => log.push(2);
  const all = combine(combine(a, b), combine(a, b)) as () => unknown;
  (remove(all, combine(b, a)) as () => unknown)();
  assert.deepEqual(log, [1, 2]);
  assert.equal(remove(a, a), null);
  assert.equal(remove(a, b), a);
  assert.ok(sameDelegate(combine(a, b), combine(a, b)));
  assert.ok(!sameDelegate(combine(a, b), combine(b, a)));
});

test("three-valued logic", () => {
  const values = [true, false, null];
  assert.deepEqual(
    values.map((x) => andNullable(x, null)),
    [null, false, null],
  );
  assert.deepEqual(
    values.map((x) => orNullable(x, null)),
    [true, null, null],
  );
});

test("text is paid for", () => {
  refill();
  assert.equal(hole(1.5, type("System.Double"), -6, "0.00"), "1.50  ");
  const before = account.left;
  sized("x".repeat(16_000));
  assert.equal(before - account.left, 1_000);
  assert.throws(() => hole("x", null, 2 ** 30, null), FuelExhausted);
});

test("the budget ends", () => {
  refill(100);
  spend(10);
  assert.throws(() => spend(10), FuelExhausted);
  refill();
  assert.throws(() => allocate(limits.allocation + 1), FuelExhausted);
  refill();
  for (let i = 0; i < limits.depth; i++) enter();
  assert.throws(() => enter(), FuelExhausted);
  refill();
  assert.equal(account.depth, 0);
});
