/**
 * XML as JSON by Json.NET's convention: attributes are `@name`, text beside them `#text`, elements of one name an array, an element with
 * nothing but text a string, `<a/>` null. https://www.newtonsoft.com/json/help/html/ConvertingJSONandXML.htm
 */
import { spend, withOwnBudget } from "../runtime/budget.ts";
import { XAttribute } from "./xattribute.ts";
import type { XContainer } from "./xcontainer.ts";
import { XComment } from "./xcomment.ts";
import { XDeclaration } from "./xdeclaration.ts";
import { XDocument } from "./xdocument.ts";
import { XDocumentType } from "./xdocument-type.ts";
import { XElement } from "./xelement.ts";
import { JTokenType } from "./json-token-type.ts";
import { clr } from "./json-values.ts";
import { JsonTextWriter, type JsonWriter } from "./json-writer.ts";
import { XMLNS_NAMESPACE } from "./xml-characters.ts";
import { decodeName } from "./xml-names.ts";
import { JSON_NAMESPACE, NamespaceScopes } from "./xml-namespaces.ts";
import type { XObject } from "./xobject.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData, XText } from "./xtext.ts";

/** What can become a property: a node, an attribute or the XML declaration. */
type Part = XObject | XDeclaration;

/**
 * JsonConvert.SerializeXNode, for callers outside expressions: with a budget of its own.
 * @param omitRoot gives the content of the root alone
 */
export function xmlToJson(node: XObject, indented = false, omitRoot = false): string {
  return withOwnBudget(() => serializeXml(node, indented, omitRoot));
}

/** As `xmlToJson`, at the cost of the expression that is being evaluated. */
export function serializeXml(node: XObject, indented: boolean, omitRoot: boolean): string {
  const writer = new JsonTextWriter(indented);
  writeXmlAsJson(writer, node, omitRoot);
  return writer.text;
}

export function writeXmlAsJson(writer: JsonWriter, node: XObject, omitRoot = false): void {
  if (!omitRoot) writer.startObject();
  new XmlToJson(writer, node).write(node, !omitRoot);
  if (!omitRoot) writer.endObject();
}

class XmlToJson {
  readonly #writer: JsonWriter;
  readonly #scopes = new NamespaceScopes();

  constructor(writer: JsonWriter, node: XObject) {
    this.#writer = writer;
    const around: XElement[] = [];
    for (let e = node.parentElement; e; e = e.parentElement) around.unshift(e as XElement);
    for (const element of around) this.#openScope(element);
  }

