/**
 * Azure Key Vault: `keyvault:https://NAME.vault.azure.net/secrets/x[/version][?identity=CLIENT-ID][#member]`. Certificates are read
 * through the secret of their name, which holds their private key.
 * https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
 */
import type { SecretClient } from "@azure/keyvault-secrets";
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { TokenCredential } from "./azure-credentials.ts";
import { memberOf, retryAfterMs, splitMember, Throttled, type VaultClient, type VaultValue } from "./vault-client.ts";

export interface KeyVaultOptions {
  readonly verifyResource: boolean;
  /** Of the gateway's identity, or of the one a reference names. */
  readonly credential: (clientId: string | undefined) => Promise<TokenCredential>;
  readonly fence: VendorFence;
}

export async function openKeyVault(options: KeyVaultOptions): Promise<VaultClient> {
  const { SecretClient: Client } = await optionalPackage(
    "@azure/keyvault-secrets",
    () => import("@azure/keyvault-secrets"),
  );
  const clients = new Map<string, SecretClient>();
  const clientOf = async (vault: string, identity: string | undefined): Promise<SecretClient> => {
    const key = `${vault} ${identity ?? ""}`;
    let client = clients.get(key);
    if (client === undefined) {
      client = new Client(vault, await options.credential(identity), {
        retryOptions: { maxRetries: 1, maxRetryDelayInMs: 1_000 },
        disableChallengeResourceVerification: !options.verifyResource,
        // Vaults are named by the configuration alone, never by a request.
        agent: options.fence([vault]).https,
      });
      clients.set(key, client);
    }
    return client;
  };
  return {
    async read(reference, timeoutMs): Promise<VaultValue> {
      const { vault, name, version, identity, key } = parseReference(reference);
      const client = await clientOf(vault, identity);
      try {
        const abortSignal = AbortSignal.timeout(timeoutMs);
        const secret = await client.getSecret(name, { abortSignal, ...(version === undefined ? {} : { version }) });
        if (secret.value === undefined) throw new Error("the secret has no value");
        const expiresAt = secret.properties.expiresOn?.getTime();
        return { value: memberOf(secret.value, key), ...(expiresAt === undefined ? {} : { expiresAt }) };
      } catch (error) {
        throw explained(error, new URL(vault).hostname);
      }
    },
  };
}

interface KeyVaultReference {
  readonly vault: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly identity: string | undefined;
  readonly key: string | undefined;
}

function parseReference(reference: string): KeyVaultReference {
  const { path, key } = splitMember(reference);
  const shape = "it is not of the form keyvault:https://NAME.vault.azure.net/secrets/SECRET";
  if (!URL.canParse(path)) throw new Error(shape);
  const url = new URL(path);
  const [kind, name, version] = url.pathname.split("/").filter((part) => part !== "");
  if (url.protocol !== "https:" || (kind !== "secrets" && kind !== "certificates") || name === undefined)
    throw new Error(shape);
  return { vault: url.origin, name, version, identity: url.searchParams.get("identity") ?? undefined, key };
}

interface RestFailure extends Error {
  readonly statusCode?: number;
  readonly code?: string;
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

function explained(error: unknown, host: string): Error {
  const { statusCode, message, code, response, name } = error as RestFailure;
  if (statusCode === 429) return new Throttled(retryAfterMs(response?.headers.get("retry-after"), Date.now()));
  if (statusCode === 403)
    return new Error(`${host} refuses the gateway's identity (403 ${code ?? ""})`.replace(" )", ")"));
  if (statusCode === 404) return new Error(`${host} has no such secret (404)`);
  if (statusCode === 401) return new Error(`${host} does not accept the token of the gateway's identity (401)`);
  if (statusCode !== undefined) return new Error(`${host} answered ${statusCode}`);
  if (name === "AbortError") return new Error(`${host} does not answer`);
  return new Error(message === "" ? `${host} cannot be reached` : message);
}
