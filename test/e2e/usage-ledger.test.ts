/** The usage ledger, its report, its metrics and the log of messages, through the whole gateway, in one thread and in two. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import OpenAI from "openai";
import { WebSocket, WebSocketServer } from "ws";
import { type RunningGateway, type StartOptions, startGateway } from "../../src/main.ts";
import { Backend } from "../support/backend.ts";
import { sallyport } from "../support/cli.ts";
import { configFolder, type Files } from "../support/config-folder.ts";
import { noPostgres, PostgresServer } from "../support/postgres.ts";

const KEYS = { fabrikam: "f".repeat(32), tailwind: "7".repeat(32) };
const SECRET = "the-named-value-nobody-may-see";

const document = (inbound: string) =>
  `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
const LIMIT = document(
  `<llm-token-limit counter-key="@(context.Subscription.Id)" tokens-per-minute="5000" estimate-prompt-tokens="true" />`,
);

const PRICES = `
currency: EUR
models:
  gpt-4o: { from: 2024-01-01, prompt: 10, completion: 40, cached: 5 }
`;

const operation = (id: string) => ({ post: { operationId: id, responses: { 200: { description: "" } } } });

async function start(t: TestContext, ai: object, options: Partial<StartOptions> = {}, files: Files = {}) {
  const backend = await Backend.start();
  const definition = {
    openapi: "3.0.1",
    info: { title: "chat", version: "1" },
    paths: { "/chat/completions": operation("complete"), "/plain/chat/completions": operation("plain") },
  };
  const subscription = (id: string) => ({
    [`subscriptions/${id}/subscriptionInformation.json`]: {
      properties: { displayName: id, scope: "/products/partners", state: "active", ownerId: "/users/ann" },
    },
  });
  const folder = await configFolder({
    "apis/chat/apiInformation.json": {
      properties: { path: "v1", displayName: "Chat", serviceUrl: backend.url },
    },
    "apis/chat/specification.json": definition,
    "apis/chat/operations/complete/policy.xml": LIMIT,
    "products/partners/productInformation.json": { properties: { displayName: "Partners", state: "published" } },
    "products/partners/apis/chat/productApiInformation.json": {},
    "users/ann/userInformation.json": { properties: { email: "ann@fabrikam.example", firstName: "A", lastName: "B" } },
    "named values/s/namedValueInformation.json": { properties: { displayName: "s", secret: true, value: SECRET } },
    ...files,
    ...subscription("fabrikam"),
    ...subscription("tailwind"),
    "prices.yaml": PRICES,
    "sallyport.yaml": {
      listeners: [{ host: "127.0.0.1", port: 0 }],
      admin: { port: 0 },
      accessLog: false,
      subscriptions: KEYS,
      namedValues: { s: SECRET },
      limits: { lameDuckMs: 0 },
      ai: { prices: "prices.yaml", ledger: { file: "state/usage.db" }, ...ai },
    },
  });
  const gateway = await startGateway({ folder, watch: false, ...options });
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await gateway.stop();
    isStopped = true;
  };
  t.after(async () => {
    await stop();
    await backend.close();
  });
  return { gateway, folder, backend, stop };
}

const client = (gateway: RunningGateway, apiKey: string, path = "") =>
  new OpenAI({
    apiKey,
    baseURL: `http://127.0.0.1:${gateway.addresses[0].port}/v1${path}`,
    maxRetries: 0,
    defaultHeaders: { "Ocp-Apim-Subscription-Key": apiKey },
  });

const usage = (prompt: number, completion: number, cached = 0) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached },
});

function answer(response: ServerResponse, more: object = {}): void {
  response.setHeader("Content-Type", "application/json");
  const choices = [{ index: 0, message: { role: "assistant", content: "Hello there" } }];
  response.end(JSON.stringify({ id: "x", model: "gpt-4o", choices, usage: usage(1_000, 100, 400), ...more }));
}

const event = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c", model: "gpt-4o", choices: [{ index: 0, delta }], ...more })}\n\n`;

function stream(response: ServerResponse, texts: readonly string[]): void {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const content of texts) response.write(event({ content }));
  response.write(event({}, { choices: [], usage: usage(7, 2) }));
  response.end("data: [DONE]\n\n");
}

const ask = (content = "Hi", more: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user" as const, content }],
  ...more,
});

async function report(folder: string, ...more: string[]) {
  const { code, out, err } = await sallyport(["usage", folder, "--format", "json", ...more]);
  assert.equal(code, 0, err);
  return JSON.parse(out) as { rows: Record<string, string | number>[]; totals: Record<string, string | number>[] };
}

test("every call becomes a record, with tokens, cost and outcome; sallyport usage sums them", async (t) => {
  const { gateway, folder, backend, stop } = await start(t, {});
  const fabrikam = client(gateway, KEYS.fabrikam);
  backend.answer = (_, response) => answer(response);
  for (let i = 0; i < 2; i++) await fabrikam.chat.completions.create(ask());
  backend.answer = (_, response) => stream(response, ["one", " two"]);
  for await (const _ of await client(gateway, KEYS.tailwind).chat.completions.create({ ...ask(), stream: true }));
  // Refused by the limit, refused by the model, broken off by it, and a way without a policy about models: no call of one.
  await assert.rejects(fabrikam.chat.completions.create(ask("Hi", { max_tokens: 4_900 })), /429/);
  backend.answer = (_, response) => void response.writeHead(400, { "Content-Type": "application/json" }).end("{}");
  await assert.rejects(fabrikam.chat.completions.create(ask()), /400/);
  backend.answer = (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(event({ content: "one two three" }), () => setTimeout(() => response.destroy(), 50));
  };
  const broken = await fabrikam.chat.completions.create({ ...ask(), stream: true });
  await assert.rejects(async () => {
    for await (const _ of broken);
  });
  backend.answer = (_, response) => answer(response);
  await client(gateway, KEYS.fabrikam, "/plain").chat.completions.create(ask());
  await stop();

  const top = await report(folder, "--by", "subscription", "--top", "1", "--since", "1d");
  assert.deepEqual([top.rows.length, top.rows[0].subscription, top.totals[0].calls], [1, "fabrikam", 6]);
  const { rows, totals } = await report(folder, "--by", "team,outcome");
  assert.deepEqual(
    rows.map((row) => [row.team, row.outcome, row.calls, row.promptTokens, row.completionTokens, row.cachedTokens]),
    [
      ["fabrikam", "cut-by-provider", 1, 1, 3, 0],
      ["fabrikam", "failed", 1, 0, 0, 0],
      ["fabrikam", "ok", 2, 2_000, 200, 800],
      ["fabrikam", "refused", 1, 0, 0, 0],
      ["tailwind", "ok", 1, 7, 2, 0],
    ],
  );
  // 2 * (600 * 10 + 400 * 5 + 100 * 40) millionths.
  assert.equal(Number(rows[2].cost).toFixed(9), "0.024000000");
  assert.deepEqual([totals[0].calls, totals[0].currency], [6, "EUR"]);
  const by = await report(folder, "--by", "product,user,api,operation,model,reason");
  const names = by.rows.map(({ product, user, api, operation, model, reason }) => [
    product,
    user,
    api,
    operation,
    model,
    reason,
  ]);
  assert.deepEqual(names.toSorted(), [
    ["partners", "ann", "chat", "complete", "", "llm-token-limit: TokenLimitExceeded"],
    ["partners", "ann", "chat", "complete", "", "status 400"],
    ["partners", "ann", "chat", "complete", "gpt-4o", ""],
  ]);
});

test("two workers write into one ledger and lose nothing; the metrics say the same", async (t) => {
  const { gateway, folder, backend, stop } = await start(t, {}, { workers: 2 });
  backend.answer = (_, response) => answer(response, { usage: usage(10, 5) });
  const calls = 60;
  const one = async () => {
    // A client of its own has connections of its own: they are spread over the workers.
    await client(gateway, KEYS.fabrikam).chat.completions.create(ask());
  };
  for (let i = 0; i < calls; i += 20) await Promise.all(Array.from({ length: 20 }, one));
  const admin = gateway.addresses.find(({ name }) => name === "admin");
  const text = await (await fetch(`http://127.0.0.1:${admin?.port}/metrics`)).text();
  const who = 'api="chat",product="partners",subscription="fabrikam",model="gpt-4o"';
  assert.ok(text.includes(`sallyport_model_calls_total{${who},outcome="ok"} ${calls}\n`), text);
  assert.ok(text.includes(`sallyport_model_tokens_total{${who},kind="prompt"} ${10 * calls}\n`));
  const cost = Number(/sallyport_model_cost_total\{[^}]*currency="EUR"\} (\S+)/.exec(text)?.[1]);
  assert.equal(cost.toFixed(9), ((calls * 300) / 1e6).toFixed(9));
  assert.match(text, /sallyport_usage_records_lost_total 0/);
  await stop();
  const { totals } = await report(folder);
  assert.deepEqual([totals[0].calls, totals[0].promptTokens], [calls, 10 * calls]);
});

test("APIs that the settings name count, too; a caller who goes away is recorded with what was sent", async (t) => {
  const { gateway, folder, backend, stop } = await start(t, { apis: ["chat"] });
  backend.answer = (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(event({ content: "one two three" }));
  };
  const sent = request({
    host: "127.0.0.1",
    port: gateway.addresses[0].port,
    path: "/v1/plain/chat/completions",
    method: "POST",
    headers: { "Ocp-Apim-Subscription-Key": KEYS.fabrikam, "Content-Type": "application/json" },
  });
  sent.on("error", () => {});
  sent.end(JSON.stringify(ask()));
  const answered = await new Promise<NodeJS.ReadableStream>((resolve) => sent.on("response", resolve));
  await new Promise((resolve) => answered.once("data", resolve));
  sent.destroy();
  const closed = backend.seen.length;
  assert.equal(closed, 1);
  for (let tries = 0; tries < 50; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const file = join(folder, "state/usage.db");
    if (existsSync(file) && (await report(folder, "--by", "outcome")).rows.length > 0) break;
  }
  await stop();
  const { rows } = await report(folder, "--by", "outcome,operation,model");
  assert.deepEqual(
    rows.map(({ outcome, operation: id, model, completionTokens }) => [outcome, id, model, completionTokens]),
    [["cut-by-client", "plain", "gpt-4o", 3]],
  );
});

test("a ledger in PostgreSQL, of two gateways", { skip: noPostgres }, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.stop());
  const env = { ...process.env, USAGE: server.url };
  const ai = { ledger: { postgres: "env:USAGE" } };
  const folders = await Promise.all(
    [0, 1].map(async () => {
      const { gateway, folder, backend, stop } = await start(t, ai, { env });
      backend.answer = (_, response) => answer(response, { usage: usage(10, 5) });
      for (let i = 0; i < 5; i++) await client(gateway, KEYS.tailwind).chat.completions.create(ask());
      await stop();
      return folder;
    }),
  );
  const { code, out } = await sallyport(["usage", folders[0], "--by", "api", "--format", "csv"], {
    env: { USAGE: server.url },
  });
  assert.equal(code, 0);
  assert.match(out, /^api,calls,prompt,.*\nchat,10,100,50,/);
});

test("a session with a realtime model is one record, with all its responses", async (t) => {
  const model = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  t.after(() => model.close());
  const tokens = { total_tokens: 30, input_tokens: 10, output_tokens: 20, input_token_details: { audio_tokens: 6 } };
  model.on("connection", (socket) => {
    socket.send(JSON.stringify({ type: "session.created", session: { model: "gpt-realtime" } }));
    for (const id of ["r1", "r2"])
      socket.send(JSON.stringify({ type: "response.done", response: { id, usage: tokens } }));
  });
  if (model.address() === null) await new Promise((resolve) => model.once("listening", resolve));
  const { port } = model.address() as AddressInfo;
  const properties = { path: "voice", displayName: "Voice", type: "websocket", serviceUrl: `ws://127.0.0.1:${port}` };
  const { gateway, folder, stop } = await start(
    t,
    {},
    {},
    {
      "apis/voice/apiInformation.json": { properties: { ...properties, protocols: ["ws"] } },
      "apis/voice/policy.xml": LIMIT,
      "products/partners/apis/voice/productApiInformation.json": {},
    },
  );
  const url = `ws://127.0.0.1:${gateway.addresses[0].port}/voice`;
  const client = new WebSocket(url, { headers: { "Ocp-Apim-Subscription-Key": KEYS.fabrikam } });
  await new Promise<void>((resolve, reject) => {
    let messages = 0;
    client.on("message", () => {
      if (++messages === 3) resolve();
    });
    client.on("error", reject);
  });
  client.close();
  await new Promise((resolve) => client.once("close", resolve));
  await stop();
  const { rows } = await report(folder, "--by", "api,model,outcome");
  assert.deepEqual(
    rows.map((row) => [row.api, row.model, row.outcome, row.calls, row.promptTokens, row.completionTokens]),
    [["voice", "gpt-realtime", "ok", 1, 20, 40]],
  );
});

interface Line {
  readonly correlationId: string;
  readonly direction: string;
  readonly sequence: number;
  readonly isLast: boolean;
  readonly text: string;
  readonly subscriptionId: string;
}

const linesIn = (folder: string): Line[] =>
  readFileSync(join(folder, "messages.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("prompts and completions are logged whole, in numbered chunks, without what must not be seen", async (t) => {
  const ai = { messages: { file: "messages.jsonl", apis: ["chat"], redact: ["\\b\\d{4}-\\d{4}-\\d{4}-\\d{4}\\b"] } };
  const { gateway, folder, backend, stop } = await start(t, ai);
  const card = "1234-5678-9012-3456";
  // Cards at every place of a chunk's end, and the secret.
  const long = Array.from({ length: 3_000 }, (_, i) => `${"x".repeat(i % 17)} ${card}`).join(" ");
  backend.answer = (_, response) => stream(response, ["My card is 1234-56", "78-9012-3456, and ", SECRET, ". ", long]);
  let got = "";
  const question = { ...ask(`Is ${card} mine? ${SECRET}`), stream: true as const };
  for await (const part of await client(gateway, KEYS.fabrikam).chat.completions.create(question))
    got += part.choices[0]?.delta.content ?? "";
  assert.ok(got.endsWith(long), "the caller gets everything as it is");
  await stop();
  const lines = linesIn(folder);
  assert.deepEqual(
    lines.map(({ sequence }) => sequence),
    lines.map((_, i) => i),
  );
  assert.equal(new Set(lines.map(({ correlationId }) => correlationId)).size, 1);
  assert.equal(lines[0].subscriptionId, "fabrikam");
  assert.match(lines[0].text, /Is \*\*\* mine\? \*\*\*/);
  assert.deepEqual([lines[0].direction, lines[0].isLast], ["prompt", true]);
  const completion = lines.filter(({ direction }) => direction === "completion");
  assert.ok(completion.length > 2 && completion.slice(0, -1).every(({ isLast }) => !isLast));
  assert.equal(completion.at(-1)?.isLast, true);
  const text = completion.map((line) => line.text).join("");
  assert.equal(text, `My card is ***, and ***. ${long.replaceAll(card, "***")}`);
});

