import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import { modelSpan } from "./model-span.ts";

const record: UsageRecord = {
  correlationId: "c",
  time: 0,
  subscription: "",
  product: "",
  user: "",
  api: "a",
  operation: "o",
  modelAsked: "m",
  model: "m-1",
  provider: "azure",
  promptTokens: 3,
  completionTokens: 4,
  cachedTokens: 0,
  reasoningTokens: 0,
  audioTokens: 0,
  cost: undefined,
  currency: "USD",
  latencyMs: 10,
  firstTokenMs: undefined,
  status: 200,
  outcome: "ok",
  reason: "",
};

test("the operation is told by the path of the service", () => {
  for (const [path, name] of [
    ["/openai/deployments/m/chat/completions", "chat m"],
    ["/v1/completions", "text_completion m"],
    ["/v1/embeddings", "embeddings m"],
    ["/v1/messages", "chat m"],
    ["/model/m/converse", "chat m"],
    ["/v1beta/models/m:streamGenerateContent", "generate_content m"],
    ["/v1beta/models/m:embedContent", "embeddings m"],
  ])
    assert.equal(modelSpan(record, path).name, name, path);
});

test("makers have the names of the conventions; what is not known is not there", () => {
  const { attributes, failure } = modelSpan(record, "/v1/messages");
  assert.equal(attributes["gen_ai.provider.name"], "azure.ai.openai");
  assert.equal(attributes["gen_ai.usage.output_tokens"], 4);
  assert.equal(failure, undefined);
  const failed = {
    ...record,
    model: "",
    modelAsked: "",
    promptTokens: 0,
    completionTokens: 0,
    outcome: "failed" as const,
  };
  const span = modelSpan({ ...failed, provider: "models.internal", reason: "status 500" }, "/v1/chat/completions");
  assert.equal(span.name, "chat");
  assert.equal(span.failure, "status 500");
  assert.equal(span.attributes["gen_ai.provider.name"], "models.internal");
  assert.equal(span.attributes["gen_ai.usage.input_tokens"], undefined);
  assert.equal(span.attributes["gen_ai.request.model"], undefined);
});
