/** Arrays: creation, elements, length. The functions are runtime/array-access.ts and multi-array.ts. */
import type {
  ArrayAccess,
  ArrayCreation,
  ArrayLength,
  Expression,
  MultiArrayAccess,
  MultiArrayCreation,
} from "../2-bind/bound.ts";
import type { Type } from "../types.ts";
import { type Frame, rare } from "./frame.ts";
import { notNull } from "./members.ts";

/** An index or size as a JavaScript number. */
export function arrayIndex(frame: Frame, index: Expression): string {
  const text = frame.expression(index);
  return isBig(index.type) ? `${frame.runtime("toIndex")}(${text})` : text;
}

/** A constant or variable: reading it has no effects. */
function isRead(frame: Frame, node: Expression): boolean {
  return frame.isStable(node) || (node.kind === "local" && !node.local.byRef);
}

function isBig(t: Type): boolean {
  return t.name === "System.Int64" || t.name === "System.UInt64";
}

/** Types without subtypes: an array of one is an array of nothing else. */
function isSealed(t: Type): boolean {
  return t.isValueType || t.name === "System.String";
}

/**
 * array[index]. The way out of `??` is taken for an index out of range, and for elements that are null: `element` looks again. `| 0`
 * makes sure that nothing but a number ever indexes a JavaScript array.
 */
export function arrayAccess(frame: Frame, node: ArrayAccess): string {
  if (isBig(node.index.type)) {
    return `${frame.runtime("element")}(${frame.expression(node.array)}, ${arrayIndex(frame, node.index)}, ${node.start})`;
  }
  // Nothing happens between the two uses of the index, nor, if it is only a read, between those of the array.
  const index = frame.holdText(frame.expression(node.index), isRead(frame, node.index));
  const array = frame.holdText(frame.expression(node.array), isRead(frame, node.array) && isRead(frame, node.index));
  const slow = rare(frame, `${frame.runtime("element")}(${array.again}, ${index.again}, ${node.start})`);
  const isNull = rare(frame, `${frame.runtime("isNull")}(${node.start})`);
  const items = keptItems(frame, node.array, node.start) ?? `(${array.first} ?? ${isNull}).items`;
  return `(${items}[${index.first} | 0] ?? ${slow})`;
}

/** The elements of an array that a loop keeps at hand. */
function keptItems(frame: Frame, array: Expression, start: number): string | undefined {
  const kept = array.kind === "local" ? frame.items.get(array.local) : undefined;
  if (kept === undefined || kept.isNotNull) return kept?.name;
  return `(${kept.name} ?? ${rare(frame, `${frame.runtime("isNull")}(${start})`)})`;
}

/** Longer values are not written twice. */
const MAX_REPEATED = 200;

/**
 * array[index] = value; yields the value. @param isPlain evaluating the value changes no variable
 */
export function storeElement(frame: Frame, target: ArrayAccess, value: string, isPlain: boolean): string {
  const name = frame.runtime(isSealed(target.type) ? "setElement" : "setReference");
  const [array, index] = [frame.expression(target.array), arrayIndex(frame, target.index)];
  const checked = rare(frame, `${name}(${array}, ${index}, ${value}, ${target.start})`);
  const isFixed = isPlain
    ? isRead(frame, target.array) && isRead(frame, target.index)
    : frame.isStable(target.array) && frame.isStable(target.index);
  if (!isFixed || !isSealed(target.type) || isBig(target.index.type) || value.length > MAX_REPEATED) return checked;
  const kept = target.array.kind === "local" ? frame.items.get(target.array.local) : undefined;
  const items = kept?.name ?? `${array}.items`;
  const isThere = kept === undefined ? `${array} !== null && ` : kept.isNotNull ? "" : `${items} !== undefined && `;
  return `(${isThere}${index} >>> 0 < ${items}.length ? ${items}[${index}] = ${value} : ${checked})`;
}

export function arrayLength(frame: Frame, node: ArrayLength): string {
  return `${keptItems(frame, node.array, node.start) ?? `${notNull(frame, node.array, node.start)}.items`}.length`;
}

export function arrayCreation(frame: Frame, node: ArrayCreation): string {
  const t = frame.type(node.elementType);
  if (node.length) return `${frame.runtime("newArray")}(${t}, ${arrayIndex(frame, node.length)})`;
  const items = (node.items ?? []).map((item) => frame.expression(item));
  return `${frame.runtime("arrayOfItems")}(${t}, [${items.join(", ")}])`;
}

function indexList(frame: Frame, indices: readonly Expression[]): string {
  return `[${indices.map((index) => arrayIndex(frame, index)).join(", ")}]`;
}

/** array[i, j]. */
export function multiArrayAccess(frame: Frame, node: MultiArrayAccess): string {
  return `${frame.runtime("multiElement")}(${frame.expression(node.array)}, ${indexList(frame, node.indices)})`;
}

/** array[i, j] = value; yields the value. */
export function storeMultiElement(frame: Frame, { array, indices }: MultiArrayAccess, value: string): string {
  const place = `${frame.expression(array)}, ${indexList(frame, indices)}`;
  return `${frame.runtime("setMultiElement")}(${place}, ${value})`;
}

export function multiArrayCreation(frame: Frame, { elementType, lengths, items }: MultiArrayCreation): string {
  const shape = `${frame.type(elementType)}, ${indexList(frame, lengths)}`;
  if (!items) return `${frame.runtime("newMultiArray")}(${shape})`;
  const values = items.map((item) => frame.expression(item)).join(", ");
  return `${frame.runtime("multiArrayOfItems")}(${shape}, [${values}])`;
}
