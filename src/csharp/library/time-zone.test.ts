import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, fails } from "../../../test/support/library-calls.ts";
import { type Ambient, setAmbient } from "../runtime/ambient.ts";
import { CsArray, CsException, Ref } from "../runtime/values.ts";
import { type } from "../types.ts";
import "./custom-time-zone.ts";
import { DateTime } from "./date-time.ts";
import type { DateTimeOffset } from "./date-time-offset.ts";
import "./date-time-offset-members.ts";
import { TimeSpan } from "./time-span.ts";
import "./time-span-members.ts";
import "./time-zone.ts";
import { requireZone, utcZone } from "./time-zone-info.ts";
import "./time-zone-info-members.ts";
import { mappedZones } from "./windows-zones.ts";
import { ianaRules } from "./zone-rules.ts";

let former: Ambient;
before(() => {
  former = setAmbient({ nowMs: () => Date.UTC(2024, 4, 6, 7, 8, 9, 123), timeZone: "UTC" });
});
after(() => {
  setAmbient(former);
});

const utc = (...parts: [number, number, number, number?, number?, number?]) => DateTime.of(...parts).withKind(1);
const text = (date: unknown) => (date as DateTime | DateTimeOffset).format("o");
const ZONE = "TimeZoneInfo";

test("conversion from and to UTC", () => {
  const fromUtc = (date: DateTime, id: string) =>
    text(call(ZONE, "ConvertTimeFromUtc(DateTime,TimeZoneInfo)", date, requireZone(id)));
  assert.equal(fromUtc(utc(2024, 7, 1, 12), "Europe/Berlin"), "2024-07-01T14:00:00.0000000");
  assert.equal(fromUtc(utc(2024, 1, 1, 12), "W. Europe Standard Time"), "2024-01-01T13:00:00.0000000");
  assert.equal(fromUtc(utc(2024, 1, 1, 12), "Pacific Standard Time"), "2024-01-01T04:00:00.0000000");
  assert.equal(fromUtc(utc(2024, 1, 1, 12), "Asia/Kathmandu"), "2024-01-01T17:45:00.0000000");
  const toUtc = (date: DateTime, id: string) =>
    text(call(ZONE, "ConvertTimeToUtc(DateTime,TimeZoneInfo)", date, requireZone(id)));
  assert.equal(toUtc(DateTime.of(2024, 7, 1, 14), "Europe/Berlin"), "2024-07-01T12:00:00.0000000Z");
  // Twice at the end of summer: standard time counts.
  assert.equal(toUtc(DateTime.of(2024, 10, 27, 2, 30), "Europe/Berlin"), "2024-10-27T01:30:00.0000000Z");
  fails(
    () => toUtc(DateTime.of(2024, 3, 31, 2, 30), "Europe/Berlin"),
    "ArgumentException",
    "The supplied DateTime represents an invalid time.  For example, when the clock is adjusted forward, any time in the period that is skipped is invalid. (Parameter 'dateTime')",
  );
  fails(
    () => toUtc(utc(2024, 1, 1), "Europe/Berlin"),
    "ArgumentException",
    "The conversion could not be completed because the supplied DateTime did not have the Kind property set correctly.  For example, when the Kind property is DateTimeKind.Local, the source time zone must be TimeZoneInfo.Local. (Parameter 'sourceTimeZone')",
  );
});

test("look-up", () => {
  assert.equal(requireZone("UTC"), utcZone);
  assert.equal(
    text(call(ZONE, "ConvertTimeBySystemTimeZoneId(DateTime,string)", utc(2024, 1, 1, 12), "Tokyo Standard Time")),
    "2024-01-01T21:00:00.0000000",
  );
  assert.throws(
    () => requireZone("Nope/Zone"),
    (error) =>
      error instanceof CsException &&
      error.typeName === "System.TimeZoneNotFoundException" &&
      error.message === "The time zone ID 'Nope/Zone' was not found on the local computer." &&
      error.inner?.typeName === "System.IO.DirectoryNotFoundException",
  );
  assert.equal(
    call(ZONE, "TryFindSystemTimeZoneById(string,TimeZoneInfo&)", "__proto__", new Ref<unknown>(null)),
    false,
  );
  assert.deepEqual(
    mappedZones().filter((zone) => !ianaRules(zone)),
    [],
  );
});

