/**
 * Deadlines of connections: one wheel for all of them instead of a timer for each. Setting one is an assignment; the wheel looks at it
 * when its place comes round. Times are of the monotonic clock and not counted in turns: a process that was held up does not believe
 * that less time has passed than has. And what waits in the sockets after such a pause is read before anybody is given up.
 */
import { performance } from "node:perf_hooks";

/** Who may be late. */
export interface Timed {
  /** Monotonic time in ms at which it is late; 0: never. */
  dueAt: number;
  /** Turn at which the wheel looks at it; 0: it is not on the wheel. */
  turn: number;
  /** It is late. `dueAt` is 0. */
  onDue(): void;
}

const TURN_MS = 100;
/** The wheel goes round in 51 s; what is due later is looked at once a round. */
const PLACES = 512;

export class Deadlines {
  readonly #places: Set<Timed>[] = Array.from({ length: PLACES }, () => new Set<Timed>());
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  /** Turns of the wheel that were looked at. */
  #turn = Math.floor(performance.now() / TURN_MS);

  /** Late after this many ms from now (monotonic time); replaces an earlier deadline. */
  set(timed: Timed, ms: number, now = performance.now()): void {
    const dueAt = now + ms;
    timed.dueAt = dueAt;
    // Nearly always the wheel comes by before: then its place need not change, and it is put where it belongs at that time.
    if (timed.turn === 0 || dueAt < timed.turn * TURN_MS) this.#put(timed);
  }

  /** Not late any more, whatever happens; the next `set` is cheap. */
  clear(timed: Timed): void {
    timed.dueAt = 0;
  }

  /** Will not be heard of again. */
  remove(timed: Timed): void {
    timed.dueAt = 0;
    this.#take(timed);
    if (this.#count === 0) this.close();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #put(timed: Timed): void {
    this.#take(timed);
    if (this.#timer === undefined) this.#start();
    const turns = Math.ceil(timed.dueAt / TURN_MS) - this.#turn;
    timed.turn = this.#turn + Math.max(1, Math.min(PLACES - 1, turns));
    this.#places[timed.turn % PLACES].add(timed);
    this.#count++;
  }

  #take(timed: Timed): void {
    if (timed.turn === 0) return;
    this.#places[timed.turn % PLACES].delete(timed);
    timed.turn = 0;
    this.#count--;
  }

  #start(): void {
    this.#turn = Math.floor(performance.now() / TURN_MS);
    this.#timer = setInterval(() => this.#tick(), TURN_MS);
    this.#timer.unref();
  }

  #tick(): void {
    const turn = Math.floor(performance.now() / TURN_MS);
    if (turn - this.#turn > 2) setImmediate(() => this.#advance(turn));
    else this.#advance(turn);
  }

  #advance(turn: number): void {
    if (this.#timer === undefined) return;
    const from = Math.max(this.#turn + 1, turn - PLACES + 1);
    this.#turn = Math.max(this.#turn, turn);
    for (let t = from; t <= turn; t++) {
      const timed = this.#places[t % PLACES];
      if (timed.size > 0) this.#look([...timed]);
    }
    if (this.#count === 0) this.close();
  }

  #look(all: readonly Timed[]): void {
    const now = performance.now();
    for (const timed of all) {
      this.#take(timed);
      if (timed.dueAt === 0) continue;
      if (timed.dueAt > now) {
        this.#put(timed);
        continue;
      }
      timed.dueAt = 0;
      timed.onDue();
    }
  }
}
