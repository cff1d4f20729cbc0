/** Arrays: creation, elements, length. The functions are runtime/array-access.ts. */
import type { ArrayAccess, ArrayCreation, ArrayLength, Expression } from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import type { Frame } from "./frame.ts";
import { notNull } from "./members.ts";

/** An index or size as a JavaScript number. */
export function arrayIndex(frame: Frame, index: Expression): string {
  const text = frame.expression(index);
  const isBig = index.type.name === "System.Int64" || index.type.name === "System.UInt64";
  return isBig ? `${frame.runtime("toIndex")}(${text})` : text;
}

/** Types without subtypes: an array of one is an array of nothing else. */
function isSealed(t: Type): boolean {
  return t.isValueType || t.name === "System.String";
}

/** The name of the function that stores into an array of this static type. */
export function storeName(frame: Frame, target: ArrayAccess): string {
  return frame.runtime(isSealed(target.type) ? "setElement" : "setReference");
}

export function arrayAccess(frame: Frame, node: ArrayAccess): string {
  return `${frame.runtime("element")}(${frame.expression(node.array)}, ${arrayIndex(frame, node.index)})`;
}

export function arrayLength(frame: Frame, node: ArrayLength): string {
  return `${notNull(frame, node.array, node.start)}.items.length`;
}

export function arrayCreation(frame: Frame, node: ArrayCreation): string {
  const t = frame.type(node.elementType);
  if (node.length) return `${frame.runtime("newArray")}(${t}, ${arrayIndex(frame, node.length)})`;
  const items = (node.items ?? []).map((item) => frame.expression(item));
  return `${frame.runtime("arrayOfItems")}(${t}, [${items.join(", ")}])`;
}
