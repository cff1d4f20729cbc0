import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AiServices, entityOf } from "../../test/support/ai-services.ts";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { Body } from "../http/body.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import { MemoryVectors } from "../state/vectors/memory-vectors.ts";

let ai: AiServices;
before(async () => {
  ai = await AiServices.start();
});
after(() => ai.close());

const LOOKUP = `<llm-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="e" embeddings-backend-auth="system-assigned" />`;

interface Answered {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const WHOLE = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
});
const STREAM = `data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;

/** How many answers are kept after a miss that the model answered so. */
async function kept(store: string, { status = 200, headers, body = WHOLE }: Answered = {}) {
  const world = bench();
  const vectors = new MemoryVectors({ clock: world.clock, maxBytes: 1e6, maxEntries: 100 });
  const ran = await run(LOOKUP, {
    bench: { ...world, services: { ...world.services, vectors } },
    snapshot: { settings: defaultSettings(), backends: new Map([["e", entityOf("e", ai.url)]]) },
    context: {
      request: { method: "POST", url: "https://gateway.example/v1/chat/completions" },
      response: { status, headers: { "Content-Type": "application/json", ...headers }, body },
    },
    requestBody: Body.text(`{"messages":[{"role":"user","content":"Hello there"}]}`),
    outbound: store,
  });
  await world.close();
  assert.equal(ran.status, status);
  return { count: vectors.entries, body: ran.body };
}
const STORE = '<llm-semantic-cache-store duration="60" />';

test("a whole, successful answer is kept, and passes as it is", async () => {
  const whole = await kept(STORE);
  assert.deepEqual([whole.count, whole.body], [1, WHOLE]);
  const stream = await kept(STORE, { headers: { "Content-Type": "text/event-stream" }, body: STREAM });
  assert.deepEqual([stream.count, stream.body], [1, STREAM]);
});

test("nothing else is kept", async () => {
  const answers: Answered[] = [
    { status: 201 },
    { status: 429 },
    { body: '{"error":{"message":"no"}}' },
    { body: "no JSON" },
    { body: WHOLE.replace("stop", "length") },
    { headers: { "Content-Encoding": "gzip" } },
    { headers: { "Content-Type": "text/plain" } },
    { headers: { "Content-Type": "text/event-stream" }, body: STREAM.replace("data: [DONE]\n\n", "") },
  ];
  for (const answer of answers) assert.equal((await kept(STORE, answer)).count, 0, JSON.stringify(answer));
});

test("cache-response decides, but makes no failure an answer; duration 0 keeps nothing", async () => {
  const store = (more: string) => `<llm-semantic-cache-store duration="60" ${more} />`;
  const wanted = store(`cache-response="@(context.Response.StatusCode &lt; 600)"`);
  assert.equal((await kept(wanted, { status: 201 })).count, 1);
  assert.equal((await kept(wanted, { status: 500 })).count, 0);
  assert.equal((await kept(store('cache-response="false"'))).count, 0);
  assert.equal((await kept('<llm-semantic-cache-store duration="0" />')).count, 0);
});

test("only in outbound, with a duration", () => {
  assert.match(check(STORE)[0].message, /outbound|inbound/);
  assert.match(check("<llm-semantic-cache-store />", { section: "outbound" })[0].message, /duration/);
});
