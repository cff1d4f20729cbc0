import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { child, MAX_DEPTH, toPlain } from "./data-node.ts";
import { parseJson } from "./json.ts";

function problem(text: string): { problem: string; offset: number } {
  const parsed = parseJson(text);
  if ("root" in parsed) assert.fail(`accepted: ${text}`);
  return { problem: parsed.problem, offset: parsed.offset };
}

test("reads whatever JSON.stringify writes, to the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const parsed = parseJson(text);
      assert.ok("root" in parsed);
      assert.deepEqual(toPlain(parsed.root), JSON.parse(text));
    }),
  );
});

test("keeps where names and values stand", () => {
  const text = '{\n  "properties": { "path": "orders" }\n}';
  const parsed = parseJson(text);
  assert.ok("root" in parsed);
  const properties = child(parsed.root, "properties");
  const entry = properties?.kind === "object" ? properties.entries.get("path") : undefined;
  assert.ok(entry);
  assert.equal(text.slice(entry.keyStart, entry.keyEnd), '"path"');
  assert.equal(text.slice(entry.value.start, entry.value.end), '"orders"');
});

test("a name such as __proto__ is a name like any other", () => {
  const parsed = parseJson('{"__proto__": {"polluted": 1}, "constructor": 2}');
  assert.ok("root" in parsed);
  assert.equal(child(parsed.root, "toString"), undefined);
  assert.equal((child(parsed.root, "constructor") as { value: unknown }).value, 2);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test("numbers keep their text", () => {
  const parsed = parseJson('{"version": 1.10}');
  assert.ok("root" in parsed);
  assert.deepEqual(child(parsed.root, "version"), { kind: "scalar", start: 12, end: 16, value: 1.1, text: "1.10" });
});

test("a byte order mark is let pass", () => {
  assert.ok("root" in parseJson('\ufeff{"a": 1}'));
});

for (const [text, message, offset] of [
  ['{"a":1,}', 'A comma before "}"', 6],
  ['{"a" 1}', 'Expected ":", found "1"', 5],
  ["{'a':1}", 'Expected a name in double quotes, found "\'"', 1],
  ['{"a":tru}', '"tru" is not JSON', 5],
  ['{"a":01}', '"01" is not JSON', 5],
  ["[1 2]", 'Expected "," or "]", found "2"', 3],
  ['{"a":"x', "This text has no closing quote", 5],
  ['{"a":"x\n"}', "This text has no closing quote", 5],
  ['{"a":"\t"}', "A control character must be written as an escape such as \\t", 6],
  ['{"a":"\\x"}', "Not an escape that JSON knows", 6],
  ['{"a":1,"a":2}', '"a" occurs twice in the same object', 7],
  ["{} x", "Text after the end of the JSON document", 3],
  ["", "The JSON document ends too early", 0],
  ['{"a":1', 'The JSON document ends where "," or "}" should stand', 6],
  ["// note\n{}", 'Unexpected "/"', 0],
] as const) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.deepEqual(problem(text), { problem: message, offset }));
}

test("nesting is bounded before the stack is", () => {
  assert.deepEqual(problem("[".repeat(1_000_000)), {
    problem: `Nested deeper than ${MAX_DEPTH} levels`,
    offset: MAX_DEPTH,
  });
});
