/**
 * The usage ledger in a SQLite file: the embedded store. Several processes may write to one file and others read it meanwhile
 * (https://www.sqlite.org/wal.html). Nobody waits for a lock: who finds the file locked comes back later.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerReader, LedgerStore, UsageQuery, UsageRecord, UsageRow } from "./usage-record.ts";
import { COLUMNS, CREATE_INDEX, createTable, type Dialect, usageQuery, usageRow } from "./usage-sql.ts";

const SQLITE: Dialect = {
  types: { text: "TEXT", count: "INTEGER", number: "REAL" },
  tail: " STRICT, WITHOUT ROWID",
  day: "strftime('%Y-%m-%d', time / 1000, 'unixepoch')",
  month: "strftime('%Y-%m', time / 1000, 'unixepoch')",
};

const INSERT = `INSERT OR IGNORE INTO model_call VALUES (${COLUMNS.map(() => "?").join(", ")})`;
/** Old records are removed in small portions: the event loop waits for each. */
const REMOVE = `DELETE FROM model_call WHERE correlation_id IN
  (SELECT correlation_id FROM model_call WHERE time < ? ORDER BY time LIMIT 500)`;

export class SqliteLedger implements LedgerStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(INSERT);
  }

  /** Rejects with what SQLite or the file system says. */
  static async open(file: string): Promise<SqliteLedger> {
    const { DatabaseSync } = await import("node:sqlite");
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    try {
      database.exec("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      database.exec(createTable(SQLITE));
      database.exec(CREATE_INDEX);
      database.exec("PRAGMA busy_timeout = 0");
      return new SqliteLedger(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  add(records: readonly UsageRecord[]): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const record of records) this.#insert.run(...COLUMNS.map(({ of }) => of(record)));
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  removeBefore(before: number): boolean {
    return Number(this.#database.prepare(REMOVE).run(before).changes) > 0;
  }

  close(): void {
    this.#database.close();
  }
}

/** @throws Error when there is no such file, or it is no ledger */
export async function readSqliteLedger(file: string): Promise<LedgerReader> {
  if (!existsSync(file)) throw new Error(`There is no ledger ${file}`);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file, { readOnly: true });
  return {
    async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
      const { sql, values } = usageQuery(SQLITE, query, () => "?");
      database.exec("PRAGMA busy_timeout = 5000");
      try {
        return database
          .prepare(sql)
          .all(...values)
          .map((row) => usageRow(row, query.by.length));
      } catch (error) {
        throw new Error(`${file} is no usage ledger: ${(error as Error).message}`);
      }
    },
    close: async () => database.close(),
  };
}
