import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageFilter } from "./usage-filter.ts";

function filtered(parts: readonly Uint8Array[]): string {
  const filter = new UsageFilter();
  const out = parts.map((part) => Buffer.from(filter.chunk(part)));
  return Buffer.concat([...out, filter.end()]).toString("utf8");
}

const USAGE = '{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}';
const STREAMS: readonly (readonly [name: string, before: string, after: string])[] = [
  ["LF", `data: {"choices":[{"delta":{"content":"ä€😀"}}],"usage":null}\n\n`, "data: [DONE]\n\n"],
  ["CRLF", `: note\r\n\r\ndata: {"choices":[{}]}\r\n\r\n`, "data: [DONE]\r\n\r\n"],
  ["CR", `event: x\rdata: {"choices":[{}]}\r\r`, "data: [DONE]\r\r"],
];

test("the chunk with the usage is taken out, whatever ends its lines and wherever it is cut", () => {
  for (const [name, before, after] of STREAMS) {
    const end = { LF: "\n\n", CRLF: "\r\n\r\n", CR: "\r\r" }[name];
    const bytes = Buffer.from(`${before}data: ${USAGE}${end}${after}`);
    for (let at = 0; at <= bytes.length; at++)
      assert.equal(filtered([bytes.subarray(0, at), bytes.subarray(at)]), before + after, `${name} at ${at}`);
    assert.equal(filtered(Array.from(bytes, (byte) => Uint8Array.of(byte))), before + after, name);
  }
});

test("whitespace of other serialisers, and a stream that ends with it", () => {
  const spaced = 'data: {"choices": [ ], "usage": {"total_tokens": 3}}\n\n';
  assert.equal(filtered([Buffer.from(`data: {"choices": [1]}\n\n${spaced}`)]), 'data: {"choices": [1]}\n\n');
  assert.equal(filtered([Buffer.from(`data: ${USAGE}`)]), "");
});

test("everything else passes byte for byte", () => {
  const others = [
    'data: {"choices":[],"prompt_filter_results":[{}]}\n\n',
    'data: {"choices":[],"usage":null}\n\n',
    `data: {"choices":[{"delta":{"content":"\\"choices\\":[]"}}],"usage":{"total_tokens":3}}\n\n`,
    'data: not json "choices":[]\n\n',
    "\n\n\n\r\n\r\r: x\n",
    "data: cut",
  ].join("");
  const bytes = Buffer.from(others);
  assert.equal(filtered([bytes]), others);
  assert.equal(filtered(Array.from(bytes, (byte) => Uint8Array.of(byte))), others);
});

test("a whole event goes on at once; a large one does not wait for its end", () => {
  const filter = new UsageFilter();
  const event = Buffer.from('data: {"choices":[{}]}\n\n');
  assert.deepEqual(Buffer.from(filter.chunk(event)), event);
  const large = Buffer.from(`data: ${"x".repeat(20_000)}`);
  assert.equal(filter.chunk(large).length, large.length);
  assert.equal(Buffer.from(filter.chunk(Buffer.from(`y\n\ndata: ${USAGE}\n\n`))).toString(), "y\n\n");
});
