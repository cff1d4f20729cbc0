import assert from "node:assert/strict";
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addFiles, apiFiles, configFolder, type Files } from "../../test/support/config-folder.ts";
import { type Loaded, type LoadOptions, loadFolder } from "./load.ts";
import type { Snapshot } from "./snapshot.ts";

const POLICY = "<policies><inbound><base /></inbound></policies>";

async function load(files: Files, options: LoadOptions = {}): Promise<Loaded> {
  return loadFolder(await configFolder(files), { env: {}, ...options });
}

async function snapshotOf(files: Files, options: LoadOptions = {}): Promise<Snapshot> {
  const { snapshot, diagnostics } = await load(files, options);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot;
}

/** Every mistake as `file:line:column code message | hint`. */
async function mistakes(files: Files, options: LoadOptions = {}): Promise<string[]> {
  const { diagnostics } = await load(files, options);
  return diagnostics
    .filter((d) => d.severity === "error")
    .map((d) => `${d.file ?? ""}${d.line ? `:${d.line}:${d.column}` : ""} ${d.code} ${d.message}${d.hint ? ` | ${d.hint}` : ""}`);
}

async function warnings(files: Files, options: LoadOptions = {}): Promise<string[]> {
  return (await load(files, options)).diagnostics.filter((d) => d.severity === "warning").map((d) => `${d.code} ${d.message}`);
}

test("both spellings of the folders are read: with blanks and in camelCase", async () => {
  const common = { ...apiFiles("a", { apiVersion: "v1", apiVersionSetId: "/apiVersionSets/set" }), "policy.xml": POLICY };
  const kinds = (fragments: string, values: string, sets: string): Files => ({
    ...common,
    [`${fragments}/f/policy.xml`]: "<fragment />",
    [`${values}/n/namedValueInformation.json`]: { properties: { displayName: "n", value: "v" } },
    [`${sets}/set/versionSetInformation.json`]: { properties: { versioningScheme: "Query", versionQueryName: "v" } },
  });
  for (const files of [kinds("policy fragments", "named values", "version sets"), kinds("policyFragments", "namedValues", "versionSets")]) {
    const snapshot = await snapshotOf(files);
    assert.deepEqual([...snapshot.fragments.keys()], ["f"]);
    assert.equal(snapshot.namedValues.get("n")?.value, "v");
    assert.deepEqual(snapshot.versionSets.get("set"), { id: "set", name: "set", scheme: "Query", parameter: "v" });
    assert.equal(snapshot.apis[0].versionSetId, "set");
    assert.equal(snapshot.policy?.source.text, POLICY);
  }
});

test("an API with APIM's defaults, and with everything said", async () => {
  const [plain] = (await snapshotOf({ "apis/a/apiInformation.json": { properties: { path: "/p/q/" } } })).apis;
  assert.deepEqual(plain, {
    id: "a",
    name: "a",
    description: "",
    type: "http",
    path: "p/q",
    protocols: ["https"],
    serviceUrl: undefined,
    revision: "1",
    isCurrent: true,
    isOnline: true,
    version: undefined,
    versionSetId: undefined,
    subscriptionRequired: true,
    subscriptionKeyHeader: "Ocp-Apim-Subscription-Key",
    subscriptionKeyQuery: "subscription-key",
    operations: [],
    policy: undefined,
  });
  const [full] = (
    await snapshotOf({
      "apis/a/apiInformation.json": {
        properties: {
          displayName: "A",
          description: "D",
          type: "soap",
          path: "a",
          protocols: ["HTTP", "https"],
          serviceUrl: "https://b.example.com/x/",
          apiRevision: "4",
          isOnline: false,
          subscriptionRequired: false,
          subscriptionKeyParameterNames: { header: "X-Key", query: "key" },
        },
      },
      "apis/a/policy.xml": POLICY,
    })
  ).apis;
  const { name, description, type, protocols, serviceUrl, revision, isOnline, subscriptionRequired, policy } = full;
  assert.deepEqual(
    { name, description, type, protocols, serviceUrl, revision, isOnline, subscriptionRequired, file: policy?.source.file },
    {
      name: "A",
      description: "D",
      type: "soap",
      protocols: ["http", "https"],
      serviceUrl: "https://b.example.com/x",
      revision: "4",
      isOnline: false,
      subscriptionRequired: false,
      file: "apis/a/policy.xml",
    },
  );
  assert.deepEqual([full.subscriptionKeyHeader, full.subscriptionKeyQuery], ["X-Key", "key"]);
});

