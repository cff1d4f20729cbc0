/**
 * A certified OpenID provider for development, in memory: two partners get access tokens as JWTs by client credentials.
 * https://github.com/panva/node-oidc-provider
 */
import { generateKeyPairSync } from "node:crypto";
import type { Server } from "node:http";
import { Provider } from "oidc-provider";

export const AUDIENCE = "urn:contoso-retail:partner-api";

/** Clients of the example: id, secret and the scopes each may ask for. Secrets for development only. */
export const CLIENTS = {
  reader: { secret: "reader-secret-for-development-only", scope: "catalog.read" },
  buyer: { secret: "buyer-secret-for-development-only", scope: "catalog.read pricing.read" },
} as const;

/** Starts the provider; resolves when it listens. */
export function startIdentityProvider(port: number): Promise<Server> {
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "contoso-development", use: "sig" }] },
    ttl: { ClientCredentials: 3600 },
    clients: Object.entries(CLIENTS).map(([id, { secret, scope }]) => ({
      client_id: id,
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      scope,
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "catalog.read pricing.read inventory.write",
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          accessTokenTTL: 3600,
        }),
      },
    },
    scopes: ["catalog.read", "pricing.read", "inventory.write"],
  });
  return new Promise((resolve, reject) => {
    const server = provider.listen(port, "127.0.0.1", () => resolve(server));
    server.once("error", reject);
  });
}

/** An access token of a client, from the provider's token endpoint. */
export async function accessToken(port: number, client: keyof typeof CLIENTS): Promise<string> {
  const { secret, scope } = CLIENTS[client];
  const response = await fetch(`http://127.0.0.1:${port}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope, resource: AUDIENCE }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined)
    throw new Error(`The identity provider gave no token: ${answer.error_description}`);
  return answer.access_token;
}
