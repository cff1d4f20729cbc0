/** Members of XmlReader that C# sees, and those of XLinq that make or take one. */
import { type Type, type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argumentOutOfRange, invalidOperation } from "./exceptions-thrown.ts";
import type { XAttribute } from "./xattribute.ts";
import { XDocument } from "./xdocument.ts";
import { XElement } from "./xelement.ts";
import { xmlError } from "./xml-characters.ts";
import { XmlNodeReader, ReadState } from "./xml-node-reader.ts";
import { XmlNodeType } from "./xml-node-type.ts";
import { parseContent } from "./xml-values.ts";
import { type XNode, SaveOptions } from "./xnode.ts";
import { charged, required } from "./xnode-members.ts";

const END_ELEMENT = 15;
const LINQ = "System.Xml.Linq";

function typeName(nodeType: number): string {
  const found = type("System.Xml.XmlNodeType").def.m.find((m) => m.v === String(nodeType));
  return found?.n ?? String(nodeType);
}

/** What MoveToContent stops at. */
const CONTENT: readonly number[] = [
  XmlNodeType.Element,
  XmlNodeType.Text,
  XmlNodeType.CDATA,
  XmlNodeType.EntityReference,
  END_ELEMENT,
];

function moveToContent(self: XmlNodeReader): number {
  self.moveToElement();
  while (!CONTENT.includes(self.nodeType) && self.read());
  return self.nodeType;
}

function invalidNodeType(self: XmlNodeReader) {
  return xmlError(`'${typeName(self.nodeType)}' is an invalid XmlNodeType.`);
}

/** To an element, which must be there, with a name if one is given. */
function requireElement(self: XmlNodeReader, name?: string | null, uri?: string | null): void {
  if (moveToContent(self) !== XmlNodeType.Element) throw invalidNodeType(self);
  if (name === undefined) return;
  if (uri === undefined ? self.qualifiedName === name : isNamed(self, name, uri)) return;
  const where = uri === undefined ? "" : ` with namespace name '${uri ?? ""}'`;
  throw xmlError(`Element '${name ?? ""}'${where} was not found.`);
}

function isNamed(self: XmlNodeReader, local: string | null, uri: string | null): boolean {
  return self.name.local === local && self.name.uri === uri;
}

/** Whether the reader comes to an element, with a name if one is given. */
function isStartElement(self: XmlNodeReader, name?: string | null, uri?: string | null): boolean {
  if (moveToContent(self) !== XmlNodeType.Element) return false;
  if (name === undefined) return true;
  return uri === undefined ? self.qualifiedName === name : isNamed(self, name, uri);
}

function readStartElement(self: XmlNodeReader, name?: string | null, uri?: string | null): void {
  requireElement(self, name, uri);
  self.read();
}

function readEndElement(self: XmlNodeReader): void {
  if (moveToContent(self) !== END_ELEMENT) throw invalidNodeType(self);
  self.read();
}

const TEXTS: readonly number[] = [XmlNodeType.Text, XmlNodeType.CDATA, XmlNodeType.Whitespace];

/** ReadElementString: an element that holds nothing but text. */
function readElementString(self: XmlNodeReader, name?: string | null, uri?: string | null): string {
  requireElement(self, name, uri);
  let text = "";
  if (!self.isEmptyElement) {
    self.read();
    for (; TEXTS.includes(self.nodeType); self.read()) text += self.value;
    if (!self.isEndElement) {
      throw xmlError(
        `Unexpected node type ${typeName(self.nodeType)}. 'ReadElementString' method can only be called on elements with simple or empty content.`,
      );
    }
  }
  self.read();
  return charged(text);
}

/** ReadElementContentAsString and its like. Comments and processing instructions do not count. */
function elementContent(self: XmlNodeReader, method: string): string {
  if (self.nodeType !== XmlNodeType.Element) {
    throw invalidOperation(`The ${method} method is not supported on node type ${typeName(self.nodeType)}.`);
  }
  let text = "";
  if (!self.isEmptyElement) {
    self.read();
    for (; !self.isEndElement; self.read()) {
      if (self.nodeType === XmlNodeType.Element) {
        throw xmlError("ReadElementContentAs() methods cannot be called on an element that has child elements.");
      }
      if (TEXTS.includes(self.nodeType)) text += self.value;
    }
  }
  self.read();
  return charged(text);
}

function typedContent(method: string, target: () => Type): Members {
  return { [`${method}()`]: (self: XmlNodeReader) => parseContent(elementContent(self, method), target()) };
}

