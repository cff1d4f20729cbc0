/** The table of the usage ledger and the questions to it, in the words that SQLite and PostgreSQL have in common. */
import type { UsageKey, UsageQuery, UsageRecord, UsageRow } from "./usage-record.ts";

interface Column {
  readonly name: string;
  readonly type: "text" | "count" | "number";
  readonly of: (record: UsageRecord) => string | number | null;
}

const text = (name: string, of: Column["of"]): Column => ({ name, type: "text", of });
const count = (name: string, of: Column["of"]): Column => ({ name, type: "count", of });
const number = (name: string, of: Column["of"]): Column => ({ name, type: "number", of });

/** In order of insertion. */
export const COLUMNS: readonly Column[] = [
  text("correlation_id", (r) => r.correlationId),
  count("time", (r) => Math.floor(r.time)),
  text("subscription", (r) => r.subscription),
  text("product", (r) => r.product),
  text("user_id", (r) => r.user),
  text("api", (r) => r.api),
  text("operation", (r) => r.operation),
  text("model_asked", (r) => r.modelAsked),
  text("model", (r) => r.model),
  text("provider", (r) => r.provider),
  count("prompt_tokens", (r) => r.promptTokens),
  count("completion_tokens", (r) => r.completionTokens),
  count("cached_tokens", (r) => r.cachedTokens),
  count("reasoning_tokens", (r) => r.reasoningTokens),
  count("audio_tokens", (r) => r.audioTokens),
  number("cost", (r) => r.cost ?? null),
  text("currency", (r) => r.currency),
  number("latency_ms", (r) => r.latencyMs),
  number("first_token_ms", (r) => r.firstTokenMs ?? null),
  count("status", (r) => r.status),
  text("outcome", (r) => r.outcome),
  text("reason", (r) => r.reason),
];

const NULLABLE: ReadonlySet<string> = new Set(["cost", "first_token_ms"]);

export interface Dialect {
  readonly types: Readonly<Record<Column["type"], string>>;
  /** After the closing bracket of CREATE TABLE. */
  readonly tail: string;
  /** SQL for the day and the month of `time` in UTC: `2025-01-31`, `2025-01`. */
  readonly day: string;
  readonly month: string;
}

export function createTable({ types, tail }: Dialect): string {
  const columns = COLUMNS.map(({ name, type }) => `${name} ${types[type]}${NULLABLE.has(name) ? "" : " NOT NULL"}`);
  return `CREATE TABLE IF NOT EXISTS model_call (${columns.join(", ")}, PRIMARY KEY (correlation_id))${tail}`;
}

export const CREATE_INDEX = "CREATE INDEX IF NOT EXISTS model_call_time ON model_call (time)";

/** Sums by keys. @param place the parameter of a number, such as `?` or `$1` */
export function usageQuery(
  dialect: Dialect,
  { by, since, until }: UsageQuery,
  place: (n: number) => string,
): { readonly sql: string; readonly values: readonly number[] } {
  const names: Partial<Record<UsageKey, string>> = { day: dialect.day, month: dialect.month, user: "user_id" };
  const keys = by.map((key, i) => `${names[key] ?? key} AS key${i}`);
  const values: number[] = [];
  const bounds: string[] = [];
  if (since !== undefined) bounds.push(`time >= ${place(values.push(Math.floor(since)))}`);
  if (until !== undefined) bounds.push(`time < ${place(values.push(Math.floor(until)))}`);
  const groups = [...by.map((_, i) => `${i + 1}`), "currency"];
  const sql = `SELECT ${[...keys, ...SUMS].join(", ")} FROM model_call
    ${bounds.length === 0 ? "" : `WHERE ${bounds.join(" AND ")}`} GROUP BY ${groups.join(", ")} ORDER BY ${groups.join(", ")}`;
  return { sql, values };
}

const SUMS: readonly string[] = [
  "currency",
  "COUNT(*) AS calls",
  "SUM(prompt_tokens) AS prompt_tokens",
  "SUM(completion_tokens) AS completion_tokens",
  "SUM(cached_tokens) AS cached_tokens",
  "SUM(reasoning_tokens) AS reasoning_tokens",
  "SUM(audio_tokens) AS audio_tokens",
  "COALESCE(SUM(cost), 0) AS cost",
  "SUM(CASE WHEN cost IS NULL AND prompt_tokens + completion_tokens > 0 THEN 1 ELSE 0 END) AS unpriced",
  "AVG(latency_ms) AS latency_ms",
  "AVG(first_token_ms) AS first_token_ms",
];

/** A row of `usageQuery`; drivers give large sums as texts. */
export function usageRow(row: Readonly<Record<string, unknown>>, keys: number): UsageRow {
  const mean = (value: unknown) => (value === null || value === undefined ? undefined : Number(value));
  return {
    keys: Array.from({ length: keys }, (_, i) => String(row[`key${i}`])),
    currency: String(row.currency),
    calls: Number(row.calls),
    promptTokens: Number(row.prompt_tokens),
    completionTokens: Number(row.completion_tokens),
    cachedTokens: Number(row.cached_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    audioTokens: Number(row.audio_tokens),
    cost: Number(row.cost),
    unpriced: Number(row.unpriced),
    latencyMs: mean(row.latency_ms),
    firstTokenMs: mean(row.first_token_ms),
  };
}
