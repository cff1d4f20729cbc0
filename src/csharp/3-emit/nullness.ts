/** Which expressions need no null check. */
import type { Expression } from "../2-bind/bound.ts";
import type { Frame } from "./frame.ts";

/** Reference types; a Nullable receiver is never checked: its members take null. */
export function canBeNull(node: Expression): boolean {
  return !node.type.isValueType;
}

/** Expressions of reference type that never yield null. */
export function isKnownNotNull(frame: Frame, node: Expression): boolean {
  switch (node.kind) {
    case "literal":
      return node.value !== null;
    case "property":
      return node.member.def.notnull === 1;
    case "local":
      return node.local.role === "global";
    case "placeholder":
      return frame.isNotNull(node.placeholder);
    case "conversion":
      if (node.conversion === "boxing") return !node.operand.type.isNullable;
      return (node.conversion === "identity" || node.conversion === "reference") && isKnownNotNull(frame, node.operand);
    case "new":
    case "arrayCreation":
    case "multiArrayCreation":
    case "anonymous":
    case "lambda":
    case "typeof":
    case "concatenation":
    case "interpolated":
      return true;
    case "initialization":
      return isKnownNotNull(frame, node.value);
    default:
      return false;
  }
}
