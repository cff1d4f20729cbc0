import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";

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

test("a response in the cache is nobody's: reading one copy consumes no other", async () => {
  const world = bench();
  const response = new ResponseMessage(200, "", new Headers(), Body.text("kept"));
  await run('<cache-store-value key="k" value="@((IResponse)context.Variables["r"])" duration="60" />', {
    bench: world,
    variables: { r: response },
  });
  for (let i = 0; i < 2; i++) {
    const read =
      '<cache-lookup-value key="k" variable-name="r" /><set-variable name="text" value="@(((IResponse)context.Variables["r"]).Body.As<string>())" />';
    const { exchange } = await run(read, { bench: world });
    assert.equal(exchange.variables.get("text"), "kept");
  }
  await world.close();
});
