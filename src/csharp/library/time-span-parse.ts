/**
 * TimeSpan.Parse and ParseExact, invariant culture.
 * https://learn.microsoft.com/dotnet/api/system.timespan.parse
 */
import { spend } from "../runtime/budget.ts";
import type { CsException } from "../runtime/values.ts";
import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { badFormat, badQuote } from "./date-errors.ts";
import { formatError, overflow } from "./exceptions-thrown.ts";
import { findQuoted, runLength } from "./format-pattern.ts";

/** Ticks, or why the text is no time span. */
export type ParsedSpan = bigint | CsException;

/** TimeSpanStyles.AssumeNegative */
const ASSUME_NEGATIVE = 1;

function noTimeSpan(input: string): CsException {
  return formatError(`String '${input}' was not recognized as a valid TimeSpan.`);
}

function tooLarge(input: string): CsException {
  return overflow(
    `The TimeSpan string '${input}' could not be parsed because at least one of the numeric components is out of range or contains too many digits.`,
  );
}

/** Texts of the fields; absent ones are zero. */
interface Fields {
  d?: string;
  h?: string;
  m?: string;
  s?: string;
  f?: string;
}

const MAX_TICKS = 2n ** 63n - 1n;

/** Ticks of the fields; undefined when one is out of range. */
function ticksOf(fields: Fields): bigint | undefined {
  const [d, h, m, s] = [fields.d, fields.h, fields.m, fields.s].map((text) => Number(text ?? 0));
  const fraction = fractionTicks(fields.f ?? "0");
  if (d > 10_675_199 || h > 23 || m > 59 || s > 59 || fraction === undefined) return undefined;
  const seconds = BigInt(h * 3600 + m * 60 + s);
  const whole = BigInt(d) * TICKS_PER_DAY + seconds * TICKS_PER_SECOND;
  // The check is made on milliseconds: the last ones before the limit take any fraction.
  if (whole / 10_000n > MAX_TICKS / 10_000n || whole + fraction > MAX_TICKS) return undefined;
  return whole + fraction;
}

/** Digits behind the point in ticks; more than seven only when they begin with zeros, rounded then. */
function fractionTicks(digits: string): bigint | undefined {
  if (digits.length <= 7) return BigInt(digits.padEnd(7, "0"));
  if (!digits.startsWith("0") && Number(digits) > 9_999_999) return undefined;
  const value = Number(digits);
  return BigInt(Math.floor(value / 10 ** (digits.length - 7) + 0.5));
}

/** The shapes of a time span without its sign, and which fields their numbers are; the first that fits in range counts. */
const SHAPES: readonly (readonly [shape: RegExp, fields: readonly (keyof Fields)[], culture: boolean])[] = [
  [/^(\d+)$/, ["d"], true],
  [/^(\d+):(\d+)$/, ["h", "m"], true],
  [/^(\d+):(\d+):(\d+)$/, ["h", "m", "s"], true],
  [/^(\d+)\.(\d+):(\d+)$/, ["d", "h", "m"], false],
  [/^(\d+):(\d+):\.(\d+)$/, ["h", "m", "f"], true],
  [/^(\d+):(\d+):(\d+)$/, ["d", "h", "m"], true],
  [/^(\d+):(\d+):(\d+)\.(\d+)$/, ["h", "m", "s", "f"], true],
  [/^(\d+)\.(\d+):(\d+):(\d+)$/, ["d", "h", "m", "s"], false],
  [/^(\d+)\.(\d+):(\d+):\.(\d+)$/, ["d", "h", "m", "f"], false],
  [/^(\d+):(\d+):(\d+):(\d+)$/, ["d", "h", "m", "s"], true],
  [/^(\d+):(\d+):(\d+):\.(\d+)$/, ["d", "h", "m", "f"], true],
  [/^(\d+)\.(\d+):(\d+):(\d+)\.(\d+)$/, ["d", "h", "m", "s", "f"], false],
  [/^(\d+):(\d+):(\d+):(\d+)\.(\d+)$/, ["d", "h", "m", "s", "f"], true],
];

/** Numbers of more than 28 bits are too large wherever they stand. */
const LARGEST_NUMBER = 0x0fffffff;