test("a revision has its own operations, policy and backend, and shares path, name, protocols and key rule", async () => {
  const { apis } = await snapshotOf({
    ...apiFiles("a", { displayName: "Now", subscriptionRequired: false, protocols: ["http"] }, ["/one"]),
    ...apiFiles("a;rev=2", { path: "other", serviceUrl: "http://127.0.0.1:10" }, ["/two"]),
    "apis/a;rev=2/policy.xml": POLICY,
  });
  assert.deepEqual(
    apis.map((a) => [a.id, a.revision, a.isCurrent, a.path, a.name, a.protocols, a.subscriptionRequired, a.serviceUrl, a.operations[0].urlTemplate]),
    [
      ["a", "1", true, "a", "Now", ["http"], false, "http://127.0.0.1:9", "/one"],
      ["a", "2", false, "a", "Now", ["http"], false, "http://127.0.0.1:10", "/two"],
    ],
  );
});

test("an API has one current revision", async () => {
  const hint = 'Set "isCurrent" to true in exactly one of its apiInformation.json.';
  assert.deepEqual(await mistakes(apiFiles("a;rev=2")), [` SP1103 API "a" has no current revision | ${hint}`]);
  const two = { ...apiFiles("a"), ...apiFiles("a;rev=2", { isCurrent: true }) };
  assert.deepEqual(await mistakes(two), [` SP1103 API "a" has 2 current revisions | ${hint}`]);
});

test("the current revision written twice, as apiops-cli does, counts once", async () => {
  const files = { ...apiFiles("a", { apiRevision: "3" }), ...apiFiles("a;rev=3", { isCurrent: true }) };
  assert.equal((await snapshotOf(files)).apis.length, 1);
  assert.deepEqual(await warnings(files), ['SP1103 Revision 3 of API "a" is there twice: the first is used']);
});

test("operation policies find their operation by original or normalised id, and give it the folder's name", async () => {
  const spec = (id: string) => ({ get: { operationId: id, responses: {} } });
  const { apis } = await snapshotOf({
    ...apiFiles("a"),
    "apis/a/specification.json": { openapi: "3.0.1", paths: { "/1": spec("getItems_V1"), "/2": spec("Create Item"), "/3": spec("plain") } },
    "apis/a/operations/getItems_V1/policy.xml": POLICY,
    "apis/a/operations/create-item/policy.xml": POLICY,
  });
  assert.deepEqual(
    apis[0].operations.map((o) => [o.id, o.urlTemplate, o.policy?.source.file]),
    [
      ["getItems_V1", "/1", "apis/a/operations/getItems_V1/policy.xml"],
      ["create-item", "/2", "apis/a/operations/create-item/policy.xml"],
      ["plain", "/3", undefined],
    ],
  );
});

test("a policy of an operation that does not exist is a mistake with a way out", async () => {
  assert.deepEqual(await mistakes({ ...apiFiles("a"), "apis/a/operations/get-itms/policy.xml": POLICY }), [
    'apis/a/operations/get-itms/policy.xml SP1104 The policy belongs to an operation "get-itms" that API "a" does not have | Did you mean "get/items"?',
  ]);
});

