import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, type Usage, usageOf } from "./usage.ts";

const brief = (usage: Usage | undefined) =>
  usage && [usage.promptTokens, usage.completionTokens, usage.totalTokens, usage.cachedTokens, usage.reasoningTokens];

test("each provider's own words", () => {
  const cases: [string, unknown, number[]][] = [
    [
      "OpenAI chat",
      {
        usage: {
          prompt_tokens: 9,
          completion_tokens: 12,
          total_tokens: 21,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 7 },
        },
      },
      [9, 12, 21, 4, 7],
    ],
    ["OpenAI embeddings", { usage: { prompt_tokens: 8, total_tokens: 8 } }, [8, 0, 8, 0, 0]],
    [
      "OpenAI responses",
      {
        usage: {
          input_tokens: 36,
          output_tokens: 87,
          total_tokens: 123,
          input_tokens_details: { cached_tokens: 6 },
          output_tokens_details: { reasoning_tokens: 5 },
        },
      },
      [36, 87, 123, 6, 5],
    ],
    [
      "responses stream",
      { type: "response.completed", response: { usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 } } },
      [3, 4, 7, 0, 0],
    ],
    [
      "Anthropic",
      { usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 5, cache_creation_input_tokens: 2 } },
      [17, 20, 37, 5, 0],
    ],
    [
      "Anthropic stream",
      { type: "message_start", message: { usage: { input_tokens: 25, output_tokens: 1 } } },
      [25, 1, 26, 0, 0],
    ],
    [
      "Gemini",
      { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6, thoughtsTokenCount: 4, totalTokenCount: 15 } },
      [5, 10, 15, 0, 4],
    ],
    ["Bedrock converse", { usage: { inputTokens: 30, outputTokens: 10, totalTokens: 40 } }, [30, 10, 40, 0, 0]],
    ["Cohere v2", { usage: { tokens: { input_tokens: 3, output_tokens: 2 } } }, [3, 2, 5, 0, 0]],
    ["Cohere v1", { meta: { tokens: { input_tokens: 3, output_tokens: 2 } } }, [3, 2, 5, 0, 0]],
  ];
  for (const [name, message, expected] of cases) assert.deepEqual(brief(usageOf(message)), expected, name);
});

test("what says nothing of usage, and what lies about it", () => {
  for (const message of [null, 1, "x", [], {}, { usage: null }, { usage: [] }])
    assert.equal(usageOf(message), undefined);
  assert.deepEqual(
    brief(usageOf({ usage: { prompt_tokens: -5, completion_tokens: "9", total_tokens: 1e300 } })),
    [0, 0, 0, 0, 0],
  );
  assert.deepEqual(
    brief(usageOf({ usage: { prompt_tokens: 50, completion_tokens: 50, total_tokens: 1 } })),
    [50, 50, 100, 0, 0],
  );
});

test("statements of one stream are put together", () => {
  const start = usageOf({ message: { usage: { input_tokens: 25, output_tokens: 1 } } });
  const end = usageOf({ type: "message_delta", usage: { output_tokens: 15 } });
  assert.ok(end);
  assert.deepEqual(brief(merged(start, end)), [25, 15, 40, 0, 0]);
});
