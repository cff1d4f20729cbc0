import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { schemaCheck } from "./schema-check.ts";

const NAMES = ["a", "b", "constructor", "__proto__"];
const small = fc.integer({ min: 0, max: 3 });
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, 0, 1, 2, 3, 1.5, -1, "", "a", "ab", "😀", "abc"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("value"), { maxKeys: 3 }),
  ),
}));
const type = fc.constantFrom("string", "number", "integer", "boolean", "array", "object", "null");
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
        enum: fc.array(value, { minLength: 1, maxLength: 3 }),
        const: value,
        minimum: small,
        maximum: small,
        exclusiveMinimum: small,
        exclusiveMaximum: small,
        multipleOf: fc.constantFrom(1, 2, 0.5),
        minLength: small,
        maxLength: small,
        pattern: fc.constantFrom("^a", "b$", "^[a-b]*$", "^.$"),
        minItems: small,
        maxItems: small,
        uniqueItems: fc.boolean(),
        minProperties: small,
        maxProperties: small,
        items: tie("schema"),
        properties: fc.dictionary(fc.constantFrom(...NAMES.slice(0, 3)), tie("schema"), { maxKeys: 3 }),
        required: fc.uniqueArray(fc.constantFrom(...NAMES.slice(0, 3)), { maxLength: 2 }),
        additionalProperties: tie("schema"),
        allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
        not: tie("schema"),
      },
      { requiredKeys: [] },
    ),
  ),
}));

test("says of every value what another validator says of it", () => {
  const ajv = new Ajv2020({
    strict: false,
    ownProperties: true,
    validateSchema: false,
    addUsedSchema: false,
    code: { optimize: false },
  });
  const counts = { fine: 0, wrong: 0 };
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 1, maxLength: 30 }), (rules, values) => {
      // As schemas and arguments come: as JSON.
      const [own, given] = JSON.parse(JSON.stringify([{ properties: { v: rules } }, values]));
      const theirs = ajv.compile(own);
      const ours = schemaCheck(own);
      for (const v of given) {
        const isFine = ours({ v }) === "";
        counts[isFine ? "fine" : "wrong"]++;
        assert.equal(isFine, theirs({ v }), JSON.stringify([own, v]));
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(counts.fine > 50 && counts.wrong > 50, JSON.stringify(counts));
});

test("says what is wrong, and where", () => {
  const check = schemaCheck({
    type: "object",
    properties: {
      id: { type: "integer", minimum: 1 },
      kind: { enum: ["a", "b"] },
      when: { type: "string", pattern: "^\\d{4}-\\d{2}$", maxLength: 7 },
      body: {
        type: "object",
        required: ["item"],
        properties: { item: {}, parts: { type: "array", items: { type: ["string", "null"] } } },
        additionalProperties: false,
      },
      price: { multipleOf: 0.01 },
      form: { oneOf: [{ type: "string" }, { type: "number" }] },
    },
    required: ["id"],
  });
  const cases: [object, string][] = [
    [{ id: 1, kind: "a", when: "2024-01", body: { item: 1, parts: [null] }, price: 19.99, form: 1 }, ""],
    [{}, "id is missing."],
    [{ id: "1" }, "id must be a whole number."],
    [{ id: 0 }, "id must be at least 1."],
    [{ id: 1, kind: "c" }, 'kind must be one of "a", "b".'],
    [{ id: 1, when: "now" }, "when must match the pattern ^\\d{4}-\\d{2}$."],
    [
      { id: 1, body: { parts: ["x", 1], more: 1 } },
      "body.item is missing.\nbody.parts[1] must be a text or null.\nbody.more is not known.",
    ],
    [{ id: 1, price: 0.001 }, "price must be a multiple of 0.01."],
    [{ id: 1, form: null }, "form must be of exactly one of the 2 forms of its schema."],
  ];
  for (const [given, expected] of cases) assert.equal(check(given as Record<string, unknown>), expected);
});

test("formats are annotations; patterns that cannot be bounded are left to the API", () => {
  assert.equal(schemaCheck({ properties: { a: { format: "uuid", pattern: "(?=b)" } } })({ a: "x" }), "");
});

test("what is too much is refused, not checked for ever", () => {
  const unique = schemaCheck({ properties: { v: { uniqueItems: true, pattern: "^(a+)+$" } } });
  assert.equal(unique({ v: Array.from({ length: 200_000 }, (_, i) => i) }), "");
  assert.equal(unique({ v: "a".repeat(100_000) }), "");
  assert.match(unique({ v: "a".repeat(4_000_000) }), /too much/);
  const doubled = (depth: number): object => (depth === 0 ? {} : { anyOf: [doubled(depth - 1), doubled(depth - 1)] });
  assert.match(
    schemaCheck({ properties: { v: { items: doubled(10) } } })({ v: new Array(10_000).fill(0) }),
    /too much/,
  );
});
