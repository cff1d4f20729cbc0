/**
 * Azure Key Vault's "Get Secret", with its authentication challenge, and the identity endpoint of App Service beside it.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
 */
import type { ServerResponse } from "node:http";
import { type Asked, send, VaultServer } from "./serving.ts";

export class KeyVaultServer extends VaultServer {
  /** Ends of secrets, seconds since the epoch. */
  readonly ends = new Map<string, number>();
  /** The token that opens it. */
  token = "token-for-vaults";

  static start(): Promise<KeyVaultServer> {
    return new KeyVaultServer(true).listen();
  }

  protected override answer({ url, headers }: Asked, response: ServerResponse): void {
    if (headers.authorization !== `Bearer ${this.token}`) {
      const challenge = `Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"`;
      send(response, 401, { error: { code: "Unauthorized" } }, { "WWW-Authenticate": challenge });
      return;
    }
    const [, kind, name, version] = url.pathname.split("/");
    const value = this.values.get(version ? `${name}/${version}` : name);
    if (kind !== "secrets" || value === undefined || url.searchParams.get("api-version") === null) {
      send(response, 404, { error: { code: "SecretNotFound", message: `${name} was not found` } });
      return;
    }
    const exp = this.ends.get(name);
    const attributes = { enabled: true, created: 1, updated: 1, ...(exp === undefined ? {} : { exp }) };
    send(response, 200, { value, id: `${this.url}/secrets/${name}/${version || "0123"}`, attributes });
  }
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
export class IdentityEndpoint extends VaultServer {
  readonly header = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
  token = "token-for-vaults";
  /** Lifetime of tokens. */
  seconds = 86_400;

  static start(): Promise<IdentityEndpoint> {
    return new IdentityEndpoint(false).listen();
  }

  get env(): Record<string, string> {
    return { IDENTITY_ENDPOINT: `${this.url}/msi/token`, IDENTITY_HEADER: this.header };
  }

  protected override answer({ url, headers }: Asked, response: ServerResponse): void {
    if (headers["x-identity-header"] !== this.header) {
      send(response, 401, { error: "unauthorized" });
      return;
    }
    const resource = url.searchParams.get("resource");
    const expires = String(Math.floor(Date.now() / 1000) + this.seconds);
    send(response, 200, { access_token: this.token, expires_on: expires, resource, token_type: "Bearer" });
  }
}
