/** JSONPath as Json.NET reads it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CsException } from "../runtime/values.ts";
import { parseJson } from "./json-loading.ts";
import { selectToken, selectTokens } from "./json-path-filters.ts";

const store = parseJson(`{
  "a": { "b": [ { "c": 5 } ], "b.c": 1 },
  "i": [1, 2, 3, 4],
  "items": [ { "n": "x", "p": 5, "t": ["red"] }, { "n": "y", "p": 15 }, { "n": "Zed", "p": 15.0, "d": "2024-01-02T03:04:05Z" } ]
}`);

function select(path: string): string {
  return [...selectTokens(store, path)].map((t) => t.toJson()).join(" ");
}

test("paths and what they find", () => {
  const cases: [path: string, found: string][] = [
    ["a.b[0].c", "5"],
    ["$.a.b[0].c", "5"],
    ["$['a']['b'][0]['c']", "5"],
    ["a['b.c']", "1"],
    ["x.y", ""],
    ["i[*]", "1 2 3 4"],
    ["i[1:3]", "2 3"],
    ["i[-2:]", "3 4"],
    ["i[::2]", "1 3"],
    ["i[::-1]", "4 3 2 1"],
    ["i[0,2]", "1 3"],
    ["i[5]", ""],
    ["items[*].n", '"x" "y" "Zed"'],
    ["items[*]['n','p']", '"x" 5 "y" 15 "Zed" 15.0'],
    ["$..n", '"x" "y" "Zed"'],
    ["$..b[0]..c", "5"],
    ["$.items[?(@.p > 10)].n", '"y" "Zed"'],
    ["$.items[?(@.p == 15)].n", '"y" "Zed"'],
    ["$.items[?(@.p === 15)].n", '"y" "Zed"'],
    ["$.items[?(@.t)].n", '"x"'],
    ["$.items[?(@.n == 'x' || @.n == 'y')].p", "5 15"],
    ["$.items[?(@.n != 'x' && @.p >= 15)].n", '"y" "Zed"'],
    ["$.items[?(@.n =~ /^z/i)].n", '"Zed"'],
    ["$.items[?(@.d == '2024-01-02T03:04:05Z')].n", '"Zed"'],
    ["$.items[?(@.p > $.a.b[0].c)].n", '"y" "Zed"'],
    ["$.i[?(@ < 3)]", "1 2"],
    ["$..[?(@.c == 5)]", '{"c":5}'],
    ["$.items[?(@.t[?(@ == 'red')])].n", '"x"'],
  ];
  for (const [path, found] of cases) assert.equal(select(path), found, path);
  assert.equal(selectToken(store, "$"), store);
  assert.equal(selectToken(store, ""), store);
});

test("a found token knows its path", () => {
  assert.equal(selectToken(store, "$..c")?.path, "a.b[0].c");
  assert.equal(selectToken(store, "a['b.c']")?.path, "a['b.c']");
});

function failure(path: string, strict = false): string {
  try {
    selectToken(store, path, strict);
  } catch (error) {
    assert.ok(error instanceof CsException, String(error));
    return error.message;
  }
  return assert.fail(`${path} was read`);
}

test("malformed paths", () => {
  const cases: [path: string, message: string][] = [
    ["i[", "Path ended with open indexer."],
    ["i[1", "Path ended with open indexer."],
    ["i[]", "Array index expected."],
    ["i[x]", "Unexpected character while parsing path indexer: x"],
    ["i[1]x", "Unexpected character following indexer: x"],
    ["a.", "Unexpected end while parsing path."],
    ["a]", "Unexpected character while parsing path: ]"],
    ["$.items[?(@.p > )]", "Unexpected character while parsing path query: )"],
    ["$.items[?(@.p ~ 1)]", "Could not read query operator."],
    ["$.items[?(@.n == 'x]", "Path ended with an open string."],
    ["$.items[?(@.n =~ /x)]", "Path ended with an open regex."],
    ["$.items[?(@.p", "Path ended with open query."],
    ["i[::0]", "Step cannot be zero."],
    ["i[*]", "Path returned multiple tokens."],
    [
      "i[-1]",
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
    ],
  ];
  for (const [path, message] of cases) assert.equal(failure(path), message, path);
});

test("errorWhenNoMatch says where the path ends", () => {
  assert.equal(failure("x.y", true), "Property 'x' does not exist on JObject.");
  assert.equal(failure("i[9]", true), "Index 9 outside the bounds of JArray.");
  assert.equal(failure("i.x", true), "Property 'x' not valid on JArray.");
  assert.equal(failure("a[0]", true), "Index 0 not valid on JObject.");
});

test("nested queries are bounded", () => {
  assert.match(failure("[?(@".repeat(10_000)), /nested|open/);
});
