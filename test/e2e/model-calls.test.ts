/** Model calls through the whole gateway with the official OpenAI client: usage of answers and streams, limits under many streams at once. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import OpenAI from "openai";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const POLICY = `<policies><inbound><base />
  <llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="1000" estimate-prompt-tokens="true" remaining-tokens-header-name="x-left" />
  <llm-emit-token-metric namespace="models"><dimension name="API ID" /></llm-emit-token-metric>
</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

let backend: Backend;
let gateway: TestGateway;
let left = "";

before(async () => {
  backend = await Backend.start();
  const operations = [{ ...operation("POST", "/*"), policy: { source: new SourceText(POLICY, "policy.xml") } }];
  const { program, diagnostics } = loadProgram(
    snapshot({ apis: [api("v1", { serviceUrl: backend.url, operations })] }),
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
  backend.answer = undefined;
});

let teams = 0;
const client = (team = `team ${teams++}`) =>
  new OpenAI({
    apiKey: "unused",
    baseURL: `http://127.0.0.1:${gateway.port}/v1`,
    maxRetries: 0,
    defaultHeaders: { "x-team": team },
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      left = response.headers.get("x-left") ?? "";
      return response;
    },
  });

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta }], ...more })}\n\n`;

function stream(response: ServerResponse, events: readonly string[], pauseMs = 0): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  let i = 0;
  const next = () => {
    if (i === events.length) response.end();
    else {
      response.write(events[i++]);
      setTimeout(next, pauseMs);
    }
  };
  next();
}

/** Settling follows the last byte: waits until the team has that much left, told by calls that use nothing. */
async function leaves(openai: OpenAI, expected: number): Promise<void> {
  backend.answer = (_request, response) => void response.writeHead(500).end("{}");
  for (let tries = 0; ; tries++) {
    await openai.chat.completions.create({ model: "gpt-4o", messages: [], max_tokens: 0 }).catch(() => undefined);
    const found = Number(left) + 1;
    if (found === expected || tries === 50) {
      assert.equal(found, expected);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("an answer's usage is what counts, not what was reserved", async () => {
  backend.answer = (_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(
      JSON.stringify({
        id: "x",
        choices: [{ index: 0, message: { role: "assistant", content: "Hi" } }],
        usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
      }),
    );
  };
  const openai = client();
  const answer = await openai.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hello" }],
    max_tokens: 500,
  });
  assert.equal(answer.choices[0].message.content, "Hi");
  await leaves(openai, 1000 - 42);
});

test("a stream passes event by event; its last event's usage counts", async () => {
  const openai = client();
  backend.answer = (_request, response) =>
    stream(
      response,
      [
        chunk({ content: "Hel" }),
        chunk({ content: "lo" }),
        chunk({}, { choices: [], usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } }),
        "data: [DONE]\n\n",
      ],
      5,
    );
  const answer = await openai.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
  });
  let text = "";
  for await (const part of answer) text += part.choices[0]?.delta.content ?? "";
  assert.equal(text, "Hello");
  await leaves(openai, 1000 - 9);
});

test("a stream without usage, and one that breaks off, count what was sent", async () => {
  for (const breaks of [false, true]) {
    const openai = client();
    backend.answer = (_request, response) => {
      if (breaks) setTimeout(() => response.destroy(), 60);
      stream(
        response,
        [
          chunk({ content: "one two" }),
          chunk({ content: " three" }),
          ...(breaks ? [": wait\n\n"] : ["data: [DONE]\n\n"]),
        ],
        breaks ? 20 : 2,
      );
      if (breaks) response.end = () => response;
    };
    const answer = await openai.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
    });
    let text = "";
    try {
      for await (const part of answer) text += part.choices[0]?.delta.content ?? "";
    } catch {
      assert.ok(breaks);
    }
    assert.equal(text, "one two three");
    // "Hi" and "one two three" are one and three tokens.
    await leaves(openai, 1000 - 4);
  }
});

