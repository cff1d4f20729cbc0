import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordingBackend } from "../../test/support/recording-backend.ts";

test("calls another service and goes on at once", async () => {
  const backend = await RecordingBackend.start();
  const world = bench();
  backend.script([{ delayMs: 100, status: 500 }]);
  const { status } = await run(
    `<send-one-way-request><set-url>${backend.url}/event</set-url><set-method>POST</set-method><set-body>e</set-body></send-one-way-request>`,
    { bench: world },
  );
  assert.equal(status, 200);
  while (backend.requests.length === 0) await sleep(5);
  assert.deepEqual([backend.requests[0].path, backend.requests[0].body], ["/event", "e"]);
  await world.close();
  await backend.close();
});

test("a failure is a line in the log, nothing more", async () => {
  const world = bench();
  const { status } = await run(
    "<send-one-way-request><set-url>http://127.0.0.1:1/</set-url><set-method>GET</set-method></send-one-way-request>",
    { bench: world },
  );
  assert.equal(status, 200);
  while (world.logged.length === 0) await sleep(5);
  assert.deepEqual(world.logged[0].slice(0, 2), ["warn", "A one-way request failed"]);
  await world.close();
});

test("a response variable makes no sense", () => {
  assert.deepEqual(
    check('<send-one-way-request response-variable-name="r"><set-url>http://x/</set-url></send-one-way-request>').map(
      (d) => d.code,
    ),
    ["SP2002"],
  );
});
