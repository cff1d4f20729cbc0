/** Reference assignability of run-time types: base classes, interfaces, variance, array covariance (C# 7.3 section 10.2.8, CLI I.8.7). */
import { dynamicType, tupleOf, type Type, type } from "../types.ts";

/** Interfaces and delegates whose type parameters are covariant (`out`) or contravariant (`in`), by position. */
const VARIANCE: Readonly<Record<string, string>> = {
  "System.Collections.Generic.IEnumerable": "+",
  "System.Collections.Generic.IEnumerator": "+",
  "System.Collections.Generic.IReadOnlyCollection": "+",
  "System.Collections.Generic.IReadOnlyList": "+",
  "System.Linq.IGrouping": "++",
  "System.Linq.IOrderedEnumerable": "+",
  "System.Collections.Generic.IComparer": "-",
  "System.Collections.Generic.IEqualityComparer": "-",
  "System.IComparable": "-",
  "System.Predicate": "-",
  "System.Comparison": "-",
};

/** What every ValueTuple implements, of itself. */
const TUPLE_INTERFACES: ReadonlySet<string> = new Set(["System.IComparable", "System.IEquatable"]);

/** Interfaces without variance that an array of references has of the base types of its elements as well. */
const ARRAY_INTERFACES: ReadonlySet<string> = new Set([
  "System.Collections.Generic.ICollection",
  "System.Collections.Generic.IList",
]);

/** Variance of each type parameter of a generic type: `+`, `-` or `=`. */
export function variance(t: Type, index: number): string {
  if (t.name === "System.Func") return index === t.args.length - 1 ? "+" : "-";
  if (t.name === "System.Action") return "-";
  return VARIANCE[t.name]?.[index] ?? "=";
}

/** Is a value of run-time type `from` (not a typeParameter) also a `to`, without changing representation? */
export function isAssignable(from: Type, to: Type): boolean {
  if (from === to || to.name === "System.Object" || to === dynamicType) return true;
  if (to.isNullable) return from === to.args[0];
  if (from.kind === "tuple" && to.kind === "tuple") {
    return from.args.length === to.args.length && from.args.every((a, i) => a === to.args[i]);
  }
  if (from.kind === "tuple" && TUPLE_INTERFACES.has(to.name)) {
    return to.args.length === 0 || to.args[0] === from || to.args[0] === tupleOf(from.args);
  }
  if (from.kind === "array" && from.rank === 1 && ARRAY_INTERFACES.has(to.name)) {
    const [a, b] = [from.args[0], to.args[0]];
    return a === b || (!a.isValueType && !b.isValueType && isAssignable(a, b));
  }
  for (let base: Type | null = from; base; base = base.base) {
    if (sameWithVariance(base, to)) return true;
  }
  if (to.kind === "interface") return from.interfaces.some((i) => sameWithVariance(i, to));
  if (from.kind === "array" && to.kind === "array") {
    const [a, b] = [from.args[0], to.args[0]];
    return from.rank === to.rank && !a.isValueType && !b.isValueType && isAssignable(a, b);
  }
  if (from.isValueType && !to.isValueType)
    return to === type("System.ValueType") || (from.kind === "enum" && to === type("System.Enum"));
  return false;
}

function sameWithVariance(from: Type, to: Type): boolean {
  if (from === to) return true;
  if (from.name !== to.name || from.args.length !== to.args.length || from.args.length === 0 || from.kind !== to.kind)
    return false;
  return from.args.every((a, i) => {
    const b = to.args[i];
    if (a === b) return true;
    if (a.isValueType || b.isValueType) return false;
    const v = variance(to, i);
    return v === "+" ? isAssignable(a, b) : v === "-" ? isAssignable(b, a) : false;
  });
}
