/** string.Split. https://learn.microsoft.com/dotnet/api/system.string.split */
import { spend } from "../runtime/budget.ts";
import { type CsArray, strings } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argument, checkNonNegative } from "./exceptions-thrown.ts";
import { trimWhiteSpace } from "./string-trim.ts";
import { isWhiteSpace } from "./unicode.ts";

const RemoveEmptyEntries = 1;
const TrimEntries = 2;
const UNLIMITED = 0x7fff_ffff;

/** Length of the separator at a position, 0 when there is none. */
type SeparatorAt = (text: string, at: number) => number;

const whiteSpaceAt: SeparatorAt = (text, at) => (isWhiteSpace(text.charCodeAt(at)) ? 1 : 0);

function anyOf(separators: readonly string[]): SeparatorAt {
  return (text, at) => separators.find((s) => text.startsWith(s, at))?.length ?? 0;
}

function splitBy(text: string, separatorAt: SeparatorAt, count: number, options: number, cost = 1): CsArray {
  checkNonNegative(count, "count");
  if (options & ~(RemoveEmptyEntries | TrimEntries)) throw argument("Value of flags is invalid.", "options");
  spend(Math.floor((text.length * cost) / 4));
  const finish = (part: string) => (options & TrimEntries ? trimWhiteSpace(part) : part);
  const keep = (part: string) => part !== "" || (options & RemoveEmptyEntries) === 0;
  const parts: string[] = [];
  let start = 0;
  // The last part takes all the rest, after empty entries that are to be removed.
  for (let at = 0; at < text.length && parts.length < count; ) {
    const length = separatorAt(text, at);
    if (length === 0) {
      at++;
      continue;
    }
    const part = finish(text.slice(start, at));
    const wanted = keep(part);
    if (wanted && parts.length === count - 1) break;
    if (wanted) parts.push(part);
    at += length;
    start = at;
  }
  if (parts.length < count) {
    const rest = finish(text.slice(start));
    if (keep(rest)) parts.push(rest);
  }
  return strings(parts);
}

function splitByChar(text: string, separator: number, count: number, options: number): CsArray {
  const ch = String.fromCharCode(separator);
  if (count === UNLIMITED && options === 0) {
    spend(text.length >> 4);
    return strings(text.split(ch));
  }
  return splitBy(text, (s, at) => (s[at] === ch ? 1 : 0), count, options);
}

function splitByChars(text: string, separators: CsArray | null, count: number, options: number): CsArray {
  // White space as separator leaves nothing to trim.
  if (separators === null || separators.items.length === 0) {
    return splitBy(text, whiteSpaceAt, count, options & ~TrimEntries);
  }
  if (separators.items.length === 1) return splitByChar(text, separators.items[0] as number, count, options);
  const units = new Set(separators.items as number[]);
  return splitBy(text, (s, at) => (units.has(s.charCodeAt(at)) ? 1 : 0), count, options);
}

function splitByString(text: string, separator: string | null, count: number, options: number): CsArray {
  if (separator === null || separator === "") return splitBy(text, () => 0, count, options);
  return splitBy(text, anyOf([separator]), count, options);
}

function splitByStrings(text: string, separators: CsArray | null, count: number, options: number): CsArray {
  if (separators === null || separators.items.length === 0) return splitByChars(text, null, count, options);
  const wanted = (separators.items as (string | null)[]).filter((s) => s !== null && s !== "") as string[];
  return splitBy(text, anyOf(wanted), count, options, wanted.length);
}

implement("System.String", {
  "Split(char,StringSplitOptions)": (self: string, separator: number, options: number) =>
    splitByChar(self, separator, UNLIMITED, options),
  "Split(char,int,StringSplitOptions)": splitByChar,
  "Split(char[])": (self: string, separators: CsArray | null) => splitByChars(self, separators, UNLIMITED, 0),
  "Split(char[],int)": (self: string, separators: CsArray | null, count: number) =>
    splitByChars(self, separators, count, 0),
  "Split(char[],StringSplitOptions)": (self: string, separators: CsArray | null, options: number) =>
    splitByChars(self, separators, UNLIMITED, options),
  "Split(char[],int,StringSplitOptions)": splitByChars,
  "Split(string,StringSplitOptions)": (self: string, separator: string | null, options: number) =>
    splitByString(self, separator, UNLIMITED, options),
  "Split(string,int,StringSplitOptions)": splitByString,
  "Split(string[],StringSplitOptions)": (self: string, separators: CsArray | null, options: number) =>
    splitByStrings(self, separators, UNLIMITED, options),
  "Split(string[],int,StringSplitOptions)": splitByStrings,
});
