/** System.Globalization.DateTimeFormatInfo: names and patterns of the invariant culture; nothing can be changed. */
import { CsObject, strings } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { DAY_NAMES, MONTH_NAMES, standardPattern } from "./date-format.ts";
import { implement, type Members } from "./define.ts";
import { argumentOutOfRange, invalidOperation } from "./exceptions-thrown.ts";

export class DateTimeFormatInfo extends CsObject {
  static readonly invariant = new DateTimeFormatInfo();

  override get type(): Type {
    return type("System.Globalization.DateTimeFormatInfo");
  }
}

/** Property and the standard format whose pattern it is. */
const PATTERNS: Readonly<Record<string, string>> = {
  FullDateTimePattern: "F",
  LongDatePattern: "D",
  LongTimePattern: "T",
  MonthDayPattern: "M",
  RFC1123Pattern: "R",
  ShortDatePattern: "d",
  ShortTimePattern: "t",
  SortableDateTimePattern: "s",
  UniversalSortableDateTimePattern: "u",
  YearMonthPattern: "Y",
};

const TEXTS: Readonly<Record<string, string>> = {
  AMDesignator: "AM",
  PMDesignator: "PM",
  DateSeparator: "/",
  TimeSeparator: ":",
};

const short = (name: string) => name.slice(0, 3);

/** Months have a thirteenth name, for calendars that need it. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  DayNames: DAY_NAMES,
  AbbreviatedDayNames: DAY_NAMES.map(short),
  MonthNames: [...MONTH_NAMES, ""],
  AbbreviatedMonthNames: [...MONTH_NAMES.map(short), ""],
};

function readOnly(): never {
  throw invalidOperation("Instance is read-only.");
}

function dayName(day: number): string {
  const name = DAY_NAMES[day];
  if (name === undefined) {
    throw argumentOutOfRange("dayofweek", "Valid values are between Sunday and Saturday, inclusive.");
  }
  return name;
}

function monthName(month: number): string {
  if (month < 1 || month > 13) throw argumentOutOfRange("month", "Valid values are between 1 and 13, inclusive.");
  return MONTH_NAMES[month - 1] ?? "";
}

const members: Members = {
  InvariantInfo: () => DateTimeFormatInfo.invariant,
  CurrentInfo: () => DateTimeFormatInfo.invariant,
  IsReadOnly: () => true,
  FirstDayOfWeek: () => 0,
  "FirstDayOfWeek=": readOnly,
  "GetDayName(DayOfWeek)": (_self: unknown, day: number) => dayName(day),
  "GetAbbreviatedDayName(DayOfWeek)": (_self: unknown, day: number) => short(dayName(day)),
  "GetMonthName(int)": (_self: unknown, month: number) => monthName(month),
  "GetAbbreviatedMonthName(int)": (_self: unknown, month: number) => short(monthName(month)),
};
for (const [name, format] of Object.entries(PATTERNS)) {
  members[name] = () => standardPattern(format);
  members[`${name}=`] = readOnly;
}
for (const [name, text] of Object.entries(TEXTS)) {
  members[name] = () => text;
  members[`${name}=`] = readOnly;
}
for (const [name, list] of Object.entries(LISTS)) {
  members[name] = () => strings([...list]);
  members[`${name}=`] = readOnly;
}
implement("System.Globalization.DateTimeFormatInfo", members);
