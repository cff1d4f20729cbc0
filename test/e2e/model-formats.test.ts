/**
 * The OpenAI-compatible front, with the official client, before servers that speak the wire formats of Anthropic, Gemini and Bedrock; and
 * Anthropic's own API with its official client. Both are limited by llm-token-limit.
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { AzureOpenAI } from "openai";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { DEFAULT_AI_SETTINGS, type ModelBackend } from "../../src/resources/ai-settings.ts";
import type { Backend as BackendEntity } from "../../src/resources/snapshot.ts";
import { amazonEvent } from "../support/amazon-events.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { anthropicServer, bedrockServer, geminiServer } from "../support/model-providers.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const SERVERS = { anthropic: anthropicServer, gemini: geminiServer, bedrock: bedrockServer };
type Provider = keyof typeof SERVERS;
const PROVIDERS = Object.keys(SERVERS) as Provider[];
const GREETINGS = { anthropic: "Hello from Claude", gemini: "Hello from Gemini", bedrock: "Hello from Bedrock" };
const AWS = { region: "eu-central-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG" };

const LIMIT = `<llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="1000" estimate-prompt-tokens="false" remaining-tokens-header-name="x-left" />`;
const policy = (inbound: string) => ({
  source: new SourceText(
    `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`,
    "policy.xml",
  ),
});

const servers = new Map<Provider, Backend>();
let gateway: TestGateway;

function entity(id: Provider, url: string): BackendEntity {
  const key = id === "anthropic" ? new Map([["x-api-key", ["anthropic-key"]]]) : new Map<string, string[]>();
  const query = id === "gemini" ? new Map([["key", ["gemini-key"]]]) : new Map<string, string[]>();
  const credentials = { header: key, query, authorization: undefined, certificateIds: [] };
  const checks = { validateCertificateChain: true, validateCertificateName: true };
  return { id, title: id, url, protocol: "http", type: "Single", credentials, ...checks, properties: {} };
}

before(async () => {
  for (const id of PROVIDERS) servers.set(id, await Backend.start());
  const urls = { anthropic: "/v1", gemini: "/v1beta", bedrock: "" };
  const backends = new Map(PROVIDERS.map((id) => [id, entity(id, servers.get(id)?.url + urls[id])]));
  const speaks = new Map<string, ModelBackend>(
    PROVIDERS.map((id) => [
      id,
      {
        format: id,
        models: new Map([["gpt-4o", "some.model-v1:0"]]),
        aws: id === "bedrock" ? { ...AWS, sessionToken: undefined } : undefined,
      },
    ]),
  );
  const apis = PROVIDERS.map((id) =>
    api(id, {
      operations: ["POST", "GET"].map((method) =>
        operation(method, "/*", { policy: policy(`${LIMIT}<set-backend-service backend-id="${id}" />`) }),
      ),
    }),
  );
  const native = api("native", {
    serviceUrl: servers.get("anthropic")?.url,
    operations: [
      operation("POST", "/*", {
        policy: policy(
          `${LIMIT}<set-header name="x-api-key" exists-action="override"><value>anthropic-key</value></set-header>`,
        ),
      }),
    ],
  });
  const aws = api("aws", {
    serviceUrl: servers.get("bedrock")?.url.replace("127.0.0.1", "localhost"),
    operations: [operation("POST", "/*", { policy: policy(LIMIT) })],
  });
  const pool = api("pool", {
    operations: [
      operation("POST", "/*", {
        policy: {
          source: new SourceText(
            `<policies><inbound><base />${LIMIT}<set-backend-service backend-id="all" /></inbound><backend><retry condition="@(context.Response.StatusCode >= 500)" count="2" interval="0"><forward-request buffer-request-body="true" /></retry></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`,
            "policy.xml",
          ),
        },
      }),
    ],
  });
  const members = PROVIDERS.map((id, i) => ({ id, weight: 1, priority: i }));
  const all: BackendEntity = {
    ...entity("anthropic", ""),
    id: "all",
    type: "Pool",
    credentials: undefined,
    pool: { members, affinityCookie: undefined },
  };
  const { program, diagnostics } = loadProgram(
    snapshot({
      apis: [...apis, native, aws, pool],
      backends: new Map([...backends, [all.id, all]]),
      settings: { ai: { ...DEFAULT_AI_SETTINGS, backends: speaks } },
    }),
    policies,
  );
  assert.deepEqual(diagnostics, []);
  gateway = await startGateway(program);
});
after(async () => {
  await gateway.close();
  for (const server of servers.values()) await server.close();
});
beforeEach(() => {
  for (const [id, server] of servers) server.answer = SERVERS[id];
});

let teams = 0;
let left = "";
const remember: typeof fetch = async (url, init) => {
  const response = await fetch(url, init);
  left = response.headers.get("x-left") ?? "";
  return response;
};

function client(provider: Provider): OpenAI {
  return new OpenAI({
    apiKey: "the-callers-own",
    baseURL: `http://127.0.0.1:${gateway.port}/${provider}`,
    maxRetries: 0,
    defaultHeaders: { "x-team": `team ${teams++}` },
    fetch: remember,
  });
}

/** Settling follows the last byte: asks, for as little as can be, until no more than that is missing. */
async function uses(expected: number, ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    await ask().catch(() => undefined);
    const used = 1000 - Number(left) - 1;
    if (used === expected || tries === 50) {
      assert.equal(used, expected);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
} as const;
const QUESTION = { role: "user", content: "What is the weather in Oslo?" } as const;

for (const provider of PROVIDERS) {
  const server = () => servers.get(provider) as Backend;

  test(`${provider}: an answer, and what it used`, async () => {
    const openai = client(provider);
    const answer = await openai.chat.completions.create({ model: "gpt-4o", messages: [QUESTION], max_tokens: 50 });
    assert.equal(answer.choices[0].message.content, GREETINGS[provider]);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.usage?.total_tokens, 30);
    assert.doesNotMatch(JSON.stringify(server().seen.at(-1)), /the-callers-own|x-stainless/i);
    server().answer = (_request, response) => void response.writeHead(500).end("{}");
    await uses(30, () => openai.chat.completions.create({ model: "gpt-4o", messages: [], max_tokens: 0 }));
  });

  test(`${provider}: a stream, and what it used though nobody asked`, async () => {
    const openai = client(provider);
    const stream = await openai.chat.completions.create({ model: "gpt-4o", messages: [QUESTION], stream: true });
    let text = "";
    const reasons: (string | null)[] = [];
    for await (const chunk of stream) {
      assert.equal(chunk.choices.length, 1);
      text += chunk.choices[0].delta.content ?? "";
      if (chunk.choices[0].finish_reason !== null) reasons.push(chunk.choices[0].finish_reason);
    }
    assert.equal(text, GREETINGS[provider]);
    assert.deepEqual(reasons, ["stop"]);
    server().answer = (_request, response) => void response.writeHead(500).end("{}");
    await uses(30, () => openai.chat.completions.create({ model: "gpt-4o", messages: [], max_tokens: 0 }));
  });

  test(`${provider}: usage on a stream for those who ask`, async () => {
    const stream = await client(provider).chat.completions.create({
      model: "gpt-4o",
      messages: [QUESTION],
      stream: true,
      stream_options: { include_usage: true },
    });
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) usage = chunk.usage;
    assert.equal(usage?.total_tokens, 30);
  });

  for (const stream of [false, true]) {
    test(`${provider}: a tool is called and its result read${stream ? ", on streams" : ""}`, async () => {
      let called: unknown;
      const runner = client(provider).chat.completions.runTools({
        model: "gpt-4o",
        messages: [QUESTION],
        stream: stream as true,
        tools: [
          {
            ...WEATHER,
            function: {
              ...WEATHER.function,
              parse: (text: string): unknown => JSON.parse(text),
              function: (args: unknown): string => {
                called = args;
                return "12 degrees";
              },
            },
          },
        ],
      });
      assert.equal(await runner.finalContent(), GREETINGS[provider]);
      assert.deepEqual(called, { city: "Oslo" });
      assert.match(server().seen.at(-1)?.body ?? "", /12 degrees/);
    });
  }

  test(`${provider}: its refusal is an error of the client's own kind`, async () => {
    server().answer = (_request, response) =>
      void response
        .writeHead(429, { "Content-Type": "application/json", "Retry-After": "7" })
        .end('{"message":"slow down","error":{"message":"slow down","type":"rate_limit_error"}}');
    await assert.rejects(
      client(provider).chat.completions.create({ model: "gpt-4o", messages: [QUESTION] }),
      (error) => {
        assert.ok(error instanceof OpenAI.RateLimitError);
        assert.match(error.message, /slow down/);
        return error.headers?.get("retry-after") === "7";
      },
    );
  });

  test(`${provider}: an answer that is none, and a stream that ends before its end`, async () => {
    server().answer = (_request, response) =>
      void response.writeHead(200, { "Content-Type": "application/json" }).end("oops");
    await assert.rejects(
      client(provider).chat.completions.create({ model: "gpt-4o", messages: [QUESTION] }),
      (error) => error instanceof OpenAI.APIError && error.status === 502,
    );
    await assert.rejects(
      client(provider).chat.completions.create({ model: "gpt-4o", messages: [QUESTION], stream: true }),
      (error) => error instanceof OpenAI.APIError && error.status === 502,
    );
    const type = provider === "bedrock" ? "application/vnd.amazon.eventstream" : "text/event-stream";
    server().answer = (_request, response) => void response.writeHead(200, { "Content-Type": type }).end();
    const stream = await client(provider).chat.completions.create({
      model: "gpt-4o",
      messages: [QUESTION],
      stream: true,
    });
    await assert.rejects(async () => {
      for await (const _chunk of stream);
    }, OpenAI.APIError);
  });
}

