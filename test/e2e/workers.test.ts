/** Several threads on one port: limits are exact over all of them, reloads reach all, a dead one comes back, nothing is lost on the way out. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { connect } from "node:tls";
import { type RunningGateway, type StartOptions, startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";
import { SERVER } from "../support/certificates.ts";

const document = (inbound: string) =>
  `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

interface Running {
  readonly gateway: RunningGateway;
  readonly folder: string;
  readonly backend: Backend;
}

async function start(
  t: TestContext,
  inbound: string,
  options: Partial<StartOptions> = {},
  listeners: readonly object[] = [{ host: "127.0.0.1", port: 0 }],
): Promise<Running> {
  const backend = await Backend.start();
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { operation: document(inbound) },
    settings: {
      listeners,
      admin: { port: 0 },
      accessLog: false,
      // Much longer than callers need to leave, however slow the machine.
      limits: { lameDuckMs: 4_000 },
    },
  });
  const gateway = await startGateway({ folder, watch: false, workers: 2, ...options });
  t.after(async () => {
    await gateway.stop();
    await backend.close();
    await removeFolder(folder);
  });
  return { gateway, folder, backend };
}

test("a TLS session begun on one thread is taken up on any", async (t) => {
  const tls = join(mkdtempSync(join(tmpdir(), "sallyport-tls-")), "server");
  await writeFile(`${tls}.crt`, SERVER.certificate);
  await writeFile(`${tls}.key`, SERVER.key);
  t.after(() => rmSync(dirname(tls), { recursive: true }));
  const listener = { host: "127.0.0.1", port: 0, tls: { certificate: `${tls}.crt`, key: `${tls}.key` } };
  const { gateway } = await start(t, "", {}, [listener]);
  const { port } = gateway.addresses[0];
  const visit = async (session?: Buffer) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, session });
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.resume();
    let ticket: Buffer | undefined;
    socket.on("session", (given) => {
      ticket = given;
    });
    await once(socket, "secureConnect");
    const isReused = socket.isSessionReused();
    await once(socket, "close");
    return { isReused, ticket };
  };
  const { ticket } = await visit();
  // Connections are spread over the threads: the chance that all of these meet the first one is one in a million.
  for (let i = 0; i < 20; i++) assert.equal((await visit(ticket)).isReused, true);
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Each call on a connection of its own unless an agent is given: the kernel spreads connections over the threads. */
function call({ gateway }: Running, path = "/t/items/1", agent?: Agent): Promise<Answer> {
  const { port } = gateway.addresses[0];
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, path, agent: agent ?? false, headers: { "Ocp-Apim-Subscription-Key": KEY } },
      (response) => {
        response.resume();
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
        response.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

test("a trace is found through whichever thread is asked for it", async (t) => {
  const running = await start(t, "");
  const port = running.gateway.addresses[0].port;
  const key = { "Ocp-Apim-Subscription-Key": KEY };
  const traced = await fetch(`http://127.0.0.1:${port}/t/items/1`, { headers: { ...key, "Ocp-Apim-Trace": "true" } });
  const location = traced.headers.get("ocp-apim-trace-location");
  assert.ok(location);
  const path = new URL(location).pathname;
  for (let i = 0; i < 20; i++) assert.equal((await call(running, path)).status, 200);
  const unknown = await fetch(`${new URL(location).origin}/.sallyport/trace/none`, { headers: key });
  assert.equal(unknown.status, 404);
});

test("a limit is granted exactly, whichever thread a call meets", async (t) => {
  const running = await start(t, '<rate-limit-by-key calls="100" renewal-period="300" counter-key="one" />');
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let i = 0; i < 25; i++) statuses.push((await call(running)).status);
    }),
  );
  assert.equal(statuses.filter((status) => status === 200).length, 100);
  assert.equal(statuses.filter((status) => status === 429).length, 400);
});

