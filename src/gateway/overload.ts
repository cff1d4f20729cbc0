/**
 * Keeps a thread that is asked for more than it can do from doing nothing in time: beyond a number of calls that wait for their answer,
 * further ones are refused at once. The number is the configured one while the event loop is on time, and shrinks while it is late, so
 * that what is begun is also finished. Far over, new connections are closed before a handshake is spent on them.
 */
import type { OverloadSettings } from "../resources/traffic-settings.ts";
import { Turns } from "./turns.ts";

/** How often the event loop is looked at. */
const TURN_MS = 50;
/** So many calls are always let in: one long pause with few of them is no overload. */
const LEAST_BOUND = 64;
/** One late turn may be a pause of the machine. */
const LATE_TURNS = 2;
const SHRINK = 0.7;
const GROW = 1.1;
/** Late turns with the least bound: then refusing itself is too much work. */
const FAR_OVER_TURNS = 10;
/** New connections in a turn while far over: probes of load balancers still come through now and then. */
const CONNECTIONS_FAR_OVER = 4;
/** Refused calls may come back after so many seconds. */
export const RETRY_AFTER_SECONDS = 1;

const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export class Overload {
  /** When calls that were let in begin. */
  readonly turns = new Turns();
  /** Calls let in that have no answer yet. */
  #inFlight = 0;
  #bound = UNBOUNDED;
  #maxBound = UNBOUNDED;
  #maxDelayMs = 0;
  #lateTurns = 0;
  #farTurns = 0;
  #connectionsLeft = UNBOUNDED;
  #lastTurnAt = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #onChange: (isOverloaded: boolean, bound: number) => void;
  #isOverloaded = false;

  /** @param onChange told when the event loop begins to be late, and when all is well again */
  constructor(onChange: (isOverloaded: boolean, bound: number) => void) {
    this.#onChange = onChange;
  }

  /** Takes up settings; those in flight stay counted. */
  configure({ maxInFlight, maxLoopDelayMs }: OverloadSettings): void {
    this.#maxBound = maxInFlight === 0 ? UNBOUNDED : maxInFlight;
    this.#maxDelayMs = maxLoopDelayMs;
    this.#calm();
    if (maxLoopDelayMs === 0) this.stop();
    else if (this.#timer === undefined) this.#watch();
  }

  /** Lets a call in, which must `leave` once; false: it is to be refused. */
  enter(): boolean {
    if (this.#inFlight >= this.#bound) return false;
    this.#inFlight++;
    return true;
  }

  leave(): void {
    this.#inFlight--;
  }

  /** Whether a new connection is to be served. */
  acceptsConnection(): boolean {
    if (this.#connectionsLeft === 0) return false;
    this.#connectionsLeft--;
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Judges a turn of the loop that came so late. */
  turned(delayMs: number): void {
    this.turns.looked(delayMs);
    if (delayMs > this.#maxDelayMs) this.#late();
    else if (delayMs <= this.#maxDelayMs / 2) this.#onTime();
  }

  #watch(): void {
    this.#lastTurnAt = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.turned(now - this.#lastTurnAt - TURN_MS);
      this.#lastTurnAt = now;
    }, TURN_MS).unref();
  }

  #late(): void {
    this.#lateTurns++;
    if (this.#lateTurns < LATE_TURNS) return;
    const bound = Math.floor(Math.min(this.#bound, this.#inFlight) * SHRINK);
    this.#bound = Math.max(Math.min(LEAST_BOUND, this.#maxBound), bound);
    const isLeast = this.#bound <= LEAST_BOUND && this.#inFlight >= this.#bound;
    this.#farTurns = isLeast ? this.#farTurns + 1 : 0;
    this.#connectionsLeft = this.#farTurns >= FAR_OVER_TURNS ? CONNECTIONS_FAR_OVER : UNBOUNDED;
    this.#tell(this.#inFlight >= LEAST_BOUND || this.#isOverloaded);
  }

  #onTime(): void {
    this.#lateTurns = 0;
    this.#farTurns = 0;
    this.#connectionsLeft = UNBOUNDED;
    if (this.#bound === this.#maxBound) return;
    const bound = Math.ceil(this.#bound * GROW);
    // Nobody was refused for a long while when the bound is far above what is in flight.
    if (bound >= this.#maxBound || bound > 8 * (this.#inFlight + LEAST_BOUND)) this.#calm();
    else this.#bound = bound;
  }

  #calm(): void {
    this.#bound = this.#maxBound;
    this.#lateTurns = 0;
    this.#farTurns = 0;
    this.#connectionsLeft = UNBOUNDED;
    this.#tell(false);
  }

  #tell(isOverloaded: boolean): void {
    if (isOverloaded === this.#isOverloaded) return;
    this.#isOverloaded = isOverloaded;
    this.#onChange(isOverloaded, this.#bound);
  }
}