test("bedrock: the request is signed as Amazon demands", async () => {
  await client("bedrock").chat.completions.create({ model: "gpt-4o", messages: [QUESTION] });
  const server = servers.get("bedrock") as Backend;
  const { url, body, method } = server.seen.at(-1) ?? { url: "", body: "", method: "" };
  assert.equal(url, "/model/some.model-v1%3A0/converse");
  const authorization = server.header("authorization") ?? "";
  const [, credential, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w{64})$/.exec(authorization) ?? [];
  const date = server.header("x-amz-date") ?? "";
  assert.equal(credential, `${AWS.accessKeyId}/${date.slice(0, 8)}/eu-central-1/bedrock/aws4_request`);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step by step
  const sha = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
  const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const headers = names.split(";").map((name) => `${name}:${server.header(name)}\n`);
  const path = url.split("/").map(encodeURIComponent).join("/");
  const canonical = [method, path, "", headers.join(""), names, sha(body)].join("\n");
  const scope = credential.slice(AWS.accessKeyId.length + 1);
  const text = ["AWS4-HMAC-SHA256", date, scope, sha(canonical)].join("\n");
  const key = ["eu-central-1", "bedrock", "aws4_request"].reduce(
    mac,
    mac(`AWS4${AWS.secretAccessKey}`, date.slice(0, 8)),
  );
  assert.equal(signature, mac(key, text).toString("hex"));
  assert.ok(names.split(";").includes("host"));
});

