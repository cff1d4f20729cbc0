/**
 * What every .NET object can do (ToString, Equals, GetHashCode, GetType, CompareTo, enumeration), for values in any representation.
 * Types whose representation is a JavaScript primitive register their behaviour with `valueBehaviour`; library classes override CsObject.
 */
import { type Type, type } from "../types.ts";
import { isAssignable } from "./assignable.ts";
import { delegateType } from "./delegates.ts";
import { enumBehaviour } from "./enum-behaviour.ts";
import { Box, box, CsArray, CsException, CsObject, unbox } from "./values.ts";

/** Behaviour of a value type on its unboxed representation. */
export interface ValueBehaviour {
  /** ToString() or, with a format or a format provider, IFormattable.ToString(format, provider). */
  toText(value: never, format?: string | null, provider?: unknown): string;
  equals(a: never, b: never): boolean;
  hash(value: never): number;
  /** Negative, zero, positive. Absent when the type is not IComparable. */
  compare?(a: never, b: never): number;
}

/** A library class that formats itself (IFormattable): DateTime, decimal, Guid ... */
export interface Formattable {
  format(format: string | null, provider?: unknown): string;
}

/** A library class that compares itself (IComparable). */
export interface Comparable {
  compareTo(other: unknown): number;
}

const behaviours = new Map<string, ValueBehaviour>();

/** Registers how a value type with a primitive representation behaves. Enums share the entry `System.Enum` unless they have their own. */
export function valueBehaviour(typeName: string, behaviour: ValueBehaviour): void {
  behaviours.set(typeName, behaviour);
}

function behaviourOf(t: Type): ValueBehaviour | undefined {
  return behaviours.get(t.name);
}

/** Run-time type of a value seen as object; null throws NullReferenceException. */
export function typeOf(value: unknown): Type {
  if (typeof value === "string") return type("System.String");
  if (value instanceof CsObject) return value.type;
  if (typeof value === "function") return delegateType(value as () => unknown) ?? type("System.MulticastDelegate");
  if (value === null) throw nullReference();
  const host = hostTypes.get((value as object).constructor);
  if (host !== undefined) return type(host.name);
  throw new TypeError(`not a .NET value: ${typeof value}`);
}

interface HostType {
  readonly name: string;
  /** Its own ToString(); undefined: that of System.Object. */
  readonly toText: ((value: never) => string) | undefined;
}

const hostTypes = new Map<unknown, HostType>();

/** Lets instances of a class that does not extend CsObject be values of a declared type: the engine's exchange and messages. */
export function hostClass<T extends object>(
  jsClass: abstract new (...args: never[]) => T,
  name: string,
  toText?: (value: T) => string,
): void {
  hostTypes.set(jsClass, { name, toText });
}

export function nullReference(): CsException {
  return new CsException("System.NullReferenceException", "Object reference not set to an instance of an object.");
}

/** object.ToString(); null is an error here. String concatenation and formatting treat null as "". */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Box) return textOf(value.value, value.type);
  if (value instanceof CsObject) return value.toText();
  const toHostText = value === null ? undefined : hostTypes.get((value as object).constructor)?.toText;
  return toHostText === undefined ? typeOf(value).clrName : toHostText(value as never);
}

/** ToString() of the representation of a statically known type; null of a reference type or Nullable gives "". */
export function textOf(value: unknown, t: Type, format: string | null = null, provider: unknown = null): string {
  if (value === null) return "";
  if (t.isNullable) return textOf(value, t.args[0], format, provider);
  if (t.kind === "enum") return (behaviourOf(t) ?? enumBehaviour(t)).toText(value as never, format);
  const own = behaviourOf(t);
  if (own) return own.toText(value as never, format, provider);
  return formatObject(value, format, provider);
}

/** IFormattable.ToString(format, provider) of a value seen as object; null gives "". A null provider is the current culture. */
export function formatObject(value: unknown, format: string | null, provider: unknown = null): string {
  if (value === null) return "";
  if (value instanceof Box) return textOf(value.value, value.type, format, provider);
  if ((provider !== null || (format !== null && format !== "")) && isFormattable(value)) {
    return value.format(format, provider);
  }
  return toText(value);
}

function isFormattable(value: unknown): value is Formattable {
  return value instanceof CsObject && typeof (value as Partial<Formattable>).format === "function";
}

/** object.Equals(a, b). */
export function equalsObject(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a instanceof Box) return b instanceof Box && a.type === b.type && equalsOf(a.type)(a.value, b.value);
  if (a instanceof CsObject) return a.equals(b instanceof Box ? b.value : b);
  return false;
}

/** Equality of representations of a type, as EqualityComparer<T>.Default. */
export function equalsOf(t: Type): (a: unknown, b: unknown) => boolean {
  if (t.isNullable) {
    const inner = equalsOf(t.args[0]);
    return (a, b) => (a === null || b === null ? a === b : inner(a, b));
  }
  const own = behaviourOf(t) ?? (t.kind === "enum" ? enumBehaviour(t) : undefined);
  if (own) return own.equals as (a: unknown, b: unknown) => boolean;
  return equalsObject;
}

