/** Members of XObject, XNode and the nodes without children that C# sees. */
import { allocate } from "../runtime/budget.ts";
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { annotationMembers } from "./annotations.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull, invalidOperation } from "./exceptions-thrown.ts";
import { ancestors, axis, elementsOf, elementType, nodesAfter, nodesBefore, nodeType } from "./xaxes.ts";
import { XComment } from "./xcomment.ts";
import { XDeclaration } from "./xdeclaration.ts";
import { XDocumentType } from "./xdocument-type.ts";
import type { XName } from "./xname.ts";
import { documentOrder, type XNode } from "./xnode.ts";
import type { XObject } from "./xobject.ts";
import { checkTarget, XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData, XText } from "./xtext.ts";

const LINQ = "System.Xml.Linq";

/** Text that an expression made, charged to its budget. */
export function charged(text: string): string {
  allocate(text.length);
  return text;
}

export function required<T>(value: T | null, parameter: string): T {
  if (value === null) throw argumentNull(parameter);
  return value;
}

function order(a: XNode | null, b: XNode | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  const found = documentOrder(a, b);
  if (found === undefined) throw invalidOperation("A common ancestor is missing.");
  return Math.sign(found);
}

function deepEquals(a: XNode | null, b: XNode | null): boolean {
  return a === b || (a !== null && b !== null && a.deepEquals(b));
}

/** XNode.DocumentOrderComparer: an IComparer<XNode>. */
class DocumentOrderComparer extends CsObject {
  override get type(): Type {
    return type(`${LINQ}.XNodeDocumentOrderComparer`);
  }

  compareItems(a: unknown, b: unknown): number {
    return order(a as XNode | null, b as XNode | null);
  }
}

/** XNode.EqualityComparer: an IEqualityComparer<XNode>. */
class NodeEqualityComparer extends CsObject {
  override get type(): Type {
    return type(`${LINQ}.XNodeEqualityComparer`);
  }

  sameItems(a: unknown, b: unknown): boolean {
    return deepEquals(a as XNode | null, b as XNode | null);
  }

  hashItem(item: unknown): number {
    return item === null ? 0 : (item as XNode).deepHash();
  }
}

const byOrder = new DocumentOrderComparer();
const byContent = new NodeEqualityComparer();

implement(`${LINQ}.XNodeDocumentOrderComparer`, {
  "new()": () => new DocumentOrderComparer(),
  "Compare(XNode,XNode)": (_self: CsObject, a: XNode | null, b: XNode | null) => order(a, b),
});
implement(`${LINQ}.XNodeEqualityComparer`, {
  "new()": () => new NodeEqualityComparer(),
  "Equals(XNode,XNode)": (_self: CsObject, a: XNode | null, b: XNode | null) => deepEquals(a, b),
  "GetHashCode(XNode)": (self: NodeEqualityComparer, node: XNode | null) => self.hashItem(node),
});

/** Of XObject, and again of every class below it, since the table repeats overridden members. */
export const objectMembers: Members = {
  ...annotationMembers,
  BaseUri: () => "",
  Document: (self: XObject) => self.document,
  NodeType: (self: XObject) => self.nodeType,
  Parent: (self: XObject) => self.parentElement,
};

/** Of XNode, and again of every class below it. */
export const nodeMembers: Members = {
  ...objectMembers,
  DocumentOrderComparer: () => byOrder,
  EqualityComparer: () => byContent,
  NextNode: (self: XNode) => self.next,
  PreviousNode: (self: XNode) => self.previous,
  "ToString()": (self: XNode) => charged(self.toText()),
  "ToString(SaveOptions)": (self: XNode, options: number) => charged(self.toXml(options)),
  "Ancestors()": (self: XNode) => axis(elementType, () => ancestors(self, false)),
  "Ancestors(XName)": (self: XNode, name: XName | null) =>
    axis(elementType, () => (name ? ancestors(self, false, name) : [])),
  "NodesAfterSelf()": (self: XNode) => axis(nodeType, () => nodesAfter(self)),
  "NodesBeforeSelf()": (self: XNode) => axis(nodeType, () => nodesBefore(self)),
  "ElementsAfterSelf()": (self: XNode) => axis(elementType, () => elementsOf(nodesAfter(self))),
  "ElementsAfterSelf(XName)": (self: XNode, name: XName | null) =>
    axis(elementType, () => (name ? elementsOf(nodesAfter(self), name) : [])),
  "ElementsBeforeSelf()": (self: XNode) => axis(elementType, () => elementsOf(nodesBefore(self))),
  "ElementsBeforeSelf(XName)": (self: XNode, name: XName | null) =>
    axis(elementType, () => (name ? elementsOf(nodesBefore(self), name) : [])),
  "AddAfterSelf(*)": (self: XNode, content: unknown) => self.addAfterSelf(content),
  "AddBeforeSelf(*)": (self: XNode, content: unknown) => self.addBeforeSelf(content),
  "ReplaceWith(*)": (self: XNode, content: unknown) => self.replaceWith(content),
  "Remove()": (self: XNode) => self.remove(),
  "IsAfter(XNode)": (self: XNode, node: XNode | null) => order(self, node) > 0,
  "IsBefore(XNode)": (self: XNode, node: XNode | null) => order(self, node) < 0,
  "CompareDocumentOrder(XNode,XNode)": order,
  "DeepEquals(XNode,XNode)": deepEquals,
};

