/** WebSocket APIs with real WebSocket ends on both sides. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import type { Exchange } from "../../src/kit/exchange.ts";
import { Body } from "../../src/http/body.ts";
import { ResponseMessage } from "../../src/kit/message.ts";
import { ENGINES, withEngine } from "../support/engine.ts";
import { FORWARDING, planned, programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient, send } from "../support/raw-client.ts";
import { api, operation, snapshot, subscription } from "../support/snapshot.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, handleProtocols: () => "chat" });
    let gateway: TestGateway;
    let requests: { url: string; headers: Map<string, unknown> }[] = [];
    let inbound: (x: Exchange) => "respond" | undefined = () => undefined;
    const KEY = "s-primary-key-0123456789";

    before(async () => {
      sockets.on("connection", (socket, request) => {
        requests.push({ url: request.url ?? "", headers: new Map(Object.entries(request.headers)) });
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const configuration = snapshot({
        settings: withEngine(engine),
        apis: [
          api("chat", { type: "websocket", serviceUrl: `ws://127.0.0.1:${port}/live`, subscriptionRequired: true }),
          api("plain", { serviceUrl: `http://127.0.0.1:${port}`, operations: [operation("GET", "/*")] }),
          api("dead", { type: "websocket", serviceUrl: "ws://127.0.0.1:1" }),
        ],
        subscriptions: [subscription("s", { kind: "all-apis" })],
      });
      const steps = [
        planned("check", "inbound", (x) => inbound(x)),
        planned("cors", "inbound", () => Promise.reject(new Error("skipped here"))),
      ];
      gateway = await startGateway(programOf(configuration, { ...FORWARDING, inbound: steps }));
    });
    beforeEach(() => {
      requests = [];
      inbound = () => undefined;
    });
    after(async () => {
      await gateway.close();
      for (const client of sockets.clients) client.terminate();
      server.close();
    });

    const open = (path: string, headers: Record<string, string> = {}) =>
      new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, ["chat"], { headers });

    const opened = (socket: WebSocket) =>
      new Promise<void>((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      });

    const refusal = (socket: WebSocket) =>
      new Promise<number | undefined>((resolve) => {
        socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
        socket.on("error", () => {});
      });

    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
    }

    test("messages pass both ways, untouched, and the close does too", async () => {
      const socket = open(`/chat/room/1?a=b&subscription-key=${KEY}`);
      await opened(socket);
      assert.equal(socket.protocol, "chat");
      const large = Buffer.alloc(2_000_000, 7);
      for (const message of ["text \u00e4", Buffer.from([0, 1, 255]), large]) {
        const echoed = new Promise<Buffer>((resolve) => socket.once("message", (data) => resolve(data as Buffer)));
        socket.send(message);
        assert.deepEqual(await echoed, Buffer.from(message));
      }
      assert.deepEqual(
        requests.map((r) => r.url),
        ["/live/room/1?a=b"],
      );
      assert.equal(requests[0].headers.get("x-forwarded-for"), "127.0.0.1");
      const closed = new Promise<number>((resolve) => socket.once("close", resolve));
      socket.close(4001, "bye");
      assert.equal(await closed, 4001);
      await until(() => gateway.records.some((r) => r.responseCode === 101));
      const record = gateway.records.find((r) => r.responseCode === 101);
      assert.deepEqual([record?.apiId, record?.operationId], ["chat", "onHandshake"]);
      assert.ok((record?.responseBytes ?? 0) > large.length);
    });

    test("no key, no tunnel", async () => {
      assert.equal(await refusal(open("/chat/room")), 401);
      assert.equal(await refusal(open("/chat/room", { "Ocp-Apim-Subscription-Key": "nonsense" })), 401);
      assert.equal(requests.length, 0);
    });

    test("policies of the handshake decide", async () => {
      inbound = (x) => {
        x.response = new ResponseMessage(403, "", undefined, Body.text("not you"));
        return "respond";
      };
      assert.equal(await refusal(open("/chat/room", { "Ocp-Apim-Subscription-Key": KEY })), 403);
      assert.equal(requests.length, 0);
      inbound = (x) => {
        x.request.headers.set("X-Added", "1");
        return undefined;
      };
      const socket = open("/chat/room", { "Ocp-Apim-Subscription-Key": KEY });
      await opened(socket);
      assert.equal(requests[0].headers.get("x-added"), "1");
      socket.terminate();
    });

    test("either end that goes away takes the other with it", async () => {
      const headers = { "Ocp-Apim-Subscription-Key": KEY };
      const first = open("/chat/1", headers);
      await opened(first);
      const [backendEnd] = sockets.clients;
      const backendClosed = new Promise<void>((resolve) => backendEnd.once("close", () => resolve()));
      first.terminate();
      await backendClosed;
      const second = open("/chat/2", headers);
      await opened(second);
      const clientClosed = new Promise<void>((resolve) => second.once("close", () => resolve()));
      for (const client of sockets.clients) client.terminate();
      await clientClosed;
    });

    test("what is no WebSocket API tunnels nothing, and a WebSocket API answers handshakes only", async () => {
      assert.equal(await refusal(open("/plain/x")), 404);
      assert.equal(await refusal(open("/nowhere")), 404);
      const plain = await send(
        gateway.port,
        `GET /chat/x HTTP/1.1\r\nHost: a\r\nOcp-Apim-Subscription-Key: ${KEY}\r\n\r\n`,
      );
      assert.equal(plain.status, 426);
      assert.equal(plain.headers.get("upgrade"), "websocket");
    });

    test("a backend that cannot be reached is an answer, not a hang", async () => {
      assert.equal(await refusal(open("/dead/x")), 500);
    });

    test("bytes that come with the handshake are not lost", async () => {
      const client = await RawClient.open(gateway.port);
      const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
      const head = `GET /chat/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOcp-Apim-Subscription-Key: ${KEY}\r\n\r\n`;
      client.write(Buffer.concat([Buffer.from(head), frame]));
      const response = await client.response();
      assert.equal(response.status, 101);
      assert.equal(response.headers.get("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      let received = "";
      client.socket.on("data", (chunk: Buffer) => {
        received += chunk.toString("latin1");
      });
      client.write(frame);
      await until(() => received.endsWith("hi"));
      client.close();
    });
  });
}