test("messages are logged where a diagnostic asks; nowhere else, nor when the setting says no", async (t) => {
  const wanted = {
    logs: "enabled",
    requests: { messages: "none" },
    responses: { messages: "all", maxSizeInBytes: 1_024 },
  };
  const diagnostic = { properties: { largeLanguageModel: wanted } };
  const files = { "apis/chat/diagnostics/azuremonitor/diagnosticInformation.json": diagnostic };
  for (const [more, enabled, expected] of [
    [files, true, ["completion"]],
    [files, false, []],
    [{}, true, []],
  ] as const) {
    const ai = { messages: { file: "messages.jsonl", enabled } };
    const { gateway, folder, backend, stop } = await start(t, ai, {}, more);
    backend.answer = (_, response) => answer(response);
    await client(gateway, KEYS.fabrikam).chat.completions.create(ask());
    await stop();
    const lines = existsSync(join(folder, "messages.jsonl")) ? linesIn(folder) : [];
    assert.deepEqual(
      lines.map(({ direction }) => direction),
      expected,
    );
    if (lines.length > 0) assert.match(lines[0].text, /"content":"Hello there"/);
  }
});

test("the command says what is wrong", async () => {
  const said = async (...args: string[]) => {
    const { code, err } = await sallyport(["usage", ...args]);
    return `${code} ${err.split("\n")[0]}`;
  };
  assert.match(await said(), /^2 .*FOLDER, or --ledger FILE, is missing/);
  assert.match(await said("--ledger", "nowhere.db"), /^1 .*There is no ledger nowhere.db/);
  assert.match(await said("--ledger", "x.db", "--by", "teams"), /^2 .*not "teams"/);
  assert.match(await said("--ledger", "x.db", "--since", "yesterday"), /^2 .*--since wants a day/);
  assert.match(await said("--ledger", "x.db", "--top", "0"), /^2 .*--top must be a number/);
  assert.match(await said("--ledger", "x.db", "--since", "2026-02-01", "--until", "2026-01-01"), /^2 .*before --since/);
  const { out } = await sallyport(["usage", "--help"]);
  assert.match(out, /Examples:/);
});
