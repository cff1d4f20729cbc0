import assert from "node:assert/strict";
import { test } from "node:test";
import type { CsException } from "../runtime/values.ts";
import { type } from "../types.ts";
import { isAssignable } from "../runtime/assignable.ts";
import { findImplementation } from "./define.ts";
import "./culture.ts";
import { parseDate } from "./date-parse.ts";
import { DateTime } from "./date-time.ts";
import { datesOf, numbersOf } from "./format-provider.ts";
import { CompareOptions } from "./linguistic.ts";
import { formatDouble } from "./number-format.ts";
import { parseDouble } from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";
import { lowerIn, upperIn } from "./string-case.ts";
import { type StringComparer, stringComparer } from "./string-comparer.ts";
import { compareStrings } from "./string-comparison.ts";
import { titleCase } from "./title-case.ts";
import { toLower } from "./unicode.ts";

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

test("a culture that ICU does not know is refused, as an ArgumentException", () => {
  assert.throws(
    () => call("CultureInfo", "GetCultureInfo(string)", "no culture"),
    (error: CsException) =>
      isAssignable(error.type, type("System.ArgumentException")) &&
      error.message === "Culture is not supported. (Parameter 'name')\nno culture is an invalid culture identifier.",
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
  for (const [text, titled] of rows) assert.equal(titleCase(text, toLower), titled);
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

const culture = (name: string) => call("CultureInfo", "GetCultureInfo(string)", name);

test("numbers are written as a culture writes them", () => {
  const rows: [value: number, format: string | null, name: string, text: string][] = [
    [1234567.891, "N2", "de-DE", "1.234.567,89"],
    [1234567.891, "N2", "en-IN", "12,34,567.89"],
    [1234.5, "C", "de-DE", "1.234,50 €"],
    [-1234.5, "C", "en-US", "-$1,234.50"],
    [1234.5, "C", "ja-JP", "￥1,234"],
    [0.1234, "P1", "tr-TR", "%12,3"],
    [1234.5, "#,##0.00", "de-DE", "1.234,50"],
    [-0.5, null, "sv-SE", "\u22120,5"],
    [Number.NEGATIVE_INFINITY, null, "en-US", "-∞"],
  ];
  for (const [value, format, name, text] of rows) {
    assert.equal(formatDouble(value, format, numbersOf(culture(name))), text, `${value} ${format} ${name}`);
  }
});

test("numbers are read as a culture writes them", () => {
  const number = (text: string, style: number, name: string) => parseDouble(text, style, numbersOf(culture(name)));
  const { Float, AllowThousands, Currency } = { ...NumberStyles, Currency: 383 };
  assert.equal(number("1.234,5", Float | AllowThousands, "de-DE"), 1234.5);
  assert.equal(number("1 234,5", Float | AllowThousands, "fr-FR"), 1234.5);
  assert.equal(number("-5", Float, "sv-SE"), -5);
  assert.equal(number("1.234,50 €", Currency, "de-DE"), 1234.5);
  assert.equal(number("($5)", Currency, "en-US"), -5);
  assert.equal(number("1.5", Float, "de-DE"), undefined);
});

test("dates are written and read as a culture writes them", () => {
  const dates = (name: string) => datesOf(culture(name));
  const day = new DateTime(638_397_974_450_000_000n);
  const rows: [format: string | null, name: string, text: string][] = [
    [null, "de-DE", "02.01.2024 13:04:05"],
    ["t", "en-US", "1:04\u202fPM"],
    ["D", "fr-FR", "mardi 2 janvier 2024"],
    ["d MMMM", "ru-RU", "2 января"],
    ["MMMM", "ru-RU", "январь"],
    ["D", "ja-JP", "2024年1月2日火曜日"],
    ["dd/MM", "de-DE", "02.01"],
    ["r", "de-DE", "Tue, 02 Jan 2024 13:04:05 GMT"],
  ];
  for (const [format, name, text] of rows) assert.equal(day.format(format, culture(name)), text, `${format} ${name}`);
  const read = (text: string, name: string) => (parseDate(text, 0, false, dates(name)) as { ticks: bigint }).ticks;
  const midnight = 638_397_504_000_000_000n;
  assert.equal(read("02.01.2024", "de-DE"), midnight);
  assert.equal(read("02/01/2024", "en-GB"), midnight);
  assert.equal(read("1/2/2024", "en-US"), midnight);
  assert.equal(read("2 janvier 2024", "fr-FR"), midnight);
  assert.equal(read("2024/01/02", "ja-JP"), midnight);
});

test("case and order are those of a culture", () => {
  const turkish = culture("tr-TR") as { name: string };
  assert.equal(upperIn("iı", turkish), "İI");
  assert.equal(lowerIn("İI", turkish), "iı");
  assert.equal(compareStrings("i", "I", CompareOptions.IgnoreCase, "tr-TR"), 1);
  assert.equal(compareStrings("ä", "z", CompareOptions.None, "sv-SE"), 1);
  assert.equal(compareStrings("ä", "z", CompareOptions.None, "de-DE"), -1);
});

test("conventions can be changed on a copy only", () => {
  const own = call("NumberFormatInfo", "Clone()", call("NumberFormatInfo", "InvariantInfo"));
  call("NumberFormatInfo", "NumberDecimalSeparator=", own, ",");
  assert.equal(formatDouble(1.5, null, numbersOf(own)), "1,5");
  assert.throws(() => call("NumberFormatInfo", "NumberDecimalDigits=", own, 100), {
    message: "Valid values are between 0 and 99, inclusive. (Parameter 'value')\nActual value was 100.",
  });
  const german = call("CultureInfo", "NumberFormat", culture("de-DE"));
  assert.throws(() => call("NumberFormatInfo", "NaNSymbol=", german, "?"), { message: "Instance is read-only." });
});
