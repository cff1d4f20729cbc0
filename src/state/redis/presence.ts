/** How many takers share the limits: each says regularly that it is there. */
import type { RedisLink } from "./link.ts";

const PRESENT_MS = 5_000;
const EVERY_MS = 1_500;

export class Presence {
  readonly #link: RedisLink;
  readonly #taker: string;
  #count = 1;
  #timer: NodeJS.Timeout | undefined;

  /** @param taker names this thread among all of all replicas */
  constructor(link: RedisLink, taker: string) {
    this.#link = link;
    this.#taker = taker;
  }

  /** Takers that were there when the store was last asked. */
  get count(): number {
    return this.#count;
  }

  async start(): Promise<void> {
    await this.#show();
    this.#timer = setInterval(() => void this.#show(), EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #show(): Promise<void> {
    try {
      this.#count = Math.max(1, Number(await this.#link.run("present", "takers", this.#taker, PRESENT_MS)));
    } catch {
      // The number known last is the best there is.
    }
  }
}
