/** The bound of connections of one caller where it takes more to know the caller: behind TLS, and behind a balancer's PROXY header. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { AUTHORITY, SERVER } from "../../test/support/certificates.ts";
import { RawClient } from "../../test/support/raw-client.ts";
import { Body } from "./body.ts";
import { createFront, ENGINES } from "./engine.ts";
import type { Front, FrontOptions } from "./front.ts";
import { Headers } from "./headers.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

for (const engine of ENGINES) {
  const frontWith = (more: Partial<FrontOptions>, refused: string[]): Front =>
    createFront(engine, {
      name: "test",
      host: "127.0.0.1",
      port: 0,
      limits: {
        maxHeaderBytes: 16_384,
        maxHeaderCount: 100,
        headersTimeoutMs: 10_000,
        requestTimeoutMs: 60_000,
        keepAliveTimeoutMs: 65_000,
        writeIdleTimeoutMs: 60_000,
        maxConnections: 1_000,
        maxConnectionsPerAddress: 2,
      },
      onRequest: (request, reply) => reply.send(200, "", new Headers(), Body.text(request.remoteAddress)),
      onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
      onRefused: ({ reason, remoteAddress }) => refused.push(`${reason} ${remoteAddress}`),
      ...more,
    });

  describe(`engine ${engine}, over TLS`, () => {
    const refused: string[] = [];
    const front = frontWith({ tls: { ...SERVER, minVersion: "TLSv1.2", http2: true } }, refused);
    let port = 0;
    before(async () => {
      ({ port } = await front.listen());
    });
    after(() => front.close());

    /** Whether the handshake came about. */
    const shake = (protocol: string) =>
      new Promise<import("node:tls").TLSSocket | undefined>((resolve) => {
        const socket = connectTls(
          { port, host: "127.0.0.1", ca: AUTHORITY, servername: "localhost", ALPNProtocols: [protocol] },
          () => resolve(socket),
        );
        socket.on("error", () => resolve(undefined));
        socket.on("close", () => resolve(undefined));
      });

    test("who holds so many, of either protocol, gets no handshake; what is closed is free again", async () => {
      const [first, second] = [await shake("http/1.1"), await shake("h2")];
      assert.ok(first && second);
      assert.equal(await shake("http/1.1"), undefined);
      assert.equal(await shake("h2"), undefined);
      assert.deepEqual(refused, ["TooManyConnections 127.0.0.1"]);
      second.destroy();
      let next = await shake("http/1.1");
      // The front hears of the end a moment later.
      while (next === undefined) next = await shake("http/1.1");
      next.destroy();
      first.destroy();
    });
  });

  describe(`engine ${engine}, behind a balancer`, () => {
    const refused: string[] = [];
    const front = frontWith({ believesProxy: () => true }, refused);
    let port = 0;
    before(async () => {
      ({ port } = await front.listen());
    });
    after(() => front.close());

    const from = async (address: string) => {
      const client = await RawClient.open(port);
      client.write(`PROXY TCP4 ${address} 127.0.0.1 4711 80\r\n${REQUEST}`);
      return client;
    };

    test("callers are counted, not the balancer", async () => {
      for (const caller of ["192.0.2.1", "192.0.2.2"]) {
        for (let i = 0; i < 2; i++) assert.equal((await (await from(caller)).response()).body, caller);
      }
      const third = await from("192.0.2.1");
      assert.equal(await third.rest(), "");
      assert.deepEqual(refused, ["TooManyConnections 192.0.2.1"]);
      assert.equal((await (await from("192.0.2.3")).response()).status, 200);
    });
  });
}
