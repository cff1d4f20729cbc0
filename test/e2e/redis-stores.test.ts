/** Counters and slots over a real Redis: exactness, leases, outages. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/base/clock.ts";
import type { Window } from "../../src/state/counters.ts";
import { RedisBreakers } from "../../src/state/redis/breakers.ts";
import { RedisCounters } from "../../src/state/redis/counters.ts";
import { FallbackCounters, type OutageMode } from "../../src/state/redis/fallback.ts";
import { LeasedCounters } from "../../src/state/redis/leased-counters.ts";
import { RedisLink } from "../../src/state/redis/link.ts";
import { RedisLocks } from "../../src/state/redis/locks.ts";
import { Presence } from "../../src/state/redis/presence.ts";
import { SharedBreakers } from "../../src/state/shared/breakers.ts";
import { SharedCounters } from "../../src/state/shared/counters.ts";
import { countersContract } from "../support/counters-contract.ts";
import { noRedis, RedisServer } from "../support/redis.ts";

describe("over Redis", { skip: noRedis }, () => {
  let server: RedisServer;
  let link: RedisLink;
  const links: RedisLink[] = [];
  const changes: string[] = [];

  /** @param deadlineMs long where an answer is certain: the machine may be busy */
  async function connect(deadlineMs = 2_000): Promise<RedisLink> {
    const opened = await RedisLink.open({
      url: server.url,
      deadlineMs,
      onChange: (isAvailable, reason) => void changes.push(`${isAvailable} ${reason}`),
    });
    links.push(opened);
    return opened;
  }

  before(async () => {
    server = await RedisServer.start();
    link = await connect();
  });
  after(async () => {
    for (const opened of links) await opened.close();
    await server.stop();
  });

  const real = { wait: (ms: number) => sleep(ms), now: () => Date.now() };
  countersContract("Redis, exact", () => ({ counters: new RedisCounters(link), ...real }), 1_200);
  countersContract(
    "Redis, leased",
    () => ({ counters: new LeasedCounters(new RedisCounters(link), systemClock, () => 1), ...real }),
    1_200,
    // A lease may be spent until its bucket ends.
    1 / 60,
  );

  for (const kind of ["exact", "leased"] as const) {
    for (const [limit, takers, windowKind] of [
      [1_000, 4, "sliding"],
      [10, 8, "sliding"],
      [1_000, 4, "bucket"],
    ] as const) {
      test(`${kind}: ${takers} takers offer 5 times a limit of ${limit} (${windowKind})`, async () => {
        const key = `${kind} ${limit} ${Math.random()}`;
        // A bucket so slow that nothing flows in meanwhile.
        const window: Window = { kind: windowKind, lengthMs: windowKind === "bucket" ? 1e9 : 60_000 };
        const counters = await Promise.all(
          Array.from({ length: takers }, async () => {
            const store = new RedisCounters(await connect());
            return kind === "exact" ? store : new LeasedCounters(store, systemClock, () => takers);
          }),
        );
        let granted = 0;
        await Promise.all(
          counters.map(async (counter) => {
            for (let i = 0; i < (5 * limit) / takers; i++) {
              if ((await counter.take(key, 1, limit, window)).allowed) granted++;
              if (i % 50 === 0) await sleep(1);
              if (counter instanceof LeasedCounters && i % 100 === 0) counter.sweep();
            }
          }),
        );
        assert.ok(granted <= limit, `${granted} of ${limit}`);
        assert.ok(
          granted >= (kind === "exact" || limit === 10 ? limit - (limit === 10 ? 1 : 0) : limit * 0.98),
          `${granted} of ${limit}`,
        );
      });
    }
  }

  test("leases are spent without asking, and go back when they are idle", async () => {
    const store = new RedisCounters(link);
    const leased = new LeasedCounters(store, systemClock, () => 1);
    const window: Window = { kind: "fixed", lengthMs: 3_600_000 };
    assert.ok(leased.take("idle", 1, 1_000, window) instanceof Promise);
    await sleep(20);
    const second = leased.take("idle", 1, 1_000, window);
    assert.ok(!(second instanceof Promise) && second.allowed);
    assert.equal((await store.peek("idle", 1, 1_000, window)).remaining, 950);
    await sleep(2_100);
    leased.sweep();
    await sleep(50);
    assert.equal((await store.peek("idle", 1, 1_000, window)).remaining, 998);
    await leased.take("idle", 1, 1_000, window);
    await leased.close();
    assert.equal((await store.peek("idle", 1, 1_000, window)).remaining, 997);
  });

  test("a lease that ends on its way still serves who asked for it", async () => {
    const store = new RedisCounters(link);
    // To a clock that runs so fast every answer takes longer than the lease that it brings.
    const hasty = { ...systemClock, monotonic: () => systemClock.monotonic() * 10_000 };
    const leased = new LeasedCounters(store, hasty, () => 1);
    const window: Window = { kind: "sliding", lengthMs: 6_000 };
    await store.add("short", 7, window);
    assert.equal((await leased.take("short", 1, 8, window)).allowed, true);
    assert.equal((await leased.take("short", 1, 8, window)).allowed, false);
  });

  test("takers count each other", async () => {
    const present = ["a", "b", "c"].map((name) => new Presence(link, name));
    for (const one of present) await one.start();
    assert.equal(present[2].count, 3);
    for (const one of present) one.close();
  });

  test("slots are counted over all replicas, renewed while they are held, and given back", async () => {
    const [a, b] = [new RedisLocks(link), new RedisLocks(await connect())];
    const first = await a.acquire("k", 2);
    assert.ok(first && (await b.acquire("k", 2)));
    assert.equal(await a.acquire("k", 2), undefined);
    first();
    first();
    await sleep(20);
    assert.ok(await b.acquire("k", 2));
    await a.close();
    await b.close();
    assert.ok(await new RedisLocks(link).acquire("k", 1));
  });

  test("breakers: what one replica finds out, the others know in half a second", async () => {
    const replicas = [link, await connect()].map((own) => new RedisBreakers(own, new SharedBreakers(systemClock)));
    const [a, b] = replicas;
    a.trip("backend", 5_000);
    assert.ok(a.admit("backend") > 4_000);
    while (b.admit("backend") === 0) await sleep(25);
    assert.ok(b.admit("backend") > 3_000);
    b.reset("backend");
    while (a.admit("backend") !== 0) await sleep(25);
    for (const one of replicas) one.close();
  });

  for (const [how, mode] of [
    ["killed", "local"],
    ["frozen", "local"],
    ["killed", "allow"],
    ["killed", "deny"],
  ] as [string, OutageMode][]) {
    test(`a server that is ${how}, on outage ${mode}: nobody waits, and limits are whole again when it is back`, async () => {
      const own = await connect(200);
      const local = new SharedCounters(systemClock);
      const counters = new FallbackCounters({
        clock: systemClock,
        store: new RedisCounters(own),
        local,
        mode,
        isAvailable: () => own.isAvailable,
        replicas: () => 2,
      });
      const key = `outage ${how} ${mode}`;
      const window: Window = { kind: "sliding", lengthMs: 60_000 };
      assert.equal((await counters.take(key, 10, 100, window)).remaining, 90);
      changes.length = 0;
      if (how === "killed") await server.kill();
      else server.freeze();
      let granted = 0;
      for (let i = 0; i < 200; i++) if ((await counters.take(key, 1, 100, window)).allowed) granted++;
      assert.equal(own.isAvailable, false);
      assert.equal(granted, { local: 40, allow: 200, deny: 0 }[mode]);
      if (how === "killed") await server.start();
      else server.thaw();
      while (!own.isAvailable) await sleep(25);
      await counters.settle();
      const { remaining } = await counters.peek(key, 0, 1_000, window);
      // A killed server has forgotten what was taken before; a frozen one may have counted what it was asked in vain.
      const used = 1_000 - remaining;
      const least = granted + (how === "killed" ? 0 : 10);
      assert.ok(used >= least && used <= least + 5, `${used} used, ${least} granted`);
      assert.equal(changes.filter((change) => change.startsWith("false")).length <= links.length, true);
    });
  }

  describe("in cluster mode", () => {
    let cluster: RedisServer;
    let clusterLink: RedisLink;
    before(async () => {
      cluster = await RedisServer.startCluster();
      clusterLink = await RedisLink.open({ url: `redis+cluster://127.0.0.1:${cluster.port}`, deadlineMs: 2_000 });
    });
    after(async () => {
      await clusterLink.close();
      await cluster.stop();
    });
    countersContract("cluster", () => ({ counters: new RedisCounters(clusterLink), ...real }), 1_200);
  });

  test("no server at all: opening does not fail, takes fall back at once", async () => {
    const lost = await RedisLink.open({ url: "redis://:secret-password@127.0.0.1:1" });
    assert.equal(lost.isAvailable, false);
    await assert.rejects(
      new RedisCounters(lost).take("k", 1, 1, { kind: "sliding", lengthMs: 1_000 }),
      (error: Error) => {
        assert.doesNotMatch(`${error.stack}`, /secret-password/);
        return error.name === "StoreUnavailable" || /not available/.test(error.message);
      },
    );
    await lost.close();
  });
});
