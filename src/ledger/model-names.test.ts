import assert from "node:assert/strict";
import { test } from "node:test";
import { askedModelIn, providerOf } from "./model-names.ts";

test("a host tells the maker; one that is nobody's stands for itself", () => {
  const hosts = [
    ["contoso.openai.azure.com", "azure"],
    ["contoso.services.ai.azure.com", "azure"],
    ["api.openai.com", "openai"],
    ["api.anthropic.com", "anthropic"],
    ["europe-west1-aiplatform.googleapis.com", "google"],
    ["bedrock-runtime.eu-central-1.amazonaws.com", "aws"],
    ["bedrock-runtime.evil.example", "bedrock-runtime.evil.example"],
    ["127.0.0.1", "127.0.0.1"],
  ];
  for (const [host, provider] of hosts) assert.equal(providerOf(host), provider);
});

test("paths of deployments and models name what was asked for", () => {
  assert.equal(askedModelIn("/openai/deployments/gpt%2D4o/chat/completions"), "gpt-4o");
  assert.equal(askedModelIn("/v1beta/models/gemini-2.0-flash:streamGenerateContent"), "gemini-2.0-flash");
  assert.equal(askedModelIn("/model/anthropic.claude-3/converse"), "anthropic.claude-3");
  assert.equal(askedModelIn("/v1/chat/completions"), "");
  assert.equal(askedModelIn("/models/%E0%A4%A/x"), "%E0%A4%A");
});
