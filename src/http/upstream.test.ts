import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { Body } from "./body.ts";
import { Headers } from "./headers.ts";
import { createUpstream, ENGINES } from "./engine.ts";
import { UpstreamError, type UpstreamRequest, type UpstreamResponse } from "./upstream.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    const upstream = createUpstream(engine);
    after(() => upstream.close());

    const listen = (server: Server): Promise<number> =>
      new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

    function call(port: number, more: Partial<UpstreamRequest> = {}): Promise<UpstreamResponse> {
      return upstream.request({
        method: "GET",
        origin: `http://127.0.0.1:${port}`,
        path: "/",
        headers: new Headers(),
        body: Body.none,
        headersTimeoutMs: 5_000,
        ...more,
      });
    }

    async function text(response: UpstreamResponse): Promise<string> {
      return Buffer.from(await response.body.collect(10_000_000)).toString("latin1");
    }

    const isFailure = (failure: string) => (error: unknown) =>
      error instanceof UpstreamError && error.failure === failure;

    describe("against a server", () => {
      let port = 0;
      let handler: (request: IncomingMessage, response: ServerResponse) => void = () => {};
      const server = createHttpServer((request, response) => handler(request, response));
      before(async () => {
        port = await listen(server);
      });
      after(() => server.close());

      test("headers keep order, case and repetition; those of the connection stay behind, both ways", async () => {
        let seen: string[] = [];
        handler = (request, response) => {
          seen = request.rawHeaders;
          response.writeHead(201, "Made", [
            "X-A",
            "1",
            "x-a",
            "2",
            "Set-Cookie",
            "a=1",
            "Set-Cookie",
            "b=2",
            "Keep-Alive",
            "timeout=9",
            "Content-Length",
            "2",
          ]);
          response.end("ok");
        };
        const headers = new Headers([
          "X-B",
          "1",
          "x-b",
          "2",
          "Connection",
          "x-b",
          "Keep-Alive",
          "1",
          "TE",
          "trailers",
          "Upgrade",
          "h2c",
          "Expect",
          "100-continue",
          "Content-Length",
          "77",
          "CONTENT-LENGTH",
          "78",
          "Transfer-Encoding",
          "gzip",
          "Host",
          "elsewhere.example",
          "Proxy-Connection",
          "close",
        ]);
        const response = await call(port, { method: "POST", headers, body: Body.text("four") });
        assert.deepEqual(seen, [
          "host",
          "elsewhere.example",
          "connection",
          "keep-alive",
          "X-B",
          "1",
          "x-b",
          "2",
          "content-length",
          "4",
        ]);
        assert.equal(response.status, 201);
        assert.equal(response.reason, "Made");
        assert.deepEqual(response.headers.raw.slice(0, 8), [
          "X-A",
          "1",
          "x-a",
          "2",
          "Set-Cookie",
          "a=1",
          "Set-Cookie",
          "b=2",
        ]);
        assert.equal(response.headers.has("keep-alive"), false);
        assert.equal(response.headers.first("content-length"), "2");
        assert.equal(await text(response), "ok");
      });

      test("a small body of known length is there with the response", async () => {
        handler = (_request, response) => response.end("x".repeat(2_000));
        const response = await call(port);
        assert.equal(response.body.buffered?.length, 2_000);
      });

      test("a small chunked body that comes with its head needs no stream either", async () => {
        handler = (_request, response) => {
          response.writeHead(200, ["Transfer-Encoding", "chunked"]);
          response.end("short");
        };
        const response = await call(port);
        assert.equal(await text(response), "short");
      });

      test("a large body streams, paused by its reader", async () => {
        const size = 20_000_000;
        let written = 0;
        handler = (_request, response) => {
          const give = () => {
            while (written < size) {
              written += 100_000;
              if (!response.write(Buffer.alloc(100_000, 0x61))) {
                response.once("drain", give);
                return;
              }
            }
            response.end();
          };
          give();
        };
        const response = await call(port);
        assert.equal(response.body.buffered, undefined);
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.ok(written < size, "nobody reads: the backend must stand still");
        assert.equal((await bytesOf(response)).length, size);
      });

      const bytesOf = async (response: UpstreamResponse) => Buffer.from(await response.body.collect(30_000_000));

      test("a streamed request body arrives whole, with its length when known", async () => {
        for (const length of [undefined, 300_000]) {
          let seen = new Map<string, unknown>();
          handler = (request, response) => {
            seen = new Map(Object.entries(request.headers));
            let size = 0;
            request.on("data", (chunk: Buffer) => {
              size += chunk.length;
            });
            request.on("end", () => response.end(String(size)));
          };
          const response = await call(port, { method: "POST", body: countingBody(300_000, length) });
          assert.equal(await text(response), "300000");
          assert.equal(seen.get("content-length"), length === undefined ? undefined : "300000");
          assert.equal(seen.get("transfer-encoding"), length === undefined ? "chunked" : undefined);
        }
      });

      test("a request body that breaks off never looks complete to the backend", async () => {
        let complete: boolean | undefined;
        handler = (request) => {
          request.resume();
          request.on("error", () => {});
          request.on("close", () => {
            complete = request.complete;
          });
        };
        const body = Body.stream({
          start: (sink) => {
            sink.chunk(Buffer.from("part"));
            setTimeout(() => sink.error(new Error("client gone")), 50);
          },
          resume: () => {},
          cancel: () => {},
        });
        await assert.rejects(call(port, { method: "POST", body }), isFailure("aborted"));
        while (complete === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(complete, false);
      });

      test("HEAD, 204 and 304 with a length pass", async () => {
        for (const [method, status] of [
          ["HEAD", 200],
          ["GET", 304],
          ["GET", 204],
        ] as const) {
          handler = (_request, response) => {
            response.writeHead(status, ["Content-Length", "1234"]);
            response.end();
          };
          const response = await call(port, { method });
          assert.equal(response.status, status);
          assert.equal(response.headers.first("content-length"), "1234");
          assert.ok(response.body.isNone);
        }
      });

      test("a head that does not come in time is a timeout", async () => {
        handler = () => {};
        await assert.rejects(call(port, { headersTimeoutMs: 300 }), isFailure("timeout"));
      });

      test("a body that falls silent is a timeout", async () => {
        handler = (_request, response) => {
          response.write("x");
        };
        const response = await call(port, { bodyTimeoutMs: 300 });
        await assert.rejects(text(response), isFailure("timeout"));
      });

      test("aborting reaches the backend: before the head and inside the body", async () => {
        for (const isHeadSent of [false, true]) {
          let closed = false;
          handler = (request, response) => {
            request.on("close", () => {
              closed = true;
            });
            if (isHeadSent) response.write("x");
          };
          const controller = new AbortController();
          const responding = call(port, { signal: controller.signal });
          if (isHeadSent) {
            const response = await responding;
            const reading = text(response);
            controller.abort();
            await assert.rejects(reading, isFailure("aborted"));
          } else {
            setTimeout(() => controller.abort(), 50);
            await assert.rejects(responding, isFailure("aborted"));
          }
          while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });

      test("a signal that was aborted before sends nothing", async () => {
        let isCalled = false;
        handler = (_request, response) => {
          isCalled = true;
          response.end();
        };
        await assert.rejects(call(port, { signal: AbortSignal.abort() }), isFailure("aborted"));
        assert.equal(isCalled, false);
      });

      test("a discarded body frees its connection", async () => {
        let closed = false;
        handler = (request, response) => {
          request.on("close", () => {
            closed = true;
          });
          response.write(Buffer.alloc(500_000));
        };
        const response = await call(port);
        response.body.discard();
        while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
      });

      test("connections are used again", async () => {
        const ports = new Set<number | undefined>();
        handler = (request, response) => {
          ports.add(request.socket.remotePort);
          response.end("x");
        };
        for (let i = 0; i < 20; i++) await call(port);
        // Two, because a connection rests for a turn of the event loop before it is used again.
        assert.ok(ports.size <= 2, `${ports.size} connections for 20 calls in a row`);
      });

      test("values that would break the message are refused before anything is sent", async () => {
        let isCalled = false;
        handler = () => {
          isCalled = true;
        };
        for (const headers of [
          new Headers(["X-A", "a\r\nX-B: c"]),
          new Headers(["X\r\nY", "a"]),
          new Headers(["X-A", "\u2603"]),
        ]) {
          await assert.rejects(call(port, { headers }), isFailure("unsendable"));
        }
        await assert.rejects(call(port, { path: "/a b" }), isFailure("unsendable"));
        await assert.rejects(call(port, { path: "/a\r\nX: y" }), isFailure("unsendable"));
        assert.equal(isCalled, false);
      });
    });

    function countingBody(size: number, length: number | undefined): Body {
      let left = size;
      let reader: { chunk(data: Uint8Array): boolean; end(): void } | undefined;
      const give = () => {
        while (left > 0) {
          const part = Math.min(left, 10_000);
          left -= part;
          if (!reader?.chunk(Buffer.alloc(part))) return;
        }
        reader?.end();
      };
      return Body.stream(
        {
          start: (sink) => {
            reader = sink;
            give();
          },
          resume: give,
          cancel: () => {},
        },
        length,
      );
    }

    describe("against a hostile backend", () => {
      let answer = "";
      let port = 0;
      let end: "end" | "destroy" | "keep" = "end";
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.once("data", () => {
          socket.write(answer, "latin1");
          if (end === "end") socket.end();
          if (end === "destroy") setTimeout(() => socket.destroy(), 20);
        });
      });
      before(async () => {
        port = await listen(server);
      });
      after(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });

      const cases: [name: string, answer: string][] = [
        [
          "length and chunked",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ],
        ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
        ["a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"],
        ["a folded header", "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 5\r\n\r\nhello"],
        ["NUL in a header", "HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 5\r\n\r\nhello"],
        ["a head that is too large", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(40_000)}\r\nContent-Length: 5\r\n\r\nhello`],
        ["status 000", "HTTP/1.1 000 OK\r\nContent-Length: 5\r\n\r\nhello"],
        ["status 999", "HTTP/1.1 999 OK\r\nContent-Length: 5\r\n\r\nhello"],
        ["a control character in the reason", "HTTP/1.1 200 O\x01K\r\nContent-Length: 5\r\n\r\nhello"],
        [
          "an upgrade nobody asked for",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        ],
        [
          "two thousand interim answers",
          `${"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(2_000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
        ],
        ["an interim answer in HTTP/1.0", "HTTP/1.0 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
        ["no HTTP at all", "SSH-2.0-OpenSSH_9.6\r\n"],
        ["an end inside the head", "HTTP/1.1 200 OK\r\nContent-Le"],
        ["an end inside a small body", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"],
      ];
      for (const [name, bytes] of cases) {
        test(`${name} is an error, not a response`, async () => {
          answer = bytes;
          end = "end";
          await assert.rejects(call(port), UpstreamError);
        });
      }

      for (const [name, head] of [
        ["of known length", "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\nhello"],
        ["chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
      ]) {
        for (const how of ["end", "destroy"] as const) {
          test(`a stream ${name} that is cut (${how}) fails its reader`, async () => {
            answer = head;
            end = how;
            await assert.rejects(async () => text(await call(port)), UpstreamError);
          });
        }
      }

      test("interim answers are skipped", async () => {
        answer =
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        end = "end";
        const response = await call(port);
        assert.equal(await text(response), "ok");
        assert.equal(response.headers.has("link"), false);
      });

      test("an answer before the request spoils only its own connection", async () => {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";
        end = "keep";
        assert.equal(await text(await call(port)), "ok");
        assert.equal(await text(await call(port)), "ok");
      });

      test("a Connection header cannot take security headers away", async () => {
        answer =
          "HTTP/1.1 200 OK\r\nConnection: close, x-own, strict-transport-security, content-type\r\nX-Own: 1\r\n" +
          "Strict-Transport-Security: max-age=1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
        end = "end";
        const { headers } = await call(port);
        assert.deepEqual(headers.raw, [
          "Strict-Transport-Security",
          "max-age=1",
          "Content-Type",
          "text/plain",
          "Content-Length",
          "2",
        ]);
      });
    });

    describe("failures to connect", () => {
      test("nobody listens", async () => {
        const server = createServer();
        const port = await listen(server);
        await new Promise((resolve) => server.close(resolve));
        await assert.rejects(call(port), isFailure("connect"));
      });

      test("no such name", async () => {
        await assert.rejects(call(80, { origin: "http://nowhere.invalid" }), isFailure("connect"));
      });

      test("TLS is spoken to a plain port", async () => {
        const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
        const port = await listen(server);
        await assert.rejects(call(port, { origin: `https://127.0.0.1:${port}` }), isFailure("tls"));
        server.close();
      });
    });

    describe("WebSocket handshakes", () => {
      const key = "dGhlIHNhbXBsZSBub25jZQ==";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

      async function handshake(answer: string) {
        const server = createServer((socket) => {
          socket.on("error", () => {});
          socket.once("data", () => {
            socket.write(answer, "latin1");
            socket.on("data", (chunk) => socket.write(chunk));
          });
        });
        const port = await listen(server);
        try {
          return await upstream.upgrade({
            method: "GET",
            origin: `http://127.0.0.1:${port}`,
            path: "/chat",
            headers: new Headers([
              "Sec-WebSocket-Key",
              key,
              "Sec-WebSocket-Version",
              "13",
              "Connection",
              "Upgrade",
              "Upgrade",
              "websocket",
            ]),
            body: Body.none,
            headersTimeoutMs: 2_000,
          });
        } finally {
          server.close();
        }
      }

      test("an accepted handshake gives the socket", async () => {
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\nfirst`;
        const { response, socket } = await handshake(head);
        assert.equal(response.status, 101);
        assert.equal(response.headers.first("sec-websocket-protocol"), "chat");
        assert.equal(response.headers.has("upgrade"), false);
        let received = "";
        await new Promise<void>((resolve) => {
          socket?.on("data", (chunk: Buffer) => {
            received += chunk.toString();
            if (received === "first") socket.write("echo");
            if (received === "firstecho") resolve();
          });
        });
        socket?.destroy();
      });

      test("a wrong proof is an error", async () => {
        const head =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";
        await assert.rejects(handshake(head), isFailure("protocol"));
      });

      test("a change to another protocol, or to none, is an error", async () => {
        for (const lines of [
          "Connection: Upgrade\r\n",
          "Upgrade: websocket\r\n",
          "Upgrade: websocket\r\nConnection: close\r\n",
          "Upgrade: h2c\r\nConnection: Upgrade\r\n",
          "Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n",
        ]) {
          const head = `HTTP/1.1 101 Switching Protocols\r\n${lines}Sec-WebSocket-Accept: ${accept}\r\n\r\n`;
          await assert.rejects(handshake(head), isFailure("protocol"), lines);
        }
      });

      test("a refusal is a response", async () => {
        const { response, socket } = await handshake("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        assert.equal(socket, undefined);
        assert.equal(response.status, 403);
        assert.equal(await text(response), "no");
      });
    });
  });
}
