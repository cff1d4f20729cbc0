/** D12: the wall clock jumps, an hour ahead, two back, a day ahead; monotonic time goes on. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KEY } from "../../test/support/api-folder.ts";
import { callOnce } from "../../test/support/open-loop.ts";
import { atMost, type Drill, equal } from "./drill.ts";
import { document, failed, type Site, withSite } from "./site.ts";

/** https://github.com/wolfcw/libfaketime */
const LIBRARY = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
  .map((folder) => `${folder}/faketime/libfaketimeMT.so.1`)
  .find((file) => existsSync(file));
const MOST = 20;
/** Months: none of the jumps leads out of it, unless the drill runs at its very end. */
const PERIOD_SECONDS = 31 * 86_400;
const LIMITS = document(
  `<choose><when condition="@(context.Request.Headers.ContainsKey("X-Rate"))"><rate-limit-by-key calls="${MOST}" renewal-period="300" counter-key="k" /></when>
   <when condition="@(context.Request.Headers.ContainsKey("X-Quota"))"><quota-by-key calls="${MOST}" renewal-period="${PERIOD_SECONDS}" counter-key="k" /></when></choose>`,
);

export const clockJumps: Drill = {
  id: "D12",
  title: "the wall clock jumps",
  missing: LIBRARY === undefined && "needs libfaketime (apt install libfaketime)",
  async run({ isLong }) {
    const file = join(tmpdir(), `sallyport-drill-clock-${process.pid}`);
    await writeFile(file, "+0\n");
    const env = {
      LD_PRELOAD: LIBRARY ?? "",
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
    return await withSite({ policy: () => LIMITS, env, workers: 2 }, async (site) => {
      const granted = { rate: 0, quota: 0 };
      const take = async () => {
        for (let i = 0; i < MOST + 5; i++) {
          if ((await limited(site, "X-Rate")) === 200) granted.rate++;
          if ((await limited(site, "X-Quota")) === 200) granted.quota++;
        }
      };
      const jumps = ["+1h", "-2h", "+1d", "+0"];
      const spanMs = isLong ? 5_000 : 1_500;
      const load = site.load(100, (jumps.length + 1) * spanMs);
      await take();
      const cpu: number[] = [];
      for (const jump of jumps) {
        await writeFile(file, `${jump}\n`);
        const before = site.cpuMs;
        await sleep(spanMs);
        cpu.push((site.cpuMs - before) / spanMs);
        await take();
      }
      const ended = await load;
      const probes = [await site.admin("/livez"), await site.admin("/readyz")];
      return [
        equal(`failed of ${ended.length}`, failed(ended), 0),
        equal("granted by a rate", granted.rate, MOST),
        equal("granted by a quota", granted.quota, MOST),
        atMost("processor after a jump", 100 * Math.max(...cpu), 150, " %"),
        equal("liveness and readiness", probes.join(), "200,200"),
      ];
    });
  },
};

async function limited({ port }: Site, header: string): Promise<number> {
  const headers = { "Ocp-Apim-Subscription-Key": KEY, [header]: "1" };
  return (await callOnce({ port, path: "/t/items/1", headers })).status;
}
