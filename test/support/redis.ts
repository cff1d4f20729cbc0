/** A Redis server for a test: an own process on a free port, gone with the test. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program, redis-server or valkey-server, as the machine has it; undefined: neither. */
export const redisProgram = ["redis-server", "valkey-server"].find((program) => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

/** For `test(..., { skip: noRedis })`: why the test is not run here; false where it is. */
export const noRedis =
  redisProgram === undefined ? "needs redis-server or valkey-server (apt install redis-server)" : false;

export class RedisServer {
  readonly port: number;
  readonly #extra: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), "sallyport-redis-"));
  #process: ChildProcess | undefined;

  private constructor(port: number, extra: readonly string[]) {
    this.port = port;
    this.#extra = extra;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), []);
    await server.start();
    return server;
  }

  /** A cluster of one node that has all slots. */
  static async startCluster(): Promise<RedisServer> {
    const port = await freePort();
    // The bus of the cluster needs a port of its own; by itself it would take one 10,000 higher, which may not exist.
    const bus = `${await freePort()}`;
    const options = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-port", bus];
    const server = new RedisServer(port, options);
    await server.start();
    await send(port, "CLUSTER ADDSLOTSRANGE 0 16383");
    while (!(await send(port, "CLUSTER INFO")).includes("cluster_state:ok"))
      await new Promise((resolve) => setTimeout(resolve, 25));
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = [
      "--port",
      `${this.port}`,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      this.#folder,
      ...this.#extra,
    ];
    this.#process = spawn(redisProgram ?? "redis-server", args, { stdio: "ignore" });
    for (let tries = 0; tries < 200; tries++) {
      if (await answers(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error("The Redis server did not start");
  }

  /** As a crash would: at once, with everything it knew. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** It stays connected and says nothing, until `thaw`. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await send(port, "PING")).startsWith("+PONG");
  } catch {
    return false;
  }
}

function send(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.on("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
