/** A worker that dies takes its own requests with it and nothing else; another takes its place and what it held is free. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { SourceText } from "../../src/base/source-text.ts";
import { systemClock } from "../../src/base/clock.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../../src/kit/identities.ts";
import { allocateStores } from "../../src/state/open.ts";
import { Backend } from "../support/backend.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const POLICY = `<policies><inbound><base /></inbound><backend><limit-concurrency key="k" max-count="4"><forward-request /></limit-concurrency></backend><outbound><base /></outbound><on-error /></policies>`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function call(port: number): Promise<number> {
  return new Promise((resolve) => {
    const asked = request({ port, path: "/a/x", agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    asked.on("error", () => resolve(0));
    asked.end();
  });
}

test("the others go on, and a new one serves within moments", async (t) => {
  const backend = await Backend.start();
  t.after(() => backend.close());
  const operations = [{ ...operation("GET", "/*"), policy: { source: new SourceText(POLICY, "policy.xml") } }];
  const base = snapshot({ apis: [api("a", { serviceUrl: backend.url, operations })] });
  const settings = { ...base.settings, accessLog: { enabled: false, file: undefined } };
  const logged: string[] = [];
  const fleet = await Fleet.start({
    snapshot: { ...base, settings },
    threads: 2,
    memory: allocateStores(),
    replica: "r",
    clock: systemClock,
    log: { info: (m) => logged.push(m), warn: (m) => logged.push(m), error: (m) => logged.push(m) },
    logSink: { write: (_bytes, done) => done(null), close: () => {} },
    accessSink: { write: (_bytes, done) => done(null), close: () => {} },
    identities: NO_IDENTITIES,
    authorizations: NO_AUTHORIZATIONS,
    script: new URL("../support/mortal-worker.ts", import.meta.url),
  });
  t.after(() => fleet.close());
  const [{ port }] = fleet.addresses;
  assert.equal(await call(port), 200);

  // Four requests hold all slots; some are with the worker that dies, some with the other.
  backend.answer = (_request, response) => void setTimeout(() => response.end("late"), 500);
  const held = Array.from({ length: 4 }, () => call(port));
  await pause(150);
  assert.equal(await call(port), 429);
  const channel = new BroadcastChannel("die");
  t.after(() => channel.close());
  channel.postMessage(1);
  while (fleet.serving === 2) await pause(5);
  const statuses = await Promise.all(held);
  assert.ok(
    statuses.every((status) => status === 200 || status === 0),
    statuses.join(),
  );
  backend.answer = undefined;
  // Connections that the kernel had already given to the dead worker are lost with it; everything after is served.
  await pause(50);
  const after = await Promise.all(Array.from({ length: 4 }, () => call(port)));
  assert.deepEqual(after, [200, 200, 200, 200], "slots of the dead are free");
  while (fleet.serving < 2) await pause(10);
  const many = await Promise.all(Array.from({ length: 4 }, () => call(port)));
  assert.deepEqual(many, [200, 200, 200, 200]);
  assert.deepEqual(logged, ["A worker died", "A worker serves again"]);
});
