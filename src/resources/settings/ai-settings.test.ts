import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { apiFiles, configFolder, type Files } from "../../../test/support/config-folder.ts";
import { loadFolder } from "../load.ts";

async function load(yaml: string, files: Files = {}) {
  const folder = await configFolder({ ...apiFiles("chat"), ...files, "sallyport.yaml": yaml });
  const env = { USAGE: "postgres://sallyport:secret@db.example.com/usage" };
  const { snapshot, diagnostics } = await loadFolder(folder, { env });
  return { folder, ai: snapshot?.settings.ai, said: diagnostics.map((d) => `${d.file}:${d.line} ${d.message}`) };
}

const PRICES = `
currency: EUR
models:
  gpt-4o: { from: 2024-10-01, prompt: 2.5, completion: 10, cached: 1.25 }
  claude*:
    - { from: 2024-01-01, prompt: 4, completion: 20 }
    - { from: 2025-01-01, prompt: 3, completion: 15, reasoning: 16 }
`;

test("prices, the ledger and the log of messages", async () => {
  const { folder, ai } = await load(
    `
ai:
  apis: [chat]
  prices: prices.yaml
  ledger: { postgres: "env:USAGE", retentionDays: 30 }
  messages: { file: logs/messages.jsonl, apis: [chat], redact: ['\\d{16}'] }
`,
    { "prices.yaml": PRICES },
  );
  assert.ok(ai);
  assert.deepEqual(ai.apis, ["chat"]);
  assert.deepEqual(ai.ledger, {
    file: undefined,
    postgres: "postgres://sallyport:secret@db.example.com/usage",
    retentionDays: 30,
  });
  assert.deepEqual(ai.messages, {
    enabled: true,
    file: join(folder, "logs/messages.jsonl"),
    apis: ["chat"],
    redact: ["\\d{16}"],
  });
  assert.equal(ai.prices?.currency, "EUR");
  assert.deepEqual(ai.prices?.models.get("gpt-4o"), [
    {
      from: Date.UTC(2024, 9, 1),
      prompt: 2.5,
      completion: 10,
      cached: 1.25,
      cacheWrite: 2.5,
      reasoning: 10,
      promptAudio: 2.5,
      completionAudio: 10,
    },
  ]);
  assert.deepEqual(
    ai.prices?.models.get("claude*")?.map(({ from, prompt, reasoning }) => [from, prompt, reasoning]),
    [
      [Date.UTC(2025, 0, 1), 3, 16],
      [Date.UTC(2024, 0, 1), 4, 20],
    ],
  );
});

test("mistakes are named where they stand", async () => {
  const prices = (text: string) => load("ai: { prices: prices.yaml }", { "prices.yaml": text });
  assert.match((await load("ai: { prices: none.yaml }")).said[0], /does not exist/);
  assert.match((await load("ai: { apis: [chatt] }")).said[0], /chatt/);
  assert.match(
    (await load("ai: { ledger: { file: a.db, postgres: 'postgres://h/d' } }")).said[0],
    /one of them|are given/,
  );
  assert.match((await load("ai: { ledger: { postgres: 'mysql://h/d' } }")).said[0], /no URL of a PostgreSQL/);
  assert.match((await load("ai: { legder: {} }")).said[0], /Unknown setting "ai.legder"/);
  assert.match((await prices("models: { m: { prompt: 1 } }")).said[0], /prices.yaml:1 "models.m.from" is missing/);
  assert.match((await prices("models: { m: { from: 2025-02-30, prompt: 1 } }")).said[0], /is no day/);
  assert.match((await prices("models: { m: { from: 2025-02-03, prompt: -1 } }")).said[0], /no price/);
  assert.match((await prices("models: { m: { from: 2025-02-03, prompt: 1, input: 3 } }")).said[0], /Unknown setting/);
  assert.match((await prices("currency: dollars\nmodels: {}")).said[0], /no code of a currency/);
  const twice = "models:\n  m:\n    - { from: 2025-02-03, prompt: 1 }\n    - { from: 2025-02-03, prompt: 2 }\n";
  assert.match((await prices(twice)).said[0], /:4 .*day of another price/);
});

test("the ledger can be turned off", async () => {
  assert.equal((await load("ai: { ledger: false }")).ai?.ledger.file, null);
  assert.equal((await load("")).ai?.ledger.file, undefined);
});
