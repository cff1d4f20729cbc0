import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { emptySnapshot } from "../resources/empty-snapshot.ts";

const policy = (more = "") =>
  `<rate-limit-by-key calls="@(1 + 1)" renewal-period="60" counter-key="@(context.Request.IpAddress)" ${more} />`;
const from = (ipAddress: string) => ({ request: { ipAddress } });

test("each key has its own counter, wherever the policy stands", async () => {
  const world = bench();
  assert.equal((await run(policy(), { bench: world, context: from("192.0.2.1") })).status, 200);
  assert.equal((await run(policy(), { bench: world, context: from("192.0.2.1"), scope: "global" })).status, 200);
  assert.equal((await run(policy(), { bench: world, context: from("192.0.2.1") })).status, 429);
  assert.equal((await run(policy(), { bench: world, context: from("192.0.2.2") })).status, 200);
  await world.close();
});

test("who is refused at once is told to wait for the period, and no longer", async () => {
  const world = bench();
  const once = '<rate-limit-by-key calls="1" renewal-period="60" counter-key="k" />';
  await run(once, { bench: world });
  const { status, exchange } = await run(once, { bench: world });
  assert.deepEqual([status, exchange.response?.headers.first("Retry-After")], [429, "60"]);
  await world.close();
});

test("with a condition calls count when the response is known, and the next one meets the limit", async () => {
  const world = bench();
  const counted = policy('increment-condition="@(context.Response.StatusCode >= 400)"');
  const refusing = `${counted}<return-response><set-status code="404" reason="" /></return-response>`;
  for (let i = 0; i < 5; i++) assert.equal((await run(counted, { bench: world })).status, 200);
  assert.equal((await run(refusing, { bench: world })).status, 404);
  assert.equal((await run(refusing, { bench: world })).status, 404);
  assert.equal((await run(refusing, { bench: world })).status, 429);
  await world.close();
});

test("increment-count weighs calls", async () => {
  const world = bench();
  const heavy = '<rate-limit-by-key calls="5" renewal-period="60" counter-key="k" increment-count="2" />';
  assert.equal((await run(heavy, { bench: world })).status, 200);
  assert.equal((await run(heavy, { bench: world })).status, 200);
  assert.equal((await run(heavy, { bench: world })).status, 429);
  await world.close();
});

test("a constant false condition counts nothing", async () => {
  const world = bench();
  for (let i = 0; i < 5; i++)
    assert.equal((await run(policy('increment-condition="false"'), { bench: world })).status, 200);
  await world.close();
});

test("a computed period outside 1 to 300 is a fault", async () => {
  const { lastError } = await run(
    '<rate-limit-by-key calls="1" renewal-period="@(300 + context.Request.Url.Query.Count)" counter-key="k" />',
  );
  assert.equal(lastError?.reason, "InvalidRenewalPeriod");
});

test("calls, period and key are needed", () => {
  assert.deepEqual(
    check("<rate-limit-by-key />").map((d) => d.code),
    ["SP2003", "SP2003", "SP2003"],
  );
});

test("a negative increment-count gives no calls back", async () => {
  const world = bench();
  const xml =
    '<rate-limit-by-key calls="1" renewal-period="60" counter-key="k" increment-count="@(1 - 6 * (context.Request.Headers.ContainsKey("X-Back") ? 1 : 0))" />';
  const call = async (headers: Record<string, string>) =>
    (await run(xml, { bench: world, context: { request: { headers } } })).status;
  assert.deepEqual([await call({ "X-Back": "1" }), await call({}), await call({})], [200, 200, 429]);
  await world.close();
});

test("as a token bucket the limit may be spent at once, and comes back evenly", async () => {
  const world = bench();
  const { settings } = emptySnapshot();
  const limits = { ...settings.limits, rateLimitAlgorithm: "token-bucket" as const };
  const call = () =>
    run('<rate-limit-by-key calls="6" renewal-period="60" counter-key="k" remaining-calls-header-name="X-Left" />', {
      bench: world,
      snapshot: { settings: { ...settings, limits } },
    });
  for (let left = 5; left >= 0; left--)
    assert.equal((await call()).exchange.response?.headers.first("X-Left"), String(left));
  const refused = await call();
  assert.deepEqual([refused.status, refused.exchange.response?.headers.first("Retry-After")], [429, "10"]);
  world.clock.advance(10_000);
  assert.deepEqual([(await call()).status, (await call()).status], [200, 429]);
  await world.close();
});
