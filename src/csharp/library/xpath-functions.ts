/** The function library of XPath 1.0 (https://www.w3.org/TR/1999/REC-xpath-19991116/#corelib). */
import { XAttribute } from "./xattribute.ts";
import { XElement } from "./xelement.ts";
import type { XObject } from "./xobject.ts";
import { xpathError } from "./xpath-parser.ts";
import { isNodes, nodeText, asBoolean, asNumber, asText, type XPathValue } from "./xpath-values.ts";
import { XProcessingInstruction } from "./xprocessing-instruction.ts";

/** Where an expression is evaluated. */
export interface Context {
  readonly node: XObject;
  /** From 1. */
  readonly position: number;
  readonly size: number;
}

type Function = (context: Context, args: readonly XPathValue[]) => XPathValue;

/** Name, least and greatest number of arguments, function. */
const functions = new Map<string, readonly [least: number, most: number, run: Function]>([
  ["last", [0, 0, ({ size }) => size]],
  ["position", [0, 0, ({ position }) => position]],
  ["count", [1, 1, (_, [nodes]) => nodesOf(nodes).length]],
  ["local-name", [0, 1, (c, args) => nameOf(firstNode(c, args)).local]],
  ["namespace-uri", [0, 1, (c, args) => nameOf(firstNode(c, args)).uri]],
  ["name", [0, 1, (c, args) => qualifiedName(firstNode(c, args))]],
  ["string", [0, 1, (c, args) => text(c, args)]],
  ["concat", [2, Number.POSITIVE_INFINITY, (_, args) => args.map(asText).join("")]],
  ["starts-with", [2, 2, (_, [a, b]) => asText(a).startsWith(asText(b))]],
  ["contains", [2, 2, (_, [a, b]) => asText(a).includes(asText(b))]],
  ["substring-before", [2, 2, (_, [a, b]) => before(asText(a), asText(b))]],
  ["substring-after", [2, 2, (_, [a, b]) => after(asText(a), asText(b))]],
  ["substring", [2, 3, (_, [a, from, length]) => substring(asText(a), asNumber(from), length)]],
  ["string-length", [0, 1, (c, args) => text(c, args).length]],
  [
    "normalize-space",
    [
      0,
      1,
      (c, args) =>
        text(c, args)
          .trim()
          .replace(/[ \t\r\n]+/g, " "),
    ],
  ],
  ["translate", [3, 3, (_, args) => translate(...(args.map(asText) as [string, string, string]))]],
  ["boolean", [1, 1, (_, [value]) => asBoolean(value)]],
  ["not", [1, 1, (_, [value]) => !asBoolean(value)]],
  ["true", [0, 0, () => true]],
  ["false", [0, 0, () => false]],
  ["number", [0, 1, (c, args) => asNumber(args.length === 0 ? [c.node] : args[0])]],
  ["sum", [1, 1, (_, [nodes]) => nodesOf(nodes).reduce((sum, node) => sum + asNumber(nodeText(node)), 0)]],
  ["floor", [1, 1, (_, [value]) => Math.floor(asNumber(value))]],
  ["ceiling", [1, 1, (_, [value]) => Math.ceil(asNumber(value))]],
  ["round", [1, 1, (_, [value]) => Math.round(asNumber(value))]],
]);

export function callFunction(name: string, context: Context, args: readonly XPathValue[]): XPathValue {
  const found = functions.get(name);
  if (!found) {
    throw xpathError(
      "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.",
    );
  }
  const [least, most, run] = found;
  if (args.length < least || args.length > most)
    throw xpathError(`Function '${name}' in the query has an invalid number of arguments.`);
  return run(context, args);
}

function nodesOf(value: XPathValue): readonly XObject[] {
  if (!isNodes(value)) throw xpathError("Expression must evaluate to a node-set.");
  return value;
}

function firstNode(context: Context, args: readonly XPathValue[]): XObject | undefined {
  return args.length === 0 ? context.node : nodesOf(args[0])[0];
}

function text(context: Context, args: readonly XPathValue[]): string {
  return args.length === 0 ? nodeText(context.node) : asText(args[0]);
}

function nameOf(node: XObject | undefined): { readonly local: string; readonly uri: string } {
  if (node instanceof XElement || node instanceof XAttribute) return node.name;
  return { local: node instanceof XProcessingInstruction ? node.target : "", uri: "" };
}

/** `prefix:local` with the prefix that the namespace has at the node. */
export function qualifiedName(node: XObject | undefined): string {
  const { local, uri } = nameOf(node);
  const holder = node instanceof XElement ? node : node?.parent;
  if (uri === "" || !(holder instanceof XElement)) return local;
  const isDefault = node instanceof XElement && node.namespaceOf("xmlns") === uri;
  const prefix = isDefault ? null : holder.prefixOf(uri);
  return prefix === null ? local : `${prefix}:${local}`;
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? "" : text.slice(0, at);
}

function after(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? "" : text.slice(at + mark.length);
}

/** Positions count from 1 and are rounded; NaN gives nothing. */
function substring(text: string, from: number, length: XPathValue | undefined): string {
  const start = Math.round(from);
  const end = length === undefined ? Number.POSITIVE_INFINITY : start + Math.round(asNumber(length));
  if (Number.isNaN(start) || Number.isNaN(end)) return "";
  return text.slice(Math.max(start - 1, 0), Math.max(Math.min(end - 1, text.length), 0));
}

function translate(text: string, from: string, to: string): string {
  let result = "";
  for (const c of text) {
    const at = from.indexOf(c);
    if (at < 0) result += c;
    else if (at < to.length) result += to[at];
  }
  return result;
}
