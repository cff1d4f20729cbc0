/**
 * Keeps quotas on disk, so that a restart does not give them back: counts that changed are written once a second, and at the end. A
 * process that dies loses the last second's counts at most. Keys are kept as digests only, under the hash key that lies beside.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { KeptCount, SharedCounters } from "../shared/counters.ts";

const WRITE_MS = 1_000;
/** Rows of windows that have ended are removed that often. */
const SWEEP_MS = 600_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS quota (
    low INTEGER NOT NULL, high INTEGER NOT NULL, count REAL NOT NULL, expires_at REAL NOT NULL,
    PRIMARY KEY (low, high)
  ) WITHOUT ROWID, STRICT`;
const UPSERT = `
  INSERT INTO quota VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET count = excluded.count, expires_at = excluded.expires_at`;

/** What the journal has to say: once when something changes, never for each write. */
export type JournalReport = (message: string, error?: Error) => void;

/**
 * The hash key of the counters that are kept in a file: made when there is none.
 * @throws Error of the file system
 */
export function journalSeed(file: string): Uint8Array {
  const seedFile = `${file}.seed`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(seedFile)) {
    try {
      writeFileSync(seedFile, randomBytes(8), { flag: "wx", mode: 0o600 });
    } catch (error) {
      // Another process was a moment earlier: its seed is the one.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  const seed = readFileSync(seedFile);
  if (seed.length !== 8) throw new Error(`${seedFile} is damaged: remove it to begin new quotas`);
  return seed;
}

export class QuotaJournal {
  readonly #file: string;
  readonly #counters: SharedCounters;
  readonly #report: JournalReport;
  readonly #now: () => number;
  #database: DatabaseSync | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = 0;
  #isFailing = false;
  /** Counts that could not be written yet, by digest. */
  #pending = new Map<string, KeptCount>();

  /** @param counters made with the seed of this file, see `journalSeed` */
  constructor(file: string, counters: SharedCounters, report: JournalReport, now: () => number = Date.now) {
    this.#file = file;
    this.#counters = counters;
    this.#report = report;
    this.#now = now;
  }

  /**
   * Takes the file over and puts its counts back. While another process still holds it, as on a restart that overlaps, quotas count
   * in memory; what that process leaves is added as soon as it has gone.
   */
  async start(): Promise<void> {
    const { DatabaseSync } = await import("node:sqlite");
    this.#open(DatabaseSync);
    const tick = () => {
      if (this.#database === undefined) this.#open(DatabaseSync);
      this.write();
    };
    clearInterval(this.#timer);
    this.#timer = setInterval(tick, WRITE_MS);
    this.#timer.unref();
  }

  /** Writes what changed since the last time. Never throws: what could not be written is tried again. */
  write(): void {
    this.#counters.takeChanged((kept) => void this.#pending.set(`${kept.low} ${kept.high}`, kept));
    const database = this.#database;
    if (database === undefined || this.#pending.size === 0) return;
    try {
      database.exec("BEGIN");
      const upsert = database.prepare(UPSERT);
      for (const { low, high, count, expiresAt } of this.#pending.values()) upsert.run(low, high, count, expiresAt);
      this.#sweep(database);
      database.exec("COMMIT");
      this.#pending.clear();
      this.#recovered();
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      this.#failed(error as Error);
    }
  }

  /** Writes for the last time and lets the file go. */
  close(): void {
    clearInterval(this.#timer);
    this.write();
    this.#database?.close();
    this.#database = undefined;
  }

  #open(Database: typeof DatabaseSync): void {
    let database: DatabaseSync | undefined;
    try {
      database = new Database(this.#file);
      // Exclusive: two processes that write absolute counts would undo each other's.
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      database.exec(SCHEMA);
      const rows = database.prepare("SELECT low, high, count, expires_at AS expiresAt FROM quota").iterate();
      for (const row of rows) this.#counters.restore(row as unknown as KeptCount);
      this.#database = database;
      this.#recovered();
    } catch (error) {
      database?.close();
      this.#failed(error as Error);
    }
  }

  #sweep(database: DatabaseSync): void {
    const now = this.#now();
    if (now - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = now;
    database.prepare("DELETE FROM quota WHERE expires_at <= ?").run(now);
  }

  #failed(error: Error): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#report(`Quotas cannot be kept in ${this.#file}: they count in memory until they can`, error);
  }

  #recovered(): void {
    if (this.#isFailing) this.#report(`Quotas are kept in ${this.#file} again`);
    this.#isFailing = false;
  }
}