test("what a provider cannot be asked is refused before it is called", async () => {
  const seen = servers.get("anthropic")?.seen.length;
  await assert.rejects(
    client("anthropic").chat.completions.create({ model: "gpt-4o", messages: [QUESTION], n: 2 }),
    (error) => error instanceof OpenAI.BadRequestError && error.param === "n",
  );
  await assert.rejects(
    client("anthropic").completions.create({ model: "gpt-4o", prompt: "x" }),
    OpenAI.BadRequestError,
  );
  await assert.rejects(client("bedrock").chat.completions.create({ model: "..", messages: [] }), (error) => {
    return error instanceof OpenAI.BadRequestError && error.param === "model";
  });
  const broken = await fetch(`http://127.0.0.1:${gateway.port}/anthropic/chat/completions`, {
    method: "POST",
    body: '{"model":',
  });
  assert.equal(broken.status, 400);
  assert.equal(((await broken.json()) as { error: { type: string } }).error.type, "invalid_request_error");
  assert.equal(servers.get("anthropic")?.seen.length, seen);
});

test("Anthropic's own stream, broken off: what was sent is counted, not what its start says", async () => {
  const server = servers.get("anthropic") as Backend;
  const team = `team ${teams++}`;
  const post = () =>
    remember(`http://127.0.0.1:${gateway.port}/native/v1/messages`, {
      method: "POST",
      headers: { "x-team": team },
      body: JSON.stringify({ model: "claude", max_tokens: 1, stream: true, messages: [] }),
    });
  const start = { type: "message_start", message: { usage: { input_tokens: 20, output_tokens: 1 } } };
  const text = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "one two three" } };
  server.answer = (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`data: ${JSON.stringify(start)}\n\ndata: ${JSON.stringify(text)}\n\n`);
    setTimeout(() => response.destroy(), 30);
  };
  await assert.rejects((await post()).text());
  server.answer = (_request, response) => void response.writeHead(500).end("{}");
  await uses(23, post);
});

test("a call that fails at one provider is made again at another, in its own words", async () => {
  const pooled = () =>
    new OpenAI({ apiKey: "unused", baseURL: `http://127.0.0.1:${gateway.port}/pool`, maxRetries: 0, fetch: remember });
  const down = (_request: unknown, response: ServerResponse) => void response.writeHead(503).end("{}");
  for (const provider of PROVIDERS) {
    for (const stream of [false, true]) {
      const answer = await pooled().chat.completions.create({ model: "gpt-4o", messages: [QUESTION], stream });
      let text = "";
      if ("choices" in answer) text = answer.choices[0].message.content ?? "";
      else for await (const chunk of answer) text += chunk.choices[0].delta.content ?? "";
      assert.equal(text, GREETINGS[provider]);
    }
    const server = servers.get(provider) as Backend;
    server.answer = down;
  }
  await assert.rejects(
    pooled().chat.completions.create({ model: "gpt-4o", messages: [QUESTION] }),
    (error) => error instanceof OpenAI.InternalServerError && error.status === 503,
  );
});

