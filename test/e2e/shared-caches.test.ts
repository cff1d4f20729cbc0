/** Caches that several share: the threads of a process in its memory, replicas over a real Redis; and a Redis that is gone or hangs. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { RedisCache } from "../../src/state/redis/cache.ts";
import { RedisLink } from "../../src/state/redis/link.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";
import { noRedis, RedisServer } from "../support/redis.ts";

const document = (inbound: string, outbound = "") =>
  `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound><base />${outbound}</outbound><on-error><base /></on-error></policies>`;

const header = (name: string) => `context.Request.Headers.GetValueOrDefault("${name}", "")`;
/** Does with the value of a key what the caller's headers say, and answers what is in the cache afterwards. */
const values = (type: string) =>
  document(`<choose>
    <when condition="@(${header("X-Store")} != "")"><cache-store-value key="k" value="@(JObject.FromObject(new { text = ${header("X-Store")} }))" duration="60" caching-type="${type}" /></when>
    <when condition="@(${header("X-Remove")} != "")"><cache-remove-value key="k" caching-type="${type}" /></when>
  </choose>
  <cache-lookup-value key="k" variable-name="v" caching-type="${type}" />
  <return-response><set-body>@(context.Variables.ContainsKey("v") ? (string)((JObject)context.Variables["v"])["text"] : "nothing")</set-body></return-response>`);

const made = (url: string) =>
  document(`<cache-value key="k" variable-name="v" expires-after="60"><value>
    <send-request mode="new" response-variable-name="r" timeout="20"><set-url>${url}/made</set-url></send-request>
    <set-variable name="v" value="@(((IResponse)context.Variables["r"]).Body.As<string>())" /></value></cache-value>
  <return-response><set-body>@((string)context.Variables["v"])</set-body></return-response>`);

const responses = () =>
  document(
    '<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" />',
    '<cache-store duration="60" />',
  );

interface Running {
  readonly gateways: readonly RunningGateway[];
  readonly backend: Backend;
}

/** @param redis where replicas meet; undefined: one process alone */
async function start(
  t: TestContext,
  policy: (url: string) => string,
  options: { readonly workers: number; readonly replicas?: number; readonly redis?: RedisServer },
): Promise<Running> {
  const backend = await Backend.start();
  const redis = options.redis && { redis: { url: options.redis.url, deadlineMs: 500, cacheDeadlineMs: 500 } };
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: policy(backend.url) },
    settings: { listeners: [{ host: "127.0.0.1", port: 0 }], accessLog: false, ...(redis && { stores: redis }) },
  });
  const gateways: RunningGateway[] = [];
  for (let i = 0; i < (options.replicas ?? 1); i++)
    gateways.push(await startGateway({ folder, watch: false, workers: options.workers }));
  t.after(async () => {
    for (const gateway of gateways) await gateway.stop();
    await backend.close();
    await removeFolder(folder);
  });
  return { gateways, backend };
}

