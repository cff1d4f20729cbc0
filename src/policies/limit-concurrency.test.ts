import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const policy =
  '<limit-concurrency key="@("k" + context.Request.MatchedParameters["id"])" max-count="2"><retry condition="false" count="1" interval="0"><choose><when condition="true"><set-variable name="in" value="1" /></when></choose></retry></limit-concurrency>';

test("refuses at once beyond the limit, and gives the slot back", async () => {
  const world = bench();
  const release = [1, 2].map(() => world.services.locks.acquire("limit-concurrency:k42", 2) as () => void);
  const { status, lastError } = await run(policy, { bench: world });
  assert.deepEqual(
    [status, lastError?.source, lastError?.reason],
    [429, "limit-concurrency", "ConcurrencyLimitExceeded"],
  );
  release[0]();
  assert.equal((await run(policy, { bench: world })).exchange.variables.get("in"), "1");
  assert.equal((await run(policy, { bench: world })).exchange.variables.get("in"), "1");
  await world.close();
});

test("another key has slots of its own", async () => {
  const world = bench();
  world.services.locks.acquire("limit-concurrency:k42", 1);
  const { status } = await run(policy, { bench: world, context: { request: { matchedParameters: { id: "43" } } } });
  assert.equal(status, 200);
  await world.close();
});

test("a fault inside gives the slot back", async () => {
  const world = bench();
  const failing =
    '<limit-concurrency key="f" max-count="1"><set-variable name="a" value="@(int.Parse("x"))" /></limit-concurrency>';
  for (let i = 0; i < 3; i++) assert.equal((await run(failing, { bench: world })).lastError?.source, "set-variable");
  await world.close();
});

test("key and max-count are needed", () => {
  assert.deepEqual(
    check("<limit-concurrency />").map((d) => d.code),
    ["SP2003", "SP2003"],
  );
});
