import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { SharedLocks } from "../../state/shared/locks.ts";

/** A thread that asks when it is told to, and says what it got. */
const THREAD = `
import { parentPort, workerData } from "node:worker_threads";
const { KeyExchange } = await import(workerData.module);
const { SharedLocks } = await import(workerData.locksModule);
const { systemClock } = await import(workerData.clockModule);
const locks = new SharedLocks(systemClock, workerData.memory, workerData.owner);
const heard = [];
const exchange = new KeyExchange((outcome) => heard.push(outcome.url));
const ask = async () => {
  const response = await fetch(workerData.url);
  if (response.status !== 200) throw new Error("answered " + response.status);
  return response.json();
};
parentPort.on("message", async (maxAgeMs) => {
  if (maxAgeMs === "end") return exchange.close(), parentPort.close();
  try {
    const { issuer } = await exchange.obtain(workerData.url, maxAgeMs, { locks }, ask);
    parentPort.postMessage(issuer);
  } catch (error) {
    parentPort.postMessage(error.message);
  }
});
parentPort.postMessage("ready");
`;

interface World {
  /** What each of the threads got. */
  ask(threads: number[], maxAgeMs?: number): Promise<unknown[]>;
  readonly fetches: number;
  status: number;
}

async function withThreads(count: number, use: (world: World) => Promise<void>): Promise<void> {
  let fetches = 0;
  const world = { status: 200 };
  const server = createServer((_, response) => {
    fetches++;
    const text = JSON.stringify({ issuer: `issuer ${fetches}`, keys: [], fetchedAt: Date.now() });
    setTimeout(() => response.writeHead(world.status).end(text), 100);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const moduleOf = (path: string) => new URL(path, import.meta.url).href;
  const shared = {
    url,
    module: moduleOf("./key-exchange.ts"),
    locksModule: moduleOf("../../state/shared/locks.ts"),
    clockModule: moduleOf("../../base/clock.ts"),
    memory: SharedLocks.allocate(),
  };
  const code = new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`);
  const workers = Array.from({ length: count }, (_, owner) => new Worker(code, { workerData: { ...shared, owner } }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const ask = (threads: number[], maxAgeMs = 0) =>
    Promise.all(
      threads.map(async (thread) => {
        const answer = once(workers[thread], "message");
        workers[thread].postMessage(maxAgeMs);
        return (await answer)[0] as unknown;
      }),
    );
  try {
    await use(
      Object.assign(world, {
        ask,
        get fetches() {
          return fetches;
        },
      }) as unknown as World,
    );
  } finally {
    for (const worker of workers) worker.postMessage("end");
    await Promise.all(workers.map((worker) => worker.terminate()));
    server.closeAllConnections();
    server.close();
  }
}

test("threads that ask at once ask once, and all get the answer", () =>
  withThreads(4, async ({ ask }) => {
    for (let round = 1; round <= 3; round++)
      assert.deepEqual(await ask([0, 1, 2, 3], 60_000), Array(4).fill("issuer 1"), `round ${round}`);
  }));

test("what another thread has fetched will do while it is young enough", () =>
  withThreads(2, async ({ ask }) => {
    assert.deepEqual(await ask([0]), ["issuer 1"]);
    assert.deepEqual(await ask([1], 60_000), ["issuer 1"]);
    assert.deepEqual(await ask([1], 0), ["issuer 2"]);
  }));

test("a failure is everybody's, and the next attempt anybody's", () =>
  withThreads(3, async (world) => {
    world.status = 500;
    assert.deepEqual(new Set(await world.ask([0, 1, 2])), new Set(["answered 500"]));
    world.status = 200;
    assert.deepEqual(await world.ask([2], 60_000), ["issuer 2"], "a failure is nothing to keep");
  }));
