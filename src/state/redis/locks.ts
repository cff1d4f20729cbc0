/**
 * Slots over Redis, shared by all replicas. A slot is a lease that its holder renews; the slots of a holder that died are free when
 * their leases end.
 */
import { randomUUID } from "node:crypto";
import type { Locks } from "../locks.ts";
import { nameOf } from "../shared/cache.ts";
import type { RedisLink } from "./link.ts";

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;

export class RedisLocks implements Locks {
  readonly #link: RedisLink;
  readonly #held = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(link: RedisLink) {
    this.#link = link;
    this.#timer = setInterval(() => this.#renew(), RENEW_MS);
    this.#timer.unref();
  }

  /** Rejects with StoreUnavailable. */
  async acquire(key: string, slots: number): Promise<(() => void) | undefined> {
    const stored = `slots:${nameOf(key)}`;
    const id = randomUUID();
    try {
      if ((await this.#link.run("acquire", stored, slots, LEASE_MS, id)) !== 1) return undefined;
    } catch (error) {
      // It may have been granted by an answer that came too late.
      this.#link.tell("release", stored, id);
      throw error;
    }
    this.#held.set(id, stored);
    return () => {
      // What cannot be given back is free when its lease ends.
      if (this.#held.delete(id)) this.#link.tell("release", stored, id);
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const back = [...this.#held].map(([id, stored]) => this.#link.run("release", stored, id));
    this.#held.clear();
    await Promise.allSettled(back);
  }

  #renew(): void {
    for (const [id, stored] of this.#held) this.#link.run("renew", stored, LEASE_MS, id).catch(() => {});
  }
}
