/** D1, D2, D3: the shared store is killed, hangs, or is far away behind a bad network, in the middle of the load, and comes back. */
import { setTimeout as sleep } from "node:timers/promises";
import { noRedis, RedisServer } from "../../test/support/redis.ts";
import type { Ended } from "../../test/support/open-loop.ts";
import { ChaosProxy } from "./chaos-proxy.ts";
import { atMost, type Drill, equal, type Finding, noted, type Scale } from "./drill.ts";
import { document, failed, p99, withSite } from "./site.ts";

const RATE = 150;
const LIMIT = '<rate-limit-by-key calls="1000000" renewal-period="300" counter-key="all" />';

export const redisKilled: Drill = {
  id: "D1",
  title: "Redis killed under load, back later",
  missing: noRedis,
  run: (scale) =>
    outage(
      scale,
      (server) => server.kill(),
      (server) => server.start(),
    ),
};

export const redisHung: Drill = {
  id: "D2",
  title: "Redis hangs under load, goes on later",
  missing: noRedis,
  run: (scale) =>
    outage(
      scale,
      async (server) => server.freeze(),
      async (server) => server.thaw(),
    ),
};

export const redisSlow: Drill = {
  id: "D3",
  title: "Redis 200 ms further away, then 1 % of what it says is a reset",
  missing: noRedis,
  async run({ isLong }) {
    const server = await RedisServer.start();
    const proxy = await ChaosProxy.start(server.port);
    const redis = { url: `redis://127.0.0.1:${proxy.port}`, mode: "leased" };
    try {
      return await withSite(
        { policy: () => document(LIMIT), settings: { stores: { redis } }, workers: 2 },
        async (site) => {
          const spanMs = isLong ? 20_000 : 3_000;
          const before = await site.load(RATE, isLong ? 10_000 : 2_000);
          proxy.delayMs = 100;
          const slow = await site.load(RATE, spanMs);
          proxy.delayMs = 0;
          proxy.resetShare = 0.01;
          const reset = await site.load(RATE, spanMs);
          const ratio = (ended: readonly Ended[]) => p99(ended) / p99(before);
          const bar = (what: string, ended: readonly Ended[]) =>
            isLong ? atMost(what, ratio(ended), 1.2) : noted(what, ratio(ended).toFixed(2));
          return [
            equal(`slow: failed of ${slow.length}`, failed(slow), 0),
            bar("slow: p99 ratio", slow),
            equal(`resets: failed of ${reset.length}`, failed(reset), 0),
            bar("resets: p99 ratio", reset),
          ];
        },
      );
    } finally {
      proxy.close();
      await server.stop();
    }
  },
};

type Act = (server: RedisServer) => Promise<void>;

async function outage({ isLong }: Scale, breakIt: Act, mendIt: Act): Promise<Finding[]> {
  const server = await RedisServer.start();
  const options = { policy: () => document(LIMIT), settings: { stores: { redis: server.url } }, workers: 2 };
  try {
    return await withSite(options, async (site) => {
      const spanMs = isLong ? 20_000 : 3_000;
      const before = await site.load(RATE, isLong ? 10_000 : 2_000);
      const load = site.load(RATE, spanMs + 2_000);
      await sleep(1_000);
      await breakIt(server);
      const probes = new Set<number>();
      for (const end = performance.now() + spanMs - 1_000; performance.now() < end; await sleep(100)) {
        probes.add(await site.admin("/livez"));
        probes.add(await site.admin("/readyz"));
      }
      await mendIt(server);
      const mendedAt = performance.now();
      while (!site.logText.includes("The shared store is back") && performance.now() < mendedAt + 10_000)
        await sleep(10);
      const backMs = performance.now() - mendedAt;
      const during = await load;
      const ratio = p99(during) / p99(before);
      return [
        equal(`failed of ${during.length}`, failed(during), 0),
        equal("liveness and readiness", [...probes].join(), "200"),
        atMost("log", site.logBytes / during.length, 200, " B/request"),
        atMost("exact again", backMs, 1_000, " ms"),
        isLong ? atMost("p99 ratio", ratio, 1.2) : noted("p99 ratio", ratio.toFixed(2)),
      ];
    });
  } finally {
    await server.stop();
  }
}
