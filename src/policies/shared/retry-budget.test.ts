import assert from "node:assert/strict";
import { test } from "node:test";
import { RetryBudget } from "./retry-budget.ts";

function retries(budget: RetryBudget, wanted: number, now: number): number {
  let taken = 0;
  for (let i = 0; i < wanted; i++) if (budget.takeRetry(now)) taken++;
  return taken;
}

test("a share of the requests, and a few beside", () => {
  const budget = new RetryBudget(20);
  for (let i = 0; i < 1_000; i++) budget.request(0);
  assert.equal(retries(budget, 1_000, 100), 300);
});

test("few requests may all be retried", () => {
  assert.equal(retries(new RetryBudget(20), 1_000, 0), 100);
});

test("what was long ago counts no more", () => {
  const budget = new RetryBudget(20);
  for (let i = 0; i < 1_000; i++) budget.request(0);
  assert.equal(retries(budget, 1_000, 0), 300);
  assert.equal(retries(budget, 1_000, 6_000), 0, "the span before still counts");
  assert.equal(retries(budget, 1_000, 11_000), 100);
});

test("it is reported once in a span", () => {
  const budget = new RetryBudget(0);
  budget.request(0);
  assert.deepEqual([budget.report(), budget.report()], [true, false]);
  budget.request(5_000);
  assert.equal(budget.report(), true);
});
