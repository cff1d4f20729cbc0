/** System.Delegate: what delegates can do as objects. Calling, `+` and `-` are the language's. */
import { sameDelegate } from "../runtime/delegates.ts";
import type { CsArray } from "../runtime/values.ts";
import { implement } from "./define.ts";
import { dynamicCall } from "./dynamic-invoke.ts";

type Delegate = (...args: unknown[]) => unknown;

implement("System.Delegate", {
  "Equals(object)": (self: Delegate, other: unknown) =>
    typeof other === "function" && sameDelegate(self, other as Delegate),
  "GetHashCode()": () => 0,
  "DynamicInvoke(object[])": (self: Delegate, args: CsArray | null) => dynamicCall(self, [...(args?.items ?? [])]),
});
