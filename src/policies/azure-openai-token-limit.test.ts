import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";

test("counts with llm-token-limit under the same key", async () => {
  const world = bench();
  const limit = 'counter-key="k" tokens-per-minute="100" estimate-prompt-tokens="false"';
  const ran = await Promise.all(
    ["azure-openai", "llm"].map((prefix) =>
      run(`<${prefix}-token-limit ${limit} />`, {
        bench: world,
        requestBody: Body.text('{"prompt":"Hi","max_tokens":60}'),
      }),
    ),
  );
  assert.deepEqual(ran.map(({ status }) => status).sort(), [200, 429]);
  await world.close();
});
