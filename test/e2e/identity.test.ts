/** The gateway's own identities at Microsoft Entra ID, through @azure/identity, by the protocols of each place it may run in. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { ManualClock } from "../../src/base/clock.ts";
import { ExpiryWatch } from "../../src/secrets/expiry-watch.ts";
import { vendorFence } from "../../src/http/vendor-fence.ts";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import { ManagedIdentities } from "../../src/secrets/managed-identities.ts";
import { DEFAULT_SECRET_SETTINGS, type IdentitySettings } from "../../src/secrets/settings.ts";
import { trustAuthorities } from "../../src/secrets/trust.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY } from "../support/certificates.ts";
import { startSallyport } from "../support/cli.ts";
import { RecordingBackend } from "../support/recording-backend.ts";
import { type Asked, send, VaultServer } from "../support/vaults/serving.ts";
import type { ServerResponse } from "node:http";

/** Answers as the metadata endpoints and the token endpoint of Entra do; what a test changes is what differs between them. */
class Issuer extends VaultServer {
  token = "token-1";
  seconds = 3600;
  refusal: { status: number; content: object } | undefined;

  static start(secure: boolean): Promise<Issuer> {
    return new Issuer(secure).listen();
  }

  protected override answer({ url }: Asked, response: ServerResponse): void {
    if (url.pathname.endsWith("openid-configuration")) {
      const base = `${this.url}/tenant-1`;
      send(response, 200, {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        issuer: `${base}/v2.0`,
        jwks_uri: `${base}/keys`,
      });
      return;
    }
    if (this.refusal !== undefined) {
      send(response, this.refusal.status, this.refusal.content);
      return;
    }
    const expiresOn = String(Math.floor(Date.now() / 1000) + this.seconds);
    send(response, 200, {
      access_token: this.token,
      expires_on: expiresOn,
      expires_in: this.seconds,
      resource: url.searchParams.get("resource"),
      token_type: "Bearer",
    });
  }
}

let metadata: Issuer;
let entra: Issuer;
let folder: string;
const VARIABLES = [
  "IDENTITY_ENDPOINT",
  "IDENTITY_HEADER",
  "AZURE_POD_IDENTITY_AUTHORITY_HOST",
  "AZURE_FEDERATED_TOKEN_FILE",
  "AZURE_TENANT_ID",
  "AZURE_CLIENT_ID",
  "AZURE_CLIENT_SECRET",
  "AZURE_AUTHORITY_HOST",
];
const saved = new Map(VARIABLES.map((name) => [name, process.env[name]]));

before(async () => {
  for (const name of VARIABLES) delete process.env[name];
  [metadata, entra] = await Promise.all([Issuer.start(false), Issuer.start(true)]);
  folder = await mkdtemp(join(tmpdir(), "sallyport-identity-"));
  await writeFile(join(folder, "token"), "federated-token");
  trustAuthorities(AUTHORITY);
});
beforeEach(() => {
  for (const issuer of [metadata, entra]) {
    issuer.asked.length = 0;
    issuer.refusal = undefined;
    issuer.mood = "well";
    issuer.token = "token-1";
    issuer.seconds = 3600;
  }
});
afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
});
after(async () => {
  for (const [name, value] of saved) if (value !== undefined) process.env[name] = value;
  trustAuthorities(undefined);
  metadata.close();
  entra.close();
  await rm(folder, { recursive: true });
});

function identities(env: Record<string, string>, settings: Partial<IdentitySettings> = {}) {
  Object.assign(process.env, env);
  const clock = new ManualClock(Date.now());
  const logged: string[] = [];
  const note = (message: string, fields?: object) => logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const notes = { info: note, warn: note };
  const expiries = new ExpiryWatch(clock, notes);
  const all = { ...DEFAULT_SECRET_SETTINGS.identity, ...settings };
  const fence = vendorFence(defaultSettings().egress);
  return { own: new ManagedIdentities({ settings: all, clock, notes, expiries, env, fence }), clock, logged, expiries };
}

/** A resource of its own for each test: the vendor's client keeps tokens for the whole process. */
let count = 0;
const resource = () => `https://resource-${++count}.example`;

const appService = () => ({ IDENTITY_ENDPOINT: `${metadata.url}/msi/token`, IDENTITY_HEADER: "header-1" });

test("App Service and Container Apps, system- and user-assigned", async () => {
  const { own } = identities(appService());
  const wanted = resource();
  assert.equal(await own.token(wanted, undefined), "token-1");
  assert.equal(await own.token(wanted, "client-2"), "token-1");
  const asked = metadata.asked.map(({ url, headers }) => [
    url.searchParams.get("api-version"),
    url.searchParams.get("resource"),
    url.searchParams.get("client_id"),
    headers["x-identity-header"],
  ]);
  assert.deepEqual(asked, [
    ["2019-08-01", wanted, null, "header-1"],
    ["2019-08-01", wanted, "client-2", "header-1"],
  ]);
});

