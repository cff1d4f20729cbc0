/**
 * Reads an XML element by its specification into the configuration that a policy's `compile` receives. Every mistake becomes a
 * diagnostic at its place; reading goes on, so that one check names them all.
 */
import { closest } from "../base/closest.ts";
import type { Attribute, Text } from "../kit/attributes.ts";
import type { Block, ChildSpec, ElementSpec } from "../kit/policy.ts";
import { Constant, type Value } from "../kit/value.ts";
import type { XmlAttribute, XmlElement, XmlExpression, XmlText, XmlValue } from "../xml/tree.ts";
import type { DocumentScope } from "./document-scope.ts";
import { KNOWN_POLICIES } from "./known-policies.ts";

type Config = Record<string, unknown>;

/** Offsets in the document. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Compiles the policies inside an element. */
export type BlockCompiler = (element: XmlElement) => Block;

export class ElementReader {
  /** Bodies that the values read so far need. */
  needs = 0;
  readonly #scope: DocumentScope;
  readonly #block: BlockCompiler;

  constructor(scope: DocumentScope, block: BlockCompiler) {
    this.#scope = scope;
    this.#block = block;
  }

  /** @param isPolicy whether the common `id` attribute is allowed */
  read(spec: ElementSpec, element: XmlElement, isPolicy: boolean): Config {
    const config: Config = { line: this.#scope.position(element.start).line };
    this.#attributes(spec, element, isPolicy, config);
    if (spec.text !== undefined) config.text = this.#text(spec.text, element, spec.children);
    else if (!spec.steps) this.#noText(element);
    if (spec.steps) {
      config.steps = this.#block(element);
    } else {
      config.children = this.#children(spec, element);
    }
    return config;
  }

  #attributes(spec: ElementSpec, element: XmlElement, isPolicy: boolean, config: Config): void {
    const known = spec.attributes ?? {};
    const given = new Map<string, XmlAttribute>();
    for (const attribute of element.attributes) {
      if (Object.hasOwn(known, attribute.name)) given.set(attribute.name, attribute);
      else if (attribute.name !== "id" || !isPolicy) this.#unknownAttribute(element, attribute, Object.keys(known));
    }
    for (const name of Object.keys(known)) {
      const attribute = given.get(name);
      if (attribute !== undefined) {
        config[camel(name)] = this.#value(known[name], attribute.value, `attribute ${name}`);
      } else {
        config[camel(name)] = this.#absent(known[name], element, `attribute ${name}`);
      }
    }
  }

