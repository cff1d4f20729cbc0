import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

test("emits with dimensions, given and known", async () => {
  const world = bench();
  await run(
    `
    <emit-metric name="calls" namespace="contoso" value="@(1.5 + 1)">
      <dimension name="API ID" />
      <dimension name="tier" value="@("gold")" />
    </emit-metric>
    <emit-metric name="ones"><dimension name="Location" /></emit-metric>`,
    { bench: world },
  );
  assert.deepEqual(world.metrics, [
    ["contoso", "calls", 2.5, { "API ID": "id1", tier: "gold" }],
    ["API Management", "ones", 1, { Location: "local" }],
  ]);
  await world.close();
});

test("an unknown dimension needs a value; one dimension at least, ten at most", () => {
  assert.match(
    check('<emit-metric name="n"><dimension name="tier" /></emit-metric>')[0].message,
    /"tier" needs a value/,
  );
  assert.deepEqual(
    check('<emit-metric name="n" />').map((d) => d.code),
    ["SP2008"],
  );
  assert.match(
    check(`<emit-metric name="n">${'<dimension name="API ID" />'.repeat(11)}</emit-metric>`)[0].message,
    /At most 10/,
  );
});
