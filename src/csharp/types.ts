/**
 * .NET types, at compile time and at run time: one interned object per type, so that identity is equality.
 * Declarations come from the signature table (library/surface) and from whoever adds types, such as the engine's
 * `context`.
 */
import { surfaceDefinition, surfaceKeys } from "./library/surface.ts";
import { tupleDefinition } from "./tuple-definition.ts";
import type { TypeDef, TypeKind } from "./type-definitions.ts";

export type { MemberDef, ParameterDef, TypeDef, TypeKind } from "./type-definitions.ts";

const KEYWORDS: Readonly<Record<string, string>> = {
  "System.Boolean": "bool",
  "System.Byte": "byte",
  "System.Char": "char",
  "System.Decimal": "decimal",
  "System.Double": "double",
  "System.Int16": "short",
  "System.Int32": "int",
  "System.Int64": "long",
  "System.Object": "object",
  "System.SByte": "sbyte",
  "System.Single": "float",
  "System.String": "string",
  "System.UInt16": "ushort",
  "System.UInt32": "uint",
  "System.UInt64": "ulong",
  "System.Void": "void",
};

/** C# keyword -> full type name: `int` -> `System.Int32`. */
export const keywordTypes: ReadonlyMap<string, string> = new Map(Object.entries(KEYWORDS).map(([k, v]) => [v, k]));

function isValueKind(kind: TypeKind): boolean {
  return kind === "struct" || kind === "enum" || kind === "tuple" || kind === "void";
}

let nextTypeId = 0;

export class Type {
  /** Small number of this type, for composite keys. */
  readonly id: number = nextTypeId++;
  /** Full name without arity or arguments: `System.Collections.Generic.List`. For a type parameter `!0` or `!!0`. */
  readonly name: string;
  kind: TypeKind;
  /** Type arguments; for an array its element type; for a tuple or anonymous type its member types. */
  readonly args: readonly Type[];
  def: TypeDef;
  /** Member names of a tuple (may be undefined) or anonymous type. */
  readonly memberNames: readonly (string | undefined)[] | undefined;
  /** Number of dimensions of an array; otherwise 1. */
  readonly rank: number;
  isValueType: boolean;
  #interfaces: readonly Type[] | undefined;
  #base: Type | null | undefined;
  /** The generic types with this one as their only argument, by name. */
  #argumentOf: Map<string, Type> | undefined;

  /** Use `type()`, `arrayOf()` and the like: a Type is interned. */
  constructor(
    name: string,
    kind: TypeKind,
    args: readonly Type[],
    def: TypeDef,
    memberNames?: readonly (string | undefined)[],
    rank = 1,
  ) {
    this.name = name;
    this.kind = kind;
    this.args = args;
    this.def = def;
    this.memberNames = memberNames;
    this.rank = rank;
    this.isValueType = isValueKind(kind);
  }

  /** The generic type of that name with this one as its only argument (`[]`: the array), if it was asked for before. */
  argumentOf(name: string): Type | undefined {
    return this.#argumentOf?.get(name);
  }

  noteArgumentOf(name: string, generic: Type): void {
    this.#argumentOf ??= new Map();
    this.#argumentOf.set(name, generic);
  }

  /** Takes a later declaration of the same name; only for `declareTypes`. */
  redeclare(def: TypeDef): void {
    this.def = def;
    this.kind = def.kind;
    this.isValueType = isValueKind(def.kind);
    this.#interfaces = undefined;
    this.#base = undefined;
  }

  get isNullable(): boolean {
    return this.name === "System.Nullable" && this.args.length === 1;
  }

  /** Element type of an array, T of Nullable<T>, otherwise undefined. */
  get element(): Type | undefined {
    return this.kind === "array" || this.isNullable ? this.args[0] : undefined;
  }

  /** Simple name without namespace: `List`. */
  get simpleName(): string {
    return this.name.slice(Math.max(this.name.lastIndexOf("."), this.name.lastIndexOf("+")) + 1);
  }

