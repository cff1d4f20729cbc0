/** string.Trim and its kin. White space is what char.IsWhiteSpace says, so U+FEFF stays. */
import { spend } from "../runtime/budget.ts";
import type { CsArray } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { isWhiteSpace } from "./unicode.ts";

const HEAD = 1;
const TAIL = 2;
const BOTH = 3;

function trim(text: string, ends: number, drops: (unit: number) => boolean): string {
  let [start, end] = [0, text.length];
  if (ends & HEAD) while (start < end && drops(text.charCodeAt(start))) start++;
  if (ends & TAIL) while (end > start && drops(text.charCodeAt(end - 1))) end--;
  spend((text.length - (end - start)) >> 4);
  return text.slice(start, end);
}

/** string.Trim(). */
export function trimWhiteSpace(text: string): string {
  return trim(text, BOTH, isWhiteSpace);
}

function trimSet(ends: number) {
  return (text: string, units: CsArray | null) => {
    if (units === null || units.items.length === 0) return trim(text, ends, isWhiteSpace);
    const set = new Set(units.items as number[]);
    return trim(text, ends, (unit) => set.has(unit));
  };
}

function trimChar(ends: number) {
  return (text: string, wanted: number) => trim(text, ends, (unit) => unit === wanted);
}

implement("System.String", {
  "Trim()": trimWhiteSpace,
  "Trim(char)": trimChar(BOTH),
  "Trim(char[])": trimSet(BOTH),
  "TrimStart()": (text: string) => trim(text, HEAD, isWhiteSpace),
  "TrimStart(char)": trimChar(HEAD),
  "TrimStart(char[])": trimSet(HEAD),
  "TrimEnd()": (text: string) => trim(text, TAIL, isWhiteSpace),
  "TrimEnd(char)": trimChar(TAIL),
  "TrimEnd(char[])": trimSet(TAIL),
});
