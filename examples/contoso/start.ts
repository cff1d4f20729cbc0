/**
 * `npm start`: the Contoso example with its doors closed. Starts sample backends and an identity provider, serves the configuration of
 * `after/`, and prints lines to paste, each showing one door. `--before` serves the API as it was, without any door.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startGateway } from "../../src/main.ts";
import { startBackend } from "./backend.ts";
import { accessToken, startIdentityProvider } from "./identity-provider.ts";

const BACKEND_PORT = 8081;
const IDENTITY_PORT = 8082;
const GATEWAY = "http://127.0.0.1:8080";

const isBefore = process.argv.includes("--before");

async function main(): Promise<void> {
  const backend = await startBackend(BACKEND_PORT);
  const identity = isBefore ? undefined : await startIdentityProvider(IDENTITY_PORT);
  process.env.CONTOSO_FABRIKAM_KEY ??= randomBytes(16).toString("hex");
  const folder = fileURLToPath(new URL(isBefore ? "before" : "after", import.meta.url));
  const gateway = await startGateway({ folder });
  console.log(isBefore ? before() : await after(process.env.CONTOSO_FABRIKAM_KEY));
  const stop = async () => {
    await gateway.stop();
    backend.close();
    identity?.close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function before(): string {
  return `
Contoso Retail's partner API as it was, on ${GATEWAY}: no key, no token, no limit. Try, in another terminal:

  curl -i ${GATEWAY}/partner/catalog/products
  curl -i ${GATEWAY}/partner/pricing/KT-100
  curl -i -X PUT ${GATEWAY}/partner/inventory/KT-100 -H 'Content-Type: application/json' -d '{"quantity":0}'
`;
}

async function after(key: string): Promise<string> {
  const buyer = await accessToken(IDENTITY_PORT, "buyer");
  const reader = await accessToken(IDENTITY_PORT, "reader");
  return `
Contoso Retail's partner API with its doors closed, on ${GATEWAY}. In another terminal, first:

  export KEY=${key}
  export BUYER=${buyer}
  export READER=${reader}

Then, one door after the other:

  # 401: who is calling? No key.
  curl -i ${GATEWAY}/partner/catalog/products

  # 200: with a key.
  curl -i ${GATEWAY}/partner/catalog/products -H "Ocp-Apim-Subscription-Key: $KEY"

  # 401: what may they do? No token.
  curl -i ${GATEWAY}/partner/pricing/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY"

  # 403: a token whose claims do not grant prices.
  curl -i ${GATEWAY}/partner/pricing/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $READER"

  # 200: key and token.
  curl -i ${GATEWAY}/partner/pricing/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $BUYER"

  # 403: from where? Stock is written from the warehouse only.
  curl -i -X PUT ${GATEWAY}/partner/inventory/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Content-Type: application/json" -d '{"quantity":0}'

  # 429: how much? Five calls in ten seconds.
  for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code} ' ${GATEWAY}/partner/catalog/products -H "Ocp-Apim-Subscription-Key: $KEY"; done; echo
`;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
