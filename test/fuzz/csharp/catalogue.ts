/** The signature table seen from its results: which members give a value of a type, and under which type arguments. */
import {
  allDefinitions,
  arrayOf,
  type MemberDef,
  parseType,
  type Type,
  type TypeDef,
  tupleOf,
  type,
} from "../../../src/csharp/types.ts";

export interface Producer {
  readonly owner: TypeDef;
  /** Owner's full name without parameters, and how many it has. */
  readonly ownerName: string;
  readonly ownerArity: number;
  readonly member: MemberDef;
  /** Open type of the result. */
  readonly result: Type;
}

/** A producer with what the wanted type says of its type parameters. */
export interface Match {
  readonly producer: Producer;
  readonly typeArgs: (Type | undefined)[];
  readonly methodArgs: (Type | undefined)[];
}

/** Costs of the host, not of the language: keys of RSA take longer than a hundred thousand expressions. */
const SLOW = /RSA(Cng)?$|^System\.Security\.Cryptography\.(RSA|AsymmetricAlgorithm|X509)|PublicKey|^System\.IO\.Stream/;

const producers = new Map<string, Producer[]>();
const definitions: TypeDef[] = [];

for (const owner of allDefinitions()) {
  const open = owner.type.indexOf("<");
  const ownerName = open < 0 ? owner.type : owner.type.slice(0, open);
  const ownerArity = open < 0 ? 0 : owner.type.slice(open).split(",").length;
  if (SLOW.test(ownerName) || owner.kind === "delegate") continue;
  definitions.push(owner);
  for (const member of owner.m) {
    const result = resultOf(owner, ownerName, ownerArity, member);
    if (!result || result.name === "System.Void") continue;
    const key = result.kind === "typeParameter" ? "!" : result.name;
    const known = producers.get(key) ?? [];
    known.push({ owner, ownerName, ownerArity, member, result });
    producers.set(key, known);
  }
}

function resultOf(owner: TypeDef, ownerName: string, ownerArity: number, member: MemberDef): Type | undefined {
  if (member.k === "ctor") {
    const isMade = owner.kind === "class" || owner.kind === "struct";
    return isMade ? type(ownerName, ...Array.from({ length: ownerArity }, (_, i) => parseType(`!${i}`))) : undefined;
  }
  if (member.k === "prop" && !member.get) return undefined;
  if (owner.kind === "enum" && member.k === "field") return undefined;
  return parseType((member.k === "method" ? member.r : member.t) as string);
}

/** Members whose result is of this type, by name; of a type parameter when `generic`. */
export function producersOf(t: Type, generic: boolean): readonly Producer[] {
  return producers.get(generic ? "!" : t.name) ?? [];
}

export const closedTypes: readonly Type[] = definitions
  .filter((d) => !d.type.includes("<") && d.kind !== "static" && !d.type.includes("+"))
  .map((d) => type(d.type));

/** Binds the producer's type parameters so that its result is `wanted`; undefined when none do. */
export function match(producer: Producer, wanted: Type): Match | undefined {
  const found: Match = {
    producer,
    typeArgs: new Array(producer.ownerArity).fill(undefined),
    methodArgs: new Array(producer.member.g ?? 0).fill(undefined),
  };
  return unify(producer.result, wanted, found) ? found : undefined;
}

function unify(open: Type, closed: Type, found: Match): boolean {
  if (open.kind === "typeParameter") {
    const isMethods = open.name.startsWith("!!");
    const list = isMethods ? found.methodArgs : found.typeArgs;
    const index = Number(open.name.slice(isMethods ? 2 : 1));
    list[index] ??= closed;
    return list[index] === closed;
  }
  if (open.args.length === 0) return open === closed;
  if (open.name !== closed.name || open.args.length !== closed.args.length) return false;
  return open.args.every((a, i) => unify(a, closed.args[i], found));
}

const ENUMERABLE = "System.Collections.Generic.IEnumerable";
const LIST = "System.Collections.Generic.List";

/** Types that convert to an interface or base class without being named by it. */
export function implementations(t: Type): readonly Type[] {
  const element = t.args[0];
  switch (t.name) {
    case ENUMERABLE:
    case "System.Collections.Generic.IReadOnlyCollection":
    case "System.Collections.Generic.ICollection":
      return [arrayOf(element), type(LIST, element), type("System.Collections.Generic.HashSet", element)];
    case "System.Collections.Generic.IList":
    case "System.Collections.Generic.IReadOnlyList":
      return [arrayOf(element), type(LIST, element)];
    case "System.Collections.Generic.IDictionary":
    case "System.Collections.Generic.IReadOnlyDictionary":
      return [type("System.Collections.Generic.Dictionary", ...t.args)];
    case "System.Collections.IEnumerable":
    case "System.Collections.ICollection":
    case "System.Collections.IList":
      return [arrayOf(type("System.Int32")), type(LIST, type("System.String"))];
    case "System.IComparable":
    case "System.IConvertible":
      return [type("System.Int32"), type("System.String"), type("System.DateTime")];
    case "System.ValueType":
      return [type("System.Int32"), tupleOf([type("System.Int32"), type("System.String")])];
    case "System.IFormattable":
      return [type("System.Int32"), type("System.Guid"), type("System.Decimal")];
    case "Newtonsoft.Json.Linq.JToken":
      return ["JObject", "JArray", "JValue", "JProperty"].map((n) => type(`Newtonsoft.Json.Linq.${n}`));
    case "Newtonsoft.Json.Linq.JContainer":
      return ["JObject", "JArray", "JProperty"].map((n) => type(`Newtonsoft.Json.Linq.${n}`));
    case "System.Xml.Linq.XNode":
    case "System.Xml.Linq.XObject":
    case "System.Xml.Linq.XContainer":
      return ["XElement", "XDocument"].map((n) => type(`System.Xml.Linq.${n}`));
    default:
      return [];
  }
}
