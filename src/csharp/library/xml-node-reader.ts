/**
 * The XmlReader that XNode.CreateReader() makes: goes over a tree of XLinq node by node. Follows System.Xml.Linq's XNodeReader.
 * https://learn.microsoft.com/dotnet/api/system.xml.linq.xnode.createreader
 */
import { spend } from "../runtime/budget.ts";
import { CsObject } from "../runtime/values.ts";
import { declareTypes, type Type, type } from "../types.ts";
import { XMLNS_NAMESPACE } from "./xml-characters.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import type { XContainer } from "./xcontainer.ts";
import { XDocument } from "./xdocument.ts";
import { XDocumentType } from "./xdocument-type.ts";
import { XElement } from "./xelement.ts";
import type { XNode } from "./xnode.ts";
import type { XObject } from "./xobject.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XText } from "./xtext.ts";

declareTypes([{ type: "System.Xml.Linq.XNodeReader", kind: "class", base: "System.Xml.XmlReader", ifaces: [], m: [] }]);

/** XmlNodeType.EndElement, which no node of a tree has. */
const END_ELEMENT = 15;

/** ReadState. */
export const ReadState = { Initial: 0, Interactive: 1, Error: 2, EndOfFile: 3, Closed: 4 } as const;

/** An expanded name, as parts of a qualified name or with its namespace. */
interface NodeName {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
}

const NO_NAME: NodeName = { prefix: "", local: "", uri: "" };

export class XmlNodeReader extends CsObject {
  readonly #root: XNode;
  readonly #omitDuplicates: boolean;
  #state: (typeof ReadState)[keyof typeof ReadState] = ReadState.Initial;
  /** Node or attribute that the reader stands on. */
  #at: XObject;
  /** The reader stands on the end tag of the element. */
  #atEnd = false;
  /** The reader stands on the text of the attribute `#at`. */
  #inValue = false;

  /** @param omitDuplicates leaves out namespace declarations that an enclosing element has as well */
  constructor(root: XNode, omitDuplicates = false) {
    super();
    this.#root = root;
    this.#at = root;
    this.#omitDuplicates = omitDuplicates;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XNodeReader");
  }

  get state(): number {
    return this.#state;
  }

  /** The node that the reader stands on; null before the first and after the last, and on an end tag. */
  get node(): XNode | null {
    return this.#isInteractive && !this.#atEnd && !(this.#at instanceof XAttribute) ? (this.#at as XNode) : null;
  }