/** GetHashCode of representations of a type; null hashes to 0. */
export function hashOf(t: Type): (value: unknown) => number {
  const own = behaviourOf(t.isNullable ? t.args[0] : t) ?? (t.kind === "enum" ? enumBehaviour(t) : undefined);
  if (own) return (value) => (value === null ? 0 : own.hash(value as never));
  return hashObject;
}

export function hashObject(value: unknown): number {
  if (value === null) return 0;
  if (typeof value === "string") return (behaviours.get("System.String") as ValueBehaviour).hash(value as never);
  if (value instanceof Box) return hashOf(value.type)(value.value);
  return value instanceof CsObject ? value.hash() : 0;
}

/** Comparison of representations of a type, as Comparer<T>.Default; null sorts first. */
export function compareOf(t: Type): (a: unknown, b: unknown) => number {
  const own = behaviourOf(t.isNullable ? t.args[0] : t) ?? (t.kind === "enum" ? enumBehaviour(t) : undefined);
  const compare = own?.compare as ((a: unknown, b: unknown) => number) | undefined;
  if (!compare) return compareObjects;
  return (a, b) => (a === null ? (b === null ? 0 : -1) : b === null ? 1 : compare(a, b));
}

/** Comparer<object>.Default. */
export function compareObjects(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (a instanceof Box && b instanceof Box && a.type === b.type) return compareOf(a.type)(a.value, b.value);
  if (typeof a === "string" && typeof b === "string") return compareOf(type("System.String"))(a, b);
  const left = a instanceof Box ? a.value : a;
  if (left instanceof CsObject && typeof (left as Partial<Comparable>).compareTo === "function") {
    return (left as unknown as Comparable).compareTo(a instanceof Box && b instanceof Box ? b.value : b);
  }
  const [comparable, other] = isPrimitiveComparable(a) ? [a, b] : isPrimitiveComparable(b) ? [b, a] : [null, null];
  const message = comparable ? wrongKind(comparable, other) : "At least one object must implement IComparable.";
  throw new CsException("System.ArgumentException", message);
}

/** What a value says that compares with its own kind only. */
function wrongKind(comparable: unknown, other: unknown): string {
  const own = typeOf(comparable);
  if (own.kind !== "enum") return `Object must be of type ${own.simpleName}.`;
  const [passed, wanted] = [typeOf(other).clrName, own.clrName];
  return `Object must be the same type as the enum. The type passed in was '${passed}'; the enum type was '${wanted}'.`;
}

/** Strings, and boxes of value types that compare with their own kind only. */
function isPrimitiveComparable(value: unknown): boolean {
  if (typeof value === "string") return true;
  return value instanceof Box && (value.type.kind === "enum" || behaviourOf(value.type)?.compare !== undefined);
}

/** Does `value is T` hold? null is no instance of anything. */
export function isInstance(value: unknown, t: Type): boolean {
  if (value === null) return false;
  // A delegate that was never looked at as an object is of the type that static code takes it for.
  if (typeof value === "function" && t.kind === "delegate")
    return isAssignable(delegateType(value as () => unknown) ?? t, t);
  return isAssignable(typeOf(value), t);
}

/** A collection that is IEnumerable<T> for more than one T, such as JObject: tokens, or pairs of name and token. */
export interface ManySided {
  /** Elements for a consumer that sees it as IEnumerable<elementType>. */
  iterateAs(elementType: Type): Iterable<unknown>;
}

/**
 * Enumerates any IEnumerable in its element representation; a string gives chars.
 * @param elementType what the consumer takes the elements for, where it knows; it matters to ManySided collections only
 */
export function iterate(source: unknown, elementType?: Type): Iterable<unknown> {
  if (typeof source === "string") return chars(source);
  if (source === null) throw nullReference();
  const collection = unbox(source) as Iterable<unknown> & Partial<ManySided>;
  return elementType && collection.iterateAs ? collection.iterateAs(elementType) : collection;
}

function* chars(text: string): Generator<number> {
  for (let i = 0; i < text.length; i++) yield text.charCodeAt(i);
}

/** T of the IEnumerable<T> that the value implements; object when it has none. */
export function elementTypeOf(source: unknown): Type {
  if (typeof source === "string") return type("System.Char");
  if (source instanceof CsArray) return source.elementType;
  const t = typeOf(source);
  if (t.name === ENUMERABLE) return t.args[0];
  return t.interfaces.find((i) => i.name === ENUMERABLE)?.args[0] ?? type("System.Object");
}

const ENUMERABLE = "System.Collections.Generic.IEnumerable";

/** Enumerates with each element as object (value types boxed): non-generic IEnumerable, string.Join(object), serialisers. */
export function* iterateBoxed(source: unknown): Generator<unknown> {
  const t = elementTypeOf(source);
  for (const item of iterate(source)) yield box(item, t);
}
