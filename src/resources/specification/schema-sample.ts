/**
 * A sample value for a JSON schema of an OpenAPI document, for mock-response where the definition has no example.
 * Prefers what the author wrote (example, default, first enum member); else one plain value per type.
 */
import { type DataNode, child, stringOf, toPlain } from "../documents/data-node.ts";

/** Deepest nesting of a sample. */
const MAX_SAMPLE_DEPTH = 12;
/** Values a sample may hold. */
const MAX_SAMPLE_VALUES = 2_000;

const BY_FORMAT: ReadonlyMap<string, string> = new Map([
  ["date-time", "2024-01-01T00:00:00Z"],
  ["date", "2024-01-01"],
  ["time", "00:00:00Z"],
  ["uuid", "00000000-0000-0000-0000-000000000000"],
  ["email", "user@example.com"],
  ["uri", "https://example.com"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
]);

/** The node a `$ref` within the document names; the node itself when it has none; undefined when it leads nowhere. */
export function dereference(root: DataNode, node: DataNode | undefined): DataNode | undefined {
  let current = node;
  for (let hops = 0; hops < 20; hops++) {
    const reference = stringOf(child(current, "$ref"));
    if (reference === undefined) return current;
    if (!reference.startsWith("#/")) return undefined;
    current = root;
    for (const part of reference.slice(2).split("/")) {
      current = child(current, decodePointer(part));
    }
  }
  return undefined;
}

function decodePointer(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // A stray percent sign stands for itself.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

export function sampleOf(root: DataNode, schema: DataNode | undefined): unknown {
  return new Sampler(root).sample(schema, 0);
}

class Sampler {
  readonly #root: DataNode;
  readonly #open = new Set<DataNode>();
  #values = 0;

  constructor(root: DataNode) {
    this.#root = root;
  }

  /** Undefined where nothing can be said: no schema, a circle, too deep. */
  sample(node: DataNode | undefined, depth: number): unknown {
    const schema = dereference(this.#root, node);
    if (
      schema?.kind !== "object" ||
      this.#open.has(schema) ||
      depth > MAX_SAMPLE_DEPTH ||
      ++this.#values > MAX_SAMPLE_VALUES
    ) {
      return undefined;
    }
    for (const name of ["example", "default", "const"]) {
      const given = child(schema, name);
      if (given !== undefined) return toPlain(given);
    }
    for (const name of ["examples", "enum"]) {
      const list = child(schema, name);
      if (list?.kind === "list" && list.items.length > 0) return toPlain(list.items[0]);
    }
    this.#open.add(schema);
    const value = this.#made(schema, depth);
    this.#open.delete(schema);
    return value;
  }

  #made(schema: DataNode, depth: number): unknown {
    const all = child(schema, "allOf");
    if (all?.kind === "list") return this.#merged([...all.items], schema, depth);
    for (const name of ["oneOf", "anyOf"]) {
      const choices = child(schema, name);
      if (choices?.kind === "list" && choices.items.length > 0) return this.sample(choices.items[0], depth + 1);
    }
    const type = typeOf(schema);
    if (type === "object") return this.#properties(schema, depth);
    if (type === "array") {
      const item = this.sample(child(schema, "items"), depth + 1);
      return item === undefined ? [] : [item];
    }
    if (type === "integer" || type === "number") return lowest(schema);
    if (type === "boolean") return true;
    if (type === "string") return BY_FORMAT.get(stringOf(child(schema, "format")) ?? "") ?? "string";
    return type === "null" ? null : undefined;
  }

  #properties(schema: DataNode, depth: number): Record<string, unknown> {
    const properties = child(schema, "properties");
    const entries: [string, unknown][] = [];
    if (properties?.kind === "object") {
      for (const [name, entry] of properties.entries) {
        const value = this.sample(entry.value, depth + 1);
        if (value !== undefined) entries.push([name, value]);
      }
    }
    return Object.fromEntries(entries);
  }

  #merged(parts: DataNode[], schema: DataNode, depth: number): unknown {
    const values = parts.map((part) => this.sample(part, depth + 1));
    const objects = values.filter((v) => typeof v === "object" && v !== null && !Array.isArray(v)) as object[];
    if (objects.length === 0) return values.find((v) => v !== undefined);
    const own = child(schema, "properties") ? this.#properties(schema, depth) : {};
    return Object.fromEntries([...objects, own].flatMap((o) => Object.entries(o)));
  }
}

/** The type, or what the other keywords imply; of a list of types (OpenAPI 3.1) the first that is not null. */
function typeOf(schema: DataNode): string | undefined {
  const type = child(schema, "type");
  if (type?.kind === "list") {
    const names = type.items.map((item) => stringOf(item));
    return names.find((name) => name !== "null") ?? names[0];
  }
  return stringOf(type) ?? (child(schema, "properties") ? "object" : child(schema, "items") ? "array" : undefined);
}

function lowest(schema: DataNode): number {
  const minimum = child(schema, "minimum");
  return minimum?.kind === "scalar" && typeof minimum.value === "number" ? minimum.value : 0;
}
