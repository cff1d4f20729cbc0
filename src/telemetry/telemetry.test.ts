import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { ManualClock } from "../base/clock.ts";
import { type AccessRecord, JsonAccessLog } from "./access-log.ts";
import { JsonLog } from "./json-log.ts";
import { BufferedLineWriter, type LineWriter } from "./line-writer.ts";
import { SecretMask } from "./secret-mask.ts";
import { RecordedTrace } from "./trace-recorder.ts";

class Lines implements LineWriter {
  readonly lines: string[] = [];
  readonly dropped = 0;
  write(line: string): void {
    this.lines.push(line);
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
}

const RECORD: AccessRecord = {
  receivedAt: Date.UTC(2024, 4, 6, 7, 8, 9, 5),
  correlationId: "id",
  method: "GET",
  url: "http://a/b",
  callerIp: "192.0.2.1",
  clientProtocol: "HTTP/1.1",
  clientTlsVersion: "",
  responseCode: 200,
  responseBytes: 12,
  totalMs: 1.23456,
};

describe("access log", () => {
  test("a line is JSON with the fields that are known", () => {
    const out = new Lines();
    const log = new JsonAccessLog(out);
    log.add(RECORD);
    log.add({
      ...RECORD,
      receivedAt: RECORD.receivedAt + 995,
      responseCode: 401,
      backendMs: 3,
      apiId: "x",
      clientTlsVersion: "TLSv1.3",
      lastError: { source: "authorization", reason: "R", message: "M", scope: "", section: "inbound" },
    });
    assert.deepEqual(JSON.parse(out.lines[0]), {
      timestamp: "2024-05-06T07:08:09.005Z",
      correlationId: "id",
      method: "GET",
      url: "http://a/b",
      callerIpAddress: "192.0.2.1",
      clientProtocol: "HTTP/1.1",
      responseCode: 200,
      responseSize: 12,
      isRequestSuccess: true,
      totalTime: 1.235,
    });
    const second = JSON.parse(out.lines[1]);
    assert.equal(second.timestamp, "2024-05-06T07:08:10.000Z");
    assert.equal(second.isRequestSuccess, false);
    assert.equal(second.lastErrorReason, "R");
    assert.equal(second.backendTime, 3);
    assert.equal(second.apiId, "x");
    assert.equal(second.clientTlsVersion, "TLSv1.3");
  });

  test("what comes from outside cannot break a line, a terminal or the disk", () => {
    const out = new Lines();
    const nasty = 'a"\\\r\n\u0000\u001b[31m\u009b2J\u2028\ud800</script>';
    new JsonAccessLog(out).add({ ...RECORD, url: nasty, method: "x".repeat(10_000) });
    const [line] = out.lines;
    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    assert.equal(JSON.parse(line).url, nasty);
    assert.ok(JSON.parse(line).method.length < 2_100);
    assert.ok(Buffer.from(line, "utf8").toString("utf8") === line, "no lone surrogates");
  });
});

test("operational log", () => {
  const out = new Lines();
  const log = new JsonLog(out, new ManualClock());
  log.warn("Odd", { a: "b\n", n: 1, t: true, z: null, u: undefined, x: Number.NaN });
  assert.deepEqual(JSON.parse(out.lines[0]), {
    time: "2024-05-06T07:08:09.123Z",
    level: "warn",
    message: "Odd",
    a: "b\n",
    n: 1,
    t: true,
    z: null,
    x: null,
  });
});

describe("line writer", () => {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-"));

  test("lines reach the file in order, folders are made", async () => {
    const path = join(folder, "deep/er/access.log");
    const writer = new BufferedLineWriter(path);
    for (let i = 0; i < 10_000; i++) writer.write(`line ${i} \u00e4`);
    await writer.close();
    const lines = readFileSync(path, "utf8").split("\n");
    assert.equal(lines.length, 10_001);
    assert.equal(lines[9_999], "line 9999 \u00e4");
    assert.equal(writer.dropped, 0);
  });

  test("a full disk drops lines and counts them; later ones are written, and the gap is told", async () => {
    const path = join(folder, "recovers.log");
    const full = new BufferedLineWriter("/dev/full");
    full.write("lost");
    await full.flush();
    assert.equal(full.dropped, 1);
    // A directory stands where the file should be, then no longer.
    const writer = new BufferedLineWriter(join(path, "access.log"));
    writeFileSync(path, "");
    writer.write("lost 1");
    writer.write("lost 2");
    await writer.flush();
    assert.equal(writer.dropped, 2);
    rmSync(path);
    writer.write("kept");
    await writer.close();
    const lines = readFileSync(join(path, "access.log"), "utf8").trim().split("\n");
    assert.equal(lines[0], "kept");
    assert.equal(JSON.parse(lines[1]).count, 2);
  });

  test("memory is bounded while nothing can be written", () => {
    const writer = new BufferedLineWriter("/dev/null");
    const line = "x".repeat(1_000_000);
    for (let i = 0; i < 100; i++) writer.write(line);
    assert.ok(writer.dropped > 50, `${writer.dropped} dropped`);
  });

  test("a reader of standard output that goes away does not end the process", async () => {
    const script = `
      import { BufferedLineWriter } from "./line-writer.ts";
      const writer = new BufferedLineWriter();
      let n = 0;
      const timer = setInterval(() => {
        writer.write("x".repeat(70_000));
        if (++n === 20) { clearInterval(timer); process.exit(writer.dropped > 0 ? 42 : 43); }
      }, 20);
    `;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout?.once("data", () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.on("exit", resolve));
    assert.equal(code, 42);
  });

  test("a reader of standard output that stands still does not stop the process", async () => {
    const script = `
      import { BufferedLineWriter } from "./line-writer.ts";
      const writer = new BufferedLineWriter();
      for (let i = 0; i < 30; i++) writer.write("x".repeat(70_000));
      setTimeout(() => process.exit(42), 200);
    `;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    assert.equal(code, 42);
  });
});

describe("trace", () => {
  const record = (secrets: string[] = []) => {
    const clock = new ManualClock();
    const trace = new RecordedTrace("t-1", clock, 0, new SecretMask(secrets));
    return { clock, trace, read: () => JSON.parse(trace.toJson()) };
  };

  test("entries stand in their sections with the times APIM shows", () => {
    const { clock, trace, read } = record();
    clock.advance(3_661_234.5678);
    trace.add("inbound", "set-header", { message: "done" });
    trace.add("on-error", "x", "text");
    trace.add("nowhere", "x", "text");
    assert.deepEqual(read(), {
      traceId: "t-1",
      traceEntries: {
        inbound: [
          {
            source: "set-header",
            timestamp: "2024-05-06T08:09:10.3570000Z",
            elapsed: "01:01:01.2345678",
            data: { message: "done" },
          },
        ],
        backend: [],
        outbound: [],
        "on-error": [
          { source: "x", timestamp: "2024-05-06T08:09:10.3570000Z", elapsed: "01:01:01.2345678", data: "text" },
        ],
      },
    });
  });

  test("what a credential field held is masked where it shows again, whole or in parts", () => {
    const { trace, read } = record();
    const headers = [
      { name: "authorization", value: "Bearer abcdefgh.ijkl" },
      { name: "Cookie", value: "session=0123456789; theme=dark" },
    ];
    trace.add("inbound", "handler", { headers });
    trace.add("inbound", "set-variable", {
      value: "token abcdefgh.ijkl, cookie 0123456789, theme dark",
      type: "Bearer",
    });
    assert.deepEqual(read().traceEntries.inbound[1].data, {
      value: "token ***, cookie ***, theme dark",
      type: "Bearer",
    });
  });

  test("a trace is bounded as a whole", () => {
    const { trace, read } = record();
    for (let i = 0; i < 1_000; i++)
      trace.add("inbound", "x", { list: Array.from({ length: 10 }, () => "x".repeat(5_000)) });
    assert.ok(JSON.stringify(read()).length < 2_500_000);
  });

  test("secrets and credentials are masked wherever they stand", () => {
    const { trace, read } = record(["s3cret", "s3cret-longer", "ab"]);
    trace.add("inbound", "x", {
      text: "a s3cret-longer and s3cret, ab",
      s3cret: new Map([["k", ["s3cret"]]]),
      headers: [
        { name: "Authorization", value: "Bearer t" },
        { name: "X-A", value: "1" },
      ],
      Cookie: "c=d",
    });
    assert.deepEqual(read().traceEntries.inbound[0].data, {
      text: "a *** and ***, ab",
      "***": { k: ["***"] },
      headers: [
        { name: "Authorization", value: "***" },
        { name: "X-A", value: "1" },
      ],
      Cookie: "***",
    });
  });

  test("anything can be recorded, within bounds", () => {
    const { trace, read } = record();
    const loop: Record<string, unknown> = {
      n: 1n,
      f: () => {},
      bytes: new Uint8Array(3),
      nan: Number.NaN,
      long: "x".repeat(100_000),
    };
    loop.self = loop;
    trace.add("inbound", "x", loop);
    for (let i = 0; i < 5_000; i++) trace.add("outbound", "x", i);
    const { data } = read().traceEntries.inbound[0];
    assert.deepEqual([data.n, data.f, data.bytes, data.nan], ["1", "(function)", "(3 bytes)", "NaN"]);
    assert.ok(data.long.length < 9_000);
    assert.equal(read().traceEntries.outbound.length, 1_999);
  });
});
