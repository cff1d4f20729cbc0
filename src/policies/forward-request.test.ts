import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { RecordingBackend } from "../../test/support/recording-backend.ts";
import type { Backend } from "../kit/exchange.ts";

const backendSection = { section: "backend" } as const;

/** A backend entity with credentials of every kind. */
function entityAt(url: string): Backend {
  return {
    id: "b",
    title: "",
    url,
    protocol: "http",
    type: "Single",
    credentials: {
      header: new Map([["x-key", ["secret"]]]),
      query: new Map([["code", ["a b"]]]),
      authorization: { scheme: "Basic", parameter: "abc" },
      certificateIds: [],
    },
    validateCertificateChain: true,
    validateCertificateName: true,
    properties: {},
  };
}

/** A backend that answers what its script says. */
async function withBackend<T>(use: (backend: RecordingBackend, api: { serviceUrl: string }) => Promise<T>): Promise<T> {
  const backend = await RecordingBackend.start();
  try {
    return await use(backend, { serviceUrl: `${backend.url}/base` });
  } finally {
    await backend.close();
  }
}

test("sends the request and takes the answer", () =>
  withBackend(async (backend, api) => {
    const world = bench();
    backend.script([{ status: 201, headers: { "X-A": "1" }, body: "made" }]);
    const { exchange, status } = await run("<forward-request />", {
      ...backendSection,
      bench: world,
      context: { api },
    });
    assert.deepEqual([status, exchange.response?.headers.first("x-a")], [201, "1"]);
    assert.equal(Buffer.from((await exchange.response?.body.collect(100)) ?? []).toString(), "made");
    const [call] = backend.take();
    assert.deepEqual(
      [call.method, call.path, call.body],
      ["POST", "/base/items/42?x=1&y=2&y=3", '{"a":1,"b":[1,2,3],"s":"x"}'],
    );
    await world.close();
  }));

test("a backend that is not there is BackendConnectionFailure, a slow one Timeout", () =>
  withBackend(async (backend, api) => {
    const world = bench();
    const gone = await run("<forward-request />", {
      ...backendSection,
      bench: world,
      context: { api: { serviceUrl: "http://127.0.0.1:1" } },
    });
    assert.deepEqual(
      [gone.status, gone.lastError?.source, gone.lastError?.reason],
      [500, "forward-request", "BackendConnectionFailure"],
    );
    assert.doesNotMatch(gone.body, /127\.0\.0\.1/);
    backend.script([{ delayMs: 2_000 }]);
    const slow = await run('<forward-request timeout-ms="50" />', {
      ...backendSection,
      bench: world,
      context: { api },
    });
    assert.deepEqual([slow.status, slow.lastError?.reason], [500, "Timeout"]);
    await world.close();
  }));

test("redirects are followed only when told to", () =>
  withBackend(async (backend, api) => {
    const world = bench();
    const script = [{ status: 302, headers: { Location: "/elsewhere" } }, { body: "there" }];
    backend.script(script);
    assert.equal((await run("<forward-request />", { ...backendSection, bench: world, context: { api } })).status, 302);
    backend.script(script);
    backend.take();
    assert.equal(
      (await run('<forward-request follow-redirects="true" />', { ...backendSection, bench: world, context: { api } }))
        .status,
      200,
    );
    assert.deepEqual(
      backend.take().map((c) => [c.method, c.path]),
      [
        ["POST", "/base/items/42?x=1&y=2&y=3"],
        ["GET", "/elsewhere"],
      ],
    );
    await world.close();
  }));

test("fail-on-error-status-code leads to on-error with the backend's answer", () =>
  withBackend(async (backend, api) => {
    const world = bench();
    backend.script([{ status: 503, body: "busy" }]);
    const onError =
      '<set-header name="X-Seen"><value>@(context.LastError.Reason + context.Response.StatusCode)</value></set-header>';
    const { exchange, status } = await run('<forward-request fail-on-error-status-code="true" />', {
      ...backendSection,
      bench: world,
      onError,
      context: { api },
    });
    assert.deepEqual([status, exchange.response?.headers.first("X-Seen")], [503, "BackendResponseStatusCode503"]);
    await world.close();
  }));

test("credentials of a backend entity replace the caller's", () =>
  withBackend(async (backend) => {
    const world = bench();
    const entity = entityAt(backend.url);
    const context = { request: { headers: { "X-Key": "caller", Authorization: "Bearer caller" } } };
    const onSet = { ...backendSection, bench: world, context, snapshot: { backends: new Map([["b", entity]]) } };
    await run('<set-backend-service backend-id="b" /><forward-request />', onSet);
    const [call] = backend.take();
    assert.deepEqual(
      [call.path, call.headers.get("x-key"), call.headers.get("authorization")],
      ["/items/42?x=1&y=2&y=3&code=a%20b", "secret", "Basic abc"],
    );
    await world.close();
  }));

test("timeout and timeout-ms exclude each other", () => {
  assert.match(check('<forward-request timeout="1" timeout-ms="1" />', backendSection)[0].message, /not both/);
  assert.deepEqual(
    check("<forward-request />").map((d) => d.code),
    ["SP2005"],
  );
});

test("credentials of a backend entity go to it alone: not to expressions, not to the backend of a retry", () =>
  withBackend((first) =>
    withBackend(async (second) => {
      const world = bench();
      first.script([{ status: 503 }]);
      const policy = `
        <set-backend-service backend-id="b" />
        <retry condition="@(context.Response.StatusCode == 503)" count="1" interval="0">
          <choose><when condition="@(context.Response != null && context.Response.StatusCode == 503)">
            <set-variable name="seen" value="@(context.Request.Headers.GetValueOrDefault("x-key", "none"))" />
            <set-backend-service backend-id="plain" />
          </when></choose>
          <forward-request buffer-request-body="true" />
        </retry>`;
      const plain = { ...entityAt(second.url), id: "plain", credentials: undefined };
      const backends = new Map([
        ["b", entityAt(first.url)],
        ["plain", plain],
      ]);
      const { exchange } = await run(policy, { ...backendSection, bench: world, snapshot: { backends } });
      assert.equal(first.take()[0].headers.get("x-key"), "secret");
      const [call] = second.take();
      assert.deepEqual(
        [call.headers.has("x-key"), call.headers.has("authorization"), call.path.includes("code=")],
        [false, false, false],
      );
      assert.equal(exchange.variables.get("seen"), "none");
      await world.close();
    }),
  ));

test("a redirect to another origin carries no credentials, and no description of a body that stays behind", () =>
  withBackend((first) =>
    withBackend(async (second) => {
      const world = bench();
      first.script([{ status: 302, headers: { Location: `${second.url}/elsewhere` } }]);
      const headers = {
        Authorization: "Bearer a",
        Cookie: "c=d",
        "Api-Key": "k",
        "X-Amz-Security-Token": "t",
        "X-Kept": "1",
        "Content-Type": "text/plain",
      };
      const snapshot = { backends: new Map([["b", entityAt(first.url)]]) };
      await run('<set-backend-service backend-id="b" /><forward-request follow-redirects="true" />', {
        ...backendSection,
        bench: world,
        snapshot,
        context: { request: { headers, body: "text" } },
      });
      const [call] = second.take();
      const names = ["authorization", "cookie", "api-key", "x-key", "x-amz-security-token", "content-type"];
      assert.deepEqual(
        names.filter((name) => call.headers.has(name)),
        [],
      );
      assert.deepEqual([call.method, call.headers.get("x-kept"), call.path], ["GET", "1", "/elsewhere"]);
      await world.close();
    }),
  ));
