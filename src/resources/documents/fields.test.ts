import assert from "node:assert/strict";
import { test } from "node:test";
import { Diagnostics } from "../../base/diagnostic.ts";
import { SourceText } from "../../base/source-text.ts";
import { Fields } from "./fields.ts";
import { parseYaml } from "./yaml.ts";

function read(text: string): { fields: Fields; said: () => string[] } {
  const parsed = parseYaml(text);
  assert.ok("root" in parsed && parsed.root.kind === "object");
  const diagnostics = new Diagnostics();
  const fields = new Fields({ source: new SourceText(text, "a.yaml"), diagnostics }, parsed.root);
  return {
    fields,
    said: () =>
      diagnostics.list.map((d) => `${d.line}:${d.column} ${d.code} ${d.message}${d.hint ? ` | ${d.hint}` : ""}`),
  };
}

test("typed properties, and null as absent", () => {
  const { fields, said } = read("s: text\nn: 5\nb: true\nz: null\nl: [a, 2]\no: {x: 1}");
  assert.equal(fields.string("s"), "text");
  assert.equal(fields.string("n"), "5");
  assert.equal(fields.integer("n", 1, 9), 5);
  assert.equal(fields.boolean("b"), true);
  assert.equal(fields.string("z"), undefined);
  assert.deepEqual(fields.strings("l"), ["a", "2"]);
  assert.equal(fields.object("o")?.integer("x", 0, 1), 1);
  assert.deepEqual(said(), []);
});

test("a wrong type names the property's path, what it must be and what it is", () => {
  const { fields, said } = read("o:\n  b: maybe\n  n: 1.5\n  s: [1]\n  l: 7");
  const o = fields.object("o");
  assert.equal(o?.boolean("b"), undefined);
  assert.equal(o?.integer("n", 0, 9), undefined);
  assert.equal(o?.string("s"), undefined);
  assert.deepEqual(o?.list("l"), []);
  assert.deepEqual(said(), [
    '2:6 SP1004 "o.b" must be true or false, not a text',
    '3:6 SP1004 "o.n" must be a whole number, not a number',
    '4:6 SP1004 "o.s" must be a text, not a list',
    '5:6 SP1004 "o.l" must be a list, not a number',
  ]);
});

test("numbers out of bounds, words out of a set, missing and unknown names", () => {
  const { fields, said } = read("port: 70000\nstate: pubished\nportt: 1");
  fields.integer("port", 0, 65535);
  fields.oneOf("state", ["published", "notPublished"]);
  fields.requiredString("host", "Write host: 127.0.0.1.");
  fields.rejectUnknown(["port", "state", "host"]);
  assert.deepEqual(said(), [
    '1:7 SP1006 "port" is 70000, not between 0 and 65535',
    '2:8 SP1006 "state" is "pubished", not one of published, notPublished | Did you mean "published"?',
    '1:1 SP1005 "host" is missing | Write host: 127.0.0.1.',
    '3:1 SP1007 Unknown setting "portt" | Did you mean "port"?',
  ]);
});
