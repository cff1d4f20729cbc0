import assert from "node:assert/strict";
import { test } from "node:test";
import type { CsException } from "../runtime/values.ts";
import { type } from "../types.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { findImplementation } from "./define.ts";
import "./culture.ts";
import { type StringComparer, stringComparer } from "./string-comparer.ts";
import { titleCase } from "./title-case.ts";

function call(typeName: string, key: string, ...args: unknown[]): unknown {
  const found = findImplementation(`System.Globalization.${typeName}`, key);
  assert.equal(typeof found, "function", key);
  return (found as (...a: unknown[]) => unknown)(...args);
}

test("cultures by name", () => {
  const culture = (name: string) => call("CultureInfo", "new(string)", name);
  assert.equal(call("CultureInfo", "Name", culture("EN-us")), "en-US");
  assert.equal(call("CultureInfo", "DisplayName", culture("")), "Invariant Language (Invariant Country)");
  assert.equal(call("CultureInfo", "DisplayName", culture("en-US")), "English (United States)");
  assert.equal(call("CultureInfo", "TwoLetterISOLanguageName", culture("en-GB")), "en");
  assert.equal(call("CultureInfo", "LCID", call("CultureInfo", "InvariantCulture")), 127);
});

test("a culture that writes numbers in another way is refused, as an ArgumentException", () => {
  assert.throws(
    () => call("CultureInfo", "GetCultureInfo(string)", "de-DE"),
    (error: CsException) =>
      isAssignable(error.type, type("System.ArgumentException")) &&
      error.message === "Culture is not supported. (Parameter 'name')\nde-DE is an invalid culture identifier.",
  );
});

test("title case", () => {
  const rows: [string, string][] = [
    ["war and peace", "War And Peace"],
    ["HTTP request", "HTTP Request"],
    ["o'neil can't", "O'neil Can't"],
    ["ab1cd ef-gh", "Ab1cd Ef-Gh"],
    ["ǆ", "ǅ"],
  ];
  for (const [text, titled] of rows) assert.equal(titleCase(text), titled);
});

test("the invariant number format cannot be changed", () => {
  const info = call("NumberFormatInfo", "InvariantInfo");
  assert.equal(call("NumberFormatInfo", "CurrencySymbol", info), "¤");
  assert.throws(() => call("NumberFormatInfo", "CurrencySymbol=", info, "$"), { message: "Instance is read-only." });
});

test("names and patterns of dates", () => {
  const info = call("CultureInfo", "DateTimeFormat", call("CultureInfo", "InvariantCulture"));
  const rows: [key: string, args: unknown[], result: unknown][] = [
    ["GetMonthName(int)", [1], "January"],
    ["GetAbbreviatedDayName(DayOfWeek)", [6], "Sat"],
    ["ShortDatePattern", [], "MM/dd/yyyy"],
    ["LongTimePattern", [], "HH:mm:ss"],
    ["SortableDateTimePattern", [], "yyyy'-'MM'-'dd'T'HH':'mm':'ss"],
    ["DateSeparator", [], "/"],
  ];
  for (const [key, args, result] of rows) assert.equal(call("DateTimeFormatInfo", key, info, ...args), result, key);
  assert.throws(() => call("DateTimeFormatInfo", "GetMonthName(int)", info, 14), {
    typeName: "System.ArgumentOutOfRangeException",
  });
});

test("string comparers", () => {
  const check = (comparer: StringComparer, a: string, b: string, same: boolean) => {
    assert.equal(comparer.sameItems(a, b), same);
    if (same) assert.equal(comparer.hashItem(a), comparer.hashItem(b));
  };
  check(stringComparer(5), "aé", "AÉ", true);
  check(stringComparer(4), "a", "A", false);
  check(stringComparer(1), "A\u00ad", "a", true);
  check(stringComparer(0), "a", "A", false);
  assert.deepEqual(
    ["b", "A", "a", "B", "_"].sort((a, b) => stringComparer(4).compareItems(a, b)),
    ["A", "B", "_", "a", "b"],
  );
  assert.equal(stringComparer(2), stringComparer(0));
});
