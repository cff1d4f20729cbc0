import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const policy = (more = "") =>
  `<quota-by-key calls="2" renewal-period="300" counter-key="@(context.Request.IpAddress)" ${more} />`;

test("each key has its quota; periods begin where first-period-start says", async () => {
  const world = bench();
  const start = new Date(world.clock.now() - 240_000).toISOString().replace(/\.\d+Z/, "Z");
  const own = policy(`first-period-start="${start}"`);
  for (let i = 0; i < 2; i++) assert.equal((await run(own, { bench: world })).status, 200);
  const { status, lastError, exchange } = await run(own, { bench: world });
  assert.deepEqual([status, lastError?.reason], [403, "QuotaExceeded"]);
  const seconds = Number(exchange.response?.headers.first("Retry-After"));
  assert.ok(seconds >= 59 && seconds <= 60, `Retry-After ${seconds}`);
  assert.equal((await run(own, { bench: world, context: { request: { ipAddress: "192.0.2.1" } } })).status, 200);
  world.clock.advance(60_000);
  assert.equal((await run(own, { bench: world })).status, 200);
  await world.close();
});

test("several policies with one key count a request once", async () => {
  const world = bench();
  for (let i = 0; i < 2; i++) assert.equal((await run(policy() + policy(), { bench: world })).status, 200);
  assert.equal((await run(policy() + policy(), { bench: world })).status, 403);
  await world.close();
});

test("with a condition calls count when the response is known", async () => {
  const world = bench();
  const never = policy('increment-condition="@(context.Response.StatusCode == 500)"');
  for (let i = 0; i < 4; i++) assert.equal((await run(never, { bench: world })).status, 200);
  await world.close();
});

test("mistakes", () => {
  const message = (xml: string) => check(xml)[0]?.message;
  assert.match(message('<quota-by-key calls="1" renewal-period="60" counter-key="k" />'), /at least 300 seconds/);
  assert.match(message('<quota-by-key renewal-period="300" counter-key="k" />'), /needs calls, bandwidth/);
  assert.match(
    message('<quota-by-key calls="1" renewal-period="300" counter-key="k" first-period-start="soon" />'),
    /is not a date/,
  );
});
