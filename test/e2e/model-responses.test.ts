/** OpenAI's Responses API with the official client, before servers that speak the wire formats of Anthropic, Gemini and Bedrock. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import OpenAI from "openai";
import type { Response as ModelResponse } from "openai/resources/responses/responses";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { DEFAULT_AI_SETTINGS, type ModelBackend } from "../../src/resources/ai-settings.ts";
import type { Backend as BackendEntity } from "../../src/resources/snapshot.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { anthropicServer, bedrockServer, geminiServer } from "../support/model-providers.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const PROVIDERS = {
  anthropic: { server: anthropicServer, base: "/v1", greeting: "Hello from Claude" },
  gemini: { server: geminiServer, base: "/v1beta", greeting: "Hello from Gemini" },
  bedrock: { server: bedrockServer, base: "", greeting: "Hello from Bedrock" },
};
type Provider = keyof typeof PROVIDERS;
const IDS = Object.keys(PROVIDERS) as Provider[];

const servers = new Map<Provider, Backend>();
let gateway: TestGateway;

function entity(id: Provider, url: string): BackendEntity {
  const header = new Map(id === "anthropic" ? [["x-api-key", ["anthropic-key"]]] : []);
  const query = new Map(id === "gemini" ? [["key", ["gemini-key"]]] : []);
  const credentials = { header, query, authorization: undefined, certificateIds: [] };
  const checks = { validateCertificateChain: true, validateCertificateName: true };
  return { id, title: id, url, protocol: "http", type: "Single", credentials, ...checks, properties: {} };
}

function policyFor(id: Provider): { source: SourceText } {
  const limit = `<llm-token-limit counter-key="@(context.Request.Headers.GetValueOrDefault("x-team", ""))" tokens-per-minute="1000" estimate-prompt-tokens="false" remaining-tokens-header-name="x-left" />`;
  return {
    source: new SourceText(
      `<policies><inbound><base />${limit}<set-backend-service backend-id="${id}" /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`,
      "policy.xml",
    ),
  };
}

before(async () => {
  for (const id of IDS) servers.set(id, await Backend.start());
  const backends = new Map(IDS.map((id) => [id, entity(id, `${servers.get(id)?.url}${PROVIDERS[id].base}`)]));
  const speaks = new Map<string, ModelBackend>(
    IDS.map((id) => [id, { format: id, models: new Map([["gpt-5", "some.model"]]), aws: undefined }]),
  );
  const apis = IDS.map((id) =>
    api(id, {
      operations: [
        operation("POST", "/*", { policy: policyFor(id) }),
        operation("GET", "/*", { policy: policyFor(id) }),
      ],
    }),
  );
  const { program, diagnostics } = loadProgram(
    snapshot({ apis, backends, settings: { ai: { ...DEFAULT_AI_SETTINGS, backends: speaks } } }),
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
  for (const [id, server] of servers) server.answer = PROVIDERS[id].server;
});

let teams = 0;
function client(provider: Provider, team = `team ${teams++}`): OpenAI {
  return new OpenAI({
    apiKey: "the-callers-own",
    baseURL: `http://127.0.0.1:${gateway.port}/${provider}`,
    maxRetries: 0,
    defaultHeaders: { "x-team": team },
  });
}

const ASK = { model: "gpt-5", instructions: "Be brief.", input: "What is the weather in Oslo?" } as const;
const WEATHER = {
  type: "function",
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  strict: false,
} as const;

function assertGreeting(response: ModelResponse, provider: Provider): void {
  assert.equal(response.output_text, PROVIDERS[provider].greeting);
  assert.equal(response.status, "completed");
  assert.equal(response.usage?.input_tokens, 20);
  assert.equal(response.usage?.output_tokens, 10);
}

for (const provider of IDS) {
  const server = () => servers.get(provider) as Backend;

  test(`${provider}: a response, and what it used`, async () => {
    const team = `team ${teams++}`;
    const response = await client(provider, team).responses.create({ ...ASK, metadata: { a: "b" } });
    assertGreeting(response, provider);
    assert.deepEqual([response.instructions, response.metadata], ["Be brief.", { a: "b" }]);
    assert.match(server().seen.at(-1)?.body ?? "", /Be brief\./);
    assert.doesNotMatch(JSON.stringify(server().seen.at(-1)), /the-callers-own|x-stainless/i);
    // Settling follows the last byte.
    for (let tries = 0; ; tries++) {
      server().answer = (_request, reply) => void reply.writeHead(500).end("{}");
      const reply = await fetch(`http://127.0.0.1:${gateway.port}/${provider}/responses`, {
        method: "POST",
        headers: { "x-team": team },
        body: JSON.stringify({ model: "gpt-5", input: "", max_output_tokens: 0 }),
      });
      await reply.text();
      if (Number(reply.headers.get("x-left")) <= 970) break;
      assert.ok(tries < 50);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test(`${provider}: a stream of events`, async () => {
    const types: string[] = [];
    let text = "";
    let last: ModelResponse | undefined;
    for await (const event of await client(provider).responses.create({ ...ASK, stream: true })) {
      types.push(event.type);
      if (event.type === "response.output_text.delta") text += event.delta;
      if (event.type === "response.completed") last = event.response;
    }
    assert.equal(text, PROVIDERS[provider].greeting);
    assert.deepEqual(
      [types[0], types[1], types.at(-1)],
      ["response.created", "response.in_progress", "response.completed"],
    );
    assert.equal(last?.usage?.total_tokens, 30);
    assertGreeting(await client(provider).responses.stream(ASK).finalResponse(), provider);
  });

  for (const streams of [false, true]) {
    test(`${provider}: a tool is called and its result read${streams ? ", on streams" : ""}`, async () => {
      const openai = client(provider);
      const ask = async (input: OpenAI.Responses.ResponseInput): Promise<ModelResponse> => {
        const body = { model: "gpt-5", input, tools: [WEATHER], include: ["reasoning.encrypted_content" as const] };
        return streams ? openai.responses.stream(body).finalResponse() : openai.responses.create(body);
      };
      const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: ASK.input }];
      const first = await ask(input);
      const call = first.output.find((item) => item.type === "function_call");
      assert.equal(call?.name, "get_weather");
      assert.deepEqual(JSON.parse(call?.arguments ?? ""), { city: "Oslo" });
      input.push(...(first.output as OpenAI.Responses.ResponseInput), {
        type: "function_call_output",
        call_id: call?.call_id ?? "",
        output: "12 degrees",
      });
      assertGreeting(await ask(input), provider);
      assert.match(server().seen.at(-1)?.body ?? "", /12 degrees/);
    });
  }

  test(`${provider}: its refusal, an answer that is none, and a stream that is cut`, async () => {
    const json = { "Content-Type": "application/json" };
    server().answer = (_request, reply) =>
      void reply
        .writeHead(429, json)
        .end('{"message":"slow down","error":{"message":"slow down","type":"rate_limit_error"}}');
    await assert.rejects(client(provider).responses.create(ASK), (error) => {
      return error instanceof OpenAI.RateLimitError && /slow down/.test(error.message);
    });
    server().answer = (_request, reply) => void reply.writeHead(200, json).end("oops");
    await assert.rejects(client(provider).responses.create(ASK), OpenAI.InternalServerError);
    const type = provider === "bedrock" ? "application/vnd.amazon.eventstream" : "text/event-stream";
    server().answer = (_request, reply) => void reply.writeHead(200, { "Content-Type": type }).end();
    await assert.rejects(async () => {
      for await (const _event of await client(provider).responses.create({ ...ASK, stream: true }));
    }, OpenAI.APIError);
    await assert.rejects(client(provider).responses.stream(ASK).finalResponse(), OpenAI.OpenAIError);
  });
}

test("what would need stored responses is refused, and the model is not called", async () => {
  const seen = servers.get("anthropic")?.seen.length;
  const openai = client("anthropic");
  for (const more of [{ store: true }, { previous_response_id: "resp_1" }, { background: true }])
    await assert.rejects(openai.responses.create({ ...ASK, ...more }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.match(error.message, /not stored/);
      return error.param === Object.keys(more)[0];
    });
  await assert.rejects(openai.responses.retrieve("resp_1"), (error) => {
    return error instanceof OpenAI.BadRequestError && /not available/.test(error.message);
  });
  assert.equal(servers.get("anthropic")?.seen.length, seen);
});
