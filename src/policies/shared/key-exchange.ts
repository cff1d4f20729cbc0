/**
 * Threads of one gateway share what one of them has fetched from an OpenID provider: the provider is asked once, not once for each thread.
 * A lock that all threads see says who asks; the others wait for what comes of it. A gateway of one thread has nobody to agree with.
 */
import { hostname } from "node:os";
import { BroadcastChannel, isMainThread } from "node:worker_threads";
import type { Services } from "../../kit/services.ts";

/** What a provider published, as plain data. */
export interface Published {
  readonly issuer: string;
  readonly keys: readonly Record<string, unknown>[];
  /** Padding of RSA keys that name no algorithm. */
  readonly family: "RS" | "PS" | undefined;
  /** Wall time, ms since the epoch. */
  readonly fetchedAt: number;
}

/** What came of asking one address. */
export interface Outcome {
  readonly url: string;
  readonly published: Published | { readonly problem: string };
}

interface Recent {
  /** Milliseconds of this thread's performance clock. */
  readonly at: number;
  readonly published: Outcome["published"];
}

/** Longer than a fetch may take; then whoever waited asks itself. */
const MAX_WAIT_MS = 25_000;
const LOOK_AGAIN_MS = 100;
const MAX_RECENT = 200;

export class KeyExchange {
  readonly #channel: BroadcastChannel | undefined;
  /** Last outcomes, of whatever thread. */
  readonly #recent = new Map<string, Recent>();
  /** Last good outcomes: an outage does not make them worse. */
  readonly #good = new Map<string, Published>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param heard told of every outcome that another thread brings @param isAlone no other threads serve */
  constructor(heard: (outcome: Outcome) => void, isAlone = isMainThread) {
    if (isAlone) return;
    this.#channel = new BroadcastChannel("sallyport.openid-keys");
    this.#channel.onmessage = ({ data }) => this.#receive(data as Outcome, heard);
    this.#channel.unref();
  }

  /**
   * Asks the provider, or waits until another thread has. Rejects with what went wrong, here or there.
   * @param maxAgeMs age of a good outcome that will do
   */
  async obtain(
    url: string,
    maxAgeMs: number,
    services: Pick<Services, "locks">,
    fetch: () => Promise<Published>,
  ): Promise<Published> {
    if (this.#channel === undefined) return fetch();
    const startedAt = performance.now();
    const known = () => this.#knownSince(url, startedAt, maxAgeMs);
    // Threads of this process alone: elsewhere nobody hears what comes of it.
    const lock = `openid-keys ${hostname()} ${process.pid} ${url}`;
    let release = await services.locks.acquire(lock, 1);
    while (release === undefined && known() === undefined && performance.now() - startedAt < MAX_WAIT_MS) {
      await this.#outcomeOf(url);
      release = await services.locks.acquire(lock, 1);
    }
    try {
      // What was said before the lock was free is heard in this turn.
      await new Promise((resolve) => setImmediate(resolve));
      const published = known() ?? (await this.#fetchForAll(url, fetch));
      if ("problem" in published) throw new Error(published.problem);
      return published;
    } finally {
      release?.();
    }
  }

  /** What any thread fetched last; as old as it is. */
  lastGood(url: string): Published | undefined {
    return this.#good.get(url);
  }

  /** A good outcome that is young enough, or any that came while we waited. */
  #knownSince(url: string, startedAt: number, maxAgeMs: number): Outcome["published"] | undefined {
    const recent = this.#recent.get(url);
    if (recent === undefined) return undefined;
    const oldest = "problem" in recent.published ? startedAt : startedAt - maxAgeMs;
    return recent.at >= oldest ? recent.published : undefined;
  }

  async #fetchForAll(url: string, fetch: () => Promise<Published>): Promise<Published> {
    try {
      const published = await fetch();
      this.#say({ url, published });
      return published;
    } catch (error) {
      this.#say({ url, published: { problem: (error as Error).message } });
      throw error;
    }
  }

  #say(outcome: Outcome): void {
    this.#remember(outcome);
    this.#channel?.postMessage(outcome);
  }

  close(): void {
    this.#channel?.close();
  }

  /** Resolves when another thread's outcome is known, or after a while: the thread may have ended. */
  async #outcomeOf(url: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(url, [...(this.#waiting.get(url) ?? []), resolve]);
    const timer = setTimeout(resolve, LOOK_AGAIN_MS);
    await promise;
    clearTimeout(timer);
  }

  #receive(outcome: Outcome, heard: (outcome: Outcome) => void): void {
    this.#remember(outcome);
    for (const resolve of this.#waiting.get(outcome.url) ?? []) resolve();
    this.#waiting.delete(outcome.url);
    heard(outcome);
  }

  #remember({ url, published }: Outcome): void {
    if (this.#recent.size >= MAX_RECENT) this.#recent.clear();
    this.#recent.set(url, { at: performance.now(), published });
    if ("problem" in published) return;
    if (this.#good.size >= MAX_RECENT) this.#good.clear();
    this.#good.set(url, published);
  }
}
