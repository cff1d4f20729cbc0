/** The usage ledger in PostgreSQL, by the package `pg`, which is loaded when it is configured: one ledger for all replicas. */
import type { Pool } from "pg";
import type { LedgerReader, LedgerStore, UsageQuery, UsageRecord, UsageRow } from "./usage-record.ts";
import { COLUMNS, CREATE_INDEX, createTable, type Dialect, usageQuery, usageRow } from "./usage-sql.ts";

const POSTGRES: Dialect = {
  types: { text: "text", count: "bigint", number: "double precision" },
  tail: "",
  day: "to_char(to_timestamp(time / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
  month: "to_char(to_timestamp(time / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM')",
};

/** One array for each column: as many rows as there are, in one statement that is planned once. */
const INSERT = `INSERT INTO model_call
  SELECT * FROM unnest(${COLUMNS.map(({ type }, i) => `$${i + 1}::${POSTGRES.types[type]}[]`).join(", ")})
  ON CONFLICT DO NOTHING`;

const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;

async function poolOf(url: string): Promise<Pool> {
  const { default: pg } = await import("pg").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error("The usage ledger in PostgreSQL needs the package pg: npm install pg");
  });
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS,
    application_name: "sallyport",
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it: the next use makes another.
  pool.on("error", () => {});
  return pool;
}

export class PostgresLedger implements LedgerStore {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Rejects when the database does not answer or does not let in. */
  static async open(url: string): Promise<PostgresLedger> {
    const pool = await poolOf(url);
    try {
      await createIn(pool);
      return new PostgresLedger(pool);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async add(records: readonly UsageRecord[]): Promise<void> {
    // A NUL, which PostgreSQL's texts cannot hold, may stand in what callers wrote.
    const clean = (value: string | number | null) => (typeof value === "string" ? value.replaceAll("\0", "") : value);
    await this.#pool.query(
      INSERT,
      COLUMNS.map(({ of }) => records.map((record) => clean(of(record)))),
    );
  }

  async removeBefore(before: number): Promise<boolean> {
    await this.#pool.query("DELETE FROM model_call WHERE time < $1", [before]);
    return false;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** Replicas that start together would trip over each other's CREATE: one after the other. */
async function createIn(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext('sallyport model_call'))");
    await client.query(createTable(POSTGRES));
    await client.query(CREATE_INDEX);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

export async function readPostgresLedger(url: string): Promise<LedgerReader> {
  const pool = await poolOf(url);
  return {
    async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
      const { sql, values } = usageQuery(POSTGRES, query, (n) => `$${n}`);
      const { rows } = await pool.query(sql, [...values]);
      return rows.map((row) => usageRow(row, query.by.length));
    },
    close: () => pool.end(),
  };
}
