/**
 * Reads policy XML as API Management takes it: well-formed XML, and "rawxml", where the C# inside `@( )` and `@{ }` may hold quotes, `<`
 * and `&&` as they are. So an expression is recognised first, skipped as balanced code, and only then the value has to end.
 * Mistakes are collected with their places; reading goes on behind them where it can.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { SourceText } from "../base/source-text.ts";
import type { XmlAttribute, XmlElement, XmlText } from "./tree.ts";
import { ValueReader } from "./value-reader.ts";

export interface XmlDocument {
  /** The first element; undefined when there is none. */
  readonly root: XmlElement | undefined;
  /** All elements at the top: a document has one, a loose snippet may have several. */
  readonly roots: readonly XmlElement[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Elements nested deeper are refused. */
const MAX_DEPTH = 256;

const NAME = /[A-Za-z_:\u00c0-\u{10ffff}][\w:.\-\u00b7\u00c0-\u{10ffff}]*/uy;

/** Reads a whole document or snippet. */
export function readXml(source: SourceText): XmlDocument {
  return new Reader(source).read();
}

/** An element whose end is not read yet. */
type OpenElement = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: (XmlElement | XmlText)[] };

class Reader extends ValueReader {
  readonly #open: OpenElement[] = [];
  readonly #roots: XmlElement[] = [];
  /** Since the last tag or text. */
  #comments: string[] = [];

  read(): XmlDocument {
    if (this.text.charCodeAt(0) === 0xfeff) this.position = 1;
    while (this.isReading) {
      if (this.text.charCodeAt(this.position) === 60) this.#markup();
      else this.#text();
    }
    const innermost = this.#open.at(-1);
    if (innermost !== undefined && this.position >= this.text.length) {
      const hint = `add </${innermost.name}>`;
      this.report("SP3001", `<${innermost.name}> is not closed`, innermost.start, hint);
    }
    for (const element of this.#open) element.end = element.contentEnd = this.text.length;
    return { root: this.#roots[0], roots: this.#roots, diagnostics: this.diagnostics };
  }

  #append(node: XmlElement | XmlText): void {
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(node);
    else if (node.kind === "element") this.#roots.push(node);
    else if (node.value.text.trim() !== "") {
      const lead = node.value.text.length - node.value.text.trimStart().length;
      this.report("SP3002", "Text outside of the root element", node.value.at(lead));
    }
  }

  // ---- text

  #text(): void {
    const parent = this.#open.at(-1);
    const value = this.readText(parent?.name);
    if (this.#comments.length > 0 && value.text.trim() !== "") this.#comments = [];
    this.#append({ kind: "text", value, isCdata: false });
  }

  // ---- markup

  #markup(): void {
    const { text, position } = this;
    if (text.startsWith("</", position)) this.#endTag();
    else if (text.startsWith("<!--", position)) this.#comment();
    else if (text.startsWith("<![CDATA[", position)) this.#cdata();
    else if (text.startsWith("<?", position)) this.#skip("?>", 2, "The processing instruction");
    else if (text.startsWith("<!", position)) this.#declaration();
    else this.#startTag();
  }

