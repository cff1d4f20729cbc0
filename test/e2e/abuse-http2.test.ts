/**
 * Hostile HTTP/2 (abuse cases 2a to 2j): floods, half-open connections, fields with two readings. Each case with a gateway that goes on
 * serving others and a backend that sees nothing, or one canonical request.
 */
import assert from "node:assert/strict";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import { Backend } from "../support/backend.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { FORWARDING, planned, programOf, startGateway, type TestGateway } from "../support/gateway.ts";
import {
  END_HEADERS,
  END_STREAM,
  Frame,
  frame,
  headerBlock,
  number32,
  pseudo,
  RawHttp2,
  type ReceivedFrame,
} from "../support/http2-raw.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const PROTOCOL_ERROR = 1;
const FLOW_CONTROL_ERROR = 3;
const FRAME_SIZE_ERROR = 6;
const REFUSED_STREAM = 7;

let backend: Backend;
let gateway: TestGateway;
let policyRuns = 0;
/** Held back until told otherwise. */
let hold: Promise<void> | undefined;

function startHttp2Gateway(): Promise<TestGateway> {
  const operations = ["GET", "HEAD", "POST", "PUT", "OPTIONS"].map((method) => operation(method, "/*"));
  const defaults = defaultSettings();
  const tls = { ...SERVER, minVersion: "1.2" as const, http2: true, hsts: "max-age=60" };
  const settings = {
    listeners: defaults.listeners.map((listener) => ({ ...listener, tls })),
    http: { ...defaults.http, headersTimeoutMs: 1_000, requestTimeoutMs: 2_000, writeIdleTimeoutMs: 1_000 },
    limits: { ...defaults.limits, lameDuckMs: 300 },
  };
  const apis = [api("open", { serviceUrl: backend.url, operations })];
  const count = planned("count", "inbound", async () => {
    policyRuns++;
    await hold;
    return undefined;
  });
  return startGateway(programOf(snapshot({ apis, settings }), { ...FORWARDING, inbound: [count] }));
}

before(async () => {
  backend = await Backend.start();
  gateway = await startHttp2Gateway();
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
  hold = undefined;
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function session(): ClientHttp2Session {
  const client = connect(`https://localhost:${gateway.port}`, { ca: AUTHORITY });
  client.on("error", () => {});
  return client;
}

function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request(headers, { endStream: body === undefined });
    let answer: IncomingHttpHeaders & { ":status"?: number } = {};
    let text = "";
    stream.on("response", (found) => {
      answer = found;
    });
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    stream.on("end", () => resolve({ status: answer[":status"] ?? 0, headers: answer, body: text }));
    stream.on("error", reject);
    if (body !== undefined) stream.end(body);
  });
}

afterEach(async () => {
  backend.answer = undefined;
  const client = session();
  assert.equal((await ask(client, { ":path": "/open/canary" })).status, 200, "others are served");
  client.close();
});

const raw = () => RawHttp2.open(gateway.port, AUTHORITY);

