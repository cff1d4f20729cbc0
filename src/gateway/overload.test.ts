import assert from "node:assert/strict";
import { test } from "node:test";
import { Overload } from "./overload.ts";

function setUp(maxInFlight: number, maxLoopDelayMs = 100) {
  const changes: boolean[] = [];
  const overload = new Overload((isOverloaded) => changes.push(isOverloaded));
  overload.configure({ maxInFlight, maxLoopDelayMs });
  overload.stop();
  const enter = (calls: number) => Array.from({ length: calls }, () => overload.enter()).filter(Boolean).length;
  const turns = (count: number, delayMs: number) => {
    for (let i = 0; i < count; i++) overload.turned(delayMs);
  };
  return { overload, changes, enter, turns };
}

test("no more than the configured number, and one more for each that left", () => {
  const { overload, enter } = setUp(100);
  assert.equal(enter(150), 100);
  overload.leave();
  overload.leave();
  assert.equal(enter(10), 2);
});

test("0 is no bound at all", () => {
  const { enter } = setUp(0, 0);
  assert.equal(enter(100_000), 100_000);
});

test("a late loop shrinks the bound, a loop on time lets it grow again", () => {
  const { changes, enter, turns } = setUp(0);
  enter(1_000);
  turns(1, 5_000);
  assert.equal(enter(1), 1, "one pause is no overload");
  turns(1, 200);
  assert.equal(enter(1), 0);
  turns(60, 10);
  assert.equal(enter(1), 1);
  assert.deepEqual(changes, [true, false]);
});

test("few calls are never refused, however late the loop", () => {
  const { changes, enter, turns } = setUp(0);
  turns(100, 5_000);
  assert.equal(enter(64), 64);
  assert.deepEqual(changes, []);
});

test("far over, only a few new connections are taken in a turn", () => {
  const { overload, enter, turns } = setUp(0);
  const connect = () => Array.from({ length: 10 }, () => overload.acceptsConnection()).filter(Boolean).length;
  enter(64);
  turns(5, 500);
  assert.equal(connect(), 10);
  turns(10, 500);
  assert.equal(connect(), 4);
  assert.equal(connect(), 0);
  turns(1, 500);
  assert.equal(connect(), 4);
  turns(1, 0);
  assert.equal(connect(), 10);
});
