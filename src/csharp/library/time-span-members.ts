/** Members of System.TimeSpan. */
import { CsException, type CsArray, type Ref } from "../runtime/values.ts";
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MICROSECOND,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from "./calendar.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, formatError, overflow } from "./exceptions-thrown.ts";
import { compareTicks, TimeSpan } from "./time-span.ts";
import { parseTimeSpan, parseTimeSpanExact, spanTicks, type ParsedSpan } from "./time-span-parse.ts";

const TYPE = "System.TimeSpan";

implement(TYPE, {
  "new(long)": (ticks: bigint) => new TimeSpan(ticks),
  "new(int,int,int)": (h: number, m: number, s: number) => TimeSpan.constructed(spanTicks(0, h, m, s)),
  "new(int,int,int,int)": (d: number, h: number, m: number, s: number) => TimeSpan.constructed(spanTicks(d, h, m, s)),
  "new(int,int,int,int,int)": (d: number, h: number, m: number, s: number, ms: number) =>
    TimeSpan.constructed(spanTicks(d, h, m, s) + BigInt(ms) * TICKS_PER_MILLISECOND),
  "new(int,int,int,int,int,int)": (d: number, h: number, m: number, s: number, ms: number, us: number) =>
    TimeSpan.constructed(
      spanTicks(d, h, m, s) + BigInt(ms) * TICKS_PER_MILLISECOND + BigInt(us) * TICKS_PER_MICROSECOND,
    ),
  Zero: () => TimeSpan.zero,
  MinValue: () => TimeSpan.minValue,
  MaxValue: () => TimeSpan.maxValue,
  Ticks: (self: TimeSpan) => self.ticks,
  Days: (self: TimeSpan) => Number(self.ticks / TICKS_PER_DAY),
  Hours: (self: TimeSpan) => self.part(TICKS_PER_HOUR, 24n),
  Minutes: (self: TimeSpan) => self.part(TICKS_PER_MINUTE, 60n),
  Seconds: (self: TimeSpan) => self.part(TICKS_PER_SECOND, 60n),
  Milliseconds: (self: TimeSpan) => self.part(TICKS_PER_MILLISECOND, 1000n),
  Microseconds: (self: TimeSpan) => self.part(TICKS_PER_MICROSECOND, 1000n),
  Nanoseconds: (self: TimeSpan) => self.part(1n, 10n) * 100,
  TotalDays: total(TICKS_PER_DAY),
  TotalHours: total(TICKS_PER_HOUR),
  TotalMinutes: total(TICKS_PER_MINUTE),
  TotalSeconds: total(TICKS_PER_SECOND),
  TotalMilliseconds: total(TICKS_PER_MILLISECOND),
  TotalMicroseconds: total(TICKS_PER_MICROSECOND),
  TotalNanoseconds: (self: TimeSpan) => Number(self.ticks) * 100,
  "FromDays(double)": from(TICKS_PER_DAY),
  "FromHours(double)": from(TICKS_PER_HOUR),
  "FromMinutes(double)": from(TICKS_PER_MINUTE),
  "FromSeconds(double)": from(TICKS_PER_SECOND),
  "FromMilliseconds(double)": from(TICKS_PER_MILLISECOND),
  "FromMicroseconds(double)": from(TICKS_PER_MICROSECOND),
  "FromTicks(long)": (ticks: bigint) => new TimeSpan(ticks),
});

function total(ticksPerUnit: bigint) {
  const divisor = Number(ticksPerUnit);
  return (self: TimeSpan) => Number(self.ticks) / divisor;
}

function from(ticksPerUnit: bigint) {
  const factor = Number(ticksPerUnit);
  return (value: number) => TimeSpan.fromTicks(value * factor);
}

// Arithmetic and comparison
const add = (a: TimeSpan, b: TimeSpan) => TimeSpan.checked(a.ticks + b.ticks);
const subtract = (a: TimeSpan, b: TimeSpan) => TimeSpan.checked(a.ticks - b.ticks);
const equal = (a: TimeSpan, b: TimeSpan) => a.ticks === b.ticks;
const compare = (a: TimeSpan, b: TimeSpan) => compareTicks(a.ticks, b.ticks);
const ratio = (a: TimeSpan, b: TimeSpan) => Number(a.ticks) / Number(b.ticks);

/** Math.Round: to even. */
function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function notANumber(parameter: string) {
  return argument("TimeSpan does not accept floating point Not-a-Number values.", parameter);
}

function multiply(span: TimeSpan, factor: number): TimeSpan {
  if (Number.isNaN(factor)) throw notANumber("factor");
  return TimeSpan.fromTicks(roundToEven(Number(span.ticks) * factor));
}

function divide(span: TimeSpan, divisor: number): TimeSpan {
  if (Number.isNaN(divisor)) throw notANumber("divisor");
  return TimeSpan.fromTicks(roundToEven(Number(span.ticks) / divisor));
}

function negate(span: TimeSpan): TimeSpan {
  if (span.ticks === TimeSpan.minValue.ticks) {
    throw overflow("Negating the minimum value of a twos complement number is invalid.");
  }
  return new TimeSpan(-span.ticks);
}

