import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsageRecord } from "../state/ledger/usage-record.ts";
import { modelSpan, namedCall } from "./model-span.ts";

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
    assert.equal(modelSpan(record, namedCall("h", path)).name, name, path);
});

test("makers have the names of the conventions; what is not known is not there", () => {
  const { attributes, failure } = modelSpan(record, namedCall("c.openai.azure.com", "/v1/messages"));
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
  const span = modelSpan({ ...failed, reason: "status 500" }, namedCall("models.internal", "/v1/chat/completions"));
  assert.equal(span.name, "chat");
  assert.equal(span.failure, "status 500");
  assert.equal(span.attributes["gen_ai.provider.name"], "models.internal");
  assert.equal(span.attributes["gen_ai.usage.input_tokens"], undefined);
  assert.equal(span.attributes["gen_ai.request.model"], undefined);
});

test("services have the names of the conventions, by host and path; others stand for themselves", () => {
  for (const [host, path, name] of [
    ["c.openai.azure.com", "/openai/deployments/m/chat/completions", "azure.ai.openai"],
    ["c.services.ai.azure.com", "/openai/v1/responses", "azure.ai.openai"],
    ["c.services.ai.azure.com", "/models/chat/completions", "azure.ai.inference"],
    ["c.cognitiveservices.azure.com", "/openai/deployments/m/embeddings", "azure.ai.openai"],
    ["m.eastus.models.ai.azure.com", "/chat/completions", "azure.ai.inference"],
    ["bedrock-runtime.eu-west-1.amazonaws.com", "/model/m/converse", "aws.bedrock"],
    ["europe-west1-aiplatform.googleapis.com", "/v1/projects/p/m:generateContent", "gcp.vertex_ai"],
    ["generativelanguage.googleapis.com", "/v1beta/models/m:generateContent", "gcp.gemini"],
    ["api.mistral.ai", "/v1/chat/completions", "mistral_ai"],
    ["api.x.ai", "/v1/chat/completions", "x_ai"],
    ["notapi.x.ai.example", "/v1/chat/completions", "notapi.x.ai.example"],
  ])
    assert.equal(namedCall(host, path).provider, name, host + path);
});
