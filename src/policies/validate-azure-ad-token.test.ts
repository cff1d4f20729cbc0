import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { defaultSettings } from "../resources/empty-snapshot.ts";
import { type Bench, bench, check, run } from "../../test/support/run-policy.ts";
import { entraTenant } from "./shared/entra.ts";

const TENANT = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
const OTHER = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const APP = "11111111-2222-3333-4444-555555555555";
const STRANGE_APP = "99999999-2222-3333-4444-555555555555";
const API = "aaaaaaaa-2222-3333-4444-555555555555";

/** Keys of organisations, of personal accounts, and of nobody. */
const org = generateKeyPairSync("rsa", { modulusLength: 2048 });
const personal = generateKeyPairSync("rsa", { modulusLength: 2048 });
const forged = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** An authority that publishes what Entra does: two versions of documents; keys that say whose they are. */
const authority = createServer((request, response) => {
  const [, tenant, ...rest] = (request.url ?? "").split("/");
  const isV2 = rest[0] === "v2.0";
  const known: Record<string, string> = { [TENANT]: TENANT, "contoso.example": TENANT, common: "{tenantid}" };
  known.organizations = "{tenantid}";
  known.consumers = CONSUMERS;
  asked.push(request.url ?? "");
  if (tenant === "keys") {
    const jwk = (key: KeyObject, kid: string, of: string) => ({
      ...createPublicKey(key).export({ format: "jwk" }),
      kid,
      use: "sig",
      issuer: `https://login.example/${of}/v2.0`,
    });
    response.end(
      JSON.stringify({
        keys: [jwk(org.privateKey, "org", "{tenantid}"), jwk(personal.privateKey, "personal", CONSUMERS)],
      }),
    );
  } else if (tenant in known) {
    const issuer = isV2 ? `https://login.example/${known[tenant]}/v2.0` : `https://sts.example/${known[tenant]}/`;
    response.end(JSON.stringify({ issuer, jwks_uri: `http://${request.headers.host}/keys` }));
  } else response.writeHead(400).end('{"error":"invalid_tenant"}');
});
let asked: string[] = [];
let origin = "";
let world: Bench;