test("operationInformation.json makes operations and overrides the definition", async () => {
  const response = { statusCode: 200, description: "ok", representations: [{ contentType: "application/json", examples: { default: { value: '{"a":1}' } } }] };
  const { apis } = await snapshotOf({
    ...apiFiles("a"),
    "apis/a/operations/get-items/operationInformation.json": { properties: { displayName: "Renamed", responses: [response] } },
    "apis/a/operations/made/operationInformation.json": { properties: { method: "post", urlTemplate: "made/{id}", templateParameters: [] } },
    "apis/a/operations/made/policy.xml": POLICY,
  });
  const [items, made] = apis[0].operations;
  assert.equal(items.name, "Renamed");
  assert.deepEqual(items.responses, [{ status: 200, description: "ok", representations: [{ contentType: "application/json", example: '{"a":1}' }] }]);
  assert.deepEqual([made.id, made.method, made.urlTemplate, made.policy !== undefined], ["made", "POST", "/made/{id}", true]);
});

test("templates must be well-formed, and operations may not answer to the same requests", async () => {
  const path = (template: string) => ({ get: { operationId: template, responses: {} } });
  const paths = { "/a/{x}": path("1"), "/a/{y}": path("2"), "/b/{x": path("3"), "/c/{x}/{x}": path("4"), "/*/d": path("5") };
  const said = await mistakes({ ...apiFiles("a"), "apis/a/specification.json": { openapi: "3.0.1", paths } });
  assert.deepEqual(said, [
    'apis/a SP1103 Operations "1" and "2" of API "a" answer to the same requests: GET /a/{x} and /a/{y} | Remove one of them, or tell them apart by a required query parameter.',
    'apis/a SP1106 The URL template "/b/{x" of operation "3" has a brace without its other half',
    'apis/a SP1106 The URL template "/c/{x}/{x}" of operation "4" names the parameter "x" twice',
    'apis/a SP1106 The URL template "/*/d" of operation "5" has a wildcard before its end',
  ]);
});

test("WADL gives operations", async () => {
  const wadl = `<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="https://x"><resource path="/items">
    <param name="v" style="query" required="true"/>
    <resource path="{id}"><method id="Get Item" name="GET"><response status="200 404"><representation mediaType="text/xml"/></response></method></resource>
  </resource></resources></application>`;
  const { apis } = await snapshotOf({ "apis/a/apiInformation.json": { properties: { path: "a" } }, "apis/a/specification.wadl": wadl });
  const representations = [{ contentType: "text/xml", example: undefined }];
  assert.deepEqual(apis[0].operations, [
    {
      id: "get-item",
      name: "Get Item",
      method: "GET",
      urlTemplate: "/items/{id}?v={v}",
      responses: [
        { status: 200, description: "", representations },
        { status: 404, description: "", representations },
      ],
      policy: undefined,
    },
  ]);
});

test("APIs whose policies would be skipped are not served, and say so", async () => {
  const files: Files = {
    "apis/g/apiInformation.json": { properties: { path: "g", type: "graphql" } },
    "apis/g/resolvers/r/policy.xml": "<http-data-source />",
    "apis/s/apiInformation.json": { properties: { path: "s", type: "soap" } },
    "apis/s/operations/add/policy.xml": POLICY,
    "apis/m/apiInformation.json": { properties: { path: "m", type: "mcp" } },
    "apis/p/apiInformation.json": { properties: { path: "p", type: "graphql" } },
    "products/x/productInformation.json": { properties: { state: "published" } },
    "products/x/apis/g/productApiInformation.json": {},
  };
  const snapshot = await snapshotOf(files);
  assert.deepEqual(snapshot.apis.map((a) => a.id), ["p"]);
  assert.deepEqual(Object.fromEntries(snapshot.ignored), {
    "GraphQL APIs with resolvers": 1,
    "soap APIs with operation policies": 1,
    "APIs of type mcp": 1,
  });
  assert.equal((await warnings(files)).filter((w) => w.startsWith("SP1105")).length, 3);
});

