import assert from "node:assert/strict";
import { test } from "node:test";
import { type GuardRules, guarded } from "./guard.ts";

const rules = (more: Partial<GuardRules>): GuardRules => ({
  models: undefined,
  maxTokens: undefined,
  unknownFields: "pass",
  ...more,
});

test("models: by body and by path, each that is named", () => {
  const allowed = rules({ models: ["gpt-4o", "claude-*", "amazon.nova-pro-v1:0"] });
  const code = (body: Record<string, unknown>, path = "/v1/chat/completions") => {
    const result = guarded(body, path, allowed);
    return result === body ? "passes" : result.code;
  };
  assert.equal(code({ model: "gpt-4o" }), "passes");
  assert.equal(code({ model: "claude-sonnet-4" }, "/v1/messages"), "passes");
  assert.equal(code({ model: "gpt-4o-mini" }), "model_not_found");
  assert.equal(code({ model: "GPT-4o" }), "model_not_found");
  assert.equal(code({ model: ["gpt-4o"] }), "model_not_found");
  assert.equal(code({}), "missing_model");
  assert.equal(code({}, "/openai/deployments/gpt-4o/chat/completions"), "passes");
  assert.equal(code({ model: "gpt-4o" }, "/openai/deployments/gpt-4.5/chat/completions"), "model_not_found");
  assert.equal(code({ model: "gpt-4.5" }, "/openai/deployments/gpt-4o/chat/completions"), "model_not_found");
  assert.equal(code({}, "/v1beta/models/gemini-2.5-pro:streamGenerateContent"), "model_not_found");
  assert.equal(code({}, "/model/amazon.nova-pro-v1%3A0/converse"), "passes");
});

test("the most tokens: wishes are lowered, absent ones set, over all choices", () => {
  const most = rules({ maxTokens: 100 });
  const bound = (body: Record<string, unknown>, path = "/chat/completions") => guarded(body, path, most);
  assert.deepEqual(bound({ max_tokens: 50 }), { max_tokens: 50 });
  assert.deepEqual(bound({ max_tokens: 500, max_completion_tokens: 7 }), { max_tokens: 100, max_completion_tokens: 7 });
  for (const wish of [101, -1, "5", null, 1e300, {}])
    assert.deepEqual(bound({ max_tokens: wish }), { max_tokens: 100 });
  assert.deepEqual(bound({ n: 4, max_tokens: 50 }), { n: 4, max_tokens: 25 });
  assert.deepEqual(bound({}), { max_completion_tokens: 100 });
  assert.deepEqual(bound({}, "/completions"), { max_tokens: 100 });
  assert.deepEqual(bound({}, "/responses"), { max_output_tokens: 100 });
  assert.deepEqual(bound({}, "/messages"), { max_tokens: 100 });
  assert.deepEqual(bound({}, "/embeddings"), {});
  const google = "/models/m:generateContent";
  assert.deepEqual(bound({ generationConfig: { topP: 1 } }, google), {
    generationConfig: { topP: 1, maxOutputTokens: 100 },
  });
  assert.deepEqual(bound({ generation_config: { max_output_tokens: 900, candidate_count: 2 } }, google), {
    generation_config: { max_output_tokens: 50, candidate_count: 2 },
  });
  assert.deepEqual(bound({ inferenceConfig: { maxTokens: 900 } }, "/model/m/converse"), {
    inferenceConfig: { maxTokens: 100 },
  });
});

test("unknown fields, where the provider's reference says which are known", () => {
  const strict = rules({ unknownFields: "refuse" });
  const param = (body: Record<string, unknown>, path: string) => guarded(body, path, strict).param;
  assert.equal(param({ model: "m", messages: [], tools: [] }, "/chat/completions"), undefined);
  assert.equal(param({ model: "m", messages: [], api_base: "http://evil" }, "/chat/completions"), "api_base");
  assert.equal(param({ model: "m", messages: [], n: 2 }, "/messages"), "n");
  assert.equal(param({ constructor: 1 }, "/embeddings"), "constructor");
  assert.equal(param({ anything: 1 }, "/images/generations"), undefined);
});
