/**
 * A schema of an OpenAPI document as a JSON schema that stands alone: references put in, OpenAPI's own words left out or said in JSON
 * Schema's. What is too deep, too large or refers to itself becomes "anything".
 */
import { type DataNode, child, stringOf, toPlain } from "../documents/data-node.ts";
import { dereference } from "./schema-sample.ts";

const MAX_DEPTH = 16;
/** Schemas within one schema. */
const MAX_SCHEMAS = 1_000;

/** Keywords that mean the same in both. */
const KEPT = [
  "title",
  "description",
  "format",
  "default",
  "enum",
  "const",
  "multipleOf",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "deprecated",
];
const LISTS = ["allOf", "anyOf", "oneOf"];

type JsonSchema = Record<string, unknown>;

export function jsonSchemaOf(root: DataNode, schema: DataNode | undefined): JsonSchema {
  return new Converter(root).convert(schema, 0);
}

class Converter {
  readonly #root: DataNode;
  readonly #open = new Set<DataNode>();
  #schemas = 0;

  constructor(root: DataNode) {
    this.#root = root;
  }

  convert(node: DataNode | undefined, depth: number): JsonSchema {
    const schema = dereference(this.#root, node);
    if (schema?.kind !== "object" || this.#open.has(schema) || depth > MAX_DEPTH || ++this.#schemas > MAX_SCHEMAS)
      return {};
    this.#open.add(schema);
    const result = this.#converted(schema, depth);
    this.#open.delete(schema);
    return result;
  }

  #converted(schema: DataNode, depth: number): JsonSchema {
    const entries: [string, unknown][] = [];
    const type = typeOf(schema);
    if (type !== undefined) entries.push(["type", type]);
    for (const name of KEPT) {
      const value = child(schema, name);
      if (value !== undefined) entries.push([name, toPlain(value)]);
    }
    entries.push(...bound(schema, "minimum", "exclusiveMinimum"), ...bound(schema, "maximum", "exclusiveMaximum"));
    for (const name of LISTS) {
      const list = child(schema, name);
      if (list?.kind === "list") entries.push([name, list.items.map((item) => this.convert(item, depth + 1))]);
    }
    for (const name of ["not", "items"]) {
      const inner = child(schema, name);
      if (inner?.kind === "object") entries.push([name, this.convert(inner, depth + 1)]);
    }
    entries.push(...this.#members(schema, depth));
    return Object.fromEntries(entries);
  }

  /** Properties that only answers have are not asked for. */
  #members(schema: DataNode, depth: number): [string, unknown][] {
    const entries: [string, unknown][] = [];
    const hidden = new Set<string>();
    const properties = child(schema, "properties");
    if (properties?.kind === "object") {
      const members: [string, unknown][] = [];
      for (const [name, { value }] of properties.entries) {
        const readOnly = child(dereference(this.#root, value), "readOnly");
        if (readOnly?.kind === "scalar" && readOnly.value === true) hidden.add(name);
        else members.push([name, this.convert(value, depth + 1)]);
      }
      entries.push(["properties", Object.fromEntries(members)]);
    }
    const required = child(schema, "required");
    if (required?.kind === "list") {
      const names = required.items.flatMap((item) => stringOf(item) ?? []).filter((name) => !hidden.has(name));
      if (names.length > 0) entries.push(["required", names]);
    }
    const additional = child(schema, "additionalProperties");
    if (additional?.kind === "object") entries.push(["additionalProperties", this.convert(additional, depth + 1)]);
    else if (additional !== undefined) entries.push(["additionalProperties", toPlain(additional)]);
    return entries;
  }
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has one type more; 2.0 has a type of its own for files. */
function typeOf(schema: DataNode): unknown {
  const type = child(schema, "type");
  if (type === undefined) return undefined;
  const plain = toPlain(type) === "file" ? "string" : toPlain(type);
  const nullable = child(schema, "nullable");
  const isNullable = nullable?.kind === "scalar" && nullable.value === true;
  return isNullable && typeof plain === "string" ? [plain, "null"] : plain;
}

/** OpenAPI 3.0 and 2.0 say with `true` that a bound is exclusive; JSON Schema has the bound there. */
function bound(schema: DataNode, inclusive: string, exclusive: string): [string, unknown][] {
  const limit = child(schema, inclusive);
  const strict = child(schema, exclusive);
  if (strict?.kind === "scalar" && typeof strict.value === "number") return [[exclusive, strict.value]];
  if (limit?.kind !== "scalar" || typeof limit.value !== "number") return [];
  return [[strict?.kind === "scalar" && strict.value === true ? exclusive : inclusive, limit.value]];
}
