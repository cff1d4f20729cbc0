/**
 * Writes records of the usage ledger off the hot path: they gather in memory and go out in small batches. Traffic never waits for it and
 * never ends with it: while the disk is full or the database away, records wait within a bound, and what goes beyond is counted as lost.
 */
import type { LedgerStore, UsageRecord } from "./usage-record.ts";

const WRITE_MS = 250;
/** So few that one batch holds up the event loop for about a millisecond. */
const BATCH = 100;
const RETRY_MS = 2_000;
const SWEEP_MS = 600_000;
const DAY_MS = 86_400_000;
const MAX_WAITING = 100_000;

export interface LedgerWriterParts {
  /** Opens the store; tried again while it fails. */
  readonly open: () => Promise<LedgerStore>;
  readonly retentionDays: number;
  /** Told once when something changes, never for each write. */
  readonly report: (message: string, error?: Error) => void;
  readonly now?: () => number;
  /** Records that may wait; default 100,000: about 50 MB. */
  readonly maxWaiting?: number;
}

export class LedgerWriter {
  /** Records that were given up. */
  lost = 0;
  readonly #parts: LedgerWriterParts;
  readonly #now: () => number;
  readonly #maxWaiting: number;
  #store: LedgerStore | undefined;
  #waiting: UsageRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The timer is for records, not for the sweep. */
  #isSoon = false;
  #work: Promise<void> | undefined;
  #sweptAt = 0;
  #isFailing = false;
  #isClosed = false;

  constructor(parts: LedgerWriterParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#maxWaiting = parts.maxWaiting ?? MAX_WAITING;
  }

  /** Opens the store. A failure is reported, and mended when it can be. */
  async start(): Promise<void> {
    await this.flush();
    this.#schedule(SWEEP_MS);
  }

  add(records: readonly UsageRecord[]): void {
    for (const record of records) {
      if (this.#waiting.length >= this.#maxWaiting) this.lost++;
      else this.#waiting.push(record);
    }
    this.#schedule(this.#isFailing ? RETRY_MS : WRITE_MS, true);
  }

  /** Resolves when everything so far is written, or could not be. */
  async flush(): Promise<void> {
    await this.#work;
    this.#work = this.#write().finally(() => {
      this.#work = undefined;
    });
    await this.#work;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
    if (this.#waiting.length > 0) {
      this.lost += this.#waiting.length;
      this.#parts.report(`${this.lost} records of the usage ledger are lost`);
    }
    await this.#store?.close();
  }

  /** @param isSooner a timer for later gives way */
  #schedule(delayMs: number, isSooner = false): void {
    if (this.#isClosed || (this.#timer !== undefined && !isSooner) || this.#isSoon) return;
    clearTimeout(this.#timer);
    this.#isSoon = isSooner;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isSoon = false;
      void this.flush().finally(() => {
        if (this.#waiting.length > 0) this.#schedule(this.#isFailing ? RETRY_MS : WRITE_MS, true);
        else this.#schedule(SWEEP_MS);
      });
    }, delayMs);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    try {
      this.#store ??= await this.#parts.open();
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, BATCH);
        await this.#store.add(batch);
        this.#waiting = this.#waiting.slice(batch.length);
        // Requests go first.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await this.#sweep(this.#store);
      if (this.#isFailing) this.#parts.report("The usage ledger is written again");
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#parts.report("The usage ledger cannot be written: records wait in memory", error as Error);
      this.#isFailing = true;
    }
  }

  async #sweep(store: LedgerStore): Promise<void> {
    const now = this.#now();
    if (now - this.#sweptAt < SWEEP_MS) return;
    while (await store.removeBefore(now - this.#parts.retentionDays * DAY_MS))
      await new Promise((resolve) => setImmediate(resolve));
    this.#sweptAt = now;
  }
}
