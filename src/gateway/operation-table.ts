/**
 * The operations of one API as a tree of path segments. At every segment a literal goes before a mixed one, that before a parameter,
 * and a wildcard comes last; a branch that ends in nothing for the method gives way to the next.
 */
import type { RequestUrl } from "../kit/url.ts";
import type { Api, Operation } from "../resources/snapshot.ts";
import { agentOperations } from "./agent-operations.ts";
import { decode, matchParts, type Part, parseTemplate, type QueryPattern, type UrlTemplate } from "./url-template.ts";

export interface OperationMatch {
  readonly operation: Operation;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Entry {
  readonly operation: Operation;
  /** Names of path parameters, in the order of their values. */
  readonly names: readonly string[];
  readonly query: readonly QueryPattern[];
}

/** Operations that end at one place, by method; those with more query parameters first. */
type Leaf = Map<string, Entry[]>;

class Node {
  readonly literals = new Map<string, Node>();
  readonly mixed: { readonly shape: string; readonly parts: readonly Part[]; readonly node: Node }[] = [];
  parameter: Node | undefined;
  leaf: Leaf | undefined;
  /** Wildcards; the one with the longest prefix first. */
  readonly tails: { readonly prefix: string; readonly leaf: Leaf }[] = [];
}

const NONE: ReadonlyMap<string, string> = new Map();

export class OperationTable {
  readonly #root = new Node();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) this.#add(operation);
  }

  /** @param path below the API, with leading slash, canonical */
  match(method: string, path: string, url: RequestUrl): OperationMatch | undefined {
    return find(this.#root, { method, path, url, values: [] }, path.length < 2 ? 2 : 1);
  }

  #add(operation: Operation): void {
    const template = parseTemplate(operation.urlTemplate);
    let node = this.#root;
    for (const segment of template.segments) node = childOf(node, segment);
    const leaf = template.tail === undefined ? leafOf(node) : tailOf(node, template.tail.prefix);
    const entries = leaf.get(operation.method) ?? [];
    entries.push({ operation, names: namesOf(template), query: template.query });
    entries.sort((a, b) => b.query.length - a.query.length);
    leaf.set(operation.method, entries);
  }
}

function childOf(node: Node, segment: UrlTemplate["segments"][number]): Node {
  if (segment.kind === "literal") {
    let child = node.literals.get(segment.text);
    if (child === undefined) {
      child = new Node();
      node.literals.set(segment.text, child);
    }
    return child;
  }
  if (segment.kind === "parameter") {
    node.parameter ??= new Node();
    return node.parameter;
  }
  const shape = segment.parts.map((part) => ("text" in part ? part.text : "{}")).join("");
  const known = node.mixed.find((m) => m.shape === shape);
  if (known !== undefined) return known.node;
  const mixed = { shape, parts: segment.parts, node: new Node() };
  node.mixed.push(mixed);
  // The one with more text says more.
  node.mixed.sort((a, b) => textLength(b.parts) - textLength(a.parts));
  return mixed.node;
}

function textLength(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + ("text" in part ? part.text.length : 0), 0);
}

function leafOf(node: Node): Leaf {
  node.leaf ??= new Map();
  return node.leaf;
}

function tailOf(node: Node, prefix: string): Leaf {
  const known = node.tails.find((tail) => tail.prefix === prefix);
  if (known !== undefined) return known.leaf;
  const leaf: Leaf = new Map();
  node.tails.push({ prefix, leaf });
  node.tails.sort((a, b) => b.prefix.length - a.prefix.length);
  return leaf;
}

function namesOf(template: UrlTemplate): string[] {
  const names: string[] = [];
  for (const segment of template.segments) {
    if (segment.kind === "parameter") names.push(segment.name);
    else if (segment.kind === "mixed")
      for (const part of segment.parts) if ("parameter" in part) names.push(part.parameter);
  }
  if (template.tail?.name !== undefined) names.push(template.tail.name);
  return names;
}

interface Search {
  readonly method: string;
  readonly path: string;
  readonly url: RequestUrl;
  /** Values of parameters on the way here. */
  readonly values: string[];
}

