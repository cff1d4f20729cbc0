/** Types and members as the compiler's messages show them: without namespaces, keywords where C# has them. */
import type { Type } from "../types.ts";
import { arrayText, keywordTypes } from "../types.ts";
import type { Method, Parameter, Property } from "./members.ts";

const keywords: ReadonlyMap<string, string> = new Map([...keywordTypes].map(([keyword, name]) => [name, keyword]));

/** `List<int>`, `string[]`, `int?`, `(int a, string)`. */
export function show(t: Type): string {
  if (t.kind === "array") return arrayText(t, show);
  if (t.isNullable) return `${show(t.args[0])}?`;
  if (t.kind === "null") return "<null>";
  if (t.kind === "tuple")
    return `(${t.args.map((a, i) => (t.memberNames?.[i] ? `${show(a)} ${t.memberNames[i]}` : show(a))).join(", ")})`;
  if (t.kind === "anonymous" && t.args.length === 0) return "<empty anonymous type>";
  if (t.kind === "anonymous")
    return `<anonymous type: ${t.args.map((a, i) => `${show(a)} ${t.memberNames?.[i]}`).join(", ")}>`;
  const keyword = keywords.get(t.name);
  if (keyword) return keyword;
  const name = t.name.slice(t.name.lastIndexOf(".") + 1);
  const args = t.args.length ? `<${t.args.map(show).join(", ")}>` : "";
  const nested = name.indexOf("+");
  if (nested < 0) return typeParameterName(name) + args;
  return `${name.slice(0, nested)}${args}.${name.slice(nested + 1).replaceAll("+", ".")}`;
}

/** Type parameters of the table have numbers only: `!0`, `!!1`. */
function typeParameterName(name: string): string {
  if (!name.startsWith("!")) return name;
  const n = Number(name.replaceAll("!", ""));
  return n === 0 ? "T" : `T${n + 1}`;
}

export function showParameters(parameters: readonly Parameter[]): string {
  return parameters
    .map((p) => `${p.params ? "params " : p.mode === "value" ? "" : `${p.mode} `}${show(p.type)}`)
    .join(", ");
}

/** `string.Substring(int, int)`, `List<int>.List(int)`, of a local function `F(int)`. */
export function showMethod(m: Method): string {
  const generic = m.typeArgs.length ? `<${m.typeArgs.map(show).join(", ")}>` : "";
  if (m.declaringType.kind === "void") return `${m.def.n}${generic}(${showParameters(m.parameters)})`;
  const owner = show(m.declaringType);
  const name = m.def.k === "ctor" ? m.declaringType.simpleName : m.def.n;
  return `${owner}.${name}${generic}(${showParameters(m.parameters)})`;
}

/** `string.Length`, `List<int>.this[int]`. */
export function showProperty(p: Property): string {
  if (p.parameters.length === 0) return `${show(p.declaringType)}.${p.def.n}`;
  return `${show(p.declaringType)}.this[${showParameters(p.parameters)}]`;
}

/** Why null is no value of the type: code and message. */
export function nullError(to: Type): readonly [code: string, message: string] {
  const t = show(to);
  if (to.isValueType) return ["CS0037", `Cannot convert null to '${t}' because it is a non-nullable value type`];
  return [
    "CS0403",
    `Cannot convert null to type parameter '${t}' because it could be a non-nullable value type. Consider using 'default(${t})' instead.`,
  ];
}
