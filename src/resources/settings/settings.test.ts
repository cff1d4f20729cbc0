import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { addFiles, apiFiles, configFolder, type Files } from "../../../test/support/config-folder.ts";
import { CERTIFICATE, PRIVATE_KEY } from "../../../test/support/key-pair.ts";
import { type Loaded, type LoadOptions, loadFolder } from "../load.ts";
import type { Snapshot } from "../snapshot.ts";
import * as keys from "./keys.ts";

const EXTRACT: Files = {
  ...apiFiles("orders"),
  "products/starter/productInformation.json": { properties: { state: "published" } },
  "subscriptions/mobile/subscriptionInformation.json": { properties: { scope: "/products/starter" } },
  "named values/1/namedValueInformation.json": { properties: { displayName: "api-secret", secret: true } },
  "backends/stock/backendInformation.json": {
    properties: { url: "https://stock.example.com", tls: { validateCertificateName: false } },
  },
};
const KEY = "0123456789abcdef0123456789abcdef";

async function load(yaml: string, options: LoadOptions = {}, more: Files = {}): Promise<Loaded> {
  return loadFolder(await configFolder({ ...EXTRACT, ...more, "sallyport.yaml": yaml }), { env: { KEY }, ...options });
}

async function snapshotOf(yaml: string, options: LoadOptions = {}, more: Files = {}): Promise<Snapshot> {
  const { snapshot, diagnostics } = await load(yaml, options, more);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot;
}

async function said(yaml: string, options: LoadOptions = {}, more: Files = {}): Promise<string[]> {
  const { diagnostics } = await load(yaml, options, more);
  return diagnostics
    .filter((d) => !d.message.startsWith("Subscriptions without a key"))
    .map(
      (d) =>
        `${d.line ?? 0}:${d.column ?? 0} ${d.severity === "error" ? "" : "warning "}${d.code} ${d.message}${d.hint ? ` | ${d.hint}` : ""}`,
    );
}

test("without settings, and with an empty file, everything has its default", async () => {
  for (const yaml of ["", "# nothing yet\n"]) {
    const { settings } = await snapshotOf(yaml);
    assert.deepEqual(settings.listeners, [
      { name: "default", host: "127.0.0.1", port: 8080, hostnames: [], tls: undefined },
    ]);
    assert.deepEqual(settings.http, {
      engine: "native",
      maxHeaderBytes: 16_384,
      maxHeaderCount: 100,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      keepAliveTimeoutMs: 65_000,
      writeIdleTimeoutMs: 60_000,
      maxConnections: 10_000,
      maxConnectionsPerAddress: 0,
    });
    assert.deepEqual(
      [settings.dev, settings.admin, settings.accessLog],
      [false, undefined, { enabled: true, file: undefined }],
    );
  }
});