/** @param at where the next segment starts; beyond the end of the path when none is left */
function find(node: Node, search: Search, at: number): OperationMatch | undefined {
  const { path, values } = search;
  if (at > path.length) {
    const found = node.leaf && choose(node.leaf, search, undefined);
    return found ?? findTail(node, search, at);
  }
  const slash = path.indexOf("/", at);
  const end = slash < 0 ? path.length : slash;
  const segment = path.slice(at, end);
  const lower = segment.toLowerCase();
  const literal = node.literals.get(lower);
  if (literal !== undefined) {
    const found = find(literal, search, end + 1);
    if (found !== undefined) return found;
  }
  for (const { parts, node: next } of node.mixed) {
    const matched = matchParts(parts, segment, lower);
    if (matched === undefined) continue;
    values.push(...matched);
    const found = find(next, search, end + 1);
    if (found !== undefined) return found;
    values.length -= matched.length;
  }
  if (node.parameter !== undefined && end > at) {
    values.push(segment);
    const found = find(node.parameter, search, end + 1);
    if (found !== undefined) return found;
    values.length--;
  }
  return findTail(node, search, at);
}

function findTail(node: Node, search: Search, at: number): OperationMatch | undefined {
  if (node.tails.length === 0) return undefined;
  const rest = search.path.slice(at);
  for (const { prefix, leaf } of node.tails) {
    if (prefix !== "" && !rest.toLowerCase().startsWith(prefix)) continue;
    const found = choose(leaf, search, rest.slice(prefix.length));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The operation of a leaf that fits method and query. */
function choose(leaf: Leaf, search: Search, rest: string | undefined): OperationMatch | undefined {
  const entries = leaf.get(search.method);
  if (entries === undefined) return undefined;
  for (const entry of entries) {
    if (entry.query.length === 0) {
      const { names } = entry;
      return { operation: entry.operation, parameters: names.length === 0 ? NONE : bind(names, search.values, rest) };
    }
    const fromQuery = matchQuery(entry.query, search.url);
    if (fromQuery === undefined) continue;
    const parameters = bind(entry.names, search.values, rest);
    for (const [name, value] of fromQuery) parameters.set(name, value);
    return { operation: entry.operation, parameters };
  }
  return undefined;
}

function bind(names: readonly string[], values: readonly string[], rest: string | undefined): Map<string, string> {
  const parameters = new Map<string, string>();
  for (let i = 0; i < names.length; i++) parameters.set(names[i], decode(values[i] ?? rest ?? ""));
  return parameters;
}

/** Values for parameters named in the query of a template; undefined when one that is required is missing. */
function matchQuery(patterns: readonly QueryPattern[], url: RequestUrl): [string, string][] | undefined {
  const bound: [string, string][] = [];
  for (const pattern of patterns) {
    const values = url.parameter(pattern.name);
    if (values.length === 0) return undefined;
    if (pattern.value !== undefined && !values.includes(pattern.value)) return undefined;
    if (pattern.parameter !== undefined) bound.push([pattern.parameter, values.join(",")]);
  }
  return bound;
}

/**
 * Operations of an API, with those that pass a protocol through: SOAP and GraphQL speak to one URL whatever they ask for, a
 * WebSocket API has its handshake only, and MCP servers and agents have the endpoints of their protocols.
 */
export function operationsOf(api: Api): readonly Operation[] {
  const added = (id: string, method: string, urlTemplate: string): Operation => ({
    id,
    name: id,
    method,
    urlTemplate,
    responses: [],
    policy: undefined,
  });
  switch (api.type) {
    case "soap":
      return [...api.operations, added("soap", "POST", "/")];
    case "graphql":
      return [...api.operations, added("graphql", "POST", "/"), added("graphql", "GET", "/")];
    case "websocket": {
      const declared = api.operations.find((operation) => operation.id.toLowerCase() === "onhandshake");
      // The declared one keeps its policy; its plan is found by the object itself.
      return declared === undefined ? [added("onHandshake", "GET", "/*")] : [declared];
    }
    case "mcp":
    case "a2a":
      return [...api.operations, ...agentOperations(api)];
    default:
      return api.operations;
  }
}
