/** Connections over TLS that are given up tell the other side: only then it knows that nothing was cut off (RFC 9112 section 9.8). */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { AUTHORITY, SERVER } from "../../test/support/certificates.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import { Body } from "./body.ts";
import { createFront, createUpstream, ENGINES } from "./engine.ts";
import { Headers } from "./headers.ts";

const ALERT = 21;

/** Kinds of the records that one side sends, as one who carries them can see them. */
class Records {
  readonly kinds: number[] = [];
  #rest = Buffer.alloc(0);

  see(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 5 && this.#rest.length >= 5 + this.#rest.readUInt16BE(3)) {
      this.kinds.push(this.#rest[0]);
      this.#rest = this.#rest.subarray(5 + this.#rest.readUInt16BE(3));
    }
  }
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Carries one connection to a port; ends with it. */
async function relay(t: TestContext, port: number) {
  const fromClient = new Records();
  const fromServer = new Records();
  const over = Promise.withResolvers<void>();
  const carry = (from: Socket, to: Socket, records: Records) => {
    from.on("error", () => {});
    from.on("data", (bytes) => {
      records.see(bytes);
      to.write(bytes);
    });
    from.on("end", () => to.end());
    from.on("close", () => over.resolve());
  };
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    carry(client, target, fromClient);
    carry(target, client, fromServer);
  });
  return { port: await listen(t, server), fromClient, fromServer, over: over.promise };
}

for (const engine of ENGINES) {
  test(`engine ${engine}: a client whose connection has rested too long is told`, async (t) => {
    const front = createFront(engine, {
      name: "secure",
      host: "127.0.0.1",
      port: 0,
      limits: { ...defaultSettings().http, keepAliveTimeoutMs: 200 },
      tls: { ...SERVER, minVersion: "TLSv1.2" },
      onRequest: (_request, reply) => reply.send(200, "", new Headers(), Body.text("ok")),
      onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
    });
    const { port } = await front.listen();
    t.after(() => front.close());
    const way = await relay(t, port);
    const client = connectTls({
      port: way.port,
      host: "127.0.0.1",
      maxVersion: "TLSv1.2",
      ca: AUTHORITY,
      servername: "localhost",
    });
    client.on("error", () => {});
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.resume();
    await way.over;
    assert.equal(way.fromServer.kinds.at(-1), ALERT);
  });
}

test("engine native: a backend whose connection is not used again is told", async (t) => {
  const server = createTlsServer({ cert: SERVER.certificate, key: SERVER.key, maxVersion: "TLSv1.2" }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
  });
  const way = await relay(t, await listen(t, server));
  const upstream = createUpstream("native");
  t.after(() => upstream.close());
  const { body } = await upstream.request({
    method: "GET",
    origin: `https://localhost:${way.port}`,
    path: "/",
    headers: new Headers(),
    body: Body.none,
    headersTimeoutMs: 5_000,
    tls: { authorities: AUTHORITY },
  });
  assert.equal(Buffer.from(await body.collect(10)).toString(), "ok");
  await way.over;
  assert.equal(way.fromClient.kinds.at(-1), ALERT);
});