implement(`${LINQ}.XObject`, objectMembers);
implement(`${LINQ}.XNode`, nodeMembers);

const textValue: Members = {
  Value: (self: XText | XComment) => self.value,
  "Value=": (self: XText | XComment, value: string | null) => {
    self.value = required(value, "value");
  },
};

implement(`${LINQ}.XText`, {
  ...nodeMembers,
  ...textValue,
  "new(string)": (value: string | null) => new XText(required(value, "value")),
  "new(XText)": (other: XText | null) => new XText(required(other, "other").value),
});

implement(`${LINQ}.XCData`, {
  ...nodeMembers,
  ...textValue,
  "new(string)": (value: string | null) => new XCData(required(value, "value")),
  "new(XCData)": (other: XCData | null) => new XCData(required(other, "other").value),
});

implement(`${LINQ}.XComment`, {
  ...nodeMembers,
  ...textValue,
  "new(string)": (value: string | null) => new XComment(required(value, "value")),
  "new(XComment)": (other: XComment | null) => new XComment(required(other, "other").value),
});

implement(`${LINQ}.XProcessingInstruction`, {
  ...nodeMembers,
  "new(string,string)": (target: string | null, data: string | null) =>
    new XProcessingInstruction(required(target, "target"), required(data, "data")),
  "new(XProcessingInstruction)": (other: XProcessingInstruction | null) => required(other, "other").cloneNode(),
  Target: (self: XProcessingInstruction) => self.target,
  "Target=": (self: XProcessingInstruction, target: string | null) => {
    checkTarget(required(target, "value"));
    self.target = target as string;
  },
  Data: (self: XProcessingInstruction) => self.data,
  "Data=": (self: XProcessingInstruction, data: string | null) => {
    self.data = required(data, "value");
  },
});

implement(`${LINQ}.XDocumentType`, {
  ...nodeMembers,
  "new(string,string,string,string)": (
    name: string | null,
    publicId: string | null,
    systemId: string | null,
    subset: string | null,
  ) => new XDocumentType(required(name, "name"), publicId, systemId, subset),
  "new(XDocumentType)": (other: XDocumentType | null) => required(other, "other").cloneNode(),
  Name: (self: XDocumentType) => self.name,
  "Name=": (self: XDocumentType, name: string | null) => {
    self.name = required(name, "value");
  },
  PublicId: (self: XDocumentType) => self.publicId,
  "PublicId=": (self: XDocumentType, id: string | null) => {
    self.publicId = id;
  },
  SystemId: (self: XDocumentType) => self.systemId,
  "SystemId=": (self: XDocumentType, id: string | null) => {
    self.systemId = id;
  },
  InternalSubset: (self: XDocumentType) => self.internalSubset,
  "InternalSubset=": (self: XDocumentType, subset: string | null) => {
    self.internalSubset = subset;
  },
});

implement(`${LINQ}.XDeclaration`, {
  "new(string,string,string)": (version: string | null, encoding: string | null, standalone: string | null) =>
    new XDeclaration(version, encoding, standalone),
  "new(XDeclaration)": (other: XDeclaration | null) => required(other, "other").clone(),
  "ToString()": (self: XDeclaration) => self.toText(),
  Version: (self: XDeclaration) => self.version,
  "Version=": (self: XDeclaration, version: string | null) => {
    self.version = version;
  },
  Encoding: (self: XDeclaration) => self.encoding,
  "Encoding=": (self: XDeclaration, encoding: string | null) => {
    self.encoding = encoding;
  },
  Standalone: (self: XDeclaration) => self.standalone,
  "Standalone=": (self: XDeclaration, standalone: string | null) => {
    self.standalone = standalone;
  },
});
