/** A JSON or YAML document as a tree that remembers where each value stands, so that a mistake can be pointed at. */
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { SourceText } from "../../base/source-text.ts";

export type DataNode = ObjectNode | ListNode | ScalarNode;

export interface ObjectNode {
  readonly kind: "object";
  readonly start: number;
  readonly end: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: DataNode;
}

export interface ListNode {
  readonly kind: "list";
  readonly start: number;
  readonly end: number;
  readonly items: readonly DataNode[];
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** As written: `1.10` stays `1.10` where a text is wanted. */
  readonly text: string;
}

/** What a reader gives: the tree, or why there is none. */
export type Parsed =
  | { readonly root: DataNode }
  | { readonly problem: string; readonly offset: number; readonly hint?: string };

/** Deepest nesting accepted: no configuration needs more, and a hostile one must not exhaust the stack. */
export const MAX_DEPTH = 200;

/** Where a range of a file stands, in the words of a diagnostic. */
export function placeOf(
  source: SourceText,
  start: number,
  end = start,
): Pick<Diagnostic, "file" | "line" | "column" | "endColumn"> {
  const from = source.position(start);
  const to = source.position(end);
  const place = { file: source.file, line: from.line, column: from.column };
  return to.line === from.line && to.column > from.column ? { ...place, endColumn: to.column } : place;
}

/** The value under a key of an object; undefined when the node is none or has no such key. */
export function child(node: DataNode | undefined, key: string): DataNode | undefined {
  return node?.kind === "object" ? node.entries.get(key)?.value : undefined;
}

export function stringOf(node: DataNode | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

export function describe(node: DataNode): string {
  if (node.kind === "object") return "an object";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "null";
  return typeof node.value === "string" ? "a text" : typeof node.value === "number" ? "a number" : `${node.value}`;
}

/** The plain JavaScript value of a tree. */
export function toPlain(node: DataNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}
