/** `d.Name` and `d[index]` of dynamic values. A JObject's properties are its members (Newtonsoft's IDynamicMetaObjectProvider). */
import { element, setReference } from "../runtime/array-access.ts";
import { account } from "../runtime/budget.ts";
import { multiElement, setMultiElement } from "../runtime/multi-array.ts";
import { typeOf } from "../runtime/object.ts";
import { box, CsArray, type CsException, CsMultiArray, unbox } from "../runtime/values.ts";
import { type MemberDef, parseType, type } from "../types.ts";
import { convertArgument, dynamicConvert } from "./dynamic-convert.ts";
import { binderMember, binderName } from "./dynamic-names.ts";
import {
  asObject,
  badArguments,
  badCount,
  binderError,
  chooseOverload,
  type Found,
  findMembers,
  invokeMember,
  noSuchMember,
  nullBinding,
  receiverFor,
} from "./dynamic-members.ts";
import { JObject } from "./jobject.ts";
import { JToken } from "./jtoken.ts";
import { JValue } from "./jvalue.ts";
import { memberKey } from "../2-bind/member-key.ts";

function isData(name: string) {
  return (def: MemberDef) => (def.k === "prop" || def.k === "field") && !def.ix && !def.s && def.n === name;
}

/** Why there is no such property or field. */
function missing(receiver: unknown, name: string): CsException {
  const t = typeOf(receiver);
  const [other] = findMembers(t, (def) => def.n === name);
  if (other?.def.s && other.def.k !== "method") {
    const member = binderMember(other);
    return binderError(
      `Member '${member}' cannot be accessed with an instance reference; qualify it with a type name instead`,
    );
  }
  if (other?.def.k === "method") {
    return binderError(`The name '${name}' is bound to a method and cannot be used like a property`);
  }
  return noSuchMember(t, name);
}

/** A property that cannot be set. */
function readOnly(member: string): CsException {
  return binderError(`Property or indexer '${member}' cannot be assigned to -- it is read only`);
}

/** Members of tuples and anonymous objects, which are in no table. */
function structuralMember(receiver: unknown, name: string): { value: unknown } | undefined {
  const t = typeOf(receiver);
  if (t.kind !== "anonymous" && t.kind !== "tuple") return undefined;
  const index =
    t.kind === "anonymous" ? (t.memberNames ?? []).indexOf(name) : Number(/^Item(\d+)$/.exec(name)?.[1] ?? 0) - 1;
  if (index < 0 || index >= t.args.length) return undefined;
  const inside = unbox(receiver) as { values?: readonly unknown[]; items?: readonly unknown[] };
  return { value: box((inside.values ?? inside.items ?? [])[index], t.args[index]) };
}

export function dynamicMember(receiver: unknown, name: string): unknown {
  if (receiver === null) throw nullBinding();
  if (receiver instanceof JObject) return receiver.get(name);
  const structural = structuralMember(receiver, name);
  if (structural) return structural.value;
  const found = findMembers(typeOf(receiver), isData(name))[0];
  if (!found) throw missing(receiver, name);
  const value = invokeMember(found, name, [receiverFor(receiver, found.owner)]);
  return asObject(value, found.def.t as string, found.owner);
}

export function dynamicSetMember(receiver: unknown, name: string, value: unknown): unknown {
  if (receiver === null) throw nullBinding();
  if (receiver instanceof JObject) {
    receiver.set(name, asToken(value));
    return value;
  }
  if (structuralMember(receiver, name)) throw readOnly(`${binderName(typeOf(receiver))}.${name}`);
  const found = findMembers(typeOf(receiver), isData(name))[0];
  if (!found) throw missing(receiver, name);
  if (found.def.k === "prop" && !found.def.set) {
    throw readOnly(binderMember(found));
  }
  const converted = dynamicConvert(value, parseType(found.def.t as string, found.owner.args), false);
  invokeMember(found, `${name}=`, [receiver, converted]);
  return value;
}

function asToken(value: unknown): JToken {
  return value instanceof JToken ? value : JValue.fromObject(value);
}

function indexers(receiver: unknown): Found[] {
  return findMembers(typeOf(receiver), (def) => def.k === "prop" && def.ix !== undefined);
}

export function dynamicIndex(receiver: unknown, args: readonly unknown[]): unknown {
  if (receiver === null) throw nullBinding();
  if (receiver instanceof CsMultiArray) {
    return box(multiElement(receiver, indicesOf(args, receiver.type.rank)), receiver.elementType);
  }
  if (receiver instanceof CsArray)
    return box(element(receiver, indicesOf(args, 1)[0], account.at), receiver.elementType);
  const chosen = chooseOverload(indexers(receiver), args, []);
  if (!chosen) throw noIndexer(receiver, args.length);
  const { found } = chosen;
  const value = invokeMember(found, memberKey(found.def), [receiverFor(receiver, found.owner), ...chosen.args]);
  return asObject(value, found.def.t as string, found.owner);
}

export function dynamicSetIndex(receiver: unknown, args: readonly unknown[], value: unknown): unknown {
  if (receiver === null) throw nullBinding();
  if (receiver instanceof CsMultiArray) {
    setMultiElement(receiver, indicesOf(args, receiver.type.rank), dynamicConvert(value, receiver.elementType, false));
    return value;
  }
  if (receiver instanceof CsArray) {
    setReference(receiver, indicesOf(args, 1)[0], dynamicConvert(value, receiver.elementType, false), account.at);
    return value;
  }
  const chosen = chooseOverload(indexers(receiver), args, []);
  if (!chosen) throw noIndexer(receiver, args.length);
  const { found } = chosen;
  if (!found.def.set) throw readOnly(binderMember(found));
  const t = parseType(found.def.t as string, found.owner.args);
  invokeMember(found, `${memberKey(found.def)}=`, [receiver, ...chosen.args, dynamicConvert(value, t, false)]);
  return value;
}

/** Indexes of an array, one for each dimension. */
function indicesOf(args: readonly unknown[], rank: number): number[] {
  if (args.length !== rank) throw binderError(`Wrong number of indices inside []; expected '${rank}'`);
  return args.map((arg) => {
    const index = convertArgument(arg, type("System.Int64"));
    return Number(index ? index.value : dynamicConvert(arg, type("System.Int32"), false));
  });
}

/** Why no indexer takes these arguments. */
function noIndexer(receiver: unknown, count: number): CsException {
  const t = typeOf(receiver);
  const found = indexers(receiver);
  if (found.length === 0)
    return binderError(`Cannot apply indexing with [] to an expression of type '${binderName(t)}'`);
  const near = found.find(({ def }) => def.ix?.length === count);
  return near ? badArguments(near) : badCount("this", count);
}
