/**
 * A strict reader of XML 1.0 with namespaces, giving what it reads to a handler. Its errors are those of .NET's XmlReader, texts and
 * positions included. Nothing is loaded from outside; entities of the internal subset are expanded within bounds.
 */
import type { CsException } from "../runtime/values.ts";
import { isNameChar, isNameStart, isXmlSpace, XML_NAMESPACE, XMLNS_NAMESPACE, xmlError } from "./xml-characters.ts";
import { type DocType, readDocType } from "./xml-dtd.ts";
import { readDeclaration } from "./xml-declaration-reader.ts";
import { normalizeLines, type QName, XmlScanner } from "./xml-scanner.ts";

/** Elements may nest this deep. */
export const MAX_XML_DEPTH = 256;

/** Namespace declarations that may be in scope at one place: what looks them up takes time by their number. */
const MAX_NAMESPACES = 1_000;

const XMLNS_IS_RESERVED = 'Prefix "xmlns" is reserved for use by XML.';
const XML_IS_RESERVED = `Prefix "xml" is reserved for use by XML and can be mapped only to namespace name "${XML_NAMESPACE}".`;

/** Characters that entities may expand to in one document. */
const MAX_ENTITY_CHARACTERS = 100_000;

export interface ReadAttribute extends QName {
  readonly uri: string;
  readonly value: string;
}

/** Receives a document in order. */
export interface XmlHandler {
  declaration(version: string, encoding: string | null, standalone: string | null): void;
  docType(docType: DocType): void;
  startElement(
    prefix: string,
    local: string,
    uri: string,
    attributes: readonly ReadAttribute[],
    isEmpty: boolean,
  ): void;
  /** Not called for empty elements. */
  endElement(): void;
  /** @param kind `blank`: white space only; `preserved`: such under xml:space="preserve" */
  text(value: string, kind: "text" | "blank" | "preserved"): void;
  cdata(value: string): void;
  comment(value: string): void;
  processingInstruction(target: string, data: string): void;
}

/** Reads a whole document. Throws CsException (System.Xml.XmlException) when it is not well-formed. */
export function readXml(text: string, handler: XmlHandler): void {
  new XmlReader(new XmlScanner(text), new Reading(handler)).readDocument();
}

interface OpenElement {
  readonly name: string;
  /** Where the name of the start tag stands. */
  readonly at: number;
  readonly scopeSize: number;
  readonly preserve: boolean;
}

/** What the reader of a document and those of its entities share. */
class Reading {
  readonly handler: XmlHandler;
  readonly open: OpenElement[] = [];
  /** Namespace declarations in scope, the newest last. */
  readonly scope: (readonly [prefix: string, uri: string])[] = [
    ["xml", XML_NAMESPACE],
    ["xmlns", XMLNS_NAMESPACE],
  ];
  entities: ReadonlyMap<string, string | null> = new Map();
  entityCharacters = 0;
  /** Names of the entities that are being expanded. */
  readonly expanding = new Set<string>();

  constructor(handler: XmlHandler) {
    this.handler = handler;
  }

  uriOf(prefix: string): string | undefined {
    return this.scope.findLast((s) => s[0] === prefix)?.[1];
  }
}

interface RawAttribute extends QName {
  readonly value: string;
  readonly at: number;
}

class XmlReader {
  readonly #scanner: XmlScanner;
  readonly #reading: Reading;

  constructor(scanner: XmlScanner, reading: Reading) {
    this.#scanner = scanner;
    this.#reading = reading;
  }

  readDocument(): void {
    const scanner = this.#scanner;
    if (scanner.startsWith("<?xml") && !isNameChar(scanner.peek(5))) {
      const { version, encoding, standalone } = readDeclaration(scanner);
      this.#reading.handler.declaration(version, encoding, standalone);
    }
    let hasRoot = false;
    for (;;) {
      const before = scanner.pos;
      if (scanner.skipBlanks() > 0) this.#reading.handler.text(scanner.text.slice(before, scanner.pos), "blank");
      if (scanner.atEnd) {
        if (!hasRoot) throw xmlError("Root element is missing.");
        return;
      }
      // The smallest element is <a/>: what is shorter cannot be one, and .NET says so in these words.
      if (scanner.peek() !== 60 || scanner.text.length - scanner.pos < 4)
        throw scanner.error("Data at the root level is invalid.");
      scanner.pos++;
      if (scanner.take("?")) this.#processingInstruction();
      else if (scanner.take("!")) this.#rootMarkup(hasRoot);
      else if (scanner.startsWith("/")) throw scanner.error("Unexpected end tag.", scanner.pos + 1);
      else {
        if (hasRoot) throw scanner.error("There are multiple root elements.");
        hasRoot = true;
        this.#element();
        this.#content(0);
      }
    }
  }

