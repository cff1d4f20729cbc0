/** System.TimeZone, the forerunner of TimeZoneInfo: the local zone only. */
import type { DateTime } from "./date-time.ts";
import { implement } from "./define.ts";
import { TimeSpan } from "./time-span.ts";
import { localZone, type TimeZoneInfo } from "./time-zone-info.ts";
import { isDaylight } from "./zone-rules.ts";

implement("System.TimeZone", {
  CurrentTimeZone: localZone,
  StandardName: (self: TimeZoneInfo) => self.names.standard,
  DaylightName: (self: TimeZoneInfo) => self.names.daylight,
  "GetUtcOffset(DateTime)": (_self: TimeZoneInfo, date: DateTime) => new TimeSpan(date.offset),
  "IsDaylightSavingTime(DateTime)": (self: TimeZoneInfo, date: DateTime) =>
    date.kind !== 1 && isDaylight(self.rules, date.ticks),
  "ToLocalTime(DateTime)": (_self: TimeZoneInfo, date: DateTime) => date.toLocal(),
  "ToUniversalTime(DateTime)": (_self: TimeZoneInfo, date: DateTime) => date.toUniversal(),
});
