/**
 * Reads typed properties of an object in a JSON or YAML document. A property of the wrong type is reported at its place
 * and counts as absent, so that one run names every mistake; `null` counts as absent too.
 */
import { closest } from "../../base/closest.ts";
import type { Diagnostics } from "../../base/diagnostic.ts";
import type { SourceText } from "../../base/source-text.ts";
import { type DataNode, describe, type ObjectNode, placeOf } from "./data-node.ts";

/** A file under reading: where mistakes are reported. */
export interface Reading {
  readonly source: SourceText;
  readonly diagnostics: Diagnostics;
}

export function reportAt(
  reading: Reading,
  range: { readonly start: number; readonly end: number },
  code: string,
  message: string,
  hint?: string,
  severity: "error" | "warning" = "error",
): void {
  const place = placeOf(reading.source, range.start, range.end);
  reading.diagnostics[severity](code, message, hint === undefined ? place : { ...place, hint });
}

export class Fields {
  readonly reading: Reading;
  readonly node: ObjectNode;
  /** What precedes a property's name in messages: `properties.`. */
  readonly #prefix: string;

  constructor(reading: Reading, node: ObjectNode, prefix = "") {
    this.reading = reading;
    this.node = node;
    this.#prefix = prefix;
  }

  /** The node of a property that is there and not null. */
  get(name: string): DataNode | undefined {
    const value = this.node.entries.get(name)?.value;
    return value?.kind === "scalar" && value.value === null ? undefined : value;
  }

  /** A text; a number or a truth value counts as written. */
  string(name: string): string | undefined {
    const node = this.get(name);
    if (node === undefined) return undefined;
    if (node.kind === "scalar") return node.text;
    return this.#wrongType(name, node, "a text");
  }

  requiredString(name: string, hint?: string): string | undefined {
    const value = this.string(name);
    if (value === undefined && this.get(name) === undefined) this.missing(name, hint);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const node = this.get(name);
    if (node === undefined) return undefined;
    if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
    return this.#wrongType(name, node, "true or false");
  }

  /** A whole number within bounds (inclusive). */
  integer(name: string, min: number, max: number): number | undefined {
    const node = this.get(name);
    if (node === undefined) return undefined;
    if (node.kind !== "scalar" || typeof node.value !== "number" || !Number.isInteger(node.value)) {
      return this.#wrongType(name, node, "a whole number");
    }
    if (node.value >= min && node.value <= max) return node.value;
    reportAt(this.reading, node, "SP1006", `"${this.path(name)}" is ${node.value}, not between ${min} and ${max}`);
    return undefined;
  }

  /** One of given words, in any case; answers the word as given. */
  oneOf<const W extends string>(name: string, words: readonly W[]): W | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found === undefined)
      this.wrongValue(name, `is "${text}", not one of ${words.join(", ")}`, didYouMean(text, words));
    return found;
  }

  object(name: string): Fields | undefined {
    const node = this.get(name);
    if (node === undefined) return undefined;
    if (node.kind === "object") return new Fields(this.reading, node, `${this.path(name)}.`);
    return this.#wrongType(name, node, "an object");
  }

  list(name: string): readonly DataNode[] {
    const node = this.get(name);
    if (node === undefined) return [];
    if (node.kind === "list") return node.items;
    this.#wrongType(name, node, "a list");
    return [];
  }

  /** A list of objects; items that are none are reported. */
  objects(name: string): readonly Fields[] {
    return this.list(name).flatMap((item, i) => {
      if (item.kind === "object") return [new Fields(this.reading, item, `${this.path(name)}[${i}].`)];
      reportAt(this.reading, item, "SP1004", `"${this.path(name)}" must hold objects, not ${describe(item)}`);
      return [];
    });
  }

  strings(name: string): readonly string[] {
    return this.list(name).flatMap((item) => {
      if (item.kind === "scalar" && item.value !== null) return [item.text];
      reportAt(this.reading, item, "SP1004", `"${this.path(name)}" must hold texts, not ${describe(item)}`);
      return [];
    });
  }

  /** The properties of an object whose names are the author's: ids, header names. */
  entries(name: string): readonly (readonly [string, DataNode])[] {
    return [...(this.object(name)?.node.entries ?? [])].map(([key, entry]) => [key, entry.value]);
  }

  /** Reports every property that is not one of `known`. */
  rejectUnknown(known: readonly string[]): void {
    for (const [name, entry] of this.node.entries) {
      if (known.includes(name)) continue;
      const hint = didYouMean(name, known) ?? `Known here: ${known.join(", ")}.`;
      const range = { start: entry.keyStart, end: entry.keyEnd };
      reportAt(this.reading, range, "SP1007", `Unknown setting "${this.path(name)}"`, hint);
    }
  }

  missing(name: string, hint?: string): void {
    const range = { start: this.node.start, end: this.node.start };
    reportAt(this.reading, range, "SP1005", `"${this.path(name)}" is missing`, hint);
  }

  wrongValue(name: string, what: string, hint?: string): void {
    reportAt(this.reading, this.get(name) ?? this.node, "SP1006", `"${this.path(name)}" ${what}`, hint);
  }

  path(name: string): string {
    return this.#prefix + name;
  }

  #wrongType(name: string, node: DataNode, wanted: string): undefined {
    reportAt(this.reading, node, "SP1004", `"${this.path(name)}" must be ${wanted}, not ${describe(node)}`);
    return undefined;
  }
}

/** The hint for a misspelt word, when one is near enough. */
export function didYouMean(word: string, words: Iterable<string>): string | undefined {
  const near = closest(word, words);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}
