/** Visits the nodes of a bound tree, whatever their kinds: a node is an object with a `kind`. */

interface AnyNode {
  readonly kind: string;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as Partial<AnyNode>).kind === "string";
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

/** Is `test` true of some node at or below this one? `enter` tells whether to look inside a node. */
export function someNode(root: unknown, test: (node: AnyNode) => boolean): boolean {
  if (Array.isArray(root)) return root.some((each) => someNode(each, test));
  if (typeof root !== "object" || root === null) return false;
  if (isNode(root) && test(root)) return true;
  for (const [name, value] of Object.entries(root)) {
    if (!OUTSIDE.has(name) && typeof value === "object" && someNode(value, test)) return true;
  }
  return false;
}