test("every section of the gateway's own", async () => {
  const yaml = `
listeners:
  - { name: public, host: 0.0.0.0, port: 80, hostnames: [API.example.com., localhost], insecure: true }
  - { name: tls, host: 0.0.0.0, tls: { certificate: tls/c.pem, key: "file:tls/k.pem", minVersion: 1.3 } }
admin: { port: 9090 }
deployment: { region: West Europe, serviceName: contoso, gatewayId: g1 }
limits: { bufferedBodyBytes: 10, upstreamTimeoutMs: 20, drainGraceMs: 30, lameDuckMs: 40, retryPercent: 50, rateLimitAlgorithm: token-bucket }
http: { engine: node, maxHeaderBytes: 32768, maxConnections: 5 }
accessLog: { file: logs/access.log }
workers: 2
stores: { redis: { url: "redis://127.0.0.1:6379", mode: leased }, quotaFile: state/quotas.db, rates: 1000 }
`;
  const { settings, folder } = await snapshotOf(yaml, {}, { "tls/c.pem": CERTIFICATE, "tls/k.pem": PRIVATE_KEY });
  assert.deepEqual(settings.listeners[0], {
    name: "public",
    host: "0.0.0.0",
    port: 80,
    hostnames: ["api.example.com", "localhost"],
    tls: undefined,
  });
  assert.deepEqual(settings.listeners[1], {
    name: "tls",
    host: "0.0.0.0",
    port: 8443,
    hostnames: [],
    tls: { certificate: CERTIFICATE.trimEnd(), key: PRIVATE_KEY.trimEnd(), minVersion: "1.3" },
  });
  assert.deepEqual(settings.admin, { host: "127.0.0.1", port: 9090 });
  assert.deepEqual(settings.deployment, { region: "West Europe", serviceName: "contoso", gatewayId: "g1" });
  assert.deepEqual(settings.limits, {
    bufferedBodyBytes: 10,
    upstreamTimeoutMs: 20,
    drainGraceMs: 30,
    lameDuckMs: 40,
    retryPercent: 50,
    rateLimitAlgorithm: "token-bucket",
  });
  assert.deepEqual(
    [settings.http.engine, settings.http.maxHeaderBytes, settings.http.maxConnections, settings.http.maxHeaderCount],
    ["node", 32_768, 5, 100],
  );
  assert.deepEqual(settings.accessLog, { enabled: true, file: join(folder, "logs/access.log") });
  assert.equal(settings.workers, 2);
  assert.deepEqual(settings.stores, {
    redis: {
      url: "redis://127.0.0.1:6379",
      mode: "leased",
      onOutage: "local",
      deadlineMs: 50,
      cacheDeadlineMs: 200,
      prefix: "sallyport:",
    },
    cacheBytes: 67_108_864,
    quotaFile: join(folder, "state/quotas.db"),
    rates: 1000,
    quotas: 262_144,
  });
  assert.deepEqual((await snapshotOf("accessLog: false")).settings.accessLog, { enabled: false, file: undefined });
});

test("plain HTTP beyond this machine must be asked for in so many words", async () => {
  const message =
    'The listener "default" would serve plain HTTP on 0.0.0.0, beyond this machine: keys and tokens could be read on the way';
  const hint = "Give it tls (certificate and key); behind a proxy that ends TLS set insecure: true (run --insecure).";
  assert.deepEqual(await said("listeners:\n  - host: 0.0.0.0"), [`2:11 SP1202 ${message} | ${hint}`]);
  assert.deepEqual(await said("", { listener: { host: "0.0.0.0" } }), [`0:0 SP1202 ${message} | ${hint}`]);
  assert.deepEqual(await said("admin: {host: '::', port: 1}"), [
    `1:15 SP1202 ${message.replace('listener "default"', "admin listener").replace("0.0.0.0", "::")} | ${hint}`,
  ]);
  for (const host of ["127.9.9.9", "localhost", "::1"])
    assert.deepEqual(await said(`listeners: [{host: "${host}"}]`), []);
  assert.deepEqual(await said("", { listener: { host: "0.0.0.0", insecure: true } }), []);
});

test("the command line goes over the first listener", async () => {
  const { settings } = await snapshotOf("listeners: [{name: a, port: 1}, {name: b, port: 2}]", {
    listener: { port: 0, host: "localhost" },
  });
  assert.deepEqual(
    settings.listeners.map((l) => [l.name, l.host, l.port]),
    [
      ["a", "localhost", 0],
      ["b", "127.0.0.1", 2],
    ],
  );
});

