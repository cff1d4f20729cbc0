import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { AiServices, entityOf } from "../../test/support/ai-services.ts";
import { bench, check, type RunOptions, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import type { SemanticCacheSettings } from "../resources/answer-settings.ts";
import { MemoryVectors } from "../state/vectors/memory-vectors.ts";
import { knownModelCall } from "./shared/model-call.ts";
import { semanticMisses } from "./shared/semantic-lookup.ts";

let ai: AiServices;
before(async () => {
  ai = await AiServices.start();
});
after(() => ai.close());
beforeEach(() => {
  ai.failure = undefined;
});

const LOOKUP = (more = "", inner = "") =>
  `<llm-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="e" embeddings-backend-auth="system-assigned" ${more}>${inner}</llm-semantic-cache-lookup>`;

const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
/** Tokens of the last call, where a policy counts them. */
let used: number | undefined;

function world(cache: Partial<SemanticCacheSettings> = {}) {
  const world = bench();
  const vectors = new MemoryVectors({ clock: world.clock, maxBytes: 1e6, maxEntries: 100 });
  const defaults = defaultSettings();
  const settings = {
    ...defaults,
    ai: { ...defaults.ai, semanticCache: { ...defaults.ai.semanticCache, ...cache } },
  };
  const backends = new Map([["e", entityOf("e", ai.url)]]);
  const options: RunOptions = {
    bench: { ...world, services: { ...world.services, vectors } },
    snapshot: { settings, backends },
  };
  /** Looks up; a miss is filled with an answer that tells what it was asked. */
  const ask = async (body: object | string, policy = LOOKUP(), more: RunOptions = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const url = "https://gateway.example/v1/chat/completions";
    const context = { ...more.context, request: { method: "POST", url, ...more.context?.request } };
    const ran = await run(policy, { ...options, ...more, context, requestBody: Body.text(text) });
    const missed = semanticMisses.get(ran.exchange);
    const answer = {
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
      usage: USAGE,
    };
    if (missed) await vectors.put(missed.partition, missed.vector, Buffer.from(JSON.stringify(answer)), 60_000);
    used = (await knownModelCall(ran.exchange)?.usage())?.totalTokens;
    return missed !== undefined ? "miss" : ran.status === 200 && ran.body !== "" ? "hit" : "passed by";
  };
  return { ask, logged: world.logged, close: () => world.close() };
}

const say = (content: unknown, more: object = {}) => ({ model: "m", messages: [{ role: "user", content }], ...more });

test("near prompts are hits, others are not; the threshold says how near", async () => {
  const { ask, close } = world();
  const question = "How do I reset the password of my account please";
  assert.equal(await ask(say(question)), "miss");
  assert.equal(await ask(say(question)), "hit");
  assert.equal(await ask(say(`${question}?`)), "hit");
  assert.equal(await ask(say("How do I reset the clock of my oven please")), "miss");
  const lax = LOOKUP().replace("0.05", "0.5");
  assert.equal(await ask(say("How do I reset the password of my oven please"), lax), "hit");
  await close();
});

test("what else is asked, and vary-by, keep answers apart; how it is sent does not", async () => {
  const { ask, close } = world();
  const vary = LOOKUP("", `<vary-by>@(context.Request.Headers.GetValueOrDefault("x-team", ""))</vary-by>`);
  const of = (team: string) => ({ context: { request: { headers: { "x-team": team } } } });
  assert.equal(await ask(say("Hello there"), vary, of("a")), "miss");
  assert.equal(await ask(say("Hello there"), vary, of("a")), "hit");
  assert.equal(await ask(say("Hello there"), vary, of("b")), "miss");
  assert.equal(await ask(say("Hello there", { temperature: 1 }), vary, of("a")), "miss");
  assert.equal(await ask(say("Hello there", { model: "n" }), vary, of("a")), "miss");
  assert.equal(await ask(say("Hello there", { stream: true, user: "u" }), vary, of("a")), "hit");
  await close();
});

test("subscriptions do not see each other's answers, unless the settings say so", async () => {
  for (const tenants of ["separate", "shared"] as const) {
    const { ask, close } = world({ tenants });
    const of = (id: string) => ({ context: { subscription: { id } } });
    const token = (value: string) => ({
      context: { subscription: null, request: { headers: { Authorization: value } } },
    });
    assert.equal(await ask(say("Hello there"), LOOKUP(), of("a")), "miss");
    assert.equal(await ask(say("Hello there"), LOOKUP(), of("b")), tenants === "shared" ? "hit" : "miss");
    await ask(say("Hello there"), LOOKUP(), token("Bearer a"));
    assert.equal(await ask(say("Hello there"), LOOKUP(), token("Bearer b")), tenants === "shared" ? "hit" : "miss");
    await close();
  }
});

test("system messages count unless they are to be ignored; long conversations pass by", async () => {
  const { ask, close } = world();
  const chat = (system: string, turns = 1) => ({
    messages: [
      { role: "system", content: system },
      ...Array.from({ length: turns }, () => ({ role: "user", content: "What is it that you can do for me" })),
    ],
  });
  assert.equal(await ask(chat("You are a pirate with a parrot")), "miss");
  assert.equal(await ask(chat("Answer like some lawyer")), "miss");
  const ignoring = LOOKUP('ignore-system-messages="true" max-message-count="2"');
  assert.equal(await ask(chat("You are a pirate with a parrot"), ignoring), "miss");
  assert.equal(await ask(chat("Answer like some lawyer"), ignoring), "hit");
  assert.equal(await ask(chat("x", 3), ignoring), "passed by");
  assert.equal(await ask(chat("x", 2), LOOKUP('max-message-count="2"')), "passed by");
  await close();
});

test("what no answer can be kept for asks for no embedding", async () => {
  const { ask, close } = world();
  const before = ai.calls("/embeddings").length;
  const image = [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }];
  for (const body of ["no JSON", "[]", say(image), say(""), say("x".repeat(30_000)), { input: "x" }])
    assert.equal(await ask(body), "passed by");
  assert.equal(ai.calls("/embeddings").length, before);
  await close();
});

test("a failing service of embeddings is a miss, is said once, and is left alone for a while", async () => {
  const { ask, logged, close } = world();
  const before = ai.calls("/embeddings").length;
  ai.failure = 503;
  for (let i = 0; i < 10; i++) assert.equal(await ask(say("Hello")), "passed by");
  assert.equal(ai.calls("/embeddings").length - before, 3);
  assert.deepEqual(
    logged.map(([level, message]) => [level, message]),
    [["warn", "No embedding could be had: the semantic cache is passed by"]],
  );
  await close();
});

test("an answer out of the cache has used no tokens", async () => {
  const { ask, close } = world();
  const limited = `<llm-token-limit counter-key="k" tokens-per-minute="1000" estimate-prompt-tokens="false" />${LOOKUP()}`;
  assert.equal(await ask(say("Hello there"), limited), "miss");
  assert.equal(await ask(say("Hello there"), limited), "hit");
  assert.equal(used, 0);
  await close();
});

test("mistakes are told when the document is read", () => {
  const said = (policy: string) => check(policy).map(({ message }) => message);
  assert.match(said(LOOKUP())[0], /There is no backend "e"/);
  assert.match(said(LOOKUP().replace("0.05", "1.5"))[0], /from 0.0 to 1.0/);
  assert.match(said(LOOKUP().replace("system-assigned", "key"))[0], /system-assigned/);
  assert.match(said(LOOKUP().replace('score-threshold="0.05"', ""))[0], /score-threshold/);
});