test("products: state, key rule, APIs and groups from folders and from list files", async () => {
  const snapshot = await snapshotOf({
    ...apiFiles("a"),
    ...apiFiles("b"),
    "groups/partners/groupInformation.json": { properties: { displayName: "Partners" } },
    "products/x/productInformation.json": { properties: { displayName: "X", state: "published", subscriptionsLimit: 3, approvalRequired: true } },
    "products/x/policy.xml": POLICY,
    "products/x/apis/A/productApiInformation.json": {},
    "products/x/groups/developers/productGroupInformation.json": {},
    "products/y/productInformation.json": { properties: { subscriptionRequired: false } },
    "products/y/apis.json": [{ name: "a;rev=2" }, "b"],
    "products/y/groups.json": [{ name: "partners" }],
  });
  const x = snapshot.products.get("x");
  const y = snapshot.products.get("y");
  assert.deepEqual([x?.name, x?.isPublished, x?.subscriptionRequired, x?.approvalRequired, x?.subscriptionsLimit], ["X", true, true, true, 3]);
  assert.deepEqual([[...(x?.apis ?? [])], x?.groups, x?.policy?.source.file], [["a"], ["developers"], "products/x/policy.xml"]);
  assert.deepEqual([y?.isPublished, y?.subscriptionRequired, [...(y?.apis ?? [])], y?.groups], [false, false, ["a", "b"], ["partners"]]);
});

test("references to what is not there name the place and the nearest name", async () => {
  const said = await mistakes({
    ...apiFiles("orders", { apiVersionSetId: "/apiVersionSets/nope" }),
    "products/x/productInformation.json": { properties: { state: "publishd" } },
    "products/x/apis/order/productApiInformation.json": {},
    "products/x/groups.json": [{ name: "develpers" }, 5],
    "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/products/beta" } },
    "subscriptions/t/subscriptionInformation.json": { properties: { scope: "/what/ever", state: "on" } },
  });
  assert.deepEqual(said, [
    'apis/orders/apiInformation.json:6:22 SP1006 "properties.apiVersionSetId" is "/apiVersionSets/nope". There is no version set "nope" | There is no version set at all.',
    'products/x/productInformation.json:3:12 SP1006 "properties.state" is "publishd", not one of published, notPublished | Did you mean "published"?',
    'products/x/apis/order SP1102 There is no API "order" | Did you mean "orders"?',
    'products/x/groups.json:3:11 SP1102 There is no group "develpers" | Did you mean "developers"?',
    'products/x/groups.json:5:2 SP1004 An item of groups.json must be a name, or an object with a "name"',
    'subscriptions/s/subscriptionInformation.json:3:12 SP1006 "properties.scope" is "/products/beta". There is no product "beta" | Known: x.',
    'subscriptions/t/subscriptionInformation.json:3:12 SP1006 "properties.scope" is "/what/ever" | One of /products/<id>, /apis/<id>, /apis (all APIs) and / (everything).',
  ]);
});

test("subscription scopes, short and as whole ARM ids, dates and states", async () => {
  const arm = "/subscriptions/1/resourceGroups/r/providers/Microsoft.ApiManagement/service/contoso";
  const scope = (text: string, more: object = {}) => ({ properties: { scope: text, ...more } });
  const { subscriptions } = await snapshotOf({
    ...apiFiles("a"),
    "products/x/productInformation.json": { properties: {} },
    "subscriptions/1/subscriptionInformation.json": scope("/products/x", { state: "Suspended", displayName: "One", allowTracing: true }),
    "subscriptions/2/subscriptionInformation.json": scope(`${arm}/apis/a;rev=2`, { expirationDate: "2030-01-01T00:00:00Z" }),
    "subscriptions/3/subscriptionInformation.json": scope(`${arm}/apis`),
    "subscriptions/4/subscriptionInformation.json": scope(arm),
    "subscriptions/5/subscriptionInformation.json": scope("/", { primaryKey: "*** REDACTED ***", secondaryKey: "abcdefghijklmnop" }),
  });
  assert.deepEqual(
    subscriptions.map((s) => s.scope),
    [{ kind: "product", product: "x" }, { kind: "api", api: "a" }, { kind: "all-apis" }, { kind: "service" }, { kind: "service" }],
  );
  assert.deepEqual([subscriptions[0].state, subscriptions[0].name, subscriptions[0].allowTracing], ["suspended", "One", true]);
  assert.equal(subscriptions[1].endAt, Date.UTC(2030, 0, 1));
  assert.deepEqual([subscriptions[4].primaryKey, subscriptions[4].secondaryKey], [undefined, "abcdefghijklmnop"]);
});

