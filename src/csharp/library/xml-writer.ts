/**
 * XML text from trees, as XmlWriter with its defaults writes it for XNode.ToString(): two blanks of indentation that stop at the first text
 * of an element, `<a />` for empty elements, and namespace declarations where a name needs one that is not in scope.
 */
import { FuelExhausted } from "../runtime/values.ts";
import { argument } from "./exceptions-thrown.ts";
import { findInvalidChar, invalidChar, XML_NAMESPACE, XMLNS_NAMESPACE, xmlError } from "./xml-characters.ts";

const MAX_LENGTH = 1 << 28;

interface Declaration {
  readonly prefix: string;
  readonly uri: string;
  /** Declared by an enclosing element; to be written; written as an attribute. */
  state: "implied" | "needed" | "written";
}

/** An attribute with its name as far as it is decided: a null prefix is for the writer to find or make up. */
export interface AttributeText {
  readonly prefix: string | null;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

export class XmlTextWriter {
  readonly #indented: boolean;
  readonly #omitDuplicates: boolean;
  #text = "";
  /** Namespace declarations in scope, the newest last. */
  readonly #scope: Declaration[] = [
    { prefix: "xmlns", uri: XMLNS_NAMESPACE, state: "implied" },
    { prefix: "xml", uri: XML_NAMESPACE, state: "implied" },
    { prefix: "", uri: "", state: "implied" },
  ];
  /** Per open element: its qualified name, the size of the scope outside it, and whether text had been met outside it. */
  readonly #open: { name: string; scopeSize: number; mixed: boolean }[] = [];
  /** Text has been met in the current element, so that line breaks would change its content. */
  #mixed = false;
  /** Nothing has been written yet, or text last. */
  #afterText = true;
  /** Something stands between the last start tag and here. */
  #hasContent = false;

  constructor(indented: boolean, omitDuplicates = false) {
    this.#indented = indented;
    this.#omitDuplicates = omitDuplicates;
  }

  get text(): string {
    return this.#text;
  }

