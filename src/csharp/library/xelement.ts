/** XElement. */
import { type Type, type } from "../types.ts";
import { argument, invalidOperation } from "./exceptions-thrown.ts";
import { type AttributeOwner, XAttribute } from "./xattribute.ts";
import { XContainer } from "./xcontainer.ts";
import { XML_NAMESPACE, XMLNS_NAMESPACE } from "./xml-characters.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import { contentText } from "./xml-values.ts";
import type { AttributeText, XmlTextWriter } from "./xml-writer.ts";
import type { XName, XNamespace } from "./xname.ts";
import type { XNode } from "./xnode.ts";

export class XElement extends XContainer implements AttributeOwner {
  name: XName;
  readonly attributes: XAttribute[] = [];

  constructor(name: XName) {
    super();
    this.name = name;
  }

  /** new XElement(name, content). */
  static of(name: XName, content: unknown): XElement {
    const element = new XElement(name);
    element.add(content);
    return element;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XElement");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.Element;
  }

  /** Written as `<a />`. */
  get isEmpty(): boolean {
    return this.firstNode === null && !this.hasEmptyText;
  }

  get value(): string {
    return this.text;
  }

  set value(text: string) {
    this.removeNodes();
    this.add(text);
  }

  /** For readers: an element with a start and an end tag that has nothing in it. */
  closeWithEndTag(): void {
    if (this.firstNode === null) this.hasEmptyText = true;
  }

  attribute(name: XName): XAttribute | null {
    return this.attributes.find((a) => a.name.same(name)) ?? null;
  }

  /** For readers: an attribute that is new and known to be unique. */
  appendAttribute(attribute: XAttribute): void {
    attribute.parent = this;
    this.attributes.push(attribute);
  }

  override addAttribute(given: XAttribute): void {
    if (this.attribute(given.name)) throw invalidOperation("Duplicate attribute.");
    this.appendAttribute(given.parent ? given.clone() : given);
  }

  removeAttribute(attribute: XAttribute): void {
    this.attributes.splice(this.attributes.indexOf(attribute), 1);
    attribute.parent = null;
  }

  removeAttributes(): void {
    for (const attribute of this.attributes) attribute.parent = null;
    this.attributes.length = 0;
  }

  /** Sets, adds or (null) removes an attribute. */
  setAttribute(name: XName, value: unknown): void {
    const existing = this.attribute(name);
    if (value === null) existing?.remove();
    else if (existing) existing.value = contentText(value);
    else this.addAttribute(new XAttribute(name, contentText(value)));
  }

  protected override validateNode(node: XNode): void {
    if (node.nodeType === XmlNodeType.Document || node.nodeType === XmlNodeType.DocumentType) {
      const name = node.nodeType === XmlNodeType.Document ? "Document" : "DocumentType";
      throw argument(`A node of type ${name} cannot be added to content.`);
    }
  }

  protected override validateText(): void {}

  /** The namespace that a prefix is bound to here, `xmlns` standing for the default one; null when there is none. */
  namespaceOf(prefix: string, below: XElement | null = null): string | null {
    for (let e: XElement | null = this; e && e !== below; e = e.parentElement as XElement | null) {
      for (const a of e.attributes) if (a.isNamespaceDeclaration && a.name.local === prefix) return a.value;
    }
    return null;
  }

  prefixOf(uri: string): string | null {
    let declared = false;
    for (let e: XElement | null = this; e; e = e.parentElement as XElement | null) {
      for (const a of e.attributes) {
        if (!a.isNamespaceDeclaration || a.value !== uri || a.name.uri === "") continue;
        if (!declared || this.namespaceOf(a.name.local, e) === null) return a.name.local;
      }
      declared ||= e.attributes.some((a) => a.isNamespaceDeclaration);
    }
    if (uri === XML_NAMESPACE) return "xml";
    return uri === XMLNS_NAMESPACE ? "xmlns" : null;
  }

  override cloneNode(): XElement {
    const copy = new XElement(this.name);
    for (const attribute of this.attributes) copy.appendAttribute(attribute.clone());
    return this.cloneNodesInto(copy);
  }

  override deepEquals(other: XNode): boolean {
    return (
      other instanceof XElement &&
      other.name.same(this.name) &&
      other.isEmpty === this.isEmpty &&
      other.attributes.length === this.attributes.length &&
      this.attributes.every((a, i) => a.name.same(other.attributes[i].name) && a.value === other.attributes[i].value) &&
      this.sameNodes(other)
    );
  }

  override deepHash(): number {
    return this.attributes.reduce((h, a) => h ^ a.name.hash(), this.name.hash() ^ this.hashNodes());
  }

  override writeTo(writer: XmlTextWriter): void {
    const declared: Declared[] = [];
    const around: XElement[] = [];
    for (let e = this.parentElement as XElement | null; e; e = e.parentElement as XElement | null) around.unshift(e);
    for (const e of around) declare(declared, e);
    writeElement(writer, this, declared);
  }
}

/** A namespace declaration of an element that encloses what is being written. */
interface Declared {
  readonly prefix: string;
  readonly uri: string;
}

function declare(declared: Declared[], element: XElement): void {
  for (const a of element.attributes) {
    if (a.isNamespaceDeclaration) declared.push({ prefix: a.name.uri === "" ? "" : a.name.local, uri: a.value });
  }
}

/** Index of the newest declaration of a prefix. */
function newest(declared: readonly Declared[], prefix: string): number {
  let i = declared.length - 1;
  while (declared[i].prefix !== prefix) i--;
  return i;
}

/** The prefix that the tree's own declarations give a namespace; null leaves it to the writer. */
function prefixFor(declared: readonly Declared[], { uri }: XNamespace, allowDefault: boolean): string | null {
  if (uri === "") return "";
  for (let i = declared.length - 1; i >= 0; i--) {
    const { prefix } = declared[i];
    if (declared[i].uri !== uri || (!allowDefault && prefix === "")) continue;
    if (newest(declared, prefix) === i) return prefix;
  }
  if (uri === XML_NAMESPACE) return "xml";
  return uri === XMLNS_NAMESPACE ? "xmlns" : null;
}

function* attributeTexts(element: XElement, declared: readonly Declared[]): Generator<AttributeText> {
  for (const { name, value } of element.attributes) {
    const isDefault = name.uri === "" && name.local === "xmlns";
    yield {
      prefix: prefixFor(declared, name.namespace, false),
      local: name.local,
      uri: isDefault ? XMLNS_NAMESPACE : name.uri,
      value,
    };
  }
}

/** Writes an element and what is in it, without recursion. */
function writeElement(writer: XmlTextWriter, top: XElement, declared: Declared[]): void {
  const outside: number[] = [];
  let node: XNode | null = top;
  while (node) {
    if (node instanceof XElement) {
      const size = declared.length;
      declare(declared, node);
      const prefix = prefixFor(declared, node.name.namespace, true);
      writer.startElement(prefix, node.name.local, node.name.uri, attributeTexts(node, declared), node.isEmpty);
      if (node.firstNode) {
        outside.push(size);
        node = node.firstNode;
        continue;
      }
      if (!node.isEmpty) writer.endElement();
      declared.length = size;
    } else {
      node.writeTo(writer);
    }
    while (node !== top && !node.next) {
      node = node.parent as XElement;
      writer.endElement();
      declared.length = outside.pop() ?? 0;
    }
    node = node === top ? null : node.next;
  }
}
