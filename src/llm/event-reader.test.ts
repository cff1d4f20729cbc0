import assert from "node:assert/strict";
import { test } from "node:test";
import { EventReader } from "./event-reader.ts";

function read(chunks: readonly (string | Uint8Array)[]): string[] {
  const events: string[] = [];
  const reader = new EventReader((data) => void events.push(data));
  for (const chunk of chunks) reader.feed(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  reader.end();
  return events;
}

test("events, whatever ends their lines, comments and other fields aside", () => {
  assert.deepEqual(read(["data: a\n\ndata:b\r\n\r\ndata: c\rdata: d\r\r: note\nevent: x\nid: 1\ndata\n\n"]), [
    "a",
    "b",
    "c\nd",
  ]);
});

test("cut at any byte, within characters, too", () => {
  const text = Buffer.from('data: {"x":"ä€😀"}\r\n\r\ndata: two\r\rdata: [DONE]\n\n');
  const whole = read([text]);
  assert.equal(whole.length, 3);
  for (let at = 0; at <= text.length; at++)
    assert.deepEqual(read([text.subarray(0, at), text.subarray(at)]), whole, String(at));
  assert.deepEqual(read(Array.from(text, (byte) => Uint8Array.of(byte))), whole);
});

test("an event that the end of the stream closes counts; one too large is passed over, the next is read", () => {
  assert.deepEqual(read(["data: a"]), ["a"]);
  const large = `data: ${"x".repeat(1024 * 1024 + 10)}\n\n`;
  assert.deepEqual(read([large, "data: b\n\n"]), ["b"]);
  const parts = Array.from({ length: 40 }, () => "y".repeat(32_768));
  assert.deepEqual(read(["data: ", ...parts, "\n\ndata: c\n\n"]), ["c"]);
});

test("of a line that is too large every byte is told, and that it is over", () => {
  const line = `data: ${"x".repeat(50)}`;
  for (const size of [1, 7, 30, 31, 200]) {
    const told: Buffer[] = [];
    let ends = 0;
    const reader = new EventReader(assert.fail, 30, (part, isEnd) => {
      told.push(Buffer.from(part));
      if (isEnd) ends++;
    });
    const bytes = Buffer.from(`${line}\n\n`);
    for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
    assert.deepEqual([Buffer.concat(told).toString(), ends], [line, 1], String(size));
  }
});