  get base(): Type | null {
    if (this.#base === undefined) {
      this.#base = this.def.base ? parseType(this.def.base, this.args) : null;
    }
    return this.#base;
  }

  /** All interfaces, inherited ones included. */
  get interfaces(): readonly Type[] {
    if (this.#interfaces === undefined) {
      const all = new Set<Type>();
      for (const text of this.def.ifaces) {
        const direct = parseType(text, this.args);
        all.add(direct);
        for (const inherited of direct.interfaces) all.add(inherited);
      }
      for (const inherited of this.base?.interfaces ?? []) all.add(inherited);
      this.#interfaces = [...all];
    }
    return this.#interfaces;
  }

  /** As C# shows it, with keywords and full names: `int`, `System.Collections.Generic.List<int>`. */
  toString(): string {
    if (this.kind === "array") return arrayText(this, String);
    if (this.isNullable) return `${this.args[0]}?`;
    if (this.kind === "tuple") {
      return `(${this.args.map((a, i) => (this.memberNames?.[i] ? `${a} ${this.memberNames[i]}` : `${a}`)).join(", ")})`;
    }
    if (this.kind === "anonymous") {
      if (this.args.length === 0) return "<empty anonymous type>";
      return `<anonymous type: ${this.args.map((a, i) => `${a} ${this.memberNames?.[i]}`).join(", ")}>`;
    }
    return nameWithArguments(this, KEYWORDS[this.name] ?? this.name);
  }

  /** As reflection shows it: ``System.Collections.Generic.List`1[System.Int32]``. */
  get clrName(): string {
    if (this.kind === "array") return `${this.args[0].clrName}${rankText(this)}`;
    if (this.kind === "tuple")
      return `System.ValueTuple\`${this.args.length}[${this.args.map((a) => a.clrName).join(",")}]`;
    if (this.kind === "anonymous") {
      if (this.args.length === 0) return "<>f__AnonymousType0";
      return `<>f__AnonymousType0\`${this.args.length}[${this.args.map((a) => a.clrName).join(",")}]`;
    }
    if (this === dynamicType) return "System.Object";
    if (this.args.length === 0) return this.name;
    const nested = this.name.indexOf("+");
    const arity = `\`${this.args.length}`;
    const name =
      nested < 0 ? `${this.name}${arity}` : `${this.name.slice(0, nested)}${arity}${this.name.slice(nested)}`;
    return `${name}[${this.args.map((a) => a.clrName).join(",")}]`;
  }
}

/**
 * `Dictionary+KeyCollection` of <K, V> -> `Dictionary<K, V>.KeyCollection`: all generic nested types of the table take
 * the outer's arguments.
 */
function nameWithArguments(t: Type, name: string): string {
  const args = t.args.length ? `<${t.args.join(", ")}>` : "";
  const nested = name.indexOf("+");
  return nested < 0 ? name + args : `${name.slice(0, nested)}${args}.${name.slice(nested + 1).replaceAll("+", ".")}`;
}

/** `[]`, `[,]`: the brackets of an array type itself. */
export function rankText(array: Type): string {
  return `[${",".repeat(array.rank - 1)}]`;
}

/** An array type as C# writes it: the brackets of the outer array come first, so `int[][,]` is an array of `int[,]`. */
export function arrayText(array: Type, elementText: (element: Type) => string): string {
  let brackets = "";
  let element = array;
  for (; element.kind === "array"; element = element.args[0]) brackets += rankText(element);
  return elementText(element) + brackets;
}

const definitions = new Map<string, TypeDef>();
const interned = new Map<string, Type>();
let declared = 0;

/**
 * Adds declarations (the engine's `context`) to those of the signature table. A later declaration of the same name
 * replaces an earlier one; types that were interned before know it from then on.
 */
