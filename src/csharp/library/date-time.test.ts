import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call as callMember, fails } from "../../../test/support/library-calls.ts";
import { type Ambient, setAmbient } from "../runtime/ambient.ts";
import { Ref, strings } from "../runtime/values.ts";
import { DateTime } from "./date-time.ts";
import "./date-time-members.ts";
import "./date-time-text.ts";
import type { TimeSpan } from "./time-span.ts";

let former: Ambient;
before(() => {
  former = setAmbient({ nowMs: () => Date.UTC(2024, 4, 6, 7, 8, 9, 123), timeZone: "UTC" });
});
after(() => {
  setAmbient(former);
});

const call = (key: string, ...args: unknown[]) => callMember("DateTime", key, ...args);

const UTC = 1;
const LOCAL = 2;

function date(...parts: number[]): DateTime {
  return call(`new(${parts.map(() => "int").join(",")})`, ...parts) as DateTime;
}

function utc(...parts: number[]): DateTime {
  return date(...parts).withKind(UTC);
}

/** A date as its round-trip text and kind. */
function show(value: unknown): string {
  const { kind } = value as DateTime;
  return `${(value as DateTime).format("o")}|${["Unspecified", "Utc", "Local"][kind]}`;
}

test("formats", () => {
  const d = date(2024, 1, 2, 13, 4, 5);
  const cases: [string, string][] = [
    ["o", "2024-01-02T13:04:05.0000000"],
    ["s", "2024-01-02T13:04:05"],
    ["u", "2024-01-02 13:04:05Z"],
    ["R", "Tue, 02 Jan 2024 13:04:05 GMT"],
    ["d", "01/02/2024"],
    ["D", "Tuesday, 02 January 2024"],
    ["t", "13:04"],
    ["T", "13:04:05"],
    ["g", "01/02/2024 13:04"],
    ["G", "01/02/2024 13:04:05"],
    ["f", "Tuesday, 02 January 2024 13:04"],
    ["F", "Tuesday, 02 January 2024 13:04:05"],
    ["m", "January 02"],
    ["y", "2024 January"],
    ["ddd, dd MMM yyyy hh:mm:ss tt", "Tue, 02 Jan 2024 01:04:05 PM"],
    ["yyyy-MM-ddTHH:mm:sszzz", "2024-01-02T13:04:05+00:00"],
    ["yyyy-MM-ddTHH:mm:ss.fffZ", "2024-01-02T13:04:05.000Z"],
    ["%d", "2"],
    ["HH\\hmm", "13h04"],
    ["'at' h t", "at 1 P"],
    ["yyyy/MM/dd", "2024/01/02"],
    ["fffffff", "0000000"],
    ["ss.FFF", "05"],
    ["y yy yyy yyyyy", "24 24 2024 02024"],
    ["dddd MMMM g", "Tuesday January A.D."],
    ["K", ""],
  ];
  for (const [format, expected] of cases) {
    if (format === "K") assert.equal(d.format("'x'K"), "x");
    else assert.equal(d.format(format), expected, format);
  }
  assert.equal(d.toText(), "01/02/2024 13:04:05");
  assert.equal(utc(2024, 1, 2, 13, 4, 5).format("o"), "2024-01-02T13:04:05.0000000Z");
  assert.equal(utc(2024, 1, 2, 13, 4, 5).format("yyyy-MM-ddTHH:mm:ssK"), "2024-01-02T13:04:05Z");
  assert.equal(d.withKind(LOCAL).format("o"), "2024-01-02T13:04:05.0000000+00:00");
  assert.equal(date(2024, 1, 2, 13, 4, 5, 70).format("HH:mm:ss.FFF"), "13:04:05.07");
  for (const format of ["x", "%", "\\", "ffffffff", "%%"]) {
    fails(() => d.format(format), "FormatException", "Input string was not in a correct format.");
  }
  fails(() => d.format("'a"), "FormatException", "Cannot find a matching quote character for the character '''.");
});

