/** System.Boolean. https://learn.microsoft.com/dotnet/api/system.boolean */
import { spend } from "../runtime/budget.ts";
import { valueBehaviour } from "../runtime/object.ts";
import type { Ref } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { argumentNull, formatError } from "./exceptions-thrown.ts";
import { compareBoxed, equalsBoxed } from "./primitive-object.ts";
import { isWhiteSpace } from "./unicode.ts";

const NAME = "System.Boolean";

export function booleanText(value: boolean): string {
  return value ? "True" : "False";
}

const equals = (a: boolean, b: boolean) => a === b;
const compare = (a: boolean, b: boolean) => Number(a) - Number(b);
const hash = (value: boolean) => Number(value);

valueBehaviour(NAME, { toText: booleanText, equals, hash, compare });

/** true, false in any case, with blanks and NUL characters around; undefined for anything else. */
export function readBoolean(text: string): boolean | undefined {
  spend(text.length >> 4);
  const isBlank = (at: number) => isWhiteSpace(text.charCodeAt(at)) || text[at] === "\0";
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  switch (text.slice(start, end).toLowerCase()) {
    case "true":
      return true;
    case "false":
      return false;
    default:
      return undefined;
  }
}

/** bool.Parse. */
export function parseBoolean(text: string | null): boolean {
  if (text === null) throw argumentNull("value");
  const value = readBoolean(text);
  if (value === undefined) throw formatError(`String '${text}' was not recognized as a valid Boolean.`);
  return value;
}

implement(NAME, {
  TrueString: () => "True",
  FalseString: () => "False",
  "CompareTo(bool)": compare,
  "CompareTo(object)": compareBoxed(NAME, compare),
  "Equals(bool)": equals,
  "Equals(object)": equalsBoxed(NAME, equals),
  "GetHashCode()": hash,
  "GetTypeCode()": () => 3,
  "ToString(*)": (self: boolean) => booleanText(self),
  "Parse(string)": parseBoolean,
  "TryParse(string,bool&)": (text: string | null, result: Ref) => {
    const value = text === null ? undefined : readBoolean(text);
    result.v = value ?? false;
    return value !== undefined;
  },
});
