/** D13: the disk of the access log is full, then has room again; standard output is closed. */
import { rm, stat, symlink, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { atMost, type Drill, equal } from "./drill.ts";
import { failed, type Site, withSite } from "./site.ts";

export const logDiskFull: Drill = {
  id: "D13",
  title: "log disk full, standard output closed",
  async run({ isLong }) {
    const file = join(tmpdir(), `sallyport-drill-${process.pid}.log`);
    await symlink("/dev/full", file);
    try {
      return await withSite({ settings: { accessLog: { file } } }, async (site) => {
        site.process.stdout?.destroy();
        const full = await site.load(150, isLong ? 60_000 : 2_000);
        await rm(file);
        await writeFile(file, "");
        const freeAt = performance.now();
        const after = await untilWritten(site, file);
        const resumedMs = performance.now() - freeAt;
        await sleep(1_500);
        // Without the notice of how many are missing, and the end of the last line.
        const lines = readFileSync(file, "latin1")
          .split("\n")
          .filter((line) => line.includes("correlationId")).length;
        const dropped = await droppedLines(site);
        // 50 calls have warmed it up.
        const calls = 50 + full.length + after;
        return [
          equal(`failed of ${full.length}`, failed(full), 0),
          atMost("logging again after", resumedMs, 10_000, " ms"),
          equal(`lines written and dropped, of ${calls}`, lines + dropped, calls),
        ];
      });
    } finally {
      await rm(file, { force: true });
    }
  },
};

/** Calls until a line is in the file; gives their number. */
async function untilWritten(site: Site, file: string): Promise<number> {
  const deadline = performance.now() + 15_000;
  let calls = 0;
  while ((await stat(file)).size === 0 && performance.now() < deadline) {
    await site.call();
    calls++;
    await sleep(100);
  }
  return calls;
}

function droppedLines({ adminPort }: Site): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port: adminPort, path: "/metrics", agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve(Number(/lines_dropped_total\{log="access"\} (\d+)/.exec(text)?.[1] ?? 0)));
    }).on("error", reject);
  });
}
