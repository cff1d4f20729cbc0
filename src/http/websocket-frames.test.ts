import assert from "node:assert/strict";
import { test } from "node:test";
import { closeFrame, FrameReader } from "./websocket-frames.ts";

function frame(opcode: number, payload: Buffer, { fin = true, reserved = 0, mask = false } = {}): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : payload.length < 65_536
        ? Buffer.from([126, payload.length >> 8, payload.length & 255])
        : Buffer.from([
            127,
            0,
            0,
            0,
            0,
            payload.length >>> 24,
            (payload.length >> 16) & 255,
            (payload.length >> 8) & 255,
            payload.length & 255,
          ]);
  if (mask) length[0] |= 0x80;
  const head = Buffer.from([(fin ? 0x80 : 0) | reserved | opcode]);
  return Buffer.concat([head, length, mask ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), payload]);
}
const text = (content: string, more = {}) => frame(1, Buffer.from(content), more);

function read(bytes: Buffer, size: number): string[] {
  const found: string[] = [];
  const reader = new FrameReader((message) => found.push(message.toString()));
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    assert.equal(reader.feed(chunk), chunk.length);
  }
  assert.equal(reader.isAtBoundary, true);
  return found;
}

test("texts of any length are found, however the bytes are cut", () => {
  const long = "x".repeat(300);
  const bytes = Buffer.concat([text("a"), text(""), text(long), text("y".repeat(70_000)), text("é")]);
  for (const size of [1, 2, 7, 1_000, bytes.length])
    assert.deepEqual(read(bytes, size), ["a", "", long, "y".repeat(70_000), "é"], `${size}`);
});

test("a message in parts is one, control frames between them are none of it", () => {
  const bytes = Buffer.concat([
    text("one ", { fin: false }),
    frame(9, Buffer.from("ping")),
    frame(0, Buffer.from("two "), { fin: false }),
    frame(10, Buffer.alloc(0)),
    frame(0, Buffer.from("three")),
    text("next"),
  ]);
  for (const size of [1, 3, bytes.length]) assert.deepEqual(read(bytes, size), ["one two three", "next"]);
});

test("binary, compressed, masked and too long messages pass unread", () => {
  const bytes = Buffer.concat([
    frame(2, Buffer.from("binary"), { fin: false }),
    frame(0, Buffer.from("more")),
    text("compressed", { reserved: 0x40 }),
    text("masked", { mask: true }),
    text("x".repeat(800_000), { fin: false }),
    frame(0, Buffer.from("x".repeat(800_000))),
    text("after"),
  ]);
  assert.deepEqual(read(bytes, 64_000), ["after"]);
});

test("reading stops between frames when it is told to", () => {
  const [first, second] = [text("first"), text("second")];
  const found: string[] = [];
  const reader = new FrameReader((message) => found.push(message.toString()));
  const bytes = Buffer.concat([first, second]);
  assert.equal(
    reader.feed(bytes.subarray(0, 3), () => true),
    0,
  );
  assert.equal(
    reader.feed(bytes, () => found.length > 0),
    first.length,
  );
  assert.deepEqual([found, reader.isAtBoundary], [["first"], true]);
  reader.feed(second.subarray(0, 4));
  assert.equal(reader.isAtBoundary, false);
});

test("a close frame has code and reason, masked for servers", () => {
  assert.deepEqual([...closeFrame(1008, "no", false)], [0x88, 4, 0x03, 0xf0, 0x6e, 0x6f]);
  const masked = closeFrame(1008, "no", true);
  const key = masked.subarray(2, 6);
  assert.deepEqual(
    [...masked.subarray(6)].map((byte, i) => byte ^ key[i & 3]),
    [0x03, 0xf0, 0x6e, 0x6f],
  );
  assert.equal(closeFrame(1008, "x".repeat(500), false).length, 127);
});
