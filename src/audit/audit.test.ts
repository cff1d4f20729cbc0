import assert from "node:assert/strict";
import { test } from "node:test";
import { api, operation, policy, product, snapshot, subscription } from "../../test/support/snapshot.ts";
import { loadProgram } from "../engine/load.ts";
import { policies } from "../policies/index.ts";
import { Places } from "../resources/places.ts";
import { SourceText } from "../base/source-text.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import type { Api, Backend, Snapshot } from "../resources/snapshot.ts";
import { audit } from "./audit.ts";
import { AUDIT_CODES } from "./catalogue.ts";
import type { Finding } from "./finding.ts";

const JWT = (more = "", attributes = "") =>
  `<validate-jwt header-name="Authorization" ${attributes}><openid-config url="https://idp.example/x" />` +
  `<audiences><audience>a</audience></audiences>${more}</validate-jwt>`;
const LIMIT = '<rate-limit-by-key calls="1" renewal-period="1" counter-key="@(context.Request.IpAddress)" />';
const CREDENTIAL =
  '<set-header name="X-Backend-Key" exists-action="override"><value>@(context.Api.Id)</value></set-header>';
const NO_TOKEN_ON = '<set-header name="Authorization" exists-action="delete" />';
/** Every door closed. */
const CLOSED = JWT() + LIMIT + NO_TOKEN_ON + CREDENTIAL;

function findings(configuration: Snapshot, places = new Places()): readonly Finding[] {
  const { program, diagnostics } = loadProgram(configuration, policies);
  assert.ok(program, JSON.stringify(diagnostics));
  return audit(program, places);
}

function codes(configuration: Snapshot): string[] {
  return findings(configuration).map(({ code, severity }) => `${code} ${severity}`);
}

const base = (inbound: string) => policy({ inbound: `<base />${inbound}` });

function keyed(inbound: string, more: Partial<Api> = {}): Api {
  return api("a", {
    serviceUrl: "https://b.example",
    subscriptionRequired: true,
    operations: [operation("GET", "/")],
    policy: base(inbound),
    ...more,
  });
}

const ofApi = (inbound: string, more: Partial<Api> = {}, rest: Partial<Snapshot> = {}) =>
  codes(snapshot({ apis: [keyed(inbound, more)], ...rest }));

/** `when` without otherwise, and with. */
const sometimes = (inner: string) =>
  `<choose><when condition="@(context.Request.Method == &quot;GET&quot;)">${inner}</when></choose>`;
const either = (a: string, b: string) =>
  `<choose><when condition="@(context.Request.Method == &quot;GET&quot;)">${a}</when><otherwise>${b}</otherwise></choose>`;

test("with every door closed there is nothing to say", () => {
  assert.deepEqual(ofApi(CLOSED), []);
});

test("nothing at all is open in every way", () => {
  const bare = api("a", { serviceUrl: "http://b.example", operations: [operation("POST", "/")] });
  assert.deepEqual(codes(snapshot({ apis: [bare] })), [
    "SA1001 high",
    "SA1002 high",
    "SA3002 high",
    "SA2001 medium",
    "SA3001 medium",
    "SA1010 info",
  ]);
});

test("what is inherited counts, from every scope; what is not inherited does not", () => {
  const operations = [operation("GET", "/", { policy: base("") })];
  assert.deepEqual(
    ofApi("", { operations }, { policy: policy({ inbound: CLOSED, backend: "<forward-request />" }) }),
    [],
  );
  const products = new Map([["p", product("p", ["a"], { policy: base(LIMIT) })]]);
  const rest = JWT() + NO_TOKEN_ON + CREDENTIAL;
  assert.deepEqual(ofApi(rest, {}, { products }), []);
  const alone = [operation("GET", "/", { policy: policy({ inbound: CREDENTIAL }) })];
  assert.deepEqual(ofApi(CLOSED, { operations: alone }), ["SA1002 medium", "SA2001 medium"]);
});

test("a key of the API brings no product's policies with it", () => {
  const products = new Map([["p", product("p", ["a"], { policy: base(LIMIT) })]]);
  const subscriptions = [subscription("s", { kind: "api", api: "a" })];
  const list = findings(snapshot({ apis: [keyed(JWT() + NO_TOKEN_ON + CREDENTIAL)], products, subscriptions }));
  assert.deepEqual(
    list.map(({ code, entrances }) => [code, entrances]),
    [["SA2001", ["with a key that belongs to no product"]]],
  );
});

