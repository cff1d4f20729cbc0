/** A semantic cache and content safety through the whole gateway, with the official OpenAI client, a model server and both services of Azure AI. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, afterEach, before, beforeEach, test } from "node:test";
import OpenAI from "openai";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { AiServices } from "../support/ai-services.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { Backend } from "../support/backend.ts";

const OTHER_KEY = "fedcba9876543210fedcba9876543210";
const document = (inbound: string, outbound = "") =>
  `<policies><inbound><base />${inbound}</inbound><backend><base /></backend><outbound>${outbound}<base /></outbound><on-error><base /></on-error></policies>`;
const CACHED = document(
  `<llm-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="embeddings" embeddings-backend-auth="system-assigned" />`,
  `<llm-semantic-cache-store duration="60" />`,
);
const safety = (more = "") =>
  `<llm-content-safety backend-id="safety" enforce-on-completions="true" ${more}><categories><category name="Hate" threshold="4" /></categories></llm-content-safety>`;
const SAFE = document(safety('window-size="20" window-overlap-size="10"'));
let ai: AiServices;
let model: Backend;
let gateways: { readonly gateway: RunningGateway; readonly folder: string }[] = [];

before(async () => {
  ai = await AiServices.start();
  model = await Backend.start();
});
after(async () => {
  await ai.close();
  await model.close();
});
beforeEach(() => {
  ai.failure = undefined;
  model.seen.length = 0;
});

afterEach(async () => {
  for (const { gateway, folder } of gateways) {
    await gateway.stop();
    await removeFolder(folder);
  }
  gateways = [];
});

async function serve(policy: string, settings: object = {}): Promise<(key?: string) => OpenAI> {
  const folder = await writeFolder({
    serviceUrl: `${model.url}/v1`,
    policies: { api: policy },
    backends: { embeddings: { url: `${ai.url}/v1` }, safety: { url: ai.url } },
    api: { path: "v1", subscriptionKeyParameterNames: { header: "api-key", query: "key" } },
    paths: { "/chat/completions": { post: { operationId: "chat", responses: { "200": { description: "" } } } } },
    settings: {
      subscriptions: { s1: { primaryKey: KEY, secondaryKey: undefined }, s2: { primaryKey: OTHER_KEY } },
      ...settings,
    },
  });
  await writeSubscription(folder, "s2");
  const gateway = await startGateway({ folder, watch: false });
  gateways.push({ gateway, folder });
  const baseURL = `http://127.0.0.1:${gateway.addresses[0].port}/v1`;
  return (key = KEY) => new OpenAI({ apiKey: "unused", baseURL, maxRetries: 0, defaultHeaders: { "api-key": key } });
}

async function writeSubscription(folder: string, id: string): Promise<void> {
  const { mkdir, writeFile } = await import("node:fs/promises");
  await mkdir(`${folder}/subscriptions/${id}`, { recursive: true });
  const properties = { displayName: id, scope: "/products/gold", state: "active" };
  await writeFile(`${folder}/subscriptions/${id}/subscriptionInformation.json`, JSON.stringify({ properties }));
}

const whole = (content: string, more: object = {}) =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4o",
    choices: [{ index: 0, message: { role: "assistant", content }, logprobs: null, finish_reason: "stop", ...more }],
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  });
const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

function answerWhole(content: string): void {
  model.answer = (_request, response) =>
    void response.setHeader("Content-Type", "application/json").end(whole(content));
}

/** Sends events one by one; `breaks`: the connection ends where they do. */
function answerStream(events: readonly string[], breaks = false): void {
  model.answer = (_request, response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    let i = 0;
    const next = () => {
      if (i < events.length) {
        response.write(events[i++]);
        setTimeout(next, 3);
      } else if (breaks) response.destroy();
      else response.end();
    };
    next();
  };
}

const stream = (...texts: string[]) => [
  chunk({ role: "assistant", content: "" }),
  ...texts.map((content) => chunk({ content })),
  chunk({}, "stop"),
  "data: [DONE]\n\n",
];
const asked = (content: string) => ({ model: "gpt-4o", messages: [{ role: "user" as const, content }] });

async function ask(openai: OpenAI, content: string): Promise<string | null> {
  return (await openai.chat.completions.create(asked(content))).choices[0].message.content;
}

async function askStream(
  openai: OpenAI,
  content: string,
): Promise<{ text: string; parts: number; end: unknown; error: unknown }> {
  let text = "";
  let parts = 0;
  let end: unknown;
  try {
    for await (const part of await openai.chat.completions.create({ ...asked(content), stream: true })) {
      text += part.choices[0]?.delta.content ?? "";
      end = part.choices[0]?.finish_reason ?? end;
      parts++;
    }
  } catch (error) {
    return { text, parts, end, error };
  }
  return { text, parts, end, error: undefined };
}

