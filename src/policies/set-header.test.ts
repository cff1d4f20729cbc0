import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const header = (xml: string) => run(xml).then(({ exchange }) => exchange.request.headers);

test("override, skip, append, delete", async () => {
  const set = (action: string) =>
    `<set-header name="x-multi" exists-action="${action}"><value>new</value></set-header>`;
  assert.equal((await header(set("override"))).joined("X-Multi"), "new");
  assert.equal((await header(set("skip"))).joined("X-Multi"), "a,b");
  assert.equal((await header(set("append"))).joined("X-Multi"), "a,b,new");
  assert.equal((await header('<set-header name="X-Multi" exists-action="delete" />')).has("x-multi"), false);
});

test("several values are joined by commas, except where lines repeat", async () => {
  const two = (name: string) => `<set-header name="${name}"><value>a</value><value>b</value></set-header>`;
  assert.deepEqual((await header(two("X-New"))).all("X-New"), ["a,b"]);
  assert.deepEqual((await header(two("Cookie"))).all("Cookie"), ["a", "b"]);
});

test("outbound changes the response", async () => {
  const { exchange } = await run(
    '<set-header name="X-A"><value>@(context.Response.StatusCode.ToString())</value></set-header>',
    { section: "outbound" },
  );
  assert.equal(exchange.response?.headers.first("X-A"), "200");
  assert.equal(exchange.request.headers.has("X-A"), false);
});

test("framing headers are the gateway's", async () => {
  for (const name of ["Content-Length", "transfer-encoding", "Connection", "Keep-Alive"]) {
    assert.equal((await header(`<set-header name="${name}"><value>9</value></set-header>`)).has(name), false);
  }
});

test("what could end the line never becomes a header", async () => {
  for (const value of ['@("a\\r\\nX-Evil: 1")', '@("a\\0")']) {
    const { status, lastError } = await run(`<set-header name="X-A"><value>${value}</value></set-header>`);
    assert.equal(status, 500);
    assert.equal(lastError?.reason, "InvalidHeader");
  }
  assert.equal((await run('<set-header name="@("a b")"><value>1</value></set-header>')).status, 500);
});

test("unknown attributes and actions are mistakes", () => {
  assert.deepEqual(
    check('<set-header nam="x"><value>1</value></set-header>').map((d) => d.code),
    ["SP2002", "SP2003"],
  );
  assert.deepEqual(
    check('<set-header name="x" exists-action="replace" />').map((d) => d.code),
    ["SP2004"],
  );
});

test("a value may be made from what the header holds", async () => {
  const xml = `<set-header name="X-Old"><value>@(context.Request.Headers.GetValueOrDefault("x-old") + "+new")</value></set-header>`;
  const { exchange } = await run(xml, { context: { request: { headers: { "x-old": "old" } } } });
  assert.deepEqual(exchange.request.headers.all("x-old"), ["old+new"]);
});
