/** A gateway as users run it, in a process of its own, with a backend and load from this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Agent } from "node:http";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FolderOptions, KEY, removeFolder, writeFolder } from "../../test/support/api-folder.ts";
import { Backend } from "../../test/support/backend.ts";
import { callOnce, type Ended, openLoop } from "../../test/support/open-loop.ts";
import { percentile } from "./drill.ts";

const COMMAND = new URL("../../src/cli/sallyport.ts", import.meta.url).pathname;
const PATH = "/t/items/1";
const headers = { "Ocp-Apim-Subscription-Key": KEY };

export interface SiteOptions {
  /** Of the API; the backend's URL is given. */
  readonly policy?: (backendUrl: string) => string;
  readonly backends?: (backendUrl: string) => FolderOptions["backends"];
  readonly settings?: object;
  readonly workers?: number;
  /** Of the API's backend, in place of the drill's own. */
  readonly serviceUrl?: string;
  /** More of the listener; with `tls` it starts cold. */
  readonly listener?: { readonly tls?: object };
  /** More properties of the API, and more paths of its definition. */
  readonly api?: object;
  readonly paths?: object;
  /** No load is put on it at the start. */
  readonly isCold?: boolean;
  /** Files of the configuration folder, made before the start. */
  readonly files?: Readonly<Record<string, string>>;
  /** What comes before the command, and more of its environment. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A document with these elements inbound, and in place of what the global scope does in the backend section. */
export function document(inbound: string, backend = "<base />"): string {
  return `<policies><inbound><base />${inbound}</inbound><backend>${backend}</backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
}

export class Site {
  readonly backend: Backend;
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
  readonly process: ChildProcess;
  /** Of standard output: the log. */
  logBytes = 0;
  logText = "";
  errorText = "";

  private constructor(backend: Backend, folder: string, ports: readonly number[], child: ChildProcess) {
    this.backend = backend;
    this.folder = folder;
    [this.port, this.adminPort] = ports;
    this.process = child;
    child.stdout?.on("data", (chunk: Buffer) => {
      this.logBytes += chunk.length;
      this.logText += chunk.toString("latin1");
    });
    child.stderr?.on("data", (chunk: Buffer) => (this.errorText += chunk.toString("latin1")));
  }

  /** Resolves when it is ready. */
  static async start({ policy, backends, settings = {}, workers = 1, ...options }: SiteOptions): Promise<Site> {
    const backend = await Backend.start();
    const ports = [await freePort(), await freePort()];
    const folder = await writeFolder({
      serviceUrl: options.serviceUrl ?? backend.url,
      policies: { api: policy?.(backend.url) ?? document("") },
      ...(options.api === undefined ? {} : { api: options.api }),
      ...(options.paths === undefined ? {} : { paths: options.paths }),
      ...(backends === undefined ? {} : { backends: backends(backend.url) }),
      settings: {
        listeners: [{ host: "127.0.0.1", port: ports[0], ...options.listener }],
        admin: { port: ports[1] },
        accessLog: false,
        stores: { quotaFile: false },
        ...settings,
      },
    });
    for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(join(folder, name), text);
    const child = launch(folder, workers, options);
    const site = new Site(backend, folder, ports, child);
    const deadline = performance.now() + 120_000;
    while ((await site.admin("/readyz")) !== 200) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await site.stop();
        throw new Error(`The gateway is not ready: ${site.errorText}`);
      }
      await sleep(50);
    }
    // What every process does once is not what is drilled.
    if (options.listener?.tls === undefined && options.isCold !== true) await site.load(50, 1_000);
    return site;
  }

  call(path = PATH): Promise<Ended> {
    return callOnce({ port: this.port, path, headers });
  }

  /** Resident memory of the gateway in MB. */
  get residentMb(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "latin1");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Processor time the gateway has used, in ms. */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, "latin1").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async admin(path: string): Promise<number> {
    return (await callOnce({ port: this.adminPort, path })).status;
  }

  /** @param rate calls a second */
  load(rate: number, durationMs: number, agent?: Agent): Promise<Ended[]> {
    return openLoop({
      port: this.port,
      path: PATH,
      headers,
      rate,
      durationMs,
      ...(agent === undefined ? {} : { agent }),
    });
  }

  /** Resolves with how it ended. */
  async end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }> {
    const startedAt = performance.now();
    this.process.kill(signal);
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, "exit");
    return { code: this.process.exitCode, ms: performance.now() - startedAt };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.end("SIGKILL");
    await this.backend.close();
    await removeFolder(this.folder);
  }
}

/** The command as users give it. */
export function launch(
  folder: string,
  workers: number,
  { before = [], env = {} }: Pick<SiteOptions, "before" | "env">,
): ChildProcess {
  const own = [process.execPath, COMMAND, "run", folder, "--no-watch", "--workers", String(workers)];
  const [program, ...args] = [...before, ...own];
  return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
}

/** Runs with a site that is gone afterwards. */
export async function withSite<T>(options: SiteOptions, run: (site: Site) => Promise<T>): Promise<T> {
  const site = await Site.start(options);
  try {
    return await run(site);
  } finally {
    await site.stop();
  }
}

/** Calls that did not get the status. */
export function failed(ended: readonly Ended[], status = 200): number {
  return ended.filter((one) => one.status !== status).length;
}

/** ms */
export function p99(ended: readonly Pick<Ended, "ms">[]): number {
  return percentile(
    ended.map(({ ms }) => ms),
    0.99,
  );
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
