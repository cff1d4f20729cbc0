/**
 * The signature table: which .NET types and members exist, as recorded from .NET by reflection (surface.json) and
 * completed by hand (surface-extra.json: delegates, exceptions, comparers and what else the recorded members refer to;
 * also members that the recording lacks of types that it has: lines of one name in both files are joined). Both files
 * map a type's name to lines; a type's lines are decoded when it is first asked for.
 *
 * First line: kind, base type (`-` for none) and interfaces. Then one member a line, types by full name:
 *   core static Max(System.Int32 x, params System.Int32[] more, out !0 result, System.Int32 limit = 1): System.Int32
 *   static Select<2>(this System.Collections.Generic.IEnumerable<!!0> source, System.Func<!!0,!!1> selector): ...
 *   new(System.String text)          Length: System.Int32 get          this[System.Int32]: System.Char get set
 *   static field Empty: System.String          const MaxValue: System.Int32 = 2147483647
 * and in an enum: Name = value. `core` marks what .NET Framework lacks, `notnull` a property that never gives null.
 */
import type { MemberDef, ParameterDef, TypeDef, TypeKind } from "../type-definitions.ts";
import recorded from "./surface.json" with { type: "json" };
import extra from "./surface-extra.json" with { type: "json" };

interface Entry {
  readonly name: string;
  lines: readonly string[];
  decoded?: TypeDef;
}

const entries = new Map<string, Entry>();
for (const table of [recorded, extra] as Record<string, readonly string[]>[]) {
  for (const name in table) {
    const known = entries.get(keyOf(name));
    if (known) known.lines = [...known.lines, ...table[name].slice(1)];
    else entries.set(keyOf(name), { name, lines: table[name] });
  }
}

/** `System.Func<!0,!1>` -> ``System.Func`2``. */
function keyOf(name: string): string {
  const open = name.indexOf("<");
  return open < 0 ? `${name}\`0` : `${name.slice(0, open)}\`${name.slice(open).split(",").length}`;
}

/** Keys of all types in the table: full name, backtick, number of type parameters. */
export function surfaceKeys(): Iterable<string> {
  return entries.keys();
}

/** The declaration under such a key. */
export function surfaceDefinition(key: string): TypeDef | undefined {
  const entry = entries.get(key);
  if (!entry) return undefined;
  entry.decoded ??= decodeType(entry.name, entry.lines);
  return entry.decoded;
}

/** Decodes one type of the table; exported for other tables in this notation. */
export function decodeType(name: string, lines: readonly string[]): TypeDef {
  const [kind, base, ...ifaces] = lines[0].split(" ");
  const decode = kind === "enum" ? (line: string) => enumMember(name, line) : decodeMember;
  const def: TypeDef = { type: name, kind: kind as TypeKind, ifaces, m: [] };
  if (base !== "-") def.base = base;
  for (let i = 1; i < lines.length; i++) def.m.push(decode(lines[i]));
  return def;
}

function enumMember(enumName: string, line: string): MemberDef {
  const at = line.indexOf(" = ");
  const core = line.startsWith("core ");
  const def: MemberDef = { k: "field", n: line.slice(core ? 5 : 0, at), s: 1, t: enumName, v: line.slice(at + 3) };
  if (core) def.core = 1;
  return def;
}

function decodeMember(line: string): MemberDef {
  let rest = line;
  const core = rest.startsWith("core ");
  if (core) rest = rest.slice(5);
  const isStatic = rest.startsWith("static ");
  if (isStatic) rest = rest.slice(7);
  const def = rest.startsWith("field ") || rest.startsWith("const ") ? decodeField(rest) : decodeCallable(rest);
  if (isStatic) def.s = 1;
  if (core) def.core = 1;
  return def;
}

/** `field Name: type` or `const Name: type = value`; a constant is static. */
function decodeField(text: string): MemberDef {
  const colon = text.indexOf(": ");
  const equals = text.startsWith("const ") ? text.indexOf(" = ") : -1;
  const def: MemberDef = {
    k: "field",
    n: text.slice(6, colon),
    t: text.slice(colon + 2, equals < 0 ? undefined : equals),
  };
  if (equals >= 0) {
    def.s = 1;
    def.v = text.slice(equals + 3);
  }
  return def;
}

function decodeCallable(text: string): MemberDef {
  const open = text.indexOf("(");
  if (open < 0) return decodeProperty(text);
  const close = text.indexOf(")", open);
  const list = text.slice(open + 1, close);
  const p = list === "" ? [] : list.split(", ").map(decodeParameter);
  if (text.startsWith("new(")) return { k: "ctor", p };
  const def: MemberDef = { k: "method", n: text.slice(0, open), p, r: text.slice(close + 3) };
  const angle = text.indexOf("<");
  if (angle >= 0 && angle < open) {
    def.n = text.slice(0, angle);
    def.g = Number(text.slice(angle + 1, open - 1));
  }
  if (list.startsWith("this ")) def.ext = 1;
  return def;
}

/** `Name: type get set notnull` or `this[types]: type get set`. */
function decodeProperty(text: string): MemberDef {
  const colon = text.indexOf(": ");
  const [t, ...accessors] = text.slice(colon + 2).split(" ");
  const name = text.slice(0, colon);
  const def: MemberDef = { k: "prop", n: name, t };
  if (name.startsWith("this[")) {
    def.n = "Item";
    def.ix = name.slice(5, -1).split(", ");
  }
  if (accessors.includes("get")) def.get = 1;
  if (accessors.includes("set")) def.set = 1;
  if (accessors.includes("notnull")) def.notnull = 1;
  return def;
}

/** `[this|out|ref|params] type name [= default]`. */
function decodeParameter(text: string): ParameterDef {
  const words = text.split(" ");
  const modifier = words[0];
  if (modifier === "this" || modifier === "out" || modifier === "ref" || modifier === "params") words.shift();
  const byReference = modifier === "out" || modifier === "ref";
  const def: ParameterDef = { n: words[1], t: byReference ? `${words[0]}&` : words[0] };
  if (modifier === "out") def.out = 1;
  else if (modifier === "ref") def.ref = 1;
  else if (modifier === "params") def.params = 1;
  if (words[2] === "=") def.def = words.slice(3).join(" ");
  return def;
}
