/**
 * Warnings of `check`: what would load and run, but surely not as it was meant. They never fail a load and cost nothing without
 * `check`. A comment before an element silences them in it: <!-- sallyport-disable SW3001: reason -->.
 *
 * SW30..: see csharp/2-bind/warnings.ts. SW3101: a variable that nothing sets. SW3102: a body read twice. SW3103: a date without a format.
 * SW3104: an expression amid text.
 */
import type { Diagnostics } from "../base/diagnostic.ts";
import type { SourceText } from "../base/source-text.ts";
import type { Warning } from "../csharp/index.ts";
import type { XmlElement, XmlExpression, XmlValue } from "../xml/tree.ts";
import type { ExpressionFacts } from "./expression-facts.ts";
import type { Names } from "./known-variables.ts";
import { disabledBy } from "./silence.ts";

/** What compiling an expression found out. */
export interface Finding {
  readonly warnings: readonly Warning[];
  readonly facts: ExpressionFacts;
}

/** A document whose expressions have been compiled, each with its finding. */
export interface CheckedDocument {
  readonly source: SourceText;
  readonly roots: readonly XmlElement[];
  readonly findings: ReadonlyMap<XmlExpression, Finding>;
}

/**
 * Reports what is wrong in a document.
 * @param variables names that may be set when its expressions run
 */
export function warn(document: CheckedDocument, variables: Names, diagnostics: Diagnostics): void {
  const reporter = new Reporter(document, variables, diagnostics);
  for (const root of document.roots) reporter.element(root, [], new Set());
}

/** Policies whose text a program reads that knows nothing of .NET's formats. */
const ADDRESSES: ReadonlySet<string> = new Set(["rewrite-uri", "set-backend-service", "set-url"]);
const WITH_VALUES: ReadonlySet<string> = new Set(["set-header", "set-query-parameter"]);

/** Code that can mean nothing else. */
const AMID_TEXT = /@[({][^)}]*\bcontext\.[A-Z]/;

class Reporter {
  readonly #document: CheckedDocument;
  readonly #variables: Names;
  readonly #diagnostics: Diagnostics;

  constructor(document: CheckedDocument, variables: Names, diagnostics: Diagnostics) {
    this.#document = document;
    this.#variables = variables;
    this.#diagnostics = diagnostics;
  }

  /** @param path names of the elements around it */
  element(element: XmlElement, path: readonly string[], silenced: ReadonlySet<string>): void {
    const own = disabledBy(element.comments);
    const disabled = own.length === 0 ? silenced : silenced.union(new Set(own));
    const inner = [...path, element.name];
    for (const { value } of element.attributes) this.#value(value, inner, disabled);
    for (const child of element.children) {
      if (child.kind === "element") this.element(child, inner, disabled);
      else this.#value(child.value, inner, disabled);
    }
  }

  #value(value: XmlValue, path: readonly string[], disabled: ReadonlySet<string>): void {
    const { expression } = value;
    if (expression === undefined) this.#text(value, disabled);
    const finding = expression && this.#document.findings.get(expression);
    if (finding === undefined || expression === undefined) return;
    const warnings = [...this.#ofCode(finding, expression), ...this.#ofContext(finding, path)];
    for (const { code, message, start, hint } of warnings) {
      if (disabled.has(code)) continue;
      const { source } = this.#document;
      const { line, column } = source.position(expression.at(Math.min(start, expression.code.length)));
      this.#diagnostics.warning(code, message, { file: source.file, line, column, hint });
    }
  }

  #text({ text, at }: XmlValue, disabled: ReadonlySet<string>): void {
    const found = AMID_TEXT.exec(text);
    if (found === null || disabled.has("SW3104")) return;
    const { source } = this.#document;
    const { line, column } = source.position(at(found.index));
    this.#diagnostics.warning("SW3104", "An expression amid text is text, and is not evaluated", {
      file: source.file,
      line,
      column,
      hint: 'Make all of it one expression: @($"text {context.Operation.Id}"), or @("text " + context.Operation.Id).',
    });
  }

  /** What a named value makes constant is not constant in the document. */
  #ofCode({ warnings }: Finding, { code, at }: XmlExpression): readonly Warning[] {
    const { source } = this.#document;
    const isAuthors = !code.includes("{{") && source.isOriginal(at(0), at(code.length));
    return isAuthors ? warnings : warnings.filter((w) => w.code !== "SW3002" && w.code !== "SW3003");
  }

  *#ofContext({ facts }: Finding, path: readonly string[]): Generator<Warning> {
    for (const { name, start } of facts.variableReads) {
      if (this.#variables === undefined || this.#variables.has(name)) continue;
      yield {
        code: "SW3101",
        message: `Nothing sets the variable "${name}": reading it throws KeyNotFoundException`,
        start,
        hint: `Set it, or write context.Variables.GetValueOrDefault<string>("${name}", "").`,
      };
    }
    for (const start of facts.bodyReadAgain) {
      yield {
        code: "SW3102",
        message: "The body was read before in this expression and is empty by now",
        start,
        hint: "Read it once into a variable, or write As<T>(preserveContent: true) the first time.",
      };
    }
    for (const start of isForMachines(path) ? facts.dateTexts : []) {
      yield {
        code: "SW3103",
        message: "The text of a date without a format is month/day/year without a time zone",
        start,
        hint: 'Give a format: .ToString("o") for ISO 8601, .ToString("R") for HTTP.',
      };
    }
  }
}

function isForMachines(path: readonly string[]): boolean {
  const [parent, name] = path.slice(-2);
  return ADDRESSES.has(name) || (name === "value" && WITH_VALUES.has(parent));
}
