import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { countersContract } from "../../../test/support/counters-contract.ts";
import { ManualClock } from "../../base/clock.ts";
import type { Window } from "../counters.ts";
import { type KeptCount, SharedCounters } from "./counters.ts";

countersContract(
  "shared memory",
  () => {
    const clock = new ManualClock();
    return { counters: new SharedCounters(clock), wait: (ms) => clock.advance(ms), now: () => clock.now() };
  },
  60_000,
);

const rate: Window = { kind: "sliding", lengthMs: 60_000 };
const quota: Window = { kind: "fixed", lengthMs: 86_400_000 };

test("a sliding window never holds more than the limit, wherever it starts, and grants nearly all of it", () => {
  const clock = new ManualClock();
  const counters = new SharedCounters(clock);
  const grants: number[] = [];
  for (let i = 0; i < 6_000; i++) {
    clock.advance(97);
    if (counters.take("k", 1, 100, rate).allowed) grants.push(clock.now());
  }
  for (const start of grants)
    assert.ok(grants.filter((t) => t >= start && t < start + 60_000).length <= 100, "over the limit");
  const windows = (6_000 * 97) / 60_000;
  assert.ok(grants.length >= 98 * windows, `${grants.length} granted in ${windows} windows`);
});

test("a window that slept for any time is empty, one that slept less is not", () => {
  const clock = new ManualClock();
  const counters = new SharedCounters(clock);
  for (const pause of [59_000, 61_001, 64_000, 120_000, 3_600_000, 30_000]) {
    const before = counters.peek("k", 1, 10, rate).remaining;
    counters.add("k", 5, rate);
    clock.advance(pause);
    const left = counters.peek("k", 1, 10, rate).remaining;
    assert.equal(left, pause > 61_000 ? 10 : before - 5, String(pause));
  }
});

test("a step of the wall clock neither clears nor freezes a sliding window", () => {
  let wall = Date.UTC(2024, 0);
  let monotonic = 0;
  const counters = new SharedCounters({ now: () => wall, monotonic: () => monotonic });
  assert.equal(counters.take("k", 1, 1, rate).allowed, true);
  wall += 3_600_000;
  assert.equal(counters.take("k", 1, 1, rate).allowed, false);
  wall -= 7_200_000;
  monotonic += 62_000;
  assert.equal(counters.take("k", 1, 1, rate).allowed, true);
});

test("a wall clock that goes back does not open a fixed window twice", () => {
  let wall = Date.UTC(2024, 0, 1, 12);
  const counters = new SharedCounters({ now: () => wall, monotonic: () => 0 });
  assert.equal(counters.take("k", 1, 1, quota).allowed, true);
  wall -= 2 * 86_400_000;
  assert.equal(counters.take("k", 1, 1, quota).allowed, false);
});

test("fixed windows begin where they are told and renew", () => {
  const clock = new ManualClock(Date.UTC(2024, 0, 1, 0, 4, 0));
  const counters = new SharedCounters(clock);
  const window: Window = { kind: "fixed", lengthMs: 300_000, startMs: Date.UTC(2024, 0, 1) };
  assert.equal(counters.take("k", 2, 2, window).resetMs, 60_000);
  assert.equal(counters.take("k", 1, 2, window).allowed, false);
  clock.advance(60_000);
  assert.equal(counters.take("k", 1, 2, window).allowed, true);
});

test("when memory is full no live window is forgotten, and none granted twice", () => {
  const clock = new ManualClock();
  const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 256, quotas: 256 }));
  for (const window of [rate, quota]) {
    const granted = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 2_000; i++) {
        const key = `key ${i}`;
        if (counters.take(key, 1, 2, window).allowed) granted.set(key, (granted.get(key) ?? 0) + 1);
      }
      clock.advance(10_000);
    }
    assert.ok(granted.size >= 250, `${granted.size} keys were counted`);
    assert.ok(Math.max(...granted.values()) <= 2, "a key got more than its limit");
  }
  assert.ok(counters.spills > 0);
  clock.advance(86_400_000);
  for (const window of [rate, quota]) assert.equal(counters.take("key 1999", 1, 1, window).allowed, true, window.kind);
});

