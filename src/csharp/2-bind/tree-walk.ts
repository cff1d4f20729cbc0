/** Visits the nodes of a bound tree, whatever their kinds: a node is an object with a `kind`. */
import { Type } from "../types.ts";

/** A node of any kind; what else it has follows from its `kind`. */
export interface AnyNode {
  readonly kind: string;
}

function isNode(value: object): value is AnyNode {
  return typeof (value as Partial<AnyNode>).kind === "string";
}

/** Fields that lead out of the tree: types, symbols, members. */
const OUTSIDE: ReadonlySet<string> = new Set([
  "type",
  "local",
  "locals",
  "parameters",
  "current",
  "member",
  "method",
  "placeholder",
]);

/** Is `test` true of some node at or below this one? */
export function someNode(root: unknown, test: (node: AnyNode) => boolean): boolean {
  if (Array.isArray(root)) return root.some((each) => someNode(each, test));
  if (typeof root !== "object" || root === null || root instanceof Type) return false;
  if (isNode(root) && test(root)) return true;
  for (const [name, value] of Object.entries(root)) {
    if (!OUTSIDE.has(name) && typeof value === "object" && someNode(value, test)) return true;
  }
  return false;
}

/** Visits the nodes directly below; parts that are no nodes themselves (catches, sections, labels) are looked through. */
export function visitChildren(parent: object, visit: (child: AnyNode) => void): void {
  for (const [name, value] of Object.entries(parent)) {
    if (OUTSIDE.has(name) || typeof value !== "object" || value === null) continue;
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part !== "object" || part === null || part instanceof Type) continue;
      if (isNode(part)) visit(part);
      else visitChildren(part, visit);
    }
  }
}

/** Visits every node at or below this one, parents first. */
export function visitNodes(root: AnyNode, visit: (node: AnyNode) => void): void {
  visit(root);
  visitChildren(root, (child) => visitNodes(child, visit));
}
