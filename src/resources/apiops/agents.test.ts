import assert from "node:assert/strict";
import { test } from "node:test";
import { apiFiles, type Files } from "../../../test/support/config-folder.ts";
import { mistakes, snapshotOf, warnings } from "../../../test/support/load-config.ts";

const server = (properties: object): Files => ({
  "apis/m/apiInformation.json": { properties: { path: "m", type: "mcp", ...properties } },
});
const tool = (name: string, operation = "/apis/a/operations/get-items") => ({ name, operationId: operation });

test("tools stand in the API or are resources of their own", async () => {
  const snapshot = await snapshotOf({
    ...apiFiles("a", {}, ["/items", "/items/{id}"]),
    ...server({ mcpTools: [tool("list")] }),
    "apis/m/tools/one/toolInformation.json": {
      properties: { displayName: "one", description: "Reads one.", operationId: "/x/apis/A/operations/GET-ITEMS-ID" },
    },
  });
  const tools = snapshot.apis.find((api) => api.id === "m")?.mcp?.tools;
  assert.deepEqual(
    tools?.map(({ name, description, api, operation, input }) => [name, description, api, operation, input.parameters]),
    [
      ["list", "get/items", "a", "get-items", []],
      [
        "one",
        "Reads one.",
        "a",
        "get-items-id",
        [{ argument: "id", name: "id", location: "path", isRequired: true, explodes: true }],
      ],
    ],
  );
});

test("what an operation takes may stand in its own file", async () => {
  const snapshot = await snapshotOf({
    "apis/a/apiInformation.json": { properties: { path: "a", displayName: "a", serviceUrl: "http://127.0.0.1:9" } },
    "apis/a/operations/find/operationInformation.json": {
      properties: {
        displayName: "Find",
        method: "POST",
        urlTemplate: "/find/{kind}",
        description: "Finds things.",
        templateParameters: [{ name: "kind", type: "string", required: true, values: ["a", "b"] }],
        request: {
          queryParameters: [{ name: "$top", type: "integer", description: "How many." }],
          headers: [{ name: "Accept", type: "string" }],
          representations: [{ contentType: "application/json" }],
        },
      },
    },
    ...server({ mcpTools: [tool("find", "/apis/a/operations/find")] }),
  });
  const [found] = snapshot.apis.find((api) => api.id === "m")?.mcp?.tools ?? [];
  assert.equal(found.description, "Finds things.");
  assert.deepEqual(JSON.parse(found.input.schema), {
    type: "object",
    properties: {
      kind: { type: "string", enum: ["a", "b"] },
      _top: { type: "integer", description: "How many." },
      body: {},
    },
    required: ["kind", "body"],
  });
});

test("mistakes in definitions of tools are told with their place and a way out", async () => {
  const files = { ...apiFiles("a"), ...apiFiles("w", { type: "websocket", serviceUrl: "ws://127.0.0.1:9" }) };
  const cases: [object, RegExp][] = [
    [
      { mcpTools: [{ name: "x" }] },
      /apiInformation\.json:\d+:\d+ SP1005 .*operationId" is missing \| .*\/apis\/orders/,
    ],
    [{ mcpTools: [tool("a b")] }, /:\d+:\d+ SP1006 .* no name of a tool \| .*: a_b\./],
    [{ mcpTools: [tool("x", "items")] }, /:\d+:\d+ SP1006 .*Such as \/apis\/orders/],
    [{ mcpTools: [tool("x", "/apis/b/operations/y")] }, /:\d+:\d+ SP1006 .*There is no API "b"/],
    [{ mcpTools: [tool("x", "/apis/a/operations/get-item")] }, /:\d+:\d+ SP1006 .*Did you mean "get-items"\?/],
    [{ mcpTools: [tool("x", "/apis/w/operations/onHandshake")] }, /:\d+:\d+ SP1006 .*is of type websocket/],
    [{ mcpTools: [tool("x"), tool("x")] }, /:\d+:\d+ SP1103 API "m" has two tools "x"/],
    [{ mcpTools: [tool("x")], backendId: "b" }, /:\d+:\d+ SP1006 .*remove backendId/],
    [{ backendId: "b" }, /apiInformation\.json SP1102 .*There is no backend "b"/],
    [{ mcpProperties: {} }, /SP1005 .*neither tools nor an address \| /],
    [{ mcpProperties: { transportType: "pigeon" } }, /:\d+:\d+ SP1006 .*not one of streamable, sse/],
    [
      {
        serviceUrl: "http://127.0.0.1:9",
        mcpProperties: { transportType: "sse", endpoints: [{ name: "sse", uriTemplate: "/sse" }] },
      },
      /:\d+:\d+ SP1006 "properties\.mcpProperties\.endpoints" does not have "sse" and "message"/,
    ],
    [
      { serviceUrl: "http://127.0.0.1:9", mcpProperties: { endpoints: [{ name: "message", uriTemplate: "mcp" }] } },
      /:\d+:\d+ SP1006 .*It begins with a slash/,
    ],
  ];
  for (const [properties, expected] of cases) {
    const found = await mistakes({ ...files, ...server(properties) });
    assert.match(found.join("\n"), expected);
  }
});

