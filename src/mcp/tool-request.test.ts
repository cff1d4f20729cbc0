import assert from "node:assert/strict";
import { test } from "node:test";
import type { McpTool, ToolBody, ToolParameter } from "../resources/agent-protocols.ts";
import { ArgumentError, toolRequest } from "./tool-request.ts";

function parameter(
  name: string,
  location: ToolParameter["location"],
  more: Partial<ToolParameter> = {},
): ToolParameter {
  return { argument: name, name, location, isRequired: false, explodes: true, ...more };
}

function tool(parameters: readonly ToolParameter[], body?: ToolBody): McpTool {
  return { name: "t", description: "", api: "a", operation: "o", input: { parameters, body, schema: "{}" } };
}

const json = (isRequired = true): ToolBody => ({ argument: "body", contentType: "application/json", isRequired });

test("paths: segments, parts of segments, wildcards", () => {
  const cases: [template: string, args: object, path: string][] = [
    ["/a/{x}/b", { x: "1 2" }, "/a/1%202/b"],
    ["/a/{x}.json", { x: "é/ü" }, "/a/%C3%A9%2F%C3%BC.json"],
    ["/files/{*x}", { x: "/one/two words" }, "/files/one/two%20words"],
    ["/a/{x}", { x: true }, "/a/true"],
    ["/a/{x}", { x: [1, 2] }, "/a/1%2C2"],
    ["/a", {}, "/a"],
  ];
  for (const [template, args, path] of cases)
    assert.equal(toolRequest(tool([parameter("x", "path")]), template, args as Record<string, unknown>).path, path);
});

test("paths: nothing and dots are refused, in wildcards too", () => {
  for (const x of ["", ".", "..", "a/../b", "a//b", "a/."])
    assert.throws(() => toolRequest(tool([parameter("x", "path")]), "/f/{*x}", { x }), ArgumentError, x);
});

test("queries: lists, fixed pairs, objects; names are the API's", () => {
  const parameters = [
    parameter("$top", "query", { argument: "_top" }),
    parameter("many", "query"),
    parameter("joined", "query", { explodes: false }),
    parameter("filter", "query"),
  ];
  const args = { _top: 5, many: ["a", "b&c"], joined: ["a", "b"], filter: { a: 1 } };
  const { query } = toolRequest(tool(parameters), "/x?api=1&top={$top}", args);
  assert.equal(query, "api=1&%24top=5&many=a&many=b%26c&joined=a%2Cb&filter=%7B%22a%22%3A1%7D");
});

test("bodies: JSON, forms, texts", () => {
  const form = { argument: "body", contentType: "application/x-www-form-urlencoded", isRequired: true };
  const plain = { argument: "body", contentType: "text/csv", isRequired: false };
  const bodyOf = (body: ToolBody, args: Record<string, unknown>) => toolRequest(tool([], body), "/", args).body?.text;
  assert.equal(bodyOf(json(), { body: { a: [1] } }), '{"a":[1]}');
  assert.equal(bodyOf(json(), { body: null }), "null");
  assert.equal(bodyOf(form, { body: { a: "1&2", b: 3 } }), "a=1%262&b=3");
  assert.equal(bodyOf(plain, { body: "a,b" }), "a,b");
  assert.equal(bodyOf(plain, {}), undefined);
  assert.throws(() => bodyOf(json(), {}), /"body" is missing/);
  assert.throws(() => bodyOf(form, { body: "a=1" }), /must be an object/);
  assert.throws(() => bodyOf(plain, { body: 5 }), /must be a text/);
});

test("arguments by the names of objects are no arguments", () => {
  const hostile = JSON.parse('{"__proto__":{"x":"1"}}') as Record<string, unknown>;
  assert.throws(() => toolRequest(tool([parameter("x", "query")]), "/", hostile), /no argument "__proto__"/);
  const required = tool([parameter("toString", "query", { isRequired: true })]);
  assert.throws(() => toolRequest(required, "/", {}), /"toString" is missing/);
});

test("lone surrogates do not end a call", () => {
  assert.equal(toolRequest(tool([parameter("x", "query")]), "/", { x: "\ud800" }).query, "x=%EF%BF%BD");
});
