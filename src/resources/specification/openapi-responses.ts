/**
 * Responses of an OpenAPI operation with an example per content type: the author's own, else a sample made from the
 * schema.
 */
import type { OperationResponse } from "../snapshot.ts";
import { type DataNode, child, stringOf, toPlain } from "../documents/data-node.ts";
import { dereference, sampleOf } from "./schema-sample.ts";

type Representation = OperationResponse["representations"][number];

export function responsesOf(root: DataNode, operation: DataNode): readonly OperationResponse[] {
  const responses = child(operation, "responses");
  if (responses?.kind !== "object") return [];
  return [...responses.entries].flatMap(([code, entry]) => {
    // `default` and ranges such as 4XX name no status that could be mocked.
    if (!/^[1-5]\d\d$/.test(code)) return [];
    const response = dereference(root, entry.value);
    const description = stringOf(child(response, "description")) ?? "";
    return [{ status: Number(code), description, representations: representationsOf(root, operation, response) }];
  });
}

function representationsOf(root: DataNode, operation: DataNode, response: DataNode | undefined): Representation[] {
  const content = child(response, "content");
  if (content?.kind === "object") {
    return [...content.entries].map(([contentType, entry]) => {
      const media = dereference(root, entry.value);
      return {
        contentType,
        example: textFor(contentType, exampleOf(root, media), () => sampleOf(root, child(media, "schema"))),
      };
    });
  }
  return representationsOfVersion2(root, operation, response);
}

/** `example`, or the first of `examples`. */
function exampleOf(root: DataNode, media: DataNode | undefined): DataNode | undefined {
  const single = child(media, "example");
  if (single !== undefined) return single;
  const examples = child(media, "examples");
  if (examples?.kind !== "object") return undefined;
  for (const entry of examples.entries.values()) {
    const value = child(dereference(root, entry.value), "value");
    if (value !== undefined) return value;
  }
  return undefined;
}

/** OpenAPI 2.0: one schema per response, examples by content type, content types from `produces`. */
function representationsOfVersion2(
  root: DataNode,
  operation: DataNode,
  response: DataNode | undefined,
): Representation[] {
  const examples = child(response, "examples");
  const schema = child(response, "schema");
  const given = examples?.kind === "object" ? [...examples.entries.keys()] : [];
  const produces = child(operation, "produces") ?? child(root, "produces");
  const declared = produces?.kind === "list" ? produces.items.flatMap((item) => stringOf(item) ?? []) : [];
  if (given.length === 0 && schema === undefined) return [];
  const contentTypes = new Set([...given, ...(schema === undefined ? [] : declared)]);
  if (contentTypes.size === 0) contentTypes.add("application/json");
  return [...contentTypes].map((contentType) => ({
    contentType,
    example: textFor(contentType, child(examples, contentType), () => sampleOf(root, schema)),
  }));
}

/** An example as the text of a body. A text stands for itself; any other value can only be written as JSON. */
export function textFor(contentType: string, example: DataNode | undefined, sample: () => unknown): string | undefined {
  const isJson = /[/+]json\b/i.test(contentType);
  const value = example === undefined ? sample() : toPlain(example);
  if (value === undefined) return undefined;
  if (typeof value === "string") return isJson && !isJsonText(value) ? JSON.stringify(value) : value;
  if (isJson) return JSON.stringify(value, null, 2);
  return typeof value === "object" ? undefined : String(value);
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
