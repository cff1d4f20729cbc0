/**
 * JSON as XML by Json.NET's convention, the reverse of json-from-xml.ts: `@name` makes an attribute, `#text` text, an array elements of one
 * name, `?xml` the declaration. Namespaces come from `@xmlns` properties, which must stand before what uses them.
 */
import { spend, withOwnBudget } from "../runtime/budget.ts";
import { box, type CsArray } from "../runtime/values.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import { jsonSerializationError } from "./json-errors.ts";
import type { JsonReader } from "./json-reader.ts";
import { base64 } from "./json-scalars.ts";
import { JsonTextReader } from "./json-text-reader.ts";
import { JsonToken, jsonTokenName } from "./json-token-type.ts";
import { XAttribute } from "./xattribute.ts";
import { XComment } from "./xcomment.ts";
import type { XContainer } from "./xcontainer.ts";
import { XDeclaration } from "./xdeclaration.ts";
import { XDocument } from "./xdocument.ts";
import { XDocumentType } from "./xdocument-type.ts";
import { XElement } from "./xelement.ts";
import { encodeName } from "./xml-names.ts";
import { JSON_NAMESPACE, NamespaceScopes } from "./xml-namespaces.ts";
import { XMLNS_NAMESPACE } from "./xml-characters.ts";
import { contentText } from "./xml-values.ts";
import { XName, XNamespace } from "./xname.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";
import { XCData, XText } from "./xtext.ts";

export interface JsonToXmlOptions {
  /** Name of an element to put around everything. */
  readonly rootName?: string | null;
  /** Marks arrays of one element with `json:Array="true"`, so that the way back restores them. */
  readonly writeArrayAttribute?: boolean;
  /** Property names are element names whatever they begin with. */
  readonly encodeSpecialCharacters?: boolean;
}

/** JsonConvert.DeserializeXNode, for callers outside expressions: with a budget of its own. null for JSON null. */
export function jsonToXml(text: string, options: JsonToXmlOptions = {}): XDocument | null {
  return withOwnBudget(() => deserializeXml(text, options));
}

/** As `jsonToXml`, at the cost of the expression that is being evaluated. */
export function deserializeXml(text: string, options: JsonToXmlOptions): XDocument | null {
  const reader = new JsonTextReader(text);
  if (!reader.readAndMoveToContent()) return null;
  const document = readXml(reader, options);
  if (document) requireEnd(reader);
  return document;
}

/** The value that the reader stands on. */
export function readXml(reader: JsonReader, options: JsonToXmlOptions = {}): XDocument | null {
  if (reader.tokenType === JsonToken.Null) return null;
  if (reader.tokenType !== JsonToken.StartObject) {
    throw jsonSerializationError(reader, "XmlNodeConverter can only convert JSON that begins with an object.");
  }
  return new JsonToXml(reader, options).read();
}

function requireEnd(reader: JsonReader): void {
  while (reader.read()) {
    if (reader.tokenType !== JsonToken.Comment) {
      throw jsonSerializationError(
        reader,
        "Additional text found in JSON string after finishing deserializing object.",
      );
    }
  }
}

class JsonToXml {
  readonly #reader: JsonReader;
  readonly #options: JsonToXmlOptions;
  readonly #document = new XDocument();
  readonly #scopes = new NamespaceScopes();

  constructor(reader: JsonReader, options: JsonToXmlOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  read(): XDocument {
    if (this.#options.rootName) {
      this.#element(this.#options.rootName, this.#document);
    } else {
      this.#reader.readAndAssert();
      this.#properties(this.#document);
    }
    return this.#document;
  }

  #error(message: string) {
    return jsonSerializationError(this.#reader, message);
  }

  /** Properties up to the end of an object; the reader stands on the first. */
  #properties(parent: XContainer): void {
    const reader = this.#reader;
    do {
      spend(1);
      switch (reader.tokenType) {
        case JsonToken.PropertyName:
          this.#property(parent);
          break;
        case JsonToken.StartConstructor:
          this.#elements(reader.value as string, parent, JsonToken.EndConstructor);
          break;
        case JsonToken.Comment:
          parent.add(new XComment(reader.value as string));
          break;
        case JsonToken.EndObject:
        case JsonToken.EndArray:
          return;
        default:
          throw this.#error(`Unexpected JsonToken when deserializing node: ${jsonTokenName(reader.tokenType)}`);
      }
    } while (reader.read());
  }

