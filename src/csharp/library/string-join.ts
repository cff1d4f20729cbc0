/** string.Concat and string.Join. */
import { allocate, limits, spend } from "../runtime/budget.ts";
import { iterate, textOf, toText } from "../runtime/object.ts";
import type { CsArray } from "../runtime/values.ts";
import type { Type } from "../types.ts";
import { implement } from "./define.ts";
import { argumentNull, argumentOutOfRange, checkNonNegative } from "./exceptions-thrown.ts";

function objectText(value: unknown): string {
  return value === null ? "" : toText(value);
}

/** Concatenates; null counts as empty. */
function concat(...parts: (string | null)[]): string {
  let text = "";
  for (const part of parts) text += part ?? "";
  allocate(text.length);
  return text;
}

/** Texts of a sequence, joined as they come. */
function joinTexts(separator: string, texts: Iterable<string>): string {
  let out = "";
  let first = true;
  for (const text of texts) {
    spend(1);
    out += first ? text : separator + text;
    first = false;
    if (out.length > limits.allocation) allocate(out.length);
  }
  allocate(out.length);
  return out;
}

function* textsOf(values: unknown, elementType: Type): Generator<string> {
  for (const value of iterate(values)) yield textOf(value, elementType);
}

function* objectTexts(values: CsArray): Generator<string> {
  for (const value of values.items) yield objectText(value);
}

function* stringsOf(values: unknown): Generator<string> {
  for (const value of iterate(values)) yield (value as string | null) ?? "";
}

function required<T>(value: T | null, parameter: string): T {
  if (value === null) throw argumentNull(parameter);
  return value;
}

const charText = (unit: number) => String.fromCharCode(unit);

function joinRange(separator: string, values: CsArray | null, startIndex: number, count: number): string {
  const items = required(values, "value").items as (string | null)[];
  checkNonNegative(startIndex, "startIndex");
  checkNonNegative(count, "count");
  if (startIndex > items.length - count) {
    throw argumentOutOfRange("startIndex", "Index and count must refer to a location within the buffer.");
  }
  return joinTexts(separator, stringsOf(items.slice(startIndex, startIndex + count)));
}

implement("System.String", {
  "Concat(object)": objectText,
  "Concat(object,object)": (a: unknown, b: unknown) => concat(objectText(a), objectText(b)),
  "Concat(object,object,object)": (a: unknown, b: unknown, c: unknown) =>
    concat(objectText(a), objectText(b), objectText(c)),
  "Concat(object[])": (args: CsArray | null) => joinTexts("", objectTexts(required(args, "args"))),
  "Concat(string,string)": concat,
  "Concat(string,string,string)": concat,
  "Concat(string,string,string,string)": concat,
  "Concat(string[])": (values: CsArray | null) => joinTexts("", stringsOf(required(values, "values"))),
  "Concat(IEnumerable<string>)": (values: unknown) => joinTexts("", stringsOf(required(values, "values"))),
  "Concat(IEnumerable<!!0>)": (t: Type, values: unknown) => joinTexts("", textsOf(required(values, "values"), t)),

  "Join(string,string[])": (separator: string | null, values: CsArray | null) =>
    joinTexts(separator ?? "", stringsOf(required(values, "value"))),
  "Join(string,object[])": (separator: string | null, values: CsArray | null) =>
    joinTexts(separator ?? "", objectTexts(required(values, "values"))),
  "Join(string,IEnumerable<string>)": (separator: string | null, values: unknown) =>
    joinTexts(separator ?? "", stringsOf(required(values, "values"))),
  "Join(string,IEnumerable<!!0>)": (t: Type, separator: string | null, values: unknown) =>
    joinTexts(separator ?? "", textsOf(required(values, "values"), t)),
  "Join(string,string[],int,int)": (separator: string | null, values: CsArray | null, start: number, count: number) =>
    joinRange(separator ?? "", values, start, count),
  "Join(char,string[])": (separator: number, values: CsArray | null) =>
    joinTexts(charText(separator), stringsOf(required(values, "value"))),
  "Join(char,object[])": (separator: number, values: CsArray | null) =>
    joinTexts(charText(separator), objectTexts(required(values, "values"))),
  "Join(char,IEnumerable<!!0>)": (t: Type, separator: number, values: unknown) =>
    joinTexts(charText(separator), textsOf(required(values, "values"), t)),
  "Join(char,string[],int,int)": (separator: number, values: CsArray | null, start: number, count: number) =>
    joinRange(charText(separator), values, start, count),
});
