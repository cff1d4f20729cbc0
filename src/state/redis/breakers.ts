/**
 * Circuit breakers that replicas share over Redis: each keeps them in its own memory, tells the others what it finds out, and asks
 * twice a second what they have found. No request waits for it.
 */
import type { Breakers } from "../breakers.ts";
import type { RedisLink } from "./link.ts";

const POLL_MS = 500;
const HASH = "breakers";

export class RedisBreakers implements Breakers {
  readonly #link: RedisLink;
  readonly #local: Breakers;
  readonly #timer: NodeJS.Timeout;
  /** Ends of pauses as the server last told them: one that is known already is not taken up again. */
  readonly #known = new Map<string, number>();

  constructor(link: RedisLink, local: Breakers) {
    this.#link = link;
    this.#local = local;
    this.#timer = setInterval(() => void this.#poll(), POLL_MS);
    this.#timer.unref();
  }

  admit(key: string): number {
    return this.#local.admit(key);
  }

  trip(key: string, forMs: number): void {
    this.#local.trip(key, forMs);
    // Until the server knows of it, nobody can have closed it.
    this.#known.delete(key);
    this.#link
      .run("trip", HASH, key, Math.ceil(forMs))
      .then((until) => void this.#known.set(key, Number(until)))
      .catch(() => {});
  }

  reset(key: string): void {
    this.#local.reset(key);
    this.#known.delete(key);
    this.#link.run("untrip", HASH, key).catch(() => {});
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    let tripped: (string | number)[];
    try {
      tripped = (await this.#link.run("tripped", HASH)) as unknown as (string | number)[];
    } catch {
      return;
    }
    const seen = new Set<string>();
    for (let i = 0; i < tripped.length; i += 3) {
      const [key, until, leftMs] = [String(tripped[i]), Number(tripped[i + 1]), Number(tripped[i + 2])];
      seen.add(key);
      if (this.#known.get(key) === until) continue;
      this.#known.set(key, until);
      if (leftMs > 0) this.#local.trip(key, leftMs);
    }
    // What another replica has closed is closed here, too.
    for (const key of this.#known.keys()) {
      if (seen.has(key)) continue;
      this.#known.delete(key);
      this.#local.reset(key);
    }
  }
}
