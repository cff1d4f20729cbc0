import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { bench, check, run } from "../../test/support/run-policy.ts";
import { FAR, signedToken } from "../../test/support/tokens.ts";
import { defaultSettings } from "../resources/empty-snapshot.ts";

const ATTRIBUTES = 'provider-id="github" authorization-id="@("ma" + "in")" context-variable-name="auth"';

async function ran(more: string, answer: (name: string) => Promise<string>) {
  const world = bench();
  const authorizations = {
    token: async (providerId: string, authorizationId: string) => ({
      accessToken: await answer(`${providerId}/${authorizationId}`),
      claims: new Map<string, unknown>([["scope", "repo"]]),
    }),
  };
  try {
    return await run(
      `<get-authorization-context ${ATTRIBUTES} ${more} />
       <set-variable name="shown" value="@{
         var auth = (Authorization)context.Variables.GetValueOrDefault("auth");
         return auth == null ? "none" : auth.AccessToken + " " + auth.Claims["scope"];
       }" />`,
      { bench: { ...world, services: { ...world.services, authorizations } } },
    );
  } finally {
    await world.close();
  }
}

test("the variable holds token and claims", async () => {
  const { exchange } = await ran('identity-type="managed"', async (name) => `token of ${name}`);
  assert.equal(exchange.variables.get("shown"), "token of github/main repo");
});

test("a failure is a fault that says what is missing, or null when it is ignored", async () => {
  const failing = () => Promise.reject(new Error("github/main is not connected yet"));
  const { status, lastError } = await ran("", failing);
  assert.deepEqual(
    [status, lastError?.reason, lastError?.message],
    [500, "AuthorizationUnavailable", "github/main is not connected yet"],
  );
  const { exchange, lastError: ignored } = await ran('ignore-error="@(true)"', failing);
  assert.deepEqual([exchange.variables.get("shown"), ignored], ["none", null]);
});

test("what is missing or of no use is a mistake at load", () => {
  const said = (attributes: string) =>
    check(`<get-authorization-context ${attributes} />`).map((d) => d.message.split(":")[0]);
  assert.deepEqual(said(`${ATTRIBUTES} identity-type="jwt"`), ['identity-type="jwt" needs the attribute identity']);
  assert.deepEqual(said(`${ATTRIBUTES} identity="x"`), ['The attribute identity is for identity-type="jwt"']);
  assert.equal(said("").length, 3);
});

const TENANT = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
const OTHER_TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const PRINCIPAL = "11111111-2222-3333-4444-555555555555";
const MANAGER = "https://azure-api.net/authorization-manager";

test('identity-type="jwt": who holds a token of the tenant, for the credential store, and has an access policy', async (t) => {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const asked: string[] = [];
  const entra = createServer((request, response) => {
    asked.push(request.url ?? "");
    const { host } = request.headers;
    const tenant = request.url?.split("/")[1];
    const jwk = { ...createPublicKey(key.privateKey).export({ format: "jwk" }), kid: "one", use: "sig" };
    const isKeys = request.url === "/keys";
    const document = { issuer: `https://sts.example/${tenant}/`, jwks_uri: `http://${host}/keys` };
    response.end(JSON.stringify(isKeys ? { keys: [jwk] } : document));
  });
  await new Promise<void>((resolve) => entra.listen(0, "127.0.0.1", resolve));
  t.after(() => void entra.close());
  const authority = `http://127.0.0.1:${(entra.address() as AddressInfo).port}`;
  const accessPolicies = new Map([["github/main", [{ tenantId: TENANT, objectId: PRINCIPAL }]]]);
  const settings = { ...defaultSettings(), entra: { authority } };
  const world = bench();
  t.after(() => world.close());
  let grants = 0;
  const authorizations = {
    token: async () => {
      grants++;
      return { accessToken: "granted", claims: new Map<string, unknown>() };
    },
  };
  const good = { iss: `https://sts.example/${TENANT}/`, tid: TENANT, oid: PRINCIPAL, aud: MANAGER, exp: FAR };
  const token = (more: object = {}, by: KeyObject = key.privateKey) =>
    signedToken("RS256", by, { ...good, ...more }, { kid: "one" });
  const said = async (identity: string, connection = "main", more = "") => {
    const attributes = `provider-id="github" authorization-id="${connection}" context-variable-name="auth"`;
    const policy = `<get-authorization-context ${attributes} identity-type="jwt" identity="@("${identity}")" ${more} />`;
    const { exchange, status, lastError } = await run(policy, {
      bench: { ...world, services: { ...world.services, authorizations } },
      snapshot: { settings, accessPolicies },
    });
    return [status, lastError?.reason ?? exchange.variables.get("auth")?.constructor.name ?? "null"];
  };
  assert.deepEqual(await said(token()), [200, "Authorization"]);
  assert.deepEqual(await said(token({ oid: PRINCIPAL.toUpperCase() })), [200, "Authorization"]);
  const before = grants;
  const forged = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const refused: [string, string][] = [
    ["", "TokenNotPresent"],
    ["nonsense", "JwtInvalid"],
    [token({ oid: TENANT }), "AuthorizationDenied"],
    [token({ oid: [PRINCIPAL, TENANT] }), "AuthorizationDenied"],
    [token({ aud: "api://other" }), "TokenAudienceNotAllowed"],
    [token({ iss: `https://sts.example/${OTHER_TENANT}/` }), "TokenIssuerNotAllowed"],
    [token({ exp: 1 }), "TokenExpired"],
    [token({}, forged), "TokenSignatureInvalid"],
  ];
  for (const [identity, reason] of refused) assert.deepEqual(await said(identity), [500, reason]);
  assert.deepEqual(await said(token(), "other"), [500, "AuthorizationDenied"]);
  assert.deepEqual(await said(token({ tid: OTHER_TENANT })), [500, "AuthorizationDenied"]);
  assert.ok(!asked.some((url) => url.includes(OTHER_TENANT)), "a token sends the gateway nowhere");
  assert.deepEqual(await said(token({ oid: TENANT }), "main", 'ignore-error="true"'), [200, "null"]);
  assert.equal(grants, before);
});
