import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../csharp/library/json-loading.ts";
import { Box, strings } from "../csharp/runtime/values.ts";
import { type } from "../csharp/types.ts";
import { Body } from "../http/body.ts";
import { Headers } from "../http/headers.ts";
import { ResponseMessage } from "../kit/message.ts";
import { sizeOf } from "./value-size.ts";

const ENOUGH = 1e9;

test("small values are small: what they share with others does not count", () => {
  const json = parseJson('{"a":[1,2,{"b":null}]}');
  for (const value of [new Box(type("System.Int32"), 1), strings(["a"]), json, null, "text"])
    assert.ok(sizeOf(value, ENOUGH) < 5_000);
});

test("text, bytes and bodies count", () => {
  const large = "x".repeat(100_000);
  const response = new ResponseMessage(200, "", new Headers(), Body.text(large));
  for (const value of [
    large,
    strings([large]),
    parseJson(`{"a":["${large}"]}`),
    Buffer.alloc(100_000),
    response,
    new Map([[large, 1]]),
  ]) {
    const size = sizeOf(value, ENOUGH);
    assert.ok(size >= 100_000 && size < 500_000, String(size));
  }
});

test("values that hold themselves end, and the look at huge ones stops", () => {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  assert.ok(sizeOf(ring, ENOUGH) < 1_000);
  assert.ok(
    sizeOf(
      Array.from({ length: 1_000_000 }, () => ({})),
      1_000,
    ) < 2_000,
  );
});
