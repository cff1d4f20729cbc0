/**
 * What the gateway adds to a call of a model, beside nginx as a bare proxy and, where it is installed, beside Portkey's gateway: CPU time for a
 * chat of 2 kB, and the delay of a stream's first byte and of its events. All in one run, in turns, so that noise of the machine falls on all
 * alike. The proxies do different things: nginx knows nothing of keys, tokens and models, Portkey's gateway translates formats.
 *
 *   npm run bench:ai -- [--rounds 5] [--seconds 2] [--warmup 6] [--connections 50] [--streams 100 | 0] [--portkey FOLDER] [--only policies,nginx]
 *
 * FOLDER is one in which `npm install @portkey-ai/gateway` was run.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { switchesOf } from "../../src/cli/runtime-safety.ts";
import { ask, type Child, cpuMicroseconds, start } from "../child.ts";
import type { LoadOrder, LoadResult } from "../load.ts";
import { startNginx } from "../nginx.ts";
import { KEY, token } from "../request.ts";
import type { StreamOrder, StreamResult } from "./stream-client.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    warmup: { type: "string", default: "6" },
    seconds: { type: "string", default: "2" },
    connections: { type: "string", default: "50" },
    streams: { type: "string", default: "100" },
    portkey: { type: "string" },
    only: { type: "string", default: "direct,nginx,policies,estimate,ledger,portkey" },
  },
});

const NODE_FLAGS = switchesOf({ env: {}, execArgv: [] });

interface Proxy {
  readonly pid: number;
  readonly port: number;
  stop(): void;
}

interface Contestant {
  readonly name: string;
  readonly label: string;
  readonly path: string;
  readonly headers: (backend: Child) => readonly string[];
  /** A text: why it is not run. */
  start(backend: Child): Promise<Proxy | string>;
}

const gateway = (mode: string) => async (backend: Child) => {
  const child = await start("ai/gateway.ts", [mode, String(backend.port)], NODE_FLAGS);
  return { pid: child.pid, port: child.port, stop: () => child.process.kill() };
};
const ours = { path: "/models/chat/completions", headers: () => [`Ocp-Apim-Subscription-Key: ${KEY}`] };

const CONTESTANTS: readonly Contestant[] = [
  {
    ...ours,
    name: "direct",
    label: "the model itself",
    start: async ({ pid, port }) => ({ pid, port, stop: () => {} }),
  },
  {
    ...ours,
    name: "nginx",
    label: "nginx, one worker, a bare proxy",
    start: async (backend) => (await startNginx(backend, true)) ?? "it is not installed",
  },
  { ...ours, name: "policies", label: "gateway: key, JWT, token limit, metric", start: gateway("policies") },
  { ...ours, name: "estimate", label: "the same, prompts tokenised before", start: gateway("estimate") },
  { ...ours, name: "ledger", label: "the first, with the usage ledger", start: gateway("ledger") },
  {
    name: "portkey",
    label: "Portkey's gateway, no policy",
    path: "/v1/chat/completions",
    headers: (backend) => ["x-portkey-provider: openai", `x-portkey-custom-host: http://127.0.0.1:${backend.port}/v1`],
    start: startPortkey,
  },
];

