/** System.Object, System.ValueType, and the interfaces that any object may implement: comparing, formatting, disposing. */
import {
  compareObjects,
  compareOf,
  equalsObject,
  equalsOf,
  formatObject,
  hashObject,
  toText,
  typeOf,
} from "../runtime/object.ts";
import { CsException, CsObject, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { findImplementation, implement, isInline } from "./define.ts";
import { getType, typeCode } from "./type.ts";

/** new object(): good for its identity only. */
class PlainObject extends CsObject {
  override get type(): Type {
    return type("System.Object");
  }
}

implement("System.Object", {
  "new()": () => new PlainObject(),
  "ToString()": toText,
  "Equals(object)": equalsObject,
  "Equals(object,object)": equalsObject,
  "ReferenceEquals(object,object)": (a: unknown, b: unknown) => a === b,
  "GetHashCode()": hashObject,
  "GetType()": getType,
});

implement("System.ValueType", { "ToString()": toText, "Equals(object)": equalsObject, "GetHashCode()": hashObject });

implement("System.IComparable", { "CompareTo(object)": compareObjects });
implement("System.IFormattable", { "ToString(string,IFormatProvider)": formatObject });

// IConvertible: as System.Convert does it for the value's type.
const CONVERSIONS = [
  "Boolean",
  "Byte",
  "Char",
  "DateTime",
  "Decimal",
  "Double",
  "Int16",
  "Int32",
  "Int64",
  "SByte",
  "Single",
  "UInt16",
  "UInt32",
  "UInt64",
];

for (const name of CONVERSIONS) {
  implement("System.IConvertible", {
    [`To${name}(IFormatProvider)`]: (self: unknown) => convert(`To${name}(object)`, self),
  });
}

implement("System.IConvertible", {
  "GetTypeCode()": (self: unknown) => typeCode(typeOf(self)),
  "ToString(IFormatProvider)": toText,
  "ToType(Type,IFormatProvider)": (self: unknown, target: unknown) => convert("ChangeType(object,Type)", self, target),
});

function convert(key: string, ...args: unknown[]): unknown {
  const implementation = findImplementation("System.Convert", key);
  if (!implementation || isInline(implementation))
    throw new CsException("System.NotSupportedException", `Convert.${key} is not supported.`);
  return (implementation as (...args: unknown[]) => unknown)(...args);
}

/** Something with a Dispose() that does more than nothing. */
interface Disposable {
  dispose?(): void;
}

implement("System.IDisposable", { "Dispose()": (self: unknown) => (unbox(self) as Disposable).dispose?.() });

// Behind the generic interfaces, value types are boxed while the argument is not.
implement("System.IEquatable", { "Equals(!0)": (self: unknown, other: unknown) => equalsValue(self, other) });

function equalsValue(self: unknown, other: unknown): boolean {
  const own = unbox(self);
  return own === self ? equalsObject(self, other) : equalsOf((self as CsObject).type)(own, other);
}

implement("System.IComparable", {
  "CompareTo(!0)": (self: unknown, other: unknown) => {
    const own = unbox(self);
    return own === self ? compareObjects(self, other) : compareOf((self as CsObject).type)(own, other);
  },
});