describe("2: HTTP/2", () => {
  test("requests of every kind, HTTP/1.1 beside", async () => {
    const client = session();
    const got = await ask(client, { ":path": "/open/a?b=1", cookie: "a=1" });
    assert.deepEqual([got.status, got.body, got.headers["strict-transport-security"]], [200, "backend", "max-age=60"]);
    assert.deepEqual([backend.seen[0].method, backend.seen[0].url], ["GET", "/a?b=1"]);
    const posted = await ask(client, { ":path": "/open/a", ":method": "POST" }, "x".repeat(300_000));
    assert.deepEqual([posted.status, backend.seen[1].body.length], [200, 300_000]);
    assert.equal((await ask(client, { ":path": "/open/a", ":method": "HEAD" })).status, 200);
    assert.equal((await ask(client, { ":path": "/nothing" })).status, 404);
    assert.equal(gateway.records[0].clientProtocol, "HTTP/2");
    client.close();
    const old = await fetchHttp1();
    assert.match(old, /^HTTP\/1\.1 200 /);
  });

  test("2a rapid reset: the connection ends, and hardly anything was begun", async () => {
    const client = await raw();
    const block = headerBlock(pseudo());
    for (let i = 0; i < 20_000 && !client.socket.destroyed; i += 100) {
      const frames: Buffer[] = [];
      for (let n = i; n < i + 100; n++) {
        frames.push(frame(Frame.Headers, END_STREAM | END_HEADERS, 2 * n + 1, block));
        frames.push(frame(Frame.Reset, 0, 2 * n + 1, number32(8)));
      }
      client.write(...frames);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.notEqual(await client.goAway(), 0);
    assert.ok(policyRuns <= 250, `${policyRuns} requests were begun`);
    assert.ok(backend.seen.length <= 250);
    client.close();
  });

  test("2a a stream that is reset in the packet it came in costs nothing", async () => {
    const client = await raw();
    client.write(
      frame(Frame.Headers, END_STREAM | END_HEADERS, 1, headerBlock(pseudo())),
      frame(Frame.Reset, 0, 1, number32(8)),
      frame(Frame.Headers, END_STREAM | END_HEADERS, 3, headerBlock(pseudo("/open/second"))),
    );
    assert.equal(await client.outcome(3), "answered");
    assert.deepEqual([policyRuns, backend.seen.map(({ url }) => url)], [1, ["/second"]]);
    client.close();
  });

  test("2b, 2e frames that make the server reset streams end the connection", async () => {
    const cases: [name: string, code: number, ...frames: Buffer[]][] = [
      ["no increment", PROTOCOL_ERROR, frame(Frame.WindowUpdate, 0, 0, number32(0))],
      ["overflow", FLOW_CONTROL_ERROR, frame(Frame.WindowUpdate, 0, 0, number32(0x7fffffff))],
      ["short priority", FRAME_SIZE_ERROR, frame(Frame.Priority, 0, 1, Buffer.alloc(3))],
      ["long ping", FRAME_SIZE_ERROR, frame(Frame.Ping, 0, 0, Buffer.alloc(9))],
      ["data on nothing", PROTOCOL_ERROR, frame(Frame.Data, 0, 1, Buffer.alloc(3))],
      ["even stream", PROTOCOL_ERROR, frame(Frame.Headers, 5, 2, headerBlock(pseudo()))],
    ];
    for (const [name, code, ...frames] of cases) {
      const client = await raw();
      client.write(...frames);
      assert.equal(await client.goAway(), code, name);
      client.close();
    }
    assert.equal(policyRuns, 0);
  });

  test("2c floods of frames that ask for nothing end the connection", async () => {
    const small = Buffer.alloc(0);
    const floods: [name: string, begin: Buffer, flood: Buffer][] = [
      ["ping", small, frame(Frame.Ping, 0, 0, Buffer.alloc(8))],
      ["settings", small, frame(Frame.Settings, 0, 0)],
      [
        "continuation",
        frame(Frame.Headers, 0, 1, headerBlock(pseudo())),
        frame(Frame.Continuation, 0, 1, headerBlock([["x", "y".repeat(1000)]])),
      ],
      ["empty continuation", frame(Frame.Headers, 0, 1, headerBlock(pseudo())), frame(Frame.Continuation, 0, 1)],
    ];
    for (const [name, begin, flood] of floods) {
      const client = await raw();
      // A client that does not read what it asks for.
      client.socket.pause();
      client.write(begin);
      const many = Buffer.concat(Array.from({ length: 1_000 }, () => flood));
      for (let i = 0; i < 60 && !client.socket.destroyed; i++) {
        client.write(many);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      client.socket.resume();
      const outcome = await client.goAway();
      assert.notEqual(outcome, 0, name);
      client.close();
    }
    assert.equal(policyRuns, 0);
  });

  test("2d header blocks that are none, and bytes that are no frames", async () => {
    const cases: [name: string, bytes: Buffer][] = [
      ["bad index", frame(Frame.Headers, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
      ["bad huffman", frame(Frame.Headers, 5, 1, Buffer.from([0x00, 0x81, 0xff, 0x81, 0xff]))],
      ["padding longer than the frame", frame(Frame.Headers, 5 | 8, 1, Buffer.from([200, 0x82]))],
      ["garbage", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(10))],
      ["huge frame", Buffer.from("ffffff0105000000010000", "hex")],
    ];
    for (const [name, bytes] of cases) {
      const client = await raw();
      client.write(bytes);
      assert.notEqual(await client.goAway(), 0, name);
      client.close();
    }
    // A bomb: one entry of 4 KB in the table, referred to 4,000 times.
    const bomb = Buffer.concat([
      headerBlock(pseudo()),
      Buffer.from([0x40, 1, 0x78, 127, 0x81, 0x1e]),
      Buffer.alloc(127 + 0x81 - 128 + 0x1e * 128, 0x79),
      Buffer.alloc(4_000, 0xbe),
    ]);
    const client = await raw();
    client.write(frame(Frame.Headers, 5, 1, bomb));
    assert.notEqual(await client.outcome(1), "answered");
    client.close();
    assert.equal(policyRuns, 0);
  });

  test("2f a hundred requests at once on a connection, not more", async () => {
    const release = Promise.withResolvers<void>();
    hold = release.promise;
    try {
      const patient = await raw();
      for (let i = 0; i < 100; i++) patient.request(2 * i + 1);
      while (policyRuns < 100) await new Promise((resolve) => setTimeout(resolve, 10));
      // One that ignores the limit it was told loses the stream, or the connection.
      const greedy = await raw();
      await greedy.next(({ type, flags }) => type === Frame.Settings && flags === 0);
      for (let i = 0; i < 5_000 && !greedy.socket.destroyed; i++) greedy.request(2 * i + 1);
      const refused = await greedy.next(({ type }) => type === Frame.Reset || type === Frame.GoAway);
      const code = refused?.payload.readUInt32BE(refused.type === Frame.Reset ? 0 : 4);
      assert.ok(code === REFUSED_STREAM || code === PROTOCOL_ERROR, String(code));
      assert.ok(policyRuns <= 200, `${policyRuns} at once on two connections`);
      release.resolve();
      assert.equal(await patient.outcome(199), "answered", "others keep theirs");
      patient.close();
      greedy.close();
    } finally {
      release.resolve();
      hold = undefined;
    }
  });

  test("2g a connection that asks for nothing, or never finishes to ask, is closed", async () => {
    const silent = await raw();
    const half = await raw();
    half.write(frame(Frame.Headers, 0, 1, headerBlock(pseudo())));
    const ticking = await raw();
    const timer = setInterval(() => ticking.write(frame(Frame.Ping, 0, 0, Buffer.alloc(8))), 200);
    await Promise.all([silent.closed, half.closed, ticking.closed]);
    clearInterval(timer);
    assert.equal(policyRuns, 0);
  });

  test("2g a body that drips is answered with 408, or its stream reset", async () => {
    const client = await raw();
    client.request(1, pseudo("/open/slow", { ":method": "POST" }), END_HEADERS);
    const timer = setInterval(() => client.write(frame(Frame.Data, 0, 1, Buffer.from("x"))), 200);
    const outcome = await client.outcome(1);
    clearInterval(timer);
    assert.ok(outcome !== "closed" && outcome !== 0, String(outcome));
    assert.ok(gateway.records.some(({ lastError }) => lastError?.reason === "RequestTimeout"));
    assert.equal(backend.seen.length, 0, "the backend saw no complete request");
    client.close();
  });

  test("2g a reader with a closed window loses the stream", async () => {
    backend.answer = (_request, response) => response.end("x".repeat(1_000_000));
    const client = await raw();
    client.request(1, pseudo("/open/large"));
    const reset = await client.next(({ type, stream }) => type === Frame.Reset && stream === 1);
    assert.notEqual(reset?.payload.readUInt32BE(0), 0);
    client.close();
  });

  test("2h two answers to one question", async () => {
    for (const name of ["authorization", "content-type", "origin"]) {
      const client = await raw();
      client.request(1, [...pseudo(), [name, "a"], [name, "b"]]);
      assert.equal(await client.outcome(1), "answered");
      client.close();
    }
    assert.deepEqual([gateway.records.map((r) => r.responseCode), policyRuns], [[400, 400, 400], 0]);
  });

  test("2h line breaks and NUL in a field never reach a backend", async () => {
    for (const value of ["a\r\nX-Evil: 1", "a\nb", "a\0b"]) {
      const client = await raw();
      client.request(1, [...pseudo(), ["x-value", value]]);
      await client.outcome(1);
      client.close();
    }
    for (const { raw: fields } of backend.seen) {
      assert.ok(!fields.some((text) => /evil/i.test(text)));
      assert.ok(!fields.includes("x-value"), "the field is as if it were not there");
    }
  });

  test("2i fields and pseudo-header fields that HTTP/2 forbids", async () => {
    const without = (name: string) => pseudo().filter(([n]) => n !== name);
    const cases: [name: string, fields: [string, string][]][] = [
      ["upper case", [...pseudo(), ["X-Upper", "1"]]],
      ["connection", [...pseudo(), ["connection", "close"]]],
      ["transfer-encoding", [...pseudo(), ["transfer-encoding", "chunked"]]],
      ["te", [...pseudo(), ["te", "gzip"]]],
      ["no path", without(":path")],
      ["no method", without(":method")],
      ["two paths", [...pseudo(), [":path", "/open/y"]]],
      ["late pseudo", [["x-a", "1"], ...pseudo()]],
      ["unknown pseudo", [...pseudo(), [":evil", "1"]]],
      ["empty path", pseudo("")],
      ["two hosts", [...pseudo(), ["host", "localhost"], ["host", "localhost"]]],
    ];
    for (const [name, fields] of cases) {
      const client = await raw();
      client.request(1, fields);
      assert.equal(await client.outcome(1), PROTOCOL_ERROR, name);
      client.close();
    }
    const client = await raw();
    client.request(1, [...pseudo("/open/x", { ":method": "POST" }), ["content-length", "5"]], END_HEADERS);
    client.write(frame(Frame.Data, END_STREAM, 1, Buffer.from("more than five")));
    assert.equal(typeof (await client.outcome(1)), "number", "reset");
    client.close();
    assert.equal(backend.seen.length, 0);
  });

  test("R1 one host, one scheme, a path", async () => {
    const cases: [name: string, fields: [string, string][], reason: string][] = [
      ["host differs", [...pseudo(), ["host", "evil.example"]], "HostMismatch"],
      ["userinfo", pseudo("/open/x", { ":authority": "a@localhost" }), "HostInvalid"],
      ["list", pseudo("/open/x", { ":authority": "localhost,evil" }), "HostInvalid"],
      ["other than the connection's", pseudo("/open/x", { ":authority": "other.example" }), "MisdirectedRequest"],
      ["scheme", pseudo("/open/x", { ":scheme": "http" }), "SchemeMismatch"],
      ["dots", pseudo("/open/../admin"), "PathAmbiguous"],
      ["slashes", pseudo("//evil.example/open/x"), "PathAmbiguous"],
      ["asterisk", pseudo("*", { ":method": "GET" }), "RequestTargetInvalid"],
      ["TRACE", pseudo("/open/x", { ":method": "TRACE" }), "MethodNotImplemented"],
      ["expectation", [...pseudo("/open/x"), ["expect", "junk"]], "ExpectationFailed"],
      [
        "many fields",
        [...pseudo(), ...Array.from({ length: 110 }, (_, i): [string, string] => [`x-${i}`, "1"])],
        "TooManyHeaders",
      ],
    ];
    for (const [name, fields, reason] of cases) {
      gateway.records.length = 0;
      const client = await raw();
      client.request(1, fields);
      const outcome = await client.outcome(1);
      client.close();
      // Refused by the codec, or by the gateway with its reason in the log.
      if (outcome === PROTOCOL_ERROR) continue;
      assert.equal(outcome, "answered", name);
      assert.deepEqual(
        gateway.records.map(({ lastError }) => lastError?.reason),
        [reason],
        name,
      );
    }
    assert.deepEqual([policyRuns, backend.seen.length], [0, 0]);
    // The same host twice is one host.
    const client = await raw();
    client.request(1, [...pseudo(), ["host", "LOCALHOST"]]);
    assert.equal(await client.outcome(1), "answered");
    assert.equal(backend.seen.length, 1);
    client.close();
  });

  test("2j what was accepted arrives as the same fields at a backend of HTTP/1.1", async () => {
    const fields: [string, string][] = [
      ["x-plain", "a"],
      ["x-twice", "1"],
      ["x-twice", "2"],
      ["x-empty", ""],
      ["x-bytes", "caf\u00e9 \u00ff"],
      ["x-tab", "a\tb"],
      ["x-colon", "a: b"],
      ["!#$%&'*+-.^`|~", "odd name"],
      ["__proto__", "dropped: underscores"],
      ["accept", "*/*"],
    ];
    const client = await raw();
    client.request(1, [...pseudo(), ["cookie", "a=1"], ...fields, ["cookie", "b=2"]]);
    assert.equal(await client.outcome(1), "answered");
    client.close();
    const { raw: arrived } = backend.seen[0];
    const pairs: string[][] = [];
    for (let i = 0; i < arrived.length; i += 2) pairs.push([arrived[i].toLowerCase(), arrived[i + 1]]);
    for (const [name, value] of fields) {
      const found = pairs.some(([n, v]) => n === name && v === value);
      assert.equal(found, !name.includes("_"), `${name}: ${value}`);
    }
    assert.deepEqual(
      pairs.filter(([name]) => name === "cookie"),
      [["cookie", "a=1; b=2"]],
    );
    const known = [...fields.map(([n]) => n), "cookie", "host", "connection", "via"];
    const more = pairs.map(([name]) => name).filter((name) => !known.includes(name) && !name.startsWith("x-forwarded"));
    assert.deepEqual(more, [], "nothing that nobody sent");
  });

  test("an answer that breaks off does not look complete, with and without a declared length", async () => {
    for (const headers of [{ "Content-Length": "100000" }, {}]) {
      backend.answer = (_request, response) => {
        response.writeHead(200, headers);
        response.write("x".repeat(1_000));
        setTimeout(() => response.destroy(), 50);
      };
      const client = await raw();
      client.request(1, pseudo("/open/broken"));
      const end = await client.next((f) => f.stream === 1 && (f.type === Frame.Reset || isLast(f)));
      assert.equal(end?.type, Frame.Reset);
      client.close();
    }
  });

  test("a stop serves what is under way and what still comes, and says by GOAWAY which was the last", async () => {
    const release = Promise.withResolvers<void>();
    hold = release.promise;
    const own = await startHttp2Gateway();
    const client = await RawHttp2.open(own.port, AUTHORITY);
    client.request(1);
    while (policyRuns === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const idle = await RawHttp2.open(own.port, AUTHORITY);
    const drained = own.server.drain();
    client.request(3);
    const goAway = await client.next(({ type }) => type === Frame.GoAway);
    assert.deepEqual([goAway?.payload.readUInt32BE(0), goAway?.payload.readUInt32BE(4)], [3, 0]);
    assert.equal(await idle.goAway(), 0, "also where nothing is asked");
    release.resolve();
    assert.equal(await client.outcomeAfter(1), "answered");
    assert.equal(await client.outcomeAfter(3), "answered");
    await Promise.all([client.closed, idle.closed, drained]);
    await own.close();
  });

  test("a caller that goes away takes the backend's request along", async () => {
    const gone = Promise.withResolvers<void>();
    backend.answer = (request) => request.socket.once("close", () => gone.resolve());
    const client = session();
    const stream = client.request({ ":path": "/open/wait" });
    stream.on("error", () => {});
    while (backend.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    stream.close(8);
    await gone.promise;
    client.close();
  });
});

function isLast({ type, flags }: ReceivedFrame): boolean {
  return (type === Frame.Data || type === Frame.Headers) && (flags & END_STREAM) !== 0;
}

async function fetchHttp1(): Promise<string> {
  const { connect: connectTls } = await import("node:tls");
  const socket = connectTls({ port: gateway.port, host: "127.0.0.1", ca: AUTHORITY, servername: "localhost" });
  socket.write("GET /open/old HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}
