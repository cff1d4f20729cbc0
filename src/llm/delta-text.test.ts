import assert from "node:assert/strict";
import { test } from "node:test";
import { deltaTextOf } from "./delta-text.ts";

test("what a message of each provider adds", () => {
  const cases: [text: string, message: unknown][] = [
    ["Hi", { choices: [{ delta: { content: "Hi" } }] }],
    ["Hi", { choices: [{ text: "Hi" }] }],
    ["{}", { choices: [{ delta: { tool_calls: [{ function: { arguments: "{}" } }] } }] }],
    ["Hi", { type: "response.output_text.delta", delta: "Hi" }],
    ["", { type: "response.output_text.done", text: "Hi" }],
    ["Hi", { type: "content_block_delta", delta: { type: "text_delta", text: "Hi" } }],
    ["{}", { type: "content_block_delta", delta: { type: "input_json_delta", partial_json: "{}" } }],
    ["Hi", { candidates: [{ content: { parts: [{ text: "Hi" }] } }] }],
    ["Hi there", [{ candidates: [{ content: { parts: [{ text: "Hi " }] } }] }, { choices: [{ text: "there" }] }]],
    ["Hi", { contentBlockIndex: 0, delta: { text: "Hi" } }],
    ["{}", { contentBlockIndex: 0, delta: { toolUse: { input: "{}" } } }],
    ["Hm", { contentBlockIndex: 0, delta: { reasoningContent: { text: "Hm" } } }],
    ["Hi", { output: { message: { role: "assistant", content: [{ text: "Hi" }] } } }],
    ["Hi", { completion: "Hi", stop_reason: null }],
    ["Hi", { generation: "Hi", prompt_token_count: null }],
    ["Hi", { outputText: "Hi", index: 0 }],
    ["Hi", { outputs: [{ text: "Hi", stop_reason: null }] }],
    ["", { usage: { output_tokens: 5 } }],
    ["", "Hi"],
    ["", null],
  ];
  for (const [text, message] of cases) assert.equal(deltaTextOf(message), text, JSON.stringify(message));
});

test("content that is nested without end is not walked without end", () => {
  const deep = JSON.parse(`{"delta":${'{"content":'.repeat(50_000)}"x"${"}".repeat(50_000)}}`);
  assert.equal(deltaTextOf(deep), "");
});
