/** Asked for twice what it can do, the gateway does what it can, refuses the rest at once, and is itself again afterwards. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";
import { callOnce, openLoop } from "../support/open-loop.ts";

const BACKEND_MS = 100;
const MAX_IN_FLIGHT = 20;
/** Calls a second that so many slots can hold. */
const CAPACITY = (MAX_IN_FLIGHT * 1_000) / BACKEND_MS;
const headers = { "Ocp-Apim-Subscription-Key": KEY };

async function start(t: TestContext, overload: object) {
  const backend = await Backend.start();
  backend.answer = (_request, response) => void setTimeout(() => response.end("done"), BACKEND_MS);
  const folder = await writeFolder({
    serviceUrl: backend.url,
    settings: { listeners: [{ host: "127.0.0.1", port: 0 }], admin: { port: 0 }, accessLog: false, overload },
  });
  const gateway = await startGateway({ folder, watch: false });
  t.after(async () => {
    await gateway.stop();
    await backend.close();
    await removeFolder(folder);
  });
  const [listener, admin] = gateway.addresses;
  return { backend, port: listener.port, adminPort: admin.port };
}

test("at twice the capacity every call let in is answered, the others are refused with Retry-After", async (t) => {
  const { backend, port, adminPort } = await start(t, { maxInFlight: MAX_IN_FLIGHT, maxLoopDelayMs: 0 });
  const probes: number[] = [];
  const probing = setInterval(() => {
    for (const probe of [
      { port, path: "/status-0123456789abcdef" },
      { port: adminPort, path: "/livez" },
    ])
      void callOnce(probe).then(({ status }) => probes.push(status));
  }, 100);
  const ended = await openLoop({ port, path: "/t/items/1", headers, rate: 2 * CAPACITY, durationMs: 2_000 });
  clearInterval(probing);

  const by = Map.groupBy(ended, ({ status }) => status);
  const served = by.get(200)?.length ?? 0;
  const refused = by.get(503) ?? [];
  assert.equal(served + refused.length, ended.length, `statuses ${[...by.keys()].join()}`);
  assert.equal(served, backend.seen.length, "nothing that was refused reached the backend, nothing that did was lost");
  assert.ok(served > 0 && refused.length > 0);
  assert.ok(refused.every(({ retryAfter }) => Number(retryAfter) >= 1));
  assert.ok(probes.length > 0 && probes.every((status) => status === 200), probes.join());
  const after = await callOnce({ port, path: "/t/items/1", headers });
  assert.equal(after.status, 200, "each slot is free again");
});

test("callers that leave give their slots back", async (t) => {
  const { backend, port } = await start(t, { maxInFlight: 2, maxLoopDelayMs: 0 });
  backend.answer = () => {};
  const sockets = [0, 1].map(() => {
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET /t/items/1 HTTP/1.1\r\nHost: a\r\nOcp-Apim-Subscription-Key: ${KEY}\r\n\r\n`);
    return socket;
  });
  while (backend.seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.answer = (_request, response) => response.end();
  assert.equal((await callOnce({ port, path: "/t/items/1", headers })).status, 503);
  for (const socket of sockets) socket.destroy();
  let status = 0;
  for (let i = 0; i < 200 && status !== 200; i++) {
    status = (await callOnce({ port, path: "/t/items/1", headers })).status;
    if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(status, 200);
});