test("a server without tools, one with a tool that takes files, and a promise of metadata are warnings", async () => {
  const specification = (await import("../../../test/support/config-folder.ts")).apiFiles("a")[
    "apis/a/specification.json"
  ] as {
    paths: Record<string, object>;
  };
  specification.paths["/files"] = {
    post: {
      operationId: "upload",
      requestBody: { content: { "multipart/form-data": { schema: { type: "object" } } } },
      responses: {},
    },
  };
  const files: Files = { ...apiFiles("a"), "apis/a/specification.json": specification };
  const found = await warnings({
    ...files,
    ...server({
      mcpTools: [tool("upload", "/apis/a/operations/upload")],
      authenticationSettings: { returnProtectedResourceMetadata: true },
    }),
  });
  assert.deepEqual(
    found.filter((w) => w.startsWith("SP1110")),
    [
      "SP1110 Protected resource metadata is served from sallyport.yaml alone",
      'SP1110 The tool "upload" is not offered: its operation takes files',
      'SP1110 MCP server "m" has no tools',
    ],
  );
});

test("endpoints of a server that is passed through, as a list and by name", async () => {
  const list = {
    endpoints: [
      { name: "sse", uriTemplate: "/s" },
      { name: "message", uriTemplate: "/m" },
    ],
    transportType: "sse",
  };
  const named = { endpoints: { message: { uriTemplate: "/runtime/mcp" } } };
  for (const [mcpProperties, expected] of [
    [list, { message: "/m", sse: "/s" }],
    [named, { message: "/runtime/mcp", sse: undefined }],
  ] as const) {
    const snapshot = await snapshotOf(server({ serviceUrl: "http://127.0.0.1:9", mcpProperties }));
    assert.deepEqual(snapshot.apis[0].mcp?.endpoints, expected);
  }
});

test("an agent needs its card and its address", async () => {
  const agent = (properties: object): Files => ({
    "apis/g/apiInformation.json": { properties: { path: "g", type: "a2a", ...properties } },
  });
  const whole = {
    a2aProperties: {
      agentCardBackendUrl: "https://agent.example/.well-known/agent-card.json",
      agentCardPath: "card.json",
    },
    jsonRpcProperties: { backendUrl: "https://agent.example/rpc/", path: "/" },
  };
  const { agent: read } = (await snapshotOf(agent(whole))).apis[0];
  assert.deepEqual([read?.cardPath, read?.rpcPath, read?.rpcUrl], ["/card.json", "/", "https://agent.example/rpc"]);
  assert.match(
    (await mistakes(agent({}))).join("\n"),
    /SP1005 .*a2aProperties" is missing[\s\S]*jsonRpcProperties" is missing/,
  );
  assert.match(
    (await mistakes(agent({ ...whole, jsonRpcProperties: { backendUrl: "agent" } }))).join("\n"),
    /SP1006 .*backendUrl" is not an absolute URL/,
  );
});

test("settings of MCP servers are checked, and laid over them", async () => {
  const base = { ...apiFiles("a"), ...server({ mcpTools: [tool("list")] }) };
  const settings = (mcp: object) => ({ ...base, "sallyport.yaml": JSON.stringify({ mcp }) });
  const authorization = { servers: ["https://login.example"], scopes: ["orders.read"] };
  const snapshot = await snapshotOf(settings({ m: { authorization, origins: ["https://App.example"] } }));
  const read = snapshot.apis.find((api) => api.id === "m")?.mcp?.settings;
  assert.deepEqual(read, {
    authorization: { ...authorization, resource: undefined },
    origins: ["https://app.example"],
    maxRequestBytes: 4_194_304,
    maxResponseBytes: 1_048_576,
    forwardAuthorization: false,
    checkArguments: true,
  });
  const cases: [object, RegExp][] = [
    [{ n: {} }, /SP1102 There is no API "n"/],
    [{ a: {} }, /SP1006 API "a" is neither of type mcp nor of type a2a/],
    [{ m: { authorisation: {} } }, /SP1007 .*Did you mean "authorization"/],
    [{ m: { authorization: {} } }, /SP1005 .*servers" is missing/],
    [{ m: { authorization: { servers: ["login"] } } }, /SP1006 .*no http or https URL/],
    [{ m: { authorization: { ...authorization, scopes: ["a b"] } } }, /SP1006 .*no scope/],
    [{ m: { origins: ["app.example"] } }, /SP1006 .*no origin/],
    [{ m: true }, /SP1004 "mcp\.m" must be an object/],
  ];
  for (const [mcp, expected] of cases) assert.match((await mistakes(settings(mcp))).join("\n"), expected);
});
