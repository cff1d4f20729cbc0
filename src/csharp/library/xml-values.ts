/** Values in XML content: what XmlConvert does, both ways. https://learn.microsoft.com/dotnet/api/system.xml.xmlconvert */
import { formatObject, textOf, toText, typeOf } from "../runtime/object.ts";
import { unbox } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { Decimal } from "./decimal.ts";
import { argument, formatError, inputFormatError, overflow } from "./exceptions-thrown.ts";
import { parseGuid } from "./guid.ts";
import * as ranges from "./integer-ranges.ts";
import { writeJsonDate } from "./json-dates.ts";
import { call, datePartsOf } from "./json-values.ts";
import { type IntegerRange, parseDouble, parseIntegerOrThrow, parseSingle } from "./number-parse.ts";
import { NumberStyles } from "./number-reader.ts";
import { TimeSpan } from "./time-span.ts";
import { XObject } from "./xobject.ts";

const TICKS_PER_SECOND = 10_000_000n;

/** Content of an element or attribute as text: a value seen as object, not null. */
export function contentText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof XObject) throw argument("An XObject cannot be used as a value.");
  const raw = unbox(value);
  const t = typeOf(value);
  switch (t.name) {
    case "System.Boolean":
      return raw ? "true" : "false";
    case "System.Double":
    case "System.Single":
      return floatText(raw as number, t);
    case "System.DateTime":
      return writeJsonDate(datePartsOf(raw));
    case "System.DateTimeOffset":
      return formatObject(raw, "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz").replace("+00:00", "Z");
    case "System.TimeSpan":
      return durationText((raw as TimeSpan).ticks);
    default:
      return toText(value);
  }
}

function floatText(value: number, t: Type): string {
  if (value === Number.POSITIVE_INFINITY) return "INF";
  if (value === Number.NEGATIVE_INFINITY) return "-INF";
  return Number.isNaN(value) ? "NaN" : textOf(value, t);
}

/** xs:duration of ticks: `P1DT2H3M4.5S`. */
function durationText(ticks: bigint): string {
  if (ticks === 0n) return "PT0S";
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / TICKS_PER_SECOND;
  const part = (value: bigint, unit: string) => (value === 0n ? "" : `${value}${unit}`);
  const days = part(seconds / 86_400n, "D");
  const fraction = size % TICKS_PER_SECOND;
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(7, "0").replace(/0+$/, "")}`;
  const second = seconds % 60n;
  const secondText = second === 0n && digits === "" ? "" : `${second}${digits}S`;
  const time = part((seconds / 3600n) % 24n, "H") + part((seconds / 60n) % 60n, "M") + secondText;
  return `${ticks < 0n ? "-" : ""}P${days}${time === "" ? "" : `T${time}`}`;
}

const WHITE = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
const FLOAT = WHITE | NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
const DECIMAL = WHITE | NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
const ROUNDTRIP_KIND = 128;

const integers: Readonly<Record<string, IntegerRange>> = {
  "System.Int32": ranges.int32Range,
  "System.UInt32": ranges.uint32Range,
  "System.Int64": ranges.int64Range,
  "System.UInt64": ranges.uint64Range,
};

/** Types that XElement and XAttribute convert to, besides string. */
export const xmlValueTypes = [
  ...["Boolean", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double", "Decimal"],
  ...["DateTime", "DateTimeOffset", "TimeSpan", "Guid"],
].map((name) => `System.${name}`);

/** Text of an element or attribute as a type, in its representation. */
export function parseContent(text: string, target: Type): unknown {
  const range = integers[target.name];
  if (range) return parseInteger(text, range);
  switch (target.name) {
    case "System.Boolean":
      return parseBoolean(text.toLowerCase());
    case "System.Double":
      return parseFloating(text, parseDouble);
    case "System.Single":
      return parseFloating(text, parseSingle);
    case "System.Decimal":
      return parseDecimal(text);
    case "System.DateTime":
      return call(target.name, "Parse(string,IFormatProvider,DateTimeStyles)", text, null, ROUNDTRIP_KIND);
    case "System.DateTimeOffset":
      return call(target.name, "Parse(string)", text.trim());
    case "System.TimeSpan":
      return parseDuration(text);
    default:
      return parseGuid(text);
  }
}

function badFormat(text: string, name: string) {
  return formatError(`The string '${text}' is not a valid ${name} value.`);
}

const BLANKS = " \t\r\n";

function parseInteger(text: string, range: IntegerRange): unknown {
  const value = parseIntegerOrThrow(text, range, NumberStyles.Integer);
  return range.bits === 64 ? value : Number(value);
}

function parseBoolean(text: string): boolean {
  const trimmed = withoutBlanksAround(text);
  if (trimmed === "1" || trimmed === "true") return true;
  if (trimmed === "0" || trimmed === "false") return false;
  throw badFormat(trimmed, "Boolean");
}

/** Of the four that XML knows. */
function withoutBlanksAround(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANKS.includes(text[start])) start++;
  while (end > start && BLANKS.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

function parseFloating(text: string, read: (text: string, style: number) => number | undefined): number {
  const trimmed = text.trim();
  if (trimmed === "INF") return Number.POSITIVE_INFINITY;
  if (trimmed === "-INF") return Number.NEGATIVE_INFINITY;
  const value = read(trimmed, FLOAT);
  if (value === undefined) throw inputFormatError(trimmed);
  // double.Parse reads -0 as +0 where only a sign of zero is left; XmlConvert restores it.
  return value === 0 && trimmed.startsWith("-") ? -0 : value;
}

function parseDecimal(text: string): Decimal {
  const value = Decimal.tryParse(text, DECIMAL);
  if (value === "format") throw inputFormatError(text);
  if (value === "overflow") throw overflow("Value was either too large or too small for a Decimal.");
  return value;
}

const duration =
  /^\s*(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?\s*$/;

/** xs:duration as a TimeSpan; a year counts 365 days and a month 30. */
function parseDuration(text: string): TimeSpan {
  const match = duration.exec(text);
  if (!match) throw badFormat(text, "TimeSpan");
  const [years, months, days, hours, minutes, seconds] = match.slice(2, 8).map((part) => BigInt(part ?? "0"));
  const total = (((years * 365n + months * 30n + days) * 24n + hours) * 60n + minutes) * 60n + seconds;
  const ticks = total * TICKS_PER_SECOND + BigInt((match[8] ?? "").padEnd(7, "0").slice(0, 7));
  if (ticks > 9_223_372_036_854_775_807n) throw overflow(`The string '${text}' is too large for a TimeSpan.`);
  return new TimeSpan(match[1] === "-" ? -ticks : ticks);
}
