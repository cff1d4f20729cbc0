/**
 * Sections of sallyport.yaml whose entries have names of the author's: each a single value (the short form) or an object. Values may be
 * secrets, named by their source.
 */
import type { DataNode } from "../documents/data-node.ts";
import { didYouMean, Fields, type Reading, reportAt } from "../documents/fields.ts";
import { readServiceUrl } from "../service-url.ts";

/** A secret by its source, and where that stands. */
export interface SecretRef {
  readonly source: string;
  readonly node: DataNode;
}

/** One entry of a section: its name, and where the value stands. */
export interface Named {
  readonly name: string;
  readonly node: DataNode;
}

export interface Section extends Named {
  readonly root: Fields;
  /** The long form; undefined when the entry is a single value. */
  readonly fields: Fields | undefined;
}

export function entriesOf(root: Fields, section: string, known: readonly string[]): Section[] {
  return root.entries(section).flatMap(([name, node]): Section[] => {
    if (node.kind === "scalar" && node.value !== null) return [{ name, node, root, fields: undefined }];
    if (node.kind !== "object") {
      reportAt(
        root.reading,
        node,
        "SP1004",
        `"${section}.${name}" must be a text, or an object with ${known.join(", ")}`,
      );
      return [];
    }
    const fields = new Fields(root.reading, node, `${section}.${name}.`);
    fields.rejectUnknown(known);
    return [{ name, node, root, fields }];
  });
}

export function secret(fields: Fields, name: string): SecretRef | undefined {
  const node = fields.get(name);
  return node === undefined || fields.string(name) === undefined ? undefined : secretOf(node);
}

export function secretOf(node: DataNode): SecretRef | undefined {
  return node.kind === "scalar" ? { source: node.text, node } : undefined;
}

export function urlOf(root: Fields, path: string, node: DataNode | undefined): string | undefined {
  if (node?.kind !== "scalar") return undefined;
  const read = readServiceUrl(node.text);
  if ("url" in read) return read.url;
  reportAt(root.reading, node, "SP1006", `The URL of "${path}" ${read.problem}`);
  return undefined;
}

/** A name that the extract lacks and that is close to one it has is surely a slip. */
export function warnOfNewName(
  reading: Reading,
  kind: string,
  { name, node }: { readonly name: string; readonly node: { readonly start: number; readonly end: number } },
  names: Iterable<string>,
): void {
  const hint = didYouMean(name, names);
  if (hint === undefined) return;
  reportAt(reading, node, "SP1102", `The extract has no ${kind} "${name}": it is added`, hint, "warning");
}