test("slots are bounded over all threads, and given back", async (t) => {
  const policy =
    '<limit-concurrency key="k" max-count="3"><set-variable name="x" value="1" /><send-request mode="new" response-variable-name="r"><set-url>URL/slow</set-url></send-request></limit-concurrency>';
  let inside = 0;
  let most = 0;
  const backend = await Backend.start();
  t.after(() => backend.close());
  backend.answer = (_request, response) => {
    most = Math.max(most, ++inside);
    setTimeout(() => {
      inside--;
      response.end();
    }, 30);
  };
  const running = await start(t, policy.replace("URL", backend.url));
  const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await call(running)).status));
  assert.ok(most <= 3, `${most} at once`);
  assert.ok(statuses.includes(200) && statuses.includes(429));
  assert.equal((await call(running)).status, 200);
});

test("a reload comes into force in every thread; mistakes change nothing", async (t) => {
  const running = await start(t, '<return-response><set-status code="201" reason="a" /></return-response>');
  const file = join(running.folder, "apis", "test", "operations", "item", "policy.xml");
  const all = async () =>
    new Set(await Promise.all(Array.from({ length: 40 }, async () => (await call(running)).status)));
  assert.deepEqual(await all(), new Set([201]));
  await writeFile(file, document('<return-response><set-status code="202" reason="b" /></return-response>'));
  await running.gateway.reload();
  assert.deepEqual(await all(), new Set([202]));
  await writeFile(file, document("<no-such-policy />"));
  assert.equal((await running.gateway.reload()).program, undefined);
  assert.deepEqual(await all(), new Set([202]));
});

test("all leave without losing a request", async (t) => {
  const running = await start(t, "");
  running.backend.answer = (_request, response) => setTimeout(() => response.end("x"), 5);
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  let isLeaving = false;
  let sent = 0;
  const failures: string[] = [];
  const callers = Array.from({ length: 20 }, async () => {
    while (!isLeaving) {
      sent++;
      const { status } = await call(running, "/t/items/1", agent).catch((error) => ({ status: String(error) }));
      if (status !== 200) failures.push(String(status));
    }
  });
  while (sent < 120) await new Promise((resolve) => setTimeout(resolve, 20));
  const drained = running.gateway.drain();
  const admin = running.gateway.addresses.find(({ name }) => name === "admin");
  assert.equal((await fetch(`http://127.0.0.1:${admin?.port}/readyz`)).status, 503);
  // Who knows that it leaves goes elsewhere, after some more calls.
  const known = sent;
  while (sent < known + 60) await new Promise((resolve) => setTimeout(resolve, 20));
  isLeaving = true;
  await Promise.all(callers);
  await drained;
  assert.deepEqual(failures, []);
  agent.destroy();
});

test("quotas survive a restart", async (t) => {
  const state = mkdtempSync(join(tmpdir(), "sallyport-state-"));
  t.after(() => rmSync(state, { recursive: true, force: true }));
  const quotaFile = join(state, "quotas.db");
  const running = await start(t, '<quota-by-key calls="5" renewal-period="86400" counter-key="one" />', { quotaFile });
  for (let i = 0; i < 3; i++) assert.equal((await call(running)).status, 200);
  await running.gateway.drain();
  const again = await startGateway({ folder: running.folder, watch: false, workers: 2, quotaFile });
  t.after(() => again.stop());
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await call({ ...running, gateway: again })).status);
  assert.deepEqual(statuses, [200, 200, 403, 403]);
});

test("an address that is taken is told as such", async (t) => {
  const running = await start(t, "");
  const { port } = running.gateway.addresses[0];
  const taken = writeFolder({
    serviceUrl: "http://127.0.0.1:1",
    settings: { listeners: [{ port: running.backend.port }] },
  });
  const folder = await taken;
  t.after(() => removeFolder(folder));
  await assert.rejects(startGateway({ folder, watch: false, workers: 2 }), /port is taken/);
  assert.ok(port > 0);
});
