/** The gateway's HTTP/1.1 parsers beside node:http's, for a moment; at length: npm run fuzz:http. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Counts, tryRequests, tryResponse } from "./http/compare.ts";
import { REFUSED_REQUESTS, REFUSED_RESPONSES } from "./http/kinds.ts";
import { readRequests, readResponse } from "./http/native-parser.ts";
import { textOf } from "./http/outcome.ts";

const CASES = 10_000;

describe("generated and mutated messages: the same as node:http, or refused for a reason that has a clause", () => {
  for (const [name, attempt, kinds] of [
    ["requests", tryRequests, REFUSED_REQUESTS],
    ["responses", tryResponse, REFUSED_RESPONSES],
  ] as const) {
    test(name, () => {
      const counts: Counts = new Map();
      for (let seed = 0; seed < CASES; seed++) attempt(seed, counts);
      const refused = [...counts.keys()].filter((kind) => kind.startsWith("only ours refuses: "));
      const unexplained = refused.filter((kind) => !(kind.slice("only ours refuses: ".length) in kinds));
      assert.deepEqual(unexplained, []);
      assert.ok((counts.get("both accept") ?? 0) > CASES / 10, "enough of the cases are messages");
    });
  }
});

const MESSAGES = [
  "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-A:  b \t\r\n\r\nPOST /d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /e HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
  '\r\nPOST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b\\"c";d\r\nhello\r\n0A\r\n0123456789\r\n0\r\nX-T: y\r\n\r\n',
  "GET http://h/ HTTP/1.0\r\n\r\n",
  "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
  "get / HTTP/1.1\r\nHost: h\r\n\r\n",
  "FOO / HTTP/1.1\r\nHost: h\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 3\r\n\r\n",
  `GET / HTTP/1.1\r\nHost: h\r\nX: ${"a".repeat(17_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: h\r\n${"X: a\r\n".repeat(101)}\r\n`,
];
const RESPONSES = [
  "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world",
  "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;e=f\r\n world\r\n0\r\nT: u\r\n\r\n",
  "HTTP/1.0 200 OK\r\n\r\nuntil the end",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 200 O\x01K\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
];

test("cut at any place, and at every place, a message is the same", () => {
  for (const [messages, read] of [
    [MESSAGES, readRequests],
    [RESPONSES, (octets: Buffer, cuts?: readonly number[]) => readResponse(octets, false, cuts)],
  ] as const) {
    for (const message of messages) {
      const octets = Buffer.from(message, "latin1");
      const whole = read(octets);
      const same = (cuts: readonly number[]) => {
        const cut = read(octets, cuts);
        assert.equal(cut.end, whole.end, `${message.slice(0, 80)} cut at ${cuts.slice(0, 3)}`);
        assert.equal(textOf(cut.messages), textOf(whole.messages));
      };
      const places = Array.from({ length: octets.length }, (_, i) => i);
      const some =
        places.length > 1_000 ? places.filter((i) => i < 100 || i % 997 === 0 || Math.abs(i - 16_384) < 5) : places;
      for (const at of some) same([at]);
      same(some);
    }
  }
});
