/** MCP servers behind the gateway, made with the official SDK: what passes, what stays behind, what is rewritten; and OAuth's metadata. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { MCP_KEY, mcpFolder } from "../support/mcp-config.ts";

const KEY = { "Ocp-Apim-Subscription-Key": MCP_KEY };
const COPYING = `<policies><inbound><base />
  <set-header name="Authorization" exists-action="override"><value>@(context.Request.Headers.GetValueOrDefault("Authorization", ""))</value></set-header>
</inbound></policies>`;
const REFUSING = `<policies><inbound><base />
  <validate-jwt header-name="Authorization" failed-validation-httpcode="401"><issuer-signing-keys><key>{{jwt-key}}</key></issuer-signing-keys></validate-jwt>
</inbound></policies>`;

/** Requests as the server saw them: method, path, session and Authorization. */
let seen: { method: string; path: string; session: string | undefined; authorization: string | undefined }[] = [];
let server: Server;
let gateway: RunningGateway;
let origin: string;

function tools(): McpServer {
  const mcp = new McpServer({ name: "behind", version: "9" });
  mcp.registerTool("count", { description: "Counts." }, async (extra) => {
    for (const progress of [1, 2, 3])
      await extra.sendNotification({
        method: "notifications/message",
        params: { level: "info", data: `step ${progress}` },
      });
    return { content: [{ type: "text", text: "three" }] };
  });
  mcp.server.registerCapabilities({ logging: {} });
  return mcp;
}

const streams = new Map<string, StreamableHTTPServerTransport>();
const events = new Map<string, SSEServerTransport>();

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://server");
  const session = request.headers["mcp-session-id"] as string | undefined;
  seen.push({
    method: request.method ?? "",
    path: url.pathname,
    session,
    authorization: request.headers.authorization,
  });
  if (url.pathname === "/base/sse") {
    const transport = new SSEServerTransport("/base/messages", response);
    events.set(transport.sessionId, transport);
    await tools().connect(transport);
    return;
  }
  if (url.pathname === "/base/messages") {
    await events.get(url.searchParams.get("sessionId") ?? "")?.handlePostMessage(request, response);
    return;
  }
  let transport = streams.get(session ?? "");
  if (transport === undefined) {
    const made = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void streams.set(id, made),
    });
    transport = made;
    await tools().connect(made);
  }
  await transport.handleRequest(request, response);
}

before(async () => {
  server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = (path: string, properties: object, subscriptionRequired = true) => ({
    properties: { type: "mcp", path, displayName: path, protocols: ["https"], subscriptionRequired, ...properties },
  });
  const message = [{ name: "message", uriTemplate: "/tools" }];
  const both = [
    { name: "sse", uriTemplate: "/sse" },
    { name: "message", uriTemplate: "/messages" },
  ];
  const folder = await mcpFolder({
    serviceUrl: url,
    files: {
      "backends/behind/backendInformation.json": { properties: { url: `${url}/base/tools`, protocol: "http" } },
      "named values/jwt-key/namedValueInformation.json": {
        properties: { displayName: "jwt-key", value: Buffer.alloc(32, 7).toString("base64") },
      },
      "apis/by-backend/apiInformation.json": api("by-backend", {
        backendId: "behind",
        mcpProperties: { transportType: "streamable" },
      }),
      "apis/by-url/apiInformation.json": api("by-url", {
        serviceUrl: `${url}/base`,
        mcpProperties: { endpoints: message },
      }),
      "apis/copying/apiInformation.json": api("copying", {
        serviceUrl: `${url}/base`,
        mcpProperties: { endpoints: message },
      }),
      "apis/copying/policy.xml": COPYING,
      "apis/older/apiInformation.json": api("older", {
        serviceUrl: `${url}/base`,
        mcpProperties: { transportType: "sse", endpoints: both },
      }),
      "apis/oauth/apiInformation.json": api("oauth", { backendId: "behind", mcpProperties: {} }, false),
      "apis/oauth/policy.xml": REFUSING,
    },
    settings: {
      subscriptions: { agents: { primaryKey: MCP_KEY, scope: "/apis" } },
      mcp: { oauth: { authorization: { servers: ["https://login.example"], scopes: ["tools.call"] } } },
    },
  });
  gateway = await startGateway({ folder, env: {}, watch: false });
  origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
});
after(async () => {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
});

const requestInit = { headers: { ...KEY, Authorization: "Bearer of-the-caller" } };

