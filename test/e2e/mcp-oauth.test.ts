/** OAuth 2.1 at an MCP server: the official client finds a real authorization server by the gateway's metadata, and comes back with its token. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ClientCredentialsProvider } from "@modelcontextprotocol/sdk/client/auth-extensions.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import Provider from "oidc-provider";
import { type RunningGateway, startGateway } from "../../src/main.ts";
import { mcpFolder } from "../support/mcp-config.ts";
import { RecordingBackend } from "../support/recording-backend.ts";

let server: Server;
let issuer: string;
let backend: RecordingBackend;
let gateway: RunningGateway;
let origin: string;
/** Resources that tokens were asked for. */
const resources: string[] = [];

before(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const client = { client_id: "agent", client_secret: "secret-of-the-agent", redirect_uris: [], response_types: [] };
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...jwk, kid: "k", use: "sig", alg: "RS256" } as never] },
    clients: [{ ...client, grant_types: ["client_credentials"] }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => {
          resources.push(resource);
          return { scope: "tools.call", audience: resource, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } };
        },
      },
    },
  });
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));
  backend = await RecordingBackend.start();
  const inbound = `<base />
    <validate-jwt header-name="Authorization" require-scheme="Bearer" failed-validation-httpcode="401">
      <openid-config url="${issuer}/.well-known/openid-configuration" />
      <required-claims><claim name="scope" match="any" separator=" "><value>tools.call</value></claim></required-claims>
    </validate-jwt>`;
  const folder = await mcpFolder({
    serviceUrl: backend.url,
    mcp: { subscriptionRequired: false },
    policies: { mcp: `<policies><inbound>${inbound}</inbound></policies>` },
    settings: { mcp: { "orders-mcp": { authorization: { servers: [issuer], scopes: ["tools.call"] } } } },
  });
  gateway = await startGateway({ folder, env: {}, watch: false });
  origin = `http://127.0.0.1:${gateway.addresses[0].port}`;
});
after(async () => {
  await gateway.stop();
  await backend.close();
  server.closeAllConnections();
  server.close();
});

test("a client with credentials comes in by itself", async () => {
  const authProvider = new ClientCredentialsProvider({
    clientId: "agent",
    clientSecret: "secret-of-the-agent",
    expectedIssuer: issuer,
    scope: "tools.call",
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/orders-mcp/mcp`), { authProvider }));
  assert.ok(resources.includes(`${origin}/orders-mcp/mcp`));
  const result = await client.callTool({ name: "get_order", arguments: { id: 7 } });
  assert.deepEqual(result.content, [{ type: "text", text: "from backend" }]);
  const [seen] = backend.take();
  assert.deepEqual([seen.path, seen.headers.get("authorization")], ["/orders/7", undefined]);
  await client.close();
});

test("without a token nobody comes in", async () => {
  const client = new Client({ name: "test", version: "1" });
  await assert.rejects(
    client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/orders-mcp/mcp`))),
    /Unauthorized|401/i,
  );
  assert.equal(backend.take().length, 0);
});
