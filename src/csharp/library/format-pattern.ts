/** Reading custom format strings of dates and time spans. */
import { badFormat, badQuote } from "./date-errors.ts";

/** How often the character at `at` is repeated. */
export function runLength(format: string, at: number): number {
  let end = at + 1;
  while (end < format.length && format[end] === format[at]) end++;
  return end - at;
}

export interface Quoted {
  readonly text: string;
  /** Characters taken, the quotes included. */
  readonly length: number;
}

/** The literal text between quotes, which starts at `at`; undefined without a closing quote. */
export function findQuoted(format: string, at: number): Quoted | undefined {
  const quote = format[at];
  let text = "";
  for (let i = at + 1; i < format.length; i++) {
    if (format[i] === quote) return { text, length: i + 1 - at };
    if (format[i] === "\\") i++;
    text += format[i] ?? "";
  }
  return undefined;
}

/** As `findQuoted`; throws FormatException. */
export function readQuoted(format: string, at: number): Quoted {
  const found = findQuoted(format, at);
  if (found) return found;
  throw format.endsWith("\\") ? badFormat() : badQuote(format[at]);
}

/** Leading zeros up to `width`. */
export function padded(value: number | bigint, width: number): string {
  return String(value).padStart(width, "0");
}

/** A fraction of a second in ticks as that many digits (at most 7), the rest cut. */
export function fractionDigits(ticksOfSecond: bigint, digits: number): string {
  return padded(ticksOfSecond, 7).slice(0, digits);
}