/** ReadInnerXml: what is in the element, and past it. */
function readInnerXml(self: XmlNodeReader): string {
  const { node } = self;
  if (self.state !== ReadState.Interactive) return "";
  if (self.nodeType === XmlNodeType.Attribute) return self.value;
  if (!(node instanceof XElement)) {
    self.read();
    return "";
  }
  let xml = "";
  for (const child of node.nodes()) xml += child.toXml(SaveOptions.DisableFormatting);
  self.skip();
  return charged(xml);
}

function readOuterXml(self: XmlNodeReader): string {
  const { node } = self;
  if (!(node instanceof XElement)) {
    if (self.state === ReadState.Interactive) self.read();
    return "";
  }
  self.skip();
  return charged(node.toXml(SaveOptions.DisableFormatting));
}

/** To the next element that is wanted; false at the end. */
function readTo(self: XmlNodeReader, wanted: () => boolean): boolean {
  while (self.read()) if (self.nodeType === XmlNodeType.Element && wanted()) return true;
  return false;
}

/** The same within the element that the reader stands on. */
function readToDescendant(self: XmlNodeReader, wanted: () => boolean): boolean {
  const { depth } = self;
  if (self.nodeType !== XmlNodeType.Element || self.isEmptyElement) return false;
  while (self.read() && self.depth > depth) if (self.nodeType === XmlNodeType.Element && wanted()) return true;
  return false;
}

function readToSibling(self: XmlNodeReader, wanted: () => boolean): boolean {
  do {
    self.skip();
    if (self.nodeType === XmlNodeType.Element && wanted()) return true;
  } while (self.state === ReadState.Interactive && !self.isEndElement);
  return false;
}

/** The two overloads of a search for an element. */
function search(method: string, find: (self: XmlNodeReader, wanted: () => boolean) => boolean): Members {
  return {
    [`${method}(string)`]: (self: XmlNodeReader, name: string | null) => {
      const wanted = required(name, "name");
      return find(self, () => self.qualifiedName === wanted);
    },
    [`${method}(string,string)`]: (self: XmlNodeReader, local: string | null, uri: string | null) => {
      const [name, namespace] = [required(local, "localName"), required(uri, "namespaceURI")];
      return find(self, () => isNamed(self, name, namespace));
    },
  };
}

function attributeAt(self: XmlNodeReader, index: number): XAttribute {
  const found = self.attributes[index];
  if (!found) throw argumentOutOfRange("i");
  return found;
}

