/** `d.Method(args)` and `d(args)` of dynamic values. */
import { memberKey } from "../2-bind/member-key.ts";
import { delegateType } from "../runtime/delegates.ts";
import { typeOf } from "../runtime/object.ts";
import { box } from "../runtime/values.ts";
import { parseType, type Type } from "../types.ts";
import { dynamicConvert } from "./dynamic-convert.ts";
import { dynamicMember } from "./dynamic-member.ts";
import {
  asObject,
  binderError,
  chooseOverload,
  findMembers,
  invokeMember,
  nullBinding,
  receiverFor,
} from "./dynamic-members.ts";
import { getType } from "./type.ts";

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
  if (methods.length === 0) return dynamicCall(dynamicMember(receiver, name), args);
  const chosen = chooseOverload(methods, args, typeArgs);
  if (!chosen)
    throw noOverload(
      t,
      name,
      args.length,
      methods.some((m) => (m.def.p ?? []).length === args.length),
    );
  const { owner, def } = chosen.found;
  const operands = [receiverFor(receiver, owner), ...typeArgs, ...chosen.args];
  return asObject(invokeMember(chosen.found, memberKey(def), operands), def.r as string, owner, typeArgs);
}

function noOverload(t: Type, name: string, count: number, hasCount: boolean) {
  return hasCount
    ? binderError(`The best overloaded method match for '${t}.${name}' has some invalid arguments`)
    : binderError(`No overload for method '${name}' takes ${count} arguments`);
}

/** A delegate with its arguments as objects. */
export function dynamicCall(delegate: unknown, args: readonly unknown[]): unknown {
  if (delegate === null) throw nullBinding();
  if (typeof delegate !== "function") throw binderError("Cannot invoke a non-delegate type");
  const t = delegateType(delegate as () => unknown);
  const invoke = t?.def.m.find((m) => m.n === "Invoke");
  if (!t || !invoke) throw binderError("Cannot invoke a delegate of unknown type");
  const parameters = invoke.p ?? [];
  if (parameters.length !== args.length) throw binderError(`Delegate '${t}' does not take ${args.length} arguments`);
  const converted = parameters.map((p, i) => dynamicConvert(args[i], parseType(p.t, t.args), false));
  const result = parseType(invoke.r as string, t.args);
  const value = delegate(...converted);
  return result.kind === "void" ? null : box(value, result);
}