test("misspelt, misplaced and misfit settings name the place and the way out", async () => {
  const yaml = `listners: []
listeners:
  - { prot: 1 }
  - { name: x, port: 70000 }
  - { name: x, hostnames: ["http://a"] }
http: { headersTimeoutMs: 5000, requestTimeoutMs: 1000 }
stores: { redis: "http://user:pass@host" }
admin: {}
limits: { bufferedBodyBytes: 2MiB }
`;
  const found = await said(yaml);
  assert.deepEqual(found, [
    '1:1 SP1007 Unknown setting "listners" | Did you mean "listeners"?',
    '3:7 SP1007 Unknown setting "listeners[0].prot" | Did you mean "port"?',
    '4:22 SP1006 "listeners[1].port" is 70000, not between 0 and 65535',
    '5:27 SP1006 "listeners[2].hostnames" holds "http://a", which is no host name | Such as api.example.com; no port, no scheme, no wildcard.',
    '5:13 SP1006 "listeners[2].name" "x" is taken by another listener | Give each listener its own name.',
    '8:8 SP1005 "admin.port" is missing | Such as port: 9090.',
    '9:30 SP1004 "limits.bufferedBodyBytes" must be a whole number, not a text',
    '6:51 SP1006 "http.requestTimeoutMs" leaves the whole request (1000 ms) less time than its headers (5000 ms)',
    '7:18 SP1006 "stores.redis" is no URL of a Redis server | Such as redis://127.0.0.1:6379, rediss://cache.example.com:6380 or redis+cluster://a:6379,b:6379.',
  ]);
  assert.doesNotMatch(found.join(), /pass/);
});

test("subscription keys from environment, file and the file itself; short form for the primary key", async () => {
  const yaml = `
subscriptions:
  mobile: env:KEY
  MASTER: { scope: /, primaryKey: "file:key.txt", secondaryKey: literal:env:0123456789abcdef, name: All, allowTracing: true, state: active }
`;
  const { subscriptions } = await snapshotOf(yaml, {}, { "key.txt": "fedcba9876543210\n" });
  const [mobile, master] = subscriptions;
  assert.deepEqual(
    [mobile.id, mobile.primaryKey, mobile.secondaryKey, mobile.scope],
    ["mobile", KEY, undefined, { kind: "product", product: "starter" }],
  );
  assert.deepEqual(
    [master.id, master.name, master.primaryKey, master.secondaryKey],
    ["MASTER", "All", "fedcba9876543210", "env:0123456789abcdef"],
  );
  assert.deepEqual([master.scope, master.allowTracing], [{ kind: "service" }, true]);
});

test("the file of a secret is watched", async () => {
  const { files } = await load("subscriptions: {mobile: 'file:key.txt'}", {}, { "key.txt": KEY });
  assert.ok(files.some((f) => f.endsWith("/key.txt")));
});

test("keys: short ones warn, equal ones and unusable ones are mistakes, and none is ever shown", async () => {
  const found = await said(
    "subscriptions:\n  mobile: {primaryKey: short-secret, secondaryKey: 'blank s3cret key text'}\n  b: {scope: /, primaryKey: short-secret}",
  );
  assert.deepEqual(found, [
    "2:24 warning SP1204 A subscription key of 12 characters can be guessed | Use 16 or more: openssl rand -hex 16",
    "2:52 SP1204 A subscription key holds blanks or characters outside ASCII | Make one with: openssl rand -hex 16",
    "3:29 warning SP1204 A subscription key of 12 characters can be guessed | Use 16 or more: openssl rand -hex 16",
    '0:0 SP1103 The subscriptions "mobile" and "b" have the same key | Give each its own key.',
  ]);
  assert.doesNotMatch(found.join(), /secret|s3cret/);
});

test("a secret that is not there names its source", async () => {
  assert.deepEqual(await said("namedValues:\n  api-secret: env:NOPE"), [
    "2:15 SP1203 The environment variable NOPE is not set | Set NOPE before the start.",
  ]);
  assert.match(
    (await said("namedValues: {api-secret: 'file:nope'}"))[0],
    /SP1203 The secret file nope does not exist \| Relative paths start from/,
  );
});

test("named values by display name or id, keeping what the extract says; new ones are secret unless said otherwise", async () => {
  const { namedValues } = await snapshotOf("namedValues: {'1': env:KEY, other: v, open: {value: w, secret: false}}");
  assert.deepEqual(
    [...namedValues.values()],
    [
      { id: "1", name: "api-secret", value: KEY, isSecret: true },
      { id: "other", name: "other", value: "v", isSecret: true },
      { id: "open", name: "open", value: "w", isSecret: false },
    ],
  );
  assert.deepEqual(await said("namedValues: {api-secrt: v}"), [
    '1:26 warning SP1102 The extract has no named value "api-secrt": it is added | Did you mean "api-secret"?',
  ]);
});

