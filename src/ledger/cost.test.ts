import assert from "node:assert/strict";
import { test } from "node:test";
import type { Usage } from "../llm/usage.ts";
import type { Price } from "../resources/ai-settings.ts";
import { Prices } from "./cost.ts";

const price = (from: string, prompt: number, completion: number, more: Partial<Price> = {}): Price => ({
  from: Date.parse(from),
  prompt,
  completion,
  cached: prompt,
  cacheWrite: prompt,
  reasoning: completion,
  promptAudio: prompt,
  completionAudio: completion,
  ...more,
});

const usage = (promptTokens: number, completionTokens: number, more: Partial<Usage> = {}): Usage => ({
  promptTokens,
  completionTokens,
  totalTokens: promptTokens + completionTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
  ...more,
});

const MARCH = Date.parse("2026-03-01");

test("each kind of tokens has its price, a million at a time", () => {
  const full = price("2025-01-01", 2, 8, { cached: 1, reasoning: 4, promptAudio: 40, completionAudio: 80 });
  const prices = new Prices({ currency: "USD", models: new Map([["m", [full]]]) });
  assert.equal(prices.cost(["m"], usage(1_000_000, 500_000), MARCH), 6);
  const parts = {
    cachedTokens: 500_000,
    promptAudioTokens: 100_000,
    reasoningTokens: 250_000,
    completionAudioTokens: 50_000,
  };
  assert.equal(prices.cost(["m"], usage(1_000_000, 500_000, parts), MARCH), 0.8 + 0.5 + 4 + 1.6 + 1 + 4);
  // A provider whose parts are more than the whole.
  assert.equal(prices.cost(["m"], usage(10, 0, { cachedTokens: 1_000_000 }), MARCH), 1);
});

test("what is written to the provider's cache has a price of its own", () => {
  const claude = price("2025-01-01", 3, 15, { cached: 0.3, cacheWrite: 3.75 });
  const prices = new Prices({ currency: "USD", models: new Map([["m", [claude]]]) });
  const parts = { cachedTokens: 400_000, cacheWriteTokens: 200_000 };
  assert.equal(prices.cost(["m"], usage(1_000_000, 0, parts), MARCH)?.toFixed(9), (1.2 + 0.12 + 0.75).toFixed(9));
});

test("the price of the day counts; before the first there is none", () => {
  const models = new Map([["m", [price("2026-02-01", 3, 0), price("2025-01-01", 2, 0)]]]);
  const prices = new Prices({ currency: "USD", models });
  const at = (day: string) => prices.cost(["m"], usage(1_000_000, 0), Date.parse(day));
  assert.deepEqual([at("2024-12-31"), at("2025-01-01"), at("2026-01-31"), at("2026-02-01")], [undefined, 2, 2, 3]);
});

test("a name goes before a pattern, a longer pattern before a shorter one, the answered model before the asked one", () => {
  const one = (amount: number) => [price("2025-01-01", amount, 0)];
  const models = new Map([
    ["gpt*", one(1)],
    ["gpt-4o*", one(2)],
    ["gpt-4o-mini", one(3)],
    ["ours", one(4)],
  ]);
  const prices = new Prices({ currency: "USD", models });
  const of = (...names: string[]) => prices.cost(names, usage(1_000_000, 0), MARCH);
  assert.deepEqual([of("gpt-5"), of("gpt-4o-2024"), of("gpt-4o-mini"), of("claude")], [1, 2, 3, undefined]);
  assert.deepEqual([of("gpt-4o-mini", "ours"), of("unknown", "ours"), of("", "")], [3, 4, undefined]);
  assert.equal(new Prices(undefined).cost(["m"], usage(1, 1), MARCH), undefined);
});
