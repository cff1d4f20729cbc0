import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { ManualClock } from "../../base/clock.ts";
import { SharedCache } from "./cache.ts";
import { SharedLocks } from "./locks.ts";

const open = (bytes = 1_048_576) => {
  const clock = new ManualClock();
  const memory = SharedCache.allocate(bytes);
  const locks = new SharedLocks(clock);
  const thread = (owner: number) => new SharedCache(clock, locks, memory, owner);
  return { clock, cache: thread(0), other: thread(1) };
};
const bytes = (text: string) => Buffer.from(text);
const textOf = (found: unknown) => (found instanceof Uint8Array ? Buffer.from(found).toString() : found);

test("values are there until their time is over, or they are removed, for all who share the memory", () => {
  const { clock, cache, other } = open();
  cache.put("a", bytes("1"), 1_000);
  cache.put("b", bytes("2"), 2_000);
  assert.equal(textOf(other.get("a")), "1");
  clock.advance(1_000);
  assert.deepEqual([other.get("a"), textOf(other.get("b"))], [undefined, "2"]);
  other.remove("b");
  assert.equal(cache.get("b"), undefined);
  other.put("b", bytes("3"), 1_000);
  assert.equal(textOf(cache.get("b")), "3");
});

test("what is handed out is the caller's own", () => {
  const { cache } = open();
  const value = bytes("abc");
  cache.put("a", value, 1_000);
  value[0] = 0;
  (cache.get("a") as Uint8Array)[1] = 0;
  assert.equal(textOf(cache.get("a")), "abc");
});

test("an object stays with its thread; others see that the value before it is gone", () => {
  const { cache, other } = open();
  cache.put("a", bytes("old"), 1_000);
  cache.put("a", { some: "object" }, 1_000, 100);
  assert.deepEqual(cache.get("a"), { some: "object" });
  assert.equal(other.get("a"), undefined);
  other.remove("a");
  assert.equal(cache.get("a"), undefined);
});

test("the oldest give way, whole, and nothing but what was stored ever comes back", () => {
  const { cache, other } = open(100_000);
  const content = (i: number) => `${i} `.repeat(500 + (i % 700));
  for (let i = 0; i < 1_000; i++) {
    (i % 2 === 0 ? cache : other).put(`key ${i}`, bytes(content(i)), 1_000);
    for (const j of [i, i - 5, i - 20]) {
      const found = cache.get(`key ${j}`);
      if (found !== undefined) assert.equal(textOf(found), content(j));
      if (j === i) assert.ok(found !== undefined, "the newest is there");
    }
  }
  const kept = Array.from({ length: 1_000 }, (_, i) => cache.get(`key ${i}`)).filter((v) => v !== undefined).length;
  assert.ok(kept > 10 && kept < 100, String(kept));
});

test("more small values than there are places: the oldest give way", () => {
  const { cache } = open(65_536);
  for (let i = 0; i < 1_000; i++) cache.put(`key ${i}`, bytes("x"), 2_000 - i);
  const kept = Array.from({ length: 1_000 }, (_, i) => (cache.get(`key ${i}`) === undefined ? 0 : 1));
  assert.equal(kept[999], 1);
  assert.ok(kept.reduce<number>((sum, n) => sum + n, 0) <= 64);
});

test("a value that would displace much of the others is not kept, nor what it replaces", () => {
  const { cache } = open(100_000);
  cache.put("a", bytes("small"), 1_000);
  cache.put("a", Buffer.alloc(50_000), 1_000);
  assert.equal(cache.get("a"), undefined);
});

test("keys are told apart, whatever they hold and however long they are", () => {
  const { cache } = open();
  const long = "x".repeat(10_000);
  const keys = ["", "é", "\ud800", "\ud801", `${long}1`, `${long}2`, `${long}\ud800`];
  for (const [i, key] of keys.entries()) cache.put(key, bytes(String(i)), 1_000);
  assert.deepEqual(
    keys.map((key) => textOf(cache.get(key))),
    keys.map((_, i) => String(i)),
  );
  assert.equal(cache.get(`${long}\ud801`), undefined);
});

test("threads that write and read at once, much faster than the ring is large, never see a torn value", async () => {
  const memory = SharedCache.allocate(65_536);
  const locks = SharedLocks.allocate();
  const code = `
    import { parentPort, workerData } from "node:worker_threads";
    import { systemClock } from "${new URL("../../base/clock.ts", import.meta.url).href}";
    import { SharedCache } from "${new URL("./cache.ts", import.meta.url).href}";
    import { SharedLocks } from "${new URL("./locks.ts", import.meta.url).href}";
    const { memory, locks, owner } = workerData;
    const cache = new SharedCache(systemClock, new SharedLocks(systemClock, locks, owner), memory, owner);
    let hits = 0;
    for (let i = 0; i < 20_000; i++) {
      const key = "k" + (i % 7);
      const byte = (i * 4 + owner) & 255;
      cache.put(key, Buffer.alloc(1_000 + (i % 5_000), byte), 60_000);
      const found = cache.get("k" + ((i + 3) % 7));
      if (found === undefined) continue;
      hits++;
      if (!found.every((b) => b === found[0])) throw new Error("torn");
    }
    parentPort.postMessage(hits);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const hits = await Promise.all(
    [0, 1].map(
      (owner) =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(url, { workerData: { memory, locks, owner } });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  assert.ok(Math.min(...hits) > 100, hits.join());
});
