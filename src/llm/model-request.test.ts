import assert from "node:assert/strict";
import { test } from "node:test";
import { modelRequestOf, pathModelOf } from "./model-request.ts";
import { countTokens, encodingOf } from "./tokens.ts";

test("OpenAI chat: texts, images, tools, the most it may answer", () => {
  const found = modelRequestOf({
    model: "gpt-4o",
    messages: [
      { role: "system", content: "Be kind." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:..." } },
        ],
      },
      { role: "assistant", tool_calls: [{ function: { name: "look", arguments: "{}" } }] },
    ],
    tools: [{ type: "function", function: { name: "look" } }],
    max_completion_tokens: 50,
    n: 2,
    stream: true,
  });
  assert.deepEqual(found?.texts.slice(0, 4), ["Be kind.", "What is this?", "{}", "look"]);
  assert.deepEqual(
    [found?.images, found?.messages, found?.maxTokens, found?.isStream, found?.model],
    [1, 3, 100, true, "gpt-4o"],
  );
});

test("other formats", () => {
  const texts = (body: unknown) => modelRequestOf(body)?.texts;
  assert.deepEqual(texts({ system: [{ type: "text", text: "s" }], messages: [{ content: "u" }], max_tokens: 5 }), [
    "s",
    "u",
  ]);
  assert.deepEqual(
    texts({
      contents: [{ parts: [{ text: "g" }, { inlineData: {} }] }],
      systemInstruction: { parts: [{ text: "i" }] },
    }),
    ["g", "i"],
  );
  assert.deepEqual(texts({ input: ["a", "b"] }), ["a", "b"]);
  assert.deepEqual(
    texts({ instructions: "i", input: [{ role: "user", content: [{ type: "input_text", text: "t" }] }] }),
    ["i", "t"],
  );
  assert.equal(modelRequestOf({ generationConfig: { maxOutputTokens: 9 }, contents: [] })?.maxTokens, 9);
  for (const body of [null, [], "x", 3]) assert.equal(modelRequestOf(body), undefined);
});

test("paths name models, too, and say there that they stream", () => {
  const paths: [string, string | undefined][] = [
    ["/openai/deployments/gpt-4o/chat/completions", "gpt-4o"],
    ["/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro"],
    ["/v1beta/models/gemini-embedding-001:batchEmbedContents", "gemini-embedding-001"],
    [
      "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict",
      "claude-sonnet-4@20250514",
    ],
    ["/model/anthropic.claude-3-haiku-20240307-v1:0/converse", "anthropic.claude-3-haiku-20240307-v1:0"],
    ["/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke", "anthropic.claude-3-haiku-20240307-v1:0"],
    ["/v1/chat/completions", undefined],
  ];
  for (const [path, model] of paths) assert.equal(pathModelOf(path), model, path);
  const streams = (path: string) => modelRequestOf({}, path)?.isStream;
  assert.deepEqual(["/models/m:streamRawPredict", "/models/m:rawPredict"].map(streams), [true, false]);
});

test("nesting without end is not looked into", () => {
  let content: unknown = "deep";
  for (let i = 0; i < 10_000; i++) content = { content };
  assert.deepEqual(modelRequestOf({ messages: [{ content }] })?.texts, []);
});

test("tokens by encoding; special tokens are text; large texts are counted elsewhere", async () => {
  assert.equal(encodingOf("gpt-4-turbo"), "cl100k_base");
  assert.equal(encodingOf("gpt-4o-mini"), "o200k_base");
  assert.equal(encodingOf(undefined), "o200k_base");
  assert.equal(await countTokens(["hello world"], "o200k_base"), 2);
  assert.equal(await countTokens(["hello world", "!"], "cl100k_base"), 3);
  assert.ok((await countTokens(["<|im_start|><|endoftext|>"], "o200k_base")) > 4);
  assert.equal(await countTokens([" a".repeat(20_000)], "o200k_base"), 20_000);
  assert.equal(await countTokens(["x".repeat(5 * 1024 * 1024)], "o200k_base"), (5 * 1024 * 1024) / 4);
});