test("names and offsets", () => {
  const berlin = requireZone("Europe/Berlin");
  assert.equal(call(ZONE, "StandardName", berlin), "Central European Standard Time");
  assert.equal(call(ZONE, "DaylightName", berlin), "Central European Summer Time");
  assert.equal((call(ZONE, "BaseUtcOffset", berlin) as TimeSpan).toText(), "01:00:00");
  assert.equal(call(ZONE, "SupportsDaylightSavingTime", berlin), true);
  assert.equal(call(ZONE, "SupportsDaylightSavingTime", requireZone("Asia/Tokyo")), false);
  assert.equal(call(ZONE, "DisplayName", utcZone), "(UTC) Coordinated Universal Time");
  const sydney = requireZone("AUS Eastern Standard Time");
  assert.equal((call(ZONE, "BaseUtcOffset", sydney) as TimeSpan).toText(), "10:00:00");
  assert.equal(call(ZONE, "IsDaylightSavingTime(DateTime)", sydney, DateTime.of(2024, 1, 1)), true);
  assert.equal(call(ZONE, "IsInvalidTime(DateTime)", berlin, DateTime.of(2024, 3, 31, 2, 30)), true);
  assert.equal(call(ZONE, "IsAmbiguousTime(DateTime)", berlin, DateTime.of(2024, 10, 27, 2, 30)), true);
  const both = call(ZONE, "GetAmbiguousTimeOffsets(DateTime)", berlin, DateTime.of(2024, 10, 27, 2, 30)) as CsArray;
  assert.deepEqual(
    (both.items as TimeSpan[]).map((span) => span.toText()),
    ["01:00:00", "02:00:00"],
  );
  assert.equal((call(ZONE, "GetUtcOffset(DateTime)", berlin, utc(2024, 7, 1)) as TimeSpan).toText(), "02:00:00");
});

test("custom zones with rules", () => {
  const at = (hour: number) => DateTime.of(1, 1, 1, hour);
  const floating = (month: number, week: number) =>
    call("TimeZoneInfo+TransitionTime", "CreateFloatingDateRule(*)", at(2), month, week, 0);
  const hour = new TimeSpan(36_000_000_000n);
  const rule = (start: unknown, end: unknown) =>
    call(
      "TimeZoneInfo+AdjustmentRule",
      "CreateAdjustmentRule(*)",
      DateTime.minValue,
      DateTime.of(9999, 12, 31),
      hour,
      start,
      end,
    );
  const create = (...rules: unknown[]) =>
    call(
      ZONE,
      "CreateCustomTimeZone(*)",
      "Mine",
      hour,
      "My zone",
      "Standard",
      "Summer",
      new CsArray(type("System.TimeZoneInfo+AdjustmentRule"), rules),
    );
  const offset = (zone: unknown, ...date: [number, number, number, number?, number?]) =>
    (call(ZONE, "GetUtcOffset(DateTime)", zone, DateTime.of(...date)) as TimeSpan).toText();
  const north = create(rule(floating(3, 5), floating(10, 5)));
  assert.equal(offset(north, 2024, 3, 31, 1, 59), "01:00:00");
  assert.equal(offset(north, 2024, 3, 31, 3, 0), "02:00:00");
  assert.equal(offset(north, 2024, 10, 27, 3, 0), "01:00:00");
  assert.equal(call(ZONE, "IsInvalidTime(DateTime)", north, DateTime.of(2024, 3, 31, 2, 30)), true);
  const south = create(rule(floating(10, 1), floating(4, 1)));
  assert.equal(offset(south, 2024, 1, 1), "02:00:00");
  assert.equal(offset(south, 2024, 7, 1), "01:00:00");
  assert.equal(call(ZONE, "SupportsDaylightSavingTime", create()), false);
  fails(
    () => call("TimeZoneInfo+TransitionTime", "CreateFixedDateRule(*)", at(2), 13, 1),
    "ArgumentOutOfRangeException",
    "The Month parameter must be in the range 1 through 12. (Parameter 'month')",
  );
});

