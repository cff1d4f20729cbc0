import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../test/support/run-policy.ts";
import { policies } from "./index.ts";

test("the same policy as llm-semantic-cache-store, by its older name", () => {
  const [older, newer] = ["azure-openai", "llm"].map((start) =>
    policies.find(({ name }) => name === `${start}-semantic-cache-store`),
  );
  assert.deepEqual(Object.keys(older?.attributes ?? {}), Object.keys(newer?.attributes ?? {}));
  assert.deepEqual(check(`<azure-openai-semantic-cache-store duration="60" />`, { section: "outbound" }), []);
  assert.match(check(`<azure-openai-semantic-cache-store duration="-1" />`, { section: "outbound" })[0].message, /-1/);
});
