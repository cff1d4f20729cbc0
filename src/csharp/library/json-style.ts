/** How values are written and read, as far as JsonSerializerSettings lets one choose. */
import { DateKind, type DateParts } from "./json-dates.ts";

/** How a writer writes single values. */
export interface JsonStyle {
  /** StringEscapeHandling: 0 what must be, 1 beyond ASCII, 2 what HTML gives a meaning. */
  readonly escapes: number;
  /** Format of dates; null for ISO 8601 or Microsoft's. */
  readonly dateFormat: string | null;
  /** DateFormatHandling: 0 ISO 8601, 1 `\/Date(0)\/`. */
  readonly dates: number;
  /** DateTimeZoneHandling: 0 local, 1 UTC, 2 unspecified, 3 as it is. */
  readonly zone: number;
  /** FloatFormatHandling of NaN and the infinities: 0 as strings, 1 as symbols, 2 as 0.0. */
  readonly floats: number;
}

export const ROUND_TRIP = 3;

/** What Json.NET does without settings. */
export const DEFAULT_STYLE: JsonStyle = { escapes: 0, dateFormat: null, dates: 0, zone: ROUND_TRIP, floats: 0 };

/** How a reader understands values. */
export interface JsonReading {
  /** DateParseHandling: 0 strings that look like dates stay strings, 1 become DateTime, 2 DateTimeOffset. */
  readonly dates: number;
  /** DateTimeZoneHandling, as in JsonStyle. */
  readonly zone: number;
  /** FloatParseHandling: 0 double, 1 decimal. */
  readonly floats: number;
  /** How deep objects and arrays may nest; null without limit. */
  readonly maxDepth: number | null;
}

/** How deep objects and arrays may nest without settings. */
export const MAX_DEPTH = 64;

export const DEFAULT_READING: JsonReading = { dates: 1, zone: ROUND_TRIP, floats: 0, maxDepth: MAX_DEPTH };

/** A date moved to a zone. The local zone is UTC, so that only the kind changes. */
export function inZone(date: DateParts, zone: number): DateParts {
  const kind = [DateKind.Local, DateKind.Utc, DateKind.Unspecified][zone] ?? date.kind;
  return { ticks: date.ticks, kind };
}
