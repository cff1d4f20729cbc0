/**
 * DateTime.ParseExact and DateTimeOffset.ParseExact.
 * https://learn.microsoft.com/dotnet/api/system.datetime.parseexact
 */
import { spend } from "../runtime/budget.ts";
import { CsException } from "../runtime/values.ts";
import { TICKS_PER_MINUTE } from "./calendar.ts";
import { type DateConventions, INVARIANT_DATES } from "./date-conventions.ts";
import { isFixedFormat, standardPattern } from "./date-format.ts";
import { DateFields, type DateOutcome, DateTimeStyles, fourDigitYear } from "./date-parse-result.ts";
import { formatError } from "./exceptions-thrown.ts";
import { findQuoted, runLength } from "./format-pattern.ts";

/** Reads by one format; the format is not null. */
export function parseDateExact(
  text: string,
  format: string,
  styles: number,
  wantsOffset: boolean,
  culture: DateConventions = INVARIANT_DATES,
): DateOutcome {
  spend(text.length >> 4);
  const fields = new DateFields(text, styles, wantsOffset);
  if (text === "") return fields.bad();
  if (format === "" || (format === "U" && wantsOffset)) return badSpecifier(format);
  return new ExactParser(fields, format, culture).parse();
}

/** Reads by the first format that fits. */
export function parseDateExactAny(
  text: string,
  formats: ArrayLike<unknown>,
  styles: number,
  wantsOffset: boolean,
  culture: DateConventions = INVARIANT_DATES,
): DateOutcome {
  spend(text.length >> 4);
  const fields = new DateFields(text, styles, wantsOffset);
  if (text === "") return fields.bad();
  if (formats.length === 0) return formatError("No format specifiers were provided.");
  for (const format of Array.from(formats)) {
    if (!format) return badSpecifier("");
    const outcome = parseDateExact(text, format as string, styles, wantsOffset, culture);
    if (!(outcome instanceof CsException)) return outcome;
  }
  return fields.bad();
}

function badSpecifier(format: string): CsException {
  return formatError(`Format specifier '${format}' was invalid.`);
}

/** The fields a format may set more than once, if to the same value. */
type Field = "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "dayOfWeek";

const NUMBER_FIELDS: Readonly<Record<string, Field>> = {
  d: "day",
  M: "month",
  h: "hour",
  H: "hour",
  m: "minute",
  s: "second",
};

class ExactParser {
  readonly #fields: DateFields;
  readonly #styles: { readonly inner: boolean; readonly trailing: boolean };
  readonly #known = new Map<Field, number>();
  readonly #standard: string | undefined;
  readonly #culture: DateConventions;
  #text: string;
  #format: string;
  /** Position in the text. */
  #at = 0;
  #mark: "am" | "pm" | undefined;
  #hour12 = false;
  #shortYear = false;

