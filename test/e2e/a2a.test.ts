/** An A2A agent behind the gateway: its card as callers need it, JSON-RPC and streams as they are. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { Backend } from "../support/backend.ts";
import { configFolder } from "../support/config-folder.ts";

const KEY = "key-of-the-agents-caller-0001";
const POLICY = `<policies><inbound><base /><set-header name="x-from-policy" exists-action="override"><value>@(context.Operation.Id)</value></set-header></inbound></policies>`;

let backend: Backend;
let gateway: RunningGateway;
let origin: string;
let card: object;

before(async () => {
  backend = await Backend.start();
  card = {
    protocolVersion: "0.3.0",
    name: "Weather",
    url: `${backend.url}/rpc`,
    preferredTransport: "JSONRPC",
    additionalInterfaces: [{ url: `${backend.url}/grpc`, transport: "GRPC" }],
    capabilities: { streaming: true },
  };
  const agent = (path: string, properties: object = {}) => ({
    properties: {
      type: "a2a",
      isAgent: true,
      agent: { id: "weather", name: "Weather" },
      path,
      displayName: "Weather",
      protocols: ["https"],
      serviceUrl: "",
      a2aProperties: { agentCardBackendUrl: `${backend.url}/.well-known/agent-card.json`, agentCardPath: "/card.json" },
      jsonRpcProperties: { backendUrl: `${backend.url}/rpc`, path: "/" },
      subscriptionKeyParameterNames: { header: "api-key", query: "key" },
      ...properties,
    },
  });
  const folder = await configFolder({
    "apis/weather/apiInformation.json": agent("agents/weather"),
    "apis/weather/policy.xml": POLICY,
    "apis/open/apiInformation.json": agent("open", { subscriptionRequired: false }),
    "sallyport.yaml": JSON.stringify({
      listeners: [{ name: "test", host: "127.0.0.1", port: 0 }],
      subscriptions: { caller: { primaryKey: KEY, scope: "/apis/weather" } },
      accessLog: { enabled: false },
      mcp: { weather: { authorization: { servers: ["https://login.example"] } } },
    }),
  });
  gateway = await startGateway({ folder, env: {}, watch: false });
  origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
});
after(async () => {
  await gateway.stop();
  await backend.close();
});
beforeEach(() => {
  backend.seen.length = 0;
  backend.answer = (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", ETag: '"1"' });
    response.end(JSON.stringify(card));
  };
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(origin + path, { ...init, headers: { "api-key": KEY, ...(init.headers as Record<string, string>) } });

test("the card names the gateway, JSON-RPC and the key, at its own path and the well-known ones", async () => {
  for (const path of ["/card.json", "/.well-known/agent-card.json", "/.well-known/agent.json"]) {
    const answer = await ask(`/agents/weather${path}`, { headers: { "If-None-Match": '"1"' } });
    assert.equal(answer.headers.get("etag"), null);
    assert.deepEqual(await answer.json(), {
      protocolVersion: "0.3.0",
      name: "Weather",
      capabilities: { streaming: true },
      url: `${origin}/agents/weather`,
      preferredTransport: "JSONRPC",
      securitySchemes: { subscriptionKey: { type: "apiKey", in: "header", name: "api-key" } },
      security: [{ subscriptionKey: [] }],
    });
  }
  assert.deepEqual([...new Set(backend.seen.map((r) => r.url))], ["/.well-known/agent-card.json"]);
  assert.ok(backend.seen.every(({ raw }) => !raw.join(" ").toLowerCase().includes("if-none-match")));
});

test("JSON-RPC goes to the agent, after the API's policies; the caller's token stays", async () => {
  backend.answer = (_request, response) => void response.end('{"jsonrpc":"2.0","id":1,"result":{}}');
  const answer = await ask("/agents/weather", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer of-the-caller" },
    body: '{"jsonrpc":"2.0","id":1,"method":"message/send","params":{}}',
  });
  assert.equal(await answer.text(), '{"jsonrpc":"2.0","id":1,"result":{}}');
  const [{ method, url, raw, body }] = backend.seen;
  assert.deepEqual([method, url], ["POST", "/rpc"]);
  assert.match(body, /message\/send/);
  const headers = new Map(raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1]] as const] : [])));
  assert.deepEqual(
    [headers.get("x-from-policy"), headers.get("authorization"), headers.get("api-key")],
    ["rpc", undefined, undefined],
  );
});

test("a stream passes event by event", async () => {
  const events = [1, 2, 3].map((n) => `data: {"jsonrpc":"2.0","id":1,"result":{"n":${n}}}\n\n`);
  let goOn = () => {};
  backend.answer = async (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const event of events) {
      response.write(event);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    }
    response.end();
  };
  const answer = await ask("/agents/weather", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  for (const event of events) {
    // Each arrives while the agent still holds the next one back.
    assert.equal(new TextDecoder().decode((await reader.read()).value), event);
    goOn();
  }
  assert.equal((await reader.read()).done, true);
});

test("nothing but JSON-RPC is spoken, and a key is asked for", async () => {
  const form = await ask("/agents/weather", { method: "POST", body: new URLSearchParams({ a: "1" }) });
  assert.equal(form.status, 415);
  assert.equal((await ask("/agents/weather/v1/message:send", { method: "POST", body: "{}" })).status, 404);
  const keyless = await fetch(`${origin}/agents/weather/card.json`);
  assert.equal(keyless.status, 401);
  assert.match(
    keyless.headers.get("www-authenticate") ?? "",
    /^Bearer resource_metadata="http:\/\/[^"]+\/\.well-known\/oauth-protected-resource\/agents\/weather\/card\.json"/,
  );
  assert.equal(backend.seen.length, 0);
});

test("an agent without a key, one that fails, and one whose card is none", async () => {
  const open = () => fetch(`${origin}/open/card.json`);
  const { name, url, security } = (await (await open()).json()) as Record<string, unknown>;
  assert.deepEqual([name, url, security], ["Weather", `${origin}/open`, undefined]);
  backend.answer = (_request, response) => void response.writeHead(503).end("down");
  assert.equal((await open()).status, 503);
  backend.answer = (_request, response) => void response.end("<html>");
  assert.equal((await open()).status, 502);
});
