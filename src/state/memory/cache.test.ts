import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import { MemoryCache } from "./cache.ts";

test("values are there until their time is over, or they are removed", () => {
  const clock = new ManualClock();
  const cache = new MemoryCache(clock);
  cache.put("a", 1, 1_000);
  cache.put("b", 2, 2_000);
  clock.advance(1_000);
  assert.deepEqual([cache.get("a"), cache.get("b")], [undefined, 2]);
  cache.remove("b");
  assert.equal(cache.get("b"), undefined);
});

test("the least recently used give way: by number, and by size", () => {
  const cache = new MemoryCache(new ManualClock(), { maxEntries: 2 });
  cache.put("a", 1, 1_000);
  cache.put("b", 2, 1_000);
  cache.get("a");
  cache.put("c", 3, 1_000);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
  const small = new MemoryCache(new ManualClock(), { maxBytes: 100_000 });
  for (let i = 0; i < 1_000; i++) small.put(`key ${i}`, i, 1_000, 8_000);
  const kept = Array.from({ length: 1_000 }, (_, i) => small.get(`key ${i}`)).filter((v) => v !== undefined).length;
  assert.ok(kept >= 5 && kept <= 12, String(kept));
});

test("a value that would displace all others is not kept, nor what it replaces", () => {
  const cache = new MemoryCache(new ManualClock(), { maxBytes: 100_000 });
  cache.put("a", "small", 1_000);
  cache.put("a", "large", 1_000, 50_000);
  assert.equal(cache.get("a"), undefined);
});

test("long keys are told apart", () => {
  const cache = new MemoryCache(new ManualClock());
  const long = "x".repeat(10_000);
  cache.put(`${long}1`, 1, 1_000);
  cache.put(`${long}2`, 2, 1_000);
  cache.put(`${long}\ud800`, 3, 1_000);
  assert.deepEqual([cache.get(`${long}1`), cache.get(`${long}2`), cache.get(`${long}\ud801`)], [1, 2, undefined]);
});
