/** A provider of tokens that is gone: the keys that are left are in /status and metrics with their end, whichever thread has them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { startGateway } from "../../src/main.ts";
import { KEY, removeFolder, writeFolder } from "../support/api-folder.ts";

const jwk = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" }), kid: "one" };
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const forged = (kid: string) =>
  `${encoded({ alg: "RS256", kid })}.${encoded({ exp: 4_000_000_000 })}.${"A".repeat(342)}`;

test("keys of a provider that is gone are expiring signing keys", async (t) => {
  let isGone = false;
  const provider = createServer((request, response) => {
    if (isGone) response.writeHead(503).end();
    else if (request.url === "/keys") response.end(JSON.stringify({ keys: [jwk] }));
    else response.end(JSON.stringify({ issuer: "https://issuer.example", jwks_uri: `${origin}/keys` }));
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const document = `<policies><inbound><base /><validate-jwt header-name="Authorization">
    <openid-config url="${origin}/.well-known/openid-configuration" /></validate-jwt></inbound></policies>`;
  const folder = await writeFolder({
    serviceUrl: "http://127.0.0.1:9",
    policies: { api: document },
    settings: { listeners: [{ host: "127.0.0.1", port: 0 }], admin: { port: 0 }, accessLog: false },
  });
  const gateway = await startGateway({ folder, watch: false, workers: 2 });
  t.after(async () => {
    await gateway.stop();
    provider.close();
    await removeFolder(folder);
  });
  const [public_, admin] = gateway.addresses;
  const call = async (kid: string) => {
    const headers = { "Ocp-Apim-Subscription-Key": KEY, Authorization: `Bearer ${forged(kid)}`, Connection: "close" };
    return (await fetch(`http://127.0.0.1:${public_.port}/t/items/1`, { headers })).status;
  };
  const asked = async (path: string) => (await fetch(`http://127.0.0.1:${admin.port}${path}`)).text();
  assert.equal(await call("one"), 401);
  assert.deepEqual(JSON.parse(await asked("/status")).expiring, []);
  isGone = true;
  // An unknown key id asks the provider again, half a minute after the last time.
  let expiring: { kind: string; name: string; state: string }[] = [];
  for (let i = 0; i < 80 && expiring.length === 0; i++) {
    assert.equal(await call(`unknown ${i}`), 401);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expiring = JSON.parse(await asked("/status")).expiring;
  }
  const name = `${origin}/.well-known/openid-configuration`;
  assert.deepEqual(
    expiring.map(({ kind, name, state }) => [kind, name, state]),
    [["signing key", name, "expiring"]],
  );
  assert.match(await asked("/metrics"), new RegExp(`kind="signing key"[^\n]*${name.replaceAll(".", "\\.")}`));
});
