/** System.TimeZone, the forerunner of TimeZoneInfo: the local zone only. */
import { CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import type { DateTime } from "./date-time.ts";
import { implement } from "./define.ts";
import { TimeSpan } from "./time-span.ts";
import { localZone } from "./time-zone-info.ts";
import { isDaylight } from "./zone-rules.ts";

// What CurrentTimeZone gives is of a class that is not public.
declareTypes([{ type: "System.CurrentSystemTimeZone", kind: "class", base: "System.TimeZone", ifaces: [], m: [] }]);

class CurrentTimeZone extends CsObject {
  override get type(): Type {
    return type("System.CurrentSystemTimeZone");
  }
}

const current = new CurrentTimeZone();

implement("System.TimeZone", {
  CurrentTimeZone: () => current,
  StandardName: () => localZone().names.standard,
  DaylightName: () => localZone().names.daylight,
  "GetUtcOffset(DateTime)": (_self: CurrentTimeZone, date: DateTime) => new TimeSpan(date.offset),
  "IsDaylightSavingTime(DateTime)": (_self: CurrentTimeZone, date: DateTime) =>
    date.kind !== 1 && isDaylight(localZone().rules, date.ticks),
  "ToLocalTime(DateTime)": (_self: CurrentTimeZone, date: DateTime) => date.toLocal(),
  "ToUniversalTime(DateTime)": (_self: CurrentTimeZone, date: DateTime) => date.toUniversal(),
});
