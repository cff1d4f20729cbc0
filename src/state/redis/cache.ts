/**
 * The external cache: values that replicas share over Redis or Valkey. It has a connection of its own, so that large values never delay a
 * counter. A server that is slow or gone is a miss, and costs no more than a deadline until the breaker of the connection opens.
 */
import type { Cache } from "../cache.ts";
import type { Locks } from "../locks.ts";
import { nameOf } from "../shared/cache.ts";
import { type RedisLink, StoreUnavailable } from "./link.ts";
import { RedisLocks } from "./locks.ts";

/** As in Azure API Management a response of 2 MiB may be kept, and its head. */
const MAX_VALUE_BYTES = 2 * 1024 * 1024 + 64 * 1024;
/** Bytes on their way to the server; more are not kept. */
const MAX_UNDER_WAY_BYTES = 16 * 1024 * 1024;
/** Removals that the server could not be told of: it is when it is back. */
const MAX_OWED = 10_000;

export class RedisCache implements Cache {
  readonly makers: Locks;
  readonly #link: RedisLink;
  readonly #locks: RedisLocks;
  readonly #owed = new Set<string>();
  #underWayBytes = 0;

  constructor(link: RedisLink) {
    this.#link = link;
    this.#locks = new RedisLocks(link);
    this.makers = { acquire: (key, slots) => this.#acquire(key, slots) };
  }

  async get(key: string): Promise<unknown> {
    const name = `cache:${nameOf(key)}`;
    if (this.#owed.has(name)) return undefined;
    try {
      return (await this.#link.command((client, prefix) => client.getBuffer(prefix + name))) ?? undefined;
    } catch (error) {
      return missed(error);
    }
  }

  /** What is no bytes, or too many, is not kept, nor what it replaces. */
  async put(key: string, value: unknown, ttlMs: number): Promise<void> {
    if (!(value instanceof Uint8Array) || value.length > MAX_VALUE_BYTES) return this.remove(key);
    if (this.#underWayBytes + value.length > MAX_UNDER_WAY_BYTES) return this.remove(key);
    const name = `cache:${nameOf(key)}`;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    this.#underWayBytes += bytes.length;
    try {
      await this.#link.command((client, prefix) =>
        client.set(prefix + name, bytes, "PX", Math.max(1, Math.ceil(ttlMs))),
      );
      this.#owed.delete(name);
    } catch (error) {
      missed(error);
    } finally {
      this.#underWayBytes -= bytes.length;
    }
  }

  async remove(key: string): Promise<void> {
    await this.#unlink(`cache:${nameOf(key)}`);
  }

  /** Tells the server, which is back, what was removed without it. */
  async settle(): Promise<void> {
    await Promise.all([...this.#owed].map((name) => this.#unlink(name)));
  }

  async close(): Promise<void> {
    await this.#locks.close();
    await this.#link.close();
  }

  async #unlink(name: string): Promise<void> {
    try {
      await this.#link.command((client, prefix) => client.unlink(prefix + name));
      this.#owed.delete(name);
    } catch (error) {
      missed(error);
      if (this.#owed.size < MAX_OWED) this.#owed.add(name);
    }
  }

  /** Without the server everybody makes values for himself. */
  async #acquire(key: string, slots: number): Promise<(() => void) | undefined> {
    try {
      return await this.#locks.acquire(key, slots);
    } catch (error) {
      missed(error);
      return () => {};
    }
  }
}

function missed(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
}
