import assert from "node:assert/strict";
import { test } from "node:test";
import { Diagnostics } from "../../base/diagnostic.ts";
import { SourceText } from "../../base/source-text.ts";
import { parseJson } from "../documents/json.ts";
import type { OperationDraft } from "./draft.ts";
import { readOpenApi } from "./openapi.ts";

function read(document: unknown): { operations: readonly OperationDraft[]; said: string[] } {
  const text = JSON.stringify(document, null, 1);
  const parsed = parseJson(text);
  assert.ok("root" in parsed);
  const diagnostics = new Diagnostics();
  const operations = readOpenApi({
    root: parsed.root,
    reading: { source: new SourceText(text, "specification.json"), diagnostics },
  });
  return { operations, said: diagnostics.list.map((d) => `${d.line}:${d.column} ${d.message}`) };
}

function openapi(paths: unknown, more: object = {}): unknown {
  return { openapi: "3.0.1", info: { title: "T", version: "1" }, paths, ...more };
}

const OK = { responses: { 200: { description: "Fine" } } };

test("method, path, name and id of each operation", () => {
  const { operations } = read(
    openapi({
      "/items": { get: { operationId: "GetItems_V1", summary: "Get items", ...OK }, post: OK },
      "/files/*": { delete: { operationId: "delete-file", ...OK } },
    }),
  );
  assert.deepEqual(
    operations.map((o) => [o.id, o.originalId, o.name, o.method, o.urlTemplate]),
    [
      ["getitems-v1", "GetItems_V1", "Get items", "GET", "/items"],
      ["post-items", undefined, "post-items", "POST", "/items"],
      ["delete-file", "delete-file", "delete-file", "DELETE", "/files/*"],
    ],
  );
});

test("ids: dashes are single, trimmed, cut at 76, and doubles are numbered", () => {
  const { operations } = read(
    openapi({
      "/a": { get: { operationId: "--Über  das/Meer!", ...OK } },
      "/b": { get: { operationId: "x".repeat(100), ...OK } },
      "/c": { get: { operationId: "same", ...OK } },
      "/d": { get: { operationId: "Same", ...OK } },
      "/e": { get: { operationId: "SAME", ...OK } },
    }),
  );
  assert.deepEqual(
    operations.map((o) => o.id),
    ["ber-das-meer", "x".repeat(76), "same", "same-1", "same-2"],
  );
});

test("required query parameters become template parameters, optional ones and other places do not", () => {
  const query = (name: string, required: boolean) => ({ name, in: "query", required, schema: { type: "string" } });
  const { operations } = read(
    openapi({
      "/search": {
        get: {
          parameters: [query("q", true), query("page", false), { name: "x", in: "header", required: true }],
          ...OK,
        },
      },
    }),
  );
  assert.equal(operations[0].urlTemplate, "/search?q={q}");
});

test("parameters of the path item count, the operation's own come first, references are followed", () => {
  const { operations } = read(
    openapi(
      {
        "/s/{id}": {
          parameters: [
            { name: "tenant", in: "query", required: true },
            { name: "api-version", in: "query", required: true },
            { name: "id", in: "query", required: true },
          ],
          get: { parameters: [{ $ref: "#/components/parameters/tenant" }], ...OK },
          put: OK,
        },
      },
      { components: { parameters: { tenant: { name: "tenant", in: "query", required: false } } } },
    ),
  );
  assert.deepEqual(
    operations.map((o) => o.urlTemplate),
    ["/s/{id}?api-version={api-version}", "/s/{id}?tenant={tenant}&api-version={api-version}"],
  );
});

test("x-ms-paths tell operations on one path apart by query", () => {
  const { operations } = read(openapi({}, { "x-ms-paths": { "/op?action=start": { post: OK } } }));
  assert.equal(operations[0].urlTemplate, "/op?action=start");
});

