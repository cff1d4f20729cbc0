import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SourceText } from "../../src/base/source-text.ts";
import { readXml } from "../../src/xml/reader.ts";
import { sallyport } from "../support/cli.ts";
import { apiFiles, configFolder } from "../support/config-folder.ts";

const contoso = fileURLToPath(new URL("../../examples/contoso/after", import.meta.url));

const POLICY = `<policies><inbound><base />
  <rate-limit-by-key calls="2" renewal-period="60" counter-key="@(context.Subscription?.Id ?? &quot;none&quot;)" />
  <choose><when condition="@(context.Request.Headers.ContainsKey(&quot;X-Token&quot;))">
    <validate-jwt header-name="Authorization" require-scheme="Bearer"><openid-config url="https://id.test/t/.well-known/openid-configuration" />
    <audiences><audience>shop</audience></audiences></validate-jwt></when></choose>
  <set-header name="X-Secret" exists-action="override"><value>{{secret}}</value></set-header>
</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;

async function shop(cases: string, answers = "[]"): Promise<string> {
  return configFolder({
    ...apiFiles("shop", { serviceUrl: "https://shop.test", subscriptionRequired: true }),
    "apis/shop/policy.xml": POLICY,
    "sallyport.yaml":
      "subscriptions: { buyer: { scope: /apis/shop, primaryKey: env:NOT_SET_HERE } }\nnamedValues: { secret: env:NOT_SET_HERE }\n",
    "tests/shop.test.yaml": `answers: ${answers}\ncases:\n${cases}`,
  });
}

test("the Contoso example's doors, tested without a network, a key or a secret", async () => {
  const { code, out, err } = await sallyport(["test", contoso]);
  assert.deepEqual([code, err], [0, ""], out);
  assert.match(out, /^ok {4}nobody without a key\n[\s\S]*\n7 cases, all as expected\.\n$/);
});

test("what was not as expected, with the place of the case and why a request ended; exit code 1", async () => {
  const folder = await shop(
    `  - { name: fine, request: { url: /shop/items, subscription: buyer }, expect: { status: 200, body: { a: [1] }, sent: [{ method: GET, url: https://shop.test/items, headers: { X-Secret: /./ } }] } }
  - { name: no key, request: { url: /shop/items }, expect: { status: 200 } }
  - { name: other body, request: { url: /shop/items, subscription: buyer }, expect: { body: { a: [2] }, headers: { X-None: "1", Content-Type: null }, sent: [] } }
  - { name: no subscription, request: { url: /shop/items, subscription: byer }, expect: { status: 200 } }
`,
    '[{ url: "https://shop.test/*", body: { a: [1], b: 2 } }]',
  );
  const { code, out } = await sallyport(["test", folder]);
  assert.equal(code, 1);
  assert.match(out, /^ok {4}fine\n/);
  assert.match(
    out,
    /FAIL {2}no key {2}\(.*shop\.test\.yaml:4\)\n {8}status: expected 200, found 401; ended by authorization/,
  );
  assert.match(out, /body\.a\[0\]: expected .*2.*, found .*1/);
  assert.match(
    out,
    /header X-None: expected "1", found none\n {8}header Content-Type: expected none, found "application/,
  );
  assert.match(out, /sent: expected 0 calls, found GET https:\/\/shop\.test\/items/);
  assert.match(out, /no subscription "byer"; there are: .*buyer/);
  assert.match(out, /\n4 cases, 3 not as expected\.\n$/);
});

test("tokens of any provider, failures of backends, limits for each case; one JSON line a case", async () => {
  const token = "iss: https://id.test/t, aud: shop";
  const folder = await shop(`  - name: token
    request: { url: /shop/items, subscription: buyer, headers: { X-Token: "1" }, token: { ${token} } }
    expect: { status: 200, sent: [{ headers: { Authorization: "/^Bearer ey/" } }] }
  - name: expired
    request: { url: /shop/items, subscription: buyer, headers: { X-Token: "1" }, token: { ${token}, exp: -600 } }
    expect: { status: 401, source: validate-jwt, reason: TokenExpired, sent: [] }
  - name: backend away
    answers: [{ url: "https://shop.test/*", failure: connect }]
    request: { url: /shop/items, subscription: buyer }
    expect: { status: 500, reason: BackendConnectionFailure }
  - name: third call
    times: 3
    request: { url: /shop/items, subscription: buyer }
    expect: { status: 429, reason: RateLimitExceeded }
  - name: second call
    times: 2
    request: { url: /shop/items, subscription: buyer }
    expect: { status: 200 }
`);
  const { code, out } = await sallyport(["test", folder, "--json"]);
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ name, ok, problems }) => [name, ok, ...problems]),
    ["token", "expired", "backend away", "third call", "second call"].map((name) => [name, true]),
  );
  assert.equal(code, 0);
  assert.equal((await sallyport(["test", folder, "--only", "call", "--json"])).out.trim().split("\n").length, 2);
});

test("JUnit XML, well formed whatever names and answers hold", async () => {
  const folder =
    await shop(`  - { name: 'a "b" <c> & d', request: { url: /shop/items, subscription: buyer }, expect: { status: 200 } }
  - { name: e, request: { url: /shop/items }, expect: { body: "<&>" } }
`);
  const { code, out } = await sallyport(["test", folder, "--format", "junit"]);
  assert.equal(code, 1);
  assert.deepEqual(readXml(new SourceText(out.replace(/^<\?xml.*\?>\n/, ""), "junit.xml")).diagnostics, []);
  assert.match(out, /<testsuite name=".*shop\.test\.yaml" tests="2" failures="1">/);
  assert.match(out, /<testcase name="a &quot;b&quot; &lt;c&gt; &amp; d" classname=".*" time="\d+\.\d{3}" \/>/);
  assert.match(out, /<failure message="body: expected \\?&quot;&lt;&amp;&gt;/);
});

test("files with mistakes, and none: exit code 2", async () => {
  const misspelt = await sallyport(["test", await shop("  - { name: a, request: { url: x }, expct: {} }\n")]);
  assert.equal(misspelt.code, 2);
  assert.match(misspelt.err, /Unknown setting "cases\[0\]\.expct"[\s\S]*Did you mean "expect"\?/);
  assert.match(misspelt.err, /"cases\[0\]\.request\.url" must begin with \//);
  const none = await sallyport(["test", await configFolder(apiFiles("a"))]);
  assert.equal(none.code, 2);
  assert.match(none.err, /There is no file or folder .*tests/);
  const broken = await configFolder({
    ...apiFiles("a"),
    "policy.xml": "<x />",
    "tests/a.test.yaml": "cases: [{ name: a, request: { url: / }, expect: {} }]",
  });
  assert.equal((await sallyport(["test", broken])).code, 2);
});
