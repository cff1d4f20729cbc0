/** D10: memory stays flat over many calls, and what callers make up (keys, tokens, paths) does not fill it. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY } from "../../test/support/api-folder.ts";
import { closedLoop } from "./closed-loop.ts";
import type { Kept } from "./collector.ts";
import { atMost, type Drill, equal, type Finding, noted } from "./drill.ts";
import { document, type Site, withSite } from "./site.ts";

/** Counts by a key of the caller, computes, reads a token, and answers. */
const MIXED = document(
  `<rate-limit-by-key calls="1000000" renewal-period="60" counter-key="@(context.Request.Headers.GetValueOrDefault("X-Caller", ""))" />
   <cache-lookup-value key="shared" variable-name="cached" default-value="none" />
   <set-variable name="body" value="@(new JObject(new JProperty("id", context.Request.MatchedParameters["id"]), new JProperty("by", context.Request.Headers.GetValueOrDefault("X-Caller", ""))).ToString())" />
   <set-variable name="jwt" value="@(context.Request.Headers.GetValueOrDefault("Authorization", "").AsJwt()?.Subject)" />
   <return-response><set-status code="200" reason="OK" /><set-header name="X-Id" exists-action="override"><value>@(context.RequestId.ToString())</value></set-header><set-body>@((string)context.Variables["body"])</set-body></return-response>`,
);
/** Keys that callers had used before it counts: what is kept of them is bounded, and taken from the start. */
const CALLERS = 100_000;
const CONNECTIONS = 32;
const COLLECTOR = new URL("./collector.ts", import.meta.url).href;

const call = (path: string, fields: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`;
const usual = (number: number) =>
  call(`/t/items/${number % 1_000}`, `Ocp-Apim-Subscription-Key: ${KEY}\r\nX-Caller: caller ${number % CALLERS}`);

/** Each call with a key, a token, a path or a name that was never seen before. */
function hostile(number: number): string {
  const token = Buffer.from(`{"alg":"none","kid":"${number}"}`).toString("base64url");
  const subject = Buffer.from(`{"sub":"${number}"}`).toString("base64url");
  switch (number % 4) {
    case 0:
      return call("/t/items/1", `Ocp-Apim-Subscription-Key: ${number.toString(16).padStart(32, "0")}`);
    case 1:
      return call("/t/items/1", `Ocp-Apim-Subscription-Key: ${KEY}\r\nAuthorization: Bearer ${token}.${subject}.x`);
    case 2:
      return call(`/t/nowhere/${number}?x${number}=1`, `X-Name-${number}: 1`);
    default:
      return call(
        "/t/items/1",
        `Ocp-Apim-Subscription-Key: ${KEY}\r\nX-Caller: stranger ${number}\r\nAccept: a/${number}`,
      );
  }
}

export const memory: Drill = {
  id: "D10",
  title: "memory over millions of calls, and of calls with ever new keys, tokens and paths",
  isLong: true,
  isAlone: true,
  async run({ isLong }) {
    const file = join(tmpdir(), `sallyport-drill-kept-${process.pid}.json`);
    const env = { DRILL_KEPT_FILE: file, NODE_OPTIONS: `--expose-gc --import ${COLLECTOR}` };
    const settings = { overload: { maxLoopDelayMs: 0 } };
    return await withSite({ policy: () => MIXED, settings, env }, async (site) => {
      const calls = isLong ? 2_000_000 : 60_000;
      const startedAt = performance.now();
      const tenths = await tenthsOf(site, calls);
      const perSecond = (calls * 1_000) / (performance.now() - startedAt);
      const growth = (100 * (tenths[9] - tenths[1])) / tenths[1];
      const before = { resident: tenths[9], ...(await kept(site, file)) };
      const strangers = isLong ? 1_000_000 : 30_000;
      let most = 0;
      const every = { calls: strangers / 50, tell: () => (most = Math.max(most, site.residentMb)) };
      const statuses = await closedLoop({ ...loop(site, strangers), request: hostile, every });
      const after = await kept(site, file);
      await rm(file, { force: true });
      const young = Math.max(0, after.young - before.young);
      const findings: Finding[] = [
        noted("calls a second", String(Math.round(perSecond))),
        noted("resident in tenths", `${tenths.map((mb) => Math.round(mb)).join(" ")} MB`),
        isLong ? atMost("last tenth over the second", growth, 5, " %") : noted("growth", `${growth.toFixed(1)} %`),
        equal("broken connections", statuses.get(0) ?? 0, 0),
        noted(`${strangers} strangers: more resident`, `${(most - before.resident).toFixed(1)} MB`),
        noted("of it room for new objects", `${young.toFixed(1)} MB`),
        atMost("the rest: garbage not yet collected, and kept", most - before.resident - young, 50, " MB"),
        atMost("kept of them after a collection", after.heap - before.heap, Math.round(before.heap * 0.05), " MB"),
      ];
      return findings;
    });
  },
};

/** What is left in the gateway after a collection, which it is made to do. */
async function kept(site: Site, file: string): Promise<Kept> {
  await rm(file, { force: true });
  site.process.kill("SIGUSR2");
  const deadline = performance.now() + 30_000;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error("The gateway does not say what it keeps");
    await sleep(20);
  }
  return JSON.parse(await readFile(file, "utf8")) as Kept;
}

function loop({ port }: Site, calls: number) {
  return { port, calls, connections: CONNECTIONS };
}

/** The least that was resident in each tenth of the calls: what is garbage comes and goes. */
async function tenthsOf(site: Site, calls: number): Promise<number[]> {
  const tenths: number[] = Array.from({ length: 10 }, () => Number.POSITIVE_INFINITY);
  const tell = (done: number) => {
    const tenth = Math.min(9, Math.floor(((done - 1) * 10) / calls));
    tenths[tenth] = Math.min(tenths[tenth], site.residentMb);
  };
  await closedLoop({ ...loop(site, calls), request: usual, every: { calls: calls / 200, tell } });
  return tenths;
}
