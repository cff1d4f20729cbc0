import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayCard } from "./agent-card.ts";

const card = {
  protocolVersion: "0.3.0",
  name: "Weather",
  url: "https://agent.internal/rpc",
  preferredTransport: "GRPC",
  additionalInterfaces: [{ url: "https://agent.internal:50051", transport: "GRPC" }],
  provider: { organization: "Contoso", url: "https://contoso.example" },
  securitySchemes: { oauth: { type: "oauth2", flows: {} } },
  security: [{ oauth: ["read"] }],
  signatures: [{ protected: "x", signature: "y" }],
  skills: [],
};

test("address, transport and security are the gateway's; the rest is the agent's", () => {
  const rewritten = gatewayCard(JSON.stringify(card), { url: "https://gw.example/weather", keyHeader: "api-key" });
  assert.deepEqual(JSON.parse(rewritten ?? ""), {
    protocolVersion: "0.3.0",
    name: "Weather",
    url: "https://gw.example/weather",
    preferredTransport: "JSONRPC",
    provider: card.provider,
    securitySchemes: { subscriptionKey: { type: "apiKey", in: "header", name: "api-key" } },
    security: [{ subscriptionKey: [] }],
    skills: [],
  });
});

test("without a key no security is spoken of", () => {
  const rewritten = JSON.parse(gatewayCard(JSON.stringify(card), { url: "u", keyHeader: undefined }) ?? "");
  assert.deepEqual([rewritten.securitySchemes, rewritten.security], [undefined, undefined]);
});

test("of the ways that A2A 1.0 lists, JSON-RPC stays", () => {
  const supportedInterfaces = [
    { url: "https://agent.internal:50051", protocolBinding: "GRPC", protocolVersion: "1.0" },
    { url: "https://agent.internal/rpc", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
  ];
  const rewritten = gatewayCard(JSON.stringify({ name: "W", supportedInterfaces }), {
    url: "https://gw/w",
    keyHeader: undefined,
  });
  assert.deepEqual(JSON.parse(rewritten ?? "").supportedInterfaces, [
    { url: "https://gw/w", protocolBinding: "JSONRPC", protocolVersion: "1.0" },
  ]);
});

test("what is no card is none", () => {
  for (const text of ["", "[]", "null", "<html>", '"x"'])
    assert.equal(gatewayCard(text, { url: "u", keyHeader: undefined }), undefined, text);
});