before(async () => {
  await new Promise<void>((resolve) => authority.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(authority.address() as AddressInfo).port}`;
  world = bench();
});
after(async () => {
  await world.close();
  authority.close();
});

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function token(claims: object, key = org.privateKey, kid = "org"): string {
  const content = `${base64url({ alg: "RS256", kid })}.${base64url({ exp: 4_102_444_800, ...claims })}`;
  return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
}

const v1 = (claims: object = {}, tid = TENANT) =>
  token({ iss: `https://sts.example/${tid}/`, tid, ver: "1.0", appid: APP, aud: `api://${API}`, ...claims });
const v2 = (claims: object = {}, tid = TENANT, ...signed: [key?: KeyObject, kid?: string]) =>
  token({ iss: `https://login.example/${tid}/v2.0`, tid, ver: "2.0", azp: APP, aud: API, ...claims }, ...signed);

const CLIENTS = `<client-application-ids><application-id>${APP.toUpperCase()}</application-id></client-application-ids>`;
const policy = (children = CLIENTS, tenant = TENANT, attributes = "") =>
  `<validate-azure-ad-token tenant-id="${tenant}" output-token-variable-name="jwt" ${attributes}>${children}</validate-azure-ad-token>`;

async function judge(text: string, xml = policy(), headers: object = { Authorization: `Bearer ${text}` }) {
  const settings = { ...defaultSettings(), entra: { authority: origin } };
  const { exchange, lastError, status } = await run(xml, {
    context: { request: { headers: headers as Record<string, string> } },
    snapshot: { settings },
    bench: world,
  });
  if (lastError === null) return exchange.variables.has("jwt") ? "passed" : "passed without token";
  return `${status} ${lastError.reason}`;
}

const NOT_ISSUER = "401 TokenIssuerNotAllowed";
const NOT_VALUE = "401 TokenClaimValueNotAllowed";

test("issuers of one tenant: both versions, and nobody else", async () => {
  const table: [name: string, token: string, expected: string][] = [
    ["version 1", v1(), "passed"],
    ["version 2", v2(), "passed"],
    ["version 1 of another tenant", v1({}, OTHER), NOT_ISSUER],
    ["version 2 of another tenant", v2({}, OTHER), NOT_ISSUER],
    ["a guest's home tenant in idp", v2({ idp: `https://sts.example/${OTHER}/`, acct: 1 }), "passed"],
    ["another issuer, but our tid", v2({ iss: `https://login.example/${OTHER}/v2.0` }), NOT_ISSUER],
    ["a slash more", v2({ iss: `https://login.example/${TENANT}/v2.0/` }), NOT_ISSUER],
    ["a slash less", v1({ iss: `https://sts.example/${TENANT}` }), NOT_ISSUER],
    ["in capitals", v2({ iss: `https://LOGIN.example/${TENANT}/v2.0` }), NOT_ISSUER],
    ["a template", v2({ iss: "https://login.example/{tenantid}/v2.0" }), NOT_ISSUER],
    ["none", v2({ iss: undefined }), NOT_ISSUER],
    ["a key that nobody published", v2({}, TENANT, forged.privateKey, "org"), "401 TokenSignatureInvalid"],
    ["a key of personal accounts", v2({}, TENANT, personal.privateKey, "personal"), NOT_ISSUER],
    ["expired", v2({ exp: 1 }), "401 TokenExpired"],
    ["without expiry", v2({ exp: undefined }), "401 JwtInvalid"],
  ];
  for (const [name, text, expected] of table) assert.equal(await judge(text), expected, name);
});

test("many tenants: the issuer must be that of the token's own tenant, and the key that issuer's", async () => {
  const table: [tenant: string, name: string, token: string, expected: string][] = [
    ["organizations", "any organisation", v2({}, OTHER), "passed"],
    ["organizations", "any organisation, version 1", v1({}, OTHER), "passed"],
    ["organizations", "personal", v2({}, CONSUMERS, personal.privateKey, "personal"), NOT_ISSUER],
    ["common", "any organisation", v2({}, OTHER), "passed"],
    ["common", "personal", v2({}, CONSUMERS, personal.privateKey, "personal"), "passed"],
    ["common", "a personal key for an organisation", v2({}, OTHER, personal.privateKey, "personal"), NOT_ISSUER],
    ["common", "an organisation's key for a person", v2({}, CONSUMERS), "passed"],
    ["common", "a tid that is not the issuer's", v2({ tid: TENANT }, OTHER), NOT_ISSUER],
    ["common", "no tid", v2({ tid: undefined }, OTHER), NOT_ISSUER],
    ["common", "a tid that is no GUID", v2({ iss: "https://login.example/evil/v2.0", tid: "evil" }), NOT_ISSUER],
    ["consumers", "personal", v2({}, CONSUMERS, personal.privateKey, "personal"), "passed"],
    ["consumers", "an organisation", v2({}, OTHER), NOT_ISSUER],
    ["contoso.example", "by its domain", v2(), "passed"],
    ["contoso.example", "another tenant", v2({}, OTHER), NOT_ISSUER],
    ["https://contoso.example", "by the URL of its domain", v1(), "passed"],
  ];
  for (const [tenant, name, text, expected] of table)
    assert.equal(await judge(text, policy(CLIENTS, tenant)), expected, `${tenant}: ${name}`);
});

test("applications that call: appid in version 1, azp in version 2", async () => {
  assert.equal(await judge(v1({ appid: STRANGE_APP })), NOT_VALUE);
  assert.equal(await judge(v2({ azp: STRANGE_APP })), NOT_VALUE);
  assert.equal(await judge(v2({ azp: STRANGE_APP, appid: APP })), NOT_VALUE, "appid says nothing in version 2");
  assert.equal(await judge(v1({ appid: STRANGE_APP, azp: APP })), NOT_VALUE, "azp says nothing in version 1");
  assert.equal(await judge(v2({ azp: undefined })), "401 TokenClaimNotFound");
  assert.equal(await judge(v2({ azp: [STRANGE_APP, APP] })), NOT_VALUE);
  assert.equal(await judge(v2({ azp: STRANGE_APP }), policy("")), "passed", "none is named");
});

test("applications and audiences the token is for", async () => {
  const backend = `<backend-application-ids><application-id>${API}</application-id></backend-application-ids>`;
  assert.equal(await judge(v1(), policy(backend)), "passed");
  assert.equal(await judge(v2(), policy(backend)), "passed");
  assert.equal(await judge(v2({ aud: STRANGE_APP }), policy(backend)), "401 TokenAudienceNotAllowed");
  assert.equal(await judge(v2({ aud: `https://x/${API}` }), policy(backend)), "401 TokenAudienceNotAllowed");
  const audiences = "<audiences><audience>api://orders</audience></audiences>";
  assert.equal(await judge(v1({ aud: "api://orders" }), policy(audiences)), "passed");
  assert.equal(await judge(v1({ aud: "API://orders" }), policy(audiences)), "401 TokenAudienceNotAllowed");
  assert.equal(await judge(v1({ aud: "api://orders" }), policy(backend + audiences)), "401 TokenAudienceNotAllowed");
});

test("roles of applications and scopes of users are claims of their own", async () => {
  const claim = (name: string, more = "") =>
    policy(`<required-claims><claim name="${name}" ${more}><value>Orders.Read</value></claim></required-claims>`);
  assert.equal(await judge(v2({ roles: ["Orders.Read", "x"] }), claim("roles")), "passed");
  assert.equal(await judge(v2({ scp: "x Orders.Read" }), claim("scp", 'separator=" "')), "passed");
  assert.equal(await judge(v2({ scp: "Orders.Read" }), claim("roles")), "401 TokenClaimNotFound");
  assert.equal(await judge(v2({ scp: "Orders.Read.All" }), claim("scp", 'separator=" "')), NOT_VALUE);
});

test("where the token stands: Authorization with Bearer unless the policy says otherwise", async () => {
  const text = v2();
  assert.equal(await judge("", policy(), {}), "401 TokenNotPresent");
  assert.equal(await judge("", policy(), { Authorization: text }), "401 TokenNotPresent");
  assert.equal(await judge("", policy(), { Authorization: `Basic ${text}` }), "401 TokenNotPresent");
  assert.equal(await judge("", policy(CLIENTS, TENANT, 'header-name="X-Token"'), { "X-Token": text }), "passed");
  const computed = `token-value="@(context.Request.Headers.GetValueOrDefault(&quot;X&quot;,&quot;&quot;))"`;
  assert.equal(await judge("", policy(CLIENTS, TENANT, computed), { X: text }), "passed");
});

test("a tenant by expression, and an authority of its own", async () => {
  const byHeader = '@(context.Request.Headers.GetValueOrDefault("X-Tenant",""))';
  const call = (tenant: string) =>
    judge("", policy(CLIENTS, byHeader), { Authorization: `Bearer ${v2()}`, "X-Tenant": tenant });
  assert.equal(await call(TENANT), "passed");
  assert.equal(await call("organizations"), "passed");
  assert.equal(await call("../../etc"), "500 InvalidTenant");
  assert.equal(await call("http://evil.example/x"), "500 InvalidTenant");
  asked = [];
  const at = `${origin}/${TENANT}`;
  assert.equal(await judge(v2(), policy(CLIENTS, at)), "passed", "a URL names authority and tenant");
  assert.deepEqual(asked, [], "the same documents as before");
});

test("an authority that cannot be asked is an outage, not a wrong token", async () => {
  const endpoint = policy(CLIENTS, TENANT, 'authentication-endpoint="http://127.0.0.1:1"');
  assert.equal(await judge(v2(), endpoint), "503 TokenSignatureKeyNotFound");
});

test("tenant ids", () => {
  const of = (text: string, authority = "https://login.example/") => {
    const tenant = entraTenant(text, authority);
    return "problem" in tenant ? "no" : `${tenant.authority} ${tenant.tenant}`;
  };
  assert.equal(of(TENANT.toUpperCase()), `https://login.example ${TENANT}`);
  assert.equal(of("contoso.onmicrosoft.com"), "https://login.example contoso.onmicrosoft.com");
  assert.equal(of("https://contoso.onmicrosoft.com"), "https://login.example contoso.onmicrosoft.com");
  assert.equal(of(`https://login.microsoftonline.us/${TENANT}/v2.0`), `https://login.microsoftonline.us ${TENANT}`);
  assert.equal(of(`https://sts.windows.net/${TENANT}/`), `https://login.example ${TENANT}`);
  for (const wrong of [
    "",
    "x",
    "a/b",
    "a.b/../c",
    "http://contoso.example",
    `${TENANT}x`,
    "a..b",
    "ftp://x/y",
    "{{t}}",
  ])
    assert.equal(of(wrong), "no", wrong);
  assert.equal(of(TENANT, "http://login.example"), "no", "plain http beyond this machine");
});

test("mistakes at load", () => {
  const mistake = (xml: string) => check(xml).map((d) => d.message)[0];
  assert.match(mistake(policy(CLIENTS, "x")), /no tenant id/);
  assert.match(mistake(policy(CLIENTS, TENANT, 'header-name="A" token-value="b"')), /Give one of/);
  assert.match(mistake(policy(CLIENTS.replace(APP.toUpperCase(), "my-app"))), /no application id/);
  assert.match(mistake("<validate-azure-ad-token />"), /tenant-id/);
});

test("operators learn which claim it was, callers do not", async () => {
  const settings = { ...defaultSettings(), entra: { authority: origin } };
  const { body, lastError } = await run(policy(), {
    context: { request: { headers: { Authorization: `Bearer ${v2({ azp: STRANGE_APP })}` } } },
    snapshot: { settings },
    bench: world,
  });
  assert.equal(body, '{ "statusCode": 401, "message": "Unauthorized. Access token is missing or invalid." }');
  assert.deepEqual(lastError?.detail, { claim: "azp", expected: [APP], found: [STRANGE_APP] });
});
