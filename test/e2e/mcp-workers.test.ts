/** MCP servers over several threads: streams of the older transport belong to one, messages may come to another. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { MCP_KEY, mcpFolder } from "../support/mcp-config.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const OTHER_KEY = "key-of-somebody-else-entirely1";

let backend: RecordingBackend;
let gateway: RunningGateway;
let origin: string;

before(async () => {
  backend = await RecordingBackend.start();
  const folder = await mcpFolder({
    serviceUrl: backend.url,
    settings: {
      workers: 3,
      subscriptions: { agents: MCP_KEY, other: { primaryKey: OTHER_KEY, scope: "/apis/orders-mcp" } },
    },
  });
  gateway = await startGateway({ folder, env: {}, watch: false });
  origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
});
after(async () => {
  await gateway.stop();
  await backend.close();
});

/** On a connection of its own, so that any thread may get it. */
const fresh = (url: URL | string, key: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { "Ocp-Apim-Subscription-Key": key, "Content-Type": "application/json" };
    const call = request(url, { method: "POST", agent: false, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end(body);
  });

/** Reads a stream until it holds a text. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: RegExp): Promise<string> {
  let text = "";
  while (!wanted.test(text)) {
    const { value, done } = await reader.read();
    assert.equal(done, false);
    text += new TextDecoder().decode(value);
  }
  return text;
}

test("answers reach the stream, whichever thread made them; only its owner's do", async () => {
  const streams = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const answer = await fetch(`${origin}/orders-mcp/sse`, { headers: { "Ocp-Apim-Subscription-Key": MCP_KEY } });
      const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
      const first = await until(reader, /\n\n/);
      return { reader, url: `${origin}${/data: (\S+)/.exec(first)?.[1]}` };
    }),
  );
  for (const [i, { reader, url }] of streams.entries()) {
    const ids = [1, 2, 3, 4, 5, 6].map((n) => `${i}-${n}`);
    const sent = ids.map((id) => fresh(url, MCP_KEY, `{"jsonrpc":"2.0","id":"${id}","method":"ping"}`));
    assert.deepEqual([...new Set(await Promise.all(sent))], [202]);
    const got = await until(reader, new RegExp(`(\\{[^}]*${i}-\\d[\\s\\S]*){6}`));
    for (const id of ids) assert.ok(got.includes(`"id":"${id}"`), id);
    assert.equal(await fresh(url, OTHER_KEY, '{"jsonrpc":"2.0","id":1,"method":"ping"}'), 404);
    await reader.cancel();
  }
  // A stream that was left is no session any more.
  let status = 202;
  for (let tries = 0; status === 202 && tries < 50; tries++)
    status = await fresh(streams[0].url, MCP_KEY, '{"jsonrpc":"2.0","method":"notifications/initialized"}');
  assert.equal(status, 404);
});

test("the official client", async () => {
  const withKey: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("Ocp-Apim-Subscription-Key", MCP_KEY);
    return fetch(url, { ...init, headers });
  };
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new SSEClientTransport(new URL(`${origin}/orders-mcp/sse`), { fetch: withKey }));
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((id) => client.callTool({ name: "get_order", arguments: { id } })),
  );
  assert.equal(results.filter(({ isError }) => isError === false).length, 5);
  await client.close();
});
