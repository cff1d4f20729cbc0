/** The Date filter of Liquid templates: .NET format strings over dates, or over strings that .NET reads as dates. */
import { parseDate } from "../csharp/library/date-parse.ts";
import { DateTime, dateTimeFromUnixMs } from "../csharp/library/date-time.ts";
import { CsException } from "../csharp/runtime/values.ts";

/** Formats a value by a .NET date format; what is no date comes back as it is. */
export function formatDateText(value: unknown, format: unknown): unknown {
  const date = dateOf(value);
  return date === undefined || typeof format !== "string" ? value : date.format(format);
}

function dateOf(value: unknown): DateTime | undefined {
  if (value === "now" || value === "Now") return dateTimeFromUnixMs(Date.now());
  if (value instanceof Date) return dateTimeFromUnixMs(value.getTime());
  if (typeof value !== "string") return undefined;
  const parsed = parseDate(value, 0, false);
  return parsed instanceof CsException ? undefined : new DateTime(parsed.ticks, parsed.kind);
}
