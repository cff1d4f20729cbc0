/**
 * The reference of C#: types and members that expressions may use, from the signature table joined with what the library implements.
 * A page for each namespace; the `context` types have one of their own.
 */
import { memberKey, shortTypeName } from "../../src/csharp/2-bind/member-key.ts";
import { link } from "../../src/csharp/library/link.ts";
import "../../src/csharp/library/index.ts";
import {
  allDefinitions,
  keywordTypes,
  type MemberDef,
  type Type,
  type TypeDef,
  type,
  typeParameter,
} from "../../src/csharp/types.ts";
import "../../src/engine/context/index.ts";
import { code, type Page, page, plain, table } from "./markdown.ts";

const FOLDER = "docs/reference/csharp";

const keywords: ReadonlySet<string> = new Set(keywordTypes.values());

interface DocumentedType {
  readonly namespace: string;
  /** As C# writes it, without the namespace: `List<T>`. */
  readonly name: string;
  readonly def: TypeDef;
  readonly supported: readonly MemberDef[];
  readonly missing: readonly MemberDef[];
}

export function csharpPages(): readonly Page[] {
  const types = Array.from(allDefinitions(), documented).sort((a, b) => compare(a.name, b.name));
  const namespaces = [...Map.groupBy(types, (t) => t.namespace)].sort(([a], [b]) => compare(a, b));
  const rows = namespaces.map(([name, all]) => {
    const count = (part: "supported" | "missing") => all.reduce((sum, t) => sum + t[part].length, 0);
    return [`[${title(name)}](${fileOf(name)})`, `${all.length}`, `${count("supported")}`, `${count("missing")}`];
  });
  const index = page(
    `${FOLDER}/README.md`,
    "# C# in policy expressions",
    "Expressions are C# 7.3. These types may be used; a member that is listed as not supported is refused when a document is loaded.",
    table(["Namespace", "Types", "Members", "Not supported"], rows),
  );
  return [index, ...namespaces.map(([name, all]) => namespacePage(name, all))];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function title(namespace: string): string {
  return namespace === "" ? "context" : namespace;
}

function fileOf(namespace: string): string {
  return `${title(namespace)}.md`;
}

function documented(def: TypeDef): DocumentedType {
  const open = def.type.indexOf("<");
  const fullName = open < 0 ? def.type : def.type.slice(0, open);
  const dot = fullName.lastIndexOf(".");
  const owner = typeOf(fullName, def);
  // The compiler itself sees to constants, to calls of delegates and to the operators of its own types.
  const isOwn = def.kind === "delegate" || keywords.has(fullName);
  const isBuiltIn = (m: MemberDef) =>
    m.k === "field" ? m.v !== undefined : isOwn && (m.n ?? "").match(/^op_|^Invoke$/);
  const isSupported = (m: MemberDef) => isBuiltIn(m) || link(resolved(owner, m), memberKey(m)) !== undefined;
  return {
    namespace: dot < 0 ? "" : fullName.slice(0, dot),
    name: readable(def.type.slice(dot < 0 ? 0 : dot + 1), def, {}).replaceAll("+", "."),
    def,
    supported: def.m.filter(isSupported),
    missing: def.m.filter((m) => !isSupported(m) && !takesSpans(m)),
  };
}

/** Overloads for spans are in the table because they make calls with a null literal ambiguous; nobody can call them. */
function takesSpans(m: MemberDef): boolean {
  return (m.p ?? []).some((p) => /^System\.(?:ReadOnly)?(?:Span|Memory)</.test(p.t));
}

function typeOf(name: string, def: TypeDef): Type {
  const arity = def.type.split("!").length - 1;
  return type(name, ...Array.from({ length: arity }, (_, i) => typeParameter(`!${i}`)));
}

function resolved(declaringType: Type, def: MemberDef) {
  return { declaringType, def, key: memberKey(def) };
}

function namespacePage(namespace: string, types: readonly DocumentedType[]): Page {
  const { delegates = [], others = [] } = Object.groupBy(types, (t) =>
    t.def.kind === "delegate" ? "delegates" : "others",
  );
  const shapes = delegates.map((t) => `- ${code(t.name)}: ${list(t.supported, t.def)}`);
  return page(
    `${FOLDER}/${fileOf(namespace)}`,
    `# ${title(namespace)}`,
    ...others.flatMap(typeParts),
    shapes.length === 0 ? "" : `## Delegates\n\n${shapes.join("\n")}`,
  );
}

const KINDS: readonly (readonly [title: string, test: (m: MemberDef) => boolean])[] = [
  ["Values", (m) => m.k === "field"],
  ["Constructors", (m) => m.k === "ctor"],
  ["Properties", (m) => m.k === "prop"],
  ["Methods", (m) => m.k === "method" && !m.s],
  ["Extension methods", (m) => m.k === "method" && m.ext === 1],
  ["Static methods", (m) => m.k === "method" && m.s === 1 && m.ext !== 1 && !m.n?.startsWith("op_")],
  ["Operators", (m) => m.k === "method" && m.n?.startsWith("op_") === true],
];

function typeParts({ name, def, supported, missing }: DocumentedType): string[] {
  const lines = KINDS.flatMap(([kind, test]) => {
    const chosen = supported.filter(test);
    return chosen.length === 0 ? [] : [`- ${kind}: ${list(chosen, def)}`];
  });
  if (missing.length > 0) lines.push(`- Not supported: ${list(missing, def)}`);
  return [`## ${plain(name)}`, def.kind, lines.join("\n")];
}

function list(members: readonly MemberDef[], def: TypeDef): string {
  return [...new Set(members.map((m) => signature(m, def)))].sort(compare).map(code).join(", ");
}

function signature(m: MemberDef, def: TypeDef): string {
  const show = (text: string | undefined) => readable(text ?? "", def, m);
  switch (m.k) {
    case "field":
      return m.v !== undefined && def.kind === "enum" ? `${m.n} = ${m.v}` : `${m.n}: ${show(m.t)}`;
    case "prop": {
      const name = m.ix ? `this[${m.ix.map(show).join(", ")}]` : m.n;
      return `${m.s ? "static " : ""}${name}: ${show(m.t)}${m.set ? " { get; set; }" : ""}`;
    }
    case "ctor":
      return `new(${parameters(m, show)})`;
    case "method":
      return `${m.n}${generics(m.g)}(${parameters(m, show)}): ${show(m.r)}`;
  }
}

function generics(count = 0): string {
  return count === 0 ? "" : `<${Array.from({ length: count }, (_, i) => letter("U", i, count)).join(", ")}>`;
}

function parameters({ p = [], ext }: MemberDef, show: (text: string) => string): string {
  return p
    .map((each, i) => {
      const mode = ext && i === 0 ? "this " : each.params ? "params " : each.out ? "out " : each.ref ? "ref " : "";
      const fallback = each.def === undefined ? "" : ` = ${each.def}`;
      return `${mode}${show(each.t.replace(/&$/, ""))} ${each.n}${fallback}`;
    })
    .join(", ");
}

function letter(name: string, index: number, count: number): string {
  return count === 1 ? name : `${name}${index + 1}`;
}

/** Short names, C#'s keywords, `int?`; T for type parameters of the type, U for those of the method. */
function readable(text: string, def: TypeDef, { g = 0 }: Pick<MemberDef, "g">): string {
  const arity = def.type.split("!").length - 1;
  let short = shortTypeName(text)
    .replace(/!!(\d+)/g, (_, n: string) => letter("U", Number(n), g))
    .replace(/!(\d+)/g, (_, n: string) => letter("T", Number(n), arity));
  for (let before = ""; before !== short; ) {
    before = short;
    short = short.replace(/Nullable<([^<>]+)>/, "$1?");
  }
  return short.replaceAll(/, */g, ", ");
}
