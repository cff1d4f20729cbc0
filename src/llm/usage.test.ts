import assert from "node:assert/strict";
import { test } from "node:test";
import { merged, type Usage, usageOf, usageOfFields } from "./usage.ts";

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
    [
      "Anthropic, thinking",
      { usage: { input_tokens: 10, output_tokens: 20, output_tokens_details: { thinking_tokens: 8 } } },
      [10, 20, 30, 0, 8],
    ],
    [
      "Anthropic stream's end, of which the cache is no news",
      { type: "message_delta", usage: { input_tokens: null, output_tokens: 20, cache_read_input_tokens: 5 } },
      [0, 20, 20, 5, 0],
    ],
    [
      "OpenAI images",
      {
        created: 1,
        usage: { input_tokens: 50, output_tokens: 50, total_tokens: 100, input_tokens_details: { image_tokens: 40 } },
      },
      [50, 50, 100, 0, 0],
    ],
    [
      "OpenAI transcription",
      {
        text: "x",
        usage: {
          type: "tokens",
          input_tokens: 14,
          output_tokens: 101,
          total_tokens: 115,
          input_token_details: { audio_tokens: 14 },
        },
      },
      [14, 101, 115, 0, 0],
    ],
    [
      "OpenAI transcription stream",
      { type: "transcript.text.done", usage: { input_tokens: 1, output_tokens: 2 } },
      [1, 2, 3, 0, 0],
    ],
    ["OpenAI transcription by time", { text: "x", usage: { type: "duration", seconds: 9 } }, [0, 0, 0, 0, 0]],
    [
      "responses cut short",
      { type: "response.incomplete", response: { usage: { input_tokens: 3, output_tokens: 4 } } },
      [3, 4, 7, 0, 0],
    ],
    [
      "Bedrock invoke stream",
      {
        type: "message_stop",
        "amazon-bedrock-invocationMetrics": { inputTokenCount: 9, outputTokenCount: 3, cacheReadInputTokenCount: 2 },
      },
      [11, 3, 14, 2, 0],
    ],
    [
      "Gemini stream as a list",
      [
        { usageMetadata: { promptTokenCount: 5 } },
        { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6, totalTokenCount: 11 } },
      ],
      [5, 6, 11, 0, 0],
    ],
    ["Cohere v1", { meta: { tokens: { input_tokens: 3, output_tokens: 2 } } }, [3, 2, 5, 0, 0]],
  ];
  for (const [name, message, expected] of cases) assert.deepEqual(brief(usageOf(message)), expected, name);
});

test("what says nothing of usage, and what lies about it", () => {
  for (const message of [null, 1, "x", [], {}, { usage: null }, { usage: [] }])
    assert.equal(usageOf(message), undefined);
  const lies: unknown[] = [-5, "9", 1e300, 1e9, [], {}, true];
  for (const lie of lies) {
    for (const usage of [
      { prompt_tokens: lie, completion_tokens: 1 },
      { prompt_tokens: 1, completion_tokens: lie },
      { prompt_tokens: 1, total_tokens: lie },
      { input_tokens: 1, output_tokens: lie },
      { inputTokens: lie, outputTokens: 1 },
      { tokens: { input_tokens: lie } },
    ])
      assert.equal(usageOf({ usage }), undefined, JSON.stringify(usage));
    assert.equal(usageOf({ usageMetadata: { candidatesTokenCount: lie } }), undefined);
    assert.equal(usageOf({ "amazon-bedrock-invocationMetrics": { outputTokenCount: lie } }), undefined);
  }
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

test("Bedrock's fields of the response", () => {
  const fields = (input: string | undefined, output: string | undefined) =>
    brief(usageOfFields((name) => (name.includes("Input") ? input : output)));
  assert.deepEqual(fields("12", "8"), [12, 8, 20, 0, 0]);
  assert.equal(fields(undefined, undefined), undefined);
  assert.equal(fields("12", "-8"), undefined);
  assert.equal(fields("x", "8"), undefined);
});

test("what was written to the provider's cache is told apart, and stays through a stream", () => {
  const written = (message: unknown) => usageOf(message)?.cacheWriteTokens;
  assert.equal(written({ usage: { input_tokens: 1, cache_creation_input_tokens: 7 } }), 7);
  assert.equal(written({ usage: { inputTokens: 1, cacheWriteInputTokens: 7 } }), 7);
  assert.equal(written({ usage: { prompt_tokens: 9, prompt_tokens_details: { cache_write_tokens: 7 } } }), 7);
  assert.equal(written({ usage: { input_tokens: 9, input_tokens_details: { cache_write_tokens: 7 } } }), 7);
  assert.equal(
    written({ "amazon-bedrock-invocationMetrics": { inputTokenCount: 1, cacheWriteInputTokenCount: 7 } }),
    7,
  );
  const start = usageOf({ message: { usage: { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 7 } } });
  const end = usageOf({ type: "message_delta", usage: { output_tokens: 5 } });
  assert.ok(start && end);
  const { promptTokens, cacheWriteTokens, totalTokens } = merged(start, end);
  assert.deepEqual([promptTokens, cacheWriteTokens, totalTokens], [8, 7, 13]);
});
