/**
 * What limits granted while the shared store was gone, to be told to it when it is back: as far as it counts then. A window that is over
 * is no longer anybody's business, however long the outage was.
 */
import type { Clock } from "../../base/clock.ts";
import { type Window, windowEnd } from "../counters.ts";

/** More keys, or more of their text, is not told to the store: it is forgotten with its windows. */
const MAX_KEYS = 10_000;
const MAX_CHARACTERS = 4_000_000;
/** A window without fixed ends is remembered in so many pieces, each told of as long as any of it counts. */
const PIECES = 8;

/** Granted, less what was taken back, within one piece of a window. */
interface Piece {
  /** Wall time of a fixed window, monotonic time of others. */
  readonly endsAt: number;
  readonly forgottenAt: number;
  amount: number;
}

export interface Debt {
  readonly key: string;
  readonly window: Window;
  readonly amount: number;
}

interface Account {
  readonly key: string;
  readonly window: Window;
  /** Of a bucket: it cannot miss more than it holds. */
  most: number;
  pieces: Piece[];
}

export class Owed {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();
  #characters = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param amount below 0: taken back
   * @param limit of a take; what is only added has none
   */
  note(key: string, amount: number, window: Window, limit = 0): void {
    const account = this.#account(key, window);
    if (account === undefined) return;
    account.most = Math.max(account.most, limit);
    const now = this.#now(window);
    account.pieces = account.pieces.filter(({ forgottenAt }) => forgottenAt > now);
    const last = account.pieces.at(-1);
    if (last !== undefined && last.endsAt > now) last.amount += amount;
    else account.pieces.push({ ...ends(window, now), amount });
  }

  /** All that still counts; it is no longer owed then. */
  collect(): Debt[] {
    const debts: Debt[] = [];
    for (const { key, window, most, pieces } of this.#accounts.values()) {
      const now = this.#now(window);
      let amount = 0;
      for (const piece of pieces) if (piece.forgottenAt > now) amount += piece.amount;
      if (window.kind === "bucket" && most > 0) amount = Math.min(amount, most);
      if (amount !== 0) debts.push({ key, window, amount });
    }
    this.#accounts.clear();
    this.#characters = 0;
    return debts;
  }

  #account(key: string, window: Window): Account | undefined {
    const name = `${window.kind}${window.lengthMs}/${window.startMs ?? 0}=${key}`;
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    if (this.#accounts.size >= MAX_KEYS || this.#characters + key.length > MAX_CHARACTERS) return undefined;
    this.#characters += key.length;
    const account: Account = { key, window, most: 0, pieces: [] };
    this.#accounts.set(name, account);
    return account;
  }

  #now({ kind }: Window): number {
    return kind === "fixed" ? this.#clock.now() : this.#clock.monotonic();
  }
}

function ends(window: Window, now: number): Pick<Piece, "endsAt" | "forgottenAt"> {
  if (window.kind === "fixed") {
    const endsAt = windowEnd(window, now);
    return { endsAt, forgottenAt: endsAt };
  }
  const endsAt = now + window.lengthMs / PIECES;
  return { endsAt, forgottenAt: endsAt + window.lengthMs };
}
