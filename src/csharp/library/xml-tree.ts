/** Building XLinq trees from text: what XDocument.Parse and XElement.Parse make of what the reader gives. */
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import type { XContainer } from "./xcontainer.ts";
import { XDeclaration } from "./xdeclaration.ts";
import { XDocumentType } from "./xdocument-type.ts";
import { XElement } from "./xelement.ts";
import { XMLNS_NAMESPACE } from "./xml-characters.ts";
import type { DocType } from "./xml-dtd.ts";
import { type ReadAttribute, readXml, type XmlHandler } from "./xml-reader.ts";
import { XName, XNamespace } from "./xname.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData } from "./xtext.ts";

/** LoadOptions. */
export const LoadOptions = { None: 0, PreserveWhitespace: 1, SetBaseUri: 2, SetLineInfo: 4 } as const;

/** Reads a document into a container. Throws CsException (System.Xml.XmlException). */
export function loadXml(text: string, into: XContainer, options: number): XDeclaration | null {
  const builder = new TreeBuilder(into, (options & LoadOptions.PreserveWhitespace) !== 0);
  readXml(text, builder);
  return builder.found;
}

class TreeBuilder implements XmlHandler {
  /** The XML declaration, if there is one. */
  found: XDeclaration | null = null;
  #current: XContainer;
  readonly #keepBlanks: boolean;
  /** One object per namespace of the document. */
  readonly #namespaces = new Map<string, XNamespace>();

  constructor(into: XContainer, keepBlanks: boolean) {
    this.#current = into;
    this.#keepBlanks = keepBlanks;
  }

  declaration(version: string, encoding: string | null, standalone: string | null): void {
    this.found = new XDeclaration(version, encoding, standalone);
  }

  docType({ name, publicId, systemId, internalSubset }: DocType): void {
    this.#current.append(new XDocumentType(name, publicId, systemId, internalSubset));
  }

  startElement(
    _prefix: string,
    local: string,
    uri: string,
    attributes: readonly ReadAttribute[],
    isEmpty: boolean,
  ): void {
    const element = new XElement(this.#name(local, uri));
    for (const a of attributes) element.appendAttribute(new XAttribute(this.#attributeName(a), a.value));
    this.#current.append(element);
    if (!isEmpty) this.#current = element;
  }

  endElement(): void {
    (this.#current as XElement).closeWithEndTag();
    this.#current = this.#current.parent as XContainer;
  }

  text(value: string, kind: "text" | "blank" | "preserved"): void {
    if (kind !== "blank" || this.#keepBlanks) this.#current.appendText(value);
  }

  cdata(value: string): void {
    this.#current.append(new XCData(value));
  }

  comment(value: string): void {
    this.#current.append(new XComment(value));
  }

  processingInstruction(target: string, data: string): void {
    this.#current.append(new XProcessingInstruction(target, data));
  }

  #name(local: string, uri: string): XName {
    let namespace = this.#namespaces.get(uri);
    if (!namespace) {
      namespace = XNamespace.get(uri);
      this.#namespaces.set(uri, namespace);
    }
    return XName.checked(local, namespace);
  }

  /** The default namespace's declaration is the one attribute whose name XLinq keeps outside every namespace. */
  #attributeName({ prefix, local, uri }: ReadAttribute): XName {
    return this.#name(local, prefix === "" && uri === XMLNS_NAMESPACE ? "" : uri);
  }
}