/** Connects, lists and calls; resolves with what came by notification. */
async function use(transport: StreamableHTTPClientTransport | SSEClientTransport): Promise<string[]> {
  const told: string[] = [];
  const client = new Client({ name: "test", version: "1" });
  client.fallbackNotificationHandler = async ({ params }) => void told.push((params as { data: string }).data);
  await client.connect(transport);
  assert.equal(client.getServerVersion()?.name, "behind");
  assert.deepEqual(
    (await client.listTools()).tools.map(({ name }) => name),
    ["count"],
  );
  const result = await client.callTool({ name: "count", arguments: {} });
  assert.deepEqual(result.content, [{ type: "text", text: "three" }]);
  await client.close();
  return told;
}

const streamable = (path: string) => new StreamableHTTPClientTransport(new URL(`${origin}${path}`), { requestInit });

describe("Streamable HTTP", () => {
  for (const path of ["/by-backend/mcp", "/by-url/tools", "/by-url/mcp"])
    test(`${path}: sessions and streams pass, the caller's token does not`, async () => {
      assert.deepEqual(await use(streamable(path)), ["step 1", "step 2", "step 3"]);
      const sessions = new Set(seen.slice(1).map(({ session }) => session));
      assert.equal(sessions.size, 1);
      assert.ok(streams.has([...sessions][0] ?? ""));
      assert.deepEqual([...new Set(seen.map((r) => r.path))], ["/base/tools"]);
      assert.deepEqual([...new Set(seen.map((r) => r.authorization))], [undefined]);
    });

  test("a policy that says so sends a token on", async () => {
    await use(streamable("/copying/mcp"));
    assert.deepEqual([...new Set(seen.map((r) => r.authorization))], ["Bearer of-the-caller"]);
  });

  test("a key is asked for", async () => {
    const answer = await fetch(`${origin}/by-url/mcp`, { method: "POST", body: "{}" });
    assert.equal(answer.status, 401);
    assert.equal(seen.length, 0);
  });
});

describe("the older transport", () => {
  test("the path for messages is the gateway's", async () => {
    const withKey: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("Ocp-Apim-Subscription-Key", MCP_KEY);
      return fetch(url, { ...init, headers });
    };
    const transport = new SSEClientTransport(new URL(`${origin}/older/sse`), { fetch: withKey });
    assert.deepEqual(await use(transport), ["step 1", "step 2", "step 3"]);
    assert.deepEqual([...new Set(seen.map((r) => r.path))], ["/base/sse", "/base/messages"]);
  });
});

describe("protected resource metadata", () => {
  test("a 401 leads to it, and the official client reads it", async () => {
    const answer = await fetch(`${origin}/oauth/mcp`, {
      method: "POST",
      body: "{}",
      headers: { "Content-Type": "application/json" },
    });
    assert.equal(answer.status, 401);
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(answer);
    assert.equal(resourceMetadataUrl?.href, `${origin}/.well-known/oauth-protected-resource/oauth/mcp`);
    assert.equal(scope, "tools.call");
    const metadata = await discoverOAuthProtectedResourceMetadata(`${origin}/oauth/mcp`);
    assert.deepEqual(metadata, {
      resource: `${origin}/oauth/mcp`,
      authorization_servers: ["https://login.example"],
      scopes_supported: ["tools.call"],
      bearer_methods_supported: ["header"],
      resource_name: "oauth",
    });
    assert.equal(seen.length, 0);
  });

  test("of the API as a whole too, for pages of any origin; of no other API", async () => {
    const url = `${origin}/.well-known/oauth-protected-resource`;
    const whole = await fetch(`${url}/OAuth`, { headers: { Origin: "https://page.example" } });
    assert.equal(((await whole.json()) as { resource: string }).resource, `${origin}/OAuth`);
    assert.equal(whole.headers.get("access-control-allow-origin"), "*");
    const asked = await fetch(`${url}/oauth/mcp`, { method: "OPTIONS" });
    assert.deepEqual([asked.status, asked.headers.get("access-control-allow-headers")], [204, "*"]);
    assert.equal((await fetch(`${url}/oauth`, { method: "POST" })).status, 405);
    assert.equal((await fetch(`${url}/by-url/mcp`)).status, 404);
    assert.equal((await fetch(url)).status, 404);
  });

  test("APIs without metadata keep their challenge", async () => {
    const answer = await fetch(`${origin}/by-url/mcp`, { method: "POST", body: "{}" });
    assert.doesNotMatch(answer.headers.get("www-authenticate") ?? "", /resource_metadata/);
  });
});
