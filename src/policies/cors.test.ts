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
const PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
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
    assert.deepEqual([cors(ran), ran.exchange.variables.get("on")], [{ vary: "Origin" }, "1"]);
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
    vary: PREFLIGHT_VARY,
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
    const { vary: _, ...rest } = cors(ran);
    assert.deepEqual([ran.status, rest], [200, {}]);
  }
});

test("a second cors policy may know the origin that the first does not", async () => {
  const second = "<cors><allowed-origins><origin>https://c.example</origin></allowed-origins></cors>";
  assert.equal(
    cors(await run(policy() + second, preflight("https://c.example", "GET", "")))["allow-origin"],
    "https://c.example",
  );
  const terminating = policy('terminate-unmatched-request="true"') + second;
  assert.deepEqual(cors(await run(terminating, preflight("https://c.example", "GET", ""))), { vary: PREFLIGHT_VARY });
});

test("a wildcard never comes with credentials", async () => {
  const any =
    '<cors allow-credentials="true"><allowed-origins><origin>*</origin></allowed-origins><allowed-methods><method>*</method></allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>';
  assert.deepEqual(cors(await run(any, request({ Origin: "https://x.example" }))), { "allow-origin": "*" });
  assert.deepEqual(cors(await run(any, preflight("https://x.example", "PATCH", "x-a, x-b"))), {
    "allow-origin": "*",
    vary: PREFLIGHT_VARY,
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

test("origins compare as browsers write them, and nothing passes for another", async () => {
  const allows = async (listed: string, origin: string) => {
    const xml = `<cors><allowed-origins><origin>${listed}</origin></allowed-origins></cors>`;
    return cors(await run(xml, request({ Origin: origin })))["allow-origin"] !== undefined;
  };
  for (const [listed, origin] of [
    ["https://shop.example", "https://shop.example"],
    ["https://shop.example/", "https://shop.example"],
    ["HTTPS://Shop.Example:443", "https://shop.example"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["https://b\u00fccher.example", "https://xn--bcher-kva.example"],
    ["null", "null"],
    ["capacitor://localhost", "capacitor://localhost"],
  ]) {
    assert.equal(await allows(listed, origin), true, `${listed} ${origin}`);
  }
  for (const [listed, origin] of [
    ["https://shop.example", "http://shop.example"],
    ["https://shop.example", "https://shop.example:444"],
    ["https://shop.example", "https://shop.example.evil"],
    ["https://shop.example", "https://evilshop.example"],
    ["https://shop.example", "https://shop.example@evil"],
    ["https://shop.example", "https://shop.example, https://evil"],
    ["https://shop.example", "https://sub.shop.example"],
    ["https://shop.example", "null"],
    ["https://shop.example", ""],
    ["capacitor://localhost", "null"],
    ["capacitor://localhost", "ionic://localhost"],
    ["file://host", "null"],
    ["null", "https://shop.example"],
    ["https://shop.example", "*"],
  ]) {
    assert.equal(await allows(listed, origin), false, `${listed} ${origin}`);
  }
});

test("two Origin headers are nobody's origin", async () => {
  const twice = { context: { request: { headers: { Origin: ["https://a.example", "https://evil.example"] } } } };
  assert.deepEqual(cors(await run(policy(), twice)), { vary: "Origin" });
});

test("what is no origin is a mistake at load", () => {
  const mistake = (origin: string) =>
    check(`<cors><allowed-origins><origin>${origin}</origin></allowed-origins></cors>`)[0]?.message;
  for (const wrong of [
    "shop.example",
    "https://*.example",
    "https://a.example/path",
    "https://a@b.example",
    "https://",
  ])
    assert.match(mistake(wrong) ?? "", /is no origin/, wrong);
});

test("the policy decides who reads a response, whatever the backend says", async () => {
  const backend = `<return-response><set-header name="Access-Control-Allow-Origin"><value>*</value></set-header>
    <set-header name="Access-Control-Allow-Credentials"><value>true</value></set-header>
    <set-header name="Vary"><value>Accept</value></set-header></return-response>`;
  const from = async (origin: string) => cors(await run(policy() + backend, request({ Origin: origin })));
  assert.deepEqual(await from("https://evil.example"), { vary: "Accept, Origin" });
  assert.deepEqual(await from("https://a.example"), {
    vary: "Accept, Origin",
    "allow-origin": "https://a.example",
    "expose-headers": "X-Two",
  });
  const second = "<cors><allowed-origins><origin>https://c.example</origin></allowed-origins></cors>";
  const both = async (origin: string) => cors(await run(policy() + second + backend, request({ Origin: origin })));
  assert.equal(
    (await both("https://a.example"))["allow-origin"],
    "https://a.example",
    "a later policy takes nothing back",
  );
  assert.equal((await both("https://c.example"))["allow-origin"], "https://c.example");
});

test("refusals carry the headers too, or the browser could not tell a 401", async () => {
  const xml = `${policy()}<check-header name="X" failed-check-httpcode="401" failed-check-error-message="No" ignore-case="true" />`;
  const ran = await run(xml, request({ Origin: "https://a.example" }));
  assert.deepEqual([ran.status, cors(ran)["allow-origin"]], [401, "https://a.example"]);
});

test("expose-headers * names the response's headers where credentials are sent", async () => {
  const xml = (credentials: boolean, origin: string) => `<cors allow-credentials="${credentials}">
    <allowed-origins><origin>${origin}</origin></allowed-origins><expose-headers><header>*</header></expose-headers></cors>
    <return-response><set-header name="X-A"><value>1</value></set-header><set-header name="Set-Cookie"><value>a=b</value></set-header></return-response>`;
  const exposed = async (credentials: boolean, origin: string) =>
    cors(await run(xml(credentials, origin), request({ Origin: "https://a.example" })))["expose-headers"];
  assert.equal(await exposed(true, "https://a.example"), "x-a");
  assert.equal(await exposed(false, "https://a.example"), "*");
  assert.equal(await exposed(true, "*"), "*");
});

test("max-age is said only where the policy says it, 0 included", async () => {
  const maxAge = async (attribute: string) => {
    const xml = `<cors><allowed-origins><origin>*</origin></allowed-origins><allowed-methods ${attribute}><method>GET</method></allowed-methods></cors>`;
    return cors(await run(xml, preflight("https://a.example", "GET", "")))["max-age"];
  };
  assert.equal(await maxAge(""), undefined);
  assert.equal(await maxAge('preflight-result-max-age="0"'), "0");
  assert.equal(await maxAge('preflight-result-max-age="@(600)"'), "600");
});

test("a preflight's hostile questions are not echoed, and nothing is said of private networks", async () => {
  const any =
    "<cors><allowed-origins><origin>*</origin></allowed-origins><allowed-methods><method>*</method></allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>";
  const silent = { vary: PREFLIGHT_VARY };
  assert.deepEqual(cors(await run(any, preflight("https://a.example", "GET<script>"))), silent);
  assert.deepEqual(cors(await run(any, preflight("https://a.example", ""))), silent);
  assert.deepEqual(cors(await run(any, preflight("https://a.example", "GET", "x-a, <b>"))), silent);
  const many = Array.from({ length: 201 }, (_, i) => `x-${i}`).join(",");
  assert.deepEqual(cors(await run(any, preflight("https://a.example", "GET", many))), silent);
  const near = preflight("https://a.example");
  Object.assign(near.context.request.headers, { "Access-Control-Request-Private-Network": "true" });
  assert.equal(cors(await run(any, near))["allow-private-network"], undefined);
});

test("Vary: Origin is said to those without Origin too, and never where everybody is allowed", async () => {
  assert.deepEqual(cors(await run(policy(), request({}))), { vary: "Origin" });
  const any = "<cors><allowed-origins><origin>*</origin></allowed-origins></cors>";
  assert.deepEqual(cors(await run(any, request({}))), {});
});

test("an expression that gives no origin allows nobody", async () => {
  const xml =
    '<cors><allowed-origins><origin>@(context.Request.Headers.GetValueOrDefault("X","none"))</origin></allowed-origins></cors>';
  for (const origin of ["", "none", "null"])
    assert.equal(cors(await run(xml, request({ Origin: origin })))["allow-origin"], undefined, origin);
  const given = request({ Origin: "https://a.example", X: "https://A.example/" });
  assert.equal(cors(await run(xml, given))["allow-origin"], "https://a.example");
});