test("backends and service URLs are overridden, backends added", async () => {
  const { backends, apis } = await snapshotOf(`
backends:
  Stock: http://127.0.0.1:9001/
  extra: { url: https://extra.example.com, validateCertificateChain: false }
apis: { orders: { serviceUrl: http://127.0.0.1:9002 } }
`);
  assert.deepEqual(
    [backends.get("stock")?.url, backends.get("stock")?.validateCertificateName],
    ["http://127.0.0.1:9001", false],
  );
  assert.deepEqual(
    [backends.get("extra")?.url, backends.get("extra")?.validateCertificateChain],
    ["https://extra.example.com", false],
  );
  assert.equal(apis[0].serviceUrl, "http://127.0.0.1:9002");
});

test("overrides of what is not there, and URLs that are none", async () => {
  assert.deepEqual(
    await said(
      "apis: {order: http://a}\nbackends: {stok: {validateCertificateName: true}}\nsubscriptions: {mobil: env:KEY}\n",
    ),
    [
      '1:15 SP1102 There is no API "order" | Did you mean "orders"?',
      '2:18 warning SP1102 The extract has no backend "stok": it is added | Did you mean "stock"?',
      '2:18 SP1102 There is no backend "stok", and without a URL none can be added | Did you mean "stock"?',
      '3:24 SP1102 There is no subscription "mobil" | Did you mean "mobile"? To add one, say its scope, such as scope: /products/starter.',
    ].sort((a, b) => order.indexOf(a.slice(0, 4)) - order.indexOf(b.slice(0, 4))),
  );
  assert.deepEqual(await said("apis: {orders: localhost}\nbackends: {stock: 'https://u:p@h'}"), [
    '2:19 SP1006 The URL of "backends.stock" holds a user name or password',
    '1:16 SP1006 The URL of "apis.orders" is not an absolute URL such as https://api.example.com/v1',
  ]);
});
const order = ["3:24", "1:15", "2:18"];

test("an environment's overrides are laid over the rest; the others are checked all the same", async () => {
  const yaml = `
subscriptions: { mobile: { primaryKey: env:KEY, allowTracing: true } }
backends: { stock: http://127.0.0.1:1 }
http: { maxConnections: 7, maxHeaderCount: 50 }
environments:
  test:
    backends: { stock: http://127.0.0.1:2 }
    http: { maxConnections: 8 }
    subscriptions: { mobile: { allowTracing: false } }
  prod: {}
`;
  const facts = (s: Snapshot) => [
    s.backends.get("stock")?.url,
    s.settings.http.maxConnections,
    s.settings.http.maxHeaderCount,
    s.subscriptions[0].allowTracing,
    s.subscriptions[0].primaryKey,
  ];
  const everywhere = ["http://127.0.0.1:1", 7, 50, true, KEY];
  const test = ["http://127.0.0.1:2", 8, 50, false, KEY];
  assert.deepEqual(facts(await snapshotOf(yaml)), everywhere);
  assert.deepEqual(facts(await snapshotOf(yaml, { environment: "prod" })), everywhere);
  assert.deepEqual(facts(await snapshotOf(yaml, { environment: "test" })), test);
  assert.deepEqual(facts(await snapshotOf(yaml, { env: { KEY, SALLYPORT_ENVIRONMENT: "test" } })), test);
  assert.deepEqual(await said(yaml, { environment: "tset" }), [
    '0:0 SP1201 There is no environment "tset" in the settings | Did you mean "test"?',
  ]);
});

