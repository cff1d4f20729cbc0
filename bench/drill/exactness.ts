/**
 * Limits of several processes over one Redis, exact and leased; and a quota near its end in a process that is killed: what the next one
 * still knows, with the file and with Redis.
 */
import { tmpdir } from "node:os";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { noRedis, RedisServer } from "../../test/support/redis.ts";
import { atLeast, atMost, type Drill, type Finding, sideBySide } from "./drill.ts";
import { document, failed, launch, Site, withSite } from "./site.ts";

const PROCESSES = 4;
const limit = (calls: number) =>
  document(`<rate-limit-by-key calls="${calls}" renewal-period="300" counter-key="all" />`);

export const exactness: Drill = {
  id: "limits",
  title: "one limit, four processes over Redis, five times as many calls",
  isLong: true,
  missing: noRedis,
  async run({ isLong }) {
    const findings: Finding[] = [];
    const many = isLong ? 2_000 : 500;
    findings.push(...(await offered("exact", many, 1, [many, many])));
    findings.push(...(await offered("leased", many, 1, [Math.ceil(many * 0.98), many])));
    // Two threads each: eight takers.
    findings.push(...(await offered("leased", 10, 2, [9, 10])));
    return findings;
  },
};

async function offered(
  mode: "exact" | "leased",
  calls: number,
  workers: number,
  [least, most]: readonly [number, number],
): Promise<Finding[]> {
  const server = await RedisServer.start();
  const sites: Site[] = [];
  try {
    const redis = { url: server.url, mode, deadlineMs: 2_000 };
    // The limit counts from the second load on: the first warms the process up.
    for (let i = 0; i < PROCESSES; i++)
      sites.push(
        await Site.start({ policy: () => limit(calls), settings: { stores: { redis } }, workers, isCold: true }),
      );
    // Takers know of each other when each has shown itself again.
    await sleep(2_000);
    const ended = await Promise.all(sites.map((site) => site.load((5 * calls) / PROCESSES / 3, 3_000)));
    const granted = ended.flat().length - failed(ended.flat());
    const what = `${mode}: of ${calls} to ${PROCESSES * workers} takers`;
    return [atMost(what, granted, most), atLeast(what, granted, least)];
  } finally {
    await Promise.all(sites.map((site) => site.stop()));
    await server.stop();
  }
}

const QUOTA = 1_000;
const quota = document(`<quota-by-key calls="${QUOTA}" renewal-period="2592000" counter-key="all" />`);
/** Calls in the last second before the kill. */
const LAST_SECOND = 100;

export const quotaKilled: Drill = {
  id: "quota",
  title: "a quota near its end, the process killed, started again",
  async run() {
    const file = join(tmpdir(), `sallyport-drill-quota-${process.pid}`, "quotas.db");
    const [onDisk, overRedis] = await sideBySide(killed({ quotaFile: file }), killedOverRedis());
    await rm(join(file, ".."), { recursive: true, force: true });
    return [
      atMost("with its file: granted beyond the quota", onDisk.granted - QUOTA, LAST_SECOND),
      atLeast("with its file: granted", onDisk.granted + onDisk.cut, QUOTA),
      ...(overRedis === undefined
        ? []
        : [
            atMost("with Redis: granted", overRedis.granted, QUOTA),
            atLeast("with Redis: granted, or cut by the kill", overRedis.granted + overRedis.cut, QUOTA),
          ]),
    ];
  },
};

async function killedOverRedis(): Promise<Granted | undefined> {
  if (noRedis !== false) return undefined;
  const server = await RedisServer.start();
  try {
    return await killed({ redis: { url: server.url, deadlineMs: 2_000 } });
  } finally {
    await server.stop();
  }
}

interface Granted {
  readonly granted: number;
  /** Calls that were under way when the process was killed: counted, and never answered. */
  readonly cut: number;
}

/** What one quota grants to a process, and to the next one after it was killed in the middle of calls. */
function killed(stores: object): Promise<Granted> {
  return withSite({ policy: () => quota, settings: { stores }, workers: 2, isCold: true }, async (site) => {
    const first = await site.load(400, 2_000);
    const last = site.load(LAST_SECOND, 1_000);
    await sleep(990);
    await site.end("SIGKILL");
    const before = [...first, ...(await last)];
    const cut = before.filter(({ status }) => status === 0).length;
    let granted = before.filter(({ status }) => status === 200).length;
    const child = launch(site.folder, 2, {});
    child.stdout?.resume();
    while ((await site.admin("/readyz")) !== 200) await sleep(50);
    for (const one of await site.load(200, 3_000)) if (one.status === 200) granted++;
    child.kill("SIGKILL");
    return { granted, cut };
  });
}
