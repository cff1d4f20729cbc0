import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../test/support/run-policy.ts";

test("a dimension is needed, and a value where the gateway knows none", () => {
  assert.equal(check("<azure-openai-emit-token-metric />").length, 1);
  assert.equal(
    check('<azure-openai-emit-token-metric><dimension name="team" /></azure-openai-emit-token-metric>').length,
    1,
  );
  assert.equal(
    check('<azure-openai-emit-token-metric><dimension name="Backend ID" /></azure-openai-emit-token-metric>').length,
    0,
  );
});
