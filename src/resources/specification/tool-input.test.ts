import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../documents/json.ts";
import { child, type DataNode } from "../documents/data-node.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { openApiInput, toolInput } from "./tool-input.ts";

function treeOf(value: unknown): DataNode {
  const parsed = parseJson(JSON.stringify(value));
  assert.ok("root" in parsed);
  return parsed.root;
}

function schemaOf(schema: object, components: object = {}): object {
  const root = treeOf({ schema, components: { schemas: components } });
  return jsonSchemaOf(root, child(root, "schema"));
}

/** The schema of a tool for `post` of `/x` in a document. */
function input(path: object, operation: object, template = "/x", more: object = {}) {
  const root = treeOf({ path, operation, ...more });
  const read = openApiInput(root, child(root, "path") as DataNode, child(root, "operation") as DataNode);
  const made = toolInput(read, template);
  return { ...made, schema: JSON.parse(made.schema) as object, description: read.description };
}

test("schemas become JSON Schema: bounds, null, references, what only answers have", () => {
  assert.deepEqual(
    schemaOf(
      {
        type: "object",
        required: ["id", "n"],
        xml: { name: "x" },
        properties: {
          id: { type: "string", readOnly: true },
          n: { type: "number", minimum: 1, exclusiveMinimum: true, maximum: 9, nullable: true },
          m: { type: "number", exclusiveMaximum: 3 },
          one: { $ref: "#/components/schemas/One" },
          lost: { $ref: "https://elsewhere.example/x" },
          map: { type: "object", additionalProperties: { type: "integer" } },
          any: { oneOf: [{ type: "string" }, { type: "integer" }] },
        },
        additionalProperties: false,
      },
      { One: { type: "string", enum: ["a"], description: "One.", example: "a" } },
    ),
    {
      type: "object",
      properties: {
        n: { type: ["number", "null"], exclusiveMinimum: 1, maximum: 9 },
        m: { type: "number", exclusiveMaximum: 3 },
        one: { type: "string", description: "One.", enum: ["a"] },
        lost: {},
        map: { type: "object", additionalProperties: { type: "integer" } },
        any: { oneOf: [{ type: "string" }, { type: "integer" }] },
      },
      required: ["n"],
      additionalProperties: false,
    },
  );
});

test("a schema that contains itself many times over stays small", () => {
  const properties = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { $ref: "#/components/schemas/T" }]));
  const other = Object.fromEntries(["e", "f", "g", "h"].map((name) => [name, { $ref: "#/components/schemas/S" }]));
  const text = JSON.stringify(
    schemaOf({ $ref: "#/components/schemas/T" }, { T: { properties: other }, S: { properties } }),
  );
  assert.ok(text.length < 2_000, `${text.length}`);
});

test("parameters of OpenAPI 2 have their type beside their name; forms are bodies", () => {
  const { schema, parameters, body } = input(
    {},
    {
      parameters: [
        {
          name: "ids",
          in: "query",
          type: "array",
          items: { type: "integer" },
          collectionFormat: "multi",
          required: true,
        },
        { name: "tags", in: "query", type: "array", items: { type: "string" } },
        { name: "note", in: "formData", type: "string", required: true, description: "A note." },
      ],
    },
  );
  assert.deepEqual(schema, {
    type: "object",
    properties: {
      ids: { type: "array", items: { type: "integer" } },
      tags: { type: "array", items: { type: "string" } },
      body: { type: "object", properties: { note: { type: "string", description: "A note." } }, required: ["note"] },
    },
    required: ["ids", "body"],
  });
  assert.deepEqual(
    parameters.map((p) => p.explodes),
    [true, false],
  );
  assert.deepEqual(body, { argument: "body", contentType: "application/x-www-form-urlencoded", isRequired: true });
});

test("the operation's own parameters go before the path's; credentials are no arguments; the template's are required", () => {
  const { schema, description } = input(
    { parameters: [{ name: "q", in: "query", schema: { type: "string" } }] },
    {
      summary: "Finds.",
      parameters: [
        { name: "q", in: "query", description: "What.", schema: { type: "integer" } },
        { name: "AUTHORIZATION", in: "header", schema: { type: "string" } },
        { name: "bad header", in: "header", schema: { type: "string" } },
        { name: "session", in: "cookie", schema: { type: "string" } },
      ],
    },
    "/x/{id}?q={q}",
  );
  assert.equal(description, "Finds.");
  assert.deepEqual(schema, {
    type: "object",
    properties: { q: { type: "integer", description: "What." }, id: { type: "string" } },
    required: ["q", "id"],
  });
});

test("JSON is taken before forms, forms before texts; names of arguments are told apart", () => {
  const content = {
    "text/plain": {},
    "application/x-www-form-urlencoded": {},
    "application/merge-patch+json": { schema: { type: "object" } },
  };
  const { schema, body } = input(
    {},
    {
      parameters: [
        { name: "body", in: "query", schema: { type: "string" } },
        { name: "a b", in: "query", schema: { type: "string" } },
        { name: "a_b", in: "query", schema: { type: "string" } },
      ],
      requestBody: { content },
    },
  );
  assert.deepEqual(Object.keys((schema as { properties: object }).properties), ["body", "a_b", "a_b_2", "body_2"]);
  assert.deepEqual(body, { argument: "body_2", contentType: "application/merge-patch+json", isRequired: false });
});

test("a schema that is too large says its names alone", () => {
  const parameters = [{ name: "q", in: "query", schema: { type: "string", description: "x".repeat(70_000) } }];
  assert.deepEqual(input({}, { parameters }).schema, { type: "object", properties: { q: {} }, required: [] });
});