test("responses: the author's example, else the first of examples, else a sample of the schema", () => {
  const json = (media: object) => ({ content: { "application/json": media } });
  const { operations } = read(
    openapi(
      {
        "/a": {
          get: {
            responses: {
              200: { description: "A", ...json({ example: { a: 1 }, schema: { type: "string" } }) },
              201: { description: "B", ...json({ examples: { one: { value: [1] }, two: { value: [2] } } }) },
              202: { description: "C", ...json({ schema: { $ref: "#/components/schemas/Item" } }) },
              204: { description: "D" },
              default: { description: "never" },
              "5XX": { description: "never" },
            },
          },
        },
      },
      {
        components: {
          schemas: {
            Item: {
              type: "object",
              properties: {
                id: { type: "integer", minimum: 5 },
                name: { type: "string", example: "Ada" },
                at: { type: "string", format: "date-time" },
                tags: { type: "array", items: { type: "string", enum: ["new", "old"] } },
                parent: { $ref: "#/components/schemas/Item" },
                price: {
                  allOf: [
                    { type: "object", properties: { amount: { type: "number" } } },
                    { type: "object", properties: { currency: { default: "EUR" } } },
                  ],
                },
                kind: { oneOf: [{ type: "boolean" }, { type: "string" }] },
                note: { type: ["null", "string"] },
              },
            },
          },
        },
      },
    ),
  );
  const responses = operations[0].responses.map((r) => [
    r.status,
    r.description,
    r.representations.map((p) => p.example && JSON.parse(p.example)),
  ]);
  assert.deepEqual(responses, [
    [200, "A", [{ a: 1 }]],
    [201, "B", [[1]]],
    [
      202,
      "C",
      [
        {
          id: 5,
          name: "Ada",
          at: "2024-01-01T00:00:00Z",
          tags: ["new"],
          price: { amount: 0, currency: "EUR" },
          kind: true,
          note: "string",
        },
      ],
    ],
    [204, "D", []],
  ]);
});

test("an example that is JSON text stays as it is; a text in another type too; an object has no text in XML", () => {
  const example = (contentType: string, value: unknown) =>
    read(
      openapi({
        "/a": { get: { responses: { 200: { description: "", content: { [contentType]: { example: value } } } } } },
      }),
    ).operations[0].responses[0].representations[0].example;
  assert.equal(example("application/json", '{"a":1}'), '{"a":1}');
  assert.equal(example("application/problem+json", "gone"), '"gone"');
  assert.equal(example("text/xml", "<a/>"), "<a/>");
  assert.equal(example("text/xml", { a: 1 }), undefined);
  assert.equal(example("text/plain", 5), "5");
});

test("OpenAPI 2.0: produces, examples by content type, schema", () => {
  const { operations } = read({
    swagger: "2.0",
    produces: ["application/json"],
    paths: {
      "/a": {
        get: {
          responses: {
            200: { description: "A", schema: { $ref: "#/definitions/A" }, examples: { "text/plain": "hi" } },
          },
        },
      },
    },
    definitions: { A: { properties: { ok: { type: "boolean" } } } },
  });
  assert.deepEqual(operations[0].responses[0].representations, [
    { contentType: "text/plain", example: "hi" },
    { contentType: "application/json", example: '{\n  "ok": true\n}' },
  ]);
});

test("a schema that contains itself many times over is sampled in bounds", () => {
  const node = {
    properties: Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`p${i}`, { $ref: `#/components/schemas/S${i}` }]),
    ),
  };
  const schemas = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`S${i}`, node]));
  const { operations } = read(
    openapi(
      {
        "/a": {
          get: {
            responses: {
              200: {
                description: "",
                content: { "application/json": { schema: { $ref: "#/components/schemas/S0" } } },
              },
            },
          },
        },
      },
      { components: { schemas } },
    ),
  );
  assert.ok((operations[0].responses[0].representations[0].example?.length ?? 0) < 1_000_000);
});

test("references outside the document, in circles or to nothing give no sample and no failure", () => {
  const schema = (ref: string) => ({
    "/a": {
      get: { responses: { 200: { description: "", content: { "application/json": { schema: { $ref: ref } } } } } },
    },
  });
  for (const ref of ["other.json#/A", "#/components/schemas/Loop", "#/nowhere"]) {
    const { operations } = read(
      openapi(schema(ref), { components: { schemas: { Loop: { $ref: "#/components/schemas/Loop" } } } }),
    );
    assert.equal(operations[0].responses[0].representations[0].example, undefined);
  }
});

test("what is no OpenAPI document says so", () => {
  assert.deepEqual(read({ hello: 1 }).said, ['1:1 Neither "openapi" nor "swagger" says what this is']);
  assert.deepEqual(read({ openapi: "4.0.0", paths: {} }).said, ["1:1 OpenAPI 4.0.0 is not supported"]);
});

test("a path without leading slash is a mistake at its name", () => {
  assert.deepEqual(read({ openapi: "3.0.0", paths: { items: { get: OK } } }).said, [
    '4:3 The path "items" does not begin with a slash',
  ]);
});
