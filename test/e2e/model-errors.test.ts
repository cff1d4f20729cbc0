/** Refusals of the gateway as the official clients of models show them: with `ai.providerErrors`, and Azure API Management's without. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { DEFAULT_AI_SETTINGS } from "../../src/resources/ai-settings.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, policy, snapshot } from "../support/snapshot.ts";

const limit = (attributes: string) => ({
  policy: policy({
    inbound: `<base /><llm-token-limit counter-key="@(context.Request.OriginalUrl.Path)" ${attributes} estimate-prompt-tokens="true" />`,
  }),
});
const RATE = 'tokens-per-minute="1"';
const QUOTA = 'token-quota="1" token-quota-period="Monthly"';

let backend: Backend;
let gateway: TestGateway;

before(async () => {
  backend = await Backend.start();
  backend.answer = (_request, response) =>
    void response
      .writeHead(200, { "Content-Type": "application/json" })
      .end('{"choices":[],"content":[],"usage":{"prompt_tokens":5,"completion_tokens":5}}');
  const operations = [
    operation("POST", "/rate/*", limit(RATE)),
    operation("POST", "/quota/*", limit(QUOTA)),
    operation("POST", "/fault/*", {
      policy: policy({ inbound: '<base /><set-variable name="x" value="@(1 / context.Subscription.Id.Length)" />' }),
    }),
  ];
  const serviceUrl = backend.url;
  const apis = [
    api("models", { serviceUrl, operations }),
    api("keys", { serviceUrl, operations, subscriptionRequired: true }),
    api("plain", { serviceUrl, operations }),
  ];
  const providerErrors = new Set(["models", "keys"]);
  const { program, diagnostics } = loadProgram(
    snapshot({ apis, settings: { ai: { ...DEFAULT_AI_SETTINGS, providerErrors } } }),
    policies,
  );
  assert.deepEqual(diagnostics, []);
  gateway = await startGateway(program);
});
after(async () => {
  await gateway.close();
  await backend.close();
});

const options = (path: string) => ({
  apiKey: "unused",
  baseURL: `http://127.0.0.1:${gateway.port}/${path}`,
  maxRetries: 0,
});
const chat = (path: string) =>
  new OpenAI(options(path)).chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: "one two three four five six" }],
  });

/** The first call uses the limit up. */
async function second<T>(call: () => Promise<T>): Promise<unknown> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      await call();
    } catch (error) {
      return error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

test("OpenAI's client: a rate, a quota, a key, a fault", async () => {
  const rate = await second(() => chat("models/rate"));
  assert.ok(rate instanceof OpenAI.RateLimitError);
  assert.match(rate.message, /^429 Token limit is exceeded\. Try again in \d+ seconds\.$/);
  assert.deepEqual([rate.type, rate.code, rate.param], ["rate_limit_error", "rate_limit_exceeded", null]);
  assert.match(rate.headers.get("retry-after") ?? "", /^\d+$/);

  const quota = await second(() => chat("models/quota"));
  assert.ok(quota instanceof OpenAI.PermissionDeniedError);
  assert.match(quota.message, /^403 Token quota is exceeded\./);
  assert.equal(quota.code, "insufficient_quota");

  const key = await second(() => chat("keys/rate"));
  assert.ok(key instanceof OpenAI.AuthenticationError);
  assert.match(key.message, /^401 Access denied due to missing subscription key/);

  const fault = await second(() => chat("models/fault"));
  assert.ok(fault instanceof OpenAI.InternalServerError);
  assert.equal(fault.message, "500 Internal server error");
  assert.equal(fault.type, "server_error");
});

test("Anthropic's client, and Google's shape", async () => {
  const anthropic = new Anthropic(options("models/rate"));
  const rate = await second(() =>
    anthropic.messages.create({ model: "claude", max_tokens: 5, messages: [{ role: "user", content: "Hello there" }] }),
  );
  assert.ok(rate instanceof Anthropic.RateLimitError);
  assert.match(JSON.stringify(rate.error), /"rate_limit_error","message":"Token limit is exceeded/);

  const ask = () =>
    fetch(`http://127.0.0.1:${gateway.port}/models/rate/models/gemini:generateContent`, {
      method: "POST",
      body: JSON.stringify({ contents: [{ parts: [{ text: "one two three" }] }] }),
    });
  await (await ask()).text();
  const { error } = (await (await ask()).json()) as { error: { code: number; status: string } };
  assert.deepEqual([error.code, error.status], [429, "RESOURCE_EXHAUSTED"]);
});

test("other APIs answer as Azure API Management does", async () => {
  await chat("plain/rate");
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/plain/rate/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }] }),
  });
  assert.match(
    await answer.text(),
    /^\{ "statusCode": 429, "message": "Token limit is exceeded\. Try again in \d+ seconds\." \}$/,
  );
});
