/** Members of XContainer and XElement that C# sees. */
import { spend } from "../runtime/budget.ts";
import type { CsObject } from "../runtime/values.ts";
import { type } from "../types.ts";
import { implement, type Members } from "./define.ts";
import { argument, argumentNull } from "./exceptions-thrown.ts";
import { StringReader } from "./string-reader.ts";
import { StringWriter } from "./string-writer.ts";
import {
  attributesOf,
  attributeType,
  axis,
  ancestors,
  descendantNodes,
  descendants,
  elements,
  elementType,
  nodeType,
} from "./xaxes.ts";
import type { XContainer } from "./xcontainer.ts";
import { parseXElement, type XDocument } from "./xdocument.ts";
import { XElement } from "./xelement.ts";
import { contentText, parseContent, xmlValueTypes } from "./xml-values.ts";
import { XmlTextWriter } from "./xml-writer.ts";
import { type XName, XNamespace } from "./xname.ts";
import { SaveOptions } from "./xnode.ts";
import { charged, nodeMembers, required } from "./xnode-members.ts";

const LINQ = "System.Xml.Linq";

/** Of XContainer, and again of XElement and XDocument. */
export const containerMembers: Members = {
  ...nodeMembers,
  FirstNode: (self: XContainer) => self.firstNode,
  LastNode: (self: XContainer) => self.lastNode,
  "Add(*)": (self: XContainer, content: unknown) => self.add(content),
  "AddFirst(*)": (self: XContainer, content: unknown) => self.insertContent(self.firstNode, content),
  "Nodes()": (self: XContainer) => axis(nodeType, () => self.nodes()),
  "Element(XName)": (self: XContainer, name: XName | null) => {
    if (name) for (const found of elements(self, name)) return found;
    return null;
  },
  "Elements()": (self: XContainer) => axis(elementType, () => elements(self)),
  "Elements(XName)": (self: XContainer, name: XName | null) =>
    axis(elementType, () => (name ? elements(self, name) : [])),
  "Descendants()": (self: XContainer) => axis(elementType, () => descendants(self, false)),
  "Descendants(XName)": (self: XContainer, name: XName | null) =>
    axis(elementType, () => (name ? descendants(self, false, name) : [])),
  "DescendantNodes()": (self: XContainer) => axis(nodeType, () => descendantNodes(self, false)),
  "RemoveNodes()": (self: XContainer) => self.removeNodes(),
  "ReplaceNodes(*)": (self: XContainer, content: unknown) => self.replaceNodes(content),
};

implement(`${LINQ}.XContainer`, containerMembers);

/** Save: with an XML declaration, to the one kind of writer that expressions can make. */
export function save(self: XElement | XDocument, writer: CsObject | null, options: number = SaveOptions.None): void {
  if (!(writer instanceof StringWriter)) throw argument("Only a StringWriter can be written to.", "textWriter");
  const indented = (options & SaveOptions.DisableFormatting) === 0;
  const xml = new XmlTextWriter(indented, (options & SaveOptions.OmitDuplicateNamespaces) !== 0);
  if (self instanceof XElement) xml.writeDeclaration('<?xml version="1.0" encoding="utf-16"?>');
  self.writeTo(xml);
  writer.write(charged(xml.text));
}

/** Conversion operators of XElement and XAttribute: the text as one of the types of XmlConvert. */
export function conversions(owner: string, parameter: string, textOf: (self: never) => string): Members {
  const members: Members = {
    [`op_Explicit(${owner}):string`]: (self: never) => (self === null ? null : textOf(self)),
  };
  for (const typeName of xmlValueTypes) {
    const target = type(typeName);
    const short = target.toString().replace(/^System\./, "");
    members[`op_Explicit(${owner}):${short}`] = (self: never) => {
      if (self === null) throw argumentNull(parameter);
      return parseContent(textOf(self), target);
    };
    members[`op_Explicit(${owner}):Nullable<${short}>`] = (self: never) =>
      self === null ? null : parseContent(textOf(self), target);
  }
  return members;
}

/** Text about to be parsed, charged to the budget. */
export function input(text: string | null): string {
  const given = required(text, "s");
  spend(given.length >> 6);
  return given;
}

export function rest(reader: CsObject | null): string {
  if (!(reader instanceof StringReader)) throw argument("Only a StringReader can be read from.", "textReader");
  return input(reader.readToEnd());
}

/** SetElementValue: sets, adds or (null) removes the element of a name. */
function setElement(self: XElement, name: XName | null, value: unknown): void {
  const wanted = required(name, "name");
  const [existing] = elements(self, wanted);
  if (value === null) existing?.remove();
  else if (existing) existing.value = contentText(value);
  else self.add(XElement.of(wanted, contentText(value)));
}

