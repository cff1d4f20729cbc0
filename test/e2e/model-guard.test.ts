/** The guard of models and bad input of every kind: what goes out, what callers are told, in the words of the provider they speak to. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { DEFAULT_AI_SETTINGS, type ModelGuard } from "../../src/resources/ai-settings.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const GUARD: ModelGuard = {
  models: ["gpt-4o", "claude-*", "gemini-*"],
  maxTokens: 100,
  maxRequestBytes: 2_000,
  maxResponseBytes: 4_000,
  unknownFields: "refuse",
};
const LIMIT = `<policies><inbound><base /><llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="1000" estimate-prompt-tokens="false" remaining-tokens-header-name="x-left" /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

let backend: Backend;
let gateway: TestGateway;
let left = "";

before(async () => {
  backend = await Backend.start();
  const operations = [
    operation("POST", "/*", { policy: { source: new SourceText(LIMIT, "policy.xml") } }),
    operation("GET", "/*"),
  ];
  const apis = ["guarded", "sizes", "open"].map((id) => api(id, { serviceUrl: backend.url, operations }));
  const sizes: ModelGuard = { ...GUARD, models: undefined, maxTokens: undefined, unknownFields: "pass" };
  const guards = new Map([
    ["guarded", GUARD],
    ["sizes", sizes],
  ]);
  const { program, diagnostics } = loadProgram(
    snapshot({ apis, settings: { ai: { ...DEFAULT_AI_SETTINGS, guards } } }),
    policies,
  );
  assert.deepEqual(diagnostics, []);
  gateway = await startGateway(program);
});
after(async () => {
  await gateway.close();
  await backend.close();
});
beforeEach(() => {
  backend.seen.length = 0;
  backend.answer = (_request, response) => answer(response, { id: "x", choices: [] });
});

type Reply = Parameters<NonNullable<Backend["answer"]>>[1];

function answer(response: Reply, body: unknown): void {
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

let teams = 0;
const address = (name: string) => `http://127.0.0.1:${gateway.port}/${name}`;
const options = (name: string) => ({
  apiKey: "unused",
  baseURL: address(name),
  maxRetries: 0,
  defaultHeaders: { "x-team": `team ${teams++}` },
  fetch: (async (url, init) => {
    const response = await fetch(url, init);
    left = response.headers.get("x-left") ?? left;
    return response;
  }) satisfies typeof fetch,
});
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] } as const;
const ask = (more: object = {}) => ({ ...chat, messages: [...chat.messages], ...more });

async function post(path: string, body: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(address(path), { method: "POST", body });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test("what is allowed goes out, its bound set", async () => {
  const openai = new OpenAI(options("guarded"));
  await openai.chat.completions.create(ask());
  assert.deepEqual(JSON.parse(backend.seen[0].body), { ...chat, max_completion_tokens: 100 });
  await openai.chat.completions.create(ask({ max_tokens: 5_000, n: 2 }));
  assert.deepEqual(JSON.parse(backend.seen[1].body), { ...chat, max_tokens: 50, n: 2 });
  assert.equal((await fetch(`${address("guarded")}/models`)).status, 200);
});

test("of two fields of one name the one that was checked goes out", async () => {
  await post("guarded/chat/completions", '{"model":"gpt-5-pro","model":"gpt-4o","messages":[]}');
  assert.equal(backend.seen[0].body, '{"model":"gpt-4o","messages":[],"max_completion_tokens":100}');
});

test("refusals are errors of each client's own kind, and nothing goes out", async () => {
  const openai = new OpenAI(options("guarded"));
  await assert.rejects(openai.chat.completions.create(ask({ model: "gpt-5-pro" })), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.deepEqual([error.code, error.param, error.type], ["model_not_found", "model", "invalid_request_error"]);
    return true;
  });
  await assert.rejects(openai.chat.completions.create(ask({ api_base: "http://elsewhere" })), (error) => {
    return error instanceof OpenAI.BadRequestError && error.param === "api_base";
  });
  await assert.rejects(openai.chat.completions.create(ask({ user: "x".repeat(2_000) })), (error) => {
    return error instanceof OpenAI.APIError && error.status === 413 && error.code === "request_too_large";
  });
  const anthropic = new Anthropic(options("guarded"));
  await assert.rejects(anthropic.messages.create({ ...ask({ model: "gpt-5" }), max_tokens: 5 }), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError);
    const { type, error: inner } = error.error as { type: string; error: { type: string } };
    assert.deepEqual([type, inner.type], ["error", "not_found_error"]);
    return true;
  });
  const gemini = await post("guarded/v1beta/models/palm:generateContent", '{"contents":[]}');
  assert.equal(gemini.status, 404);
  assert.deepEqual(gemini.json.error, {
    code: 404,
    message: "The model `palm` does not exist or you do not have access to it.",
    status: "NOT_FOUND",
  });
  assert.equal(backend.seen.length, 0);
});

test("bodies that are no JSON object", async () => {
  for (const body of ['{"model":"gpt-4o"', "[1]", "null", "model=gpt-4o", "\u0000", `${'{"a":'.repeat(300)}`]) {
    const { status, json } = await post("guarded/chat/completions", body);
    assert.equal(status, 400, body);
    assert.equal((json.error as { code: string }).code, "invalid_json");
  }
  const { json } = await post("guarded/v1/messages", "{");
  assert.deepEqual((json.error as { type: string }).type, "invalid_request_error");
  assert.equal(backend.seen.length, 0);
  const deep = `{"model":"gpt-4o","tools":[${'{"a":'.repeat(200)}1${"}".repeat(200)}]}`;
  assert.equal((await post("guarded/chat/completions", deep)).status, 200);
  // A guard of sizes alone lets forms with files pass.
  const form = await fetch(`${address("sizes")}/audio/transcriptions`, { method: "POST", body: "--x\r\nfile" });
  assert.equal(form.status, 200);
});

test("answers that are too large: told before their head, cut after it", async () => {
  const openai = new OpenAI(options("guarded"));
  backend.answer = (_request, response) => {
    const body = JSON.stringify({ id: "x".repeat(5_000) });
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
  };
  await assert.rejects(openai.chat.completions.create(ask()), (error) => {
    return error instanceof OpenAI.APIError && error.status === 502 && error.code === "response_too_large";
  });
  backend.answer = (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const next = () => {
      if (response.destroyed) return;
      response.write(`data: {"choices":[{"index":0,"delta":{"content":"${"y".repeat(500)}"}}]}\n\n`);
      setTimeout(next, 2);
    };
    next();
  };
  let bytes = 0;
  const stream = await openai.chat.completions.create(
    ask({ stream: true }) as OpenAI.ChatCompletionCreateParamsStreaming,
  );
  await assert.rejects(async () => {
    for await (const chunk of stream) bytes += chunk.choices[0].delta.content?.length ?? 0;
  });
  assert.ok(bytes > 0 && bytes <= 4_000, String(bytes));
});

/** Settling follows the last byte. */
async function uses(openai: OpenAI, expected: number): Promise<void> {
  backend.answer = (_request, response) => void response.writeHead(500).end("{}");
  for (let tries = 0; ; tries++) {
    await openai.chat.completions.create(ask({ max_tokens: 0, messages: [] })).catch(() => undefined);
    if (1000 - Number(left) - 1 === expected || tries === 50) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(1000 - Number(left) - 1, expected);
}

test("a provider that lies about usage: what it sent is counted", async () => {
  // "Hi" is one token, "one two three" are three.
  const message = { index: 0, message: { role: "assistant", content: "one two three" }, finish_reason: "stop" };
  for (const usage of [
    { prompt_tokens: -100, completion_tokens: 3, total_tokens: -97 },
    { prompt_tokens: 1, completion_tokens: 1e12, total_tokens: 1e12 },
    { prompt_tokens: "1", completion_tokens: "3" },
    "none",
  ]) {
    const openai = new OpenAI(options("open"));
    backend.answer = (_request, response) => answer(response, { id: "x", choices: [message], usage });
    await openai.chat.completions.create(ask());
    await uses(openai, 4);
  }
  const openai = new OpenAI(options("open"));
  const usage = { prompt_tokens: 20, completion_tokens: 30, total_tokens: 1 };
  backend.answer = (_request, response) => answer(response, { id: "x", choices: [message], usage });
  await openai.chat.completions.create(ask());
  await uses(openai, 50);
});

test("a provider whose stream contradicts itself: its last word counts; one that answers an error as 200 costs nothing it did not do", async () => {
  const usage = (completion: number) =>
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: completion } })}\n\n`;
  const openai = new OpenAI(options("open"));
  backend.answer = (_request, response) =>
    void response
      .writeHead(200, { "Content-Type": "text/event-stream" })
      .end(`${usage(5)}${usage(30)}data: [DONE]\n\n`);
  const stream = await openai.chat.completions.create({ ...ask(), stream: true });
  for await (const _chunk of stream);
  await uses(openai, 40);
  const other = new OpenAI(options("open"));
  backend.answer = (_request, response) => answer(response, { error: { message: "overloaded" } });
  await other.chat.completions.create(ask({ max_tokens: 500 }));
  await uses(other, 1);
});
