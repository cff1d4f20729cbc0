/** Members of System.TimeZoneInfo: look-up, conversion, questions about a time. */
import type { Ref } from "../runtime/values.ts";
import { spend } from "../runtime/budget.ts";
import { type } from "../types.ts";
import { arrayFrom } from "./array-items.ts";
import { MAX_TICKS } from "./calendar.ts";
import { requireArgument } from "./collection-errors.ts";
import { DateTime, DateTimeKind } from "./date-time.ts";
import type { DateTimeOffset } from "./date-time-offset.ts";
import { implement } from "./define.ts";
import { argument } from "./exceptions-thrown.ts";
import { List } from "./list.ts";
import { ReadOnlyCollection } from "./read-only-collection.ts";
import { TimeSpan } from "./time-span.ts";
import { findZone, localZone, requireZone, type TimeZoneInfo, utcZone } from "./time-zone-info.ts";
import { ianaToWindows, mappedZones, windowsToIana } from "./windows-zones.ts";
import { isDaylight, type LocalOffset, localOffset } from "./zone-rules.ts";

const TYPE = "System.TimeZoneInfo";

implement(TYPE, {
  Utc: () => utcZone,
  Local: localZone,
  "FindSystemTimeZoneById(string)": requireZone,
  "TryFindSystemTimeZoneById(*)": (id: string | null, result: Ref) => {
    result.v = (id === null ? undefined : findZone(id)) ?? null;
    return result.v !== null;
  },
  "GetSystemTimeZones()": () => systemZones(false),
  "GetSystemTimeZones(bool)": systemZones,
  "ClearCachedData()": () => undefined,
  "TryConvertIanaIdToWindowsId(*)": (iana: string | null, windows: Ref) => {
    windows.v = ianaToWindows(iana ?? "") ?? null;
    return windows.v !== null;
  },
  "TryConvertWindowsIdToIanaId(string,string&)": (windows: string | null, iana: Ref) => toIana(windows, iana),
  "TryConvertWindowsIdToIanaId(string,string,string&)": (windows: string | null, _region: string | null, iana: Ref) =>
    toIana(windows, iana),
  Id: (self: TimeZoneInfo) => self.id,
  HasIanaId: (self: TimeZoneInfo) => self.hasIanaId,
  DisplayName: (self: TimeZoneInfo) => self.names.display,
  StandardName: (self: TimeZoneInfo) => self.names.standard,
  DaylightName: (self: TimeZoneInfo) => self.names.daylight,
  BaseUtcOffset: (self: TimeZoneInfo) => new TimeSpan(self.rules.standardOffset),
  SupportsDaylightSavingTime: (self: TimeZoneInfo) => self.supportsDaylight(),
  "ToString()": (self: TimeZoneInfo) => self.toText(),
  "Equals(TimeZoneInfo)": (self: TimeZoneInfo, other: TimeZoneInfo | null) => self.equals(other),
  "HasSameRules(TimeZoneInfo)": (self: TimeZoneInfo, other: TimeZoneInfo | null) => {
    requireArgument(other, "other");
    return self.rules === (other as TimeZoneInfo).rules;
  },
});

function toIana(windows: string | null, iana: Ref): boolean {
  iana.v = windowsToIana(windows ?? "") ?? null;
  return iana.v !== null;
}

/** The zones that have a Windows name, by offset. */
function systemZones(unsorted: boolean): ReadOnlyCollection {
  const zones = ["UTC", ...mappedZones()].map((id) => requireZone(id));
  spend(zones.length * 1000);
  if (!unsorted)
    zones.sort((a, b) => Number(a.rules.standardOffset - b.rules.standardOffset) || (a.id < b.id ? -1 : 1));
  const t = type(TYPE);
  return new ReadOnlyCollection(t, new List(t, zones));
}

// Conversion

/** The kind of clock times of a zone. */
function kindOf(zone: TimeZoneInfo): number {
  if (zone === utcZone) return DateTimeKind.Utc;
  return zone === localZone() ? DateTimeKind.Local : DateTimeKind.Unspecified;
}

function clamped(ticks: bigint): bigint {
  if (ticks < 0n) return 0n;
  return ticks > MAX_TICKS ? MAX_TICKS : ticks;
}

function convert(date: DateTime, source: TimeZoneInfo | null, target: TimeZoneInfo | null): DateTime {
  requireArgument(source, "sourceTimeZone");
  requireArgument(target, "destinationTimeZone");
  const [from, to] = [source as TimeZoneInfo, target as TimeZoneInfo];
  if (date.kind !== DateTimeKind.Unspecified && date.kind !== kindOf(from)) {
    throw argument(
      "The conversion could not be completed because the supplied DateTime did not have the Kind property set correctly.  For example, when the Kind property is DateTimeKind.Local, the source time zone must be TimeZoneInfo.Local.",
      "sourceTimeZone",
    );
  }
  const { offset, invalid } = localOffset(from.rules, date.ticks);
  if (invalid) {
    throw argument(
      "The supplied DateTime represents an invalid time.  For example, when the clock is adjusted forward, any time in the period that is skipped is invalid.",
      "dateTime",
    );
  }
  if (date.kind !== DateTimeKind.Unspecified && from === to) return date;
  const utc = date.ticks - offset;
  return new DateTime(clamped(utc + to.rules.offsetAt(utc)), kindOf(to));
}

