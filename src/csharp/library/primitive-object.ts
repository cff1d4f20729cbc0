/** Equals(object) and CompareTo(object) of the value types whose representation is a JavaScript primitive. */
import { Box } from "../runtime/values.ts";
import { argument } from "./exceptions-thrown.ts";

/** The value inside a box of exactly that type; undefined for anything else. */
export function unboxAs(value: unknown, typeName: string): unknown {
  return value instanceof Box && value.type.name === typeName ? value.value : undefined;
}

/** x.Equals(object): false for another type. */
export function equalsBoxed<T>(typeName: string, equals: (a: T, b: T) => boolean) {
  return (self: T, other: unknown): boolean => {
    const value = unboxAs(other, typeName);
    return value !== undefined && equals(self, value as T);
  };
}

/** x.CompareTo(object): null comes first, another type is an ArgumentException. */
export function compareBoxed<T>(typeName: string, compare: (a: T, b: T) => number) {
  return (self: T, other: unknown): number => {
    if (other === null) return 1;
    const value = unboxAs(other, typeName);
    if (value === undefined) throw argument(`Object must be of type ${typeName.slice("System.".length)}.`);
    return compare(self, value as T);
  };
}
