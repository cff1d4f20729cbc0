/** Abuse of limits of tokens and of streams: each case has its expected end, with policies that count tokens looking on. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient } from "../support/raw-client.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const POLICY = `<policies><inbound><base />
  <llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="1000" estimate-prompt-tokens="true" remaining-tokens-header-name="x-left" />
</inbound><backend><retry condition="@(context.Response.StatusCode >= 500)" count="2" interval="0"><forward-request buffer-request-body="true" /></retry></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

let backend: Backend;
let sockets: Server;
let onSocket: (socket: Socket) => void = () => {};
let gateway: TestGateway;

function program() {
  const operations = [operation("POST", "/*", { policy: { source: new SourceText(POLICY, "policy.xml") } })];
  const { port } = sockets.address() as { port: number };
  const live = api("live", { type: "websocket", serviceUrl: `ws://127.0.0.1:${port}/live` });
  const apis = [api("v1", { serviceUrl: backend.url, operations }), live];
  const loaded = loadProgram(snapshot({ apis }), policies);
  assert.deepEqual(loaded.diagnostics, []);
  assert.ok(loaded.program);
  return loaded.program;
}

before(async () => {
  backend = await Backend.start();
  sockets = createServer((socket) => onSocket(socket.on("error", () => {})));
  await new Promise<void>((resolve) => sockets.listen(0, "127.0.0.1", resolve));
  gateway = await startGateway(program());
});
after(async () => {
  await gateway.close();
  await backend.close();
  sockets.close();
});
beforeEach(() => {
  backend.seen.length = 0;
  backend.answer = undefined;
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}

function ask(team: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-team": team },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body }),
    signal,
  });
}

/** What is left of a team's limit, by a call that uses nothing. */
async function left(team: string): Promise<number> {
  backend.answer = (_request, response) => void response.writeHead(400).end("{}");
  const response = await ask(team, { messages: [], max_tokens: 0 });
  return Number(response.headers.get("x-left")) + 1;
}

const stream = (response: ServerResponse) => response.writeHead(200, { "Content-Type": "text/event-stream" });
const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

test("U9 a hundred calls side by side with a twentieth of the budget left: what is granted never passes it", async () => {
  const used = (completion: number) => (_request: unknown, response: ServerResponse) => {
    setTimeout(() => {
      const usage = { prompt_tokens: 1, completion_tokens: completion, total_tokens: completion + 1 };
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ choices: [], usage }));
    }, 20);
  };
  backend.answer = used(949);
  await (await ask("U9", { max_tokens: 949 })).text();
  await until(async () => (await left("U9")) === 50);
  backend.answer = used(19);
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask("U9", { max_tokens: 19 })));
  const granted = answers.filter(({ status }) => status === 200);
  assert.equal(granted.length, 2);
  assert.ok(answers.every(({ status }) => status === 200 || status === 429));
  await Promise.all(answers.map((answer) => answer.text()));
  await until(async () => (await left("U9")) === 10);
});

test("U10 a caller that leaves at the fifth token: its tokens are counted, its backend is left, too", async () => {
  let isLeft = false;
  backend.answer = (_request, response) => {
    stream(response);
    response.on("close", () => {
      isLeft = true;
    });
    const next = () => {
      if (response.destroyed) return;
      response.write(delta(" a"));
      setTimeout(next, 20);
    };
    next();
  };
  const leaving = new AbortController();
  const answer = await ask("U10", { stream: true, max_tokens: 500 }, leaving.signal);
  let text = "";
  await assert.rejects(async () => {
    for await (const part of answer.body ?? []) {
      text += Buffer.from(part).toString();
      if (text.split(" a").length > 5) leaving.abort();
    }
  });
  await until(() => isLeft);
  let found = 0;
  await until(async () => {
    found = await left("U10");
    return found > 500;
  });
  // "Hi", and a token for each piece that went out before the caller was known to have left.
  assert.ok(found <= 1000 - 6, String(found));
});

test("U10 a hundred choices reserve a hundred times the bound; no bound reserves the prompt", async () => {
  let release = () => {};
  backend.answer = (_request, response) => {
    release = () => void response.writeHead(200, { "Content-Type": "application/json" }).end('{"choices":[]}');
  };
  const many = ask("U10 n", { n: 100, max_tokens: 9 });
  await until(() => backend.seen.length === 1);
  assert.equal((await ask("U10 n", { max_tokens: 100 })).status, 429);
  release();
  assert.equal((await many).status, 200);
  const unbounded = ask("U10 open", {});
  await until(() => backend.seen.length === 2);
  const open = release;
  const second = ask("U10 open", { max_tokens: 998 });
  await until(() => backend.seen.length === 3);
  open();
  release();
  assert.deepEqual([(await unbounded).status, (await second).status], [200, 200]);
});

