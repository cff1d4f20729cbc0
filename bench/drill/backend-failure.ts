/** D4, D5: backends that break off, hang, or fail every call. */
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Backend } from "../../test/support/backend.ts";
import { atMost, type Drill, equal, type Finding } from "./drill.ts";
import { document, failed, type Site, withSite } from "./site.ts";

const SLOTS = 4;

/** How the backend fails, and whether the caller has got a head by then. */
const CUTS: readonly (readonly [string, boolean, (response: ServerResponse, cut: () => void) => void])[] = [
  ["before the head", false, (_response, cut) => cut()],
  [
    "in the body",
    true,
    (response, cut) => {
      response.writeHead(200, { "Content-Length": 1_000_000 });
      response.write("x".repeat(20_000));
      setTimeout(cut, 50);
    },
  ],
  [
    "in a stream of events",
    true,
    (response, cut) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write("data: 1\n\n");
      setTimeout(cut, 50);
    },
  ],
  ["by never answering", false, () => {}],
];

export const backendCut: Drill = {
  id: "D4",
  title: "backend breaks off",
  async run() {
    const slots = `<limit-concurrency key="k" max-count="${SLOTS}"><forward-request timeout="1" /></limit-concurrency>`;
    return await withSite({ policy: () => document("", slots), workers: 2 }, async (site) => {
      const findings: Finding[] = [];
      for (const [how, hasHead, fail] of CUTS) {
        let cutAt = Number.POSITIVE_INFINITY;
        site.backend.answer = (asked, response) =>
          fail(response, () => {
            cutAt = Math.min(cutAt, performance.now());
            asked.socket.destroy();
          });
        const calls = site.backend.seen.length;
        const { status } = await site.call();
        const seenMs = performance.now() - cutAt;
        // A head that came, and no whole answer, is told as 0.
        const isRight = hasHead ? status === 0 : status >= 500;
        findings.push(
          equal(`${how}: ${hasHead ? "no clean end" : "5xx"}`, isRight ? "yes" : `status ${status}`, "yes"),
        );
        if (cutAt !== Number.POSITIVE_INFINITY) findings.push(atMost(`${how}: seen`, seenMs, 100, " ms"));
        // A GET that finds its kept connection closed is sent once more (RFC 9112 section 9.3.1), if nothing of an answer has come.
        const isRepeatable = how === "before the head";
        findings.push(atMost(`${how}: calls of the backend`, site.backend.seen.length - calls, isRepeatable ? 2 : 1));
      }
      findings.push(atMost("all slots free", await slotsFreeAfter(site), 1_000, " ms"));
      return findings;
    });
  },
};

/** Breaks as many calls as there are slots, and waits until as many pass again. */
async function slotsFreeAfter(site: Site): Promise<number> {
  site.backend.answer = (asked) => asked.socket.destroy();
  await Promise.all(Array.from({ length: SLOTS }, () => site.call()));
  const brokenAt = performance.now();
  site.backend.answer = (_asked, response) => void setTimeout(() => response.end(), 50);
  while (performance.now() < brokenAt + 5_000) {
    const calls = await Promise.all(Array.from({ length: SLOTS }, () => site.call()));
    if (failed(calls) === 0) break;
  }
  return performance.now() - brokenAt;
}

const TRIP_MS = 5_000;

export const memberFails: Drill = {
  id: "D5",
  title: "one of three backends fails every call",
  async run({ isLong }) {
    const sick = await Backend.start();
    sick.answer = (_request, response) => response.writeHead(500).end();
    const circuitBreaker = {
      rules: [
        {
          name: "any",
          failureCondition: { count: 3, interval: "PT10S", statusCodeRanges: [{ min: 500, max: 599 }] },
          tripDuration: `PT${TRIP_MS / 1_000}S`,
        },
      ],
    };
    const member = (url: string) => ({ url, protocol: "http", circuitBreaker });
    const services = ["a", "b", "c"].map((id) => ({ id: `/backends/${id}` }));
    const options = {
      policy: () => document('<set-backend-service backend-id="pool" />'),
      backends: (url: string) => ({
        a: member(url),
        b: member(`${url}/b`),
        c: member(sick.url),
        pool: { type: "Pool", pool: { services } },
      }),
      workers: 2,
    };
    try {
      return await withSite(options, async (site) => {
        // Members take turns: the breaker has opened within these.
        for (let i = 0; i < 12; i++) await site.call();
        const ended = await site.load(200, isLong ? 30_000 : 3_000);
        sick.answer = undefined;
        const mendedAt = performance.now();
        const before = sick.seen.length;
        // The call that finds out, and one more.
        while (sick.seen.length < before + 2 && performance.now() < mendedAt + 30_000) {
          await site.call();
          await sleep(10);
        }
        return [
          atMost("failed after it tripped", (100 * failed(ended)) / ended.length, 0.1, " %"),
          atMost("back after", performance.now() - mendedAt, TRIP_MS + 1_000, " ms"),
        ];
      });
    } finally {
      await sick.close();
    }
  },
};
