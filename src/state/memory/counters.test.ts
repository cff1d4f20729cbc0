import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import type { Window } from "../counters.ts";
import { MemoryCounters } from "./counters.ts";

const sliding: Window = { kind: "sliding", lengthMs: 60_000 };

test("a limit is granted exactly and refused beyond", () => {
  const counters = new MemoryCounters(new ManualClock());
  const results = Array.from({ length: 8 }, () => counters.take("k", 1, 5, sliding));
  assert.deepEqual(
    results.map((r) => r.allowed),
    [true, true, true, true, true, false, false, false],
  );
  assert.deepEqual(
    results.slice(0, 5).map((r) => r.remaining),
    [4, 3, 2, 1, 0],
  );
});

test("a sliding window never grants more than the limit within its length, wherever it starts", () => {
  const clock = new ManualClock();
  const counters = new MemoryCounters(clock);
  const grants: number[] = [];
  for (let i = 0; i < 4000; i++) {
    clock.advance(97);
    if (counters.take("k", 1, 10, sliding).allowed) grants.push(clock.now());
  }
  for (const start of grants) {
    const within = grants.filter((t) => t >= start && t < start + 60_000).length;
    assert.ok(within <= 10, `${within} within one window`);
  }
  assert.ok(grants.length >= 60, `${grants.length} granted in 388 s`);
});

test("resetMs tells when the next take passes", () => {
  const clock = new ManualClock();
  const counters = new MemoryCounters(clock);
  for (let i = 0; i < 3; i++) counters.take("k", 1, 3, sliding);
  const refused = counters.take("k", 1, 3, sliding);
  assert.equal(refused.allowed, false);
  clock.advance(refused.resetMs - 1);
  assert.equal(counters.take("k", 1, 3, sliding).allowed, false);
  clock.advance(1);
  assert.equal(counters.take("k", 1, 3, sliding).allowed, true);
});

test("fixed windows begin where they are told and renew", () => {
  const clock = new ManualClock(Date.UTC(2024, 0, 1, 0, 4, 0));
  const counters = new MemoryCounters(clock);
  const window: Window = { kind: "fixed", lengthMs: 300_000, startMs: Date.UTC(2024, 0, 1) };
  assert.equal(counters.take("k", 2, 2, window).resetMs, 60_000);
  assert.equal(counters.take("k", 1, 2, window).allowed, false);
  clock.advance(60_000);
  assert.equal(counters.take("k", 1, 2, window).allowed, true);
});

test("an endless window never renews", () => {
  const clock = new ManualClock();
  const counters = new MemoryCounters(clock);
  const window: Window = { kind: "fixed", lengthMs: Number.POSITIVE_INFINITY };
  counters.take("k", 1, 1, window);
  clock.advance(10 * 365 * 86_400_000);
  assert.equal(counters.take("k", 1, 1, window).allowed, false);
});

test("add counts beyond the limit, peek does not count", () => {
  const counters = new MemoryCounters(new ManualClock());
  counters.add("k", 7, sliding);
  assert.equal(counters.peek("k", 1, 5, sliding).allowed, false);
  assert.equal(counters.peek("k", 1, 8, sliding).remaining, 1);
  assert.equal(counters.take("k", 1, 8, sliding).allowed, true);
});

test("windows of different lengths under one key do not clear each other", () => {
  const clock = new ManualClock();
  const counters = new MemoryCounters(clock);
  const [minute, five] = [60_000, 300_000].map((lengthMs): Window => ({ kind: "sliding", lengthMs }));
  const [day, hour] = [86_400_000, 3_600_000].map((lengthMs): Window => ({ kind: "fixed", lengthMs }));
  for (const [strict, other] of [
    [minute, five],
    [five, minute],
    [day, hour],
    [hour, day],
  ]) {
    const key = `${strict.lengthMs}`;
    for (let i = 0; i < 3; i++) assert.equal(counters.take(key, 1, 3, strict).allowed, true);
    assert.equal(counters.take(key, 1, 100, other).allowed, true);
    assert.equal(counters.take(key, 1, 3, strict).allowed, false);
  }
});

test("a step of the wall clock neither clears nor freezes a sliding window", () => {
  let wall = Date.UTC(2024, 0);
  let monotonic = 0;
  const counters = new MemoryCounters({ now: () => wall, monotonic: () => monotonic });
  const window: Window = { kind: "sliding", lengthMs: 60_000 };
  assert.equal(counters.take("k", 1, 1, window).allowed, true);
  wall += 3_600_000;
  assert.equal(counters.take("k", 1, 1, window).allowed, false);
  wall -= 7_200_000;
  monotonic += 62_000;
  assert.equal(counters.take("k", 1, 1, window).allowed, true);
});

test("a million keys take bounded room; counts in use, and quotas, stay", () => {
  const counters = new MemoryCounters(new ManualClock(), 10_000);
  const rate: Window = { kind: "sliding", lengthMs: 60_000 };
  const quota: Window = { kind: "fixed", lengthMs: 86_400_000 };
  counters.take("quota", 1, 1, quota);
  counters.take("address", 1, 1, rate);
  for (let i = 0; i < 1_000_000; i++) {
    counters.take(`key ${i}`, 1, 1, rate);
    if (i % 5_000 === 0) assert.equal(counters.take("address", 1, 1, rate).allowed, false);
  }
  assert.ok(counters.size <= 10_001, String(counters.size));
  assert.equal(counters.take("quota", 1, 1, quota).allowed, false);
});

test("long keys are told apart, whatever they hold", () => {
  const counters = new MemoryCounters(new ManualClock());
  const window: Window = { kind: "sliding", lengthMs: 60_000 };
  for (const end of ["1", "2", "\ud800", "\ud801"])
    assert.equal(counters.take("x".repeat(20_000) + end, 1, 1, window).allowed, true);
  assert.equal(counters.take(`${"x".repeat(20_000)}1`, 1, 1, window).allowed, false);
});
