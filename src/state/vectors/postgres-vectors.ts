/** Vectors in PostgreSQL with pgvector (https://github.com/pgvector/pgvector), by the package `pg`: searched exactly within a partition. */
import type { Pool } from "pg";
import { type Found, unit, type Vectors } from "./vectors.ts";

export interface PostgresVectorsOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

/** Vectors of any number of dimensions in one column: a partition has only one. */
const CREATE = `CREATE TABLE IF NOT EXISTS semantic_cache (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition text NOT NULL,
  dimensions integer NOT NULL,
  vector vector NOT NULL,
  value bytea NOT NULL,
  expires_at timestamptz NOT NULL
)`;
const INDEXES = [
  "CREATE INDEX IF NOT EXISTS semantic_cache_partition ON semantic_cache (partition, dimensions)",
  "CREATE INDEX IF NOT EXISTS semantic_cache_expires_at ON semantic_cache (expires_at)",
];
/** The inner query ends before distances are taken: they are told of vectors of one number of dimensions only. */
const NEAREST = `WITH near AS MATERIALIZED (
    SELECT vector, value FROM semantic_cache WHERE partition = $1 AND dimensions = $2 AND expires_at > now()
  )
  SELECT vector <=> $3::vector AS distance, value FROM near ORDER BY distance LIMIT 1`;
const PUT = `INSERT INTO semantic_cache (partition, dimensions, vector, value, expires_at)
  VALUES ($1, $2, $3::vector, $4, now() + $5 * interval '1 millisecond')`;
const SWEEP = "DELETE FROM semantic_cache WHERE expires_at <= now()";
const SWEEP_MS = 60_000;

export class PostgresVectors implements Vectors {
  readonly #pool: Pool;
  readonly #sweep: NodeJS.Timeout;

  private constructor(pool: Pool) {
    this.#pool = pool;
    this.#sweep = setInterval(() => void pool.query(SWEEP).catch(() => undefined), SWEEP_MS);
    this.#sweep.unref();
  }

  /** Rejects when the database does not answer, does not let in, or has no pgvector. */
  static async open({ url, timeoutMs }: PostgresVectorsOptions): Promise<PostgresVectors> {
    const { default: pg } = await import("pg").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      throw new Error("A semantic cache in PostgreSQL needs the package pg: npm install pg");
    });
    const pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: timeoutMs,
      statement_timeout: timeoutMs,
      query_timeout: timeoutMs,
      application_name: "sallyport",
      allowExitOnIdle: true,
    });
    // A connection that breaks while nobody uses it: the next use makes another.
    pool.on("error", () => {});
    try {
      await createIn(pool);
      return new PostgresVectors(pool);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async nearest(partition: string, vector: Float32Array, maxDistance: number): Promise<Found | undefined> {
    const { rows } = await this.#pool.query(NEAREST, [partition, vector.length, textOf(vector)]);
    const [row] = rows as { distance: number; value: Buffer }[];
    return row !== undefined && row.distance <= maxDistance ? row : undefined;
  }

  async put(partition: string, vector: Float32Array, value: Uint8Array, ttlMs: number): Promise<void> {
    if (unit(vector) === undefined) return;
    await this.#pool.query(PUT, [partition, vector.length, textOf(vector), Buffer.from(value), ttlMs]);
  }

  close(): Promise<void> {
    clearInterval(this.#sweep);
    return this.#pool.end();
  }
}

/** Replicas that start together would trip over each other's CREATE: one after the other. */
async function createIn(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext('sallyport semantic_cache'))");
    const { rows } = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'vector'");
    if (rows.length === 0) await createExtension(client);
    await client.query(CREATE);
    for (const index of INDEXES) await client.query(index);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

async function createExtension(client: { query(sql: string): Promise<unknown> }): Promise<void> {
  try {
    await client.query("CREATE EXTENSION vector");
  } catch (cause) {
    const message = "The database of ai.semanticCache cannot search by vectors: it needs the extension pgvector";
    throw new Error(`${message} (CREATE EXTENSION vector, by who may)`, { cause });
  }
}

function textOf(vector: Float32Array): string {
  return `[${vector.join(",")}]`;
}
