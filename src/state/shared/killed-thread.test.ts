/** A thread that is killed in the middle of taking and giving back: nothing of it stays, and nobody waits for it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../base/clock.ts";
import type { Window } from "../counters.ts";
import { SharedCounters } from "./counters.ts";
import { SharedLocks } from "./locks.ts";

const SLOTS = 3;
const LIMIT = 1e9;
const OWNER = 5;
const hour: Window = { kind: "fixed", lengthMs: 3_600_000 };
const short: Window = { kind: "sliding", lengthMs: 60 };

const code = `
  import { parentPort, workerData } from "node:worker_threads";
  import { systemClock } from "${new URL("../../base/clock.ts", import.meta.url).href}";
  import { SharedCounters } from "${new URL("./counters.ts", import.meta.url).href}";
  import { SharedLocks } from "${new URL("./locks.ts", import.meta.url).href}";
  const { counters: counterMemory, slots, owner, hour, short } = workerData;
  const counters = new SharedCounters(systemClock, counterMemory, owner);
  const locks = new SharedLocks(systemClock, slots, owner);
  parentPort.postMessage("begun");
  for (;;) {
    const held = [locks.acquire("k", ${SLOTS}), locks.acquire("k", ${SLOTS})];
    counters.take("k", 1, ${LIMIT}, hour);
    counters.take("k", 1, ${LIMIT}, short);
    for (const release of held) release?.();
  }`;

test("killed again and again: all slots are free, counts go on, no set stays held", async () => {
  const [counterMemory, slots] = [SharedCounters.allocate(), SharedLocks.allocate()];
  const counters = new SharedCounters(systemClock, counterMemory);
  const locks = new SharedLocks(systemClock, slots);
  let counted = 0;
  for (let round = 0; round < 12; round++) {
    const workerData = { counters: counterMemory, slots, owner: OWNER, hour, short };
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData });
    await once(worker, "message");
    await new Promise((resolve) => setTimeout(resolve, round));
    await worker.terminate();
    counters.releaseThread(OWNER);
    locks.releaseThread(OWNER);
    const held = Array.from({ length: SLOTS + 1 }, () => locks.acquire("k", SLOTS));
    assert.deepEqual(
      held.map((release) => release !== undefined),
      [true, true, true, false],
    );
    for (const release of held) release?.();
    const taken = counters.take("k", 1, LIMIT, hour);
    const now = LIMIT - taken.remaining;
    assert.ok(taken.allowed && now > counted, `${now} after ${counted}`);
    counted = now;
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.equal(counters.peek("k", 1, LIMIT, short).remaining, LIMIT, "what has left the window is forgotten");
  }
});
