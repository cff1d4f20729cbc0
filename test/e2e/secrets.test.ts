/**
 * Secrets in vaults, through the vendors' own clients, in the real process: read, refreshed, kept through outages, taken from the backup,
 * and never said.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, type TestContext, test } from "node:test";
import { vendorFence } from "../../src/http/vendor-fence.ts";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import { openHashicorpVault } from "../../src/secrets/hashicorp-vault.ts";
import { DEFAULT_SECRET_SETTINGS } from "../../src/secrets/settings.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";
import { AUTHORITY, CLIENT, EXPIRED } from "../support/certificates.ts";
import { type Running, sallyport, startSallyport } from "../support/cli.ts";
import { CLIENT_LEGACY_PFX } from "../support/client-pfx.ts";
import { addFiles } from "../support/config-folder.ts";
import { RecordingBackend } from "../support/recording-backend.ts";
import { TlsBackend } from "../support/tls-backend.ts";
import { IdentityEndpoint, KeyVaultServer } from "../support/vaults/key-vault.ts";
import { AwsServer, GoogleServer, HashicorpServer } from "../support/vaults/others.ts";

let backend: RecordingBackend;
let keyVault: KeyVaultServer;
let identity: IdentityEndpoint;
let aws: AwsServer;
let google: GoogleServer;
let hashicorp: HashicorpServer;

before(async () => {
  backend = await RecordingBackend.start();
  [keyVault, identity, aws, google, hashicorp] = await Promise.all([
    KeyVaultServer.start(),
    IdentityEndpoint.start(),
    AwsServer.start(),
    GoogleServer.start(),
    HashicorpServer.start(),
  ]);
});
beforeEach(() => {
  backend.take();
  for (const server of [keyVault, identity, aws, google, hashicorp]) {
    server.mood = "well";
    server.values.clear();
    server.asked.length = 0;
  }
  keyVault.ends.clear();
});
after(async () => {
  for (const server of [keyVault, identity, aws, google, hashicorp]) server.close();
  await backend.close();
});

/** Sends a value to the backend. */
const showing = (value: string) =>
  `<policies><inbound><base /><set-header name="X-Secret"><value>${value}</value></set-header></inbound></policies>`;

interface FolderOfTest {
  readonly folder: string;
  readonly run: (
    env?: Record<string, string>,
  ) => Promise<{ running: Running; call: (headers?: Record<string, string>) => Promise<string | undefined> }>;
}

