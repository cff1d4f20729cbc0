/** Bodies through the whole gateway: streamed both ways with back-pressure, never whole when they are not, and given up together. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { SERVER } from "../support/certificates.ts";
import { ENGINES, withEngine } from "../support/engine.ts";
import { programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient } from "../support/raw-client.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    type Handler = (request: IncomingMessage, response: ServerResponse) => void;

    let handler: Handler = () => {};
    const connections = new Set<Socket>();
    const server = createServer((request, response) => handler(request, response));
    server.on("connection", (socket) => {
      connections.add(socket);
      socket.on("close", () => connections.delete(socket));
    });
    let gateway: TestGateway;

    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const serviceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const operations = [operation("GET", "/*"), operation("POST", "/*"), operation("HEAD", "/*")];
      const settings = withEngine(engine);
      // Run over TLS as well, by http-streaming-tls.test.ts.
      const tls = RawClient.tls && ({ ...SERVER, minVersion: "1.2" } as const);
      const listeners = settings.listeners.map((listener) => ({ ...listener, tls }));
      const apis = [api("a", { serviceUrl, operations })];
      gateway = await startGateway(programOf(snapshot({ settings: { ...settings, listeners }, apis })));
    });
    after(async () => {
      await gateway.close();
      server.closeAllConnections();
      server.close();
    });

    const get = (more = "") => `GET /a/x HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await pause(5);
    }

    test("events arrive one by one, as the backend sends them", async () => {
      let backendResponse: ServerResponse | undefined;
      handler = (_request, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.flushHeaders();
        backendResponse = response;
      };
      const client = await RawClient.open(gateway.port);
      let received = "";
      client.socket.on("data", (chunk: Buffer) => {
        received += chunk.toString();
      });
      client.write(get());
      await until(() => received.includes("\r\n\r\n"));
      for (const event of ["data: one\n\n", "data: tw\u00f6\n\n"]) {
        backendResponse?.write(event);
        await until(() => received.includes(Buffer.from(event).toString()));
      }
      backendResponse?.end();
      await until(() => received.endsWith("0\r\n\r\n"));
      client.close();
    });

    test("a client that does not read stops the backend", async () => {
      const size = 100_000_000;
      let written = 0;
      handler = (_request, response) => {
        const give = () => {
          while (written < size) {
            written += 100_000;
            if (!response.write(Buffer.alloc(100_000))) {
              response.once("drain", give);
              return;
            }
          }
          response.end();
        };
        give();
      };
      const { socket: client } = await RawClient.open(gateway.port);
      client.removeAllListeners("data");
      client.pause();
      client.write(get());
      await pause(400);
      const stoodAt = written;
      assert.ok(stoodAt < size / 2, `${stoodAt} bytes were sent to nobody`);
      await pause(200);
      assert.equal(written, stoodAt);
      let received = 0;
      // Of what earlier tests left to be collected nothing is counted.
      const heldBefore = process.memoryUsage().arrayBuffers;
      let mostHeld = 0;
      client.on("data", (chunk) => {
        received += chunk.length;
        mostHeld = Math.max(mostHeld, process.memoryUsage().arrayBuffers - heldBefore);
      });
      client.resume();
      await until(() => received >= size);
      assert.ok(mostHeld < size, `${mostHeld} bytes were held`);
      client.destroy();
    });

    test("a backend that does not read stops the client", async () => {
      const size = 40_000_000;
      let request: IncomingMessage | undefined;
      handler = (incoming, response) => {
        request = incoming;
        incoming.on("end", () => response.end("ok"));
      };
      const client = await RawClient.open(gateway.port);
      client.write(`POST /a/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
      client.write(Buffer.alloc(size));
      await until(() => request !== undefined);
      await pause(400);
      assert.ok(client.socket.writableLength > size / 2, "the client was made to wait");
      request?.resume();
      assert.equal((await client.response()).body, "ok");
      client.close();
    });

    test("a backend that breaks off never looks complete", async () => {
      for (const length of [undefined, 1_000_000]) {
        handler = (_request, response) => {
          response.writeHead(200, length === undefined ? {} : { "Content-Length": length });
          response.write("part");
          setTimeout(() => response.destroy(), 50);
        };
        const client = await RawClient.open(gateway.port);
        client.write(get());
        await assert.rejects(client.response(), /ended before/);
        client.close();
      }
      await until(() => gateway.records.at(-1)?.lastError !== undefined);
      assert.equal(gateway.records.at(-1)?.lastError?.reason, "BackendConnectionFailure");
    });

    test("a client that goes away takes its backend request with it: waiting, sending and receiving", async () => {
      for (const phase of ["waiting", "sending", "receiving"]) {
        let closed = false;
        let started = false;
        handler = (request, response) => {
          started = true;
          request.resume();
          request.on("error", () => {});
          response.on("close", () => {
            closed = true;
          });
          if (phase === "receiving") response.write("x".repeat(100_000));
        };
        const client = await RawClient.open(gateway.port);
        if (phase === "sending")
          client.write("POST /a/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwhat\r\n");
        else client.write(get());
        await until(() => started);
        await pause(20);
        client.close();
        await until(() => closed);
      }
      await until(() => gateway.records.at(-1)?.lastError?.reason === "ClientConnectionFailure");
    });

    test("a client body that breaks off never looks complete to the backend", async () => {
      const completes: boolean[] = [];
      handler = (request) => {
        request.resume();
        request.on("error", () => {});
        request.on("close", () => completes.push(request.complete));
      };
      for (const framing of ["Transfer-Encoding: chunked\r\n\r\n4\r\nwhat\r\n", "Content-Length: 100000\r\n\r\nwhat"]) {
        const before = completes.length;
        const client = await RawClient.open(gateway.port);
        client.write(`POST /a/x HTTP/1.1\r\nHost: a\r\n${framing}`);
        await pause(50);
        client.close();
        await until(() => completes.length > before);
      }
      assert.deepEqual(completes, [false, false]);
    });

    test("HEAD and 304 keep what the backend says of the length, 204 tells none", async () => {
      handler = (request, response) => {
        const status = Number(request.headers["x-status"] ?? 200);
        response.writeHead(status, { "Content-Length": 5, ETag: '"x"' });
        response.end();
      };
      const client = await RawClient.open(gateway.port);
      for (const [method, status, length] of [
        ["HEAD", 200, "5"],
        ["GET", 304, "5"],
        ["GET", 204, undefined],
      ] as const) {
        client.write(`${method} /a/x HTTP/1.1\r\nHost: a\r\nX-Status: ${status}\r\n\r\n`);
        const response = await client.response(method);
        assert.deepEqual(
          [response.status, response.headers.get("content-length"), response.headers.get("etag")],
          [status, length, '"x"'],
        );
      }
      client.close();
    });

    test("connections are kept and used again on both sides", async () => {
      handler = (_request, response) => response.end("x");
      const before = new Set(connections);
      const client = await RawClient.open(gateway.port);
      for (let i = 0; i < 50; i++) {
        client.write(get());
        assert.equal((await client.response()).body, "x");
      }
      client.close();
      const opened = [...connections].filter((socket) => !before.has(socket));
      assert.ok(opened.length <= 2, `${opened.length} connections for 50 requests in a row`);
    });

    test("a body larger than what is read ahead arrives byte for byte", async () => {
      const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
      handler = (request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => response.end(Buffer.concat(chunks)));
      };
      for (const framed of [
        Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]),
        Buffer.concat([
          Buffer.from(`Transfer-Encoding: chunked\r\n\r\n${(100_000).toString(16)}\r\n`),
          body.subarray(0, 100_000),
          Buffer.from(`\r\n${(200_000).toString(16)}\r\n`),
          body.subarray(100_000),
          Buffer.from("\r\n0\r\n\r\n"),
        ]),
      ]) {
        const client = await RawClient.open(gateway.port);
        client.write("POST /a/x HTTP/1.1\r\nHost: a\r\n");
        client.write(framed);
        assert.equal((await client.response()).body, body.toString("latin1"));
        client.close();
      }
    });
  });
}
