/**
 * Watches over what expires: secrets, certificates, signing keys, app registrations. What nears its end or has passed it is logged once
 * a day, shown by `/status` and open to metrics, and a failure that comes of it can say so.
 */
import type { Clock } from "../base/clock.ts";
import type { Notes } from "./notes.ts";

export type ExpiringKind = "secret" | "certificate" | "signing key" | "app registration";

export interface Expiring {
  readonly kind: ExpiringKind;
  /** As operators know it: a named value's source, a certificate's id, a client id. Never a secret. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface ExpiryState extends Expiring {
  readonly state: "valid" | "expiring" | "expired";
  /** Whole days left; negative when it has expired. */
  readonly days: number;
}

const DAY_MS = 86_400_000;
const CHECK_MS = 3_600_000;
const MAX_LEARNED = 1_000;

export class ExpiryWatch {
  readonly #clock: Clock;
  readonly #notes: Notes;
  #warnBeforeMs: number;
  /** By who reported them: a new report takes the place of the old. */
  readonly #reports = new Map<string, readonly Expiring[]>();
  /** Ends that only a failure told of, by kind and name. */
  readonly #learned = new Map<string, Expiring>();
  readonly #loggedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, notes: Notes, warnBeforeMs = 30 * DAY_MS) {
    this.#clock = clock;
    this.#notes = notes;
    this.#warnBeforeMs = warnBeforeMs;
  }

  set warnBeforeMs(warnBeforeMs: number) {
    this.#warnBeforeMs = warnBeforeMs;
  }

  /** Everything one reporter knows of. */
  report(reporter: string, expiring: readonly Expiring[]): void {
    this.#reports.set(reporter, expiring);
  }

  /**
   * Signing keys of a provider that gives no newer ones: they serve until then, and no longer.
   * @param until ms since the epoch; undefined: newer ones were had
   */
  keptKeys(url: string, until: number | undefined): void {
    const reporter = `signing keys ${url}`;
    if (until === undefined) this.#reports.delete(reporter);
    else this.report(reporter, [{ kind: "signing key", name: url, expiresAt: until }]);
    this.check();
  }

  /**
   * A service said that something has expired. Answers the sentence for the log: with the date, when it is known.
   * @param kind and name as they were or would be reported
   */
  expired(kind: ExpiringKind, name: string): string {
    const known = this.#all().find((e) => e.kind === kind && e.name === name);
    if (known === undefined || known.expiresAt > this.#clock.now()) {
      if (this.#learned.size >= MAX_LEARNED) this.#learned.clear();
      // Of an end that lies before now all that is known is that it does.
      this.#learned.set(keyOf(kind, name), { kind, name, expiresAt: this.#clock.now() });
      this.check();
      return `${possessive(kind)} (${name}) has expired`;
    }
    return `${possessive(kind)} (${name}) expired on ${dayOf(known.expiresAt)}`;
  }

  /** It works again: a new one was put in its place. */
  works(kind: ExpiringKind, name: string): void {
    if (this.#learned.size > 0) this.#learned.delete(keyOf(kind, name));
  }

  /** All of them, the soonest first. */
  states(): readonly ExpiryState[] {
    const now = this.#clock.now();
    return this.#all()
      .map((e): ExpiryState => {
        const leftMs = e.expiresAt - now;
        const state = leftMs <= 0 ? "expired" : leftMs <= this.#warnBeforeMs ? "expiring" : "valid";
        return { ...e, state, days: Math.floor(leftMs / DAY_MS) };
      })
      .sort((a, b) => a.expiresAt - b.expiresAt);
  }

  /** Logs what nears its end or has passed it, each once a day. */
  check(): void {
    const now = this.#clock.now();
    for (const { kind, name, expiresAt, state, days } of this.states()) {
      const key = keyOf(kind, name);
      const loggedAt = this.#loggedAt.get(key);
      if (state === "valid" || (loggedAt !== undefined && now - loggedAt < DAY_MS)) continue;
      this.#loggedAt.set(key, now);
      const what = possessive(kind);
      const message = state === "expired" ? `${what} has expired` : `${what} expires soon`;
      this.#notes.warn(message, { kind, name, expiresOn: new Date(expiresAt).toISOString(), daysLeft: days });
    }
  }

  start(): void {
    this.check();
    this.#timer ??= setInterval(() => this.check(), CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #all(): Expiring[] {
    const all = new Map<string, Expiring>(this.#learned);
    for (const expiring of [...this.#reports.values()].flat()) {
      const key = keyOf(expiring.kind, expiring.name);
      const other = all.get(key);
      if (other === undefined || expiring.expiresAt < other.expiresAt) all.set(key, expiring);
    }
    return [...all.values()];
  }
}

function keyOf(kind: ExpiringKind, name: string): string {
  return `${kind}\0${name}`;
}

function possessive(kind: ExpiringKind): string {
  return kind === "app registration" ? "The app registration's secret" : `The ${kind}`;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