implement("System.Xml.XmlReader", {
  "Read()": (self: XmlNodeReader) => self.read(),
  "Skip()": (self: XmlNodeReader) => self.skip(),
  "Close()": (self: XmlNodeReader) => self.close(),
  "Dispose()": (self: XmlNodeReader) => self.close(),
  "MoveToContent()": moveToContent,
  "MoveToElement()": (self: XmlNodeReader) => self.moveToElement(),
  "MoveToFirstAttribute()": (self: XmlNodeReader) => self.moveToAttribute(self.attributes[0]),
  "MoveToNextAttribute()": (self: XmlNodeReader) => self.moveToNextAttribute(),
  "MoveToAttribute(string)": (self: XmlNodeReader, name: string) => self.moveToAttribute(self.attributeByName(name)),
  "MoveToAttribute(string,string)": (self: XmlNodeReader, local: string, uri: string | null) =>
    self.moveToAttribute(self.attribute(local, uri ?? "")),
  "MoveToAttribute(int)": (self: XmlNodeReader, index: number) => {
    self.moveToAttribute(attributeAt(self, index));
  },
  "ReadAttributeValue()": (self: XmlNodeReader) => self.readAttributeValue(),
  "GetAttribute(string)": (self: XmlNodeReader, name: string) => self.attributeByName(name)?.value ?? null,
  "GetAttribute(string,string)": (self: XmlNodeReader, local: string, uri: string | null) =>
    self.attribute(local, uri ?? "")?.value ?? null,
  "GetAttribute(int)": (self: XmlNodeReader, index: number) => attributeAt(self, index).value,
  "this[string]": (self: XmlNodeReader, name: string) => self.attributeByName(name)?.value ?? null,
  "this[string,string]": (self: XmlNodeReader, local: string, uri: string | null) =>
    self.attribute(local, uri ?? "")?.value ?? null,
  "this[int]": (self: XmlNodeReader, index: number) => attributeAt(self, index).value,
  "LookupNamespace(string)": (self: XmlNodeReader, prefix: string | null) =>
    prefix === null ? null : self.lookupNamespace(prefix),
  "IsStartElement(*)": isStartElement,
  "ReadStartElement(*)": readStartElement,
  "ReadEndElement()": readEndElement,
  "ReadElementString(*)": readElementString,
  "ReadElementContentAsString()": (self: XmlNodeReader) => elementContent(self, "ReadElementContentAsString"),
  ...typedContent("ReadElementContentAsBoolean", () => type("System.Boolean")),
  ...typedContent("ReadElementContentAsDateTime", () => type("System.DateTime")),
  ...typedContent("ReadElementContentAsDecimal", () => type("System.Decimal")),
  ...typedContent("ReadElementContentAsDouble", () => type("System.Double")),
  ...typedContent("ReadElementContentAsInt", () => type("System.Int32")),
  ...typedContent("ReadElementContentAsLong", () => type("System.Int64")),
  "ReadInnerXml()": readInnerXml,
  "ReadOuterXml()": readOuterXml,
  ...search("ReadToFollowing", readTo),
  ...search("ReadToDescendant", readToDescendant),
  ...search("ReadToNextSibling", readToSibling),
  AttributeCount: (self: XmlNodeReader) => self.attributes.length,
  BaseURI: () => "",
  Depth: (self: XmlNodeReader) => self.depth,
  EOF: (self: XmlNodeReader) => self.state === ReadState.EndOfFile,
  HasAttributes: (self: XmlNodeReader) => self.attributes.length > 0,
  HasValue: (self: XmlNodeReader) => self.hasValue,
  IsEmptyElement: (self: XmlNodeReader) => self.isEmptyElement,
  LocalName: (self: XmlNodeReader) => self.name.local,
  Name: (self: XmlNodeReader) => self.qualifiedName,
  NamespaceURI: (self: XmlNodeReader) => self.name.uri,
  NodeType: (self: XmlNodeReader) => self.nodeType,
  Prefix: (self: XmlNodeReader) => self.name.prefix,
  ReadState: (self: XmlNodeReader) => self.state,
  Value: (self: XmlNodeReader) => self.value,
});

/** ReaderOptions.OmitDuplicateNamespaces. */
const OMIT_DUPLICATES = 1;

const creation: Members = {
  "CreateReader()": (self: XNode) => new XmlNodeReader(self),
  "CreateReader(ReaderOptions)": (self: XNode, options: number) =>
    new XmlNodeReader(self, (options & OMIT_DUPLICATES) !== 0),
  "ReadFrom(XmlReader)": (given: XmlNodeReader | null) => {
    const reader = required(given, "reader");
    if (reader.state !== ReadState.Interactive) throw invalidOperation("The XmlReader state should be Interactive.");
    const { node } = reader;
    if (!node) throw invalidOperation(`The XmlReader should not be on a node of type ${typeName(reader.nodeType)}.`);
    reader.skip();
    return node.cloneNode();
  },
};
implement(`${LINQ}.XNode`, creation);

function requireEnd(reader: XmlNodeReader): void {
  if (reader.state === ReadState.EndOfFile) return;
  throw invalidOperation("The XmlReader state should be EndOfFile after this operation.");
}

function loadElement(given: XmlNodeReader | null): XElement {
  const reader = required(given, "reader");
  const found = moveToContent(reader);
  const { node } = reader;
  if (!(node instanceof XElement)) {
    throw invalidOperation(
      `The XmlReader must be on a node of type Element instead of a node of type ${typeName(found)}.`,
    );
  }
  reader.skip();
  moveToContent(reader);
  requireEnd(reader);
  return node.cloneNode();
}

function loadDocument(given: XmlNodeReader | null): XDocument {
  const reader = required(given, "reader");
  if (reader.state === ReadState.Initial) reader.read();
  const document = new XDocument();
  for (let { node } = reader; node; { node } = reader) {
    document.add(node.cloneNode());
    reader.skip();
  }
  requireEnd(reader);
  if (!document.root) throw invalidOperation("The root element is missing.");
  return document;
}

implement(`${LINQ}.XElement`, { "Load(XmlReader)": loadElement, "Load(XmlReader,LoadOptions)": loadElement });
implement(`${LINQ}.XDocument`, { "Load(XmlReader)": loadDocument, "Load(XmlReader,LoadOptions)": loadDocument });
