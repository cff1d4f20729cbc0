import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const value = async (world: ReturnType<typeof bench>) =>
  (
    await run('<cache-lookup-value key="k" variable-name="v" default-value="gone" />', { bench: world })
  ).exchange.variables.get("v");

test("keeps a value for its duration and no longer", async () => {
  const world = bench();
  await run('<cache-store-value key="k" value="here" duration="10" />', { bench: world });
  world.clock.advance(9_999);
  assert.equal(await value(world), "here");
  world.clock.advance(1);
  assert.equal(await value(world), "gone");
  await world.close();
});

test("a duration of zero, or a null, stores nothing", async () => {
  const world = bench();
  await run(
    '<cache-store-value key="k" value="here" duration="@(0)" /><cache-store-value key="k" value="@((string)null)" duration="10" />',
    { bench: world },
  );
  assert.equal(await value(world), "gone");
  await world.close();
});

test("key, value and duration are needed, and a duration is a number", () => {
  assert.deepEqual(
    check("<cache-store-value />").map((d) => d.code),
    ["SP2003", "SP2003", "SP2003"],
  );
  assert.deepEqual(
    check('<cache-store-value key="k" value="v" duration="1h" />').map((d) => d.code),
    ["SP2004"],
  );
});
