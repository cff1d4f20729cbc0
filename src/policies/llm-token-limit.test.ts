import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { ManualClock } from "../base/clock.ts";
import { Body } from "../http/body.ts";
import { emptySnapshot } from "../resources/empty-snapshot.ts";
import type { Snapshot } from "../resources/snapshot.ts";
import { SharedCounters } from "../state/shared/counters.ts";
import { periodWindow } from "./shared/token-limit.ts";

const policy = (more: string) => `<llm-token-limit counter-key="k" estimate-prompt-tokens="true" ${more} />`;
const ask = (maxTokens: number) =>
  Body.text(JSON.stringify({ model: "gpt-4o", messages: [{ content: "Hi" }], max_tokens: maxTokens }));

test("a rate, or a quota with its period, is needed", () => {
  assert.equal(check(policy("")).length, 1);
  assert.equal(check(policy('token-quota="5"')).length, 1);
  assert.equal(check(policy('tokens-per-minute="5" token-quota-period="Daily"')).length, 1);
  assert.equal(check(policy('token-quota="5" token-quota-period="Daily"')).length, 0);
});

test("calls side by side cannot pass a limit together: each reserves what it may use", async () => {
  const world = bench();
  const ran = await Promise.all(
    Array.from({ length: 4 }, () => run(policy('tokens-per-minute="100"'), { bench: world, requestBody: ask(40) })),
  );
  const statuses = ran
    .map((one) => one.lastError?.reason ?? "passes")
    .sort()
    .reverse();
  assert.deepEqual(statuses, ["passes", "passes", "TokenLimitExceeded", "TokenLimitExceeded"]);
  await world.close();
});

test("a refused quota gives the rate's reservation back; each has its status", async () => {
  const world = bench();
  const both = policy(
    'tokens-per-minute="100" token-quota="50" token-quota-period="Monthly" remaining-tokens-variable-name="left"',
  );
  const [, refused] = (await Promise.all([1, 2].map(() => run(both, { bench: world, requestBody: ask(40) })))).sort(
    (a, b) => a.status - b.status,
  );
  assert.deepEqual([refused.status, refused.lastError?.reason], [403, "TokenQuotaExceeded"]);
  const rate = await run(policy('tokens-per-minute="100"'), { bench: world, requestBody: ask(50) });
  assert.equal(rate.lastError, null);
  await world.close();
});

test("a body that is no JSON counts as one token, not as a failure", async () => {
  const world = bench();
  const ran = await run(policy('tokens-per-minute="1"'), { bench: world, requestBody: Body.text("{ broken") });
  assert.equal(ran.lastError, null);
  await world.close();
});

test("periods begin with the hour, the day, Monday, the month and the year in UTC", () => {
  const now = Date.UTC(2024, 1, 29, 13, 45);
  const starts = (["Hourly", "Daily", "Weekly", "Monthly", "Yearly"] as const).map((period) => {
    const { lengthMs, startMs = 0 } = periodWindow(period, now);
    const start = startMs + Math.floor((now - startMs) / lengthMs) * lengthMs;
    return `${new Date(start).toISOString().slice(0, 13)} ${lengthMs / 3_600_000}`;
  });
  assert.deepEqual(starts, [
    "2024-02-29T13 1",
    "2024-02-29T00 24",
    "2024-02-26T00 168",
    "2024-02-01T00 696",
    "2024-01-01T00 8784",
  ]);
});

test("what a long answer gives back of a period that is over is not given to the next", () => {
  for (const period of ["Hourly", "Daily", "Weekly", "Monthly", "Yearly"] as const) {
    const clock = new ManualClock(Date.UTC(2023, 11, 31, 23, 59));
    const counters = new SharedCounters(clock);
    const before = periodWindow(period, clock.now());
    counters.take("k", 50, 100, before);
    clock.advance(86_400_000 * 7);
    const next = periodWindow(period, clock.now());
    counters.take("k", 80, 100, next);
    counters.refund("k", 40, before);
    assert.equal(counters.peek("k", 1, 100, next).remaining, 20, period);
  }
});

test("the prompt of a stream is reserved by its length; it is counted only where somebody sees the figure", async () => {
  // Ten tokens, a hundred bytes.
  const prompt = " ".repeat(80).concat("counted by the model");
  const requestBody = () =>
    Body.text(JSON.stringify({ model: "gpt-4o", stream: true, messages: [{ content: prompt }], max_tokens: 10 }));
  const empty = emptySnapshot();
  const counts = { settings: { ...empty.settings, ai: { ...empty.settings.ai, reserveTokens: false } } };
  const cases: [passing: number, more: string, snapshot?: Partial<Snapshot>][] = [
    [1, 'estimate-prompt-tokens="false"'],
    [2, 'estimate-prompt-tokens="true"'],
    [2, 'estimate-prompt-tokens="false" tokens-consumed-variable-name="used"'],
    [2, 'estimate-prompt-tokens="false"', counts],
  ];
  for (const [passing, more, snapshot] of cases) {
    const world = bench();
    const xml = `<llm-token-limit counter-key="k" tokens-per-minute="50" ${more} />`;
    const ran = await Promise.all(
      [1, 2].map(() => run(xml, { bench: world, requestBody: requestBody(), ...(snapshot && { snapshot }) })),
    );
    assert.equal(ran.filter(({ lastError }) => lastError === null).length, passing, more);
    await world.close();
  }
});
