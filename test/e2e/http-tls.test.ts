/** TLS on both sides: what is negotiated, what is refused, whom the gateway trusts. */
import assert from "node:assert/strict";
import { createServer as createHttpsServer, request, type Server } from "node:https";
import { connect as connectPlain, type AddressInfo } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import { after, describe, test } from "node:test";
import { Body } from "../../src/http/body.ts";
import type { IncomingRequest } from "../../src/http/front.ts";
import { Headers } from "../../src/http/headers.ts";
import { createFront, createUpstream, ENGINES } from "../../src/http/engine.ts";
import { UpstreamError, type UpstreamTls } from "../../src/http/upstream.ts";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import { AUTHORITY, CLIENT, OTHER, SERVER } from "../support/certificates.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    describe("towards clients", async () => {
      const seen: IncomingRequest[] = [];
      const front = createFront(engine, {
        name: "secure",
        host: "127.0.0.1",
        port: 0,
        limits: defaultSettings().http,
        tls: { ...SERVER, minVersion: "TLSv1.2", clientCertificate: "optional", authorities: AUTHORITY },
        onRequest: (incoming, reply) => {
          seen.push(incoming);
          reply.send(200, "", new Headers(), Body.text("secure"));
        },
        onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
      });
      const { port } = await front.listen();
      after(() => front.close());

      const handshake = (options: ConnectionOptions) =>
        new Promise<string>((resolve, reject) => {
          const socket = connect(
            { host: "127.0.0.1", port, ca: AUTHORITY, servername: "localhost", ...options },
            () => {
              resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
              socket.destroy();
            },
          );
          socket.on("error", reject);
        });

      test("a request over TLS carries its facts", async () => {
        const body = await new Promise((resolve, reject) => {
          const asked = request({ host: "localhost", port, path: "/x", ca: AUTHORITY, agent: false }, (response) => {
            response.on("data", (data: Buffer) => resolve(data.toString()));
          });
          asked.on("error", reject);
          asked.end();
        });
        assert.equal(body, "secure");
        const facts = seen.at(-1)?.tls;
        assert.equal(facts?.protocol, "TLSv1.3");
        assert.equal(facts?.servername, "localhost");
        assert.deepEqual([facts?.clientCertificate, facts?.clientAuthorized], [undefined, false]);
      });

      test("a client's certificate is asked for, and the verdict remembered", async () => {
        for (const [identity, isAuthorized] of [
          [CLIENT, true],
          [undefined, false],
        ] as const) {
          await new Promise<void>((resolve, reject) => {
            const options = {
              host: "localhost",
              port,
              ca: AUTHORITY,
              agent: false,
              cert: identity?.certificate,
              key: identity?.key,
            };
            const asked = request(options, (response) => {
              response.resume();
              response.on("end", resolve);
            });
            asked.on("error", reject);
            asked.end();
          });
          assert.equal(seen.at(-1)?.tls?.clientAuthorized, isAuthorized);
          assert.equal(seen.at(-1)?.tls?.clientCertificate !== undefined, isAuthorized);
        }
      });

      test("T1 only authenticated ciphers with forward secrecy, TLS 1.2 and up", async () => {
        assert.match(await handshake({}), /^TLSv1\.3 /);
        assert.match(await handshake({ maxVersion: "TLSv1.2" }), /^TLSv1\.2 ECDHE-.*(GCM|CHACHA20)/);
        for (const ciphers of ["ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA"]) {
          await assert.rejects(handshake({ maxVersion: "TLSv1.2", ciphers }), ciphers);
        }
        await assert.rejects(handshake({ maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }));
      });

      test("bytes that are no handshake end the connection, not the process", async () => {
        await new Promise<void>((resolve) => {
          const socket = connectPlain(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
          socket.on("error", () => {});
          socket.resume();
          socket.on("close", () => resolve());
        });
        assert.match(await handshake({}), /^TLSv1\.3 /);
      });
    });

    describe("towards backends", () => {
      const upstream = createUpstream(engine);
      const servers: Server[] = [];
      after(async () => {
        await upstream.close();
        for (const server of servers) {
          server.closeAllConnections();
          server.close();
        }
      });

      async function ask(identity: typeof SERVER, tls: UpstreamTls | undefined, options: object = {}): Promise<string> {
        const server = createHttpsServer(
          { cert: identity.certificate, key: identity.key, ...options },
          (incoming, response) => {
            const certificate = (incoming.socket as import("node:tls").TLSSocket).getPeerCertificate();
            response.end(String(certificate?.subject?.CN ?? "no certificate"));
          },
        );
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
        const request = {
          method: "GET",
          origin,
          path: "/",
          headers: new Headers(),
          body: Body.none,
          headersTimeoutMs: 5_000,
          tls,
        };
        const response = await upstream.request(request);
        return Buffer.from(await response.body.collect(1_000)).toString();
      }

      const untrusted = (error: unknown) => error instanceof UpstreamError && error.failure === "tls";

      test("a chain that leads to no known authority is not trusted, unless told not to look", async () => {
        await assert.rejects(ask(SERVER, undefined), untrusted);
        await assert.rejects(ask(SERVER, { validateName: false }), untrusted);
        assert.equal(await ask(SERVER, { authorities: AUTHORITY }), "no certificate");
        assert.equal(await ask(SERVER, { validateChain: false }), "no certificate");
      });

      test("a name that is another's is not trusted, unless told not to look", async () => {
        await assert.rejects(ask(OTHER, { authorities: AUTHORITY }), untrusted);
        await assert.rejects(ask(OTHER, { validateChain: false }), untrusted);
        assert.equal(await ask(OTHER, { authorities: AUTHORITY, validateName: false }), "no certificate");
        assert.equal(await ask(OTHER, { validateChain: false, validateName: false }), "no certificate");
      });

      test("the gateway shows its own certificate when it has one", async () => {
        const demanding = { requestCert: true, rejectUnauthorized: true, ca: AUTHORITY };
        assert.equal(await ask(SERVER, { authorities: AUTHORITY, ...CLIENT }, demanding), "client");
        await assert.rejects(ask(SERVER, { authorities: AUTHORITY }, demanding), UpstreamError);
      });

      test("HTTP/2 is spoken where it is allowed and offered", async () => {
        const { createSecureServer } = await import("node:http2");
        const server = createSecureServer(
          { cert: SERVER.certificate, key: SERVER.key, allowHTTP1: true },
          (incoming, response) => {
            response.setHeader("x-version", incoming.httpVersion);
            response.setHeader("set-cookie", ["a=1", "b=2"]);
            response.end("body");
          },
        );
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
        for (const allowHttp2 of [true, false]) {
          const tls = { authorities: AUTHORITY };
          const headers = new Headers(["X-Own", "1"]);
          const body = Body.text("hello");
          const response = await upstream.request({
            method: "POST",
            origin,
            path: "/",
            headers,
            body,
            headersTimeoutMs: 5_000,
            tls,
            allowHttp2,
          });
          assert.equal(response.headers.first("x-version"), allowHttp2 ? "2.0" : "1.1");
          assert.deepEqual(response.headers.all("set-cookie"), ["a=1", "b=2"]);
          assert.equal(Buffer.from(await response.body.collect(1_000)).toString(), "body");
        }
        await upstream.close();
        server.close();
      });
    });
  });
}
