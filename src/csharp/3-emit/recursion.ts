/** Which functions can come to call themselves: only they count the depth of their calls. */
import type { Block, Expression } from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import { someNode } from "../2-bind/tree-walk.ts";

/**
 * A function can only recurse through a local function or a delegate that it did not make itself: it calls one, or hands one on.
 * Late-bound calls may do anything.
 */
export function mayRecurse(body: Expression | Block): boolean {
  return someNode(body, (node) => {
    switch (node.kind) {
      case "localFunctionCall":
      case "delegateInvoke":
      case "dynamicInvoke":
        return true;
      case "local":
      case "conversion":
      case "property":
      case "call":
        return (node as unknown as { type: Type }).type.kind === "delegate";
      default:
        return false;
    }
  });
}
