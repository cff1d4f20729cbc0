/**
 * The XmlWriter that XContainer.CreateWriter() makes: what is written to it becomes nodes, which the container gets when the writer is
 * closed. Follows System.Xml.Linq's XNodeBuilder. https://learn.microsoft.com/dotnet/api/system.xml.linq.xcontainer.createwriter
 */
import { spend } from "../runtime/budget.ts";
import { nullReference } from "../runtime/object.ts";
import { box, CsObject } from "../runtime/values.ts";
import { declareTypes, keywordTypes, type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import type { XContainer } from "./xcontainer.ts";
import { XDocument } from "./xdocument.ts";
import { XElement } from "./xelement.ts";
import { XMLNS_NAMESPACE } from "./xml-characters.ts";
import { contentText } from "./xml-values.ts";
import { XName, XNamespace } from "./xname.ts";
import type { XNode } from "./xnode.ts";
import { required } from "./xnode-members.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData, XText } from "./xtext.ts";

const LINQ = "System.Xml.Linq";

declareTypes([{ type: `${LINQ}.XNodeBuilder`, kind: "class", base: "System.Xml.XmlWriter", ifaces: [], m: [] }]);

function nameOf(local: string | null, uri: string | null): XName {
  return XName.of(required(local, "localName"), XNamespace.get(uri ?? ""));
}

export class XmlTreeWriter extends CsObject {
  readonly #root: XContainer;
  /** Attributes and nodes for the root, in order. */
  readonly #content: (XAttribute | XNode)[] = [];
  /** The element that is being written; null for the root. */
  #parent: XElement | null = null;
  /** The attribute that is being written, with its text so far. */
  #attribute: { name: XName; value: string } | null = null;
  #isClosed = false;

  constructor(root: XContainer) {
    super();
    this.#root = root;
  }

  override get type(): Type {
    return type(`${LINQ}.XNodeBuilder`);
  }

  startElement(local: string | null, uri: string | null): void {
    const element = new XElement(nameOf(local, uri));
    this.#add(element);
    this.#parent = element;
  }

  endElement(isFull: boolean): void {
    const element = this.#parent;
    if (!element) throw nullReference();
    if (isFull) element.closeWithEndTag();
    this.#parent = element.parent as XElement | null;
  }

  /** @param prefix `xmlns` declares a namespace */
  startAttribute(prefix: string | null, local: string | null, uri: string | null): void {
    const isDeclaration = prefix === "xmlns" || (local === "xmlns" && !prefix);
    const namespace = isDeclaration && local !== "xmlns" ? XMLNS_NAMESPACE : isDeclaration ? "" : uri;
    this.#attribute = { name: nameOf(local, namespace), value: "" };
  }

  endAttribute(): void {
    const attribute = this.#attribute;
    if (!attribute) return;
    this.#attribute = null;
    const made = new XAttribute(attribute.name, attribute.value);
    if (this.#parent) this.#parent.addAttribute(made);
    else this.#content.push(made);
  }

  text(text: string): void {
    spend(1 + (text.length >> 6));
    if (this.#attribute) this.#attribute.value += text;
    else if (this.#parent) this.#parent.appendText(text);
    else this.#content.push(new XText(text));
  }

  /** A node that is not in a tree, or a copy of one that is. */
  node(node: XNode): void {
    this.#add(node.parent ? node.cloneNode() : node);
  }

  /** All nodes of a document; the document itself is not written. */
  tree(node: XNode): void {
    if (node instanceof XDocument) for (const child of node.nodes()) this.node(child);
    else this.node(node);
  }

  /** Hands over what has been written. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const part of this.#content) this.#root.add(part);
  }

  /** IDisposable.Dispose. */
  dispose(): void {
    this.close();
  }

  #add(node: XNode): void {
    spend(1);
    if (this.#parent) this.#parent.add(node);
    else this.#content.push(node);
  }
}

type Writer = XmlTreeWriter;

/** WriteElementString: an element with text. */
function elementString(self: Writer, local: string | null, uri: string | null, value: string | null): void {
  self.startElement(local, uri);
  if (value !== null && value !== "") self.text(value);
  self.endElement(false);
}

function attributeString(
  self: Writer,
  prefix: string | null,
  local: string | null,
  uri: string | null,
  value: string | null,
) {
  self.startAttribute(prefix, local, uri);
  self.text(value ?? "");
  self.endAttribute();
}

/** WriteValue of each type that it takes. */
function valueMembers(): Members {
  const members: Members = {};
  for (const name of "bool DateTime DateTimeOffset decimal double int long object float string".split(" ")) {
    const t = type(keywordTypes.get(name) ?? `System.${name}`);
    members[`WriteValue(${name})`] = (self: Writer, value: unknown) => {
      if (value === null) throw argumentNull("value");
      self.text(contentText(box(value, t)));
    };
  }
  return members;
}

implement("System.Xml.XmlWriter", {
  "WriteStartElement(string)": (self: Writer, local: string | null) => self.startElement(local, null),
  "WriteStartElement(string,string)": (self: Writer, local: string | null, uri: string | null) =>
    self.startElement(local, uri),
  "WriteStartElement(string,string,string)": (
    self: Writer,
    _prefix: string | null,
    local: string,
    uri: string | null,
  ) => self.startElement(local, uri),
  "WriteEndElement()": (self: Writer) => self.endElement(false),
  "WriteFullEndElement()": (self: Writer) => self.endElement(true),
  "WriteElementString(string,string)": (self: Writer, local: string | null, value: string | null) =>
    elementString(self, local, null, value),
  "WriteElementString(string,string,string)": elementString,
  "WriteStartAttribute(string)": (self: Writer, local: string | null) => self.startAttribute(null, local, null),
  "WriteStartAttribute(string,string)": (self: Writer, local: string | null, uri: string | null) =>
    self.startAttribute(null, local, uri),
  "WriteStartAttribute(string,string,string)": (
    self: Writer,
    prefix: string | null,
    local: string,
    uri: string | null,
  ) => self.startAttribute(prefix, local, uri),
  "WriteEndAttribute()": (self: Writer) => self.endAttribute(),
  "WriteAttributeString(string,string)": (self: Writer, local: string | null, value: string | null) =>
    attributeString(self, null, local, null, value),
  "WriteAttributeString(string,string,string)": (
    self: Writer,
    local: string,
    uri: string | null,
    value: string | null,
  ) => attributeString(self, null, local, uri, value),
  "WriteAttributeString(string,string,string,string)": attributeString,
  "WriteString(string)": (self: Writer, text: string | null) => self.text(text ?? ""),
  "WriteRaw(string)": (self: Writer, text: string | null) => self.text(text ?? ""),
  "WriteWhitespace(string)": (self: Writer, text: string | null) => self.text(text ?? ""),
  "WriteCData(string)": (self: Writer, text: string | null) => self.node(new XCData(text ?? "")),
  "WriteComment(string)": (self: Writer, text: string | null) => self.node(new XComment(text ?? "")),
  "WriteProcessingInstruction(string,string)": (self: Writer, name: string | null, text: string | null) => {
    if (name !== "xml") self.node(new XProcessingInstruction(required(name, "target"), text ?? ""));
  },
  ...valueMembers(),
  "WriteStartDocument()": () => {},
  "WriteEndDocument()": () => {},
  "Flush()": () => {},
  "Close()": (self: Writer) => self.close(),
  "Dispose()": (self: Writer) => self.close(),
});

const writing = {
  "WriteTo(XmlWriter)": (self: XNode, writer: Writer | null) => required(writer, "writer").tree(self),
};
for (const name of ["XNode", "XText", "XCData", "XComment", "XProcessingInstruction", "XDocumentType"]) {
  implement(`${LINQ}.${name}`, writing);
}
const saving = { ...writing, "Save(XmlWriter)": writing["WriteTo(XmlWriter)"] };
implement(`${LINQ}.XElement`, saving);
implement(`${LINQ}.XDocument`, saving);
implement(`${LINQ}.XContainer`, { "CreateWriter()": (self: XContainer) => new XmlTreeWriter(self) });
