/**
 * HashiCorp Vault: `vault:PATH[#member]` in a KV engine, version 2. Signs in with a token, an AppRole or the Kubernetes service account,
 * and again when the token it got is about to end or is refused.
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
import { readFile } from "node:fs/promises";
import { optionalPackage } from "../base/optional-package.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import type { HashicorpSettings } from "./settings.ts";
import { memberOf, retryAfterMs, splitMember, Throttled, type VaultClient, type VaultValue } from "./vault-client.ts";

/** The part of node-vault that is used; its own types say less. */
interface NodeVault {
  token: string;
  read(path: string, options?: object): Promise<{ data: { data: Record<string, unknown> | null } }>;
  approleLogin(options: object): Promise<SignedIn>;
  kubernetesLogin(options: object): Promise<SignedIn>;
}

interface SignedIn {
  readonly auth: { readonly client_token: string; readonly lease_duration: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

export async function openHashicorpVault(
  settings: HashicorpSettings,
  env: Environment,
  fence: VendorFence,
): Promise<VaultClient> {
  const { default: nodeVault } = await optionalPackage("node-vault", () => import("node-vault"));
  const endpoint = settings.address ?? env.VAULT_ADDR;
  if (endpoint === undefined)
    throw new Error("the setting secrets.vault.address or the environment variable VAULT_ADDR is missing");
  const namespace = settings.namespace ?? env.VAULT_NAMESPACE;
  const { http: httpAgent, https: httpsAgent } = fence([endpoint]);
  const vault = nodeVault({
    requestOptions: { httpAgent, httpsAgent },
    apiVersion: "v1",
    endpoint: endpoint.replace(/\/+$/, ""),
    ...(namespace === undefined ? {} : { namespace }),
  }) as unknown as NodeVault;
  const session = new Session(vault, settings, env);
  return {
    async read(reference, timeoutMs): Promise<VaultValue> {
      const { path, key } = splitMember(reference);
      const read = () => vault.read(`${settings.mount}/data/${path.replace(/^\/+/, "")}`, { timeout: timeoutMs });
      try {
        await session.ensure();
        const { data } = await read().catch(async (error: unknown) => {
          if (statusOf(error) !== 403 || !session.canSignIn) throw error;
          await session.signIn();
          return read();
        });
        return { value: memberValue(data.data, key) };
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

/** Part of a token's life after which a new one is fetched. */
const LIFE = 0.8;

class Session {
  readonly #vault: NodeVault;
  readonly #settings: HashicorpSettings;
  #endsAt = 0;
  #pending: Promise<void> | undefined;

  constructor(vault: NodeVault, settings: HashicorpSettings, env: Environment) {
    this.#vault = vault;
    this.#settings = settings;
    vault.token = this.canSignIn ? "" : (settings.token ?? env.VAULT_TOKEN ?? "");
  }

  get canSignIn(): boolean {
    return this.#settings.appRole !== undefined || this.#settings.kubernetes !== undefined;
  }

  async ensure(): Promise<void> {
    if (this.canSignIn) {
      if (performance.now() >= this.#endsAt) await this.signIn();
    } else if (this.#vault.token === "") {
      throw new Error(
        "the setting secrets.vault.token (or appRole, kubernetes) or the variable VAULT_TOKEN is missing",
      );
    }
  }

  signIn(): Promise<void> {
    this.#pending ??= this.#signIn().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #signIn(): Promise<void> {
    const { appRole, kubernetes } = this.#settings;
    this.#vault.token = "";
    const { auth } =
      appRole !== undefined
        ? await this.#vault.approleLogin({
            role_id: appRole.roleId,
            secret_id: appRole.secretId,
            mount_point: appRole.mount,
          })
        : await this.#vault.kubernetesLogin({
            role: kubernetes?.role,
            jwt: (await readFile(kubernetes?.tokenFile ?? "", "utf8")).trim(),
            mount_point: kubernetes?.mount,
          });
    this.#vault.token = auth.client_token;
    // A duration of 0 means that the token does not end.
    const lifeMs = auth.lease_duration > 0 ? auth.lease_duration * 1000 * LIFE : Number.POSITIVE_INFINITY;
    this.#endsAt = performance.now() + lifeMs;
  }
}

function memberValue(data: Record<string, unknown> | null, key: string | undefined): string {
  if (data === null) throw new Error("the secret was deleted");
  const members = Object.keys(data);
  const name = key ?? (members.length === 1 ? members[0] : undefined);
  if (name === undefined) throw new Error(`the secret has ${members.length} members: say which one, as path#member`);
  return memberOf(JSON.stringify(data), name);
}

interface VaultFailure extends Error {
  readonly response?: {
    readonly statusCode?: number;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string | undefined>>;
  };
}

function statusOf(error: unknown): number | undefined {
  const { response } = error as VaultFailure;
  return response?.statusCode ?? response?.status;
}

function explained(error: unknown): Error {
  const status = statusOf(error);
  const { message, response } = error as VaultFailure;
  if (status === 429) return new Throttled(retryAfterMs(response?.headers?.["retry-after"], Date.now()));
  if (status === 403) return new Error("HashiCorp Vault refuses the gateway (403)");
  if (status === 404) return new Error("HashiCorp Vault has no such secret (404)");
  return new Error(status === undefined ? message : `HashiCorp Vault answered ${status}`);
}
