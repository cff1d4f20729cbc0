/**
 * Renders a Helm chart, as far as ours needs it: the text/template of Go with `include`, `toYaml` and a handful of functions of Sprig. What is
 * not known is an error, so a template cannot come to use more than is rendered here.
 * https://pkg.go.dev/text/template, https://helm.sh/docs/chart_template_guide/
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";

type Value = unknown;
type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "show"; readonly pipeline: string }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: string;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    };

const TOKEN = /"(?:[^"\\]|\\.)*"|\(|\)|\||[^\s()|"]+/g;

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: what a manifest holds is what the tests look at
  readonly [field: string]: any;
}

/** The manifests of a chart, by kind. @param more laid over its values */
export function renderChart(folder: string, more: object = {}): Map<string, Manifest> {
  const values = merged(parse(readFileSync(join(folder, "values.yaml"), "utf8")), more);
  const { appVersion, version } = parse(readFileSync(join(folder, "Chart.yaml"), "utf8"));
  const root = {
    Values: values,
    Release: { Name: "demo", Namespace: "apis" },
    Chart: { AppVersion: appVersion, Version: version },
  };
  const files = readdirSync(join(folder, "templates")).sort();
  const renderer = new Renderer(root);
  const parsed = files.map(
    (name) => [name, renderer.read(readFileSync(join(folder, "templates", name), "utf8"))] as const,
  );
  const manifests = new Map<string, Manifest>();
  for (const [name, nodes] of parsed) {
    if (name.endsWith(".tpl")) continue;
    for (const document of parseAllDocuments(renderer.render(nodes, root))) {
      if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0].message}`);
      const manifest = document.toJS() as Manifest | null;
      if (manifest !== null) manifests.set(manifest.kind, manifest);
    }
  }
  return manifests;
}

/** Maps are merged, everything else is replaced: as `helm --values` does. */
function merged(base: Value, more: Value): Value {
  if (!isMap(base) || !isMap(more)) return more === undefined ? base : more;
  const names = new Set([...Object.keys(base), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, merged(base[name], more[name])]));
}

function isMap(value: Value): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

class Renderer {
  readonly #root: Value;
  readonly #definitions = new Map<string, readonly Node[]>();

  constructor(root: Value) {
    this.#root = root;
  }

  /** Reads a template; what it defines is known to all. */
  read(text: string): readonly Node[] {
    const pieces = split(text);
    const nodes = this.#nodes(pieces, []);
    if (pieces.length > 0) throw new Error(`{{ ${pieces[0].action} }} closes nothing`);
    return nodes;
  }

  render(nodes: readonly Node[], dot: Value): string {
    return nodes.map((node) => this.#render(node, dot)).join("");
  }

  #nodes(pieces: Piece[], ends: readonly string[]): Node[] {
    const nodes: Node[] = [];
    for (let piece = pieces[0]; piece !== undefined; piece = pieces[0]) {
      if (piece.action === undefined) {
        nodes.push({ kind: "text", text: piece.text });
        pieces.shift();
        continue;
      }
      const [word, ...rest] = piece.action.split(/\s+/);
      if (ends.includes(word)) return nodes;
      if (word === "end" || word === "else") return nodes;
      pieces.shift();
      const pipeline = rest.join(" ");
      if (word === "define") {
        this.#definitions.set(JSON.parse(pipeline), this.#nodes(pieces, ["end"]));
        pieces.shift();
      } else if (word === "if" || word === "with" || word === "range") {
        const then = this.#nodes(pieces, ["else", "end"]);
        const hasElse = pieces.shift()?.action === "else";
        const otherwise = hasElse ? this.#nodes(pieces, ["end"]) : [];
        if (hasElse) pieces.shift();
        nodes.push({ kind: word, pipeline, then, otherwise });
      } else if (!word.startsWith("/*")) nodes.push({ kind: "show", pipeline: piece.action });
    }
    if (ends.length > 0) throw new Error("a block is not closed");
    return nodes;
  }

  #render(node: Node, dot: Value): string {
    if (node.kind === "text") return node.text;
    const value = this.#evaluate(node.pipeline, dot);
    if (node.kind === "show") {
      if (value === undefined || value === null) throw new Error(`nothing to show for {{ ${node.pipeline} }}`);
      return String(value);
    }
    if (isEmpty(value)) return this.render(node.otherwise, dot);
    if (node.kind === "if") return this.render(node.then, dot);
    if (node.kind === "with") return this.render(node.then, value);
    return (value as readonly Value[]).map((item) => this.render(node.then, item)).join("");
  }

  #evaluate(pipeline: string, dot: Value): Value {
    const tokens = pipeline.match(TOKEN) ?? [];
    const value = this.#pipeline(tokens, dot);
    if (tokens.length > 0) throw new Error(`not understood: {{ ${pipeline} }}`);
    return value;
  }

  /** Commands joined by `|`: what one gives is the last argument of the next. */
  #pipeline(tokens: string[], dot: Value): Value {
    let value = this.#command(tokens, dot, []);
    while (tokens[0] === "|") {
      tokens.shift();
      value = this.#command(tokens, dot, [value]);
    }
    return value;
  }

  #command(tokens: string[], dot: Value, piped: readonly Value[]): Value {
    const first = tokens[0];
    if (first === undefined) throw new Error("an expression is missing");
    if (!/^[a-z]/i.test(first)) return this.#operand(tokens, dot);
    tokens.shift();
    const given: Value[] = [];
    while (tokens.length > 0 && tokens[0] !== "|" && tokens[0] !== ")") given.push(this.#operand(tokens, dot));
    return this.#call(first, [...given, ...piped]);
  }

  #operand(tokens: string[], dot: Value): Value {
    const token = tokens.shift() ?? "";
    if (token === "(") {
      const value = this.#pipeline(tokens, dot);
      if (tokens.shift() !== ")") throw new Error("a parenthesis is not closed");
      return value;
    }
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^-?\d+$/.test(token)) return Number(token);
    if (token === "true" || token === "false") return token === "true";
    if (!/^\$?(?:\.\w+)+$|^\.$|^\$$/.test(token)) throw new Error(`not understood: ${token}`);
    let value = token.startsWith("$") ? this.#root : dot;
    for (const name of token.replace("$", "").split(".").filter(Boolean)) {
      if (!isMap(value) || !(name in value)) throw new Error(`there is no ${token}`);
      value = value[name];
    }
    return value;
  }

  #call(name: string, args: readonly Value[]): Value {
    const [first, second] = args;
    switch (name) {
      case "include": {
        const nodes = this.#definitions.get(String(first));
        if (nodes === undefined) throw new Error(`nothing is defined as ${first}`);
        return this.render(nodes, second);
      }
      case "toYaml":
        return stringify(first).trimEnd();
      case "nindent":
        return `\n${String(second).replace(/^/gm, " ".repeat(Number(first)))}`;
      case "default":
        return isEmpty(second) ? first : second;
      case "not":
        return isEmpty(first);
      case "quote":
        return JSON.stringify(String(first));
      case "printf":
        return args.slice(1).reduce<string>((text, arg) => text.replace(/%[sd]/, String(arg)), String(first));
      case "trunc":
        return String(second).slice(0, Number(first));
      case "trimSuffix":
        return String(second).endsWith(String(first)) ? String(second).slice(0, -String(first).length) : second;
      default:
        throw new Error(`the function ${name} is not rendered here`);
    }
  }
}

interface Piece {
  readonly text: string;
  /** Undefined: text. */
  readonly action: string | undefined;
}

/** Texts and actions; a dash takes the white space on its side away. */
function split(text: string): Piece[] {
  const parts = text
    .replace(/\s*\{\{-\s/g, "{{ ")
    .replace(/\s-\}\}\s*/g, " }}")
    .split(/\{\{\s*([\s\S]*?)\s*\}\}/);
  return parts.map((part, i) => (i % 2 === 0 ? { text: part, action: undefined } : { text: "", action: part }));
}

function isEmpty(value: Value): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}
