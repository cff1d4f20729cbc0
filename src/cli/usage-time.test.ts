import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "./command.ts";
import { timeOf } from "./usage-time.ts";

const NOW = Date.UTC(2026, 2, 10, 12);
const at = (text: string, side: "start" | "end" = "start") =>
  new Date(timeOf(text, "since", side, NOW)).toISOString().slice(0, 16);

test("months, days, moments and spans", () => {
  assert.deepEqual([at("2026-03"), at("2026-03", "end")], ["2026-03-01T00:00", "2026-04-01T00:00"]);
  assert.deepEqual([at("2025-12", "end"), at("2024-02-29", "end")], ["2026-01-01T00:00", "2024-03-01T00:00"]);
  assert.deepEqual([at("2026-03-01"), at("2026-03-01", "end")], ["2026-03-01T00:00", "2026-03-02T00:00"]);
  assert.deepEqual(
    [at("2026-03-01T12:30Z"), at("2026-03-01T12:30+01:00", "end")],
    ["2026-03-01T12:30", "2026-03-01T11:30"],
  );
  assert.deepEqual([at("12h"), at("7d"), at("1w")], ["2026-03-10T00:00", "2026-03-03T12:00", "2026-03-03T12:00"]);
});

test("what is no time", () => {
  for (const text of [
    "",
    "yesterday",
    "2026",
    "2026-13",
    "2026-02-30",
    "2026-3-1",
    "7",
    "7m",
    "2026-03-01T12:00",
    "-7d",
  ])
    assert.throws(() => timeOf(text, "since", "start", NOW), UsageError, text);
});
