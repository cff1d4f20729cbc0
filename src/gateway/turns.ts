/**
 * While calls are dear, spreads their beginnings over turns of the event loop. Left alone, a turn begins all calls that it has read, and
 * whoever is to be refused, connects, or asks whether the gateway is alive waits for all of them: libuv accepts one connection in a turn.
 */

/** A turn so late has begun more than it should have. */
const LATE_MS = 10;
/** Looks at the event loop without a sign of need after which calls begin as they come again. */
const QUIET_LOOKS = 20;
/** Work that a turn begins; what has begun is not interrupted. */
const SHARE_MS = 4;

export class Turns {
  /** Calls are to begin by `begin`. */
  isSpread = false;
  #waiting: (() => void)[] = [];
  #quietLooks = 0;

  /** A look at the event loop, which was late by so much. */
  looked(lateMs: number): void {
    if (lateMs > LATE_MS) this.#need();
    else if (this.isSpread && ++this.#quietLooks >= QUIET_LOOKS) this.isSpread = false;
  }

  /** Begins this in its turn. It must not throw. */
  begin(work: () => void): void {
    if (this.#waiting.push(work) === 1) setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const waiting = this.#waiting;
    const end = performance.now() + SHARE_MS;
    let begun = 0;
    while (begun < waiting.length && (begun === 0 || performance.now() < end)) waiting[begun++]();
    this.#waiting = waiting.slice(begun);
    if (this.#waiting.length === 0) return;
    this.#need();
    setImmediate(this.#turn);
  };

  #need(): void {
    this.isSpread = true;
    this.#quietLooks = 0;
  }
}