test("a check in a branch is a door only when every branch that goes on has it", () => {
  const rest = LIMIT + NO_TOKEN_ON + CREDENTIAL;
  assert.deepEqual(ofApi(sometimes(JWT()) + rest), ["SA1002 low"]);
  assert.deepEqual(ofApi(either(JWT(), JWT()) + rest), []);
  assert.deepEqual(ofApi(either(JWT(), "<return-response />") + rest), [], "who is sent away needs no token");
  assert.deepEqual(ofApi(either(JWT(), sometimes(JWT())) + rest), ["SA1002 low"]);
  assert.deepEqual(ofApi(JWT() + sometimes(LIMIT) + NO_TOKEN_ON + CREDENTIAL), ["SA2001 low"]);
  assert.deepEqual(ofApi(JWT() + LIMIT + NO_TOKEN_ON + sometimes(CREDENTIAL)), ["SA3001 low"]);
});

test("a fragment counts where it is included", () => {
  const source = new SourceText(`<fragment>${CLOSED}</fragment>`, "fragment.xml");
  const fragments = new Map([["doors", { source }]]);
  assert.deepEqual(ofApi('<include-fragment fragment-id="doors" />', {}, { fragments }), []);
});

test("tokens: signature, audience, issuer, expiry", () => {
  const rest = LIMIT + NO_TOKEN_ON + CREDENTIAL;
  assert.deepEqual(ofApi(JWT("", 'require-signed-tokens="false"') + rest), ["SA1003 high"]);
  assert.deepEqual(ofApi(JWT("", 'require-expiration-time="false"') + rest), ["SA1006 medium"]);
  const key = "<issuer-signing-keys><key>c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MDE=</key></issuer-signing-keys>";
  assert.deepEqual(ofApi(`<validate-jwt header-name="Authorization">${key}</validate-jwt>${rest}`), [
    "SA1004 high",
    "SA1005 medium",
  ]);
  const claims =
    '<required-claims><claim name="aud"><value>a</value></claim><claim name="iss"><value>i</value></claim></required-claims>';
  assert.deepEqual(ofApi(`<validate-jwt header-name="Authorization">${key}${claims}</validate-jwt>${rest}`), []);
  const tenant = "8a4d2b3c-0000-4000-8000-000000000001";
  const entra = `<validate-azure-ad-token tenant-id="${tenant}" />`;
  assert.deepEqual(ofApi(entra + rest), ["SA1004 high"]);
});

test("client certificates stand for tokens, unless anybody's will do or nobody looks", () => {
  const rest = LIMIT + CREDENTIAL;
  const certificate = (attributes: string) =>
    `<validate-client-certificate validate-trust="false" validate-revocation="false" ${attributes}>` +
    '<identities><identity subject="CN=a" /></identities></validate-client-certificate>';
  assert.deepEqual(ofApi(certificate("") + rest), []);
  assert.deepEqual(ofApi(certificate('ignore-error="true"') + rest), ["SA1002 medium", "SA1007 medium"]);
  const anyones = '<validate-client-certificate validate-trust="false" validate-revocation="false" />';
  assert.deepEqual(ofApi(anyones + rest), ["SA1008 high", "SA1002 medium"]);
});

test("keys: open products, products that are withdrawn, wide subscriptions", () => {
  const open = new Map([["p", product("p", ["a"], { subscriptionRequired: false })]]);
  assert.deepEqual(ofApi(CLOSED, {}, { products: open }), ["SA5003 medium", "SA1001 low"]);
  const withdrawn = new Map([["p", product("p", ["a"], { isPublished: false })]]);
  const subscriptions = [subscription("s", { kind: "product", product: "p" })];
  assert.deepEqual(ofApi(CLOSED, {}, { products: withdrawn, subscriptions }), ["SA5004 low"]);
  const wide = [
    subscription("s", { kind: "all-apis" }),
    subscription("t", { kind: "service" }, { allowTracing: true }),
  ];
  assert.deepEqual(ofApi(CLOSED, {}, { subscriptions: wide }), ["SA5001 medium", "SA5001 medium", "SA5002 low"]);
  const ended = wide.map((s) => ({ ...s, state: "cancelled" as const }));
  assert.deepEqual(ofApi(CLOSED, {}, { subscriptions: ended }), []);
});

test("limits: one that counts subscriptions bounds nobody without a key", () => {
  const rest = JWT() + NO_TOKEN_ON + CREDENTIAL;
  const bySubscription = '<rate-limit calls="1" renewal-period="1" />';
  assert.deepEqual(ofApi(bySubscription + rest), []);
  assert.deepEqual(ofApi(bySubscription + rest, { subscriptionRequired: false }), ["SA2001 medium", "SA1001 low"]);
});