test("mistakes in environments are named once each, chosen or not", async () => {
  const yaml = "htp: {}\nenvironments:\n  a:\n    limts: {}\n    http: {maxConnections: 0}\n  b: [1]\n";
  const expected = [
    '4:5 SP1007 Unknown setting "limts" | Did you mean "limits"?',
    '5:28 SP1006 "http.maxConnections" is 0, not between 1 and 1000000',
    '6:6 SP1004 "environments.b" must be an object',
    '1:1 SP1007 Unknown setting "htp" | Did you mean "http"?',
  ].sort();
  assert.deepEqual((await said(yaml)).sort(), expected);
  assert.deepEqual((await said(yaml, { environment: "a" })).sort(), expected);
});

test("certificates: the pair must fit; backends that name one the settings lack are warned of", async () => {
  const pem = { "c.pem": CERTIFICATE, "k.pem": PRIVATE_KEY };
  const { certificates } = await snapshotOf(
    "certificates: {client: {certificate: c.pem, key: env:PEM}}",
    { env: { PEM: PRIVATE_KEY } },
    pem,
  );
  assert.deepEqual(
    [...certificates.values()],
    [{ id: "client", certificate: CERTIFICATE.trimEnd(), key: PRIVATE_KEY }],
  );
  assert.deepEqual(await said("certificates: {client: {certificate: k.pem}}", {}, pem), [
    "1:38 SP1203 The certificate is not PEM | It begins with -----BEGIN CERTIFICATE-----.",
  ]);
  const backend = {
    "backends/m/backendInformation.json": {
      properties: { url: "https://m", credentials: { certificateIds: ["/certificates/c1"] } },
    },
  };
  assert.match(
    (await said("", {}, backend))[0],
    /warning SP1205 Backend "m" presents the certificate "c1", which no setting gives/,
  );
});

test("a settings file elsewhere: its name in messages, its folder for relative paths", async () => {
  const folder = await configFolder(EXTRACT);
  const elsewhere = await configFolder({ "conf/gw.yaml": "subscriptions: {mobile: 'file:k'}\nx: 1", "conf/k": KEY });
  const settingsFile = join(elsewhere, "conf/gw.yaml");
  const failed = await loadFolder(folder, { settingsFile, env: {} });
  assert.deepEqual(
    failed.diagnostics.map((d) => [d.file, d.line, d.code]),
    [[settingsFile, 2, "SP1007"]],
  );
  await addFiles(elsewhere, { "conf/gw.yaml": "subscriptions: {mobile: 'file:k'}" });
  const { snapshot } = await loadFolder(folder, { settingsFile, env: {} });
  assert.equal(snapshot?.subscriptions[0].primaryKey, KEY);
  const absent = await loadFolder(folder, { settingsFile: join(elsewhere, "nope.yaml"), env: {} });
  assert.equal(
    absent.diagnostics.find((d) => d.severity === "error")?.message,
    "The file cannot be read: it does not exist",
  );
});

