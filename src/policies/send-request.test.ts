import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { RecordingBackend } from "../../test/support/recording-backend.ts";
import { Body } from "../http/body.ts";

async function withBackend(
  use: (backend: RecordingBackend, world: ReturnType<typeof bench>) => Promise<void>,
): Promise<void> {
  const backend = await RecordingBackend.start();
  const world = bench();
  try {
    await use(backend, world);
  } finally {
    await world.close();
    await backend.close();
  }
}

test("calls another service and keeps the answer", () =>
  withBackend(async (backend, world) => {
    backend.script([{ status: 202, headers: { "X-A": "1" }, body: '{"n":41}' }]);
    const { exchange } = await run(
      `
      <send-request mode="new" response-variable-name="r" timeout="10">
        <set-url>@("${backend.url}/token?a=" + Uri.EscapeDataString("b c"))</set-url>
        <set-method>POST</set-method>
        <set-header name="Content-Type"><value>application/json</value></set-header>
        <set-body>@("{" + "}")</set-body>
      </send-request>
      <set-variable name="n" value="@((int)((IResponse)context.Variables["r"]).Body.As<JObject>(true)["n"] + 1)" />
      <set-variable name="facts" value="@(((IResponse)context.Variables["r"]).StatusCode + ((IResponse)context.Variables["r"]).Headers.GetValueOrDefault("x-a", "-"))" />`,
      { bench: world },
    );
    assert.equal((exchange.variables.get("n") as { value: number }).value, 42);
    assert.equal(exchange.variables.get("facts"), "2021");
    const [call] = backend.take();
    assert.deepEqual(
      [call.method, call.path, call.body, call.headers.get("content-type")],
      ["POST", "/token?a=b%20c", "{}", "application/json"],
    );
    assert.equal(call.headers.has("x-multi"), false, "a new request has none of the caller's headers");
  }));

test("copy starts from the caller's request", () =>
  withBackend(async (backend, world) => {
    await run(
      `<send-request mode="copy" response-variable-name="r"><set-url>${backend.url}/audit</set-url></send-request>`,
      { bench: world },
    );
    const [call] = backend.take();
    assert.deepEqual(
      [call.method, call.path, call.body, call.headers.get("x-multi")],
      ["POST", "/audit", '{"a":1,"b":[1,2,3],"s":"x"}', "a, b"],
    );
  }));

test("a failure is a fault, or null in the variable", () =>
  withBackend(async (_backend, world) => {
    const policy = (ignore: boolean) =>
      `<send-request response-variable-name="r" ignore-error="${ignore}"><set-url>http://127.0.0.1:1/</set-url><set-method>GET</set-method></send-request><set-variable name="isNull" value="@(context.Variables["r"] == null)" />`;
    const failed = await run(policy(false), { bench: world });
    assert.deepEqual(
      [failed.status, failed.lastError?.source, failed.lastError?.reason],
      [500, "send-request", "BackendConnectionFailure"],
    );
    const ignored = await run(policy(true), { bench: world });
    assert.equal((ignored.exchange.variables.get("isNull") as { value: boolean }).value, true);
  }));

test("data put into a URL cannot move it to another host", () =>
  withBackend(async (_backend, world) => {
    for (const url of ['@("http://safe.example@127.0.0.1:1/")', '@("file:///etc/passwd")', '@("no url")']) {
      const { lastError } = await run(
        `<send-request response-variable-name="r"><set-url>${url}</set-url><set-method>GET</set-method></send-request>`,
        { bench: world },
      );
      assert.equal(lastError?.reason, "InvalidUri", url);
    }
  }));

test("what is not supported inside is named", () => {
  const inner = (xml: string) =>
    check(
      `<send-request response-variable-name="r"><set-url>http://x/</set-url><set-method>GET</set-method>${xml}</send-request>`,
    )[0];
  assert.deepEqual(
    [inner('<jsonp callback-parameter-name="c" />').code, inner("<xsl-transform />").message],
    ["SP2001", "The policy <xsl-transform> inside <send-request> is not supported yet"],
  );
  assert.equal(inner("<set-hedder />").hint, "Did you mean <set-header>?");
});

test("a copy with a body of its own is not encoded as the caller's was", () =>
  withBackend(async (backend, world) => {
    const policy = `<send-request mode="copy" response-variable-name="r"><set-url>${backend.url}/</set-url><set-body>own</set-body></send-request>`;
    await run(policy, {
      bench: world,
      context: { request: { headers: { "Content-Encoding": "gzip" }, body: "compressed" } },
    });
    const [call] = backend.take();
    assert.deepEqual(
      [call.body, call.headers.get("content-encoding"), call.headers.get("content-length")],
      ["own", undefined, "3"],
    );
  }));

test("a copy of a body that was consumed, or sent already, has none", () =>
  withBackend(async (backend, world) => {
    const copy = `<send-request mode="copy" response-variable-name="r"><set-url>${backend.url}/</set-url></send-request>`;
    await run(`<set-variable name="b" value="@(context.Request.Body.As<string>())" />${copy}`, { bench: world });
    assert.equal(backend.take()[0].body, "");
    const spent = Body.stream({ start: (sink) => sink.end(), resume: () => {}, cancel: () => {} });
    spent.pipe({ chunk: () => true, end: () => {}, error: () => {} });
    const { lastError } = await run(copy, { bench: world, section: "outbound", requestBody: spent });
    assert.equal(lastError, null);
    assert.equal(backend.take()[0].body, "");
  }));

test("an answer that is too large, or too slow as a whole, is a fault that says so", () =>
  withBackend(async (backend, world) => {
    const policy = (path: string) =>
      `<send-request response-variable-name="r" timeout="1"><set-url>${path}</set-url><set-method>GET</set-method></send-request>`;
    backend.script([{ body: "x".repeat(3_000_000) }]);
    const large = await run(policy(backend.url), { bench: world });
    assert.deepEqual([large.status, large.lastError?.reason], [500, "BodyTooLarge"]);
    const dripping = createServer((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("."), 50);
      response.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => dripping.listen(0, "127.0.0.1", resolve));
    try {
      const slow = await run(policy(`http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`), { bench: world });
      assert.deepEqual([slow.status, slow.lastError?.source, slow.lastError?.reason], [500, "send-request", "Timeout"]);
    } finally {
      dripping.closeAllConnections();
      dripping.close();
    }
  }));