test("hits, misses, other tenants; either form from either form; what was cut off is not kept", async () => {
  const client = await serve(CACHED);
  const openai = client();
  answerWhole("By the link on the page.");
  assert.equal(await ask(openai, "How do I reset my password on this page"), "By the link on the page.");
  answerWhole("Something else");
  assert.equal(await ask(openai, "How do I reset my password on this page?"), "By the link on the page.");
  const replayed = await askStream(openai, "how do I reset my password on this page");
  assert.deepEqual([replayed.text, replayed.end, replayed.error], ["By the link on the page.", "stop", undefined]);
  assert.ok(replayed.parts >= 3);
  assert.equal(model.seen.length, 1);
  assert.equal(await ask(client(OTHER_KEY), "How do I reset my password on this page"), "Something else");
  assert.equal(await ask(openai, "Which trees grow in Norway"), "Something else");
  assert.equal(model.seen.length, 3);

  answerStream(stream("One, ", "two, ", "three"));
  assert.equal((await askStream(openai, "Count to three for me")).text, "One, two, three");
  assert.equal(model.seen.length, 4);
  assert.equal(await ask(openai, "Count to three for me!"), "One, two, three");
  assert.equal((await askStream(openai, "Count to three, for me")).text, "One, two, three");
  assert.equal(model.seen.length, 4);

  answerStream(stream("Half an ").slice(0, 2), true);
  assert.equal((await askStream(openai, "Tell me some story")).text, "Half an ");
  answerStream([chunk({ content: "Too lo" }), chunk({}, "length"), "data: [DONE]\n\n"]);
  assert.equal((await askStream(openai, "Tell me some story")).text, "Too lo");
  answerWhole("The end.");
  assert.equal(await ask(openai, "Tell me some story"), "The end.");
  assert.equal(model.seen.length, 7);
});

test("without embeddings every call goes to the model; tenants may share", async () => {
  const client = await serve(CACHED, { ai: { semanticCache: { tenants: "shared" } } });
  answerWhole("one");
  assert.equal(await ask(client(), "Is this shared by all of us"), "one");
  answerWhole("two");
  assert.equal(await ask(client(OTHER_KEY), "Is this shared by all of us"), "one");
  ai.failure = 500;
  assert.equal(await ask(client(), "Is this shared by all of us"), "two");
});

test("a harmful prompt never reaches the model, a harmful answer never the caller", async () => {
  const openai = (await serve(SAFE))();
  const refused = (what: string) => (error: InstanceType<typeof OpenAI.APIError>) => {
    assert.equal(error.status, 403);
    assert.match(error.message, new RegExp(`${what} failed content safety check`));
    return true;
  };
  answerWhole("Hello");
  assert.equal(await ask(openai, "Hi"), "Hello");
  await assert.rejects(ask(openai, "Say hate5 to me"), refused("Request"));
  assert.equal(model.seen.length, 1);
  answerWhole(`Well, ${"x".repeat(30)} hate5`);
  await assert.rejects(ask(openai, "Hi"), refused("Response"));
  ai.failure = 500;
  await assert.rejects(ask(openai, "Hi"), /could not be checked/);
});

test("a stream passes window by window, and ends where a window is refused", async () => {
  const openai = (await serve(SAFE))();
  const texts = ["This goes ", "on and on ", "and on, ha", "ppily for ", "ever."];
  answerStream(stream(...texts));
  const fine = await askStream(openai, "Hi");
  assert.deepEqual([fine.text, fine.end, fine.error], [texts.join(""), "stop", undefined]);

  // Where a window is cut, the overlap still shows the whole word.
  answerStream(stream("0123456789", "01234567 h", "ate6 and m", "ore of it ", "and more"));
  const { text, error } = await askStream(openai, "Hi");
  assert.equal(text, "012345678901234567 h");
  assert.match((error as Error).message, /failed content safety check/);
  assert.equal((error as { code?: string }).code, "content_filter");

  answerStream(stream("Harmless ", "and short").slice(0, 3), true);
  const cut = await askStream(openai, "Hi");
  assert.equal(cut.text, "Harmless and short");
  assert.ok(cut.error);
});

test("an answer that is refused on its way is not kept", async () => {
  const policy = CACHED.replace("<llm-semantic-cache-lookup", `${safety()}<llm-semantic-cache-lookup`);
  const openai = (await serve(policy))();
  answerStream(stream("This is hate6"));
  const { text, error } = await askStream(openai, "Tell me a joke");
  assert.equal(text, "");
  assert.ok(error);
  answerWhole("Knock, knock");
  assert.equal(await ask(openai, "Tell me a joke"), "Knock, knock");
  answerWhole("Other");
  assert.equal(await ask(openai, "Tell me a joke"), "Knock, knock");
});

test("several threads serve, each with a memory of its own", async () => {
  const client = await serve(CACHED, { workers: 2 });
  answerWhole("fine");
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(client(), "How are you today my friend")));
  assert.deepEqual([...new Set(answers)], ["fine"]);
  for (let i = 0; i < 6; i++) assert.equal(await ask(client(), "How are you today my friend"), "fine");
});
