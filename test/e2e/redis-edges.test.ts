/** Counters and slots over a real Redis where it hurts: edges of windows, clocks that stepped, answers that came too late, long outages. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ManualClock, systemClock } from "../../src/base/clock.ts";
import type { Window } from "../../src/state/counters.ts";
import { RedisCounters } from "../../src/state/redis/counters.ts";
import { FallbackCounters, FallbackLocks } from "../../src/state/redis/fallback.ts";
import { LeasedCounters } from "../../src/state/redis/leased-counters.ts";
import { RedisLink } from "../../src/state/redis/link.ts";
import { RedisLocks } from "../../src/state/redis/locks.ts";
import { SharedCounters } from "../../src/state/shared/counters.ts";
import { SharedLocks } from "../../src/state/shared/locks.ts";
import { noRedis, RedisServer } from "../support/redis.ts";

const MINUTE: Window = { kind: "sliding", lengthMs: 60_000 };
const HOUR_MS = 3_600_000;

describe("edges over Redis", { skip: noRedis }, () => {
  let server: RedisServer;
  let link: RedisLink;
  let counters: RedisCounters;
  const links: RedisLink[] = [];

  async function connect(deadlineMs = 2_000): Promise<RedisLink> {
    const opened = await RedisLink.open({ url: server.url, deadlineMs });
    links.push(opened);
    return opened;
  }

  /** The one key of the server that has this in its name. */
  function stored(part: string): Promise<string> {
    return link.command(async (client, prefix) => {
      const names = (await client.keys(`${prefix}*${part}*`)).map((name) => name.slice(prefix.length));
      assert.equal(names.length, 1, `${part}: ${names}`);
      return names[0];
    });
  }

  before(async () => {
    server = await RedisServer.start();
    link = await connect();
    counters = new RedisCounters(link);
  });
  after(async () => {
    for (const opened of links) await opened.close();
    await server.stop();
  });

  test("who only looks while calls leave the window forgets none of them", async () => {
    const window: Window = { kind: "sliding", lengthMs: 600 };
    for (let round = 0; round < 3; round++) {
      assert.equal((await counters.take("look", 5, 10, window)).allowed, true, `round ${round}`);
      for (const end = Date.now() + 400; Date.now() < end; await sleep(10)) await counters.peek("look", 1, 10, window);
      assert.equal((await counters.take("look", 1, 10, window)).allowed, true, "keeps the count alive");
      for (const end = Date.now() + 300; Date.now() < end; await sleep(10)) await counters.peek("look", 1, 10, window);
    }
    await counters.add("look", 1, window);
    await sleep(640);
    await counters.add("look", 1, window);
    assert.equal((await counters.peek("look", 1, 10, window)).remaining, 9);
  });

  test("a server whose clock was hours ahead does not hold what was counted then for hours", async () => {
    const ahead = 2 * HOUR_MS;
    await counters.take("ahead", 10, 10, MINUTE);
    const key = await stored("=ahead");
    await link.command(async (client, prefix) => {
      const fields = await client.hgetall(prefix + key);
      const step = ahead / 1_000;
      const bucket = Number(fields.n);
      await client.del(prefix + key);
      await client.hset(prefix + key, { t: 10, o: bucket + step, n: bucket + step, [bucket + step]: 10 });
      await client.pexpire(prefix + key, ahead);
    });
    const refused = await counters.take("ahead", 1, 10, MINUTE);
    assert.equal(refused.allowed, false, "what was counted is not granted again");
    assert.ok(refused.resetMs <= 61_000, `after ${refused.resetMs} ms`);
  });

  test("nor in a fixed window or a bucket", async () => {
    const fixed: Window = { kind: "fixed", lengthMs: HOUR_MS };
    await counters.take("ahead-fixed", 10, 10, fixed);
    const key = await stored("ahead-fixed");
    await link.command((client, prefix) => client.pexpire(prefix + key, 5 * HOUR_MS));
    const late = await counters.take("ahead-fixed", 1, 10, fixed);
    assert.ok(!late.allowed && late.resetMs <= HOUR_MS, `${late.resetMs}`);
    await counters.take("ahead-fixed", 1, 20, fixed);
    const left = await link.command((client, prefix) => client.pttl(prefix + key));
    assert.ok(left <= HOUR_MS, `${left}`);

    const bucket: Window = { kind: "bucket", lengthMs: 1_000 };
    await counters.take("ahead-bucket", 10, 10, bucket);
    const name = await stored("ahead-bucket");
    await link.command((client, prefix) => client.hincrby(prefix + name, "a", `${2 * HOUR_MS}`));
    assert.equal((await counters.take("ahead-bucket", 1, 10, bucket)).allowed, false);
    await sleep(400);
    assert.equal((await counters.take("ahead-bucket", 1, 10, bucket)).allowed, true);
  });

  test("slots that a clock ahead has leased are free again, those of who lives are not", async () => {
    const locks = new RedisLocks(link);
    assert.ok(await locks.acquire("clock", 1));
    const key = await stored("clock");
    await link.command(async (client, prefix) => {
      const [id] = await client.zrange(prefix + key, 0, "-1");
      await client.zadd(prefix + key, `${Date.now() + HOUR_MS}`, id);
      await client.pexpire(prefix + key, HOUR_MS);
    });
    const other = new RedisLocks(link);
    const release = await other.acquire("clock", 1);
    assert.ok(release !== undefined);
    await locks.close();
    await other.close();
  });

  test("a slot whose grant came too late is given back", async () => {
    const hurried = new RedisLocks(await connect(60));
    server.freeze();
    await assert.rejects(async () => await hurried.acquire("late", 1));
    server.thaw();
    const patient = new RedisLocks(link);
    let release: (() => void) | undefined;
    for (const end = Date.now() + 5_000; release === undefined && Date.now() < end; await sleep(20))
      release = await patient.acquire("late", 1);
    assert.ok(release !== undefined, "long before its lease ends");
    await hurried.close();
    await patient.close();
  });

  test("a server that lost all slots is told who is inside", async () => {
    const locks = new RedisLocks(link);
    assert.ok(await locks.acquire("lost", 1));
    await link.command((client) => client.flushall());
    let refusedAfter = 0;
    const others = new RedisLocks(link);
    for (const end = Date.now() + 8_000; refusedAfter === 0 && Date.now() < end; await sleep(250)) {
      const release = await others.acquire("lost", 1);
      if (release === undefined) refusedAfter = Date.now();
      release?.();
    }
    assert.ok(refusedAfter > 0);
    await others.close();
    await locks.close();
  });

  test("who is inside when the server goes counts of the share", async () => {
    let isAvailable = true;
    const slots = new RedisLocks(link);
    const options = { mode: "local", isAvailable: () => isAvailable, replicas: () => 1 } as const;
    const locks = new FallbackLocks({ ...options, store: slots, local: new SharedLocks(systemClock) });
    const inside = [await locks.acquire("share", 2), await locks.acquire("share", 2)];
    assert.ok(inside.every((release) => release !== undefined));
    isAvailable = false;
    assert.equal(await locks.acquire("share", 2), undefined);
    inside[0]?.();
    assert.ok((await locks.acquire("share", 2)) !== undefined);
    await slots.close();
  });

  describe("after an outage", () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 15, 10, 30));
    let isAvailable = true;
    const fallback = () =>
      new FallbackCounters({
        clock,
        store: counters,
        local: new SharedCounters(clock),
        mode: "local",
        isAvailable: () => isAvailable,
        replicas: () => 1,
      });

    /** Takes for this long, as fast as the limit lets it. */
    async function outage(own: FallbackCounters, key: string, window: Window, minutes: number): Promise<number> {
      isAvailable = false;
      let granted = 0;
      for (let i = 0; i < minutes * 60; i++) {
        if ((await own.take(key, 1, 10, window)).allowed) granted++;
        clock.advance(1_000);
      }
      isAvailable = true;
      return granted;
    }

    for (const kind of ["sliding", "bucket"] as const) {
      test(`of many windows, a ${kind} limit owes one of them`, async () => {
        const own = fallback();
        const key = `outage-${kind}`;
        const window: Window = { kind, lengthMs: 60_000 };
        const granted = await outage(own, key, window, 20);
        assert.ok(granted > 150, `${granted}`);
        await own.settle();
        const { resetMs, allowed } = await counters.peek(key, 1, 10, window);
        assert.equal(allowed, false, "the last window was used up");
        assert.ok(resetMs <= 62_000, `${resetMs}`);
        if (kind === "bucket") return;
        const { remaining } = await counters.peek(key, 0, 1_000, window);
        assert.ok(1_000 - remaining <= 13, `${1_000 - remaining} owed of a limit of 10`);
      });
    }

    test("what a period granted that is over is not taken from the next", async () => {
      const own = fallback();
      const hour: Window = { kind: "fixed", lengthMs: HOUR_MS };
      assert.equal(await outage(own, "outage-fixed", hour, 1), 10);
      clock.advance(HOUR_MS);
      await own.settle();
      assert.equal((await counters.peek("outage-fixed", 1, 10, hour)).remaining, 10);
    });

    test("very many keys are told once each, and the server is not lost over it", async () => {
      const hurried = await connect(250);
      const store = new RedisCounters(hurried);
      const local = new SharedCounters(clock);
      isAvailable = false;
      const available = () => isAvailable && hurried.isAvailable;
      const own = new FallbackCounters({
        clock,
        store,
        local,
        mode: "local",
        isAvailable: available,
        replicas: () => 1,
      });
      const keys = Array.from({ length: 9_000 }, (_, i) => `many ${i}`);
      for (const key of keys) await own.take(key, 1, 10, MINUTE);
      isAvailable = true;
      await own.settle();
      assert.equal(hurried.isAvailable, true);
      let wrong = 0;
      for (const key of keys) if ((await counters.peek(key, 0, 10, MINUTE)).remaining !== 9) wrong++;
      assert.equal(wrong, 0);
    });
  });

  test("keys as long as callers like are not kept with leases", async () => {
    const leased = new LeasedCounters(counters, systemClock, () => 1);
    const long = "k".repeat(20_000);
    await leased.take(long, 1, 1_000, MINUTE);
    assert.ok(leased.take(long, 1, 1_000, MINUTE) instanceof Promise, "asked for one by one");
    await leased.close();
  });

  test("what is too little for one call is still there for another", async () => {
    const leased = new LeasedCounters(counters, systemClock, () => 1);
    const limit = 100;
    await counters.take("parts", 97, limit, MINUTE);
    assert.equal((await leased.take("parts", 5, limit, MINUTE)).allowed, false);
    assert.equal((await leased.take("parts", 3, limit, MINUTE)).allowed, true);
    await leased.close();
  });
});
