/**
 * Compares the gateway, on both of its HTTP engines, with nginx as a bare proxy in front of the same backend: many short runs one after
 * the other, so that noise of the machine falls on all alike. The figure to trust is the CPU time of the proxy process for a request,
 * user and system, as the kernel counts it; read ratios, not absolutes.
 *
 *   npm run bench -- [--rounds 7] [--seconds 2] [--warmup 100000] [--connections 50] [--json FILE] [--svg FILE]
 *                    [--workloads get,post,large,stream,tls] [--only nginx,plain,plain-node,doors,doors-node,bare,workers-1,workers-2]
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { switchesOf } from "../src/cli/runtime-safety.ts";
import { chart } from "./chart.ts";
import { startCommand } from "./command.ts";
import { ask, type Child, cpuMicroseconds, start } from "./child.ts";
import type { LoadOrder, LoadResult } from "./load.ts";
import { startNginx } from "./nginx.ts";
import { requestText } from "./request.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    warmup: { type: "string", default: "100000" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "50" },
    workloads: { type: "string", default: "get,post,large,stream,tls" },
    json: { type: "string" },
    svg: { type: "string" },
    only: { type: "string", default: "nginx,codec,plain,plain-node,doors,doors-node" },
  },
});

/** As in production. */
const NODE_FLAGS = switchesOf({ env: {}, execArgv: [] });

interface Contestant {
  readonly name: string;
  readonly label: string;
  start(backend: Child): Promise<Proxy | undefined>;
}

interface Proxy {
  readonly pid: number;
  readonly port: number;
  /** 0: it speaks no TLS. */
  readonly tlsPort: number;
  stop(): void;
}

interface Workload {
  readonly name: string;
  readonly title: string;
  readonly request: string;
  readonly isTls: boolean;
}

interface Row {
  readonly name: string;
  readonly label: string;
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly errors: number;
  /** CPU time against nginx, and against the same gateway on node:http; NaN: there is none to compare with. */
  readonly toNginx: number;
  readonly toNode: number;
}

const script =
  (file: string, ...args: string[]) =>
  async (backend: Child): Promise<Proxy> => {
    const child = await start(file, [...args, String(backend.port)], NODE_FLAGS);
    return { pid: child.pid, port: child.port, tlsPort: child.tlsPort, stop: () => child.process.kill() };
  };

const CONTESTANTS: readonly Contestant[] = [
  { name: "nginx", label: "nginx, one worker", start: startNginx },
  { name: "bare", label: "bare proxy (node:http + undici)", start: script("bare-proxy.ts") },
  { name: "tcp", label: "bytes passed on in Node", start: script("tcp-relay.ts") },
  { name: "codec", label: "own codec, no gateway", start: script("codec-relay.ts") },
  { name: "plain", label: "gateway without policy", start: script("gateway.ts", "plain", "native") },
  { name: "plain-node", label: "the same, engine node", start: script("gateway.ts", "plain", "node") },
  { name: "workers-1", label: "sallyport run, one thread", start: (backend) => startCommand(backend, 1) },
  { name: "workers-2", label: "sallyport run, two threads", start: (backend) => startCommand(backend, 2) },
  { name: "doors", label: "gateway: key, JWT, limit, two expressions", start: script("gateway.ts", "doors", "native") },
  { name: "doors-node", label: "the same, engine node", start: script("gateway.ts", "doors", "node") },
];

const WORKLOADS: readonly Workload[] = [
  { name: "get", title: "GET, 1,000 bytes", request: requestText("42", 0), isTls: false },
  { name: "post", title: "POST of 2 kB, 1,000 bytes", request: requestText("42", 2_048), isTls: false },
  { name: "large", title: "GET, 64 KiB", request: requestText("large", 0), isTls: false },
  { name: "stream", title: "GET, 200 chunks of 64 bytes", request: requestText("stream", 0), isTls: false },
  { name: "tls", title: "GET over TLS 1.3, 1,000 bytes", request: requestText("42", 0), isTls: true },
];

interface Sample extends LoadResult {
  readonly cpuUs: number;
}