test("named values: secrets and Key Vault references have no value; display names are unique", async () => {
  const value = (properties: object) => ({ properties });
  const files: Files = {
    ...apiFiles("a"),
    "named values/1/namedValueInformation.json": value({ displayName: "plain", value: "v" }),
    "named values/2/namedValueInformation.json": value({ displayName: "redacted", value: "*** REDACTED ***", secret: true }),
    "named values/3/namedValueInformation.json": value({ displayName: "vault", value: "no", keyVault: { secretIdentifier: "https://v/secrets/s" } }),
  };
  const { namedValues } = await snapshotOf(files);
  assert.deepEqual([...namedValues.values()], [
    { id: "1", name: "plain", value: "v", isSecret: false },
    { id: "2", name: "redacted", value: undefined, isSecret: true },
    { id: "3", name: "vault", value: undefined, isSecret: true },
  ]);
  const double = { ...files, "named values/4/namedValueInformation.json": value({ displayName: "plain", value: "w" }) };
  assert.match((await mistakes(double))[0], /4\/namedValueInformation.json:3:18 SP1103 The named values "1" and "4" have the same display name "plain"/);
});

test("backends with credentials, TLS checks and what is not acted on yet", async () => {
  const { backends, ignored } = await snapshotOf({
    ...apiFiles("a"),
    "backends/b/backendInformation.json": {
      properties: {
        url: "https://b.example.com/",
        protocol: "http",
        credentials: { header: { "X-Key": ["1", "2"] }, query: { code: ["c"] }, authorization: { scheme: "Basic", parameter: "p" } },
        tls: { validateCertificateChain: false },
        circuitBreaker: { rules: [{ name: "r" }] },
      },
    },
    "backends/p/backendInformation.json": { properties: { type: "Pool", pool: { services: [{ id: "/backends/b" }] } } },
  });
  const b = backends.get("b");
  assert.equal(b?.url, "https://b.example.com");
  assert.deepEqual([...(b?.credentials?.header ?? [])], [["X-Key", ["1", "2"]]]);
  assert.deepEqual(b?.credentials?.authorization, { scheme: "Basic", parameter: "p" });
  assert.deepEqual([b?.validateCertificateChain, b?.validateCertificateName], [false, true]);
  assert.deepEqual(b?.properties, { circuitBreaker: { rules: [{ name: "r" }] } });
  assert.equal(backends.get("p")?.type, "Pool");
  assert.deepEqual(Object.fromEntries(ignored), { "circuit breakers of backends": 1, "pools of backends": 1 });
});

test("users with groups and identities", async () => {
  const { users } = await snapshotOf({
    ...apiFiles("a"),
    "users/u/userInformation.json": {
      properties: { email: "a@b.c", firstName: "Ada", groups: [{ name: "Developers" }], identities: [{ provider: "Basic", id: "a@b.c" }], registrationDate: "2024-01-01T00:00:00Z" },
    },
  });
  const user = users.get("u");
  assert.deepEqual([user?.email, user?.firstName, user?.groups, user?.identities], ["a@b.c", "Ada", ["Developers"], [{ provider: "Basic", id: "a@b.c" }]]);
  assert.equal(user?.registeredAt, Date.UTC(2024, 0, 1));
});