  #unknownAttribute(element: XmlElement, attribute: XmlAttribute, known: string[]): void {
    const near = closest(attribute.name, known);
    const hint = near
      ? `Did you mean ${near}?`
      : known.length > 0
        ? `Supported: ${known.join(", ")}.`
        : `<${element.name}> takes no attributes.`;
    this.#scope.error(
      "SP2002",
      `<${element.name}> does not support the attribute ${attribute.name}`,
      attribute.start,
      hint,
    );
  }

  #absent(spec: Attribute<unknown>, element: XmlElement, what: string): unknown {
    if (spec.default !== undefined) return spec.expression ? new Constant(spec.default) : spec.default;
    if (spec.required) {
      this.#scope.error("SP2003", `<${element.name}> needs the ${what}`, element.start, spec.doc || undefined);
    }
    return undefined;
  }

  #value(spec: Attribute<unknown>, value: XmlValue, what: string): unknown {
    if (value.expression !== undefined) return this.#expression(spec, value.expression, what);
    return this.#literal(spec, value.text, value, what);
  }

  #expression(spec: Attribute<unknown>, expression: XmlExpression, what: string): unknown {
    if (!spec.expression) {
      this.#scope.error(
        "SP2006",
        `The ${what} does not take an expression`,
        expression.start,
        "Write a literal value or a named value.",
      );
      return spec.default;
    }
    const value: Value<unknown> = this.#scope.expression(expression, spec.result);
    this.needs |= value.needs;
    return value;
  }

  #literal(spec: Attribute<unknown>, text: string, range: Range, what: string): unknown {
    const read = spec.read(text);
    if ("problem" in read) {
      if (this.#scope.isLoose && text.includes("{{"))
        return spec.expression ? new Constant(spec.default) : spec.default;
      this.#scope.error("SP2004", `The ${what} is wrong: ${read.problem}`, range.start, spec.doc || undefined);
      return spec.expression ? new Constant(spec.default) : spec.default;
    }
    if (!spec.expression) return read.value;
    return new Constant(read.value, this.#scope.source.isOriginal(range.start, range.end));
  }

  #text(spec: Text<unknown>, element: XmlElement, children: ElementSpec["children"] = {}): unknown {
    const expression = this.#soleExpression(element);
    if (expression !== undefined) return this.#expression(spec, expression, `content of <${element.name}>`);
    const text = spec.raw ? rawContent(element, this.#scope.text) : this.#plainText(element, children).trim();
    if (text === "" && !spec.raw) return this.#absent(spec, element, "content");
    const range = { start: element.contentStart, end: element.contentEnd };
    return this.#literal(spec, text, range, `content of <${element.name}>`);
  }

  /** The expression that is the whole content, blanks aside. */
  #soleExpression(element: XmlElement): XmlExpression | undefined {
    const solid = element.children.filter((c) => c.kind === "element" || c.value.text.trim() !== "");
    const only = solid.length === 1 ? solid[0] : undefined;
    return only?.kind === "text" ? only.value.expression : undefined;
  }

  #plainText(element: XmlElement, children: NonNullable<ElementSpec["children"]>): string {
    let text = "";
    for (const child of element.children) {
      if (child.kind === "text") text += child.value.text;
      else if (!Object.hasOwn(children, child.name))
        this.#scope.error("SP2007", `<${element.name}> holds text, not elements`, child.start);
    }
    return text;
  }

  #noText(element: XmlElement): void {
    const stray = element.children.find((c): c is XmlText => c.kind === "text" && c.value.text.trim() !== "");
    if (stray === undefined) return;
    const lead = stray.value.text.length - stray.value.text.trimStart().length;
    this.#scope.error(
      "SP2013",
      `Unexpected text in <${element.name}>`,
      stray.value.at(lead),
      "Remove it, or put it into a comment.",
    );
  }

  #children(spec: ElementSpec, element: XmlElement): Config {
    const known = spec.children ?? {};
    const found = new Map<string, XmlElement[]>();
    for (const child of element.children) {
      if (child.kind !== "element") continue;
      if (!Object.hasOwn(known, child.name)) {
        if (spec.text === undefined) this.#unknownChild(element, child, Object.keys(known));
        continue;
      }
      const list = found.get(child.name);
      if (list) list.push(child);
      else found.set(child.name, [child]);
    }
    const config: Config = {};
    for (const name of Object.keys(known))
      config[camel(name)] = this.#child(known[name], name, found.get(name) ?? [], element);
    return config;
  }

  #child(spec: ChildSpec, name: string, found: XmlElement[], parent: XmlElement): unknown {
    if (found.length < (spec.min ?? 0)) {
      this.#scope.error("SP2008", `<${parent.name}> needs a <${name}> element`, parent.start, spec.doc || undefined);
    }
    if (!spec.many && found.length > 1) {
      this.#scope.error("SP2009", `<${parent.name}> takes only one <${name}>`, found[1].start);
    }
    const configs = found.map((child) => this.read(spec, child, false));
    return spec.many ? configs : configs[0];
  }

  #unknownChild(element: XmlElement, child: XmlElement, known: string[]): void {
    if (KNOWN_POLICIES.has(child.name)) {
      this.#scope.error(
        "SP2001",
        `The policy <${child.name}> inside <${element.name}> is not supported yet`,
        child.start,
      );
      return;
    }
    const near = closest(child.name, known);
    const hint = near
      ? `Did you mean <${near}>?`
      : known.length > 0
        ? `Supported: ${known.map((k) => `<${k}>`).join(", ")}.`
        : undefined;
    this.#scope.error("SP2007", `<${element.name}> does not support the element <${child.name}>`, child.start, hint);
  }
}

/** Content taken literally: decoded when it is text only, the markup itself when it holds elements. */
function rawContent(element: XmlElement, source: string): string {
  if (element.children.some((c) => c.kind === "element")) return source.slice(element.contentStart, element.contentEnd);
  return element.children.map((c) => (c as XmlText).value.text).join("");
}

/** `exists-action` -> `existsAction`. */
function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
