/**
 * Members of constructed types, with their types substituted, as member lookup sees them (C# 7.3 section 12.5):
 * inherited, with overrides and hiding resolved. Made once per type and name.
 */
import { declarationVersion, type MemberDef, type ParameterDef, parseType, type Type } from "../types.ts";
import { memberKey } from "./member-key.ts";
import { OBJECT } from "./well-known.ts";
import { TypeParameter } from "./type-parameters.ts";

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly mode: "value" | "ref" | "out";
  readonly params: boolean;
  /** Default value as C# text. */
  readonly defaultText: string | undefined;
}

export interface Method {
  readonly kind: "method";
  readonly def: MemberDef;
  readonly declaringType: Type;
  readonly parameters: readonly Parameter[];
  readonly returnType: Type;
  /** Type arguments of the method itself: its type parameters `!!n` until they are known. */
  readonly typeArgs: readonly Type[];
  readonly isStatic: boolean;
  /** Distance of the type that first declared it from the type looked in: nearer applicable methods win. */
  readonly level: number;
}

export interface Property {
  readonly kind: "property";
  readonly def: MemberDef;
  readonly declaringType: Type;
  readonly type: Type;
  readonly isStatic: boolean;
  /** Of an indexer. */
  readonly parameters: readonly Parameter[];
  readonly level: number;
}

export interface Field {
  readonly kind: "field";
  readonly def: MemberDef;
  readonly declaringType: Type;
  readonly type: Type;
  readonly isStatic: boolean;
}

/** What a name means in a type: overloads, or one property or field. */
export type MemberSet = readonly Method[] | Property | Field;

interface Members {
  readonly named: Map<string, MemberSet | null>;
  constructors?: readonly Method[];
  indexers?: readonly Property[];
}

let cache = new Map<Type, Members>();
let cacheVersion = 0;

function membersOf(t: Type): Members {
  if (cacheVersion !== declarationVersion()) {
    cache = new Map();
    cacheVersion = declarationVersion();
  }
  let found = cache.get(t);
  if (!found) {
    found = { named: new Map() };
    cache.set(t, found);
  }
  return found;
}

/** Members of that name, or null. Constructors and indexers are not found by name. */
export function lookup(t: Type, name: string): MemberSet | null {
  const members = membersOf(t);
  let found = members.named.get(name);
  if (found === undefined) {
    found = find(t, name);
    members.named.set(name, found);
  }
  return found;
}

/** Overloads of that name; none when the name is a property, a field or unknown. */
export function methodsNamed(t: Type, name: string): readonly Method[] {
  const found = lookup(t, name);
  return Array.isArray(found) ? (found as readonly Method[]) : [];
}

export function constructorsOf(t: Type): readonly Method[] {
  const members = membersOf(t);
  members.constructors ??= t.def.m.filter((m) => m.k === "ctor").map((m) => makeMethod(t, m, 0));
  return members.constructors;
}

export function indexersOf(t: Type): readonly Property[] {
  const members = membersOf(t);
  members.indexers ??= findIndexers(t);
  return members.indexers;
}

/** The type, then where its members may be inherited from, nearest first. */
function lineage(t: Type): Type[] {
  if (t.kind === "interface") return [t, ...t.interfaces, OBJECT];
  if (t instanceof TypeParameter) return [t, ...lineage(t.base), ...t.interfaces];
  const chain: Type[] = [];
  for (let at: Type | null = t; at; at = at.base) chain.push(at);
  if (chain.at(-1) !== OBJECT && t.kind !== "static") chain.push(OBJECT);
  return chain;
}

