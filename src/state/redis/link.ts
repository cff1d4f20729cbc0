/**
 * The one connection of a thread to Redis or Valkey. Every command has a deadline that fires; after a few failures in a row a breaker
 * answers "unavailable" at once, and a single probe in the background finds out when the server is back. Nothing waits in a queue for
 * a server that is gone, so no request ever hangs, and none is sent late.
 */
import type { Cluster, ClusterOptions, Redis, RedisOptions } from "ioredis";
import { SCRIPTS, type ScriptName } from "./scripts.ts";

export interface LinkOptions {
  /** `redis://user:password@host:6379/0`, `rediss://` for TLS; several hosts for cluster mode: `redis+cluster://a:6379,b:6379`. */
  readonly url: string;
  /** Longest wait for an answer; default 50 ms. */
  readonly deadlineMs?: number;
  /** Before every key; default `sallyport:`. */
  readonly prefix?: string;
  /** Told when the breaker opens and when it closes: once a change. */
  readonly onChange?: (isAvailable: boolean, reason: string) => void;
}

/** The store cannot be asked now. The message names no address and no password. */
export class StoreUnavailable extends Error {
  constructor(reason: string) {
    super(`The shared store is not available: ${reason}`);
    this.name = "StoreUnavailable";
  }
}

/** Failures in a row that open the breaker. */
const FAILURES = 5;
const PROBE_MS = 250;
const CONNECT_MS = 1_000;

type Client = (Redis | Cluster) & Record<ScriptName, (key: string, ...args: (string | number)[]) => Promise<unknown>>;

export class RedisLink {
  readonly #client: Client;
  readonly #prefix: string;
  readonly #onChange: LinkOptions["onChange"];
  #failures = 0;
  #isOpen = false;
  #isClosed = false;
  #probe: NodeJS.Timeout | undefined;

  private constructor(client: Client, options: LinkOptions) {
    this.#client = client;
    this.#prefix = options.prefix ?? "sallyport:";
    this.#onChange = options.onChange;
    // Failures are counted where commands fail; without a listener the event would end the process.
    client.on("error", () => {});
  }

  /** Loads the client and begins to connect; does not wait: a gateway starts without its store. */
  static async open(options: LinkOptions): Promise<RedisLink> {
    const ioredis = await loadClient();
    const link = new RedisLink(connect(ioredis, options), options);
    await link.#firstContact();
    return link;
  }

  get isAvailable(): boolean {
    return !this.#isOpen;
  }

  /** @throws StoreUnavailable */
  async run(script: ScriptName, key: string, ...args: (string | number)[]): Promise<number[] | number> {
    return (await this.#guard(() => this.#client[script](this.#prefix + key, ...args))) as number[] | number;
  }

  /** Sends without waiting, whatever the breaker says: for what may be lost, and is better not. */
  tell(script: ScriptName, key: string, ...args: (string | number)[]): void {
    this.#client[script](this.#prefix + key, ...args).catch(() => {});
  }

  /** Any other command. @throws StoreUnavailable */
  command<T>(send: (client: Redis | Cluster, prefix: string) => Promise<T>): Promise<T> {
    return this.#guard(() => send(this.#client, this.#prefix));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#probe);
    this.#client.disconnect();
  }

  async #guard<T>(send: () => Promise<T>): Promise<T> {
    if (this.#isOpen || this.#isClosed) throw new StoreUnavailable("it did not answer before");
    try {
      const answer = await send();
      this.#failures = 0;
      return answer;
    } catch (error) {
      throw this.#failed(error as Error);
    }
  }

  #failed(error: Error): StoreUnavailable {
    const reason = reasonOf(error);
    this.#failures++;
    if (this.#failures >= FAILURES && !this.#isOpen && !this.#isClosed) {
      this.#isOpen = true;
      this.#onChange?.(false, reason);
      this.#probeLater();
    }
    return new StoreUnavailable(reason);
  }

  #probeLater(): void {
    // Replicas that lost the server together do not come back together.
    const wait = PROBE_MS * (0.75 + Math.random() / 2);
    this.#probe = setTimeout(() => void this.#ask(), wait);
    this.#probe.unref();
  }

  async #ask(): Promise<void> {
    try {
      await this.#client.present(`${this.#prefix}probe`, "probe", 1_000);
      this.#failures = 0;
      this.#isOpen = false;
      this.#onChange?.(true, "it answers again");
    } catch {
      if (!this.#isClosed) this.#probeLater();
    }
  }

  /** Gives the first connection its chance, so that the first requests find it. */
  async #firstContact(): Promise<void> {
    const isReady = await new Promise<boolean>((resolve) => {
      this.#client.once("ready", () => resolve(true));
      setTimeout(() => resolve(false), CONNECT_MS).unref();
    });
    if (isReady) return;
    this.#failures = FAILURES - 1;
    this.#failed(new Error("connect ETIMEDOUT"));
  }
}

type Library = Pick<typeof import("ioredis"), "Redis" | "Cluster">;

async function loadClient(): Promise<Library> {
  try {
    return await import("ioredis");
  } catch (error) {
    throw new Error("A Redis store needs the package ioredis: npm install ioredis", { cause: error });
  }
}

function connect(ioredis: Library, options: LinkOptions): Client {
  const scripts = Object.fromEntries(
    Object.entries(SCRIPTS).map(([name, lua]) => [name, { numberOfKeys: 1, lua }]),
  ) as RedisOptions["scripts"];
  const common: RedisOptions = {
    commandTimeout: options.deadlineMs ?? 50,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(50 * times, 1_000),
    scripts,
  };
  if (!options.url.startsWith("redis+cluster://")) return new ioredis.Redis(options.url, common) as unknown as Client;
  const { nodes, redis } = clusterNodes(options.url);
  const cluster: ClusterOptions = {
    redisOptions: { ...common, ...redis },
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    scripts,
  };
  return new ioredis.Cluster(nodes, cluster) as unknown as Client;
}

function clusterNodes(url: string): { nodes: { host: string; port: number }[]; redis: RedisOptions } {
  const [, credentials, hosts] = /^redis\+cluster:\/\/(?:([^@]*)@)?([^/]*)/.exec(url) ?? ["", "", ""];
  const [username, password] = (credentials ?? "").split(":").map(decodeURIComponent);
  const nodes = hosts.split(",").map((node) => {
    const { hostname, port } = new URL(`redis://${node}`);
    return { host: hostname, port: port === "" ? 6379 : Number(port) };
  });
  return { nodes, redis: { ...(username ? { username } : {}), ...(password ? { password } : {}) } };
}

/** Server and socket errors by kind; their texts may hold addresses and arguments. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  if (/timed out/i.test(error.message)) return "it did not answer in time";
  const kind = /^([A-Z]{2,20})\b/.exec(error.message)?.[1];
  return kind ?? "the connection is closed";
}
