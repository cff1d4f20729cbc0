/**
 * Ends what stands still: readers that stopped reading, connections that nobody uses. One coarse wheel for all instead of a timer for
 * each: who waits for a peer enters, reports progress, and leaves; who sees none for the allowed time is told to give up.
 */

export interface Waiting {
  /** Ticks without progress; the watch counts, who waits sets it to zero. */
  idleTicks: number;
  /** Called when the time is over. */
  giveUp(): void;
}

const TICK_MS = 1_000;

export class IdleWatch {
  readonly #waiting = new Set<Waiting>();
  readonly #maxTicks: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(idleTimeoutMs: number) {
    this.#maxTicks = Math.max(1, Math.ceil(idleTimeoutMs / TICK_MS));
  }

  enter(waiting: Waiting): void {
    waiting.idleTicks = 0;
    this.#waiting.add(waiting);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
      this.#timer.unref();
    }
  }

  leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #tick(): void {
    for (const waiting of this.#waiting) {
      waiting.idleTicks++;
      if (waiting.idleTicks <= this.#maxTicks) continue;
      this.#waiting.delete(waiting);
      // May enter again.
      waiting.giveUp();
    }
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
