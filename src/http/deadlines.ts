/**
 * Deadlines of connections to backends, kept by one coarse clock: setting one is an assignment, not a timer. Resolution is a tenth of a
 * second, which is enough for time-outs.
 */
export interface Timed {
  /** Tick at which the time is over; 0: no deadline. */
  deadline: number;
  /** Called at every tick: for things that are not urgent. */
  onTick?(): void;
  onDeadline(): void;
}

const TICK_MS = 100;

export class Deadlines {
  /** Ticks so far. */
  now = 1;
  readonly #timed = new Set<Timed>();
  #timer: NodeJS.Timeout | undefined;

  add(timed: Timed): void {
    this.#timed.add(timed);
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  remove(timed: Timed): void {
    this.#timed.delete(timed);
  }

  /** The deadline that lies this far ahead; 0 ms or less: none. */
  after(ms: number): number {
    return ms > 0 ? this.now + Math.ceil(ms / TICK_MS) : 0;
  }

  #tick(): void {
    this.now++;
    for (const timed of this.#timed) {
      timed.onTick?.();
      if (timed.deadline === 0 || timed.deadline > this.now) continue;
      timed.deadline = 0;
      timed.onDeadline();
    }
    if (this.#timed.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
