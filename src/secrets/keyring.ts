/**
 * Everything secret that outlives a configuration: values from vaults, tokens of the gateway's identities, the credential store, and the
 * watch over what expires. One for each process; every load asks it, and what comes into force is kept fresh.
 */
import type { Clock } from "../base/clock.ts";
import { openAwsSecrets } from "./aws-secrets.ts";
import { appRegistrationOf } from "./azure-credentials.ts";
import { CredentialStore } from "./credential-store.ts";
import { type Expiring, ExpiryWatch } from "./expiry-watch.ts";
import { openGoogleSecrets } from "./google-secrets.ts";
import { openHashicorpVault } from "./hashicorp-vault.ts";
import { openKeyVault } from "./key-vault.ts";
import { ManagedIdentities } from "./managed-identities.ts";
import type { Notes } from "./notes.ts";
import { DEFAULT_SECRET_SETTINGS, type SecretSettings, type VaultSettings } from "./settings.ts";
import type { VaultClient } from "./vault-client.ts";
import { type VaultKind, Vaults } from "./vaults.ts";

export interface KeyringOptions {
  readonly clock: Clock;
  readonly notes: Notes;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Keyring {
  readonly expiries: ExpiryWatch;
  readonly identities: ManagedIdentities;
  readonly vaults: Vaults;
  readonly authorizations: CredentialStore;
  readonly #env: KeyringOptions["env"];
  #settings = DEFAULT_SECRET_SETTINGS;

  constructor({ clock, notes, env }: KeyringOptions) {
    const { identity, vaults } = this.#settings;
    this.#env = env;
    this.expiries = new ExpiryWatch(clock, notes);
    this.identities = new ManagedIdentities({ settings: identity, clock, notes, expiries: this.expiries, env });
    this.authorizations = new CredentialStore({ clock, notes, expiries: this.expiries });
    this.vaults = new Vaults({ clock, notes, open: (kind, settings) => this.#open(kind, settings) }, vaults);
  }

  /** A load begins, with these settings. */
  begin(settings: SecretSettings): void {
    this.#settings = settings;
    this.identities.configure(settings.identity);
    this.vaults.configure(settings.vaults);
    this.vaults.begin();
  }

  /** The load came into force. `certificates` are those of the configuration. */
  async commit(certificates: readonly Expiring[]): Promise<void> {
    const { identity, expiryWarningMs } = this.#settings;
    await this.vaults.commit();
    this.expiries.warnBeforeMs = expiryWarningMs;
    this.expiries.report("certificates", certificates);
    const name = appRegistrationOf(identity, this.#env);
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

  #reportSecrets(): void {
    this.expiries.report("vaults", this.vaults.expiring);
  }

  #open(kind: VaultKind, settings: VaultSettings): Promise<VaultClient> {
    switch (kind) {
      case "keyvault":
        return openKeyVault({
          ...settings.keyVault,
          credential: (clientId) => this.identities.credential(clientId),
        });
      case "aws":
        return openAwsSecrets(settings.aws);
      case "gcp":
        return openGoogleSecrets(settings.google);
      case "vault":
        return openHashicorpVault(settings.hashicorp, this.#env);
    }
  }
}
