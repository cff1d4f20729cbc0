/**
 * Types by the names that code uses: simple names through the default imports, full names, nested types; extension
 * methods by name.
 */
import { declarationVersion, definitionKeys, findDefinition, type Type, type } from "../types.ts";
import type { Method } from "./members.ts";
import { methodsNamed } from "./members.ts";

/** What every expression imports. */
export const IMPORTS: readonly string[] = [
  "System",
  "System.Collections.Generic",
  "System.Linq",
  "System.Text",
  "System.Text.RegularExpressions",
  "System.Security.Cryptography",
  "System.Security.Cryptography.X509Certificates",
  "System.Xml.Linq",
  "System.Net",
  "System.IO",
  "Newtonsoft.Json",
  "Newtonsoft.Json.Linq",
];

interface Index {
  readonly version: number;
  readonly namespaces: Set<string>;
  /** ``List`1`` -> full name, of imported namespaces and the global one. */
  readonly simple: Map<string, string>;
  /** Of types in namespaces that are not imported: simple name -> full name. */
  readonly elsewhere: Map<string, string>;
  readonly full: Set<string>;
  /** Names of static classes: in the global namespace, in imported ones. */
  readonly extensionOwners: readonly [string[], string[]];
  readonly extensions: Map<string, readonly [Method[], Method[]]>;
}

let index: Index | undefined;

function names(): Index {
  if (index?.version !== declarationVersion()) index = buildIndex();
  return index as Index;
}

function buildIndex(): Index {
  const built: Index = {
    version: declarationVersion(),
    namespaces: new Set(),
    simple: new Map(),
    elsewhere: new Map(),
    full: definitionKeys(),
    extensionOwners: [[], []],
    extensions: new Map(),
  };
  for (const key of built.full) {
    if (key.includes("+")) continue;
    const dot = key.lastIndexOf(".");
    const namespace = dot < 0 ? "" : key.slice(0, dot);
    addNamespaces(built.namespaces, namespace);
    const imported = IMPORTS.includes(namespace);
    const simple = key.slice(dot + 1);
    if (namespace !== "" && !imported) {
      built.elsewhere.set(simple.slice(0, simple.lastIndexOf("`")), key.slice(0, key.lastIndexOf("`")));
      continue;
    }
    if (namespace === "" || !built.simple.has(simple)) built.simple.set(simple, key.slice(0, key.lastIndexOf("`")));
    // By convention, which the table and the host keep, the classes of extension methods end in Extensions. Enumerable
    // came before it.
    if (key.endsWith("Extensions`0") || key === "System.Linq.Enumerable`0") {
      built.extensionOwners[imported ? 1 : 0].push(key.slice(0, -2));
    }
  }
  return built;
}

function addNamespaces(all: Set<string>, namespace: string): void {
  for (let at = namespace; at !== "" && !all.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) all.add(at);
}

export function isNamespace(name: string): boolean {
  return names().namespaces.has(name);
}

/** Full name of the type that a simple name with so many type arguments stands for. */
export function findSimpleType(name: string, arity: number): string | undefined {
  return names().simple.get(`${name}\`${arity}`);
}

export function isType(fullName: string, arity: number): boolean {
  return names().full.has(`${fullName}\`${arity}`);
}

/** Numbers of type parameters under which a simple name is known. */
export function aritiesOf(name: string): number[] {
  return [0, 1, 2, 3, 4].filter((n) => names().simple.has(`${name}\`${n}`));
}

/** Full name of a type that needs one: its namespace is not imported. */
export function fullNameElsewhere(name: string): string | undefined {
  return names().elsewhere.get(name);
}

/** Extension methods of that name, by tier: the host's first, then those of the imported namespaces. */
export function extensionsNamed(name: string): readonly [Method[], Method[]] {
  const { extensions, extensionOwners } = names();
  let found = extensions.get(name);
  if (!found) {
    found = [collect(extensionOwners[0], name), collect(extensionOwners[1], name)];
    extensions.set(name, found);
  }
  return found;
}

function collect(owners: readonly string[], name: string): Method[] {
  return owners.flatMap((owner) => methodsNamed(type(owner), name).filter((m) => m.def.ext === 1));
}

/** Simple names of all types that can be named without a namespace. */
export function simpleTypeNames(): string[] {
  return [...names().simple.keys()].map((key) => key.slice(0, key.indexOf("`")));
}

/** A nested type: `TimeZoneInfo.AdjustmentRule`. */
export function findNestedType(outer: Type, name: string): Type | undefined {
  const full = `${outer.name}+${name}`;
  return findDefinition(full, outer.args.length) ? type(full, ...outer.args) : undefined;
}
