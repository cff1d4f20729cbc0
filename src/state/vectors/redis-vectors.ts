/**
 * Vectors in Redis with its search module (https://redis.io/docs/latest/develop/interact/search-and-query/query/vector-search/), as Azure
 * API Management wants it: a hash for each entry, an index for each number of dimensions, searched exactly within a partition.
 */
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { type Found, unit, type Vectors } from "./vectors.ts";

export interface RedisVectorsOptions {
  /** `redis://user:password@host:6379/0`, `rediss://` for TLS. */
  readonly url: string;
  readonly timeoutMs: number;
  /** Before every key. */
  readonly prefix: string;
}

export class RedisVectors implements Vectors {
  readonly #client: Redis;
  readonly #prefix: string;
  /** Numbers of dimensions that have an index. */
  readonly #indexed = new Set<number>();

  private constructor(client: Redis, prefix: string) {
    this.#client = client;
    this.#prefix = `${prefix}semantic:`;
  }

  /** Rejects when the server does not answer, or has no search module. */
  static async open({ url, timeoutMs, prefix }: RedisVectorsOptions): Promise<RedisVectors> {
    if (url.startsWith("redis+cluster:"))
      throw new Error(
        "ai.semanticCache needs one Redis server, not a cluster: the search module of a cluster is another",
      );
    const { Redis } = await import("ioredis").catch((error) => {
      throw new Error("A Redis store needs the package ioredis: npm install ioredis", { cause: error });
    });
    const client = new Redis(url, {
      lazyConnect: true,
      commandTimeout: timeoutMs,
      connectTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
    // Failures are told where commands fail; without a listener the event would end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      await client.call("FT._LIST");
      return new RedisVectors(client, prefix);
    } catch (error) {
      client.disconnect();
      throw new Error(openFailure(error as Error), { cause: error });
    }
  }

  async nearest(partition: string, vector: Float32Array, maxDistance: number): Promise<Found | undefined> {
    await this.#index(vector.length);
    const query = `(@partition:{${partition}})=>[KNN 1 @vector $wanted AS distance]`;
    const answer = await this.#client.callBuffer(
      "FT.SEARCH",
      this.#indexName(vector.length),
      query,
      ...["PARAMS", "2", "wanted"],
      bytesOf(vector),
      ...["SORTBY", "distance", "RETURN", "2", "distance", "value", "LIMIT", "0", "1", "DIALECT", "2"],
    );
    const fields = fieldsOf(answer);
    const distance = Number(fields.get("distance")?.toString());
    const value = fields.get("value");
    return value === undefined || !(distance <= maxDistance) ? undefined : { distance, value };
  }

  async put(partition: string, vector: Float32Array, value: Uint8Array, ttlMs: number): Promise<void> {
    const direction = unit(vector);
    if (direction === undefined) return;
    await this.#index(vector.length);
    const key = `${this.#prefix}${vector.length}:${randomUUID()}`;
    const entry = { partition, vector: bytesOf(direction), value: Buffer.from(value) };
    // Both or neither: what never ends would stay for ever.
    const done = await this.#client.multi().hset(key, entry).pexpire(key, Math.ceil(ttlMs)).exec();
    const failure = done?.find(([error]) => error !== null)?.[0];
    if (failure) throw failure;
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  #indexName(dimensions: number): string {
    return `${this.#prefix}index:${dimensions}`;
  }

  async #index(dimensions: number): Promise<void> {
    if (this.#indexed.has(dimensions)) return;
    try {
      await this.#client.call(
        "FT.CREATE",
        this.#indexName(dimensions),
        ...["ON", "HASH", "PREFIX", "1", `${this.#prefix}${dimensions}:`],
        // A name is one word however it is spelled: no separator, capital letters stay.
        ...["SCHEMA", "partition", "TAG", "SEPARATOR", "|", "CASESENSITIVE"],
        ...["vector", "VECTOR", "FLAT", "6", "TYPE", "FLOAT32", "DIM", String(dimensions), "DISTANCE_METRIC", "COSINE"],
      );
    } catch (error) {
      // Another thread or replica was first.
      if (!/already exists/i.test((error as Error).message)) throw error;
    }
    this.#indexed.add(dimensions);
  }
}

/** Little-endian, as every machine that Node.js runs on has it. */
function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Number of results, then key and fields of each. */
function fieldsOf(answer: unknown): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  const fields = Array.isArray(answer) ? answer[2] : undefined;
  if (!Array.isArray(fields)) return found;
  for (let i = 0; i + 1 < fields.length; i += 2) found.set(String(fields[i]), fields[i + 1]);
  return found;
}

/** Texts of the server may hold its address. */
function openFailure({ message }: Error): string {
  if (/unknown command/i.test(message))
    return "The Redis server of ai.semanticCache cannot search by vectors: it needs its search module (RediSearch), which Redis 8 and Redis Stack have built in";
  const kind = /^(NOAUTH|WRONGPASS|NOPERM)\b/.exec(message)?.[1] ?? "it does not answer";
  return `The Redis server of ai.semanticCache cannot be used: ${kind}`;
}
