/** What only the native engine promises of its connections; what both engines promise is in ../upstream.test.ts. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, test, type TestContext } from "node:test";
import { Body } from "../body.ts";
import { Headers } from "../headers.ts";
import { UpstreamError, type UpstreamRequest } from "../upstream.ts";
import { NativeUpstream } from "./native-upstream.ts";

const upstream = new NativeUpstream();
after(() => upstream.close());

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param answer told which request of which connection it is, from 1 on */
async function backend(t: TestContext, answer: (socket: Socket, connection: number, request: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket);
    let requests = 0;
    socket.on("error", () => {});
    socket.on("data", () => answer(socket, connection, ++requests));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = async (more: Partial<UpstreamRequest> = {}) => {
    const request = {
      method: "GET",
      origin,
      path: "/",
      headers: new Headers(),
      body: Body.none,
      headersTimeoutMs: 5_000,
    };
    const response = await upstream.request({ ...request, ...more });
    return Buffer.from(await response.body.collect(100_000)).toString();
  };
  return { sockets, call };
}

test("a kept connection that the backend closes instead of answering: what may be repeated is, once more and elsewhere", async (t) => {
  const { sockets, call } = await backend(t, (socket, _connection, request) => {
    if (request === 1) socket.write(OK);
    else socket.destroy();
  });
  for (let i = 0; i < 5; i++)
    assert.equal(await call({ method: i % 2 === 0 ? "GET" : "PUT", body: Body.text("x") }), "ok");
  assert.ok(sockets.length >= 5, "each connection answered once");
  const isReset = (error: unknown) => error instanceof UpstreamError && error.failure === "reset";
  await assert.rejects(call({ method: "POST", body: Body.text("x") }), isReset, "a POST may have been done");
});

test("a backend that closes after every answer without a word, and many calls at once: none fails", async (t) => {
  const { call } = await backend(t, (socket) => socket.end(OK));
  let left = 500;
  const caller = async () => {
    while (left-- > 0) assert.equal(await call(), "ok");
  };
  await Promise.all(Array.from({ length: 20 }, caller));
});

test("a request that every connection dies of is repeated once, however many are kept", async (t) => {
  let isPoison = false;
  let poisoned = 0;
  const waiting: Socket[] = [];
  const { sockets, call } = await backend(t, (socket) => {
    if (isPoison) {
      poisoned++;
      socket.destroy();
      return;
    }
    waiting.push(socket);
    if (waiting.length === 4) for (const one of waiting) one.write(OK);
  });
  await Promise.all(Array.from({ length: 4 }, () => call()));
  assert.equal(sockets.length, 4);
  isPoison = true;
  await assert.rejects(call(), UpstreamError);
  assert.equal(poisoned, 2);
});

test("a new connection that is closed without an answer is no reason to repeat", async (t) => {
  const { sockets, call } = await backend(t, (socket) => socket.destroy());
  await assert.rejects(call(), UpstreamError);
  assert.equal(sockets.length, 1);
});

test("a connection on which an answer has begun is no reason to repeat", async (t) => {
  let asked = 0;
  const { call } = await backend(t, (socket, _connection, request) => {
    asked++;
    if (request === 1) socket.write(OK);
    else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
  });
  assert.equal(await call(), "ok");
  await assert.rejects(call(), UpstreamError);
  assert.equal(asked, 2);
});

test("a connection that the backend has closed meanwhile is not used, not even for a POST", async (t) => {
  const { sockets, call } = await backend(t, (socket) => {
    socket.write(OK);
    setTimeout(() => socket.end(), 600);
  });
  assert.equal(await call({ method: "POST", body: Body.text("x") }), "ok");
  // Held up over the moment of the end: it lies in the socket, unread, when the next request comes.
  for (const until = performance.now() + 800; performance.now() < until; );
  assert.equal(await call({ method: "POST", body: Body.text("x") }), "ok");
  assert.ok(sockets.length >= 1);
});

test("a connection is given up before the time that its backend announced", async (t) => {
  const { sockets, call } = await backend(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok");
  });
  assert.equal(await call(), "ok");
  await pause(400);
  assert.equal(await call(), "ok");
  assert.equal(sockets.length, 2);
});

test("U8 an answer that nobody asked for spoils its connection", async (t) => {
  const { sockets, call } = await backend(t, (socket) => {
    socket.write(OK);
    setTimeout(() => socket.write(OK.replace("ok", "no")), 20);
  });
  assert.equal(await call(), "ok");
  await pause(60);
  assert.equal(await call(), "ok");
  assert.equal(sockets.length, 2);
});
