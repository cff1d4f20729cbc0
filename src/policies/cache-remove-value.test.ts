import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

test("forgets the value of its key, and no other", async () => {
  const world = bench();
  const { exchange } = await run(
    `
    <cache-store-value key="a" value="1" duration="60" /><cache-store-value key="b" value="2" duration="60" />
    <cache-remove-value key="@("a")" />
    <cache-lookup-value key="a" variable-name="a" default-value="gone" /><cache-lookup-value key="b" variable-name="b" default-value="gone" />`,
    { bench: world },
  );
  assert.deepEqual([exchange.variables.get("a"), exchange.variables.get("b")], ["gone", "2"]);
  await world.close();
});

test("needs a key", () => {
  assert.deepEqual(
    check("<cache-remove-value />").map((d) => d.code),
    ["SP2003"],
  );
});
