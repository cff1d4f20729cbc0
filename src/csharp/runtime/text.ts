/** Strings made by the language: concatenation and interpolation (C# 7.3 sections 12.8.5 and 12.7.3). */
import type { Type } from "../types.ts";
import { allocate } from "./budget.ts";
import { formatObject, textOf, toText } from "./object.ts";

/** Below this, the size of a concatenation is not looked at. */
const SHORT = 256;

/** Charges for a string that an operator has made. */
export function sized(text: string): string {
  if (text.length > SHORT) allocate(text.length);
  return text;
}

/** An operand of string concatenation whose static type is a reference type. */
export function objectText(value: unknown): string {
  return value === null ? "" : toText(value);
}

/** An operand of string concatenation of a value type; null (of a Nullable) is "". */
export function valueText(value: unknown, t: Type): string {
  return textOf(value, t);
}

/** An interpolation hole `{value,alignment:format}`; `t` is the static type of a value type, null of a reference type. */
export function hole(value: unknown, t: Type | null, alignment: number, format: string | null): string {
  const text = t === null ? formatObject(value, format) : textOf(value, t, format);
  const width = Math.abs(alignment);
  if (text.length >= width) return text;
  allocate(width);
  return alignment < 0 ? text.padEnd(width) : text.padStart(width);
}