test("a fragment's text may stand in its information file; mistakes point there", async () => {
  const { fragments } = await snapshotOf({
    ...apiFiles("a"),
    "policyFragments/f/policyFragmentInformation.json": { properties: { value: "<fragment>\n</fragment>", format: "rawxml" } },
  });
  const source = fragments.get("f")?.source;
  assert.equal(source?.text, "<fragment>\n</fragment>");
  assert.deepEqual([source?.file, source?.position(12).line], ["policyFragments/f/policyFragmentInformation.json", 3]);
});

test("kinds that are not acted on are counted, strangers are let be", async () => {
  const { ignored } = await snapshotOf({
    ...apiFiles("a"),
    "apis/a/diagnostics/d/diagnosticInformation.json": {},
    "apis/a/wiki.md": "",
    "loggers/l/loggerInformation.json": {},
    "diagnostics/d/diagnosticInformation.json": {},
    "gateways/g/gatewayInformation.json": {},
    "policy restrictions/r/x.json": {},
    "src/app/main.bicep": "",
    ".git/config": "",
  });
  assert.deepEqual(Object.fromEntries(ignored), { wikis: 1, diagnostics: 2, loggers: 1, gateways: 1, "policy restrictions": 1 });
});

test("broken JSON and YAML name file, line and column, and all mistakes come at once", async () => {
  const said = await mistakes({
    "apis/a/apiInformation.json": '{\n "properties": {\n  "path": "a",\n }\n}',
    "apis/b/apiInformation.json": { properties: { path: "b", serviceUrl: "ftp://x", protocols: ["gopher"] } },
    "apis/b/specification.yaml": "openapi: 3.0.1\npaths:\n  /x:\n  - [",
    "apis/c/other.json": {},
  });
  assert.deepEqual(said, [
    'apis/a/apiInformation.json:3:14 SP1003 A comma before "}" | Remove the comma.',
    "apis/b/specification.yaml:4:6 SP1003 Flow sequence in block collection must be sufficiently indented and end with a ]",
    'apis/b/apiInformation.json:5:16 SP1006 "properties.protocols" holds "gopher", not one of http, https, ws, wss',
    'apis/b/apiInformation.json:4:17 SP1006 "properties.serviceUrl" has the protocol ftp',
    "apis/c SP1101 apis/c has no apiInformation.json | Extract again, or remove the folder.",
  ]);
});

test("two APIs on one path are a mistake, two versions are none", async () => {
  assert.match((await mistakes({ ...apiFiles("a", { path: "X" }), ...apiFiles("b", { path: "x" }) }))[0], /SP1103 The APIs "a" and "b" have the same path "\/x"/);
  const set = { "version sets/s/versionSetInformation.json": { properties: { versioningScheme: "Segment" } } };
  const version = (v: string) => ({ path: "x", apiVersion: v, apiVersionSetId: "s" });
  assert.deepEqual(await mistakes({ ...set, ...apiFiles("a", version("v1")), ...apiFiles("b", version("v2")) }), []);
});

test("a folder without an extract says so, and names the one inside", async () => {
  const folder = await configFolder({ "artifacts/apis/a/apiInformation.json": {} });
  const { diagnostics } = await loadFolder(folder);
  assert.deepEqual(diagnostics.map((d) => [d.code, d.hint]), [["SP1107", `Did you mean ${folder}/artifacts?`]]);
  assert.deepEqual((await loadFolder(join(folder, "nope"))).diagnostics[0].code, "SP1001");
});

test("symbolic links are followed within the folder only", async () => {
  const outside = await mkdtemp(join(tmpdir(), "sallyport-outside-"));
  await writeFile(join(outside, "policy.xml"), "SECRET");
  const folder = await configFolder({ "..data/policy.xml": POLICY, ...apiFiles("a") });
  await symlink("..data/policy.xml", join(folder, "policy.xml"));
  await symlink(join(outside, "policy.xml"), join(folder, "apis/a/policy.xml"));
  await symlink("..", join(folder, "apis/loop"));
  const { snapshot, diagnostics } = await loadFolder(folder, { env: {} });
  assert.equal(snapshot?.policy?.source.text, POLICY);
  assert.equal(snapshot?.apis[0].policy, undefined);
  assert.deepEqual(diagnostics.map((d) => [d.severity, d.code, d.file]), [
    ["warning", "SP1008", "apis/loop"],
    ["warning", "SP1008", "apis/a/policy.xml"],
  ]);
});