/** On a connection of its own: the kernel spreads them over the threads. */
function call(gateway: RunningGateway, headers: Record<string, string> = {}): Promise<string> {
  const { port } = gateway.addresses[0];
  return new Promise((resolve, reject) => {
    const all = { Host: "api.example.com", "Ocp-Apim-Subscription-Key": KEY, ...headers };
    const asked = request({ port, path: "/t/items/1", headers: all, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

const everywhere = async ({ gateways }: Running) =>
  new Set(await Promise.all(gateways.flatMap((one) => Array.from({ length: 20 }, () => call(one)))));

test("what one thread stores or removes, all threads see at once", async (t) => {
  const running = await start(t, () => values("prefer-external"), { workers: 2 });
  const [gateway] = running.gateways;
  for (const text of ["one", "two", "three"]) {
    await call(gateway, { "X-Store": text });
    assert.deepEqual(await everywhere(running), new Set([text]));
    await call(gateway, { "X-Remove": "1" });
    assert.deepEqual(await everywhere(running), new Set(["nothing"]));
  }
});

test("many who miss a value in two threads make one call", async (t) => {
  const { gateways, backend } = await start(t, made, { workers: 2 });
  backend.answer = (_asked, response) => void setTimeout(() => response.end("made"), 200);
  const texts = await Promise.all(Array.from({ length: 60 }, () => call(gateways[0])));
  assert.deepEqual([new Set(texts), backend.seen.length], [new Set(["made"]), 1]);
});

test("a response that one thread has stored answers callers of all", async (t) => {
  const { gateways, backend } = await start(t, responses, { workers: 2 });
  backend.answer = (_asked, response) => void setTimeout(() => response.end("fetched"), 100);
  const texts = await Promise.all(Array.from({ length: 60 }, () => call(gateways[0])));
  assert.deepEqual([new Set(texts), backend.seen.length], [new Set(["fetched"]), 1]);
});

test("replicas share values, removals and responses over Redis", { skip: noRedis }, async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  const shared = await start(t, () => values("external"), { workers: 1, replicas: 2, redis });
  await call(shared.gateways[0], { "X-Store": "one" });
  assert.deepEqual(await everywhere(shared), new Set(["one"]));
  await call(shared.gateways[1], { "X-Remove": "1" });
  assert.deepEqual(await everywhere(shared), new Set(["nothing"]));

  const { gateways, backend } = await start(t, made, { workers: 1, replicas: 2, redis });
  backend.answer = (_asked, response) => void setTimeout(() => response.end("made"), 200);
  const texts = await Promise.all(gateways.flatMap((one) => Array.from({ length: 30 }, () => call(one))));
  assert.deepEqual([new Set(texts), backend.seen.length], [new Set(["made"]), 1]);

  const stored = await start(t, responses, { workers: 1, replicas: 2, redis });
  stored.backend.answer = (_asked, response) => void response.end("fetched");
  assert.deepEqual(await everywhere(stored), new Set(["fetched"]));
  assert.equal(stored.backend.seen.length, 1);
});

test("internal is this process alone, though there is a Redis", { skip: noRedis }, async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  const { gateways } = await start(t, () => values("internal"), { workers: 1, replicas: 2, redis });
  await call(gateways[0], { "X-Store": "mine" });
  assert.deepEqual([await call(gateways[0]), await call(gateways[1])], ["mine", "nothing"]);
});

for (const how of ["killed", "frozen"] as const) {
  test(`a Redis that is ${how}: every lookup is a miss, none hangs, and the cache is back with it`, {
    skip: noRedis,
  }, async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.stop());
    const running = await start(t, () => values("external"), { workers: 1, redis });
    const [gateway] = running.gateways;
    await call(gateway, { "X-Store": "before" });
    if (how === "killed") await redis.kill();
    else redis.freeze();
    const texts = await Promise.all(Array.from({ length: 20 }, () => call(gateway)));
    assert.deepEqual(new Set(texts), new Set(["nothing"]));
    await call(gateway, { "X-Remove": "1" });
    if (how === "killed") await redis.start();
    else redis.thaw();
    // What was removed meanwhile does not come back with a server that has remembered it.
    let text = "";
    for (const end = performance.now() + 15_000; text !== "after" && performance.now() < end; await sleep(50)) {
      assert.notEqual(await call(gateway), "before");
      text = await call(gateway, { "X-Store": "after" });
    }
    assert.equal(text, "after");
  });
}

test("values that are too large, or no bytes, are not kept, nor what they replace", { skip: noRedis }, async (t) => {
  const redis = await RedisServer.start();
  const cache = new RedisCache(await RedisLink.open({ url: redis.url, deadlineMs: 2_000 }));
  t.after(async () => {
    await cache.close();
    await redis.stop();
  });
  for (const value of [Buffer.alloc(3 * 1024 * 1024), { an: "object" }]) {
    await cache.put("k", Buffer.from("small"), 60_000);
    assert.equal(String(await cache.get("k")), "small");
    await cache.put("k", value, 60_000);
    assert.equal(await cache.get("k"), undefined);
  }
  await cache.put("k", Buffer.from("short"), 30);
  await sleep(60);
  assert.equal(await cache.get("k"), undefined);
});

test("of those who share the cache one makes a value", {
  skip: noRedis,
}, async (t) => {
  const redis = await RedisServer.start();
  const caches = [0, 1].map(async () => new RedisCache(await RedisLink.open({ url: redis.url, deadlineMs: 2_000 })));
  const [one, other] = await Promise.all(caches);
  t.after(async () => {
    await one.close();
    await other.close();
    await redis.stop();
  });
  const release = await one.makers.acquire("k", 1);
  assert.ok(release);
  assert.equal(await other.makers.acquire("k", 1), undefined);
  release();
  await sleep(50);
  assert.ok(await other.makers.acquire("k", 1));
});
