/**
 * validate-azure-ad-token as a user meets it: the gateway as a process of its own, `entra.authority` in its settings, an authority over TLS
 * whose tokens come from a certified OpenID provider, and Microsoft's own client library (MSAL) as the application that calls.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from "@azure/msal-node";
import Provider from "oidc-provider";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY, SERVER } from "../support/certificates.ts";
import { startSallyport } from "../support/cli.ts";

const TENANT = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
const APP = "11111111-2222-3333-4444-555555555555";
const STRANGE_APP = "99999999-2222-3333-4444-555555555555";
const SCOPE = "api://orders/.default";
const SECRET = "a secret of the application";

/** An authority like Entra's, for one tenant: version 2 by the provider, version 1 as a document beside it. */
async function startAuthority(t: TestContext): Promise<string> {
  const server = createServer({ cert: SERVER.certificate, key: SERVER.key });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const base = `/${TENANT}/v2.0`;
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const client = (id: string) => ({
    client_id: id,
    client_secret: SECRET,
    token_endpoint_auth_method: "client_secret_post" as const,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
  });
  const provider = new Provider(`${origin}${base}`, {
    jwks: { keys: [{ ...jwk, kid: "one", use: "sig", alg: "RS256" } as never] },
    clients: [client(APP), client(STRANGE_APP)],
    scopes: [SCOPE],
    extraTokenClaims: (_ctx, token) => ({
      tid: TENANT,
      ver: "2.0",
      azp: "clientId" in token ? token.clientId : undefined,
      roles: ["Orders.Read"],
    }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "https://orders.example",
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience: "api://orders",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  });
  const callback = provider.callback();
  server.on("request", (incoming, response) => {
    if (incoming.url === `/${TENANT}/.well-known/openid-configuration`) {
      response.end(JSON.stringify({ issuer: `${origin}/${TENANT}/`, jwks_uri: `${origin}${base}/jwks` }));
      return;
    }
    if (!incoming.url?.startsWith(`${base}/`)) {
      response.writeHead(404).end();
      return;
    }
    Object.assign(incoming, { originalUrl: incoming.url, url: incoming.url.slice(base.length) });
    void callback(incoming, response);
  });
  return origin;
}

function send<T>(method: string, url: string, headers: Record<string, string>, body = ""): Promise<NetworkResponse<T>> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, ca: AUTHORITY, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        resolve({ headers: response.headers as Record<string, string>, status, body: JSON.parse(text) as T });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** MSAL's requests, trusting the test's authority. */
const network: INetworkModule = {
  sendGetRequestAsync: (url, options) => send("GET", url, options?.headers ?? {}),
  sendPostRequestAsync: (url, options) => send("POST", url, options?.headers ?? {}, options?.body),
};

async function tokenOf(origin: string, clientId: string): Promise<string> {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret: SECRET,
      authority: `${origin}/${TENANT}`,
      knownAuthorities: [new URL(origin).host],
    },
    system: { networkClient: network },
  });
  const result = await application.acquireTokenByClientCredential({ scopes: [SCOPE] });
  assert.ok(result);
  return result.accessToken;
}

const POLICY = `<policies><inbound><base />
  <validate-azure-ad-token tenant-id="${TENANT}" output-token-variable-name="jwt">
    <client-application-ids><application-id>${APP}</application-id></client-application-ids>
    <audiences><audience>api://orders</audience></audiences>
    <required-claims><claim name="roles"><value>Orders.Read</value></claim></required-claims>
  </validate-azure-ad-token>
  <return-response><set-body>@(((Jwt)context.Variables["jwt"]).Claims["azp"][0])</set-body></return-response>
</inbound><backend><base /></backend><outbound><base /></outbound><on-error><base />
  <set-header name="X-Why"><value>@(context.LastError.Message)</value></set-header></on-error></policies>`;

test("a token that MSAL gets opens the door for its application alone", async (t) => {
  const origin = await startAuthority(t);
  const folder = await writeFolder({
    serviceUrl: "http://127.0.0.1:1",
    policies: { operation: POLICY },
    settings: { entra: { authority: origin } },
  });
  t.after(() => removeFolder(folder));
  const authorities = join(folder, "authorities.pem");
  await writeFile(authorities, AUTHORITY);
  const running = startSallyport(t, ["run", folder, "--port", "0"], { env: { NODE_EXTRA_CA_CERTS: authorities } });
  const [, url] = await running.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  const call = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}`, "Ocp-Apim-Subscription-Key": KEY };
    const response = await fetch(`${url}/t/items/1`, { headers });
    return { status: response.status, body: await response.text(), why: response.headers.get("x-why") };
  };
  assert.deepEqual(await call(await tokenOf(origin, APP)), { status: 200, body: APP, why: null });
  const strange = await call(await tokenOf(origin, STRANGE_APP));
  assert.equal(strange.status, 401);
  assert.match(strange.why ?? "", /^Claim azp value of 99999999-.* is not allowed/);
  const cut = await call((await tokenOf(origin, APP)).slice(0, -6));
  assert.equal(cut.status, 401);
});
