/**
 * Everything secret that outlives a configuration: values from vaults, tokens of the gateway's identities, the credential store, and the
 * watch over what expires. One for each process; every load asks it, and what comes into force is kept fresh.
 */
import type { Clock } from "../base/clock.ts";
import type { VendorFence } from "../base/vendor-agents.ts";
import { openAwsSecrets } from "./aws-secrets.ts";
import { appRegistrationOf } from "./azure-credentials.ts";
import { CredentialStore } from "./credential-store.ts";
import { type Expiring, ExpiryWatch } from "./expiry-watch.ts";
import { openGoogleSecrets } from "./google-secrets.ts";
import { openHashicorpVault } from "./hashicorp-vault.ts";
import { openKeyVault } from "./key-vault.ts";
import { ManagedIdentities } from "./managed-identities.ts";
import type { Notes } from "./notes.ts";
import {
  type AuthorizationSettings,
  DEFAULT_SECRET_SETTINGS,
  type SecretSettings,
  type VaultSettings,
} from "./settings.ts";
import { trustAuthorities } from "./trust.ts";
import type { VaultClient } from "./vault-client.ts";
import { type VaultKind, Vaults } from "./vaults.ts";

export interface KeyringOptions {
  readonly clock: Clock;
  readonly notes: Notes;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of the values that open vaults, identities and connections, before any of them is used: what no log may show. */
  readonly hide?: (secrets: readonly string[]) => void;
}

/** What a configuration says of the gateway's secrets and of who it is. */
export interface KeyringSettings {
  readonly secrets: SecretSettings;
  /** PEM of the authorities trusted beside the public ones. */
  readonly authorities: string | undefined;
  /** What vaults and identity services are reached through: the egress rules of the configuration itself. */
  readonly fence: VendorFence;
  /** Changes when the fence does. */
  readonly fenceKey: string;
}

/** A configuration that is being read, or is in force. */
interface Standing extends KeyringSettings {
  /** Opens the vaults. */
  readonly identities: Pick<ManagedIdentities, "credential">;
  readonly authorizations: AuthorizationSettings | undefined;
}

export class Keyring {
  readonly expiries: ExpiryWatch;
  readonly identities: ManagedIdentities;
  readonly vaults: Vaults;
  readonly authorizations: CredentialStore;
  readonly #options: KeyringOptions;
  #inForce: Standing | undefined;
  #loading: Standing | undefined;

  constructor(options: KeyringOptions) {
    const { clock, notes, env } = options;
    const { identity: settings, vaults } = DEFAULT_SECRET_SETTINGS;
    this.#options = options;
    this.expiries = new ExpiryWatch(clock, notes);
    this.identities = new ManagedIdentities({ settings, clock, notes, expiries: this.expiries, env, fence: unready });
    this.authorizations = new CredentialStore({ clock, notes, expiries: this.expiries });
    this.vaults = new Vaults({ clock, notes, open: unready }, vaults);
  }

  /** A load begins. What it says holds for the load alone, until it comes into force. */
  begin(settings: KeyringSettings): void {
    const before = this.#inForce;
    const isSame = before !== undefined && keyOf(before) === keyOf(settings);
    if (isSame) {
      this.#loading = { ...before, authorizations: undefined };
      this.vaults.begin();
      this.#hide();
      return;
    }
    const { clock, notes, env } = this.#options;
    const { identity, vaults } = settings.secrets;
    const { fence } = settings;
    const identities = new ManagedIdentities({ settings: identity, clock, notes, expiries: this.expiries, env, fence });
    this.#loading = { ...settings, identities, authorizations: undefined };
    this.#hide();
    this.vaults.begin(vaults, (kind, of) => this.#open(kind, of, identities, fence));
  }

  /** The same for the credential store, whose secrets may be in vaults. */
  beginAuthorizations(authorizations: AuthorizationSettings): void {
    if (this.#loading === undefined) return;
    this.#loading = { ...this.#loading, authorizations };
    this.#hide();
  }

  /** The load is without mistakes: what it says of identities, connections and authorities holds from now on. */
  activate(): void {
    const next = this.#loading;
    if (next === undefined) return;
    this.#inForce = next;
    trustAuthorities(next.authorities);
    this.identities.configure(next.secrets.identity, next.fence);
    if (next.authorizations !== undefined) this.authorizations.configure(next.authorizations);
  }

  /** The load came into force. `certificates` are those of the configuration. */
  async commit(certificates: readonly Expiring[]): Promise<void> {
    const { identity, expiryWarningMs } = this.#inForce?.secrets ?? DEFAULT_SECRET_SETTINGS;
    await this.vaults.commit();
    this.expiries.warnBeforeMs = expiryWarningMs;
    this.expiries.report("certificates", certificates);
    const name = appRegistrationOf(identity, this.#options.env);
    const { expiresAt } = identity;
    const isKnown = name !== undefined && expiresAt !== undefined;
    this.expiries.report("identity", isKnown ? [{ kind: "app registration", name, expiresAt }] : []);
    this.#reportSecrets();
    this.expiries.check();
  }

  /** From now on secrets are kept fresh, and what expires is watched. */
  start(onChange: () => void): void {
    this.vaults.start(() => {
      this.#reportSecrets();
      onChange();
    });
    this.expiries.start();
  }

  stop(): void {
    this.vaults.stop();
    this.expiries.stop();
  }

  #hide(): void {
    this.#options.hide?.(
      [this.#inForce, this.#loading].flatMap((standing) => standing && ownSecrets(standing)).filter(isGiven),
    );
  }

  #reportSecrets(): void {
    this.expiries.report("vaults", this.vaults.expiring);
  }

  #open(
    kind: VaultKind,
    settings: VaultSettings,
    identities: Standing["identities"],
    fence: VendorFence,
  ): Promise<VaultClient> {
    switch (kind) {
      case "keyvault":
        return openKeyVault({
          ...settings.keyVault,
          credential: (clientId) => identities.credential(clientId),
          fence,
        });
      case "aws":
        return openAwsSecrets(settings.aws, fence);
      case "gcp":
        return openGoogleSecrets(settings.google, fence);
      case "vault":
        return openHashicorpVault(settings.hashicorp, this.#options.env, fence);
    }
  }
}

/** Before any configuration is read nobody can be asked. */
function unready(): never {
  throw new Error("no configuration has been read");
}

function keyOf({ secrets, authorities, fenceKey }: KeyringSettings): string {
  return JSON.stringify([secrets, authorities, fenceKey]);
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** What opens the doors themselves. */
function ownSecrets({ secrets, authorizations }: Standing): (string | undefined)[] {
  const { aws, hashicorp, backup } = secrets.vaults;
  const connections = [...(authorizations?.connections.values() ?? [])];
  return [
    secrets.identity.clientSecret,
    aws.secretAccessKey,
    aws.sessionToken,
    hashicorp.token,
    hashicorp.appRole?.secretId,
    backup?.key,
    authorizations?.store?.key,
    ...connections.flatMap(({ clientSecret, refreshToken }) => [clientSecret, refreshToken]),
  ];
}
