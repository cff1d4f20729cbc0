import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../test/support/run-policy.ts";
import { policies } from "./index.ts";

test("the same policy as llm-semantic-cache-lookup, by its older name", () => {
  const [older, newer] = ["azure-openai", "llm"].map((start) =>
    policies.find(({ name }) => name === `${start}-semantic-cache-lookup`),
  );
  assert.deepEqual(Object.keys(older?.attributes ?? {}), Object.keys(newer?.attributes ?? {}));
  assert.deepEqual(older?.sections, ["inbound"]);
  const policy = `<azure-openai-semantic-cache-lookup score-threshold="2" embeddings-backend-id="e" embeddings-backend-auth="system-assigned" />`;
  assert.deepEqual(
    check(policy).map(({ message }) => message),
    ["score-threshold is from 0.0 to 1.0", 'There is no backend "e"'],
  );
});
