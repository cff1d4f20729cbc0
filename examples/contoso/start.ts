/**
 * `npm start`: the Contoso example with its doors closed. Starts sample backends and an identity provider, serves the configuration of
 * `after/`, and prints lines to paste, each showing one door. `--before` serves the API as it was, without any door.
 */
import { randomBytes } from "node:crypto";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const BACKEND_PORT = 8081;
const IDENTITY_PORT = 8082;
const GATEWAY = "http://127.0.0.1:8080";

const isBefore = process.argv.includes("--before");

/** What has been started: stopped in reverse order. */
const started: (() => unknown)[] = [];

async function main(): Promise<void> {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // The second start need not translate the sources again, hence the imports on demand.
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/compile", import.meta.url)));
  const { startGateway } = await import("../../src/main.ts");
  const { startBackend } = await import("./backend.ts");
  process.env.CONTOSO_BACKEND_KEY ??= randomBytes(16).toString("hex");
  const backendKey = isBefore ? undefined : process.env.CONTOSO_BACKEND_KEY;
  const backend = await onPort(BACKEND_PORT, "sample backend", (port) => startBackend(port, backendKey));
  started.push(() => backend.close());
  if (!isBefore) {
    const { startIdentityProvider } = await import("./identity-provider.ts");
    const identity = await onPort(IDENTITY_PORT, "identity provider", startIdentityProvider);
    started.push(() => identity.close());
  }
  process.env.CONTOSO_FABRIKAM_KEY ??= randomBytes(16).toString("hex");
  const folder = fileURLToPath(new URL(isBefore ? "before" : "after", import.meta.url));
  const gateway = await startGateway({ folder });
  started.push(() => gateway.stop());
  console.log(isBefore ? before() : await after(process.env.CONTOSO_FABRIKAM_KEY));
}

async function stop(): Promise<void> {
  for (const end of started.reverse()) await end();
  process.exit();
}

async function onPort<T>(port: number, what: string, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port}, which the ${what} wants, is taken by another process: stop that one first.`);
  }
}

function before(): string {
  return `
Contoso Retail's partner API as it was, on ${GATEWAY}: no key, no token, no limit. Try, in another terminal:

  curl -i ${GATEWAY}/partner/catalog/products
  curl -i ${GATEWAY}/partner/pricing/KT-100
  curl -i -X PUT ${GATEWAY}/partner/inventory/KT-100 -H 'Content-Type: application/json' -d '{"quantity":0}'
  curl -i http://127.0.0.1:${BACKEND_PORT}/catalog/products
`;
}

async function after(key: string): Promise<string> {
  const { accessToken } = await import("./identity-provider.ts");
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

  # 401: what may they do? A key says who calls, not what they may do: no token.
  curl -i ${GATEWAY}/partner/catalog/products -H "Ocp-Apim-Subscription-Key: $KEY"

  # 200: key and token.
  curl -i ${GATEWAY}/partner/catalog/products -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $READER"

  # 403: a token whose claims do not grant prices.
  curl -i ${GATEWAY}/partner/pricing/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $READER"

  # 200: one whose claims do.
  curl -i ${GATEWAY}/partner/pricing/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $BUYER"

  # 403: from where? Stock is written from the warehouse only.
  curl -i -X PUT ${GATEWAY}/partner/inventory/KT-100 -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $BUYER" -H "Content-Type: application/json" -d '{"quantity":0}'

  # 429: how much? Five calls in ten seconds.
  for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code} ' ${GATEWAY}/partner/catalog/products -H "Ocp-Apim-Subscription-Key: $KEY" -H "Authorization: Bearer $READER"; done; echo

  # 401: around the gateway? The backend lets in nobody else.
  curl -i http://127.0.0.1:${BACKEND_PORT}/catalog/products
`;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
  return stop();
});