export function declareTypes(defs: Iterable<TypeDef>): void {
  const changed = new Map<string, TypeDef>();
  for (const def of defs) {
    const [name, arity] = splitDefinitionName(def.type);
    const key = `${name}\`${arity}`;
    definitions.set(key, def);
    changed.set(key, def);
  }
  declared++;
  for (const t of interned.values()) {
    const def = changed.get(`${t.name}\`${t.args.length}`);
    if (def && t.kind !== "tuple" && t.kind !== "array") t.redeclare(def);
  }
}

/** Grows with each declareTypes: caches made from declarations are stale when it changes. */
export function declarationVersion(): number {
  return declared;
}

/** The declaration of a type by full name and number of type parameters. */
export function findDefinition(name: string, arity = 0): TypeDef | undefined {
  const key = `${name}\`${arity}`;
  return definitions.get(key) ?? surfaceDefinition(key);
}

/** Full name, backtick, number of type parameters: of every declared type. */
export function definitionKeys(): Set<string> {
  return new Set([...definitions.keys(), ...surfaceKeys()]);
}

export function* allDefinitions(): Generator<TypeDef> {
  for (const key of definitionKeys()) {
    const def = definitions.get(key) ?? surfaceDefinition(key);
    if (def) yield def;
  }
}

function splitDefinitionName(text: string): [name: string, arity: number] {
  const open = text.indexOf("<");
  return open < 0 ? [text, 0] : [text.slice(0, open), text.slice(open).split("!").length - 1];
}

function intern(key: string, make: () => Type): Type {
  let found = interned.get(key);
  if (!found) {
    found = make();
    interned.set(key, found);
  }
  return found;
}

/**
 * A type by full name: `type("System.Int32")`, `type("System.Collections.Generic.List", int)`. Undeclared names become
 * opaque classes.
 */
export function type(name: string, ...args: Type[]): Type {
  const known = args.length === 0 ? interned.get(name) : args.length === 1 ? args[0].argumentOf(name) : undefined;
  if (known) return known;
  const made = construct(name, args);
  if (args.length === 1) args[0].noteArgumentOf(name, made);
  return made;
}

function construct(name: string, args: Type[]): Type {
  const key = args.length ? `${name}<${args.map((a) => a.id).join(",")}>` : name;
  return intern(key, () => {
    const def = findDefinition(name, args.length);
    return new Type(
      name,
      def?.kind ?? "class",
      args,
      def ?? { type: name, kind: "class", base: "System.Object", ifaces: [], m: [] },
    );
  });
}

const ARRAY_DEF: TypeDef = {
  type: "System.Array",
  kind: "array",
  base: "System.Array",
  ifaces: [
    "System.Collections.Generic.IList<!0>",
    "System.Collections.Generic.IReadOnlyList<!0>",
    "System.Collections.IEnumerable",
  ],
  m: [],
};

/** Only arrays of one dimension implement the generic interfaces. */
const MULTI_ARRAY_DEF: TypeDef = { ...ARRAY_DEF, ifaces: [] };

/** An array type; types of different rank have different names: `System.Array`, `System.Array[,]`. */
export function arrayOf(element: Type, rank = 1): Type {
  if (rank === 1) return element.argumentOf("[]") ?? arrayOfOneDimension(element);
  const brackets = `[${",".repeat(rank - 1)}]`;
  return intern(
    `${brackets}${element.id}`,
    () => new Type(`System.Array${brackets}`, "array", [element], MULTI_ARRAY_DEF, undefined, rank),
  );
}

function arrayOfOneDimension(element: Type): Type {
  const made = intern(`[]${element.id}`, () => new Type("System.Array", "array", [element], ARRAY_DEF));
  element.noteArgumentOf("[]", made);
  return made;
}

export function nullableOf(underlying: Type): Type {
  return type("System.Nullable", underlying);
}

const OBJECT_DEF: TypeDef = { type: "", kind: "anonymous", base: "System.Object", ifaces: [], m: [] };

export function tupleOf(elements: readonly Type[], names?: readonly (string | undefined)[]): Type {
  const key = `(${elements.map((e, i) => `${e.id} ${names?.[i] ?? ""}`).join(",")})`;
  return intern(key, () => new Type("System.ValueTuple", "tuple", elements, tupleDefinition(elements.length), names));
}

