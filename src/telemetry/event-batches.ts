/**
 * Events on their way to a service: gathered, sent in batches, tried again after a failure, and dropped and counted when the service does
 * not take them for long. Never holds up what happens, and never holds more than so many.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./log.ts";

/** One event, as it stands in the security log. */
export type EventFields = Readonly<Record<string, unknown>>;

export interface EventService<T = EventFields> {
  /** In messages: `OTLP`. */
  readonly name: string;
  /** In messages, what is sent; default: security events. */
  readonly what?: string;
  /** Rejects when the service did not take them all. */
  send(events: readonly T[]): Promise<void>;
  close(): Promise<void>;
}

const MAX_WAITING = 10_000;
const MAX_BATCH = 500;
const FLUSH_MS = 2_000;
/** Pauses after failures in a row. */
const BACK_OFF_MS = [1_000, 5_000, 15_000, 60_000];
const WARN_AGAIN_MS = 60_000;
const LONGEST_CLOSE_MS = 2_000;

export class EventBatches<T = EventFields> {
  dropped = 0;
  readonly #service: EventService<T>;
  readonly #log: Log;
  #waiting: T[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(service: EventService<T>, log: Log) {
    this.#service = service;
    this.#log = log;
  }

  get name(): string {
    return this.#service.name;
  }

  get #what(): string {
    return this.#service.what ?? "Security events";
  }

  add(event: T): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length >= MAX_BATCH && this.#failures === 0) this.#send();
    else this.#schedule(FLUSH_MS);
  }

  /** Sends what is waiting, once; what is not taken then, or not soon, is lost. */
  async close(): Promise<void> {
    const ended = this.#sendLast().then(() => this.#service.close());
    await Promise.race([ended.catch(() => undefined), sleep(LONGEST_CLOSE_MS, undefined, { ref: false })]);
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.dropped += this.#waiting.length;
    this.#waiting = [];
  }

  async #sendLast(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const left = this.#waiting.length;
      this.#send();
      await this.#sending;
      if (this.#waiting.length >= left) return;
    }
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#sending !== undefined) return;
    this.#timer = setTimeout(() => this.#send(), delayMs);
    this.#timer.unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending !== undefined) return;
    const batch = this.#waiting.splice(0, MAX_BATCH);
    this.#sending = this.#service.send(batch).then(
      () => this.#settled(),
      (error: Error) => this.#failed(batch, error),
    );
  }

  #settled(): void {
    if (this.#failures > 0) this.#log.info(`${this.#what} are taken again`, { service: this.#service.name });
    this.#failures = 0;
    this.#sending = undefined;
    if (this.#waiting.length > 0) this.#schedule(this.#waiting.length >= MAX_BATCH ? 0 : FLUSH_MS);
  }

  #failed(batch: readonly T[], error: Error): void {
    this.#sending = undefined;
    if (this.#isClosed) {
      this.dropped += batch.length;
      return;
    }
    this.#failures++;
    const room = Math.max(0, MAX_WAITING - this.#waiting.length);
    this.dropped += Math.max(0, batch.length - room);
    this.#waiting = [...batch.slice(0, room), ...this.#waiting];
    const now = performance.now();
    if (now - this.#warnedAt > WARN_AGAIN_MS) {
      this.#warnedAt = now;
      const fields = { service: this.#service.name, error: error.message, dropped: this.dropped };
      this.#log.warn(`${this.#what} could not be sent`, fields);
    }
    this.#schedule(BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length) - 1]);
  }
}