/** The zone that a time without one is taken to be in. */
function sourceOf(date: DateTime): TimeZoneInfo {
  return date.kind === DateTimeKind.Utc ? utcZone : localZone();
}

function convertOffset(date: DateTimeOffset, zone: TimeZoneInfo | null): DateTimeOffset {
  requireArgument(zone, "destinationTimeZone");
  return date.at((zone as TimeZoneInfo).rules.offsetAt(date.utcTicks));
}

implement(TYPE, {
  "ConvertTime(DateTime,TimeZoneInfo)": (date: DateTime, target: TimeZoneInfo | null) =>
    convert(date, sourceOf(date), target),
  "ConvertTime(DateTime,TimeZoneInfo,TimeZoneInfo)": convert,
  "ConvertTime(DateTimeOffset,TimeZoneInfo)": convertOffset,
  "ConvertTimeFromUtc(*)": (date: DateTime, target: TimeZoneInfo | null) => convert(date, utcZone, target),
  "ConvertTimeToUtc(DateTime)": (date: DateTime) => convert(date, sourceOf(date), utcZone),
  "ConvertTimeToUtc(DateTime,TimeZoneInfo)": (date: DateTime, source: TimeZoneInfo | null) =>
    convert(date, source, utcZone),
  "ConvertTimeBySystemTimeZoneId(DateTime,string)": (date: DateTime, id: string | null) =>
    convert(date, sourceOf(date), requireZone(id)),
  "ConvertTimeBySystemTimeZoneId(DateTime,string,string)": (date: DateTime, source: string | null, id: string | null) =>
    convert(date, zoneFor(date, source), requireZone(id)),
  "ConvertTimeBySystemTimeZoneId(DateTimeOffset,string)": (date: DateTimeOffset, id: string | null) =>
    convertOffset(date, requireZone(id)),
});

/** A source named by id: the local or UTC zone counts as such for times of that kind. */
function zoneFor(date: DateTime, id: string | null): TimeZoneInfo {
  const zone = requireZone(id);
  return date.kind === DateTimeKind.Local && zone.id === localZone().id ? localZone() : zone;
}

// Questions about a time in the zone

/** The clock time in the zone: one of another kind is converted, an unspecified one is taken as it is. */
function clockIn(zone: TimeZoneInfo, date: DateTime): bigint {
  if (date.kind === DateTimeKind.Unspecified || date.kind === kindOf(zone)) return date.ticks;
  const utc = date.toUniversal().ticks;
  return utc + zone.rules.offsetAt(utc);
}

function offsetFor(zone: TimeZoneInfo, date: DateTime): bigint {
  if (date.kind === DateTimeKind.Unspecified || date.kind === kindOf(zone)) {
    return localOffset(zone.rules, date.ticks).offset;
  }
  return zone.rules.offsetAt(date.toUniversal().ticks);
}

function ambiguous(found: LocalOffset, parameter: string) {
  if (!found.ambiguous) {
    const what = parameter === "dateTime" ? "DateTime" : "DateTimeOffset";
    throw argument(`The supplied ${what} is not in an ambiguous time range.`, parameter);
  }
  return arrayFrom(
    type("System.TimeSpan"),
    found.ambiguous.map((ticks) => new TimeSpan(ticks)),
  );
}

const clockOf = (self: TimeZoneInfo, date: DateTimeOffset) => date.utcTicks + self.rules.offsetAt(date.utcTicks);

implement(TYPE, {
  "GetUtcOffset(DateTime)": (self: TimeZoneInfo, date: DateTime) => new TimeSpan(offsetFor(self, date)),
  "GetUtcOffset(DateTimeOffset)": (self: TimeZoneInfo, date: DateTimeOffset) =>
    new TimeSpan(self.rules.offsetAt(date.utcTicks)),
  "IsDaylightSavingTime(DateTime)": (self: TimeZoneInfo, date: DateTime) => isDaylight(self.rules, clockIn(self, date)),
  "IsDaylightSavingTime(DateTimeOffset)": (self: TimeZoneInfo, date: DateTimeOffset) =>
    self.rules.isDaylightAt(date.utcTicks),
  "IsInvalidTime(*)": (self: TimeZoneInfo, date: DateTime) =>
    date.kind !== DateTimeKind.Utc && localOffset(self.rules, date.ticks).invalid === true,
  "IsAmbiguousTime(DateTime)": (self: TimeZoneInfo, date: DateTime) =>
    localOffset(self.rules, clockIn(self, date)).ambiguous !== undefined,
  "IsAmbiguousTime(DateTimeOffset)": (self: TimeZoneInfo, date: DateTimeOffset) =>
    localOffset(self.rules, clockOf(self, date)).ambiguous !== undefined,
  "GetAmbiguousTimeOffsets(DateTime)": (self: TimeZoneInfo, date: DateTime) =>
    ambiguous(localOffset(self.rules, clockIn(self, date)), "dateTime"),
  "GetAmbiguousTimeOffsets(DateTimeOffset)": (self: TimeZoneInfo, date: DateTimeOffset) =>
    ambiguous(localOffset(self.rules, clockOf(self, date)), "dateTimeOffset"),
});
