/** `d.Method(args)` and `d(args)` of dynamic values, and methods with a dynamic argument. */
import { memberKey } from "../2-bind/member-key.ts";
import { delegateType } from "../runtime/delegates.ts";
import { typeOf } from "../runtime/object.ts";
import { box, type CsException } from "../runtime/values.ts";
import { parseType, type Type } from "../types.ts";
import { convertArgument } from "./dynamic-convert.ts";
import { dynamicMember } from "./dynamic-member.ts";
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
import { getType } from "./type.ts";

/** A method of a dynamic value. */
export function dynamicInvoke(
  receiver: unknown,
  name: string,
  typeArgs: readonly Type[],
  args: readonly unknown[],
): unknown {
  if (receiver === null) throw nullBinding();
  if (name === "GetType" && args.length === 0) return getType(receiver);
  const t = typeOf(receiver);
  const methods = findMembers(t, (def) => def.k === "method" && !def.s && def.n === name);
  if (methods.length > 0) return invokeBest(methods, name, receiver, typeArgs, args);
  return dynamicCall(delegateNamed(receiver, t, name), args);
}

/** A property or field that holds a delegate. Members that only JSON has cannot be called. */
function delegateNamed(receiver: unknown, t: Type, name: string): unknown {
  const [data] = findMembers(t, (def) => def.n === name && !def.s && !def.ix);
  if (!data && (receiver instanceof JObject || (t.kind !== "anonymous" && t.kind !== "tuple")))
    throw noSuchMember(t, name);
  const value = dynamicMember(receiver, name);
  if (typeof value === "function") return value;
  const member = data ? binderMember(data) : `${binderName(t)}.${name}`;
  throw binderError(`Non-invocable member '${member}' cannot be used like a method.`);
}

/** A static method with dynamic arguments: chosen by what these are. */
export function dynamicInvokeStatic(
  owner: Type,
  name: string,
  typeArgs: readonly Type[],
  args: readonly unknown[],
): unknown {
  const methods = findMembers(owner, (def) => def.k === "method" && def.s === 1 && def.n === name);
  return invokeBest(methods, name, null, typeArgs, args);
}

function invokeBest(
  methods: readonly Found[],
  name: string,
  receiver: unknown,
  typeArgs: readonly Type[],
  args: readonly unknown[],
): unknown {
  const chosen = chooseOverload(methods, args, typeArgs);
  if (!chosen) throw noOverload(methods, name, args.length);
  const { owner, def } = chosen.found;
  const operands = [...leading(chosen.found, receiver), ...chosen.typeArgs, ...chosen.args];
  return asObject(invokeMember(chosen.found, memberKey(def), operands), def.r as string, owner, chosen.typeArgs);
}

/** What comes before type arguments: the receiver, or the constructed type of a static member of a generic type. */
function leading({ owner, def }: Found, receiver: unknown): unknown[] {
  if (!def.s) return [receiverFor(receiver, owner)];
  return owner.args.length > 0 ? [owner] : [];
}

function noOverload(methods: readonly Found[], name: string, count: number): CsException {
  const near = methods.find(({ def }) => (def.p ?? []).length === count);
  return near ? badArguments(near) : badCount(name, count);
}

/** A delegate with its arguments as objects. */
export function dynamicCall(delegate: unknown, args: readonly unknown[]): unknown {
  if (delegate === null) throw nullBinding();
  if (typeof delegate !== "function") throw binderError("Cannot invoke a non-delegate type");
  const t = delegateType(delegate as () => unknown);
  const invoke = t?.def.m.find((m) => m.n === "Invoke");
  if (!t || !invoke) throw binderError("Cannot invoke a delegate of unknown type");
  const parameters = invoke.p ?? [];
  if (parameters.length !== args.length) {
    throw binderError(`Delegate '${binderName(t)}' does not take '${args.length}' arguments`);
  }
  const converted = parameters.map((p, i) => {
    const fit = convertArgument(args[i], parseType(p.t, t.args));
    if (!fit) throw binderError(`Delegate '${binderName(t)}' has some invalid arguments`);
    return fit.value;
  });
  const result = parseType(invoke.r as string, t.args);
  const value = delegate(...converted);
  return result.kind === "void" ? null : box(value, result);
}
