/** YAML 1.2 with positions, through the `yaml` package; aliases are resolved within a bound. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, type Range } from "yaml";
import { type DataNode, type Entry, MAX_DEPTH, type Parsed } from "./data-node.ts";

/** Nodes that aliases may add up to: a few lines of nested aliases would otherwise stand for billions. */
const MAX_ALIASED_NODES = 100_000;

const TOO_DEEP = `Nested deeper than ${MAX_DEPTH} levels`;

export function parseYaml(text: string): Parsed {
  let document: Document.Parsed;
  try {
    // The package's own check for unique keys takes time quadratic in their number.
    document = parseDocument(text, { version: "1.2", prettyErrors: false, logLevel: "error", uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return { problem: TOO_DEEP, offset: 0 };
    throw error;
  }
  const mistake = document.errors[0];
  if (mistake !== undefined)
    return {
      problem: plainMessage(mistake.code, mistake.message),
      offset: mistake.pos[0],
      hint: hintFor(mistake.code),
    };
  try {
    return { root: new YamlReader(document, text.length).node(document.contents, [0, 0, 0], 0) };
  } catch (error) {
    if (error instanceof YamlMistake) return { problem: error.message, offset: error.offset, hint: error.hint };
    throw error;
  }
}

/** The package recurses: a document of brackets alone exhausts the stack before our own bound is asked. */
function plainMessage(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return "A second document begins here";
  return message.startsWith("Maximum call stack") ? TOO_DEEP : message;
}

function hintFor(code: string): string | undefined {
  if (code === "TAB_AS_INDENT") return "Indent with blanks.";
  if (code === "MULTIPLE_DOCS") return "One file holds one document: remove the line `---` and what follows.";
  return undefined;
}

class YamlMistake extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

class YamlReader {
  readonly #document: Document.Parsed;
  readonly #length: number;
  readonly #open = new Set<unknown>();
  #aliasedNodes = 0;
  #aliasDepth = 0;

  constructor(document: Document.Parsed, length: number) {
    this.#document = document;
    this.#length = length;
  }

  node(node: unknown, parent: Range, depth: number): DataNode {
    const range = (node as { range?: Range | null } | null)?.range ?? parent;
    const start = Math.min(range[0], this.#length);
    if (depth > MAX_DEPTH) throw new YamlMistake(TOO_DEEP, start);
    if (this.#aliasDepth > 0 && ++this.#aliasedNodes > MAX_ALIASED_NODES) {
      throw new YamlMistake(`Aliases stand for more than ${MAX_ALIASED_NODES} values`, start);
    }
    const end = Math.min(range[1], this.#length);
    if (isAlias(node)) return this.#alias(node, range, depth);
    if (isMap(node)) {
      const entries = new Map<string, Entry>();
      for (const pair of node.items) this.#pair(pair, range, depth, entries);
      return { kind: "object", start, end, entries };
    }
    if (isSeq(node))
      return { kind: "list", start, end, items: node.items.map((item) => this.node(item, range, depth + 1)) };
    if (!isScalar(node)) return { kind: "scalar", start, end, value: null, text: "" };
    const { value } = node;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) {
      return {
        kind: "scalar",
        start,
        end,
        value,
        text: typeof value === "string" ? value : (node.source ?? String(value)),
      };
    }
    throw new YamlMistake("This is none of: text, number, true, false, null, list, object", start);
  }

  #pair(pair: Pair, range: Range, depth: number, entries: Map<string, Entry>): void {
    const key = pair.key;
    const keyRange = (key as { range?: Range } | null)?.range ?? range;
    if (!isScalar(key)) throw new YamlMistake("A name must be a text", keyRange[0]);
    // `200:` is a number to YAML and a name to us.
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    if (entries.has(name))
      throw new YamlMistake(`"${name}" occurs twice in the same object`, keyRange[0], "Remove one of them.");
    entries.set(name, {
      keyStart: keyRange[0],
      keyEnd: keyRange[1],
      value: this.node(pair.value, [keyRange[1], keyRange[1], keyRange[1]], depth + 1),
    });
  }

  #alias(alias: { source: string; resolve(document: Document): unknown }, range: Range, depth: number): DataNode {
    const target = alias.resolve(this.#document);
    if (target === undefined) throw new YamlMistake(`There is no anchor "${alias.source}"`, range[0]);
    if (this.#open.has(target)) throw new YamlMistake(`The anchor "${alias.source}" contains itself`, range[0]);
    this.#open.add(target);
    this.#aliasDepth++;
    const resolved = this.node(target, range, depth + 1);
    this.#aliasDepth--;
    this.#open.delete(target);
    return resolved;
  }
}
