/**
 * What a take of a limit costs, by store: one hot key and 100,000 keys, in shared memory with one and two threads, and over Redis where
 * a server is installed.
 *
 *   node bench/counters.ts
 */
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { systemClock } from "../src/base/clock.ts";
import type { Counters, Window } from "../src/state/counters.ts";
import { RedisCounters } from "../src/state/redis/counters.ts";
import { LeasedCounters } from "../src/state/redis/leased-counters.ts";
import { RedisLink } from "../src/state/redis/link.ts";
import { SharedCounters } from "../src/state/shared/counters.ts";
import { RedisServer, redisProgram } from "../test/support/redis.ts";

const WINDOW: Window = { kind: "sliding", lengthMs: 60_000 };
const LIMIT = 1e12;
const ROUNDS = 5;
const keysOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `rate-limit-by-key:10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);

/** Nanoseconds for a take: the median of several rounds. */
async function measure(counters: Counters, keys: readonly string[], takes: number): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (let i = 0; i < takes; i++) {
      const taken = counters.take(keys[i % keys.length], 1, LIMIT, WINDOW);
      if (taken instanceof Promise) await taken;
    }
    rounds.push(((performance.now() - begun) * 1e6) / takes);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

async function main(): Promise<void> {
  const rows: [string, number, number][] = [];
  const one = keysOf(1);
  const many = keysOf(100_000);
  const sizes = { rates: 262_144 };
  rows.push([
    "shared memory, one thread",
    await measure(new SharedCounters(systemClock, SharedCounters.allocate(sizes)), one, 1_000_000),
    await measure(new SharedCounters(systemClock, SharedCounters.allocate(sizes)), many, 1_000_000),
  ]);
  const threads = Math.min(2, availableParallelism());
  const together = async (keys: number) => {
    const memory = SharedCounters.allocate(sizes);
    const results = await Promise.all(
      Array.from(
        { length: threads },
        (_, owner) =>
          new Promise<number>((resolve, reject) => {
            const worker = new Worker(new URL(import.meta.url), { workerData: { memory, owner, keys } });
            worker.once("message", resolve).once("error", reject);
          }),
      ),
    );
    return Math.max(...results);
  };
  rows.push([`shared memory, ${threads} threads at once`, await together(1), await together(100_000)]);
  if (redisProgram !== undefined) {
    const server = await RedisServer.start();
    const link = await RedisLink.open({ url: server.url, deadlineMs: 1_000 });
    const exact = new RedisCounters(link);
    rows.push([
      "Redis, exact, one after the other",
      await measure(exact, one, 3_000),
      await measure(exact, many, 3_000),
    ]);
    const leased = () => new LeasedCounters(exact, systemClock, () => 1);
    rows.push(["Redis, leased", await measure(leased(), one, 100_000), await measure(leased(), many, 3_000)]);
    await link.close();
    await server.stop();
  }
  console.log(`${"store".padEnd(36)}${"one hot key".padStart(14)}${"100,000 keys".padStart(14)}`);
  for (const [name, hot, spread] of rows)
    console.log(`${name.padEnd(36)}${`${Math.round(hot)} ns`.padStart(14)}${`${Math.round(spread)} ns`.padStart(14)}`);
}

if (isMainThread) {
  await main();
} else {
  const { memory, owner, keys } = workerData;
  const counters = new SharedCounters(systemClock, memory, owner);
  parentPort?.postMessage(await measure(counters, keysOf(keys), 500_000));
}