function replaceAttributes(self: XElement, content: unknown): void {
  self.removeAttributes();
  self.add(content);
}

implement(`${LINQ}.XElement`, {
  ...containerMembers,
  ...conversions("XElement", "element", (self: XElement) => self.value),
  "new(XName)": (name: XName | null) => new XElement(required(name, "name")),
  "new(XName,object)": (name: XName | null, content: unknown) => XElement.of(required(name, "name"), content),
  "new(XName,object[])": (name: XName | null, content: unknown) => XElement.of(required(name, "name"), content),
  "new(XElement)": (other: XElement | null) => required(other, "other").cloneNode(),
  "Parse(string)": (text: string | null) => parseXElement(input(text)),
  "Parse(string,LoadOptions)": (text: string | null, options: number) => parseXElement(input(text), options),
  "Load(TextReader)": (reader: CsObject | null) => parseXElement(rest(reader)),
  "Load(TextReader,LoadOptions)": (reader: CsObject | null, options: number) => parseXElement(rest(reader), options),
  EmptySequence: () => axis(elementType, () => []),
  Name: (self: XElement) => self.name,
  "Name=": (self: XElement, name: XName | null) => {
    self.name = required(name, "value");
  },
  Value: (self: XElement) => charged(self.value),
  "Value=": (self: XElement, value: string | null) => {
    self.value = required(value, "value");
  },
  IsEmpty: (self: XElement) => self.isEmpty,
  HasElements: (self: XElement) => !elements(self).next().done,
  HasAttributes: (self: XElement) => self.attributes.length > 0,
  FirstAttribute: (self: XElement) => self.attributes[0] ?? null,
  LastAttribute: (self: XElement) => self.attributes.at(-1) ?? null,
  "Attribute(XName)": (self: XElement, name: XName | null) => (name ? self.attribute(name) : null),
  "Attributes()": (self: XElement) => axis(attributeType, () => attributesOf(self)),
  "Attributes(XName)": (self: XElement, name: XName | null) =>
    axis(attributeType, () => (name ? attributesOf(self, name) : [])),
  "AncestorsAndSelf()": (self: XElement) => axis(elementType, () => ancestors(self, true)),
  "AncestorsAndSelf(XName)": (self: XElement, name: XName | null) =>
    axis(elementType, () => (name ? ancestors(self, true, name) : [])),
  "DescendantsAndSelf()": (self: XElement) => axis(elementType, () => descendants(self, true)),
  "DescendantsAndSelf(XName)": (self: XElement, name: XName | null) =>
    axis(elementType, () => (name ? descendants(self, true, name) : [])),
  "DescendantNodesAndSelf()": (self: XElement) => axis(nodeType, () => descendantNodes(self, true)),
  "RemoveAll()": (self: XElement) => {
    self.removeAttributes();
    self.removeNodes();
  },
  "RemoveAttributes()": (self: XElement) => self.removeAttributes(),
  "ReplaceAll(*)": (self: XElement, content: unknown) => {
    self.removeAttributes();
    self.replaceNodes(content);
  },
  "ReplaceAttributes(*)": replaceAttributes,
  "SetAttributeValue(XName,object)": (self: XElement, name: XName | null, value: unknown) =>
    self.setAttribute(required(name, "name"), value),
  "SetElementValue(XName,object)": setElement,
  "SetValue(object)": (self: XElement, value: unknown) => {
    self.value = contentText(required(value, "value"));
  },
  "GetDefaultNamespace()": (self: XElement) => XNamespace.get(self.namespaceOf("xmlns") ?? ""),
  "GetNamespaceOfPrefix(string)": namespaceOfPrefix,
  "GetPrefixOfNamespace(XNamespace)": (self: XElement, ns: XNamespace | null) => self.prefixOf(required(ns, "ns").uri),
  "Save(TextWriter)": (self: XElement, writer: CsObject | null) => save(self, writer),
  "Save(TextWriter,SaveOptions)": save,
});

function namespaceOfPrefix(self: XElement, given: string | null): XNamespace | null {
  const prefix = required(given, "prefix");
  if (prefix === "") throw argument("'' is an invalid prefix.", "prefix");
  if (prefix === "xmlns") return XNamespace.xmlns;
  const uri = self.namespaceOf(prefix);
  if (uri !== null) return XNamespace.get(uri);
  return prefix === "xml" ? XNamespace.xml : null;
}