export function anonymousOf(members: readonly Type[], names: readonly string[]): Type {
  const key = `{${members.map((e, i) => `${e.id} ${names[i]}`).join(",")}}`;
  return intern(key, () => new Type("<anonymous type>", "anonymous", members, OBJECT_DEF, names));
}

/** A type parameter: `!n` of the declaring type or `!!n` of the method. */
export function typeParameter(name: string): Type {
  return intern(
    name,
    () => new Type(name, "typeParameter", [], { type: name, kind: "typeParameter", ifaces: [], m: [] }),
  );
}

function special(name: string, kind: TypeKind): Type {
  return intern(name, () => new Type(name, kind, [], { type: name, kind, ifaces: [], m: [] }));
}

export const nullType = special("<null>", "null");
export const errorType = special("<error>", "error");
export const voidType = special("System.Void", "void");

/** `dynamic`: object to the run time, bound late by the compiler. */
export const dynamicType = intern(
  "dynamic",
  () => new Type("dynamic", "class", [], { ...OBJECT_DEF, type: "dynamic" }),
);

/**
 * Reads a type of the signature table: `System.Func<!!0,System.Boolean>`, `System.String[]`, `!0`.
 * `typeArgs` replaces `!n`, `methodArgs` replaces `!!n`; without them they stay type parameters. A trailing `&` is
 * dropped.
 */
export function parseType(text: string, typeArgs: readonly Type[] = [], methodArgs: readonly Type[] = []): Type {
  const cursor = { at: 0 };
  return readType(text.endsWith("&") ? text.slice(0, -1) : text, cursor, typeArgs, methodArgs);
}

function readType(text: string, cursor: { at: number }, typeArgs: readonly Type[], methodArgs: readonly Type[]): Type {
  const start = cursor.at;
  while (cursor.at < text.length && !"<>,[".includes(text[cursor.at])) cursor.at++;
  const name = text.slice(start, cursor.at).trim();
  const args: Type[] = [];
  if (text[cursor.at] === "<") {
    do {
      cursor.at++;
      args.push(readType(text, cursor, typeArgs, methodArgs));
    } while (text[cursor.at] === ",");
    cursor.at++;
  }
  let result = nameToType(name, args, typeArgs, methodArgs);
  while (text.startsWith("[]", cursor.at)) {
    cursor.at += 2;
    result = arrayOf(result);
  }
  return result;
}

function nameToType(name: string, args: Type[], typeArgs: readonly Type[], methodArgs: readonly Type[]): Type {
  if (name.startsWith("!!")) return methodArgs[Number(name.slice(2))] ?? typeParameter(name);
  if (name.startsWith("!")) return typeArgs[Number(name.slice(1))] ?? typeParameter(name);
  if (name === "System.Void") return voidType;
  if (name === "dynamic") return dynamicType;
  if (name === "System.ValueTuple" && args.length > 1) return tupleOf(args);
  return type(name, ...args);
}

/** Replaces type parameters: `!n` by `typeArgs`, `!!n` by `methodArgs`. */
export function substitute(t: Type, typeArgs: readonly Type[], methodArgs: readonly Type[] = []): Type {
  if (t.kind === "typeParameter") {
    const own = t.name.startsWith("!!");
    return (own ? methodArgs[Number(t.name.slice(2))] : typeArgs[Number(t.name.slice(1))]) ?? t;
  }
  if (t.args.length === 0) return t;
  const args = t.args.map((a) => substitute(a, typeArgs, methodArgs));
  if (args.every((a, i) => a === t.args[i])) return t;
  if (t.kind === "array") return arrayOf(args[0], t.rank);
  if (t.kind === "tuple") return tupleOf(args, t.memberNames);
  if (t.kind === "anonymous") return anonymousOf(args, t.memberNames as readonly string[]);
  return type(t.name, ...args);
}