async function startPortkey(): Promise<Proxy | string> {
  if (values.portkey === undefined) return "no --portkey FOLDER was given";
  const script = join(values.portkey, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(script)) return `${script} is not there`;
  const port = await freePort();
  const env = { ...process.env, NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" };
  const child = spawn(process.execPath, [script, "--headless", `--port=${port}`], { stdio: "ignore", env });
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer?.ok === true) return { pid: child.pid as number, port, stop: () => child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  return "it did not start";
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const CHAT_BYTES = 2_048;

function requestOf({ path, headers }: Contestant, backend: Child, isStream: boolean): string {
  const words = "What is the weather like in the town by the river today? ";
  const frame = (content: string) =>
    JSON.stringify({ model: "gpt-4o", max_tokens: 100, stream: isStream, messages: [{ role: "user", content }] });
  const body = frame(words.repeat(50).slice(0, CHAT_BYTES - frame("").length));
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: api.example",
    "User-Agent: sallyport-bench/1",
    "Accept: application/json",
    "Content-Type: application/json",
    `Authorization: Bearer ${token()}`,
    ...headers(backend),
    `Content-Length: ${body.length}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

interface Running {
  readonly contestant: Contestant;
  readonly proxy: Proxy;
  readonly cpuUs: number[];
  readonly perSecond: number[];
  readonly firstUs: number[];
  readonly eventUs: number[];
  readonly eventP99Us: number[];
  readonly streamCpuUs: number[];
  errors: number;
}

async function chat(one: Running, load: Child, backend: Child, seconds: number): Promise<void> {
  const request = requestOf(one.contestant, backend, false);
  const order: LoadOrder = {
    port: one.proxy.port,
    isTls: false,
    connections: Number(values.connections),
    durationMs: seconds * 1_000,
    request,
  };
  const before = cpuMicroseconds(one.proxy.pid);
  const result = await ask<LoadResult>(load, order);
  one.cpuUs.push((cpuMicroseconds(one.proxy.pid) - before) / Math.max(1, result.requests));
  one.perSecond.push(result.requests / result.seconds);
  one.errors += result.errors;
}

async function streams(one: Running, client: Child, backend: Child): Promise<void> {
  if (Number(values.streams) === 0) return;
  const request = requestOf(one.contestant, backend, true);
  const order: StreamOrder = { port: one.proxy.port, streams: Number(values.streams), request };
  const before = cpuMicroseconds(one.proxy.pid);
  const result = await ask<StreamResult>(client, order);
  one.streamCpuUs.push((cpuMicroseconds(one.proxy.pid) - before) / Math.max(1, result.events));
  one.firstUs.push(at(result.firstUs, 0.5));
  one.eventUs.push(at(result.eventUs, 0.5));
  one.eventP99Us.push(at(result.eventUs, 0.99));
  one.errors += result.errors;
}

function at(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const median = (numbers: readonly number[]) => at(numbers, 0.5);

/** Pairs of one round share the weather. */
function against(own: readonly number[], other: readonly number[] | undefined): string {
  if (other === undefined || other === own || other.length === 0) return "-";
  return median(own.map((value, i) => value / other[i])).toFixed(2);
}

function added(own: readonly number[], direct: readonly number[] | undefined): string {
  const difference = direct === undefined || direct === own ? Number.NaN : median(own) - median(direct);
  return Number.isNaN(difference) ? "-" : Math.round(difference).toString();
}

function print(running: readonly Running[]): void {
  const of = (name: string) => running.find(({ contestant }) => contestant.name === name);
  const [nginx, direct, portkey] = [of("nginx"), of("direct"), of("portkey")];
  const head = ["", "CPU us/chat", "to nginx", "to Portkey", "chats/s", "first byte us", "event us", "event p99 us"];
  const rows = running.map((one) => [
    one.contestant.label,
    one === direct ? "-" : median(one.cpuUs).toFixed(1),
    one === direct ? "-" : against(one.cpuUs, nginx?.cpuUs),
    one === direct ? "-" : against(one.cpuUs, portkey?.cpuUs),
    Math.round(median(one.perSecond)).toLocaleString("en"),
    added(one.firstUs, direct?.firstUs),
    added(one.eventUs, direct?.eventUs),
    added(one.eventP99Us, direct?.eventP99Us),
    one === direct || Number.isNaN(median(one.eventUs)) ? "-" : median(one.streamCpuUs).toFixed(1),
    String(one.errors),
  ]);
  const table = [[...head, "CPU us/event", "errors"], ...rows];
  const widths = table[0].map((_, i) => Math.max(3, ...table.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join(" | ")} |`;
  console.log(line(table[0]));
  console.log(`|${widths.map((width, i) => "-".repeat(width + 1) + (i === 0 ? "-" : ":")).join("|")}|`);
  for (const row of rows) console.log(line(row));
  console.log("\nFirst byte and event: medians beyond those of the model itself.");
}

/** What was measured while it warmed up. */
function forget(one: Running): void {
  for (const figures of [one.cpuUs, one.perSecond, one.firstUs, one.eventUs, one.eventP99Us, one.streamCpuUs])
    figures.length = 0;
  one.errors = 0;
}

async function main(): Promise<number> {
  const backend = await start("ai/models.ts", []);
  const load = await start("load.ts", []);
  const client = await start("ai/stream-client.ts", []);
  const running: Running[] = [];
  try {
    const wanted = values.only.split(",");
    for (const contestant of CONTESTANTS.filter(({ name }) => wanted.includes(name))) {
      const proxy = await contestant.start(backend);
      if (typeof proxy === "string") console.log(`Not run: ${contestant.label}: ${proxy}.`);
      else {
        const figures = { cpuUs: [], perSecond: [], firstUs: [], eventUs: [], eventP99Us: [], streamCpuUs: [] };
        running.push({ contestant, proxy, ...figures, errors: 0 });
      }
    }
    console.log(
      `Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? "?"}), ${values.connections} connections, ` +
        `${values.streams} streams, ${values.rounds} rounds, medians\n`,
    );
    // V8 needs some ten thousand requests until it has compiled what is hot.
    for (const one of running) {
      await chat(one, load, backend, Number(values.warmup));
      await streams(one, client, backend);
    }
    for (const one of running) forget(one);
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const one of running) await chat(one, load, backend, Number(values.seconds));
      for (const one of running) await streams(one, client, backend);
    }
    print(running);
    // What others cannot do is told by their row.
    return running.some(({ contestant, errors }) => errors > 0 && contestant.name !== "portkey") ? 1 : 0;
  } finally {
    for (const { proxy } of running) proxy.stop();
    for (const child of [backend, load, client]) child.process.kill();
  }
}

process.exitCode = await main();
