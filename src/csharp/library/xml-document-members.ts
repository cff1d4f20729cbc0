/** Declarations and members of System.Xml.XmlDocument and its nodes; the recorded table of types lacks them. */
import { spend } from "../runtime/budget.ts";
import { CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { noSuchElement } from "./collection-errors.ts";
import { implement, type Members } from "./define.ts";
import { Enumerator } from "./enumerator.ts";
import { argument } from "./exceptions-thrown.ts";
import { decodeType } from "./surface.ts";
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import { XContainer } from "./xcontainer.ts";
import { XElement } from "./xelement.ts";
import { viewOf, XmlDocument, XmlNamespaceManager, type XmlNode, XmlNodes } from "./xml-document.ts";
import { XName, XNamespace } from "./xname.ts";
import type { XNode } from "./xnode.ts";
import { charged, required } from "./xnode-members.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData, XText } from "./xtext.ts";

const XML = "System.Xml";
const S = "System.String";
const NODE = `${XML}.XmlNode`;
const ELEMENT = `${XML}.XmlElement`;
const LIST = `${XML}.XmlNodeList`;
const ATTRIBUTES = `${XML}.XmlAttributeCollection`;
const MANAGER = `${XML}.XmlNamespaceManager`;

declareTypes([
  decodeType(NODE, [
    "class System.Object System.Collections.IEnumerable",
    ...["Name", "LocalName", "Prefix", "NamespaceURI", "OuterXml", "InnerXml"].map((name) => `${name}: ${S} get`),
    `Value: ${S} get set`,
    `InnerText: ${S} get set`,
    "NodeType: System.Xml.XmlNodeType get",
    ...["ParentNode", "FirstChild", "LastChild", "NextSibling", "PreviousSibling"].map(
      (name) => `${name}: ${NODE} get`,
    ),
    `OwnerDocument: ${XML}.XmlDocument get`,
    `ChildNodes: ${LIST} get`,
    `Attributes: ${ATTRIBUTES} get`,
    "HasChildNodes: System.Boolean get",
    `this[${S}]: ${ELEMENT} get`,
    `SelectSingleNode(${S} xpath): ${NODE}`,
    `SelectSingleNode(${S} xpath, ${MANAGER} nsmgr): ${NODE}`,
    `SelectNodes(${S} xpath): ${LIST}`,
    `SelectNodes(${S} xpath, ${MANAGER} nsmgr): ${LIST}`,
    `AppendChild(${NODE} newChild): ${NODE}`,
    `PrependChild(${NODE} newChild): ${NODE}`,
    `RemoveChild(${NODE} oldChild): ${NODE}`,
    `ReplaceChild(${NODE} newChild, ${NODE} oldChild): ${NODE}`,
    `InsertBefore(${NODE} newChild, ${NODE} refChild): ${NODE}`,
    `InsertAfter(${NODE} newChild, ${NODE} refChild): ${NODE}`,
    "RemoveAll(): System.Void",
    `CloneNode(System.Boolean deep): ${NODE}`,
    "GetEnumerator(): System.Collections.IEnumerator",
  ]),
  decodeType(`${XML}.XmlDocument`, [
    `class ${NODE}`,
    "new()",
    `LoadXml(${S} xml): System.Void`,
    `DocumentElement: ${ELEMENT} get`,
    "PreserveWhitespace: System.Boolean get set",
    `NameTable: ${XML}.XmlNameTable get`,
    `GetElementsByTagName(${S} name): ${LIST}`,
    `CreateElement(${S} name): ${ELEMENT}`,
    `CreateElement(${S} qualifiedName, ${S} namespaceURI): ${ELEMENT}`,
    `CreateElement(${S} prefix, ${S} localName, ${S} namespaceURI): ${ELEMENT}`,
    `CreateAttribute(${S} name): ${XML}.XmlAttribute`,
    `CreateTextNode(${S} text): ${XML}.XmlText`,
    `CreateComment(${S} data): ${XML}.XmlComment`,
    `CreateCDataSection(${S} data): ${XML}.XmlCDataSection`,
    `ImportNode(${NODE} node, System.Boolean deep): ${NODE}`,
  ]),
  decodeType(ELEMENT, [
    `class ${NODE}`,
    "HasAttributes: System.Boolean get",
    "IsEmpty: System.Boolean get",
    `GetAttribute(${S} name): ${S}`,
    `GetAttribute(${S} localName, ${S} namespaceURI): ${S}`,
    `GetAttributeNode(${S} name): ${XML}.XmlAttribute`,
    `HasAttribute(${S} name): System.Boolean`,
    `SetAttribute(${S} name, ${S} value): System.Void`,
    `RemoveAttribute(${S} name): System.Void`,
    `GetElementsByTagName(${S} name): ${LIST}`,
  ]),
  decodeType(`${XML}.XmlAttribute`, [`class ${NODE}`, `OwnerElement: ${ELEMENT} get`]),
  ...["XmlText", "XmlCDataSection", "XmlComment", "XmlProcessingInstruction", "XmlDocumentType"].map((name) =>
    decodeType(`${XML}.${name}`, [`class ${NODE}`]),
  ),
  decodeType(LIST, [
    "class System.Object System.Collections.IEnumerable",
    "Count: System.Int32 get",
    `Item(System.Int32 index): ${NODE}`,
    `this[System.Int32]: ${NODE} get`,
    "GetEnumerator(): System.Collections.IEnumerator",
  ]),
  decodeType(ATTRIBUTES, [
    "class System.Object System.Collections.IEnumerable",
    "Count: System.Int32 get",
    `this[System.Int32]: ${XML}.XmlAttribute get`,
    `this[${S}]: ${XML}.XmlAttribute get`,
    `GetNamedItem(${S} name): ${NODE}`,
    "GetEnumerator(): System.Collections.IEnumerator",
  ]),
  decodeType(`${XML}.XmlNameTable`, ["class System.Object"]),
  decodeType(MANAGER, [
    "class System.Object",
    `new(${XML}.XmlNameTable nameTable)`,
    `AddNamespace(${S} prefix, ${S} uri): System.Void`,
    `LookupNamespace(${S} prefix): ${S}`,
    `LookupPrefix(${S} uri): ${S}`,
    `HasNamespace(${S} prefix): System.Boolean`,
  ]),
]);

class NameTable extends CsObject {
  override get type(): Type {
    return type(`${XML}.XmlNameTable`);
  }
}

function container(view: XmlNode): XContainer {
  if (view.inner instanceof XContainer) return view.inner;
  throw argument("The current node cannot contain other nodes.");
}

/** A node to be put somewhere: taken from where it is. */
function taken(view: XmlNode | null, parameter: string): XNode {
  const node = required(view, parameter).inner as XNode;
  if (node.parent) node.remove();
  return node;
}

function insert(self: XmlNode, child: XmlNode | null, before: XNode | null): XmlNode | null {
  container(self).insertNode(before, taken(child, "newChild"));
  return child;
}

function setValue(self: XmlNode, given: string | null): void {
  const { inner } = self;
  const value = given ?? "";
  if (inner instanceof XAttribute || inner instanceof XText || inner instanceof XComment) inner.value = value;
  else if (inner instanceof XProcessingInstruction) inner.data = value;
  else throw argument(`Cannot set a value on node type '${self.type.simpleName.slice(3)}'.`);
}

function setInnerText(self: XmlNode, text: string | null): void {
  if (self.inner instanceof XElement) self.inner.value = text ?? "";
  else setValue(self, text);
}

function clone(self: XmlNode, deep: boolean): XmlNode | null {
  const { inner } = self;
  if (inner instanceof XAttribute) return viewOf(inner.clone());
  const copy = (inner as XNode).cloneNode();
  if (!deep && copy instanceof XContainer) copy.removeNodes();
  return viewOf(copy);
}

function select(self: XmlNode, path: string | null, manager?: XmlNamespaceManager | null): XmlNode[] {
  const resolve = manager ? (prefix: string) => manager.uriOf(prefix) : undefined;
  return self.select(required(path, "xpath"), resolve);
}

const sibling = (self: XmlNode, side: "next" | "previous") =>
  self.inner instanceof XAttribute ? null : viewOf((self.inner as XNode)[side]);

function prefixOf(self: XmlNode): string {
  const colon = self.name.indexOf(":");
  return colon < 0 ? "" : self.name.slice(0, colon);
}

const nodeMembers: Members = {
  Name: (self: XmlNode) => self.name,
  LocalName: (self: XmlNode) => self.localName,
  Prefix: prefixOf,
  NamespaceURI: (self: XmlNode) => self.namespaceUri,
  NodeType: (self: XmlNode) => self.inner.nodeType,
  Value: (self: XmlNode) => self.value,
  "Value=": setValue,
  InnerText: (self: XmlNode) => charged(self.text),
  "InnerText=": setInnerText,
  InnerXml: (self: XmlNode) => charged(self.innerXml),
  OuterXml: (self: XmlNode) => charged(self.outerXml),
  ParentNode: (self: XmlNode) => (self.inner instanceof XAttribute ? null : viewOf(self.inner.parent)),
  FirstChild: (self: XmlNode) => self.children()[0] ?? null,
  LastChild: (self: XmlNode) => self.children().at(-1) ?? null,
  NextSibling: (self: XmlNode) => sibling(self, "next"),
  PreviousSibling: (self: XmlNode) => sibling(self, "previous"),
  HasChildNodes: (self: XmlNode) => self.inner instanceof XContainer && self.inner.firstNode !== null,
  ChildNodes: (self: XmlNode) => new XmlNodes(self.children()),
  Attributes: (self: XmlNode) => (self.inner instanceof XElement ? new XmlNodes(self.attributes(), ATTRIBUTES) : null),
  OwnerDocument: (self: XmlNode) => (self instanceof XmlDocument ? null : viewOf(self.inner.document)),
  "this[string]": (self: XmlNode, name: string | null) =>
    self.children().find((child) => child.inner instanceof XElement && child.name === name) ?? null,
  "SelectSingleNode(*)": (self: XmlNode, path: string | null, manager?: XmlNamespaceManager | null) =>
    select(self, path, manager)[0] ?? null,
  "SelectNodes(*)": (self: XmlNode, path: string | null, manager?: XmlNamespaceManager | null) =>
    new XmlNodes(select(self, path, manager)),
  "AppendChild(XmlNode)": (self: XmlNode, child: XmlNode | null) => insert(self, child, null),
  "PrependChild(XmlNode)": (self: XmlNode, child: XmlNode | null) => insert(self, child, container(self).firstNode),
  "InsertBefore(XmlNode,XmlNode)": (self: XmlNode, child: XmlNode | null, before: XmlNode | null) =>
    insert(self, child, (before?.inner ?? null) as XNode | null),
  "InsertAfter(XmlNode,XmlNode)": (self: XmlNode, child: XmlNode | null, after: XmlNode | null) =>
    insert(self, child, after ? (after.inner as XNode).next : container(self).firstNode),
  "RemoveChild(XmlNode)": (_self: XmlNode, child: XmlNode | null) => {
    (required(child, "oldChild").inner as XNode).remove();
    return child;
  },
  "ReplaceChild(XmlNode,XmlNode)": (self: XmlNode, child: XmlNode | null, old: XmlNode | null) => {
    const replaced = required(old, "oldChild").inner as XNode;
    const { next } = replaced;
    replaced.remove();
    insert(self, child, next);
    return old;
  },
  "RemoveAll()": (self: XmlNode) => {
    container(self).removeNodes();
    if (self.inner instanceof XElement) self.inner.removeAttributes();
  },
  "CloneNode(bool)": clone,
  "GetEnumerator()": (self: XmlNode) => new Enumerator(self, type("System.Object")),
};

for (const name of [
  "XmlNode",
  "XmlText",
  "XmlCDataSection",
  "XmlComment",
  "XmlProcessingInstruction",
  "XmlDocumentType",
]) {
  implement(`${XML}.${name}`, nodeMembers);
}

implement(`${XML}.XmlAttribute`, { ...nodeMembers, OwnerElement: (self: XmlNode) => viewOf(self.inner.parent) });

function newElement(qualifiedName: string | null, uri: string | null): XmlNode | null {
  const name = required(qualifiedName, "name");
  return viewOf(new XElement(XName.of(name.slice(name.indexOf(":") + 1), XNamespace.get(uri ?? ""))));
}

function byTagName(self: XmlNode, name: string | null): XmlNodes {
  const found = self.elementsByTagName(required(name, "name"));
  spend(found.length);
  return new XmlNodes(found);
}

implement(`${XML}.XmlDocument`, {
  ...nodeMembers,
  "new()": () => new XmlDocument(),
  "LoadXml(string)": (self: XmlDocument, text: string | null) => {
    const xml = required(text, "xml");
    spend(xml.length >> 6);
    self.load(xml);
  },
  DocumentElement: (self: XmlDocument) => viewOf(self.document.root),
  PreserveWhitespace: (self: XmlDocument) => self.preserveWhitespace,
  "PreserveWhitespace=": (self: XmlDocument, preserve: boolean) => {
    self.preserveWhitespace = preserve;
  },
  NameTable: () => new NameTable(),
  "GetElementsByTagName(string)": byTagName,
  "CreateElement(string)": (_self: XmlDocument, name: string | null) => newElement(name, ""),
  "CreateElement(string,string)": (_self: XmlDocument, name: string | null, uri: string | null) =>
    newElement(name, uri),
  "CreateElement(string,string,string)": (
    _self: XmlDocument,
    _prefix: string | null,
    local: string | null,
    uri: string | null,
  ) => newElement(local, uri),
  "CreateAttribute(string)": (_self: XmlDocument, name: string | null) =>
    viewOf(new XAttribute(XName.of(required(name, "name"), XNamespace.none), "")),
  "CreateTextNode(string)": (_self: XmlDocument, text: string | null) => viewOf(new XText(text ?? "")),
  "CreateComment(string)": (_self: XmlDocument, text: string | null) => viewOf(new XComment(text ?? "")),
  "CreateCDataSection(string)": (_self: XmlDocument, text: string | null) => viewOf(new XCData(text ?? "")),
  "ImportNode(XmlNode,bool)": (_self: XmlDocument, node: XmlNode | null, deep: boolean) =>
    clone(required(node, "node"), deep),
});

function attribute(self: XmlNode, name: string | null, uri = ""): XAttribute | null {
  const views = self.attributes();
  const found = views.find((view) =>
    uri === "" ? view.name === name : view.localName === name && view.namespaceUri === uri,
  );
  return (found?.inner as XAttribute | undefined) ?? null;
}

implement(ELEMENT, {
  ...nodeMembers,
  HasAttributes: (self: XmlNode) => self.attributes().length > 0,
  IsEmpty: (self: XmlNode) => (self.inner as XElement).isEmpty,
  "GetAttribute(string)": (self: XmlNode, name: string | null) => attribute(self, name)?.value ?? "",
  "GetAttribute(string,string)": (self: XmlNode, local: string | null, uri: string | null) =>
    attribute(self, local, uri ?? "")?.value ?? "",
  "GetAttributeNode(string)": (self: XmlNode, name: string | null) => viewOf(attribute(self, name)),
  "HasAttribute(string)": (self: XmlNode, name: string | null) => attribute(self, name) !== null,
  "SetAttribute(string,string)": (self: XmlNode, name: string | null, value: string | null) => {
    const existing = attribute(self, name);
    if (existing) existing.value = value ?? "";
    else (self.inner as XElement).setAttribute(XName.of(required(name, "name"), XNamespace.none), value ?? "");
  },
  "RemoveAttribute(string)": (self: XmlNode, name: string | null) => attribute(self, name)?.remove(),
  "GetElementsByTagName(string)": byTagName,
});

const listMembers: Members = {
  Count: (self: XmlNodes) => self.items.length,
  "GetEnumerator()": (self: XmlNodes) => new Enumerator(self, type("System.Object")),
};

implement(LIST, {
  ...listMembers,
  "Item(int)": (self: XmlNodes, index: number) => self.items[index] ?? null,
  "this[int]": (self: XmlNodes, index: number) => self.items[index] ?? null,
});

implement(ATTRIBUTES, {
  ...listMembers,
  "this[int]": (self: XmlNodes, index: number) => {
    if (index < 0 || index >= self.items.length) throw noSuchElement();
    return self.items[index];
  },
  "this[string]": (self: XmlNodes, name: string | null) => self.items.find((view) => view.name === name) ?? null,
  "GetNamedItem(string)": (self: XmlNodes, name: string | null) =>
    self.items.find((view) => view.name === name) ?? null,
});

implement(MANAGER, {
  "new(XmlNameTable)": () => new XmlNamespaceManager(),
  "AddNamespace(string,string)": (self: XmlNamespaceManager, prefix: string | null, uri: string | null) =>
    self.add(required(prefix, "prefix"), required(uri, "uri")),
  "LookupNamespace(string)": (self: XmlNamespaceManager, prefix: string | null) => self.uriOf(prefix ?? "") ?? null,
  "LookupPrefix(string)": (self: XmlNamespaceManager, uri: string | null) => self.prefixOf(uri ?? "") ?? null,
  "HasNamespace(string)": (self: XmlNamespaceManager, prefix: string | null) => self.uriOf(prefix ?? "") !== undefined,
});
