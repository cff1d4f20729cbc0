/** System.Nullable<T>: a T or null (C# 7.3 section 9.3.12). */
import { defaultOf } from "../runtime/default-value.ts";
import { compareOf, equalsObject, equalsOf, hashOf, textOf } from "../runtime/object.ts";
import { nullableValue } from "../runtime/casts.ts";
import { box } from "../runtime/values.ts";
import { nullableOf, type Type } from "../types.ts";
import { implement } from "./define.ts";
import { type TypeObject, typeObject, typeOfTypeObject } from "./type.ts";

implement("System.Nullable", {
  "new(!0)": (_constructed: Type, value: unknown) => value,
  HasValue: { inline: (self) => `${self} !== null` },
  Value: nullableValue,
  "GetValueOrDefault(!0)": (self: unknown, otherwise: unknown) => self ?? otherwise,
  "Compare(Nullable<!!0>,Nullable<!!0>)": (t: Type, a: unknown, b: unknown) => compareOf(nullableOf(t))(a, b),
  "Equals(Nullable<!!0>,Nullable<!!0>)": (t: Type, a: unknown, b: unknown) => equalsOf(nullableOf(t))(a, b),
  "GetUnderlyingType(Type)": (t: TypeObject | null) => {
    const target = typeOfTypeObject(t, "nullableType");
    return target.isNullable ? typeObject(target.args[0]) : null;
  },
});

/** Members that need T, which an instance does not carry: made for each constructed type. */
export function nullableMember(key: string, nullable: Type): ((self: unknown, ...args: unknown[]) => unknown) | undefined {
  const underlying = nullable.args[0];
  switch (key) {
    case "GetValueOrDefault()":
      return (self) => self ?? defaultOf(underlying);
    case "ToString()":
      return (self) => textOf(self, underlying);
    case "GetHashCode()":
      return hashOf(nullable);
    case "Equals(object)":
      return (self, other) => (self === null ? other === null : equalsObject(box(self, underlying), other));
    default:
      return undefined;
  }
}
