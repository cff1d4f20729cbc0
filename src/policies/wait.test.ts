import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { RecordingBackend } from "../../test/support/recording-backend.ts";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { Body, type BodySink } from "../http/body.ts";

test("all: goes on when every branch is done", async () => {
  const { exchange } = await run(`
    <wait for="all">
      <choose><when condition="true"><set-variable name="a" value="1" /></when></choose>
      <choose><when condition="true"><set-variable name="b" value="2" /></when></choose>
    </wait>`);
  assert.deepEqual([exchange.variables.get("a"), exchange.variables.get("b")], ["1", "2"]);
});

test("any: the first ending counts", async () => {
  const { status } = await run(
    '<wait for="any"><choose><when condition="true"><return-response><set-status code="204" reason="" /></return-response></when></choose></wait>',
  );
  assert.equal(status, 204);
});

test("a failing branch fails the whole", async () => {
  const { lastError } = await run(
    '<wait><choose><when condition="true"><set-variable name="a" value="@(int.Parse("x"))" /></when></choose></wait>',
  );
  assert.equal(lastError?.reason, "ExpressionValueEvaluationFailure");
});

test("takes send-request, cache-lookup-value and choose", () => {
  assert.match(check('<wait><set-variable name="a" value="1" /></wait>')[0].message, /not <set-variable>/);
});

const request = (name: string, url: string, more = "") =>
  `<send-request id="${name}" response-variable-name="${name}" ${more}><set-url>${url}</set-url><set-method>GET</set-method></send-request>`;
const within = (xml: string) => `<choose><when condition="true">${xml}</when></choose>`;

test("LastError names the branch that failed, whatever the others do meanwhile", async () => {
  const backend = await RecordingBackend.start();
  const world = bench();
  backend.script([{ delayMs: 100 }]);
  const good = within(`${request("good", backend.url)}<set-variable name="after" value="1" />`);
  const bad = within(
    `${request("fine", `${backend.url}/2`)}<set-variable id="culprit" name="x" value="@(int.Parse("x"))" />`,
  );
  for (const xml of [`<wait>${bad}${good}</wait>`, `<wait>${good}${bad}</wait>`]) {
    const { lastError } = await run(xml, { bench: world });
    assert.deepEqual([lastError?.source, lastError?.policyId], ["set-variable", "culprit"]);
  }
  const { lastError } = await run(`<wait>${request("bad", "http://127.0.0.1:1/")}${good}</wait>`, { bench: world });
  assert.deepEqual([lastError?.source, lastError?.policyId, lastError?.path], ["send-request", "bad", "wait[1]"]);
  await world.close();
  await backend.close();
});

test("any: the rest is stopped, its calls are given up, and it leaves no traces", async () => {
  const backend = await RecordingBackend.start();
  const world = bench();
  const slow = createServer();
  const closed = new Promise<void>((resolve) => slow.on("request", (_, response) => response.on("close", resolve)));
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const slowUrl = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
  const loser = within(`${request("slow", slowUrl, 'ignore-error="true"')}<set-variable name="late" value="1" />`);
  const { exchange, lastError } = await run(`<wait for="any">${request("fast", backend.url)}${loser}</wait>`, {
    bench: world,
  });
  await closed;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const has = (name: string) => exchange.variables.has(name);
  assert.deepEqual([lastError, has("fast"), has("slow"), has("late")], [null, true, false, false]);
  slow.close();
  await world.close();
  await backend.close();
});

test("branches that read one streamed body all get it", async () => {
  let give: BodySink | undefined;
  const requestBody = Body.stream({ start: (sink) => (give = sink), resume: () => {}, cancel: () => {} });
  const reader = (name: string) =>
    `<choose><when condition="@(context.Request.Body.As<string>(true) == "abc")"><set-variable name="${name}" value="1" /></when></choose>`;
  const ran = run(`<wait>${reader("a")}${reader("b")}</wait>`, { requestBody });
  await new Promise((resolve) => setImmediate(resolve));
  give?.chunk(Buffer.from("abc"));
  give?.end();
  const { exchange, lastError } = await ran;
  assert.deepEqual([lastError, exchange.variables.has("a"), exchange.variables.has("b")], [null, true, true]);
});