test("files beyond the bounds are refused unread, and text must be UTF-8", async () => {
  const folder = await configFolder(apiFiles("a"));
  await addFiles(folder, { "policy.xml": "x".repeat(8 * 1024 * 1024 + 1), "apis/a/specification.json": "{}" });
  await writeFile(join(folder, "apis/a/policy.xml"), Buffer.from([0x3c, 0xff, 0xfe]));
  const { diagnostics } = await loadFolder(folder, { env: {} });
  assert.deepEqual(diagnostics.filter((d) => d.severity === "error").map((d) => [d.file, d.code]), [
    ["apis/a/specification.json", "SP1109"],
    ["apis/a/policy.xml", "SP1003"],
    ["policy.xml", "SP1002"],
  ]);
});

test("the version changes with any file read, and files and folders to watch are listed", async () => {
  const folder = await configFolder({ ...apiFiles("a"), "policy.xml": POLICY });
  const first = await loadFolder(folder, { env: {} });
  assert.equal((await loadFolder(folder, { env: {} })).snapshot?.version, first.snapshot?.version);
  await addFiles(folder, { "policy.xml": `${POLICY} ` });
  assert.notEqual((await loadFolder(folder, { env: {} })).snapshot?.version, first.snapshot?.version);
  for (const path of ["policy.xml", "apis/a/specification.json", "apis/a"]) assert.ok(first.files.some((f) => f.endsWith(`/${path}`)), path);
});

test("development makes keys for active subscriptions without one, the same at the next load", async () => {
  const subscription = (state: string) => ({ properties: { scope: "/apis", state } });
  const files = {
    ...apiFiles("a"),
    "subscriptions/s/subscriptionInformation.json": subscription("active"),
    "subscriptions/t/subscriptionInformation.json": subscription("cancelled"),
  };
  const devKeys = new Map<string, string>();
  const folder = await configFolder(files);
  const first = await loadFolder(folder, { dev: true, env: {}, devKeys });
  assert.deepEqual([...first.madeKeys.keys()], ["s"]);
  assert.match(first.madeKeys.get("s") ?? "", /^[0-9a-f]{32}$/);
  assert.equal(first.snapshot?.subscriptions[0].primaryKey, first.madeKeys.get("s"));
  assert.equal(first.snapshot?.settings.dev, true);
  const second = await loadFolder(folder, { dev: true, env: {}, devKeys });
  assert.equal(second.snapshot?.subscriptions[0].primaryKey, first.madeKeys.get("s"));
  assert.doesNotMatch(JSON.stringify(first.diagnostics), new RegExp(first.madeKeys.get("s") ?? "x"));
});

test("development without any subscription has an all-access key; otherwise keyless subscriptions are a warning", async () => {
  const { snapshot, madeKeys } = await load(apiFiles("a"), { dev: true });
  assert.deepEqual([snapshot?.subscriptions.length, snapshot?.subscriptions[0].scope, [...madeKeys.keys()]], [1, { kind: "service" }, ["master"]]);
  const keyless = { ...apiFiles("a"), "subscriptions/s/subscriptionInformation.json": { properties: { scope: "/apis" } } };
  assert.deepEqual(await warnings(keyless), ["SP1205 Subscriptions without a key cannot be used: s"]);
});

test("two open products with one API are a warning", async () => {
  const open = { properties: { subscriptionRequired: false, state: "published" } };
  const said = await warnings({
    ...apiFiles("a"),
    "products/x/productInformation.json": open,
    "products/x/apis.json": ["a"],
    "products/y/productInformation.json": open,
    "products/y/apis.json": ["a"],
  });
  assert.deepEqual(said, ['SP1103 API "a" is in two open products, "x" and "y": calls without key run in the first']);
});