test("counters: a key of the caller's own, unless a token was validated before", () => {
  const counter = (code: string) => `<rate-limit-by-key calls="1" renewal-period="1" counter-key='@(${code})' />`;
  const header = counter('context.Request.Headers.GetValueOrDefault("X", "")');
  const rest = NO_TOKEN_ON + CREDENTIAL;
  assert.deepEqual(ofApi(header + JWT() + rest), ["SA2003 medium"]);
  assert.deepEqual(ofApi(JWT() + header + rest), []);
  assert.deepEqual(ofApi(counter('context.Request.MatchedParameters["id"]') + JWT() + rest), ["SA2003 medium"]);
  assert.deepEqual(ofApi(counter("context.Subscription.Id") + JWT() + rest), []);
  assert.deepEqual(ofApi(counter("context.Request.IpAddress + context.Request.Url.Path") + JWT() + rest), []);
});

test("cors: credentials for everybody, by a star or by an echo", () => {
  const cors = (origin: string, credentials: boolean) =>
    `<cors allow-credentials="${credentials}"><allowed-origins><origin>${origin}</origin></allowed-origins></cors>`;
  const echo = '@(context.Request.Headers.GetValueOrDefault("Origin", ""))';
  assert.deepEqual(ofApi(cors(echo, true) + CLOSED), ["SA1009 high"]);
  assert.deepEqual(ofApi(cors("https://a.example", true) + CLOSED), []);
  assert.deepEqual(ofApi(cors("*", false) + CLOSED), []);
});

function backendOf(more: Partial<Backend>): Partial<Snapshot> {
  const backend: Backend = {
    id: "b",
    title: "b",
    url: "https://c.example",
    protocol: "http",
    type: "Single",
    credentials: undefined,
    validateCertificateChain: true,
    validateCertificateName: true,
    properties: {},
    ...more,
  };
  return { backends: new Map([["b", backend]]) };
}

test("backends: entities, their credentials, their certificates, plain http", () => {
  const rest = JWT() + LIMIT;
  const use = '<set-backend-service backend-id="b" />';
  const credentials = {
    header: new Map([["k", ["v"]]]),
    query: new Map(),
    authorization: undefined,
    certificateIds: [],
  };
  assert.deepEqual(ofApi(rest + use, {}, backendOf({ credentials })), []);
  assert.deepEqual(ofApi(rest + use, {}, backendOf({})), ["SA3001 medium", "SA3004 low"]);
  assert.deepEqual(ofApi(rest + use, {}, backendOf({ credentials, validateCertificateChain: false })), ["SA3003 high"]);
  assert.deepEqual(ofApi(rest + use, {}, backendOf({ credentials, url: "http://c.example" })), ["SA3002 high"]);
  assert.deepEqual(ofApi(rest + use, {}, backendOf({ credentials, url: "http://127.0.0.1:1" })), []);
  assert.deepEqual(ofApi(rest + use, {}, backendOf({ credentials, forwardAuthorization: true })), ["SA3004 low"]);
  const serviceUrl = "https://c.example";
  assert.deepEqual(ofApi(rest, { serviceUrl }, backendOf({ credentials })), [], "the entity of that very URL");
  const url = '<set-backend-service base-url="http://d.example" />';
  assert.deepEqual(ofApi(rest + use + url, {}, backendOf({ credentials })), [], "an entity does not give way to a URL");
  const identity = '<authentication-managed-identity resource="r" />';
  assert.deepEqual(ofApi(rest + identity), []);
  const basic = '<authentication-basic username="u" password="p" />';
  assert.deepEqual(ofApi(rest + basic), ["SA4001 high"]);
});

test("each backend that a branch may choose is looked at", () => {
  const use = sometimes('<set-backend-service base-url="http://d.example" />');
  assert.deepEqual(ofApi(CLOSED + use), ["SA3002 high"]);
});

test("an operation that answers by itself has no backend to speak of", () => {
  assert.deepEqual(ofApi(`${JWT()}${LIMIT}<mock-response />`), []);
  assert.deepEqual(ofApi("<mock-response />"), ["SA1002 medium", "SA2001 medium"]);
});

test("addresses that callers choose", () => {
  const url = "@(context.Request.Headers.GetValueOrDefault(&quot;X-To&quot;, &quot;&quot;))";
  assert.deepEqual(ofApi(`${CLOSED}<set-backend-service base-url="${url}" />`), ["SA3005 high"]);
  const send = `<send-request response-variable-name="r"><set-url>${url}</set-url></send-request>`;
  assert.deepEqual(ofApi(CLOSED + send), ["SA3005 high"]);
  const plain = '<send-request response-variable-name="r"><set-url>http://x.example</set-url></send-request>';
  assert.deepEqual(ofApi(CLOSED + plain), ["SA3002 high"]);
});

