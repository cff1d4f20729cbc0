import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const product = (xml: string, world: ReturnType<typeof bench>, more = {}) =>
  run(xml, { bench: world, scope: "product", ...more });
const created = Date.parse("2024-01-02T03:04:05Z");

test("calls are bounded in periods that begin with the subscription", async () => {
  const world = bench();
  const policy = '<quota calls="2" renewal-period="3600" />';
  assert.equal((await product(policy, world)).status, 200);
  assert.equal((await product(policy, world)).status, 200);
  const { status, body, lastError, exchange } = await product(policy, world);
  assert.deepEqual([status, lastError?.source, lastError?.reason], [403, "quota", "QuotaExceeded"]);
  const leftMs = 3_600_000 - ((world.clock.now() - created) % 3_600_000);
  assert.equal(Number(exchange.response?.headers.first("Retry-After")), Math.ceil(leftMs / 1000));
  assert.match(body, /Out of call volume quota\. Quota will be replenished in 00:\d\d:\d\d\./);
  world.clock.advance(leftMs);
  assert.equal((await product(policy, world)).status, 200);
  await world.close();
});

test("bandwidth counts the bytes of former calls", async () => {
  const world = bench();
  const policy = '<quota bandwidth="1" renewal-period="0" />';
  const first = await product(policy, world);
  assert.equal(first.status, 200);
  await world.services.counters.add(`quota:policy.xml#inbound/quota[1]::id1:bandwidth`, 1024, {
    kind: "fixed",
    lengthMs: Number.POSITIVE_INFINITY,
    startMs: created,
  });
  const { status, body, exchange } = await product(policy, world);
  assert.deepEqual(
    [status, body, exchange.response?.headers.has("Retry-After")],
    [403, '{ "statusCode": 403, "message": "Out of bandwidth quota." }', false],
  );
  await world.close();
});

test("quotas of an API and an operation are counted beside the own", async () => {
  const world = bench();
  const policy =
    '<quota calls="9" renewal-period="0"><api id="id1" calls="2" renewal-period="0"><operation id="id1" calls="1" renewal-period="0" /></api></quota>';
  assert.equal((await product(policy, world)).status, 200);
  assert.equal((await product(policy, world)).status, 403);
  await world.close();
});

test("a quota needs calls or bandwidth, and a period", () => {
  assert.match(
    check('<quota renewal-period="60" />', { scope: "product" })[0].message,
    /needs calls, bandwidth, or both/,
  );
  assert.deepEqual(
    check('<quota calls="1" />', { scope: "product" }).map((d) => d.code),
    ["SP2003"],
  );
});
