/** The axes of XLinq: which elements, nodes and attributes a node leads to. Lazy, in document order unless said otherwise. */
import { spend } from "../runtime/budget.ts";
import { type Type, type } from "../types.ts";
import { Sequence } from "./sequence.ts";
import type { XAttribute } from "./xattribute.ts";
import { XContainer } from "./xcontainer.ts";
import { XElement } from "./xelement.ts";
import type { XName } from "./xname.ts";
import type { XNode } from "./xnode.ts";

const lazy = (name: string) => () => type(`System.Xml.Linq.${name}`);
export const elementType = lazy("XElement");
export const nodeType = lazy("XNode");
export const attributeType = lazy("XAttribute");

/** An IEnumerable<T>, each element charged to the budget. */
export function axis<T>(t: () => Type, items: () => Iterable<T>): Sequence {
  return new Sequence(t(), function* () {
    for (const item of items()) {
      spend(1);
      yield item;
    }
  });
}

/** The elements among nodes, with a name if one is given. */
export function* elementsOf(nodes: Iterable<unknown>, name?: XName): Generator<XElement> {
  for (const node of nodes) {
    spend(1);
    if (node instanceof XElement && (!name || node.name.same(name))) yield node;
  }
}

export function elements(container: XContainer, name?: XName): Generator<XElement> {
  return elementsOf(container.nodes(), name);
}

export function* descendants(container: XContainer, self: boolean, name?: XName): Generator<XElement> {
  if (self) yield* elementsOf([container], name);
  yield* elementsOf(container.descendantNodes(), name);
}

export function* descendantNodes(container: XContainer, self: boolean): Generator<XNode> {
  if (self) yield container;
  yield* container.descendantNodes();
}

/** Outwards from the node. */
export function* ancestors(node: XNode, self: boolean, name?: XName): Generator<XElement> {
  for (let e = self ? node : node.parentElement; e; e = e.parentElement) yield* elementsOf([e], name);
}

export function* nodesAfter(node: XNode): Generator<XNode> {
  const { parent } = node;
  for (let n = node.next; n && n.parent === parent; n = n.next) yield n;
}

export function* nodesBefore(node: XNode): Generator<XNode> {
  if (!(node.parent instanceof XContainer)) return;
  for (let n = node.parent.firstNode; n && n !== node; n = n.next) yield n;
}

export function attributesOf(element: XElement, name?: XName): XAttribute[] {
  return element.attributes.filter((a) => !name || a.name.same(name));
}
