import assert from "node:assert/strict";
import { test } from "node:test";
import { sallyport } from "../support/cli.ts";
import { configFolder } from "../support/config-folder.ts";

test("a value with its types", async () => {
  assert.deepEqual(await sallyport(["eval", "7 / 2"]), { code: 0, out: "3\nSystem.Int32, static type int\n", err: "" });
  assert.equal(
    (await sallyport(["eval", '@{ var x = "a"; return x + context.Request.Method; }'])).out,
    "aPOST\nSystem.String\n",
  );
  assert.equal((await sallyport(["eval", "new[] { 1, 2 }"])).out, "[1,2]\nSystem.Int32[], static type int[]\n");
  assert.equal((await sallyport(["eval", "(string)null"])).out, "null\nnull, static type string\n");
});

test("an exception: its type and message, exit code 1", async () => {
  const { code, out, err } = await sallyport(["eval", 'int.Parse("x")']);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^threw System\.FormatException: .*'x'/);
});

test("a compile error: code, place and the code itself, exit code 1", async () => {
  const { code, err } = await sallyport(["eval", "@(1 +\n  foo)"]);
  assert.equal(code, 1);
  assert.equal(
    err,
    "error CS0103: The name 'foo' does not exist in the current context\n  --> expression:2:3\n  |\n2 |   foo\n  |   ^\n",
  );
});

test("a compile error tells a way out, where there is one", async () => {
  const { err } = await sallyport(["eval", "CultureInfo.InvariantCulture"]);
  assert.match(err, /\n {2}= write System\.Globalization\.CultureInfo: its namespace is not imported\n$/);
});

test("a context from a file; one that is none is wrong usage", async () => {
  const folder = await configFolder({
    "context.json": {
      request: { url: "https://x.example/p?page=7", headers: { "X-A": "b" }, body: { n: 5 } },
      variables: { v: 1 },
    },
    "bad.json": "{",
    "list.json": "[]",
    "url.json": { request: { url: "::" } },
    "misspelt.json": { request: { hedaers: {} } },
  });
  const evaluate = (expr: string, file = "context.json") => sallyport(["eval", expr, "--context", `${folder}/${file}`]);
  assert.equal(
    (await evaluate('context.Request.Url.Query["page"][0] + context.Request.Headers["X-A"][0]')).out.split("\n")[0],
    "7b",
  );
  assert.equal(
    (await evaluate('(int)context.Request.Body.As<JObject>()["n"] + (int)context.Variables["v"]')).out.split("\n")[0],
    "6",
  );
  const misspelt = await evaluate("1", "misspelt.json");
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.err, /"request\.hedaers", which is no part of a context; did you mean request\.headers\?/);
  for (const file of ["bad.json", "list.json", "url.json", "nope.json"])
    assert.equal((await evaluate("1", file)).code, 2, file);
});

test("--batch: a line for each case, from a file or standard input", async () => {
  const lines = [
    { id: "v", expr: "x + 1", setup: "int x = 2;" },
    { id: "e", expr: 'int.Parse("x")' },
    { id: "c", expr: "nope" },
    { id: "b", expr: "context.Request.Body.As<string>()" },
    { id: "b2", expr: "context.Request.Body.As<string>()" },
  ];
  const input = `${lines.map((l) => JSON.stringify(l)).join("\n")}\n\n`;
  const { code, out } = await sallyport(["eval", "--batch", "-"], { input });
  const [v, e, c, b, b2] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(code, 0);
  assert.deepEqual(v, { id: "v", static: "int", type: "System.Int32", value: 3, str: "3" });
  assert.deepEqual([e.id, e.exception.type], ["e", "System.FormatException"]);
  assert.deepEqual([c.id, c.compileError[0].code], ["c", "CS0103"]);
  assert.equal(b.value, b2.value, "each case has a context of its own");
  const folder = await configFolder({ "cases.jsonl": input });
  assert.equal((await sallyport(["eval", "--batch", `${folder}/cases.jsonl`])).out, out);
});

test("--batch: lines that cannot be read are named, the others are answered", async () => {
  const { code, out, err } = await sallyport(["eval", "--batch", "-"], { input: 'x\n{"id":1}\n{"id":2,"expr":"1"}\n' });
  assert.equal(code, 1);
  assert.equal(
    err,
    'line 1: not of the form {"id": "...", "expr": "..."}\nline 2: not of the form {"id": "...", "expr": "..."}\n',
  );
  assert.equal(JSON.parse(out).value, 1);
});

test("a batch file that is not there is wrong usage", async () => {
  const { code, err } = await sallyport(["eval", "--batch", "no-such-file.jsonl"]);
  assert.deepEqual([code, err.split("\n")[0]], [2, "sallyport eval: no-such-file.jsonl cannot be read"]);
});

test("without an expression, from a pipe: one a line", async () => {
  const { code, out, err } = await sallyport(["eval"], { input: '1 + 1\n\nnope\ncontext.Request.Method + "!"\n' });
  assert.equal(code, 1);
  assert.equal(out, "2\nSystem.Int32, static type int\nPOST!\nSystem.String, static type string\n");
  assert.match(err, /CS0103/);
});