  constructor(fields: DateFields, format: string, culture: DateConventions) {
    this.#fields = fields;
    this.#culture = format.length === 1 && isFixedFormat(format) ? INVARIANT_DATES : culture;
    this.#styles = {
      inner: fields.has(DateTimeStyles.AllowInnerWhite),
      trailing: fields.has(DateTimeStyles.AllowTrailingWhite),
    };
    this.#standard = format.length === 1 ? format : undefined;
    this.#format = format;
    this.#text = fields.text;
  }

  parse(): DateOutcome {
    if (this.#standard !== undefined) {
      this.#format = standardPattern(this.#standard, this.#culture);
      if (this.#standard === "U") this.#setUtc();
    }
    if (this.#styles.trailing) {
      this.#format = this.#format.trimEnd().replace(/\s+(['"])$/, "$1");
      this.#text = this.#text.trimEnd();
    }
    if (this.#fields.has(DateTimeStyles.AllowLeadingWhite)) {
      this.#format = this.#format.trimStart().replace(/^(['"])\s+/, "$1");
      this.#text = this.#text.trimStart();
    }
    for (let position = 0; position < this.#format.length; ) {
      if (this.#styles.inner) this.#skipWhite();
      const step = this.#step(position);
      if (step instanceof CsException) return step;
      position = step;
    }
    return this.#finish();
  }

  #skipWhite(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #setUtc(): void {
    this.#fields.zone = 0n;
    this.#fields.zoneIsUtc = true;
  }

  #finish(): DateOutcome {
    const fields = this.#fields;
    if (this.#at < this.#text.length) return fields.bad();
    for (const [name, value] of this.#known) fields[name] = value;
    if (this.#shortYear) {
      if ((fields.year ?? 0) >= 100) return fields.bad();
      fields.year = fourDigitYear(fields.year ?? 0);
    }
    if (!this.#applyMark()) return fields.bad();
    const outcome = fields.finish();
    // The formats o and r have readers of their own, which do not tell a day that is not in the calendar from other errors.
    const strict = this.#standard !== undefined && "oOrR".includes(this.#standard) && fields.styles === 0;
    const notInCalendar = outcome instanceof CsException && outcome.message === fields.badInCalendar().message;
    return strict && notInCalendar ? fields.bad() : outcome;
  }

  #applyMark(): boolean {
    const fields = this.#fields;
    if (this.#hour12) {
      if (fields.hour > 12) return false;
      const pm = this.#mark === "pm";
      fields.hour = (fields.hour % 12) + (pm ? 12 : 0);
      return true;
    }
    return !(this.#mark === "am" && fields.hour >= 12) && !(this.#mark === "pm" && fields.hour < 12);
  }

  /** Reads what the format has at `position`; answers the position behind it. */
  #step(position: number): number | CsException {
    const specifier = this.#format[position];
    const length = runLength(this.#format, position);
    switch (specifier) {
      case "y":
        if (length <= 2) this.#shortYear = true;
        return (
          this.#number("year", specifier, length === 1 ? 1 : length, length === 1 ? 2 : length) ?? position + length
        );
      case "d":
      case "M":
        if (length > 2) return this.#name(specifier, length) ?? position + length;
        return this.#number(NUMBER_FIELDS[specifier], specifier, length, 2) ?? position + length;
      case "h":
        this.#hour12 = true;
        return this.#number("hour", specifier, Math.min(length, 2), 2) ?? position + length;
      case "H":
      case "m":
      case "s":
        return this.#number(NUMBER_FIELDS[specifier], specifier, Math.min(length, 2), 2) ?? position + length;
      case "f":
      case "F":
        return this.#fraction(specifier, length) ?? position + length;
      case "t":
        return this.#timeMark(length) ?? position + length;
      case "g":
        return this.#era() ?? position + length;
      case "z":
        return this.#zone(length, "z") ?? position + length;
      case "Z":
        return this.#zuluName() ?? position + 1;
      case "K":
        return this.#roundTripZone() ?? position + 1;
      default:
        return this.#literalStep(specifier, position);
    }
  }

  #literalStep(specifier: string, position: number): number | CsException {
    switch (specifier) {
      case "'":
      case '"':
        return this.#quoted(specifier, position);
      case "%":
        if (position + 1 >= this.#format.length || this.#format[position + 1] === "%")
          return badSpecifier(this.#format);
        return position + 1;
      case "\\":
        if (position + 1 >= this.#format.length) return badSpecifier(this.#format);
        return this.#literal(this.#format[position + 1]) ?? position + 2;
      case ".":
        return this.#point(position);
      case " ":
        return this.#space(position);
      case "/":
        return this.#separator(specifier, this.#culture.dateSeparator) ?? position + 1;
      case ":":
        return this.#separator(specifier, this.#culture.timeSeparator) ?? position + 1;
      default:
        if (/^GMT/i.test(this.#format.slice(position))) {
          this.#fields.zone = 0n;
          return this.#literal("GMT") ?? position + 3;
        }
        return this.#literal(specifier) ?? position + 1;
    }
  }

  /** The sign of the format, or what the culture has in its place. */
  #separator(sign: string, own: string): CsException | undefined {
    return this.#text.startsWith(sign, this.#at) ? this.#literal(sign) : this.#literal(own);
  }

  #era(): CsException | undefined {
    const rest = this.#text.slice(this.#at).toLowerCase();
    const found = [this.#culture.era, "A.D.", "AD"].find((name) => rest.startsWith(name.toLowerCase()));
    if (found === undefined) return this.#fields.bad();
    this.#at += found.length;
    return undefined;
  }

  /** Takes the text; an exception when it is not there. */
  #literal(expected: string | undefined): CsException | undefined {
    if (expected === undefined || !this.#text.startsWith(expected, this.#at)) return this.#fields.bad();
    this.#at += expected.length;
    return undefined;
  }

  #quoted(quote: string, position: number): number | CsException {
    const quoted = findQuoted(this.#format, position);
    if (!quoted) return formatError(`Cannot find a matching quote character for the character '${quote}'.`);
    for (const char of quoted.text.split("")) {
      if (char === " " && this.#styles.inner) this.#skipWhite();
      else if (this.#literal(char)) return this.#fields.bad();
    }
    const { wantsOffset } = this.#fields;
    const rfc = "rR".includes(this.#standard ?? "-") && quoted.text === "GMT";
    if (wantsOffset && (rfc || (this.#standard === "u" && quoted.text === "Z"))) this.#fields.zone = 0n;
    return position + quoted.length;
  }

  /** A point before `FF` and longer may be missing, with its digits (before a single `F` .NET insists on it). */
  #point(position: number): number | CsException {
    if (this.#text[this.#at] === ".") {
      this.#at++;
      return position + 1;
    }
    if (!this.#format.startsWith("FF", position + 1)) return this.#fields.bad();
    return position + 1 + runLength(this.#format, position + 1);
  }

  #space(position: number): number | CsException {
    if (this.#styles.inner) return position + 1;
    if (this.#text[this.#at] === " ") {
      this.#at++;
      return position + 1;
    }
    // Spaces at the end were cut: what follows may match nothing.
    if (this.#styles.trailing && position + 1 < this.#format.length) return this.#step(position + 1);
    return this.#fields.bad();
  }

  #digits(least: number, most: number): string | undefined {
    const digits = /^[0-9]*/.exec(this.#text.slice(this.#at, this.#at + most))?.[0] ?? "";
    if (digits.length < least) return undefined;
    this.#at += digits.length;
    return digits;
  }

  /** Sets a field; an exception when it has another value already. */
  #set(field: Field, value: number, specifier: string): CsException | undefined {
    const before = this.#known.get(field);
    if (before !== undefined && before !== value) return repeated(specifier);
    this.#known.set(field, value);
    return undefined;
  }

  #number(field: Field, specifier: string, least: number, most: number): CsException | undefined {
    const digits = this.#digits(least, most);
    return digits === undefined ? this.#fields.bad() : this.#set(field, Number(digits), specifier);
  }

  #fraction(specifier: string, length: number): CsException | undefined {
    if (length > 7) return this.#fields.bad();
    const digits = this.#digits(specifier === "f" ? length : 0, length);
    if (digits === undefined) return this.#fields.bad();
    return this.#set("fraction", Number(digits) / 10 ** digits.length, specifier);
  }

  #name(specifier: string, length: number): CsException | undefined {
    const { dayNames, shortDayNames, monthNames, shortMonthNames, genitiveMonthNames, shortGenitiveMonthNames } =
      this.#culture;
    const short = length === 3;
    if (specifier === "d") {
      const found = this.#longest(short ? [shortDayNames] : [dayNames]);
      return found === undefined ? this.#fields.bad() : this.#set("dayOfWeek", found, specifier);
    }
    const names = short ? [shortMonthNames, shortGenitiveMonthNames] : [monthNames, genitiveMonthNames];
    const found = this.#longest(names);
    return found === undefined ? this.#fields.bad() : this.#set("month", found + 1, specifier);
  }

  /** Takes the longest of the names that stands here; answers its index. */
  #longest(lists: readonly (readonly string[])[]): number | undefined {
    const rest = this.#text.slice(this.#at).toLowerCase();
    let [best, index]: [number, number | undefined] = [0, undefined];
    for (const list of lists) {
      for (const [i, name] of list.entries()) {
        if (name.length > best && rest.startsWith(name.toLowerCase())) [best, index] = [name.length, i];
      }
    }
    this.#at += best;
    return index;
  }

  #timeMark(length: number): CsException | undefined {
    const { am, pm } = this.#culture;
    const take = (designator: string) => {
      const wanted = length === 1 ? designator.slice(0, 1) : designator;
      const here = this.#text.slice(this.#at, this.#at + wanted.length);
      const found = length === 1 ? here === wanted : here.toLowerCase() === wanted.toLowerCase();
      if (found && wanted !== "") this.#at += wanted.length;
      return found && wanted !== "";
    };
    const mark = take(am) ? "am" : take(pm) ? "pm" : undefined;
    if (!mark) return this.#fields.bad();
    if (this.#mark !== undefined && this.#mark !== mark) return repeated("t");
    this.#mark = mark;
    return undefined;
  }

  /** `z`: hours of one or two digits, `zz`: of two, `zzz`: hours and minutes. */
  #zone(length: number, specifier: string): CsException | undefined {
    const shape = length === 1 ? /^([+-])(\d\d?)/ : length === 2 ? /^([+-])(\d\d)/ : /^([+-])(\d\d?):?(\d\d)/;
    const match = shape.exec(this.#text.slice(this.#at));
    const minutes = Number(match?.[3] ?? 0);
    if (!match || minutes >= 60) return this.#fields.bad();
    this.#at += match[0].length;
    const offset = BigInt(Number(match[2]) * 60 + minutes) * TICKS_PER_MINUTE;
    return this.#setZone(match[1] === "-" ? -offset : offset, specifier);
  }

  #setZone(offset: bigint, specifier: string): CsException | undefined {
    if (this.#fields.zone !== undefined && this.#fields.zone !== offset) return repeated(specifier);
    this.#fields.zone = offset;
    return undefined;
  }

  #zuluName(): CsException | undefined {
    const failure = this.#setZone(0n, "Z");
    if (failure) return failure;
    this.#setUtc();
    return this.#literal(/^(GMT|Z)(?!\p{L})/iu.exec(this.#text.slice(this.#at))?.[0]);
  }

  #roundTripZone(): CsException | undefined {
    const sign = this.#text[this.#at];
    if (sign === "+" || sign === "-") return this.#zone(3, "K");
    if (sign !== "Z") return undefined;
    this.#at++;
    const failure = this.#setZone(0n, "K");
    if (!failure) this.#setUtc();
    return failure;
  }
}

function repeated(specifier: string): CsException {
  return formatError(`DateTime pattern '${specifier}' appears more than once with different values.`);
}
