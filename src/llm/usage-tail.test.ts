import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageTail } from "./usage-tail.ts";

const USAGE =
  '"usage":{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10}}';

function totalOf(message: string, size: number): number | undefined {
  const tail = new MessageTail();
  const bytes = Buffer.from(message);
  for (let at = 0; at < bytes.length; at += size) tail.add(bytes.subarray(at, at + size));
  return tail.usage?.totalTokens;
}

test("usage behind a picture, however the bytes are cut", () => {
  const message = `{"type":"image_generation.completed","b64_json":"${"A".repeat(100_000)}",${USAGE}}`;
  for (const size of [1_000, 16_384, 16_385, 40_000, 200_000]) assert.equal(totalOf(message, size), 100, String(size));
  assert.equal(totalOf(message.slice(-300), 1), 100);
});

test("the last one counts; what somebody said is not usage", () => {
  assert.equal(totalOf(`{"usage":{"total_tokens":1},"more":{${USAGE}}}`, 1_000), 100);
  assert.equal(totalOf(`{"text":"{\\"usage\\":{\\"total_tokens\\":5}}"}`, 1_000), undefined);
  assert.equal(totalOf(`{${USAGE.slice(0, -1)}`, 1_000), undefined);
  assert.equal(totalOf(`{"usage":null,"a":1}`, 1_000), undefined);
  assert.equal(totalOf(`{"usage":{oops}}`, 1_000), undefined);
});
