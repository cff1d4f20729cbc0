import assert from "node:assert/strict";
import { test } from "node:test";
import { child, toPlain } from "./data-node.ts";
import { parseYaml } from "./yaml.ts";

function plain(text: string): unknown {
  const parsed = parseYaml(text);
  if ("problem" in parsed) assert.fail(parsed.problem);
  return toPlain(parsed.root);
}

function problem(text: string): string {
  const parsed = parseYaml(text);
  if ("root" in parsed) assert.fail("accepted");
  return `${parsed.problem} @${parsed.offset}`;
}

test("reads objects, lists and scalars with their places", () => {
  const text = "listeners:\n  - port: 8080\n    host: 127.0.0.1\n";
  assert.deepEqual(plain(text), { listeners: [{ port: 8080, host: "127.0.0.1" }] });
  const parsed = parseYaml(text);
  assert.ok("root" in parsed);
  const listeners = child(parsed.root, "listeners");
  const port = listeners?.kind === "list" ? child(listeners.items[0], "port") : undefined;
  assert.equal(text.slice(port?.start, port?.end), "8080");
});

test("names that YAML takes for numbers stay as written", () => {
  assert.deepEqual(plain("200: fine\n1.10: version"), { "200": "fine", "1.10": "version" });
});

test("texts that older YAML took for truth values stay texts", () => {
  assert.deepEqual(plain("a: yes\nb: no\nc: on"), { a: "yes", b: "no", c: "on" });
});

test("an empty file is null, and a name without a value too", () => {
  assert.equal(plain(""), null);
  assert.deepEqual(plain("a:\nb: 2"), { a: null, b: 2 });
});

test("aliases stand for what they name", () => {
  assert.deepEqual(plain("a: &x {p: 1}\nb: *x"), { a: { p: 1 }, b: { p: 1 } });
});

test("aliases of aliases are bounded", () => {
  const lines = ["a: &a [1,1,1,1,1,1,1,1,1]"];
  for (const [i, name] of [..."bcdefghij"].entries())
    lines.push(`${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`);
  assert.match(problem(lines.join("\n")), /^Aliases stand for more than 100000 values/);
});

test("an anchor within itself is a mistake", () => {
  assert.equal(problem("a: &a [*a]"), 'The anchor "a" contains itself @7');
});

test("the same name twice is a mistake, at the second", () => {
  assert.equal(problem("a: 1\nb: 2\na: 3"), '"a" occurs twice in the same object @10');
});

test("a second document is a mistake", () => {
  assert.equal(problem("a: 1\n---\nb: 2"), "A second document begins here @5");
});

test("a tab as indentation is a mistake", () => {
  assert.equal(problem("a:\n\tb: 1"), "Tabs are not allowed as indentation @3");
});

test("tags that make other things than JSON has are a mistake", () => {
  assert.match(problem("a: !!binary aGk="), /^This is none of/);
});

for (const [name, text] of [
  ["brackets", "[".repeat(20_000)],
  ["braces", `${"{a: ".repeat(400)}1${"}".repeat(400)}`],
  ["indentation", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
]) {
  test(`nesting by ${name} is bounded`, () => assert.match(problem(text), /^Nested deeper than 200 levels/));
}

test("the number of values is bounded", () => {
  assert.match(problem(`[${"1,".repeat(1_000_000)}1]`), /^The document holds too many values @/);
});
