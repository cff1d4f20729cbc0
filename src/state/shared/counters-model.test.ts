/** Counters against a list that remembers every take: whatever callers do in whatever order, with clocks that jump. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Clock, ManualClock } from "../../base/clock.ts";
import { type Window, windowEnd } from "../counters.ts";
import { SharedCounters } from "./counters.ts";

const LENGTH_MS = 60_000;
const BUCKET_MS = 1_000;
const LIMIT = 20;

type Step = readonly ["take" | "peek" | "add" | "refund" | "pause", number];

/** Mostly around where what was counted leaves. */
const pause = fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 50_000, max: 64_000 }), fc.nat(130_000));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom("take" as const, "peek" as const), fc.integer({ min: 0, max: 25 })),
  fc.tuple(fc.constantFrom("add" as const, "refund" as const), fc.integer({ min: 0, max: 15 })),
  fc.tuple(fc.constant("pause" as const), pause),
);

interface Counted {
  readonly at: number;
  amount: number;
}

/** What was counted after this time. */
function since(counted: readonly Counted[], time: number): number {
  return counted.reduce((sum, { at, amount }) => (at > time ? sum + amount : sum), 0);
}

function refund(counted: Counted[], amount: number, time: number): void {
  let left = amount;
  for (const one of counted.toReversed()) {
    if (one.at <= time) return;
    const back = Math.min(left, one.amount);
    one.amount -= back;
    left -= back;
  }
}

test("a sliding window grants what fits into the last minute, and never more", () => {
  const window: Window = { kind: "sliding", lengthMs: LENGTH_MS };
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 120 }), (steps) => {
      const clock = new ManualClock();
      const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 32, quotas: 32 }));
      const counted: Counted[] = [];
      for (const [what, amount] of steps) {
        const now = clock.monotonic();
        if (what === "pause") clock.advance(amount);
        else if (what === "add") {
          counters.add("k", amount, window);
          counted.push({ at: now, amount });
        } else if (what === "refund") {
          // What lies on the edge may be gone or not: nothing is taken back there.
          if (since(counted, now - LENGTH_MS + BUCKET_MS) !== since(counted, now - LENGTH_MS - 2 * BUCKET_MS)) continue;
          counters.refund("k", amount, window);
          refund(counted, amount, now - LENGTH_MS);
        } else {
          const { allowed, remaining } = counters[what]("k", amount, LIMIT, window);
          const least = since(counted, now - LENGTH_MS);
          const most = since(counted, now - LENGTH_MS - BUCKET_MS - 1);
          if (allowed) assert.ok(least + amount <= LIMIT, `${amount} granted beside ${least}`);
          else assert.ok(most + amount > LIMIT, `${amount} refused beside ${most}`);
          assert.ok(remaining >= 0 && remaining <= LIMIT);
          if (allowed && what === "take") counted.push({ at: now, amount });
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("who waits as long as a refusal says, at most the window, is let in", () => {
  const window: Window = { kind: "sliding", lengthMs: LENGTH_MS };
  const took = fc.tuple(fc.integer({ min: 1, max: LIMIT }), fc.double({ min: 0, max: 20_000, noNaN: true }));
  fc.assert(
    fc.property(fc.array(took, { minLength: 10, maxLength: 60 }), (steps) => {
      const clock = new ManualClock();
      const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 32, quotas: 32 }));
      for (const [amount, pauseMs] of steps) {
        const { allowed, resetMs } = counters.take("k", amount, LIMIT, window);
        if (!allowed) {
          assert.ok(resetMs > 0 && resetMs <= LENGTH_MS, `${resetMs} ms`);
          // Less than it takes to be told: the time of a take is kept in parts of a bucket.
          clock.advance(resetMs + 0.02);
          assert.equal(counters.peek("k", amount, LIMIT, window).allowed, true, `${amount} after ${resetMs} ms`);
        }
        clock.advance(pauseMs);
      }
    }),
    { numRuns: 300 },
  );
});

/** The wall clock may be set; monotonic time goes on. */
class SetClock implements Clock {
  wall = Date.UTC(2026, 0, 15, 10, 30);
  now = () => this.wall;
  monotonic = () => 0;
}

test("setting the wall clock back renews nothing: there is one limit for each window that it has ever reached", () => {
  const window: Window = { kind: "fixed", lengthMs: 3_600_000 };
  const jump = fc.integer({ min: -3, max: 2 }).map((hours) => hours * 3_600_000);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), jump), { maxLength: 40 }), (steps) => {
      const clock = new SetClock();
      const counters = new SharedCounters(clock, SharedCounters.allocate({ rates: 32, quotas: 32 }));
      const ends = new Set<number>();
      let granted = 0;
      for (const [amount, jumpMs] of steps) {
        ends.add(Math.max(windowEnd(window, clock.wall), ...ends));
        if (counters.take("k", amount, LIMIT, window).allowed) granted += amount;
        clock.wall += jumpMs;
      }
      assert.ok(granted <= LIMIT * ends.size, `${granted} granted in ${ends.size} windows`);
    }),
    { numRuns: 300 },
  );
});
