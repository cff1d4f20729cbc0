/** System.Globalization.DateTimeFormatInfo: names and patterns of a culture, changeable where .NET lets them be changed. */
import { type CsArray, strings } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { type DateConventions, type DatePatterns, INVARIANT_DATES } from "./date-conventions.ts";
import { standardPattern } from "./date-format.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull, argumentOutOfRange, invalidOperation } from "./exceptions-thrown.ts";
import { FormatProvider } from "./format-provider.ts";

export class DateTimeFormatInfo extends FormatProvider {
  #conventions: DateConventions;
  readonly isReadOnly: boolean;

  constructor(conventions: DateConventions, isReadOnly: boolean) {
    super();
    this.#conventions = conventions;
    this.isReadOnly = isReadOnly;
  }

  static readonly invariant = new DateTimeFormatInfo(INVARIANT_DATES, true);

  override get type(): Type {
    return type("System.Globalization.DateTimeFormatInfo");
  }

  override get numbers(): null {
    return null;
  }

  override get dates(): DateConventions {
    return this.#conventions;
  }

  /** Changes some conventions; InvalidOperationException when that is not allowed. */
  change(changed: Partial<DateConventions>): void {
    if (this.isReadOnly) throw invalidOperation("Instance is read-only.");
    this.#conventions = { ...this.#conventions, ...changed };
  }
}

const PATTERNS: Readonly<Record<string, keyof DatePatterns>> = {
  FullDateTimePattern: "fullDateTime",
  LongDatePattern: "longDate",
  LongTimePattern: "longTime",
  MonthDayPattern: "monthDay",
  ShortDatePattern: "shortDate",
  ShortTimePattern: "shortTime",
  YearMonthPattern: "yearMonth",
};

/** Property and the standard format whose pattern it is: the same in every culture. */
const FIXED_PATTERNS: Readonly<Record<string, string>> = {
  RFC1123Pattern: "R",
  SortableDateTimePattern: "s",
  UniversalSortableDateTimePattern: "u",
};

type TextKey = "am" | "pm" | "dateSeparator" | "timeSeparator";

const TEXTS: Readonly<Record<string, TextKey>> = {
  AMDesignator: "am",
  PMDesignator: "pm",
  DateSeparator: "dateSeparator",
  TimeSeparator: "timeSeparator",
};

type ListKey = "dayNames" | "shortDayNames" | "shortestDayNames" | "monthNames" | "shortMonthNames" | GenitiveKey;
type GenitiveKey = "genitiveMonthNames" | "shortGenitiveMonthNames";

const LISTS: Readonly<Record<string, ListKey>> = {
  DayNames: "dayNames",
  AbbreviatedDayNames: "shortDayNames",
  ShortestDayNames: "shortestDayNames",
  MonthNames: "monthNames",
  AbbreviatedMonthNames: "shortMonthNames",
  MonthGenitiveNames: "genitiveMonthNames",
  AbbreviatedMonthGenitiveNames: "shortGenitiveMonthNames",
};

function requireText(value: string | null): string {
  if (value === null) throw argumentNull("value");
  return value;
}

function dayName(names: readonly string[], day: number): string {
  const name = names[day];
  if (name === undefined) {
    throw argumentOutOfRange("dayofweek", "Valid values are between Sunday and Saturday, inclusive.", day);
  }
  return name;
}

function monthName(names: readonly string[], month: number): string {
  if (month < 1 || month > 13)
    throw argumentOutOfRange("month", "Valid values are between 1 and 13, inclusive.", month);
  return names[month - 1];
}

/** New names: as many as there were, none of them null. */
function names(value: CsArray | null, count: number): readonly string[] {
  if (value === null) throw argumentNull("value");
  const list = Array.from(value.items as unknown as string[]);
  if (list.length !== count) throw argument(`Length of the array must be ${count}.`, "value");
  if (list.includes(null as never)) throw argumentNull("value", "Found a null value within an array.");
  return list;
}

type Info = DateTimeFormatInfo;

const members: Members = {
  "new()": () => new DateTimeFormatInfo(INVARIANT_DATES, false),
  InvariantInfo: () => DateTimeFormatInfo.invariant,
  CurrentInfo: () => DateTimeFormatInfo.invariant,
  IsReadOnly: (self: Info) => self.isReadOnly,
  "Clone()": (self: Info) => new DateTimeFormatInfo(self.dates, false),
  "ReadOnly(DateTimeFormatInfo)": (self: Info | null) => {
    if (self === null) throw argumentNull("dtfi");
    return self.isReadOnly ? self : new DateTimeFormatInfo(self.dates, true);
  },
  FirstDayOfWeek: (self: Info) => self.dates.firstDayOfWeek,
  "FirstDayOfWeek=": (self: Info, day: number) => self.change({ firstDayOfWeek: day }),
  "GetDayName(DayOfWeek)": (self: Info, day: number) => dayName(self.dates.dayNames, day),
  "GetAbbreviatedDayName(DayOfWeek)": (self: Info, day: number) => dayName(self.dates.shortDayNames, day),
  "GetMonthName(int)": (self: Info, month: number) => monthName(self.dates.monthNames, month),
  "GetAbbreviatedMonthName(int)": (self: Info, month: number) => monthName(self.dates.shortMonthNames, month),
};
for (const [name, key] of Object.entries(PATTERNS)) {
  members[name] = (self: Info) => self.dates.patterns[key];
  members[`${name}=`] = (self: Info, value: string | null) => {
    const patterns = { ...self.dates.patterns, [key]: requireText(value) };
    const isPart = key === "longDate" || key === "longTime";
    if (isPart) patterns.fullDateTime = `${patterns.longDate} ${patterns.longTime}`;
    self.change({ patterns });
  };
}
for (const [name, format] of Object.entries(FIXED_PATTERNS)) members[name] = () => standardPattern(format);
for (const [name, key] of Object.entries(TEXTS)) {
  members[name] = (self: Info) => self.dates[key];
  members[`${name}=`] = (self: Info, value: string | null) => self.change({ [key]: requireText(value) });
}
for (const [name, key] of Object.entries(LISTS)) {
  members[name] = (self: Info) => strings([...self.dates[key]]);
  members[`${name}=`] = (self: Info, value: CsArray | null) =>
    self.change({ [key]: names(value, self.dates[key].length) });
}
implement("System.Globalization.DateTimeFormatInfo", members);
