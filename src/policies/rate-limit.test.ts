import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const policy =
  '<rate-limit calls="2" renewal-period="60" remaining-calls-header-name="X-Left" remaining-calls-variable-name="left" total-calls-header-name="X-Total" retry-after-variable-name="wait" />';

test("grants the calls of a window, then refuses until it slides on", async () => {
  const world = bench();
  const first = await run(policy, { bench: world });
  assert.deepEqual(
    [first.status, first.exchange.response?.headers.first("X-Left"), first.exchange.response?.headers.first("X-Total")],
    [200, "1", "2"],
  );
  assert.equal((first.exchange.variables.get("left") as { value: number }).value, 1);
  world.clock.advance(20_000);
  assert.equal((await run(policy, { bench: world })).status, 200);
  const refused = await run(policy, { bench: world });
  assert.deepEqual(
    [refused.status, refused.lastError?.source, refused.lastError?.reason],
    [429, "rate-limit", "RateLimitExceeded"],
  );
  const seconds = Number(refused.exchange.response?.headers.first("Retry-After"));
  assert.ok(seconds > 39 && seconds <= 41, `Retry-After ${seconds}`);
  assert.equal(
    refused.body,
    `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in ${seconds} seconds." }`,
  );
  assert.equal((refused.exchange.variables.get("wait") as { value: number }).value, seconds);
  world.clock.advance(seconds * 1000);
  assert.equal((await run(policy, { bench: world })).status, 200);
  await world.close();
});

test("subscriptions are counted apart, and a call without one not at all", async () => {
  const world = bench();
  const of = (subscription: object | null) =>
    run('<rate-limit calls="1" renewal-period="60" />', { bench: world, context: { subscription } });
  assert.equal((await of({ id: "a" })).status, 200);
  assert.equal((await of({ id: "b" })).status, 200);
  assert.equal((await of({ id: "a" })).status, 429);
  for (let i = 0; i < 3; i++) assert.equal((await of(null)).status, 200);
  await world.close();
});

test("limits of an API and an operation are counted beside the own", async () => {
  const world = bench();
  const nested = `
    <rate-limit calls="9" renewal-period="60">
      <api id="id1" calls="3" renewal-period="60"><operation name="Name 1" calls="1" renewal-period="60" /></api>
      <api id="other" calls="0" renewal-period="60" />
    </rate-limit>`;
  assert.equal((await run(nested, { bench: world })).status, 200);
  assert.equal((await run(nested, { bench: world })).status, 429);
  const another = { operation: { id: "op2", name: "Name 2" } };
  assert.equal((await run(nested, { bench: world, context: another })).status, 200);
  assert.equal((await run(nested, { bench: world, context: another })).status, 429);
  await world.close();
});

test("the period is 1 to 300 seconds; the global scope is no place for it", () => {
  assert.deepEqual(
    check('<rate-limit calls="1" renewal-period="301" />').map((d) => d.code),
    ["SP2004"],
  );
  assert.deepEqual(
    check("<rate-limit />").map((d) => d.code),
    ["SP2003", "SP2003"],
  );
});
