/** Type arguments of a generic method from arguments whose types are known only at run time. */
import { typeOf } from "../runtime/object.ts";
import { type MemberDef, parseType, type Type } from "../types.ts";
import { delegateType } from "../runtime/delegates.ts";

/** One type for each type parameter of the method; undefined when the arguments do not tell. */
export function inferFromValues(def: MemberDef, owner: Type, args: readonly unknown[]): readonly Type[] | undefined {
  const count = def.g ?? 0;
  const found: (Type | undefined)[] = Array.from({ length: count });
  for (const [i, parameter] of (def.p ?? []).entries()) {
    const value = args[i];
    if (value === undefined || value === null) continue;
    const t = typeof value === "function" ? delegateType(value as () => unknown) : typeOf(value);
    if (t) unify(parseType(parameter.t, owner.args), t, found);
  }
  return found.every((t) => t !== undefined) ? (found as Type[]) : undefined;
}

/** Notes what the type parameters in `wanted` must be for `given` to fit; the first finding stays. */
function unify(wanted: Type, given: Type, found: (Type | undefined)[]): void {
  const parameter = /^!!(\d+)$/.exec(wanted.name);
  if (parameter) {
    found[Number(parameter[1])] ??= given;
    return;
  }
  if (wanted.args.length === 0) return;
  for (let base: Type | null = given; base; base = base.base) {
    const same = [base, ...base.interfaces].find((t) => t.name === wanted.name && t.args.length === wanted.args.length);
    if (same) {
      for (const [i, arg] of wanted.args.entries()) unify(arg, same.args[i], found);
      return;
    }
  }
}
