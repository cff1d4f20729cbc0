/** System.Xml.Linq.Extensions: the axes over sequences of nodes, Remove and InDocumentOrder. */
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/object.ts";
import type { Type } from "../types.ts";
import { implement } from "./define.ts";
import { argumentNull, invalidOperation } from "./exceptions-thrown.ts";
import { Sequence } from "./sequence.ts";
import {
  ancestors,
  attributesOf,
  attributeType,
  axis,
  descendantNodes,
  descendants,
  elements,
  elementType,
  nodeType,
} from "./xaxes.ts";
import type { XAttribute } from "./xattribute.ts";
import { XContainer } from "./xcontainer.ts";
import type { XElement } from "./xelement.ts";
import type { XName } from "./xname.ts";
import { documentOrder, type XNode } from "./xnode.ts";

/** A sequence of what every node of a sequence leads to. */
function over<T>(t: () => Type, source: unknown, inner: (node: XNode) => Iterable<T>): Sequence {
  if (source === null) throw argumentNull("source");
  return axis(t, function* () {
    for (const node of iterate(source)) if (node !== null) yield* inner(node as XNode);
  });
}

/** Registers `Name(seq)` and `Name(seq, XName)`; with generic sequences the type argument comes first. */
function named(name: string, parameter: string, inner: (node: XNode, name?: XName) => Iterable<XElement>) {
  return {
    [`${name}(${parameter})`]: (...args: unknown[]) => over(elementType, args.at(-1), (node) => inner(node)),
    [`${name}(${parameter},XName)`]: (...args: unknown[]) => {
      const wanted = args.at(-1) as XName | null;
      return over(elementType, args.at(-2), (node) => (wanted ? inner(node, wanted) : []));
    },
  };
}

function ifContainer<T>(node: XNode, inner: (container: XContainer) => Iterable<T>): Iterable<T> {
  return node instanceof XContainer ? inner(node) : [];
}

function removeAll(source: unknown): void {
  if (source === null) throw argumentNull("source");
  for (const item of [...iterate(source)]) (item as XNode | XAttribute | null)?.remove();
}

function inOrder(t: Type, source: unknown): Sequence {
  if (source === null) throw argumentNull("source");
  return new Sequence(t, () => {
    const nodes = [...iterate(source)] as XNode[];
    nodes.sort((a, b) => {
      spend(1);
      const order = documentOrder(a, b);
      if (order === undefined) throw invalidOperation("A common ancestor is missing.");
      return order;
    });
    return nodes.values();
  });
}

const ANY = "IEnumerable<!!0>";
const ELEMENTS = "IEnumerable<XElement>";

implement("System.Xml.Linq.Extensions", {
  ...named("Ancestors", ANY, (node, name) => ancestors(node, false, name)),
  ...named("AncestorsAndSelf", ELEMENTS, (node, name) => ancestors(node, true, name)),
  ...named("Elements", ANY, (node, name) => ifContainer(node, (c) => elements(c, name))),
  ...named("Descendants", ANY, (node, name) => ifContainer(node, (c) => descendants(c, false, name))),
  ...named("DescendantsAndSelf", ELEMENTS, (node, name) => ifContainer(node, (c) => descendants(c, true, name))),
  [`Nodes(${ANY})`]: (_t: Type, source: unknown) =>
    over(nodeType, source, (node) => ifContainer(node, (c) => c.nodes())),
  [`DescendantNodes(${ANY})`]: (_t: Type, source: unknown) =>
    over(nodeType, source, (node) => ifContainer(node, (c) => descendantNodes(c, false))),
  [`DescendantNodesAndSelf(${ELEMENTS})`]: (source: unknown) =>
    over(nodeType, source, (node) => ifContainer(node, (c) => descendantNodes(c, true))),
  [`Attributes(${ELEMENTS})`]: (source: unknown) =>
    over(attributeType, source, (node) => attributesOf(node as XElement)),
  [`Attributes(${ELEMENTS},XName)`]: (source: unknown, name: XName | null) =>
    over(attributeType, source, (node) => (name ? attributesOf(node as XElement, name) : [])),
  [`InDocumentOrder(${ANY})`]: inOrder,
  [`Remove(${ANY})`]: (_t: Type, source: unknown) => removeAll(source),
  "Remove(IEnumerable<XAttribute>)": removeAll,
});
