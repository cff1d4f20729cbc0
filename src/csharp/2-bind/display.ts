/** Types and members as the compiler's messages show them: without namespaces, keywords where C# has them. */
import type { Type } from "../types.ts";
import { arrayText, keywordTypes } from "../types.ts";
import type { Method, Parameter, Property } from "./members.ts";
import { typeParameterNames } from "./type-parameter-names.ts";

const keywords: ReadonlyMap<string, string> = new Map([...keywordTypes].map(([keyword, name]) => [name, keyword]));

/** `List<int>`, `string[]`, `int?`, `(int a, string)`. */
export function show(t: Type): string {
  return showWith(t, []);
}

/** With the names of the type parameters of the method that is shown. */
function showWith(t: Type, names: readonly string[]): string {
  const nested = (inner: Type): string => showWith(inner, names);
  if (t.kind === "array") return arrayText(t, nested);
  if (t.isNullable) return `${nested(t.args[0])}?`;
  if (t.kind === "null") return "<null>";
  if (t.kind === "tuple")
    return `(${t.args.map((a, i) => (t.memberNames?.[i] ? `${nested(a)} ${t.memberNames[i]}` : nested(a))).join(", ")})`;
  if (t.kind === "anonymous" && t.args.length === 0) return "<empty anonymous type>";
  if (t.kind === "anonymous")
    return `<anonymous type: ${t.args.map((a, i) => `${nested(a)} ${t.memberNames?.[i]}`).join(", ")}>`;
  const keyword = keywords.get(t.name);
  if (keyword) return keyword;
  const name = t.name.slice(t.name.lastIndexOf(".") + 1);
  const args = t.args.length ? `<${t.args.map(nested).join(", ")}>` : "";
  const inner = name.indexOf("+");
  if (inner < 0) return typeParameterName(name, names) + args;
  return `${name.slice(0, inner)}${args}.${name.slice(inner + 1).replaceAll("+", ".")}`;
}

/** Type parameters of the table have numbers only: `!0`, `!!1`. */
function typeParameterName(name: string, ofMethod: readonly string[]): string {
  if (!name.startsWith("!")) return name;
  const n = Number(name.replaceAll("!", ""));
  if (name.startsWith("!!") && ofMethod[n]) return ofMethod[n];
  return n === 0 ? "T" : `T${n + 1}`;
}

export function showParameters(parameters: readonly Parameter[], names: readonly string[] = []): string {
  return parameters
    .map((p) => `${p.params ? "params " : p.mode === "value" ? "" : `${p.mode} `}${showWith(p.type, names)}`)
    .join(", ");
}

/** `string.Substring(int, int)`, `List<int>.List(int)`, of a local function `F(int)`. */
export function showMethod(m: Method): string {
  const names = typeParameterNames(m);
  const generic = m.typeArgs.length ? `<${m.typeArgs.map((t) => showWith(t, names)).join(", ")}>` : "";
  const parameters = showParameters(m.parameters, names);
  if (m.declaringType.kind === "void") return `${m.def.n}${generic}(${parameters})`;
  const owner = show(m.declaringType);
  const name = m.def.k === "ctor" ? m.declaringType.simpleName : m.def.n;
  return `${owner}.${name}${generic}(${parameters})`;
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
