/** D7, D8, D9: a new configuration, a restart, a thread that dies, all under load. */
import { writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/base/clock.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { NO_AUTHORIZATIONS, NO_IDENTITIES } from "../../src/kit/identities.ts";
import { allocateStores } from "../../src/state/open.ts";
import { KEY } from "../../test/support/api-folder.ts";
import { Backend } from "../../test/support/backend.ts";
import { openLoop } from "../../test/support/open-loop.ts";
import { api, operation, snapshot } from "../../test/support/snapshot.ts";
import { atMost, type Drill, equal, type Finding, noted } from "./drill.ts";
import { leavingConnections } from "./leaving.ts";
import { document, failed, p99, type Site, withSite } from "./site.ts";

const versioned = (version: number) =>
  document(
    `<set-variable name="v" value="${version}" /><set-header name="X-Version" exists-action="override"><value>@((string)context.Variables["v"] + "-${version}")</value></set-header>`,
  );

const ROUTES = 1_000;
const paths = Object.fromEntries(
  Array.from({ length: ROUTES }, (_, i) => [
    `/more/${i}/{id}`,
    { get: { operationId: `more-${i}`, responses: { "200": { description: "" } } } },
  ]),
);

export const reload: Drill = {
  id: "D7",
  title: `configurations of ${ROUTES} operations change under load, every third with a mistake`,
  async run({ isLong }) {
    return await withSite({ policy: () => versioned(0), workers: 2, paths }, async (site) => {
      const [changes, everyMs] = isLong ? [100, 3_000] : [12, 500];
      const before = await site.load(150, isLong ? 20_000 : 1_000);
      const load = site.load(150, changes * everyMs);
      let last = 0;
      for (let version = 1; version <= changes; version++) {
        const isRight = version % 3 !== 0;
        if (isRight) last = version;
        await change(site, isRight ? versioned(version) : "<policies><nonsense /></policies>");
        await sleep(everyMs - 50);
      }
      const ended = await load;
      await change(site, versioned(++last));
      const changedAt = performance.now();
      let inARow = 0;
      while (inARow < 20 && performance.now() < changedAt + 10_000) {
        await site.call();
        inARow = versionOf(site.backend.seen.at(-1)?.raw) === `${last}-${last}` ? inARow + 1 : 0;
      }
      const ratio = p99(ended) / p99(before);
      const torn = versionsSeen(site).filter((seen) => new Set(seen.split("-")).size !== 1).length;
      return [
        equal(`failed of ${ended.length}`, failed(ended), 0),
        isLong ? atMost("p99 ratio", ratio, 1.2) : noted("p99 ratio", ratio.toFixed(2)),
        equal("requests of two configurations", torn, 0),
        atMost("all threads new", performance.now() - changedAt, 1_000, " ms"),
      ];
    });
  },
};

async function change(site: Site, text: string): Promise<void> {
  await writeFile(join(site.folder, "apis/test/policy.xml"), text);
  site.process.kill("SIGHUP");
}

function versionsSeen({ backend }: Site): string[] {
  return backend.seen.flatMap(({ raw }) => versionOf(raw) ?? []);
}

/** What the policy wrote into a request. */
function versionOf(raw: readonly string[] = []): string | undefined {
  const at = raw.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === "x-version");
  return at < 0 ? undefined : raw[at + 1];
}

export const drain: Drill = {
  id: "D8",
  title: "SIGTERM under load, with streams, an HTTP/2 connection and a WebSocket open",
  async run({ isLong }) {
    const findings: Finding[] = [];
    let lost = 0;
    let offered = 0;
    const rounds = isLong ? 10 : 2;
    const codes = new Set<unknown>();
    let slowestMs = 0;
    let wholeStreams = 0;
    for (let round = 0; round < rounds; round++) {
      await withSite({ workers: 2, settings: { limits: { lameDuckMs: 1_500 } } }, async (site) => {
        site.backend.answer = (asked, response) => {
          if (asked.url !== "/items/stream") response.end("x");
          else setTimeout(() => response.end("end"), 2_500).ref() && response.write("begin ");
        };
        const stream = read(site, "/t/items/stream");
        // As behind a balancer: callers go elsewhere a second after it has said that it leaves.
        const load = site.load(150, 2_000);
        await sleep(1_000);
        const { code, ms } = await site.end("SIGTERM");
        const ended = await load;
        lost += failed(ended);
        offered += ended.length;
        codes.add(code);
        slowestMs = Math.max(slowestMs, ms);
        if ((await stream) === "begin end") wholeStreams++;
      });
    }
    findings.push(equal(`failed of ${offered}`, lost, 0));
    findings.push(equal("streams to their end", wholeStreams, rounds));
    findings.push(equal("exit code", [...codes].join(), "0"));
    findings.push(atMost("exit after", slowestMs, 32_000, " ms"));
    return [...findings, ...(await leavingConnections())];
  },
};

function read({ port }: Site, path: string): Promise<string> {
  return new Promise((resolve) => {
    get({ port, path, agent: false, headers: { "Ocp-Apim-Subscription-Key": KEY } }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("error", () => {});
      response.on("close", () => resolve(text));
    }).on("error", () => resolve(""));
  });
}

export const workerDies: Drill = {
  id: "D9",
  title: "a thread dies under load",
  isAlone: true,
  async run() {
    const backend = await Backend.start();
    const base = snapshot({ apis: [api("a", { serviceUrl: backend.url, operations: [operation("GET", "/*")] })] });
    const silent = { info: () => {}, warn: () => {}, error: () => {} };
    const sink = { write: (_bytes: Uint8Array, done: (error: Error | null) => void) => done(null), close: () => {} };
    const fleet = await Fleet.start({
      snapshot: { ...base, settings: { ...base.settings, accessLog: { enabled: false, file: undefined } } },
      threads: 2,
      memory: allocateStores(),
      replica: "drill",
      clock: systemClock,
      log: silent,
      logSink: sink,
      accessSink: sink,
      identities: NO_IDENTITIES,
      authorizations: NO_AUTHORIZATIONS,
      script: new URL("../../test/support/mortal-worker.ts", import.meta.url),
    });
    const channel = new BroadcastChannel("die");
    try {
      // Slow enough that calls are under way when it dies.
      backend.answer = (_request, response) => void setTimeout(() => response.end(), 50);
      const rate = 100;
      const load = openLoop({ port: fleet.addresses[0].port, path: "/a/x", rate, durationMs: 4_000 });
      await sleep(1_500);
      const deadAt = performance.now();
      channel.postMessage(1);
      while (fleet.serving === 2 && performance.now() < deadAt + 5_000) await sleep(1);
      while (fleet.serving < 2 && performance.now() < deadAt + 10_000) await sleep(5);
      const backMs = performance.now() - deadAt;
      const ended = await load;
      // What half of the calls of 50 ms and a new connection may be: those with the thread, and those the kernel had given it.
      return [
        atMost(`lost of ${ended.length}`, failed(ended), Math.ceil(rate * 0.1)),
        atMost("serves again after", backMs, 1_500, " ms"),
      ];
    } finally {
      channel.close();
      await fleet.close();
      await backend.close();
    }
  },
};
