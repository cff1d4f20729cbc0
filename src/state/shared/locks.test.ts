import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import { SharedLocks } from "./locks.ts";

test("slots are counted over all threads, and given back once", () => {
  const clock = new ManualClock();
  const memory = SharedLocks.allocate();
  const [a, b] = [0, 1].map((owner) => new SharedLocks(clock, memory, owner));
  const first = a.acquire("k", 2);
  const second = b.acquire("k", 2);
  assert.ok(first && second);
  assert.equal(a.acquire("k", 2), undefined);
  assert.ok(a.acquire("other", 2));
  first();
  first();
  assert.ok(b.acquire("k", 2));
  assert.equal(b.acquire("k", 2), undefined);
});

test("the slots of a thread that died are free again, those of others are not", () => {
  const clock = new ManualClock();
  const memory = SharedLocks.allocate();
  const [a, b, main] = [1, 2, 0].map((owner) => new SharedLocks(clock, memory, owner));
  a.acquire("k", 3);
  a.acquire("k", 3);
  b.acquire("k", 3);
  assert.equal(b.acquire("k", 3), undefined);
  main.releaseThread(1);
  assert.ok(b.acquire("k", 3));
  assert.ok(b.acquire("k", 3));
  assert.equal(b.acquire("k", 3), undefined);
});

test("a million keys one after the other, and many at once, never lose a slot", () => {
  const clock = new ManualClock();
  const locks = new SharedLocks(clock, SharedLocks.allocate(4));
  for (let i = 0; i < 200_000; i++) {
    locks.acquire(`key ${i}`, 1)?.();
    clock.advance(1);
  }
  clock.advance(2_000);
  const held = Array.from({ length: 500 }, (_, i) => locks.acquire(`held ${i}`, 1));
  const got = held.filter((release) => release !== undefined);
  assert.ok(got.length >= 100, String(got.length));
  for (const release of got) release();
  clock.advance(2_000);
  assert.ok(locks.acquire("held 499", 1));
});
