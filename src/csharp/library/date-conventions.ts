/**
 * How a culture writes dates and times: the data behind DateTimeFormatInfo.
 * https://learn.microsoft.com/dotnet/api/system.globalization.datetimeformatinfo
 */

/** Patterns in the notation of custom date formats. */
export interface DatePatterns {
  readonly shortDate: string;
  readonly longDate: string;
  readonly shortTime: string;
  readonly longTime: string;
  readonly fullDateTime: string;
  readonly monthDay: string;
  readonly yearMonth: string;
}

/** Months have a thirteenth name, for calendars that need it; days start with Sunday. */
export interface DateConventions {
  readonly dayNames: readonly string[];
  readonly shortDayNames: readonly string[];
  readonly shortestDayNames: readonly string[];
  readonly monthNames: readonly string[];
  readonly shortMonthNames: readonly string[];
  /** Names beside a day of the month: "2 января". */
  readonly genitiveMonthNames: readonly string[];
  readonly shortGenitiveMonthNames: readonly string[];
  readonly am: string;
  readonly pm: string;
  readonly era: string;
  readonly dateSeparator: string;
  readonly timeSeparator: string;
  /** 0 is Sunday. */
  readonly firstDayOfWeek: number;
  readonly patterns: DatePatterns;
}

const short = (name: string) => name.slice(0, 3);

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July"],
  ...["August", "September", "October", "November", "December", ""],
];

export const INVARIANT_DATES: DateConventions = {
  dayNames: DAYS,
  shortDayNames: DAYS.map(short),
  shortestDayNames: DAYS.map((name) => name.slice(0, 2)),
  monthNames: MONTHS,
  shortMonthNames: MONTHS.map(short),
  genitiveMonthNames: MONTHS,
  shortGenitiveMonthNames: MONTHS.map(short),
  am: "AM",
  pm: "PM",
  era: "A.D.",
  dateSeparator: "/",
  timeSeparator: ":",
  firstDayOfWeek: 0,
  patterns: {
    shortDate: "MM/dd/yyyy",
    longDate: "dddd, dd MMMM yyyy",
    shortTime: "HH:mm",
    longTime: "HH:mm:ss",
    fullDateTime: "dddd, dd MMMM yyyy HH:mm:ss",
    monthDay: "MMMM dd",
    yearMonth: "yyyy MMMM",
  },
};
