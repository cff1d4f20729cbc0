/** YAML 1.2 with positions, through the `yaml` package; aliases are resolved within a bound. */
import {
  type CST,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  Parser,
  type Range,
} from "yaml";
import { type DataNode, type Entry, MAX_DEPTH, type Parsed } from "./data-node.ts";

/** Nodes that aliases may add up to: a few lines of nested aliases would otherwise stand for billions. */
const MAX_ALIASED_NODES = 100_000;
/** Words, marks and blanks of a document: about three for each value. Reading that many takes some seconds. */
const MAX_LEXEMES = 2_000_000;

export function parseYaml(text: string): Parsed {
  try {
    const document = composed(text);
    return { root: new YamlReader(document, text.length).node(document.contents, [0, 0, 0], 0) };
  } catch (error) {
    if (error instanceof YamlMistake) return { problem: error.message, offset: error.offset, hint: error.hint };
    throw error;
  }
}

/** The one document of a text; throws YamlMistake. */
function composed(text: string): Document.Parsed {
  // The package's own check for unique keys takes time quadratic in their number; the reader below checks them.
  const composer = new Composer({ version: "1.2", logLevel: "error", uniqueKeys: false });
  const [document, second] = composer.compose(tokensOf(text), true, text.length);
  const mistake = document.errors[0];
  // What follows a mistake may look like another document: the mistake comes first.
  if (mistake !== undefined) throw new YamlMistake(mistake.message, mistake.pos[0], hintFor(mistake.code));
  if (second === undefined) return document;
  const hint = "One file holds one document: remove the line `---` and what follows.";
  throw new YamlMistake("A second document begins here", second.range[0], hint);
}

/** Tokens of the whole text. The package composes recursively: depth is bounded here, before the stack is. */
function tokensOf(text: string): CST.Token[] {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > 2 * MAX_DEPTH) throw new YamlMistake(TOO_DEEP, parser.offset);
    if (++lexemes > MAX_LEXEMES)
      throw new YamlMistake("The document holds too many values", parser.offset, "As JSON it could hold more.");
  }
  tokens.push(...parser.end());
  return tokens;
}

const TOO_DEEP = `Nested deeper than ${MAX_DEPTH} levels`;

function hintFor(code: string): string | undefined {
  return code === "TAB_AS_INDENT" ? "Indent with blanks." : undefined;
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
