/** D17: the configuration is gone, or full of mistakes, while the gateway serves; and how long a cold start takes. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { callOnce } from "../../test/support/open-loop.ts";
import { atMost, type Drill, equal } from "./drill.ts";
import { document, failed, launch, type Site, withSite } from "./site.ts";

export const sourceGone: Drill = {
  id: "D17",
  title: "the folder of the configuration is gone, then back",
  run: ({ isLong }) =>
    withSite({ workers: 2 }, async (site) => {
      const spanMs = isLong ? 20_000 : 3_000;
      const load = site.load(150, spanMs);
      await rename(site.folder, `${site.folder}.away`);
      site.process.kill("SIGHUP");
      await sleep(spanMs / 3);
      const away = await site.call();
      const told = site.logText.length + site.errorText.length > 0;
      await rename(`${site.folder}.away`, site.folder);
      await writeFile(join(site.folder, "apis/test/policy.xml"), "<policies><half");
      site.process.kill("SIGHUP");
      await sleep(spanMs / 3);
      const ended = await load;
      await writeFile(join(site.folder, "apis/test/policy.xml"), document(""));
      await site.end("SIGKILL");
      const coldMs = await coldStart(site);
      return [
        equal(`failed of ${ended.length}`, failed(ended), 0),
        equal("served without its folder", away.status, 200),
        equal("told", told, true),
        isLong ? atMost("cold start", coldMs, 3_000, " ms") : atMost("cold start", coldMs, 10_000, " ms"),
      ];
    }),
};

async function coldStart({ folder, adminPort }: Site): Promise<number> {
  const startedAt = performance.now();
  const child = launch(folder, 1, {});
  child.stdout?.resume();
  while (
    (await callOnce({ port: adminPort, path: "/readyz" })).status !== 200 &&
    performance.now() < startedAt + 30_000
  )
    await sleep(20);
  const ms = performance.now() - startedAt;
  child.kill("SIGKILL");
  return ms;
}
