/** The key under which the library registers the implementation of a member: see library/define.ts. */
import { keywordTypes, type MemberDef } from "../types.ts";

const keywordOf: ReadonlyMap<string, string> = new Map([...keywordTypes].map(([keyword, name]) => [name, keyword]));

/**
 * `System.Collections.Generic.IEnumerable<!!0>` -> `IEnumerable<!!0>`, `System.Int32[]` -> `int[]`,
 * `System.TimeZoneInfo+AdjustmentRule` -> `AdjustmentRule`. The `&` of `out` and `ref` parameters stays:
 * `TryParse(string,int&)`.
 */
export function shortTypeName(text: string): string {
  return text.replace(/[^<>,[\]&]+/g, (name) => {
    const trimmed = name.trim();
    const keyword = keywordOf.get(trimmed);
    if (keyword) return keyword;
    return trimmed.slice(Math.max(trimmed.lastIndexOf("."), trimmed.lastIndexOf("+")) + 1);
  });
}

/**
 * `Substring(int,int)`, `new(string)`, `Length`, `this[int]`, `op_Explicit(JToken):int`. A setter's key is this with
 * `=` behind it.
 */
export function memberKey(def: MemberDef): string {
  switch (def.k) {
    case "ctor":
      return `new(${parameterList(def)})`;
    case "method": {
      const conversion = def.n === "op_Implicit" || def.n === "op_Explicit";
      const key = `${def.n}(${parameterList(def)})`;
      return conversion ? `${key}:${shortTypeName(def.r as string)}` : key;
    }
    case "prop":
      return def.ix ? `this[${def.ix.map(shortTypeName).join(",")}]` : (def.n as string);
    case "field":
      return def.n as string;
  }
}

function parameterList(def: MemberDef): string {
  return (def.p ?? []).map((p) => shortTypeName(p.t)).join(",");
}
