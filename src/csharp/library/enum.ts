/** System.Enum: names, values, parsing. An enum behind System.Enum or object is a Box. */
import { compareObjects, equalsObject, formatObject, hashObject, toText, typeOf } from "../runtime/object.ts";
import { Box, CsArray, type CsException, type Ref, strings, unbox } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull, invalidOperation, overflow } from "./exceptions-thrown.ts";
import { typeObject, type TypeObject, typeOfTypeObject } from "./type.ts";

/** The members of an enum in the order that reflection gives: by unsigned value. */
function membersOf(t: Type): { name: string; value: number }[] {
  return t.def.m
    .filter((m) => m.k === "field")
    .map((m) => ({ name: m.n as string, value: Number(m.v) }))
    .sort((a, b) => (a.value >>> 0) - (b.value >>> 0));
}

function enumType(value: TypeObject | null): Type {
  const t = typeOfTypeObject(value, "enumType");
  if (t.kind !== "enum") throw argument("Type provided must be an Enum.", "enumType");
  return t;
}

/** A type argument, which C# only wants to be a value type. */
function requireEnum(t: Type): Type {
  if (t.kind !== "enum") throw argument("Type provided must be an Enum.", "TEnum");
  return t;
}

/** Names separated by commas, or a number; a text says what is wrong. */
function parse(t: Type, text: string | null, ignoreCase: boolean): number | "empty" | "unknown" | "overflow" {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return "empty";
  if (/^[-+]?\d+$/.test(trimmed)) {
    const value = Number(trimmed);
    return value === (value | 0) ? value : "overflow";
  }
  const fold = (name: string) => (ignoreCase ? name.toLowerCase() : name);
  const members = membersOf(t);
  let result = 0;
  for (const part of trimmed.split(",")) {
    const found = members.find((m) => fold(m.name) === fold(part.trim()));
    if (!found) return "unknown";
    result |= found.value;
  }
  return result;
}

function parseOrThrow(t: Type, text: string | null, ignoreCase = false): number {
  requireEnum(t);
  if (text === null) throw argumentNull("value");
  const value = parse(t, text, ignoreCase);
  if (value === "empty") throw argument("Must specify valid information for parsing in the string.", "value");
  if (value === "unknown") throw argument(`Requested value '${text}' was not found.`);
  if (value === "overflow") throw overflow("Value was either too large or too small for an Int32.");
  return value;
}

function tryParse(
  t: Type,
  text: string | null,
  ignoreCase: boolean,
  result: Ref,
  wrap: (value: number) => unknown,
): boolean {
  requireEnum(t);
  const value = parse(t, text, ignoreCase);
  result.v = wrap(typeof value === "number" ? value : 0);
  return typeof value === "number";
}

/** The number in an enum or another primitive value, seen as object or as one of the integer types. */
function numberIn(value: unknown): number {
  if (value === null) throw argumentNull("value");
  const inside = unbox(value);
  if (inside !== value) {
    switch (typeOf(value).name) {
      case "System.Boolean":
        return inside ? 1 : 0;
      case "System.Single":
        return new Int32Array(Float32Array.of(inside as number).buffer)[0];
      case "System.Double":
        return new Int32Array(Float64Array.of(inside as number).buffer)[0];
      case "System.Numerics.BigInteger":
        throw notEnumerable();
    }
  }
  if (typeof inside !== "number" && typeof inside !== "bigint") throw notEnumerable();
  return Number(BigInt.asIntN(32, BigInt(inside)));
}

function notEnumerable(): CsException {
  const message = "The value passed in must be an enum base or an underlying type for an enum, such as an Int32.";
  return argument(message, "value");
}

function nameOfValue(t: Type, value: number): string | null {
  return membersOf(t).find((m) => m.value === value)?.name ?? null;
}

const INTEGRAL = /^System\.(S?Byte|U?Int(16|32|64))$/;

