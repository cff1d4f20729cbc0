/**
 * Finds what a member does. The library registers implementations under the type that .NET declares them in (library/define.ts); a member
 * that a type overrides or implements without an entry of its own is found on its bases and interfaces, then among what every object can
 * do, then, for interfaces and base classes, on the value at hand when it is called.
 */
import type { ResolvedMember } from "../2-bind/symbols.ts";
import { defaultOf } from "../runtime/default-value.ts";
import {
  compareObjects,
  compareOf,
  equalsObject,
  equalsOf,
  formatObject,
  hashObject,
  hashOf,
  textOf,
  toText,
  typeOf,
} from "../runtime/object.ts";
import { box, CsException, unbox } from "../runtime/values.ts";
import { allDefinitions, declarationVersion, type Type, type } from "../types.ts";
import { findImplementation, type Implementation, type Inline, isInline } from "./define.ts";
import { getType, typeObject } from "./type.ts";

export type Linked = Implementation | Inline;

/** The implementation of a member under `key` (its own or that of its setter); undefined when the library has none. */
export function link(member: ResolvedMember, key: string): Linked | undefined {
  const { declaringType: owner, def } = member;
  const own = findImplementation(owner.name, key);
  if (own) return own;
  if (def.s || def.k === "ctor") return undefined;
  return inherited(owner, key) ?? universal(owner, key) ?? dispatched(owner, key);
}

function inherited(owner: Type, key: string): Linked | undefined {
  for (let base = owner.base; base; base = base.base) {
    if (base.name === "System.Object" || base.name === "System.ValueType") break;
    const found = findImplementation(base.name, key);
    if (found) return found;
  }
  for (const each of owner.interfaces) {
    const found = findImplementation(each.name, key);
    if (found) return found;
  }
  return undefined;
}

/** Members that any type may declare, by what runtime/object.ts knows of the type. */
function universal(owner: Type, key: string): Implementation | undefined {
  const isValue = owner.isValueType;
  switch (key) {
    case "ToString()":
      return isValue ? (self: unknown) => textOf(self, owner) : toText;
    case "ToString(IFormatProvider)":
      return isValue
        ? (self: unknown, provider: unknown) => textOf(self, owner, null, provider)
        : (self: unknown, provider: unknown) => formatObject(self, null, provider);
    case "ToString(string)":
    case "ToString(string,IFormatProvider)":
      return isValue
        ? (self: unknown, f: string | null, provider: unknown = null) => textOf(self, owner, f, provider)
        : formatObject;
    case "GetValueOrDefault()":
      return owner.isNullable ? (self: unknown) => self ?? defaultOf(owner.args[0]) : undefined;
    case "GetType()":
      return isValue ? () => typeObject(owner) : getType;
    case "GetHashCode()":
      return isValue ? hashOf(owner) : hashObject;
    case "Equals(object)":
      return isValue ? (self: unknown, other: unknown) => equalsObject(box(self, owner), other) : equalsObject;
    case "CompareTo(object)":
      return isValue ? (self: unknown, other: unknown) => compareObjects(box(self, owner), other) : compareObjects;
  }
  const compared = comparedType(owner);
  if (/^Equals\([^,]+\)$/.test(key)) {
    const equals = equalsOf(compared);
    return (self: unknown, other: unknown) => equals(unboxed(self, owner), other);
  }
  if (/^CompareTo\([^,]+\)$/.test(key)) {
    const compare = compareOf(compared);
    return (self: unknown, other: unknown) => compare(unboxed(self, owner), other);
  }
  return undefined;
}

/** IEquatable<T> and IComparable<T> compare T; other types themselves. */
function comparedType(owner: Type): Type {
  return owner.kind === "interface" && owner.args.length === 1 ? owner.args[0] : owner;
}

/** A value type behind an interface is boxed. */
function unboxed(self: unknown, owner: Type): unknown {
  return owner.kind === "interface" ? unbox(self) : self;
}

/** Late dispatch on the value's own type, if any type derived from `owner` implements the key. */
function dispatched(owner: Type, key: string): Implementation | undefined {
  if (owner.isValueType || !implementedBelow(owner, key)) return undefined;
  const found = new Map<Type, (...args: unknown[]) => unknown>();
  return (self: unknown, ...args: unknown[]) => {
    const t = typeOf(self);
    let target = found.get(t);
    if (!target) {
      target = implementationFor(t, key);
      found.set(t, target);
    }
    return target(t.isValueType ? unbox(self) : self, ...args);
  };
}

function implementationFor(t: Type, key: string): (...args: unknown[]) => unknown {
  const found = findImplementation(t.name, key) ?? inherited(t, key);
  if (found && !isInline(found)) return found as (...args: unknown[]) => unknown;
  return () => {
    throw new CsException("System.NotSupportedException", `'${t.clrName}.${key}' is not supported.`);
  };
}

const below = new Map<string, boolean>();
let belowVersion = -1;

function implementedBelow(owner: Type, key: string): boolean {
  if (belowVersion !== declarationVersion()) below.clear();
  belowVersion = declarationVersion();
  const question = `${owner.name} ${key}`;
  let answer = below.get(question);
  if (answer === undefined) {
    answer = [...allDefinitions()].some((def) => {
      const name = def.type.replace(/<.*$/, "");
      const found = findImplementation(name, key);
      return found !== undefined && !isInline(found) && derivesFrom(name, def.type, owner);
    });
    below.set(question, answer);
  }
  return answer;
}

function derivesFrom(name: string, text: string, owner: Type): boolean {
  const arity = text.includes("<") ? text.split("!").length - 1 : 0;
  const t = type(name, ...Array.from({ length: arity }, () => type("System.Object")));
  for (let base = t.base; base; base = base.base) if (base.name === owner.name) return true;
  return t.interfaces.some((i) => i.name === owner.name);
}
