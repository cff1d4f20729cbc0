/** System.Nullable<T>: a T or null (C# 7.3 section 9.3.12). Members that need T, which a value does not carry, are in link.ts. */
import { compareOf, equalsOf } from "../runtime/object.ts";
import { nullableValue } from "../runtime/casts.ts";
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
