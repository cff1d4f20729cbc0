import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ResponseParser, ResponseSyntaxError } from "./response-parser.ts";

interface Read {
  readonly heads: [status: number, reason: string, raw: string[]][];
  readonly body: string;
  /** Undefined while the message is not complete. */
  readonly isReusable: boolean | undefined;
}

/** Reads bytes cut at the given places. */
function read(text: string, options: { isHead?: boolean; cuts?: readonly number[]; ends?: boolean } = {}): Read {
  const heads: Read["heads"] = [];
  let body = "";
  let isReusable: boolean | undefined;
  const parser = new ResponseParser({
    head: (status, reason, raw) => heads.push([status, reason, raw]),
    data: (bytes) => {
      assert.equal(isReusable, undefined, "data after the end");
      body += Buffer.from(bytes).toString("latin1");
    },
    end: (reusable) => {
      assert.equal(isReusable, undefined, "a second end");
      isReusable = reusable;
    },
  });
  parser.expect(options.isHead ?? false);
  const bytes = Buffer.from(text, "latin1");
  const places = [0, ...[...(options.cuts ?? [])].sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++) parser.push(bytes.subarray(places[i - 1], places[i]));
  if (options.ends) parser.finish();
  return { heads, body, isReusable };
}

const bad = (text: string) => assert.throws(() => read(text), ResponseSyntaxError, JSON.stringify(text));

describe("framing", () => {
  test("a body of known length", () => {
    assert.deepEqual(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \t\r\n\r\nhello"), {
      heads: [[200, "OK", ["Content-Length", "5", "X-A", "b"]]],
      body: "hello",
      isReusable: true,
    });
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").isReusable, true);
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello").isReusable, undefined);
  });

  test("a chunked body, its extensions and trailers dropped", () => {
    const chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n";
    assert.deepEqual(read(chunked), {
      heads: [[200, "OK", ["Transfer-Encoding", "Chunked"]]],
      body: "hello0123456789",
      isReusable: true,
    });
    assert.equal(read(chunked.slice(0, -2)).isReusable, undefined);
  });

  test("a body until the connection closes", () => {
    assert.deepEqual(read("HTTP/1.1 200 OK\r\n\r\nall of it", { ends: true }).body, "all of it");
    assert.equal(read("HTTP/1.1 200 OK\r\n\r\nall of it").isReusable, undefined);
    assert.equal(read("HTTP/1.1 200 OK\r\n\r\nall of it", { ends: true }).isReusable, false);
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", { ends: true }).isReusable, undefined);
  });

  test("responses without a body, whatever they say", () => {
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", { isHead: true }).isReusable, true);
    assert.equal(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", { isHead: true }).isReusable, true);
    assert.equal(read("HTTP/1.1 204 No Content\r\n\r\n").isReusable, true);
    assert.equal(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").isReusable, false);
    assert.equal(read("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n").isReusable, false);
  });

  test("interim responses come before the final one", () => {
    const { heads, body } = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
    );
    assert.deepEqual(
      heads.map(([status]) => status),
      [100, 103, 200],
    );
    assert.equal(body, "x");
  });

  test("who may use the connection again", () => {
    const length = "Content-Length: 0\r\n\r\n";
    assert.equal(read(`HTTP/1.1 200 OK\r\nConnection: close\r\n${length}`).isReusable, false);
    assert.equal(read(`HTTP/1.1 200 OK\r\nConnection: x, Close\r\n${length}`).isReusable, false);
    assert.equal(read(`HTTP/1.0 200 OK\r\n${length}`).isReusable, false);
    assert.equal(read(`HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${length}`).isReusable, true);
    assert.equal(read(`HTTP/1.1 200 OK\r\n${length}HTTP/1.1 200 OK\r\n`).isReusable, false, "more than was asked for");
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokX").isReusable, false);
    assert.equal(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX").isReusable, false);
  });
});

test("what is not HTTP/1.1 is an error", () => {
  const ok = "HTTP/1.1 200 OK\r\n";
  for (const text of [
    "HTTP/1.2 200 OK\r\n\r\n",
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 000 OK\r\n\r\n",
    "HTTP/1.1 200 O\u0001K\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "\r\nHTTP/1.1 200 OK\r\n\r\n",
    `${ok}X-A : b\r\n\r\n`,
    `${ok}X A: b\r\n\r\n`,
    `${ok}: b\r\n\r\n`,
    `${ok}NoColon\r\n\r\n`,
    `${ok}X-A: b\r\n c\r\n\r\n`,
    `${ok}X-A: b\0c\r\n\r\n`,
    `${ok}X-A: b\rc\r\n\r\n`,
    `${ok}X-A: b\nX-B: c\r\n\r\n`,
    `${ok}X-A: b\u007f\r\n\r\n`,
    `${ok}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`,
    `${ok}Content-Length: 5, 5\r\n\r\n`,
    `${ok}Content-Length: +5\r\n\r\n`,
    `${ok}Content-Length: \r\n\r\n`,
    `${ok}Content-Length: 9999999999999999\r\n\r\n`,
    `${ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`,
    `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    `${ok}X-A: ${"b".repeat(40_000)}`,
  ]) {
    bad(text);
  }
  for (const chunks of [
    "5 \r\n",
    "0x5\r\n",
    "+5\r\n",
    "\r\n",
    "5\nhello\n0\r\n\r\n",
    "g\r\n",
    "1234567890123\r\n",
    "1\r\nab\r\n",
    "1\r\na\n\r\n",
    `1;${"x".repeat(5_000)}`,
    "1;\u0001\r\n",
    "0\r\nBad Trailer: x\r\n\r\n",
    `0\r\n${"X: y\r\n".repeat(5_000)}\r\n`,
  ]) {
    bad(`${ok}Transfer-Encoding: chunked\r\n\r\n${chunks}`);
  }
});

test("how the bytes are cut makes no difference", () => {
  const messages = [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world",
    "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;e=f\r\n world\r\n0\r\nT: u\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.array(fc.nat(150), { maxLength: 8 }), (message, cuts) => {
      const places = cuts.map((cut) => cut % message.length);
      assert.deepEqual(read(message, { cuts: places }), read(message));
    }),
    { numRuns: 2_000 },
  );
  for (const message of messages) {
    const every = Array.from({ length: message.length }, (_, i) => i);
    assert.deepEqual(read(message, { cuts: every }), read(message), "byte by byte");
  }
});

test("any bytes at all end in a message, a wait or a syntax error", () => {
  const noise = fc.array(
    fc.oneof(
      fc.constantFrom(
        "HTTP/1.1 200 OK\r\n",
        "\r\n",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "3\r\nabc\r\n",
        "0\r\n\r\n",
        "abc",
        "HTTP/1.1 100 C\r\n\r\n",
      ),
      fc.string({ unit: "binary-ascii", maxLength: 5 }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(noise, (pieces) => {
      try {
        read(pieces.join(""), { ends: true });
      } catch (error) {
        assert.ok(error instanceof ResponseSyntaxError, String(error));
      }
    }),
    { numRuns: 5_000 },
  );
});
