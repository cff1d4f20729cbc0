/** Framing and codings of bodies that policies touch: H12 (one framing field on the wire) and U6 (codings that swell). */
import assert from "node:assert/strict";
import { createServer, type Socket, type AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { after, before, beforeEach, test } from "node:test";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient, type RawResponse } from "../support/raw-client.ts";
import { api, operation, policy, snapshot } from "../support/snapshot.ts";

/** Requests as they came over the wire, and the answer to all of them. */
let heads: string[] = [];
let answer: Buffer = Buffer.alloc(0);
const sockets = new Set<Socket>();
const backend = createServer((socket) => {
  sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => {}));
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    if (text.length < end + 4 + length) return;
    heads.push(text.slice(0, end));
    text = "";
    socket.write(answer);
  });
});

before(() => new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve)));
beforeEach(() => {
  heads = [];
  answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
});
after(() => {
  for (const socket of sockets) socket.destroy();
  backend.close();
});

async function withPolicy(
  sections: Parameters<typeof policy>[0],
  use: (gateway: TestGateway) => Promise<void>,
): Promise<void> {
  const serviceUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const operations = ["GET", "POST"].map((method) => operation(method, "/*"));
  const document = policy({ backend: "<forward-request />", ...sections });
  const { program, diagnostics } = loadProgram(
    snapshot({ apis: [api("a", { serviceUrl, operations, policy: document })] }),
    policies,
  );
  assert.deepEqual(diagnostics, []);
  const gateway = await startGateway(program);
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function send(gateway: TestGateway, request: string | Uint8Array): Promise<RawResponse> {
  const client = await RawClient.open(gateway.port);
  client.write(request);
  const response = await client.response("POST");
  client.close();
  return response;
}

const post = (body: string, more = "") =>
  `POST /a/x HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

const framing = (head: string) =>
  head.split("\r\n").filter((line) => /^(content-length|transfer-encoding):/i.test(line));

const setAll = ["content-length", "Content-Length", "CONTENT-LENGTH"]
  .map((name) => `<set-header name="${name}" exists-action="append"><value>99</value></set-header>`)
  .join("");

test("H12 lengths that policies set never reach the wire: one framing field, the body's own", async () => {
  const coding = '<set-header name="Transfer-Encoding"><value>chunked</value></set-header>';
  await withPolicy({ inbound: setAll + coding, outbound: setAll + coding }, async (gateway) => {
    const response = await send(gateway, post("12345"));
    assert.deepEqual([response.status, response.body], [200, "ok"]);
    assert.deepEqual([response.headers.get("content-length"), response.headers.has("transfer-encoding")], ["2", false]);
    assert.deepEqual(
      framing(heads[0]).map((line) => line.toLowerCase()),
      ["content-length: 5"],
    );
  });
  await withPolicy({ inbound: `<set-body>longer than it was</set-body>${setAll}` }, async (gateway) => {
    assert.equal((await send(gateway, post("12345"))).status, 200);
    assert.deepEqual(
      framing(heads[1]).map((line) => line.toLowerCase()),
      ["content-length: 18"],
    );
  });
});

const BOMB = Buffer.alloc(64 * 1024 * 1024);
const coded = (content: Uint8Array, encoding: string) =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${content.length}\r\n\r\n`),
    content,
  ]);
const read = (side: string) => `<set-variable name="x" value="@(context.${side}.Body.As<string>().Length)" />`;

for (const [name, bytes] of [
  ["a gzip bomb", coded(gzipSync(BOMB), "gzip")],
  ["a brotli bomb", coded(brotliCompressSync(BOMB), "br")],
  ["a bomb within a coding", coded(gzipSync(gzipSync(BOMB)), "gzip, gzip")],
  ["three codings", coded(gzipSync(gzipSync(gzipSync("x"))), "gzip, gzip, gzip")],
  ["a thousand codings", coded(gzipSync("x"), Array(1_000).fill("gzip").join(","))],
  ["a coding that is none", coded(Buffer.from("plain"), "gzip")],
  ["a coding that breaks off", coded(gzipSync("whole").subarray(0, 12), "gzip")],
] as const) {
  test(`U6 ${name} in an answer that a policy reads is a fault, and memory stays bounded`, () =>
    withPolicy({ outbound: read("Response") }, async (gateway) => {
      answer = bytes;
      const before = process.memoryUsage().arrayBuffers;
      const response = await send(gateway, post(""));
      assert.equal(response.status, 500);
      assert.ok(!/gzip|decode|coding/i.test(response.body), response.body);
      assert.ok(process.memoryUsage().arrayBuffers - before < 40 * 1024 * 1024);
      answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      assert.equal((await send(gateway, post(""))).status, 200);
    }));
}

test("U6 a bomb that no policy reads passes as it came", () =>
  withPolicy({}, async (gateway) => {
    const content = gzipSync(BOMB);
    answer = coded(content, "gzip");
    const response = await send(gateway, post(""));
    assert.deepEqual([response.status, response.headers.get("content-encoding")], [200, "gzip"]);
    assert.equal(response.headers.get("content-length"), String(content.length));
  }));

test("B7 a bomb in a request that a policy reads is a fault before the backend is asked", () =>
  withPolicy({ inbound: read("Request") }, async (gateway) => {
    const content = gzipSync(BOMB);
    const head = `POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: ${content.length}\r\n\r\n`;
    const response = await send(gateway, Buffer.concat([Buffer.from(head), content]));
    assert.deepEqual([response.status, heads.length], [500, 0]);
  }));