test("a stream of Google's as one list, broken off: the last whole item says what was used", async () => {
  const openai = client("google");
  const item = (said: string, used: number) => ({
    candidates: [{ content: { parts: [{ text: said }] } }],
    usageMetadata: { promptTokenCount: 7, candidatesTokenCount: used, totalTokenCount: 7 + used },
  });
  backend.answer = (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.write(`[${JSON.stringify(item("one", 1))},\r\n${JSON.stringify(item(" two", 2))},\r\n{"candi`);
    setTimeout(() => response.destroy(), 30);
  };
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/models/gemini:streamGenerateContent`, {
    method: "POST",
    headers: { "x-team": "google" },
    body: JSON.stringify({ contents: [{ parts: [{ text: "Hi" }] }] }),
  });
  await assert.rejects(answer.text());
  await leaves(openai, 1000 - 9);
});

test("a picture of megabytes, whole and on a stream: what stands behind it says what was used", async () => {
  const picture = "A".repeat(3 * 1024 * 1024);
  const used = '"usage":{"total_tokens":50,"input_tokens":10,"output_tokens":40}';
  for (const streams of [false, true]) {
    const openai = client(`pictures ${streams}`);
    backend.answer = (_request, response) => {
      response.writeHead(200, { "Content-Type": streams ? "text/event-stream" : "application/json" });
      const data = Array.from({ length: streams ? 1 : 4 }, () => `{"b64_json":"${picture}"}`).join(",");
      response.end(streams ? `data: {"b64_json":"${picture}",${used}}\n\n` : `{"created":1,"data":[${data}],${used}}`);
    };
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/images/generations`, {
      method: "POST",
      headers: { "x-team": `pictures ${streams}` },
      body: JSON.stringify({ model: "gpt-image-1", prompt: "A cat", stream: streams }),
    });
    assert.ok((await answer.text()).length > 3_000_000);
    await leaves(openai, 1000 - 50);
  }
});

test("two hundred streams at once against a limit that fits fifty: what is granted never passes the limit", async () => {
  const openai = client();
  let most = 0;
  let open = 0;
  backend.answer = (_request, response) => {
    most = Math.max(most, ++open);
    response.on("close", () => open--);
    stream(
      response,
      [
        ...Array.from({ length: 18 }, () => chunk({ content: " a" })),
        chunk({}, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 19, total_tokens: 20 } }),
      ],
      5,
    );
  };
  let granted = 0;
  await Promise.all(
    Array.from({ length: 200 }, async () => {
      try {
        const answer = await openai.chat.completions.create({
          model: "gpt-4o",
          messages: [{ role: "user", content: "Hi" }],
          max_tokens: 19,
          stream: true,
        });
        for await (const _part of answer);
        granted++;
      } catch (error) {
        assert.equal((error as { status: number }).status, 429);
      }
    }),
  );
  assert.equal(granted, 50);
  assert.ok(most <= 50);
});

test("what the provider refuses costs nothing", async () => {
  const openai = client();
  backend.answer = (_request, response) =>
    void response.writeHead(400, { "Content-Type": "application/json" }).end('{"error":{"message":"bad"}}');
  await assert.rejects(
    openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], max_tokens: 900 }),
  );
  await leaves(openai, 1000);
});

test("usage is asked for on streams, and taken out again when the caller did not ask", async () => {
  const usage = `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}\n\n`;
  const rest = chunk({ content: "Hel" }) + chunk({ content: "lo" }, { usage: null });
  backend.answer = (_request, response) => stream(response, [rest, usage, "data: [DONE]\n\n"], 5);
  const ask = async (path: string, body: string, team: string) => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "x-team": team },
      body,
    });
    return { text: await answer.text(), sent: backend.seen.at(-1)?.body };
  };
  const tail = '"model":"gpt-4o","stream":true,"seed":12345678901234567890,"messages":[]}';
  const silent = await ask("/chat/completions", ` {${tail}`, "silent");
  assert.equal(silent.sent, ` {"stream_options":{"include_usage":true},${tail}`);
  assert.equal(silent.text, `${rest}data: [DONE]\n\n`);
  const declined = await ask(
    "/chat/completions",
    '{"stream":true,"stream_options":{"include_usage":false,"x":1}}',
    "no",
  );
  assert.deepEqual(JSON.parse(declined.sent ?? ""), { stream: true, stream_options: { include_usage: true, x: 1 } });
  assert.equal(declined.text, silent.text);
  for (const [path, body] of [
    ["/chat/completions", '{"stream":true,"stream_options":{"include_usage":true}}'],
    ["/messages", '{"stream":true}'],
    ["/chat/completions?api-version=2024-02-01", '{"stream":true}'],
  ]) {
    const same = await ask(path, body, `own ${path}`);
    assert.equal(same.sent, body);
    assert.equal(same.text, `${rest}${usage}data: [DONE]\n\n`);
  }
  const whole = '{"model":"gpt-4o","messages":[]}';
  assert.equal((await ask("/chat/completions", whole, "whole")).sent, whole);
});
