import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines, type Timed } from "./deadlines.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function timed(late: string[], name: string): Timed {
  return { dueAt: 0, turn: 0, onDue: () => late.push(name) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

test("who is late is told, once, in order; who was cleared, removed or put off is not", async () => {
  const deadlines = new Deadlines();
  const late: string[] = [];
  const [first, second, cleared, removed, putOff] = ["first", "second", "cleared", "removed", "put off"].map((name) =>
    timed(late, name),
  );
  deadlines.set(second, 400);
  deadlines.set(first, 150);
  deadlines.set(cleared, 150);
  deadlines.set(removed, 150);
  deadlines.set(putOff, 150);
  deadlines.clear(cleared);
  deadlines.remove(removed);
  deadlines.set(putOff, 60_000);
  await until(() => late.length === 2);
  await pause(150);
  assert.deepEqual(late, ["first", "second"]);
  deadlines.close();
});

test("a deadline that comes nearer is met, however far away it was put before", async () => {
  const deadlines = new Deadlines();
  const late: string[] = [];
  const one = timed(late, "one");
  deadlines.set(one, 600_000);
  deadlines.clear(one);
  deadlines.set(one, 120);
  await until(() => late.length === 1);
  deadlines.close();
});

test("after a pause of the process, what waits elsewhere is heard before anybody is given up", async () => {
  const deadlines = new Deadlines();
  const late: string[] = [];
  const one = timed(late, "one");
  deadlines.set(one, 200);
  await pause(20);
  let heard = false;
  setImmediate(() => {
    heard = true;
    deadlines.set(one, 60_000);
  });
  for (const end = performance.now() + 700; performance.now() < end; );
  await pause(200);
  assert.deepEqual([heard, late], [true, []]);
  deadlines.close();
});