test("parts and arithmetic", () => {
  const d = date(2024, 1, 31);
  assert.equal(show(call("AddMonths(int)", d, 1)), "2024-02-29T00:00:00.0000000|Unspecified");
  assert.equal(show(call("AddMonths(int)", d, -13)), "2022-12-31T00:00:00.0000000|Unspecified");
  assert.equal(show(call("AddYears(int)", date(2024, 2, 29), 1)), "2025-02-28T00:00:00.0000000|Unspecified");
  assert.equal((call("AddMilliseconds(double)", date(2024, 1, 1), 0.6) as DateTime).ticks, 638396640000006000n);
  assert.equal(show(call("AddDays(double)", d, -0.5)), "2024-01-30T12:00:00.0000000|Unspecified");
  assert.equal(date(2024, 1, 2).ticks, 638397504000000000n);
  assert.equal(call("DayOfWeek", date(2024, 1, 2)), 2);
  assert.equal(call("DayOfYear", date(2024, 12, 31)), 366);
  assert.equal(
    (call("op_Subtraction(DateTime,DateTime)", date(2024, 1, 2, 3, 4, 5), date(2024, 1, 1)) as TimeSpan).toText(),
    "1.03:04:05",
  );
  assert.equal(call("op_Equality(DateTime,DateTime)", utc(2024, 1, 2), date(2024, 1, 2).withKind(LOCAL)), true);
  assert.equal(call("Compare(DateTime,DateTime)", date(2024, 1, 2), date(2024, 1, 1)), 1);
  assert.equal(call("DaysInMonth(int,int)", 2024, 2), 29);
  assert.equal(call("ToFileTimeUtc()", date(2024, 1, 2, 3, 4, 5)), 133486382450000000n);
  assert.equal(show(call("FromFileTimeUtc(long)", 133486382450000000n)), "2024-01-02T03:04:05.0000000Z|Utc");
  assert.equal(call("ToOADate()", date(1899, 12, 29, 18, 0, 0)), -1.75);
  assert.equal(show(call("FromOADate(double)", -1.75)), "1899-12-29T18:00:00.0000000|Unspecified");
  for (const sample of [utc(2024, 1, 2), date(2024, 1, 2).withKind(LOCAL), date(1, 1, 1)]) {
    assert.equal(show(call("FromBinary(long)", call("ToBinary()", sample))), show(sample));
  }
  fails(
    () => date(2024, 13, 1),
    "ArgumentOutOfRangeException",
    "Year, Month, and Day parameters describe an un-representable DateTime.",
  );
  fails(
    () => call("AddDays(double)", DateTime.maxValue, 1),
    "ArgumentOutOfRangeException",
    "The added or subtracted value results in an un-representable DateTime. (Parameter 'value')",
  );
});

test("every day of the calendar is found again", () => {
  let ticks = 0n;
  for (let i = 0; i < 3000; i++) {
    const d = new DateTime(ticks);
    const [year, month, day] = [call("Year", d), call("Month", d), call("Day", d)] as number[];
    assert.equal(date(year, month, day).ticks, ticks);
    ticks += 864_000_000_000n * 1217n;
  }
});

