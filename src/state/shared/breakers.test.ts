import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import { PROBE } from "../breakers.ts";
import { SharedBreakers } from "./breakers.ts";

test("open for its time, then one probe at a time, closed by a success", () => {
  const clock = new ManualClock();
  const memory = SharedBreakers.allocate();
  const [a, b] = [new SharedBreakers(clock, memory, 0), new SharedBreakers(clock, memory, 1)];
  assert.equal(a.admit("k"), 0);
  a.trip("k", 10_000);
  assert.equal(b.admit("k"), 10_000);
  assert.equal(b.admit("other"), 0);
  clock.advance(10_000);
  assert.equal(a.admit("k"), PROBE);
  assert.equal(b.admit("k"), 1_000);
  b.trip("k", 5_000);
  assert.equal(a.admit("k"), 5_000);
  clock.advance(5_000);
  assert.equal(b.admit("k"), PROBE);
  b.reset("k");
  assert.equal(a.admit("k"), 0);
});

test("a probe that never reports gives way to the next", () => {
  const clock = new ManualClock();
  const breakers = new SharedBreakers(clock);
  breakers.trip("k", 1_000);
  clock.advance(1_000);
  assert.equal(breakers.admit("k"), PROBE);
  clock.advance(30_000);
  assert.equal(breakers.admit("k"), PROBE);
});
