/**
 * Cuts off readers that stopped reading. One coarse wheel for all answers instead of a timer for each: a writer that waits for its
 * peer enters, reports progress, and leaves; what makes none for the allowed time is destroyed (slow-read attacks, dead peers).
 */

export interface Waiting {
  /** Ticks without progress; the watch counts, the writer sets it to zero. */
  idleTicks: number;
  /** Called when the time is over. */
  giveUp(): void;
}

const TICK_MS = 1_000;

export class WriteWatch {
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
      waiting.giveUp();
    }
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