  #skip(end: string, length: number, what: string): void {
    const found = this.text.indexOf(end, this.position + length);
    if (found < 0) this.report("SP3003", `${what} is not closed: expected ${end}`, this.position);
    this.position = found < 0 ? this.text.length : found + end.length;
  }

  #comment(): void {
    const start = this.position + 4;
    this.#skip("-->", 4, "The comment");
    this.#comments.push(this.text.slice(start, Math.max(start, this.position - 3)));
  }

  #cdata(): void {
    const start = this.position + 9;
    this.#skip("]]>", 9, "The CDATA section");
    const end = this.text.startsWith("]]>", this.position - 3) ? this.position - 3 : this.position;
    this.#append({ kind: "text", value: this.literalValue(start, end), isCdata: true });
  }

  #declaration(): void {
    const hint = "policy documents have no document type and no entities of their own";
    this.report("SP3004", "A document type declaration is not allowed", this.position, hint);
    let depth = 0;
    for (; this.position < this.text.length; this.position++) {
      const c = this.text.charCodeAt(this.position);
      if (c === 91) depth++;
      else if (c === 93) depth--;
      else if (c === 62 && depth <= 0) break;
    }
    this.position++;
  }

  #name(): string | undefined {
    NAME.lastIndex = this.position;
    const [name] = NAME.exec(this.text) ?? [];
    if (name !== undefined) this.position += name.length;
    return name;
  }

  #endTag(): void {
    const start = this.position;
    this.#comments = [];
    this.position += 2;
    const name = this.#name();
    const closer = this.text.indexOf(">", this.position);
    const rest = closer < 0 ? "" : this.text.slice(this.position, closer);
    if (name === undefined || closer < 0 || rest.trim() !== "") {
      this.report("SP3005", `The closing tag </${name ?? ""} is not complete`, start, `write </${name ?? "name"}>`);
      if (name === undefined) return;
    } else {
      this.position = closer + 1;
    }
    this.#close(name, start);
  }

  #close(name: string, start: number): void {
    let depth = this.#open.length - 1;
    while (depth >= 0 && this.#open[depth].name !== name) depth--;
    if (depth < 0) {
      const innermost = this.#open.at(-1);
      const hint = innermost
        ? `the element open here is <${innermost.name}> (${this.place(innermost.start)})`
        : undefined;
      this.report("SP3006", `</${name}> closes nothing: there is no open <${name}>`, start, hint);
      return;
    }
    for (const element of this.#open.splice(depth).reverse()) {
      if (element.name !== name) {
        const hint = `</${name}> at ${this.place(start)} closes an element around it; add </${element.name}> before`;
        this.report("SP3001", `<${element.name}> is not closed`, element.start, hint);
      }
      element.contentEnd = start;
      element.end = element.name === name ? this.position : start;
    }
  }

  #startTag(): void {
    const start = this.position++;
    const name = this.#name();
    if (name === undefined) {
      this.report(
        "SP3007",
        "Unexpected '<'",
        start,
        "write &lt; in text; in an expression it may stand as it is, if the expression is complete",
      );
      return;
    }
    if (this.#open.length >= MAX_DEPTH) {
      this.report("SP3008", `Elements are nested more than ${MAX_DEPTH} deep`, start);
      this.position = this.text.length;
      return;
    }
    const comments = this.#comments;
    this.#comments = [];
    const attributes = this.#attributes(name, start);
    const { position } = this;
    const element: OpenElement = {
      kind: "element",
      name,
      start,
      end: position,
      attributes,
      children: [],
      comments,
      contentStart: position,
      contentEnd: position,
    };
    this.#append(element);
    if (!this.text.startsWith("/>", position - 2)) this.#open.push(element);
  }

  /** Reads attributes up to behind the `>` of the tag. */
  #attributes(element: string, start: number): XmlAttribute[] {
    const attributes: XmlAttribute[] = [];
    const names = new Set<string>();
    const errors = this.diagnostics.length;
    for (;;) {
      // What follows a mistake in a tag is seldom what it seems: only the first one is reported.
      this.diagnostics.length = Math.min(this.diagnostics.length, errors + 1);
      this.skipBlanks();
      const { text, position } = this;
      if (!this.isReading || text.charAt(position) === "<") {
        this.report("SP3009", `The tag <${element} is not closed: expected '>'`, start);
        return attributes;
      }
      if (text.charAt(position) === ">" || text.startsWith("/>", position)) {
        this.position += text.charAt(position) === ">" ? 1 : 2;
        return attributes;
      }
      const attribute = this.#attribute(element);
      if (attribute === undefined) continue;
      if (names.has(attribute.name)) {
        this.report("SP3010", `<${element}> has the attribute ${attribute.name} twice`, attribute.start);
      } else {
        names.add(attribute.name);
        attributes.push(attribute);
      }
    }
  }

  #attribute(element: string): XmlAttribute | undefined {
    const start = this.position;
    const name = this.#name();
    if (name === undefined) {
      const found = this.text.charAt(start);
      const hint =
        found === '"' || found === "'" ? "is a quote missing or too much in the attribute before?" : undefined;
      this.report("SP3011", `Unexpected ${found} in the tag <${element}>`, start, hint);
      while (this.position < this.text.length && !/[\s<>/]/.test(this.text.charAt(this.position))) this.position++;
      if (this.position === start) this.position++;
      return undefined;
    }
    this.skipBlanks();
    if (this.text.charAt(this.position) !== "=") {
      this.report("SP3012", `The attribute ${name} has no value`, start, `write ${name}="..."`);
      return undefined;
    }
    this.position++;
    this.skipBlanks();
    const quote = this.text.charAt(this.position);
    if (quote !== '"' && quote !== "'") {
      this.report(
        "SP3012",
        `The value of the attribute ${name} must stand in quotes`,
        this.position,
        `write ${name}="..."`,
      );
      while (this.position < this.text.length && !/[\s<>]/.test(this.text.charAt(this.position))) this.position++;
      return undefined;
    }
    const value = this.readAttributeValue(name, quote);
    if (!/^[\s/>]?$/.test(this.text.charAt(this.position))) {
      const hint = quote === '"' ? "write &quot; for a quote in the value" : "write &apos; for a quote in the value";
      this.report(
        "SP3011",
        `The value of the attribute ${name} ends here, but more follows without a blank`,
        this.position,
        hint,
      );
    }
    return { name, start, value };
  }
}
