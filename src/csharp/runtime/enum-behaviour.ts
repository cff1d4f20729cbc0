/** How enums print, compare and hash, from their declarations. https://learn.microsoft.com/dotnet/standard/base-types/enumeration-format-strings */
import type { Type } from "../types.ts";
import type { ValueBehaviour } from "./object.ts";
import { CsException } from "./values.ts";

/** Enums of the table with [Flags]: a value without a name of its own prints as the names of its bits. */
const FLAGS: ReadonlySet<string> = new Set([
  "System.Base64FormattingOptions",
  "System.Globalization.CompareOptions",
  "System.Globalization.DateTimeStyles",
  "System.Globalization.NumberStyles",
  "System.Globalization.TimeSpanStyles",
  "System.Security.Cryptography.X509Certificates.X509KeyStorageFlags",
  "System.Security.Cryptography.X509Certificates.X509KeyUsageFlags",
  "System.StringSplitOptions",
  "System.Text.RegularExpressions.RegexOptions",
  "System.UriComponents",
  "System.Xml.Linq.LoadOptions",
  "System.Xml.Linq.ReaderOptions",
  "System.Xml.Linq.SaveOptions",
  "Newtonsoft.Json.DefaultValueHandling",
]);

const behaviours = new Map<Type, ValueBehaviour>();

/** Behaviour of an enum on its numbers. */
export function enumBehaviour(t: Type): ValueBehaviour {
  let found = behaviours.get(t);
  if (!found) {
    found = {
      toText: (value: number, format?: string | null) => enumText(t, value, format ?? "G"),
      equals: (a: number, b: number) => a === b,
      hash: (value: number) => value | 0,
      compare: (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0),
    } as ValueBehaviour;
    behaviours.set(t, found);
  }
  return found;
}

function enumText(t: Type, value: number, format: string): string {
  switch (format.toUpperCase()) {
    case "":
    case "G":
      return nameOf(t, value) ?? (FLAGS.has(t.name) ? flagNames(t, value) : undefined) ?? String(value);
    case "F":
      return nameOf(t, value) ?? flagNames(t, value) ?? String(value);
    case "D":
      return String(value);
    case "X":
      return (value >>> 0).toString(16).toUpperCase().padStart(8, "0");
    default:
      throw new CsException(
        "System.FormatException",
        'Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d".',
      );
  }
}

function nameOf(t: Type, value: number): string | undefined {
  const text = String(value);
  return t.def.m.find((m) => m.k === "field" && m.v === text)?.n;
}

/** Names whose bits make up the value, largest first taken, smallest first shown. */
function flagNames(t: Type, value: number): string | undefined {
  const members = t.def.m.filter((m) => m.k === "field").map((m) => [Number(m.v), m.n as string] as const);
  let rest = value;
  const found: string[] = [];
  for (const [bits, name] of members.sort((a, b) => b[0] - a[0])) {
    if (bits !== 0 && (rest & bits) === bits) {
      found.unshift(name);
      rest &= ~bits;
    }
  }
  return rest === 0 && found.length > 0 ? found.join(", ") : undefined;
}
