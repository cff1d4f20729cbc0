/** System.Type and typeof: what code may ask about types. https://learn.microsoft.com/dotnet/api/system.type */
import { isAssignable } from "../runtime/assignable.ts";
import { isInstance, typeOf } from "../runtime/object.ts";
import { CsArray, CsObject, strings, unbox } from "../runtime/values.ts";
import { arrayOf, declareTypes, findDefinition, rankText, type Type, type } from "../types.ts";
import { implement } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";

// What typeof(int).GetType() is.
declareTypes([{ type: "System.RuntimeType", kind: "class", base: "System.Type", ifaces: [], m: [] }]);

/** A System.Type; one per type, so that identity is equality. */
export class TypeObject extends CsObject {
  readonly target: Type;

  constructor(target: Type) {
    super();
    this.target = target;
  }

  override get type(): Type {
    return type("System.RuntimeType");
  }

  override toText(): string {
    return this.target.clrName;
  }
}

const objects = new Map<Type, TypeObject>();

/** The System.Type of a type; dynamic is object. */
export function typeObject(t: Type): TypeObject {
  const target = t.name === "dynamic" ? type("System.Object") : t;
  let found = objects.get(target);
  if (!found) {
    found = new TypeObject(target);
    objects.set(target, found);
  }
  return found;
}

/** The type behind a System.Type argument; null throws ArgumentNullException. */
export function typeOfTypeObject(value: CsObject | null, parameter = "type"): Type {
  if (!(value instanceof TypeObject)) throw argumentNull(parameter);
  return value.target;
}

/** object.GetType(). */
export function getType(value: unknown): TypeObject {
  return typeObject(typeOf(value));
}

function types(list: readonly Type[]): CsArray {
  return new CsArray(type("System.Type"), list.map(typeObject));
}

