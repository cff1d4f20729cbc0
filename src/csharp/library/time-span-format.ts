/**
 * TimeSpan.ToString: formats c, g, G and custom ones. Of a culture only the decimal separator counts, in g and G.
 * https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
 */
import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { badFormat } from "./date-errors.ts";
import { fractionDigits, padded, readQuoted, runLength } from "./format-pattern.ts";

interface Parts {
  readonly negative: boolean;
  readonly days: bigint;
  readonly hours: bigint;
  readonly minutes: bigint;
  readonly seconds: bigint;
  /** Ticks of the second. */
  readonly fraction: bigint;
}

function partsOf(ticks: bigint): Parts {
  const size = ticks < 0n ? -ticks : ticks;
  return {
    negative: ticks < 0n,
    days: size / TICKS_PER_DAY,
    hours: (size / TICKS_PER_HOUR) % 24n,
    minutes: (size / TICKS_PER_MINUTE) % 60n,
    seconds: (size / TICKS_PER_SECOND) % 60n,
    fraction: size % TICKS_PER_SECOND,
  };
}

export function formatTimeSpan(ticks: bigint, format: string | null, point = "."): string {
  const parts = partsOf(ticks);
  if (format === null || format === "") return constant(parts);
  if (format.length > 1) return custom(parts, format);
  switch (format) {
    case "c":
    case "t":
    case "T":
      return constant(parts);
    case "g":
      return general(parts, false, point);
    case "G":
      return general(parts, true, point);
    default:
      throw badFormat();
  }
}

/** `[-][d.]hh:mm:ss[.fffffff]` */
function constant(parts: Parts): string {
  const days = parts.days === 0n ? "" : `${parts.days}.`;
  const fraction = parts.fraction === 0n ? "" : `.${fractionDigits(parts.fraction, 7)}`;
  return `${parts.negative ? "-" : ""}${days}${padded(parts.hours, 2)}:${minutesSeconds(parts)}${fraction}`;
}

/** `[-][d:]h:mm:ss[.FFFFFFF]`, long: `[-]d:hh:mm:ss.fffffff` */
function general(parts: Parts, long: boolean, point: string): string {
  const sign = parts.negative ? "-" : "";
  const digits = fractionDigits(parts.fraction, 7);
  if (long) return `${sign}${parts.days}:${padded(parts.hours, 2)}:${minutesSeconds(parts)}${point}${digits}`;
  const days = parts.days === 0n ? "" : `${parts.days}:`;
  const short = digits.replace(/0+$/, "");
  return `${sign}${days}${parts.hours}:${minutesSeconds(parts)}${short === "" ? "" : point + short}`;
}

function minutesSeconds(parts: Parts): string {
  return `${padded(parts.minutes, 2)}:${padded(parts.seconds, 2)}`;
}

/** Longest run of each specifier. */
const LONGEST: Readonly<Record<string, number>> = { d: 8, h: 2, m: 2, s: 2, f: 7, F: 7 };

function custom(parts: Parts, format: string): string {
  let text = "";
  for (let at = 0; at < format.length; ) {
    const specifier = format[at];
    const longest = LONGEST[specifier];
    if (longest !== undefined) {
      const length = runLength(format, at);
      if (length > longest) throw badFormat();
      text += field(parts, specifier, length);
      at += length;
    } else if (specifier === "'" || specifier === '"') {
      const quoted = readQuoted(format, at);
      text += quoted.text;
      at += quoted.length;
    } else if (specifier === "\\" && at + 1 < format.length) {
      text += format[at + 1];
      at += 2;
    } else if (specifier === "%" && at + 1 < format.length && format[at + 1] !== "%") {
      at++;
    } else {
      throw badFormat();
    }
  }
  return text;
}

function field(parts: Parts, specifier: string, length: number): string {
  switch (specifier) {
    case "d":
      return padded(parts.days, length);
    case "h":
      return padded(parts.hours, length);
    case "m":
      return padded(parts.minutes, length);
    case "s":
      return padded(parts.seconds, length);
    case "f":
      return fractionDigits(parts.fraction, length);
    default:
      return fractionDigits(parts.fraction, length).replace(/0+$/, "");
  }
}
