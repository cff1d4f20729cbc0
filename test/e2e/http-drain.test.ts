/** Going away without losing a request: readiness first, then answers that close, then silence. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { AdminServer } from "../../src/admin/server.ts";
import { GatewayServer } from "../../src/gateway/server.ts";
import { ENGINES, withEngine } from "../support/engine.ts";
import { planned, programOf, FORWARDING, startGateway } from "../support/gateway.ts";
import { Backend } from "../support/backend.ts";
import { RawClient, send } from "../support/raw-client.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

    function call(port: number, agent: Agent): Promise<number> {
      return new Promise((resolve, reject) => {
        const asked = request({ port, agent, path: "/a/x" }, (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
          response.on("error", reject);
        });
        asked.on("error", reject);
        asked.end();
      });
    }

    test("a drain under load loses nothing", async (t) => {
      const backend = await Backend.start();
      t.after(() => backend.close());
      backend.answer = (_request, response) => setTimeout(() => response.end("x"), 5);
      const base = snapshot({
        settings: withEngine(engine),
        apis: [api("a", { serviceUrl: backend.url, operations: [operation("GET", "/*")] })],
      });
      const limits = { ...base.settings.limits, lameDuckMs: 2_000, drainGraceMs: 5_000 };
      const gateway = await startGateway(programOf(base), { ...base.settings, limits });
      t.after(() => gateway.close());
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      let sent = 0;
      let answered = 0;
      const failures: string[] = [];
      let isLeaving = false;
      // As clients behind a balancer do: they stop using an address a while after it said that it is not ready.
      const worker = async () => {
        while (!isLeaving) {
          sent++;
          try {
            if ((await call(gateway.port, agent)) === 200) answered++;
          } catch (error) {
            failures.push(String(error));
          }
        }
      };
      const workers = Array.from({ length: 20 }, worker);
      while (answered < 200) await pause(20);
      const drained = gateway.server.drain();
      assert.equal((await send(gateway.port, "GET /status-0123456789abcdef HTTP/1.1\r\nHost: a\r\n\r\n")).status, 503);
      await pause(200);
      isLeaving = true;
      await Promise.all(workers);
      await drained;
      assert.deepEqual(failures, []);
      assert.equal(answered, sent);
      await assert.rejects(RawClient.open(gateway.port), /ECONNREFUSED/);
    });

    test("a request under way is finished, one that takes too long is cut off", async (t) => {
      const base = snapshot({
        settings: withEngine(engine),
        apis: [api("a", { operations: [operation("GET", "/*")] })],
      });
      const limits = { ...base.settings.limits, lameDuckMs: 50, drainGraceMs: 500 };
      const wait = planned("wait", "inbound", async (x) => {
        if (x.originalUrl.path === "/a/long") await new Promise(() => {});
        await pause(200);
        return undefined;
      });
      const gateway = await startGateway(programOf(base, { ...FORWARDING, inbound: [wait], backend: [] }), {
        ...base.settings,
        limits,
      });
      t.after(() => gateway.close());
      const short = await RawClient.open(gateway.port);
      short.write("GET /a/short HTTP/1.1\r\nHost: a\r\n\r\n");
      const long = await RawClient.open(gateway.port);
      long.write("GET /a/long HTTP/1.1\r\nHost: a\r\n\r\n");
      await pause(20);
      const drained = gateway.server.drain();
      const response = await short.response();
      assert.deepEqual([response.status, response.headers.get("connection")], [200, "close"]);
      await assert.rejects(long.response(), /ended before/);
      await drained;
    });

    test("a WebSocket that outlives a drain is told goodbye between two frames, at both ends", async (t) => {
      const server = createServer();
      const sockets = new WebSocketServer({ server });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => {
        for (const client of sockets.clients) client.terminate();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      const base = snapshot({
        settings: withEngine(engine),
        apis: [api("a", { type: "websocket", serviceUrl: `ws://127.0.0.1:${port}` })],
      });
      const limits = { ...base.settings.limits, lameDuckMs: 0, drainGraceMs: 1_000 };
      const gateway = await startGateway(programOf(base), { ...base.settings, limits });
      t.after(() => gateway.close());
      const backendClosed = new Promise<[number, string]>((resolve) =>
        sockets.on("connection", (socket) => {
          socket.on("message", () => socket.send("still here"));
          socket.once("close", (code, reason) => resolve([code, reason.toString()]));
        }),
      );
      const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/a`);
      await once(client, "open");
      const drained = gateway.server.drain();
      await pause(100);
      const answered = once(client, "message");
      client.send("anyone?");
      assert.equal(String((await answered)[0]), "still here");
      const [code, reason] = await once(client, "close");
      assert.deepEqual([code, String(reason)], [1001, "The gateway is going away."]);
      assert.deepEqual(await backendClosed, [1001, "The gateway is going away."]);
      await drained;
    });

    test("a frame that is passing when the goodbye is due is finished first", async (t) => {
      const backendEnds: Socket[] = [];
      const server = createServer().on("upgrade", (request, socket: Socket) => {
        const accept = createHash("sha1")
          .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest("base64");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        // The head of a text frame of six bytes, and three of them.
        socket.write(Buffer.from([0x81, 6, 0x61, 0x62, 0x63]));
        backendEnds.push(socket);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => {
        for (const socket of backendEnds) socket.destroy();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      const base = snapshot({
        settings: withEngine(engine),
        apis: [api("a", { type: "websocket", serviceUrl: `ws://127.0.0.1:${port}` })],
      });
      const limits = { ...base.settings.limits, lameDuckMs: 0, drainGraceMs: 2_000 };
      const gateway = await startGateway(programOf(base), { ...base.settings, limits });
      t.after(() => gateway.close());
      const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/a`);
      await once(client, "open");
      const received: string[] = [];
      client.on("message", (data) => received.push(String(data)));
      // The goodbye towards the backend says that it is due; the rest of the frame comes only then.
      const [backend] = backendEnds;
      backend.once("data", () => backend.write("def"));
      const drained = gateway.server.drain();
      const [code] = await once(client, "close");
      assert.deepEqual([code, received], [1001, ["abcdef"]]);
      await drained;
    });

    test("the admin server tells alive, ready and state, and answers nothing else", async () => {
      const base = snapshot({ settings: withEngine(engine) });
      const settings = {
        ...base.settings,
        admin: { host: "127.0.0.1", port: 0 },
        limits: { ...base.settings.limits, lameDuckMs: 300 },
      };
      const { gateway, close } = await startGateway(undefined, settings);
      const listeners = settings.listeners.map((listener) => ({ ...listener, port: 0 }));
      const server = await GatewayServer.start(gateway, { ...settings, listeners }, new AdminServer(gateway, settings));
      const port = server.addresses.find((address) => address.name === "admin")?.port ?? 0;
      const get = (path: string, method = "GET") => send(port, `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal((await get("/livez")).status, 200);
      assert.equal((await get("/readyz")).status, 503);
      gateway.activate(programOf(base));
      assert.equal((await get("/readyz")).status, 200);
      const status = JSON.parse((await get("/status")).body);
      assert.deepEqual([status.state, status.configuration], ["ready", "test"]);
      assert.equal((await get("/other")).status, 404);
      assert.equal((await get("/livez", "POST")).status, 405);
      const drained = server.drain();
      assert.deepEqual([(await get("/livez")).status, (await get("/readyz")).status], [200, 503]);
      assert.equal(JSON.parse((await get("/status")).body).state, "draining");
      await drained;
      await assert.rejects(RawClient.open(port));
      await close();
    });
  });
}