const OFFSET = "DateTimeOffset";

function parsed(value: string): DateTimeOffset {
  return call(OFFSET, "Parse(string)", value) as DateTimeOffset;
}

test("DateTimeOffset", () => {
  const d = parsed("2024-01-02T03:04:05+02:00");
  assert.equal(d.toText(), "01/02/2024 03:04:05 +02:00");
  assert.equal(text(d), "2024-01-02T03:04:05.0000000+02:00");
  assert.equal(d.format("r"), "Tue, 02 Jan 2024 01:04:05 GMT");
  assert.equal(d.format("u"), "2024-01-02 01:04:05Z");
  assert.equal(call(OFFSET, "ToUnixTimeSeconds()", d), 1704157445n);
  assert.equal(call(OFFSET, "op_Equality(DateTimeOffset,DateTimeOffset)", d, parsed("2024-01-02T01:04:05Z")), true);
  assert.equal(text(call(OFFSET, "LocalDateTime", d)), "2024-01-02T01:04:05.0000000+00:00");
  assert.equal((call(OFFSET, "Offset", d) as TimeSpan).toText(), "02:00:00");
  assert.equal(text(call(OFFSET, "AddMonths(int)", d, 1)), "2024-02-02T03:04:05.0000000+02:00");
  assert.equal(
    text(call(OFFSET, "ToOffset(TimeSpan)", d, new TimeSpan(-36_000_000_000n))),
    "2024-01-02T00:04:05.0000000-01:00",
  );
  const ms = call(OFFSET, "FromUnixTimeMilliseconds(long)", 1700000000123n);
  assert.equal(call(OFFSET, "ToUnixTimeSeconds()", ms), 1700000000n);
  assert.equal(call(OFFSET, "ToUnixTimeSeconds()", parsed("1969-12-31T23:59:59.5Z")), -1n);
  assert.equal(
    call(OFFSET, "ToUnixTimeMilliseconds()", call(OFFSET, "new(DateTime)", utc(2024, 1, 2))),
    1704153600000n,
  );
  assert.equal(text(parsed("2024-01-02")), "2024-01-02T00:00:00.0000000+00:00");
  fails(
    () => call(OFFSET, "FromUnixTimeSeconds(long)", 253402300800n),
    "ArgumentOutOfRangeException",
    "Valid values are between -62135596800 and 253402300799, inclusive. (Parameter 'seconds')",
  );
  fails(
    () => call(OFFSET, "new(DateTime,TimeSpan)", utc(2024, 1, 2), new TimeSpan(36_000_000_000n)),
    "ArgumentException",
    "The UTC Offset for Utc DateTime instances must be 0. (Parameter 'offset')",
  );
  fails(
    () => parsed("GMT May 1"),
    "FormatException",
    "There must be at least a partial date with a year present in the input string 'GMT May 1'.",
  );
});

const SPAN = "TimeSpan";

test("TimeSpan: text", () => {
  const span = (ticks: bigint) => new TimeSpan(ticks);
  const cases: [TimeSpan, string | null, string][] = [
    [call(SPAN, "FromSeconds(double)", 90) as TimeSpan, null, "00:01:30"],
    [call(SPAN, "FromMinutes(double)", -90) as TimeSpan, null, "-01:30:00"],
    [call(SPAN, "FromMilliseconds(double)", 1234) as TimeSpan, "c", "00:00:01.2340000"],
    [call(SPAN, "FromMilliseconds(double)", 1234) as TimeSpan, "g", "0:00:01.234"],
    [call(SPAN, "FromMilliseconds(double)", 1234) as TimeSpan, "G", "0:00:00:01.2340000"],
    [call(SPAN, "FromMinutes(double)", 75) as TimeSpan, "hh\\:mm\\:ss", "01:15:00"],
    [call(SPAN, "new(int,int,int,int,int)", 1, 2, 3, 4, 50) as TimeSpan, "d'd 'h'h 'm'm 's\\.FFF", "1d 2h 3m 4.05"],
    [span(864_000_000_000n), "%d", "1"],
    [TimeSpan.minValue, null, "-10675199.02:48:05.4775808"],
  ];
  for (const [value, format, expected] of cases) assert.equal(value.format(format), expected, `${format}`);
  fails(() => span(0n).format("hh:mm"), "FormatException", "Input string was not in a correct format.");
  fails(() => span(0n).format("d"), "FormatException", "Input string was not in a correct format.");
});

