import assert from "node:assert/strict";
import { test } from "node:test";
import { amazonEvent } from "../../test/support/amazon-events.ts";
import { type AmazonEvent, AmazonEventReader, BrokenEventStream } from "./amazon-event-reader.ts";

function read(parts: readonly Uint8Array[]): { events: string[]; isBetween: boolean } {
  const events: string[] = [];
  const reader = new AmazonEventReader(({ kind, name, payload }: AmazonEvent) =>
    events.push(`${kind} ${name} ${payload}`),
  );
  for (const part of parts) reader.feed(part);
  return { events, isBetween: reader.isBetween };
}

// From the specification's test vectors: no headers and the payload {'foo':'bar'}.
const VECTOR = Buffer.from("0000001d00000000fd528c5a7b27666f6f273a27626172277dc365393 6".replaceAll(" ", ""), "hex");

test("a message of the specification's test vectors", () => {
  assert.deepEqual(read([VECTOR]), { events: ["event  {'foo':'bar'}"], isBetween: true });
});

test("cut anywhere", () => {
  const bytes = Buffer.concat([
    amazonEvent("messageStart", { role: "assistant" }),
    amazonEvent("throttlingException", { message: "slow" }, "exception"),
    VECTOR,
  ]);
  const whole = read([bytes]);
  assert.deepEqual(whole.events, [
    'event messageStart {"role":"assistant"}',
    'exception throttlingException {"message":"slow"}',
    "event  {'foo':'bar'}",
  ]);
  for (let at = 0; at <= bytes.length; at++)
    assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), whole, String(at));
  assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  assert.equal(read([bytes.subarray(0, -1)]).isBetween, false);
});

test("every damaged byte is noticed, and what follows is not read", () => {
  const bytes = amazonEvent("metadata", { usage: { inputTokens: 1 } });
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.concat([bytes, bytes]);
    damaged[at] ^= 0x55;
    const events: AmazonEvent[] = [];
    const reader = new AmazonEventReader((event) => events.push(event));
    assert.throws(() => reader.feed(damaged), BrokenEventStream, String(at));
    reader.feed(bytes);
    assert.deepEqual([events.length, reader.isBetween], [0, false]);
  }
});

test("a message that says it is huge is not waited for", () => {
  const prelude = Buffer.from("7fffffff00000000", "hex");
  assert.throws(() => read([Buffer.concat([prelude, Buffer.alloc(4)])]), BrokenEventStream);
});
