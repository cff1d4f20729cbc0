/** When a backend is called again, and when not: never for a request that may have had its effect, never without bound. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test, type TestContext } from "node:test";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";

const policy = (forward: string) =>
  `<policies><inbound><base /></inbound><backend><retry condition="@(context.Response.StatusCode &gt;= 500)" count="3" interval="0">${forward}</retry></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

async function start(t: TestContext, forward: string) {
  const backend = await Backend.start();
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: policy(forward) },
    settings: { listeners: [{ host: "127.0.0.1", port: 0 }], accessLog: false },
  });
  const gateway = await startGateway({ folder, watch: false });
  t.after(async () => {
    await gateway.stop();
    await backend.close();
    await removeFolder(folder);
  });
  const { port } = gateway.addresses[0];
  const call = (method = "GET", body?: string): Promise<{ status: number; content: string; isWhole: boolean }> =>
    new Promise((resolve, reject) => {
      const headers = {
        "Ocp-Apim-Subscription-Key": KEY,
        ...(body === undefined ? {} : { "Transfer-Encoding": "chunked" }),
      };
      const asked = request({ port, path: "/t/items/1", method, headers, agent: false }, (response) => {
        let content = "";
        response.setEncoding("latin1");
        response.on("data", (chunk) => (content += chunk));
        response.on("error", () => {});
        response.on("close", () => resolve({ status: response.statusCode ?? 0, content, isWhole: response.complete }));
      });
      asked.on("error", reject);
      if (body === undefined) asked.end();
      else {
        // In two pieces, so that the body is a stream when policies begin.
        asked.write(body.slice(0, 5));
        setTimeout(() => asked.end(body.slice(5)), 30);
      }
    });
  return { backend, call };
}

test("a backend that fails every call gets a fifth more of them, and no more", async (t) => {
  const { backend, call } = await start(t, "<forward-request />");
  backend.answer = (_request, response) => response.writeHead(503).end();
  assert.equal((await call()).status, 503);
  assert.equal(backend.seen.length, 4, "few calls are made again as often as the policy says");
  for (let i = 1; i < 300; i++) assert.equal((await call()).status, 503);
  const retries = backend.seen.length - 300;
  // The last seconds may begin anew on the way: with so many free retries more.
  assert.ok(retries >= 100 && retries <= 300, `${retries} retries of 900`);
});

test("a body that was sent is not sent again, unless the policy holds it", async (t) => {
  for (const [forward, bodies, status] of [
    ["<forward-request />", ["one request"], 500],
    ['<forward-request buffer-request-body="true" />', Array(4).fill("one request"), 503],
  ] as const) {
    const { backend, call } = await start(t, forward);
    backend.answer = (_request, response) => response.writeHead(503).end();
    assert.equal((await call("POST", "one request")).status, status, forward);
    assert.deepEqual(
      backend.seen.map(({ body }) => body),
      bodies,
    );
  }
});

test("a POST whose connection breaks before the answer is not sent again", async (t) => {
  const { backend, call } = await start(t, '<forward-request buffer-request-body="true" />');
  assert.equal((await call("POST", "warm up the connection")).status, 200);
  backend.answer = (request) => request.socket.destroy();
  assert.equal((await call("POST", "charge my card")).status, 500);
  assert.equal(backend.seen.length, 2);
});

test("an answer that has begun is never begun again", async (t) => {
  const { backend, call } = await start(t, "<forward-request />");
  backend.answer = (_request, response) => {
    response.writeHead(200, { "Content-Length": 100_000 });
    response.write("x".repeat(20_000), () => setTimeout(() => response.destroy(), 20));
  };
  const { status, content, isWhole } = await call();
  assert.deepEqual([status, content.length, isWhole], [200, 20_000, false]);
  assert.equal(backend.seen.length, 1);
});
