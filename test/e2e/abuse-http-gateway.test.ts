/**
 * What HTTP asks of a gateway between two connections (RFC 9110 section 7.6, RFC 9112 sections 5 to 7): what it passes on, what it keeps
 * to itself, what it adds, and that a backend which cannot be understood is never guessed at.
 */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { ENGINES } from "../support/engine.ts";
import { programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import { RawClient, type RawResponse, send } from "../support/raw-client.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"];
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    let backend: Server;
    let gateway: TestGateway;
    /** What the backend answers to whatever it is asked, octet by octet. */
    let answer = OK;
    /** Whether it ends the connection with its answer. */
    let ends = false;
    let connections = 0;
    /** Heads that the backend was sent. */
    const asked: string[] = [];

    before(async () => {
      backend = createServer((socket: Socket) => {
        connections++;
        socket.on("error", () => {});
        socket.on("data", (bytes) => {
          asked.push(bytes.toString("latin1"));
          socket.write(answer, "latin1");
          if (ends) socket.end();
        });
      });
      await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
      const serviceUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
      const operations = METHODS.map((method) => operation(method, "/*"));
      const configuration = snapshot({ apis: [api("", { serviceUrl, operations })] });
      const { settings } = configuration;
      gateway = await startGateway(programOf(configuration), { ...settings, http: { ...settings.http, engine } });
    });
    after(async () => {
      await gateway.close();
      await new Promise((resolve) => backend.close(resolve));
    });
    beforeEach(() => {
      answer = OK;
      ends = false;
      asked.length = 0;
    });

    const ask = (lines: string, method = "GET") =>
      send(gateway.port, `${method} /x HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
    /** The value of a field of the last request that the backend got. */
    const passed = (name: string) => new RegExp(`^${name}: (.*)\r$`, "im").exec(asked.at(-1) ?? "")?.[1];

    async function answered(text: string, method = "GET"): Promise<RawResponse> {
      answer = text;
      const client = await RawClient.open(gateway.port);
      client.write(`${method} /x HTTP/1.1\r\nHost: a\r\n\r\n`);
      const response = await client.response(method);
      client.close();
      return response;
    }

    describe("requests", () => {
      test("fields that Connection lists go no further, wherever it stands; those that checks rely on do", async () => {
        await ask(
          "Connection: close, X-Hop\r\nX-Hop: 1\r\nConnection: ,Own , authorization,x-forwarded-for, content-type\r\nOwn: 2\r\n" +
            "Authorization: Bearer t\r\nContent-Type: text/plain\r\nX-Other: 3\r\n",
        );
        assert.equal(passed("x-hop"), undefined);
        assert.equal(passed("own"), undefined);
        assert.equal(passed("authorization"), "Bearer t");
        assert.equal(passed("content-type"), "text/plain");
        assert.equal(passed("x-forwarded-for"), "127.0.0.1");
        assert.equal(passed("x-other"), "3");
        assert.equal(passed("connection"), "keep-alive");
      });

      test("fields of the connection stay behind without being listed", async () => {
        await ask(
          "TE: trailers\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\n" +
            "Trailer: X-T\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n",
        );
        assert.doesNotMatch(asked[0], /^(te|keep-alive|proxy-.*|trailer|upgrade|http2-settings):/im);
      });

      test("fields that nobody knows, and repeated ones, arrive in their order", async () => {
        await ask("Unheard-Of: 1\r\nAccept: a\r\nAccept: b\r\n");
        assert.match(asked[0], /Unheard-Of: 1\r\nAccept: a\r\nAccept: b\r\n/);
      });

      test("Via tells the version that was spoken, and goes behind those of others", async () => {
        await ask("Via: 1.0 front\r\n");
        const [first, own] = [...asked[0].matchAll(/^via: (.*)\r$/gim)].map((found) => found[1]);
        assert.equal(first, "1.0 front");
        assert.match(own, /^1\.1 sallyport-/);
        await send(gateway.port, "GET /x HTTP/1.0\r\nHost: a\r\n\r\n");
        assert.match(passed("via") ?? "", /^1\.0 sallyport-/);
        assert.match(asked[1], /^GET \/x HTTP\/1\.1\r\n/, "the gateway speaks its own version");
      });

      test("Max-Forwards is counted for OPTIONS, which the last on the way answers", async () => {
        for (const [sent, expected] of [
          ["5", "4"],
          ["1", "0"],
          ["99999999999999999999", "255"],
          ["x", "x"],
        ]) {
          await ask(`Max-Forwards: ${sent}\r\n`, "OPTIONS");
          assert.equal(passed("max-forwards"), expected);
        }
        const before = asked.length;
        const last = await ask("Max-Forwards: 0\r\n", "OPTIONS");
        assert.equal(last.status, 204);
        assert.match(last.headers.get("allow") ?? "", /GET/);
        assert.equal(asked.length, before);
        await ask("Max-Forwards: 0\r\n");
        assert.equal(passed("max-forwards"), "0", "it means nothing to other methods");
      });

      test("OPTIONS of a server as a whole, as proxies are asked", async () => {
        const response = await send(gateway.port, "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n");
        assert.equal(response.status, 204);
        assert.equal(asked.length, 0);
        await send(gateway.port, "OPTIONS http://a/x HTTP/1.1\r\nHost: a\r\n\r\n");
        assert.match(asked[0], /^OPTIONS \/x HTTP\/1\.1\r\n/);
      });

      test("one framing, computed anew", async () => {
        await send(gateway.port, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        assert.equal(passed("content-length"), "2");
        await send(
          gateway.port,
          "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nT: 1\r\n\r\n",
        );
        const text = asked.slice(1).join("");
        assert.match(text, /^transfer-encoding: chunked\r$/im);
        assert.match(text, /\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/, "neither extensions nor trailers pass");
        await send(gateway.port, "POST /x HTTP/1.1\r\nHost: a\r\n\r\n");
        assert.equal(passed("content-length"), "0");
      });

      test("refusals of HEAD have no content, and an upgrade on offer is named as a field of the connection", async () => {
        for (const head of ["HEAD /x HTTP/1.1\r\n\r\n", "HEAD /x HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n"]) {
          const client = await RawClient.open(gateway.port);
          client.write(head);
          const { status, headers } = await client.response("HEAD");
          assert.ok(status === 400 || status === 417);
          assert.equal(headers.get("connection"), "close");
          assert.equal(await client.rest(), "");
        }
        const offer = await ask(
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        );
        assert.equal(offer.status, 426);
        assert.equal(offer.headers.get("upgrade"), "websocket");
        assert.equal(offer.headers.get("connection"), "close, Upgrade");
      });

      test("an upgrade in HTTP/1.0 is none", async () => {
        const response = await send(
          gateway.port,
          "GET /x HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        assert.equal(response.status, 200);
        assert.equal(passed("upgrade"), undefined);
      });
    });

    describe("answers", () => {
      test("the backend's date passes; where there is none it is added, once", async () => {
        const date = "Sun, 06 Nov 1994 08:49:37 GMT";
        const dated = await answered(`HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Length: 2\r\n\r\nok`);
        assert.equal(dated.headers.get("date"), date);
        assert.match((await answered(OK)).headers.get("date") ?? "", /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/);
      });

      test("204 and 205 carry neither a length nor content", async () => {
        const none = await answered("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
        assert.equal(none.status, 204);
        assert.equal(none.headers.get("content-length"), undefined);
        assert.equal(none.headers.get("transfer-encoding"), undefined);
        const reset = await answered("HTTP/1.1 205 Reset Content\r\nContent-Length: 4\r\n\r\nform");
        assert.deepEqual([reset.status, reset.body, reset.headers.get("content-length")], [205, "", "0"]);
      });

      test("what the backend lists in Connection stays behind, what browsers rely on does not", async () => {
        const { headers } = await answered(
          "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop, set-cookie\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nSet-Cookie: a=b\r\n" +
            "Trailer: T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: 1\r\n\r\n",
        );
        for (const name of ["x-hop", "keep-alive", "trailer", "t"]) assert.equal(headers.get(name), undefined, name);
        assert.equal(headers.get("set-cookie"), "a=b");
        const two = await answered(
          "HTTP/1.1 200 OK\r\nConnection: A\r\nA: 1\r\nConnection: B\r\nB: 2\r\nC: 3\r\nContent-Length: 2\r\n\r\nok",
        );
        assert.deepEqual(
          ["a", "b", "c"].map((name) => two.headers.get(name)),
          [undefined, undefined, "3"],
        );
      });

      test("what a backend's 426 asks for is passed on, an offer beside another answer is not", async () => {
        const offer = "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n";
        const required = await answered(`HTTP/1.1 426 Upgrade Required\r\n${offer}`);
        assert.deepEqual(
          [required.headers.get("upgrade"), required.headers.get("connection")],
          ["websocket", "Upgrade"],
        );
        const offered = await answered(`HTTP/1.1 200 OK\r\n${offer}`);
        assert.equal(offered.headers.get("upgrade"), undefined);
      });

      test("an HTTP/1.0 client gets what it can read", async () => {
        answer =
          "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        const client = await RawClient.open(gateway.port);
        client.write("GET /x HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
        const text = await client.rest();
        assert.match(text, /^HTTP\/1\.1 200 OK\r\n/, "no interim answer before it");
        assert.doesNotMatch(text, /transfer-encoding/i);
        assert.match(text, /\r\n\r\nok$/);
      });

      test("an HTTP/1.0 backend, and one that leaves out the reason", async () => {
        ends = true;
        assert.equal((await answered("HTTP/1.0 200 OK\r\n\r\nuntil the end")).body, "until the end");
        assert.equal((await answered("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok")).body, "ok");
        assert.equal((await answered("HTTP/1.1 200 Tr\xe8s bien\r\nContent-Length: 2\r\n\r\nok")).body, "ok");
      });

      const head = (lines: string) => `HTTP/1.1 200 OK\r\n${lines}\r\nok`;
      for (const [name, text] of [
        ["a folded field", head("X: a\r\n b\r\nContent-Length: 2\r\n")],
        ["a folded coding", head("Transfer-Encoding:\r\n chunked\r\n")],
        ["a blank before a colon", head("Content-Length : 2\r\n")],
        ["a field without a name", head(": x\r\nContent-Length: 2\r\n")],
        ["a line without a colon", head("Content-Length 2\r\n")],
        ["a blank before the first field", "HTTP/1.1 200 OK\r\n X: y\r\nContent-Length: 2\r\n\r\nok"],
        ["lines that end in LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
        ["a bare CR in a value", head("X: a\rY: b\r\nContent-Length: 2\r\n")],
        ["NUL in a value", head("X: a\0b\r\nContent-Length: 2\r\n")],
        ["two lengths", head("Content-Length: 2\r\nContent-Length: 3\r\n")],
        ["a list of two lengths", head("Content-Length: 2, 3\r\n")],
        ["a negative length", head("Content-Length: -2\r\n")],
        ["a signed length", head("Content-Length: +2\r\n")],
        ["a hexadecimal length", head("Content-Length: 0x2\r\n")],
        ["a length that is no number", head("Content-Length: two\r\n")],
        ["an empty length", head("Content-Length: \r\n")],
        ["a length beyond all numbers", head("Content-Length: 99999999999999999999999\r\n")],
        ["a coding that nobody knows", head("Transfer-Encoding: xchunked\r\n")],
        ["a coding that is not served", head("Transfer-Encoding: gzip\r\n")],
        ["chunks that are not last", head("Transfer-Encoding: chunked, gzip\r\n")],
        ["a length and chunks", head("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n")],
        ["two blanks in the status line", "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok"],
        ["a status of one digit", "HTTP/1.1 2 OK\r\nContent-Length: 2\r\n\r\nok"],
        ["status 099", "HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nok"],
        ["status 600", "HTTP/1.1 600 X\r\nContent-Length: 2\r\n\r\nok"],
        ["another version", "HTTP/5.6 200 OK\r\nContent-Length: 2\r\n\r\nok"],
        ["another protocol", "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"],
        ["protocols switched unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
      ]) {
        test(`${name}: 502, and the connection is not used again`, async () => {
          const before = connections;
          const response = await answered(text);
          assert.equal(response.status, 502);
          assert.doesNotMatch(response.body, /127\.0\.0\.1|HPE_|UND_/);
          assert.equal((await answered(OK)).status, 200);
          assert.ok(connections > before);
        });
      }

      test("what comes behind an answer is nobody's", async () => {
        for (const text of [
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen",
          "HTTP/1.1 204 No Content\r\nContent-Length: 38\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
        ]) {
          assert.notEqual((await answered(text)).body, "stolen");
          assert.equal((await answered(OK)).body, "ok");
        }
        await answered(
          "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
          "HEAD",
        );
        assert.equal((await answered(OK)).body, "ok");
      });

      test("an answer whose chunks break off, or are none, is never finished for the backend", async () => {
        ends = true;
        for (const chunks of [
          "2\r\nok\r\n",
          "zz\r\nok\r\n0\r\n\r\n",
          "2\r\nok0\r\n\r\n",
          "2 \r\nok\r\n0\r\n\r\n",
          "2;\r\nok\r\n0\r\n\r\n",
          "2;x\ny\r\nok\r\n0\r\n\r\n",
          "-2\r\nok\r\n0\r\n\r\n",
          "10000000000000002\r\nok\r\n0\r\n\r\n",
          "2\r\nok\r\n0\r\nX\r\n\r\n",
        ]) {
          answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
          const client = await RawClient.open(gateway.port);
          client.write("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
          const text = await client.rest();
          assert.ok(/^(HTTP\/1\.1 50[02] |$)/.test(text) || !text.endsWith("0\r\n\r\n"), JSON.stringify(chunks));
        }
      });
    });
  });
}