/** A number must be of the underlying type, which is int for every enum there is. */
function isDefined(t: Type, value: unknown): boolean {
  if (typeof value === "string") return membersOf(t).some((m) => m.name === value);
  if (value === null) throw argumentNull("value");
  const of = typeOf(value);
  if (of.kind === "enum" && of !== t) {
    throw argument(
      `Object must be the same type as the enum. The type passed in was '${of.clrName}'; the enum type was '${t.clrName}'.`,
    );
  }
  if (of !== t && of.name !== "System.Int32") {
    if (!INTEGRAL.test(of.name)) throw invalidOperation("Unknown enum type.");
    throw argument(
      "Enum underlying type and the object must be same type or object must be a String. " +
        `Type passed in was '${of.clrName}'; the enum underlying type was 'System.Int32'.`,
    );
  }
  const number = numberIn(value);
  return membersOf(t).some((m) => m.value === number);
}

const names = (t: Type) => strings(membersOf(t).map((m) => m.name));
const values = (t: Type) =>
  new CsArray(
    t,
    membersOf(t).map((m) => m.value),
  );
const numbers = (t: Type) =>
  new CsArray(
    type("System.Int32"),
    membersOf(t).map((m) => m.value),
  );
const same = (value: number) => value;

implement("System.Enum", {
  "CompareTo(object)": compareObjects,
  "Equals(object)": equalsObject,
  "GetHashCode()": hashObject,
  "GetTypeCode()": () => 9,
  "HasFlag(Enum)": (self: Box, flag: Box | null) => {
    if (flag === null) throw argumentNull("flag");
    if (typeOf(self) !== typeOf(flag)) {
      throw argument(
        `The argument type, '${typeOf(flag).clrName}', is not the same as the enum type '${typeOf(self).clrName}'.`,
      );
    }
    return ((self.value as number) & (flag.value as number)) === flag.value;
  },
  "ToString()": toText,
  "ToString(IFormatProvider)": toText,
  "ToString(string)": formatObject,
  "ToString(string,IFormatProvider)": formatObject,
});

implement("System.Enum", {
  "Format(*)": (t: TypeObject, value: unknown, format: string | null) => {
    if (value === null) throw argumentNull("value");
    if (format === null) throw argumentNull("format");
    return formatObject(new Box(enumType(t), numberIn(value)), format);
  },
  "GetName(!!0)": (t: Type, value: number) => nameOfValue(requireEnum(t), value),
  "GetName(Type,object)": (t: TypeObject, value: unknown) => nameOfValue(enumType(t), numberIn(value)),
  "GetNames()": (t: Type) => names(requireEnum(t)),
  "GetNames(Type)": (t: TypeObject) => names(enumType(t)),
  "GetUnderlyingType(Type)": (t: TypeObject) => enumType(t) && typeObject(type("System.Int32")),
  "GetValues()": (t: Type) => values(requireEnum(t)),
  "GetValues(Type)": (t: TypeObject) => values(enumType(t)),
  "GetValuesAsUnderlyingType()": (t: Type) => numbers(requireEnum(t)),
  "GetValuesAsUnderlyingType(Type)": (t: TypeObject) => numbers(enumType(t)),
  "IsDefined(!!0)": (t: Type, value: number) => nameOfValue(requireEnum(t), value) !== null,
  "IsDefined(Type,object)": (t: TypeObject, value: unknown) => isDefined(enumType(t), value),
  "Parse(string)": parseOrThrow,
  "Parse(string,bool)": parseOrThrow,
  "Parse(Type,string)": (t: TypeObject, text: string | null) => new Box(enumType(t), parseOrThrow(enumType(t), text)),
  "Parse(Type,string,bool)": (t: TypeObject, text: string | null, ignoreCase: boolean) =>
    new Box(enumType(t), parseOrThrow(enumType(t), text, ignoreCase)),
  "ToObject(*)": (t: TypeObject, value: unknown) => new Box(enumType(t), numberIn(value)),
  "TryParse(string,!!0&)": (t: Type, text: string | null, result: Ref) => tryParse(t, text, false, result, same),
  "TryParse(string,bool,!!0&)": (t: Type, text: string | null, ignoreCase: boolean, result: Ref) =>
    tryParse(t, text, ignoreCase, result, same),
  "TryParse(Type,string,object&)": (t: TypeObject, text: string | null, result: Ref) =>
    tryParse(enumType(t), text, false, result, (value) => new Box(enumType(t), value)),
  "TryParse(Type,string,bool,object&)": (t: TypeObject, text: string | null, ignoreCase: boolean, result: Ref) =>
    tryParse(enumType(t), text, ignoreCase, result, (value) => new Box(enumType(t), value)),
});