test("Parse", () => {
  const cases: [string, string][] = [
    ["2024-01-02T03:04:05", "2024-01-02T03:04:05.0000000|Unspecified"],
    ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.0000000+00:00|Local"],
    ["2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.0000000+00:00|Local"],
    ["2024-01-02T03:04:05.1234567Z", "2024-01-02T03:04:05.1234567+00:00|Local"],
    ["2024-01-02T03:04", "2024-01-02T03:04:00.0000000|Unspecified"],
    ["01/02/2024", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["1/2/24", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["1/2/50", "1950-01-02T00:00:00.0000000|Unspecified"],
    ["1/2/2024 3:04 PM", "2024-01-02T15:04:00.0000000|Unspecified"],
    ["1/2/2024 12:04 am", "2024-01-02T00:04:00.0000000|Unspecified"],
    ["2 January 2024", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["January 2, 2024", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["Jan 2024", "2024-01-01T00:00:00.0000000|Unspecified"],
    ["Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02T03:04:05.0000000+00:00|Local"],
    ["Tuesday, 02 January 2024 03:04:05", "2024-01-02T03:04:05.0000000|Unspecified"],
    ["2024-01-02 03:04", "2024-01-02T03:04:00.0000000|Unspecified"],
    ["2024-01-02 03:04:05.5 +01:00", "2024-01-02T02:04:05.5000000+00:00|Local"],
    ["2024-01-02-08:00", "2024-01-02T08:00:00.0000000+00:00|Local"],
    ["2024/1/2", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["2024-01", "2024-01-01T00:00:00.0000000|Unspecified"],
    ["  2024-01-02  ", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["03:04", "2024-05-06T03:04:00.0000000|Unspecified"],
    ["5 pm", "2024-05-06T17:00:00.0000000|Unspecified"],
    ["1/10 5 AM", "2024-01-10T05:00:00.0000000|Unspecified"],
  ];
  for (const [text, expected] of cases) assert.equal(show(call("Parse(string)", text)), expected, text);
});

test("Parse: what is no date", () => {
  for (const text of [
    "13/01/2024",
    "20240102",
    "2024-02-30",
    "2024-01-02T3:04",
    "",
    "1",
    "12:60:00:00",
    "2024-01-02T03:04:05X",
  ]) {
    fails(
      () => call("Parse(string)", text),
      "FormatException",
      `String '${text}' was not recognized as a valid DateTime.`,
    );
  }
  const unknown = "was not recognized as a valid DateTime. There is an unknown word starting at index";
  fails(() => call("Parse(string)", "abc"), "FormatException", `The string 'abc' ${unknown} '0'.`);
  fails(
    () => call("Parse(string)", "2024-01-02 foo"),
    "FormatException",
    `The string '2024-01-02 foo' ${unknown} '11'.`,
  );
  fails(
    () => call("Parse(string)", "Mon, 02 Jan 2024"),
    "FormatException",
    "String 'Mon, 02 Jan 2024' was not recognized as a valid DateTime because the day of week was incorrect.",
  );
  fails(
    () => call("Parse(string)", "2024-02-30T00:00:00"),
    "FormatException",
    "The DateTime represented by the string '2024-02-30T00:00:00' is not supported in calendar 'System.Globalization.GregorianCalendar'.",
  );
  fails(() => call("Parse(string)", null), "ArgumentNullException", "Value cannot be null. (Parameter 's')");
  const result = new Ref<unknown>(null);
  assert.equal(call("TryParse(string,DateTime&)", null, result), false);
  assert.equal(result.v, DateTime.minValue);
});

test("Parse: styles", () => {
  const parse = (text: string, styles: number) =>
    show(call("Parse(string,IFormatProvider,DateTimeStyles)", text, null, styles));
  assert.equal(parse("2024-01-02T03:04:05+02:00", 16), "2024-01-02T01:04:05.0000000Z|Utc");
  assert.equal(parse("2024-01-02T03:04:05Z", 128), "2024-01-02T03:04:05.0000000Z|Utc");
  assert.equal(parse("2024-01-02T03:04:05", 64 | 16), "2024-01-02T03:04:05.0000000Z|Utc");
  assert.equal(parse("2024-01-02T03:04:05", 32), "2024-01-02T03:04:05.0000000+00:00|Local");
  assert.equal(parse("03:04", 8), "0001-01-01T03:04:00.0000000|Unspecified");
  fails(
    () => parse("2024-01-02", 96),
    "ArgumentException",
    "The DateTimeStyles values AssumeLocal and AssumeUniversal cannot be used together. (Parameter 'styles')",
  );
});

test("ParseExact", () => {
  const parse = (text: string, format: string, styles = 0) =>
    show(call("ParseExact(string,string,IFormatProvider,DateTimeStyles)", text, format, null, styles));
  const cases: [string, string, string][] = [
    ["20240102", "yyyyMMdd", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["2/1/2024", "d/M/yyyy", "2024-01-02T00:00:00.0000000|Unspecified"],
    ["02 Jan 2024 03:04 PM", "dd MMM yyyy hh:mm tt", "2024-01-02T15:04:00.0000000|Unspecified"],
    ["2024-01-02T03:04:05.678Z", "yyyy-MM-ddTHH:mm:ss.fffK", "2024-01-02T03:04:05.6780000+00:00|Local"],
    ["2024-01-02T03:04:05.678Z", "yyyy-MM-ddTHH:mm:ss.fff'Z'", "2024-01-02T03:04:05.6780000|Unspecified"],
    ["2024-01-02T03:04:05", "yyyy-MM-ddTHH:mm:ss.FFF", "2024-01-02T03:04:05.0000000|Unspecified"],
    ["2024-01-02T03:04:05.1234567+01:00", "o", "2024-01-02T02:04:05.1234567+00:00|Local"],
    ["Tue, 02 Jan 2024 03:04:05 GMT", "r", "2024-01-02T03:04:05.0000000|Unspecified"],
    ["03:04", "HH:mm", "2024-05-06T03:04:00.0000000|Unspecified"],
    ["24", "yy", "2024-01-01T00:00:00.0000000|Unspecified"],
    ["2024-01-02 +0130", "yyyy-MM-dd zzz", "2024-01-01T22:30:00.0000000+00:00|Local"],
  ];
  for (const [text, format, expected] of cases) assert.equal(parse(text, format), expected, format);
  assert.equal(parse(" 2024-01-02 ", "yyyy-MM-dd", 7), "2024-01-02T00:00:00.0000000|Unspecified");
  const bad = "String '2024-01-02' was not recognized as a valid DateTime.";
  fails(() => parse("2024-01-02", "yyyyMMdd"), "FormatException", bad);
  fails(
    () => parse("30/02/2010", "dd/MM/yyyy"),
    "FormatException",
    "The DateTime represented by the string '30/02/2010' is not supported in calendar 'System.Globalization.GregorianCalendar'.",
  );
  fails(
    () => parse("1 2", "d d"),
    "FormatException",
    "DateTime pattern 'd' appears more than once with different values.",
  );
  const result = new Ref<unknown>(null);
  const tryAny = "TryParseExact(string,string[],IFormatProvider,DateTimeStyles,DateTime&)";
  assert.equal(call(tryAny, "02.01.2024", strings(["yyyy", "dd.MM.yyyy"]), null, 0, result), true);
  assert.equal(show(result.v), "2024-01-02T00:00:00.0000000|Unspecified");
  assert.equal(call("TryParseExact(*)", "x", "yyyy", null, 0, result), false);
});

test("local time follows the ambient zone", () => {
  const before = setAmbient({ timeZone: "Europe/Berlin" });
  try {
    assert.equal(show(utc(2024, 7, 1, 12, 0, 0).toLocal()), "2024-07-01T14:00:00.0000000+02:00|Local");
    assert.equal(show(date(2024, 1, 1, 12, 0, 0).toUniversal()), "2024-01-01T11:00:00.0000000Z|Utc");
    assert.equal(show(call("Parse(string)", "2024-07-01T12:00:00Z")), "2024-07-01T14:00:00.0000000+02:00|Local");
    assert.equal(show(call("Now")), "2024-05-06T09:08:09.1230000+02:00|Local");
    assert.equal(call("IsDaylightSavingTime()", date(2024, 7, 1)), true);
    assert.equal(date(2024, 7, 1).format("zzz"), "+02:00");
  } finally {
    setAmbient(before);
  }
  assert.equal(show(call("UtcNow")), "2024-05-06T07:08:09.1230000Z|Utc");
});
