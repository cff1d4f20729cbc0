import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, type Files } from "../../../test/support/config-folder.ts";
import { mistakes, POLICY, snapshotOf, warnings } from "../../../test/support/load-config.ts";

test("products: state, key rule, APIs and groups from folders and from list files", async () => {
  const snapshot = await snapshotOf({
    ...apiFiles("a"),
    ...apiFiles("b"),
    "groups/partners/groupInformation.json": { properties: { displayName: "Partners" } },
    "products/x/productInformation.json": {
      properties: { displayName: "X", state: "published", subscriptionsLimit: 3, approvalRequired: true },
    },
    "products/x/policy.xml": POLICY,
    "products/x/apis/A/productApiInformation.json": {},
    "products/x/groups/developers/productGroupInformation.json": {},
    "products/y/productInformation.json": { properties: { subscriptionRequired: false } },
    "products/y/apis.json": [{ name: "a;rev=2" }, "b"],
    "products/y/groups.json": [{ name: "partners" }],
  });
  const x = snapshot.products.get("x");
  const y = snapshot.products.get("y");
  assert.deepEqual(
    [x?.name, x?.isPublished, x?.subscriptionRequired, x?.approvalRequired, x?.subscriptionsLimit],
    ["X", true, true, true, 3],
  );
  assert.deepEqual(
    [[...(x?.apis ?? [])], x?.groups, x?.policy?.source.file],
    [["a"], ["developers"], "products/x/policy.xml"],
  );
  assert.deepEqual(
    [y?.isPublished, y?.subscriptionRequired, [...(y?.apis ?? [])], y?.groups],
    [false, false, ["a", "b"], ["partners"]],
  );
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
    "subscriptions/1/subscriptionInformation.json": scope("/products/x", {
      state: "Suspended",
      displayName: "One",
      allowTracing: true,
    }),
    "subscriptions/2/subscriptionInformation.json": scope(`${arm}/apis/a;rev=2`, {
      expirationDate: "2030-01-01T00:00:00Z",
    }),
    "subscriptions/3/subscriptionInformation.json": scope(`${arm}/apis`),
    "subscriptions/4/subscriptionInformation.json": scope(arm),
    "subscriptions/5/subscriptionInformation.json": scope("/", {
      primaryKey: "*** REDACTED ***",
      secondaryKey: "abcdefghijklmnop",
    }),
  });
  assert.deepEqual(
    subscriptions.map((s) => s.scope),
    [
      { kind: "product", product: "x" },
      { kind: "api", api: "a" },
      { kind: "all-apis" },
      { kind: "service" },
      { kind: "service" },
    ],
  );
  assert.deepEqual(
    [subscriptions[0].state, subscriptions[0].name, subscriptions[0].allowTracing],
    ["suspended", "One", true],
  );
  assert.equal(subscriptions[1].endAt, Date.UTC(2030, 0, 1));
  assert.deepEqual([subscriptions[4].primaryKey, subscriptions[4].secondaryKey], [undefined, "abcdefghijklmnop"]);
});

test("named values: secrets have no value, Key Vault references a placeholder where no vault is asked; display names are unique", async () => {
  const value = (properties: object) => ({ properties });
  const files: Files = {
    ...apiFiles("a"),
    "named values/1/namedValueInformation.json": value({ displayName: "plain", value: "v" }),
    "named values/2/namedValueInformation.json": value({
      displayName: "redacted",
      value: "*** REDACTED ***",
      secret: true,
    }),
    "named values/3/namedValueInformation.json": value({
      displayName: "vault",
      value: "no",
      keyVault: { secretIdentifier: "https://v/secrets/s" },
    }),
  };
  const { namedValues } = await snapshotOf(files);
  assert.deepEqual(
    [...namedValues.values()],
    [
      { id: "1", name: "plain", value: "v", isSecret: false },
      { id: "2", name: "redacted", value: undefined, isSecret: true },
      { id: "3", name: "vault", value: "sallyport-placeholder-e4612471775878960f00a3a4", isSecret: true },
    ],
  );
  const double = { ...files, "named values/4/namedValueInformation.json": value({ displayName: "plain", value: "w" }) };
  assert.match(
    (await mistakes(double))[0],
    /4\/namedValueInformation.json:3:18 SP1103 The named values "1" and "4" have the same display name "plain"/,
  );
});

test("backends with credentials, TLS checks and what is not acted on yet", async () => {
  const { backends, ignored } = await snapshotOf({
    ...apiFiles("a"),
    "backends/b/backendInformation.json": {
      properties: {
        url: "https://b.example.com/",
        protocol: "http",
        credentials: {
          header: { "X-Key": ["1", "2"] },
          query: { code: ["c"] },
          authorization: { scheme: "Basic", parameter: "p" },
        },
        tls: { validateCertificateChain: false },
        circuitBreaker: {
          rules: [
            {
              name: "r",
              failureCondition: {
                count: 3,
                interval: "PT1H30M",
                statusCodeRanges: [{ min: 500, max: 599 }],
                errorReasons: ["Timeout"],
              },
              tripDuration: "PT30S",
              acceptRetryAfter: true,
            },
          ],
        },
      },
    },
    "backends/p/backendInformation.json": {
      properties: { type: "Pool", pool: { services: [{ id: "/backends/b", weight: 3 }] } },
    },
  });
  const b = backends.get("b");
  assert.equal(b?.url, "https://b.example.com");
  assert.deepEqual([...(b?.credentials?.header ?? [])], [["X-Key", ["1", "2"]]]);
  assert.deepEqual(b?.credentials?.authorization, { scheme: "Basic", parameter: "p" });
  assert.deepEqual([b?.validateCertificateChain, b?.validateCertificateName], [false, true]);
  assert.deepEqual(b?.circuitBreakers, [
    {
      name: "r",
      count: 3,
      percentage: undefined,
      intervalMs: 5_400_000,
      statusRanges: [{ min: 500, max: 599 }],
      errorReasons: ["Timeout"],
      tripMs: 30_000,
      acceptsRetryAfter: true,
    },
  ]);
  assert.equal(backends.get("p")?.type, "Pool");
  assert.deepEqual(backends.get("p")?.pool, {
    members: [{ id: "b", weight: 3, priority: 0 }],
    affinityCookie: undefined,
  });
  assert.deepEqual(Object.fromEntries(ignored), {});
});

test("users with groups and identities", async () => {
  const { users } = await snapshotOf({
    ...apiFiles("a"),
    "users/u/userInformation.json": {
      properties: {
        email: "a@b.c",
        firstName: "Ada",
        groups: [{ name: "Developers" }],
        identities: [{ provider: "Basic", id: "a@b.c" }],
        registrationDate: "2024-01-01T00:00:00Z",
      },
    },
  });
  const user = users.get("u");
  assert.deepEqual(
    [user?.email, user?.firstName, user?.groups, user?.identities],
    ["a@b.c", "Ada", ["Developers"], [{ provider: "Basic", id: "a@b.c" }]],
  );
  assert.equal(user?.registeredAt, Date.UTC(2024, 0, 1));
});

test("a fragment's text may stand in its information file; mistakes point there", async () => {
  const { fragments } = await snapshotOf({
    ...apiFiles("a"),
    "policyFragments/f/policyFragmentInformation.json": {
      properties: { value: "<fragment>\n</fragment>", format: "rawxml" },
    },
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
  assert.deepEqual(Object.fromEntries(ignored), {
    wikis: 1,
    diagnostics: 2,
    loggers: 1,
    gateways: 1,
    "policy restrictions": 1,
  });
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
