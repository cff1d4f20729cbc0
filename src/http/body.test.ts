import assert from "node:assert/strict";
import { test } from "node:test";
import { Body, type BodySink, type BodySource, BodyTooLarge } from "./body.ts";

/** Gives its chunks as soon as it is started, as a response does whose first packets have arrived already. */
class EagerSource implements BodySource {
  cancelled: Error | undefined;
  starts = 0;
  readonly #chunks: readonly string[];

  constructor(...chunks: string[]) {
    this.#chunks = chunks;
  }

  start(sink: BodySink): void {
    this.starts++;
    for (const chunk of this.#chunks) if (!sink.chunk(Buffer.from(chunk))) return;
    sink.end();
  }

  resume(): void {}

  cancel(reason?: Error): void {
    this.cancelled = reason;
  }
}

test("a stream that is too long at once is given up, and said to be too long", async () => {
  const source = new EagerSource("12345", "67890");
  await assert.rejects(Body.stream(source).collect(8), BodyTooLarge);
  assert.ok(source.cancelled instanceof BodyTooLarge);
});

test("two readers of one stream get the same bytes", async () => {
  let give: BodySink | undefined;
  const source = { start: (sink: BodySink) => (give = sink), resume: () => {}, cancel: () => {} };
  const body = Body.stream(source);
  const readers = Promise.all([body.collect(100), body.collect(100)]);
  give?.chunk(Buffer.from("abc"));
  give?.end();
  assert.deepEqual((await readers).map(String), ["abc", "abc"]);
});

test("a declared length beyond the limit is refused unread", async () => {
  const source = new EagerSource("1");
  await assert.rejects(Body.stream(source, 9).collect(8), BodyTooLarge);
  assert.equal(source.starts, 0);
  assert.ok(source.cancelled instanceof BodyTooLarge);
});

test("a stream of unknown length has one once it is in memory", async () => {
  const body = Body.stream(new EagerSource("12345", "67890"));
  assert.equal(body.length, undefined);
  await body.collect(10);
  assert.equal(body.length, 10);
});
