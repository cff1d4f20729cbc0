/**
 * Compares the gateway with a bare proxy (and nginx, when installed) in front of the same backend, in many short runs one after the
 * other, so that noise of the machine falls on all alike. The figure to trust is the CPU time of the proxy process for a request, user
 * and system, as the kernel counts it; read ratios, not absolutes.
 *
 *   npm run bench -- [--rounds 11] [--seconds 2] [--warmup 12] [--connections 50] [--body 0] [--json FILE] [--only bare,plain,doors,nginx]
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { ask, type Child, cpuMicroseconds, start } from "./child.ts";
import type { LoadOrder, LoadResult } from "./load.ts";
import { startNginx } from "./nginx.ts";
import { requestText } from "./request.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "11" },
    warmup: { type: "string", default: "12" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "50" },
    body: { type: "string", default: "0" },
    json: { type: "string" },
    only: { type: "string" },
  },
});

/** Flags of production: docs of hardening say why. */
const NODE_FLAGS = ["--disable-proto=delete", "--disallow-code-generation-from-strings"];

interface Contestant {
  readonly name: string;
  readonly label: string;
  start(backend: Child): Promise<Proxy | undefined>;
}

interface Proxy {
  readonly pid: number;
  readonly port: number;
  stop(): void;
}

interface Row {
  readonly name: string;
  readonly label: string;
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly errors: number;
  readonly ratio: number;
}

const script =
  (file: string, ...args: string[]) =>
  async (backend: Child): Promise<Proxy> => {
    const child = await start(file, [...args, String(backend.port)], NODE_FLAGS);
    return { pid: child.pid, port: child.port, stop: () => child.process.kill() };
  };

const CONTESTANTS: readonly Contestant[] = [
  { name: "bare", label: "bare proxy (node:http + undici)", start: script("bare-proxy.ts") },
  { name: "plain", label: "gateway (a) without policy", start: script("gateway.ts", "plain") },
  { name: "doors", label: "gateway (b) key, JWT, rate limit, two expressions", start: script("gateway.ts", "doors") },
  { name: "nginx", label: "nginx, one worker", start: startNginx },
];

interface Sample extends LoadResult {
  readonly cpuUs: number;
}

async function measure(proxy: Proxy, load: Child, durationMs: number): Promise<Sample> {
  const order: LoadOrder = {
    port: proxy.port,
    connections: Number(values.connections),
    durationMs,
    request: requestText(Number(values.body)),
  };
  const before = cpuMicroseconds(proxy.pid);
  const result = await ask<LoadResult>(load, order);
  return { ...result, cpuUs: (cpuMicroseconds(proxy.pid) - before) / Math.max(1, result.requests) };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function rowOf(contestant: Contestant, samples: readonly Sample[], bareSamples: readonly Sample[] | undefined): Row {
  const of = (pick: (sample: Sample) => number) => median(samples.map(pick));
  return {
    name: contestant.name,
    label: contestant.label,
    cpuUs: of((s) => s.cpuUs),
    perSecond: of((s) => s.requests / s.seconds),
    p50Us: of((s) => s.p50Us),
    p99Us: of((s) => s.p99Us),
    errors: samples.reduce((sum, s) => sum + s.errors, 0),
    // Pairs of one round share the weather.
    ratio: bareSamples === undefined ? Number.NaN : median(samples.map((s, i) => s.cpuUs / bareSamples[i].cpuUs)),
  };
}

function print(rows: readonly Row[]): void {
  const cells = (row: Row) => [
    row.label,
    row.cpuUs.toFixed(1),
    Math.round(row.perSecond).toLocaleString("en"),
    row.p50Us.toLocaleString("en"),
    row.p99Us.toLocaleString("en"),
    Number.isNaN(row.ratio) ? "-" : row.ratio.toFixed(2),
    String(row.errors),
  ];
  const table = [["proxy", "CPU us/request", "requests/s", "p50 us", "p99 us", "ratio", "errors"], ...rows.map(cells)];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  for (const line of table) {
    console.log(
      line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  "),
    );
  }
}

async function main(): Promise<number> {
  const rounds = Number(values.rounds);
  const durationMs = Number(values.seconds) * 1000;
  const only = values.only?.split(",");
  const backend = await start("backend.ts", []);
  const load = await start("load.ts", []);
  const running: { contestant: Contestant; proxy: Proxy; samples: Sample[] }[] = [];
  try {
    for (const contestant of CONTESTANTS) {
      if (only !== undefined && !only.includes(contestant.name)) continue;
      const proxy = await contestant.start(backend);
      if (proxy === undefined) console.log(`${contestant.label}: not installed, left out`);
      else running.push({ contestant, proxy, samples: [] });
    }
    // V8 needs some ten thousand requests until it has compiled what is hot; until then it is the compiler that is measured.
    for (const { proxy } of running) await measure(proxy, load, Number(values.warmup) * 1000);
    for (let round = 0; round < rounds; round++) {
      for (const { proxy, samples } of running) samples.push(await measure(proxy, load, durationMs));
    }
    const bare = running.find((r) => r.contestant.name === "bare")?.samples;
    const rows = running.map((r) => rowOf(r.contestant, r.samples, bare));
    console.log(
      `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "?"}), ${rounds} rounds of ${values.seconds} s,`,
    );
    console.log(
      `${values.connections} connections, ${values.body === "0" ? "GET" : `POST of ${values.body} bytes`}, 1,000 bytes in answer\n`,
    );
    print(rows);
    if (values.json !== undefined) {
      const facts = {
        node: process.version,
        cpu: cpus()[0]?.model,
        cpus: cpus().length,
        ...values,
        rows,
        at: new Date().toISOString(),
      };
      writeFileSync(values.json, `${JSON.stringify(facts, null, 2)}\n`);
    }
    return rows.some((row) => row.errors > 0) ? 1 : 0;
  } finally {
    for (const { proxy } of running) proxy.stop();
    backend.process.kill();
    load.process.kill();
  }
}

process.exitCode = await main();