test("TimeSpan: Parse", () => {
  const cases: [string, string][] = [
    ["01:02:03", "01:02:03"],
    ["1.02:03:04.5", "1.02:03:04.5000000"],
    ["5", "5.00:00:00"],
    [" -1:30 ", "-01:30:00"],
    ["1:2:3:4.5", "1.02:03:04.5000000"],
    ["24:00:00", "24.00:00:00"],
    ["0:0:0.00000005", "00:00:00.0000001"],
    ["10675199.02:48:05.4775807", "10675199.02:48:05.4775807"],
  ];
  for (const [input, expected] of cases) {
    assert.equal((call(SPAN, "Parse(string)", input) as TimeSpan).toText(), expected, input);
  }
  const components =
    "could not be parsed because at least one of the numeric components is out of range or contains too many digits.";
  for (const input of ["25:00", "99999999", "10675199.02:48:05.4775808"]) {
    fails(
      () => call(SPAN, "Parse(string)", input),
      "OverflowException",
      `The TimeSpan string '${input}' ${components}`,
    );
  }
  for (const input of ["abc", "", "1:2:3:4:5:6", "- 5", "1.5"]) {
    fails(
      () => call(SPAN, "Parse(string)", input),
      "FormatException",
      `String '${input}' was not recognized as a valid TimeSpan.`,
    );
  }
  const exact = (input: string, format: string) =>
    (call(SPAN, "ParseExact(string,string,IFormatProvider)", input, format, null) as TimeSpan).toText();
  assert.equal(exact("1.02:03", "d\\.hh\\:mm"), "1.02:03:00");
  assert.equal(exact("02:03:04.5", "c"), "02:03:04.5000000");
  fails(() => exact("2:3", "hh\\:mm"), "FormatException", "Input string was not in a correct format.");
  fails(() => exact("1", "x"), "FormatException", "Format specifier 'x' was invalid.");
});

test("TimeSpan: arithmetic", () => {
  const hours = (n: number) => call(SPAN, "FromHours(double)", n) as TimeSpan;
  assert.equal((call(SPAN, "op_Addition(TimeSpan,TimeSpan)", hours(1), hours(0.5)) as TimeSpan).toText(), "01:30:00");
  assert.equal(call(SPAN, "op_GreaterThan(TimeSpan,TimeSpan)", hours(2), hours(1.5)), true);
  assert.equal(call(SPAN, "Hours", hours(25)), 1);
  assert.equal(call(SPAN, "TotalMinutes", hours(-1.5)), -90);
  assert.equal(call(SPAN, "Minutes", hours(-1.5)), -30);
  assert.equal((call(SPAN, "FromMilliseconds(double)", 1.5) as TimeSpan).ticks, 15000n);
  assert.equal(call(SPAN, "op_Division(TimeSpan,TimeSpan)", hours(3), hours(2)), 1.5);
  fails(
    () => call(SPAN, "FromDays(double)", 1e9),
    "OverflowException",
    "TimeSpan overflowed because the duration is too long.",
  );
  fails(
    () => call(SPAN, "op_Addition(TimeSpan,TimeSpan)", TimeSpan.maxValue, hours(1)),
    "OverflowException",
    "TimeSpan overflowed because the duration is too long.",
  );
});
