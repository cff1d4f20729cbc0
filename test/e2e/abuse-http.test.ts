/**
 * Hostile requests over raw sockets: framing and syntax (H), routing, host and headers (R). For every case: the expected status, a
 * closed connection after framing errors, a backend that saw nothing or one canonical request, one line in the access log, nothing in
 * the answer that is the gateway's own business, and a gateway that goes on serving others.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { AccessRecord } from "../../src/telemetry/access-log.ts";
import { Backend } from "../support/backend.ts";
import { SERVER } from "../support/certificates.ts";
import { ENGINES } from "../support/engine.ts";
import { FORWARDING, planned, programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient, type RawResponse, send } from "../support/raw-client.ts";
import { api, operation, snapshot, subscription } from "../support/snapshot.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    const LISTENER_TLS = { ...SERVER, minVersion: "1.2" } as const;

    let backend: Backend;
    let gateway: TestGateway;
    /** How often any policy ran. */
    let policyRuns = 0;

    const COUNT = planned("count", "inbound", () => {
      policyRuns++;
      return undefined;
    });

    before(async () => {
      backend = await Backend.start();
      const operations = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"].map((method) => operation(method, "/*"));
      const configuration = snapshot({
        apis: [
          api("open", { serviceUrl: backend.url, operations }),
          api("closed", { serviceUrl: backend.url, operations, subscriptionRequired: true }),
        ],
        subscriptions: [subscription("s", { kind: "all-apis" })],
      });
      const settings = configuration.settings;
      gateway = await startGateway(programOf(configuration, { ...FORWARDING, inbound: [COUNT], onError: [COUNT] }), {
        ...settings,
        // Run over TLS as well, by abuse-http-tls.test.ts.
        listeners: settings.listeners.map((listener) => ({ ...listener, tls: RawClient.tls && LISTENER_TLS })),
        http: { ...settings.http, engine, headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 },
      });
    });
    after(async () => {
      await gateway.close();
      await backend.close();
    });
    beforeEach(() => {
      backend.seen.length = 0;
      backend.answer = undefined;
      gateway.records.length = 0;
      policyRuns = 0;
    });
    afterEach(async () => {
      const canary = await send(gateway.port, "GET /open/canary HTTP/1.1\r\nHost: a\r\n\r\n");
      assert.equal(canary.status, 200, "others are served");
      await logged((record) => record.url.endsWith("/open/canary"));
    });

    /** A line in the log may follow its answer. */
    async function logged(isIt: (record: AccessRecord) => boolean): Promise<void> {
      while (!gateway.records.some(isIt)) await turn();
    }

    /** As if the one request so far had never been. */
    async function forget(): Promise<void> {
      await logged(() => true);
      gateway.records.length = 0;
      backend.seen.length = 0;
      policyRuns = 0;
    }

    /** Sends bytes; expects a refusal, a closed connection, one line in the log, and that nothing was touched. */
    async function refused(bytes: string, statuses: number | readonly number[]): Promise<RawResponse> {
      const client = await RawClient.open(gateway.port);
      client.write(bytes);
      const response = await client.response();
      const name = JSON.stringify(bytes.slice(0, 120));
      assert.ok([statuses].flat().includes(response.status), `${name} was answered with ${response.status}`);
      assert.equal(await client.rest(), "", `${name}: the connection closes after one answer`);
      client.close();
      assert.equal(backend.seen.length, 0, `${name} reached the backend`);
      assert.equal(policyRuns, 0, `${name} reached a policy`);
      assert.equal(gateway.records.length, 1, `${name}: one line in the log`);
      assert.equal(gateway.records[0].responseCode, response.status);
      assert.ok(gateway.records[0].lastError?.reason, `${name}: the log says why`);
      assert.doesNotMatch(response.body, /node:|\bat |\/src\/|127\.0\.0\.1|Error:/);
      gateway.records.length = 0;
      return response;
    }

    /** The same where the connection may stay: the message was framed well. */
    async function rejected(bytes: string, status: number): Promise<void> {
      const response = await send(gateway.port, bytes);
      assert.equal(response.status, status, bytes.slice(0, 120));
      assert.equal(backend.seen.length, 0);
    }

    const post = (lines: string, body = "") => `POST /open/x HTTP/1.1\r\nHost: a\r\n${lines}\r\n${body}`;
    const get = (target: string, lines = "Host: a\r\n", version = "HTTP/1.1") =>
      `GET ${target} ${version}\r\n${lines}\r\n`;

    describe("H: framing and syntax", () => {
      test("H1 length and chunked", async () => {
        await refused(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400);
      });

      test("H2 lengths that are not one number", async () => {
        for (const lines of [
          "Content-Length: 1\r\nContent-Length: 1\r\n",
          "Content-Length: 1\r\nContent-Length: 2\r\n",
          "Content-Length: 1, 1\r\n",
          "Content-Length: +1\r\n",
          "Content-Length: -1\r\n",
          "Content-Length: 1_0\r\n",
          "Content-Length: 0x1\r\n",
          "Content-Length: \r\n",
          "Content-Length: 36893488147419103233\r\n",
          "Content-Length: 9999999999999999\r\n",
          "Content-Length: 01\r\n",
          "Content-Length: 00\r\n",
          "Content-Length : 1\r\n",
        ]) {
          await refused(post(lines, "x"), 400);
        }
      });

      test("H3, H4 transfer codings that are not served", async () => {
        for (const coding of [
          "xchunked",
          "chunked;q=1",
          '"chunked"',
          ",chunked",
          "chunked,",
          "",
          "chunked, identity",
          "chunked, chunked",
          "identity",
          "gzip",
        ]) {
          await refused(post(`Transfer-Encoding: ${coding}\r\n`, "0\r\n\r\n"), 400);
        }
        for (const coding of ["gzip, chunked", "foo,Chunked"])
          await refused(post(`Transfer-Encoding: ${coding}\r\n`, "0\r\n\r\n"), 501);
        await refused(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400);
      });

      test("H5 chunked in HTTP/1.0", async () => {
        await refused("POST /open/x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
      });

      test("H6 broken chunks never make a complete body", async () => {
        for (const chunk of [
          "0x1\r\na\r\n",
          "+1\r\na\r\n",
          "1_0\r\na\r\n",
          "1\na\n",
          "1;x\ny\r\na\r\n",
          "1 \r\na\r\n",
          "1\r\naa\r\n",
          "\r\na\r\n",
          "10000000000000000\r\na\r\n",
          "-1\r\na\r\n",
        ]) {
          const client = await RawClient.open(gateway.port);
          client.write(post("Transfer-Encoding: chunked\r\n", `${chunk}0\r\n\r\n`));
          assert.equal((await client.response()).status, 400, JSON.stringify(chunk));
          assert.equal(await client.rest(), "");
          client.close();
          assert.equal(backend.seen.length, 0, JSON.stringify(chunk));
        }
      });

      test("H7 endless chunk extensions", async () => {
        const client = await RawClient.open(gateway.port);
        client.write(post("Transfer-Encoding: chunked\r\n", `1;${"x".repeat(17_500)}\r\na\r\n0\r\n\r\n`));
        assert.equal((await client.response()).status, 413);
        assert.equal(await client.rest(), "");
        assert.equal(backend.seen.length, 0);
      });

      test("H8 trailers are dropped", async () => {
        const trailers = "Authorization: Bearer x\r\nHost: evil\r\nX-Trailer: 1\r\n";
        const response = await send(
          gateway.port,
          post("Transfer-Encoding: chunked\r\n", `1\r\na\r\n0\r\n${trailers}\r\n`),
        );
        assert.equal(response.status, 200);
        assert.equal(backend.seen.length, 1);
        assert.equal(backend.seen[0].body, "a");
        for (const name of ["authorization", "x-trailer"]) assert.equal(backend.header(name), undefined);
        assert.equal(backend.header("host"), backend.url.slice(7));
      });

      test("H9 lines and fields that are malformed", async () => {
        for (const bytes of [
          "GET /open/x HTTP/1.1\nHost: a\n\n",
          "GET /open/x HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
          get("/open/x", "Host: a\r\nX: y\r\n z\r\n"),
          get("/open/x", "Host: a\r\nX: y\0z\r\n"),
          get("/open/x", "Host: a\r\nX: y\x01\r\n"),
          get("/open/x", "Host: a\r\n: y\r\n"),
          get("/open/x", "Host: a\r\nNoColon\r\n"),
          get("/open/x", "Host: a\r\nX Y: z\r\n"),
          get("/open/x", "Host: a\r\nX\x00Y: z\r\n"),
          get("/open/x", " Host: a\r\n"),
          "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ]) {
          await refused(bytes, 400);
        }
      });

      test("H10 versions", async () => {
        for (const version of [
          "HTTP/0.9",
          "HTTP/2.0",
          "HTTP/1.2",
          "HTTP/3.0",
          "HTTP/1.1.1",
          "http/1.1",
          "HTTP/11",
          "",
        ]) {
          await refused(get("/open/x", "Host: a\r\n", version), [400, 505]);
        }
        const old = await send(gateway.port, "GET /open/x HTTP/1.0\r\n\r\n");
        assert.equal(old.status, 200);
        assert.equal(old.headers.get("connection"), "close");
      });

      test("H11 the request line", async () => {
        for (const line of [
          "GET\t/open/x\tHTTP/1.1",
          "GET /open/x y HTTP/1.1",
          "GET  HTTP/1.1",
          "GET",
          " GET /open/x HTTP/1.1",
        ]) {
          await refused(`${line}\r\nHost: a\r\n\r\n`, [400, 505]);
        }
      });

      test("H13 a thousand pipelined requests are answered in order", async () => {
        backend.answer = (request, response) => response.end(request.url);
        const client = await RawClient.open(gateway.port);
        client.write(Array.from({ length: 1_000 }, (_, i) => get(`/open/${i}`)).join(""));
        for (let i = 0; i < 1_000; i++) assert.equal((await client.response()).body, `/${i}`);
        client.close();
      });

      test("H13 what is wrong with a pipelined request takes no answer from those before it", async () => {
        for (const [last, status] of [
          ["GARBAGE\r\n\r\n", 400],
          [post("Content-Length: x\r\n"), 400],
          [post("Expect: junk\r\nContent-Length: 1\r\n", "x"), 417],
          [get("/open/x", ""), 400],
        ] as const) {
          const client = await RawClient.open(gateway.port);
          client.write(`${get("/open/1")}${post("Content-Length: 1\r\n", "x")}${last}${get("/smuggled")}`);
          assert.equal((await client.response()).status, 200);
          assert.equal((await client.response()).status, 200);
          assert.equal((await client.response()).status, status);
          assert.equal(await client.rest(), "");
          client.close();
        }
        assert.ok(backend.seen.every((seen) => seen.url !== "/smuggled"));
      });

      test("H14 names that trip up objects, too many fields, too large ones", async () => {
        const response = await send(
          gateway.port,
          get("/open/x", "Host: a\r\n__proto: 1\r\nconstructor: 2\r\nhasOwnProperty: 3\r\n"),
        );
        assert.equal(response.status, 200);
        assert.equal(backend.header("constructor"), "2");
        assert.equal(backend.header("__proto"), undefined, "names with underscores are dropped");
        await forget();
        await refused(get("/open/x", `Host: a\r\n${"A: b\r\n".repeat(100)}`), 431);
        await refused(get("/open/x", `Host: a\r\n${"A: b\r\n".repeat(1_500)}`), 431);
        await refused(get("/open/x", `Host: a\r\nA: ${"b".repeat(17_000)}\r\n`), 431);
        // Node's parser does not say what was too large: a line that comes in pieces cannot be told from fields.
        const isWhole = RawClient.pieces === undefined && RawClient.tls === undefined;
        await refused(`GET /open/${"x".repeat(100_000)}`, engine === "native" ? 414 : isWhole ? 414 : [414, 431]);
      });

      test("H15 expectations", async () => {
        const client = await RawClient.open(gateway.port);
        client.write("POST /closed/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
        assert.equal((await client.response()).status, 401, "refused without asking for the body");
        assert.equal(await client.rest(), "");
        assert.equal(backend.seen.length, 0);
        await forget();
        for (const expectation of ["junk", "100-continue, junk", "x-100-continue", "100-continue;q=1"])
          await refused(post(`Expect: ${expectation}\r\nContent-Length: 1\r\n`, "x"), 417);
        const asked = await RawClient.open(gateway.port);
        asked.write(post("Expect: 100-continue\r\nContent-Length: 2\r\n"));
        assert.equal((await asked.response()).status, 100);
        asked.write("ok");
        assert.equal((await asked.response()).status, 200);
        assert.equal(backend.header("expect"), undefined);
        assert.equal(backend.seen[0].body, "ok");
        asked.close();
      });

      test("H16 methods and targets that are not served", async () => {
        await refused("TRACE /open/x HTTP/1.1\r\nHost: a\r\n\r\n", [405, 501]);
        await refused("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", [405, 501]);
        await refused("get /open/x HTTP/1.1\r\nHost: a\r\n\r\n", engine === "native" ? 501 : 400);
        await refused(`${"X".repeat(8_192)} /open/x HTTP/1.1\r\nHost: a\r\n\r\n`, engine === "native" ? 501 : 400);
        for (const target of ["*", "open/x", "a:80", "?x", "ftp://a/x", "http:/open/x"])
          await refused(get(target), 400);
        await refused("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n", 400);
        await refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]);
      });

      test("H16 OPTIONS of the server as a whole reaches no policy and no backend", async () => {
        const { status, headers } = await send(gateway.port, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        assert.equal(status, 204);
        assert.match(headers.get("allow") ?? "", /^GET, HEAD, /);
        assert.deepEqual([backend.seen.length, policyRuns], [0, 0]);
      });

      test("H16 a body where none is expected is framed anew, never lost track of", async () => {
        const client = await RawClient.open(gateway.port);
        client.write(
          `GET /open/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nGET /smuggled HTTP/1.1\r\nX: y\r\n${get("/open/2")}`,
        );
        assert.equal((await client.response()).status, 200);
        assert.equal((await client.response()).status, 200);
        assert.deepEqual(
          backend.seen.map((s) => [s.url, s.body.length]),
          [
            ["/1", 30],
            ["/2", 0],
          ],
        );
        client.close();
      });

      test("H17 slow heads, slow bodies, silent connections", async () => {
        const head = await RawClient.open(gateway.port);
        head.write("GET /open/x HTTP/1.1\r\nHost: a\r\n");
        const body = await RawClient.open(gateway.port);
        body.write(post("Content-Length: 100\r\n", "x"));
        const silent = await RawClient.open(gateway.port);
        assert.equal((await head.response()).status, 408);
        assert.equal((await body.response()).status, 408);
        assert.match(await silent.rest(), /^(HTTP\/1\.1 408 |$)/);
        assert.equal(backend.seen.length, 0, "a body that never came was never sent");
        for (const client of [head, body, silent]) client.close();
      });

      test("H18 upgrades that are none", async () => {
        const upgrade = (lines: string) => get("/open/x", `Host: a\r\nConnection: Upgrade\r\n${lines}`);
        const h2c = await send(gateway.port, upgrade("Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"));
        assert.equal(h2c.status, 200, "h2c is ignored");
        assert.equal(backend.header("upgrade"), undefined);
        assert.equal(backend.header("http2-settings"), undefined);
        await forget();
        const socket = "Upgrade: websocket\r\n";
        const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        const version = "Sec-WebSocket-Version: 13\r\n";
        await refused(upgrade(`${socket}${version}`), 400);
        await refused(upgrade(`${socket}${version}Sec-WebSocket-Key: short\r\n`), 400);
        const wrongVersion = await refused(upgrade(`${socket}${key}Sec-WebSocket-Version: 12\r\n`), 426);
        assert.equal(wrongVersion.headers.get("sec-websocket-version"), "13");
        await refused(`${upgrade(`${socket}${key}${version}Content-Length: 1\r\n`)}x`, 400);
      });
    });

    describe("R: routing, host, headers", () => {
      test("R1 hosts with two readings", async () => {
        for (const lines of [
          "Host: a\r\nHost: a\r\n",
          "Host: a\r\nhost: b\r\n",
          "Host: a@b\r\n",
          "Host: a/b\r\n",
          "Host: a:99999\r\n",
          "Host: \r\n",
          "",
          "Host: a, b\r\n",
          "Host: \xe4\r\n",
          "Host: a.\r\n",
          "Host: [::1]:x\r\n",
          "Host: a#b\r\n",
          "Host: a?b\r\n",
          "Host: a\\b\r\n",
        ]) {
          await refused(get("/open/x", lines), 400);
        }
        const [scheme, other] = RawClient.tls === undefined ? ["http", "https"] : ["https", "http"];
        for (const target of [`${scheme}://b/open/x`, `${scheme}://a@b/open/x`, `${other}://a/open/x`])
          await rejected(get(target), 400);
        const absolute = await send(gateway.port, get(`${scheme}://A/open/x`));
        assert.equal(absolute.status, 200);
      });

      test("R2 no alias of a closed path opens it, and what passes is forwarded as it was authorised", async () => {
        for (const target of [
          "/open/../closed/x",
          "/open/%2e%2e/closed/x",
          "/open%2f..%2fclosed/x",
          "/open/..;/closed/x",
          "//closed/x",
          "/\\closed/x",
          "/open/..%5cclosed/x",
          "/closed/%00",
          "/open/%252e%252e/closed/x",
          "/open/%c0%ae%c0%ae/closed/x",
          "/open/x#/closed",
          "/open/.",
        ]) {
          const response = await send(gateway.port, get(target));
          assert.equal(response.status, 400, target);
          assert.equal(backend.seen.length, 0, target);
        }
        for (const target of ["/%63losed/x", "/CLOSED/x", "/closed/%78", "/closed;rev=1/x", "/closed/"]) {
          const response = await send(gateway.port, get(target));
          assert.equal(response.status, 401, target);
        }
        assert.equal(backend.seen.length, 0);
        await send(gateway.port, get("/%6fpen/%7Ex/a%3ab?q=%2e%2e%2f"));
        assert.deepEqual(
          backend.seen.map((s) => s.url),
          ["/~x/a%3Ab?q=%2e%2e%2f"],
        );
      });

      test("R4 a path that looks like a URL stays a path", async () => {
        await rejected(get("//evil.example/open/x"), 400);
        await send(gateway.port, get("/open/http:/evil.example"));
        assert.equal(backend.seen[0]?.url, "/http:/evil.example");
      });

      test("R6, R7 what a caller may not say for the gateway", async () => {
        const lines = [
          "Host: a",
          "X-Forwarded-For: 10.0.0.1",
          "X-Forwarded-User: admin",
          "X_Forwarded_User: admin",
          "Forwarded: for=10.0.0.1",
          "X-Real-IP: 10.0.0.1",
          "X-Original-URL: /closed",
          "X-Rewrite-Url: /closed",
          "X-MS-CLIENT-PRINCIPAL: admin",
          "Connection: authorization, x-forwarded-for, host, content-length",
          "Authorization: Bearer t",
          "X-Claims: reader",
        ];
        await send(gateway.port, get("/open/x", `${lines.join("\r\n")}\r\n`));
        const names = backend.seen[0].raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
        for (const name of [
          "x_forwarded_user",
          "x-forwarded-user",
          "forwarded",
          "x-real-ip",
          "x-original-url",
          "x-rewrite-url",
          "x-ms-client-principal",
        ]) {
          assert.ok(!names.includes(name), name);
        }
        assert.equal(names.filter((name) => name === "x-forwarded-for").length, 1);
        assert.equal(backend.header("x-forwarded-for"), "127.0.0.1");
        assert.equal(backend.header("authorization"), "Bearer t");
        assert.equal(backend.header("x-claims"), "reader");
        assert.equal(backend.header("connection"), "keep-alive");
      });

      test("R8 two answers to one question", async () => {
        await rejected(get("/open/x", "Host: a\r\nAuthorization: a\r\nauthorization: b\r\n"), 400);
        const key = "s-primary-key-0123456789";
        await rejected(
          get("/closed/x", `Host: a\r\nOcp-Apim-Subscription-Key: ${key}\r\nocp-apim-subscription-key: x\r\n`),
          401,
        );
        await rejected(get("/closed/x?subscription-key=x", `Host: a\r\nOcp-Apim-Subscription-Key: ${key}\r\n`), 401);
      });

      test("K1, K2 keys that are none", async () => {
        for (const key of ["", "x".repeat(10_000), "\xe4\xf6", "' OR 1=1--", ".*", "%00"]) {
          await rejected(get("/closed/x", `Host: a\r\nOcp-Apim-Subscription-Key: ${key}\r\n`), 401);
        }
        const right = "s-primary-key-0123456789";
        const response = await send(gateway.port, get(`/closed/x?subscription-key=${right}&a=b`));
        assert.equal(response.status, 200);
        assert.equal(backend.seen[0].url, "/x?a=b");
      });
    });

    describe("U: backends that do not speak HTTP well", () => {
      for (const [name, status, write] of [
        ["status 999", 502, (s: Socket) => s.write("HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n")],
        [
          "a control character in the reason",
          502,
          (s: Socket) => s.write("HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n"),
        ],
        [
          "length and chunked",
          502,
          (s: Socket) => s.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ],
        ["an end inside a small body", 500, (s: Socket) => s.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")],
        ["nothing at all", 500, (s: Socket) => s.destroy()],
      ] as const) {
        test(`U5 ${name} is the backend's failure, not the gateway's`, async () => {
          backend.answer = (_request, response) => {
            if (response.socket !== null) write(response.socket);
          };
          const response = await send(gateway.port, get("/open/x"));
          assert.equal(response.status, status);
          assert.equal(response.headers.get("transfer-encoding"), undefined);
          assert.doesNotMatch(response.body, /127\.0\.0\.1|HPE_|UND_/);
          backend.answer = undefined;
        });
      }
    });
  });
}
