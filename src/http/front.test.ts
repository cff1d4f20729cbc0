import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RawClient, send } from "../../test/support/raw-client.ts";
import { Body, type BodySink } from "./body.ts";
import type { Front, FrontLimits, IncomingRequest, Reply } from "./front.ts";
import { Headers } from "./headers.ts";
import { createFront, ENGINES } from "./engine.ts";

for (const engine of ENGINES) {
  describe(`engine ${engine}`, () => {
    const LIMITS: FrontLimits = {
      maxHeaderBytes: 16_384,
      maxHeaderCount: 100,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      keepAliveTimeoutMs: 65_000,
      writeIdleTimeoutMs: 60_000,
      maxConnections: 1_000,
      maxConnectionsPerAddress: 0,
    };

    type Handler = (request: IncomingRequest, reply: Reply) => void;

    const text = (reply: Reply, status: number, body: string) => reply.send(status, "", new Headers(), Body.text(body));

    async function withFront(
      handler: Handler,
      use: (port: number, front: Front, refused: string[]) => Promise<void>,
      limits: Partial<FrontLimits> = {},
    ): Promise<void> {
      const refused: string[] = [];
      const front = createFront(engine, {
        name: "test",
        host: "127.0.0.1",
        port: 0,
        limits: { ...LIMITS, ...limits },
        onRequest: handler,
        onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.text("no tunnel")),
        onRefused: (facts) => refused.push(`${facts.status} ${facts.reason}`),
      });
      const { port } = await front.listen();
      try {
        await use(port, front, refused);
      } finally {
        await front.close();
      }
    }

    /** A stream that gives chunks when told to. */
    class ManualSource {
      sink: BodySink | undefined;
      cancelled: Error | undefined | "no" = "no";
      readonly body: Body;

      constructor(length?: number) {
        this.body = Body.stream(
          {
            start: (sink) => {
              this.sink = sink;
            },
            resume: () => {},
            cancel: (reason) => {
              this.cancelled = reason;
            },
          },
          length,
        );
      }
    }

    describe("requests and answers", () => {
      let port = 0;
      let front: Front;
      const seen: IncomingRequest[] = [];

      before(async () => {
        front = createFront(engine, {
          name: "public",
          host: "127.0.0.1",
          port: 0,
          limits: LIMITS,
          onRequest: (request, reply) => {
            seen.push(request);
            const headers = Headers.of([
              ["X-One", "1"],
              ["Content-Length", "999"],
              ["Transfer-Encoding", "chunked"],
              ["Connection", "x-one"],
            ]);
            reply.send(200, "Very fine", headers, Body.text("hello"));
          },
          onUpgrade: (_request, tunnel) => tunnel.refuse(404, "", new Headers(), Body.none),
        });
        port = (await front.listen()).port;
      });
      after(() => front.close());

      test("the framing of an answer is computed, whatever its headers say", async () => {
        const client = await RawClient.open(port);
        client.write("GET /a?b=c HTTP/1.1\r\nHost: Example\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n");
        const response = await client.response();
        assert.equal(response.status, 200);
        assert.equal(response.body, "hello");
        assert.equal(response.headers.get("content-length"), "5");
        assert.equal(response.headers.get("transfer-encoding"), undefined);
        assert.equal(response.headers.get("connection"), "keep-alive");
        assert.equal(response.headers.get("x-one"), "1");
        const request = seen.at(-1);
        assert.equal(request?.method, "GET");
        assert.equal(request?.target, "/a?b=c");
        assert.deepEqual(request?.headers.all("x-twice"), ["1", "2"]);
        assert.equal(request?.remoteAddress, "127.0.0.1");
        assert.equal(request?.listener, "public");
        assert.equal(request?.tls, undefined);
        assert.ok(request?.body.isNone);
        client.close();
      });

      test("one connection serves many requests, pipelined ones in order", async () => {
        const client = await RawClient.open(port);
        client.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40));
        for (let i = 0; i < 40; i++) assert.equal((await client.response()).body, "hello");
        client.close();
      });

      test("bytes after a request that closes are ignored, and its answer arrives", async () => {
        const client = await RawClient.open(port);
        const before = seen.length;
        client.write("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        assert.equal((await client.response()).status, 200);
        assert.equal(await client.rest(), "");
        assert.equal(seen.length, before + 1);
      });
    });

    test("one request of a connection is served at a time", async () => {
      let running = 0;
      let most = 0;
      const handler: Handler = (_request, reply) => {
        running++;
        most = Math.max(most, running);
        setTimeout(() => {
          running--;
          text(reply, 200, "x");
        }, 2);
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50));
        for (let i = 0; i < 50; i++) await client.response();
        assert.equal(most, 1);
        client.close();
      });
    });

    test("HEAD, 204, 205 and 304 send no body; the length they were given stays where it may be told", async () => {
      const handler: Handler = (request, reply) => {
        const status = Number(request.target.slice(1));
        const body = status === 205 ? Body.text("form") : Body.none;
        reply.send(status, "", Headers.of([["Content-Length", "1234"]]), body);
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        for (const [method, status, length] of [
          ["HEAD", 200, "1234"],
          ["GET", 304, "1234"],
          ["GET", 204, undefined],
          ["HEAD", 204, undefined],
          ["GET", 205, "0"],
        ] as const) {
          client.write(`${method} /${status} HTTP/1.1\r\nHost: a\r\n\r\n`);
          const response = await client.response(method);
          assert.equal(response.status, status);
          assert.equal(response.headers.get("content-length"), length, `${method} ${status}`);
          assert.equal(response.body, "");
        }
        client.close();
      });
    });

    test("a request body streams to its reader and is paused with it", async () => {
      const size = 8_000_000;
      let pauses = 0;
      const handler: Handler = (request, reply) => {
        let received = 0;
        const source = request.body.pipe({
          chunk: (data) => {
            received += data.length;
            pauses++;
            setImmediate(() => source?.resume());
            return false;
          },
          end: () => text(reply, 200, String(received)),
          error: () => reply.destroy(),
        });
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
        client.write(Buffer.alloc(size, 0x61));
        assert.equal((await client.response()).body, String(size));
        assert.ok(pauses > 10);
        client.close();
      });
    });

    test("an unread source stops the client: memory stays small", async () => {
      const size = 64 * 1024 * 1024;
      let received = 0;
      const handler: Handler = (request) => {
        request.body.pipe({
          chunk: (data) => {
            received += data.length;
            return false;
          },
          end: () => {},
          error: () => {},
        });
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
        client.write(Buffer.alloc(size));
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.ok(received > 0 && received <= 1_048_576, `${received} bytes were taken`);
        client.close();
      });
    });

    test("a streamed answer waits for its reader", async () => {
      const chunk = Buffer.alloc(65_536);
      const total = 1_000;
      let given = 0;
      const handler: Handler = (_request, reply) => {
        let reader: BodySink | undefined;
        const give = () => {
          while (given < total) {
            given++;
            if (!reader?.chunk(chunk)) return;
          }
          reader?.end();
        };
        const source = {
          start: (sink: BodySink) => {
            reader = sink;
            give();
          },
          resume: give,
          cancel: () => {},
        };
        reply.send(200, "", new Headers(), Body.stream(source));
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        client.socket.pause();
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.ok(given > 0 && given < total, `${given} chunks were taken while nobody read`);
        client.socket.resume();
        assert.equal((await client.response()).body.length, total * chunk.length);
        client.close();
      });
    });

    test("the head of a silent stream leaves at once", async () => {
      const source = new ManualSource();
      await withFront(
        (_request, reply) => reply.send(200, "", new Headers(), source.body),
        async (port) => {
          const client = await RawClient.open(port);
          client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          const response = client.response();
          await new Promise((resolve) => setTimeout(resolve, 50));
          source.sink?.chunk(Buffer.from("data: 1\n\n"));
          source.sink?.end();
          assert.equal((await response).body, "data: 1\n\n");
          client.close();
        },
      );
    });

    test("a source that fails early never looks complete", async () => {
      for (const length of [undefined, 100]) {
        const source = new ManualSource(length);
        const errors: (Error | undefined)[] = [];
        const handler: Handler = (_request, reply) =>
          reply.send(200, "", new Headers(), source.body, (_bytes, error) => errors.push(error));
        await withFront(handler, async (port) => {
          const client = await RawClient.open(port);
          client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          while (source.sink === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
          source.sink.chunk(Buffer.from("partial"));
          await new Promise((resolve) => setTimeout(resolve, 20));
          source.sink.error(new Error("backend gone"));
          await assert.rejects(client.response(), /ended before/);
          assert.equal(errors.length, 1);
          assert.match(errors[0]?.message ?? "", /backend gone/);
        });
      }
    });

    test("a client that goes away aborts its request and cancels the source", async () => {
      const source = new ManualSource();
      let aborted = 0;
      const done: (Error | undefined)[] = [];
      const handler: Handler = (request, reply) => {
        request.onAbort(() => aborted++);
        reply.send(200, "", new Headers(), source.body, (_bytes, error) => done.push(error));
      };
      await withFront(handler, async (port) => {
        const client = await RawClient.open(port);
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        while (source.sink === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
        client.close();
        while (done.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(aborted, 1);
        assert.ok(done[0] instanceof Error);
        assert.notEqual(source.cancelled, "no");
      });
    });

    test("a reader that stops is cut off when the write has been idle for too long", async () => {
      const done: (Error | undefined)[] = [];
      const handler: Handler = (_request, reply) =>
        reply.send(200, "", new Headers(), Body.bytes(Buffer.alloc(64 * 1024 * 1024)), (_bytes, error) =>
          done.push(error),
        );
      await withFront(
        handler,
        async (port) => {
          const client = await RawClient.open(port);
          client.socket.pause();
          client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          while (done.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
          assert.match(done[0]?.message ?? "", /stopped reading/);
          client.close();
        },
        { writeIdleTimeoutMs: 1_000 },
      );
    });

    test("line breaks in headers and reasons never reach the wire", async () => {
      const bad: [string, Headers][] = [
        ["", Headers.of([["X-Bad", "a\r\nSet-Cookie: b=c"]])],
        ["OK\r\nX-Injected: 1", new Headers()],
        ["", Headers.of([["X Bad", "a"]])],
        ["", Headers.of([["X-Snow", "\u2603"]])],
      ];
      let next = 0;
      const handler: Handler = (_request, reply) => reply.send(200, bad[next][0], bad[next][1], Body.text("secret"));
      await withFront(handler, async (port) => {
        for (; next < bad.length; next++) {
          const response = await send(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal(response.status, 500);
          assert.equal(response.body, '{ "statusCode": 500, "message": "Internal server error" }');
          assert.equal(response.headers.get("x-injected"), undefined);
          assert.equal(response.headers.get("set-cookie"), undefined);
        }
      });
    });

    test("100 is sent when the body is wanted, and a refusal needs none", async () => {
      const handler: Handler = (request, reply) => {
        if (request.target === "/no") text(reply, 401, "no");
        else request.body.collect(1_000).then((bytes) => text(reply, 200, Buffer.from(bytes).toString()));
      };
      await withFront(handler, async (port) => {
        const yes = await RawClient.open(port);
        yes.write("POST /yes HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        assert.equal((await yes.response()).status, 100);
        yes.write("body");
        assert.equal((await yes.response()).body, "body");
        yes.close();
        const no = await RawClient.open(port);
        no.write("POST /no HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        assert.equal((await no.response()).status, 401);
        assert.equal(await no.rest(), "", "the connection closes: the body was never asked for");
      });
    });

    test("an answer before the end of a long body arrives, and the connection closes", async () => {
      await withFront(
        (_request, reply) => text(reply, 413, "too much"),
        async (port) => {
          const client = await RawClient.open(port);
          client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n");
          client.write(Buffer.alloc(5_000_000));
          const response = await client.response();
          assert.equal(response.status, 413);
          assert.equal(response.headers.get("connection"), "close");
          assert.equal(await client.rest(), "");
          client.close();
        },
      );
    });

    test("limits of time, size and number", async () => {
      const limits = { headersTimeoutMs: 1_000, requestTimeoutMs: 1_500, maxHeaderCount: 20, maxHeaderBytes: 8_192 };
      const collect: Handler = (request, reply) =>
        void request.body.collect(1e6).then(
          () => text(reply, 200, "ok"),
          () => {},
        );
      await withFront(
        collect,
        async (port, _front, refused) => {
          const slow = await RawClient.open(port);
          slow.write("GET / HTTP/1.1\r\nHost: a\r\n");
          const slowBody = await RawClient.open(port);
          slowBody.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab");
          const many = await send(port, `GET / HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(20)}\r\n`);
          assert.equal(many.status, 431);
          const large = await send(port, `GET / HTTP/1.1\r\nHost: a\r\nA: ${"b".repeat(9_000)}\r\n\r\n`);
          assert.equal(large.status, 431);
          assert.equal((await slow.response()).status, 408);
          assert.equal((await slowBody.response()).status, 408);
          assert.equal(refused.filter((r) => r === "408 RequestTimeout").length, 2);
          slow.close();
          slowBody.close();
        },
        limits,
      );
    });

    test("a connection that nobody uses is closed, one that serves is not", async () => {
      const slow: Handler = (request, reply) =>
        setTimeout(() => text(reply, 200, "ok"), request.target === "/slow" ? 3_500 : 0);
      await withFront(
        slow,
        async (port) => {
          const idle = await RawClient.open(port);
          idle.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal((await idle.response()).status, 200);
          const busy = await RawClient.open(port);
          busy.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal(await idle.rest(), "");
          assert.equal(busy.isClosed, false);
          assert.equal((await busy.response()).status, 200);
          assert.equal(await busy.rest(), "");
        },
        { keepAliveTimeoutMs: 1_000 },
      );
    });

    test("draining tells clients to leave, serves what comes meanwhile, and ends", async () => {
      await withFront(
        (_request, reply) => setTimeout(() => text(reply, 200, "ok"), 100),
        async (port, front) => {
          const client = await RawClient.open(port);
          client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal((await client.response()).headers.get("connection"), "keep-alive");
          // Long enough for a busy machine to get a connection in.
          const drained = front.drain(1_500, 5_000);
          client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal((await client.response()).headers.get("connection"), "close");
          const late = await RawClient.open(port);
          await new Promise((resolve) => setTimeout(resolve, 50));
          late.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          assert.equal((await late.response()).status, 200);
          await drained;
          await assert.rejects(RawClient.open(port));
        },
      );
    });

    test("one address holds so many connections and no more", async () => {
      await withFront(
        (_request, reply) => text(reply, 200, "ok"),
        async (port, _front, refused) => {
          const [first, second] = [await RawClient.open(port), await RawClient.open(port)];
          const third = await RawClient.open(port);
          assert.equal(await third.rest(), "");
          for (const client of [first, second]) {
            client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assert.equal((await client.response()).status, 200);
          }
          assert.deepEqual(refused, ["0 TooManyConnections"]);
          first.close();
          for (let status = 0; status !== 200; ) {
            const next = await RawClient.open(port);
            next.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            status = (await next.response().catch(() => undefined))?.status ?? 0;
          }
        },
        { maxConnectionsPerAddress: 2 },
      );
    });

    test("a taken port is named", async () => {
      await withFront(
        (_request, reply) => text(reply, 200, ""),
        async (port) => {
          const second = createFront(engine, {
            name: "second",
            host: "127.0.0.1",
            port,
            limits: LIMITS,
            onRequest: () => {},
            onUpgrade: () => {},
          });
          await assert.rejects(second.listen(), /"second" on 127\.0\.0\.1:\d+: the port is taken/);
        },
      );
    });
  });
}
