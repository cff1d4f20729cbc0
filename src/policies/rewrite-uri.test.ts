import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const target = async (xml: string, context = {}) => {
  const { exchange } = await run(xml, { context });
  return exchange.request.url.pathAndQuery;
};

test("replaces the path below the backend's base and keeps the query", async () => {
  assert.equal(await target('<rewrite-uri template="/put" />'), "/api/put?x=1&y=2&y=3");
  assert.equal(await target('<rewrite-uri template="/put" copy-unmatched-params="false" />'), "/api/put");
});

test("{name} is a matched parameter, encoded so that it stays in its segment", async () => {
  assert.equal(
    await target('<rewrite-uri template="/v2/{id}/detail" copy-unmatched-params="false" />'),
    "/api/v2/42/detail",
  );
  const context = { request: { matchedParameters: { id: "a/b?c" } } };
  assert.equal(
    await target('<rewrite-uri template="/v2/{id}" copy-unmatched-params="false" />', context),
    "/api/v2/a%2Fb%3Fc",
  );
});

test("parameters that the operation's template names are not copied", async () => {
  const context = {
    request: { url: "https://api.contoso.com/orders/v1/get?a=b&c=d", matchedParameters: { b: "b" } },
    operation: { urlTemplate: "/get?a={b}" },
  };
  assert.equal(await target('<rewrite-uri template="/put" />', context), "/api/put?c=d");
  assert.equal(await target('<rewrite-uri template="/put" copy-unmatched-params="false" />', context), "/api/put");
});

test("an expression may give path and query", async () => {
  assert.equal(
    await target(
      '<rewrite-uri template="@("/a b/" + context.Request.MatchedParameters["id"] + "?q=1")" copy-unmatched-params="false" />',
    ),
    "/api/a%20b/42?q=1",
  );
});

test("what a backend could resolve differently is never sent", async () => {
  for (const path of ["/a/../admin", "/a/%2e%2e/admin", "//evil.example/x", "/a\\\\b", "/a#b"]) {
    const { status, lastError } = await run(
      `<rewrite-uri template="@("${path}" + context.Variables.GetValueOrDefault<string>("x", ""))" />`,
    );
    assert.equal(status, 500, path);
    assert.equal(lastError?.reason, "InvalidUri", path);
  }
});

test("needs a template", () => {
  assert.deepEqual(
    check("<rewrite-uri />").map((d) => d.code),
    ["SP2003"],
  );
});

test("data cannot climb out of its place, however it is written", async () => {
  for (const id of ["..", ".", "a/../b", "../x", "..\\x", "%2e%2e", "..;x", "a/..;x/b"]) {
    const context = { request: { matchedParameters: { id } } };
    for (const template of ["/v2/{id}/detail", '@("/v2/" + context.Request.MatchedParameters["id"] + "/detail")']) {
      const { lastError, exchange } = await run(`<rewrite-uri template='${template}' />`, { context });
      const isEscaped = template.startsWith("/") && id === "%2e%2e";
      if (isEscaped) assert.equal(exchange.request.url.path, "/api/v2/%252e%252e/detail");
      else assert.equal(lastError?.reason, "InvalidUri", `${id} in ${template}`);
    }
  }
});
