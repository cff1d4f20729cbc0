import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const lookup = '<cache-lookup-value key="@("k" + 1)" variable-name="v" />';

test("a hit sets the variable with the type it had", async () => {
  const world = bench();
  await run('<cache-store-value key="k1" value="@(41)" duration="60" />', { bench: world });
  const { exchange } = await run(`${lookup}<set-variable name="next" value="@((int)context.Variables["v"] + 1)" />`, {
    bench: world,
  });
  assert.equal((exchange.variables.get("next") as { value: number }).value, 42);
  await world.close();
});

test("a miss leaves the variable unset, or sets the default", async () => {
  const world = bench();
  assert.equal((await run(lookup, { bench: world })).exchange.variables.has("v"), false);
  const { exchange } = await run('<cache-lookup-value key="k1" variable-name="v" default-value="none" />', {
    bench: world,
  });
  assert.equal(exchange.variables.get("v"), "none");
  await world.close();
});

test("a value of one request is never changed by another", async () => {
  const world = bench();
  const store =
    '<set-variable name="o" value="@(JObject.Parse("{}"))" /><cache-store-value key="k1" value="@((JObject)context.Variables["o"])" duration="60" />';
  await run(`${store}<set-variable name="x" value="@{ ((JObject)context.Variables["o"])["a"] = 1; return 0; }" />`, {
    bench: world,
  });
  const change = `${lookup}<set-variable name="count" value="@(((JObject)context.Variables["v"]).Count)" /><set-variable name="x" value="@{ ((JObject)context.Variables["v"])["b"] = 1; return 0; }" />`;
  for (let i = 0; i < 2; i++) {
    const { exchange } = await run(change, { bench: world });
    assert.equal((exchange.variables.get("count") as { value: number }).value, 0);
  }
  await world.close();
});

test("key and variable-name are needed", () => {
  assert.deepEqual(
    check("<cache-lookup-value />").map((d) => d.code),
    ["SP2003", "SP2003"],
  );
});
