/** XDocument. */
import { type Type, type } from "../types.ts";
import { argument, invalidOperation } from "./exceptions-thrown.ts";
import { XContainer } from "./xcontainer.ts";
import type { XDeclaration } from "./xdeclaration.ts";
import { XDocumentType } from "./xdocument-type.ts";
import { XElement } from "./xelement.ts";
import { isBlank } from "./xml-characters.ts";
import { nodeTypeName, XmlNodeType } from "./xml-node-type.ts";
import { LoadOptions, loadXml } from "./xml-tree.ts";
import type { XmlTextWriter } from "./xml-writer.ts";
import type { XNode } from "./xnode.ts";

export class XDocument extends XContainer {
  declaration: XDeclaration | null = null;

  override get type(): Type {
    return type("System.Xml.Linq.XDocument");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.Document;
  }

  get root(): XElement | null {
    for (const node of this.nodes()) if (node instanceof XElement) return node;
    return null;
  }

  get documentType(): XDocumentType | null {
    for (const node of this.nodes()) if (node instanceof XDocumentType) return node;
    return null;
  }

  override addAttribute(): void {
    throw argument("An attribute cannot be added to content.");
  }

  /** One element at most, one document type at most and before it, no text. */
  protected override validateNode(node: XNode, before: XNode | null): void {
    switch (node.nodeType) {
      case XmlNodeType.Text:
        this.validateText(node.text);
        break;
      case XmlNodeType.Element:
        if (this.root) throw structure();
        for (let n = before; n; n = n.next) if (n.nodeType === XmlNodeType.DocumentType) throw structure();
        break;
      case XmlNodeType.DocumentType:
        if (this.documentType) throw structure();
        for (let n = before ? before.previous : this.lastNode; n; n = n.previous) {
          if (n.nodeType === XmlNodeType.Element) throw structure();
        }
        break;
      case XmlNodeType.CDATA:
      case XmlNodeType.Document:
        throw argument(`A node of type ${nodeTypeName(node.nodeType)} cannot be added to content.`);
    }
  }

  protected override validateText(text: string): void {
    if (!isBlank(text)) throw argument("Non-whitespace characters cannot be added to content.");
  }

  override cloneNode(): XDocument {
    const copy = new XDocument();
    copy.declaration = this.declaration?.clone() ?? null;
    return this.cloneNodesInto(copy);
  }

  override deepEquals(other: XNode): boolean {
    return other instanceof XDocument && this.sameNodes(other);
  }

  override deepHash(): number {
    return this.hashNodes();
  }

  /** With the XML declaration, as Save writes it. @param encoding what the declaration names when the document does not say */
  override writeTo(writer: XmlTextWriter, encoding = "utf-16"): void {
    const standalone = this.declaration?.standalone;
    const extra = standalone === "yes" || standalone === "no" ? ` standalone="${standalone}"` : "";
    writer.writeDeclaration(`<?xml version="1.0" encoding="${encoding}"${extra}?>`);
    this.writeContentTo(writer);
  }

  protected override writeContentTo(writer: XmlTextWriter): void {
    for (const node of this.nodes()) node.writeTo(writer);
  }
}

function structure() {
  return invalidOperation("This operation would create an incorrectly structured document.");
}

/** XML text as a document, as XDocument.Parse. Throws CsException (System.Xml.XmlException). @param options LoadOptions */
export function parseXDocument(text: string, options: number = LoadOptions.None): XDocument {
  const document = new XDocument();
  document.declaration = loadXml(text, document, options);
  return document;
}

/** The root element of XML text, as XElement.Parse. */
export function parseXElement(text: string, options: number = LoadOptions.None): XElement {
  const document = parseXDocument(text, options);
  const root = document.root as XElement;
  document.removeNode(root);
  return root;
}
