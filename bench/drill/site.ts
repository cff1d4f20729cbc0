/** A gateway as users run it, in a process of its own, with a backend and load from this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Agent } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type FolderOptions, KEY, removeFolder, writeFolder } from "../../test/support/api-folder.ts";
import { Backend } from "../../test/support/backend.ts";
import { callOnce, type Ended, openLoop } from "../../test/support/open-loop.ts";

const COMMAND = new URL("../../src/cli/sallyport.ts", import.meta.url).pathname;
const PATH = "/t/items/1";
const headers = { "Ocp-Apim-Subscription-Key": KEY };

export interface SiteOptions {
  /** Of the API; the backend's URL is given. */
  readonly policy?: (backendUrl: string) => string;
  readonly backends?: (backendUrl: string) => FolderOptions["backends"];
  readonly settings?: object;
  readonly workers?: number;
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

  private constructor(backend: Backend, folder: string, ports: readonly number[], child: ChildProcess) {
    this.backend = backend;
    this.folder = folder;
    [this.port, this.adminPort] = ports;
    this.process = child;
    child.stdout?.on("data", (chunk: Buffer) => {
      this.logBytes += chunk.length;
      this.logText += chunk.toString("latin1");
    });
  }

  /** Resolves when it is ready. */
  static async start({ policy, backends, settings = {}, workers = 1 }: SiteOptions): Promise<Site> {
    const backend = await Backend.start();
    const ports = [await freePort(), await freePort()];
    const folder = await writeFolder({
      serviceUrl: backend.url,
      policies: { api: policy?.(backend.url) ?? document("") },
      ...(backends === undefined ? {} : { backends: backends(backend.url) }),
      settings: {
        listeners: [{ host: "127.0.0.1", port: ports[0] }],
        admin: { port: ports[1] },
        accessLog: false,
        stores: { quotaFile: false },
        ...settings,
      },
    });
    const args = [COMMAND, "run", folder, "--no-watch", "--workers", String(workers)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (chunk) => (complaint += chunk));
    const site = new Site(backend, folder, ports, child);
    const deadline = performance.now() + 30_000;
    while ((await site.admin("/readyz")) !== 200) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`The gateway is not ready: ${complaint}`);
      await sleep(50);
    }
    // What every process does once is not what is drilled.
    await site.load(50, 1_000);
    return site;
  }

  call(path = PATH): Promise<Ended> {
    return callOnce({ port: this.port, path, headers });
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
