/** How the messages of .NET's runtime binder write types and members: `System.Collections.Generic.List<int>.Add(int)`. */
import { memberKey } from "../2-bind/member-key.ts";
import { parseType, type Type } from "../types.ts";
import type { Found } from "./dynamic-members.ts";

/** A type by keyword or full name, without blanks between type arguments. */
export function binderName(t: Type): string {
  if (t.kind === "array") return `${binderName(t.args[0])}[${",".repeat(Math.max(t.rank - 1, 0))}]`;
  if (t.isNullable) return `${binderName(t.args[0])}?`;
  if (t.args.length === 0) return String(t);
  const { clrName } = t;
  return `${clrName.slice(0, clrName.indexOf("`"))}<${t.args.map(binderName).join(",")}>`;
}

/** A property, indexer or method with its parameters. */
export function binderMember({ owner, def }: Found): string {
  const types = (def.ix ?? def.p?.map((p) => p.t.replace("&", "")) ?? []).map((t) =>
    binderName(parameterType(t, owner)),
  );
  if (def.ix) return `${binderName(owner)}.this[${types.join(", ")}]`;
  const name = def.n ?? memberKey(def);
  return def.k === "method" ? `${binderName(owner)}.${name}(${types.join(", ")})` : `${binderName(owner)}.${name}`;
}

/** Type parameters of the method itself stand for themselves. */
function parameterType(text: string, owner: Type): Type {
  return parseType(text, owner.args, []);
}