function duration(span: TimeSpan): TimeSpan {
  if (span.ticks >= 0n) return span;
  if (span.ticks === TimeSpan.minValue.ticks) {
    throw overflow(
      "The duration cannot be returned for TimeSpan.MinValue because the absolute value of TimeSpan.MinValue exceeds the value of TimeSpan.MaxValue.",
    );
  }
  return new TimeSpan(-span.ticks);
}

implement(TYPE, {
  "Add(TimeSpan)": add,
  "Subtract(TimeSpan)": subtract,
  "Multiply(double)": multiply,
  "Divide(double)": divide,
  "Divide(TimeSpan)": ratio,
  "Negate()": negate,
  "Duration()": duration,
  "op_Addition(*)": add,
  "op_Subtraction(*)": subtract,
  "op_Multiply(TimeSpan,double)": multiply,
  "op_Multiply(double,TimeSpan)": (factor: number, span: TimeSpan) => multiply(span, factor),
  "op_Division(TimeSpan,double)": divide,
  "op_Division(TimeSpan,TimeSpan)": ratio,
  "op_UnaryNegation(*)": negate,
  "op_UnaryPlus(*)": (span: TimeSpan) => span,
  "op_Equality(*)": equal,
  "op_Inequality(*)": (a: TimeSpan, b: TimeSpan) => a.ticks !== b.ticks,
  "op_LessThan(*)": (a: TimeSpan, b: TimeSpan) => a.ticks < b.ticks,
  "op_LessThanOrEqual(*)": (a: TimeSpan, b: TimeSpan) => a.ticks <= b.ticks,
  "op_GreaterThan(*)": (a: TimeSpan, b: TimeSpan) => a.ticks > b.ticks,
  "op_GreaterThanOrEqual(*)": (a: TimeSpan, b: TimeSpan) => a.ticks >= b.ticks,
  "Compare(TimeSpan,TimeSpan)": compare,
  "CompareTo(TimeSpan)": compare,
  "Equals(TimeSpan)": equal,
  "Equals(TimeSpan,TimeSpan)": equal,
});

// Text
implement(TYPE, {
  "ToString()": (self: TimeSpan) => self.toText(),
  "ToString(string)": (self: TimeSpan, format: string | null) => self.format(format),
  "ToString(string,IFormatProvider)": (self: TimeSpan, format: string | null, provider: unknown) =>
    self.format(format, provider),
  "Parse(string)": (text: string | null) => required(read(text, "s", parseTimeSpan)),
  "Parse(string,IFormatProvider)": (text: string | null) => required(read(text, "input", parseTimeSpan)),
  "TryParse(string,TimeSpan&)": (text: string | null, result: Ref) => tried(text, result, parseTimeSpan),
  "TryParse(string,IFormatProvider,TimeSpan&)": (text: string | null, _provider: unknown, result: Ref) =>
    tried(text, result, parseTimeSpan),
});

type Reader = (text: string) => ParsedSpan;

function read(text: string | null, parameter: string, reader: Reader): ParsedSpan {
  if (text === null) throw argumentNull(parameter);
  return reader(text);
}

function required(parsed: ParsedSpan): TimeSpan {
  if (parsed instanceof CsException) throw parsed;
  return new TimeSpan(parsed);
}

function tried(text: string | null, result: Ref, reader: Reader): boolean {
  const parsed = text === null ? null : reader(text);
  const found = typeof parsed === "bigint";
  result.v = found ? new TimeSpan(parsed) : TimeSpan.zero;
  return found;
}

/** Reads by one format, or by the first of several that fits. */
function exact(format: string | CsArray | null, styles: number): Reader {
  if (typeof format === "string") return (text) => parseTimeSpanExact(text, format, styles);
  if (format === null) throw argumentNull("format");
  return (text) => {
    if (format.items.length === 0) return formatError("No format specifiers were provided.");
    for (const each of format.items as unknown as (string | null)[]) {
      if (!each) return formatError("Format specifier '' was invalid.");
      const parsed = parseTimeSpanExact(text, each, styles);
      if (typeof parsed === "bigint") return parsed;
    }
    return formatError(`String '${text}' was not recognized as a valid TimeSpan.`);
  };
}

type Format = string | CsArray | null;

const parseExact = (text: string | null, format: Format, _provider: unknown, styles = 0) =>
  required(read(text, "input", exact(format, styles)));

const tryParseExact = (text: string | null, format: Format, styles: number, result: Ref) => {
  if (format !== null) return tried(text, result, exact(format, styles));
  result.v = TimeSpan.zero;
  return false;
};

const tryPlain = (text: string | null, format: Format, _provider: unknown, result: Ref) =>
  tryParseExact(text, format, 0, result);
const tryStyled = (text: string | null, format: Format, _provider: unknown, styles: number, result: Ref) =>
  tryParseExact(text, format, styles, result);

implement(TYPE, {
  "ParseExact(*)": parseExact,
  "TryParseExact(string,string,IFormatProvider,TimeSpan&)": tryPlain,
  "TryParseExact(string,string[],IFormatProvider,TimeSpan&)": tryPlain,
  "TryParseExact(string,string,IFormatProvider,TimeSpanStyles,TimeSpan&)": tryStyled,
  "TryParseExact(string,string[],IFormatProvider,TimeSpanStyles,TimeSpan&)": tryStyled,
});
