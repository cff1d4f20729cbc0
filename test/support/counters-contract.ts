/** What every store of counters promises, as tests: run against each of them, with a clock that can be moved or by waiting. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Counters, Window } from "../../src/state/counters.ts";

export interface CountersUnderTest {
  readonly counters: Counters;
  /** Lets that much time go by for the store. */
  wait(milliseconds: number): void | Promise<void>;
  /** The store's wall time: fixed windows are aligned to it. */
  now(): number | Promise<number>;
}

let unique = 0;
const newKey = () => `key ${unique++}`;

/**
 * @param windowMs length of the windows used: short where waiting is real
 * @param slack part of a window that a wait may be longer than the window
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests
export function countersContract(name: string, open: () => CountersUnderTest, windowMs: number, slack = 0): void {
  const sliding: Window = { kind: "sliding", lengthMs: windowMs };
  /** Long, so that what flows in while a test asks is less than one. */
  const bucket: Window = { kind: "bucket", lengthMs: windowMs * 2 };
  /** A fixed window that has just begun. */
  const begun = async (store: CountersUnderTest): Promise<Window> => ({
    kind: "fixed",
    lengthMs: windowMs,
    startMs: Math.floor(await store.now()) - 1,
  });

  test(`${name}: a limit is granted exactly and refused beyond`, async () => {
    const store = open();
    for (const window of [sliding, await begun(store), bucket]) {
      const key = newKey();
      const taken = [];
      for (let i = 0; i < 7; i++) taken.push(await store.counters.take(key, 1, 5, window));
      assert.deepEqual(
        taken.map((t) => t.allowed),
        [true, true, true, true, true, false, false],
      );
      assert.deepEqual(
        taken.map((t) => t.remaining),
        [4, 3, 2, 1, 0, 0, 0],
      );
    }
  });

  test(`${name}: an amount that does not fit takes nothing`, async () => {
    const store = open();
    for (const window of [sliding, await begun(store), bucket]) {
      const key = newKey();
      assert.equal((await store.counters.take(key, 4, 5, window)).allowed, true);
      const refused = await store.counters.take(key, 2, 5, window);
      assert.deepEqual([refused.allowed, refused.remaining], [false, 1]);
      assert.equal((await store.counters.take(key, 1, 5, window)).allowed, true);
    }
  });

  test(`${name}: resetMs tells when a refused take passes`, async () => {
    const store = open();
    for (const window of [sliding, await begun(store), bucket]) {
      const key = newKey();
      for (let i = 0; i < 3; i++) await store.counters.take(key, 1, 3, window);
      const { allowed, resetMs } = await store.counters.take(key, 1, 3, window);
      assert.equal(allowed, false);
      assert.ok(resetMs > 0 && resetMs <= window.lengthMs * (1 + slack), String(resetMs));
      await store.wait(resetMs + 1);
      assert.equal((await store.counters.take(key, 1, 3, window)).allowed, true);
    }
  });

  test(`${name}: add counts beyond a limit, peek does not count`, async () => {
    const store = open();
    for (const window of [sliding, await begun(store), bucket]) {
      const key = newKey();
      await store.counters.add(key, 7, window);
      assert.deepEqual((await store.counters.peek(key, 1, 5, window)).allowed, false);
      const seen = await store.counters.peek(key, 1, 8, window);
      assert.deepEqual([seen.allowed, seen.remaining], [true, 1]);
      assert.equal((await store.counters.take(key, 1, 8, window)).allowed, true);
    }
  });

  test(`${name}: what was counted too much is taken back, never below nothing`, async () => {
    const store = open();
    for (const window of [sliding, await begun(store), bucket]) {
      const key = newKey();
      await store.counters.add(key, 3, window);
      await store.wait(windowMs / 10);
      await store.counters.add(key, 5, window);
      await store.counters.refund(key, 6, window);
      assert.equal((await store.counters.peek(key, 1, 10, window)).remaining, 8);
      await store.counters.refund(key, 100, window);
      assert.equal((await store.counters.peek(key, 1, 10, window)).remaining, 10);
      assert.equal((await store.counters.take(key, 10, 10, window)).allowed, true);
      await store.counters.refund(newKey(), 5, window);
    }
  });

  test(`${name}: a bucket fills evenly, to the limit and no further`, async () => {
    const store = open();
    const key = newKey();
    assert.equal((await store.counters.take(key, 10, 10, bucket)).allowed, true);
    const { resetMs } = await store.counters.take(key, 2, 10, bucket);
    assert.ok(Math.abs(resetMs - bucket.lengthMs / 5) < bucket.lengthMs / 10, String(resetMs));
    await store.wait(bucket.lengthMs * 0.45);
    const half = await store.counters.peek(key, 1, 10, bucket);
    assert.ok(half.allowed && half.remaining >= 4 && half.remaining <= 8, String(half.remaining));
    await store.wait(bucket.lengthMs);
    assert.equal((await store.counters.take(key, 10, 10, bucket)).allowed, true);
    assert.equal((await store.counters.take(key, 10, 10, bucket)).allowed, false);
  });

  test(`${name}: windows of different lengths under one key do not clear each other`, async () => {
    const store = open();
    const long: Window = { kind: "sliding", lengthMs: windowMs * 5 };
    for (const [strict, other] of [
      [sliding, long],
      [long, sliding],
    ]) {
      const key = newKey();
      for (let i = 0; i < 3; i++) assert.equal((await store.counters.take(key, 1, 3, strict)).allowed, true);
      assert.equal((await store.counters.take(key, 1, 100, other)).allowed, true);
      assert.equal((await store.counters.take(key, 1, 3, strict)).allowed, false);
    }
  });

  test(`${name}: an endless window holds`, async () => {
    const store = open();
    const key = newKey();
    const window: Window = { kind: "fixed", lengthMs: Number.POSITIVE_INFINITY };
    assert.equal((await store.counters.take(key, 1, 1, window)).allowed, true);
    await store.wait(windowMs);
    const refused = await store.counters.take(key, 1, 1, window);
    assert.deepEqual([refused.allowed, refused.resetMs], [false, Number.POSITIVE_INFINITY]);
  });

  test(`${name}: keys are told apart, whatever they hold and however long they are`, async () => {
    const { counters } = open();
    const long = `${newKey()}${"x".repeat(20_000)}`;
    for (const end of ["", "1", "2", "\0", " ", "é", "\ud800", "\ud801", "1\0"])
      assert.equal((await counters.take(long + end, 1, 1, sliding)).allowed, true, JSON.stringify(end));
    assert.equal((await counters.take(`${long}1`, 1, 1, sliding)).allowed, false);
  });
}