test("a flood of new keys makes room by what expired", () => {
  const clock = new ManualClock();
  const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 1_024 }));
  for (let minute = 0; minute < 50; minute++) {
    for (let i = 0; i < 400; i++) assert.equal(counters.take(`${minute} ${i}`, 1, 1, rate).allowed, true);
    clock.advance(62_000);
  }
  assert.equal(counters.spills, 0);
});

test("quotas that changed can be kept and put back", () => {
  const clock = new ManualClock();
  const first = new SharedCounters(clock);
  first.take("a", 3, 5, quota);
  first.take("endless", 1, 5, { kind: "fixed", lengthMs: Number.POSITIVE_INFINITY });
  first.take("a", 1, 5, rate);
  const kept: KeptCount[] = [];
  first.takeChanged((count) => void kept.push(count));
  assert.equal(kept.length, 2);
  first.takeChanged(() => assert.fail("nothing has changed since"));

  const second = new SharedCounters(clock, SharedCounters.allocate({}, first.seed));
  for (const count of kept) second.restore(count);
  assert.equal(second.peek("a", 1, 5, quota).remaining, 2);
  assert.equal(second.peek("endless", 1, 5, { kind: "fixed", lengthMs: Number.POSITIVE_INFINITY }).remaining, 4);
  clock.advance(2 * 86_400_000);
  assert.equal(second.peek("a", 1, 5, quota).remaining, 5);
});

const bucket: Window = { kind: "bucket", lengthMs: 60_000 };

test("a bucket grants the limit at once and then its rate, over any time, and no token is lost", () => {
  for (const limit of [1, 7, 100, 1_000]) {
    const clock = new ManualClock();
    const counters = new SharedCounters(clock);
    const grants: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      clock.advance(13);
      if (counters.take("k", 1, limit, bucket).allowed) grants.push(clock.now());
    }
    const rate = limit / 60_000;
    for (let from = 0; from < grants.length; from += 97)
      for (let to = from; to < grants.length; to += 31) {
        const most = limit + (grants[to] - grants[from]) * rate;
        assert.ok(to - from + 1 <= most + 1e-3, `${to - from + 1} in ${grants[to] - grants[from]} ms of ${limit}`);
      }
    const expected = Math.min(20_000, limit + 20_000 * 13 * rate);
    assert.ok(grants.length >= Math.floor(expected) - 1, `${grants.length} of ${expected}`);
  }
});

test("buckets that share a record for want of memory are stricter, never looser", () => {
  const clock = new ManualClock();
  const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 32 }));
  const granted = new Map<string, number>();
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 500; i++) {
      const key = `key ${i}`;
      if (counters.take(key, 1, i % 2 === 0 ? 1_000 : 2, bucket).allowed && i % 2 === 1)
        granted.set(key, (granted.get(key) ?? 0) + 1);
    }
    clock.advance(5_000);
  }
  assert.ok(counters.spills > 0);
  assert.ok(Math.max(...granted.values()) <= 2, "a key got more than its limit");
});

test("threads share one limit exactly", async () => {
  const memory = SharedCounters.allocate();
  // Next to nothing flows in while the threads take.
  const slowBucket: Window = { kind: "bucket", lengthMs: 1e12 };
  const barrier = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    import { parentPort, workerData } from "node:worker_threads";
    import { systemClock } from "${new URL("../../base/clock.ts", import.meta.url).href}";
    import { SharedCounters } from "${new URL("./counters.ts", import.meta.url).href}";
    const counters = new SharedCounters(systemClock, workerData.memory, workerData.owner);
    Atomics.add(workerData.barrier, 0, 1);
    while (Atomics.load(workerData.barrier, 0) < 4);
    let granted = 0;
    for (let i = 0; i < 50_000; i++)
      for (const window of workerData.windows)
        if (counters.take("hot", 1, 60_000, window).allowed) granted++;
    parentPort.postMessage(granted);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const granted = await Promise.all(
    [0, 1, 2, 3].map(
      (owner) =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(url, {
            workerData: { memory, owner, barrier, windows: [rate, quota, slowBucket] },
          });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  assert.equal(
    granted.reduce((sum, n) => sum + n),
    180_000,
  );
});
