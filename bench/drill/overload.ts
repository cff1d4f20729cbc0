/**
 * D15: more calls than the processor can serve, on connections that exist: libuv accepts one new connection in a turn of the event loop, and
 * turns are long then. The calls are dear, so that the load generator is not what is drilled.
 */
import { Agent } from "node:http";
import { callOnce } from "../../test/support/open-loop.ts";
import { KEY } from "../../test/support/api-folder.ts";
import { atLeast, atMost, type Drill, equal, noted, percentile } from "./drill.ts";
import { document, failed, type Site, withSite } from "./site.ts";

/** Some milliseconds of work in an expression. */
const WORK = document(
  '<set-variable name="w" value="@{ var s = 0; for (var i = 0; i &lt; 1000000; i++) { s = (s + i * 7) % 1000003; } return s; }" />',
);
/** So many calls are let in at a time. */
const IN_FLIGHT = 4;
/** So long connections are made before it counts. */
const CONNECTING_MS = 3_000;

export const overload: Drill = {
  id: "D15",
  title: "twice and five times the calls it can serve",
  isAlone: true,
  async run({ isLong }) {
    const settings = { overload: { maxInFlight: IN_FLIGHT, maxLoopDelayMs: 100 } };
    return await withSite({ policy: () => WORK, settings }, async (site) => {
      // The first finds code that the engine has not made fast yet.
      const capacity = Math.max(await capacityOf(site, 4_000), await capacityOf(site, 4_000));
      const spanMs = isLong ? 60_000 : 5_000;
      const probes: number[] = [];
      const probing = setInterval(() => {
        void site.admin("/livez").then((status) => probes.push(status));
      }, 200);
      const twice = await served(site, 2 * capacity, spanMs);
      const five = await served(site, 5 * capacity, spanMs);
      clearInterval(probing);
      const normal = await site.load(capacity / 4, 2_000);
      return [
        noted("capacity", `${Math.round(capacity)}/s`),
        atLeast("2x: goodput", (100 * twice.goodput) / capacity, 90, " %"),
        atMost("2x: accepted p99", twice.acceptedP99Ms, 1_000, " ms"),
        isLong
          ? atMost("2x: refused p99", twice.refusedP99Ms, 50, " ms")
          : noted("2x: refused p99", `${Math.round(twice.refusedP99Ms)} ms`),
        equal("2x: refused without Retry-After", twice.unkind, 0),
        equal("2x: connections broken", twice.broken, 0),
        atLeast("5x: goodput", (100 * five.goodput) / capacity, 80, " %"),
        equal("admin errors", probes.filter((status) => status !== 200).length, 0),
        atMost("afterwards: failed", (100 * failed(normal)) / normal.length, 1, " %"),
      ];
    });
  },
};

/** Calls a second when none is refused: refusing takes time, too. */
async function capacityOf({ port }: Site, ms: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const headers = { "Ocp-Apim-Subscription-Key": KEY };
  const end = performance.now() + ms;
  let calls = 0;
  const one = async () => {
    while (performance.now() < end)
      if ((await callOnce({ port, path: "/t/items/1", headers }, agent)).status === 200) calls++;
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  agent.destroy();
  return (calls * 1_000) / ms;
}

async function served(site: Site, rate: number, ms: number) {
  const agent = new Agent({ keepAlive: true });
  await site.load(rate, CONNECTING_MS, agent);
  const startedAt = performance.now();
  const ended = await site.load(rate, ms, agent);
  const tookMs = performance.now() - startedAt;
  agent.destroy();
  const accepted = ended.filter(({ status }) => status === 200);
  const refused = ended.filter(({ status }) => status === 503);
  return {
    goodput: (accepted.length * 1_000) / tookMs,
    acceptedP99Ms: percentile(
      accepted.map((one) => one.ms),
      0.99,
    ),
    refusedP99Ms: percentile(
      refused.map((one) => one.ms),
      0.99,
    ),
    unkind: refused.filter(({ retryAfter }) => retryAfter === undefined).length,
    broken: failed(ended) - refused.length,
  };
}