test("Bedrock's own API, byte for byte, under a limit", async () => {
  const server = servers.get("bedrock") as Backend;
  const metrics = { inputTokenCount: 12, outputTokenCount: 8, invocationLatency: 1, firstByteLatency: 1 };
  const inner = [{ completion: "Hi" }, { completion: "", "amazon-bedrock-invocationMetrics": metrics }];
  const invoked = Buffer.concat(
    inner.map((chunk) => amazonEvent("chunk", { bytes: Buffer.from(JSON.stringify(chunk)).toString("base64") })),
  );
  const converse = Buffer.concat([
    amazonEvent("messageStop", { stopReason: "end_turn" }),
    amazonEvent("metadata", { usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 } }),
  ]);
  for (const [path, bytes, used] of [
    ["converse-stream", converse, 30],
    ["invoke-with-response-stream", invoked, 20],
    // A damaged stream is nobody's business but its reader's: it passes, and what came before is counted.
    ["converse-stream", Buffer.concat([converse, Buffer.alloc(40)]), 30],
  ] as const) {
    const team = `team ${teams++}`;
    const post = () =>
      remember(`http://127.0.0.1:${gateway.port}/aws/model/m/${path}`, {
        method: "POST",
        headers: { "x-team": team },
        body: JSON.stringify({ messages: [], inferenceConfig: { maxTokens: 0 } }),
      });
    server.answer = (_request, response) =>
      void response.writeHead(200, { "Content-Type": "application/vnd.amazon.eventstream" }).end(bytes);
    assert.deepEqual(Buffer.from(await (await post()).arrayBuffer()), bytes);
    server.answer = (_request, response) => void response.writeHead(500).end("{}");
    await uses(used, post);
  }
});

test("the client of Azure OpenAI, whose path names the deployment", async () => {
  const azure = new AzureOpenAI({
    apiKey: "the-callers-own",
    endpoint: `http://127.0.0.1:${gateway.port}/anthropic`,
    apiVersion: "2024-10-21",
    deployment: "gpt-4o",
    maxRetries: 0,
  });
  const { choices } = await azure.chat.completions.create({ model: "", messages: [QUESTION] });
  assert.equal(choices[0].message.content, GREETINGS.anthropic);
  assert.equal(JSON.parse(servers.get("anthropic")?.seen.at(-1)?.body ?? "").model, "some.model-v1:0");
});

test("the models that may be called: those that are mapped, and the provider's own", async () => {
  const lists: [Provider, object, string][] = [
    ["anthropic", { data: [{ type: "model", id: "claude-sonnet-4" }], has_more: false }, "/v1/models?limit=1000"],
    [
      "gemini",
      { models: [{ name: "models/gemini-2.5-pro" }, { name: "models/gpt-4o" }] },
      "/v1beta/models?pageSize=1000&key=gemini-key",
    ],
  ];
  for (const [provider, list, url] of lists) {
    const server = servers.get(provider) as Backend;
    server.answer = (_request, response) =>
      void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(list));
    const { data } = await client(provider).models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      ["gpt-4o", provider === "gemini" ? "gemini-2.5-pro" : "claude-sonnet-4"],
    );
    const seen = server.seen.at(-1);
    assert.deepEqual([seen?.method, seen?.url, seen?.body], ["GET", url, ""]);
  }
  await assert.rejects(client("bedrock").models.list(), OpenAI.BadRequestError);
});

test("gemini: embeddings", async () => {
  const { data } = await client("gemini").embeddings.create({ model: "gpt-4o", input: ["a", "b"] });
  assert.deepEqual(
    data.map(({ embedding }) => embedding),
    [
      [0, 0.5],
      [1, 0.5],
    ],
  );
});

test("Anthropic's own API and client, unmodified, under a limit", async () => {
  const anthropic = new Anthropic({
    apiKey: "the-callers-own",
    baseURL: `http://127.0.0.1:${gateway.port}/native`,
    maxRetries: 0,
    defaultHeaders: { "x-team": `team ${teams++}` },
    fetch: remember,
  });
  const ask = { model: "claude-sonnet", max_tokens: 50, messages: [{ role: "user", content: "Hi" }] } as const;
  const whole = await anthropic.messages.create({ ...ask, messages: [...ask.messages] });
  assert.deepEqual(whole.content, [{ type: "text", text: "Hello from Claude" }]);
  const tools = [{ name: "get_weather", input_schema: { type: "object" as const } }];
  const stream = anthropic.messages.stream({ ...ask, messages: [...ask.messages], tools });
  const message = await stream.finalMessage();
  assert.deepEqual(message.content, [
    { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Oslo" } },
  ]);
  assert.equal(message.usage.output_tokens, 10);
  const server = servers.get("anthropic") as Backend;
  server.answer = (_request, response) => void response.writeHead(500).end("{}");
  await uses(60, () => anthropic.messages.create({ ...ask, max_tokens: 0, messages: [] }));
});
