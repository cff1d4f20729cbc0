/** Counters over Redis, shared by all replicas: exact, a round trip for each take. */
import { hash } from "node:crypto";
import type { Counters, Taken, Window } from "../counters.ts";
import type { RedisLink } from "./link.ts";

/** What the store granted. */
export interface Grant {
  /** -1: refused. */
  readonly taken: number;
  readonly left: number;
  /** Refused: ms until as much as asked is free. Granted: ms until the window (fixed) or its newest bucket (sliding) ends. */
  readonly resetMs: number;
  /** Bucket of a sliding window that it was counted in. */
  readonly bucket: number;
}

const SCRIPT_OF = { sliding: "takeSliding", bucket: "takeBucket" } as const;

/** Between two readings of the clocks of two machines. */
const CLOCK_SLACK_MS = 1_000;

/** Every method rejects with StoreUnavailable. */
export class RedisCounters implements Counters {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async take(key: string, amount: number, limit: number, window: Window): Promise<Taken> {
    const grant = await this.grant(key, amount, amount, limit, window);
    const allowed = grant.taken >= 0;
    const resetMs = allowed && window.kind === "sliding" ? window.lengthMs : grant.resetMs;
    return { allowed, remaining: grant.left, resetMs };
  }

  async peek(key: string, amount: number, limit: number, window: Window): Promise<Taken> {
    const { taken, left, resetMs } = await this.grant(key, amount, 0, limit, window);
    return { allowed: taken >= 0, remaining: left, resetMs };
  }

  async add(key: string, amount: number, window: Window): Promise<void> {
    await this.grant(key, amount, amount, Number.POSITIVE_INFINITY, window);
  }

  async refund(key: string, amount: number, window: Window): Promise<void> {
    const stored = storeKey(key, window);
    if (window.kind === "sliding") await this.#link.run("refundSliding", stored, amount);
    else if (window.kind === "bucket") await this.#link.run("refundBucket", stored, amount);
    // Whatever window it is: the amount was counted in this one, or the one before, which is over.
    else await this.#link.run("returnFixed", stored, amount, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Takes as much as the limit has between `least` and `greatest`; nothing when it has less than `least`.
   * @param isLease of a sliding window: it may be spent until its bucket ends, and is not free before that end has left the window
   */
  async grant(
    key: string,
    least: number,
    greatest: number,
    limit: number,
    window: Window,
    isLease = false,
  ): Promise<Grant> {
    const stored = storeKey(key, window);
    const bound = Number.isFinite(limit) ? limit : -1;
    const lease = isLease ? 1 : 0;
    const answer =
      window.kind !== "fixed"
        ? await this.#link.run(SCRIPT_OF[window.kind], stored, least, greatest, bound, window.lengthMs, lease)
        : await this.#link.run(
            "takeFixed",
            stored,
            least,
            greatest,
            bound,
            lengthOrEndless(window),
            window.startMs ?? 0,
          );
    const [taken, left, resetMs, bucket] = answer as number[];
    return { taken, left, resetMs: resetMs < 0 ? Number.POSITIVE_INFINITY : resetMs, bucket };
  }

  /**
   * Gives back what was granted and not used.
   * @param leftMs what the window has left: nothing is given to the next one
   */
  async giveBack(key: string, amount: number, bucket: number, window: Window, leftMs: number): Promise<void> {
    const stored = storeKey(key, window);
    if (window.kind === "sliding") await this.#link.run("returnSliding", stored, amount, bucket);
    else await this.#link.run("returnFixed", stored, amount, Math.ceil(leftMs) + CLOCK_SLACK_MS);
  }
}

/** Endless windows have length 0 in the scripts. */
function lengthOrEndless(window: Window): number {
  return Number.isFinite(window.lengthMs) ? window.lengthMs : 0;
}

const MAX_KEY_LENGTH = 128;

/**
 * Windows of different lengths under one key are different counts. Long keys, and those that UTF-8 could not tell apart, go by their
 * digest.
 */
function storeKey(key: string, window: Window): string {
  const name =
    key.length <= MAX_KEY_LENGTH && key.isWellFormed()
      ? `=${key}`
      : `#${hash("sha256", Buffer.from(key, "utf16le"), "base64")}`;
  return `${window.kind}:${window.lengthMs}/${window.startMs ?? 0}${name}`;
}
