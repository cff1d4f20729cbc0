/**
 * System.Xml.XmlDocument and its nodes, as views of XLinq trees: the part of the older API that policies use (LoadXml, SelectSingleNode,
 * InnerText, OuterXml ...). Members are in xml-document-members.ts.
 */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { XAttribute } from "./xattribute.ts";
import { XContainer } from "./xcontainer.ts";
import { XDocument } from "./xdocument.ts";
import { XElement } from "./xelement.ts";
import { LoadOptions, loadXml } from "./xml-tree.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import { SaveOptions, type XNode } from "./xnode.ts";
import type { XObject } from "./xobject.ts";
import { type PrefixResolver, selectNodes } from "./xpath.ts";
import { qualifiedName } from "./xpath-functions.ts";
import { nodeText } from "./xpath-values.ts";

const typeNames = new Map<XmlNodeType, string>([
  [XmlNodeType.Element, "XmlElement"],
  [XmlNodeType.Attribute, "XmlAttribute"],
  [XmlNodeType.Text, "XmlText"],
  [XmlNodeType.CDATA, "XmlCDataSection"],
  [XmlNodeType.Comment, "XmlComment"],
  [XmlNodeType.ProcessingInstruction, "XmlProcessingInstruction"],
  [XmlNodeType.Document, "XmlDocument"],
  [XmlNodeType.DocumentType, "XmlDocumentType"],
]);

/** Names of nodes that have no name of their own. */
const fixedNames = new Map<XmlNodeType, string>([
  [XmlNodeType.Text, "#text"],
  [XmlNodeType.CDATA, "#cdata-section"],
  [XmlNodeType.Comment, "#comment"],
  [XmlNodeType.Document, "#document"],
]);

const views = new WeakMap<XObject, XmlNode>();

/** The view of a node: the same one every time. */
export function viewOf(inner: XObject | null | undefined): XmlNode | null {
  if (!inner) return null;
  return views.get(inner) ?? (inner instanceof XDocument ? new XmlDocument(inner) : new XmlNode(inner));
}

export class XmlNode extends CsObject {
  readonly inner: XObject;

  /** Use `viewOf`: a node has one view. */
  constructor(inner: XObject) {
    super();
    this.inner = inner;
    views.set(inner, this);
  }

  override get type(): Type {
    return type(`System.Xml.${typeNames.get(this.inner.nodeType)}`);
  }

  get name(): string {
    return fixedNames.get(this.inner.nodeType) ?? qualifiedName(this.inner);
  }

  get localName(): string {
    const { inner } = this;
    return inner instanceof XElement || inner instanceof XAttribute ? inner.name.local : this.name;
  }

  get namespaceUri(): string {
    const { inner } = this;
    return inner instanceof XElement || inner instanceof XAttribute ? inner.name.uri : "";
  }

  /** Null for elements and documents. */
  get value(): string | null {
    return this.inner instanceof XContainer ? null : nodeText(this.inner);
  }

  get text(): string {
    return nodeText(this.inner);
  }

  get outerXml(): string {
    const { inner } = this;
    if (inner instanceof XAttribute) return inner.toText();
    const declaration = inner instanceof XDocument ? inner.declaration : null;
    return (declaration?.toText() ?? "") + (inner as XNode).toXml(SaveOptions.DisableFormatting);
  }

  get innerXml(): string {
    if (!(this.inner instanceof XContainer)) return this.inner instanceof XAttribute ? this.inner.value : "";
    return this.children()
      .map((child) => child.outerXml)
      .join("");
  }

  children(): XmlNode[] {
    return this.inner instanceof XContainer ? [...this.inner.nodes()].map((node) => viewOf(node) as XmlNode) : [];
  }

  attributes(): XmlNode[] {
    return this.inner instanceof XElement ? this.inner.attributes.map((a) => viewOf(a) as XmlNode) : [];
  }

  /** Nodes that an XPath selects. */
  select(path: string, resolve?: PrefixResolver): XmlNode[] {
    return selectNodes(this.inner, path, resolve).map((node) => viewOf(node) as XmlNode);
  }

  /** Elements below with a qualified name, `*` for all. */
  elementsByTagName(name: string): XmlNode[] {
    if (!(this.inner instanceof XContainer)) return [];
    const found = [...this.inner.descendantNodes()].filter((node) => node instanceof XElement);
    return found.map((node) => viewOf(node) as XmlNode).filter((view) => name === "*" || view.name === name);
  }

  [Symbol.iterator](): Iterator<XmlNode> {
    return this.children().values();
  }
}

export class XmlDocument extends XmlNode {
  preserveWhitespace = false;

  constructor(inner = new XDocument()) {
    super(inner);
  }

  get document(): XDocument {
    return this.inner as XDocument;
  }

  /** Replaces what is there. Throws XmlException. */
  load(text: string): void {
    const fresh = new XDocument();
    const options = this.preserveWhitespace ? LoadOptions.PreserveWhitespace : LoadOptions.None;
    const declaration = loadXml(text, fresh, options);
    this.document.removeNodes();
    this.document.declaration = declaration;
    for (const node of [...fresh.nodes()]) {
      fresh.removeNode(node);
      this.document.append(node);
    }
  }
}

/** XmlNodeList and XmlAttributeCollection. */
export class XmlNodes extends CsObject {
  readonly items: readonly XmlNode[];
  readonly #typeName: string;

  constructor(items: readonly XmlNode[], typeName = "System.Xml.XmlNodeList") {
    super();
    this.items = items;
    this.#typeName = typeName;
  }

  override get type(): Type {
    return type(this.#typeName);
  }

  [Symbol.iterator](): Iterator<XmlNode> {
    return this.items.values();
  }
}

/** XmlNamespaceManager: prefixes for XPath. */
export class XmlNamespaceManager extends CsObject {
  readonly #uris = new Map<string, string>();

  override get type(): Type {
    return type("System.Xml.XmlNamespaceManager");
  }

  add(prefix: string, uri: string): void {
    this.#uris.set(prefix, uri);
  }

  uriOf(prefix: string): string | undefined {
    return this.#uris.get(prefix);
  }

  prefixOf(uri: string): string | undefined {
    for (const [prefix, own] of this.#uris) if (own === uri) return prefix;
    return undefined;
  }
}
