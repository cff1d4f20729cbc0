/** cache-lookup and cache-store through the whole gateway: one call where many miss together, and nothing kept that is not whole. */
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { SourceText } from "../../src/base/source-text.ts";
import { loadProgram } from "../../src/engine/load.ts";
import { policies } from "../../src/policies/index.ts";
import { Backend } from "../support/backend.ts";
import { startGateway, type TestGateway } from "../support/gateway.ts";
import { api, operation, snapshot } from "../support/snapshot.ts";

const LOOKUP = '<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" />';
const policy = {
  source: new SourceText(
    `<policies><inbound><base />${LOOKUP}</inbound><backend><base /></backend><outbound><base /><cache-store duration="60" /></outbound><on-error /></policies>`,
    "policy.xml",
  ),
};

let backend: Backend;
let gateway: TestGateway;

before(async () => {
  backend = await Backend.start();
  const operations = [{ ...operation("GET", "/*"), policy }];
  const { program } = loadProgram(snapshot({ apis: [api("a", { serviceUrl: backend.url, operations })] }), policies);
  gateway = await startGateway(program);
});
after(async () => {
  await gateway.close();
  await backend.close();
});

const get = (path: string) => fetch(`http://127.0.0.1:${gateway.port}/a/${path}`);

async function answerBy(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<void> {
  backend.seen.length = 0;
  backend.answer = (request, response) => answer(response, request);
}

test("a hundred callers who miss together make one call", async () => {
  await answerBy((response) => void setTimeout(() => response.end("slow"), 100));
  const bodies = await Promise.all(Array.from({ length: 100 }, async () => (await get("many")).text()));
  assert.deepEqual(new Set(bodies), new Set(["slow"]));
  assert.equal(backend.seen.length, 1);
});

test("where the response is not kept, those who waited call for themselves, and later ones do not wait", async () => {
  await answerBy((response) => void setTimeout(() => response.writeHead(503).end("no"), 50));
  const answers = await Promise.all(Array.from({ length: 10 }, () => get("not-kept")));
  for (const answer of answers) assert.equal(answer.status, 503);
  assert.equal(backend.seen.length, 10);
  const again = await Promise.all(Array.from({ length: 10 }, () => get("not-kept")));
  assert.equal(again.length, 10);
  assert.equal(backend.seen.length, 20);
});

test("a response that breaks off is not kept", async () => {
  let calls = 0;
  await answerBy((response) => {
    calls++;
    if (calls > 1) {
      response.end("whole");
      return;
    }
    response.writeHead(200);
    response.write("half");
    setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(async () => (await get("broken")).text());
  assert.equal(await (await get("broken")).text(), "whole");
  assert.equal(await (await get("broken")).text(), "whole");
  assert.equal(calls, 2);
});

test("a response of more than 2 MiB passes, and is not kept", async () => {
  const large = "x".repeat(2 * 1024 * 1024 + 1);
  await answerBy((response) => void response.end(large));
  for (let i = 0; i < 2; i++) assert.equal((await (await get("large")).text()).length, large.length);
  assert.equal(backend.seen.length, 2);
});

test("HEAD of what came out of the cache, and a body in chunks", async () => {
  await answerBy((response) => {
    response.write("one ");
    setTimeout(() => response.end("two"), 10);
  });
  for (let i = 0; i < 3; i++) assert.equal(await (await get("chunks")).text(), "one two");
  assert.equal(backend.seen.length, 1);
});