  get #isInteractive(): boolean {
    return this.#state === ReadState.Interactive;
  }

  get nodeType(): number {
    if (!this.#isInteractive) return XmlNodeType.None;
    if (this.#atEnd) return END_ELEMENT;
    return this.#inValue ? XmlNodeType.Text : this.#at.nodeType;
  }

  get isEndElement(): boolean {
    return this.nodeType === END_ELEMENT;
  }

  get depth(): number {
    if (!this.#isInteractive) return 0;
    let depth = this.#inValue ? 1 : 0;
    let top = this.#at;
    for (; top.parent; top = top.parent) depth++;
    return top instanceof XDocument ? depth - 1 : depth;
  }

  get isEmptyElement(): boolean {
    return this.#isInteractive && this.#at instanceof XElement && this.#at.isEmpty;
  }

  get hasValue(): boolean {
    const t = this.nodeType;
    return !(t === XmlNodeType.None || t === XmlNodeType.Element || t === XmlNodeType.Document || t === END_ELEMENT);
  }

  get name(): NodeName {
    if (!this.#isInteractive || this.#inValue) return NO_NAME;
    const at = this.#at;
    if (at instanceof XElement)
      return { prefix: at.prefixOf(at.name.uri) ?? "", local: at.name.local, uri: at.name.uri };
    if (at instanceof XAttribute) return attributeName(at);
    if (at instanceof XProcessingInstruction) return { ...NO_NAME, local: at.target };
    return at instanceof XDocumentType ? { ...NO_NAME, local: at.name } : NO_NAME;
  }

  get qualifiedName(): string {
    return qualified(this.name);
  }

  get value(): string {
    const at = this.#at;
    if (!this.#isInteractive || this.#atEnd) return "";
    if (at instanceof XAttribute || at instanceof XText || at instanceof XComment) return at.value;
    if (at instanceof XProcessingInstruction) return at.data;
    return at instanceof XDocumentType ? (at.internalSubset ?? "") : "";
  }

  /** Attributes of the element that the reader is at or in the attributes of. */
  get attributes(): readonly XAttribute[] {
    const element = this.#element;
    if (!element) return [];
    return this.#omitDuplicates ? element.attributes.filter((a) => !isDuplicate(a, element)) : element.attributes;
  }

  get #element(): XElement | null {
    if (!this.#isInteractive || this.#atEnd) return null;
    return this.#at instanceof XAttribute ? (this.#at.owner as XElement | null) : asElement(this.#at);
  }

  attribute(local: string, uri: string): XAttribute | null {
    return this.attributes.find((a) => a.name.local === local && attributeName(a).uri === uri) ?? null;
  }

  attributeByName(name: string): XAttribute | null {
    return this.attributes.find((a) => qualified(attributeName(a)) === name) ?? null;
  }

  /** The namespace of a prefix where the reader stands. */
  lookupNamespace(prefix: string): string | null {
    if (!this.#isInteractive) return null;
    const element = this.#at instanceof XAttribute ? this.#at.owner : (asElement(this.#at) ?? this.#at.parentElement);
    if (!(element instanceof XElement)) return prefix === "" ? "" : null;
    return element.namespaceOf(prefix === "" ? "xmlns" : prefix) ?? (prefix === "" ? "" : null);
  }

  read(): boolean {
    spend(1);
    if (this.#state === ReadState.Initial) {
      this.#state = ReadState.Interactive;
      return this.#root instanceof XDocument ? this.#enter(this.#root) : true;
    }
    return this.#isInteractive && this.#advance(false);
  }

  /** Over the children of an element, and its end tag. */
  skip(): void {
    if (this.#isInteractive) this.#advance(true);
  }

  close(): void {
    this.#state = ReadState.Closed;
  }

  /** From an attribute to its element. */
  moveToElement(): boolean {
    if (!this.#isInteractive || !(this.#at instanceof XAttribute) || !this.#at.parent) return false;
    this.#at = this.#at.parent;
    this.#inValue = false;
    return true;
  }

  moveToAttribute(found: XAttribute | null | undefined): boolean {
    if (!found) return false;
    this.#at = found;
    this.#inValue = false;
    return true;
  }

  moveToNextAttribute(): boolean {
    const all = this.attributes;
    const index = this.#at instanceof XAttribute ? all.indexOf(this.#at) + 1 : 0;
    return this.moveToAttribute(all[index]);
  }

  readAttributeValue(): boolean {
    if (!this.#isInteractive || this.#inValue || !(this.#at instanceof XAttribute)) return false;
    this.#inValue = true;
    return true;
  }

  #advance(skipContent: boolean): boolean {
    if (this.#at instanceof XAttribute) this.moveToElement();
    const at = this.#at;
    if (at instanceof XElement && !at.isEmpty && !this.#atEnd && !skipContent) return this.#enter(at);
    return this.#over(at as XNode);
  }

  #enter(container: XContainer): boolean {
    if (container.firstNode) this.#at = container.firstNode;
    else if (container instanceof XDocument) return this.#finish();
    else this.#atEnd = true;
    return true;
  }

  #over(node: XNode): boolean {
    if (node === this.#root) return this.#finish();
    if (node.next) {
      this.#at = node.next;
      this.#atEnd = false;
      return true;
    }
    if (!(node.parent instanceof XElement)) return this.#finish();
    this.#at = node.parent;
    this.#atEnd = true;
    return true;
  }

  #finish(): boolean {
    this.#state = ReadState.EndOfFile;
    return false;
  }
}

function asElement(at: XObject): XElement | null {
  return at instanceof XElement ? at : null;
}

function qualified({ prefix, local }: NodeName): string {
  return prefix === "" ? local : `${prefix}:${local}`;
}

/** `xmlns` has no prefix, but the namespace of namespace declarations. */
function attributeName({ name: { local, uri }, owner }: XAttribute): NodeName {
  if (uri === "") return { prefix: "", local, uri: local === "xmlns" ? XMLNS_NAMESPACE : "" };
  return { prefix: owner?.prefixOf(uri) ?? "", local, uri };
}

/** A namespace declaration that says what holds already. */
function isDuplicate(attribute: XAttribute, element: XElement): boolean {
  if (!attribute.isNamespaceDeclaration) return false;
  const around = element.parentElement as XElement | null;
  return around?.namespaceOf(attribute.name.local) === attribute.value;
}
