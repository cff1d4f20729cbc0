import assert from "node:assert/strict";
import { test } from "node:test";
import { api, policy, snapshot } from "../../test/support/snapshot.ts";
import { loadProgram } from "../engine/load.ts";
import { policies } from "../policies/index.ts";
import { DEFAULT_MCP_SETTINGS } from "../resources/agent-protocols.ts";
import { Places } from "../resources/places.ts";
import type { Api } from "../resources/snapshot.ts";
import { audit } from "./audit.ts";

function findings(one: Api): string[] {
  const { program, diagnostics } = loadProgram(snapshot({ apis: [one] }), policies);
  assert.ok(program, JSON.stringify(diagnostics));
  return audit(program, new Places()).map(({ code, reason }) => `${code} ${reason}`);
}

const settings = DEFAULT_MCP_SETTINGS;
const passed = {
  tools: undefined,
  transport: "streamable",
  endpoints: undefined,
  backendId: undefined,
  settings,
} as const;

test("an MCP server without key and token is open, whether it is made of operations or passed through", () => {
  const servers = [
    api("m", { type: "mcp", mcp: { ...passed, tools: [] } }),
    api("m", { type: "mcp", serviceUrl: "https://s.example", mcp: passed }),
  ];
  for (const server of servers) {
    const found = findings(server).join("\n");
    assert.match(found, /SA1001 No subscription key is asked for/);
    assert.match(found, /SA1002 No token is validated/);
  }
});

test("an agent's card and its address are both looked at", () => {
  const agent = {
    cardUrl: "http://card.example",
    cardPath: "/c",
    rpcPath: "/",
    rpcUrl: "http://rpc.example",
    settings,
  };
  const found = findings(api("a", { type: "a2a", agent })).filter((text) => text.startsWith("SA3002"));
  assert.match(found.join("\n"), /http:\/\/card\.example/);
  assert.match(found.join("\n"), /http:\/\/rpc\.example/);
});

test("the caller's token reaches a server only where the setting says so", () => {
  const inbound = `<base /><validate-jwt header-name="Authorization"><openid-config url="https://idp.example/x" /></validate-jwt>`;
  const withToken = (forwardAuthorization: boolean) => {
    const mcp = { ...passed, settings: { ...settings, forwardAuthorization } };
    const server = api("m", { type: "mcp", serviceUrl: "https://s.example", mcp, policy: policy({ inbound }) });
    return findings(server).filter((text) => text.startsWith("SA3004"));
  };
  assert.deepEqual(withToken(false), []);
  assert.deepEqual(withToken(true), ["SA3004 The caller's validated token goes on to https://s.example"]);
});
