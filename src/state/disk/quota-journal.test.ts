import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ManualClock } from "../../base/clock.ts";
import { SharedCounters } from "../shared/counters.ts";
import type { Window } from "../counters.ts";
import { journalSeed, QuotaJournal } from "./quota-journal.ts";

const day: Window = { kind: "fixed", lengthMs: 86_400_000 };
const endless: Window = { kind: "fixed", lengthMs: Number.POSITIVE_INFINITY };

function newFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-quota-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "state", "quotas.db");
}

async function open(file: string, clock: ManualClock) {
  const counters = new SharedCounters(clock, SharedCounters.allocate({}, journalSeed(file)));
  const reports: string[] = [];
  const journal = new QuotaJournal(
    file,
    counters,
    (message) => void reports.push(message),
    () => clock.now(),
  );
  await journal.start();
  return { counters, journal, reports };
}

test("quotas survive a restart until their window ends", async (t) => {
  const file = newFile(t);
  const clock = new ManualClock();
  const first = await open(file, clock);
  first.counters.take("a", 3, 5, day);
  first.counters.take("b", 1, 1, endless);
  first.journal.write();
  first.counters.take("a", 1, 5, day);
  first.journal.close();
  assert.equal(statSync(`${file}.seed`).mode & 0o777, 0o600);

  const second = await open(file, clock);
  assert.equal(second.counters.peek("a", 1, 5, day).remaining, 1);
  assert.equal(second.counters.take("b", 1, 1, endless).allowed, false);
  second.journal.close();

  clock.advance(2 * 86_400_000);
  const third = await open(file, clock);
  assert.equal(third.counters.peek("a", 1, 5, day).remaining, 5);
  assert.equal(third.counters.take("b", 1, 1, endless).allowed, false);
  assert.deepEqual(third.reports, []);
  third.journal.close();
});

test("a process that dies loses what it had not written, no more", async (t) => {
  const file = newFile(t);
  const clock = new ManualClock();
  const first = await open(file, clock);
  first.counters.take("a", 3, 10, day);
  first.journal.write();
  first.counters.take("a", 3, 10, day);
  // What is on disk at this moment is what a kill leaves: the lock goes with the process, here with its connection.
  const { cpSync } = await import("node:fs");
  const copy = `${file}.copy`;
  for (const end of ["", "-wal", ".seed"]) cpSync(file + end, copy + end);
  const second = await open(copy, clock);
  assert.equal(second.counters.peek("a", 1, 10, day).remaining, 7);
  second.journal.close();
  first.journal.close();
});

test("two processes over one file: the second counts in memory, and adds what the first left when it is gone", async (t) => {
  const file = newFile(t);
  const clock = new ManualClock();
  const first = await open(file, clock);
  first.counters.take("a", 3, 10, day);
  first.journal.write();
  const second = await open(file, clock);
  second.counters.take("a", 2, 10, day);
  second.journal.write();
  assert.match(second.reports[0], /cannot be kept/);
  assert.equal(second.reports.length, 1);
  first.journal.close();
  await second.journal.start();
  assert.equal(second.counters.peek("a", 1, 10, day).remaining, 5);
  assert.match(second.reports[1], /again/);
  second.journal.close();
  const third = await open(file, clock);
  assert.equal(third.counters.peek("a", 1, 10, day).remaining, 5);
  third.journal.close();
});

test("a file that is no database, and a folder that may not be written, are reported once; counting goes on", async (t) => {
  const file = newFile(t);
  const clock = new ManualClock();
  journalSeed(file);
  writeFileSync(file, "this is no database at all, but a text of some length".repeat(50));
  const { counters, journal, reports } = await open(file, clock);
  counters.take("a", 1, 1, day);
  journal.write();
  journal.write();
  assert.equal(reports.length, 1);
  assert.equal(counters.take("a", 1, 1, day).allowed, false);
  journal.close();
  writeFileSync(`${file}.seed`, "short");
  assert.throws(() => journalSeed(file), /damaged/);
  chmodSync(file, 0o600);
});