  /** A start tag; `endElement` closes it. @param isEmpty writes `<a />`, and nothing is open afterwards */
  startElement(
    prefix: string | null,
    local: string,
    uri: string,
    attributes: Iterable<AttributeText>,
    isEmpty: boolean,
  ): void {
    this.#newLine();
    const scopeSize = this.#scope.length;
    const chosen = prefix ?? this.#prefixOf(uri) ?? "";
    this.#declareImplicit(chosen, uri, scopeSize);
    const name = chosen === "" ? local : `${chosen}:${local}`;
    this.#text += `<${name}`;
    for (const attribute of attributes) this.#attribute(attribute, scopeSize);
    for (let i = this.#scope.length - 1; i >= scopeSize; i--) {
      if (this.#scope[i].state === "needed") this.#text += declarationText(this.#scope[i]);
    }
    this.#afterText = false;
    if (isEmpty) {
      this.#scope.length = scopeSize;
      this.#text += " />";
      return;
    }
    this.#text += ">";
    this.#open.push({ name, scopeSize, mixed: this.#mixed });
    // Text outside the root element does not keep the document from being indented.
    if (this.#open.length === 1) this.#mixed = false;
    this.#hasContent = false;
  }

  endElement(): void {
    const element = this.#open.pop();
    if (!element) return;
    if (!this.#mixed && this.#hasContent && !this.#afterText) this.#indent();
    this.#mixed = element.mixed;
    this.#scope.length = element.scopeSize;
    this.#text += `</${element.name}>`;
    this.#hasContent = true;
    this.#afterText = false;
    if (this.#text.length > MAX_LENGTH) throw new FuelExhausted("it needed too much memory");
  }

  writeText(text: string): void {
    this.#mixed = true;
    this.#text += escapeText(text);
    this.#hasContent = true;
    this.#afterText = true;
  }

  writeCData(text: string): void {
    checkChars(text);
    this.#mixed = true;
    this.#text += `<![CDATA[${lineFeeds(text).replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
    this.#hasContent = true;
    this.#afterText = false;
  }

  writeComment(text: string): void {
    checkChars(text);
    this.#newLine();
    this.#text += `<!--${lineFeeds(text).replace(/-(?=-|$)/g, "- ")}-->`;
  }

  writeProcessingInstruction(target: string, data: string): void {
    checkChars(data);
    this.#newLine();
    this.#text += `<?${target}${data === "" ? "" : ` ${lineFeeds(data).replaceAll("?>", "? >")}`}?>`;
  }

  writeDocType(name: string, publicId: string | null, systemId: string | null, subset: string | null): void {
    this.#newLine();
    let id = " ";
    if (publicId !== null) id = ` PUBLIC "${publicId}" "${systemId ?? ""}"`;
    else if (systemId !== null) id = ` SYSTEM "${systemId}"`;
    this.#text += `<!DOCTYPE ${name}${id}${subset === null ? "" : `[${subset}]`}>`;
  }

  /** Text as it is, before any node: the XML declaration. */
  writeDeclaration(text: string): void {
    this.#text += text;
    this.#afterText = false;
  }

  #attribute({ prefix, local, uri, value }: AttributeText, scopeSize: number): void {
    if (uri === XMLNS_NAMESPACE) {
      const declared = prefix === "" || (prefix === null && local === "xmlns") ? "" : local;
      if (this.#declareExplicit(declared, value, scopeSize)) {
        this.#text += ` ${declared === "" ? "xmlns" : `xmlns:${declared}`}="${escapeAttribute(value)}"`;
      }
      return;
    }
    const chosen = prefix ?? (uri === "" ? "" : this.#attributePrefix(uri));
    if (chosen !== "") this.#declareImplicit(chosen, uri, scopeSize);
    this.#text += ` ${chosen === "" ? local : `${chosen}:${local}`}="${escapeAttribute(value)}"`;
  }

  /** A prefix in scope, or a new one: p1, p2 ... by the number of declarations in scope. */
  #attributePrefix(uri: string): string {
    const known = this.#prefixOf(uri);
    if (known) return known;
    const generated = `p${this.#scope.length - 3}`;
    if (this.#indexOf(generated) < 0) return generated;
    let i = 0;
    while (this.#indexOf(`${generated}${i}`) >= 0) i++;
    return `${generated}${i}`;
  }

  /** Index of the newest declaration of a prefix; -1 when there is none. */
  #indexOf(prefix: string): number {
    let i = this.#scope.length - 1;
    while (i >= 0 && this.#scope[i].prefix !== prefix) i--;
    return i;
  }

  /** The prefix of the newest declaration of a namespace, unless a newer one hides it. */
  #prefixOf(uri: string): string | undefined {
    for (let i = this.#scope.length - 1; i >= 0; i--) {
      const { prefix } = this.#scope[i];
      if (this.#scope[i].uri === uri) return this.#indexOf(prefix) === i ? prefix : undefined;
    }
    return undefined;
  }

  #declareImplicit(prefix: string, uri: string, scopeSize: number): void {
    const at = this.#indexOf(prefix);
    const known = at < 0 ? undefined : this.#scope[at];
    if (known && at >= scopeSize) {
      if (known.uri !== uri) throw redefined(prefix, known.uri, uri);
      return;
    }
    this.#scope.push({ prefix, uri, state: known?.uri === uri ? "implied" : "needed" });
  }

  /** Notes a declaration that stands among the attributes; false when it need not be written. */
  #declareExplicit(prefix: string, uri: string, scopeSize: number): boolean {
    const at = this.#indexOf(prefix);
    const known = at < 0 ? undefined : this.#scope[at];
    if (known && at >= scopeSize) {
      if (known.uri !== uri) throw redefined(prefix, known.uri, uri);
      const write = !(this.#omitDuplicates && known.state !== "needed");
      known.state = "written";
      return write;
    }
    this.#scope.push({ prefix, uri, state: "written" });
    return !(this.#omitDuplicates && known?.uri === uri);
  }

  #newLine(): void {
    if (!this.#mixed && !this.#afterText) this.#indent();
    this.#hasContent = true;
    this.#afterText = false;
  }

  #indent(): void {
    if (this.#indented) this.#text += `\n${"  ".repeat(this.#open.length)}`;
  }
}

function redefined(prefix: string, from: string, to: string) {
  return xmlError(
    `The prefix '${prefix}' cannot be redefined from '${from}' to '${to}' within the same start element tag.`,
  );
}

function declarationText({ prefix, uri }: Declaration): string {
  return ` ${prefix === "" ? "xmlns" : `xmlns:${prefix}`}="${escapeAttribute(uri)}"`;
}

/** What is said of half a surrogate pair; undefined for any other character. */
function brokenSurrogate(text: string, at: number): string | undefined {
  const code = text.charCodeAt(at);
  const hex = (unit: number) => `0x${unit.toString(16).toUpperCase()}`;
  if (code >= 0xdc00 && code <= 0xdfff) {
    const range = "A high surrogate character must have a value from range (0xD800 - 0xDBFF).";
    return `Invalid high surrogate character (${hex(code)}). ${range}`;
  }
  if (code < 0xd800 || code > 0xdbff) return undefined;
  if (at + 1 === text.length) return "The surrogate pair is invalid. Missing a low surrogate character.";
  return (
    `The surrogate pair (${hex(code)}, ${hex(text.charCodeAt(at + 1))}) is invalid. A high surrogate character (0xD800 - 0xDBFF) ` +
    "must always be paired with a low surrogate character (0xDC00 - 0xDFFF)."
  );
}

function checkChars(text: string): void {
  const at = findInvalidChar(text);
  if (at >= 0) throw argument(brokenSurrogate(text, at) ?? invalidChar(text, at));
}

function lineFeeds(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

/** Text without any of these is written as it is; whether the characters are valid is looked at only then. */
const special = /[&<>"\t\n\r\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;

/** Text content: line ends become line feeds. */
export function escapeText(text: string): string {
  if (!special.test(text)) return text;
  checkChars(text);
  return lineFeeds(text).replace(/[&<>]/g, (c) => entities[c]);
}

/** An attribute value between double quotes. */
export function escapeAttribute(text: string): string {
  if (!special.test(text)) return text;
  checkChars(text);
  return text.replace(/[&<>"\t\n\r]/g, (c) => entities[c]);
}