/** A configuration with this named value and these settings. */
async function folderOf(
  t: TestContext,
  options: {
    readonly namedValues?: object;
    readonly settings?: object;
    readonly api?: string;
    readonly workers?: string;
    readonly files?: Parameters<typeof addFiles>[1];
  },
): Promise<FolderOfTest> {
  const folder = await writeFolder({
    serviceUrl: backend.url,
    policies: { api: options.api ?? showing("{{secret}}") },
    settings: {
      authorities: "ca.pem",
      admin: { port: 0 },
      ...(options.namedValues === undefined ? {} : { namedValues: options.namedValues }),
      ...options.settings,
    },
  });
  await addFiles(folder, { "ca.pem": AUTHORITY, ...options.files });
  t.after(() => removeFolder(folder));
  const run: FolderOfTest["run"] = async (env = {}) => {
    const running = startSallyport(t, ["run", folder, "--workers", options.workers ?? "1"], {
      env: { ...identity.env, ...env },
    });
    const [, url] = await running.said(/Listening on (http:\/\/127\.0\.0\.1:\d+) \(test\)/);
    const call = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/t/items/1`, { headers: { "Ocp-Apim-Subscription-Key": KEY, ...headers } });
      assert.equal(response.status, 200, await response.text());
      return backend.take().at(-1)?.headers.get("x-secret");
    };
    return { running, call };
  };
  return { folder, run };
}

/** Ends the gateway; answers all it has ever said. */
async function everythingSaid(running: Running): Promise<string> {
  running.process.kill("SIGTERM");
  const { code, out, err } = await running.ended;
  assert.equal(code, 0, err);
  return out + err;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const FAST = { refreshMs: 1_000, timeoutMs: 2_000 };
const KEY_VAULT = { secrets: { ...FAST, keyVault: { verifyResource: false } } };
const inKeyVault = (path: string) => `keyvault:${keyVault.url}/secrets/${path}`;

test("Key Vault: a value, a version, a member; the gateway's identity opens it", async (t) => {
  keyVault.values.set("plain", "from-key-vault-1").set("plain/v7", "from-key-vault-7");
  keyVault.values.set("json", JSON.stringify({ user: "u", pass: "from-json-0815" }));
  const { run } = await folderOf(t, {
    api: showing("{{a}} {{b}} {{c}} {{d}}"),
    namedValues: {
      a: inKeyVault("plain"),
      b: inKeyVault("plain/v7"),
      c: inKeyVault("json#pass"),
      d: inKeyVault("plain?identity=user-assigned"),
    },
    settings: KEY_VAULT,
  });
  const { running, call } = await run();
  assert.equal(await call(), "from-key-vault-1 from-key-vault-7 from-json-0815 from-key-vault-1");
  assert.doesNotMatch(await everythingSaid(running), /from-key-vault|from-json/);
  const asked = identity.asked.map(({ url }) => [url.searchParams.get("resource"), url.searchParams.get("client_id")]);
  assert.deepEqual(new Set(asked.map(([resource]) => resource)), new Set(["https://vault.azure.net"]));
  assert.deepEqual(new Set(asked.map(([, clientId]) => clientId)), new Set([null, "user-assigned"]));
});

const AWS_KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "env:OWN" };

test("AWS Secrets Manager: by name, by ARN, a member", async (t) => {
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders-AbCdEf";
  aws.values.set("orders", JSON.stringify({ key: "from-aws-1" })).set(arn, "from-aws-2");
  const { run } = await folderOf(t, {
    api: showing("{{a}} {{b}}"),
    namedValues: { a: "aws:orders#key", b: `aws:${arn}` },
    settings: { secrets: { ...FAST, aws: { endpoint: aws.url, region: "eu-central-1", ...AWS_KEYS } } },
  });
  const { running, call } = await run({ OWN: "aws-secret-key" });
  assert.equal(await call(), "from-aws-1 from-aws-2");
  assert.doesNotMatch(await everythingSaid(running), /from-aws|aws-secret-key/);
});

test("Google Secret Manager, by workload identity federation", async (t) => {
  google.values.set("projects/p/secrets/s/versions/latest", "from-google-1");
  google.values.set("projects/p/secrets/s/versions/3", '{"a":{"b":1}}');
  const { run, folder } = await folderOf(t, {
    api: showing("{{a}} {{b}}"),
    namedValues: { a: "gcp:projects/p/secrets/s", b: "gcp:projects/p/secrets/s/versions/3#a" },
    settings: { secrets: { ...FAST, google: { endpoint: google.url, credentials: "env:GOOGLE" } } },
    files: { "subject-token": google.subjectToken },
  });
  const { running, call } = await run({ GOOGLE: google.credentials(join(folder, "subject-token")) });
  assert.equal(await call(), 'from-google-1 {"b":1}');
  assert.doesNotMatch(await everythingSaid(running), /from-google|google-token/);
});

test("HashiCorp Vault, by AppRole; signs in again when its token is refused", async (t) => {
  hashicorp.values.set("team/orders", JSON.stringify({ password: "from-vault-1", user: "u" }));
  hashicorp.values.set("single", JSON.stringify({ only: "from-vault-2" }));
  const appRole = { roleId: "role-1", secretId: "env:S" };
  const { run } = await folderOf(t, {
    api: showing("{{a}} {{b}}"),
    namedValues: { a: "vault:team/orders#password", b: "vault:single" },
    settings: { secrets: { ...FAST, vault: { address: hashicorp.url, appRole } } },
  });
  const { call, running } = await run({ S: "secret-1" });
  assert.equal(await call(), "from-vault-1 from-vault-2");
  const { signIns } = hashicorp;
  hashicorp.tokens.clear();
  hashicorp.values.set("single", JSON.stringify({ only: "from-vault-3" }));
  await until(async () => (await call()) === "from-vault-1 from-vault-3");
  assert.ok(hashicorp.signIns > signIns);
  assert.doesNotMatch(await everythingSaid(running), /from-vault|secret-1|hvs\./);
});

test("HashiCorp Vault, by token or Kubernetes service account; what is missing or refused is named", async (t) => {
  hashicorp.values.set("single", JSON.stringify({ only: "v" })).set("two", JSON.stringify({ a: 1, b: 2 }));
  hashicorp.tokens.add("hvs.given");
  const folder = await mkdtemp(join(tmpdir(), "sallyport-vault-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "jwt"), "service-account-token\n");
  const base = { ...DEFAULT_SECRET_SETTINGS.vaults.hashicorp, address: hashicorp.url };
  const fence = vendorFence(defaultSettings().egress);
  const read = async (more: object, reference = "single") =>
    (await (await openHashicorpVault({ ...base, ...more }, {}, fence)).read(reference, 2_000)).value;
  assert.equal(await read({ token: "hvs.given" }), "v");
  await assert.rejects(read({ token: "hvs.given" }, "two"), /has 2 members: say which one/);
  await assert.rejects(read({ token: "hvs.given" }, "none"), /no such secret \(404\)/);
  await assert.rejects(read({ token: "hvs.wrong" }), /refuses the gateway \(403\)/);
  await assert.rejects(
    read({}),
    /secrets\.vault\.token \(or appRole, kubernetes\) or the variable VAULT_TOKEN is missing/,
  );
  await assert.rejects(read({ address: undefined }), /VAULT_ADDR is missing/);
  const kubernetes = { mount: "kubernetes", role: "gateway", tokenFile: join(folder, "jwt") };
  assert.equal(await read({ kubernetes }), "v");
});

test("Key Vault references of an extract work as they are: named values and certificates", async (t) => {
  const tls = await TlsBackend.start();
  t.after(() => tls.close());
  keyVault.values.set("nv", "from-the-extract").set("client-cert", CLIENT_LEGACY_PFX);
  keyVault.values.set("client-pem", CLIENT.key + CLIENT.certificate);
  const certificateId = `@(context.Request.Headers.GetValueOrDefault("X-Certificate"))`;
  const secretIdentifier = `${keyVault.url}/secrets/nv`;
  const certificate = (name: string) => ({
    properties: { keyVault: { secretIdentifier: `${keyVault.url}/secrets/${name}` }, subject: "CN=client" },
  });
  const { run } = await folderOf(t, {
    api: `<policies><inbound><base /><set-backend-service backend-id="m" /><set-header name="X-Secret"><value>{{secret}}</value></set-header><authentication-certificate certificate-id='${certificateId}' /></inbound></policies>`,
    settings: KEY_VAULT,
    files: {
      "named values/secret/namedValueInformation.json": {
        properties: { displayName: "secret", secret: true, keyVault: { secretIdentifier, identityClientId: "ua-1" } },
      },
      "certificates/kv-pfx/certificateInformation.json": certificate("client-cert"),
      "certificates/kv-pem/certificateInformation.json": certificate("client-pem"),
      "backends/m/backendInformation.json": { properties: { url: tls.url, protocol: "http" } },
    },
  });
  const { running, call } = await run();
  for (const id of ["kv-pfx", "kv-pem"]) {
    await call({ "X-Certificate": id });
    assert.deepEqual([tls.last.client, tls.last.headers["x-secret"]], ["client", "from-the-extract"]);
  }
  assert.doesNotMatch(await everythingSaid(running), /from-the-extract|PRIVATE KEY/);
  assert.ok(identity.asked.some(({ url }) => url.searchParams.get("client_id") === "ua-1"));
});

test("D16, running: outages of every kind keep the last good value; a rotated one comes into force without a lost request", async (t) => {
  keyVault.values.set("s", "value-one-1111");
  const { run } = await folderOf(t, { namedValues: { secret: inKeyVault("s") }, settings: KEY_VAULT, workers: "2" });
  const { running, call } = await run();
  assert.equal(await call(), "value-one-1111");
  for (const mood of ["down", "throttled", "refusing", "silent"] as const) {
    keyVault.mood = mood;
    const asked = keyVault.asked.length;
    await until(() => keyVault.asked.length > asked);
    assert.equal(await call(), "value-one-1111", mood);
  }
  keyVault.mood = "well";
  keyVault.values.set("s", "value-two-2222");
  let calls = 0;
  await until(async () => {
    calls++;
    return (await call()) === "value-two-2222";
  });
  assert.ok(calls > 0);
  const said = await everythingSaid(running);
  assert.doesNotMatch(said, /value-one|value-two|token-for-vaults/);
  assert.match(said, /A secret could not be read from its vault/);
  assert.match(said, /Secrets have new values/);
});

test("D16, cold: without vault and backup no start, with the backup a start; a damaged one gives the one before", async (t) => {
  keyVault.values.set("s", "backed-up-1111");
  const store = await mkdtemp(join(tmpdir(), "sallyport-backup-"));
  t.after(() => rm(store, { recursive: true, force: true }));
  const file = join(store, "secrets.backup");
  const backup = { file, key: "env:BACKUP_KEY" };
  const settings = { secrets: { ...KEY_VAULT.secrets, backup } };
  const namedValues = { secret: inKeyVault("s") };
  const env = { BACKUP_KEY: "a long passphrase" };
  const { folder, run } = await folderOf(t, { namedValues, settings });
  const failed = async (variables: Record<string, string>) => {
    const { code, err } = await sallyport(["run", folder], { env: { ...identity.env, ...variables } });
    assert.equal(code, 1);
    return err;
  };
  keyVault.mood = "down";
  assert.match(
    await failed(env),
    /The secret keyvault:.*\/secrets\/s cannot be had: .*nor from the backup: there is no backup/,
  );
  keyVault.mood = "well";
  const first = await run(env);
  assert.equal(await first.call(), "backed-up-1111");
  keyVault.values.set("s", "backed-up-2222");
  await until(async () => (await first.call()) === "backed-up-2222");
  await everythingSaid(first.running);
  assert.ok(!(await readFile(file)).includes("backed-up"));
  keyVault.mood = "down";
  const second = await run(env);
  assert.equal(await second.call(), "backed-up-2222");
  assert.match(await everythingSaid(second.running), /comes from the backup/);
  assert.match(await failed({ BACKUP_KEY: "another" }), /damaged, or its key is another one/);
  await writeFile(file, (await readFile(file)).fill(0, 60, 64));
  const third = await run(env);
  assert.equal(await third.call(), "backed-up-1111");
});

test("what expires soon is in the log and in /status: a secret, an app registration, a certificate", async (t) => {
  const day = 86_400;
  const now = Math.floor(Date.now() / 1000);
  keyVault.values.set("s", "soon-over-1").set("t", "long-lived-1");
  keyVault.ends.set("s", now + 5 * day + 60).set("t", now + 300 * day);
  const { run } = await folderOf(t, {
    namedValues: { secret: inKeyVault("s"), other: inKeyVault("t") },
    settings: {
      ...KEY_VAULT,
      identity: { kind: "managed", clientId: "app-1", clientSecret: "literal:unused", expires: "2026-01-31" },
      backends: { b: { url: "https://localhost:1", authorities: "old.pem" } },
    },
    files: { "old.pem": EXPIRED },
  });
  const { running } = await run();
  const [, admin] = await running.said(/Listening on (http:\/\/127\.0\.0\.1:\d+) \(admin\)/);
  const status = (await (await fetch(`${admin}/status`)).json()) as { expiring: Record<string, unknown>[] };
  assert.deepEqual(
    status.expiring.map(({ kind, name, state, daysLeft }) => [
      kind,
      name,
      state,
      Number(daysLeft) < 0 ? "<0" : daysLeft,
    ]),
    [
      ["certificate", "authorities of the backend b", "expired", "<0"],
      ["app registration", "app-1", "expired", "<0"],
      ["secret", inKeyVault("s"), "expiring", 5],
    ],
  );
  const said = await everythingSaid(running);
  assert.match(
    said,
    /"The app registration's secret has expired","kind":"app registration","name":"app-1","expiresOn":"2026-01-31/,
  );
  assert.match(said, /"The secret expires soon"/);
  assert.doesNotMatch(said, /soon-over|long-lived/);
});

test("what a vault refuses is named at the place that asked for it, with a way out", async (t) => {
  const { folder } = await folderOf(t, { namedValues: { secret: inKeyVault("nope") }, settings: KEY_VAULT });
  const { code, err } = await sallyport(["run", folder], { env: identity.env });
  assert.equal(code, 1);
  assert.match(err, /sallyport\.yaml:\d+:\d+/);
  assert.match(err, /localhost has no such secret \(404\)/);
  assert.match(err, /Key Vault Secrets User/);
  const circular = await folderOf(t, {
    settings: { identity: { clientSecret: "keyvault:https://a/secrets/b" } },
    api: "<policies><inbound><base /></inbound></policies>",
  });
  const refused = await sallyport(["check", circular.folder]);
  assert.match(refused.out + refused.err, /"identity\.clientSecret" is in a vault, which it is needed to open/);
});

test("check asks no vault: it works where the gateway's identity is not", async (t) => {
  const { folder } = await folderOf(t, { namedValues: { secret: inKeyVault("s") }, settings: KEY_VAULT });
  const { code, err } = await sallyport(["check", folder]);
  assert.equal(code, 0, err);
  assert.equal(keyVault.asked.length, 0);
});