test("secrets in policies: as text, not as named value", () => {
  const header = (value: string) => `<set-header name="Authorization"><value>${value}</value></set-header>`;
  const namedValues = new Map([["token", { id: "token", name: "token", value: "t", isSecret: true }]]);
  const rest = { namedValues };
  assert.deepEqual(ofApi(CLOSED + header("Bearer abc"), {}, rest), ["SA4001 high"]);
  assert.deepEqual(ofApi(CLOSED + header("Bearer {{token}}"), {}, rest), []);
  assert.deepEqual(ofApi(CLOSED + header('@("Bearer " + context.RequestId)'), {}, rest), []);
  const query = '<set-query-parameter name="code" exists-action="override"><value>abc</value></set-query-parameter>';
  assert.deepEqual(ofApi(CLOSED + query), ["SA4001 high"]);
});

test("models want a limit of tokens", () => {
  const operations = [operation("POST", "/v1/chat/completions")];
  const closed = `<ip-filter action="allow"><address>10.0.0.1</address></ip-filter>${CLOSED}`;
  assert.deepEqual(ofApi(closed, { operations }), ["SA2002 high"]);
  const limit = (key: string) => `<llm-token-limit counter-key='${key}' tokens-per-minute="1" />`;
  assert.deepEqual(ofApi(closed + limit("@(context.Subscription.Id)"), { operations }), []);
  assert.deepEqual(ofApi(closed + sometimes(limit("x")), { operations }), ["SA2002 medium"]);
  const mine = '@(context.Request.Headers.GetValueOrDefault("X", ""))';
  assert.deepEqual(ofApi(limit(mine) + closed, { operations }), ["SA2003 medium"]);
  assert.deepEqual(ofApi(CLOSED, { serviceUrl: "https://x.openai.azure.com/openai" }), ["SA2002 high"]);
  assert.deepEqual(ofApi(CLOSED, { serviceUrl: "https://bedrock-runtime.eu-west-1.amazonaws.com" }), ["SA2002 high"]);
});

test("listeners, admin and egress", () => {
  const listener = { name: "l", host: "0.0.0.0", port: 80, hostnames: [], tls: undefined };
  const egress = { ...defaultSettings().egress, private: "any" } as const;
  const settings = { listeners: [listener], admin: { host: "0.0.0.0", port: 1 }, egress };
  assert.deepEqual(codes(snapshot({ apis: [keyed(CLOSED)], settings })), [
    "SA6001 high",
    "SA6002 medium",
    "SA3006 low",
  ]);
});

test("a comment silences a finding in an element, or what is missing in a document", () => {
  const comment = (code: string) => `<!-- sallyport-disable ${code}: known -->`;
  const basic = '<authentication-basic username="u" password="p" />';
  assert.deepEqual(ofApi(JWT() + LIMIT + comment("SA4001") + basic), []);
  assert.deepEqual(ofApi(JWT() + LIMIT + comment("SA1003") + basic), ["SA4001 high"]);
  const text = `${comment("SA1002")}<policies>${comment("SA2001")}<inbound><base />${CREDENTIAL}</inbound></policies>`;
  const silent = { source: new SourceText(text, "test.xml") };
  assert.deepEqual(ofApi("", { policy: silent }), []);
  const source = new SourceText(
    `${comment("SA1002, SA2001, SA3001")}<policies><backend><forward-request /></backend></policies>`,
    "p",
  );
  assert.deepEqual(ofApi("", {}, { policy: { source } }), [], "the global document speaks for all");
});

test("what operations share is said once", () => {
  const operations = [
    operation("GET", "/x"),
    operation("GET", "/y"),
    operation("GET", "/z", { policy: base(JWT() + NO_TOKEN_ON) }),
  ];
  const [finding, ...rest] = findings(snapshot({ apis: [keyed(LIMIT + CREDENTIAL, { operations })] }));
  assert.deepEqual([finding.code, finding.api, finding.operations], ["SA1002", "a", ["GET /x", "GET /y"]]);
  assert.deepEqual(rest, []);
});

test("every code of the catalogue is one that something finds", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const texts = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith("rules.ts"))
    .map((name) => readFileSync(`${import.meta.dirname}/${name}`, "utf8"));
  const used = new Set(texts.flatMap((text) => text.match(/"SA\d{4}"/g) ?? []).map((code) => code.slice(1, -1)));
  assert.deepEqual([...used].sort(), Object.keys(AUDIT_CODES).sort());
});
