/**
 * Who is who, for development: an OpenID provider (https://github.com/panva/node-oidc-provider) that gives teams their tokens, and the endpoint
 * from which a program in Azure App Service gets tokens of its managed identity
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference).
 */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const AUDIENCE = "urn:contoso:models";
/** What the gateway's own tokens are for. */
export const MODEL_RESOURCE = "https://cognitiveservices.azure.com";

/** Teams: the secret of their client, and what their tokens say they may do. Secrets for development only. */
export const TEAMS = {
  research: {
    secret: "research-secret-for-development-only",
    role: "model.user",
    deployments: ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "claude-sonnet-4"],
  },
  support: { secret: "support-secret-for-development-only", role: "model.user", deployments: ["gpt-4o-mini"] },
  interns: { secret: "interns-secret-for-development-only", role: "visitor", deployments: ["gpt-4o-mini"] },
} as const;
export type Team = keyof typeof TEAMS;

const SCOPE = "models.use";

/** Resolves when the provider listens. */
export function startIdentityProvider(port: number): Promise<Server> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "contoso-development", use: "sig" }] },
    ttl: { ClientCredentials: 3600 },
    clients: Object.entries(TEAMS).map(([id, { secret }]) => ({
      client_id: id,
      client_secret: secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      scope: SCOPE,
    })),
    extraTokenClaims: (_, token) => {
      const { role, deployments } = TEAMS[token.clientId as Team];
      return { roles: [role], deployments };
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          accessTokenTTL: 3600,
        }),
      },
    },
    scopes: [SCOPE],
  });
  return new Promise((resolve, reject) => {
    const server = provider.listen(port, "127.0.0.1", () => resolve(server));
    server.once("error", reject);
  });
}

/** A team's access token, from the provider's token endpoint. */
export async function accessToken(port: number, team: Team): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${team}:${TEAMS[team].secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE, resource: AUDIENCE }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined)
    throw new Error(`The identity provider gave no token: ${answer.error_description}`);
  return answer.access_token;
}

/** The platform's side of a managed identity. */
export class ManagedIdentityEndpoint {
  /** For the environment of the gateway's process. */
  readonly variables: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  readonly #server: Server;
  readonly #tokens = new Set<string>();

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.variables = { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: randomUUID() };
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "http://identity");
      const isOurs = request.headers["x-identity-header"] === this.variables.IDENTITY_HEADER;
      if (!isOurs || url.searchParams.get("resource") !== MODEL_RESOURCE) {
        response.writeHead(400).end();
        return;
      }
      const token = `managed-identity-${randomUUID()}`;
      this.#tokens.add(token);
      const expires = Math.floor(Date.now() / 1_000) + 3_600;
      response.setHeader("Content-Type", "application/json");
      response.end(
        JSON.stringify({
          access_token: token,
          expires_on: `${expires}`,
          resource: MODEL_RESOURCE,
          token_type: "Bearer",
        }),
      );
    });
  }

  static start(port: number): Promise<ManagedIdentityEndpoint> {
    return new Promise((resolve, reject) => {
      const server = createServer().once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(new ManagedIdentityEndpoint(server)));
    });
  }

  /** Is it a token of the gateway's identity? */
  accepts(token: string): boolean {
    return this.#tokens.has(token);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