  #property(parent: XContainer): void {
    const reader = this.#reader;
    if (parent instanceof XDocument && parent.root) {
      throw this.#error(
        "JSON root object has multiple properties. The root object must have a single property in order to create a valid XML " +
          "document. Consider specifying a DeserializeRootElementName.",
      );
    }
    const name = reader.value as string;
    reader.readAndAssert();
    if (reader.tokenType === JsonToken.StartArray) this.#array(name, parent);
    else this.#value(name, parent);
  }

  /** Elements of an array as elements of one name. */
  #array(name: string, parent: XContainer): void {
    const count = this.#elements(name, parent, JsonToken.EndArray);
    if (count === 1 && this.#options.writeArrayAttribute && parent.lastNode instanceof XElement)
      markArray(parent.lastNode);
  }

  /** Values up to an end token; how many there were. */
  #elements(name: string, parent: XContainer, end: JsonToken): number {
    let count = 0;
    for (; this.#reader.read() && this.#reader.tokenType !== end; count++) this.#value(name, parent);
    return count;
  }

  #value(name: string, parent: XContainer): void {
    if (!this.#options.encodeSpecialCharacters && this.#special(name, parent)) return;
    if (this.#reader.tokenType === JsonToken.StartArray) {
      const nested = this.#newElement(name);
      parent.add(nested);
      this.#array(name, nested);
      if (this.#options.writeArrayAttribute) markArray(nested);
    } else {
      this.#element(name, parent);
    }
  }

  /** Properties that are not elements: text, instructions, the document type. */
  #special(name: string, parent: XContainer): boolean {
    switch (name) {
      case "#text":
      case "#whitespace":
      case "#significant-whitespace":
        parent.add(new XText(this.#text() ?? ""));
        return true;
      case "#cdata-section":
        parent.add(new XCData(this.#text() ?? ""));
        return true;
    }
    if (name.startsWith("?")) this.#instruction(name.slice(1), parent);
    else if (name.toUpperCase() === "!DOCTYPE") this.#docType(parent);
    else return false;
    return true;
  }

  #instruction(target: string, parent: XContainer): void {
    if (target !== "xml") {
      parent.add(new XProcessingInstruction(encodeName(target, false), this.#text() ?? ""));
      return;
    }
    const fields = this.#fields(["@version", "@encoding", "@standalone"]);
    const field = (name: string) => fields.get(name) ?? null;
    this.#document.declaration = new XDeclaration(field("@version"), field("@encoding"), field("@standalone"));
  }

  #docType(parent: XContainer): void {
    const fields = this.#fields(["@name", "@public", "@system", "@internalSubset"]);
    const field = (name: string) => fields.get(name) ?? null;
    parent.add(new XDocumentType(field("@name") ?? "", field("@public"), field("@system"), field("@internalSubset")));
  }

  /** The properties of an object of which only some names may occur. */
  #fields(names: readonly string[]): Map<string, string | null> {
    const fields = new Map<string, string | null>();
    while (this.#reader.read() && this.#reader.tokenType !== JsonToken.EndObject) {
      const name = String(this.#reader.value);
      if (!names.includes(name))
        throw this.#error(`Unexpected property name encountered while deserializing XmlDeclaration: ${name}`);
      this.#reader.readAndAssert();
      fields.set(name, this.#text());
    }
    return fields;
  }

  #element(name: string, parent: XContainer): void {
    if (name === "") throw this.#error("XmlNodeConverter cannot convert JSON with an empty property name to XML.");
    let attributes: Map<string, string | null> | undefined;
    if (this.#isContainer()) {
      if (this.#options.encodeSpecialCharacters) this.#reader.readAndAssert();
      else attributes = this.#attributes();
    }
    if (!this.#options.encodeSpecialCharacters && name.startsWith("@")) {
      this.#setAttribute(parent, name.slice(1), this.#text());
      return;
    }
    const element = this.#newElement(name);
    parent.add(element);
    for (const [attribute, value] of attributes ?? []) this.#setAttribute(element, attribute, value);
    this.#fill(element);
  }

  #fill(element: XElement): void {
    switch (this.#reader.tokenType) {
      case JsonToken.String:
      case JsonToken.Integer:
      case JsonToken.Float:
      case JsonToken.Boolean:
      case JsonToken.Date:
      case JsonToken.Bytes:
        element.add(new XText(this.#text() ?? ""));
        return;
      case JsonToken.Null:
        return;
      case JsonToken.EndObject:
        break;
      default:
        this.#scopes.push();
        this.#properties(element);
        this.#scopes.pop();
    }
    this.#scopes.removeDefault();
  }

  /** Does the reader stand on something with members? */
  #isContainer(): boolean {
    const t = this.#reader.tokenType;
    return t === JsonToken.StartObject || t === JsonToken.StartArray || t === JsonToken.EndObject;
  }

  /** The leading `@` properties of an object; the reader ends on what follows them. */
  #attributes(): Map<string, string | null> {
    const attributes = new Map<string, string | null>();
    while (this.#reader.read() && this.#reader.tokenType === JsonToken.PropertyName) {
      const name = this.#reader.value as string;
      if (!name.startsWith("@")) break;
      this.#reader.readAndAssert();
      const value = this.#text();
      attributes.set(name.slice(1), value);
      if (name === "@xmlns") this.#scopes.add("", value ?? "");
      else if (name.startsWith("@xmlns:")) this.#scopes.add(name.slice(7), value ?? "");
    }
    return attributes;
  }

  #setAttribute(parent: XContainer, name: string, value: string | null): void {
    if (value === null) throw argumentNull("value");
    (parent as XElement).addAttribute(new XAttribute(this.#name(name, false), value));
  }

  #newElement(name: string): XElement {
    return new XElement(this.#name(name, true));
  }

  /** Attributes without a prefix are in no namespace, elements in the default one. */
  #name(name: string, isElement: boolean): XName {
    if (this.#options.encodeSpecialCharacters) return XName.of(encodeName(name, false), XNamespace.none);
    const encoded = encodeName(name, true);
    const colon = encoded.indexOf(":");
    const hasPrefix = colon > 0 && colon < encoded.length - 1;
    const uri = hasPrefix ? this.#scopes.uriOf(encoded.slice(0, colon)) : isElement ? this.#scopes.uriOf("") : "";
    if (uri === undefined || uri === "") return XName.of(encoded, XNamespace.none);
    return XName.of(hasPrefix ? encoded.slice(colon + 1) : encoded, XNamespace.get(uri));
  }

  /** The value that the reader stands on, as XML text. */
  #text(): string | null {
    const { tokenType, value, valueType } = this.#reader;
    if (tokenType === JsonToken.Null) return null;
    if (valueType === null || tokenType === JsonToken.PropertyName) {
      throw this.#error(`Cannot get an XML string value from token type '${jsonTokenName(tokenType)}'.`);
    }
    return tokenType === JsonToken.Bytes ? base64(value as CsArray) : contentText(box(value, valueType));
  }
}

function markArray(element: XElement): void {
  if (element.attributes.some((a) => a.name.uri === JSON_NAMESPACE && a.name.local === "Array")) return;
  element.addAttribute(new XAttribute(XName.of("Array", XNamespace.get(JSON_NAMESPACE)), "true"));
  if (element.prefixOf(JSON_NAMESPACE) === null) {
    element.addAttribute(new XAttribute(XName.of("json", XNamespace.get(XMLNS_NAMESPACE)), JSON_NAMESPACE));
  }
}