test("the editors' schema knows exactly the settings that are read", async () => {
  const schema = JSON.parse(
    await readFile(new URL("../../../docs/reference/settings.schema.json", import.meta.url), "utf8"),
  );
  const of = (node: { properties?: object } | undefined): string[] => Object.keys(node?.properties ?? {});
  const definitions = schema.$defs;
  assert.deepEqual(of(schema), [...keys.ROOT_KEYS]);
  const expected: Record<string, readonly string[]> = {
    environment: keys.ROOT_KEYS.filter((k) => k !== "environments"),
    listener: keys.LISTENER_KEYS,
    tls: keys.TLS_KEYS,
    tlsHostname: keys.TLS_HOSTNAME_KEYS,
    hsts: keys.HSTS_KEYS,
    egress: keys.EGRESS_KEYS,
    egressProxy: keys.EGRESS_PROXY_KEYS,
    admin: keys.ADMIN_KEYS,
    deployment: keys.DEPLOYMENT_KEYS,
    accessLog: keys.ACCESS_LOG_KEYS,
    securityEvents: keys.SECURITY_EVENT_KEYS,
    otlp: keys.OTLP_KEYS,
    telemetry: keys.TELEMETRY_KEYS,
    telemetryOtlp: keys.TELEMETRY_OTLP_KEYS,
    azureMonitor: keys.AZURE_MONITOR_KEYS,
    ai: keys.AI_KEYS,
    aiSemanticCache: keys.AI_SEMANTIC_CACHE_KEYS,
    aiContentSafety: keys.AI_CONTENT_SAFETY_KEYS,
    aiLedger: keys.AI_LEDGER_KEYS,
    aiBackend: keys.AI_BACKEND_KEYS,
    aiAws: keys.AI_AWS_KEYS,
    aiGuard: keys.AI_GUARD_KEYS,
    aiMessages: keys.AI_MESSAGE_KEYS,
    stores: keys.STORE_KEYS,
    redis: keys.REDIS_KEYS,
    subscription: keys.SUBSCRIPTION_KEYS,
    namedValue: keys.NAMED_VALUE_KEYS,
    backend: keys.BACKEND_KEYS,
    healthCheck: [...keys.HEALTH_CHECK_KEYS, ...Object.keys(keys.HEALTH_CHECK_BOUNDS)],
    api: keys.API_KEYS,
    mcp: keys.MCP_KEYS,
    mcpAuthorization: keys.MCP_AUTHORIZATION_KEYS,
    certificate: keys.CERTIFICATE_KEYS,
    identity: keys.IDENTITY_KEYS,
    secrets: keys.SECRETS_KEYS,
    authorizations: keys.AUTHORIZATIONS_KEYS,
    clientCertificates: keys.CLIENT_CERTIFICATE_KEYS,
    entra: keys.ENTRA_KEYS,
    limits: [...Object.keys(keys.LIMIT_BOUNDS), ...keys.LIMIT_KEYS],
    overload: Object.keys(keys.OVERLOAD_BOUNDS),
    http: [...keys.HTTP_KEYS, ...Object.keys(keys.HTTP_BOUNDS)],
  };
  for (const [name, names] of Object.entries(expected)) assert.deepEqual(of(definitions[name]), names, name);
  for (const [section, bounds] of Object.entries({
    limits: keys.LIMIT_BOUNDS,
    http: keys.HTTP_BOUNDS,
    overload: keys.OVERLOAD_BOUNDS,
    healthCheck: keys.HEALTH_CHECK_BOUNDS,
    secrets: keys.SECRETS_BOUNDS,
  })) {
    for (const [name, [minimum, maximum]] of Object.entries(bounds)) {
      const property = definitions[section].properties[name];
      assert.deepEqual([property.minimum, property.maximum], [minimum, maximum], name);
    }
  }
});

test("who the gateway is, and its vaults, connections and authorities, are checked in every environment", async () => {
  const yaml = `environments:
  test:
    identity: { kind: managed, tenant: x }
    secrets: { refreshMs: 1, aws: { regions: x } }
    authorities: { a: 1 }
    authorizations:
      providers:
        p:
          tokenUrl: https://login.example/token
          connections:
            c: { clientId: x, clientSecret: env:NOT_HERE, accessPolicies: [{ tenantId: 1 }] }
  fine:
    identity: { clientSecret: env:NOT_HERE_EITHER }
    secrets: { google: { credentials: env:NOT_HERE_EITHER }, vault: { token: file:not-here } }
`;
  const connection = "authorizations.providers.p.connections.c";
  const expected = [
    '3:32 SP1007 Unknown setting "identity.tenant" | Did you mean "tenantId"?',
    '4:27 SP1006 "secrets.refreshMs" is 1, not between 1000 and 604800000',
    '4:37 SP1007 Unknown setting "secrets.aws.regions" | Did you mean "region"?',
    '5:18 SP1006 "authorities" must be a PEM file, or a list of them',
    `11:88 SP1006 "${connection}.accessPolicies[0].tenantId" is no GUID`,
    `11:76 SP1005 "${connection}.accessPolicies[0].objectId" is missing`,
  ];
  for (const environment of [undefined, "fine"]) {
    const lines = await said(yaml, { environment, areSecretsOptional: true });
    assert.deepEqual(
      lines.filter((line) => !line.includes("not-here")),
      expected,
    );
  }
});