// In a process of its own: the vendor's client decides once where it is.
test("IMDS of virtual machines and scale sets, through the whole gateway", async (t) => {
  const backend = await RecordingBackend.start();
  const wanted = resource();
  const inbound = `<authentication-managed-identity resource="${wanted}" client-id="client-3" />`;
  const api = `<policies><inbound><base />${inbound}</inbound></policies>`;
  const configuration = await writeFolder({ serviceUrl: backend.url, policies: { api } });
  t.after(async () => {
    await backend.close();
    await removeFolder(configuration);
  });
  const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata.url };
  const gateway = startSallyport(t, ["run", configuration, "--workers", "1"], { env });
  const [, origin] = await gateway.said(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  const headers = { "Ocp-Apim-Subscription-Key": KEY, "Ocp-Apim-Trace": "true", Authorization: "Bearer callers" };
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${origin}/t/items/1`, { headers })));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.deepEqual(
    new Set(backend.take().map((call) => call.headers.get("authorization"))),
    new Set(["Bearer token-1"]),
  );
  assert.equal(metadata.asked.length, 1);
  const [asked] = metadata.asked;
  assert.match(asked.url.pathname, /^\/metadata\/identity\/oauth2\/token\/?$/);
  assert.equal(asked.headers.metadata, "true");
  assert.deepEqual(
    ["resource", "client_id"].map((name) => asked.url.searchParams.get(name)),
    [wanted, "client-3"],
  );
  const trace = await fetch(answers[0].headers.get("ocp-apim-trace-location") ?? "", { headers });
  assert.doesNotMatch(await trace.text(), /token-1/);
});

test("workload identity federation: the token of the pod's service account for one of Entra", async () => {
  const { own } = identities({
    AZURE_FEDERATED_TOKEN_FILE: join(folder, "token"),
    AZURE_TENANT_ID: "tenant-1",
    AZURE_CLIENT_ID: "client-4",
    AZURE_AUTHORITY_HOST: entra.url,
  });
  const wanted = resource();
  assert.equal(await own.token(wanted, undefined), "token-1");
  const form = new URLSearchParams(entra.asked.at(-1)?.body);
  assert.equal(entra.asked.at(-1)?.url.pathname, "/tenant-1/oauth2/v2.0/token");
  assert.deepEqual(
    ["grant_type", "client_id", "client_assertion", "scope"].map((name) => form.get(name)),
    ["client_credentials", "client-4", "federated-token", `${wanted}/.default`],
  );
});

test("client secret, from the environment or the settings; a policy's other identity is not the app registration", async () => {
  const app = { AZURE_TENANT_ID: "tenant-1", AZURE_CLIENT_ID: "client-5", AZURE_CLIENT_SECRET: "app-secret-1" };
  const { own } = identities({ ...app, AZURE_AUTHORITY_HOST: entra.url, ...appService() });
  assert.equal(await own.token(resource(), undefined), "token-1");
  assert.equal(new URLSearchParams(entra.asked.at(-1)?.body).get("client_secret"), "app-secret-1");
  metadata.token = "of-the-machine";
  assert.equal(await own.token(resource(), "client-6"), "of-the-machine");
  const given = { tenantId: "tenant-1", clientId: "client-7", clientSecret: "app-secret-2", authorityHost: entra.url };
  const fromSettings = identities({}, given);
  assert.equal(await fromSettings.own.token(resource(), undefined), "token-1");
  assert.equal(new URLSearchParams(entra.asked.at(-1)?.body).get("client_secret"), "app-secret-2");
});

test("what is missing is named", async () => {
  await assert.rejects(
    identities({}, { kind: "workload" }).own.token("https://r", undefined),
    /No token for https:\/\/r: the setting identity\.tenantId or the environment variable AZURE_TENANT_ID is missing/,
  );
  const { own, logged } = identities(appService());
  metadata.refusal = { status: 400, content: { error: "invalid_resource", error_description: "no such resource" } };
  await assert.rejects(own.token(resource(), "client-8"), /with the identity client-8: .*no such resource/);
  assert.match(logged[0], /A token of the gateway's identity could not be had/);
});

test("one request for many callers; kept; renewed before its end; the last one used to its end", async () => {
  const { own, clock } = identities(appService());
  const wanted = resource();
  metadata.seconds = 7000;
  const tokens = await Promise.all(Array.from({ length: 50 }, () => own.token(wanted, undefined)));
  assert.deepEqual([new Set(tokens).size, metadata.asked.length], [1, 1]);
  clock.advance(3_000_000);
  assert.equal(await own.token(wanted, undefined), "token-1");
  assert.equal(metadata.asked.length, 1);
  // Within five minutes of its end: the old one still, while a new one is fetched; that fails.
  metadata.mood = "refusing";
  clock.advance(3_800_000);
  assert.equal(await own.token(wanted, undefined), "token-1");
  clock.advance(1_000);
  assert.equal(await own.token(wanted, undefined), "token-1");
});

test("an expired client secret is said in so many words, with its day when the settings know it", async () => {
  const refusal = {
    status: 401,
    content: {
      error: "invalid_client",
      error_description: "AADSTS7000222: The provided client secret keys for app 'client-9' are expired.",
      error_codes: [7000222],
    },
  };
  entra.refusal = undefined;
  const given = { tenantId: "tenant-1", clientId: "client-9", clientSecret: "gone-secret", authorityHost: entra.url };
  const unknown = identities({}, given);
  await unknown.own.token(resource(), undefined);
  entra.refusal = refusal;
  await assert.rejects(
    unknown.own.token(resource(), undefined),
    /The app registration's secret \(client-9\) has expired: make a new one\. No token for .*AADSTS7000222/,
  );
  assert.deepEqual(
    unknown.expiries.states().map(({ kind, name, state }) => [kind, name, state]),
    [["app registration", "client-9", "expired"]],
  );
  const known = identities({}, given);
  known.expiries.report("identity", [{ kind: "app registration", name: "client-9", expiresAt: Date.UTC(2026, 0, 31) }]);
  await assert.rejects(
    known.own.token(resource(), undefined),
    /The app registration's secret \(client-9\) expired on 2026-01-31/,
  );
  assert.ok(![...unknown.logged, ...known.logged].some((line) => line.includes("gone-secret")));
});
