import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Names of series as Prometheus sees them: those of histograms and summaries have endings. */
function seriesNames(): Set<string> {
  const names = new Set<string>();
  const files = globSync("src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
  for (const file of files) {
    const text = read(file);
    for (const { 1: name, index } of text.matchAll(/"((?:sallyport|process)_[a-z_]+)"/g)) {
      const type = /type: "(\w+)"/.exec(text.slice(index, index + 400))?.[1];
      const endings =
        type === "histogram" ? ["_bucket", "_sum", "_count"] : type === "summary" ? ["_sum", "_count"] : [""];
      for (const ending of endings) names.add(name + ending);
    }
  }
  return names;
}

const used = (text: string) => new Set(text.match(/\b(?:sallyport|process)_[a-z_]+/g) ?? []);

test("every metric that the dashboard and the alert rules name is one that the gateway counts", () => {
  const known = seriesNames();
  const dashboard = JSON.parse(read("examples/observability/dashboard.json")) as {
    panels: { id: number; targets: { expr: string }[] }[];
  };
  const inPanels = used(dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n"));
  assert.ok(inPanels.size >= 15);
  const named = [...inPanels, ...used(read("examples/observability/alerts.yaml"))];
  assert.deepEqual(named.filter((name) => !known.has(name)).sort(), []);
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
});