const ODD_STREAMS: readonly (readonly [name: string, parts: readonly string[]])[] = [
  ["an event cut in its characters", ['data: {"choices":[{"delta":{"content":"ä', '€😀"}}]}\n', "\ndata: [DONE]\n\n"]],
  ["a line of a megabyte", [`data: ${"x".repeat(1_200_000)}\n\n`, delta("a"), "data: [DONE]\n\n"]],
  ["no empty line at the end", [delta("a"), 'data: {"choices":[{"delta":{}}]}']],
  ["CR alone", ['data: {"choices":[]}\r\rdata: {"a":1}\r', "\rdata: [DONE]\r\r"]],
  ["a flood of comments", [": ping\n".repeat(50_000), "\n", delta("a")]],
  ["no [DONE]", [delta("a"), delta("b")]],
  ["an error in the stream", ['data: {"error":{"message":"x"}}\n\n']],
  ["events without data, and what is no JSON", ["event: x\n\nid: 1\n\ndata\n\ndata: {\n\n", "\n\n\n"]],
  ["bytes that are no UTF-8", ["data: \xff\xfe\n\n", "\x00\x01"]],
];

for (const [name, parts] of ODD_STREAMS)
  test(`U11 ${name}: byte for byte`, async () => {
    const whole = Buffer.concat(parts.map((part) => Buffer.from(part, name.includes("no UTF-8") ? "latin1" : "utf8")));
    backend.answer = (_request, response) => {
      stream(response);
      // Cut where no event ends, and within characters.
      let at = 0;
      const next = () => {
        const end = Math.min(whole.length, at + Math.max(41, Math.floor(whole.length / 9)));
        response.write(whole.subarray(at, end));
        at = end;
        if (at < whole.length) setImmediate(next);
        else response.end();
      };
      next();
    };
    const answer = await ask(name, { stream: true });
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), whole);
  });

test("U11 a JSON error under 200 on a stream passes as it came", async () => {
  const text = '{"error":{"message":"quota"}}';
  backend.answer = (_request, response) =>
    void response.writeHead(200, { "Content-Type": "application/json" }).end(text);
  assert.equal(await (await ask("U11 json", { stream: true })).text(), text);
});

test("U12 a stream that breaks off is not asked for again, and does not look complete", async () => {
  backend.answer = (_request, response) => {
    stream(response).write(delta("x".repeat(200)));
    setTimeout(() => response.destroy(), 30);
  };
  const answer = await ask("U12", { stream: true });
  await assert.rejects(answer.text());
  assert.equal(backend.seen.length, 1);
});

test("S5 streams and sockets that are idle live through a change of configuration", async () => {
  const open: ServerResponse[] = [];
  backend.answer = (_request, response) => {
    stream(response).write(": idle\n\n");
    open.push(response);
  };
  onSocket = (socket) => {
    socket.once("data", () => {
      socket.write(`${SWITCHING}${ACCEPT}\r\n`);
      socket.on("data", (data) => socket.write(data));
    });
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("S5", { stream: true, max_tokens: 1 })));
  const tunnel = await upgraded();
  gateway.gateway.activate(program());
  for (const response of open) response.end(delta("a"));
  for (const answer of answers) assert.equal(await answer.text(), `: idle\n\n${delta("a")}`);
  assert.deepEqual(await echoed(tunnel, Buffer.from([0x81, 0x01, 0x61])), Buffer.from([0x81, 0x01, 0x61]));
  tunnel.close();
});

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
const ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

async function upgraded(more = "", expected = /^HTTP\/1\.1 101 /): Promise<RawClient> {
  const client = await RawClient.open(gateway.port);
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  client.write(`GET /live/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}${more}\r\n`);
  let head = "";
  await new Promise<void>((resolve) => {
    const read = (chunk: Buffer) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      client.socket.off("data", read);
      resolve();
    };
    client.socket.on("data", read);
  });
  assert.match(head, expected);
  return client;
}

function echoed(client: RawClient, bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  return new Promise((resolve) => {
    const read = (chunk: Buffer) => {
      parts.push(chunk);
      const all = Buffer.concat(parts);
      if (all.length < bytes.length) return;
      client.socket.off("data", read);
      resolve(all);
    };
    client.socket.on("data", read);
    client.write(bytes);
  });
}

test("S4 a backend that switches without the key of the handshake is not believed", async () => {
  for (const accept of ["", "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"]) {
    onSocket = (socket) => void socket.once("data", () => socket.write(`${SWITCHING}${accept}\r\n`));
    (await upgraded("", /^HTTP\/1\.1 50\d /)).close();
  }
});

test("S4 S6 frames that no WebSocket would take pass a tunnel as they are, both ways", async () => {
  let asked = "";
  onSocket = (socket) => {
    socket.once("data", (head) => {
      asked = head.toString("latin1");
      const deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99\r\n";
      socket.write(`${SWITCHING}${ACCEPT}${deflate}\r\n`);
      socket.on("data", (data) => socket.write(data));
    });
  };
  const tunnel = await upgraded("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99\r\n");
  assert.match(asked, /permessage-deflate; client_max_window_bits=99/);
  const frames = [
    // RSV bits, a reserved opcode, a control frame in fragments, invalid UTF-8, a length of 2^63, a masked frame.
    Buffer.from("f101ff", "hex"),
    Buffer.from("8b00", "hex"),
    Buffer.from("0900", "hex"),
    Buffer.from("8102c328", "hex"),
    Buffer.from("827fffffffffffffffff00", "hex"),
    Buffer.from("818137fa213d7f", "hex"),
    // Pings without end.
    Buffer.from("8900".repeat(100_000), "hex"),
  ];
  const all = Buffer.concat(frames);
  assert.ok((await echoed(tunnel, all)).equals(all));
  tunnel.close();
});