/** ``List`1``, `Int32[]`. */
function nameOf(t: Type): string {
  if (t.kind === "array") return `${nameOf(t.args[0])}${rankText(t)}`;
  if (t.kind === "anonymous" || t.kind === "tuple") return t.clrName.replace(/\[.*$/, "").replace(/^System\./, "");
  const isNested = t.name.includes("+");
  return t.args.length > 0 && !isNested ? `${t.simpleName}\`${t.args.length}` : t.simpleName;
}

function namespaceOf(t: Type): string | null {
  if (t.kind === "array") return namespaceOf(t.args[0]);
  const outer = t.name.split("+")[0];
  const dot = outer.lastIndexOf(".");
  return dot < 0 ? null : outer.slice(0, dot);
}

const CORE = "System.Private.CoreLib, Version=8.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e";
const JSON_NET = "Newtonsoft.Json, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed";

function assemblyOf(t: Type): string {
  return t.name.startsWith("Newtonsoft.") ? JSON_NET : CORE;
}

/** Arguments of a generic type come with their assemblies: ``System.Nullable`1[[System.Int32, System.Private.CoreLib, ...]]``. */
function fullName(t: Type): string {
  if (t.kind === "array") return `${fullName(t.args[0])}${rankText(t)}`;
  if (t.args.length === 0) return t.clrName;
  const args = t.args.map((a) => `[${fullName(a)}, ${assemblyOf(a)}]`).join(",");
  return `${t.clrName.slice(0, t.clrName.indexOf("["))}[${args}]`;
}

const PRIMITIVES = new Set(
  ["Boolean", "Char", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Single", "Double"].map(
    (name) => `System.${name}`,
  ),
);

/** System.TypeCode by type. */
const TYPE_CODES: ReadonlyMap<string, number> = new Map([
  ["System.DBNull", 2],
  ["System.Boolean", 3],
  ["System.Char", 4],
  ["System.SByte", 5],
  ["System.Byte", 6],
  ["System.Int16", 7],
  ["System.UInt16", 8],
  ["System.Int32", 9],
  ["System.UInt32", 10],
  ["System.Int64", 11],
  ["System.UInt64", 12],
  ["System.Single", 13],
  ["System.Double", 14],
  ["System.Decimal", 15],
  ["System.DateTime", 16],
  ["System.String", 18],
]);

export function typeCode(t: Type): number {
  return TYPE_CODES.get(t.kind === "enum" ? "System.Int32" : t.name) ?? 1;
}

function baseOf(t: Type): Type | null {
  if (t.kind === "interface" || t.name === "System.Object") return null;
  if (t.kind === "array") return type("System.Array");
  return t.base ?? type(t.isValueType ? "System.ValueType" : "System.Object");
}

function isSubclass(t: Type, of: Type): boolean {
  for (let base = baseOf(t); base; base = baseOf(base)) if (base === of) return true;
  return false;
}

function isSealed({ kind, name }: Type): boolean {
  return (
    kind === "array" ||
    kind === "struct" ||
    kind === "enum" ||
    kind === "static" ||
    kind === "delegate" ||
    name === "System.String"
  );
}

type Self = TypeObject;

implement("System.Type", {
  Name: (self: Self) => nameOf(self.target),
  FullName: (self: Self) => fullName(self.target),
  AssemblyQualifiedName: (self: Self) => `${fullName(self.target)}, ${assemblyOf(self.target)}`,
  Namespace: (self: Self) => namespaceOf(self.target),
  BaseType: (self: Self) => {
    const base = baseOf(self.target);
    return base && typeObject(base);
  },
  DeclaringType: (self: Self) => {
    const { name, args } = self.target;
    return name.includes("+") ? typeObject(type(name.split("+")[0], ...args)) : null;
  },
  UnderlyingSystemType: (self: Self) => self,
  GenericTypeArguments: (self: Self) => types(genericArguments(self.target)),
  HasElementType: (self: Self) => self.target.kind === "array",
  IsAbstract: (self: Self) => self.target.kind === "interface" || self.target.kind === "static",
  IsArray: (self: Self) => self.target.kind === "array",
  IsClass: (self: Self) => !self.target.isValueType && self.target.kind !== "interface",
  IsConstructedGenericType: (self: Self) => genericArguments(self.target).length > 0,
  IsEnum: (self: Self) => self.target.kind === "enum",
  IsGenericType: (self: Self) => genericArguments(self.target).length > 0,
  IsGenericTypeDefinition: () => false,
  IsGenericParameter: () => false,
  IsInterface: (self: Self) => self.target.kind === "interface",
  IsNested: (self: Self) => self.target.name.includes("+"),
  IsPrimitive: (self: Self) => PRIMITIVES.has(self.target.name),
  IsPublic: (self: Self) => !self.target.name.includes("+") && self.target.kind !== "anonymous",
  IsSealed: (self: Self) => isSealed(self.target),
  IsValueType: (self: Self) => self.target.isValueType,
  Delimiter: () => ".".charCodeAt(0),
  EmptyTypes: () => types([]),
  IsByRef: () => false,
  IsPointer: () => false,
  IsNestedPublic: (self: Self) => self.target.name.includes("+"),
  IsNotPublic: (self: Self) => self.target.kind === "anonymous",
  IsSZArray: (self: Self) => self.target.kind === "array" && self.target.rank === 1,
  IsVariableBoundArray: (self: Self) => self.target.rank > 1,
  ContainsGenericParameters: () => false,
  IsVisible: (self: Self) => self.target.kind !== "anonymous",
  "op_Equality(Type,Type)": (a: Self | null, b: Self | null) => a === b,
  "op_Inequality(Type,Type)": (a: Self | null, b: Self | null) => a !== b,
  "Equals(*)": (self: Self, other: unknown) => self === other,
  "IsEquivalentTo(*)": (self: Self, other: unknown) => self === other,
  "GetTypeCode(Type)": (self: Self | null) => (self === null ? 0 : typeCode(self.target)),
  "GetType(string)": (name: string | null) => {
    if (name === null) throw argumentNull("typeName");
    return findDefinition(name) ? typeObject(type(name)) : null;
  },
});

function genericArguments(t: Type): readonly Type[] {
  return t.kind === "array" ? [] : t.args;
}

implement("System.Type", {
  "GetElementType()": (self: Self) => (self.target.kind === "array" ? typeObject(self.target.args[0]) : null),
  "GetArrayRank()": (self: Self) => {
    if (self.target.kind !== "array") throw argument("Must be an array type.");
    return self.target.rank;
  },
  "GetGenericArguments()": (self: Self) => types(genericArguments(self.target)),
  "GetInterfaces()": (self: Self) => types(self.target.interfaces),
  "GetInterface(*)": (self: Self, name: string | null, ignoreCase = false) => {
    if (name === null) throw argumentNull("fullname");
    const wanted = ignoreCase ? name.toLowerCase() : name;
    const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
    const found = self.target.interfaces.find((i) => fold(nameOf(i)) === wanted || fold(fullName(i)) === wanted);
    return found ? typeObject(found) : null;
  },
  "IsAssignableFrom(Type)": (self: Self, other: Self | null) =>
    other !== null && isAssignable(other.target, self.target),
  "IsAssignableTo(Type)": (self: Self, other: Self | null) => other !== null && isAssignable(self.target, other.target),
  "IsInstanceOfType(object)": (self: Self, value: unknown) => isInstance(value, self.target),
  "IsSubclassOf(Type)": (self: Self, other: Self | null) => isSubclass(self.target, typeOfTypeObject(other)),
  "MakeArrayType()": (self: Self) => typeObject(arrayOf(self.target)),
  "GetEnumName(object)": (self: Self, value: unknown) => {
    const wanted = String(unbox(value));
    return self.target.def.m.find((m) => m.k === "field" && m.v === wanted)?.n ?? null;
  },
  "GetEnumNames()": (self: Self) => strings(self.target.def.m.filter((m) => m.k === "field").map((m) => m.n as string)),
  "GetEnumUnderlyingType()": () => typeObject(type("System.Int32")),
  "IsEnumDefined(object)": (self: Self, value: unknown) => {
    const wanted = unbox(value);
    return self.target.def.m.some(
      (m) => m.k === "field" && (typeof wanted === "string" ? m.n === wanted : m.v === String(wanted)),
    );
  },
});

implement("System.Reflection.MemberInfo", {
  Name: (self: Self) => nameOf(self.target),
  DeclaringType: () => null,
  ReflectedType: () => null,
});
