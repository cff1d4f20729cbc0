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

const policy = (lookup = "", store = "") => ({
  source: new SourceText(
    `<policies><inbound><base /><cache-lookup vary-by-developer="false" vary-by-developer-groups="false" ${lookup} /></inbound><backend><base /></backend><outbound><base /><cache-store duration="60" ${store} /></outbound><on-error /></policies>`,
    "policy.xml",
  ),
});

let backend: Backend;
let gateway: TestGateway;

before(async () => {
  backend = await Backend.start();
  const operations = [
    { ...operation("GET", "/wanted/*"), policy: policy("", 'cache-response="true"') },
    { ...operation("GET", "/private/*"), policy: policy('allow-private-response-caching="true"') },
    { ...operation("GET", "/public/*"), policy: policy('downstream-caching-type="public"') },
    { ...operation("GET", "/*"), policy: policy() },
    { ...operation("HEAD", "/*"), policy: policy() },
    { ...operation("POST", "/*"), policy: policy() },
  ];
  const { program } = loadProgram(snapshot({ apis: [api("a", { serviceUrl: backend.url, operations })] }), policies);
  gateway = await startGateway(program);
});
after(async () => {
  await gateway.close();
  await backend.close();
});

const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${gateway.port}/a/${path}`, init);

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

/** Themes of https://github.com/http-tests/cache-tests: what may answer another request, and what may not. */
let unique = 0;

interface Step {
  readonly init?: RequestInit;
  /** The backend is asked. */
  readonly isMiss: boolean;
}

async function expectCalls(
  folder: string,
  head: Record<string, string | string[]>,
  steps: readonly Step[],
  status = 200,
) {
  await answerBy((response) => void response.writeHead(status, head).end(`answer ${backend.seen.length}`));
  const path = `${folder}${unique++}`;
  for (const [i, { init, isMiss }] of steps.entries()) {
    const before = backend.seen.length;
    const answer = await get(path, init);
    await answer.arrayBuffer();
    const what = `step ${i} of ${JSON.stringify({ folder, head, status, ...init })}`;
    assert.equal(backend.seen.length - before, isMiss ? 1 : 0, what);
    assert.equal(answer.status, status, what);
  }
}

const [miss, hit] = [{ isMiss: true }, { isMiss: false }];
const asking = (headers: Record<string, string>, isMiss: boolean): Step => ({ init: { headers }, isMiss });

test("responses that forbid it are not kept, unless the policy says so", async () => {
  for (const value of ["no-store", "private", "No-Store", "max-age=60, private", 'private="X-A"', "a=1,no-store"]) {
    await expectCalls("", { "Cache-Control": value }, [miss, miss]);
    await expectCalls("wanted/", { "Cache-Control": value }, [miss, hit]);
  }
  await expectCalls("", { "Cache-Control": ["max-age=60", "no-store"] }, [miss, miss]);
  for (const value of ["max-age=60", "public", "x=no-store", "no-storex"])
    await expectCalls("", { "Cache-Control": value }, [miss, hit]);
});

test("a response answers only requests that are alike in what it varies by", async () => {
  const de = { "Accept-Language": "de" };
  const steps = [asking(de, true), asking(de, false), asking({ "Accept-Language": "en" }, true)];
  await expectCalls("", { Vary: "accept-language" }, steps);
  await expectCalls("wanted/", { Vary: "X-Other, Accept-Language" }, steps);
  await expectCalls("", { Vary: ["X-Other", "Accept-Language"] }, steps);
  await expectCalls("", { Vary: "X-A" }, [
    asking({ "X-A": "1" }, true),
    asking({ "X-A": "" }, true),
    asking({}, true),
    asking({}, false),
  ]);
  await expectCalls("", { Vary: "X-A" }, [
    asking({ "X-A": "1", "X-B": "1" }, true),
    asking({ "X-A": "1", "X-B": "2" }, false),
  ]);
  for (const folder of ["", "wanted/"])
    for (const value of ["*", "X-A, *", "*, X-A"]) await expectCalls(folder, { Vary: value }, [miss, miss]);
});

test("parts and answers about other answers are never kept", async () => {
  for (const folder of ["", "wanted/"]) {
    await expectCalls(folder, { "Content-Range": "bytes 0-3/10" }, [asking({ Range: "bytes=0-3" }, true), miss], 206);
    await expectCalls(folder, { "Content-Range": "bytes 0-3/10" }, [miss, miss]);
    await expectCalls(folder, { ETag: '"a"' }, [asking({ "If-None-Match": '"a"' }, true), miss], 304);
  }
});

test("only 200 is kept, unless the policy says so", async () => {
  for (const status of [201, 203, 301, 404, 410, 500, 503]) {
    await expectCalls(
      "",
      {},
      [
        { init: { redirect: "manual" }, isMiss: true },
        { init: { redirect: "manual" }, isMiss: true },
      ],
      status,
    );
    await expectCalls(
      "wanted/",
      {},
      [
        { init: { redirect: "manual" }, isMiss: true },
        { init: { redirect: "manual" }, isMiss: false },
      ],
      status,
    );
  }
});

test("requests with Authorization neither fill the cache nor are answered from it, unless the policy says so", async () => {
  const [ada, bob] = [{ Authorization: "Bearer ada" }, { Authorization: "Bearer bob" }];
  await expectCalls("", {}, [asking(ada, true), miss, hit, asking(ada, true), asking(bob, true)]);
  await expectCalls("private/", {}, [asking(ada, true), asking(bob, false)]);
});

test("only GET is answered from the cache, and fills it", async () => {
  await expectCalls("", {}, [
    { init: { method: "HEAD" }, isMiss: true },
    { init: { method: "POST", body: "x" }, isMiss: true },
    miss,
    { init: { method: "HEAD" }, isMiss: true },
    { init: { method: "POST", body: "x" }, isMiss: true },
    hit,
  ]);
});

test("a session of one caller does not reach another", async () => {
  await expectCalls("", { "Set-Cookie": "s=1" }, [miss, miss]);
  await expectCalls("wanted/", { "Set-Cookie": "s=1" }, [miss, hit]);
  const answer = await get(`wanted/${unique - 1}`);
  assert.equal(answer.headers.get("set-cookie"), null);
});

test("callers cannot make the gateway call the backend again and again", async () => {
  const impatient = { "Cache-Control": "no-cache, no-store, max-age=0", Pragma: "no-cache" };
  await expectCalls("", {}, [miss, asking(impatient, false)]);
});

test("fields of the connection, and those that it names, are not kept; what is left of the time is told", async () => {
  await answerBy((response) => {
    const head = {
      Connection: "X-Hop",
      "X-Hop": "1",
      "X-End": "2",
      Age: "7",
      "Cache-Control": "max-age=5",
      "Keep-Alive": "timeout=1",
    };
    response.writeHead(200, head).end("x");
  });
  for (let i = 0; i < 2; i++) {
    const { headers } = await get("public/fields");
    assert.deepEqual([headers.get("x-hop"), headers.get("x-end")], [null, "2"]);
    if (i === 1)
      assert.deepEqual(
        [headers.get("age"), headers.get("cache-control")],
        [null, "public, max-age=59, must-revalidate"],
      );
  }
  assert.equal(backend.seen.length, 1);
});
