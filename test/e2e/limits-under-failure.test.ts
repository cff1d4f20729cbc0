/** Limits when something fails in the middle: slots come back, what was counted is counted once, and no request is left without an answer. */
import assert from "node:assert/strict";
import { type ClientRequest, request } from "node:http";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";
import { noRedis, RedisServer } from "../support/redis.ts";

const document = (inbound: string, backend = "<base />") =>
  `<policies><inbound><base />${inbound}</inbound><backend>${backend}</backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

interface Started {
  readonly port: number;
  readonly backend: Backend;
}

async function start(
  t: TestContext,
  policy: (backendUrl: string) => string,
  workers: number,
  settings: object = {},
): Promise<Started> {
  const backend = await Backend.start();
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: policy(backend.url) },
    settings: { listeners: [{ host: "127.0.0.1", port: 0 }], accessLog: false, ...settings },
  });
  const gateway = await startGateway({ folder, watch: false, workers });
  t.after(async () => {
    await gateway.stop();
    await backend.close();
    await removeFolder(folder);
  });
  return { backend, port: gateway.addresses[0].port };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Each call has a connection of its own: the kernel spreads them over the threads. */
function call({ port }: Started): { readonly asked: ClientRequest; readonly answer: Promise<Answer> } {
  const headers = { "Ocp-Apim-Subscription-Key": KEY };
  const asked = request({ port, path: "/t/items/1", headers, agent: false });
  const answer = new Promise<Answer>((resolve) => {
    asked.on("response", (response) => {
      response.resume();
      response.on("close", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      response.on("error", () => {});
    });
    asked.on("error", () => resolve({ status: 0, headers: {} }));
  });
  asked.end();
  return { asked, answer };
}

const statuses = async (calls: readonly { readonly answer: Promise<Answer> }[]) =>
  (await Promise.all(calls.map(({ answer }) => answer))).map(({ status }) => status);

const SLOTS = 4;
const limited = () =>
  document("", `<limit-concurrency key="k" max-count="${SLOTS}"><forward-request timeout="1" /></limit-concurrency>`);

/** Takes all slots, ends the calls, and shows that all slots are there again within a second. */
async function holdAndFree(gateway: Started, end: (calls: readonly { readonly asked: ClientRequest }[]) => void) {
  const { backend } = gateway;
  const seen = backend.seen.length;
  const held = Array.from({ length: SLOTS }, () => call(gateway));
  while (backend.seen.length < seen + SLOTS) await sleep(5);
  const normal = backend.answer;
  assert.deepEqual(await statuses([call(gateway)]), [429]);
  end(held);
  await statuses(held);
  backend.answer = (_request, response) => void setTimeout(() => response.end(), 200);
  const deadline = performance.now() + 1_000;
  let free: number[] = [];
  while (performance.now() < deadline && !isAll200(free)) {
    free = await statuses(Array.from({ length: SLOTS }, () => call(gateway)));
  }
  assert.ok(isAll200(free), free.join());
  backend.answer = normal;
}

const isAll200 = (codes: readonly number[]) => codes.length === SLOTS && codes.every((code) => code === 200);

test("slots of callers that left, of backends that broke and of time-outs are free within a second, in all threads", async (t) => {
  const gateway = await start(t, limited, 2);
  const { backend } = gateway;
  const sockets = new Set<{ destroy(): void }>();
  backend.answer = (asked) => void sockets.add(asked.socket);
  await holdAndFree(gateway, (held) => {
    for (const { asked } of held) asked.destroy();
  });
  await holdAndFree(gateway, () => {
    for (const socket of sockets) socket.destroy();
  });
  // The time-out of forward-request ends these.
  await holdAndFree(gateway, () => {});
});

test("the store goes away between two limits of one request: it is answered, and the first has counted it once", {
  skip: noRedis,
}, async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.stop());
  const limit = (name: string) =>
    `<rate-limit-by-key calls="100" renewal-period="300" counter-key="${name}" remaining-calls-header-name="X-${name}" />`;
  const gate = (url: string) =>
    `<send-request mode="new" response-variable-name="gate" timeout="20"><set-url>${url}/gate</set-url></send-request>`;
  const gateway = await start(t, (url) => document(limit("first") + gate(url) + limit("second")), 1, {
    stores: { redis: { url: server.url, deadlineMs: 200 } },
  });
  const { backend } = gateway;
  backend.answer = async (asked, response) => {
    if (asked.url === "/gate" && backend.seen.length === 1) await server.kill();
    response.end();
  };
  const calls: (readonly unknown[])[] = [];
  for (let i = 0; i < 3; i++) {
    const { status, headers } = await call(gateway).answer;
    calls.push([status, headers["x-first"], headers["x-second"]]);
  }
  assert.deepEqual(calls, [
    [200, "99", "99"],
    [200, "98", "98"],
    [200, "97", "97"],
  ]);
});
