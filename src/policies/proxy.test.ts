import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

test("the request goes through the proxy that is named, with its credentials", async () => {
  for (const [attributes, proxy] of [
    ['url="http://proxy.example:3128"', { url: "http://proxy.example:3128", username: undefined, password: undefined }],
    [
      'url="@("http://" + "proxy.example" + ":3128/")" username="@("u")" password="p"',
      { url: "http://proxy.example:3128", username: "u", password: "p" },
    ],
  ] as const) {
    const { exchange, lastError } = await run(`<proxy ${attributes} />`);
    assert.equal(lastError, null);
    assert.deepEqual(exchange.request.proxy, proxy);
  }
});

test("what is no address of a proxy", async () => {
  for (const url of [
    "proxy.example:3128",
    "https://proxy.example",
    "http://u:p@proxy.example",
    "http://p/x",
    "ftp://p",
  ]) {
    assert.match(check(`<proxy url="${url}" />`)[0]?.message ?? "", /is no address of an HTTP proxy/, url);
    const { lastError } = await run('<proxy url="@((string)context.Variables["url"])" />', { variables: { url } });
    assert.equal(lastError?.reason, "InvalidProxy", url);
    assert.doesNotMatch(lastError.message, /u:p/);
  }
  assert.match(check('<proxy url="http://p:1" password="x" />')[0]?.message ?? "", /belongs to a username/);
});