function find(t: Type, name: string): MemberSet | null {
  const methods: Method[] = [];
  const chain = lineage(t);
  const isFlat = t.kind === "interface" || t instanceof TypeParameter;
  for (let level = 0; level < chain.length; level++) {
    const owner = chain[level];
    for (const def of owner.def.m) {
      if (def.n !== name || def.ix || def.k === "ctor") continue;
      if (def.k === "method") addMethod(methods, makeMethod(owner, def, isFlat && level > 0 ? 1 : level));
      else if (methods.length === 0) return def.k === "prop" ? makeProperty(owner, def, level) : makeField(owner, def);
    }
  }
  return methods.length > 0 ? methods : null;
}

/** A nearer method of the same signature overrides (then it counts as declared where this one is) or hides. */
function addMethod(methods: Method[], method: Method): void {
  for (let i = 0; i < methods.length; i++) {
    const nearer = methods[i];
    if (nearer.level === method.level || !sameSignature(nearer, method)) continue;
    const overrides = !nearer.isStatic && !method.isStatic && nearer.returnType === method.returnType;
    if (overrides) methods[i] = { ...nearer, level: method.level };
    return;
  }
  methods.push(method);
}

function sameSignature(a: Method, b: Method): boolean {
  if (a.parameters.length !== b.parameters.length || a.typeArgs.length !== b.typeArgs.length) return false;
  return a.parameters.every((p, i) => p.type === b.parameters[i].type && p.mode === b.parameters[i].mode);
}

function findIndexers(t: Type): Property[] {
  const found: Property[] = [];
  lineage(t).forEach((owner, level) => {
    for (const def of owner.def.m) {
      if (!def.ix) continue;
      const indexer = makeProperty(owner, def, level);
      const hidden = found.some(
        (f) => f.level !== level && f.parameters.every((p, i) => p.type === indexer.parameters[i].type),
      );
      if (!hidden) found.push(indexer);
    }
  });
  return found;
}

const ownTypeParameters: Type[][] = [[]];

function typeParametersOf(count: number): readonly Type[] {
  ownTypeParameters[count] ??= Array.from({ length: count }, (_, i) => parseType(`!!${i}`));
  return ownTypeParameters[count];
}

function makeMethod(owner: Type, def: MemberDef, level: number): Method {
  return {
    kind: "method",
    def,
    declaringType: owner,
    parameters: (def.p ?? []).map((p) => makeParameter(p, owner)),
    returnType: def.k === "ctor" ? owner : parseType(def.r as string, owner.args),
    typeArgs: typeParametersOf(def.g ?? 0),
    isStatic: def.s === 1,
    level,
  };
}

function makeParameter(def: ParameterDef, owner: Type): Parameter {
  return {
    name: def.n,
    type: parseType(def.t, owner.args),
    mode: def.out ? "out" : def.ref ? "ref" : "value",
    params: def.params === 1,
    defaultText: def.def,
  };
}

function makeProperty(owner: Type, def: MemberDef, level: number): Property {
  const indices = (def.ix ?? []).map((t, i) => makeParameter({ n: i === 0 ? "index" : `index${i}`, t }, owner));
  const t = parseType(def.t as string, owner.args);
  return { kind: "property", def, declaringType: owner, type: t, isStatic: def.s === 1, parameters: indices, level };
}

function makeField(owner: Type, def: MemberDef): Field {
  return {
    kind: "field",
    def,
    declaringType: owner,
    type: parseType(def.t as string, owner.args),
    isStatic: def.s === 1,
  };
}

/** The Invoke method of a delegate type. */
export function invokeOf(t: Type): Method | undefined {
  return methodsNamed(t, "Invoke")[0];
}

const keys = new WeakMap<MemberDef, string>();

export function keyOf(def: MemberDef): string {
  let key = keys.get(def);
  if (key === undefined) {
    key = memberKey(def);
    keys.set(def, key);
  }
  return key;
}

/** All names of members that a type has, for suggestions. */
export function memberNames(t: Type): Set<string> {
  const names = new Set<string>();
  for (const owner of lineage(t)) {
    for (const def of owner.def.m) if (def.n && !def.ix && !def.n.startsWith("op_")) names.add(def.n);
  }
  return names;
}
