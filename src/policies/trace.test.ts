import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";

const policy = (severity: string) =>
  `<trace source="mine" severity="${severity}"><message>@("n=" + 1)</message><metadata name="k" value="@("v")" /></trace>`;

test("information and error go to the log with their metadata", async () => {
  const world = bench();
  await run(policy("information") + policy("error"), { bench: world });
  assert.deepEqual(
    world.logged.map(([level, message]) => [level, message]),
    [
      ["info", "n=1"],
      ["error", "n=1"],
    ],
  );
  assert.deepEqual(world.logged[0][2], {
    correlationId: "0f8fad5b-d9cb-469f-a165-70867728950e",
    source: "mine",
    "metadata.k": "v",
  });
  await world.close();
});

test("the message may be the content itself", async () => {
  const world = bench();
  await run('<trace source="s" severity="error">\n  @("a" + 1)\n</trace>', { bench: world });
  assert.deepEqual(
    world.logged.map(([, message]) => message),
    ["a1"],
  );
  await world.close();
});

test("verbose stays out of the log", async () => {
  const world = bench();
  await run(policy("verbose"), { bench: world });
  assert.deepEqual(world.logged, []);
  await world.close();
});

test("a source and a message are needed", () => {
  assert.deepEqual(
    check("<trace />").map((d) => d.code),
    ["SP2003"],
  );
  assert.match(check('<trace source="s" />')[0].message, /needs a <message>/);
});