async function measure(proxy: Proxy, load: Child, workload: Workload, durationMs: number): Promise<Sample> {
  const { request, isTls } = workload;
  const port = isTls ? proxy.tlsPort : proxy.port;
  const order: LoadOrder = { port, isTls, connections: Number(values.connections), durationMs, request };
  const before = cpuMicroseconds(proxy.pid);
  const result = await ask<LoadResult>(load, order);
  return { ...result, cpuUs: (cpuMicroseconds(proxy.pid) - before) / Math.max(1, result.requests) };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Pairs of one round share the weather. */
function ratio(all: Samples, name: string, other: string): number {
  const [own, measure] = [all.get(name), all.get(other)];
  return own === undefined || measure === undefined || name === other
    ? Number.NaN
    : median(own.map((sample, i) => sample.cpuUs / measure[i].cpuUs));
}

function rowOf({ name, label }: Contestant, all: Samples): Row {
  const samples = all.get(name) ?? [];
  const of = (pick: (sample: Sample) => number) => median(samples.map(pick));
  return {
    name,
    label,
    cpuUs: of((s) => s.cpuUs),
    perSecond: of((s) => s.requests / s.seconds),
    p50Us: of((s) => s.p50Us),
    p99Us: of((s) => s.p99Us),
    errors: samples.reduce((sum, s) => sum + s.errors, 0),
    toNginx: ratio(all, name, "nginx"),
    toNode: ratio(all, name, `${name}-node`),
  };
}

function print(title: string, rows: readonly Row[]): void {
  const times = (value: number) => (Number.isNaN(value) ? "-" : value.toFixed(2));
  const cells = (row: Row) => [
    row.label,
    row.cpuUs.toFixed(1),
    times(row.toNginx),
    times(row.toNode),
    Math.round(row.perSecond).toLocaleString("en"),
    row.p50Us.toLocaleString("en"),
    row.p99Us.toLocaleString("en"),
    String(row.errors),
  ];
  const head = ["CPU us/request", "to nginx", "to node engine", "requests/s", "p50 us", "p99 us", "errors"];
  const table = [[title, ...head], ...rows.map(cells)];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join(" | ")} |`;
  console.log(line(table[0]));
  console.log(`|${widths.map((width, i) => "-".repeat(width + 1) + (i === 0 ? "-" : ":")).join("|")}|`);
  for (const row of table.slice(1)) console.log(line(row));
  console.log("");
}

interface Running {
  readonly contestant: Contestant;
  readonly proxy: Proxy;
}

const WARM_UP_MS = 2_000;
const MAX_WARM_UPS = 15;

/** V8 needs a hundred thousand requests until it has compiled what is hot; until then it is the compiler that is measured. */
async function warmUp(proxy: Proxy, load: Child, workload: Workload): Promise<void> {
  let left = Number(values.warmup);
  for (let i = 0; i < MAX_WARM_UPS && left > 0; i++)
    left -= (await measure(proxy, load, workload, WARM_UP_MS)).requests;
}

async function runWorkload(workload: Workload, all: readonly Running[], load: Child): Promise<Row[]> {
  const running = all.filter(({ proxy }) => !workload.isTls || proxy.tlsPort > 0);
  const samples = new Map<string, Sample[]>(running.map(({ contestant }) => [contestant.name, []]));
  for (const { proxy } of running) await warmUp(proxy, load, workload);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { contestant, proxy } of running)
      samples.get(contestant.name)?.push(await measure(proxy, load, workload, Number(values.seconds) * 1_000));
  }
  return running.map(({ contestant }) => rowOf(contestant, samples));
}

async function main(): Promise<number> {
  const only = values.only.split(",");
  const chosen = values.workloads.split(",");
  const backend = await start("backend.ts", []);
  const load = await start("load.ts", []);
  const running: Running[] = [];
  try {
    for (const contestant of CONTESTANTS.filter(({ name }) => only.includes(name))) {
      const proxy = await contestant.start(backend);
      if (proxy === undefined) console.log(`${contestant.label}: not installed, left out`);
      else running.push({ contestant, proxy });
    }
    const facts =
      `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "?"}), ` +
      `${values.connections} connections, ${values.rounds} rounds of ${values.seconds} s, medians`;
    console.log(`${facts}\n`);
    const results: { workload: string; title: string; rows: Row[] }[] = [];
    for (const workload of WORKLOADS.filter(({ name }) => chosen.includes(name))) {
      const rows = await runWorkload(workload, running, load);
      print(workload.title, rows);
      results.push({ workload: workload.name, title: workload.title, rows });
    }
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ facts, at: new Date().toISOString(), results }, null, 2)}\n`);
    if (values.svg !== undefined) {
      const groups = results.map(({ title, rows }) => ({ title, bars: rows }));
      writeFileSync(values.svg, chart(groups, `CPU time of the proxy for a request. ${facts}`));
    }
    return results.some(({ rows }) => rows.some((row) => row.errors > 0)) ? 1 : 0;
  } finally {
    for (const { proxy } of running) proxy.stop();
    backend.process.kill();
    load.process.kill();
  }
}

process.exitCode = await main();
