/** An API's operations as tools of an MCP server, called with the official MCP client over both transports; and what hostile callers try. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { MCP_KEY, mcpFolder } from "../support/mcp-config.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

const MCP_POLICY = `<policies><inbound><base />
  <set-header name="x-from-server" exists-action="override"><value>@(context.Api.Id + " " + context.Subscription.Id)</value></set-header>
</inbound><backend><forward-request /></backend><outbound><base />
  <set-header name="x-answered-by" exists-action="override"><value>mcp</value></set-header>
</outbound></policies>`;
const API_POLICY = `<policies><inbound><base />
  <set-header name="x-from-api" exists-action="override"><value>@(context.Api.Id + " " + context.Operation.Id + " " + context.Request.MatchedParameters.GetValueOrDefault("id", "-"))</value></set-header>
  <set-header name="x-saw-token" exists-action="override"><value>@(context.Request.Headers.GetValueOrDefault("Authorization", "none"))</value></set-header>
</inbound><backend><base /></backend><outbound><base /></outbound></policies>`;

const KEY = { "Ocp-Apim-Subscription-Key": MCP_KEY };

const accessLog = join(mkdtempSync(join(tmpdir(), "sallyport-mcp-")), "access.log");
let backend: RecordingBackend;
let gateway: RunningGateway;
let origin: string;

before(async () => {
  backend = await RecordingBackend.start();
  const folder = await mcpFolder({
    serviceUrl: backend.url,
    policies: { mcp: MCP_POLICY, api: API_POLICY },
    settings: {
      accessLog: { file: accessLog },
      mcp: { "orders-mcp": { maxRequestBytes: 20_000, maxResponseBytes: 10_000, origins: ["https://app.example"] } },
    },
  });
  gateway = await startGateway({ folder, env: {}, watch: false });
  origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
});
after(async () => {
  await gateway.stop();
  await backend.close();
  rmSync(dirname(accessLog), { recursive: true });
});
beforeEach(() => {
  backend.take();
  backend.script([{ headers: { "Content-Type": "application/json" }, body: '{"ok":true}' }]);
});

const requestInit = { headers: { ...KEY, Authorization: "Bearer of-the-caller" } };

async function connected(transport: StreamableHTTPClientTransport | SSEClientTransport): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  return client;
}

const streamable = () =>
  connected(new StreamableHTTPClientTransport(new URL(`${origin}/orders-mcp/mcp`), { requestInit }));

const textOf = (result: unknown) => (result as { content: { text: string }[] }).content.map((c) => c.text);

const post = (body: string | object, headers: Record<string, string> = {}, path = "/orders-mcp/mcp") =>
  fetch(origin + path, {
    method: "POST",
    headers: { ...KEY, "Content-Type": "application/json", Accept: "application/json, text/event-stream", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const call = (name: string, args: object) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name, arguments: args },
});

describe("with the official client", () => {
  test("lists tools with schemas made of parameters and bodies", async () => {
    const client = await streamable();
    assert.deepEqual(client.getServerVersion(), { name: "orders-mcp", title: "Orders for agents", version: "1" });
    assert.equal(client.getInstructions(), "Reads and creates orders.");
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, description }) => [name, description]),
      [
        ["get_order", "Reads an order."],
        ["create_order", "Creates an order."],
        ["search", "search"],
      ],
    );
    assert.deepEqual(tools[0].inputSchema, {
      type: "object",
      properties: {
        id: { type: "integer", description: "Number of the order." },
        fields: { type: "array", items: { type: "string", enum: ["id", "total"] } },
        "x-trace-note": { type: "string" },
      },
      required: ["id"],
    });
    assert.deepEqual(tools[1].inputSchema, {
      type: "object",
      properties: {
        body: {
          type: "object",
          properties: { item: { type: ["string", "null"] }, parts: { type: "array", items: {} } },
          required: ["item"],
        },
      },
      required: ["body"],
    });
    await client.ping();
    await client.close();
  });

  test("a call runs the policies of the server and of the API, and goes to the API's backend", async () => {
    const client = await streamable();
    const result = await client.callTool({
      name: "get_order",
      arguments: { id: 7, fields: ["id", "total"], "x-trace-note": "hi" },
    });
    assert.deepEqual(result, { content: [{ type: "text", text: '{"ok":true}' }], isError: false });
    const [seen] = backend.take();
    assert.equal(`${seen.method} ${seen.path}`, "GET /orders/7?fields=id&fields=total");
    assert.equal(seen.headers.get("x-from-server"), "orders-mcp agents");
    assert.equal(seen.headers.get("x-from-api"), "orders get-order 7");
    assert.equal(seen.headers.get("x-trace-note"), "hi");
    // Policies see the caller's token, the backend does not.
    assert.equal(seen.headers.get("x-saw-token"), "Bearer of-the-caller");
    assert.equal(seen.headers.get("authorization"), undefined);
    assert.equal(seen.headers.get("ocp-apim-subscription-key"), undefined);
    await client.close();
  });

  test("the access log has a line for the call under the id of its message", async () => {
    await post(call("search", { q: "logged" }));
    interface Line {
      readonly correlationId: string;
      readonly url: string;
      readonly apiId: string;
      readonly operationId: string;
    }
    let lines: Line[] = [];
    for (let tries = 0; tries < 200 && !lines.some(({ url }) => url.endsWith("/shop/search")); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      // The file is made with the first lines, which are written some moments after their requests.
      if (!existsSync(accessLog)) continue;
      lines = readFileSync(accessLog, "utf8")
        .split("\n")
        .flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as Line] : []));
    }
    const inner = lines.find(({ url }) => url.endsWith("/shop/search"));
    assert.deepEqual([inner?.apiId, inner?.operationId], ["orders", "search"]);
    const both = lines.filter(({ correlationId }) => correlationId === inner?.correlationId);
    assert.deepEqual(both.map(({ apiId, operationId }) => `${apiId} ${operationId}`).sort(), [
      "orders search",
      "orders-mcp message",
    ]);
  });

  test("bodies and failures of operations", async () => {
    const client = await streamable();
    backend.script([{ status: 422, headers: { "Content-Type": "application/json" }, body: '{"why":"no stock"}' }]);
    const result = await client.callTool({ name: "create_order", arguments: { body: { item: "bolt" } } });
    assert.equal(result.isError, true);
    assert.deepEqual(textOf(result), ["HTTP 422 Unprocessable Entity", '{"why":"no stock"}']);
    const [seen] = backend.take();
    assert.equal(`${seen.method} ${seen.path} ${seen.headers.get("content-type")}`, "POST /orders application/json");
    assert.equal(seen.body, '{"item":"bolt"}');
    await client.close();
  });

  test("the older transport: a stream of events and a path for messages", async () => {
    const fetchWithKey: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("Ocp-Apim-Subscription-Key", MCP_KEY);
      return fetch(url, { ...init, headers });
    };
    const client = await connected(
      new SSEClientTransport(new URL(`${origin}/orders-mcp/sse`), { fetch: fetchWithKey }),
    );
    assert.equal((await client.listTools()).tools.length, 3);
    const results = await Promise.all([1, 2, 3].map((id) => client.callTool({ name: "get_order", arguments: { id } })));
    assert.deepEqual(results.map(textOf), [['{"ok":true}'], ['{"ok":true}'], ['{"ok":true}']]);
    await client.close();
  });
});

describe("the protocol", () => {
  const initialize = (version: string) => ({
    jsonrpc: "2.0",
    id: "a",
    method: "initialize",
    params: { protocolVersion: version, capabilities: {}, clientInfo: { name: "t", version: "1" } },
  });

  test("a known version is agreed to, an unknown one answered with the newest", async () => {
    for (const [asked, got] of [
      ["2025-06-18", "2025-06-18"],
      ["1999-01-01", "2025-11-25"],
    ]) {
      const answer = await post(initialize(asked));
      assert.equal(answer.headers.get("x-answered-by"), "mcp");
      assert.equal(((await answer.json()) as { result: { protocolVersion: string } }).result.protocolVersion, got);
    }
  });

  test("an answer is one event for callers that take no JSON", async () => {
    const answer = await post({ jsonrpc: "2.0", id: 5, method: "ping" }, { Accept: "text/event-stream" });
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    assert.equal(await answer.text(), 'event: message\ndata: {"jsonrpc":"2.0","id":5,"result":{}}\n\n');
  });

  test("notifications are accepted; there is no stream and no session to end", async () => {
    const accepted = await post({ jsonrpc: "2.0", method: "notifications/initialized" });
    assert.deepEqual([accepted.status, await accepted.text()], [202, ""]);
    for (const method of ["GET", "DELETE"]) {
      const answer = await fetch(`${origin}/orders-mcp/mcp`, { method, headers: KEY });
      assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "POST"], method);
    }
  });

  const refusals: [string, string | object, Record<string, string>, number, number | undefined][] = [
    ["no JSON", "{", {}, 400, -32700],
    ["no UTF-8 text type", "{}", { "Content-Type": "text/plain" }, 415, -32600],
    ["a batch", [{ jsonrpc: "2.0", id: 1, method: "ping" }], {}, 400, -32600],
    ["an old JSON-RPC", { id: 1, method: "ping" }, {}, 400, -32600],
    ["an id that is none", { jsonrpc: "2.0", id: { a: 1 }, method: "ping" }, {}, 400, -32600],
    [
      "a protocol version that is not known",
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { "MCP-Protocol-Version": "1" },
      400,
      -32600,
    ],
    [
      "a caller that takes neither form",
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { Accept: "text/html" },
      406,
      -32600,
    ],
    [
      "nesting that exhausts stacks",
      `{"jsonrpc":"2.0","id":1,"method":"ping","params":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
      {},
      400,
      -32600,
    ],
    ["a method that is not there", { jsonrpc: "2.0", id: 1, method: "resources/list" }, {}, 200, -32601],
    ["a tool that is not there", call("delete_order", {}), {}, 200, -32602],
    ["a tool by a name of objects", call("__proto__", {}), {}, 200, -32602],
    [
      "arguments that are no object",
      { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "search", arguments: [1] } },
      {},
      200,
      -32602,
    ],
    ["another origin", { jsonrpc: "2.0", id: 1, method: "ping" }, { Origin: "https://evil.example" }, 403, undefined],
    ["a message that is too large", call("search", { q: "x".repeat(30_000) }), {}, 413, undefined],
    ["no key", { jsonrpc: "2.0", id: 1, method: "ping" }, { "Ocp-Apim-Subscription-Key": "" }, 401, undefined],
  ];
  for (const [what, body, headers, status, code] of refusals)
    test(`refused: ${what}`, async () => {
      const answer = await post(body, headers);
      const json = (await answer.json()) as { error?: { code: number } };
      assert.deepEqual([answer.status, json.error?.code], [status, code], JSON.stringify(json));
      assert.equal(backend.take().length, 0);
    });

  test("pages of an origin that was allowed may call", async () => {
    const answer = await post({ jsonrpc: "2.0", id: 1, method: "ping" }, { Origin: "https://app.example" });
    assert.equal(answer.status, 200);
  });

  test("a session belongs to who opened it: others find none", async () => {
    const answer = await post({ jsonrpc: "2.0", id: 1, method: "ping" }, {}, "/orders-mcp/messages?sessionId=guessed");
    assert.equal(answer.status, 404);
  });
});

describe("arguments keep to the schema that callers are shown", () => {
  const attempts: [string, object, string][] = [
    ["get_order", { id: "7" }, "id must be a whole number."],
    ["get_order", {}, "id is missing."],
    ["get_order", { id: 7, fields: ["id", "secret"] }, 'fields[1] must be one of "id", "total".'],
    ["create_order", { body: {} }, "body.item is missing."],
    ["create_order", { body: { item: 1, parts: {} } }, "body.item must be a text or null.\nbody.parts must be a list."],
    ["search", { q: "" }, "q must have at least 1 character."],
  ];
  for (const [name, args, expected] of attempts)
    test(`${name} ${JSON.stringify(args)}`, async () => {
      const client = await streamable();
      const result = await client.callTool({ name, arguments: args as Record<string, unknown> });
      assert.equal(result.isError, true);
      assert.deepEqual(textOf(result), [`The arguments do not fit the tool's schema:\n${expected}`]);
      assert.equal(backend.take().length, 0);
      await client.close();
    });

  test("null stands for a parameter that is not given", async () => {
    const client = await streamable();
    assert.equal((await client.callTool({ name: "get_order", arguments: { id: 7, fields: null } })).isError, false);
    assert.equal(backend.take()[0].path, "/orders/7");
    await client.close();
  });
});

describe("arguments stay in their place, even where no schema is minded", () => {
  let lenient: RunningGateway;
  before(async () => {
    const folder = await mcpFolder({
      serviceUrl: backend.url,
      settings: { mcp: { "orders-mcp": { checkArguments: false, maxResponseBytes: 10_000 } } },
    });
    lenient = await startGateway({ folder, env: {}, watch: false });
    origin = `http://127.0.0.1:${lenient.addresses[0].port}`;
  });
  after(async () => {
    origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
    await lenient.stop();
  });

  const attempts: [string, string, object, RegExp][] = [
    ["another operation", "get_order", { id: "export" }, /no path of this operation/],
    ["dot segments", "get_order", { id: ".." }, /cannot be part of a path/],
    ["a slash", "get_order", { id: "7/items" }, /no path of this operation/],
    ["nothing", "get_order", { id: "" }, /cannot be part of a path/],
    ["a header that ends early", "get_order", { id: 1, "x-trace-note": "a\r\nx-admin: 1" }, /value of a header/],
    [
      "an argument that is not offered",
      "get_order",
      { id: 1, Authorization: "Bearer x" },
      /no argument "Authorization"/,
    ],
    ["an object in a path", "get_order", { id: { a: 1 } }, /must be a text/],
    ["a missing argument", "get_order", {}, /"id" is missing/],
  ];
  for (const [what, name, args, expected] of attempts)
    test(what, async () => {
      const answer = await post(call(name, args));
      const { result } = (await answer.json()) as { result: { isError: boolean } };
      assert.equal(result.isError, true);
      assert.match(textOf(result)[0], expected);
      assert.equal(backend.take().length, 0);
    });

  test("a query argument is one value, whatever it holds", async () => {
    const answer = await post(call("search", { q: "a&admin=true#x ü" }));
    assert.equal(answer.status, 200);
    assert.equal(backend.take()[0].path, "/search?q=a%26admin%3Dtrue%23x%20%C3%BC");
  });

  test("an answer that is too large is an error of the tool", async () => {
    backend.script([{ body: "x".repeat(20_000) }]);
    const answer = await post(call("search", { q: "a" }));
    assert.deepEqual(textOf(((await answer.json()) as { result: object }).result), [
      "The answer is larger than 10000 bytes.",
    ]);
  });

  test("pictures are pictures, other bytes a resource", async () => {
    backend.script([
      { headers: { "Content-Type": "image/png" }, body: "png" },
      { headers: { "Content-Type": "application/pdf" }, body: "pdf" },
    ]);
    const contents = [];
    for (const q of ["1", "2"]) {
      const { result } = (await (await post(call("search", { q }))).json()) as { result: { content: unknown[] } };
      contents.push(...result.content);
    }
    assert.deepEqual(contents, [
      { type: "image", data: "cG5n", mimeType: "image/png" },
      { type: "resource", resource: { uri: "tool:answer", mimeType: "application/pdf", blob: "cGRm" } },
    ]);
  });
});
