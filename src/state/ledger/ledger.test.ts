/** What every ledger does, be it in SQLite or in PostgreSQL; and how records get there. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { noPostgres, PostgresServer } from "../../../test/support/postgres.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { PostgresLedger, readPostgresLedger } from "./postgres-ledger.ts";
import { readSqliteLedger, SqliteLedger } from "./sqlite-ledger.ts";
import type { LedgerReader, LedgerStore, UsageKey, UsageRecord } from "./usage-record.ts";

const DAY = Date.UTC(2026, 2, 1);

let made = 0;
function record(more: Partial<UsageRecord> = {}): UsageRecord {
  return {
    correlationId: `call ${made++}`,
    time: DAY + 1_000.5,
    subscription: "fabrikam",
    product: "partners",
    user: "ann",
    api: "chat",
    operation: "complete",
    modelAsked: "gpt-4o",
    model: "gpt-4o-2024-08-06",
    provider: "azure",
    promptTokens: 100,
    completionTokens: 20,
    cachedTokens: 10,
    reasoningTokens: 5,
    audioTokens: 0,
    cost: 0.25,
    currency: "USD",
    latencyMs: 400,
    firstTokenMs: 100,
    status: 200,
    outcome: "ok",
    reason: "",
    ...more,
  };
}

interface Place {
  open(): Promise<LedgerStore>;
  read(): Promise<LedgerReader>;
}

async function usage(place: Place, by: readonly UsageKey[], since?: number, until?: number) {
  const reader = await place.read();
  const rows = await reader.usage({ by, since, until });
  await reader.close();
  return rows;
}

async function contract(place: Place): Promise<void> {
  const store = await place.open();
  const first = record();
  await store.add([first, record({ subscription: "tailwind", cost: 0.5, firstTokenMs: undefined })]);
  // What is told twice counts once; hostile texts stay texts.
  await store.add([
    first,
    record({ subscription: "'; DROP TABLE model_call; -- \0", cost: undefined, outcome: "failed" }),
  ]);
  await store.add([record({ time: DAY + 86_400_000, promptTokens: 2 ** 40, firstTokenMs: undefined })]);
  const rows = await usage(place, ["subscription"]);
  assert.deepEqual(
    rows.map(({ keys, calls, cost, unpriced }) => [keys[0].replace("\0", ""), calls, cost, unpriced]),
    [
      ["'; DROP TABLE model_call; -- ", 1, 0, 1],
      ["fabrikam", 2, 0.5, 0],
      ["tailwind", 1, 0.5, 0],
    ],
  );
  assert.deepEqual(rows[1], {
    keys: ["fabrikam"],
    calls: 2,
    promptTokens: 2 ** 40 + 100,
    completionTokens: 40,
    cachedTokens: 20,
    reasoningTokens: 10,
    audioTokens: 0,
    cost: 0.5,
    currency: "USD",
    unpriced: 0,
    latencyMs: 400,
    firstTokenMs: 100,
  });
  assert.equal(rows[2].firstTokenMs, undefined);
  const days = await usage(place, ["day", "model"], undefined, DAY + 86_400_000);
  assert.deepEqual(
    days.map(({ keys, calls }) => [...keys, calls]),
    [["2026-03-01", "gpt-4o-2024-08-06", 3]],
  );
  const later = await usage(place, ["month", "user"], DAY + 86_400_000);
  assert.deepEqual(
    later.map(({ keys, calls }) => [...keys, calls]),
    [["2026-03", "ann", 1]],
  );
  assert.deepEqual(
    (await usage(place, [])).map(({ calls }) => calls),
    [4],
  );
  while (await store.removeBefore(DAY + 86_400_000));
  assert.deepEqual(
    (await usage(place, [])).map(({ calls }) => calls),
    [1],
  );
  await store.close();
  // It is there at the next start.
  const again = await place.open();
  await again.add([record({ time: DAY + 86_400_000 })]);
  assert.deepEqual(
    (await usage(place, [])).map(({ calls }) => calls),
    [2],
  );
  await again.close();
}

function newFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-ledger-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state", "usage.db");
}

const sqlite = (file: string): Place => ({ open: () => SqliteLedger.open(file), read: () => readSqliteLedger(file) });

test("a ledger in SQLite", async (t) => {
  const file = newFile(t);
  await contract(sqlite(file));
  assert.equal(statSync(join(file, "..")).mode & 0o777, 0o700);
});

test("a ledger in PostgreSQL, which goes away and comes back", { skip: noPostgres }, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.stop());
  const place: Place = { open: () => PostgresLedger.open(server.url), read: () => readPostgresLedger(server.url) };
  await contract(place);
  const said: string[] = [];
  const writer = new LedgerWriter({
    open: place.open,
    retentionDays: 36_500,
    report: (message) => void said.push(message),
  });
  await writer.start();
  await server.kill();
  writer.add([record({ time: DAY + 90 * 86_400_000, subscription: "late" })]);
  await writer.flush();
  assert.match(said[0], /cannot be written/);
  await server.start();
  // It may be busy for a while with what the kill left behind.
  for (let tries = 0; tries < 100 && said.length < 2; tries++) {
    await writer.flush();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await writer.close();
  assert.match(said[1], /written again/);
  assert.deepEqual(
    (await usage(place, ["subscription"], DAY + 89 * 86_400_000)).map(({ keys, calls }) => [keys[0], calls]),
    [["late", 1]],
  );
});

test("two writers share one file, and nothing is lost", async (t) => {
  const place = sqlite(newFile(t));
  const said: string[] = [];
  const report = (message: string, error?: Error) => void said.push(`${message} ${error?.message}`);
  const writers = [0, 1].map(() => new LedgerWriter({ open: place.open, retentionDays: 36_500, report }));
  for (const writer of writers) await writer.start();
  const calls = 350;
  for (let i = 0; i < calls; i++) for (const writer of writers) writer.add([record()]);
  for (let tries = 0; tries < 20; tries++) await Promise.all(writers.map((writer) => writer.flush()));
  for (const writer of writers) await writer.close();
  assert.equal((await usage(place, []))[0].calls, 2 * calls);
  assert.deepEqual(
    writers.map(({ lost }) => lost),
    [0, 0],
  );
});

test("a ledger that cannot be written is reported once; records wait within a bound, the rest is counted", async (t) => {
  const file = newFile(t);
  const said: string[] = [];
  let isBroken = true;
  const writer = new LedgerWriter({
    open: async () => {
      if (isBroken) throw new Error("no space left on device");
      return SqliteLedger.open(file);
    },
    retentionDays: 36_500,
    report: (message) => void said.push(message),
    maxWaiting: 10,
  });
  await writer.start();
  for (let i = 0; i < 13; i++) writer.add([record()]);
  await writer.flush();
  assert.equal(said.length, 1);
  assert.equal(writer.lost, 3);
  isBroken = false;
  await writer.flush();
  await writer.close();
  assert.match(said[1], /again/);
  assert.equal((await usage(sqlite(file), []))[0].calls, 10);
});

test("records older than the retention go", async (t) => {
  const place = sqlite(newFile(t));
  const now = DAY + 40 * 86_400_000;
  const writer = new LedgerWriter({ open: place.open, retentionDays: 30, report: () => {}, now: () => now });
  for (let i = 0; i < 600; i++) writer.add([record()]);
  writer.add([record({ time: now })]);
  await writer.close();
  assert.equal((await usage(place, []))[0].calls, 1);
});

test("what is no ledger says so", async (t) => {
  const file = newFile(t);
  await assert.rejects(readSqliteLedger(file), /There is no ledger/);
  const other = `${file.slice(0, file.lastIndexOf("/state"))}/other.db`;
  writeFileSync(other, "no database, but a text ".repeat(400));
  const reader = await readSqliteLedger(other);
  await assert.rejects(reader.usage({ by: [], since: undefined, until: undefined }), /is no usage ledger/);
  await reader.close();
});