  /** `<!--` or `<!DOCTYPE` outside the root element. */
  #rootMarkup(hasRoot: boolean): void {
    const scanner = this.#scanner;
    if (scanner.startsWith("-")) return this.#comment();
    if (scanner.startsWith("[")) throw scanner.error("Data at the root level is invalid.", scanner.pos - 2);
    if (hasRoot) throw scanner.error("DTD must be defined before the document root element.", scanner.pos);
    const docType = readDocType(scanner);
    this.#reading.entities = docType.entities;
    this.#reading.handler.docType(docType);
  }

  /** Element content until as many elements are open as `depth` says, or to the end of an entity. */
  #content(depth: number, inEntity = false): void {
    const scanner = this.#scanner;
    const { open } = this.#reading;
    while (open.length > depth || inEntity) {
      if (scanner.atEnd) {
        if (inEntity && open.length === depth) return;
        throw this.#unclosed();
      }
      if (scanner.peek() !== 60) {
        this.#text(depth);
        continue;
      }
      const next = scanner.peek(1);
      if (Number.isNaN(next)) throw this.#unclosed();
      if (next === 47) {
        if (inEntity && open.length === depth) throw scanner.error("Unexpected end tag.", scanner.pos + 2);
        scanner.pos += 2;
        this.#endTag();
      } else if (next === 33) {
        scanner.pos += 2;
        this.#markup();
      } else if (next === 63) {
        scanner.pos += 2;
        this.#processingInstruction();
      } else {
        scanner.pos++;
        this.#element();
      }
    }
  }

  /** Comment or CDATA section; `<!` is behind. */
  #markup(): void {
    const scanner = this.#scanner;
    if (scanner.text.length - scanner.pos < 2) throw this.#unclosed();
    if (scanner.startsWith("-")) return this.#comment();
    if (scanner.take("[")) {
      if (scanner.text.length - scanner.pos < 6) throw this.#unclosed();
      if (!scanner.take("CDATA[")) throw scanner.unexpected(scanner.pos, "CDATA[");
      return this.#reading.handler.cdata(scanner.upTo("]]>", "CDATA"));
    }
    if (scanner.startsWith("DOCTYPE")) throw scanner.error("Unexpected DTD declaration.");
    throw scanner.unexpected(scanner.pos, "<!--", "<[CDATA[");
  }

  #comment(): void {
    const scanner = this.#scanner;
    if (!scanner.take("--")) throw scanner.unexpected(scanner.pos + 1, "-");
    const dashes = scanner.text.indexOf("--", scanner.pos);
    if (dashes >= 0 && dashes + 2 < scanner.text.length && scanner.text[dashes + 2] !== ">") {
      throw scanner.error("An XML comment cannot contain '--', and '-' cannot be the last character.", dashes);
    }
    this.#reading.handler.comment(scanner.upTo("-->", "Comment"));
  }

  #processingInstruction(): void {
    const scanner = this.#scanner;
    const start = scanner.pos;
    const target = scanner.ncName();
    if (target.toLowerCase() === "xml") {
      throw scanner.error(
        target === "xml"
          ? "Unexpected XML declaration. The XML declaration must be the first node in the document, and no whitespace " +
              "characters are allowed to appear before it."
          : `'${target}' is an invalid name for processing instructions.`,
        start,
      );
    }
    if (scanner.skipBlanks() === 0 && !scanner.startsWith("?>")) throw scanner.badName(scanner.pos, false);
    this.#reading.handler.processingInstruction(target, scanner.upTo("?>", "PI"));
  }

  /** A start tag whose `<` is behind. */
  #element(): void {
    const scanner = this.#scanner;
    const { open, scope, handler } = this.#reading;
    const at = scanner.pos;
    if (open.length >= MAX_XML_DEPTH) throw scanner.error(`The elements nest deeper than ${MAX_XML_DEPTH}.`);
    const { prefix, local } = scanner.qName();
    const name = prefix === "" ? local : `${prefix}:${local}`;
    const scopeSize = scope.length;
    const raw = isXmlSpace(scanner.peek()) ? this.#attributes() : [];
    const isEmpty = this.#tagEnd(name);
    const uri = this.#reading.uriOf(prefix) ?? (prefix === "" ? "" : undefined);
    if (uri === undefined) throw scanner.error(`'${prefix}' is an undeclared prefix.`, at);
    if (scope.length > MAX_NAMESPACES) throw scanner.error(`More than ${MAX_NAMESPACES} namespaces are declared.`, at);
    const attributes = this.#resolve(raw);
    const space = attributes.find((a) => a.uri === XML_NAMESPACE && a.local === "space")?.value;
    handler.startElement(prefix, local, uri, attributes, isEmpty);
    if (isEmpty) scope.length = scopeSize;
    else {
      const preserve = space === undefined ? (open.at(-1)?.preserve ?? false) : space === "preserve";
      open.push({ name, at, scopeSize, preserve });
    }
  }

  /** Steps over `>` or `/>`; true for the latter. */
  #tagEnd(name: string): boolean {
    const scanner = this.#scanner;
    if (scanner.take(">")) return false;
    if (scanner.take("/>")) return true;
    if (scanner.atEnd) throw this.#unclosed(name);
    if (scanner.startsWith("/")) {
      throw scanner.pos + 1 === scanner.text.length
        ? scanner.error("Unexpected end of file while parsing > has occurred.")
        : scanner.unexpected(scanner.pos + 1, ">");
    }
    throw scanner.badName(scanner.pos, false);
  }

  /** Attributes up to the end of the tag; namespace declarations come into scope. */
  #attributes(): RawAttribute[] {
    const scanner = this.#scanner;
    const attributes: RawAttribute[] = [];
    for (;;) {
      const blanks = scanner.skipBlanks();
      const c = scanner.peek();
      if (!isNameStart(c)) {
        if (c === 62 || c === 47 || scanner.atEnd) return attributes;
        throw scanner.badName(scanner.pos, true);
      }
      if (blanks === 0) throw scanner.expectingBlank(scanner.pos);
      const at = scanner.pos;
      const { prefix, local } = scanner.qName();
      const quote = scanner.openingQuote();
      const valueAt = scanner.pos;
      const value = this.#attributeValue(quote);
      attributes.push({ prefix, local, value, at });
      if (prefix === "xmlns") this.#declareNamespace(local, value, at, valueAt);
      else if (prefix === "" && local === "xmlns") this.#declareNamespace("", value, at, valueAt);
    }
  }

  /** @param at where the attribute begins, and `valueAt` its value: .NET points to one or the other */
  #declareNamespace(prefix: string, uri: string, at: number, valueAt: number): void {
    const scanner = this.#scanner;
    if (uri === "" && prefix !== "") throw scanner.error("Invalid namespace declaration.", valueAt - 1);
    if (uri === XMLNS_NAMESPACE && prefix === "xmlns") throw scanner.error(XMLNS_IS_RESERVED, valueAt);
    if (uri === XMLNS_NAMESPACE || (uri === XML_NAMESPACE && prefix !== "xml")) {
      const problem = `Prefix '${prefix}' cannot be mapped to namespace name reserved for "xml" or "xmlns".`;
      throw scanner.error(problem, valueAt);
    }
    if (prefix === "xmlns") throw scanner.error(XMLNS_IS_RESERVED, at);
    if (prefix === "xml" && uri !== XML_NAMESPACE) throw scanner.error(XML_IS_RESERVED, at);
    this.#reading.scope.push([prefix, uri]);
  }

  #attributeValue(quote: string): string {
    const scanner = this.#scanner;
    let value = "";
    let from = scanner.pos;
    for (;;) {
      const c = scanner.text[scanner.pos];
      if (c === undefined) throw scanner.error("There is an unclosed literal string.");
      if (c === quote || c === "&" || c === "<") {
        scanner.checkChars(from, scanner.pos);
        value += blankLines(scanner.text.slice(from, scanner.pos));
        if (c === quote) break;
        if (c === "<") throw scanner.error("'<', hexadecimal value 0x3C, is an invalid attribute character.");
        value += scanner.characterReference() ?? this.#entityText();
        from = scanner.pos;
      } else {
        scanner.pos++;
      }
    }
    scanner.pos++;
    return value;
  }

  /** Expands an entity inside an attribute value. */
  #entityText(): string {
    const { name, at } = this.#scanner.entityName();
    return this.#expand(name, at, (inner) => inner.#attributeText());
  }

  /** The whole text of an entity as part of an attribute value. */
  #attributeText(): string {
    const scanner = this.#scanner;
    let value = "";
    while (!scanner.atEnd) {
      const c = scanner.text[scanner.pos];
      if (c === "<") throw scanner.error("'<', hexadecimal value 0x3C, is an invalid attribute character.");
      if (c === "&") {
        value += scanner.characterReference() ?? this.#entityText();
      } else {
        value += isXmlSpace(scanner.peek()) ? " " : c;
        scanner.pos++;
      }
    }
    return value;
  }

  /** Gives attributes their namespaces and makes sure that none occurs twice. */
  #resolve(raw: readonly RawAttribute[]): ReadAttribute[] {
    const seen = new Set<string>();
    return raw.map(({ prefix, local, value, at }) => {
      const uri = prefix === "" ? (local === "xmlns" ? XMLNS_NAMESPACE : "") : this.#reading.uriOf(prefix);
      if (uri === undefined) throw this.#scanner.error(`'${prefix}' is an undeclared prefix.`, at);
      const key = `${uri} ${local}`;
      if (seen.has(key)) {
        const name = prefix === "" ? local : `${prefix}:${local}`;
        throw this.#scanner.error(`'${name}' is a duplicate attribute name.`, at);
      }
      seen.add(key);
      return { prefix, local, uri, value };
    });
  }

  /** An end tag whose `</` is behind. */
  #endTag(): void {
    const scanner = this.#scanner;
    const { open, scope, handler } = this.#reading;
    const element = open.at(-1) as OpenElement;
    const at = scanner.pos;
    const follows = scanner.text.charCodeAt(at + element.name.length);
    if (!scanner.startsWith(element.name) || isNameChar(follows) || follows === 58) throw this.#mismatch(element, at);
    scanner.pos += element.name.length;
    scanner.skipBlanks();
    if (!scanner.take(">")) throw scanner.atEnd ? this.#unclosed() : scanner.unexpected(scanner.pos, ">");
    open.pop();
    scope.length = element.scopeSize;
    handler.endElement();
  }

  #mismatch(element: OpenElement, at: number): CsException {
    const scanner = this.#scanner;
    const { prefix, local } = scanner.qName();
    const [line, position] = scanner.place(element.at);
    const found = prefix === "" ? local : `${prefix}:${local}`;
    return scanner.error(
      `The '${element.name}' start tag on line ${line} position ${position} does not match the end tag of '${found}'.`,
      at,
    );
  }

  /** "The following elements are not closed", innermost first. */
  #unclosed(innermost?: string): CsException {
    const names = this.#reading.open.map((e) => e.name);
    if (innermost !== undefined) names.push(innermost);
    return this.#scanner.error(
      `Unexpected end of file has occurred. The following elements are not closed: ${names.reverse().join(", ")}.`,
      this.#scanner.text.length,
    );
  }

  /** Text up to the next markup; entities in it are expanded. */
  #text(depth: number): void {
    const scanner = this.#scanner;
    let value = "";
    let isBlank = true;
    const flush = () => {
      if (value !== "") this.#reading.handler.text(value, this.#textKind(isBlank));
      value = "";
    };
    for (let from = scanner.pos; ; ) {
      const c = scanner.text[scanner.pos];
      if (c !== undefined && c !== "<" && c !== "&") {
        if (c === "]" && scanner.startsWith("]]>")) throw scanner.error("']]>' is not allowed in character data.");
        if (isBlank && !isXmlSpace(scanner.peek())) isBlank = false;
        scanner.pos++;
        continue;
      }
      scanner.checkChars(from, scanner.pos);
      value += normalizeLines(scanner.text.slice(from, scanner.pos));
      if (c !== "&") break;
      const character = scanner.characterReference();
      if (character === undefined) {
        flush();
        const { name, at } = scanner.entityName();
        this.#expand(name, at, (inner) => inner.#content(Math.max(depth, this.#reading.open.length), true));
      } else {
        isBlank = false;
        value += character;
      }
      from = scanner.pos;
    }
    flush();
  }

  #textKind(isBlank: boolean): "text" | "blank" | "preserved" {
    if (!isBlank) return "text";
    return this.#reading.open.at(-1)?.preserve ? "preserved" : "blank";
  }

  /** Reads the replacement text of an entity. @param at where the reference stands */
  #expand<T>(name: string, at: number, read: (inner: XmlReader) => T): T {
    const { entities, expanding } = this.#reading;
    const text = entities.get(name);
    if (text === undefined) throw this.#scanner.error(`Reference to undeclared entity '${name}'.`, at);
    if (text === null) throw this.#scanner.error(`Cannot resolve entity reference '${name}'.`, at);
    if (expanding.has(name)) throw this.#scanner.error(`General entity '${name}' references itself.`, at);
    this.#reading.entityCharacters += text.length;
    if (this.#reading.entityCharacters > MAX_ENTITY_CHARACTERS) {
      throw this.#scanner.error("The input document has exceeded a limit set by MaxCharactersFromEntities.", at);
    }
    expanding.add(name);
    const result = read(new XmlReader(new XmlScanner(text), this.#reading));
    expanding.delete(name);
    return result;
  }
}

/** Line ends and tabs in attribute values are blanks (https://www.w3.org/TR/xml/#AVNormalize). */
function blankLines(text: string): string {
  return text.replace(/\r\n|[\r\n\t]/g, " ");
}
