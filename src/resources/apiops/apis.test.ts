import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, type Files } from "../../../test/support/config-folder.ts";
import { mistakes, POLICY, snapshotOf, warnings } from "../../../test/support/load-config.ts";

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
    messageDiagnostic: undefined,
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
    {
      name,
      description,
      type,
      protocols,
      serviceUrl,
      revision,
      isOnline,
      subscriptionRequired,
      file: policy?.source.file,
    },
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
    apis.map((a) => [
      a.id,
      a.revision,
      a.isCurrent,
      a.path,
      a.name,
      a.protocols,
      a.subscriptionRequired,
      a.serviceUrl,
      a.operations[0].urlTemplate,
    ]),
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
    "apis/a/specification.json": {
      openapi: "3.0.1",
      paths: { "/1": spec("getItems_V1"), "/2": spec("Create Item"), "/3": spec("List All!"), "/4": spec("plain") },
    },
    "apis/a/operations/getItems_V1/policy.xml": POLICY,
    "apis/a/operations/create-item/policy.xml": POLICY,
    "apis/a/operations/List_All/policy.xml": POLICY,
  });
  assert.deepEqual(
    apis[0].operations.map((o) => [o.id, o.urlTemplate, o.policy?.source.file]),
    [
      ["getItems_V1", "/1", "apis/a/operations/getItems_V1/policy.xml"],
      ["create-item", "/2", "apis/a/operations/create-item/policy.xml"],
      ["List_All", "/3", "apis/a/operations/List_All/policy.xml"],
      ["plain", "/4", undefined],
    ],
  );
});

test("a policy of an operation that does not exist is a mistake with a way out", async () => {
  assert.deepEqual(await mistakes({ ...apiFiles("a"), "apis/a/operations/get-itms/policy.xml": POLICY }), [
    'apis/a/operations/get-itms/policy.xml SP1104 The policy belongs to an operation "get-itms" that API "a" does not have | Did you mean "get/items"?',
  ]);
});

test("operationInformation.json makes operations and overrides the definition", async () => {
  const response = {
    statusCode: 200,
    description: "ok",
    representations: [{ contentType: "application/json", examples: { default: { value: '{"a":1}' } } }],
  };
  const { apis } = await snapshotOf({
    ...apiFiles("a"),
    "apis/a/operations/get-items/operationInformation.json": {
      properties: { displayName: "Renamed", responses: [response] },
    },
    "apis/a/operations/made/operationInformation.json": {
      properties: { method: "post", urlTemplate: "made/{id}", templateParameters: [] },
    },
    "apis/a/operations/made/policy.xml": POLICY,
  });
  const [items, made] = apis[0].operations;
  assert.equal(items.name, "Renamed");
  assert.deepEqual(items.responses, [
    { status: 200, description: "ok", representations: [{ contentType: "application/json", example: '{"a":1}' }] },
  ]);
  assert.deepEqual(
    [made.id, made.method, made.urlTemplate, made.policy !== undefined],
    ["made", "POST", "/made/{id}", true],
  );
});

test("templates must be well-formed, and operations may not answer to the same requests", async () => {
  const path = (template: string) => ({ get: { operationId: template, responses: {} } });
  const paths = {
    "/a/{x}": path("1"),
    "/a/{y}": path("2"),
    "/b/{x": path("3"),
    "/c/{x}/{x}": path("4"),
    "/*/d": path("5"),
  };
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
  const { apis } = await snapshotOf({
    "apis/a/apiInformation.json": { properties: { path: "a" } },
    "apis/a/specification.wadl": wadl,
  });
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

test("a WebSocket API has its handshake, with its policy", async () => {
  const files: Files = {
    "apis/w/apiInformation.json": { properties: { path: "w", type: "websocket", serviceUrl: "wss://w.example.com" } },
    "apis/w/operations/onHandshake/policy.xml": POLICY,
  };
  const [api] = (await snapshotOf(files)).apis;
  assert.deepEqual([api.type, api.protocols, api.serviceUrl], ["websocket", ["wss"], "wss://w.example.com"]);
  assert.deepEqual(
    api.operations.map((o) => [o.id, o.method, o.urlTemplate, o.policy !== undefined]),
    [["onHandshake", "GET", "/*", true]],
  );
  assert.match(
    (await mistakes({ ...files, "apis/w/operations/send/policy.xml": POLICY }))[0],
    /SP1104 .*"send" that API "w" does not have/,
  );
});

test("APIs whose policies would be skipped are not served, and say so", async () => {
  const files: Files = {
    "apis/g/apiInformation.json": { properties: { path: "g", type: "graphql" } },
    "apis/g/resolvers/r/policy.xml": "<http-data-source />",
    "apis/s/apiInformation.json": { properties: { path: "s", type: "soap" } },
    "apis/s/operations/add/policy.xml": POLICY,
    "apis/a/apiInformation.json": { properties: { path: "a", type: "a2a" } },
    "apis/a/operations/post/policy.xml": POLICY,
    "apis/o/apiInformation.json": { properties: { path: "o", type: "odata" } },
    "apis/p/apiInformation.json": { properties: { path: "p", type: "graphql" } },
    "products/x/productInformation.json": { properties: { state: "published" } },
    "products/x/apis/g/productApiInformation.json": {},
  };
  const snapshot = await snapshotOf(files);
  assert.deepEqual(
    snapshot.apis.map((a) => a.id),
    ["p"],
  );
  assert.deepEqual(Object.fromEntries(snapshot.ignored), {
    "GraphQL APIs with resolvers": 1,
    "soap APIs with operation policies": 1,
    "a2a APIs with operation policies": 1,
    "APIs of type odata": 1,
  });
  assert.equal((await warnings(files)).filter((w) => w.startsWith("SP1105")).length, 4);
});

test("two APIs on one path are a mistake, two versions are none", async () => {
  assert.match(
    (await mistakes({ ...apiFiles("a", { path: "X" }), ...apiFiles("b", { path: "x" }) }))[0],
    /SP1103 The APIs "a" and "b" have the same path "\/x"/,
  );
  const set = { "version sets/s/versionSetInformation.json": { properties: { versioningScheme: "Segment" } } };
  const version = (v: string) => ({ path: "x", apiVersion: v, apiVersionSetId: "s" });
  assert.deepEqual(await mistakes({ ...set, ...apiFiles("a", version("v1")), ...apiFiles("b", version("v2")) }), []);
});
