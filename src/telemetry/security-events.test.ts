import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../base/clock.ts";
import { EventBatches, type EventFields } from "./event-batches.ts";
import { JsonSecurityEvents, type RefusedRequest } from "./security-events.ts";
import { SecuritySink } from "./security-sink.ts";

const REFUSAL: RefusedRequest = {
  kind: "refusal",
  correlationId: "id",
  callerIp: "192.0.2.1",
  method: "GET",
  url: "http://a/b",
  status: 401,
  source: "validate-jwt",
  reason: "TokenExpired",
  message: "m",
  scope: "api",
  section: "inbound",
};

function lineOf(event: Parameters<JsonSecurityEvents["add"]>[0]): Record<string, unknown> {
  const lines: string[] = [];
  const writer = { write: (line: string) => void lines.push(line), flush: async () => {}, dropped: 0 };
  new JsonSecurityEvents(writer, new ManualClock()).add(event);
  assert.doesNotMatch(lines[0], /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  return JSON.parse(lines[0]);
}

test("what is hostile is escaped and cut, what is secret is taken out, in every field and in detail", () => {
  const nasty = 'a"\\\r\n\u001b[31m\u009b\u2028\ud800</script>';
  const line = lineOf({
    ...REFUSAL,
    method: nasty,
    url: "x".repeat(1_000_000),
    message: "redis://u:p4ss@h is down",
    detail: { [nasty]: nasty, expected: ["Bearer abc123456", "b"], n: Number.NaN, yes: true, none: undefined },
  });
  assert.equal(line.method, nasty);
  assert.ok(String(line.url).length <= 2_051);
  assert.equal(line.message, "redis://***@h is down");
  assert.deepEqual(line.detail, { [nasty]: nasty, expected: ["Bearer ***", "b"], n: null, yes: true });
});

test("a change says what and which", () => {
  const line = lineOf({ kind: "key", action: "changed", subject: "fabrikam", detail: { changed: ["primary key"] } });
  const { timestamp, ...rest } = line;
  assert.equal(timestamp, "2024-05-06T07:08:09.123Z");
  assert.deepEqual(rest, {
    event: "key",
    action: "changed",
    subject: "fabrikam",
    detail: { changed: ["primary key"] },
  });
});

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

describe("batches", () => {
  test("events arrive in order, in batches; what failed comes again before what is newer", async () => {
    const taken: EventFields[][] = [];
    let isDown = true;
    const service = {
      name: "S",
      send: async (events: readonly EventFields[]) => {
        if (isDown) throw new Error("down");
        taken.push([...events]);
      },
      close: async () => {},
    };
    const batches = new EventBatches(service, LOG);
    for (let n = 0; n < 700; n++) batches.add({ n });
    await new Promise((resolve) => setImmediate(resolve));
    isDown = false;
    await batches.close();
    assert.deepEqual(
      taken.map((batch) => batch.length),
      [500, 200],
    );
    assert.deepEqual(
      taken.flat().map(({ n }) => n),
      Array.from({ length: 700 }, (_, n) => n),
    );
    assert.equal(batches.dropped, 0);
  });

  test("memory is bounded, and what is lost is counted", async () => {
    const service = { name: "S", send: () => Promise.reject(new Error("down")), close: async () => {} };
    const batches = new EventBatches(service, LOG);
    for (let n = 0; n < 30_000; n++) batches.add({ n });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(batches.dropped >= 19_000, `${batches.dropped}`);
    await batches.close();
    assert.equal(batches.dropped, 30_000);
  });
});

test("lines go to the file and, read again, to every service; without a file to services alone", () => {
  const seen: EventFields[] = [];
  const service = { add: (event: EventFields) => void seen.push(event) } as EventBatches;
  const written: string[] = [];
  const file = {
    write: (bytes: Buffer, done: (error: Error | null) => void) => {
      written.push(bytes.toString());
      done(null);
    },
    close: () => {},
  };
  const bytes = Buffer.from('{"a":1}\n{"b":2}\n');
  let done = 0;
  new SecuritySink(file, [service]).write(bytes, () => done++);
  new SecuritySink(undefined, [service]).write(bytes, () => done++);
  assert.deepEqual([written, seen.length, done], [[bytes.toString()], 4, 2]);
});