  #openScope(element: XElement): void {
    this.#scopes.push();
    for (const a of element.attributes) {
      if (a.isNamespaceDeclaration) this.#scopes.add(a.name.uri === "" ? "" : decodeName(a.name.local), a.value);
    }
  }

  /** @param named whether the property name is to be written before the value */
  write(part: Part, named: boolean): void {
    spend(1);
    if (part instanceof XDocument) this.#writeChildren(part, named);
    else if (part instanceof XElement) this.#writeElement(part, named);
    else if (part instanceof XComment) {
      if (named) this.#writer.comment(part.value);
    } else if (part instanceof XDeclaration) {
      this.#writeFields(part, { version: part.version, encoding: part.encoding, standalone: part.standalone });
    } else if (part instanceof XDocumentType) {
      const { name, publicId, systemId, internalSubset } = part;
      this.#writeFields(part, { name, public: publicId, system: systemId, internalSubset });
    } else {
      this.#writeValue(part as XAttribute | XText | XProcessingInstruction, named);
    }
  }

  #string(value: string): void {
    this.#writer.scalar(JTokenType.String, value, clr.string());
  }

  #writeFields(part: Part, fields: Record<string, string | null>): void {
    this.#writer.propertyName(this.#nameOf(part));
    this.#writer.startObject();
    for (const [name, value] of Object.entries(fields)) {
      if (value === null || value === "") continue;
      this.#writer.propertyName(`@${name}`);
      this.#string(value);
    }
    this.#writer.endObject();
  }

  #writeValue(part: XAttribute | XText | XProcessingInstruction, named: boolean): void {
    if (part instanceof XAttribute && isJsonMarker(part)) return;
    if (named) this.#writer.propertyName(this.#nameOf(part));
    this.#string(part instanceof XProcessingInstruction ? part.data : part.value);
  }

  #writeElement(element: XElement, named: boolean): void {
    const nodes = [...element.nodes()];
    if (isArray(element) && nodes.length > 0 && nodes.every((n) => n instanceof XElement && sameName(n, element))) {
      return this.#writeChildren(element, false);
    }
    this.#openScope(element);
    if (named) this.#writer.propertyName(this.#nameOf(element));
    const hasAttributes = element.attributes.some((a) => !isDeclarationOfJson(a) && a.name.uri !== JSON_NAMESPACE);
    const [only] = nodes;
    if (!hasAttributes && nodes.length === 1 && only instanceof XText && !(only instanceof XCData)) {
      this.#string(only.value);
    } else if (nodes.length === 0 && element.attributes.length === 0) {
      if (element.isEmpty) this.#writer.scalar(JTokenType.Null, null, null);
      else this.#string("");
    } else {
      this.#writer.startObject();
      for (const attribute of element.attributes) this.write(attribute, true);
      this.#writeChildren(element, true);
      this.#writer.endObject();
    }
    this.#scopes.pop();
  }

  /** Children by name: one of a name as a property, several as an array where the first of them stands. */
  #writeChildren(container: XContainer, named: boolean): void {
    const parts: Part[] = [...container.nodes()];
    if (container instanceof XDocument && container.declaration) parts.unshift(container.declaration);
    const groups = new Map<string, Part[]>();
    for (const part of parts) {
      const name = this.#nameOf(part);
      const group = groups.get(name);
      if (group) group.push(part);
      else groups.set(name, [part]);
    }
    for (const [name, group] of groups) this.#writeGroup(name, group, named);
  }

  #writeGroup(name: string, group: readonly Part[], named: boolean): void {
    const [first] = group;
    if (group.length === 1 && !(first instanceof XElement && isArray(first))) return this.write(first, named);
    if (named) this.#writer.propertyName(name);
    this.#writer.startArray();
    for (const part of group) this.write(part, false);
    this.#writer.endArray();
  }

  #nameOf(part: Part): string {
    if (part instanceof XElement) {
      const { local, uri } = part.name;
      return uri === JSON_NAMESPACE ? `$${local}` : this.#fullName(local, uri);
    }
    if (part instanceof XAttribute) {
      const { local, uri } = part.name;
      return uri === JSON_NAMESPACE ? `$${local}` : `@${this.#fullName(local, uri)}`;
    }
    if (part instanceof XCData) return "#cdata-section";
    if (part instanceof XText) return "#text";
    if (part instanceof XComment) return "#comment";
    if (part instanceof XProcessingInstruction) return `?${decodeName(part.target)}`;
    return part instanceof XDeclaration ? "?xml" : "!DOCTYPE";
  }

  #fullName(local: string, uri: string): string {
    const prefix = uri === "" ? undefined : this.#scopes.prefixOf(uri);
    return prefix ? `${prefix}:${decodeName(local)}` : decodeName(local);
  }
}

function sameName(a: XElement, b: XElement): boolean {
  return a.name.local === b.name.local;
}

/** `json:Array="true"`. */
function isArray(element: XElement): boolean {
  const marker = element.attributes.find((a) => a.name.uri === JSON_NAMESPACE && a.name.local === "Array");
  return marker !== undefined && (marker.value.trim() === "true" || marker.value.trim() === "1");
}

function isDeclarationOfJson(attribute: XAttribute): boolean {
  return attribute.name.uri === XMLNS_NAMESPACE && attribute.value === JSON_NAMESPACE;
}

function isJsonMarker(attribute: XAttribute): boolean {
  return isDeclarationOfJson(attribute) || (attribute.name.uri === JSON_NAMESPACE && attribute.name.local === "Array");
}
