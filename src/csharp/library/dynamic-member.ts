/** `d.Name` and `d[index]` of dynamic values. A JObject's properties are its members (Newtonsoft's IDynamicMetaObjectProvider). */
import { element, setReference } from "../runtime/array-access.ts";
import { multiElement, setMultiElement } from "../runtime/multi-array.ts";
import { typeOf } from "../runtime/object.ts";
import { box, CsArray, type CsException, CsMultiArray, unbox } from "../runtime/values.ts";
import { type MemberDef, parseType } from "../types.ts";
import { dynamicConvert } from "./dynamic-convert.ts";
import {
  asObject,
  binderError,
  chooseOverload,
  type Found,
  findMembers,
  invokeMember,
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

function missing(receiver: unknown, name: string): CsException {
  return binderError(`'${typeOf(receiver)}' does not contain a definition for '${name}'`);
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
  const found = findMembers(typeOf(receiver), isData(name))[0];
  if (!found) throw missing(receiver, name);
  if (found.def.k === "prop" && !found.def.set) {
    throw binderError(`Property or indexer '${found.owner}.${name}' cannot be assigned to -- it is read only`);
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
  if (receiver instanceof CsMultiArray) return box(multiElement(receiver, indicesOf(args)), receiver.elementType);
  if (receiver instanceof CsArray) return box(element(receiver, arrayIndex(args)), receiver.elementType);
  const chosen = chooseOverload(indexers(receiver), args, []);
  if (!chosen) throw noIndexer(receiver);
  const { found } = chosen;
  const value = invokeMember(found, memberKey(found.def), [receiverFor(receiver, found.owner), ...chosen.args]);
  return asObject(value, found.def.t as string, found.owner);
}

export function dynamicSetIndex(receiver: unknown, args: readonly unknown[], value: unknown): unknown {
  if (receiver === null) throw nullBinding();
  if (receiver instanceof CsMultiArray) {
    setMultiElement(receiver, indicesOf(args), dynamicConvert(value, receiver.elementType, false));
    return value;
  }
  if (receiver instanceof CsArray) {
    setReference(receiver, arrayIndex(args), dynamicConvert(value, receiver.elementType, false));
    return value;
  }
  const chosen = chooseOverload(indexers(receiver), args, []);
  if (!chosen) throw noIndexer(receiver);
  const { found } = chosen;
  const t = parseType(found.def.t as string, found.owner.args);
  invokeMember(found, `${memberKey(found.def)}=`, [receiver, ...chosen.args, dynamicConvert(value, t, false)]);
  return value;
}

function indicesOf(args: readonly unknown[]): number[] {
  return args.map((arg) => Number(unbox(arg) as number | bigint));
}

function arrayIndex(args: readonly unknown[]): number {
  return Number(unbox(args[0]) as number | bigint);
}

function noIndexer(receiver: unknown): CsException {
  return binderError(`Cannot apply indexing with [] to an expression of type '${typeOf(receiver)}'`);
}