/** @param which all shapes, or only those of the formats g and G */
export function parseTimeSpan(input: string, which: "any" | "g" | "G" = "any"): ParsedSpan {
  spend(input.length >> 4);
  const text = input.trim();
  if (text.match(/\d+/g)?.some((number) => Number(number) > LARGEST_NUMBER)) return tooLarge(input);
  const negative = text.startsWith("-");
  const unsigned = negative ? text.slice(1) : text;
  let outOfRange = false;
  for (const [shape, names, culture] of SHAPES) {
    if ((which !== "any" && !culture) || (which === "G" && names.length < 5)) continue;
    const match = shape.exec(unsigned);
    if (!match) continue;
    const fields: Fields = {};
    names.forEach((name, i) => {
      fields[name] = match[i + 1];
    });
    const ticks = ticksOf(fields);
    if (ticks !== undefined) return negative ? -ticks : ticks;
    outOfRange = true;
  }
  return outOfRange ? tooLarge(input) : noTimeSpan(input);
}

/** @param styles System.Globalization.TimeSpanStyles */
export function parseTimeSpanExact(input: string, format: string, styles: number): ParsedSpan {
  if (format === "") return formatError("Format specifier '' was invalid.");
  if (format.length > 1) return parseCustom(input, format, styles);
  if (format === "c" || format === "t" || format === "T") return parseConstant(input);
  if (format === "g" || format === "G") return parseTimeSpan(input, format);
  return formatError(`Format specifier '${format}' was invalid.`);
}

const TIME = String.raw`(\d+):(\d+)(?::(?:(\d+)|(?=\.))(?:\.(\d{0,7}))?)?`;
const CONSTANT = new RegExp(String.raw`^[ \t]*(-?)(?:(\d+)\.)?${TIME}[ \t]*$`);
const DAYS = /^[ \t]*(-?)(\d+)[ \t]*$/;

/** `[-]d` or `[-][d.]hh:mm[:ss[.fffffff]]`, as the first versions of .NET read it. */
function parseConstant(input: string): ParsedSpan {
  const match = CONSTANT.exec(input) ?? DAYS.exec(input);
  if (!match) return noTimeSpan(input);
  const [, sign, d, h, m, s, f] = match;
  const ticks = ticksOf({ d, h, m, s, f: f || undefined });
  if (ticks === undefined) return tooLarge(input);
  return sign === "-" ? -ticks : ticks;
}

/** Longest run of each specifier. */
const LONGEST: Readonly<Record<string, number>> = { d: 8, h: 2, m: 2, s: 2, f: 7, F: 7 };

function parseCustom(input: string, format: string, styles: number): ParsedSpan {
  const fields: Fields = {};
  let position = 0;
  for (let at = 0; at < format.length; ) {
    const specifier = format[at];
    const longest = LONGEST[specifier];
    if (longest !== undefined) {
      const length = runLength(format, at);
      const name = specifier === "F" ? "f" : (specifier as keyof Fields);
      if (length > longest || fields[name] !== undefined) return badFormat();
      const digits = digitsAt(input, position, specifier, length);
      if (digits === undefined) return badFormat();
      fields[name] = digits === "" ? "0" : digits;
      position += digits.length;
      at += length;
      continue;
    }
    const literal = literalAt(format, at);
    if (typeof literal === "string") {
      if (literal === "" || !input.startsWith(literal, position)) return badFormat();
      position += literal.length;
      at += 2;
    } else if (literal) {
      if (!input.startsWith(literal.text, position)) return badFormat();
      position += literal.text.length;
      at += literal.length;
    } else if (specifier === "%" && at + 1 < format.length && format[at + 1] !== "%") {
      at++;
    } else {
      return specifier === "'" || specifier === '"' ? badQuote(specifier) : badFormat();
    }
  }
  if (position < input.length) return noTimeSpan(input);
  const ticks = ticksOf(fields);
  if (ticks === undefined) return tooLarge(input);
  return (styles & ASSUME_NEGATIVE) !== 0 ? -ticks : ticks;
}

/** An escaped character ("" at the end of the format), quoted text, or undefined. */
function literalAt(format: string, at: number) {
  if (format[at] === "\\") return format[at + 1] ?? "";
  return format[at] === "'" || format[at] === '"' ? findQuoted(format, at) : undefined;
}

/** The digits that a specifier takes; undefined when there are too few. */
function digitsAt(input: string, position: number, specifier: string, length: number): string | undefined {
  const fraction = specifier === "f" || specifier === "F";
  const most = !fraction && length === 1 ? (specifier === "d" ? 8 : 2) : length;
  const digits = /^\d*/.exec(input.slice(position, position + most))?.[0] ?? "";
  return digits.length < length && specifier !== "F" ? undefined : digits;
}

/** Ticks of whole units, for constructors. */
export function spanTicks(days: number, hours: number, minutes: number, seconds: number): bigint {
  return (
    BigInt(days) * TICKS_PER_DAY +
    BigInt(hours) * TICKS_PER_HOUR +
    BigInt(minutes) * TICKS_PER_MINUTE +
    BigInt(seconds) * TICKS_PER_SECOND
  );
}
