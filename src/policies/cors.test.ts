import assert from "node:assert/strict";
import { test } from "node:test";
import { check, run } from "../../test/support/run-policy.ts";

const policy = (more = "", children = "") => `
  <cors ${more}>
    <allowed-origins><origin>https://a.example</origin><origin>http://b.example:80/</origin></allowed-origins>
    <allowed-methods preflight-result-max-age="300"><method>GET</method><method>PUT</method></allowed-methods>
    <allowed-headers><header>X-One</header></allowed-headers>
    <expose-headers><header>X-Two</header></expose-headers>
    ${children}
  </cors>`;
const request = (headers: Record<string, string>, method = "GET") => ({ context: { request: { method, headers } } });
const preflight = (origin: string, method = "PUT", headers = "x-one") => ({
  preflight: true,
  ...request(
    { Origin: origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers },
    "OPTIONS",
  ),
});
const cors = (ran: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(
    [...(ran.exchange.response?.headers ?? [])].map(([n, v]) => [n.toLowerCase().replace("access-control-", ""), v]),
  );

test("an allowed origin may read the response", async () => {
  const ran = await run(policy('allow-credentials="true"'), request({ Origin: "https://A.example" }));
  assert.deepEqual(cors(ran), {
    "allow-origin": "https://A.example",
    vary: "Origin",
    "allow-credentials": "true",
    "expose-headers": "X-Two",
  });
  assert.deepEqual(
    cors(await run(policy(), request({ Origin: "http://b.example" })))["allow-origin"],
    "http://b.example",
  );
});

test("requests without origin, or from others, go on without headers", async () => {
  for (const headers of [{}, { Origin: "https://evil.example" }, { Origin: "null" }] as Record<string, string>[]) {
    const ran = await run(`${policy()}<set-variable name="on" value="1" />`, request(headers));
    assert.deepEqual([cors(ran), ran.exchange.variables.get("on")], [{}, "1"]);
  }
});

test("terminate-unmatched-request ends GET and HEAD of others with an empty 200", async () => {
  const xml = `${policy('terminate-unmatched-request="true"')}<set-variable name="on" value="1" />`;
  const get = await run(xml, request({ Origin: "https://evil.example" }));
  assert.deepEqual([get.status, get.body, get.exchange.variables.has("on")], [200, "", false]);
  assert.equal((await run(xml, request({ Origin: "https://evil.example" }, "POST"))).exchange.variables.get("on"), "1");
});

test("a preflight is answered; nothing else of inbound runs", async () => {
  const ran = await run(`<set-variable name="on" value="1" />${policy()}`, preflight("https://a.example"));
  assert.equal(ran.exchange.variables.has("on"), false);
  assert.deepEqual(cors(ran), {
    "allow-origin": "https://a.example",
    vary: "Origin",
    "allow-methods": "GET,PUT",
    "allow-headers": "x-one",
    "max-age": "300",
  });
});

test("a method, header or origin that is not allowed gets an empty 200 without headers", async () => {
  for (const options of [
    preflight("https://a.example", "DELETE"),
    preflight("https://a.example", "PUT", "x-other"),
    preflight("https://evil.example"),
  ]) {
    const ran = await run(policy(), options);
    assert.deepEqual([ran.status, cors(ran)], [200, {}]);
  }
});

test("a second cors policy may know the origin that the first does not", async () => {
  const second = "<cors><allowed-origins><origin>https://c.example</origin></allowed-origins></cors>";
  assert.equal(
    cors(await run(policy() + second, preflight("https://c.example", "GET", "")))["allow-origin"],
    "https://c.example",
  );
  const terminating = policy('terminate-unmatched-request="true"') + second;
  assert.deepEqual(cors(await run(terminating, preflight("https://c.example", "GET", ""))), {});
});

test("a wildcard never comes with credentials", async () => {
  const any =
    '<cors allow-credentials="true"><allowed-origins><origin>*</origin></allowed-origins><allowed-methods><method>*</method></allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>';
  assert.deepEqual(cors(await run(any, request({ Origin: "https://x.example" }))), { "allow-origin": "*" });
  assert.deepEqual(cors(await run(any, preflight("https://x.example", "PATCH", "x-a, x-b"))), {
    "allow-origin": "*",
    "allow-methods": "PATCH",
    "allow-headers": "x-a,x-b",
  });
});

test("origins are needed", () => {
  assert.deepEqual(
    check("<cors />").map((d) => d.code),
    ["SP2008"],
  );
});
