/** XAttribute. Attributes of an element are in a list of their own; `next` is in the list's order. */
import { type Type, type } from "../types.ts";
import { argument } from "./exceptions-thrown.ts";
import { XML_NAMESPACE, XMLNS_NAMESPACE } from "./xml-characters.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import { escapeAttribute } from "./xml-writer.ts";
import type { XName } from "./xname.ts";
import { missingParent, XObject } from "./xobject.ts";

/** What an attribute asks of its element. */
export interface AttributeOwner extends XObject {
  readonly attributes: readonly XAttribute[];
  removeAttribute(attribute: XAttribute): void;
  /** The prefix that a namespace is bound to; null when there is none. */
  prefixOf(uri: string): string | null;
}

export class XAttribute extends XObject {
  readonly name: XName;
  #value: string;

  /** Throws ArgumentException for a namespace declaration that XML forbids. */
  constructor(name: XName, value: string) {
    super();
    checkDeclaration(name, value);
    this.name = name;
    this.#value = value;
  }

  override get type(): Type {
    return type("System.Xml.Linq.XAttribute");
  }

  override get nodeType(): XmlNodeType {
    return XmlNodeType.Attribute;
  }

  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    checkDeclaration(this.name, value);
    this.#value = value;
  }

  get owner(): AttributeOwner | null {
    return this.parent as AttributeOwner | null;
  }

  /** `xmlns="..."` or `xmlns:p="..."`. */
  get isNamespaceDeclaration(): boolean {
    const { local, uri } = this.name;
    return uri === "" ? local === "xmlns" : uri === XMLNS_NAMESPACE;
  }

  /** The attribute before (-1) or after (1) this one. */
  sibling(step: number): XAttribute | null {
    const all = this.owner?.attributes;
    return all?.[all.indexOf(this) + step] ?? null;
  }

  remove(): void {
    if (!this.owner) throw missingParent();
    this.owner.removeAttribute(this);
  }

  clone(): XAttribute {
    return new XAttribute(this.name, this.value);
  }

  override toText(): string {
    const { local, uri } = this.name;
    const prefix = uri === "" ? "" : uri === XMLNS_NAMESPACE ? "xmlns" : this.#prefix(uri);
    return `${prefix === "" ? local : `${prefix}:${local}`}="${escapeAttribute(this.value)}"`;
  }

  #prefix(uri: string): string {
    if (uri === XML_NAMESPACE) return "xml";
    return this.owner?.prefixOf(uri) ?? "p1";
  }
}

const XML_BOUND =
  "The prefix 'xml' is bound to the namespace name 'http://www.w3.org/XML/1998/namespace'. Other prefixes must not be bound " +
  "to this namespace name, and it must not be declared as the default namespace.";
const XMLNS_BOUND =
  "The prefix 'xmlns' is bound to the namespace name 'http://www.w3.org/2000/xmlns/'. It must not be declared. Other prefixes " +
  "must not be bound to this namespace name, and it must not be declared as the default namespace.";

/** https://www.w3.org/TR/xml-names/#ns-decl */
function checkDeclaration({ local, uri }: XName, value: string): void {
  const isDefault = uri === "" && local === "xmlns";
  if (!isDefault && uri !== XMLNS_NAMESPACE) return;
  if (!isDefault && value === "") {
    throw argument(`The prefix '${local}' cannot be bound to the empty namespace name.`);
  }
  if (value === XML_NAMESPACE) {
    if (isDefault || local !== "xml") throw argument(XML_BOUND);
  } else if (value === XMLNS_NAMESPACE) {
    throw argument(XMLNS_BOUND);
  } else if (!isDefault && local === "xml") {
    throw argument(XML_BOUND);
  } else if (!isDefault && local === "xmlns") {
    throw argument(XMLNS_BOUND);
  }
}
